"""What the class puts into nbgrader's own lists of steps.

Where nbgrader would run a submission beside the gradebook, `FromResults` writes down what the
sandbox and the scoring outside of it have found. All that follows is nbgrader's: its step that
saves the grades, its late penalties, its pages. nbgrader's command and the buttons of formgrader
take the same way, so that they never run a submission either.
"""

import builtins
import hashlib
import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy import event
from traitlets import Bool

from socmint.check.feedback import Result
from socmint.course import ROOT, Module, load
from socmint.grading import clean
from socmint.grading.classroom import (
    SCORED,
    Class,
    arrival,
    load_json,
    open_class,
    state,
    store_json,
)
from socmint.grading.rebuild import code_cells, rebuild
from socmint.grading.score import template_of


class NoScoreError(Exception):
    """A submission that has no score. The message says why."""


def _who(resources: dict[str, Any]) -> tuple[Class, str, str]:
    """Return the class, the lab and the learner that nbgrader is at."""
    names = resources["nbgrader"]
    if "group" in resources:
        return resources["group"], names["assignment"], names["student"]
    folder = Path(names["db_url"].removeprefix("sqlite:///").partition("?")[0]).parent
    return open_class(folder), names["assignment"], names["student"]


def _grades(book: Gradebook, topic: str, learner: str) -> list[Any]:
    try:
        return book.find_submission_notebook(topic, topic, learner).grades
    except MissingEntry:
        return []


class StartAnew(NbGraderPreprocessor):
    """Take back the old points, so that a grading that fails leaves no score of before.

    Marks and comments of a person stay.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clear the automatic points of one learner."""
        _, topic, learner = _who(resources)
        with Gradebook(resources["nbgrader"]["db_url"]) as book:
            for grade in _grades(book, topic, learner):
                grade.auto_score = None
            book.db.commit()
        return nb, resources


class FromResults(NbGraderPreprocessor):
    """Write the result of a submission into its notebook: answers, outputs and points."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the released lab with the learner's answers and what became of them.

        Raises:
            NoScoreError: there is no score to write down.
        """
        group, topic, learner = _who(resources)
        result = state(group, topic, learner)
        if result["status"] in ("not graded yet", "failed"):  # a button of formgrader was pressed
            _grade_apart(group, topic, learner)
            result = state(group, topic, learner)
        if result["status"] not in SCORED:
            said = " ".join(result.get("findings", []))
            raise NoScoreError(f"{learner} has no score: {result['status']}. {said}")
        with Gradebook(resources["nbgrader"]["db_url"]) as book:
            settled = {g.name for g in _grades(book, topic, learner) if not g.needs_manual_grade}
        resources["socmint"] = {"result": result, "settled": settled}
        return notebook(group, topic, learner, result), resources


