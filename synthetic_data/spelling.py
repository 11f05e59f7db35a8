"""Ways to write: with a capital letter, carelessly, with a slip of the finger.

Texts are bytes here (`columns.Texts`), many at a time. The letters of both languages are one byte
in UTF-8, or two, of which the first is 0xC2 or 0xC3: the numbers 128 to 255 of Latin-1.
"""

import numpy as np

from synthetic_data.columns import ALL, Texts, ended, joined, packed, utf8


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
    """Write words that a zero ends each as `loosened` does."""
    pool = np.frombuffer(words.pool.tobytes().lower(), dtype=np.uint8).copy()  # plain letters only
    lead = np.flatnonzero((pool == 0xC2) | (pool == 0xC3))
    letter = _LOOSE_LATIN[((pool[lead] & 3) << 6) | (pool[lead + 1] & 63)]
    double = letter >= 128
    pool[lead + 1] = np.where(double, 128 | (letter & 63), pool[lead + 1])
    pool[lead] = np.where(double, 192 | (letter >> 6), letter)
    lost = np.sort(np.append(lead[~double] + 1, lead[letter == 0]))
    keep = np.ones(len(pool), dtype=bool)
    keep[lost] = False
    start = words.start - np.searchsorted(lost, words.start)
    size = words.size - np.diff(np.searchsorted(lost, words.start + words.size), prepend=0)
    return Texts(pool[keep], start, size)


def bare(words: Texts) -> np.ndarray:
    """Tell which words end with a letter or a digit, or are empty."""
    last = words.start + words.size - 1
    accent = words.pool[last - 1] == 0xC3
    return accent | _ALNUM[words.pool[last]] | (words.size == 0)


def large(words: Texts) -> np.ndarray:
    """Tell which words begin with a capital letter."""
    one, two = words.pool[words.start], words.pool[words.start + 1]
    plain = (one >= ord("A")) & (one <= ord("Z"))
    return (plain | (one == 0xC3) & (two <= 0x9E) & (two != 0x97)) & (words.size > 0)


def slip(line: str, at: int) -> str:
    """Swap two letters, double one or leave one out, inside the next word of four letters."""
    size = len(line)
    for spot in range(at % size, size - 3):
        if line[spot : spot + 4].isalpha():
            one, two = line[spot + 1], line[spot + 2]
            way = at >> 16 & 3
            middle = two + one if way < 2 and one != two else one + two * 2 if way == 2 else two
            return line[: spot + 1] + middle + line[spot + 3 :]
    return line


def slipped(lines: Texts, at: np.ndarray) -> Texts:
    """Do as `slip` does, in many lines at once, of which none is empty.

    The letters are numbers here, 32 bits each, and a 0 ends each line.
    """
    ends = (np.arange(len(at)), utf8(["\0"]).chosen(np.zeros(len(at), dtype=np.int64)))
    flat = packed(joined(len(at), [(ALL, lines), ends])).tobytes().decode()
    letters = np.frombuffer(flat.encode("utf-32-le"), dtype="<u4").copy()
    end = np.flatnonzero(letters == 0)
    begin = np.append(0, end + 1)[:-1]
    alpha = _ALPHA[np.minimum(letters, 255)]
    four = np.flatnonzero(alpha[:-3] & alpha[1:-2] & alpha[2:-1] & alpha[3:])
    found = np.searchsorted(four, begin + at % (end - begin))
    spot = np.append(four, len(letters))[found]
    rows = np.flatnonzero(spot < end)
    spot, way = spot[rows], at[rows] >> 16 & 3
    one, two = letters[spot + 1], letters[spot + 2]
    times = np.ones(len(letters), dtype=np.int64)
    swap = (way < 2) & (one != two)
    letters[spot[swap] + 1], letters[spot[swap] + 2] = two[swap], one[swap]
    times[spot[way == 2] + 2] = 2
    times[spot[(way != 2) & ~swap] + 1] = 0
    return ended(np.repeat(letters, times).tobytes().decode("utf-32-le"))


_ALPHA = np.array([chr(code).isalpha() for code in range(255)] + [False])
_ALNUM = np.array([chr(code).isalnum() and code < 128 for code in range(256)])
