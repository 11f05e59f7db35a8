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
    "cartel": "09451851e1267afc",
    "cell": "38dbfb5886cb79c6",
    "chain": "88376c8861be97e6",
    "clan": "9761028a98862436",
    "clock": "8ee99da189ded6aa",
    "desk": "55bd08e11260a41c",
    "desk_office": "8b33603956352fee",
    "haystack": "96c6c39cfcf168da",
    "hub": "ad8dc40284b1414f",
    "lantern": "5ecd9e4bb5452819",
    "long_list": "60f996cc5e55f48d",
    "mood": "cc5b6e5c93fbca38",
    "quiet": "7aaf36c2ee5f6747",
    "sealed_bag": "474d96d9d7527a1f",
    "show_window": "57eb70cf75f2d3f8",
    "two_pages": "5cfafad60ffb4cd8",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
