"""Where you are: modules, scores, calibration, the place you left, and what comes next.

One rendering serves two doors. `start.py` writes it as the page HOME.md, which JupyterLab opens at
once, in its own theme, without a kernel, and whose links open notebooks in the same window.
`home()` shows the same in a notebook, where there is no such page: in the browser edition, or under
a plain `jupyter lab`. Both are plain HTML without scripts, so keyboards and screen readers work.
"""

import html
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from socmint import course, progress
from socmint.course import ROOT, Module

FIRST = "notebooks/00_start_here.ipynb"
_STATES = {"open": "○", "started": "◐", "done": "✓"}
_BANDS = ("under 20 %", "20 to 39 %", "40 to 59 %", "60 to 79 %", "80 % and more")


@dataclass(frozen=True)
class Step:
    """A place to go to: what it is called, and its link from the course folder."""

    text: str
    link: str


@dataclass(frozen=True)
class Part:
    """How far one module is: questions of its quiz and its lab, and the best points so far."""

    module: Module
    touched: bool
    quiz: tuple[int, int]
    answered: tuple[str, ...]
    points: float

    @property
    def state(self) -> str:
        """Say 'open', 'started' or 'done'.

        A module is done when every question of its quiz was found, and every question of its lab
        has earned points. The lesson alone does not tell: nobody watches you read.
        """
        if self.quiz_done and self.lab_done and self.touched:
            return "done"
        return "started" if self.touched else "open"

    @property
    def quiz_done(self) -> bool:
        """Were all questions of the quiz found?"""
        return self.quiz[0] == self.quiz[1]

    @property
    def lab_done(self) -> bool:
        """Has every question of the lab earned points?"""
        return len(self.answered) == len(self.module.questions)

    @property
    def of(self) -> float:
        """The points that the checks of the lab can give."""
        return sum(question.points for question in self.module.questions)


@dataclass(frozen=True)
class Calibration:
    """How well probabilities came true, over the first answer to each question.

    Later answers know the feedback, so they do not count. `brier` is the mean squared distance of
    probability and outcome. Source: Brier 1950, Verification of forecasts expressed in terms of
    probability. `reliability` is the part of it that comes from saying too much or too little.
    Source: Murphy 1973, A new vector partition of the probability score. `bands` holds for each
    band of probabilities: how many, their mean, and the share that happened.
    """

    count: int
    brier: float
    reliability: float
    bands: list[tuple[str, int, float, float]]


@dataclass(frozen=True)
class Standing:
    """Everything that the home shows."""

    parts: list[Part]
    last: Step | None
    next: Step | None
    calibration: Calibration | None


def lesson(module: Module) -> str:
    """Return the path of a module's lesson in the course folder."""
    return f"notebooks/{module.number}_{module.topic}.ipynb"


def lab(module: Module) -> str:
    """Return the path of a module's lab in the course folder."""
    return f"labs/{module.topic}/{module.topic}.ipynb"


def standing() -> Standing:
    """Work out where the learner is, from the table of contents and the casebook.

    Example:
        >>> {part.state for part in standing().parts} <= {"open", "started", "done"}
        True
    """
    modules, events = course.load().modules, progress.events()
    parts = [_part(module, events) for module in modules]
    places = [place for event in events if (place := _place(modules, event))]
    module, last = places[-1] if places else (modules[0], None)
    # Whoever ran a cell of the first notebook, which belongs to no module, goes on to M00.
    following = _next(parts, module) if events else Step("Start here: your first notebook", FIRST)
    return Standing(parts, last, following, _calibration(events))


def _part(module: Module, events: list[dict[str, Any]]) -> Part:
    found, best, touched = set(), {}, False
    for event in events:
        if event["kind"] == "place":
            touched |= event["notebook"] in (lesson(module), lab(module))
        elif event["topic"] == module.topic:
            touched = True
            if event["kind"] == "quiz" and event["right"]:
                found.add(event["item"])
            elif event["kind"] == "check":
                earned = (event["score"], event["outcome"] == "recorded")
                best[event["question"]] = max(best.get(event["question"], (0, False)), earned)
    items = _items(module.topic)
    known = {question.id: question.points for question in module.questions}
    answered = tuple(name for name in known if any(best.get(name, ())))
    points = sum(min(best[name][0], known[name]) for name in answered)
    return Part(module, touched, (len(found & set(range(1, items + 1))), items), answered, points)


@cache
def _items(topic: str) -> int:
    path = ROOT / "course" / "quizzes" / f"{topic}.toml"
    return len(course.read_toml(path).get("item", [])) if path.exists() else 0


