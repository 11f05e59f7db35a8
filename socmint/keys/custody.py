"""Expected answers of the lab "custody": by what was planted, and by hashes of its own."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

import pandas as pd

from socmint.chain import first_break
from socmint.check import DF, NUM, RANK, SET, Key, Wrong
from socmint.check.kinds import Score, Unreadable, describe

# ---- Q1, Q2: hashes ------------------------------------------------------------------------------


def _digest(data: bytes) -> str:
    return hashlib.new("sha256", data, usedforsecurity=False).hexdigest()


def _hashes(world, data=lambda row: row.page.encode(), digest=_digest) -> pd.DataFrame:
    """The table of Q1, with other bytes or another function for the mistakes."""
    rows = [(row.capture_id, digest(data(row))) for row in world.tables["captures"].itertuples()]
    return pd.DataFrame(rows, columns=["capture_id", "sha256"])


def _noted(world) -> pd.DataFrame:
    captures = world.tables["captures"]
    return captures[["capture_id", "page_sha256"]].set_axis(["capture_id", "sha256"], axis=1)


def _both(world) -> pd.DataFrame:
    """Hashes of today, and beside them the noted ones."""
    return _hashes(world).assign(noted=_noted(world)["sha256"])


@dataclass(frozen=True)
class _Hashes(DF):
    """Hashes by capture. The noted ones are worth nothing, though most of them are right."""

    def score(self, answer, expected) -> Score:
        """Score as DF does, unless the column of noted hashes was copied."""
        base = super().score(answer, expected)
        if not any(digest for _, digest in answer):
            return Score(0.0, [_NO_RETURN])
        if "noted" in expected:
            noted = dict(zip(expected["capture_id"], expected["noted"], strict=True))
            if {name: digest for name, digest in answer if digest} == noted:
                return Score(0.0, base.notes)
        return base


_NO_RETURN = (
    "Your column sha256 is empty. Does your function end with return, and what should come out?"
)


@dataclass(frozen=True)
class _Fields(DF):
    """Rows by field: each row too many takes two right ones away."""

    def score(self, answer, expected) -> Score:
        """Score as DF does, and make rows too many dearer."""
        base = super().score(answer, expected)
        rows = len(expected)
        extra = len({row[0] for row in answer} - set(expected["field"].str.strip()))
        share = (base.fraction * (rows + extra) - 2 * extra) / rows
        return Score(max(0.0, share), base.notes)


@dataclass(frozen=True)
class _Named(SET):
    """A choice: each right id earns a share, and each other one takes `cost` shares away."""

    def score(self, answer, expected) -> Score:
        """Count shares; the notes are those of SET."""
        base = super().score(answer, expected)
        named, right = set(answer), set(expected["right"])
        share = (len(named & right) - expected["cost"] * len(named - right)) / len(right)
        return Score(max(0.0, share), base.notes)


def _altered(world, *files: str) -> set[str]:
    bag = world.truth["bag"]
    return set(bag.loc[bag["altered"].isin(files), "capture_id"])


def _choice(world) -> dict[str, set[str]]:
    right = _altered(world, "page", "metadata")
    return {"right": right, "others": set(world.truth["bag"]["capture_id"]) - right, "cost": 1}


def _thrice(world) -> list[str]:
    bag = world.truth["bag"].dropna(subset="turn")
    return bag.sort_values("time")["capture_id"].tolist()


def _late_clock(world) -> set[str]:
    """Captures of the computer that missed the change, after the change."""
    captures = world.tables["captures"].merge(world.truth["bag"], on="capture_id")
    shown = pd.to_datetime(captures["clock"], utc=True)
    off = (captures["machine"] == "desk-3") & (captures["time"] > shown)
    return set(captures.loc[off & (shown > pd.Timestamp("2031-03-16", tz="UTC")), "capture_id"])


# ---- Q3: the log ---------------------------------------------------------------------------------


def _break(world) -> int:
    """Number of the first line that does not follow, by hashing every line again."""
    log = world.tables["custody_log"]
    return int(log["line"].iloc[first_break(log.drop(columns="line").to_dict("records"))])


def _back_in_time(world) -> int:
    log = world.tables["custody_log"]
    lines = zip(log["line"], log["happened"], log["happened"].shift(), strict=True)
    return next(line for line, time, before in lines if line > 1 and time < before)


# ---- Q4: the page that changed -------------------------------------------------------------------


def _changes(world) -> pd.DataFrame:
    return world.truth["page_changes"]


def _all_fields(world) -> pd.DataFrame:
    """The three captures side by side, read by hand."""
    pages = world.tables["captures"].set_index("capture_id")["page"]
    columns = {}
    for name, capture in zip(("first", "second", "third"), _thrice(world), strict=True):
        columns[name] = dict(line.split(": ", 1) for line in pages[capture].splitlines())
    fields = list(dict.fromkeys(field for column in columns.values() for field in column))
    table = {name: [column.get(field) for field in fields] for name, column in columns.items()}
    return pd.DataFrame({"field": fields} | table)


# ---- Q5: the order -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _SameDay(RANK):
    """An order, scored by the pairs of one day: the others stand right by their dates alone.

    A quarter of these pairs in the wrong order is worth nothing: so many go wrong untreated.
    """

    def _read_one(self, value: object, what: str) -> list[str]:
        if isinstance(value, list | pd.Series) and len(value) == 2 * self.length:
            counts = pd.Series(list(value)).value_counts()
            if len(counts) == self.length and (counts == 2).all():
                raise Unreadable("Each capture met two checks. Match the column `after`, too.")
        return super()._read_one(value, what)

    def _score_pairs(self, name: str, ids: list[str], worth: pd.Series) -> Score:
        if set(ids) != set(worth.index):
            return super()._score_pairs(name, ids, worth)
        days = worth // 86_400
        pairs = [(a, b) for a, b in combinations(ids, 2) if days[a] == days[b]]
        wrong = sum(worth[a] < worth[b] for a, b in pairs)
        far = [(a, b) for a, b in combinations(ids, 2) if days[a] != days[b]]
        late = sum(worth[a] < worth[b] for a, b in far)
        notes = []
        if wrong:
            notes.append(f"{wrong} of {len(pairs)} pairs of one day stand in the wrong order.")
        if late:
            notes.append("Captures of different days stand in the wrong order, too.")
        return Score(0.0 if late else max(0.0, 1 - 4 * wrong / len(pairs)), notes)


def _times(world) -> dict[str, float]:
    """Captures by how early they are: the earliest has the highest number."""
    bag = world.truth["bag"]
    return {row.capture_id: -row.time.timestamp() for row in bag.itertuples()}


def _sorted(world, read) -> list[str]:
    """Captures in the order of a time that is read off the row in some way."""
    captures = world.tables["captures"]
    times = {
        row.capture_id: read(row, datetime.fromisoformat(row.clock)) for row in _rows(captures)
    }
    return sorted(times, key=lambda name: (times[name], name))


def _rows(table: pd.DataFrame) -> list:
    return list(table.itertuples())


_CHANGE = datetime(2031, 3, 16, 2)


def _stated(row, clock: datetime) -> float:
    """Believe the zone that the computer states, summer time included."""
    if row.zone == "UTC":
        return _seconds(clock)
    return _seconds(clock) + (3600 if clock > _CHANGE else 7200)


def _winter(row, clock: datetime) -> float:
    return _seconds(clock) + (0 if row.zone == "UTC" else 7200)


def _seconds(clock: datetime) -> float:
    return (clock - datetime(2031, 1, 1)).total_seconds()


# ---- Q6: own captures ----------------------------------------------------------------------------

_LEAST = 2  # characters that say what, who and how; initials are enough
_FIELDS = ("what", "where", "when", "clock", "who", "how", "content_sha256")


@dataclass(frozen=True)
class _Own:
    """Custody records: each page of the tasking that is well recorded earns the same share.

    A page of somebody whom the tasking does not name takes two shares away.
    """

    def read(self, value: object) -> list[list]:
        """Return the captures as rows of texts; other lines of the log are passed over."""
        if not isinstance(value, pd.DataFrame):
            raise Unreadable(f"Your answer is {describe(value)}. A table (DataFrame) is needed.")
        if "action" in value:
            value = value[value["action"] == "captured"]
        if value.empty:
            raise Unreadable("Your bag holds no capture yet.")
        missing = [name for name in _FIELDS if name not in value.columns]
        if missing:
            raise Unreadable(f"Your records do not say {' and '.join(missing)}.")
        table = value[list(_FIELDS)].fillna("").astype(str)
        return [[cell.strip() for cell in row] for row in table.itertuples(index=False, name=None)]

    def score(self, answer, expected) -> Score:
        """Count the good records of the pages that may be captured."""
        mine, all_ = expected["mine"], expected["all"]
        notes, good, strangers, unknown = [], set(), set(), 0
        for what, where, when, clock, who, how, digest in answer:
            if where in all_ and where not in mine:
                strangers.add(where)
            elif where not in all_:
                unknown += 1
            elif digest != mine[where]:
                notes.append(_BYTES)
            elif short := [
                name
                for name, said in (("what", what), ("who", who), ("how", how))
                if len(said) < _LEAST
            ]:
                notes.append(
                    f"A record says too little in {' and '.join(short)}: write {_LEAST} characters "
                    "or more."
                )
            elif not (_is_time(when) and when.endswith(("Z", "+00:00")) and _is_time(clock)):
                notes.append(_ZONE)
            else:
                good.add(where)
        if strangers:
            notes.append(_STRANGERS)
        if unknown:
            notes.append(_ADDRESS)
        if len(good) < len(mine) and not notes:
            notes.append(_FEW)
        share = (len(good) - 2 * len(strangers)) / len(mine)
        return Score(max(0.0, share), list(dict.fromkeys(notes)))


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


_BYTES = (
    "The hash of a record is not that of the page. Capture row.page as it is: do not strip, sort "
    "or rewrite it."
)
_ZONE = "The time of a record has no time zone. Let custody.capture take the time."
_STRANGERS = (
    "You captured pages of people whom the tasking does not name. Each takes two fifths away: "
    "look at case.subjects before you capture."
)
_ADDRESS = (
    "A record does not say where the page stands. In `where` belongs the address, as in the column "
    "address."
)
_FEW = "Some pages of the tasking are missing from your bag."


def _own_pages(world) -> dict[str, dict[str, str]]:
    named = set(world.tables["subjects"]["account_id"])
    rows = _rows(world.tables["pages"])
    return {
        "mine": {
            row.address: _digest(row.page.encode()) for row in rows if row.account_id in named
        },
        "all": {row.address: row.account_id for row in rows},
    }


def _recorded(world, keep=lambda row, named: row.account_id in named, **change) -> pd.DataFrame:
    """Records as somebody would make them; `change` maps a field to a function of the row."""
    named = set(world.tables["subjects"]["account_id"])
    records = []
    for row in _rows(world.tables["pages"]):
        if keep(row, named):
            record = {"action": "captured", "what": "page", "where": row.address, "who": "AB"}
            record |= {"when": "2031-03-28T10:00:00Z", "clock": "2031-03-28T09:00:00-01:00"}
            record |= {"how": "a notebook", "content_sha256": _digest(row.page.encode())}
            records.append(record | {name: make(row) for name, make in change.items()})
    return pd.DataFrame(records)


def _first_five(world) -> pd.DataFrame:
    first = set(world.tables["pages"]["address"].head(5))
    table = _recorded(world, keep=lambda row, named: row.address in first)
    return table if len(table) else _recorded(world, keep=lambda *_: True)


# ---- Q7: statements ------------------------------------------------------------------------------


def _said(world, wanted) -> set[str]:
    """Ids of the statements for which wanted(row) is so; a row has the text and the truth."""
    both = world.tables["statements"].merge(world.truth["supported"], on="statement_id")
    return {row.statement_id for row in both.itertuples() if wanted(row)}


def _statements(world) -> dict[str, set[str]]:
    return {
        "right": _said(world, lambda row: row.supported),
        "others": _said(world, lambda row: not row.supported),
        "cost": 2,
    }


def _refuted(row) -> bool:
    return "byte for byte" in row.text and not row.supported


# ---- Q8: what must go ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Retention(SET):
    """Items to delete: each earns a share, and each other one takes a share away.

    Health that is kept and a hold that is broken take one share more.
    """

    def score(self, answer, expected) -> Score:
        """Weigh the two errors that cannot be made good."""
        right, health, held = (set(expected[name]) for name in ("right", "health", "held"))
        named = set(answer)
        if not named:
            return Score(0.0, ["Your list is empty.", _HEALTH])
        hits, extra, missing = named & right, named - right, right - named
        lost = len(extra) + len(extra & held) + len(missing & health)
        fraction = max(0.0, (len(hits) - lost) / len(right))
        notes = []
        if missing & health:
            notes.append(_HEALTH)
        if extra & held:
            notes.append(_HELD)
        if extra - held:
            notes.append("You delete something that a question of the tasking needs.")
        if missing - health:
            notes.append(
                "Something stays that no question needs and no court holds. Delete it as well."
            )
        return Score(fraction, notes)


_HEALTH = (
    "A bystander's health stays in your bag. “It may help one day” is no question, so this counts"
    " twice: delete it."
)
_HELD = "You delete something that a court holds. That cannot be made good, so it counts twice."


def _items(world, wanted) -> set[str]:
    return {row.item_id for row in _rows(world.tables["holdings"]) if wanted(row)}


def _goes(world) -> set[str]:
    fate = world.truth["disposals"]
    return set(fate.loc[fate["delete"], "item_id"])


def _review(world) -> dict[str, set[str]]:
    return {
        "right": _goes(world),
        "health": _items(world, lambda row: row.content == "health"),
        "held": _items(world, lambda row: isinstance(row.hold, str)),
    }


KEYS = {
    "q1": Key(
        kind=_Hashes(key=("capture_id",), columns={"sha256": None}),
        expected=_both,
        function=True,
        right="Twelve fingerprints, one for each page. Anybody with the same bytes gets the same "
        "digits, with any tool.",
        wrongs=(
            Wrong(
                "noted hashes copied",
                _noted,
                "These are the hashes that were noted. The question is what the files give today: "
                "compute them.",
            ),
            Wrong(
                "metadata hashed",
                lambda world: _hashes(world, lambda row: row.metadata.encode()),
                "You hashed the metadata. The question asks for the page files.",
            ),
            Wrong(
                "ends stripped",
                lambda world: _hashes(world, lambda row: row.page.strip().encode()),
                "You removed the line end of the last line before hashing. Every byte counts: hash "
                "the page as it is.",
            ),
            Wrong(
                "another encoding",
                lambda world: _hashes(world, lambda row: row.page.encode("utf-16")),
                "You turned the text into bytes as UTF-16. The unit hashes UTF-8.",
            ),
            Wrong(
                "accents dropped",
                lambda world: _hashes(world, lambda row: row.page.encode("ascii", "ignore")),
                "Your encoding drops letters that are not English. Use UTF-8, which keeps all.",
            ),
            Wrong("no return", lambda world: _noted(world).assign(sha256=None), _NO_RETURN),
            Wrong(
                "another function",
                lambda world: _hashes(world, digest=lambda data: hashlib.sha1(data).hexdigest()),
                "Your hashes have 40 digits: that is SHA-1. SHA-256 has 64.",
            ),
        ),
    ),
    "q2": Key(
        kind=_Named(of="capture ids", such_as="cap-01", noun="capture"),
        expected=_choice,
        right="One page and one metadata file are not what was hashed. For the one you can no "
        "longer say what the page said, for the other who captured it, or when.",
        wrongs=(
            Wrong(
                "pages only",
                lambda world: _altered(world, "page"),
                "You found the changed page file. Each capture has a second file with a hash of "
                "its own.",
            ),
            Wrong(
                "metadata only",
                lambda world: _altered(world, "metadata"),
                "You found the changed metadata file. Check the page files, too.",
            ),
            Wrong(
                "the page that changed on the web",
                lambda world: set(_thrice(world)),
                "These three show one page that its owner changed. Their files are those that "
                "were hashed: compare hashes, not pages.",
            ),
            Wrong(
                "the sound ones",
                lambda world: _choice(world)["others"],
                "You named the captures whose files are unchanged. Name the others.",
            ),
            Wrong(
                "the wrong clock",
                _late_clock,
                "These come from a computer with a wrong clock. A wrong time is no change after "
                "hashing: compare the hashes.",
            ),
        ),
    ),
    "q3": Key(
        kind=NUM(),
        expected=_break,
        right="From this line on the order of the log is not what was sealed. Each line's own hash "
        "still holds, so only the chain shows it.",
        wrongs=(
            Wrong(
                "counted from zero",
                lambda world: _break(world) - 1,
                "You counted from zero. The column line counts from one: add 1.",
            ),
            Wrong(
                "second line of the pair",
                lambda world: _break(world) + 1,
                "This line does not follow either, but it is not the first one. Look further up.",
            ),
            Wrong(
                "first line back in time",
                _back_in_time,
                "This line tells of something earlier than the line before. It says itself that "
                "it was written late, and its link holds: compare the hashes, not the times.",
            ),
            Wrong(
                "number of broken links",
                lambda world: 3,
                "So many links are broken. Give the number of the line with the first one.",
            ),
            Wrong(
                "last broken link",
                lambda world: _break(world) + 2,
                "This is the last line that does not follow. Give the first.",
            ),
        ),
    ),
    "q4": Key(
        kind=_Fields(key=("field",), columns={"first": None, "second": None, "third": None}),
        expected=_changes,
        right="Each capture is true for its moment. What came and went between two captures you "
        "will never see.",
        wrongs=(
            Wrong(
                "first and last only",
                lambda world: _changes(world)[
                    _changes(world)["first"].fillna("") != _changes(world)["third"].fillna("")
                ],
                "You compared the first capture with the last. Something changed and was changed "
                "back in between.",
            ),
            Wrong(
                "only fields that are always there",
                lambda world: _changes(world).dropna(),
                "You dropped fields that a capture lacks. What was added or taken away is a "
                "change, too.",
            ),
            Wrong(
                "every field",
                _all_fields,
                "You kept every field. Keep those that are not the same in all three captures.",
            ),
            Wrong(
                "from the last to the first",
                lambda world: _changes(world).rename(columns={"first": "third", "third": "first"}),
                "Your columns run from the last capture to the first. Sort by time first.",
            ),
        ),
    ),
    "q5": Key(
        kind=_SameDay(length=12, such_as="cap-01", pairs=True, noun="capture"),
        expected=_times,
        right="Three clocks, one order. It rests on the clock checks: without them two captures of "
        "desk-3 would stand an hour wrong in court.",
        wrongs=(
            Wrong(
                "by the clock as shown",
                lambda world: _sorted(world, lambda row, clock: _seconds(clock)),
                "This is the order of what the clocks showed. Did you take away what each clock "
                "was ahead? Take away, not add.",
            ),
            Wrong(
                "by the stated zone",
                lambda world: _sorted(world, _stated),
                "You believed the zone that each computer states. One of them missed the change to "
                "summer time: see the checks.",
            ),
            Wrong(
                "winter time all month",
                lambda world: _sorted(world, _winter),
                "You used winter time for the whole month. After the change one computer was an "
                "hour less behind.",
            ),
            Wrong(
                "in the order of the log",
                lambda world: [
                    item
                    for action, item in world.tables["custody_log"][["action", "item"]].to_numpy()
                    if action == "filed"
                ],
                "This is the order in which the captures were filed, after the shift and machine "
                "by machine. Only the checked clocks give the order of a day.",
            ),
            Wrong(
                "latest first",
                lambda world: sorted(_times(world), key=_times(world).get),
                "Your list runs from the latest to the earliest. Turn it around.",
            ),
        ),
    ),
    "q6": Key(
        kind=_Own(),
        expected=_own_pages,
        function=True,
        right="Five records that a stranger can check: what, where, when, who, how, and which "
        "bytes. And nobody is in the bag whom the tasking does not name.",
        wrongs=(
            Wrong(
                "all nine pages",
                lambda world: _recorded(world, keep=lambda *_: True),
                _STRANGERS,
            ),
            Wrong(
                "how with one letter",
                lambda world: _recorded(world, how=lambda row: "x"),
                "A record says too little in how: write 2 characters or more.",
            ),
            Wrong(
                "ends stripped",
                lambda world: _recorded(
                    world, content_sha256=lambda row: _digest(row.page.strip().encode())
                ),
                _BYTES,
            ),
            Wrong(
                "account ids for addresses",
                lambda world: _recorded(world, where=lambda row: row.account_id),
                _ADDRESS,
            ),
            Wrong(
                "time without a zone",
                lambda world: _recorded(world, when=lambda row: "2031-03-28 09:00"),
                _ZONE,
            ),
            Wrong(
                "one page only",
                lambda world: _recorded(world).head(1),
                _FEW,
            ),
        ),
    ),
    "q7": Key(
        kind=_Named(of="statement ids", such_as="s-1", noun="statement"),
        expected=_statements,
        right="Bytes and links, from the moment of hashing on. Who, why, whether it is true, and "
        "with what right: other evidence must say.",
        wrongs=(
            Wrong(
                "all eight",
                lambda world: _said(world, lambda row: True),
                "You named all eight. Some of these no hash can know.",
            ),
            Wrong(
                "the unsupported ones",
                lambda world: _statements(world)["others"],
                "You named those that the hashes do not support. The question asks for the others.",
            ),
            Wrong(
                "a refuted one as well",
                lambda world: _said(world, lambda row: row.supported or _refuted(row)),
                "One of your statements speaks of bytes and is false: the file has another hash "
                "today. Compute before you believe.",
            ),
            Wrong(
                "truth and authorship as well",
                lambda world: _said(
                    world, lambda row: row.supported or "file" not in row.text.casefold()
                ),
                "A hash does not read. It cannot tell whether a post is true, who wrote it, when, "
                "or with what right you took it.",
            ),
        ),
    ),
    "q8": Key(
        kind=_Retention(of="item ids", such_as="x-01", noun="item"),
        expected=_review,
        right="What nobody needs is gone, with its working copies, and the log still shows that it "
        "was there. The bystander's illness is nobody's evidence.",
        wrongs=(
            Wrong(
                "everything on bystanders",
                lambda world: _items(world, lambda row: row.shows == "bystander"),
                "You deleted everything that shows a bystander. One answers a question of the "
                "tasking, and one is held.",
            ),
            Wrong(
                "evidentiary copies only",
                lambda world: {
                    item
                    for item in _goes(world)
                    if item in _items(world, lambda row: row.copy == "evidence")
                },
                "You forgot the working copies. A copy that stays is the same intrusion.",
            ),
            Wrong(
                "holds overlooked",
                lambda world: _items(world, lambda row: row.reason not in ("R1", "R2", "R3")),
                "You overlooked the column hold. What a court holds stays, sealed.",
            ),
            Wrong(
                "health kept just in case",
                lambda world: _goes(world) - _review(world)["health"],
                _HEALTH,
            ),
            Wrong(
                "all items",
                lambda world: _items(world, lambda row: True),
                "You delete all. Keep what a question of the tasking needs.",
            ),
            Wrong(
                "what is needed",
                lambda world: _items(world, lambda row: True) - _goes(world),
                "You named what may stay. Name what must go.",
            ),
        ),
    ),
}
