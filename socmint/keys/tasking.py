"""Expected answers of the lab "tasking": from the truth, and by counting row by row."""

import re
from dataclasses import dataclass

import pandas as pd

from socmint.check import DF, NUM, PROB, RANK, SET, TXT, Key, Need, Wrong
from socmint.check.kinds import UNINVOLVED, Score, Unreadable

TIERS = ("public", "registered", "friends", "private")
START = pd.Timestamp("2031-03-29", tz="UTC")
DAY = pd.Timedelta(days=1)


def _plan(world) -> pd.DataFrame:
    return world.truth["collection_plan"]


# ---- Q1: requirements ----------------------------------------------------------------------------

_KEPT = {
    "no end": "You keep a line that has no end: it asks for everything about somebody.",
    "activity": "You keep a line that tells what to do. Which question would it answer?",
    "verdict": "You keep a question about guilt. That is for a court, and no post decides it.",
    "no decision": "You keep a question on which nobody will act. Read what its answer is for.",
    "protected": "You keep a question that only protected accounts can answer: look up whom it "
    "names. It counts twice against you.",
    "answered before": "You keep a question that the repository has answered: a report covers its "
    "weeks.",
    "timetable": "You keep a question that a public table answers. Nobody's posts are needed.",
}
_OUTDATED = (
    "You drop questions because an older report has the same subject. Which weeks does it cover?"
)


@dataclass(frozen=True)
class _Questions(SET):
    """A choice of questions, with one sentence for the worst fault of those that are kept wrongly.

    The score is Youden's: the share of the right ones named minus that of the others, in which a
    costly one weighs double. So naming all of them, or none, is worth nothing.
    """

    def score(self, answer, expected) -> Score:
        """Score the choice; say in words of the desk what is wrong, one kind of fault at a time."""
        kinds, right, costly = expected["kinds"], expected["right"], expected["costly"]
        extra = set(answer) - right
        weight = len(extra) + len(extra & costly)
        most = len(kinds) - len(right) + len(costly)
        fraction = len(set(answer) & right) / len(right) - weight / most
        notes = [n for n in super().score(answer, expected).notes if UNINVOLVED not in n]
        faults = [kind for kind in _KEPT if kind in {kinds.get(name) for name in extra}]
        notes += [_KEPT[kind] for kind in faults[:1]]
        if len(faults) > 1:
            notes.append("That is not the only fault. Take the tests again, line by line.")
        if len(answer) > len(right):
            notes.append(
                f"The task asks for {len(right)}. Each line too many costs a share: drop some."
            )
        return Score(max(0.0, fraction), notes)


def _questions(world) -> dict:
    truth = world.truth["requirements"]
    kinds = dict(zip(truth["requirement_id"], truth["kind"], strict=True))
    return {"right": _of(world), "costly": _of(world, "protected"), "kinds": kinds}


def _of(world, *kinds: str) -> set[str]:
    kinds = kinds or ("answerable",)
    rows = world.truth["requirements"].itertuples()
    return {row.requirement_id for row in rows if row.kind in kinds}


def _with(*kinds: str):
    return lambda world: _of(world, "answerable", *kinds)


def _no_report_on_it(world) -> set[str]:
    """The answerable ones on whose subject no older report lies, whatever its period."""
    titles = [title.split(":")[0].lower() for title in world.tables["reports"]["title"]]
    return {
        row.requirement_id
        for row in world.tables["requirements"].itertuples()
        if row.requirement_id in _of(world) and not any(t in row.text for t in titles)
    }


# ---- Q2: indicators and tiers --------------------------------------------------------------------


@dataclass(frozen=True)
class _Rows(DF):
    """A table that may be written as a list of rows."""

    def read(self, value: object) -> list[list]:
        """Read a list of rows as a table; say what is missing if it is no such list."""
        names = [*self.key, *self.columns]
        if isinstance(value, list | tuple):
            if not value or not all(isinstance(row, list | tuple) for row in value):
                raise Unreadable(
                    "Put your rows in one pair of outer brackets, also if there is only one: "
                    "[[…], […]]."
                )
            for row in value:
                if len(row) != len(names):
                    raise Unreadable(
                        f"One of your rows has {len(row)} entries: {', '.join(map(str, row))[:60]}"
                        f". Each needs {len(names)}."
                    )
            value = pd.DataFrame(list(value), columns=names)
        return super().read(value)


