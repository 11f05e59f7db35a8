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
    "cartel": "e5b0e8596593501d",
    "cell": "909976d7c611a4cc",
    "chain": "5d9a048a0a9a1eb0",
    "clan": "5bedb036f6f8db54",
    "clock": "0ba3b70ac3358c94",
    "desk": "d9234a701230ae63",
    "desk_office": "b3df55d4310904a6",
    "haystack": "3e5002d85a954a5d",
    "hub": "11ad42343a72a565",
    "lantern": "a2a2eb73fd73c03d",
    "long_list": "1eccb635f2c97cab",
    "mood": "20b7e75680eb9dae",
    "quiet": "8ede10192562f05d",
    "sealed_bag": "78624110be2ecb35",
    "show_window": "dbe5a078ce47271a",
    "two_pages": "220721070e6fc278",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
