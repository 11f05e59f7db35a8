"""Columns in short form: numbers and few words, from which tables and CSV files are made.

A column of a piece of a table is one of

* `Words`, `Ids` or `Either` for texts that repeat or follow a pattern,
* an array of str for other texts, None or NaN where one is missing,
* whole numbers for whole numbers, and for times (seconds since 1970, UTC),
* booleans for flags, floats for degrees.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, zip_longest
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from synthetic_data import schema
from synthetic_data.schema import Column, Table

BLOCK = 8192  # rows that are laid out at a time
ROWS = 512  # texts that are joined at a time: few enough to stay in the processor's cache
_TABLE = 4096  # ids of which each is kept as a whole
_SMALL = 4096  # words that are put together with those of the next column


class Words(NamedTuple):
    """Row r reads `words[codes[r]]`; a code of -1 is a missing value.

    `kept`: arguments of `_high`, where the words are its.
    """

    words: np.ndarray
    codes: np.ndarray
    kept: tuple = ()

    def texts(self):
        """Return the column for pandas: only the few words are checked, not their many rows."""
        return schema.chosen(self.words, self.codes)


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
        parts = [part.words[part.codes] for part in self.cells()]
        return parts[0] if len(parts) == 1 else parts[0] + parts[1]

    def texts(self):
        """Return the column for pandas."""
        out = np.full(len(self.numbers), None, dtype=object)
        rows = np.flatnonzero(self.numbers >= 0)
        out[rows] = self._replace(numbers=self.numbers[rows]).strings()
        return pd.array(out, dtype="str", copy=False)

    def cells(self) -> list[Words]:
        """Return the column as one part, or as two where there are many ids."""
        top = int(self.numbers.max(initial=0))
        if top < _TABLE:
            return [Words(_ids(self.letter, self.width, 1 << top.bit_length()), self.numbers)]
        high, low = np.divmod(self.numbers, 1000)
        low[self.numbers < 0] = -1
        digits = max(self.width - 3, len(str(top)) - 3)
        kept = (self.letter, self.width, digits)
        return [Words(_high(*kept), high, kept), Words(_low(), low)]


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


@lru_cache(maxsize=16)
def _ids(letter: str, width: int, count: int) -> np.ndarray:
    return np.array([*(f"{letter}-{n:0{width}d}" for n in range(count)), ""], dtype=object)


@lru_cache(maxsize=16)
def _high(letter: str, width: int, digits: int) -> np.ndarray:
    numbers = range(10**digits)
    return np.array([*(f"{letter}-{n:0{width - 3}d}" for n in numbers), ""], dtype=object)


@lru_cache(maxsize=16)
def _high_bytes(letter: str, width: int, digits: int) -> tuple[np.ndarray, np.ndarray]:
    return _bytes(_high(letter, width, digits))


def _bytes(words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return words as bytes of equal width, and the width of each."""
    encoded = list(map(str.encode, words.tolist()))
    return np.array(encoded), np.array(list(map(len, encoded)))


@cache
def _low() -> np.ndarray:
    return np.array([*(f"{n:03d}" for n in range(1000)), ""], dtype=object)


@cache
def _numerals(top: int) -> np.ndarray:
    return np.array([str(number) for number in range(top)], dtype=object)


@cache
def _clock() -> tuple[np.ndarray, np.ndarray]:
    """Return the minutes of a day and the seconds of a minute, as they stand in a time."""
    two = np.array([f"{number:02d}" for number in range(60)], dtype=object)
    return np.add.outer(two[:24] + ":", two + ":").ravel(), two + "Z"


def _stamp(values: np.ndarray) -> list[Words]:
    """Return times as minutes and seconds. In a log many rows stand in the same minute."""
    minute, second = np.divmod(values, 60)
    opens = np.flatnonzero(np.append(True, minute[1:] != minute[:-1]))[: len(minute)]
    code = np.repeat(np.arange(len(opens)), np.diff(np.append(opens, len(minute))))
    day, rest = np.divmod(minute[opens], 1440)
    first, last = (int(day.min()), int(day.max())) if len(day) else (0, 0)
    days = np.arange(first, last + 1).astype("datetime64[D]").astype(str)
    dates = np.array([f"{date}T" for date in days], dtype=object)
    minutes, seconds = _clock()
    return [Words(dates[day - first] + minutes[rest], code), Words(seconds, second)]


