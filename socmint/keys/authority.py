"""Expected answers of the lab "authority": what was planted, and for the repair the rule engine."""

import dataclasses
import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from socmint.check import DF, FORM, NUM, SET, TXT, Key, Need, Wrong
from socmint.check.kinds import Score, Unreadable
from socmint.desk.policy import CaseFile, Item, Request, decide
from socmint.desk.policy import read as read_form
from socmint.desk.profile import PRINCIPLES, load_profile
from socmint.errors import CourseError

# ---- Q1 to Q3: acts and requests -----------------------------------------------------------------


def _above(found: Score, lazy: float) -> Score:
    """Count from what one word for everything would earn: that is worth nothing."""
    share = (found.fraction - lazy) / (1 - lazy) if lazy < 1 else found.fraction
    return Score(max(0.0, share), found.notes)


@dataclass(frozen=True)
class _Rows(DF):
    """A table of one value column, scored above the best answer that says one word for all rows."""

    def score(self, answer: list, expected: pd.DataFrame) -> Score:
        """Score as DF does, above the share of the most frequent word."""
        lazy = expected[next(iter(self.columns))].value_counts(normalize=True).max()
        return _above(super().score(answer, expected), float(lazy))


@dataclass(frozen=True)
class _Pairs(SET):
    """Pairs of request and principle, scored above the best principle named for every refusal."""

    def score(self, answer: list[str], expected: set[str]) -> Score:
        """F1 as SET gives it, above that of the best single principle."""
        refused = {pair.partition(" ")[0] for pair in expected}
        lazy = max(
            super(_Pairs, self).score([f"{name} {rule}" for name in refused], expected).fraction
            for rule in PRINCIPLES
        )
        return _above(super().score(answer, expected), lazy)


def _acts(world, change=lambda act: act.level) -> pd.DataFrame:
    """The acts with their level, or with what somebody would write who errs in one way."""
    rows = [(act.act_id, change(act)) for act in world.truth["acts"].itertuples()]
    return pd.DataFrame(rows, columns=["act_id", "level"])


def _by_tier(act) -> str:
    return {"public": "0", "registered": "1", "friends": "3", "private": "4"}[act.tier]


def _requests(world, change=lambda row: None) -> pd.DataFrame:
    """The decisions in the words of the form; `change` gives another one or None."""
    rows = [
        (row.request_id, change(row) or row.decision.removeprefix("send "))
        for row in world.truth["requests"].itertuples()
    ]
    return pd.DataFrame(rows, columns=["request_id", "decision"])


def _one_origin(row) -> str | None:
    return "grant" if row.one_origin and row.fails == "P1" and row.example == "E8" else None


def _pairs(world, change=lambda row: row.fails, which=("refuse",)) -> list[str]:
    return [
        f"{row.request_id} {rule}"
        for row in world.truth["requests"].itertuples()
        if row.decision in which
        for rule in change(row).split()
    ]


# ---- Q4: plans -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plans(NUM):
    """Totals of two plans; what the first looks cost, without all that is added, earns half."""

    def score(self, answer: dict, expected: dict) -> Score:
        """Score as NUM does, and know the halfway mark."""
        if "first" not in expected:
            return super().score(answer, expected)
        found = super().score(answer, expected["whole"])
        halfway = super().score(answer, expected["first"]).fraction > 1 - 1e-9
        return Score(0.5, found.notes) if halfway else found


def _plans(world) -> dict[str, dict[str, float]]:
    first = _slipped(world, again=False, unmask=False)
    return {"whole": _totals(world), "first": first}


def _totals(world) -> dict[str, float]:
    total = {}
    for row in world.truth["plans"].itertuples():
        total[f"plan_{row.plan}"] = row.tenths / 10
        total[f"others_{row.plan}"] = row.others_tenths / 10
    return total


def _slipped(world, again=True, person=True, content=True, unmask=True) -> dict[str, float]:
    """What the plans seem to cost when one part of the price is left out."""
    price = load_profile().points
    total = {f"{part}_{plan}": 0.0 for part in ("plan", "others") for plan in "AB"}
    for row in world.tables["plan_steps"].itertuples():
        items = (
            (row.ordinary, 1),
            (row.location, price["content"]["location"] if content else 1),
            (row.special, price["content"]["special"] if content else 1),
        )
        cost = sum(count * worth for count, worth in items) * price["tier"][row.tier]
        cost *= price["person"][row.person] if person else 1
        cost *= 1 + row.again / 2 if again else 1
        cost += price["unmask"] * row.unmask if unmask else 0
        total[f"plan_{row.plan}"] += cost
        total[f"others_{row.plan}"] += cost if row.person != "subject" else 0
    return total


