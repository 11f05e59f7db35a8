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
    "cartel": "4569094863e47bb8",
    "cell": "711a677eccad36a5",
    "chain": "928d2471a1f02681",
    "clan": "263d0701112f6e45",
    "clock": "3751a23559ef3517",
    "desk": "04b1cd51268c4c7e",
    "desk_office": "9bb4427482a26761",
    "haystack": "52b8c657a4141e98",
    "hub": "2b6d48a8597a41cb",
    "lantern": "1cff18a8ec94a22d",
    "long_list": "033e8301dd4d7e00",
    "mood": "e9391e91aee70cd0",
    "quiet": "23b8c3b87e02f419",
    "sealed_bag": "0b3c9f2140b1b2cc",
    "show_window": "ad0c0c15a0ab743f",
    "two_pages": "0eaedc008ae68d17",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
