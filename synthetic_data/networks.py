"""The true communication layer of a group: hub, cartel, chain, clan or cell.

Everybody is first tied to somebody who was there before (the backbone), by role, by part of the
group and by a personal weight. In some groups a few people stand aside: they know each other and
one go-between, or nobody else at all. Then ties are added up to the mean degree that was drawn: a
few people meet, triangles close, people of weight are asked; some people are never asked again.
A draw that is not inside the acceptance bands of its type (`bands`) is thrown away and the next
attempt is made, with its number in the key.

The numbers in FORMS were chosen with the 23 rows of the reference table alone: for each type its
metrics were compared with those of networks drawn with as many people and ties, both on average
and in how far one group differs from the next.
"""

from dataclasses import dataclass, field, replace
from itertools import combinations, count, pairwise

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
    """How a type is drawn. Whole numbers; of a pair both ends are possible.

    `share`: pull of all holders of a role together, so that a chief of 20 and one of 150 lead
    alike. `lead`: least and most of that for the first role, per cent, drawn for each group: some
    are led more strongly than others. `chief`: pull of the first who holds that role, where each of
    the others has 100, drawn for each group. `inside`: pull between people of one part, where 10 is
    that between two parts, drawn for each group: some keep their parts apart, others do not.
    `degree`: least and most of the mean degree, in hundredths; a group of 20 has at most 300 of
    them, and 6 more with everybody more.

    Of the ties that are added to the backbone, counted in steps: `team`: steps in which a few
    people meet and all of them know each other afterwards, per cent. `meeting`: how many these
    are. `closing`: steps that close a triangle, per cent. `local`: share of these that close
    around anybody, not around those with many ties, per cent. `quiet`: people of the last `common`
    roles whom nobody asks again after they were brought in, per cent. All but `meeting` are drawn
    for each group.

    `loose`: share of groups in which knots of people stand aside, per cent. `apart`: these people
    are one in 25 to so many per cent of all. `knot`: how many hold together. `bridge`: knots that
    a go-between joins to the rest, per cent: somebody without rank who knows one that leads. The
    other knots have no tie to the rest at all.

    `small` and `large`: what is otherwise in a group of 20 and in one of 150; towards one of 40 the
    numbers change evenly. In a large group more ties are inside a part, and people have more.
    """

    share: dict[str, int]
    lead: tuple[int, int]
    inside: tuple[int, int]
    degree: tuple[int, int]
    closing: tuple[int, int]
    local: tuple[int, int]
    chief: tuple[int, int] = (100, 100)
    common: int = 1
    quiet: tuple[int, int] = (0, 0)
    team: tuple[int, int] = (0, 0)
    meeting: tuple[int, int] = (3, 3)
    loose: int = 0
    apart: int = 4
    knot: tuple[int, int] = (2, 2)
    bridge: int = 0
    small: dict = field(default_factory=dict)
    large: dict = field(default_factory=dict)


