"""Ways to write: with a capital letter, carelessly, with a slip of the finger.

Texts are bytes here (`utf8.Texts`), many at a time. The letters of both languages are one byte
in UTF-8, or two, of which the first is 0xC2 or 0xC3: the numbers 128 to 255 of Latin-1.
"""

import numpy as np

from synthetic_data.utf8 import Texts


def loosened(line: str) -> str:
    """Write in lower case, without accents and without the marks that open a question."""
    return line.lower().translate(ACCENTS)


ACCENTS = str.maketrans("áéíóú", "aeiou", "¿¡")


_LOOSE_LATIN = np.array([ord(loosened(chr(code)) or "\0") for code in range(256)], dtype=np.uint8)
_MARKS = "«“¿¡"  # may stand before the first letter, perhaps two of a kind


def capitals(words: Texts) -> Texts:
    """Begin with a capital letter, also behind a quotation mark or a Spanish question mark."""
    pool = words.pool.copy()
    begin = words.start[words.size > 0]
    other = np.flatnonzero(pool[begin] > 127)
    for mark in map(str.encode, 2 * _MARKS):
        spot = begin[other]
        found = np.all([pool[spot + at] == byte for at, byte in enumerate(mark)], axis=0)
        begin[other] += found * len(mark)
    accent = begin[(pool[begin] == 0xC3) & (pool[begin + 1] >= 0xA0)] + 1
    plain = begin[(pool[begin] >= ord("a")) & (pool[begin] <= ord("z"))]
    pool[accent] -= 32
    pool[plain] -= 32
    return words._replace(pool=pool)


def loose(words: Texts) -> Texts:
    """Write words, each right behind the one before, as `loosened` does."""
    pool = np.frombuffer(bytearray(words.pool).lower(), dtype=np.uint8)  # plain letters only
    lead = np.flatnonzero(pool & 0xFE == 0xC2)
    letter = _LOOSE_LATIN[((pool[lead] & 3) << 6) | (pool[lead + 1] & 63)]
    double = letter >= 128
    pool[lead + 1] = np.where(double, 128 | (letter & 63), pool[lead + 1])
    pool[lead] = np.where(double, 192 | (letter >> 6), letter)
    lost = np.sort(np.append(lead[~double] + 1, lead[letter == 0]))
    keep = np.ones(len(pool), dtype=bool)
    keep[lost] = False
    before = np.searchsorted(lost, np.append(words.start, words.start[-1:] + words.size[-1:]))
    return Texts(pool[keep], words.start - before[:-1], words.size - np.diff(before))


def bare(words: Texts) -> np.ndarray:
    """Tell which words end with a letter or a digit, or are empty."""
    last = words.start + words.size - 1
    accent = words.pool[last - 1] == 0xC3
    return accent | _ALNUM[words.pool[last]] | (words.size == 0)


def slips(lines: Texts, rows: np.ndarray, first, size: np.ndarray, at: np.ndarray) -> None:
    """Swap two letters, double one or leave one out, in place.

    That happens inside the first word of four plain letters near a place in each line, if there is
    one.

    Args:
        lines: texts that were `joined`.
        rows: which of them, none twice.
        first: where in the line the letters begin that may be touched, in bytes.
        size: how many bytes may be touched, at least one.
        at: random numbers; the lower 16 bits give the place, the next two say what happens.

    Example:
        >>> from synthetic_data.utf8 import ALL, encoded, joined
        >>> line = joined(1, [(ALL, encoded(["harbour"]))])
        >>> slips(line, np.array([0]), 0, np.array([7]), np.array([0]))
        >>> line.strings()[0]
        'hrabour'
    """
    if not len(rows):
        return
    skip = (at & 0xFFFF) % size
    place = lines.start[rows] + first + skip
    near = np.ndarray((len(lines.pool) - _NEAR + 1,), f"V{_NEAR}", lines.pool, 0, (1,))[place]
    letter = _LETTER[near.view(np.uint8).reshape(-1, _NEAR)]
    letter &= np.arange(_NEAR) < (size - skip)[:, None]
    four = letter[:, :-3] & letter[:, 1:-2] & letter[:, 2:-1] & letter[:, 3:]
    spot = four.argmax(axis=1)
    some = np.flatnonzero(four[np.arange(len(spot)), spot])
    rows, spot, way = rows[some], (place + spot)[some] + 1, at[some] >> 16 & 3
    one, two = lines.pool[spot], lines.pool[spot + 1]
    swap = (way < 2) & (one != two)
    lines.pool[spot[swap]], lines.pool[spot[swap] + 1] = two[swap], one[swap]
    for more, chosen in ((1, way == 2), (-1, (way != 2) & ~swap)):
        lines.shift(rows[chosen], spot[chosen] + 1, more)


_NEAR = 24  # bytes that are looked at
_LETTER = np.array([chr(code).isalpha() and code < 128 for code in range(256)])
_ALNUM = np.array([chr(code).isalnum() and code < 128 for code in range(256)])
