"""Groups, the small closed chats ("rooms"), and who joined them."""

from dataclasses import dataclass

import numpy as np

from synthetic_data import pools
from synthetic_data.posts import moments
from synthetic_data.society import DAY, Society
from synthetic_data.streams import below, chance, pick
from synthetic_data.text import fill

OPEN, CLOSED = 0, 1
ROOM_PLATFORM = "Tikkeron"


@dataclass(frozen=True)
class Groups:
    """Groups and joins.

    Per group: `platform`, `admission` (OPEN or CLOSED), `name`, `extra` (members that the page
    shows beyond the joins on record). Per join: `group` (position), `member` (slot), `time`.
    """

    platform: np.ndarray
    admission: np.ndarray
    name: np.ndarray
    extra: np.ndarray
    group: np.ndarray
    member: np.ndarray
    time: np.ndarray


def join(first: Groups, second: Groups) -> Groups:
    """Put two sets of groups behind one another."""
    both = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in ("platform", "admission", "name", "extra", "member", "time")
    }
    return Groups(group=np.concatenate([first.group, second.group + len(first.platform)]), **both)


def names(path: str, index: np.ndarray, kind: str) -> np.ndarray:
    """Write group names; `kind` is `open` or `room`. Both languages occur."""
    out = np.empty(len(index), dtype=object)
    spanish = below(path + "/language", index, 2)
    for number, language in enumerate(pools.LANGUAGES):
        templates = pools.grammar(f"pages.{language}")["groups"][kind]
        chosen = below(path + "/template", index, len(templates))
        for which, template in enumerate(templates):
            rows = np.flatnonzero((spanish == number) & (chosen == which))
            out[rows] = fill(f"{path}/{language}.{which}", index[rows], template, language)
    return out


def ordinary_groups(stream: str, society: Society, per_thousand: int, source, target) -> Groups:
    """Make the open and closed groups of everyday life, and small rooms on Tikkeron.

    Args:
        stream: root path.
        society: the accounts.
        per_thousand: rooms for each 1,000 accounts of Tikkeron.
        source: follower slots, sorted.
        target: followed slots.
    """
    n, slots = society.n, np.arange(society.n)
    stream += "/groups"
    sizes = np.bincount(society.platform, minlength=len(society.platforms))
    counts = np.maximum(3, sizes // 120)
    platform = np.repeat(np.arange(len(counts)), counts)
    index = np.arange(len(platform))
    room_platform = society.platforms.index(ROOM_PLATFORM)
    closed = chance(stream + "/closed", index, 300_000) & (platform != room_platform)
    # How many groups an account joins, and which: large groups attract more.
    joins = pick(stream + "/joins", slots, [50, 30, 15, 5]) * ~society.automated
    member = np.repeat(slots, joins)
    turn = member * 4 + np.arange(len(member)) - np.repeat(np.cumsum(joins) - joins, joins)
    group = np.zeros(len(member), dtype=np.int64)
    for number, count in enumerate(counts):
        rows = np.flatnonzero(society.platform[member] == number)
        weights = 1_000_000 // np.arange(2, count + 2)
        group[rows] = counts[:number].sum() + pick(stream + "/which", turn[rows], weights)
    keep = _first_of_pair(group, member, n)
    group, member, turn = group[keep], member[keep], turn[keep]
    earliest = society.created[member]
    span = society.end - DAY - earliest
    time = earliest + 60 + (below(stream + "/at", turn, 1 << 20) * span >> 20)
    public = Groups(
        platform,
        np.where(closed, CLOSED, OPEN),
        names(stream + "/name", index, "open"),
        np.zeros(len(platform), dtype=np.int64),
        group,
        member,
        time,
    )
    return join(public, _rooms(stream + "/rooms", society, per_thousand, source, target))


def _rooms(stream, society, per_thousand, source, target) -> Groups:
    """Make small closed chats: somebody and two to six people whom he follows."""
    platform = society.platforms.index(ROOM_PLATFORM)
    followers = np.bincount(target, minlength=society.n)
    degree = np.bincount(source, minlength=society.n)
    people = (society.platform == platform) & ~society.automated
    hosts = np.flatnonzero(people & (degree > 4))
    count = np.count_nonzero(society.platform == platform) * per_thousand // 1000
    host = hosts[below(stream + "/host", np.arange(count), len(hosts))]
    guests = 2 + below(stream + "/guests", np.arange(count), 5)
    room = np.repeat(np.arange(count), guests)
    index = room * 8 + np.arange(len(room)) - np.repeat(np.cumsum(guests) - guests, guests)
    step = below(stream + "/guest", index, degree[host[room]])
    guest = target[np.searchsorted(source, host[room]) + step]
    # A person with a large public keeps out of small chats.
    fits = people[guest] & (followers[guest] < 40)
    member = np.concatenate([host, guest[fits]])
    room = np.concatenate([np.arange(count), room[fits]])
    keep = _first_of_pair(room, member, society.n)
    return make_rooms(stream, society, room[keep], member[keep], count)


def make_rooms(stream: str, society: Society, room, member, count: int) -> Groups:
    """Turn pairs (room, member) into closed groups of Tikkeron with names and joining times."""
    index = np.arange(count)
    days = (society.end - society.start) // DAY
    opened = moments(stream + "/opened", index, society.start, days * 3 // 4)
    turn = room * 64 + np.arange(len(room)) - np.searchsorted(np.sort(room), room)
    return Groups(
        np.full(count, society.platforms.index(ROOM_PLATFORM)),
        np.full(count, CLOSED),
        names(stream + "/name", index, "room"),
        np.zeros(count, dtype=np.int64),
        room,
        member,
        opened[room] + below(stream + "/at", np.abs(turn), 3 * DAY),
    )


def _first_of_pair(group: np.ndarray, member: np.ndarray, n: int) -> np.ndarray:
    """Return the positions that keep each (group, member) once, sorted by group."""
    _, first = np.unique(group * n + member, return_index=True)
    return first
