"""Many texts at once, as UTF-8.

A column of texts is one array of bytes, in which each text has a place and a size. So numpy can
copy a hundred thousand of them in one go.
"""

from typing import NamedTuple

import numpy as np

BLOCK = 8192  # rows that are laid out at a time: few enough to stay in the processor's cache
GAP = 96  # bytes that are copied at once into a line, which has so many to spare
ROOM = 192  # bytes of a line that are copied at once; each pool has so many to spare
ALL = slice(None)
_KINDS = [np.dtype(f"V{size}") for size in range(ROOM + 1)]


class Texts(NamedTuple):
    """Texts as UTF-8: text i is the `size[i]` bytes of `pool` from `start[i]` on.

    `pool` (uint8) goes on for `ROOM` bytes behind the start of its last text. Many texts may share
    bytes. `start` and `size` are int64. `marks` says which texts a CSV file has to quote: 1 where
    there is a comma or the end of a line, 2 where there is a quotation mark, 3 where there are both
    (uint8); it is None where nobody has looked yet, see `looked`.
    """

    pool: np.ndarray
    start: np.ndarray
    size: np.ndarray
    marks: np.ndarray | None = None

    def chosen(self, rows) -> "Texts":
        """Return some of the texts; `rows` is anything that chooses from an array."""
        marks = None if self.marks is None else self.marks[rows]
        return Texts(self.pool, self.start[rows], self.size[rows], marks)

    def looked(self) -> "Texts":
        """Return the same texts with their marks."""
        commas, quotes = _holds(self, b",\n\r"), _holds(self, b'"')
        return self._replace(marks=commas.view(np.uint8) | quotes.view(np.uint8) << 1)

    def compact(self) -> "Texts":
        """Return the same texts, one behind the other."""
        start, total = np.cumsum(self.size) - self.size, int(self.size.sum())
        pool = np.empty(total + ROOM, dtype=np.uint8)
        _copy(pool, start, self, ROOM)
        pool[total:] = 0
        return Texts(pool, start, self.size, self.marks)

    def shift(self, rows: np.ndarray, place: np.ndarray, more: int) -> None:
        """Move what stands in lines from a place of the pool on by `more` bytes, one at most.

        The lines are `joined`, so there is room.
        """
        end = self.start[rows] + self.size[rows]
        rest = Texts(self.pool, place, end - place).compact()
        _copy(self.pool, place + more, rest)
        self.size[rows] += more

    def strings(self) -> np.ndarray:
        """Return the texts as an object array of str.

        Example:
            >>> encoded(["mar", "ñ"]).chosen([1, 0, 1]).strings().tolist()
            ['ñ', 'mar', 'ñ']
        """
        pool, ends = self.pool.tobytes(), (self.start + self.size).tolist()
        out = np.empty(len(ends), dtype=object)
        out[:] = [pool[a:b].decode() for a, b in zip(self.start.tolist(), ends, strict=True)]
        return out

    def texts(self) -> np.ndarray:
        """Return the column for pandas."""
        return self.strings()


def encoded(words) -> Texts:
    """Return words (a list of str) as `Texts`."""
    found = ended("\0".join([*words, ""]))
    if len(found.size) == len(words):
        return found
    encoded = list(map(str.encode, words))  # some word holds a zero
    size = np.array(list(map(len, encoded)))
    pool = np.frombuffer(b"".join([*encoded, bytes(ROOM)]), dtype=np.uint8)
    return Texts(pool, np.cumsum(size) - size, size)


def ended(words: str) -> Texts:
    """Return words that stand end to end, a zero behind each, as `Texts`."""
    flat = words.encode()
    pool = np.frombuffer(flat + bytes(ROOM), dtype=np.uint8)
    ends = np.flatnonzero(pool[: len(flat)] == 0)
    start = np.append(0, ends + 1)[:-1]
    return Texts(pool, start, ends - start)


