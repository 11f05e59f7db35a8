"""Ordinary posts: how many, when, to whom; and the shape that planted posts share.

Most posts that are repeated are found on the front page: one post in fifty is good enough for it,
and how good follows a Pareto law. Who looks there takes the better ones more often. So the sizes
of cascades have the heavy tail that Goel et al. (2016) measured. Followers alone, who see a post
until the next one comes, would give sizes that fall off like an exponential. There is one front
page for each platform and language. Nobody repeats a post twice, or a post of their own.
"""

from dataclasses import dataclass, fields

import numpy as np

from synthetic_data import automated, pools
from synthetic_data.society import DAY, Society, activity, everyday
from synthetic_data.streams import below, chance, stratified, u64
from synthetic_data.text import of_the_day, topic

ORIGINAL, MENTION, REPLY, REPOST = range(4)
_PER = 4096  # room for the posts of one slot in a stream's index
_WRITERS = 4000  # slots whose posts are planned at a time

# Posts per hour of the day: low between three and five, high in the evening (peak/trough 9).
_HOURS = [30, 22, 15, 10, 9, 11, 24, 42, 52, 50, 48, 52, 60, 62, 54, 50, 54, 62, 72, 82, 88, 84]
_HOURS += [68, 46]
_HOUR = np.repeat(np.arange(24), _HOURS)
_WEEK = np.array([100, 96, 98, 102, 118, 124, 112])  # from Monday

_KIND = np.repeat(np.arange(4, dtype=np.int8), [138, 31, 69, 18])  # of 256 posts
_GOOD = 20_000  # of 2**20 posts, those good enough for the front page
_FRONT = 600_000  # of a million who repeat something, those who look at nothing else
# Quantiles of a Pareto law of shape 8/7: u to the power of -7/8, which is 1/2 + 1/4 + 1/8, so that
# square roots will do. These are rounded alike everywhere.
_ROOT = np.sqrt((np.arange(1 << 14, 0, -1) - 0.5) / (1 << 14))
_APPEAL = (256 / (_ROOT * np.sqrt(_ROOT) * np.sqrt(np.sqrt(_ROOT)))).astype(np.int64)


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
    day, week = _halves(path + "/day", index)
    day = day * days >> 32
    # Accept the day in proportion to its weekday, else draw once more: keeps the weekly shape.
    again = np.flatnonzero((week * 124 >> 32) >= _WEEK[(day + first) % 7])
    day[again] = below(path + "/day2", np.asarray(index)[again], days[again])
    hour, second = _halves(path + "/hour", index)
    hour = _HOUR[hour * len(_HOUR) >> 32]
    return start + day * DAY + hour * 3600 + (second * 3600 >> 32)


def _halves(path: str, index) -> tuple[np.ndarray, np.ndarray]:
    """Return two whole numbers under 2**32 per index, for two draws at the price of one."""
    drawn = u64(path, index)
    return (drawn >> np.uint64(32)).view(np.int64), (drawn & np.uint64(2**32 - 1)).view(np.int64)


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

    Of these about 73 % are original, 12 % mention, 10 % reply, 5 % repost. Who is addressed is
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
    start_of = np.cumsum(follows) - follows
    writer = np.repeat(np.arange(n), count)
    other, time = np.empty_like(writer), np.empty_like(writer)
    kind, theme = np.empty(len(writer), dtype=np.int8), np.empty(len(writer), dtype=np.int8)
    good = []
    # What a post is depends on its writer's other posts, so writers are taken by the thousand:
    # that needs little memory, and what is needed stays in the processor's cache.
    for low in range(0, n, _WRITERS):
        high = min(low + _WRITERS, n)
        some = slice(first[low], first[high])
        whose = writer[some]
        k = np.arange(first[low], first[high]) - first[whose]
        index = whose * _PER + k
        when = _times(stream, society, np.arange(low, high), whose, k, index, busy)
        bots = np.flatnonzero(society.automated[whose])
        when[bots] = automated.times(
            root, whose[bots], k[bots], count[whose[bots]], society.start, days
        )
        time[some] = when
        what = u64(stream + "/what", index)  # eight bits for the kind, and so on
        bits = what.view(np.int64)
        drawn = _KIND[bits & 255]
        drawn[follows[whose] == 0] = ORIGINAL
        drawn[bots] = ORIGINAL  # a program looks at no other account
        kind[some] = drawn
        spoken = np.flatnonzero(drawn)
        whom = (what[spoken] >> np.uint64(32)).view(np.int64)
        whom = start_of[whose[spoken]] + (whom * follows[whose[spoken]] >> 32)
        other[some] = -1
        other[some][spoken] = target[whom]
        good.append(first[low] + np.flatnonzero((bits >> 9 & 2**20 - 1) < _GOOD))
        about = society.topic[whose]
        free = np.flatnonzero(bits & 256)
        about[free] = everyday(stream + "/topic", index[free], weights)
        day = (when - society.start) // DAY + 1
        about = of_the_day(stream + "/topic/day", index, day, about)
        about[bots] = society.topic[whose[bots]]
        theme[some] = about

    # The latest earlier post of the other account that is not itself a repost; a search is faster
    # when it goes in order.
    parent = np.full(len(writer), -1)
    span = society.end - society.start
    answers = np.flatnonzero(kind >= REPLY)
    key = other[answers] * span + time[answers]
    answers = answers[np.argsort(key)]
    whom = other[answers]
    earlier = np.searchsorted(writer * span + time, whom * span + time[answers]) - 1
    while True:
        own = earlier >= first[whom]
        back = np.flatnonzero(own & (kind[earlier] == REPOST))
        if not len(back):
            break
        earlier[back] -= 1
    shown = tier_at(society, whom, time[earlier])
    fits = own & (shown <= np.where(kind[answers] == REPOST, 1, 2))
    parent[answers[fits]] = earlier[fits]
    alone = np.flatnonzero((kind == REPLY) & (parent < 0))
    kind[alone] = ORIGINAL
    again = np.flatnonzero(kind == REPOST)
    index = writer[again] * _PER + again - first[writer[again]]
    good = np.concatenate(good)
    good = good[kind[good] <= MENTION]
    chosen = _repeated(stream, society, writer, time, index, again, parent[again], good)
    parent[again] = chosen
    other[again] = writer[chosen]
    alone = np.append(alone, again[chosen < 0])
    kind[alone], other[alone] = ORIGINAL, -1

    theme[kind == MENTION] = topic("mention")
    theme[kind == REPLY] = topic("reply")
    return Plan(np.arange(len(writer)), writer, other, kind, time, theme, parent)