def _chosen(world, choose) -> pd.DataFrame:
    """The right indicators; `choose` takes the sources of one and returns one of them."""
    sources = world.tables["sources"]
    rows = [
        (row.requirement_id, row.indicator_id, choose(_showing(sources, row.indicator_id)).tier)
        for row in _plan(world).itertuples()
    ]
    return pd.DataFrame(rows, columns=["requirement_id", "indicator_id", "tier"])


def _showing(sources: pd.DataFrame, indicator: str) -> list:
    return [row for row in sources.itertuples() if row.indicator_id == indicator]


def _most(rows: list):
    return max(rows, key=lambda row: row.items)


def _most_open(rows: list):
    return min(rows, key=lambda row: TIERS.index(row.tier))


def _right_plan(world) -> pd.DataFrame:
    return _plan(world)[["requirement_id", "indicator_id", "tier"]]


def _wrong_indicators(world) -> pd.DataFrame:
    """Right tiers beside indicators that nobody needs: those of sources about the same subject."""
    plan = _right_plan(world)
    every = sorted(set(world.tables["indicators"]["indicator_id"]) - set(plan["indicator_id"]))
    return plan.assign(indicator_id=every[: len(plan)])


# ---- Q3: the cycle -------------------------------------------------------------------------------

_EARLY = (
    "A step of collecting stands before one of direction. Who has said what to look for?",
    "A step of processing stands before one of collecting. What is there to process?",
    "A step of analysis stands before one of processing. Is the table clean already?",
    "A step of dissemination stands before one of analysis. What would the reader get?",
    "A step of feedback stands before one of dissemination. Who has read the report?",
)


@dataclass(frozen=True)
class _Cycle(RANK):
    """An order of steps that also says which two phases are mixed."""

    def score(self, answer, expected) -> Score:
        """Score as RANK does; add a sentence for each pair of neighbouring phases."""
        base = super().score(answer, expected)
        where = {name: place for place, name in enumerate(answer)}
        if base.fraction == 1 or where.keys() - expected.keys():
            return base
        notes = []
        for phase, sentence in enumerate(_EARLY):
            first, then = (
                [where[name] for name, worth in expected.items() if worth == -place]
                for place in (phase + 1, phase + 2)
            )
            if max(first) > min(then):
                notes.append(sentence)
        return Score(base.fraction, notes + base.notes)


def _places(world) -> dict[str, int]:
    """Each step's worth: the first phase is worth most."""
    rows = world.truth["cycle_steps"].itertuples()
    return {row.step_id: -row.place for row in rows}


def _ordered(*phases: int):
    """Steps in the order of the given places of phases."""

    def make(world) -> list[str]:
        worth = _places(world)
        return sorted(worth, key=lambda name: (phases.index(-worth[name]), name))

    return make


# ---- Q4 and Q5: hours and sources ----------------------------------------------------------------


def _hours(world, units=True, days=True, hour=60, pairs=True, walled=False) -> float:
    """Hours of the draft plan, summed source by source; the arguments make the usual mistakes."""
    card = world.tables["rate_card"]
    minutes = dict(zip(card["work"], card["minutes"], strict=True))
    total = 0
    for row in world.tables["sources"].itertuples():
        if walled and row.tier == "public":
            continue
        count = (row.units_a_day if units else 1) * (row.days if days else 1)
        people = 2 if pairs and row.tier != "public" else 1
        total += minutes[row.work] * count * people
    return total / hour


def _mean_rate(world) -> float:
    rows = world.tables["sources"]
    people = rows["tier"].ne("public") + 1
    units = (rows["units_a_day"] * rows["days"] * people).sum()
    return units * world.tables["rate_card"]["minutes"].mean() / 60


def _needed(world) -> set[str]:
    return set(_plan(world)["source_id"])


def _sources(world, wanted=lambda row: True) -> set[str]:
    return {row.source_id for row in world.tables["sources"].itertuples() if wanted(row)}


def _idle(world) -> dict[str, set[str]]:
    return {"right": _sources(world) - _needed(world), "others": _needed(world)}


def _off_subject(world) -> set[str]:
    seen = set(_plan(world)["indicator_id"])
    return _sources(world, lambda row: row.indicator_id not in seen)


def _behind_a_wall(world) -> set[str]:
    return _sources(world, lambda row: row.tier != "public") | _off_subject(world)


