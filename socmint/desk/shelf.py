"""What can be collected in a world: every item with its place, its day and its price."""

import json
import re
from functools import lru_cache

import numpy as np
import pandas as pd

from socmint.desk.profile import TIERS, Profile
from socmint.errors import CourseError
from synthetic_data import World
from synthetic_data.streams import permutation

DAY = 86_400
PAGE = 20
"""Posts that a call shows, unless it asks for another number."""
SUBJECT, ASSOCIATE, BYSTANDER = range(3)
PERSONS = ("subject", "associate", "bystander")
ORDINARY, LOCATION, SPECIAL, CHILD = range(4)
CONTENTS = ("ordinary", "location", "special", "child")
_SOURCES = {
    "posts": ("post_id", "account_id", None),
    "group_posts": ("group_post_id", "account_id", "group_id"),
    "messages": ("message_id", "sender", "thread_id"),
}
_INSIDE = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")  # bytes that go on with a word
_HANDLE = re.compile(r"@([\w.]*\w)")
_WORD = re.compile(r"[\w#@-]+")


def shelf_of(world: World, profile: Profile) -> "Shelf":
    """Return the shelf of a world at a profile's prices; made once for each."""
    return _made(world, json.dumps(profile.points))


@lru_cache(maxsize=2)
def _made(world: World, points: str) -> "Shelf":
    return Shelf(world, json.loads(points))


