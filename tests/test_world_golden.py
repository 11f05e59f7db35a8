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
    "clock": "f6a769f34042ddaa",
    "desk": "d72f56cecfc4a52f",
    "desk_office": "19cc2d30335dae0f",
    "haystack": "8caafde7d1899b74",
    "hub": "2b6d48a8597a41cb",
    "lantern": "1c623e9547512037",
    "long_list": "b9da3098560308ac",
    "mood": "27584043ea9cd0d9",
    "quiet": "aa12705c43b92c49",
    "sealed_bag": "82e75f8ffbf4dd10",
    "show_window": "aff6eb2e2b40f89e",
    "two_pages": "146b2a7717e0eee5",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