# ---- Q6: dates -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Dates(DF):
    """A table of days, in whatever way a day is written with its year."""

    def read(self, value: object) -> list[list]:
        """Read as DF does, and turn each cell into a day such as 2031-04-20."""
        return [[name, *map(self._iso, days)] for name, *days in super().read(value)]

    @staticmethod
    def _iso(cell: object) -> str | None:
        if cell is None or str(cell) in ("NaT", "nan"):
            return None
        try:
            day = pd.Timestamp(str(cell))
        except (ValueError, TypeError):
            day = None
        if day is None or day.year != 2031:
            raise Unreadable(f"Your table holds {str(cell)[:40]!r}. Write a day as '2031-04-20'.")
        # A day that is not whole stays as it is, and so is not the one that is asked for.
        return f"{day:%Y-%m-%d}" if day == day.normalize() else f"{day:%Y-%m-%d %H:%M}"


def _dates(world, early=2, longest=28, review=None, part=1) -> pd.DataFrame:
    """Stop and review of each question; the arguments make the usual mistakes."""
    by = dict(
        zip(
            world.tables["requirements"]["requirement_id"],
            world.tables["requirements"]["wanted_by"],
            strict=True,
        )
    )
    rows = []
    for name in sorted(_of(world)):
        days = min((by[name] - START).days - early, longest)
        half = days / 2 // part * part  # in whole days, or in halves
        rows.append((name, START + days * DAY, START + (review or half) * DAY))
    return pd.DataFrame(rows, columns=["requirement_id", "stop", "review"])


# ---- Q7: forecasts -------------------------------------------------------------------------------


_CERTAIN = (
    "You are certain at least once: you say 0 or 1. No record is that clean: leave room for the "
    "other outcome."
)


@dataclass(frozen=True)
class _Forecast(PROB):
    """Probabilities, of which none may be certain."""

    def score(self, answer, expected) -> Score:
        """Score as PROB does; each 0 or 1 loses the share of its question at least."""
        base = super().score(answer, expected)
        certain = sum(answer.get(name) in (0, 1) for name in expected)
        if not certain:
            return base
        return Score(min(base.fraction, 1 - certain / len(expected)), [_CERTAIN, *base.notes])


def _chances(world) -> dict[str, float]:
    return {row.requirement_id: row.chance / 100 for row in _plan(world).itertuples()}


def _each(world, chance) -> dict[str, float]:
    return {name: chance(value) for name, value in _chances(world).items()}


def _pooled(world) -> dict[str, float]:
    rows = world.tables["sources"]
    return _each(world, lambda _: rows["answered"].sum() / rows["asked"].sum())


# ---- Q8: the revised requirement -----------------------------------------------------------------

_MONTHS = ["january", "february", "march", "april", "may", "june"]
_DULL = {
    "which", "where", "before", "until", "people", "often", "first", "there", "their", "about",
    "after", "names", "number", "week", "weeks", "will", "would", "could", "total", "offered",
    "without", "between", "through", "many", "most", "more", "each", "from", "days", "evening",
    "evenings", "nearest", "thousand", "want",
}  # fmt: skip


def _note(world) -> dict:
    """What the new question must hold."""
    row = world.truth["feedback"].iloc[0]
    third = sorted(_of(world))[2]
    asks = world.tables["requirements"]
    text = asks.loc[asks["requirement_id"] == third, "text"].item()
    words = set(re.findall(r"\b[a-z]{4,}", text))  # small letters: no district, no month
    return {
        "district": row["district"],
        "hours": [int(row["first_hour"]), int(row["last_hour"])],
        "date": [int(row["decides"].day), int(row["decides"].month)],
        "topic": sorted(words - _DULL),
    }


def _has_date(text: str, note: dict) -> bool:
    day, month = note["date"]
    word = _MONTHS[month - 1]
    return bool(
        re.search(rf"\b{day}(?:st|nd|rd|th)?(?: of)? {word[:3]}|{word} (?:the )?{day}\b", text)
        or re.search(rf"\b2031-0?{month}-{day:02d}\b|\b{day:02d}[./]0?{month}\b", text)
    )


_NUMBERS = ("one", "two", "three", "four", "five", "six")
_NUMBERS += ("seven", "eight", "nine", "ten", "eleven", "twelve")
_CLOCK = re.compile(
    r"(?<![\d.,])0?(\d{1,2})(?:[:.h]?00\b|h\b)?(?: ?o'clock| ?hours)? ?"
    r"(?:(a\.?m\b|in the morning)|(p\.?m\b|in the (?:afternoon|evening)|at night))?(?!\d)"
)


