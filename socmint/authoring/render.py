"""Turn the cells of a source into a notebook: words from course.toml, ids, nbgrader's roles."""

import hashlib
import json
import re
from collections import Counter
from typing import Any

from socmint.authoring.source import INSTRUCTOR_ROLES, Cell, Unit, hints
from socmint.course import FAIRNESS, Course, Module, Question

# Fixed, because a Python version in here would change every notebook with every new Python.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}

INVENTED = "*All people, accounts and places here are invented.*"


def notebook(course: Course, unit: Unit, cells: list[Cell]) -> str:
    """Return the text of the notebook (nbformat 4.5) that a fault-free source stands for.

    For a lab this is the solution notebook, which nbgrader turns into the release.

    Example:
        >>> from socmint.course import load
        >>> text = notebook(load(), Unit("start", None), [Cell("code", "1 + 1", (), 1, 2)])
        >>> "start_here-26c19af0" in text
        True
    """
    made = []
    for cell, name in zip(cells, _ids(unit, cells), strict=True):
        metadata: dict[str, Any] = {"tags": list(cell.tags)} if cell.tags else {}
        if unit.kind == "lab" and cell.role not in INSTRUCTOR_ROLES:
            metadata["nbgrader"] = _roles(unit.module, cell, name)
        text = _text(course, unit, cell) if cell.kind == "markdown" else cell.source
        one = {
            "cell_type": cell.kind,
            "id": name,
            "metadata": metadata,
            "source": text.splitlines(keepends=True),
        }
        made.append(one | ({"execution_count": None, "outputs": []} if cell.kind == "code" else {}))
    whole = {"cells": made, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _ids(unit: Unit, cells: list[Cell]) -> list[str]:
    """Name each cell after its question and role, or after its own text.

    So an id stays the same when cells are added above it, and says in a gradebook what it is.
    """
    seen: Counter[str] = Counter()
    names = []
    for cell in cells:
        frame = {"header", "footer"} & set(cell.tags)
        if cell.question and cell.role:
            name = f"{unit.name}-{cell.question}-{cell.role}"
        elif frame:
            name = f"{unit.name}-{frame.pop()}"
        else:
            name = f"{unit.name}-{hashlib.sha1(cell.source.encode()).hexdigest()[:8]}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names


def _roles(module: Module, cell: Cell, name: str) -> dict[str, Any]:
    """Return nbgrader's cell metadata, schema version 3."""
    graded = cell.role == "check"
    solution = cell.role == "answer"
    points = None
    if cell.role in ("check", "answer"):
        question = module.find(cell.question)
        points = question.points if graded else question.manual
        graded = graded or points > 0
    return {
        "grade": graded,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    } | ({"points": points} if graded else {})


def _text(course: Course, unit: Unit, cell: Cell) -> str:
    module = unit.module
    if "header" in cell.tags:
        return (_lesson_head if unit.kind == "lesson" else _lab_head)(course, module, cell.source)
    if "footer" in cell.tags:
        return "\n\n".join([*_closing(cell.source), f"**Next:** {_next(course, unit)}"])
    if "contents" in cell.tags:
        return f"{cell.source}\n\n{_contents(course)}"
    if cell.role == "task":
        question = module.find(cell.question)
        return f"## {_label(question)}\n\n{cell.source}\n\n*{_points_line(question)}*"
    if cell.role == "hints":
        return _folded(hints(cell.source))
    return cell.source


def _lesson_head(course: Course, module: Module, scene: str) -> str:
    needs = [m for m in course.modules if m.id in module.needs]
    links = ", ".join(f"[{m.title}]({_lesson_file(m)})" for m in needs) or "only this course"
    minutes = module.minutes
    return "\n\n".join(
        [
            f"# {module.title}",
            f"*Lesson {module.id} · {minutes['lesson']} minutes, and {minutes['quiz']} for the "
            f"quiz.* {INVENTED}",
            f"**The case officer asks:** {module.question}",
            scene,
            "**You will:**",
            "\n".join(f"- {objective}" for objective in module.objectives),
            f"**You need:** {links}.",
        ]
    )


def _lab_head(course: Course, module: Module, scene: str) -> str:
    auto = sum(question.points for question in module.questions)
    manual = sum(question.manual for question in module.questions)
    return "\n\n".join(
        [
            f"# Lab: {module.title}",
            f"*Lab {module.id} · {module.minutes['lab']} minutes · "
            f"{_count(len(module.questions), 'question')} · {_shares(auto, manual)}.* {INVENTED}",
            f"**The case officer asks:** {module.question}",
            scene,
            f"**You need:** the lesson [{module.title}](../../notebooks/{_lesson_file(module)}).",
        ]
    )


def _closing(footer: str) -> list[str]:
    """Return the author's paragraphs. The claims are for authors and tests, so they say so."""
    parts = []
    for part in re.split(r"\n\s*\n", footer):
        claims = part.removeprefix("Claims:").strip()
        if claims == part.strip():
            parts.append(part)
        elif claims != "none":
            parts.append(f"*For authors: this lesson treats the claims {claims} of the sources.*")
    return parts


def _next(course: Course, unit: Unit) -> str:
    module = unit.module
    if unit.kind == "lesson" and module.questions:
        return f"[Lab: {module.title}](../labs/{module.topic}/{module.topic}.ipynb)"
    lessons = "" if unit.kind == "lesson" else "../../notebooks/"
    after = course.modules[course.modules.index(module) + 1 :]
    if after:
        return f"[{after[0].title}]({lessons}{_lesson_file(after[0])})"
    return f"[Back to the first page]({lessons}00_start_here.ipynb)"


def _contents(course: Course) -> str:
    rows = ["| Module | Lesson | Lab |", "| --- | --- | --- |"]
    for module in course.modules:
        link = f"[Lab](../labs/{module.topic}/{module.topic}.ipynb)"
        lab = f"{link}, {module.minutes['lab']} min" if module.questions else "none"
        rows.append(
            f"| {module.id} | [{module.title}]({_lesson_file(module)}), "
            f"{module.minutes['lesson']} min | {lab} |"
        )
    return "\n".join(rows)


def _folded(items: list[str]) -> str:
    # The blank lines make Markdown inside the HTML render in JupyterLab.
    return "\n\n".join(
        f"<details><summary>Hint {i} of {len(items)}</summary>\n\n{item}\n\n</details>"
        for i, item in enumerate(items, start=1)
    )


def _label(question: Question) -> str:
    return f"{question.id.upper()}. {question.title}"


def _points_line(question: Question) -> str:
    return f"{_shares(question.points, question.manual)}. {FAIRNESS[question.fairness]}"


def _shares(auto: float, manual: float) -> str:
    total = _count(auto + manual, "point")
    if not manual:
        return total
    return f"{total}: {auto:g} from the checks, {manual:g} from your instructor"


def _count(number: float, word: str) -> str:
    return f"{number:g} {word}" + ("" if number == 1 else "s")


def _lesson_file(module: Module) -> str:
    return f"{module.number}_{module.topic}.ipynb"
