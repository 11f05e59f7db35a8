"""Results as tables: a plain CSV, and the forms that Moodle and Canvas import."""

import csv
from pathlib import Path
from typing import Any

from socmint.grading.classroom import Class, Learner, state

FORMS = ("plain", "moodle", "canvas")


def export(group: Class, topic: str, out: Path, form: str = "plain") -> int:
    """Write the results of a lab and return the number of lines without a score.

    A cell without a score is empty: missing, unreadable and failed are not the same as 0. Manual
    points are not in it.

    Args:
        group: the class.
        topic: the lab.
        out: the file to write.
        form: 'plain', 'moodle' (grade import by e-mail address) or 'canvas' (gradebook import).
    """
    results = {learner.id: state(group, topic, learner.id) for learner in group.learners}
    rows = {"plain": _plain, "moodle": _moodle, "canvas": _canvas}[form](
        group.learners, results, topic
    )
    with out.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([_safe(cell) for cell in row] for row in rows)
    return sum(result.get("auto") is None for result in results.values())


def _safe(cell: Any) -> Any:
    """Keep a spreadsheet from taking a text for a formula."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return cell


def _score(result: dict[str, Any]) -> Any:
    score = result.get("auto")
    return "" if score is None else score


def _plain(learners: list[Learner], results: dict[str, dict], topic: str) -> list[list]:
    questions = next((list(r["questions"]) for r in results.values() if r.get("questions")), [])
    head = ["id", "name", "lab", "status", "score", "points", "manual points open"]
    head += [*questions, "findings", "graded", "submission", "worlds"]
    rows = [head]
    for learner in learners:
        result = results[learner.id]
        scores = [result.get("questions", {}).get(q, {}).get("score", "") for q in questions]
        worlds = " ".join(run["alias"] for run in result.get("runs", []))
        rows.append(
            [
                learner.id,
                learner.name,
                topic,
                result["status"],
                _score(result),
                result.get("points", ""),
                result.get("manual", ""),
                *scores,
                " ".join(result.get("findings", [])),
                result.get("graded", ""),
                result.get("submission", ""),
                worlds,
            ]
        )
    return rows


def _moodle(learners: list[Learner], results: dict[str, dict], topic: str) -> list[list]:
    rows = [["Email address", topic]]
    return rows + [[one.email or one.id, _score(results[one.id])] for one in learners]


def _canvas(learners: list[Learner], results: dict[str, dict], topic: str) -> list[list]:
    points = next((r["points"] for r in results.values() if "points" in r), "")
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", topic],
        ["Points Possible", "", "", "", "", points],
    ]
    for learner in learners:
        score = _score(results[learner.id])
        rows.append([learner.name, "", learner.id, learner.email or learner.id, "", score])
    return rows