class Shelf:
    """Items of a world as arrays of equal length, in order of time within each table.

    Attributes:
        item: ids. table: name of the table. slot: number of the account that wrote it. tier: 0 to
        3. day: first day on which it is there (1 …; 0 for what was there before). content:
        ORDINARY … CHILD. room: group or thread it stands in, or "". price: points of a first look.
        person: SUBJECT, ASSOCIATE or BYSTANDER, by account.
    """

    def __init__(self, world: World, points: dict):
        tables, truth = world.tables, world.truth or {}
        accounts = tables["accounts"]
        self.accounts = accounts
        self.account = accounts["account_id"].to_numpy(dtype=object)
        self.slot_of = {name: slot for slot, name in enumerate(self.account)}
        self.handle = accounts["handle"].to_numpy(dtype=object)
        self._slot_of_handle = {name: slot for slot, name in enumerate(self.handle)}
        self.groups = tables["groups"]
        start = pd.Timestamp(world.meta["start"], tz="UTC")
        parts = []
        for name, (key, writer, room) in _SOURCES.items():
            if name not in tables:
                continue
            table = tables[name]
            parts.append(
                {
                    "item": table[key].to_numpy(dtype=object),
                    "table": np.full(len(table), name, dtype=object),
                    "slot": _slots(table[writer], self.account),
                    "other": _slots(table["receiver"], self.account)
                    if name == "messages"
                    else np.full(len(table), -1),
                    "tier": pd.Categorical(table["tier"], TIERS).codes.astype(np.int64),
                    "time": table["time"].to_numpy(dtype="datetime64[s]"),
                    "day": ((table["time"] - start).dt.total_seconds() // DAY + 1)
                    .clip(lower=0)
                    .to_numpy(dtype=np.int64),
                    "text": table["text"].to_numpy(dtype=object),
                    "language": table["language"].to_numpy(dtype=object),
                    "room": np.full(len(table), "", dtype=object)
                    if room is None
                    else table[room].to_numpy(dtype=object),
                }
            )
        for name in parts[0]:
            setattr(self, name, np.concatenate([part[name] for part in parts]))
        self.days = int(world.meta["days"])
        self.place = {name: row for row, name in enumerate(self.item)}
        self.content = self._contents(tables, truth)
        self.person = self._persons(tables)
        self.price = (
            np.array([points["tier"][name] for name in TIERS])[self.tier]
            * np.array([points["content"][name] for name in CONTENTS])[self.content]
            * np.array([points["person"][name] for name in PERSONS])[self.person[self.slot]]
        )
        order = np.argsort(self.slot, kind="stable")
        self._by_slot, self._first = (
            order,
            np.searchsorted(self.slot[order], np.arange(len(self.account) + 1)),
        )
        # A keyed order: stable within a case, different in the next one.
        drawn = permutation(
            f"desk/{world.meta['scenario']}/{world.meta['seed']}", len(self.account)
        )
        self._masks = [f"x-{number:06d}" for number in drawn.tolist()]
        self._slot_of_mask = {name: slot for slot, name in enumerate(self._masks)}
        self._haystack: bytes | None = None

    # Who is who -----------------------------------------------------------------------------

    def mask(self, slot: int) -> str:
        """Return the pseudonym of an account in this case, such as "x-048213"."""
        return self._masks[slot]

    def find(self, name: str) -> int | None:
        """Return the slot of an account id, a pseudonym or a handle."""
        for names in (self.slot_of, self._slot_of_mask, self._slot_of_handle):
            slot = names.get(name.removeprefix("@"))
            if slot is not None:
                return slot
        return None

    # What there is --------------------------------------------------------------------------

    def of_account(self, slot: int) -> np.ndarray:
        """Return the rows that an account wrote."""
        return self._by_slot[self._first[slot] : self._first[slot + 1]]

    def of_room(self, room: str) -> np.ndarray:
        """Return the rows of a group or a thread."""
        return np.flatnonzero(self.room == room)

    def matching(self, words: str) -> np.ndarray:
        """Return the rows of posts that hold every word, in any order, whatever the accents.

        Raises:
            CourseError: there is no word to look for.
        """
        wanted = sorted(_WORD.findall(plain(words)), key=len, reverse=True)
        if not wanted:
            raise CourseError("Give at least one word to search for.")
        if self._haystack is None:
            lines = "\n".join(text.replace("\n", " ") for text in self.text[: self._posts])
            # As bytes: one emoji would make each letter of a text four bytes wide.
            self._haystack = b"\n" + plain(lines).encode() + b"\n"
            breaks = np.flatnonzero(np.frombuffer(self._haystack, dtype=np.uint8) == ord("\n"))
            self._starts = breaks[:-1]
        found = _hits(self._haystack, wanted[0].encode())
        rows = np.unique(np.searchsorted(self._starts, found, side="left") - 1)
        for word in wanted[1:]:
            rows = np.array(
                [row for row in rows if _hits(_line(self.text[row]), word.encode())],
                dtype=np.int64,
            )
        return rows

    @property
    def _posts(self) -> int:
        return int(np.searchsorted(self.table != "posts", True))

    def masked(self, text: str, known: set[int]) -> str:
        """Return a text with the handles of unknown accounts replaced."""

        def one(match: re.Match) -> str:
            slot = self._slot_of_handle.get(match[1])
            return match[0] if slot is None or slot in known else f"@{self.mask(slot)}"

        return _HANDLE.sub(one, text)

    # What it costs --------------------------------------------------------------------------

    def _contents(self, tables: dict, truth: dict) -> np.ndarray:
        content = np.full(len(self.item), ORDINARY)
        if "locations" in tables:
            told = tables["locations"]
            told = told[told["kind"].isin(["coordinates", "place_tag"])]
            content[[self.place[name] for name in told["post_id"]]] = LOCATION
        if "people" in truth:
            people = truth["people"]
            young = np.zeros(len(self.account), dtype=bool)
            young[
                _slots(people.loc[people["role"] == "young contact", "account_id"], self.account)
            ] = True
            content[young[self.slot]] = CHILD
        if "sensitive" in truth:
            content[[self.place[name] for name in truth["sensitive"]["row"]]] = SPECIAL
        return content

    def _persons(self, tables: dict) -> np.ndarray:
        """Subjects stand in the tasking; associates spoke with one of them or were spoken to."""
        person = np.full(len(self.account), BYSTANDER)
        subjects = _slots(tables["subjects"]["account_id"], self.account)
        ties = tables["ties"]
        ties = ties[ties["kind"].isin(["mention", "reply", "repost"])]
        source, target = (_slots(ties[end], self.account) for end in ("source", "target"))
        near = np.zeros(len(self.account), dtype=bool)
        near[subjects] = True
        person[target[near[source]]] = ASSOCIATE
        person[source[near[target]]] = ASSOCIATE
        person[subjects] = SUBJECT
        return person


def plain(text: str) -> str:
    """Return a text in lower case without accents, as searches compare it.

    Example:
        >>> plain("La Estación")
        'la estacion'
    """
    text = text.lower()
    for accented, letter in zip("áéíóúüñ", "aeiouun", strict=True):
        text = text.replace(accented, letter)
    return text


def _line(text: str) -> bytes:
    return b"\n" + plain(text).encode() + b"\n"


def _hits(haystack: bytes, word: bytes) -> list[int]:
    """Return where a word stands as a whole word; what is no ASCII letter ends a word."""
    found, place, length = [], haystack.find(word), len(word)
    while place >= 0:
        if haystack[place - 1] not in _INSIDE and haystack[place + length] not in _INSIDE:
            found.append(place)
        place = haystack.find(word, place + 1)
    return found


def _slots(names: pd.Series, account: np.ndarray) -> np.ndarray:
    """Return the slot of each id. Ids stand in order, so a sorted search finds them."""
    return np.searchsorted(account, names.to_numpy(dtype=object)).astype(np.int64)
