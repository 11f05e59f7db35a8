"""Decide on a request: six principles, each tested line by line, each with its reason.

`decide` is a pure function of the request, the case file and the profile. It reads no world and no
truth: what an officer cannot know, it does not know either. The audit comes afterwards (`audit`).
"""

import dataclasses
import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from socmint.desk.profile import CONDUCTS, PRINCIPLES, TIERS, Profile, load_profile
from socmint.errors import CourseError

HEADINGS = {
    "tier": "Two axes: tier and conduct",
    "form": "The form",
    "desk": "How the desk answers",
    "P1": "P1 Sufficient cause",
    "P2": "P2 Integrity of motive",
    "P3": "P3 Proportionate and necessary",
    "P4": "P4 Right authority",
    "P5": "P5 Last resort",
    "P6": "P6 Reasonable prospect",
}
"""Where the lesson on law, ethics and authority explains each rule."""


@dataclass(frozen=True)
class Request:
    """A request for authority, as the applicant fills it in.

    Attributes:
        requirement: id of the requirement it serves, such as "R1".
        tier: public, registered, friends or private.
        conduct: view, repeat, bulk, bulk_named, enter, relate, read or order.
        targets: ids of accounts, groups or threads; for bulk, the words that are searched for.
        level: level of the one who is asked to decide, 0 to 4.
        applicant: who asks.
        authoriser: who decides.
        items: ids of the items that support the request.
        ground: why, in one of the words the profile lists.
        link: a personal link to somebody concerned; empty when there is none.
        days: for how long.
        people: how many people will be touched, as expected.
        estimate: expected intrusion (points).
        limits: how the harm is limited.
        protected: will material of lawyers, journalists, doctors or clergy be touched?
        lower: numbers of the log lines of searches lower down.
        lower_reason: why there is no such search, in one of the words the profile accepts.
        finding: what would be found.
        probability: how likely that is (0 to 1).
        urgent: does it need an answer now?

    Example:
        >>> Request(requirement="R1", tier="public", conduct="repeat", targets=["a-000001"])
        ... # doctest: +ELLIPSIS
        Request(requirement='R1', tier='public', conduct='repeat', targets=['a-000001'], ...
    """

    requirement: str
    tier: str
    conduct: str
    targets: list[str]
    level: int = 0
    applicant: str = ""
    authoriser: str = ""
    items: list[str] = field(default_factory=list)
    ground: str = ""
    link: str = ""
    days: int = 1
    people: int = 0
    estimate: int = 0
    limits: str = ""
    protected: bool = False
    lower: list[int] = field(default_factory=list)
    lower_reason: str = ""
    finding: str = ""
    probability: float = 0.0
    urgent: bool = False


_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(
        ["requirement", "tier", "conduct", "applicant", "authoriser", "ground"], (str,)
    ),
    **dict.fromkeys(["link", "limits", "lower_reason", "finding"], (str,)),
    **dict.fromkeys(["targets", "items", "lower"], (list, tuple, set)),
    **dict.fromkeys(["level", "days", "people", "estimate"], (int,)),
    **dict.fromkeys(["protected", "urgent"], (bool,)),
    "probability": (int, float),
}
_WORDS = {str: "text", list: "a list", int: "a whole number", bool: "True or False"}
LONGEST = 2_000  # characters of a text, and entries of a list


def read(form: Request | Mapping[str, Any]) -> Request:
    """Turn a form (a dict or a Request) into a checked Request.

    Raises:
        CourseError: an unknown field, a missing one, or a value of the wrong kind; says which.

    Example:
        >>> read({"requirement": "R1", "tier": "public", "conduct": "view", "targets": ["a"]}).days
        1
    """
    if isinstance(form, Request):
        form = {f.name: getattr(form, f.name) for f in dataclasses.fields(Request)}
    if not isinstance(form, Mapping):
        raise CourseError("A request is a form: give a dict with the fields, or a Request.")
    for name in form:
        if name not in _KINDS:
            raise CourseError(
                f"The form has no field {str(name)[:40]!r}. It has: {', '.join(_KINDS)}."
            )
    for name in ("requirement", "tier", "conduct", "targets"):
        if name not in form:
            raise CourseError(f"The form needs the field {name!r}.")
    values = {}
    for name, value in form.items():
        kinds = _KINDS[name]
        if isinstance(value, str) and list in kinds:
            value = [value]
        right = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
        if not right:
            raise CourseError(f"The field {name!r} must be {_WORDS.get(kinds[0], 'a number')}.")
        values[name] = _short(name, value)
    request = Request(**values)
    for name, known in (("tier", TIERS), ("conduct", CONDUCTS)):
        if getattr(request, name) not in known:
            raise CourseError(f"The field {name!r} must be one of: {', '.join(known)}.")
    if not 0 <= request.level <= 4:
        raise CourseError("The field 'level' must be 0 to 4.")
    for name in ("days", "people", "estimate"):
        if not 0 <= getattr(request, name) <= 10**9:
            raise CourseError(f"The field {name!r} must be 0 or more, and not absurdly large.")
    if not 0 <= request.probability <= 1:
        raise CourseError("The field 'probability' must be between 0 and 1.")
    return request