def _repeated(stream: str, society: Society, writer, time, index, again, seen, good) -> np.ndarray:
    """Return the post that each of the posts `again` repeats, or -1.

    Args:
        stream: path.
        society: the accounts.
        writer: slot per post.
        time: seconds since 1970 per post.
        index: entity number of each post that repeats another.
        again: these posts.
        seen: the post that each of them met from a followed account, or -1.
        good: posts that may stand on a front page.
    """
    page = society.platform * 2 + society.language  # whose front page somebody reads
    good = good[tier_at(society, writer[good], time[good]) <= 1]
    place = (page[writer[good]] << 40) + time[good]
    order = np.argsort(place, kind="stable")
    good, place = good[order], place[order]
    appeal = stratified(stream + "/appeal", place >> 40, _APPEAL)
    until = np.append(0, np.cumsum(appeal))
    looks = np.flatnonzero(chance(stream + "/front", index, _FRONT) | (seen < 0))
    point, back = _halves(stream + "/front/which", index[looks])
    now = time[again[looks]]
    oldest = np.maximum(now - (society.end - society.start >> (back & 1)), society.start)
    here = page[writer[again[looks]]] << 40
    low, high = (until[np.searchsorted(place, here + moment)] for moment in (oldest, now))
    some = np.flatnonzero(low < high)
    point = low[some] + (point[some] * (high - low)[some] >> 32)
    seen = seen.copy()
    seen[looks] = -1
    seen[looks[some]] = good[np.searchsorted(until, point, side="right") - 1]
    # Rows stand in order of writer and time, so the first of several repeats is kept.
    pair = writer[again] * len(writer) + seen
    order = np.argsort(pair, kind="stable")
    twice = np.zeros(len(again), dtype=bool)
    twice[order[1:]] = pair[order[1:]] == pair[order[:-1]]
    return np.where(twice | (writer[seen] == writer[again]), -1, seen)


def _times(stream: str, society: Society, slots, writer, k, index, busy: int) -> np.ndarray:
    """Return the time of the k-th post of each writer, in order of k; `slots` are all writers."""
    days = (society.end - society.start) // DAY
    # Sessions: nearly half of the posts come a few minutes after the one before.
    drawn = u64(stream + "/session", index)
    opens = (k == 0) | (drawn >= np.uint64(45 * 2**64 // 100))
    gap = pools.table("gap")
    gap = gap[(drawn.view(np.int64) & 2**32 - 1) * len(gap) >> 32] * 420 >> 16
    gap = np.cumsum(np.where(opens, 0, gap + 20))
    session = np.cumsum(opens) - 1
    opens = np.flatnonzero(opens)
    who, starts = writer[opens], index[opens]
    time = moments(stream + "/time", starts, society.start, days)
    time -= society.start
    if busy:
        day, drawn = _halves(stream + "/busy", starts)
        day = day * max(1, days // 4) >> 32
        day += below(stream + "/busy/day", slots, days)[who - slots[0]]
        time = np.where(drawn < (busy << 32) // 1_000_000, day % days * DAY + time % DAY, time)
    chronotype = (below(stream + "/chronotype", slots, 5) - 2) * 3600
    time += chronotype[who - slots[0]] - gap[opens]
    time = (time[session] + gap) % (society.end - society.start)
    # Rows of a writer stand together, so sorting all of them sorts those of each.
    at = writer << 34
    return np.sort(at + time) - at + society.start


def tier_at(society: Society, slot: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Return the tier (number in TIERS) that posts of a slot have at a time."""
    gone = (society.moved[slot] > 0) & (time >= society.moved[slot])
    return np.where(gone, 2, society.tier[slot])