def _added(world) -> dict[str, float]:
    """What the plans seem to cost when prices are added instead of multiplied."""
    price = load_profile().points
    total = {f"{part}_{plan}": 0.0 for part in ("plan", "others") for plan in "AB"}
    for row in world.tables["plan_steps"].itertuples():
        cost = sum(
            getattr(row, kind)
            * (price["tier"][row.tier] + price["content"][kind] + price["person"][row.person])
            for kind in ("ordinary", "location", "special")
        )
        cost = cost * (1 + row.again / 2) + price["unmask"] * row.unmask
        total[f"plan_{row.plan}"] += cost
        total[f"others_{row.plan}"] += cost if row.person != "subject" else 0
    return total


# ---- Q5: the repaired form -----------------------------------------------------------------------

FIELDS = tuple(field.name for field in dataclasses.fields(Request))


def _refused(world) -> dict[str, Any]:
    """The request for a list of names, as a form."""
    table = world.tables["requests"]
    row = table[table["conduct"] == "bulk_named"].to_dict("records")[0]
    form = {name: row[name] for name in FIELDS if name in row}
    form |= {name: row[name].split() for name in ("targets", "items")}
    form["lower"] = [int(line) for line in row["lower"].split()]
    return form | {"probability": row["percent"] / 100}


def _case(world) -> dict[str, Any]:
    """What the desk has on file when the lab asks it: no search was run yet."""
    requirements, items = world.tables["requirements"], world.tables["tasking_items"]
    origin = world.truth["origins"].set_index("item_id")["origin_id"]
    serious = requirements.set_index("requirement_id")["seriousness"].to_dict()
    graded = {
        row.item_id: Item(int(row.source_grade), row.information_grade, origin[row.item_id])
        for row in items.itertuples()
    }
    return {"before": _refused(world), "file": CaseFile(serious, graded)}


LOOKS = 3
"""The task asks for so many posts to be opened, so that somebody has seen what is counted."""

_SAME_STEP = "Your form still asks for a list with names. Choose a conduct that needs no names."
_NO_COUNT = (
    "Your step gives the chief no count of the crowd. Choose a conduct that counts many posts."
)
_UNDER_PRICE = (
    "Your estimate is lower than the price of the posts that you must open. Multiply: how many "
    "posts, in public, of bystanders?"
)
_NOT_GRANTED = "The desk gives no authority for your form: "
_OTHER_QUESTION = "Your form must still serve the same requirement, on the same target."


@dataclass(frozen=True)
class _Repair(FORM):
    """A form that the desk can read. Nothing counts as long as the step itself is no repair."""

    def read(self, value: object) -> dict[str, Any]:
        """Read as FORM does, and refuse with the desk's own sentence."""
        form = super().read(value)
        try:
            return dataclasses.asdict(read_form(form))
        except CourseError as error:
            raise Unreadable(str(error)) from None

    def score(self, answer: dict, expected: dict) -> Score:
        """Give a share each to: a count without names, estimate, grant, the same question."""
        before, points = expected["before"], load_profile().points
        same = all(answer[name] == before[name] for name in ("requirement", "targets"))
        elsewhere = [] if same else [_OTHER_QUESTION]
        if answer["conduct"] == "bulk_named":
            return Score(0.0, [_SAME_STEP, *elsewhere])
        if (answer["tier"], answer["conduct"]) != (before["tier"], "bulk"):
            return Score(0.0, [_NO_COUNT, *elsewhere])
        # The desk writes the analyst's name into an empty field, so an empty one is no fault.
        decision = decide(answer | {"applicant": answer["applicant"] or "-"}, expected["file"])
        floor = LOOKS * points["tier"][answer["tier"]] * points["person"]["bystander"]
        notes = [] if answer["estimate"] >= floor else [_UNDER_PRICE]
        if decision.status != "granted":
            notes.append(_NOT_GRANTED + "; ".join(decision.reasons) + ".")
        notes += elsewhere
        return Score(1 - len(notes) / 4, notes)


def _counts(world, **more) -> dict[str, Any]:
    """A good repair, with changes."""
    return _refused(world) | {"conduct": "bulk", "level": 1, "estimate": 15} | more


# ---- Q6, Q7: origins and sample ------------------------------------------------------------------


def _two_items(world) -> set[str]:
    table = world.tables["requests"]
    return set(table.loc[table["items"].str.split().str.len() == 2, "request_id"])


def _of_one_origin(world) -> set[str]:
    table = world.truth["requests"]
    return set(table.loc[table["one_origin"], "request_id"])


