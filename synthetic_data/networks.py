"""The true communication layer of a group: hub, cartel, chain, clan or cell.

Everybody is first tied to somebody who was there before (the backbone), by role, by part of the
group and by a personal weight. Then ties are added up to the mean degree that was drawn: one share
closes triangles, the rest joins people of weight. A draw that is not inside the acceptance bands of
its type (`bands`) is thrown away and the next attempt is made, with its number in the key.
"""

from dataclasses import dataclass
from itertools import count

import numpy as np

from synthetic_data import bands
from synthetic_data.errors import WorldError
from synthetic_data.measures import shape
from synthetic_data.streams import below, u64

ATTEMPTS = 400
SIZES = {
    "hub": (20, 60),
    "cartel": (20, 150),
    "chain": (20, 150),
    "clan": (20, 150),
    "cell": (20, 150),
}
"""Smallest and largest size of each type. No larger star than 60 was found in publications."""

Role = tuple[str, int]
"""A role and the number of the part (crew, stage, family, cell) it belongs to; 0 for none."""

PART = {"hub": "circle", "cartel": "crew", "chain": "stage", "clan": "family", "cell": "cell"}
"""What the parts of each type are called."""


@dataclass(frozen=True)
class Form:
    """How a type is drawn. Whole numbers.

    `share`: pull of all holders of a role together, so that a chief of 20 and one of 150 lead
    alike. `inside`: pull between people of one part, where 10 is that between two parts.
    `degree`: mean degree of a group of 20 and of 150, in hundredths; up to 30 more or less are
    drawn. `closing`: share of the added ties that close triangles, per cent. `local`: share of
    these that close around anybody, not around those with many ties, per cent. `loose`: share of
    groups in which one person in nine is tied to one other only, apart from the rest, per cent.
    """

    share: dict[str, int]
    inside: int
    degree: tuple[int, int]
    closing: int
    loose: int = 0
    local: int = 30


FORMS = {
    "hub": Form({"hub": 66, "lieutenant": 20, "spoke": 14}, 15, (260, 380), 45),
    "cartel": Form({"chief": 52, "lieutenant": 32, "worker": 16}, 90, (290, 400), 65, 25),
    "chain": Form(
        {"organiser": 56, "coordinator": 24, "broker": 6, "worker": 11}, 40, (300, 480), 80
    ),
    "clan": Form(
        {"boss": 42, "underboss": 24, "soldier": 25, "associate": 9}, 220, (228, 275), 25, 60
    ),
    "cell": Form(
        {"coordinator": 7, "courier": 8, "leader": 72, "member": 110}, 300, (350, 420), 85, 35
    ),
}


