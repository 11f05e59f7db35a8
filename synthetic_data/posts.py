"""Ordinary posts: how many, when, to whom; and the shape that planted posts share."""

from dataclasses import dataclass, fields

import numpy as np

from synthetic_data import pools
from synthetic_data.society import DAY, Society, activity, everyday
from synthetic_data.streams import below, chance, pick, quantile
from synthetic_data.text import of_the_day, topic

ORIGINAL, MENTION, REPLY, REPOST = range(4)
_PER = 4096  # room for the posts of one slot in a stream's index

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
        field.name: np.concatenate([getattr(first, field.name), getattr(second, field.name)])
        for field in fields(Plan)
    }
    columns["parent"] = np.concatenate([first.parent, moved])
    return Plan(**columns)


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
    count = activity(stream, n, per_account)
    stream += "/posts"
    writer = np.repeat(np.arange(n), count)
    first = np.cumsum(count) - count
    k = np.arange(len(writer)) - first[writer]
    index = writer * _PER + k

    # Sessions: nearly half of the posts come a few minutes after the one before.
    opens = (k == 0) | ~chance(stream + "/session", index, 450_000)
    opening = np.maximum.accumulate(np.where(opens, np.arange(len(writer)), 0))
    gap = quantile(stream + "/gap", index, pools.table("gap")) * 420 >> 16
    gap = np.cumsum(np.where(opens, 0, gap + 20))
    chronotype = (below(stream + "/chronotype", np.arange(n), 5) - 2) * 3600
    days = (society.end - society.start) // DAY
    time = moments(stream + "/time", index[opening], society.start, days)
    if busy:
        day = below(stream + "/busy", writer, days)
        day = (day + below(stream + "/busy/day", index[opening], max(1, days // 4))) % days
        drawn = chance(stream + "/busy/in", index[opening], busy)
        time = np.where(drawn, society.start + day * DAY + (time - society.start) % DAY, time)
    time = time + chronotype[writer] + gap - gap[opening]
    span = society.end - society.start
    time = society.start + (time - society.start) % span
    # Rows of a writer stand together, in order of k: a stable sort leaves equal times so.
    time = time[
        np.argsort((writer << 34) + time, kind="stable")
    ]  # the k-th post of a writer is now his k-th in time

    kind = pick(stream + "/kind", index, [42, 12, 27, 19])
    follows = np.bincount(source, minlength=n)
    start_of = np.searchsorted(source, np.arange(n))
    can = follows[writer] > 0
    kind = np.where(can, kind, ORIGINAL)
    chosen = start_of[writer] + below(stream + "/other", index, np.maximum(follows[writer], 1))
    other = np.where(kind == ORIGINAL, -1, target[np.minimum(chosen, len(target) - 1)])

    # The latest earlier post of the other account that is not itself a repost.
    eligible = np.flatnonzero(kind != REPOST)
    place = writer[eligible] * (1 << 34) + time[eligible]
    rows = np.flatnonzero(kind >= REPLY)
    seek = np.searchsorted(place, other[rows] * (1 << 34) + time[rows], side="left") - 1
    earlier = eligible[np.maximum(seek, 0)]
    fits = (seek >= 0) & (writer[earlier] == other[rows]) & (time[earlier] < time[rows])
    shown = tier_at(society, writer[earlier], time[earlier])
    fits &= np.where(kind[rows] == REPOST, shown <= 1, shown <= 2)
    parent = np.full(len(writer), -1)
    parent[rows[fits]] = earlier[fits]
    kind[rows[~fits]] = ORIGINAL
    other[rows[~fits]] = -1

    own = chance(stream + "/topic/own", index, 500_000)
    theme = np.where(own, society.topic[writer], everyday(stream + "/topic", index, weights))
    day = (time - society.start) // DAY + 1
    theme = of_the_day(stream + "/topic/day", index, day, theme)
    theme = np.where(kind == MENTION, topic("mention"), theme)
    theme = np.where(kind == REPLY, topic("reply"), theme)
    return Plan(
        np.arange(len(writer)),
        writer,
        other,
        kind,
        time,
        theme,
        parent,
    )


def tier_at(society: Society, slot: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Return the tier (number in TIERS) that posts of a slot have at a time."""
    gone = (society.moved[slot] > 0) & (time >= society.moved[slot])
    return np.where(gone, 2, society.tier[slot])
