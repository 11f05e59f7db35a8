"""Ordinary posts: how many, when, to whom; and the shape that planted posts share."""

from dataclasses import dataclass, fields

import numpy as np

from synthetic_data import automated, pools
from synthetic_data.society import DAY, Society, activity, everyday
from synthetic_data.streams import below, chance, pick, quantile
from synthetic_data.text import of_the_day, topic

ORIGINAL, MENTION, REPLY, REPOST = range(4)
_PER = 4096  # room for the posts of one slot in a stream's index
_WRITERS = 4000  # slots whose posts are planned at a time

# Posts per hour of the day: low between three and five, high in the evening (peak/trough 9).
_HOURS = [30, 22, 15, 10, 9, 11, 24, 42, 52, 50, 48, 52, 60, 62, 54, 50, 54, 62, 72, 82, 88, 84]
_HOURS += [68, 46]
_WEEK = [100, 96, 98, 102, 118, 124, 112]  # from Monday


@dataclass(frozen=True)
class Plan:
    """Posts before their text is written; arrays of equal length.

    `number`: stable number (see `opaque`); `writer`, `other`: slots (`other` is -1 where nobody is
    addressed); `kind`: ORIGINAL … REPOST; `time`: seconds since 1970; `topic`: number of the topic;
    `parent`: position in the plan of the post that is answered or repeated, or -1.
    """

    number: np.ndarray
    writer: np.ndarray
    other: np.ndarray
    kind: np.ndarray
    time: np.ndarray
    topic: np.ndarray
    parent: np.ndarray

    def __len__(self) -> int:
        """Return the number of posts."""
        return len(self.number)


def join(first: Plan, second: Plan) -> Plan:
    """Put two plans behind one another; parents of the second move along."""
    moved = np.where(second.parent >= 0, second.parent + len(first), -1)
    columns = {
        field.name: np.concatenate(
            [getattr(first, field.name), getattr(second, field.name)],
            dtype=getattr(first, field.name).dtype,  # small ones stay small
            casting="unsafe",
        )
        for field in fields(Plan)
    }
    columns["parent"] = np.concatenate([first.parent, moved])
    return Plan(**columns)


def head(plan: Plan, count: int) -> Plan:
    """Return the first posts of a plan; the arrays are views."""
    return Plan(*(getattr(plan, field.name)[:count] for field in fields(Plan)))


def without(plan: Plan, drop: np.ndarray) -> Plan:
    """Leave out posts, and with them every post that answers or repeats one of them."""
    drop = drop.copy()
    while True:
        orphan = (plan.parent >= 0) & drop[plan.parent] & ~drop
        if not orphan.any():
            break
        drop |= orphan
    place = np.cumsum(~drop) - 1
    columns = {field.name: getattr(plan, field.name)[~drop] for field in fields(Plan)}
    columns["parent"] = np.where(columns["parent"] >= 0, place[columns["parent"]], -1)
    return Plan(**columns)