def _has_hours(text: str, note: dict) -> bool:
    """Find both hours, on a clock of 24 or of 12: a range has one `pm` for both of its ends."""
    months = "|".join(_MONTHS)
    dates = rf"\d+(?:st|nd|rd|th)?(?: of)? (?:{months})|(?:{months}) (?:the )?\d+|2031-\d+-\d+"
    text = re.sub(r"\b(?:noon|midday)\b", "12:00", re.sub(dates, " ", text))
    for number, word in enumerate(_NUMBERS, 1):
        text = re.sub(rf"\b{word}\b", str(number), text)
    hours = list(_CLOCK.finditer(text))
    read = []
    for found, then in zip(hours, [*hours[1:], None], strict=False):
        number, late = int(found[1]), bool(found[3])
        if then and not found[2] and then[3] and then.start() - found.end() < 12:
            late = late or number < int(then[1])
        read.append(number + 12 if late and number < 12 else number)
    return set(note["hours"]) <= set(read)


# What asks for people, in small letters. What stands behind a "no" does not.
_LISTED = r"(?:by names?|names?|named|naming|lists?|listed|listing|accounts?|handles?|identities)"
_REFUSED = re.compile(
    r"\b(?:no|not(?! only| just)|without|never|nor|leav(?:e|ing) out|omit|instead of)\b"
    r"(?:(?!\b(?:but|and|only|just)\b)[^.?!,;:]){0,25}?"
    rf"\b{_LISTED}\b(?! (?:left|missing))(?: (?:(?:or|and|nor|of|with)(?: no)? )?{_LISTED}\b)*"
)
_COUNTED = re.compile(r"\b(?:how many|numbers? of|counts? of)(?: \w+){0,3}? accounts?\b")
_ASKS = re.compile(
    r"@|\bby (?:their |its )?names?\b|\bnamed\b(?! (?:a|an|the|by|in)\b)"
    r"|\bnames\b(?! (?:a|an|the|one|no)\b)"
    r"|\bname (?:them|all|each|every\w*|those|these|of|the (?:accounts?|people|senders?))\b"
    r"|\blist(?:s|ed|ing)?\b(?: (?:of|with|all|the|those|every|each))*(?: \w+)?"
    r" (?:people|persons?|accounts?|senders?|handles?|everybody|everyone)\b"
    r"|\b(?:all|the|which|what|whose|every|each|their|these|those|give|with|and|of|list)"
    r"(?: (?:the|all|of))* accounts?\b"
    r"|\b(?:handles|user ?names?|nicknames?|identit(?:y|ies)|identify|profiles|phone numbers?)\b"
    r"|(?:^|[.?!:;]|\b(?:and|or|but|also|say|tell|tell us|tell me|show|including|plus|know))"
    r"\s*(?:by )?who(?:m|se)?\b"
    r"|\b(?:which|what) (?:young |other )?(?:people|persons?|senders?|authors?|users?|members?)\b"
)


def _no_names(text: str, _=None) -> bool:
    return not _ASKS.search(_COUNTED.sub(" ", _REFUSED.sub(" ", text)))


@dataclass(frozen=True)
class _Revised(TXT):
    """A text in which each missing part costs a third, and a request for names costs everything."""

    def score(self, answer, expected) -> Score:
        """Score what is missing; the reader's first demand comes first."""
        notes = super().score(answer, expected).notes
        if _NAMES in notes:
            return Score(0.0, sorted(notes, key=lambda note: note != _NAMES))
        return Score(max(0.0, 1 - len(notes) / 3), notes)


_QUESTION = "Your text is not a question yet. End it with a question mark."
_TOPIC = "I did not find the subject of the requirement that the reader's note names."
_PLACE = "I did not find the district in which the reader works. Name it."
_HOURS = (
    "I did not find the first and the last hour of the reader's shift. Write them as in 07:00, or "
    "with am or pm."
)
_DATE = "I did not find the new day of the decision. Write day and month."
_COUNT = "I did not find what the reader needs. Ask for a count for each day."
_NAMES = (
    "Your text asks for people or a list of names. The reader shreds such lists, so nothing "
    "counts before that is out."
)


