"""The background society: one ordinary account per slot, before anything is planted.

A world of n accounts has n *slots*. Every slot first gets an ordinary account with its posts and
ties. What is planted then takes slots over and adds to them. So a planted account has the ordinary
life of its slot as well, and removing the organisation leaves every other account as it was.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from synthetic_data import automated, pools
from synthetic_data.streams import below, chance, permutation, pick, stratified
from synthetic_data.text import write_bios

TIERS = ("public", "registered", "friends", "private")
DAY = 86_400


@dataclass(frozen=True)
class Society:
    """Columns of the ordinary accounts, one entry per slot (arrays of length `n`).

    Whole numbers stand for values: `platform` for the order in the scenario, `tier` for TIERS
    (before a move), `language` for 0 en, 1 es, `district` for the pool. `created` and `moved` are
    seconds since 1970 (UTC); `moved` is 0 for accounts that never moved to friends only.
    `automated`: posts by program (`synthetic_data.automated`).
    """

    n: int
    platforms: tuple[str, ...]
    start: int
    end: int
    platform: np.ndarray
    community: np.ndarray
    language: np.ndarray
    district: np.ndarray
    topic: np.ndarray
    created: np.ndarray
    tier: np.ndarray
    moved: np.ndarray
    style: np.ndarray
    name: np.ndarray
    handle: np.ndarray
    bio: np.ndarray
    automated: np.ndarray


def build(stream: str, scenario: dict, n: int) -> Society:
    """Make the ordinary account of every slot.

    Args:
        stream: root path, such as `harbour/7`.
        scenario: a checked scenario.
        n: number of slots.
    """
    slots = np.arange(n)
    settings, platforms = scenario["world"], scenario["platforms"]
    start = int(np.datetime64(settings["start"], "s").astype(np.int64))
    end = start + settings["days"] * DAY
    platform = pick(stream + "/platform", slots, [p["share"] for p in platforms.values()])

    # Communities have sizes that fall like 1/rank; each lives mostly in one district and language.
    community = np.zeros(n, dtype=np.int64)
    first = 0
    for number in range(len(platforms)):
        members = np.flatnonzero(platform == number)
        count = max(2, len(members) // 55)
        weights = 1_000_000 // np.arange(3, count + 3)
        community[members] = first + pick(stream + "/community", members, weights)
        first += count
    homes = below(stream + "/community/district", np.arange(first), len(pools.words("district")))
    spanish = chance(stream + "/community/language", np.arange(first), 450_000)
    weights = settings.get("topic_weights")
    interest = everyday(stream + "/community/topic", np.arange(first), weights)

    language = spanish[community].astype(np.int64)
    language ^= chance(stream + "/language", slots, 120_000)
    away = chance(stream + "/district/away", slots, 400_000)
    elsewhere = below(stream + "/district", slots, len(pools.words("district")))
    tier = np.zeros(n, dtype=np.int64)
    for number, entry in enumerate(platforms.values()):
        members = np.flatnonzero(platform == number)
        tier[members] = pick(stream + "/tier", members, entry["tiers"])
    machines = automated.choose(stream, platform)
    bots = np.flatnonzero(machines)
    tier[bots] = np.minimum(tier[bots], 1)  # a service is there for everybody
    movers = chance(stream + "/moved", slots, settings["moved_per_million"]) & (tier == 0)
    movers &= ~machines
    middle = start + settings["days"] * DAY // 2
    moved = np.where(movers, middle - 3 * DAY + below(stream + "/moved/at", slots, 6 * DAY), 0)
    # Ten years of platform history; more accounts are young than old.
    age = below(stream + "/age", slots, 3_600) * below(stream + "/age2", slots, 3_600) // 3_600
    created = start - DAY - age * DAY - below(stream + "/age/second", slots, DAY)
    given, family = _names(stream, slots, language)
    casual = chance(stream + "/name/short", slots, 120_000)
    name = np.where(casual, given, given + " " + family)
    handle = _handles(stream, slots, given)
    bio = write_bios(stream + "/bio", slots, language, "ordinary")
    district = np.where(away, elsewhere, homes[community])
    topic = interest[community]
    topic[bots] = automated.themes(stream, bots)
    told = automated.pages(stream, bots, topic[bots], language[bots], district[bots])
    handle[told[0]], name[told[0]], bio[told[0]] = told[1:]
    return Society(
        n=n,
        platforms=tuple(platforms),
        start=start,
        end=end,
        platform=platform,
        community=community,
        language=language,
        district=district,
        topic=topic,
        created=created,
        tier=tier,
        moved=moved,
        style=np.where(machines, 3, below(stream + "/style", slots, 5)),
        name=name,
        handle=_unique(handle),
        bio=bio,
        automated=machines,
    )


def everyday(path: str, index, weights: list[int] | None) -> np.ndarray:
    """Draw one of the ten everyday topics per index, alike or by weights.

    Example:
        >>> everyday("t", [1, 2], [0, 0, 5, 0, 0, 0, 0, 0, 0, 0]).tolist()
        [2, 2]
    """
    return below(path, index, 10) if weights is None else pick(path, index, weights)


def _names(stream: str, slots: np.ndarray, language: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return given and family names; the language of the name follows that of the account."""
    given, family = (np.empty(len(slots), dtype=object) for _ in range(2))
    for number, code in enumerate(pools.LANGUAGES):
        rows = np.flatnonzero(language == number)
        for kind, column in (("given", given), ("family", family)):
            values, weights = pools.names(code, kind)
            column[rows] = values[pick(f"{stream}/name/{kind}", rows, weights)]
    return given, family