def stamps(values: np.ndarray) -> np.ndarray:
    """Return times (seconds since 1970, UTC) as they stand in a CSV file.

    Example:
        >>> stamps(np.array([86_400])).tolist()
        ['1970-01-02T00:00:00Z']
    """
    minute, second = (part.words[part.codes] for part in _stamp(values))
    return minute + second


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
        whole[name] = values.texts() if isinstance(values, Words | Ids | Either) else values
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
    """Return the rows of a piece as canonical CSV.

    Texts are joined with room between them. What stands in this room, ids, times and other words
    of few lengths, is then copied there for many rows at once, by numpy.
    """
    gaps: list[list] = [[]]  # the words before, between and behind the texts
    free = []
    for column in table.columns:
        for part in _parts(column, columns[column.name]):
            if isinstance(part, Words):
                gaps[-1].append(part)
            else:
                free.append(part)
                gaps.append([])
        gaps[-1].append("," if column.name != table.names[-1] else "\n")
    count = len(free[0].words) if free else len(gaps[0][0].codes)
    gaps = [[_Cells(part, count) for part in _merged(gap)] for gap in gaps]
    return b"".join(
        _block(gaps, free, slice(first, min(first + BLOCK, count)))
        for first in range(0, count, BLOCK)
    )


class _Cells:
    """Words as bytes, for each width the ones that have it, and how wide each word is."""

    def __init__(self, part: Words, count: int):
        words, self.widths = _high_bytes(*part.kept) if part.kept else _bytes(part.words)
        self.codes = np.zeros(count, dtype=np.int64) if part.codes is None else part.codes
        self.sizes = np.unique(self.widths).tolist()
        self.words = {size: words.astype(f"S{size}") for size in self.sizes if size}

    def put(self, buffer: np.ndarray, at: np.ndarray, width: np.ndarray, some: slice, room: int):
        """Copy the words of some rows to their places.

        Args:
            buffer: the bytes of the block.
            at: place per row.
            width: width of the word per row.
            some: the rows.
            room: bytes behind the word that are written later, so that padding may lie there.
        """
        codes, most = self.codes[some], self.sizes[-1]
        if len(self.sizes) == 1 or most - self.sizes[0] <= room:
            _at(buffer, most)[at] = self.words[most][codes]
            return
        for size, words in self.words.items():
            rows = np.flatnonzero(width == size)
            _at(buffer, size)[at[rows]] = words[codes[rows]]


def _at(buffer: np.ndarray, size: int) -> np.ndarray:
    """Return a view whose item i is the `size` bytes from place i on."""
    return np.ndarray((max(len(buffer) - size + 1, 0),), f"S{size}", buffer, 0, (1,))


def _block(gaps: list[list[_Cells]], free: list["_Free"], some: slice) -> np.ndarray:
    """Return some rows as CSV."""
    widths = [[cells.widths[cells.codes[some]] for cells in gap] for gap in gaps]
    rooms = [sum(width, np.zeros(some.stop - some.start, np.int64)) for width in widths]
    if free:
        blank = _blanks(max(int(room.max()) for room in rooms))
        lines, lengths = [], [[] for _ in free]
        for first in range(some.start, some.stop, ROWS):
            rows = slice(first, min(first + ROWS, some.stop))
            here = slice(rows.start - some.start, rows.stop - some.start)
            parts = [blank[rooms[0][here]].tolist()]
            for place, part in enumerate(free):
                texts = part.encoded(rows)
                lengths[place] += map(len, texts)
                parts += [texts, blank[rooms[place + 1][here]].tolist()]
            lines.append(b"".join(chain.from_iterable(zip(*parts, strict=True))))
        buffer = np.frombuffer(bytearray().join(lines), dtype=np.uint8)
        lengths = [np.array(length) for length in lengths]
    else:
        buffer, lengths = np.empty(int(rooms[0].sum()), dtype=np.uint8), []
    whole = sum(rooms + lengths)
    at = np.cumsum(whole) - whole
    for gap, width, length in zip_longest(gaps, widths, lengths, fillvalue=0):
        room = sum(cells.sizes[0] for cells in gap)
        for cells, wide in zip(gap, width, strict=True):
            room -= cells.sizes[0]
            cells.put(buffer, at, wide, some, room)
            at = at + wide
        at = at + length
    return buffer


