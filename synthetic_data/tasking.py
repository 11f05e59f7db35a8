"""The tasking desk: what it is asked, what it could collect, and what that would cost.

Questions lie on the desk. Some can be answered; each of the others fails for a reason of its own.
A draft plan holds sources of every kind, and one source is needed for each question that can be
answered: the most open one that brings enough items. Older reports, a ferry timetable, a rate
card, the steps of the cycle and a reader's feedback complete the desk. The words stand in
`tasking.toml`.
"""

import datetime
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from synthetic_data import schema
from synthetic_data.streams import below, permutation

DAY = 86_400
PHASES = ("direction", "collection", "processing", "analysis", "dissemination", "feedback")
WRITING, LONGEST = 2, 28
"""Days kept for writing before the decision, and the most days that an authority runs."""
EVENT, PERIOD = 3, 14
"""Days from the decision to a march or match, and to the end of what a question asks about."""
# The most open tier that can answer, for the first, second, … question that can be answered; and
# the chance in percent that its source answers in time.
LOWEST = ("public", "registered", "friends", "public", "registered", "public", "registered")
CHANCES = (90, 80, 30, 70, 10, 60, 20)
_CONTENT = ("ordinary", "ordinary", "special", "location", "ordinary", "ordinary", "location")

_SEARCH, _READ, _SPANISH, _PAGE, _PROVIDER = range(5)
_WORK = (  # work, unit, minutes at least
    ("run a search", "search", 6),
    ("read posts", "100 posts", 40),
    ("read posts in Spanish", "100 posts", 65),
    ("look at a page", "page", 9),
    ("ask a provider", "request", 150),
)
_QUAYS = ("Old Quay", "Muelle Sur")
_ISLANDS = ("Heronholm", "Isla Quevara", "Pico Lanvar")
_WEEK = ("Monday to Friday", "Saturday", "Sunday")
_PLATFORMS = ("Tikkeron", "Ombrisol", "Convivara")
_TAGS = ("#openharbour", "#QuayForAll", "#latehours", "#nightcrew")
_PERIODS = ("January 2031", "November 2030", "October 2030", "the summer of 2030")


@dataclass
class _Ask:
    """A question on the desk; `theme` and `slots` let sources and reports speak of the same."""

    kind: str
    text: str
    use: str
    by: int
    slots: dict
    theme: dict = field(default_factory=dict)
    name: str = ""
    shown: str | None = None


@cache
def words() -> dict:
    """Return the texts of the desk, as `tasking.toml` holds them.

    Example:
        >>> sorted(words())
        ['refused', 'report', 'step', 'theme']
    """
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def make(stream, settings, society, planted, tables, truth) -> tuple[dict, dict, list]:
    """Make the tables of the desk; the plan starts on the day after the log ends.

    Args and returns: see `layers.add_family`.
    """
    stream, start = stream + "/tasking", society.end
    accounts = tables["accounts"]
    asks = _asks(stream, start, settings["answerable"], accounts, truth["people"])
    kept = [ask for ask in asks if ask.kind == "answerable"]
    by_kind = {ask.kind: ask for ask in asks}
    indicators, seen = _indicators(stream, kept, by_kind)
    sources, plan = _sources(stream, settings["idle_sources"], start, kept, by_kind, seen)
    reports = _reports(stream, start, settings["other_reports"], kept, by_kind, accounts)
    timetable = _timetable(stream, by_kind["timetable"])
    steps = _steps(stream)
    feedback, revision = _feedback(stream, start, kept, accounts)
    made = {
        # Nobody has said yet on which ground, and none of the questions names an offence.
        "requirements": [
            (ask.name, ask.text, ask.use, _day(start, ask.by), "", "", 0) for ask in asks
        ],
        "indicators": indicators,
        "sources": sources,
        "rate_card": [
            (work, unit, minutes + _below(f"{stream}/rate", turn, 6))
            for turn, (work, unit, minutes) in enumerate(_WORK)
        ],
        "reports": reports,
        "timetable": timetable,
        "cycle_steps": [(name, text) for name, text, _ in steps],
        "feedback": [("n-01", feedback)],
    }
    sealed = {
        "requirements": [(ask.name, ask.kind, ask.shown) for ask in asks],
        "collection_plan": plan,
        "cycle_steps": [(name, phase, PHASES.index(phase) + 1) for name, _, phase in steps],
        "feedback": [("n-01", *revision)],
    }
    needed = {row[3] for row in plan}
    found = [
        (statement, population, table, ids, "public", None)
        for statement, population, table, ids in (
            ("Questions that the desk can answer", "BG", "requirements", [a.name for a in kept]),
            (
                "One question is answered in an older report",
                "BG",
                "reports",
                [by_kind["answered before"].shown],
            ),
            (
                "One question is answered in the timetable of the ferries",
                "BG",
                "timetable",
                [by_kind["timetable"].shown],
            ),
            (
                "One question can be answered by protected accounts alone",
                "JO",
                "requirements",
                [by_kind["protected"].name],
            ),
            (
                "Sources that no question needs",
                "BG",
                "sources",
                [row[0] for row in sources if row[0] not in needed],
            ),
        )
    ]
    return (
        {name: _columns(schema.BY_NAME[name], rows) for name, rows in made.items()},
        {name: _columns(schema.TRUTH_BY_NAME[name], rows) for name, rows in sealed.items()},
        found,
    )