FORMS = {
    "hub": Form(
        {"hub": 179, "lieutenant": 12, "spoke": 5},
        lead=(60, 210),
        inside=(130, 480),
        degree=(250, 350),
        closing=(30, 90),
        local=(0, 15),
        quiet=(0, 12),
        loose=12,
        apart=12,
        knot=(2, 3),
        bridge=100,
        small={
            "lead": (65, 110),
            "inside": (100, 100),
            "degree": (230, 320),
            "closing": (55, 80),
            "local": (0, 25),
        },
    ),
    "cartel": Form(
        {"chief": 52, "lieutenant": 46, "worker": 18},
        lead=(110, 315),
        chief=(80, 220),
        inside=(100, 285),
        degree=(240, 400),
        closing=(8, 72),
        local=(0, 50),
        quiet=(0, 38),
        team=(6, 18),
        meeting=(3, 4),
        loose=25,
        apart=14,
        knot=(2, 5),
        bridge=75,
        small={"closing": (27, 53), "quiet": (7, 33), "team": (8, 8)},
        large={
            "lead": (250, 320),
            "chief": (70, 130),
            "inside": (640, 640),
            "degree": (340, 415),
            "closing": (50, 75),
            "local": (75, 100),
            "quiet": (0, 6),
            "team": (8, 8),
        },
    ),
    "chain": Form(
        {"organiser": 56, "coordinator": 26, "broker": 5, "worker": 10},
        lead=(36, 145),
        inside=(24, 88),
        degree=(285, 475),
        closing=(40, 100),
        local=(0, 57),
        quiet=(0, 22),
        team=(0, 16),
        meeting=(3, 9),
        loose=8,
        apart=12,
        knot=(2, 3),
        bridge=100,
        small={
            "lead": (50, 105),
            "inside": (40, 40),
            "degree": (260, 300),
            "closing": (55, 85),
            "quiet": (0, 8),
            "team": (2, 6),
            "meeting": (3, 5),
        },
        large={
            "lead": (34, 66),
            "degree": (430, 570),
            "closing": (75, 92),
            "local": (85, 100),
            "quiet": (0, 0),
            "team": (4, 8),
            "meeting": (3, 5),
        },
    ),
    "clan": Form(
        {"boss": 52, "underboss": 30, "soldier": 18, "associate": 3},
        lead=(28, 127),
        chief=(80, 240),
        inside=(85, 340),
        degree=(215, 265),
        closing=(2, 68),
        local=(16, 100),
        common=2,
        quiet=(0, 38),
        team=(5, 20),
        meeting=(3, 4),
        loose=90,
        apart=18,
        knot=(2, 4),
        bridge=40,
        small={
            "lead": (110, 210),
            "inside": (220, 220),
            "degree": (215, 250),
            "closing": (40, 80),
            "local": (0, 20),
            "quiet": (80, 100),
            "team": (0, 0),
            "meeting": (3, 3),
            "loose": 0,
        },
        large={"lead": (82, 268), "chief": (120, 300), "inside": (60, 200), "bridge": 20},
    ),
    "cell": Form(
        {"coordinator": 14, "courier": 6, "leader": 46, "member": 51},
        lead=(47, 178),
        inside=(122, 592),
        degree=(270, 500),
        closing=(27, 93),
        local=(6, 94),
        quiet=(0, 14),
        team=(4, 18),
        meeting=(3, 5),
        loose=65,
        apart=30,
        knot=(3, 7),
        bridge=60,
        small={
            "lead": (70, 120),
            "inside": (240, 240),
            "degree": (260, 300),
            "closing": (40, 70),
            "local": (30, 70),
            "team": (9, 16),
            "meeting": (4, 5),
        },
        large={
            "lead": (37, 114),
            "degree": (400, 560),
            "local": (46, 100),
            "quiet": (0, 0),
            "team": (6, 31),
            "apart": 20,
            "bridge": 40,
        },
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
        circles = 2 + size // 25
        head = [("hub", 0), *(("lieutenant", part) for part in range(1, circles + 1))]
        return head + [("spoke", 1 + n % circles) for n in range(size - len(head))]
    if kind == "cartel":
        chiefs = min(3, 2 + size // 60)
        crews = max(2, size * (6 + int(below(key + "/crews", 0, 7)[0])) // 100)
        head = [("chief", 0)] * chiefs + [("lieutenant", part) for part in range(1, crews + 1)]
        return head + [("worker", 1 + n % crews) for n in range(size - len(head))]
    if kind == "chain":
        stages = min(6, 3 + size // 30)
        middle = (stages + 1) // 2
        head = [("organiser", middle)]
        head += [("coordinator", stage) for stage in range(1, stages + 1)]
        head += [("broker", stage) for stage in range(1, stages)]
        return head + [("worker", 1 + n % stages) for n in range(size - len(head))]
    if kind == "clan":
        own = size * 7 // 10
        families = max(3, round(own / (10 + int(below(key + "/families", 0, 7)[0]))))
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


def draw(kind: str, size: int, key: str, ties: int | None = None) -> tuple[np.ndarray, list[Role]]:
    """Draw one network without looking at the bands; else like `make`."""
    people, form = roles(kind, size, key), _sized(FORMS[kind], size)
    names = np.array([role for role, _ in people])
    part = np.array([number for _, number in people])
    numbers = _numbers(key + "/tie")

    def chosen(weights: np.ndarray) -> int:
        edges = np.cumsum(weights)
        return int(np.searchsorted(edges, (next(numbers) >> 16) % int(edges[-1]), side="right"))

    weight = _weights(form, names, key)
    same = (part[:, None] == part) & (part > 0)
    pull = np.where(same, _between(key + "/inside", form.inside), 10) * weight
    if kind == "chain":  # goods move from stage to stage, never past one
        gap = np.abs(part[:, None] - part)
        pull = np.where((gap > 1) & (np.arange(size) > 0), pull // 8, pull)

    linked = np.zeros((size, size), dtype=bool)

    def tie(one: int, two: int) -> None:
        linked[one, two] = linked[two, one] = True

    plain = names == names[-1]
    core = _core(form, size, key)
    for person in range(1, core[0]):
        tie(person, chosen(pull[person, :person]))
    for first, last in pairwise(core):
        for person in range(first + 1, last):
            tie(person, first + chosen(weight[first:person]))
        if int(below(key + "/bridge", first, 100)[0]) < form.bridge:
            inner = plain[: core[0]]
            near = inner & linked[names == names[0]].any(axis=0)[: core[0]]
            tie(first, chosen(near if near.any() else inner))

    share = _between(key + "/quiet", form.quiet)
    common = np.isin(names, list(form.share)[-form.common :])
    asked = ~(common & (below(key + "/silent", np.arange(size), 100) < share))
    asked[core[0] :] = False
    pull = pull * asked
    least, most = form.degree
    degree = _between(key + "/degree", (least, min(most, 180 + 6 * size)))
    wanted = ties or size * degree // 200
    way = (
        _between(key + "/team", form.team),
        _between(key + "/closing", form.closing),
        _between(key + "/local", form.local),
    )
    for _ in range(12 * size):
        if linked.sum() >= 2 * wanted:
            break
        for one, two in _step(form, way, linked, asked, pull, chosen, numbers):
            if one != two and linked.sum() < 2 * wanted:
                tie(one, two)
    return np.argwhere(np.triu(linked)), people


def _sized(form: Form, size: int) -> Form:
    """Return the form for a group of this size; a smaller one has that of 20."""
    size = max(size, 20)
    ends, steps = (form.small, (40 - size, 20)) if size < 40 else (form.large, (size - 40, 110))

    def part(one: int, two: int) -> int:
        return one + (two - one) * steps[0] // steps[1]

    return replace(
        form,
        **{
            name: tuple(map(part, getattr(form, name), end))
            if isinstance(end, tuple)
            else part(getattr(form, name), end)
            for name, end in ends.items()
        },
    )


def _between(path: str, ends: tuple[int, int]) -> int:
    """Draw a whole number between two ends, both of them possible."""
    return ends[0] + int(below(path, 0, ends[1] - ends[0] + 1)[0])


def _weights(form: Form, names: np.ndarray, key: str) -> np.ndarray:
    """Give everybody a weight by role and luck: one in twenty has above four times the usual.

    Who leads does so by rank, not by luck: a hub without luck would be none.
    """
    luck = below(key + "/luck", np.arange(len(names)), 256)
    first = names == names[0]
    luck = np.where(first, 200, 32 + luck * luck // 128)  # 202 on average for the others
    each = {role: 1000 * form.share[role] // int((names == role).sum()) for role in form.share}
    weight = np.array([each[role] for role in names]) * luck
    weight = np.where(first, weight * _between(key + "/lead", form.lead) // 100, weight)
    count, chief = int(first.sum()), _between(key + "/chief", form.chief)
    if count > 1:  # together they have as much as before
        total = chief + 100 * (count - 1)
        part = np.where(np.arange(len(names)) == 0, chief, 100)
        weight = np.where(first, weight * part * count // total, weight)
    return weight


def _core(form: Form, size: int, key: str) -> list[int]:
    """Return where those end who stand together, and where each knot of people aside ends."""
    ends = [size]
    if int(below(key + "/loose", 0, 100)[0]) < form.loose:
        apart = size * _between(key + "/apart", (4, form.apart)) // 100
        while size - ends[0] + 2 <= apart:
            knot = _between(f"{key}/knot/{ends[0]}", form.knot)
            ends.insert(0, ends[0] - min(knot, apart - (size - ends[0])))
    return ends


def _step(form: Form, way, linked, asked, pull, chosen, numbers) -> list[tuple[int, int]]:
    """Choose the pairs of one step: a meeting, a closed triangle, or one new acquaintance."""
    kind = next(numbers) % 100
    meets, closing, around = way
    if kind < meets:
        team = [chosen(asked)]
        near = pull[team[0]] * np.where(linked[team[0]], 8, 1)
        least, most = form.meeting
        for _ in range(least + next(numbers) % (most - least + 1) - 1):
            near[team] = 0
            if near.any():
                team.append(chosen(near))
        return list(combinations(team, 2))
    if kind >= meets + closing:
        one = chosen(asked)
        return [(one, chosen(pull[one]))]
    degree = linked.sum(axis=0) * asked
    local = next(numbers) % 100 < around
    middle = chosen(degree > 1 if local else degree * (degree - 1))
    friends = np.flatnonzero(linked[middle] & asked)
    if len(friends) < 2:
        return []
    one = int(friends[next(numbers) % len(friends)])
    return [(one, int(friends[chosen(pull[one][friends])]))]


def _numbers(path: str):
    """Yield one 64-bit number after another of a stream."""
    for block in count():
        yield from u64(path, block * 512 + np.arange(512)).tolist()


def make(kind: str, size: int, key: str, ties: int | None = None) -> tuple[np.ndarray, list[Role]]:
    """Make the true network of a group, inside the bands of its type.

    Args:
        kind: hub, cartel, chain, clan or cell.
        size: number of people, see SIZES.
        key: stream; the same key gives the same network.
        ties: how many ties it has; drawn by type and size when left out.

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
        edges, people = draw(kind, size, f"{key}/{attempt}", ties)
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