@lru_cache(maxsize=8)
def _blanks(most: int) -> np.ndarray:
    return np.array([bytes(size) for size in range(most + 1)], dtype=object)


class _Free(NamedTuple):
    """Texts that are joined one by one. `quotes`: may they need quotes?"""

    words: np.ndarray
    quotes: bool

    def encoded(self, some: slice) -> list[bytes]:
        """Return some of them as they stand in the file."""
        words = self.words[some].tolist()
        return list(map(str.encode, _quoted(words) if self.quotes else words))


def _parts(column: Column, values) -> list:
    """Return a column as Words, arrays of str that need no quotes, and _Free."""
    if isinstance(values, Words):
        words = np.array([*_quoted(list(values.words)), ""], dtype=object)
        return [Words(words, values.codes)]
    if isinstance(values, Ids):
        return values.cells()
    if isinstance(values, Either):
        return _either(values.one.cells(), values.other.cells())
    if column.kind == "time":
        return _stamp(values)
    if column.kind == "flag":
        return [Words(np.array(["false", "true"], dtype=object), values.astype(np.int64))]
    if column.kind == "whole":
        top = int(values.max(initial=0))
        if int(values.min(initial=0)) >= 0 and top < 65_536:
            return [Words(_numerals(1 << top.bit_length()), values)]
        return [_Free(np.array([str(value) for value in values.tolist()], dtype=object), False)]
    if column.kind == "degree":
        return [_Free(np.array([f"{v:.5f}" for v in values.tolist()], dtype=object), False)]
    words = np.where(pd.isna(values), "", values) if column.missing else values
    return [_Free(words, not column.enum)]


def _either(one: list[Words], other: list[Words]) -> list[Words]:
    """Return two columns of which each row has one."""
    if len(one) > 1 or len(other) > 1:
        return [*one, *other]
    words = np.concatenate([one[0].words, other[0].words])
    moved = other[0].codes + len(one[0].words)
    return [Words(words, np.where(other[0].codes >= 0, moved, one[0].codes))]


def _merged(parts: list) -> list[Words]:
    """Put neighbouring words and separators together while they are few."""
    out: list = []
    for part in parts:
        if isinstance(part, str):
            part = Words(np.array([part], dtype=object), None)
        last = out[-1] if out else None
        if last is None or len(last.words) * len(part.words) > _SMALL:
            out.append(part)
        elif part.codes is None:
            out[-1] = Words(last.words + part.words[0], last.codes)
        elif last.codes is None:
            out[-1] = Words(last.words[0] + part.words, part.codes)
        else:
            left, right = (np.asarray(one.codes, dtype=np.int64) for one in (last, part))
            codes = left % len(last.words) * len(part.words) + right % len(part.words)
            out[-1] = Words(np.add.outer(last.words, part.words).ravel(), codes)
    return out


def _quoted(words: list[str]) -> list[str]:
    """Put quotes around the words that need them, as RFC 4180 has it."""
    joined = "".join(words)
    found = [mark for mark in ',"\n\r' if mark in joined]
    if found == [","]:
        return [f'"{word}"' if "," in word else word for word in words]
    if found:
        return [
            '"' + word.replace('"', '""') + '"' if any(mark in word for mark in found) else word
            for word in words
        ]
    return words