def roles(kind: str, size: int, key: str) -> list[Role]:
    """Return the role and the part of everybody; people of rank come first.

    Args:
        kind: hub, cartel, chain, clan or cell.
        size: number of people.
        key: stream.

    Example:
        >>> roles("hub", 20, "k")[:3]
        [('hub', 0), ('lieutenant', 1), ('lieutenant', 2)]
    """
    if kind == "hub":
        circles = max(2, size // 10)
        head = [("hub", 0), *(("lieutenant", part) for part in range(1, circles + 1))]
        return head + [("spoke", 1 + n % circles) for n in range(size - len(head))]
    if kind == "cartel":
        chiefs = 2 + min(3, size // 40)
        crews = max(2, size * (6 + int(below(key + "/crews", 0, 7)[0])) // 100)
        head = [("chief", 0)] * chiefs + [("lieutenant", part) for part in range(1, crews + 1)]
        return head + [("worker", 1 + n % crews) for n in range(size - len(head))]
    if kind == "chain":
        stages = 4 + min(2, size // 30)
        middle = (stages + 1) // 2
        head = [("organiser", middle)]
        head += [("coordinator", stage) for stage in range(1, stages + 1)]
        head += [("broker", stage) for stage in range(1, stages)]
        return head + [("worker", 1 + n % stages) for n in range(size - len(head))]
    if kind == "clan":
        own = size * 7 // 10
        families = max(2, round(own / (10 + int(below(key + "/families", 0, 7)[0]))))
        head = [("boss", family) for family in range(1, families + 1)]
        head += [("underboss", family) for family in range(1, families + 1)]
        head += [("soldier", 1 + n % families) for n in range(own - len(head))]
        return head + [("associate", 0)] * (size - own)
    if kind == "cell":
        cells = max(3, round(size / (4 + int(below(key + "/cells", 0, 4)[0]) + 1)))
        couriers = max(1, cells // 3)
        head = [("coordinator", 0), *[("courier", 0)] * couriers]
        head += [("leader", cell) for cell in range(1, cells + 1)]
        return head + [("member", 1 + n % cells) for n in range(size - len(head))]
    raise WorldError(f"a group must be one of {', '.join(SIZES)}, not {kind!r}")


def draw(kind: str, size: int, key: str) -> tuple[np.ndarray, list[Role]]:
    """Draw one network without looking at the bands; else like `make`."""
    people, form = roles(kind, size, key), FORMS[kind]
    part = np.array([number for _, number in people])
    # A personal weight with a tail: most people are near 1, one in twenty is above 4 times that.
    luck = below(key + "/luck", np.arange(size), 256)
    names = [role for role, _ in people]
    each = {role: 100_000 * share // names.count(role) for role, share in form.share.items()}
    weight = np.array([each[role] for role in names]) * (32 + luck * luck // 128)
    same = (part[:, None] == part) & (part > 0)
    pull = np.where(same, form.inside, 10) * weight
    if kind == "chain":  # goods move from stage to stage, never past one
        gap = np.abs(part[:, None] - part)
        pull = np.where((gap > 1) & (np.arange(size) > 0), pull // 8, pull)
    numbers = _numbers(key + "/tie")

    def chosen(weights: np.ndarray) -> int:
        edges = np.cumsum(weights)
        return int(np.searchsorted(edges, (next(numbers) >> 16) % int(edges[-1]), side="right"))

    linked = np.zeros((size, size), dtype=bool)

    def tie(one: int, two: int) -> None:
        linked[one, two] = linked[two, one] = True

    apart = int(below(key + "/loose", 0, 100)[0]) < form.loose
    core = size - 2 * (size // 18) * apart
    for person in range(1, core):
        tie(person, chosen(pull[person, :person]))
    for person in range(core, size, 2):
        tie(person, person + 1)
    pull[:, core:] = 0
    small, large = form.degree
    degree = small + (large - small) * (size - 20) // 130 + int(below(key + "/degree", 0, 61)[0])
    ties = size * (degree - 30) // 200
    everybody = np.arange(size)
    for _ in range(12 * size):
        if linked.sum() >= 2 * ties:
            break
        degree = linked.sum(axis=0)
        if next(numbers) % 100 < form.closing:
            local = next(numbers) % 100 < form.local
            middle = chosen(degree > 1 if local else degree * (degree - 1))
            friends = everybody[linked[middle]]
            one = int(friends[next(numbers) % len(friends)])
            two = friends[chosen(pull[one][friends])]
        else:
            one = next(numbers) % core
            two = chosen(pull[one])
        if one != two:
            tie(int(one), int(two))
    return np.argwhere(np.triu(linked)), people


def _numbers(path: str):
    """Yield one 64-bit number after another of a stream."""
    for block in count():
        yield from u64(path, block * 512 + np.arange(512)).tolist()


def make(kind: str, size: int, key: str) -> tuple[np.ndarray, list[Role]]:
    """Make the true network of a group, inside the bands of its type.

    Args:
        kind: hub, cartel, chain, clan or cell.
        size: number of people, see SIZES.
        key: stream; the same key gives the same network.

    Returns:
        Ties, shape (ties, 2), each unordered pair of people 0 … size - 1 once; and the role and
        part of each person.

    Raises:
        WorldError: unknown kind, impossible size, or no draw inside the bands.

    Example:
        >>> edges, people = make("cell", 30, "example/1")
        >>> len(people), people[0]
        (30, ('coordinator', 0))
    """
    check(kind, size)
    for attempt in range(ATTEMPTS):
        edges, people = draw(kind, size, f"{key}/{attempt}")
        if not bands.outside(kind, shape(edges)):
            return edges, people
    raise WorldError(f"no {kind} of {size} people came inside its bands; ask for another seed")


def check(kind: str, size: int) -> None:
    """Refuse an unknown kind or an impossible size.

    Raises:
        WorldError: one sentence that says what is possible.
    """
    if kind not in SIZES:
        raise WorldError(f"a group must be one of {', '.join(SIZES)}, not {kind!r}")
    low, high = SIZES[kind]
    if not low <= size <= high:
        raise WorldError(f"a {kind} has {low} to {high} people, not {size}")


def pass_rate(kind: str, size: int, draws: int = 40) -> float:
    """Return the share of draws that come inside the bands at once.

    Example:
        >>> 0 < pass_rate("hub", 40, draws=20) <= 1
        True
    """
    good = sum(
        not bands.outside(kind, shape(draw(kind, size, f"pass-rate/{kind}/{size}/{n}")[0]))
        for n in range(draws)
    )
    return good / draws
