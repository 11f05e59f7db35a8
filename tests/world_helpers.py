"""Worlds that several test files look at; each is made once."""

from functools import lru_cache
from hashlib import sha256

import synthetic_data
from synthetic_data import package, schema

HARBOUR = ("harbour", 1, 2000)
VILLAGE = ("village", 1, 240)


@lru_cache(maxsize=24)  # a large world has half a gigabyte
def world(scenario: str, seed: int, accounts: int) -> synthetic_data.World:
    return synthetic_data.generate(scenario, seed, accounts)


def digests(made: synthetic_data.World) -> dict[str, str]:
    """SHA-256 of each canonical CSV; the cards have their own tests."""
    out = {}
    for tables, extras, data in (
        (schema.TABLES, schema.EXTRAS, made.tables),
        (schema.TRUTH, schema.TRUTH_EXTRAS, made.truth),
    ):
        for table in schema.present(tables, extras, data):
            if table.name != "situations":
                content = package.csv_bytes(table, data[table.name])
                out[table.name] = sha256(content).hexdigest()
    return out