def _handles(stream: str, slots: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Return one handle per slot: lower case, ASCII. Half begin with the given name."""
    heads, tails = pools.words("handle_head"), pools.words("handle_tail")
    drawn = heads[below(stream + "/handle/head", slots, len(heads))]
    by_name = chance(stream + "/handle/name", slots, 500_000)
    head = np.where(
        by_name, np.array([_ascii(name) for name in given.tolist()], dtype=object), drawn
    )
    tail = tails[below(stream + "/handle/tail", slots, len(tails))]
    joint = np.array(["", "_", "."], dtype=object)[pick(stream + "/handle/joint", slots, [4, 3, 2])]
    digits = np.array(["", *(str(number) for number in range(2, 100))], dtype=object)
    some = chance(stream + "/handle/digits", slots, 350_000)
    number = np.where(some, 1 + below(stream + "/handle/number", slots, 98), 0)
    return head + joint + tail + digits[number]


def _unique(handle: np.ndarray) -> np.ndarray:
    """Give repeated handles "_2", "_3", …: a number after an underscore comes from nowhere else."""
    slots = np.flatnonzero(pd.Series(handle, dtype=object).duplicated())
    seen: dict[str, int] = {}
    for slot, value in zip(slots.tolist(), handle[slots].tolist(), strict=True):
        seen[value] = seen.get(value, 1) + 1
        handle[slot] = f"{value}_{seen[value]}"
    return handle


_PLAIN = str.maketrans("áéíóúüñçÁÉÍÓÚÑ", "aeiouuncAEIOUN")


@cache  # names come from a pool, so few are asked for often
def _ascii(name: str) -> str:
    return name.translate(_PLAIN).lower()


def activity(stream: str, society: Society, per_account: int) -> np.ndarray:
    """Return the number of ordinary posts of each slot, lognormal with a long tail."""
    slots = np.arange(society.n)
    part = society.platform * 2 + society.automated
    share = stratified(stream + "/activity", part, pools.table("activity")) * per_account
    count = (share + below(stream + "/activity/round", slots, 65536)) >> 16
    program = np.clip(count, automated.LEAST, automated.MOST)
    return np.where(society.automated, program, np.minimum(count, 4000))


def shuffled_slots(stream: str, n: int) -> np.ndarray:
    """Return all slots in a keyed order, for casting."""
    return permutation(stream + "/cast", n)
