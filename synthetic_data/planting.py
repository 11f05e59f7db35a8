"""Turn planted ties into posts with times, and choose who is in scope."""

import numpy as np

from synthetic_data import pools
from synthetic_data.measures import neighbours, shortest
from synthetic_data.posts import MENTION, ORIGINAL, REPLY, Plan, moments
from synthetic_data.society import DAY, Society
from synthetic_data.streams import below, chance, quantile, ranked
from synthetic_data.text import topic


def residents(
    stream: str, society: Society, cast: list[tuple], source, target, count: int, writes=None
):
    """Choose ordinary accounts that are follow neighbours of cast people.

    Popular accounts are left out: an authority does not name them for following back. Those who
    write (`writes`, per slot) come first: who is silent is not noticed.

    Returns:
        Slots, in a keyed order, `count` of them.
    """
    n = society.n
    near = np.zeros(n, dtype=bool)
    planted = np.zeros(n, dtype=bool)
    planted[[part[0] for part in cast]] = True
    core = planted & ~np.isin(np.arange(n), [p[0] for p in cast if p[2] in ("protester", "fan")])
    near[target[core[source]]] = True
    near[source[core[target]]] = True
    degree = np.bincount(source, minlength=n) + np.bincount(target, minlength=n)
    fits = (
        ~planted
        & ~society.automated
        & (degree <= 40)
        & (society.platform == society.platforms.index("Tikkeron"))
    )
    some = np.ones(n, dtype=bool) if writes is None else writes
    parts = [near & some, ~near & some, near & ~some, ~near & ~some]
    order = [ranked(stream + "/scope", np.flatnonzero(fits & part)) for part in parts]
    return np.concatenate(order)[:count]


BUSY = 500_000  # of a million planted posts, those that may move into busy days of their writer
WAITS = 20  # per cent of the days before the first ordinary post that stay free of planted ones
PRESENT = 12  # own posts from which somebody is there from the first day


def _begins(stream: str, society: Society, own: np.ndarray, ordinary: Plan) -> np.ndarray:
    """Return, per slot, the day (from 0) on which planted posts begin.

    Who has a part in a case posts more than most, and would be among the first to post. So the
    planted posts of an account wait for a part of the time in which it is silent anyway.
    """
    days = (society.end - society.start) // DAY
    first = society.start + below(stream + "/begins", np.arange(society.n), days) * DAY
    first[ordinary.writer] = society.end
    np.minimum.at(first, ordinary.writer, ordinary.time)
    day = (first - society.start) // DAY * WAITS // 100
    day[np.bincount(own[:, 0], minlength=society.n) >= PRESENT] = 0
    return day


