"""Direct messages and posts inside closed groups: what only those inside can read.

Ordinary threads run between people of whom one follows the other; ordinary posts stand in closed
groups, by members, after they joined. Planted lines come as rows and are laid among the others in
order of time, so that no id tells them apart.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from synthetic_data import pools, schema
from synthetic_data.groups import CLOSED, Groups
from synthetic_data.posts import moments
from synthetic_data.society import DAY, Society
from synthetic_data.streams import below, chance
from synthetic_data.text import LIMIT, fill

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


@cache
def chat() -> dict:
    """Return the lines of `grammar/chat.toml`, by kind and language.

    Example:
        >>> sorted(chat())
        ['group', 'message']
    """
    path = Path(__file__).parent / "grammar" / "chat.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def write(path: str, index: np.ndarray, language: np.ndarray, words: dict) -> np.ndarray:
    """Write one line per index from the lines of each language; half of them get a second one.

    Args:
        path: stream.
        index: stable number of each line.
        language: 0 en, 1 es, per line.
        words: lines by language, with slots of the grammar.

    Example:
        >>> write("w", np.array([1]), np.array([0]), {"en": ["hello"], "es": ["hola"]}).tolist()
        ['hello']
    """
    out = _line(path, index, language, words)
    more = np.flatnonzero(chance(path + "/more", index, 500_000))
    second = _line(path + "/second", index[more], language[more], words)
    out[more] = [
        one + (" " if one[-1] in "?!" else ", ") + two
        for one, two in zip(out[more], second, strict=True)
    ]
    return out


def _line(path: str, index: np.ndarray, language: np.ndarray, words: dict) -> np.ndarray:
    out = np.empty(len(index), dtype=object)
    for number, code in enumerate(pools.LANGUAGES):
        templates = words[code]
        chosen = below(path + "/line", index, len(templates))
        for which, template in enumerate(templates):
            rows = np.flatnonzero((language == number) & (chosen == which))
            if len(rows):
                out[rows] = fill(f"{path}/{code}.{which}", index[rows], template, code)
    return out


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
    box = np.repeat(np.arange(len(once)), length)
    turn = np.arange(len(box)) - np.repeat(np.cumsum(length) - length, length)
    index = once[box] * LONGEST + turn
    days = (society.end - society.start) // DAY
    begin = moments(stream + "/at", once, society.start, days - 1)
    gap = 20 + below(stream + "/gap", index, 5400)
    total = np.cumsum(gap)
    since = total - (total - gap)[np.cumsum(length) - length][box]
    # Who writes changes with two messages in three.
    changes = np.cumsum((turn > 0) & chance(stream + "/swap", index, 650_000))
    swap = (changes - changes[np.cumsum(length) - length][box]) % 2 == 1
    language = society.language[one][box]
    return Lines(
        box=box,
        writer=np.where(swap, two[box], one[box]),
        other=np.where(swap, one[box], two[box]),
        time=begin[box] + since,
        text=write(stream + "/text", index, language, chat()["message"]),
        language=language,
    )


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
    stream += "/group-posts"
    # Everybody may write once he is in; the last hour is left free.
    fits = np.flatnonzero(
        (groups.admission[groups.group] == CLOSED)
        & (groups.group < first)
        & (groups.time < society.end - 3600)
    )
    index = np.arange(society.n * per_thousand // 1000 if len(fits) else 0)
    row = fits[below(stream + "/who", index, max(len(fits), 1))]
    days = (society.end - society.start) // DAY
    time = moments(stream + "/at", index, society.start, days)
    since = groups.time[row]
    late = since + 60 + below(stream + "/late", index, np.maximum(society.end - since - 60, 1))
    language = society.language[groups.member[row]]
    return Lines(
        box=groups.group[row],
        writer=groups.member[row],
        other=np.full(len(index), -1),
        time=np.where(time > since, time, late),
        text=write(stream + "/text", index, language, chat()["group"]),
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
    thread = np.array([f"d-{number:05d}" for number in rank.tolist()], dtype=object)
    columns = {
        "thread_id": thread[lines.box],
        "sender": account_id[lines.writer],
        "receiver": account_id[lines.other],
    }
    return *_table("messages", "m-{:07d}", "private", lines, columns), thread


def group_table(lines: Lines, account_id, group_id) -> tuple[pd.DataFrame, np.ndarray]:
    """Lay posts of closed groups out in order of time.

    Returns:
        The table, and the id of each line in the order in which lines came.
    """
    columns = {"group_id": group_id[lines.box], "account_id": account_id[lines.writer]}
    return _table("group_posts", "gp-{:06d}", "friends", lines, columns)


def _table(name: str, form: str, tier: str, lines: Lines, columns: dict):
    """Number lines in order of time; return the table and the id of each line as it came."""
    place = _places(lines)
    order = np.argsort(place)
    ids = np.array([form.format(number) for number in range(1, len(lines) + 1)], dtype=object)
    columns = columns | {
        "time": lines.time,
        "text": np.array([line[:LIMIT] for line in lines.text.tolist()], dtype=object),
        "language": np.array(pools.LANGUAGES, dtype=object)[lines.language],
        "tier": np.full(len(lines), tier, dtype=object),
    }
    table = schema.BY_NAME[name]
    found = {column: values[order] for column, values in columns.items()}
    return schema.frame(table, found | {table.key: ids}), ids[place]