def _place(modules: list[Module], event: dict[str, Any]) -> tuple[Module, Step] | None:
    for module in modules:
        name = f"{module.id} {module.title}"
        if event["kind"] == "place" and event["notebook"] in (lesson(module), lab(module)):
            kind = "lesson" if event["notebook"] == lesson(module) else "lab"
            where = f"{event['notebook']}#cell-id={event['cell']}"
            return module, Step(f"{name}: {kind}, “{event['section']}”", where)
        if event["kind"] == "quiz" and event["topic"] == module.topic:
            return module, Step(f"{name}: quiz, question {event['item']}", lesson(module))
        known = [question.id for question in module.questions if event["kind"] == "check"]
        if event.get("topic") == module.topic and event.get("question") in known:
            return module, _to_question(module, event["question"])
    return None


def _to_question(module: Module, question: str) -> Step:
    title = module.find(question).title
    where = f"{lab(module)}#cell-id={module.topic}-{question}-answer"
    return Step(f"{module.id} {module.title}: lab, {question.upper()} {title}", where)


def _next(parts: list[Part], current: Module) -> Step | None:
    here = next(place for place, part in enumerate(parts) if part.module is current)
    for part in parts[here:] + parts[:here]:  # what was passed over comes after the rest
        module = part.module
        if part.state == "done":
            continue
        if not part.touched:
            return Step(f"{module.id} {module.title}: lesson", lesson(module))
        if not part.quiz_done and not (part.answered and not part.lab_done):
            return Step(
                f"{module.id} {module.title}: lesson, and the quiz at its end", lesson(module)
            )
        open_ones = [q.id for q in module.questions if q.id not in part.answered]
        return _to_question(module, open_ones[0])
    return None


def _calibration(events: list[dict[str, Any]]) -> Calibration | None:
    firsts: dict[tuple[str, str], dict[str, Any]] = {}
    for event in events:
        if event["kind"] == "check" and event["forecast"]:
            firsts.setdefault((event["topic"], event["question"]), event["forecast"])
    try:
        squares = sum(float(forecast["squares"]) for forecast in firsts.values())
        bands = [
            [sum(map(float, column)) for column in zip(*rows, strict=True)]
            for rows in zip(*(f["bands"] for f in firsts.values()), strict=True)
        ]
        count = round(sum(number for number, _, _ in bands))
    except (KeyError, TypeError, ValueError):
        return None  # somebody wrote into the file
    if not count:
        return None
    rows = [
        (name, round(n), said / n, happened / n)
        for name, (n, said, happened) in zip(_BANDS, bands, strict=True)
        if n
    ]
    reliability = sum(n * (said - happened) ** 2 for _, n, said, happened in rows) / count
    return Calibration(count, squares / count, reliability, rows)


# ---- showing it ----------------------------------------------------------------------------------

_LEFT = ' style="text-align:left;vertical-align:top"'  # JupyterLab sets tables flush right
_TABLE = ' style="margin-left:0"'  # and in the middle
_SHORT = ' style="text-align:left;vertical-align:top;white-space:nowrap"'


def _a(step: Step, base: str) -> str:
    return f'<a href="{html.escape(base + step.link)}">{html.escape(step.text)}</a>'


def body(found: Standing, base: str = "", level: int = 2) -> str:
    """Return the home as HTML that any theme, a screen reader and a saved page can show.

    Args:
        found: what to show.
        base: the way from the page to the course folder, such as `../`.
        level: the level of its first heading.
    """
    head, sub = f"h{level}", f"h{level + 1}"
    parts = [f"<{head}>Where you are</{head}>", *_now(found, base)]
    parts += [f"<{sub}>Modules</{sub}>", _modules(found, base)]
    parts += [f"<{sub}>How well your probabilities come true</{sub}>", _forecasts(found)]
    return "\n".join(parts)


def _now(found: Standing, base: str) -> Iterable[str]:
    if found.next:
        yield f"<p><strong>Next:</strong> {_a(found.next, base)}.</p>"
    else:
        yield "<p><strong>You have done every module.</strong> Go back to any you like.</p>"
    if found.last:
        yield f"<p>You last worked in {_a(found.last, base)}.</p>"
    done = sum(part.state == "done" for part in found.parts)
    started = sum(part.state == "started" for part in found.parts)
    earned, of = (sum(getattr(part, what) for part in found.parts) for what in ("points", "of"))
    yield (
        f"<p><label>Modules done: {done} of {len(found.parts)} "
        f'<progress value="{done}" max="{len(found.parts)}">{done}</progress></label><br>'
        f"Started: {started}. Points from checks: {earned:g} of {of:g}.</p>"
    )