def _sealed(world, *professions: str) -> set[str]:
    table = world.truth["sample"]
    kept = table["protected"].isin(professions) if professions else table["protected"].notna()
    return set(table.loc[kept, "item_id"])


def _by_word(world) -> set[str]:
    table = world.tables["sample"]
    words = "lawyer|law office|reporter|paper|doctor|practice|father|priest|confess|confid"
    return set(table.loc[table["text"].str.contains(words, case=False), "item_id"])


# ---- Q8: the letter ------------------------------------------------------------------------------


_REPEATS = (
    "Your text says few different words, again and again. Write a letter that somebody can read."
)


@dataclass(frozen=True)
class _Letter(TXT):
    """A letter in sentences: catchwords and filling are no letter."""

    def score(self, answer: str, expected: Any) -> Score:
        """Score as TXT does, where at least 45 different words are used."""
        if len(set(re.findall(r"[a-z]+", answer.casefold()))) < 45:
            return Score(0.0, [_REPEATS])
        return super().score(answer, expected)


def _figures(world) -> dict[str, int]:
    form, file = _refused(world), _case(world)["file"]
    ceiling = load_profile().P3["ceiling"][file.seriousness[form["requirement"]] - 1]
    return {"estimate": int(form["estimate"]), "ceiling": int(ceiling)}


def _has_figures(text: str, expected: dict[str, int]) -> bool:
    numbers = {int(number.replace(",", "")) for number in re.findall(r"\d+(?:,\d{3})*", text)}
    return set(expected.values()) <= numbers


def _says(pattern: str, sentence: str) -> Need:
    return Need(lambda text, _: re.search(pattern, text) is not None, sentence)


_NO_DECISION = "I did not find a sentence that says what was decided: granted, or not?"
_NO_PRINCIPLE = "I did not find which principle fails. Write its name or its number."
_NO_FIGURES = "I did not find both numbers: what was expected, and the ceiling. Write digits."
_NO_STEP = "I did not find a gentler step. Name one that would answer the question all the same."
_NO_NEXT = "I did not find what the applicant can do next. Say it in a sentence."

_STEP = "Daily counts without names answer the same question, and nobody is shown. "
_NEXT = "Please send a new request for that, or ask the senior officer for a review. "
_GOOD = (
    "Your request for a list of all who use the tag is refused. "
    "The question is a fair one, because the lane for the ambulance must stay free. "
    "The step fails the third principle: it is not proportionate. "
    "You expect {estimate} points, most of them on people who are suspected of nothing, and the "
    "ceiling for this case is {ceiling} points. "
    "A list of names does not help anybody to keep a lane open at eight in the evening. "
    f"{_STEP}{_NEXT}"
    "I am glad to talk about it on any day of this week."
)


def _letter(world, old: str = "", new: str = "") -> str:
    """A good letter with one part replaced."""
    return _GOOD.replace(old, new).format(**_figures(world))


