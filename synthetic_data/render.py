"""From the draft of a world to columns, any rows at a time.

What a row says depends on the row alone. So a world can be written piece by piece, here or in
other processes, and the pieces together are the same however they were cut.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthetic_data import pools, text
from synthetic_data.columns import Either, Ids, Rows, Words
from synthetic_data.groups import Groups
from synthetic_data.handover import Night
from synthetic_data.plant import Planted
from synthetic_data.posts import MENTION, ORIGINAL, REPLY, REPOST, Plan, tier_at
from synthetic_data.schema import BY_NAME
from synthetic_data.society import TIERS, Society
from synthetic_data.staged import Staged
from synthetic_data.streams import below, chance, opaque, quantile
from synthetic_data.utf8 import ALL, Texts, encoded, gathered, joined

KINDS = np.array(["follow", "mention", "reply", "repost", "join"], dtype=object)
_ROWS = 100_000  # posts that are written at a time
_TIER = np.array(TIERS, dtype=object)
_LANGUAGE = np.array(pools.LANGUAGES, dtype=object)


def slots(numbers: np.ndarray) -> Ids:
    """Return the account ids of slots."""
    return Ids("a", numbers, 6)


@dataclass(frozen=True)
class PostRows:
    """All that some rows of `posts` are made from, in order of time; arrays of equal length.

    `id`: number of the post id, `width` its digits; `parent`: number of the id of the post that is
    answered or repeated, or -1. `platform`, `tier`, `language`: numbers in the scenario, in TIERS,
    in pools.LANGUAGES. `number`: stable number, from which likes are drawn. The text of a repost
    is that of its parent, so `said`, `topic`, `language`, `style`, `moment` (the time) and `who`
    (the handle that is addressed) belong to the parent there; `said` is its stable number.
    `again`: rows that are reposts, `first`: handle of who said it first, for these. `long`: how
    many originals in a million are long.
    `ready`: rows whose words were staged, in order, their texts and languages.
    """

    stream: str
    platforms: tuple[str, ...]
    width: int
    long: int
    id: np.ndarray
    parent: np.ndarray
    number: np.ndarray
    writer: np.ndarray
    platform: np.ndarray
    time: np.ndarray
    tier: np.ndarray
    kind: np.ndarray
    followers: np.ndarray
    said: np.ndarray
    original: np.ndarray
    topic: np.ndarray
    language: np.ndarray
    style: np.ndarray
    moment: np.ndarray
    who: Texts
    again: np.ndarray
    first: Texts
    ready: tuple[np.ndarray, np.ndarray, np.ndarray]

    def columns(self) -> dict:
        """Write the texts and return the columns of `posts`."""
        blocks = [slice(first, first + _ROWS) for first in range(0, max(len(self.id), 1), _ROWS)]
        bodies, tags, coined = zip(*map(self._written, blocks), strict=True)
        known = text.known_tags()
        new = len(known.size)
        for codes, more in zip(tags, coined, strict=True):
            codes[codes >= len(known.size)] += new - len(known.size)
            new += len(more.size)
        language = self.language.copy()
        language[self.ready[0]] = self.ready[2]
        likes = quantile(self.stream + "/likes", self.number, pools.table("activity"))
        likes = np.minimum(likes * (self.followers + 4) >> 18, 50_000)
        likes[self.kind == REPOST] = 0
        return {
            "post_id": Ids("p", self.id, self.width),
            "account_id": slots(self.writer),
            "platform": Words(np.array(self.platforms, dtype=object), self.platform),
            "time": self.time,
            "tier": Words(_TIER, self.tier),
            "text": gathered(bodies),
            "language": Words(_LANGUAGE, language),
            "hashtags": Words(gathered([known, *coined]), np.concatenate(tags)),
            "reply_to": Ids("p", np.where(self.kind == REPLY, self.parent, -1), self.width),
            "repost_of": Ids("p", np.where(self.kind == REPOST, self.parent, -1), self.width),
            "likes": likes,
        }

    def _written(self, some: slice) -> tuple[Texts, np.ndarray, Texts]:
        """Return the texts of some rows, and their hashtags as `text.compose` does."""
        rows, texts, _ = self.ready
        inside = slice(*np.searchsorted(rows, [some.start, some.stop]))
        ready, texts = rows[inside] - some.start, encoded(texts[inside].tolist()).looked()
        inside = slice(*np.searchsorted(self.again, [some.start, some.stop]))
        again = self.again[inside] - some.start
        names = self.first.chosen(inside)
        parts = [(ALL, text.same("RT @", again)), (ALL, names), (ALL, text.same(": ", again))]
        quoted = joined(len(again), parts)
        said, topic, language = self.said[some], self.topic[some], self.language[some]
        style, moment = self.style[some], self.moment[some]
        long = self.original[some] & chance(self.stream + "/long", said, self.long)
        long[ready] = False
        lines, tags, coined = text.compose(
            self.stream + "/text",
            said,
            topic,
            language,
            self.who.chosen(some),
            style,
            moment,
            [(again, quoted)],
            np.flatnonzero(long),
        )
        if len(ready):
            parts = [(again, quoted), (ready, texts)]
            staged = joined(len(said), parts)
            text.cut(staged)
            place = np.arange(len(said))
            place[ready] += len(said)
            lines = gathered([lines, staged]).chosen(place)
            tags[ready] = 0
        return lines, tags, coined


@dataclass(frozen=True)
class Draft:
    """A world before its texts are written: numbers, and the few words of each account.

    `stream`: root path. `first`: number of ordinary posts as they were drawn. `medical`: slots
    that post a medical fact. `posts`: all posts; `order`: positions in it in order of time.
    `width`: digits of a post id. `group_number`, `group_width`: of the group ids. `handle`, `name`,
    `bio`: per slot. `followers`: ordinary ones per slot. `script`: staged posts, the last ones of
    `posts`, or None. `night`: the hand-over case, or None.
    """

    stream: str
    name: str
    settings: dict
    seed: int
    society: Society
    planted: Planted
    posts: Plan
    order: np.ndarray
    width: int
    groups: Groups
    group_number: np.ndarray
    group_width: int
    handle: np.ndarray
    display: np.ndarray
    bio: np.ndarray
    followers: np.ndarray
    first: int
    medical: np.ndarray
    staged: Staged | None
    night: Night | None

    def rows(self) -> dict[str, Rows]:
        """Return the tables of accounts, posts and ties, not made yet."""
        return {
            "accounts": Rows(BY_NAME["accounts"], self.society.n, self.accounts),
            "posts": Rows(
                BY_NAME["posts"], len(self.order), lambda rows: self.post_rows(self.order[rows])
            ),
            "ties": Rows(BY_NAME["ties"], len(self.log.time), self.log.columns),
        }

    def witnesses(self) -> dict[str, np.ndarray]:
        """Return the rows of these tables that show what is planted, for `facts`.

        These are the first accounts, and what is written and done by the accounts of the cast, of
        the scope, and those that moved to friends only.
        """
        planted, society = self.planted, self.society
        ours = society.moved > 0
        ours[[part[0] for part in planted.cast]] = True
        ours[[slot for slot, _ in [*planted.scope, *planted.subjects]]] = True
        ours[self.medical] = True
        return {
            "accounts": np.arange(min(1000, society.n)),
            "posts": np.flatnonzero(ours[self.posts.writer[self.order]]),
            "ties": np.flatnonzero(ours[self.log.actor]),
        }

    def accounts(self, rows: np.ndarray) -> dict:
        """Return the columns of `accounts` for some slots."""
        society = self.society
        now = tier_at(society, rows, np.full(len(rows), society.end))
        return {
            "account_id": slots(rows),
            "platform": Words(np.array(society.platforms, dtype=object), society.platform[rows]),
            "handle": self.handle[rows],
            "display_name": self.display[rows],
            "bio": self.bio[rows],
            "language": Words(_LANGUAGE, society.language[rows]),
            "created": society.created[rows],
            "visibility": Words(_TIER, now),
            "district": Words(pools.words("district"), society.district[rows]),
            "synthetic": np.ones(len(rows), dtype=bool),
        }

    def post_ids(self, rows: np.ndarray) -> np.ndarray:
        """Return the numbers of the ids of posts, -1 for a position of -1."""
        numbers, some = np.full(len(rows), -1), np.flatnonzero(rows >= 0)
        numbers[some] = self._post_ids(self.posts.number[rows[some]])
        return numbers

    def _post_ids(self, numbers: np.ndarray) -> np.ndarray:
        return opaque(self.stream + "/post-id", numbers, self.width)[0]

    def post_rows(self, rows: np.ndarray) -> PostRows:
        """Return what posts at some positions of the plan are made from."""
        society, posts = self.society, self.posts
        writer, other, kind, time, topic, parent, number = (
            column[rows]
            for column in (
                posts.writer,
                posts.other,
                posts.kind,
                posts.time,
                posts.topic,
                posts.parent,
                posts.number,
            )
        )
        # What a repost says is another post's.
        again = np.flatnonzero(kind == REPOST)
        source = parent[again]
        told, said, speaker, moment = rows.copy(), number.copy(), writer.copy(), time.copy()
        told[again], said[again] = source, posts.number[source]
        speaker[again], moment[again] = posts.writer[source], posts.time[source]
        topic[again], other[again] = posts.topic[source], posts.other[source]
        original = kind == ORIGINAL
        original[again] = posts.kind[source] == ORIGINAL
        ready = (np.empty(0, dtype=np.int64), np.empty(0, dtype=object), np.empty(0, np.int64))
        if self.staged is not None:  # the last posts of the plan have their words already
            script = self.staged.script
            first = len(posts) - len(script.text)
            staged = np.flatnonzero(told >= first)
            spot = told[staged] - first
            words = np.array(script.text, dtype=object)[spot]
            ready = (staged, words, np.asarray(script.language, dtype=np.int64)[spot])
        return PostRows(
            stream=self.stream,
            platforms=society.platforms,
            width=self.width,
            long=self.settings["world"].get("long_posts_per_million", 0),
            id=self._post_ids(number),
            parent=self.post_ids(parent),
            number=number,
            writer=writer,
            platform=society.platform[writer],
            time=time,
            tier=tier_at(society, writer, time),
            kind=kind,
            followers=self.followers[writer],
            said=said,
            original=original,
            topic=topic.astype(np.int64),
            language=society.language[speaker],
            style=society.style[speaker],
            moment=moment,
            who=self.handles.chosen(other),
            again=again,
            first=self.handles.chosen(speaker[again]),
            ready=ready,
        )

    @cached_property
    def handles(self) -> Texts:
        """Return the handles, and behind the last one an empty text: that of nobody, -1."""
        return encoded([*self.handle.tolist(), ""]).looked()

    @cached_property
    def log(self) -> "Ties":
        """Lay follows, talk and joins out in one log in order of time."""
        society, planted, posts, groups = self.society, self.planted, self.posts, self.groups
        n = society.n
        pair = np.concatenate([planted.source, planted.follows[:, 0]]) * n
        pair += np.concatenate([planted.target, planted.follows[:, 1]])
        pair = np.sort(pair)
        pair = pair[np.append(True, pair[1:] != pair[:-1])]
        one, two = np.divmod(pair, n)
        earliest = np.maximum(society.created[one], society.created[two])
        since = below(self.stream + "/follow/at", pair, 1 << 20) * (society.end - earliest) >> 20
        since += earliest
        del earliest, pair  # in large worlds each of these columns has 100 MB
        talk = np.flatnonzero(posts.kind >= MENTION)
        sizes = [len(one), len(talk), len(groups.member)]
        time = np.concatenate([since, posts.time[talk], groups.time])
        kind = np.repeat(np.array([0, 0, 4], dtype=np.int8), sizes)
        kind[sizes[0] : sizes[0] + sizes[1]] = posts.kind[talk]
        actor = np.concatenate([one, posts.writer[talk], groups.member])
        whom = np.concatenate([two, posts.other[talk], groups.group])
        carrier = np.concatenate([np.full(sizes[0], -1), talk, np.full(sizes[2], -1)])
        del since, one, two
        # By time, kind, actor and object. Three of them fit into one number; where these are
        # equal, which is rare, the fourth decides.
        first = int(time.min())
        key = ((time - first << 3) + kind) * (1 << 23) + actor
        order = np.argsort(key)
        same = np.flatnonzero(np.diff(key[order]) == 0)
        some = np.union1d(same, same + 1)
        rows = order[some]
        order[some] = rows[np.lexsort((rows, whom[rows], key[rows]))]
        half = np.int32  # a log of millions of rows waits long in memory
        actor, whom, carrier = (part[order].astype(half) for part in (actor, whom, carrier))
        return Ties(self, time[order], kind[order], actor, whom, carrier)


@dataclass(frozen=True)
class Ties:
    """The log of ties; arrays of equal length, in order of the file.

    `time`; `kind`: number in KINDS; `actor`: slot; `whom`: slot, or position of a group for a
    join; `carrier`: position of a post in the plan, or -1.
    """

    draft: Draft
    time: np.ndarray
    kind: np.ndarray
    actor: np.ndarray
    whom: np.ndarray
    carrier: np.ndarray

    def columns(self, rows: np.ndarray) -> dict:
        """Return the columns of `ties` for some rows."""
        draft = self.draft
        join, whom = self.kind[rows] == 4, self.whom[rows]
        group = np.full(len(rows), -1)
        group[join] = draft.group_number[whom[join]]
        return {
            "tie_id": Ids("t", rows + 1, max(7, len(str(len(self.time))))),
            "time": self.time[rows],
            "kind": Words(KINDS, self.kind[rows]),
            "source": slots(self.actor[rows]),
            "target": Either(slots(np.where(join, -1, whom)), Ids("g", group, draft.group_width)),
            "post_id": Ids("p", draft.post_ids(self.carrier[rows]), draft.width),
        }
