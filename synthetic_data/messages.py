"""Direct messages and posts inside closed groups: what only those inside can read.

Ordinary threads run between people of whom one follows the other; ordinary posts stand in closed
groups, by members, after they joined. Planted lines come as rows and are laid among the others in
order of time, so that no id tells them apart.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synthetic_data import chat, pools, schema
from synthetic_data.columns import Ids
from synthetic_data.groups import CLOSED, Groups
from synthetic_data.posts import moments
from synthetic_data.society import DAY, Society
from synthetic_data.streams import below, chance
from synthetic_data.text import LIMIT

LONGEST = 8  # messages of an ordinary thread


@dataclass(frozen=True)
class Lines:
    """Lines before they are laid out; arrays of equal length.

    `box`: number of the thread or of the group. `writer`: slot. `other`: slot of the receiver, -1
    in a group. `time`: seconds since 1970. `text`: words. `language`: 0 en, 1 es.
    """

    box: np.ndarray
    writer: np.ndarray
    other: np.ndarray
    time: np.ndarray
    text: np.ndarray
    language: np.ndarray

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.box)


OPEN, ADD, YES, NO, GLAD, PITY, WAIT, MORE, CLOSE = range(9)
_MOVES = ("open", "add", "yes", "no", "glad", "pity")
_ANY = ("glad", "pity", "wait", "more", "close")  # moves that fit any topic
# Of a million lines of a move, those that fit any topic.
_PLAIN = np.array([0, 0, 0, 0, 450_000, 450_000, 1_000_000, 1_000_000, 1_000_000])


def turns(path: str, once: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, ...]:
    """Decide who writes in each turn of threads, and what kind of line it is.

    Somebody opens a topic, the other one says yes or no to it, and the first one is glad or makes
    the best of it. Before the answer the first one may add to what he asked, or wait; after it the
    other one may say more. Then the topic is over, and one of the two closes it or opens another.

    Args:
        path: stream.
        once: stable number of each thread.
        length: number of lines of each, up to LONGEST.

    Returns:
        Four arrays of shape (threads, LONGEST): whether the second person writes, the move, the
        topic of the thread (from 0), and whether there is such a line.
    """
    shape = len(once), LONGEST
    second, round_ = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=np.int64)
    move = np.full(shape, OPEN)
    opener = np.zeros(len(once), dtype=bool)
    answer = np.full(len(once), -1)  # YES or NO once somebody gave it
    over = np.zeros(len(once), dtype=bool)
    for turn in range(1, LONGEST):
        index = once * LONGEST + turn
        last = move[:, turn - 1]
        # Who writes changes with two messages in three.
        who = second[:, turn - 1] ^ chance(path + "/swap", index, 650_000)
        agrees = np.where(chance(path + "/yes", index, 620_000), YES, NO)
        ends = (last == GLAD) | (last == PITY)
        ends &= (who != second[:, turn - 1]) & chance(path + "/close", index, 600_000)
        asked = np.where(
            who != opener, agrees, np.where(last == OPEN, ADD, WAIT)
        )  # nobody has answered yet
        told = np.where(who == opener, np.where(answer == YES, GLAD, PITY), MORE)
        now = np.where(answer < 0, asked, told)
        now = np.where(over, np.where(ends, CLOSE, OPEN), now)
        fresh = now == OPEN
        answer = np.where(fresh, -1, np.where((now == YES) | (now == NO), now, answer))
        over = (over & ~fresh) | (now == GLAD) | (now == PITY)
        opener = np.where(fresh, who, opener)
        second[:, turn], move[:, turn] = who, now
        round_[:, turn] = round_[:, turn - 1] + fresh
    return second, move, round_, np.arange(LONGEST) < length[:, None]


def threads(stream: str, society: Society, source, target, apart, per_thousand: int) -> Lines:
    """Write ordinary threads of two to eight messages.

    Args:
        stream: root path.
        society: the accounts.
        source: follower slots.
        target: followed slots.
        apart: slots that are left out.
        per_thousand: threads for 1,000 accounts.

    Returns:
        Lines whose `box` counts from 0.
    """
    stream += "/messages"
    out = np.zeros(society.n, dtype=bool)
    out[apart] = True
    out |= society.automated
    fits = np.flatnonzero(~(out[source] | out[target]))
    count = society.n * per_thousand // 1000
    row = fits[below(stream + "/pair", np.arange(count), len(fits))]
    pair = np.minimum(source[row], target[row]) * society.n + np.maximum(source[row], target[row])
    _, once = np.unique(pair, return_index=True)
    one, two = source[row[once]], target[row[once]]
    length = 2 + below(stream + "/length", once, LONGEST - 1)
    second, move, round_, there = turns(stream, once, length)
    box, turn = np.nonzero(there)
    index = once[box] * LONGEST + turn
    days = (society.end - society.start) // DAY
    begin = moments(stream + "/at", once, society.start, days - 1)
    gap = 20 + below(stream + "/gap", index, 5400)
    total = np.cumsum(gap)
    since = total - (total - gap)[np.cumsum(length) - length][box]
    swap = second[there]
    writer, other = np.where(swap, two[box], one[box]), np.where(swap, one[box], two[box])
    language = society.language[one][box]
    return Lines(
        box=box,
        writer=writer,
        other=other,
        time=begin[box] + since,
        text=_said(
            stream + "/text",
            index,
            once[box] * LONGEST + round_[there],
            language,
            society.style[writer],
            move[there],
            society.name[other],
        ),
        language=language,
    )


def _said(path, index, topic, language, style, move, you) -> np.ndarray:
    """Write lines of threads; `topic` is a stable number that lines about one thing share."""
    names = chat.topics("message")
    of = below(path + "/topic", topic, len(names))
    plain = np.stack([chat.lists("any", name, "any") for name in _ANY])
    own = np.stack([[chat.lists("message", name, kind) for kind in _MOVES] for name in names])
    block = plain[np.maximum(move - GLAD, 0), language]
    rows = np.flatnonzero(below(path + "/plain", index, 1_000_000) >= _PLAIN[move])
    block[rows] = own[of[rows], move[rows], language[rows]]

    opens, answers = move == OPEN, (move == YES) | (move == NO)
    first, reply, ask, say = (
        chat.lists("any", *name)[language]
        for name in (("lead", "first"), ("lead", "answer"), ("tail", "ask"), ("tail", "say"))
    )
    # Some say two things at once, but not what they add in the next line.
    alone = opens & (np.roll(move, -1) != ADD)
    more = own[of, ADD, language]
    more[answers] = chat.lists("any", "more", "any")[language[answers]]
    return chat.write(
        path,
        index,
        topic,
        language,
        style,
        [
            _part(np.where(opens[:, None], first, reply), (opens | answers) * 300_000),
            _part(block, 1_000_000),
            _part(more, alone * 250_000 + answers * 60_000),
            _part(np.where(opens[:, None], ask, say), (opens | answers) * 130_000),
        ],
        you,
    )


def _part(block: np.ndarray, often) -> np.ndarray:
    """Return a part of lines for `chat.write`: templates to choose from, and how often."""
    return np.column_stack([block, np.broadcast_to(often, len(block))])


def group_talk(stream: str, society: Society, groups: Groups, first: int, per_thousand: int):
    """Write posts in ordinary closed groups.

    Args:
        stream: root path.
        society: the accounts.
        groups: all groups.
        first: number of the first planted group; it and those after it are left out.
        per_thousand: posts for 1,000 accounts.

    Returns:
        Lines whose `box` is the number of the group.
    """
    # Everybody may write once he is in; the last hours are left free.
    fits = np.flatnonzero(
        (groups.admission[groups.group] == CLOSED)
        & (groups.group < first)
        & (groups.time < society.end - 3 * 3600)
    )
    count = society.n * per_thousand // 1000 if len(fits) else 0
    return talk_of(stream + "/group-posts", society, groups, fits, count)


def talk_of(path: str, society: Society, groups: Groups, fits: np.ndarray, count: int) -> Lines:
    """Write posts in groups; four in ten answer one that came shortly before in the same group.

    Args:
        path: stream.
        society: the accounts.
        groups: the groups.
        fits: rows of memberships that may write, sorted by group.
        count: number of posts.

    Returns:
        Lines whose `box` is the number of the group.
    """
    index = np.arange(count)
    group, member, since = groups.group[fits], groups.member[fits], groups.time[fits]
    row = below(path + "/who", index, max(len(fits), 1))
    days = (society.end - society.start) // DAY
    time = moments(path + "/at", index, society.start, days)
    late = society.end - since[row] - 60
    late = since[row] + 60 + below(path + "/late", index, np.maximum(late, 1))
    time = np.where(time > since[row], time, late)
    # Who answers is another member, and in the group already.
    answers = chance(path + "/answers", index, 450_000)
    asked = np.maximum.accumulate(np.where(answers, 0, index))
    begin = np.searchsorted(group, group[row[asked]])
    many = np.searchsorted(group, group[row[asked]], side="right") - begin
    other = begin + below(path + "/other", index, np.maximum(many, 1))
    soon = time[asked] + 40 + 900 * (index - asked) + below(path + "/soon", index, 900)
    answers &= (member[other] != member[row[asked]]) & (since[other] < soon)
    answers &= (asked < index) & (soon < society.end)
    row, time = np.where(answers, other, row), np.where(answers, soon, time)
    topic = np.where(answers, asked, index)
    writer, box = member[row], group[row]
    language, style = society.language[writer], society.style[writer]
    # A few talk of what concerns all, the others of what the name of the group says.
    names = chat.topics("group")
    themes = np.full(len(groups.name), names.index("stairs"))
    for number in np.unique(box).tolist():
        found = chat.themes().search(groups.name[number])
        if found:
            themes[number] = found.lastindex
    theme = np.where(chance(path + "/any", topic, 60_000), 0, themes[box])
    some = [chat.topics("group", name) for name in names]
    many = np.array([len(each) for each in some])
    of = (np.cumsum(many) - many)[theme] + below(path + "/topic", topic, many[theme])
    own = np.stack(
        [
            [chat.lists("group", name, one, kind) for kind in ("post", "reply")]
            for name, each in zip(names, some, strict=True)
            for one in each
        ]
    )
    block = own[of, answers.astype(np.int64), language]
    # What fits any topic: some answers, and posts that nobody answers.
    plain = np.stack([chat.lists("any", kind, "any") for kind in ("post", "reply")])
    short = np.flatnonzero(
        (answers | ~np.append(answers[1:], False)) & chance(path + "/plain", index, 180_000)
    )
    block[short] = plain[answers[short].astype(np.int64), language[short]]
    often = np.full(count, 120_000)
    often[short] = 0
    reply, more, tail = (chat.lists("any", name, "group") for name in ("lead", "more", "tail"))
    text = chat.write(
        path + "/text",
        index,
        topic,
        language,
        style,
        [
            _part(reply[language], answers * 180_000),
            _part(block, 1_000_000),
            _part(more[language], often),
            _part(tail[language], ~answers * 50_000),
        ],
    )
    return Lines(
        box=box,
        writer=writer,
        other=np.full(count, -1),
        time=time,
        text=text,
        language=language,
    )


def joined(parts: list[Lines]) -> Lines:
    """Put lines behind one another."""
    return Lines(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("box", "writer", "other", "time", "text", "language")
        )
    )


def _places(lines: Lines) -> np.ndarray:
    """Return the place of each line in order of time."""
    return np.argsort(np.lexsort((np.arange(len(lines)), lines.time)))


def message_table(lines: Lines, account_id) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Lay messages out in order of time.

    Returns:
        The table; the id of each line, in the order in which lines came; the id of each thread.
        Threads are numbered in the order in which they begin.
    """
    begins = np.full(int(lines.box.max(initial=-1)) + 1, len(lines))
    np.minimum.at(begins, lines.box, _places(lines))
    rank = np.argsort(np.argsort(begins, kind="stable")) + 1
    thread = Ids("d", rank, 5).strings()
    columns = {
        "thread_id": thread[lines.box],
        "sender": account_id[lines.writer],
        "receiver": account_id[lines.other],
    }
    return *_table("messages", "m", 7, "private", lines, columns), thread


def group_table(lines: Lines, account_id, group_id) -> tuple[pd.DataFrame, np.ndarray]:
    """Lay posts of closed groups out in order of time.

    Returns:
        The table, and the id of each line in the order in which lines came.
    """
    columns = {"group_id": group_id[lines.box], "account_id": account_id[lines.writer]}
    return _table("group_posts", "gp", 6, "friends", lines, columns)


def _table(name: str, letters: str, width: int, tier: str, lines: Lines, columns: dict):
    """Number lines in order of time; return the table and the id of each line as it came."""
    place = _places(lines)
    order = np.argsort(place)
    ids = Ids(letters, np.arange(1, len(lines) + 1), width).strings()
    columns = columns | {
        "time": lines.time,
        "text": np.array([line[:LIMIT] for line in lines.text.tolist()], dtype=object),
    }
    table = schema.BY_NAME[name]
    found = {column: values[order] for column, values in columns.items()} | {
        "language": schema.chosen(np.array(pools.LANGUAGES, dtype=object), lines.language[order]),
        "tier": schema.chosen([tier], np.zeros(len(lines), dtype=np.int64)),
        table.key: ids,
    }
    return schema.frame(table, found), ids[place]