KEYS = {
    "q1": Key(
        kind=_Rows(key=("act_id",), columns={"level": None}),
        expected=_acts,
        right="All 20 have their level. Where it lies and what you do decide together, and some "
        "steps no signature can buy.",
        wrongs=(
            Wrong(
                "by tier alone",
                lambda world: _acts(world, _by_tier),
                "Your level follows the tier alone. What is done there counts as well: how often, "
                "how many, with names or without.",
            ),
            Wrong(
                "names do not matter",
                lambda world: _acts(
                    world,
                    lambda act: (
                        "1" if (act.conduct, act.level) == ("bulk_named", "2") else act.level
                    ),
                ),
                "You give a list of names and a table of codes the same level. Names make the "
                "difference.",
            ),
            Wrong(
                "coming back is one look",
                lambda world: _acts(
                    world, lambda act: _by_tier(act) if act.conduct == "repeat" else act.level
                ),
                "You give coming back the level of a single look. Three looks in 28 days, or an "
                "alert, are repetition.",
            ),
            Wrong(
                "a judge may do anything",
                lambda world: _acts(world, lambda act: "4" if act.level == "never" else act.level),
                "You never write never. Some steps are not offered, whoever signs.",
            ),
        ),
    ),
    "q2": Key(
        kind=_Rows(key=("request_id",), columns={"decision": None}),
        expected=_requests,
        right="Ten sound decisions. A refusal with a reason protects as much as a grant helps.",
        wrongs=(
            Wrong(
                "the clerk's numbers are trusted",
                lambda world: _requests(world, _one_origin),
                "You let a group be entered on two items that go back to one person. Read whose "
                "words they pass on.",
            ),
            Wrong(
                "everything refused",
                lambda world: _requests(world, lambda row: "refuse"),
                "You refused everything. To refuse a lawful step is an error as well: somebody "
                "stays without help.",
            ),
            Wrong(
                "an empty field is refused",
                lambda world: _requests(
                    world, lambda row: "refuse" if row.decision == "send back" else None
                ),
                "You refused a form that only lacks an entry. Let its applicant fill it in.",
            ),
            Wrong(
                "the purpose is not read",
                lambda world: _requests(world, lambda row: "grant" if row.twin else None),
                "You decide alike on two requests that differ in their purpose alone. Compare "
                "their grounds.",
            ),
            Wrong(
                "days of another country",
                lambda world: _requests(world, lambda row: "grant" if row.elsewhere else None),
                "You granted more days than a level of Meridia allows. Another country may allow "
                "them.",
            ),
        ),
    ),
    "q3": Key(
        kind=_Pairs(of="pairs of request and principle", such_as="r-01 P1", noun="pair"),
        expected=lambda world: set(_pairs(world)),
        right="Every refusal has its rule. Whoever reads it knows what to change, or why nothing "
        "can be changed.",
        wrongs=(
            Wrong(
                "what is sent back as well",
                lambda world: _pairs(world, which=("refuse", "send back")),
                "You also name a request that is to be sent back. It lacks an entry; no principle "
                "speaks against it yet.",
            ),
            Wrong(
                "one principle for all",
                lambda world: _pairs(world, lambda row: "P3"),
                "You name one principle for every refusal. Read each form again: which principle "
                "does it break?",
            ),
            Wrong(
                "purpose called cause",
                lambda world: _pairs(world, lambda row: "P1" if row.twin else row.fails),
                "You call a wrong purpose a lack of cause. One principle asks how serious it is, "
                "another asks why it is wanted.",
            ),
            Wrong(
                "items called searches",
                lambda world: _pairs(world, lambda row: "P5" if _one_origin(row) else row.fails),
                "You call items of one origin a matter of searches. Searches are what was tried "
                "lower down; items speak for the cause.",
            ),
        ),
    ),
    "q4": Key(
        kind=_Plans(unit="points", share=0.05, names=("plan_A", "plan_B", "others_A", "others_B")),
        expected=_plans,
        right="Tier, content and person multiply. So the plan with fewer items may be the one that "
        "intrudes more: compare before you ask.",
        wrongs=(
            Wrong(
                "seen again is free",
                lambda world: _slipped(world, again=False),
                "You left out that items are seen again. Each time adds half of their price.",
            ),
            Wrong(
                "first looks only",
                lambda world: _slipped(world, again=False, unmask=False),
                "Tier, content and person are right, and earn half. Two things are still to be "
                "added: what is seen again, and the unmasking.",
            ),
            Wrong(
                "everybody is a subject",
                lambda world: _slipped(world, person=False),
                "You priced everybody like a subject. Associates count twice, bystanders three "
                "times.",
            ),
            Wrong(
                "added up",
                _added,
                "You added the prices of tier, content and person. They multiply.",
            ),
            Wrong(
                "all content alike",
                lambda world: _slipped(world, content=False),
                "You priced all content alike. A place counts twice, health or belief three times.",
            ),
        ),
    ),
    "q5": Key(
        kind=_Repair(FIELDS, ()),
        expected=_case,
        right="The step is gentler, and the question is still answered. That is a repair; new "
        "words would not have been one.",
        wrongs=(
            Wrong(
                "better prose",
                lambda world: (
                    _refused(world)
                    | {
                        "limits": "we will be very careful with every single name, as always",
                        "finding": "vital knowledge about the crowd that the city needs",
                    }
                ),
                "You improved the words and left the step as it was. The same people would be "
                "named: change the step.",
            ),
            Wrong(
                "a smaller number",
                lambda world: _refused(world) | {"estimate": 150},
                "You wrote a smaller number for the same list of names. The price of the list "
                "stays the same: change the step.",
            ),
            Wrong(
                "a higher officer",
                lambda world: _refused(world) | {"level": 4},
                "You asked a higher officer for the same step. Rank does not make it "
                "proportionate: change the step.",
            ),
            Wrong(
                "no level asked",
                lambda world: _counts(world, level=0),
                "You found a gentler step, and asked nobody. Which level does it need?",
            ),
            Wrong(
                "single looks",
                lambda world: _counts(world, conduct="view", level=0, estimate=10, days=1),
                _NO_COUNT,
            ),
            Wrong(
                "fewer names",
                lambda world: (
                    _refused(world)
                    | {"people": 40, "estimate": 120, "lower_reason": "about to vanish"}
                ),
                _SAME_STEP,
            ),
            Wrong("one point", lambda world: _counts(world, estimate=1), _UNDER_PRICE),
            Wrong(
                "another question",
                lambda world: _counts(world, targets=["#something"]),
                _OTHER_QUESTION,
            ),
        ),
    ),
    "q6": Key(
        kind=SET(of="request ids", such_as="r-01", noun="request"),
        expected=lambda world: {
            "right": _of_one_origin(world),
            "others": _two_items(world) - _of_one_origin(world),
        },
        right="Two papers, one witness. What is repeated does not become more true.",
        wrongs=(
            Wrong(
                "all six",
                _two_items,
                "You named all six. In three of them two different people speak: read who saw it.",
            ),
            Wrong(
                "the other three",
                lambda world: _two_items(world) - _of_one_origin(world),
                "You named those in which two different people speak. The question asks for the "
                "others.",
            ),
            Wrong(
                "by the clerk's numbers",
                lambda world: [],
                "By the clerk's numbers no two items are alike. The numbers say nothing: read the "
                "texts.",
            ),
            Wrong(
                "only where it changes the decision",
                lambda world: set(
                    world.truth["requests"]
                    .query("one_origin and example == 'E8' and fails == 'P1'")["request_id"]
                    .head(1)
                ),
                "You named one request where it changes the decision. The question asks for all "
                "three, also where one item is enough.",
            ),
        ),
    ),
    "q7": Key(
        kind=SET(of="item ids", such_as="s-01", noun="item"),
        expected=lambda world: {
            "right": _sealed(world),
            "others": set(world.tables["sample"]["item_id"]) - _sealed(world),
        },
        right="You stopped in time, and sealed no more than needed. On the desk, desk.seal does it "
        "and tells the lead.",
        wrongs=(
            Wrong(
                "by the word",
                _by_word,
                "You sealed by words alone. A printed page, a nickname or opening hours hold no "
                "confidence, and some confidences name no profession.",
            ),
            Wrong(
                "everything",
                lambda world: set(world.tables["sample"]["item_id"]),
                "You sealed everything. Then nobody works, and nobody finds a real confidence "
                "among them: seal only what was told to one of the four professions.",
            ),
            Wrong(
                "two professions",
                lambda world: _sealed(world, "lawyer", "doctor"),
                "You sealed for two professions only. The code of conduct names four.",
            ),
        ),
    ),
    "q8": Key(
        kind=_Letter(
            (80, 160),
            (
                _says(
                    r"\brefus|\bdeclin|\breject|not grant|say no\b|\bdeny|\bdenied|turn(ed)? down",
                    _NO_DECISION,
                ),
                _says(r"proportion|\bp3\b|third principle", _NO_PRINCIPLE),
                Need(_has_figures, _NO_FIGURES),
                _says(
                    r"\bcount|without names|no names|pseudonym|nobody is (named|shown)|gentler",
                    _NO_STEP,
                ),
                _says(
                    r"new request|\bsend\b|\bagain\b|review|appeal|resubmit|re-?apply|ask (me|us)",
                    _NO_NEXT,
                ),
            ),
        ),
        expected=_figures,
        right="I found every part. Your instructor reads whether the letter is fair, and whether "
        "the applicant could act on it.",
        wrongs=(
            Wrong(
                "catchwords",
                lambda world: (
                    "Refused, P3, {estimate}, {ceiling}, count, again. ".format(**_figures(world))
                    + "bla " * 80
                ),
                _REPEATS,
            ),
            Wrong(
                "no decision",
                lambda world: _letter(world, "is refused", "is a hard one for me"),
                _NO_DECISION,
            ),
            Wrong(
                "no numbers",
                lambda world: _letter(world, "{estimate} points", "far too many points"),
                _NO_FIGURES,
            ),
            Wrong(
                "no principle",
                lambda world: _letter(
                    world,
                    "The step fails the third principle: it is not proportionate. ",
                    "The step is one that I do not like, and nobody here would. ",
                ),
                _NO_PRINCIPLE,
            ),
            Wrong(
                "no gentler step",
                lambda world: _letter(
                    world, _STEP, "There is nothing else that I could offer you today, sadly so. "
                ),
                _NO_STEP,
            ),
            Wrong(
                "no way forward",
                lambda world: _letter(
                    world, _NEXT, "I regret that this is so, and I hope that you understand it. "
                ),
                _NO_NEXT,
            ),
        ),
    ),
}
