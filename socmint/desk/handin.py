"""The ledger inside the notebook: whoever hands in the notebook hands in the ledger, too.

It travels in the output of a cell, under a media type of its own, packed with zlib. A notebook that
is saved keeps it, and no second file can be forgotten, mixed up or left in a folder. What comes in
is read as data, with a limit; whether it is true is for `socmint.grading.integrity` to ask.
"""

import base64
import binascii
import json
import zlib

from socmint.errors import CourseError

MEDIA_TYPE = "application/vnd.socmint.ledger+json"
MOST = 5_000_000
"""Bytes of a ledger that are taken in: some 8,000 calls."""


def bundle(data: bytes, name: str) -> dict[str, object]:
    """Return what a cell displays: a sentence for the reader, and the ledger.

    Args:
        data: the ledger, JSON lines.
        name: of its file.

    Raises:
        CourseError: it is too large to travel in a notebook.

    Example:
        >>> shown = bundle(b'{"line": 1}', "authority-7.jsonl")
        >>> shown["text/plain"][:39]
        'The log of your desk, 1 line, is in thi'
    """
    if len(data) > MOST:
        raise CourseError(f"The log is too large for a notebook: hand in the file {name} as well.")
    count = data.count(b"\n") + (not data.endswith(b"\n"))
    lines = f"{count} line" if count == 1 else f"{count} lines"
    return {
        "text/plain": f"The log of your desk, {lines}, is in this notebook now. Save the notebook "
        "(Ctrl+S), and hand it in. No other file is needed.",
        MEDIA_TYPE: {"name": name, "zlib": base64.b64encode(zlib.compress(data, 9)).decode()},
    }


def ledger_in(notebook: bytes) -> bytes | None:
    """Return the last ledger that a notebook holds; None without one, nothing if it is damaged.

    Args:
        notebook: a notebook as it was handed in. It may be anything.

    Example:
        >>> output = {"output_type": "display_data", "data": bundle(b'{"line": 1}', "a.jsonl")}
        >>> ledger_in(json.dumps({"cells": [{"outputs": [output]}]}).encode())
        b'{"line": 1}'
    """
    if MEDIA_TYPE.encode() not in notebook:
        return None
    found = None
    try:
        for cell in json.loads(notebook)["cells"]:
            for output in cell.get("outputs", []):
                found = output.get("data", {}).get(MEDIA_TYPE, found)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return b""
    if found is None:
        return None
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(found["zlib"], validate=True), MOST)
    except (zlib.error, binascii.Error, ValueError, TypeError, KeyError):
        return b""
    return data if unpacker.eof else b""
