"""A class with results that did not need a sandbox: each is written down as grading leaves it."""

import hashlib
import json

from socmint.course import load
from socmint.grading import classroom, score
from socmint.grading.demo import template
from socmint.grading.rebuild import fill

LAB = "what_socmint_is"  # 8 questions for 16 points, and 4 by hand for the text of Q8
TEXT = f"{LAB}-q8-answer"
VERSIONS = {"course": "1", "code": "0123456789abcdef"}


def make_class(folder, rows=(("ana", "Ana Brisol"), ("ben", "Ben Corvado"))):
    """Make a class of learners, each an id and a name."""
    roster = folder / "roster.csv"
    lines = [f'{name},"{full}",{name}@uni.example' for name, full in rows]
    roster.write_text("\n".join(["id,name,email", *lines]) + "\n", encoding="utf-8")
    return classroom.init(folder / "class", roster)


def hand_in(group, learner, data, where=None):
    """Put what a learner handed in where `collect` puts it."""
    classroom.store(group.path("submitted", LAB, f"{learner}.ipynb"), data)
    about = {"from": where or f"in/{learner}.ipynb", "changed": "2026-11-01T10:00:00"}
    classroom.store_json(group.path("submitted", LAB, f"{learner}.json"), about)


def graded(group, learner, points=None, text="Ask first.", status="graded", where=None, **more):
    """Hand in, and write the result down as grading does.

    Args:
        points: question → points of its check; the others have none.
        text: the answer to Q8.
        status: 'graded', 'failed' or 'unreadable'.
        more: 'shown': grade id → what the cell displayed; 'notes': question → sentences;
            'answers': grade id → source; 'own': whether it ran in the learner's own world.
    """
    points, module = points or {}, load().find(LAB)
    answers = more.get("answers", {}) | {TEXT: f'advice = """{text}"""'}
    data = json.dumps(fill(template(LAB), answers)).encode()
    hand_in(group, learner, data, where)
    questions = {}
    for question in module.questions:
        got = points.get(question.id, 0)
        outcome = "right" if got == question.points else "partly right" if got else "not yet"
        notes = more.get("notes", {}).get(question.id, [f"A sentence on {question.id}."])
        worlds = [{"world": "777000777", "score": got}]
        questions[question.id] = score._entry(question, got, outcome, notes, worlds)
    run = {"seed": 424242424242, "alias": "777000777", "ended": "well", "errors": {}}
    result = score._result(status, module, questions, more.get("findings", []), [run])
    digest = hashlib.sha256(data).hexdigest()
    result |= {"learner": learner, "submission": digest, "template": "t", "made": VERSIONS}
    result |= {"key": hashlib.sha256(json.dumps(result).encode()).hexdigest(), "graded": "today"}
    if status == "failed":
        result = {"status": status, "submission": digest, "findings": ["Gone."], "key": "k"}
    displayed = more.get("shown", {})
    cells = [
        {"name": cell["id"], "source": "", "printed": "", "error": None}
        | {"shown": displayed.get(cell["id"], [])}
        for cell in json.loads(template(LAB))["cells"]
        if cell["cell_type"] == "code"
    ]
    shown = {"key": result.get("key"), "own": more.get("own", True), "cells": cells}
    classroom.store_json(group.path("shown", LAB, f"{learner}.json"), shown)
    classroom.store_json(group.path("results", LAB, f"{learner}.json"), result)
    return result
