"""A small world of every scenario has the bytes that it always had.

One number stands for all tables of a world. The worlds that most lessons use have a hash for each
table in test_world_tables.py and test_world_city.py, so that a change there names its table.
"""

from hashlib import sha256

import pytest
from world_helpers import digests, world

from synthetic_data import scenario
from synthetic_data.casting import minimum

ELSEWHERE = {"village", "harbour", "city", "market"}
# Frozen on purpose: a change here means that worlds of courses change.
GOLDEN = {
    "cartel": "bea8b8cefe24f8e5",
    "cell": "eca88dd3ae2afac4",
    "chain": "3e291cf00e48ca6b",
    "clan": "20b3d506262f151e",
    "clock": "855607e035c0cfa5",
    "desk": "6b57596f1b981f9c",
    "desk_office": "261955d2a9d1b3d8",
    "haystack": "f1fd1e0417123a42",
    "hub": "89fc1708dd0a4afb",
    "lantern": "8684129262621730",
    "long_list": "15ecceda496ad3f7",
    "mood": "c7978d3a048ed24b",
    "quiet": "8d513f3b766651c1",
    "sealed_bag": "ad80a33971d56a67",
    "show_window": "cb3f81992980ea72",
    "two_pages": "767534f8515cbf1f",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
