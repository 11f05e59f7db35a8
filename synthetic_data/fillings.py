"""Fill the slots of the grammars' templates, many templates at once.

A template such as "on {day}" has as many fillings as its slots have values; a value may hold slots
itself. The fillings are bytes, laid end to end.
"""

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np

from synthetic_data import pools
from synthetic_data.columns import ALL, Texts, gathered, joined, utf8
from synthetic_data.streams import below

SLOT = re.compile(r"\{(\w+\??)\}")
_LIST = 500  # most values of a slot that holds other slots


class Bank(NamedTuple):
    """What is asked of `filled`: the fillings of some templates, `most` of them or all."""

    language: str
    templates: tuple[str, ...]
    most: int


class Filled(NamedTuple):
    """Banks that are filled: bank b has the `size[b]` lines from `place[b]` on.

    `alike`: as many alike frequent lines would be repeated as often as those of the bank are.
    `length`: their mean length in bytes.
    """

    lines: Texts
    place: np.ndarray
    size: np.ndarray
    alike: np.ndarray
    length: np.ndarray

    def strings(self) -> list[list[str]]:
        """Return the lines of each bank."""
        every = self.lines.strings().tolist()
        return [every[a : a + n] for a, n in zip(self.place, self.size, strict=True)]


class Slot(NamedTuple):
    """Values of a slot, in groups (`start`, `size`), one per listed value; `alike` as in `Filled`.

    A group is as likely as another, so a listed value that holds a slot with many values, such as
    a name of a street, is no more frequent than a plain one.
    """

    values: Texts
    start: np.ndarray
    size: np.ndarray
    alike: float


@cache
def words(language: str, name: str) -> Slot:
    """Return the values of a slot of [words], those of slots inside it put in.

    Example:
        >>> "Torvane" in words("en", "town").values.strings()
        True
    """
    if name.endswith("?"):  # there half of the time, with a space before it
        values, start, size, alike = words(language, name[:-1])
        count, none = len(values.size), len(size)
        spaces = utf8([" "]).looked().chosen(np.zeros(count, dtype=np.int64))
        spaced = joined(none + count, [(slice(none, None), part) for part in (spaces, values)])
        start, size = np.append(np.arange(none), start + none), np.append(np.ones_like(size), size)
        return Slot(spaced, start, size, 4 / (1 + 1 / alike))
    if name == "given":
        values = utf8(pools.names(language, "given")[0].tolist()).looked()
        start, size = np.array([0]), np.array([len(values.size)])
    else:
        lists = pools.grammar(language)["words"][name]
        if "{" in "".join(lists):
            values, start, size, *_ = filled([Bank(language, (value,), _LIST) for value in lists])
        else:
            values, start = utf8(lists).looked(), np.arange(len(lists))
            size = np.ones_like(start)
    return Slot(values, start, size, len(size) ** 2 / float((1 / size).sum()))


def fillings(language: str, templates: Sequence[str], most: int) -> list[list[str]]:
    """Return the fillings of each template, all of them or `most` spread evenly.

    Example:
        >>> fillings("en", ["no", "on {day}"], 2)
        [['no'], ['on Monday', 'on Tuesday']]
    """
    return filled([Bank(language, (template,), most) for template in templates]).strings()


def filled(asked: list[Bank]) -> Filled:
    """Fill the templates of many banks at once.

    The templates of a bank take turns, so that its first lines differ. Of a template with too many
    combinations some are taken, in steps that share no divisor with their number.
    """
    literal: dict[str, int] = {"": 0}  # what stands in templates
    inside: list[Slot] = []
    known: dict[tuple[str, str], tuple] = {}  # per slot: place, values, first group, groups, alike
    values = groups = 0

    def of_slot(language: str, name: str) -> tuple:
        nonlocal values, groups
        slot = words(language, name)
        inside.append(slot)
        found = values, len(slot.values.size), groups, len(slot.size), slot.alike
        values, groups = values + found[1], groups + found[3]
        return found

    heads, tails, alike = [], [], [0] * len(asked)
    for number, (language, templates, most) in enumerate(asked):
        most //= len(templates)
        for turn, template in enumerate(templates):
            first, *pieces = SLOT.split(template)
            total, slots = 1, []
            for name in pieces[::2]:
                slot = known.get((language, name))
                if slot is None:
                    slot = known[language, name] = of_slot(language, name)
                slots.append(slot)
                total *= slot[1]
            many = total > most
            tail, count, each = [], 1, 1.0
            for (place, size, group, lists, evenly), after in zip(slots, pieces[1::2], strict=True):
                some = lists if many else size
                count *= some
                each *= evenly
                nested = many and lists < size
                tail += (
                    place,
                    some,
                    group if nested else -1,
                    literal.setdefault(after, len(literal)),
                )
            step = count * 618 // 1000 + crc32(template.encode()) % 89
            while math.gcd(step, count) != 1:
                step += 1
            lines = min(total, most)
            before = literal.setdefault(first, len(literal))
            heads.append((number, turn, lines, count, step, before, len(slots)))
            tails.append(tail)
            alike[number] += min(lines, int(each))
    deepest = max(map(len, tails), default=0)
    slots = np.array([tail + [0] * (deepest - len(tail)) for tail in tails], dtype=np.int64)
    bank, turn, lines, count, step, first, depth = np.array(heads, dtype=np.int64).T
    texts = gathered([slot.values for slot in inside] + [utf8(list(literal)).looked()])
    start, size = (
        np.concatenate([np.empty(0, dtype=np.int64), *(slot[field] for slot in inside)])
        for field in (1, 2)
    )
    of = np.repeat(np.arange(len(lines)), lines)
    rank = np.arange(len(of)) - np.repeat(np.cumsum(lines) - lines, lines)
    if turn.any():
        order = np.lexsort((turn[of], rank, bank[of]))
        of, rank = of[order], rank[order]
    left = rank * step[of] % count[of]
    parts = [(ALL, texts.chosen(values + first[of]))]
    for number in range(deepest // 4):
        rows = np.flatnonzero(depth[of] > number)
        place, some, group, after = slots[of[rows], 4 * number : 4 * number + 4].T
        left[rows], chosen = np.divmod(left[rows], some)
        nested = np.flatnonzero(group >= 0)
        list_ = group[nested] + chosen[nested]
        drawn = below(f"banks/{number}", of[rows[nested]] << 16 | rank[rows[nested]], size[list_])
        chosen[nested] = start[list_] + drawn
        parts.append((rows, texts.chosen(place + chosen)))
        more = np.flatnonzero(texts.size[values + after])
        parts.append((rows[more], texts.chosen(values + after[more])))
    every = joined(len(of), parts).compact()
    many = np.bincount(bank, lines, len(asked)).astype(np.int64)
    place = np.cumsum(many) - many
    length = np.add.reduceat(every.size, place) // many
    return Filled(every, place, many, np.array(alike), length)