def _grade_apart(group: Class, topic: str, learner: str) -> None:
    """Grade one learner in a process of its own: inside a server, none may be forked."""
    command = [sys.executable, "-m", "socmint", "class", "grade", topic, "--only", learner]
    done = subprocess.run(
        [*command, "--class", str(group.folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        raise NoScoreError((done.stderr or done.stdout).strip()[-1000:])


def notebook(group: Class, topic: str, learner: str, result: dict[str, Any]) -> NotebookNode:
    """Return the marked notebook of a learner: rebuilt, with outputs that are harmless.

    A check cell shows the feedback; its plain text is the points, which nbgrader reads.
    """
    data = group.path("submitted", topic, f"{learner}.ipynb").read_bytes()
    rebuilt = rebuild(template_of(topic), data)
    shown = load_json(group.path("shown", topic, f"{learner}.json")) or {}
    ran = shown.get("cells", []) if shown.get("key") == result["key"] else []
    ran = ran or [{} for _ in code_cells(rebuilt)]
    module = load().find(topic)
    checks = {f"{topic}-{question.id}-check": question.id for question in module.questions}
    made, following = [], iter(ran)
    for cell in rebuilt.notebook["cells"]:
        cell = NotebookNode(cell)
        cell.metadata = _nodes(cell.metadata)
        cell.source = "".join(cell.source)
        name = cell.metadata.nbgrader.grade_id
        for source in rebuilt.own.get(name, []):
            own = new_code_cell(source, metadata={"tags": ["own"]})
            own.id = f"own-{len(made)}"
            own.outputs = _nodes(clean.outputs(next(following, {})))
            made.append(own)
        if cell.cell_type == "code":
            cell.outputs = _nodes(clean.outputs(next(following, {})))
            if name in checks:
                cell.outputs = [_points(module, checks[name], result)]
        made.append(cell)
    about = {key: result[key] for key in ("key", "submission", "template", "graded", "made")}
    about |= {"status": result["status"], "findings": result["findings"]}
    about |= {"learner": learner, "worlds": [run["alias"] for run in result["runs"]]}
    metadata = _nodes({**rebuilt.notebook["metadata"], "socmint": about})
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=metadata, cells=made)


def _nodes(data: Any) -> Any:
    if isinstance(data, dict):
        return NotebookNode({key: _nodes(value) for key, value in data.items()})
    return [_nodes(value) for value in data] if isinstance(data, list) else data


def verdict(module: Module, question: str, result: dict[str, Any], full: bool = True) -> Result:
    """Return what became of a question, in the words that the learner knows from the check.

    Args:
        module: the lab's module.
        question: its id.
        result: of the learner.
        full: with the whole text of an error, also of one in a world that nobody has been given.
    """
    entry = result["questions"][question]
    notes = list(entry["notes"])
    scores = [f"{world['score']:g}" for world in entry["worlds"]]
    if len(set(scores)) > 1:
        notes.append(
            f"On worlds that nobody had seen, it made {' and '.join(scores)}. The lowest counts."
        )
    for run in result["runs"]:
        error = run["errors"].get(f"{module.topic}-{question}-answer")
        if error and run["alias"] in [world["world"] for world in entry["worlds"]]:
            said = error if full or entry["fairness"] == "judgement" else _kind_of(error)
            notes.append(f"Its cell stopped: {said[:300]}")
            break
    title = f"{question.upper()} {module.find(question).title}"
    return Result(
        module.topic, question, title, entry["outcome"], entry["score"], entry["points"], notes
    )


def _kind_of(error: str) -> str:
    """Return what kind of error it was. One that the learner made may be named after a secret."""
    from pandas import errors

    kind = error.partition(":")[0]
    known = kind == "Timeout" or any(hasattr(module, kind) for module in (builtins, errors))
    return kind if known else "an error of its own kind"


def _points(module: Module, question: str, result: dict[str, Any]) -> NotebookNode:
    got = verdict(module, question, result)
    data = {"text/plain": repr(got), "text/html": got._repr_html_()}
    return _nodes(
        {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None}
    )


class SayWhy(NbGraderPreprocessor):
    """After nbgrader saved the points: the sentence of each question, as a comment in the books.

    A question that a person marks keeps its box empty for the marker. And a mark that was given
    stays settled as long as the text that it was given for is the same.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Write the comments of one learner."""
        group, topic, learner = _who(resources)
        result, settled = resources["socmint"]["result"], resources["socmint"]["settled"]
        module = load().find(topic)
        sources = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in nb.cells
            if "nbgrader" in cell.metadata
        }
        texts = {}
        for question in module.questions:
            text = sources.get(f"{topic}-{question.id}-answer", "")
            texts[f"{topic}-{question.id}-answer"] = _digest(text)
            points = result["questions"][question.id]["score"]
            texts[f"{topic}-{question.id}-check"] = _digest(f"{points} {text}")
        path = group.path("marked", topic, f"{learner}.json")
        before = (load_json(path) or {}).get("texts", {})
        with Gradebook(resources["nbgrader"]["db_url"]) as book:
            # Not before the points are safe: a mark must not stand for a text it was not given for.
            event.listen(
                book.db(), "after_commit", lambda _: store_json(path, {"texts": texts}), once=True
            )
            for grade in _grades(book, topic, learner):
                same = texts.get(grade.name) == before.get(grade.name)
                if grade.manual_score is not None and grade.name in settled and same:
                    grade.needs_manual_grade = False
            for question in module.questions:
                name = f"{topic}-{question.id}-answer"
                if name in sources and not question.manual:
                    comment = book.find_comment(name, topic, topic, learner)
                    comment.auto_comment = verdict(module, question.id, result).text
            book.db.commit()
        return nb, resources


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# ---- pages ---------------------------------------------------------------------------------------


class _PageStep(Preprocessor):
    # nbgrader's own base would refuse a setting that every HTML page brings.
    enabled = Bool(True)


class BesideTheMarker(_PageStep):
    """On formgrader's page, show the rubric beside a free text, and what was found on the way.

    The page is made for each look at it. Nothing of this is in a file that leaves the class folder.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with notes for the marker, on formgrader's page only."""
        about = nb.metadata.get("socmint")
        if "submission_id" not in resources or not about:  # a page for somebody else
            return nb, resources
        topic = resources["assignment_id"]
        helps = helps_of(topic)
        root = self.config.CourseDirectory.get("root")
        came = arrival(open_class(Path(root)), topic, about["learner"]) if root else ""
        cells = [new_markdown_cell(_notes(about, list(helps), came))]
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name in helps:
                cells.append(new_markdown_cell(helps[name]))
            cells.append(cell)
        nb.cells = cells
        return nb, resources


def helps_of(topic: str) -> dict[str, str]:
    """Return what stands beside an answer for its marker: the rubric and the solution.

    Returns:
        Grade id of an answer cell → Markdown.
    """
    solved = json.loads((ROOT / "solutions" / topic / f"{topic}.ipynb").read_bytes())
    sources = {cell["id"]: "".join(cell["source"]) for cell in solved["cells"]}
    found = {}
    for cell in solved["cells"]:
        tags = cell["metadata"].get("tags", [])
        if "rubric" in tags:
            name = f"{topic}-{next(tag for tag in tags if tag != 'rubric')}-answer"
            solution = html.escape(sources[name])
            # A blank line ends HTML in Markdown, so what is between is Markdown again.
            found[name] = (
                f'<div class="marker rubric">\n\n{"".join(cell["source"])}\n\n'
                f"<details><summary>The solution</summary>\n<pre>"
                f"{BLANK.sub('&#10;', solution)}</pre></details>\n</div>"
            )
    return found


BLANK = re.compile(r"\n(?=\s*\n)")


def _notes(about: dict[str, Any], marked: list[str], came: str) -> str:
    """Return the head of a marking page. What a submission says of itself is plain text here."""
    lines = [came] if came else []
    lines += [f"{about['status']}; submission {about['submission'][:12]}; graded {about['graded']}"]
    lines += [f"worlds {', '.join(about['worlds'])}"] if about["worlds"] else []
    lines += about["findings"]
    items = [f"<li>{html.escape(' '.join(line.split()))}</li>" for line in lines]
    links = [f'<a href="#{name}">{name.split("-")[1].upper()}</a>' for name in marked]
    items += [f"<li>to mark by hand: {', '.join(links)}</li>"] if links else []
    return f'<div class="marker"><strong>For you alone</strong><ul>{"".join(items)}</ul></div>'


class ForLearner(_PageStep):
    """Leave nothing of a notebook but what its learner may read.

    The page is made from a list of what may be shown. So there is no rubric, no truth, no seed and
    no output of a world that nobody has been given in it, whatever stands in the notebook.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return an empty notebook, and the page as 'page' in the resources."""
        group, topic, learner = _who(resources)
        result = state(group, topic, learner)
        if nb.metadata.get("socmint", {}).get("key") != result.get("key"):
            raise NoScoreError(f"{learner} handed in anew and is not graded yet.")
        with Gradebook(resources["nbgrader"]["db_url"]) as book:
            stands = standing(book, topic, learner)
        sources = {
            cell.metadata.nbgrader.grade_id: cell
            for cell in nb.cells
            if "nbgrader" in cell.metadata
        }
        shown = load_json(group.path("shown", topic, f"{learner}.json")) or {}
        resources["page"] = page(group, topic, learner, result, stands) | {
            "answers": {
                question: _answer(sources.get(f"{topic}-{question}-answer"), shown.get("own"))
                for question in result["questions"]
            }
        }
        return NotebookNode(nbformat=4, nbformat_minor=5, metadata={}, cells=[]), resources


def _answer(cell: NotebookNode | None, own: bool | None) -> dict[str, Any]:
    """Return the learner's answer, and its figures when they come from the learner's own world."""
    if cell is None:
        return {"source": "", "figures": []}
    shown = [output.data for output in cell.outputs if output.output_type == "display_data"]
    coded = [data["image/png"] for data in shown if "image/png" in data]
    figures = [f'<img alt="your figure" src="data:image/png;base64,{one}">' for one in coded]
    figures += [one["text/html"] for one in shown if "data:image" in one.get("text/html", "")]
    return {"source": cell.source, "figures": figures if own else []}


def page(
    group: Class, topic: str, learner: str, result: dict[str, Any], stands: dict[str, Any]
) -> dict[str, Any]:
    """Return what a learner's page says."""
    module = load().find(topic)
    names = {one.id: one.name for one in group.learners}
    questions = []
    for question in module.questions if result["status"] in SCORED else ():
        got = verdict(module, question.id, result, full=False)
        questions.append(
            {
                "id": question.id,
                "title": got.title,
                "outcome": got.outcome,
                "notes": got.notes,
                "points": question.points,
                "manual_points": question.manual,
            }
            | stands["questions"][question.id]
        )
    return {
        "lab": module.title,
        "topic": topic,
        "learner": learner,
        "name": names.get(learner, ""),
        "status": result["status"],
        "findings": result["findings"] if result["status"] == "unreadable" else [],
        "submission": result.get("submission", "")[:12],
        "questions": questions,
        "out_of": sum(q.points + q.manual for q in module.questions),
    } | {key: stands.get(key) for key in ("score", "open", "late")}


def standing(book: Gradebook, topic: str, learner: str) -> dict[str, Any]:
    """Return where a learner stands, from the books.

    Returns:
        'questions': id → 'auto' (points of the check, or what a person made of them), 'changed' (a
        person did), 'manual' (points of a person, None while they are open), 'comment'; 'score':
        the sum, None while a mark is open; 'open': how many; 'late': the penalty.
    """
    grades = {grade.name: grade for grade in _grades(book, topic, learner)}
    module, questions, waiting = load().find(topic), {}, 0
    for question in module.questions:
        check = grades[f"{topic}-{question.id}-check"]
        hand = grades.get(f"{topic}-{question.id}-answer")
        comment = book.find_comment(f"{topic}-{question.id}-answer", topic, topic, learner)
        waiting += check.needs_manual_grade + bool(hand and hand.needs_manual_grade)
        questions[question.id] = {
            "auto": None if check.needs_manual_grade else round(check.score, 2),
            "changed": check.manual_score is not None or bool(check.extra_credit),
            "manual": round(hand.score, 2) if hand and not hand.needs_manual_grade else None,
            "comment": comment.manual_comment or "",
        }
    late = book.find_submission_notebook(topic, topic, learner).late_submission_penalty or 0.0
    score = sum((one["auto"] or 0) + (one["manual"] or 0) for one in questions.values()) - late
    return {
        "questions": questions,
        "score": None if waiting else round(score, 2),
        "open": waiting,
        "late": late,
    }
