"""Give the planted roles to slots of the society."""

import numpy as np

from synthetic_data.errors import WorldError
from synthetic_data.groups import ROOM_PLATFORM
from synthetic_data.society import Society
from synthetic_data.streams import ranked

FIGUREHEAD, BROKER, RECRUITER = "figurehead", "broker", "recruiter"
LEADER, COURIER, MEMBER = "leader", "courier", "member"
QUIET = 14  # most follow ties that the broker and the recruiters bring along


def minimum(scenario: dict) -> int:
    """Return the smallest number of accounts a scenario can have.

    Example:
        >>> minimum({"platforms": {"Tikkeron": {"share": 50}}, "scope": {"accounts": 400}})
        1600
    """
    need = 50
    if "scope" in scenario:
        share = scenario["platforms"][ROOM_PLATFORM]["share"]
        need = max(need, -(-200 * scenario["scope"]["accounts"] // share))
    if "network" in scenario:
        need = max(need, 800, 20 * scenario["network"]["size"])
    for club in scenario.get("clubs", []):
        need = max(need, -(-150 * club["size"] // scenario["platforms"][club["platform"]]["share"]))
    return need


def cast(stream: str, scenario: dict, society: Society, followers, degree, posts) -> list[tuple]:
    """Choose a slot for every role.

    Only ordinary slots are taken: on Tikkeron, public, neither lonely nor popular, not very busy.
    So nobody stands out by the ordinary part of his life.

    Args:
        stream: root path.
        scenario: a checked scenario.
        society: the accounts.
        followers: ordinary followers per slot.
        degree: ordinary follow ties per slot, both ways.
        posts: ordinary posts per slot.

    Returns:
        Tuples (slot, population, role, cell); cell is 0 for people outside a cell.

    Raises:
        WorldError: the society is too small.
    """
    stream += "/cast"
    platform = society.platforms.index(ROOM_PLATFORM)
    fits = (society.platform == platform) & (society.tier == 0) & (society.moved == 0)
    fits &= ~society.automated & (degree >= 5) & (degree <= 34) & (followers <= 25) & (posts <= 40)
    free = fits.copy()
    parts = []

    def take(population: str, role: str, count: int, cell: int = 0, most: int = 34) -> None:
        pool = np.flatnonzero(free & (degree <= most))
        chosen = ranked(f"{stream}/{population}/{role}/{cell}", pool)[:count]
        if len(chosen) < count:
            raise WorldError(
                f"the world is too small to cast {count} people as {role}; ask for more accounts"
            )
        free[chosen] = False
        parts.extend((int(slot), population, role, cell) for slot in chosen)

    if "organisation" in scenario:
        group = scenario["organisation"]
        code = group["population"]
        take(code, FIGUREHEAD, 1)
        take(code, BROKER, 1, most=QUIET)
        take(code, RECRUITER, group["recruiters"], most=QUIET)
        for number, size in enumerate(group["cells"], 1):
            take(code, LEADER, 1, number)
            take(code, COURIER, 2, number)
            take(code, MEMBER, size - 3, number)
    for entry in scenario.get("populations", []):
        take(entry["population"], entry["role"], entry["size"])
    return parts


def who(cast_list: list[tuple], role: str, cell: int | None = None) -> np.ndarray:
    """Return the slots that play a role, in casting order.

    Example:
        >>> who([(7, "HL", "broker", 0)], "broker").tolist()
        [7]
    """
    slots = [p[0] for p in cast_list if p[2] == role and (cell is None or p[3] == cell)]
    return np.array(slots, dtype=np.int64)
