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
    "cartel": "de88f5a4b726026b",
    "cell": "a712f4509e3b168e",
    "chain": "bc179665454844eb",
    "clan": "2a3de93b151c8ef9",
    "clock": "f79e382428ff36a3",
    "desk": "ef62d5dc49496069",
    "desk_office": "5962dc585caef4be",
    "haystack": "d9e01bc072b9a90e",
    "hub": "7b111022d94b6f0f",
    "lantern": "42f23fbca89fc62a",
    "long_list": "5ae06e64fe5b4d7b",
    "mood": "61a73e8c3a9eb408",
    "quiet": "8f39dcd261352b45",
    "sealed_bag": "30d027d2661db9f3",
    "show_window": "8b00e875fa09c5ff",
    "two_pages": "a09a9a9061d3c63b",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