def _columns(table: schema.Table, rows: list[tuple]) -> dict[str, list]:
    return dict(zip(table.names, map(list, zip(*rows, strict=True)), strict=True))


def _below(path: str, index: int, limit: int) -> int:
    return int(below(path, index, limit)[0])


def _one(path: str, items):
    return items[_below(path, 0, len(items))]


def _shuffled(path: str, items) -> list:
    return [items[place] for place in permutation(path, len(items))]


def _day(start: int, offset: int) -> pd.Timestamp:
    return pd.Timestamp(start + offset * DAY, unit="s", tz="UTC")


def _date(start: int, offset: int) -> str:
    """Write a day of the plan as in `4 April`; the plan starts on day 0."""
    day = datetime.datetime.fromtimestamp(start + offset * DAY, datetime.UTC)
    return f"{day.day} {day:%B}"


def _asks(stream, start, answerable, accounts, people) -> list[_Ask]:
    """Draw the questions and put them in a keyed order."""
    themes = _shuffled(stream + "/themes", words()["theme"])
    districts = _shuffled(stream + "/district", sorted(set(accounts["district"])))
    # Some decisions fall soon, one falls after the longest authority has run out.
    soon = _shuffled(stream + "/by", [*range(11, 27, 2)])
    late = 34 + _below(stream + "/late", 0, 7)
    asks = []
    for turn in range(answerable + 1):
        kind = "answerable" if turn < answerable else "answered before"
        theme, path = themes[turn], f"{stream}/theme/{turn}"
        by = late if turn == answerable - 2 else soon[turn]
        slots = {"by": _date(start, by), "district": districts[turn]}
        # An answer serves a decision only if what it speaks of comes after that.
        slots |= {"day": _date(start, by + EVENT), "end": _date(start, by + PERIOD)}
        text = _one(path, theme["texts"]).format(**slots)
        asks.append(_Ask(kind, text, theme["use"].format(**slots), by, slots, theme))
    handle = accounts.set_index("account_id")["handle"]
    ordinary = people[people["role"] == "resident"]["account_id"]
    roles = {"no end": ordinary, "verdict": people[people["role"] == "boaster"]["account_id"]}
    blocks = _shuffled(stream + "/refused", words()["refused"])
    for turn, kind in enumerate(dict.fromkeys(block["kind"] for block in blocks)):
        block = next(block for block in blocks if block["kind"] == kind)
        path = f"{stream}/refused/{kind}"
        by = soon[-1 - turn % 3]  # a date on the form does not make an end
        named = roles.get(kind, ordinary)
        if "role" in block:
            named = people[people["role"] == block["role"]]["account_id"]
        slots = {
            "handle": handle[_one(path + "/handle", named.tolist())],
            "district": districts[-1 - turn % 4],
            "by": _date(start, by),
            "platform": _one(path + "/platform", _PLATFORMS),
            "tag": _one(path + "/tag", _TAGS),
            "quay": _one(path + "/quay", _QUAYS),
            "island": _one(path + "/island", _ISLANDS),
            "weekday": _one(path + "/weekday", _WEEK[1:]),
        }
        text = _one(path + "/text", block["texts"]).format(**slots)
        asks.append(_Ask(kind, text, _one(path + "/use", block["uses"]).format(**slots), by, slots))
    asks = _shuffled(stream + "/order", asks)
    for turn, ask in enumerate(asks, 1):
        ask.name = f"r-{turn:02d}"
    return asks


