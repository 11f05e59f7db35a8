"""The organised group: who talks to whom, drawn anew until its declared shape holds.

The group is of type *cell*: three cells with a leader and two couriers each, a figurehead who is
loud and leads nothing, two recruiters beside a cell, and a broker who is quiet and holds the cells
together. The draw is repeated with an attempt counter in the stream's key, so that the same seed
always ends with the same group.
"""

import numpy as np

from synthetic_data.casting import BROKER, COURIER, FIGUREHEAD, LEADER, MEMBER, RECRUITER, who
from synthetic_data.measures import betweenness, neighbours
from synthetic_data.streams import below, chance, ranked

MARGIN = 13, 10  # the broker's betweenness is at least 1.3 times the second
CELL_TIES = 7  # least number of talk ties inside each cell
ALL_CELL_TIES = 25  # and inside the cells together


def talk(path: str, cast: list[tuple], boasters: np.ndarray, group: dict) -> np.ndarray:
    """Draw the pairs of subjects that talk to each other.

    Args:
        path: stream, with the attempt in it.
        cast: the cast list.
        boasters: slots of the boasters who are among the subjects.
        group: the section [organisation] of the scenario.

    Returns:
        Array (pairs, 2) of slots, each unordered pair once.
    """
    pairs: set[tuple[int, int]] = set()

    def tie(one: int, two: int) -> None:
        if one != two:
            pairs.add((min(one, two), max(one, two)))

    head, broker = int(who(cast, FIGUREHEAD)[0]), int(who(cast, BROKER)[0])
    cells = [
        [int(slot) for role in (LEADER, COURIER, MEMBER) for slot in who(cast, role, number)]
        for number in range(1, len(group["cells"]) + 1)
    ]
    for number, cell in enumerate(cells):
        leader, others = cell[0], cell[1:]
        code = f"{path}/cell{number}"
        for rank, one in enumerate(others):
            for two in others[rank + 1 :]:
                if chance(code + "/pair", one * (1 << 24) + two, 360_000)[0]:
                    tie(one, two)
        for one in others:
            alone = not any(one in pair for pair in pairs)
            if alone or chance(code + "/leader", one, 800_000)[0]:
                tie(leader, one)
        for courier in cell[1 : 1 + group["broker_ties"]]:
            tie(broker, courier)
    # A few direct ties between cells, so that the cells are not islands without the broker.
    for number in range(group["shortcuts"]):
        first = int(below(f"{path}/shortcut", number * 2, len(cells))[0])
        step = 1 + int(below(f"{path}/shortcut", number * 2 + 1, len(cells) - 1)[0])
        second = (first + step) % len(cells)
        ends = [cells[place][1:] for place in (first, second)]
        chosen = below(f"{path}/shortcut/end", [number * 2, number * 2 + 1], [len(e) for e in ends])
        tie(ends[0][int(chosen[0])], ends[1][int(chosen[1])])
    # The figurehead is loud inside one cell and among the boasters.
    for one in [cells[0][0], *ranked(path + "/head", np.array(cells[0][1:]))[:3].tolist()]:
        tie(head, one)
    for number, boaster in enumerate(boasters.tolist()):
        if number < len(boasters) - 1:
            tie(head, boaster)
        friend = cells[0][int(below(path + "/boaster", boaster, len(cells[0]))[0])]
        tie(boaster, friend)
    for number, recruiter in enumerate(who(cast, RECRUITER).tolist()):
        cell = cells[(number + 1) % len(cells)]
        tie(recruiter, cell[0])
        for one in ranked(f"{path}/recruiter{number}", np.array(cell[1:]))[:2].tolist():
            tie(recruiter, one)
    return np.array(sorted(pairs), dtype=np.int64)


def shape_holds(pairs: np.ndarray, cast: list[tuple]) -> bool:
    """Say whether the bounded talk graph has its declared shape.

    The broker is first in betweenness by the margin, but two people or more have more ties. The
    figurehead is among the three loudest and bridges at most half as much. Each cell holds enough
    ties for a community algorithm to find it: at these limits at least three in four Louvain seeds
    came to an adjusted Rand index of .6 in each of 180 draws, and all seeds to exactly 1 in half
    of the draws.
    """
    links = neighbours(pairs)
    broker, head = int(who(cast, BROKER)[0]), int(who(cast, FIGUREHEAD)[0])
    members = {part[0] for part in cast if part[1] == "HL"}
    if not members <= links.keys():
        return False
    ties = {node: len(others) for node, others in links.items()}
    louder = sum(1 for value in ties.values() if value > ties[broker])
    above_head = sum(1 for value in ties.values() if value > ties[head])
    cell = {part[0]: part[3] for part in cast if part[3]}
    inside = [cell[a] for a, b in pairs.tolist() if cell.get(a, -1) == cell.get(b, -2)]
    dense = len(inside) >= ALL_CELL_TIES
    dense &= all(inside.count(number) >= CELL_TIES for number in set(cell.values()))
    if louder < 2 or above_head > 2 or not dense:
        return False
    score = betweenness(links)
    second = max(value for node, value in score.items() if node != broker)
    return score[broker] * MARGIN[1] >= second * MARGIN[0] and score[head] * 2 <= score[broker]


def rooms(stream: str, cast: list[tuple], young: np.ndarray, group: dict) -> list[np.ndarray]:
    """Return the members of the closed rooms of the group and of the youth worker.

    Each recruiter sits in many small rooms, each time with other young people. The youth worker
    does nearly the same, to help. A cell has one room of its own; the broker one with two couriers.
    """
    made: list[np.ndarray] = []
    recruiters = who(cast, RECRUITER)
    half = len(young) // 2
    for number, recruiter in enumerate(recruiters.tolist()):
        own = young[number * half : (number + 1) * half + 4]
        own = ranked(f"{stream}/rooms/{number}", own)
        for room in range(group["rooms_per_recruiter"]):
            size = 2 + int(below(f"{stream}/rooms/{number}/size", room, 4)[0])
            start = room * len(own) // group["rooms_per_recruiter"]
            guests = own[(start + np.arange(size)) % len(own)]
            made.append(np.append(recruiter, guests))
    helper = who(cast, "youth worker")
    circle = ranked(f"{stream}/rooms/youth", young)[:18]
    for room in range(0, len(circle), 3):
        made.append(np.append(helper, circle[room : room + 4]))
    for number in range(1, len(group["cells"]) + 1):
        cell = [slot for role in (LEADER, COURIER, MEMBER) for slot in who(cast, role, number)]
        made.append(np.array(cell, dtype=np.int64))
    made.append(np.append(who(cast, BROKER), who(cast, COURIER)[[0, 2]]))
    return made
