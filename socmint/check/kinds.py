"""The kinds of answers: how each is read from what a learner wrote, and how it is scored.

Every kind has two steps. `read` turns the learner's value into plain data (numbers, text, lists,
dicts) or raises `Unreadable` with a sentence about that value. `score` compares plain data with
the expected answer and says, in sentences that never hold the expected answer, what is off.
Plain data can leave the learner's process as JSON, so the same `score` runs wherever marks count.
"""

import math
import numbers
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

MOST_ITEMS = 50_000
"""No question needs more: a larger answer is a mistake, and would make a notebook unreadable."""
MOST_CHARACTERS = 20_000
MOST_QUOTED = 120
"""Characters of an answer that a note repeats: a page of feedback is no way to carry a table."""

UNINVOLVED = "people who did nothing"
"""Whom a wrong name hurts. Keys that say it in words of their own drop the note with this."""
ACCOUNT = "a-000001"
"""An id as learners see it, for messages; other ids of a kind have the same shape."""


class Unreadable(Exception):
    """The value is not of a form that can be an answer. The message says what to change."""


@dataclass(frozen=True)
class Score:
    """The share of the points, 0 to 1, and what a learner should read about the answer.

    `forecast` is there for probabilities whose outcomes are known: `sums` of PROB.
    """

    fraction: float
    notes: list[str] = field(default_factory=list)
    forecast: dict[str, Any] | None = None


def describe(value: object) -> str:
    """Name a value's type in a learner's words.

    Example:
        >>> describe([1, 2])
        'a list of 2 items'
    """
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, numbers.Number):
        return f"the number {value}"
    if isinstance(value, str):
        return "text"
    if isinstance(value, pd.DataFrame):
        return f"a table of {len(value):,} rows"
    if isinstance(value, pd.Series):
        return f"a pandas Series of {len(value):,} values"
    networkx = sys.modules.get("networkx")  # who has a graph has loaded it
    if networkx and isinstance(value, networkx.Graph):
        return f"a graph of {value.number_of_nodes():,} nodes"
    if isinstance(value, list | tuple | set | frozenset | dict | np.ndarray):
        count = (
            f"{len(value):,} item{'s' * (len(value) != 1)}"
            if getattr(value, "ndim", 1)
            else "one value"
        )
        kind = "array" if isinstance(value, np.ndarray) else type(value).__name__
        return f"a {kind} of {count}"
    if callable(value):
        return f"the function {getattr(value, '__name__', '')}".strip()
    return f"a {type(value).__name__}"


def _number(value: object, what: str = "Your answer") -> float:
    if isinstance(value, pd.Series | pd.DataFrame | np.ndarray) and value.size == 1:
        value = np.asarray(value).reshape(-1)[0]
    if isinstance(value, str):
        raise Unreadable(f"{what} is text. Write the number without quotation marks.")
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        advice = " Did you forget the brackets ()?" if callable(value) else ""
        raise Unreadable(f"{what} is {describe(value)}. A single number is needed.{advice}")
    if not math.isfinite(value):
        raise Unreadable(f"{what} is {float(value)}, which is not a number that can be marked.")
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def _items(value: object, what: str, such_as: str = ACCOUNT) -> list[Any]:
    """Return the items of a list-like value."""
    if isinstance(value, str):
        raise Unreadable(f'Your answer is one text. Write {what} in a list, such as ["{such_as}"].')
    if isinstance(value, pd.DataFrame):
        raise Unreadable(f"Your answer is {describe(value)}. Take one column of it: {what}.")
    if isinstance(value, Mapping):
        raise Unreadable(f"Your answer is a dict. Write {what} in a list.")
    if not isinstance(value, Iterable) or (isinstance(value, np.ndarray) and value.ndim != 1):
        raise Unreadable(f"Your answer is {describe(value)}. A list is needed: {what}.")
    if hasattr(value, "__len__"):
        _refuse_many(len(value))
    items = []
    for item in value:
        items.append(item)
        _refuse_many(len(items))
    return items


def _refuse_many(count: int) -> None:
    if count > MOST_ITEMS:
        raise Unreadable(
            f"Your answer holds more than {MOST_ITEMS:,} items. This question needs far fewer: "
            "look at the size of each step before it."
        )