def _refused(by_kind: dict[str, _Ask]) -> dict[str, str]:
    """Return what one would see for questions that are refused."""
    return {
        "activity": f"Posts with the tag {by_kind['activity'].slots['tag']}",
        "no end": f"Whatever @{by_kind['no end'].slots['handle']} posts",
        "protected": f"Messages between @{by_kind['protected'].slots['handle']} and other people",
    }


def _indicators(stream, kept, by_kind) -> tuple[list[tuple], dict[str, tuple[str, int]]]:
    """Return the table, and for each text its id and the number of items needed."""
    texts = [ask.theme[name] for ask in kept for name in ("indicator", "near")]
    texts += [*_refused(by_kind).values(), by_kind["answered before"].theme["indicator"]]
    rows = [
        (f"i-{turn:02d}", text, 20 + 5 * _below(stream + "/enough", turn, 9))
        for turn, text in enumerate(_shuffled(stream + "/indicators", texts), 1)
    ]
    return rows, {text: (name, enough) for name, text, enough in rows}


@dataclass(frozen=True)
class _Source:
    """A source of the draft plan. `ask` is set when the plan needs it."""

    name: str
    tier: str
    text: str
    items: int
    work: int
    content: str = "ordinary"
    person: str = "bystander"
    chance: int = 50
    ask: _Ask | None = None