def _modules(found: Standing, base: str) -> str:
    names = ("State", "Lesson", "Lab", "Points", "Quiz", "Minutes")
    head = "".join(f'<th scope="col"{_LEFT}>{name}</th>' for name in names)
    rows = []
    for part in found.parts:
        module = part.module
        title = _a(Step(f"{module.id} {module.title}", lesson(module)), base)
        practice, points = "none", ""
        if module.questions:
            to_lab = _a(Step(f"Lab {module.id}", lab(module)), base)
            practice = f"{to_lab}: {len(part.answered)} of {len(module.questions)} answered"
            points = f"{part.points:g} of {part.of:g}"
        symbol = f'<span aria-hidden="true">{_STATES[part.state]}</span>'
        quiz, minutes = "{} of {}".format(*part.quiz), sum(module.minutes.values())
        rows.append(
            f"<tr><td{_SHORT}>{symbol} {part.state}</td><td{_LEFT}>{title}</td>"
            f"<td{_LEFT}>{practice}</td>"
            + "".join(f"<td{_SHORT}>{cell}</td>" for cell in (points, quiz, minutes))
            + "</tr>"
        )
    return (
        f"<table{_TABLE}><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        "<p>A module is done when you found every answer of its quiz, and every question of its "
        "lab has earned points. Points are your best so far.</p>"
    )


def _forecasts(found: Standing) -> str:
    calibration = found.calibration
    if calibration is None:
        return "<p>No probabilities yet, or none whose outcome is known.</p>"
    head = "".join(
        f'<th scope="col"{_LEFT}>{name}</th>'
        for name in ("You said", "Times", "On average", "It happened in")
    )
    rows = "".join(
        f'<tr><th scope="row"{_LEFT}>{name}</th><td{_LEFT}>{n}</td><td{_LEFT}>{said:.0%}</td>'
        f"<td{_LEFT}>{happened:.0%}</td></tr>"
        for name, n, said, happened in calibration.bands
    )
    return (
        f"<p>Over your first answers, {calibration.count} probabilities: Brier score "
        f"{calibration.brier:.3f} (0 is best, always saying one half gives 0.250), reliability "
        f"{calibration.reliability:.3f} (0 is best).</p>"
        f"<table{_TABLE}><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def text(found: Standing) -> str:
    """Return the home as plain lines, for a terminal."""
    lines = [f"Next: {found.next.text}" if found.next else "You have done every module."]
    if found.last:
        lines.append(f"You last worked in {found.last.text}")
    for part in found.parts:
        points = f", {part.points:g} of {part.of:g} points" if part.of else ""
        quiz = ", quiz {} of {}".format(*part.quiz)
        lines.append(f"{part.state:8} {part.module.id} {part.module.title}{points}{quiz}")
    if found.calibration:
        lines.append(
            f"Brier score {found.calibration.brier:.3f} over {found.calibration.count} "
            f"probabilities, reliability {found.calibration.reliability:.3f}"
        )
    else:
        lines.append("No probabilities yet.")
    return "\n".join(lines)


def write_page() -> Path:
    """Write the page of the home whole or not at all, and return its path.

    `start.py` calls this before JupyterLab opens and says in SOCMINT_HOME where; then each note in
    the casebook writes it anew.

    Raises:
        OSError: the course folder may not be written.
    """
    from socmint import topics

    page = Path(os.environ.get("SOCMINT_HOME") or ROOT / "HOME.md")
    parts = [
        body(standing()),
        "<h3>Find a topic</h3>",
        topics.index(),
        "<h3>What is kept about you</h3>",
        f"<p>{_KEPT.format(html.escape(str(progress.path())))}</p>",
        _RELOAD,
    ]
    half = page.with_name(f"{page.name}.{os.getpid()}")
    # A block of HTML in Markdown ends at an empty line, so there is none after the title.
    half.write_text(f"# {course.load().title}\n\n" + "\n".join(parts) + "\n", encoding="utf-8")
    half.replace(page)
    return page


_RELOAD = (
    "<p>This page is as new as when you opened it. To see what came since, choose "
    "<em>Reload Markdown File from Disk</em> in the <em>File</em> menu.</p>"
)
_KEPT = (
    "What you do stays on this computer, in the file <code>{}</code>: which quiz answers you "
    "chose, how well each check went, and in which section you worked. No answers to labs, no "
    "times, no name. In a terminal, <code>socmint progress</code> shows, exports, imports or "
    "removes it."
)


# ---- in a notebook -------------------------------------------------------------------------------


class Home:
    """The home in a notebook. Its link targets fit notebooks in `notebooks/`."""

    def __init__(self) -> None:
        self._standing = standing()

    def __repr__(self) -> str:
        return text(self._standing)

    def _repr_html_(self) -> str:
        inside = body(self._standing, "../", 3)
        return f'<section lang="en" aria-label="Where you are">{inside}</section>'


def home() -> Home:
    """Return where you are in the course. Put it last in a cell.

    Example:
        >>> "Where you are" in home()._repr_html_()
        True
    """
    return Home()
