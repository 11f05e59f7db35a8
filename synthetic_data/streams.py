"""Keyed random numbers: every value is a pure function of a path and an index.

A *path* such as `"harbour/7/posts/time"` names a stream; an *index* names an entity in it. The
same pair gives the same number on every machine, in any order, whatever else was drawn before.
So a new field or a new organisation never shifts the numbers of another.

The mixing function is SplitMix64 (Steele, Lea and Flood 2014, *Fast splittable pseudorandom
number generators*, OOPSLA, with the constants of Vigna's reference code), used as a counter-based
generator. The key of a path is its BLAKE2b digest. Everything is 64-bit integer arithmetic: no
logarithm or exponential is taken, because their last bits differ between processors.
"""

from functools import lru_cache
from hashlib import blake2b

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
MILLION = 1_000_000


@lru_cache(maxsize=4096)
def key(path: str) -> int:
    """Return the 64-bit key of a stream.

    Example:
        >>> key("harbour/7/posts/time") == key("harbour/7/posts/time")
        True
    """
    return int.from_bytes(blake2b(path.encode(), digest_size=8).digest(), "little")


def u64(path: str, index) -> np.ndarray:
    """Return one 64-bit number per index, shape of `index` (at least one-dimensional).

    Args:
        path: name of the stream.
        index: non-negative integers, scalar or array.

    Example:
        >>> int(u64("a", 5)[0]) == int(u64("a", [4, 5])[1])
        True
    """
    z = np.atleast_1d(np.asarray(index)).astype(np.uint64)
    z += np.uint64(1)
    z *= GOLDEN
    z += np.uint64(key(path))
    z ^= z >> np.uint64(30)
    z *= _MIX_1
    z ^= z >> np.uint64(27)
    z *= _MIX_2
    z ^= z >> np.uint64(31)
    return z


def below(path: str, index, limit) -> np.ndarray:
    """Return whole numbers from 0 to `limit` - 1 (int64); `limit` may be an array, under 2**32.

    The upper 32 bits are scaled by multiplication, so the bias is under limit / 2**32.

    Example:
        >>> bool((below("dice", range(100), 6) < 6).all())
        True
    """
    drawn = u64(path, index)
    drawn >>= np.uint64(32)
    drawn = drawn * np.asarray(limit).astype(np.uint64)
    drawn >>= np.uint64(32)
    return drawn.view(np.int64)


def chance(path: str, index, per_million: int) -> np.ndarray:
    """Return True for about `per_million` of a million indexes.

    Example:
        >>> bool(chance("rain", range(10), 1_000_000).all())
        True
    """
    # The same as below(path, index, MILLION) < per_million, with fewer steps.
    return u64(path, index) < np.uint64(min(-(-(per_million << 32) // MILLION) << 32, 2**64 - 1))


def pick(path: str, index, weights) -> np.ndarray:
    """Return positions 0 … len(weights) - 1, each as likely as its integer weight.

    Example:
        >>> pick("coin", range(5), [0, 3]).tolist()
        [1, 1, 1, 1, 1]
    """
    weights = np.asarray(weights, dtype=np.int64)
    total = int(weights.sum())
    drawn = below(path, index, total)
    if total <= 65_536:  # a table of the answers is faster than a search
        return np.repeat(np.arange(len(weights)), weights)[drawn]
    return np.searchsorted(np.cumsum(weights), drawn, side="right")


def quantile(path: str, index, table: np.ndarray) -> np.ndarray:
    """Return entries of an integer quantile table, each equally likely.

    Example:
        >>> int(quantile("q", 3, np.array([7]))[0])
        7
    """
    return np.asarray(table)[below(path, index, len(table))]


def stratified(path: str, part: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return entries of an integer quantile table, spread evenly over each part.

    Of a part of m indexes each of m equal pieces of the table gives one, in a keyed order. So a few
    hundred draws already have the whole shape, its tail included, where `quantile` would miss the
    tail in one world and meet it twice in another (stratified sampling, Cochran 1977).

    Args:
        path: stream; the indexes are 0 … len(part) - 1.
        part: number of the part of each index, 0 to 127.
        table: quantiles in rising order.

    Example:
        >>> sorted(stratified("q", np.zeros(4, dtype=int), np.arange(8)).tolist())
        [1, 3, 5, 7]
    """
    part = np.asarray(part)
    code = u64(path, np.arange(len(part))) >> np.uint64(7)
    code |= part.astype(np.uint64) << np.uint64(57)
    order = np.argsort(code, kind="stable")
    size = np.bincount(part)
    place = np.arange(len(part)) - np.repeat(np.cumsum(size) - size, size)
    out = np.empty(len(part), dtype=np.int64)
    size = size[part[order]]
    out[order] = np.asarray(table)[(2 * place + 1) * len(table) // (2 * size)]
    return out


def permutation(path: str, n: int) -> np.ndarray:
    """Return 0 … n - 1 in a keyed order.

    Example:
        >>> sorted(permutation("p", 4).tolist())
        [0, 1, 2, 3]
    """
    return np.argsort(u64(path, np.arange(n)), kind="stable")


def ranked(path: str, items: np.ndarray) -> np.ndarray:
    """Return `items` (whole numbers) in a keyed order that depends on each item alone.

    Adding or removing an item leaves the order of the others as it was.

    Example:
        >>> few = ranked("r", np.array([3, 9, 4]))
        >>> [int(i) for i in ranked("r", np.array([3, 9, 4, 7])) if i != 7] == few.tolist()
        True
    """
    items = np.asarray(items)
    return items[np.argsort(u64(path, items), kind="stable")] if len(items) else items


def opaque(path: str, numbers: np.ndarray, width: int) -> tuple[np.ndarray, int]:
    """Map distinct numbers to distinct numbers whose order says nothing, and return the width.

    An affine map modulo 10**width; the width grows when the numbers need more digits.

    Example:
        >>> mapped, width = opaque("ids", np.arange(1000), 3)
        >>> sorted(mapped.tolist()) == list(range(1000)), width
        (True, 3)
    """
    numbers = np.asarray(numbers, dtype=np.int64)
    while len(numbers) and int(numbers.max()) >= 10**width:
        width += 1
    space = 10**width
    # A factor that ends in 1, 3, 7 or 9 shares no divisor with a power of ten.
    factor = int(below(path + "/factor", 0, space // 10)[0]) * 10 + 7
    shift = int(below(path + "/shift", 0, space)[0])
    return (numbers * factor + shift) % space, width