def _short(name: str, value: Any) -> Any:
    if isinstance(value, (list, tuple, set)):
        kind = int if name == "lower" else str
        entries = sorted(value, key=str) if isinstance(value, set) else list(value)
        if not all(isinstance(one, kind) and not isinstance(one, bool) for one in entries):
            what = "log line numbers" if kind is int else "texts"
            raise CourseError(f"The field {name!r} must be a list of {what}.")
        value = entries
    if isinstance(value, (str, list)) and len(value) > LONGEST:
        raise CourseError(f"The field {name!r} is too long: {LONGEST:,} at most.")
    if isinstance(value, str) and any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
        raise CourseError(f"The field {name!r} holds characters that cannot be written down.")
    return value


@dataclass(frozen=True)
class Item:
    """A graded item on file: UK 3x5x2 source (1-3) and information (A-E), and its origin."""

    source: int
    information: str
    origin: str


@dataclass(frozen=True)
class CaseFile:
    """What the one who decides has in front of them.

    `seriousness`: 1 to 5, by requirement id. `items`: graded items by id. `searches`: for each log
    line of a collection that was done, its requirement and level.
    """

    seriousness: Mapping[str, int]
    items: Mapping[str, Item] = field(default_factory=dict)
    searches: Mapping[int, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One line of a decision: the rule, whether it holds, and why. `gap`: excused by urgency."""

    rule: str
    holds: bool
    why: str
    gap: bool = False


@dataclass(frozen=True)
class Decision:
    """What was decided, and every line that led there.

    Attributes:
        status: open (nobody needs to be asked), granted, granted urgent, or refused.
        level: the level that the conduct needs; None where it is not offered.
        checks: every test with its result.
        conditions: what a grant is bound to.
        authority: id of the grant, such as "A-2"; empty without one.
        line: number of its line in the log.
    """

    status: str
    level: int | None
    checks: list[Check]
    conditions: list[str] = field(default_factory=list)
    authority: str = ""
    line: int | None = None

    @property
    def granted(self) -> bool:
        """May the step be taken?"""
        return self.status != "refused"

    @property
    def reasons(self) -> list[str]:
        """Why it was refused, or what urgency excuses: one sentence each, rule first."""
        failed = [check for check in self.checks if not check.holds]
        chosen = failed or [check for check in self.checks if check.gap]
        return [f"{check.rule}: {check.why}" for check in chosen]

    @property
    def rules(self) -> list[str]:
        """The rules that failed, each once."""
        return list(dict.fromkeys(check.rule for check in self.checks if not check.holds))

    def __getitem__(self, name: Any) -> Any:
        raise CourseError(
            f"The desk gave no rows: the call was {self.status}. {' '.join(self.reasons)}"
        )

    def __repr__(self) -> str:
        head = self.status.upper() + (f" {self.authority}" if self.authority else "")
        lines = [head]
        for reason in self.reasons:
            lines.append(f"  {reason}")
            rule = reason.partition(":")[0]
            lines.append(f'    see lesson 03, "{HEADINGS[rule]}"')
        lines += [f"  condition: {condition}" for condition in self.conditions]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        mark = {"refused": "✘", "open": "○"}.get(self.status, "✔")
        colour = "warn" if self.status == "refused" else "success"
        name = f" <b>{html.escape(self.authority)}</b>" if self.authority else ""
        head = (
            f'<p style="margin:0 0 .4em;font-weight:600;padding-left:.5em;'
            f'border-left:.35em solid var(--jp-{colour}-color1,#888)">'
            f"{mark} {html.escape(self.status)}{name}</p>"
        )
        rows = "".join(
            "<tr>"
            f'<td style="text-align:left;white-space:nowrap">{html.escape(_name(check.rule))}</td>'
            f'<td style="text-align:left;white-space:nowrap">{_MARKS[check.holds, check.gap]}</td>'
            f'<td style="text-align:left">{html.escape(check.why)}'
            + (
                ""
                if check.holds
                else f"<br><small>Lesson 03, “{html.escape(HEADINGS[check.rule])}”</small>"
            )
            + "</td></tr>"
            for check in self.checks
        )
        conditions = "".join(f"<li>{html.escape(one)}</li>" for one in self.conditions)
        tail = f"<p style='margin:.4em 0 0'>Conditions:</p><ul>{conditions}</ul>"
        return f"{head}<table>{rows}</table>{tail if conditions else ''}"


def _name(rule: str) -> str:
    return f"{rule} {PRINCIPLES[rule]}" if rule in PRINCIPLES else HEADINGS[rule]


_MARKS = {
    (True, False): "✔ holds",
    (True, True): "△ excused for now",
    (False, False): "✘ fails",
    (False, True): "✘ fails",
}


def decide(
    form: Request | Mapping[str, Any], file: CaseFile, profile: Profile | None = None
) -> Decision:
    """Decide on a request.

    Args:
        form: the request.
        file: what is on file.
        profile: the rules; the teaching profile when left out.

    Returns:
        The decision with one line for every test, those that hold as well.

    Raises:
        CourseError: the form cannot be read.

    Example:
        >>> form = {"requirement": "R1", "tier": "private", "conduct": "read", "targets": ["m-1"]}
        >>> decide(form, CaseFile({"R1": 4})).rules
        ['tier']
    """
    request, rules = read(form), profile or load_profile()
    needed = rules.level(request.tier, request.conduct)
    if not isinstance(needed, int):
        why = (
            f"{request.conduct} does not arise in the tier {request.tier}"
            if needed is None
            else f"{request.conduct} in the tier {request.tier} is not offered; "
            + ("use a provider order" if "order" in rules.matrix[request.tier] else "ask for less")
        )
        return Decision("refused", None, [Check("tier", False, why)])
    urgent = request.urgent and "threat to life" in (request.ground, request.lower_reason)
    tests = (_cause, _motive, _proportion, _authority, _last_resort, _prospect)
    checks = [check for test in tests for check in test(request, file, rules, needed, urgent)]
    if not all(check.holds for check in checks):
        return Decision("refused", needed, checks)
    if needed == 0:
        return Decision("open", 0, checks)
    conditions = ["third parties are masked"]
    if needed >= 2:
        conditions += ["review at half time", "delete within 7 days of close"]
    if needed >= rules.P4["oversight_from_level"]:
        conditions.append("oversight is told")
    gaps = [check for check in checks if check.gap]
    if gaps:
        hours = rules.P4["urgent_hours"]
        conditions.insert(0, f"{hours} hours, then a written case that closes the gaps")
    return Decision("granted urgent" if gaps else "granted", needed, checks, conditions)


def _cause(request, file, rules, level, urgent):
    have = file.seriousness.get(request.requirement)
    least = rules.P1["seriousness"][level]
    if have is not None:  # what is not tasked has no weight; P2 says so
        yield Check("P1", have >= least, f"seriousness {have}, level {level} needs {least}")
    if not rules.P1["items"][level]:
        return
    usable, spoiled = {}, []
    for name in dict.fromkeys(request.items):
        item = file.items.get(name)
        if item is None:
            spoiled.append(f"{name} is not on file")
        elif (
            item.source not in rules.P1["usable_source"]
            or item.information not in rules.P1["usable_information"]
        ):
            spoiled.append(f"{name} is graded {item.source}{item.information}: not usable")
        else:
            usable[name] = item
    wanted = rules.P1["items"][level]
    # What each test would need, and what urgency leaves of it.
    now = min(wanted, 1) if urgent else wanted
    tail = f" ({'; '.join(spoiled)})" if spoiled else ""
    yield Check(
        "P1",
        len(usable) >= now,
        f"{len(usable)} usable graded item{'s' * (len(usable) != 1)}, {wanted} needed{tail}",
        gap=len(usable) >= now and len(usable) < wanted,
    )
    apart = rules.P1["independent"][level]
    if apart > 1 and len(usable) >= wanted:
        origins = len({item.origin for item in usable.values()})
        why = f"{origins} of independent origin, {apart} needed"
        yield Check("P1", urgent or origins >= apart, why, gap=urgent and origins < apart)


def _motive(request, file, rules, level, urgent):
    tasked = request.requirement in file.seriousness
    yield Check("P2", tasked, f"{request.requirement!r} is {'' if tasked else 'not '}tasked")
    ground = request.ground.strip().lower()
    if ground in rules.P2["grounds"]:
        yield Check("P2", True, f"{ground} is a ground")
    elif ground in rules.P2["never"]:
        yield Check("P2", False, f"{ground} is no ground")
    else:
        known = ", ".join(rules.P2["grounds"])
        yield Check("P2", False, f"state a ground; accepted are: {known}")
    if request.link.strip():
        yield Check("P2", False, "a personal link is declared: hand the case to a colleague")


def _proportion(request, file, rules, level, urgent):
    aimed = len(request.targets)
    why = f"aimed at {aimed} target{'s' * (aimed != 1)}" if aimed else "name the targets"
    yield Check("P3", aimed > 0, why)
    if level == 0:
        return
    people = f"{request.people} people expected" if request.people else "say how many people"
    yield Check("P3", request.people > 0, people)
    seriousness = file.seriousness.get(request.requirement, 0)
    if seriousness:
        ceiling = rules.P3["ceiling"][seriousness - 1]
        why = f"{request.estimate} points, ceiling {ceiling} at seriousness {seriousness}"
        if request.estimate == 0:
            why = "estimate the points that this will cost"
        yield Check("P3", 0 < request.estimate <= ceiling, why)
    days, most = request.days, rules.levels[level]["days"]
    yield Check("P3", 1 <= days <= most, f"{days} days, level {level} allows 1 to {most}")
    if level >= rules.P3["plan_from_level"]:
        said = len(request.limits.split()) >= 3
        yield Check("P3", said, "harm is limited" if said else "say in limits how harm is limited")
    if request.protected:
        least = rules.P3["protected_from_level"]
        why = f"protected material only from level {least}"
        yield Check("P3", request.level >= least, why)


def _authority(request, file, rules, level, urgent):
    excused = rules.P4["urgent_level_less"] if urgent else 0
    enough = request.level >= level
    yield Check(
        "P4",
        enough or request.level >= level - excused,
        f"level {request.level} asked, {level} needed ({rules.office(level)})",
        gap=not enough and request.level >= level - excused,
    )
    if level >= 1:
        named = bool(request.applicant.strip())
        yield Check("P4", named, "the applicant is named" if named else "name the applicant")
    if level >= rules.P4["separate_from_level"]:
        one, two = (name.strip().casefold() for name in (request.applicant, request.authoriser))
        why = "the applicant is never the authoriser" if two else "name the authoriser"
        apart = bool(two) and one != two
        yield Check("P4", apart, "somebody else decides" if apart else why)


def _last_resort(request, file, rules, level, urgent):
    if level < rules.P5["from_level"]:
        return
    reason = request.lower_reason.strip().lower()
    if urgent:
        reason = "threat to life"
    if reason:
        accepted = reason in rules.P5["reasons"]
        why = f"{reason!r} is {'an' if accepted else 'no'} accepted reason for no search lower down"
        yield Check("P5", accepted, why)
        return
    if not request.lower:
        yield Check("P5", False, "no search lower down is named, and no accepted reason")
        return
    for line in dict.fromkeys(request.lower):
        found = file.searches.get(line)
        if found is None:
            yield Check("P5", False, f"line {line} of this desk's log is no search that was done")
        else:
            fits = found[0] == request.requirement and found[1] < level
            why = f"line {line} of this desk's log is a search lower down for {request.requirement}"
            yield Check("P5", fits, why if fits else why.replace(" is a", " is not a"))


def _prospect(request, file, rules, level, urgent):
    if level < rules.P6["from_level"]:
        return
    named = len(request.finding.split()) >= 2
    yield Check("P6", named, "a finding is named" if named else "name in finding what you expect")
    least = rules.P6["probability"]
    why = f"{request.probability:.2f} expected, {least:.2f} needed"
    yield Check("P6", request.probability >= least, why)