def moments(path: str, index: np.ndarray, start: int, days) -> np.ndarray:
    """Draw times with a daily and a weekly rhythm (seconds since 1970, UTC).

    Args:
        path: stream.
        index: entity numbers.
        start: first midnight.
        days: how many days, one number or one per row.
    """
    days = np.broadcast_to(np.asarray(days), np.shape(index))
    first = (start // DAY + 3) % 7  # 1970-01-01 was a Thursday
    day = below(path + "/day", index, days)
    # Accept the day in proportion to its weekday, else draw once more: keeps the weekly shape.
    weight = np.array(_WEEK)[(day + first) % 7]
    again = below(path + "/week", index, 124) >= weight
    day = np.where(again, below(path + "/day2", index, days), day)
    hour = pick(path + "/hour", index, _HOURS)
    return start + day * DAY + hour * 3600 + below(path + "/second", index, 3600)


def ordinary_posts(
    stream: str,
    society: Society,
    per_account: int,
    source,
    target,
    weights=None,
    busy: int = 0,
) -> Plan:
    """Plan the ordinary posts of every slot, sorted by writer and time.

    Of these about 63 % are original, 11 % mention, 14 % reply, 11 % repost. Who is addressed is
    drawn from the accounts that the writer follows; a reply or repost needs an earlier post that
    the writer can see. Where there is none the post is an original.

    Args:
        stream: root path.
        society: the accounts.
        per_account: mean number of posts.
        source: follower slots, sorted.
        target: followed slots.
        weights: how often each of the ten everyday topics comes up; alike when left out.
        busy: how many of a million sessions fall into the busiest quarter of the writer's time,
            one stretch of days; so a short pause is mostly followed by a short one.
    """
    n = society.n
    days = (society.end - society.start) // DAY
    count = activity(stream, society, per_account)
    root, stream = stream, stream + "/posts"
    first = np.append(0, np.cumsum(count))
    follows = np.bincount(source, minlength=n)
    start_of = np.append(0, np.cumsum(follows))
    writer = np.repeat(np.arange(n), count)
    other, time = np.empty_like(writer), np.empty_like(writer)
    kind, theme = np.empty(len(writer), dtype=np.int8), np.empty(len(writer), dtype=np.int8)
    # What a post is depends on its writer's other posts, so writers are taken by the thousand:
    # that needs little memory, and what is needed stays in the processor's cache.
    for low in range(0, n, _WRITERS):
        high = min(low + _WRITERS, n)
        some = slice(first[low], first[high])
        whose = writer[some]
        k = np.arange(first[low], first[high]) - first[whose]
        index = whose * _PER + k
        when = _times(stream, society, whose, k, index, busy)
        bots = np.flatnonzero(society.automated[whose])
        when[bots] = automated.times(
            root, whose[bots], k[bots], count[whose[bots]], society.start, days
        )
        time[some] = when
        drawn = pick(stream + "/kind", index, [42, 12, 27, 19])
        drawn[follows[whose] == 0] = ORIGINAL
        drawn[bots] = ORIGINAL  # a program looks at no other account
        chosen = start_of[whose] + below(stream + "/other", index, np.maximum(follows[whose], 1))
        whom = target[np.minimum(chosen, len(target) - 1)]
        kind[some], other[some] = drawn, np.where(drawn == ORIGINAL, -1, whom)
        own = chance(stream + "/topic/own", index, 500_000)
        about = np.where(own, society.topic[whose], everyday(stream + "/topic", index, weights))
        day = (when - society.start) // DAY + 1
        about = of_the_day(stream + "/topic/day", index, day, about)
        about[bots] = society.topic[whose[bots]]
        theme[some] = about

    # The latest earlier post of the other account that is not itself a repost.
    parent = np.full(len(writer), -1)
    eligible = np.flatnonzero(kind != REPOST)
    place = writer[eligible] * (1 << 34) + time[eligible]
    for answers in np.array_split(np.flatnonzero(kind >= REPLY), n // _WRITERS + 1):
        seek = np.searchsorted(place, other[answers] * (1 << 34) + time[answers], side="left") - 1
        earlier = eligible[np.maximum(seek, 0)]
        fits = (seek >= 0) & (writer[earlier] == other[answers])
        fits &= time[earlier] < time[answers]
        shown = tier_at(society, writer[earlier], time[earlier])
        fits &= shown <= np.where(kind[answers] == REPOST, 1, 2)
        parent[answers[fits]] = earlier[fits]
        alone = answers[~fits]
        kind[alone], other[alone] = ORIGINAL, -1

    theme[kind == MENTION] = topic("mention")
    theme[kind == REPLY] = topic("reply")
    return Plan(np.arange(len(writer)), writer, other, kind, time, theme, parent)


def _times(stream: str, society: Society, writer, k, index, busy: int) -> np.ndarray:
    """Return the time of the k-th post of each writer, in order of k."""
    days = (society.end - society.start) // DAY
    # Sessions: nearly half of the posts come a few minutes after the one before.
    opens = (k == 0) | ~chance(stream + "/session", index, 450_000)
    opening = np.maximum.accumulate(np.where(opens, np.arange(len(writer)), 0))
    gap = quantile(stream + "/gap", index, pools.table("gap")) * 420 >> 16
    gap = np.cumsum(np.where(opens, 0, gap + 20))
    starts = index[opens]
    time = moments(stream + "/time", starts, society.start, days)
    if busy:
        day = below(stream + "/busy", writer[opens], days)
        day = (day + below(stream + "/busy/day", starts, max(1, days // 4))) % days
        drawn = chance(stream + "/busy/in", starts, busy)
        time = np.where(drawn, society.start + day * DAY + (time - society.start) % DAY, time)
    time = time[np.cumsum(opens) - 1]  # that of the post which opened the session
    chronotype = (below(stream + "/chronotype", writer, 5) - 2) * 3600
    span = society.end - society.start
    time = society.start + (time + chronotype + gap - gap[opening] - society.start) % span
    # Rows of a writer stand together, in order of k: a stable sort leaves equal times so.
    return time[np.argsort((writer << 34) + time, kind="stable")]


def tier_at(society: Society, slot: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Return the tier (number in TIERS) that posts of a slot have at a time."""
    gone = (society.moved[slot] > 0) & (time >= society.moved[slot])
    return np.where(gone, 2, society.tier[slot])
