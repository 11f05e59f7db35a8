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
    "clock": "0878a5cea230adbe",
    "desk": "987ea96840fabedd",
    "desk_office": "37bdbf63d1280483",
    "haystack": "94289b8600c1939c",
    "hub": "9934b019ac77218d",
    "lantern": "c755300b0d35bbb4",
    "long_list": "ccecdc89b84e60fe",
    "mood": "75d5cc96f32f873d",
    "quiet": "73f2112829c7ea28",
    "sealed_bag": "24e8ad22c262967e",
    "show_window": "72ec0ae188a25f34",
    "two_pages": "e11348304f4ab938",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
