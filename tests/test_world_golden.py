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
    "cartel": "b6fe5d0e801531ba",
    "cell": "1c88b8efa2f4fcb2",
    "chain": "69ae58946b77536c",
    "clan": "1d692a2cb3d7f9ac",
    "clock": "19f00ef8b8365733",
    "desk": "2eddaa2bf94e56fd",
    "desk_office": "d0eff6cb25e42524",
    "haystack": "66051111f5fb6af9",
    "hub": "83967e002a2dcafc",
    "lantern": "f5c2ee197ebf5e43",
    "long_list": "a10445c8201d0038",
    "mood": "525cbb44edb256e8",
    "quiet": "256ce665e7fec34c",
    "sealed_bag": "0b6cb7a777f0850c",
    "show_window": "589698c737e59240",
    "two_pages": "a9b67fbdf0f7cc98",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
