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
    "cartel": "4250fbaa5eb13933",
    "cell": "b365ad11d246ab2e",
    "chain": "f55c9193858e47c1",
    "clan": "b6bfd97370fb958b",
    "clock": "2cdec13821ec5521",
    "desk": "49954f588aeeede3",
    "desk_office": "a1e88855903c2606",
    "haystack": "f84fc448d2bd5e7b",
    "hub": "9934b019ac77218d",
    "lantern": "8d91f5c22c66f952",
    "long_list": "18a103fb99079eca",
    "mood": "32cf33f491a9d911",
    "quiet": "f62d0fd09d89e2fe",
    "sealed_bag": "8e7ce341e72999a4",
    "show_window": "f73a58b195de2515",
    "two_pages": "a8557c33f67e777d",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
