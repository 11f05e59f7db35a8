"""A chain of records: each one holds the hash of the one before it.

A **hash chain** makes a log that shows where it was changed. Every line carries `previous`, the
SHA-256 of the line before it, and `sha256`, the hash of itself. Whoever edits, drops or swaps a
line afterwards breaks a link, and `first_break` says which.

What is hashed is the **canonical** line: JSON with sorted keys, no spaces and no escapes, as UTF-8.
So a stranger can repeat the sum in any language:

    sha256 of json.dumps(line without "sha256", sort_keys=True, ensure_ascii=False,
                         separators=(",", ":"))

A chain shows that lines changed after they were sealed. It does not stop a person who can rewrite
the *whole* log: for that, somebody else must keep a copy of the last hash.

The construction is the linked time-stamp of Haber and Stornetta, "How to time-stamp a digital
document", Journal of Cryptology 3 (1991), without its trusted clock.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

GENESIS = "0" * 64
"""The `previous` of a first record: 64 zeros, since nothing stands before it."""


def canonical(record: dict[str, Any]) -> str:
    """Return `record` as the one JSON line that stands for it.

    Two dicts with equal content give the same line, whatever the order of their keys.

    Raises:
        TypeError: A value is not plain JSON (text, whole or decimal number, true, false, None, list
            or dict), or a key is not text.
        ValueError: A number is not finite: JSON has no word for it.

    Example:
        >>> canonical({"b": 1, "a": "año"})
        '{"a":"año","b":1}'
    """
    _plain(record)
    return json.dumps(
        record, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def _plain(value: Any) -> None:
    """Refuse what JSON would write in another shape than it reads (a key 1 comes back as "1")."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"A key must be text, not {key!r}.")
            _plain(inner)
    elif isinstance(value, list):
        for inner in value:
            _plain(inner)
    elif value is not None and type(value) not in (str, int, float, bool):
        raise TypeError(f"{value!r} ({type(value).__name__}) is not plain JSON.")


def seal(record: dict[str, Any], previous: str) -> dict[str, Any]:
    """Return a copy of `record` with `previous` and `sha256` added.

    Args:
        record: What happened, in plain JSON values. `previous` and `sha256` in it are replaced.
        previous: The `sha256` of the record before, or `GENESIS` for the first one.

    Raises:
        TypeError, ValueError: As in `canonical`.

    Example:
        >>> first = seal({"what": "received"}, GENESIS)
        >>> second = seal({"what": "opened"}, first["sha256"])
        >>> first_break([first, second]) is None
        True
    """
    body = {key: value for key, value in record.items() if key != "sha256"}
    body["previous"] = previous
    digest = hashlib.sha256(canonical(body).encode("utf-8")).hexdigest()
    return body | {"sha256": digest}


def first_break(records: list[dict[str, Any]]) -> int | None:
    """Return the index of the first record that does not follow, or None if the chain holds.

    A record follows if its `previous` is the `sha256` of the record before it (`GENESIS` for the
    first) and its own `sha256` is that of its content. A chain that was cut off at the *end* still
    holds: compare its last hash with the one you noted.

    Example:
        >>> first = seal({"what": "received"}, GENESIS)
        >>> second = seal({"what": "opened"}, first["sha256"])
        >>> first_break([first, second | {"what": "copied"}])
        1
        >>> first_break([second, first])
        0
    """
    previous = GENESIS
    for index, record in enumerate(records):
        try:
            holds = record == seal(record, previous)
        except (TypeError, ValueError):
            holds = False  # what cannot be hashed was never sealed
        if not holds:
            return index
        previous = record["sha256"]
    return None
