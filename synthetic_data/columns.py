"""Columns in short form: numbers and few words, from which tables and CSV files are made.

A column of a piece of a table is one of

* `Words`, `Ids` or `Either` for texts that repeat or follow a pattern,
* `Texts` for other texts, or an array of str, None or NaN where one is missing,
* whole numbers for whole numbers, and for times (seconds since 1970, UTC),
* booleans for flags, floats for degrees.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from synthetic_data import schema
from synthetic_data.schema import Column, Table
from synthetic_data.utf8 import ALL, BLOCK, ROOM, Texts, encoded, gathered, joined, packed

_TABLE = 4096  # ids of which each is kept as a whole
_SMALL = 1024  # combinations of neighbouring words that are laid out beforehand
_WHOLE = 65_536  # most texts that are kept in an array of fixed width
_SIDE = 16  # longest of them, in bytes


class Words(NamedTuple):
    """Row r reads `words[codes[r]]`; a code of -1 is a missing value."""

    words: np.ndarray | Texts
    codes: np.ndarray

    def texts(self):
        """Return the column for pandas: only the few words are checked, not their many rows."""
        words = self.words.strings() if isinstance(self.words, Texts) else self.words
        return schema.chosen(words, self.codes)


class Ids(NamedTuple):
    """Ids such as p-0004567; a number of -1 is a missing value."""

    letter: str
    numbers: np.ndarray
    width: int

    def strings(self) -> np.ndarray:
        """Return the ids, none missing, as an object array.

        Example:
            >>> Ids("p", np.array([4567]), 7).strings().tolist()
            ['p-0004567']
        """
        parts = [_numbered(*words)[codes] for words, codes in self._split("")]
        return parts[0] if len(parts) == 1 else parts[0] + parts[1]

    def texts(self):
        """Return the column for pandas."""
        out = np.full(len(self.numbers), None, dtype=object)
        rows = np.flatnonzero(self.numbers >= 0)
        out[rows] = self._replace(numbers=self.numbers[rows]).strings()
        return pd.array(out, dtype="str", copy=False)

    def parts(self, after: str) -> list[tuple[Texts, np.ndarray]]:
        """Return the column as one part, or as two where there are many ids.

        A part is words, the last ones with what stands after them, and the number of a word per
        row, -1 where the id is missing.
        """
        return [(_counted(*words), codes) for words, codes in self._split(after)]

    def _split(self, after: str) -> list[tuple[tuple, np.ndarray]]:
        """Return what `parts` does, with the arguments of `_numbered` for the words."""
        top, before = int(self.numbers.max(initial=0)), self.letter + "-"
        if top < _TABLE:
            return [((before, 1 << top.bit_length(), self.width, after), self.numbers)]
        high = self.numbers // 1000
        low = self.numbers - high * 1000  # quicker than another division
        low[self.numbers < 0] = -1
        digits = max(self.width, len(str(top))) - 3
        return [((before, 10**digits, self.width - 3, ""), high), (("", 1000, 3, after), low)]


class Either(NamedTuple):
    """Ids of one kind or another: each row has a number in one of the two."""

    one: Ids
    other: Ids

    def texts(self):
        """Return the column for pandas."""
        both = self.one.texts()
        rows = np.flatnonzero(self.one.numbers < 0)
        both[rows] = self.other._replace(numbers=self.other.numbers[rows]).texts()
        return both


@lru_cache(maxsize=64)
def _numbered(before: str, count: int, width: int, after: str) -> np.ndarray:
    """Return the numbers from 0 on in `width` digits or more, with what stands around each."""
    form = f"{before}%0{width}d{after}"
    return np.array([form % number for number in range(count)], dtype=object)


@lru_cache(maxsize=64)
def _counted(before: str, count: int, width: int, after: str) -> Texts:
    """Return what `_numbered` does, as UTF-8."""
    return encoded(_numbered(before, count, width, after).tolist())


@lru_cache(maxsize=16)
def _numerals(top: int) -> np.ndarray:
    return np.array([str(number) for number in range(top)], dtype=object)


@cache
def _clock() -> np.ndarray:
    """Return the minutes of a day as they stand in a time."""
    two = np.array([f"{number:02d}" for number in range(60)], dtype=object)
    return np.add.outer(two[:24] + ":", two + ":").ravel()


@cache
def _seconds() -> np.ndarray:
    return np.array([f"{number:02d}Z" for number in range(60)], dtype=object)


@lru_cache(maxsize=64)
def _kept(make: Callable, args: tuple, after: str) -> Texts:
    """Return words, each with what stands after it, as UTF-8."""
    return encoded([word + after for word in make(*args)])


@lru_cache(maxsize=64)
def _dates(first: int, last: int) -> Texts:
    days = np.arange(first, last + 1).astype("datetime64[D]").astype(str)
    return encoded([f"{day}T" for day in days.tolist()])


def stamps(values: np.ndarray) -> np.ndarray:
    """Return times (seconds since 1970, UTC) as they stand in a CSV file.

    Example:
        >>> stamps(np.array([86_400])).tolist()
        ['1970-01-02T00:00:00Z']
    """
    return joined(len(values), [_laid(part)(ALL) for part in _time_parts(values, "")]).strings()


def frame(table: Table, columns: dict, shared: dict | None = None) -> pd.DataFrame:
    """Make a DataFrame from columns in short form.

    Args:
        table: the schema.
        columns: values per column name.
        shared: ids that exist already, by letter: an id of number i is the i-th of them. So the
            rows share one text.
    """
    whole = {}
    for name, values in columns.items():
        if isinstance(values, Ids) and values.letter in (shared or {}):
            values = Words(shared[values.letter], values.numbers)
        whole[name] = values.texts() if isinstance(values, Texts | Words | Ids | Either) else values
    return schema.frame(table, whole)


@dataclass(frozen=True)
class Rows:
    """A table that is not made yet, but of which any rows can be made.

    `count`: number of rows. `take`: function of row numbers that returns columns in short form, or
    something whose method `columns` makes them, which may be sent to another process first.
    """

    table: Table
    count: int
    take: Callable[[np.ndarray], Any]

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.count

    def frame(self, rows: np.ndarray, shared: dict | None = None) -> pd.DataFrame:
        """Make some rows, see `frame`."""
        return frame(self.table, made(self.take(rows)), shared)


def made(piece) -> dict:
    """Return the columns of a piece."""
    return piece if isinstance(piece, dict) else piece.columns()


def seconds(times: pd.Series) -> np.ndarray:
    """Return times as whole seconds since 1970 (UTC)."""
    return times.dt.tz_convert(None).to_numpy().astype("datetime64[s]").astype(np.int64)


def of_frame(table: Table, data: pd.DataFrame) -> dict:
    """Return the columns of a DataFrame."""
    columns = {}
    for column in table.columns:
        values = data[column.name]
        if column.kind == "time":
            values = seconds(values)
        elif column.kind == "text":
            values = values.to_numpy(dtype=object)
        else:
            values = values.to_numpy()
        columns[column.name] = values
    return columns


def header(table: Table) -> bytes:
    """Return the first line of a canonical CSV file."""
    return (",".join(table.names) + "\n").encode()


def csv(table: Table, columns: dict) -> bytes:
    """Return the rows of a piece as canonical CSV."""
    return b"".join(csv_blocks(table, columns))


def csv_blocks(table: Table, columns: dict) -> list[np.ndarray]:
    """Return what `csv` does, in blocks of bytes (uint8) that nobody needs to put together."""
    ends = ["," for _ in table.columns[1:]] + ["\n"]
    parts = [
        part
        for column, after in zip(table.columns, ends, strict=True)
        for part in _parts(column, columns[column.name], after)
    ]
    count = parts[0].count()
    if not count:
        return []
    laid = [_laid(part) for part in _merged(parts)]
    blocks = []
    for first in range(0, count, BLOCK):
        some = slice(first, min(first + BLOCK, count))
        blocks.append(packed(joined(some.stop - first, [rows(some) for rows in laid])))
    return blocks


class _Part(NamedTuple):
    """Part of the rows of a CSV file: row r reads text `codes[i][r]` of each of some `texts[i]`.

    All but the last of these texts have one size, so that one copy does for all of them. `codes` is
    None where row r reads text r. The last `gaps` texts of a row are missing, all of them, where
    their codes are -1.
    """

    texts: tuple[Texts, ...]
    codes: tuple[np.ndarray, ...] | None
    gaps: int = 0

    def count(self) -> int:
        """Return the number of rows."""
        return len(self.texts[0].size if self.codes is None else self.codes[0])

    def even(self) -> bool:
        """Tell whether all rows have as many bytes."""
        size = self.texts[-1].size
        return not self.gaps and bool((size == size[0]).all())

    def is_short(self) -> bool:
        """Tell whether the texts are few and short enough for arrays of fixed width."""
        size = self.texts[-1].size
        return self.codes is not None and len(size) <= _WHOLE and int(size.max()) <= _SIDE


def _one(texts: Texts, codes: np.ndarray) -> _Part:
    return _Part((texts,), (codes,))


def _merged(parts: list[_Part]) -> list[_Part]:
    """Put neighbours together: every combination of few texts is laid out, others side by side."""
    out = parts[:1]
    for part in parts[1:]:
        last = out[-1]
        many, few = len(last.texts[-1].size), len(part.texts[0].size)
        if last.gaps or not (last.is_short() and part.is_short()):
            out.append(part)
        elif last.even() and len(last.texts) + len(part.texts) <= ROOM // _SIDE:
            out[-1] = _Part(last.texts + part.texts, last.codes + part.codes, part.gaps)
        elif many * few <= _SMALL and len(part.texts) == 1 and not part.gaps:
            one, two = np.divmod(np.arange(many * few), few)
            pairs = [(ALL, last.texts[-1].chosen(one)), (ALL, part.texts[0].chosen(two))]
            texts, codes = joined(many * few, pairs), last.codes[-1] * few + part.codes[0]
            out[-1] = _Part((*last.texts[:-1], texts), (*last.codes[:-1], codes))
        else:
            out.append(part)
    return out


def _laid(part: _Part) -> Callable[[slice], tuple]:
    """Return the function that lays out some rows of a part, see `joined`."""
    *before, last = part.texts
    if part.codes is None:
        return lambda some: (ALL, last.chosen(some))
    if not before and not part.gaps:
        return lambda some: (ALL, last.chosen(part.codes[0][some]))
    sizes = [int(texts.size[0]) for texts in before] + [int(last.size.max())]
    widths = [8 * -(-size // 8) for size in sizes]  # numpy copies whole words faster
    offsets = np.cumsum([0, *sizes[:-1]]).tolist()
    kind = np.dtype(
        {
            "names": [f"f{number}" for number in range(len(sizes))],
            "formats": [f"V{width}" for width in widths],
            "offsets": offsets,
            "itemsize": max(map(sum, zip(offsets, widths, strict=True))),
        }
    )
    words = [
        np.ndarray((len(texts.pool) - width + 1,), f"V{width}", texts.pool, 0, (1,))[texts.start]
        for texts, width in zip(part.texts, widths, strict=True)
    ]
    most, always = sum(sizes), sum(sizes[: len(sizes) - part.gaps])

    def rows(some: slice) -> tuple:
        codes = [codes[some] for codes in part.codes]
        there = ALL
        if part.gaps == len(words):
            there = np.flatnonzero(codes[-1] >= 0)
            codes = [each[there] for each in codes]
        count = len(codes[0])
        side = np.empty(count + -(-ROOM // kind.itemsize), dtype=kind)
        for name, table, each in zip(kind.names, words, codes, strict=True):
            side[name][:count] = table.take(each, mode="clip")  # -1 reads the first; see the size
        size = most - sizes[-1] + last.size.take(codes[-1], mode="clip")
        if part.gaps < len(words) and part.gaps:
            size[codes[-1] < 0] = always
        return there, Texts(side.view(np.uint8), np.arange(count) * kind.itemsize, size)

    return rows


def _with_gaps(texts: Texts, codes: np.ndarray) -> _Part:
    """Return a part whose codes of -1, missing values, read the last text."""
    missing = codes < 0
    if missing.any():
        return _one(texts, np.where(missing, len(texts.size) - 1, codes))
    return _one(texts.chosen(slice(-1)), codes)


def _parts(column: Column, values, after: str) -> list[_Part]:
    """Return the parts of a column and what stands after it."""
    if isinstance(values, Words):
        few = values.words if isinstance(values.words, Texts) else encoded(values.words.tolist())
        words = gathered([few, encoded([""]).looked()])
        parts = _quoted(words, after)
        whole = joined(len(words.size), [_laid(part)(ALL) for part in parts])
        return [_with_gaps(whole, values.codes)]
    if isinstance(values, Ids):
        return _id_parts(values, after)
    if isinstance(values, Either):
        return [*_id_parts(values.one, ""), *_id_parts(values.other, after)]
    if column.kind == "time":
        return _time_parts(values, after)
    if column.kind == "flag":
        return [_one(encoded(["false" + after, "true" + after]), values.astype(np.int64))]
    if column.kind == "whole":
        top = int(values.max(initial=0))
        if int(values.min(initial=0)) >= 0 and top < 65_536:
            return [_one(_kept(_numerals, (1 << top.bit_length(),), after), values)]
        words = map(str, values.tolist())
    elif column.kind == "degree":
        words = (f"{value:.5f}" for value in values.tolist())
    elif isinstance(values, Texts):
        return _quoted(values, after)
    else:
        words = np.where(pd.isna(values), "", values) if column.missing else values
        return _quoted(encoded(words), after)
    return [_Part((encoded([word + after for word in words]),), None)]


def _id_parts(ids: Ids, after: str) -> list[_Part]:
    """Return the parts of ids."""
    if not (ids.numbers < 0).any():
        return [_one(*part) for part in ids.parts(after)]
    parts = [_Part((texts,), (codes,), 1) for texts, codes in ids.parts("")]
    if len(parts) == 2 and parts[0]._replace(gaps=0).even():
        one, two = parts
        parts = [_Part(one.texts + two.texts, one.codes + two.codes, 2)]
    return [*parts, _same(after, len(ids.numbers))] if after else parts


def _same(word: str, count: int) -> _Part:
    """Return a part that reads the same in each row."""
    return _one(encoded([word]), np.broadcast_to(np.int64(0), count))


def _time_parts(values: np.ndarray, after: str) -> list[_Part]:
    """Return the parts of times: days, minutes, seconds."""
    minute = values // 60
    second, day = values - minute * 60, minute // 1440
    minute -= day * 1440
    first, last = (int(day.min()), int(day.max())) if len(day) else (0, 0)
    return [
        _one(_dates(first, last), day - first),
        _one(_kept(_clock, (), ""), minute),
        _one(_kept(_seconds, (), after), second),
    ]


def _quoted(texts: Texts, after: str) -> list[_Part]:
    """Put quotes around the texts that need them, as RFC 4180 has it."""
    marks = (texts.looked() if texts.marks is None else texts).marks
    if (marks > 1).any():
        texts = _doubled(texts)
    marked = (marks > 0).astype(np.int64)
    quotes = [_one(encoded(words), marked) for words in (["", '"'], [after, '"' + after])]
    return [quotes[0], _Part((texts._replace(marks=None),), None), quotes[1]]


def _doubled(texts: Texts) -> Texts:
    """Write each quotation mark twice."""
    flat, ends = packed(texts), np.cumsum(texts.size)
    marks = np.flatnonzero(flat == ord('"'))
    ends += np.searchsorted(marks, ends)
    pool = np.append(np.repeat(flat, 1 + (flat == ord('"'))), np.zeros(ROOM, dtype=np.uint8))
    start = np.append(0, ends)[:-1]
    return Texts(pool, start, ends - start)
