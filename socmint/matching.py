"""Compare texts, pictures and accounts: near copies and signs of one hand.

Plain pandas and numpy, on purpose. At the size of a case every comparison can be exact, so the
reader can follow it and a near copy is never missed by chance. The well-known packages are made
for millions of rows: their sketches are approximate, and they bring compiled parts (rapidfuzz) or
scipy (datasketch, imagehash) into a learner's environment for it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from socmint.errors import CourseError

SIZE = 5
"""Letters in a shingle: long enough to be rare, short enough to survive a changed word."""

_LINK, _REST = re.compile(r"\S+\.example\S*|@\S+"), re.compile(r"[^\w\s]|_")
HABITS = {
    "two spaces": r"\S  \S",
    "!!1 at the end": r"!!1$",
    "ok so at the start": r"^ok so ",
    "space before a comma": r"\S ,",
    "tho at the end": r" tho$",
    "... after a space": r" \.\.\.$",
}
"""Habits of typing that are looked for, as patterns."""


def plain_text(text: str) -> str:
    """Return a text in lower case without links, names, emoji and punctuation.

    Example:
        >>> plain_text("READ this: claro-now.example/7 🙏 @sea.cat")
        'read this'
    """
    return " ".join(_REST.sub(" ", _LINK.sub(" ", text.casefold())).split())


def shingles(text: str, size: int = SIZE) -> set[str]:
    """Return all runs of `size` letters of a plain text.

    Source: Broder 1997, On the resemblance and containment of documents.

    Example:
        >>> sorted(shingles("Sea cat!"))
        ['a cat', 'ea ca', 'sea c']
    """
    plain = plain_text(text)
    return {plain[start : start + size] for start in range(max(len(plain) - size + 1, 1))}


def likeness(one: set[str], two: set[str]) -> float:
    """Return the share of shingles that two sets have in common (Jaccard index), 0 to 1.

    Example:
        >>> likeness({"a", "b"}, {"b", "c", "d"})
        0.25
    """
    return len(one & two) / len(one | two) if one | two else 0.0


def near_pairs(texts: pd.Series, least: float = 0.6, shortest: int = 20) -> pd.DataFrame:
    """Find all pairs of texts that are nearly the same.

    Exact, without comparing every pair: two sets that share `least` of their shingles must share
    one of the rarest. Source: Chaudhuri, Ganti and Kaushik 2006, A primitive operator for
    similarity joins in data cleaning.

    Args:
        texts: the texts; the index names them and must have no name twice.
        least: smallest likeness of a pair, above 0 and up to 1.
        shortest: plain texts with fewer letters say too little and are left out.

    Returns:
        Columns `first`, `second` (names, in the order of `texts`) and `likeness`.

    Raises:
        CourseError: a limit that makes no sense, or two texts with one name.

    Example:
        >>> lines = pd.Series(["Two boats wait at the quay", "TWO boats wait at the quay!!"])
        >>> near_pairs(lines)["likeness"].tolist()
        [1.0]
    """
    if not 0 < least <= 1:
        raise CourseError(f"least is {least}. It must be above 0 and at most 1.")
    if not texts.index.is_unique:
        raise CourseError("Two texts have the same name: give near_pairs an index without repeats.")
    long = texts[texts.map(lambda text: len(plain_text(text)) >= shortest)]
    sets = [shingles(text) for text in long]
    common = Counter(part for one in sets for part in one)
    found, seen = [], defaultdict(list)
    for place, one in enumerate(sets):
        rare = sorted(one, key=lambda part: (common[part], part))
        rare = rare[: len(one) - int(np.ceil(least * len(one))) + 1]
        for other in sorted({earlier for part in rare for earlier in seen[part]}):
            share = likeness(one, sets[other])
            if share >= least:
                found.append((long.index[other], long.index[place], share))
        for part in rare:
            seen[part].append(place)
    return pd.DataFrame(found, columns=["first", "second", "likeness"])


def bits_apart(one: str, two: str) -> int:
    """Return in how many of their 64 bits two perceptual hashes differ (Hamming distance).

    Args:
        one: 16 hexadecimal digits.
        two: as many.

    Example:
        >>> bits_apart("00000000000000ff", "00000000000000f0")
        4
    """
    return (int(one, 16) ^ int(two, 16)).bit_count()


def hand_scores(posts: pd.DataFrame, accounts: Iterable[str]) -> pd.DataFrame:
    """Compare each account with each other: do they type alike, and at the same times?

    Evidence for one hand, with error: neither score names a person. `typing` is the cosine of how
    often each of HABITS occurs; what stands in fewer than three posts is no habit, and without a
    habit it is 0. `timing` counts the ten-minute slots of one account in which, or beside which,
    the other wrote too; the smaller of both ways.

    Args:
        posts: with columns `account_id`, `time` and `text`.
        accounts: the accounts to compare; the authority must name them.

    Returns:
        One row for each pair: `pair` (both ids, as `a-000001/a-000002`), `first`, `second`,
        `typing` (0 to 1) and `timing` (count).

    Raises:
        CourseError: fewer than two accounts, or more than 400: the table grows with the square.
    """
    names = sorted(set(accounts))
    if not 2 <= len(names) <= 400:
        raise CourseError(f"hand_scores compares 2 to 400 accounts, not {len(names)}.")
    own = posts[posts["account_id"].isin(names)]
    place = pd.Index(names).get_indexer(own["account_id"])
    habit = np.zeros((len(names), len(HABITS)))
    for column, pattern in enumerate(HABITS.values()):
        np.add.at(habit[:, column], place, own["text"].str.contains(pattern).to_numpy(dtype=float))
    habit = np.where(habit >= 3, habit, 0.0)  # one or two such posts are chance, not a habit
    length = np.sqrt((habit**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = np.nan_to_num(habit / length[:, None])
    typing = unit @ unit.T

    slot = (own["time"] - own["time"].min()) // pd.Timedelta(minutes=10)
    wrote = np.zeros((len(names), int(slot.max()) + 3 if len(own) else 3))
    wrote[place, slot.to_numpy(dtype=int) + 1] = 1
    beside = wrote.copy()
    beside[:, 1:] = np.maximum(beside[:, 1:], wrote[:, :-1])
    beside[:, :-1] = np.maximum(beside[:, :-1], wrote[:, 1:])
    timing = wrote @ beside.T
    one, two = np.triu_indices(len(names), 1)
    ids = np.array(names, dtype=object)
    return pd.DataFrame(
        {
            "pair": ids[one] + "/" + ids[two],
            "first": ids[one],
            "second": ids[two],
            "typing": typing[one, two].round(3),
            "timing": np.minimum(timing, timing.T)[one, two].astype(int),
        }
    )
