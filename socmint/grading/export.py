"""Results as tables: a plain CSV, and the forms that Moodle and Canvas import.

Points come from the gradebook, so that marks by hand are in them. A line has a score only when all
of it is there: what is missing, unreadable, failed or waits for a mark is empty, which is not 0. A
platform may take an empty cell for "delete the mark", so the forms for platforms hold no such line.

Sources, read in the programs that do the import: Moodle's `grade/import/csv/classes/load_data.php`
and `mod/assign/feedback/offline/importgradeslib.php`, Canvas's `lib/gradebook_importer.rb`.
"""

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from socmint.course import Module, load
from socmint.errors import CourseError
from socmint.grading import books
from socmint.grading.classroom import Class, Learner, load_json, state, store

FORMS = ("plain", "moodle", "worksheet", "canvas")
ADDRESS = re.compile(r"\w[\w.%+'-]*@\w[\w.-]*")
NUMBER = re.compile(r"[^_]*_(\d+)_assignsubmission_")
"""The folder or file of a learner in a download from Moodle: name, number, kind."""


def export(
    group: Class,
    topic: str,
    out: Path,
    form: str = "plain",
    column: str | None = None,
    tell: Callable[[books.Entered], None] | None = None,
) -> dict[str, str]:
    """Write the results of a lab and return who has no score in it: learner → why.

    Args:
        group: the class.
        topic: the lab.
        out: the file to write.
        form: 'plain', 'moodle' (import of grades into the gradebook), 'worksheet' (offline grading
            worksheet of a Moodle assignment) or 'canvas' (gradebook import).
        column: how the platform calls the column of the lab; the topic when left out.
        tell: called with what came of writing into the gradebook before.

    Raises:
        CourseError: the settings of nbgrader are broken, the gradebook cannot be used, or the form
            needs what the roster does not say.
    """
    entered = books.enter(group, topic)
    if tell:
        tell(entered)
    stands = books.standings(group, topic)
    results = {
        learner.id: _arrived(group, topic, learner.id) | state(group, topic, learner.id)
        for learner in group.learners
    }
    module, outside = load().find(topic), []
    if form == "plain":
        rows = _plain(group.learners, results, stands, module)
    else:
        scored = [(one, _score(stands, one.id)) for one in group.learners]
        scored = [(one, score) for one, score in scored if score != ""]
        if form == "worksheet":
            outside = [one.id for one, _ in scored if not _number(group, topic, one)]
            scored = [(one, score) for one, score in scored if one.id not in outside]
        name = column or topic
        if form == "moodle":
            rows = _moodle(scored, name)
        elif form == "canvas":
            rows = _canvas(scored, name, _most(module))
        else:
            rows = _worksheet(group, topic, scored, _most(module))
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    # Spreadsheets take a file for UTF-8 only when it begins with a mark; platforms need none.
    store(out, text.getvalue().encode("utf-8-sig" if form == "plain" else "utf-8"))
    without = {
        learner.id: "marks are open" if learner.id in stands else results[learner.id]["status"]
        for learner in group.learners
        if _score(stands, learner.id) == ""
    }
    return without | dict.fromkeys(outside, "has no number from a download of Moodle")


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
        rows.append([_safe(cell) for cell in row])
    return rows


def _moodle(scored: list[tuple[Learner, float]], column: str) -> list[list]:
    """Return rows by e-mail address and by ID number: the instructor maps one of the two.

    Moodle refuses the whole file for one address that it does not know, and gives the score of a
    line without an address to the learner of the line before.
    """
    known = [address(one) for one, _ in scored]
    odd = [one.id for (one, _), mail in zip(scored, known, strict=True) if not mail]
    if odd and any(known):
        raise CourseError(
            f"Moodle needs the e-mail address of everybody, and refuses the file for one that is "
            f"missing or odd: {', '.join(odd)}. Mend roster.csv in the class folder, or leave the "
            "column email out of it: then Moodle can find learners by ID number alone."
        )
    if not any(known):
        return [["ID number", column], *([one.id, score] for one, score in scored)]
    rows = [[m, one.id, score] for m, (one, score) in zip(known, scored, strict=True)]
    return [["Email address", "ID number", column], *rows]


def address(one: Learner) -> str:
    """Return a learner's e-mail address, or nothing: an address is never changed to be safe."""
    said = one.email or one.id
    return said if ADDRESS.fullmatch(said) else ""


def _worksheet(
    group: Class, topic: str, scored: list[tuple[Learner, float]], most: float
) -> list[list]:
    """Return rows by the number that Moodle gives to a participant, known from its download."""
    now = f"{datetime.now():%Y-%m-%d %H:%M}"
    head = ["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)"]
    return [
        head,
        *(
            [f"Participant {_number(group, topic, one)}", _safe(one.name), score, most, now]
            for one, score in scored
        ),
    ]


def _number(group: Class, topic: str, one: Learner) -> str | None:
    """Return the number of a learner in a Moodle assignment, from the download, or None."""
    about = load_json(group.path("submitted", topic, f"{one.id}.json")) or {}
    found = NUMBER.search(str(about.get("from", "")))
    return found[1] if found else None


def _canvas(scored: list[tuple[Learner, float]], column: str, most: float) -> list[list]:
    """Return rows that Canvas finds by SIS User ID, or else by login, or else by name.

    A name that a spreadsheet would run as a formula is written with an apostrophe.
    """
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
    rows = [
        [_safe(one.name), "", one.id, address(one) or one.id, "", score] for one, score in scored
    ]
    return [head, ["Points Possible", "", "", "", "", most], *rows]