def _sources(stream, idle, start, kept, by_kind, seen) -> tuple[list[tuple], list[tuple]]:
    """Draw the sources of the draft plan; return their rows and those of the plan needed."""
    stream += "/sources"
    drawn = _useful(stream, kept, seen)
    for turn in range(idle):
        theme = kept[turn].theme
        where = _one(f"{stream}/near/{turn}", _PLATFORMS)
        name = f"Public posts on {where}: talk around {theme['subject']}"
        drawn.append(_Source(name, "public", theme["near"], 90 + 10 * turn, _READ))
    asked_for = {kind: by_kind[kind].slots for kind in ("activity", "no end", "protected")}
    for kind, name, tier, items, work, content in (
        ("protected", "Messages of @{handle}, by order", "private", 120, _PROVIDER, "special"),
        ("no end", "Every page of @{handle}", "public", 60, _PAGE, "location"),
        ("activity", "Daily alert for {tag}", "public", 300, _SEARCH, "ordinary"),
    ):
        text = _refused(by_kind)[kind]
        drawn.append(_Source(name.format(**asked_for[kind]), tier, text, items, work, content))
    rows, plan = [], []
    for number, source in enumerate(_shuffled(stream + "/order", drawn), 1):
        name, asked = f"s-{number:02d}", 20 + _below(stream + "/asked", number, 21)
        rows.append(
            (
                name,
                source.name,
                source.tier,
                seen[source.text][0],
                source.items,
                _WORK[source.work][0],
                1 + _below(stream + "/units", number, 6),
                14 if source.work in (_SEARCH, _PAGE) else 1,
                max(8, source.items * (40 + _below(stream + "/people", number, 40)) // 100),
                source.content,
                source.person,
                asked,
                (asked * source.chance + 50) // 100,
            )
        )
        if source.ask:
            stop = min(source.ask.by - WRITING, LONGEST)
            days = _day(start, stop), _day(start, stop // 2)
            happens = _below(stream + "/happens", number, 100) < source.chance
            found = source.ask.name, seen[source.text][0], source.tier, name
            plan.append((*found, *days, source.chance, happens))
    return rows, sorted(plan)


def _useful(stream, kept, seen) -> list[_Source]:
    """Draw the sources that show an indicator of a question that can be answered.

    One brings enough at the lowest tier that can; more open ones bring too little; some more
    closed ones bring more, and nobody needs them.
    """
    drawn = []
    chances = _shuffled(stream + "/chance", CHANCES[: len(kept)])
    for turn, ask in enumerate(kept):
        text, lowest = ask.theme["indicator"], schema.TIER.index(LOWEST[turn])
        enough, content = seen[text][1], _CONTENT[turn]
        more, few = (_below(f"{stream}/{part}", turn, 30) for part in ("more", "few"))
        for place, tier in enumerate(schema.TIER[: 3 if turn < 2 else max(2, lowest + 1)]):
            where = _one(f"{stream}/where/{turn}/{tier}", _PLATFORMS)
            name = (
                f"Public posts on {where}: {ask.theme['subject']}",
                f"Posts on {where} behind a sign-in: {ask.theme['subject']}",
                f"Closed group on Convivara: {ask.theme['page']}",
            )[place]
            work = (_READ, _SPANISH, _PAGE)[(turn + place) % 3]
            if place < lowest:
                drawn.append(_Source(name, tier, text, enough * (25 + few) // 100, work))
            elif place > lowest:
                many = enough + more + 25 + few
                drawn.append(_Source(name, tier, text, many, work, content))
            else:
                items, chance = enough + more, chances[turn]
                drawn.append(
                    _Source(name, tier, text, items, work, content, "associate", chance, ask)
                )
    return drawn


def _reports(stream, start, others, kept, by_kind, accounts) -> list[tuple]:
    """Return older reports: one that answers, two on another period, and others."""
    stream += "/reports"
    old = by_kind["answered before"]
    weeks = f"{old.slots['by']} to {old.slots['end']}"
    found = [(3, old, f"Estimate for {weeks}, 80 percent sure: {old.theme['report']}.")]
    for turn, ask in enumerate(kept[:2]):
        found.append((40 + turn, ask, f"Count for {_PERIODS[turn]}: {ask.theme['report']}."))
    rows = [
        (back, f"{ask.theme['subject'].capitalize()}: what we know", text.format(**ask.slots), ask)
        for back, ask, text in found
    ]
    districts = sorted(set(accounts["district"]))
    for turn, block in enumerate(_shuffled(stream + "/others", words()["report"])[:others]):
        slots = {
            "district": _one(f"{stream}/district/{turn}", districts),
            "period": _one(f"{stream}/period/{turn}", _PERIODS[1:]),
        }
        rows.append(
            (90 + turn, block["title"].format(**slots), block["text"].format(**slots), None)
        )
    rows.sort(key=lambda row: -row[0])
    made = []
    for number, (back, title, text, ask) in enumerate(rows, 1):
        if ask is old:
            old.shown = f"o-{number:02d}"
        made.append((f"o-{number:02d}", _day(start, -back), title, text))
    return made


def _timetable(stream, ask) -> list[tuple]:
    """Return the ferries; one of them is what a question asks for."""
    rows, first, last = [], 6, 18
    for origin in _QUAYS:
        for destination in _ISLANDS:
            for days in _WEEK:
                path = f"{stream}/ferry/{origin}/{destination}/{days}"
                sunday = days == "Sunday"
                hours = first + 2 * sunday, 13, last + _below(path, 0, 4)
                minutes = [5 * _below(path, turn, 12) for turn in (1, 2, 3)]
                for hour, minute in zip(hours, minutes, strict=True):
                    name, leaves = f"d-{len(rows) + 1:02d}", f"{hour:02d}:{minute:02d}"
                    rows.append((name, origin, destination, days, leaves))
    slots = ask.slots
    fits = [row for row in rows if row[1:4] == (slots["quay"], slots["island"], slots["weekday"])]
    ask.shown = fits[-1 if "last" in ask.text else 0][0]
    return rows


def _steps(stream) -> list[tuple[str, str, str]]:
    """Return id, text and phase of two steps from each phase."""
    drawn = [
        (text, block["phase"])
        for block in words()["step"]
        for text in _shuffled(f"{stream}/steps/{block['phase']}", block["texts"])[:2]
    ]
    mixed = _shuffled(stream + "/steps", drawn)
    return [(f"k-{turn:02d}", text, phase) for turn, (text, phase) in enumerate(mixed, 1)]


def _feedback(stream, start, kept, accounts) -> tuple[str, tuple]:
    """Return what the reader of the third answer says, and what a new question must hold."""
    stream += "/feedback"
    third = sorted(kept, key=lambda ask: ask.name)[2]
    asked = {ask.slots["district"] for ask in kept}
    district = _one(stream, sorted(set(accounts["district"]) - asked))
    first = 6 + _below(stream, 1, 12)
    moved = 24 + _below(stream, 2, 9)
    text = (
        f"From {third.theme['reader']}, about {third.name}: thank you. I read your answer in five "
        "minutes, and that is good. But you wrote about streets that are not ours, and about all "
        f"hours. Our shift works in {district}, from {first:02d}:00 to {first + 4:02d}:00. "
        f"Our decision has moved to {_date(start, moved)}. The list of accounts went into the "
        "shredder: we need a count for each day, no names."
    )
    return text, (district, first, first + 4, _day(start, moved))