def _asked_anew(world) -> str:
    """A good revision."""
    note = _note(world)
    return (
        f"For the subject of {note['topic'][0]}: how many reports will there be in "
        f"{note['district']}, between {note['hours'][0]}:00 and {note['hours'][1]}:00, on each day "
        f"until {note['date'][0]} {_MONTHS[note['date'][1] - 1].capitalize()}, "
        "in time for the decision?"
    )


KEYS = {
    "q1": Key(
        kind=_Questions(of="ids of questions", such_as="r-01", noun="question"),
        expected=_questions,
        right="Five questions, each with an end, a decision and something that can be seen. The "
        "other seven cost nobody anything, because you asked before you looked.",
        wrongs=(
            Wrong(
                "all of them",
                lambda world: set(world.tables["requirements"]["requirement_id"]),
                "You keep every line. Nothing is chosen yet, so it earns nothing: drop lines that"
                " fail a test.",
            ),
            Wrong(
                "whatever ends with a question mark",
                lambda world: {
                    row.requirement_id
                    for row in world.tables["requirements"].itertuples()
                    if row.text.endswith("?")
                },
                "You keep every line with a question mark. A mark does not make an end, a "
                "decision or a reason to look.",
            ),
            Wrong("the protected one kept", _with("protected"), _KEPT["protected"]),
            Wrong("the answered one kept", _with("answered before"), _KEPT["answered before"]),
            Wrong("the timetable one kept", _with("timetable"), _KEPT["timetable"]),
            Wrong("the verdict kept", _with("verdict"), _KEPT["verdict"]),
            Wrong("an old report taken for an answer", _no_report_on_it, _OUTDATED),
        ),
    ),
    "q2": Key(
        kind=_Rows(key=("requirement_id",), columns={"indicator_id": None, "tier": None}),
        expected=_right_plan,
        right="Each question has something that one could see, and the most open place in which "
        "there is enough of it. You would go behind a wall for three of the five, and can say why.",
        wrongs=(
            Wrong(
                "the tier with most items",
                lambda world: _chosen(world, _most),
                "You took the tier that brings most. Enough is enough: look for the most open one "
                "that reaches the number needed.",
            ),
            Wrong(
                "the most open tier, enough or not",
                lambda world: _chosen(world, _most_open),
                "You took the most open tier each time. Does it bring as many items as the "
                "indicator needs?",
            ),
            Wrong(
                "other indicators",
                _wrong_indicators,
                "Your indicators do not fit. Ask of each: if I saw this, would I know more about "
                "the answer?",
            ),
        ),
    ),
    "q3": Key(
        kind=_Cycle(12, such_as="k-01", pairs=True, noun="step"),
        expected=_places,
        right="The last steps lead back to the first: what the reader says is the next direction. "
        "Steps of one phase may stand in either order.",
        wrongs=(
            Wrong("collect first", _ordered(2, 1, 3, 4, 5, 6), _EARLY[0]),
            Wrong("process before collecting", _ordered(1, 3, 2, 4, 5, 6), _EARLY[1]),
            Wrong("analyse before processing", _ordered(1, 2, 4, 3, 5, 6), _EARLY[2]),
            Wrong("report before analysing", _ordered(1, 2, 3, 5, 4, 6), _EARLY[3]),
            Wrong("feedback at the start", _ordered(6, 1, 2, 3, 4, 5), _EARLY[4]),
        ),
    ),
    "q4": Key(
        kind=NUM(unit="hours", share=0.05),
        expected=_hours,
        right="That is what the draft would take. Ask a chief for so many hours, and the next "
        "question is: for what?",
        wrongs=(
            Wrong(
                "rates added up",
                lambda world: _hours(world, units=False, days=False),
                "You counted one unit of work for each source. Multiply by the units a day and by "
                "the days.",
            ),
            Wrong(
                "one day",
                lambda world: _hours(world, days=False),
                "You counted one day for each source. Multiply by the days of each.",
            ),
            Wrong(
                "minutes",
                lambda world: _hours(world, hour=1),
                "Your number is in minutes. Divide by 60 to get hours.",
            ),
            Wrong(
                "nobody works in pairs",
                lambda world: _hours(world, pairs=False),
                "You sent one colleague everywhere. Behind a wall two work together, and both "
                "spend the time.",
            ),
            Wrong(
                "only behind the wall",
                lambda world: _hours(world, walled=True),
                "You counted only the sources behind a wall. The public ones take time, too.",
            ),
            Wrong(
                "mean rate",
                _mean_rate,
                "You gave each source the mean rate. Take the rate of its own kind of work.",
            ),
        ),
    ),
    "q5": Key(
        kind=SET(of="source ids", such_as="s-01", noun="source"),
        expected=_idle,
        right="One source is left for each question. What you do not collect needs no defence.",
        wrongs=(
            Wrong(
                "all sources",
                _sources,
                "You removed every source. Keep one for each of the five questions.",
            ),
            Wrong(
                "those to keep",
                _needed,
                "You named the sources to keep. Name the others.",
            ),
            Wrong(
                "only those off the subject",
                _off_subject,
                "You removed what shows no indicator of yours, and that is right. Others show one "
                "and bring too little, or lie behind a wall that is not needed.",
            ),
            Wrong(
                "everything behind a wall",
                _behind_a_wall,
                "You removed every source behind a wall. For some questions nothing more open "
                "brings enough.",
            ),
        ),
    ),
    "q6": Key(
        kind=_Dates(key=("requirement_id",), columns={"stop": None, "review": None}),
        expected=lambda world: _plan(world)[["requirement_id", "stop", "review"]],
        right="Each question ends before its answer is needed, and somebody looks half-way whether "
        "it is still worth asking.",
        wrongs=(
            Wrong(
                "stop on the day of the decision",
                lambda world: _dates(world, early=0),
                "You collect until the day of the decision. Leave days to write the answer: see "
                "the task.",
            ),
            Wrong(
                "no end of the authority",
                lambda world: _dates(world, longest=99),
                "One of your stop dates lies after the authority has ended.",
            ),
            Wrong(
                "half days kept",
                lambda world: _dates(world, part=0.5),
                "One of your review days falls at noon. Drop the half day.",
            ),
            Wrong(
                "one review day for all",
                lambda world: _dates(world, review=14),
                "You review all of them on the same day. Half-way is a day of its own for each.",
            ),
        ),
    ),
    "q7": Key(
        kind=_Forecast(good=0.01),
        expected=_chances,
        right="Each forecast stands near the record of its source. Whether you were right is "
        "sealed until you open the truth at the end of the course.",
        wrongs=(
            Wrong(
                "one half each",
                lambda world: _each(world, lambda _: 0.5),
                "You say one half each time. That tells the chief nothing: use the record of each"
                " source.",
            ),
            Wrong(
                "sure each time",
                lambda world: _each(world, lambda chance: float(round(chance))),
                _CERTAIN,
            ),
            Wrong(
                "one record for all",
                _pooled,
                "You gave all of them the same number. Each question has a source with a record "
                "of its own: divide row by row.",
            ),
        ),
    ),
    "q8": Key(
        kind=_Revised(
            (12, 60),
            (
                Need(lambda text, _: "?" in text, _QUESTION),
                Need(lambda text, note: any(w[:5] in text for w in note["topic"]), _TOPIC),
                Need(lambda text, note: note["district"].casefold() in text, _PLACE),
                Need(_has_hours, _HOURS),
                Need(_has_date, _DATE),
                Need(
                    lambda text, _: (
                        re.search(
                            r"how many|how often|number of|\bcounts?\b|per day|each day|a day|daily"
                            r"|which days|every day|by day",
                            text,
                        )
                        is not None
                    ),
                    _COUNT,
                ),
                Need(_no_names, _NAMES),
            ),
        ),
        expected=_note,
        right="The form is there. Your instructor reads whether the reader could act on it.",
        wrongs=(
            Wrong("not a question", lambda world: _asked_anew(world).replace("?", "."), _QUESTION),
            Wrong(
                "the old place",
                lambda world: _asked_anew(world).replace(_note(world)["district"], "the city"),
                _PLACE,
            ),
            Wrong(
                "all hours",
                lambda world: re.sub(r"between .* on each day", "on each day", _asked_anew(world)),
                _HOURS,
            ),
            Wrong(
                "no new day",
                lambda world: re.sub(r"until \d+ \w+", "in time", _asked_anew(world)),
                _DATE,
            ),
            Wrong(
                "names asked for",
                lambda world: _asked_anew(world) + " Add a list of the accounts.",
                _NAMES,
            ),
            Wrong(
                "no count",
                lambda world: (
                    _asked_anew(world)
                    .replace("how many reports will there be", "what will happen")
                    .replace("on each day", "")
                ),
                _COUNT,
            ),
        ),
    ),
}
