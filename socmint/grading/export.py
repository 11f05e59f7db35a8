"""Results as tables: a plain CSV, and the forms that Moodle and Canvas import.

Points come from the gradebook, so that marks by hand are in them. A line has a score only when all
of it is there: what is missing, unreadable, failed or waits for a mark is empty, which is not 0.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from socmint.course import Module, load
from socmint.grading import books
from socmint.grading.classroom import Class, Learner, load_json, state, store

FORMS = ("plain", "moodle", "canvas")


def export(
    group: Class,
    topic: str,
    out: Path,
    form: str = "plain",
    tell: Callable[[books.Entered], None] | None = None,
) -> dict[str, str]:
    """Write the results of a lab and return who has no score in it: learner → why.

    Args:
        group: the class.
        topic: the lab.
        out: the file to write.
        form: 'plain', 'moodle' (grade import by e-mail address) or 'canvas' (gradebook import).
        tell: called with what came of writing into the gradebook before.

    Raises:
        CourseError: the settings of nbgrader are broken, or the gradebook cannot be used.
    """
    entered = books.enter(group, topic)
    if tell:
        tell(entered)
    stands = books.standings(group, topic)
    results = {
        learner.id: _arrived(group, topic, learner.id) | state(group, topic, learner.id)
        for learner in group.learners
    }
    make = {"plain": _plain, "moodle": _moodle, "canvas": _canvas}[form]
    rows = make(group.learners, results, stands, load().find(topic))
    text = io.StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    store(out, text.getvalue().encode())
    return {
        learner.id: "marks are open" if learner.id in stands else results[learner.id]["status"]
        for learner in group.learners
        if _score(stands, learner.id) == ""
    }


def _arrived(group: Class, topic: str, learner: str) -> dict[str, str]:
    about = load_json(group.path("submitted", topic, f"{learner}.json")) or {}
    return {"handed in": about.get("changed", ""), "late": "late" if about.get("late") else ""}


def _safe(cell: Any) -> Any:
    """Keep a spreadsheet from taking a text for a formula."""
    if isinstance(cell, str) and cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return cell


def _score(stands: dict[str, dict], learner: str) -> Any:
    score = stands.get(learner, {}).get("score")
    return "" if score is None else score


def _most(module: Module) -> float:
    return sum(question.points + question.manual for question in module.questions)


def _plain(
    learners: list[Learner], results: dict[str, dict], stands: dict[str, dict], module: Module
) -> list[list]:
    head = ["id", "name", "lab", "status", "score", "points", "marks open", "late penalty"]
    for question in module.questions:
        head += [question.id, *([f"{question.id} by hand"] if question.manual else [])]
    rows = [[*head, "handed in", "late", "findings", "graded", "submission", "worlds"]]
    for learner in learners:
        result, stand = results[learner.id], stands.get(learner.id, {})
        row = [learner.id, learner.name, module.topic, result["status"]]
        row += [_score(stands, learner.id), _most(module)]
        row += [stand.get("open", ""), stand.get("late", "")]
        for question in module.questions:
            one = stand.get("questions", {}).get(question.id, {})
            row += [one.get("auto"), *([one.get("manual")] if question.manual else [])]
        row += [result["handed in"], result["late"]]
        row += [" ".join(result.get("findings", [])), result.get("graded", "")]
        row += [result.get("submission", "")]
        row += [" ".join(run["alias"] for run in result.get("runs", []))]
        rows.append(row)
    return rows


def _moodle(
    learners: list[Learner], results: dict[str, dict], stands: dict[str, dict], module: Module
) -> list[list]:
    rows = [["Email address", module.topic]]
    return rows + [[one.email or one.id, _score(stands, one.id)] for one in learners]


def _canvas(
    learners: list[Learner], results: dict[str, dict], stands: dict[str, dict], module: Module
) -> list[list]:
    rows: list[list] = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", module.topic],
        ["Points Possible", "", "", "", "", _most(module)],
    ]
    for one in learners:
        score = _score(stands, one.id)
        rows.append([one.name, "", one.id, one.email or one.id, "", score])
    return rows
