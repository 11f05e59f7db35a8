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
    "cartel": "d647154001539286",
    "cell": "28fb6c0591fc07e9",
    "chain": "f2df8064f53b462a",
    "clan": "230f75e159275745",
    "clock": "fd3306d852bfc15a",
    "desk": "09f649fd22269691",
    "desk_office": "132529801cb0b46e",
    "haystack": "b07ca01955443d66",
    "hub": "d295092e36eaf298",
    "lantern": "6387848332c0a370",
    "long_list": "feeb2b22714854c4",
    "mood": "08af9bde16eca39a",
    "quiet": "597acfeae15d28f5",
    "sealed_bag": "2ab1efd1fe378c83",
    "show_window": "1a3672a28794fb78",
    "two_pages": "fa1c41a649c0e84f",
}


def test_every_scenario_is_here_or_has_a_hash_for_each_table():
    assert set(GOLDEN) | ELSEWHERE == set(scenario.names())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_smallest_world_has_its_bytes(name):
    found = digests(world(name, 3, minimum(scenario.load(name))))
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(found.items()))
    assert sha256(lines.encode()).hexdigest()[:16] == GOLDEN[name]