def _ids(value: object, what: str, such_as: str, noun: str) -> list[str]:
    ids = []
    one = f"a{'n' * (noun[0] in 'aeio')} {noun}"
    for item in _items(value, what, such_as):
        if not isinstance(item, str):
            advice = " Add .index to take the ids." if isinstance(value, pd.Series) else ""
            if isinstance(item, bool | np.bool_):
                column = what.removesuffix("s").replace(" ", "_") if what.endswith(" ids") else "id"
                advice = (
                    f' Take the ids where it is True: table.loc[condition, "{column}"].tolist()'
                )
            raise Unreadable(
                f"Your list holds {describe(item)}. Write {one} as text, such as "
                f"'{such_as}'.{advice}"
            )
        # A pair has no order: whoever writes it the other way round means the same pair.
        ids.append("/".join(sorted(part.strip() for part in item.split("/"))))
        if re.sub(r"\d", "0", ids[-1]) != re.sub(r"\d", "0", such_as):
            raise Unreadable(
                f"Your list holds {item[:40]!r}. Here {one} is written like '{such_as}'."
            )
    return ids


def _named(value: object, names: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the parts of an answer that has several."""
    if isinstance(value, pd.Series):
        value = value.to_dict()
    if not isinstance(value, Mapping):
        raise Unreadable(
            f"Your answer is {describe(value)}. A dict with the names {', '.join(names)} is needed."
        )
    missing = [name for name in names if name not in value or value[name] is ...]
    if missing:
        raise Unreadable(f"Your answer has nothing for {', '.join(missing)} yet.")
    return value


def _plural(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class NUM:
    """A number, or several with names. Right when within `tolerance` (absolute) of the expected.

    `share` widens the tolerance to a share of the expected number: 0.05 is five percent of it.
    Where several numbers are right, the expected answer is the lowest and the highest of them.
    `unit` is shown in the feedback. With the unit "percent", 0.42 for 42 gets its own sentence.
    """

    unit: str = ""
    tolerance: float = 0.0
    names: tuple[str, ...] = ()
    share: float = 0.0

    def read(self, value: object) -> Any:
        """Return a number, or a dict of numbers when the kind has names."""
        if not self.names:
            return _number(value)
        value = _named(value, self.names)
        return {name: _number(value[name], f"Your {name}") for name in self.names}

    def score(self, answer: Any, expected: Any) -> Score:
        """Give each named number the same share."""
        if not self.names:
            answer, expected = {"": answer}, {"": expected}
        notes = [self._fault(name, answer[name], expected[name]) for name in answer]
        notes = [note for note in notes if note]
        return Score(1 - len(notes) / len(answer), notes)

    def _fault(self, name: str, given: float, expected: Any) -> str:
        low, high = expected if isinstance(expected, tuple | list) else (expected, expected)
        if low <= given <= high:
            return ""
        expected = low if given < low else high
        slack = max(self.tolerance, self.share * abs(expected)) + 1e-9 * max(1.0, abs(expected))
        if abs(given - expected) <= slack:
            return ""
        unit = f" {self.unit}" if self.unit else ""
        shown = f"{round(given, 4):,}{unit}"
        what = f"Your value for {name}, {shown}," if name else f"Your {shown}"
        if self.unit == "percent" and abs(given * 100 - expected) <= slack:
            return f"{what} looks like a fraction of 1. The question asks for percent."
        return f"{what} is too {'high' if given > expected else 'low'}."


@dataclass(frozen=True)
class SET:
    """A set of ids, scored by F1. Naming somebody from the `costly` ids counts twice.

    `noun` is the word for one of the things asked for, as the feedback says it. `such_as` is an id
    of the asked kind; ids of another shape are refused. Two ids with a slash between are a pair,
    which has no order: "b/a" is read as "a/b". `most` is the largest number of ids that may be
    named, if there is one.
    The expected answer is a set, or a dict {"right": set, "costly": set}: costly ids are people
    whom a false accusation would hurt, so each weighs double among the wrongly named. With
    {"right": set, "others": set} the ids are all that one could choose from, and the score is the
    share of the right ones that are named minus that of the others: naming all of them, or none,
    is worth nothing. Source of that measure: Youden 1950, Index for rating diagnostic tests.
    """

    of: str = "account ids"
    such_as: str = ACCOUNT
    most: int | None = None
    noun: str = "account"

    def read(self, value: object) -> list[str]:
        """Return the ids, sorted, each once."""
        ids = sorted(set(_ids(value, self.of, self.such_as, self.noun)))
        if self.most is not None and len(ids) > self.most:
            raise Unreadable(
                f"Your list holds {_plural(len(ids), self.noun)}. No more than {self.most} may be "
                "named."
            )
        return ids

    def score(self, answer: list[str], expected: Any) -> Score:
        """F1 of precision (with doubled cost) and recall."""
        if not isinstance(expected, Mapping):
            expected = {"right": expected}
        right, costly = set(expected["right"]), set(expected.get("costly", ()))
        named = set(answer)
        if not named:
            empty = f"Your list is empty. Name at least one {self.noun}."
            return Score(0.0, [empty]) if right else Score(1.0)
        hits, extra, missing = named & right, named - right, right - named
        hurt = extra & costly
        precision = len(hits) / (len(hits) + len(extra) + len(hurt))
        recall = len(hits) / len(right) if right else 0.0
        fraction = 2 * precision * recall / (precision + recall) if hits else 0.0
        if "others" in expected:
            others = set(expected["others"])
            # An id from outside the choice is wrong, too, and may not raise the share above one.
            fraction = max(0.0, recall - len(extra) / max(len(others), len(extra)))
        notes, things = [], _plural(len(named), self.noun)
        if extra:
            share = f"{len(hits):,} of them {'is' if len(hits) == 1 else 'are'}" if hits else "none"
            notes.append(f"You name {things}: {share} right.")
        if hurt:
            each = "It" if len(hurt) == 1 else "Each"
            notes.append(
                f"{_plural(len(hurt), f'wrongly named {self.noun}')} can harm {UNINVOLVED}. {each} "
                "counts twice against you."
            )
        if missing and not extra:
            all_right = "it is right" if len(named) == 1 else "all of them are right"
            notes.append(f"You name {things}, and {all_right}. Others are missing: go on.")
        elif missing and hits:
            notes.append(f"Other {self.noun}s are still missing.")
        return Score(fraction, notes)


@dataclass(frozen=True)
class RANK:
    """The first `length` ids in order, or several such lists with names. Scored by NDCG.

    The expected answer maps every candidate to a number, high is first (with names: a dict of such
    dicts). Candidates with equal numbers may stand in any order. Relevance falls by rank, and is
    shared among ties. Source: Järvelin and Kekäläinen 2002, Cumulated gain-based evaluation.

    With `pairs` the list holds every candidate, so only the order counts: the score is Kendall's
    tau over the pairs that are not tied, and nothing below zero. Source: Kendall 1938, A new
    measure of rank correlation. `such_as` is an id of the asked kind, `noun` the word for one of
    the things.
    """

    length: int
    names: tuple[str, ...] = ()
    such_as: str = ACCOUNT
    pairs: bool = False
    noun: str = "account"

    def read(self, value: object) -> Any:
        """Return a list of ids, or a dict of lists when the kind has names."""
        if not self.names:
            return self._read_one(value, "Your list")
        value = _named(value, self.names)
        return {name: self._read_one(value[name], f"Your list {name!r}") for name in self.names}

    def _read_one(self, value: object, what: str) -> list[str]:
        top = f"{self.length} {self.noun} ids, the first one on top"
        ids = _ids(value, top, self.such_as, self.noun)
        if len(ids) != len(set(ids)):
            twice = next(one for one in ids if ids.count(one) > 1)
            raise Unreadable(f"{what} names {twice} twice. Write each {self.noun} once.")
        if len(ids) != self.length:
            raise Unreadable(
                f"{what} holds {_plural(len(ids), self.noun)}. The question asks for {self.length}."
            )
        return ids

    def score(self, answer: Any, expected: Any) -> Score:
        """Mean NDCG over the lists."""
        if not self.names:
            answer, expected = {"": answer}, {"": expected}
        parts = [self._score_one(name, answer[name], expected[name]) for name in answer]
        fraction = sum(part.fraction for part in parts) / len(parts)
        return Score(fraction, [note for part in parts for note in part.notes])

    def _score_one(self, name: str, ids: list[str], worth: Mapping[str, float]) -> Score:
        order = pd.Series(dict(worth), dtype=float)
        if self.pairs:
            return self._score_pairs(name, ids, order)
        # Rank 1 is best; ties share the mean rank, so their order cannot matter.
        ranks = order.rank(ascending=False, method="average")
        least = order.nlargest(self.length).min()
        relevance = (len(order) + 1 - ranks).where(order >= least, 0.0)
        relevance -= relevance[relevance > 0].min() - 1
        relevance = relevance.clip(lower=0)
        discount = 1 / np.log2(np.arange(2, self.length + 2))
        best = np.sort(relevance.to_numpy())[::-1][: self.length]
        gained = relevance.reindex(ids).fillna(0).to_numpy()
        ndcg = float(gained @ discount[: len(gained)] / (best @ discount[: len(best)]))
        if math.isclose(ndcg, 1, abs_tol=1e-9):
            return Score(1.0)
        belong = int((gained > 0).sum())
        where = f"In your list {name!r}, " if name else "In your list, "
        if belong == len(ids):
            return Score(ndcg, [f"{where}the {self.noun}s are right, but not their order."])
        if not belong:
            return Score(ndcg, [f"{where}no {self.noun} belongs."])
        share = f"{belong} of {len(ids)} {self.noun}s belong"
        return Score(ndcg, [f"{where}{share}. The others have lower places."])

    def _score_pairs(self, name: str, ids: list[str], worth: pd.Series) -> Score:
        where = f"In your list {name!r}, " if name else "In your list, "
        if unknown := set(ids) - set(worth.index):
            return Score(0.0, [f"{where}{min(unknown)} is not one of those to be ordered."])
        given = worth.loc[ids].to_numpy()
        # Every pair once, the one that stands earlier in the list first.
        steps = np.sign(given[:, None] - given[None, :])[np.triu_indices(len(given), 1)]
        told = int(np.count_nonzero(steps))
        wrong = int((steps < 0).sum())
        if not wrong:
            return Score(1.0)
        note = f"{where}{wrong} of {told} pairs of {self.noun}s stand in the wrong order."
        return Score(max(0.0, 1 - 2 * wrong / told), [note])


@dataclass(frozen=True)
class DF:
    """A table, checked by key: the share of cells that are right.

    Args of the kind: `key` columns identify a row; `columns` maps each value column to an absolute
    tolerance for numbers, or to None for text (compared without case and outer spaces).
    """

    key: tuple[str, ...]
    columns: Mapping[str, float | None]

    def read(self, value: object) -> list[list[Any]]:
        """Return rows of key texts and values, sorted by key."""
        if isinstance(value, pd.Series):
            raise Unreadable(
                f"Your answer is {describe(value)}. A table is needed: "
                f'.reset_index(name="{next(iter(self.columns))}") makes one of it.'
            )
        if not isinstance(value, pd.DataFrame):
            raise Unreadable(f"Your answer is {describe(value)}. A table (DataFrame) is needed.")
        _refuse_many(len(value))
        table = value.rename(columns=lambda name: str(name).strip())
        if not set(self.key) <= set(table.columns):
            table = table.reset_index()
        wanted = [*self.key, *self.columns]
        missing = [name for name in wanted if name not in table.columns]
        if missing:
            has = ", ".join(repr(str(name)) for name in value.columns[:12])
            raise Unreadable(
                f"Your table has no column {' and no column '.join(map(repr, missing))}. "
                f"It has: {has}."
            )
        table = table[wanted]
        if table.columns.has_duplicates:
            raise Unreadable("Your table has two columns with the same name.")
        for name in self.key:
            table[name] = table[name].astype(str).str.strip()
        if table.duplicated(list(self.key)).any():
            row = table[table.duplicated(list(self.key))].iloc[0]
            raise Unreadable(
                f"Your table has more than one row for {self._at(row[list(self.key)])}."
            )
        for name, tolerance in self.columns.items():
            table[name] = [self._cell(cell, tolerance, name) for cell in table[name]]
        table = table.astype(object).sort_values(list(self.key))
        return [
            [None if cell is None or cell != cell else cell for cell in row]
            for row in table.itertuples(index=False, name=None)
        ]

    @staticmethod
    def _cell(cell: object, tolerance: float | None, name: str) -> Any:
        if cell is None or cell is ... or (isinstance(cell, float) and math.isnan(cell)):
            return None
        if tolerance is None:
            return str(cell).strip()
        if cell is pd.NA:
            return None
        return _number(cell, f"A value in your column {name!r}")

    def _at(self, key: Iterable[object]) -> str:
        parts = zip(self.key, key, strict=True)
        return ", ".join(f"{name} = {str(part)[:MOST_QUOTED]}" for name, part in parts)

    def score(self, answer: list[list[Any]], expected: Any) -> Score:
        """Right cells over all cells, where rows too many count as wrong ones."""
        width = len(self.key)
        given = {tuple(row[:width]): row[width:] for row in answer}
        target = {tuple(row[:width]): row[width:] for row in self.read(expected)}
        notes, right = [], 0
        for position, (name, tolerance) in enumerate(self.columns.items()):
            wrong = []
            for key, row in target.items():
                if key not in given:
                    continue
                if self._same(given[key][position], row[position], tolerance):
                    right += 1
                else:
                    wrong.append((key, given[key][position]))
            if wrong:
                key, cell = wrong[0]
                cell = (
                    "empty"
                    if cell is None
                    else f"{round(cell, 4):,}"
                    if _is_number(cell)
                    else repr(cell)[:MOST_QUOTED]
                )
                notes.append(
                    f"Your column {name!r} is not right in {_plural(len(wrong), 'row')}, "
                    f"for example where {self._at(key)}: you have {cell}."
                )
        extra, missing = given.keys() - target.keys(), target.keys() - given.keys()
        if extra:
            first = min(extra, key=str)
            notes.append(
                f"Your table has {_plural(len(extra), 'row')} too many: {self._at(first)}."
            )
        if missing:
            notes.append(
                f"Your table lacks {_plural(len(missing), 'row')}: look what was left out."
            )
        cells = len(self.columns) * (len(target) + len(extra))
        return Score(right / cells if cells else 0.0, notes)

    @staticmethod
    def _same(given: Any, expected: Any, tolerance: float | None) -> bool:
        if given is None or expected is None:
            return given is expected
        if tolerance is None:
            return given.casefold() == str(expected).casefold()
        return abs(given - expected) <= tolerance + 1e-9 * max(1.0, abs(expected))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


@dataclass(frozen=True)
class PARTITION:
    """Accounts sorted into groups, scored by the adjusted Rand index (1 equal, about 0 by chance).

    `enough` is the index that earns full marks. Source: Hubert and Arabie 1985, Comparing
    partitions. The expected answer is {"groups": id → its group's name, "allowed": ids that may be
    sorted as well and do not count}.
    """

    enough: float = 1.0

    def read(self, value: object) -> dict[str, str]:
        """Return id → group, from a dict, a Series, or a list of sets as networkx gives it."""
        if isinstance(value, pd.Series):
            value = value.to_dict()
        if not isinstance(value, Mapping):
            groups = _items(value, "a list of sets of ids, or a dict from id to group")
            if not all(isinstance(group, list | tuple | set | frozenset) for group in groups):
                raise Unreadable(
                    "Your answer is one flat list. Give a list of sets of ids, one set for each "
                    "group, or a dict from id to group."
                )
            _refuse_many(sum(map(len, groups)))
            ids = [name for group in groups for name in group]
            if not all(isinstance(name, str) for name in ids):
                raise Unreadable("Each of your groups must be a set of ids, such as {'a-000001'}.")
            if len(ids) != len(set(ids)):
                raise Unreadable("Your answer puts an id into two groups. Each belongs to one.")
            value = {name: number for number, group in enumerate(groups) for name in group}
        _refuse_many(len(value))
        return {str(name): str(group) for name, group in value.items()}

    def score(self, answer: dict[str, str], expected: Any) -> Score:
        """The index over the expected ids, as a share of `enough`."""
        extra = answer.keys() - expected["groups"].keys() - set(expected["allowed"])
        expected = expected["groups"]
        missing = expected.keys() - answer.keys()
        if extra:
            note = f"Your groups hold {_plural(len(extra), 'account')} that nobody asked about."
            return Score(0.0, [note])
        if missing:
            share = f"{len(missing):,} of the {len(expected):,}"
            return Score(0.0, [f"Your groups lack {share} accounts that must be sorted."])
        ids = sorted(expected)
        index = adjusted_rand([answer[i] for i in ids], [expected[i] for i in ids])
        found = len({answer[i] for i in ids})
        ours = f"Your {found} groups agree" if found > 1 else "Your one group agrees"
        note = (
            f"{ours} with the true groups at an adjusted Rand index of {index:.2f}. 1 is full "
            f"agreement, 0 is chance, and {self.enough:g} earns full marks."
        )
        return Score(float(np.clip(index / self.enough, 0, 1)), [note])


def adjusted_rand(first: list[str], second: list[str]) -> float:
    """Agreement of two groupings of the same items, corrected for chance.

    Source: Hubert and Arabie 1985, Comparing partitions, Journal of Classification 2, 193-218.

    Example:
        >>> adjusted_rand(["a", "a", "b", "b"], ["x", "x", "y", "y"])
        1.0
    """
    table = pd.crosstab(pd.Series(first), pd.Series(second)).to_numpy()

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    together = pairs(table)
    rows, columns = pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    everything = pairs(table.sum(keepdims=True))
    chance = rows * columns / everything if everything else 0.0
    best = (rows + columns) / 2
    return 1.0 if best == chance else (together - chance) / (best - chance)


LEAST = 0.01
"""No record here is so long that it tells less from never: 0 counts as this, 1 as 1 minus this."""
ONLY_CERTAIN = (
    "You say only 0 and 1. One surprise then costs more than all the rest: leave room for the "
    "other outcome, as much as the record shows."
)


@dataclass(frozen=True)
class PROB:
    """A probability for each id, scored by the logarithm: 0 is best, a certain error costs most.

    The penalty of an id is -ln(p), where p is the probability given to what happened, at least
    `LEAST`. So 0.9 costs 0.11, 0.5 costs 0.69, 0.1 costs 2.30, and 0 costs 4.61. The mean of the
    penalties is a proper score: whoever says what the record shows has the lowest to expect.
    The mean square of Brier is proper, too, but a certain error costs there only four times as
    much as saying one half, so that rounding to 0 and 1 was nearly as good as an honest answer.
    Sources: Good 1952, Rational decisions; Gneiting and Raftery 2007, Strictly proper scoring
    rules.

    Full marks at a score of `good` or better, none at that of always saying one half or worse, and
    a straight line between. The expected answer maps each id to what happened, 0 or 1. Where that
    stays sealed, it maps each id to its chance: then the score is the mean square of the distance
    to the chances, the part of the Brier score that a forecaster can avoid (Brier 1950).
    """

    good: float = 0.3

    def read(self, value: object) -> dict[str, float]:
        """Return id → probability."""
        if isinstance(value, pd.Series):
            value = value.to_dict()
        if not isinstance(value, Mapping):
            raise Unreadable(
                f"Your answer is {describe(value)}. A dict from id to probability is needed."
            )
        _refuse_many(len(value))
        read = {}
        for name, chance in value.items():
            if chance is ...:
                raise Unreadable(f"Your answer has no probability for {name} yet.")
            chance = float(_number(chance, f"Your probability for {name}"))
            if 1 < chance <= 100:
                raise Unreadable(
                    f"Your probability for {name} is {chance:g}. Write it between 0 and 1: "
                    f"{chance:g} percent is {chance / 100:g}."
                )
            if not 0 <= chance <= 1:
                raise Unreadable(
                    f"Your probability for {name} is {chance:g}. It must lie between 0 and 1."
                )
            read[str(name)] = chance
        return read

    def score(self, answer: dict[str, float], expected: Mapping[str, int]) -> Score:
        """A share that falls in a straight line from `good` to the score of one half each time."""
        missing = expected.keys() - answer.keys()
        if missing:
            names = f"{len(missing)} of {len(expected)} probabilities are missing"
            return Score(
                0.0, [f"{names}, for example that of {min(missing)}. Give one for each id."]
            )
        known = set(expected.values()) <= {0, 1}
        off = _penalty if known else _square
        mine = float(np.mean([off(answer[name], expected[name]) for name in expected]))
        half = float(np.mean([off(0.5, expected[name]) for name in expected]))
        fraction = float(np.clip((half - mine) / (half - self.good), 0, 1))
        what = "penalty" if known else "squared distance"
        notes = [
            f"Your mean {what} is {mine:.3f}. Full marks need {self.good:g} or less; saying 0.5 "
            f"every time has {half:.3f} and earns nothing."
        ]
        if all(answer[name] in (0, 1) for name in expected):
            notes.append(ONLY_CERTAIN)
        sure = [n for n in expected if abs(answer[n] - expected[n]) > 0.8]
        if sure:
            notes.append(
                f"You were very sure, and wrong, {_plural(len(sure), 'time')}. Such an error costs "
                "most: move toward 0.5 where the record has exceptions."
            )
        return Score(fraction, notes, sums(answer, expected) if known else None)


def _penalty(chance: float, happened: float) -> float:
    given = chance if happened else 1 - chance
    return -math.log(min(max(given, LEAST), 1 - LEAST))


def _square(chance: float, likely: float) -> float:
    return (chance - likely) ** 2


def sums(answer: Mapping[str, float], expected: Mapping[str, int]) -> dict[str, Any]:
    """Return what a Brier score and a reliability table are worked out from, added up.

    Args:
        answer: id → probability.
        expected: id → what happened, 0 or 1.

    Returns:
        `squares`, the sum of (p - outcome)², and `bands`: for probabilities from 0, 0.2, 0.4, 0.6
        and 0.8 on, how many there are, their sum, and how often it happened. Single answers and
        outcomes cannot be told from it once a band holds a few.

    Example:
        >>> sums({"a": 0.9, "b": 0.8}, {"a": 1, "b": 0})["bands"][4]
        [2, 1.7, 1]
    """
    bands = [[0, 0.0, 0] for _ in range(5)]
    for name, happened in expected.items():
        band = bands[min(4, int(answer[name] * 5 + 1e-9))]
        band[0] += 1
        band[1] = round(band[1] + answer[name], 6)
        band[2] += int(happened)
    squares = sum((answer[name] - expected[name]) ** 2 for name in expected)
    return {"squares": round(float(squares), 6), "bands": bands}


@dataclass(frozen=True)
class Need:
    """Something a figure or a text must have: a test of what was read, and a sentence if not."""

    met: Callable[[Any, Any], bool]
    sentence: str


TITLED = Need(
    lambda figure, _: len(figure["title"].split()) >= 4,
    "Your title is missing or only names the chart. Say in a sentence what it shows.",
)
"""What every figure needs."""


def says(pattern: str, sentence: str) -> Need:
    """Return a need of a text: a pattern must occur in it (texts come in lower case).

    Example:
        >>> says("mention|reply", "Name the tie.").met("by mention", None)
        True
    """
    return Need(lambda text, _: re.search(pattern, text) is not None, sentence)


@dataclass(frozen=True)
class FIG:
    """A matplotlib figure: each need that is met earns the same share.

    A need sees the properties that `read` returns, and the expected answer.
    """

    needs: tuple[Need, ...]

    def read(self, value: object) -> dict[str, Any]:
        """Return title, axis names, ticks, legend, bar sizes, lines, points, texts and size."""
        from matplotlib.axes import Axes
        from matplotlib.collections import PathCollection
        from matplotlib.figure import Figure

        if isinstance(value, np.ndarray) and value.size and isinstance(value.flat[0], Axes):
            value = value.flat[0]
        if isinstance(value, Axes):
            value = value.figure
        if not isinstance(value, Figure):
            raise Unreadable(
                f"Your answer is {describe(value)}. The figure itself is needed: the name that you "
                "gave it in fig, axes = plt.subplots()."
            )
        axes = next((a for a in value.axes if a.has_data()), None)
        if axes is None:
            raise Unreadable("Your figure is empty: nothing is drawn in it yet.")
        value.canvas.draw()
        legend = axes.get_legend()
        bars = [bar for bar in axes.patches if hasattr(bar, "get_height")]
        dots = [c for c in axes.collections if isinstance(c, PathCollection)]
        sizes = [text.get_fontsize() for text in axes.texts if text.get_text()]
        return {
            "title": (axes.get_title() or value.get_suptitle())[:500],
            "xlabel": axes.get_xlabel()[:500],
            "ylabel": axes.get_ylabel()[:500],
            "xticks": [text.get_text()[:100] for text in axes.get_xticklabels()][:200],
            "yticks": [text.get_text()[:100] for text in axes.get_yticklabels()][:200],
            "legend": [text.get_text()[:100] for text in legend.get_texts()] if legend else [],
            "bars": [
                [round(float(bar.get_width()), 6), round(float(bar.get_height()), 6)]
                for bar in bars
            ][:2000],
            # Stacked bars start off both axes, others stand on one of them.
            "stacked": any(bar.get_x() for bar in bars) and any(bar.get_y() for bar in bars),
            "lines": [
                np.nan_to_num(np.asarray(line.get_xydata(), dtype=float)).round(6).tolist()[:2000]
                for line in axes.get_lines()[:20]
            ],
            "points": sum(len(markers.get_offsets()) for markers in dots),
            "colours": len(
                {
                    tuple(colour)
                    for markers in dots
                    for colour in np.atleast_2d(markers.get_facecolor()).round(3).tolist()
                }
            ),
            "texts": [text.get_text()[:200] for text in axes.texts if text.get_text()][:2000],
            "smallest_text": min(sizes, default=0.0),
            "inches": [float(side) for side in value.get_size_inches()],
        }

    def score(self, answer: dict[str, Any], expected: Any) -> Score:
        """The share of needs that are met."""
        return _needs(self.needs, answer, expected)


@dataclass(frozen=True)
class FORM:
    """A form: a dict of named fields, such as a request. Each need that is met earns one share.

    A need sees the fields, and the expected answer.
    """

    fields: tuple[str, ...]
    needs: tuple[Need, ...]

    def read(self, value: object) -> dict[str, Any]:
        """Return the fields as plain data: texts, numbers, flags, and lists of them."""
        if isinstance(value, pd.Series):
            value = value.to_dict()
        if not isinstance(value, Mapping):
            raise Unreadable(f"Your answer is {describe(value)}. A form is a dict of fields.")
        for name in value:
            if name not in self.fields:
                raise Unreadable(
                    f"The form has no field {str(name)[:40]!r}. It has: {', '.join(self.fields)}."
                )
        return {name: _plain_field(name, field) for name, field in value.items()}

    def score(self, answer: dict[str, Any], expected: Any) -> Score:
        """The share of needs that are met."""
        return _needs(self.needs, answer, expected)


def _plain_field(name: str, value: Any, inside: bool = False) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, (list, tuple, set, pd.Series, np.ndarray)) and not inside:
        _refuse_many(len(value))
        entries = sorted(value, key=str) if isinstance(value, set) else list(value)
        return [_plain_field(name, entry, inside=True) for entry in entries]
    raise Unreadable(f"Your field {name!r} is {describe(value)}. Use text, a number or a list.")


@dataclass(frozen=True)
class TXT:
    """Free text: length and required parts are checked; judgement is an instructor's.

    `words` is the least and the most. `needs` see the text in lower case, and the expected answer.
    """

    words: tuple[int, int]
    needs: tuple[Need, ...] = ()

    def read(self, value: object) -> str:
        """Return the text, trimmed."""
        if not isinstance(value, str):
            raise Unreadable(
                f"Your answer is {describe(value)}. Text between quotation marks, please."
            )
        text = value.strip()
        if len(text) > MOST_CHARACTERS:
            raise Unreadable(
                f"Your text has {len(text):,} characters. {self.words[1]} words are enough."
            )
        return text

    def score(self, answer: str, expected: Any) -> Score:
        """The share of needs that are met, the length being the first."""
        count = len(re.findall(r"\w[\w'\u2019-]*", answer))
        least, most = self.words
        right = Need(
            lambda *_: least <= count <= most,
            f"Your text has {_plural(count, 'word')}. Between {least} and {most} are asked for.",
        )
        return _needs((right, *self.needs), answer.casefold(), expected)


def _needs(needs: tuple[Need, ...], answer: Any, expected: Any) -> Score:
    notes = [need.sentence for need in needs if not need.met(answer, expected)]
    return Score(1 - len(notes) / len(needs), notes)