def gathered(some: list[Texts]) -> Texts:
    """Return the texts of several in one."""
    if len(some) == 1:
        return some[0]
    moved = np.cumsum([0, *(len(texts.pool) for texts in some[:-1])]).tolist()
    unknown = any(texts.marks is None for texts in some)
    return Texts(
        np.concatenate([texts.pool for texts in some]),
        np.concatenate([texts.start + first for texts, first in zip(some, moved, strict=True)]),
        np.concatenate([texts.size for texts in some]),
        None if unknown else np.concatenate([texts.marks for texts in some]),
    )


def sizes(count: int, parts: list) -> np.ndarray:
    """Return how many bytes the parts of each row have together, see `joined`."""
    size = np.zeros(count, dtype=np.int64)
    for rows, part in parts:
        size[rows] += part.size
    return size


def joined(count: int, parts: list, size: np.ndarray | None = None) -> Texts:
    """Put texts end to end, those of each row in a line of its own.

    Always `GAP` bytes are copied, or fewer where all texts of a part are short: numpy does this
    for many rows at once. So some bytes of another text lie behind each copy, and the next part of
    the line is laid over them; behind the last one there is room.

    Args:
        count: number of rows.
        parts: in order; each a pair of rows (`ALL`, or some in rising order) and `Texts`, one for
            each of these rows.
        size: their `sizes`, where they are known.

    Example:
        >>> joined(2, [(ALL, encoded(["a", "b"])), ([1], encoded(["c"]))]).strings().tolist()
        ['a', 'bc']
    """
    size = sizes(count, parts) if size is None else size
    room = GAP + 1  # a letter more fits as well, see `shift`
    at = np.cumsum(size + room) - (size + room)
    marks = None
    if all(part.marks is not None for _, part in parts):
        marks = np.zeros(count, dtype=np.uint8)
        for rows, part in parts:
            marks[rows] |= part.marks
    pool = np.empty(int(size.sum()) + count * room + ROOM - GAP, dtype=np.uint8)
    lines = Texts(pool, at.copy(), size, marks)
    edges = range(BLOCK, count, BLOCK)
    cuts = [
        [0, *(edges if isinstance(rows, slice) else np.searchsorted(rows, edges)), len(part.size)]
        for rows, part in parts
    ]
    for block in range(len(edges) + 1):  # what is laid at a time stays in the cache
        for (rows, part), cut in zip(parts, cuts, strict=True):
            some = slice(cut[block], cut[block + 1])
            here = some if isinstance(rows, slice) else rows[some]
            _copy(lines.pool, at[here], part.chosen(some))
            at[here] += part.size[some]
    return lines


def packed(lines: Texts) -> np.ndarray:
    """Return the bytes of all texts, one behind the other."""
    return lines.compact().pool[:-ROOM]


def _copy(pool: np.ndarray, at: np.ndarray, texts: Texts, most_at_once: int = GAP) -> None:
    """Copy texts to places in a pool; up to `most_at_once` bytes behind each are spoilt.

    Only the end of a text spoils what follows. So when texts are copied to where they follow each
    other, later pieces of long ones go first, and nothing that is spoilt was already in its place.
    """
    most = int(texts.size.max(initial=0))
    if not most:
        return
    wide = min(most, most_at_once)
    kind = _KINDS[wide]
    target = np.ndarray((len(pool) - wide + 1,), kind, pool, 0, (1,))
    source = np.ndarray((len(texts.pool) - wide + 1,), kind, texts.pool, 0, (1,))
    for skip in reversed(range(wide, most, wide)):
        rows = np.flatnonzero(texts.size > skip)
        target[at[rows] + skip] = source[texts.start[rows] + skip]
    target[at] = source[texts.start]


def _holds(texts: Texts, marks: bytes) -> np.ndarray:
    """Tell which texts hold one of some marks."""
    found = texts.pool == marks[0]
    for mark in marks[1:]:
        found |= texts.pool == mark
    places = np.append(np.flatnonzero(found), len(found))
    return places[np.searchsorted(places, texts.start)] < texts.start + texts.size
