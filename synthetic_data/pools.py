"""Load the frozen pools and grammars. Read once per process."""

import csv
import hashlib
import json
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from synthetic_data.errors import WorldError

FOLDER = Path(__file__).parent / "pools"
GRAMMAR = Path(__file__).parent / "grammar"
LANGUAGES = ("en", "es")


@cache
def names(language: str, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the values (object array) and integer weights of names.

    Args:
        language: `en` or `es`.
        kind: `given` or `family`.

    Example:
        >>> values, weights = names("en", "given"); len(values) == len(weights)
        True
    """
    rows = [row for row in _rows("names.csv") if row[:2] == [language, kind]]
    values = np.array([value for *_, value, _ in rows], dtype=object)
    return values, np.array([int(weight) for *_, weight in rows])


@cache
def words(kind: str) -> np.ndarray:
    """Return the words of one kind, such as `district`, as an object array.

    Example:
        >>> "Old Quay" in words("district")
        True
    """
    return np.array([value for each, value in _rows("words.csv") if each == kind], dtype=object)


@cache
def _rows(name: str) -> list[list[str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@cache
def table(name: str) -> np.ndarray:
    """Return an integer quantile table (int64), see `pool_builder`.

    Example:
        >>> len(table("activity"))
        4096
    """
    return np.array(_tables()[name], dtype=np.int64)


@cache
def _tables() -> dict[str, list[int]]:
    return json.loads((FOLDER / "tables.json").read_text())


@cache
def grammar(name: str) -> dict:
    """Return a file of `grammar/`: posts of a language (`en`), its pages (`pages.en`), and others.

    Example:
        >>> "food" in grammar("es")["topics"]
        True
    """
    return tomllib.loads((GRAMMAR / f"{name}.toml").read_text(encoding="utf-8"))


def freeze(path: Path, files: Iterable[Path], arrays: dict[str, np.ndarray]) -> None:
    """Write arrays that were made from files, with a digest of those.

    They are not compressed: unpacking them took longer than half of what they save.
    """
    np.savez(path, digest=np.frombuffer(_digest(files), dtype=np.uint8), **arrays)


def frozen(path: Path, files: Iterable[Path]) -> dict[str, np.ndarray] | None:
    """Return arrays that `freeze` wrote, or None where they are not those of the files now.

    Example:
        >>> frozen(FOLDER / "nothing.npz", []) is None
        True
    """
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            found = dict(arrays)
    except (OSError, ValueError, BadZipFile):
        return None
    return found if found.pop("digest").tobytes() == _digest(files) else None


def _digest(files: Iterable[Path]) -> bytes:
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()


def check() -> dict:
    """Compare the pool files with their manifest and return the manifest.

    Raises:
        WorldError: names the file that was changed.

    Example:
        >>> sorted(check())
        ['faker', 'seed', 'sha256']
    """
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    for name, digest in manifest["sha256"].items():
        if hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() != digest:
            raise WorldError(
                f"pools/{name} differs from its manifest; run python -m synthetic_data.pool_builder"
            )
    return manifest
