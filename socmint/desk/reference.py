"""The reference path: the cheapest lawful steps that yield what a case needs, from the truth.

Each step is one call of the desk with its price; a step yields facts (rows of the truth table
`evidence` that it shows). The cheapest set of steps that yields every fact is a weighted set
cover. It is solved exactly, by dynamic programming over the sets of facts found so far: 2^facts x
steps, and a case has fewer than ten facts. Method: the standard subset recursion, for example in
Cormen et al., Introduction to Algorithms, ch. 15.

Where it approximates: the solver knows where to look, so searching costs it nothing; items that
two steps share are paid twice at full price; accounts are looked at on the last day; a closed group
is read one page at a time, on the day on which an item came.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from socmint.desk.policy import CaseFile
from socmint.desk.profile import TIERS, Profile
from socmint.desk.shelf import PAGE, SUBJECT, Shelf
from synthetic_data import World

MOST_FACTS = 16


@dataclass(frozen=True)
class Step:
    """One call: its level, its points, those on others than subjects, and the facts it yields."""

    call: str
    target: str
    tier: str
    level: int
    points: float
    collateral: float
    facts: frozenset[str]


@dataclass(frozen=True)
class Path:
    """A set of steps. `missing`: facts that no lawful step yields."""

    steps: list[Step]
    missing: frozenset[str]

    @property
    def collateral(self) -> float:
        """Points on others than subjects."""
        return float(sum(step.collateral for step in self.steps))

    @property
    def points(self) -> float:
        """All points."""
        return float(sum(step.points for step in self.steps))


def cheapest(needed: Iterable[str], steps: list[Step]) -> Path:
    """Return the steps that yield all needed facts at least cost.

    Least collateral first; then fewest points; then lowest levels; then fewest steps.

    Raises:
        ValueError: more than 16 facts.

    Example:
        >>> a = Step("view", "a", "public", 0, 5, 5, frozenset({"day"}))
        >>> b = Step("enter", "g", "friends", 3, 60, 40, frozenset({"day", "place"}))
        >>> [step.target for step in cheapest(["day", "place"], [a, b]).steps]
        ['g']
    """
    wanted = sorted(set(needed) & frozenset().union(*(step.facts for step in steps), frozenset()))
    missing = frozenset(needed) - set(wanted)
    if len(wanted) > MOST_FACTS:
        raise ValueError(f"{len(wanted)} facts; at most {MOST_FACTS} are solved exactly")
    bit = {fact: 1 << place for place, fact in enumerate(wanted)}
    yields = [sum(bit[fact] for fact in step.facts if fact in bit) for step in steps]
    best: list[tuple | None] = [None] * (1 << len(wanted))
    best[0] = (0.0, 0.0, 0, 0, ())
    # Facts only add up, so every set is reached from smaller numbers: one pass in order is enough.
    for have in range(len(best)):
        if best[have] is None:
            continue
        collateral, points, level, count, chosen = best[have]
        for place, step in enumerate(steps):
            then = have | yields[place]
            if then == have:
                continue
            cost = (
                collateral + step.collateral,
                points + step.points,
                level + step.level,
                count + 1,
                (*chosen, place),
            )
            if best[then] is None or cost < best[then]:
                best[then] = cost
    return Path([steps[place] for place in best[-1][4]], missing)


def needed(world: World) -> pd.DataFrame:
    """Return the facts that a case needs and the rows that show them; none where names do not help.

    Columns: fact, table, row, tier, first_day.
    """
    columns = ["fact", "table", "row", "tier", "first_day"]
    return world.truth.get("evidence", pd.DataFrame(columns=columns))


def steps(world: World, shelf: Shelf, profile: Profile, file: CaseFile, day: int) -> list[Step]:
    """Return every lawful call that yields a needed fact by a day of the case."""
    evidence = needed(world)
    evidence = evidence[evidence["first_day"] <= day]
    facts: dict[int, set[str]] = {}
    for row, fact in zip(evidence["row"], evidence["fact"], strict=True):
        facts.setdefault(shelf.place[row], set()).add(fact)
    found: dict[tuple, Step] = {}
    for row in facts:
        for call, target, tier, rows in _reach(shelf, row, day):
            level = profile.level(tier, "view" if call == "view" else call)
            if not isinstance(level, int) or not _lawful(level, profile, file):
                continue
            person = shelf.person[shelf.slot[rows]]
            found[call, target, tier, int(rows.max(initial=-1))] = Step(
                call,
                target,
                tier,
                level,
                float(shelf.price[rows].sum()),
                float(shelf.price[rows][person != SUBJECT].sum()),
                frozenset().union(*(facts.get(place, ()) for place in rows.tolist())),
            )
    return [found[key] for key in sorted(found)]


def path(world: World, shelf: Shelf, profile: Profile, file: CaseFile, day: int) -> Path:
    """Return the reference path of a case, by a day."""
    return cheapest(needed(world)["fact"].unique(), steps(world, shelf, profile, file, day))


def _reach(shelf: Shelf, row: int, day: int):
    """Yield the calls by a day that show an item, as (call, target, tier, rows)."""
    slot, table, tier = int(shelf.slot[row]), shelf.table[row], int(shelf.tier[row])
    if table == "posts":
        rows = shelf.of_account(slot)
        rows = rows[(shelf.table[rows] == "posts") & (shelf.tier[rows] <= tier)]
        yield "view", shelf.account[slot], TIERS[tier], rows[shelf.day[rows] <= day]
    elif table == "group_posts":
        # One page of the newest posts, read at the end of the day on which the item came.
        rows = shelf.of_room(shelf.room[row])
        page = rows[shelf.day[rows] <= shelf.day[row]][-PAGE:]
        if row in page:
            yield "enter", shelf.room[row], "friends", page
    elif table == "messages":
        rows = shelf.of_room(shelf.room[row])
        subject = shelf.person == SUBJECT
        rows = rows[subject[shelf.slot[rows]] & subject[shelf.other[rows]]]
        rows = rows[shelf.day[rows] <= day]
        if row in rows:
            yield "order", shelf.room[row], "private", rows


def _lawful(level: int, profile: Profile, file: CaseFile) -> bool:
    """Can a level be granted at all on what is on file?"""
    if max(file.seriousness.values()) < profile.P1["seriousness"][level]:
        return False
    usable = [
        item
        for item in file.items.values()
        if item.source in profile.P1["usable_source"]
        and item.information in profile.P1["usable_information"]
    ]
    return (
        len(usable) >= profile.P1["items"][level]
        and len({item.origin for item in usable}) >= profile.P1["independent"][level]
    )


def table(found: Path) -> pd.DataFrame:
    """Return a path as a table, one row for each step."""
    names = ["call", "target", "tier", "level", "points", "collateral"]
    rows = [
        {name: getattr(step, name) for name in names} | {"facts": " ".join(sorted(step.facts))}
        for step in found.steps
    ]
    return pd.DataFrame(rows, columns=[*names, "facts"]).astype({"level": np.int64})
