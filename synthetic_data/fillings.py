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
from synthetic_data.streams import below
from synthetic_data.utf8 import ALL, Texts, encoded, gathered, joined

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
        spaces = encoded([" "]).looked().chosen(np.zeros(count, dtype=np.int64))
        some = np.arange(none, none + count)
        spaced = joined(none + count, [(some, part) for part in (spaces, values)])
        start, size = np.append(np.arange(none), start + none), np.append(np.ones_like(size), size)
        return Slot(spaced, start, size, 4 / (1 + 1 / alike))
    if name == "given":
        values = encoded(pools.names(language, "given")[0].tolist()).looked()
        start, size = np.array([0]), np.array([len(values.size)])
    else:
        lists = pools.grammar(language)["words"][name]
        if "{" in "".join(lists):
            values, start, size, *_ = filled([Bank(language, (value,), _LIST) for value in lists])
        else:
            values, start = encoded(lists).looked(), np.arange(len(lists))
            size = np.ones_like(start)
    return Slot(values, start, size, len(size) ** 2 / float((1 / size).sum()))


def fillings(language: str, templates: Sequence[str], most: int) -> list[list[str]]:
    """Return the fillings of each template, all of them or `most` spread evenly.

    Example:
        >>> fillings("en", ["no", "on {day}"], 2)
        [['no'], ['on Monday', 'on Tuesday']]
    """
    return filled([Bank(language, (template,), most) for template in templates]).strings()


class _Lexicon:
    """What stands in templates and the values of their slots, each at a place of its own."""

    def __init__(self):
        self.slots: dict[tuple[str, str], tuple] = {}
        self.literals: dict[str, int] = {}
        self.values = self.groups = 0

    def slot(self, language: str, name: str) -> tuple[int, int, Slot]:
        """Return a slot, after the place of its first value and the number of its first group."""
        if (language, name) not in self.slots:
            slot = words(language, name)
            self.slots[language, name] = self.values, self.groups, slot
            self.values += len(slot.values.size)
            self.groups += len(slot.size)
        return self.slots[language, name]

    def literal(self, text: str) -> int:
        """Return the place of a text behind the values of all slots."""
        return self.literals.setdefault(text, len(self.literals))

    def laid_out(self) -> tuple[Texts, np.ndarray, np.ndarray]:
        """Return all values and literals, and start and size of the groups of values."""
        slots = [slot for *_, slot in self.slots.values()]
        texts = [slot.values for slot in slots] + [encoded(list(self.literals)).looked()]
        none = np.empty(0, dtype=np.int64)
        start, size = (np.concatenate([none, *(slot[field] for slot in slots)]) for field in (1, 2))
        return gathered(texts), start, size


class _Template(NamedTuple):
    """How a template is filled: `lines` of its `count` combinations, in steps of `step`.

    `before`: place of the text before the first slot. `slots`: per slot the place of its first
    value, how many values or groups there are, the first group or -1, the place of the text behind.
    """

    lines: int
    alike: int
    count: int
    step: int
    before: int
    slots: list[tuple[int, int, int, int]]


def _template(lexicon: _Lexicon, language: str, template: str, most: int) -> _Template:
    before, *pieces = SLOT.split(template)
    found = [lexicon.slot(language, name) for name in pieces[::2]]
    total = math.prod(len(slot.values.size) for *_, slot in found)
    slots = []
    for (place, group, slot), after in zip(found, pieces[1::2], strict=True):
        size, groups = len(slot.values.size), len(slot.size)
        by_group = total > most and groups < size
        some = (groups, group) if by_group else (size, -1)
        slots.append((place, *some, lexicon.literal(after)))
    count = math.prod(some for _, some, *_ in slots)
    # Steps that share no divisor with the number of combinations meet each of them once.
    step = count * 618 // 1000 + crc32(template.encode()) % 89
    while math.gcd(step, count) != 1:
        step += 1
    lines = min(total, most)
    alike = min(lines, int(math.prod(slot.alike for *_, slot in found)))
    return _Template(lines, alike, count, step, lexicon.literal(before), slots)


def filled(asked: list[Bank]) -> Filled:
    """Fill the templates of many banks at once; those of a bank take turns.

    Example:
        >>> filled([Bank("en", ("no", "on {day}"), 4)]).strings()
        [['no', 'on Monday', 'on Tuesday']]
    """
    lexicon = _Lexicon()
    turns = [
        (
            number,
            turn,
            _template(lexicon, bank.language, template, bank.most // len(bank.templates)),
        )
        for number, bank in enumerate(asked)
        for turn, template in enumerate(bank.templates)
    ]
    texts, start, size = lexicon.laid_out()
    bank, turn, lines, count, step, before, depth = np.array(
        [(*key, t.lines, t.count, t.step, t.before, len(t.slots)) for *key, t in turns]
    ).T
    none = (0, 0, 0, 0)
    deepest = int(depth.max())
    slots = np.array([t.slots + [none] * (deepest - len(t.slots)) for *_, t in turns])

    of = np.repeat(np.arange(len(lines)), lines)
    rank = np.arange(len(of)) - np.repeat(np.cumsum(lines) - lines, lines)
    order = np.lexsort((turn[of], rank, bank[of]))
    of, rank = of[order], rank[order]
    left = rank * step[of] % count[of]
    parts = [(ALL, texts.chosen(lexicon.values + before[of]))]
    for number in range(deepest):
        rows = np.flatnonzero(depth[of] > number)
        place, some, group, after = slots[of[rows], number].T
        left[rows], chosen = np.divmod(left[rows], some)
        nested = np.flatnonzero(group >= 0)
        inside = group[nested] + chosen[nested]
        index = of[rows[nested]] << 16 | rank[rows[nested]]
        chosen[nested] = start[inside] + below(f"banks/{number}", index, size[inside])
        parts += [
            (rows, texts.chosen(place + chosen)),
            (rows, texts.chosen(lexicon.values + after)),
        ]
    every = joined(len(of), parts).compact()
    many = np.bincount(bank, lines, len(asked)).astype(np.int64)
    alike = np.bincount(bank, [t.alike for *_, t in turns], len(asked)).astype(np.int64)
    place = np.cumsum(many) - many
    return Filled(every, place, many, alike, np.add.reduceat(every.size, place) // many)
