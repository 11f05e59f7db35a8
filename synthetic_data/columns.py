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
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from synthetic_data import schema
from synthetic_data.schema import Column, Table

ROWS = 250  # rows that are joined at a time: few enough that their texts stay in the cache
_TABLE = 1 << 17  # ids of which each is kept as a whole
_SMALL = 4096  # words that are put together with those of the next column


class Words(NamedTuple):
    """Row r reads `words[codes[r]]`; a code of -1 is a missing value."""

    words: np.ndarray
    codes: np.ndarray

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
        return [Words(_high(self.letter, self.width, digits), high), Words(_low(), low)]


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
            words = values.to_numpy(dtype=object)
            values = np.where(values.isna(), "", words) if column.missing else words
        else:
            values = values.to_numpy()
        columns[column.name] = values
    return columns


def header(table: Table) -> bytes:
    """Return the first line of a canonical CSV file."""
    return (",".join(table.names) + "\n").encode()


def csv(table: Table, columns: dict) -> bytes:
    """Return the rows of a piece as canonical CSV.

    A row is one join of *cells*. Words of neighbouring columns are put together beforehand where
    they are few, separators included, so that there are few cells and most are used often.
    """
    parts: list = []
    for column in table.columns:
        parts += _parts(column, columns[column.name])
        parts.append("," if column.name != table.names[-1] else "\n")
    cells = _merged(parts)
    cells = [part.words[part.codes] if isinstance(part, Words) else part for part in cells]
    arrays = [part.words if isinstance(part, _Free) else part for part in cells]
    count = max(len(part) for part in arrays if isinstance(part, np.ndarray))
    out = []
    for first in range(0, count, ROWS):
        some = slice(first, first + ROWS)
        piece = [
            repeat(part)
            if isinstance(part, str)
            else _quoted(part.words[some].tolist())
            if isinstance(part, _Free)
            else part[some].tolist()
            for part in cells
        ]
        out.append("".join(map("".join, zip(*piece, strict=False))).encode())
    return b"".join(out)


class _Free(NamedTuple):
    """Texts that may need quotes."""

    words: np.ndarray


def _parts(column: Column, values) -> list:
    """Return a column as Words, arrays of str that need no quotes, and _Free."""
    if isinstance(values, Words):
        return [Words(np.append(np.asarray(values.words, dtype=object), ""), values.codes)]
    if isinstance(values, Ids):
        if column.missing:
            return [_sparse(values)]
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
        return [np.array([str(value) for value in values.tolist()], dtype=object)]
    if column.kind == "degree":
        return [np.array([f"{value:.5f}" for value in values.tolist()], dtype=object)]
    return [values] if column.enum else [_Free(values)]


def _sparse(values: Ids) -> np.ndarray:
    """Return ids that are often missing as texts, one cell for each."""
    out = np.full(len(values.numbers), "", dtype=object)
    rows = np.flatnonzero(values.numbers >= 0)
    out[rows] = values._replace(numbers=values.numbers[rows]).strings()
    return out


def _either(one: list[Words], other: list[Words]) -> list[Words]:
    """Return two columns of which each row has one."""
    if len(one) > 1 or len(other) > 1:
        return [*one, *other]
    words = np.concatenate([one[0].words, other[0].words])
    moved = other[0].codes + len(one[0].words)
    return [Words(words, np.where(other[0].codes >= 0, moved, one[0].codes))]


def _merged(parts: list) -> list:
    """Put neighbouring words and separators together while they are few."""
    out: list = []
    for part in parts:
        last = out[-1] if out else None
        if isinstance(last, Words) and len(last.words) <= _SMALL and isinstance(part, str):
            out[-1] = Words(last.words + part, last.codes)
        elif isinstance(last, str) and isinstance(part, Words) and len(part.words) <= _SMALL:
            out[-1] = Words(last + part.words, part.codes)
        elif (
            isinstance(last, Words)
            and isinstance(part, Words)
            and len(last.words) * len(part.words) <= _SMALL
        ):
            wide = len(part.words)
            words = np.add.outer(last.words, part.words).ravel()
            left, right = (np.asarray(one.codes, dtype=np.int64) for one in (last, part))
            codes = left % len(last.words) * wide + right % wide
            out[-1] = Words(words, codes)
        else:
            out.append(part)
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