def _busy(path: str, busiest: str, society: Society, slot, index, time, begin, span: int):
    """Move some posts into the days in which their writer posts most, as ordinary posts are."""
    days = (society.end - society.start) // DAY
    day = below(busiest, slot, days) + below(path + "/busy/which", index, max(1, days // 4))
    day %= days
    moved = chance(path + "/busy", index, BUSY) & (day >= begin) & (day < span)
    return np.where(moved, society.start + day * DAY + (time - society.start) % DAY, time)


def planted_posts(
    stream: str,
    society: Society,
    own: np.ndarray,
    talk: np.ndarray,
    first: int,
    within: int = 0,
    ordinary: Plan | None = None,
) -> Plan:
    """Give planted posts their times and parents.

    Args:
        stream: root path.
        society: the accounts.
        own: rows (slot, topic) of original posts; each slot has at least one.
        talk: rows (source, target, kind, topic).
        first: number of the first planted post.
        within: days from the start in which own posts come; 0 for the whole period.
        ordinary: ordinary posts, which say when planted ones begin; None for the first day.

    Returns:
        A plan. A reply answers an own post of its target within a day, one that came after its
        writer began to post where there is one.
    """
    busiest = stream + "/posts/busy/day"  # which days these are is said there
    stream += "/planted"
    days = (society.end - society.start) // DAY
    order = np.argsort(own[:, 0], kind="stable")
    own = own[order]
    slot = own[:, 0]
    k = np.arange(len(slot)) - np.searchsorted(slot, slot)
    index = slot * 256 + k
    # The last day is left free, so that every post can still be answered.
    span = within or days - 1
    begin = np.zeros(society.n, dtype=np.int64)
    if ordinary is not None:
        begin = _begins(stream, society, own, ordinary)
    time = moments(stream + "/own", index, society.start + begin[slot] * DAY, span - begin[slot])
    if not within:
        time = _busy(stream + "/own", busiest, society, slot, index, time, begin[slot], span)
    order = np.lexsort((time, slot))
    time, own = time[order], own[order]

    source, target, kind, theme = talk.T
    # The same pair may talk more than once: number the turns.
    pair = source * society.n + target
    by_pair = np.argsort(pair, kind="stable")
    turn = np.empty(len(pair), dtype=np.int64)
    turn[by_pair] = np.arange(len(pair)) - np.searchsorted(pair[by_pair], pair[by_pair])
    code = pair * 64 + turn
    since = society.start + begin[source] * DAY
    when = moments(stream + "/talk", code, since, days - begin[source])
    when = _busy(stream + "/talk", busiest, society, source, code, when, begin[source], days)
    start, stop = np.searchsorted(slot, target), np.searchsorted(slot, target, side="right")
    has = stop > start
    # Who comes late answers what is said from then on, where there is any.
    late = np.searchsorted((slot << 34) + time, (target << 34) + since)
    start = np.where(late < stop, late, start)
    parent = start + below(stream + "/parent", code, np.maximum(stop - start, 1))
    answer = (kind == REPLY) & has
    parent = np.where(answer, parent, -1)
    delay = 90 + (quantile(stream + "/delay", code, pools.table("gap")) * 5400 >> 16)
    when = np.where(answer, time[parent] + np.minimum(delay, DAY - 60), when)
    if (kind == REPLY)[~has].any():
        raise ValueError("a planted reply needs a target with own posts")
    count = len(slot) + len(source)
    return Plan(
        number=first + np.arange(count),
        writer=np.concatenate([slot, source]),
        other=np.concatenate([np.full(len(slot), -1), target]),
        kind=np.concatenate([np.full(len(slot), ORIGINAL), kind]),
        time=np.concatenate([time, when]),
        topic=np.concatenate([own[:, 1], theme]),
        parent=np.concatenate([np.full(len(slot), -1), parent]),
    )


PLAIN = 700_000  # of a million lines among the group that are worded like anybody's


def crew_talk(path: str, pairs: np.ndarray, topics: tuple[int, int]) -> np.ndarray:
    """Turn the organisation's pairs into mentions and replies, two or three per pair.

    Mentions and replies take turns over the pairs of a person, so that nobody's talk lies in one
    kind alone. Most lines have the words of everyday talk, so that words alone do not give the
    group away.

    Args:
        path: stream.
        pairs: pairs of slots.
        topics: topics of a mention and of a reply in the words of the group.

    Returns:
        Rows (source, target, kind, topic).
    """
    rows = []
    seen: dict[int, int] = {}
    for one, two in pairs.tolist():
        code = one * (1 << 24) + two
        count = 2 + int(below(path + "/count", code, 2)[0])
        first = (seen.get(one, 0) + seen.get(two, 0)) % 2
        for person in (one, two):
            seen[person] = seen.get(person, 0) + 1
        for turn in range(count):
            swap = bool(chance(path + "/way", code * 4 + turn, 500_000)[0])
            source, target = (two, one) if swap else (one, two)
            mixed = turn > 0 and bool(chance(path + "/mixed", code * 4 + turn, 250_000)[0])
            kind = (MENTION, REPLY)[(first + mixed) % 2]
            plain = bool(chance(path + "/plain", code * 4 + turn, PLAIN)[0])
            themes = (topic("mention"), topic("reply")) if plain else topics
            rows.append((source, target, kind, themes[kind == REPLY]))
    return np.array(rows, dtype=np.int64)


def complaint_bridge(
    path: str, ties: np.ndarray, talk: np.ndarray, tip: int, wide: set[int]
) -> int:
    """Choose whom the account named in a complaint follows: its only tie in scope.

    The bridge lies two steps (else three) from the tip-off by exactly one shortest path. So the
    complaint account lies one step further, again by one path, and its last step is a mere follow.

    Args:
        path: stream.
        ties: all account-to-account ties in scope, shape (ties, 2).
        talk: those with talk.
        tip: slot of the tip-off.
        wide: slots that may not be the bridge (cast people).

    Returns:
        The slot of the bridge.

    Raises:
        LookupError: there is none; the caller draws again.
    """
    links = neighbours(ties)
    distance, paths, previous = shortest(links, tip)
    spoken = {(min(a, b), max(a, b)) for a, b in talk.tolist()}
    for steps in (2, 3):
        good = [
            node
            for node, far in distance.items()
            if far == steps and paths[node] == 1 and node not in wide and len(links[node]) <= 30
        ]
        # Prefer a path that has talk in it, so that the count of mere follows is not the length.
        mixed = []
        for node in good:
            here, found = node, False
            while here != tip:
                step = (min(here, previous[here]), max(here, previous[here]))
                found |= step in spoken
                here = previous[here]
            if found:
                mixed.append(node)
        if mixed or good:
            return int(ranked(path, np.array(sorted(mixed or good)))[0])
    raise LookupError("no unique path from the tip-off")
