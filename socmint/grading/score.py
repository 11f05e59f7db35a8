"""Grade one submission: rebuild it, run it on its worlds, score its answers here.

A submission is run on worlds that carry no truth and whose seed is not told, so nothing in it can
work out what is expected. Whatever it prints, patches or forges, what leaves the sandbox is only
an answer; points are made here, from the key and the truth of the same world.
"""

import hashlib
import hmac
import json
import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from socmint import __version__
from socmint.check import forms, load_keys
from socmint.check.checker import score as score_answer
from socmint.check.kinds import Unreadable
from socmint.course import ROOT, Module, Question, load
from socmint.errors import CourseError
from socmint.grading.rebuild import UnreadableError, check_template, code_cells, rebuild
from socmint.grading.sandbox import Limits, Run, Sandbox
from synthetic_data import World, generate

UNSEEN = 2
"""How many worlds that nobody has seen a question of method is run on.

It scores the lowest of them: a method has to hold wherever it is used, and a number that happens
to be right in one world must not earn half the points.
"""
SCORE_SECONDS = 60


@dataclass(frozen=True)
class Place:
    """One world of a lab: its secret seed, and the number that stands in its place inside."""

    seed: int
    alias: str

    @property
    def name(self) -> str:
        """The folder of the world."""
        return f"w{self.alias}"


def place(secret: bytes, purpose: str) -> Place:
    """Return the world for a purpose, such as 'own|ana|networks'.

    Only who knows the class's secret can tell the seed, and so generate the truth.
    """
    seed = _number(secret, f"seed|{purpose}", 62)
    return Place(seed, str(_number(secret, f"alias|{seed}", 40)))


def _number(secret: bytes, text: str, bits: int) -> int:
    digest = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest, "big") >> (256 - bits)


def own_place(secret: bytes, learner: str, topic: str) -> Place:
    """Return the world that one learner gets for a lab."""
    return place(secret, f"own|{learner}|{topic}")


def unseen_places(secret: bytes, topic: str) -> list[Place]:
    """Return the worlds that a lab's questions of method are run on. Nobody is given them."""
    return [place(secret, f"unseen|{number}|{topic}") for number in range(UNSEEN)]


@lru_cache(maxsize=4)  # the unseen worlds stay, a learner's own comes and goes
def make_world(topic: str, where: Place) -> World:
    """Return a world with its truth, under the number that stands for its seed."""
    settings = load().find(topic).world
    world = generate(settings["scenario"], seed=where.seed, accounts=settings["accounts"])
    return World(world.meta | {"seed": int(where.alias)}, world.tables, world.truth)


def write_world(folder: Path, topic: str, where: Place) -> Path:
    """Write a world without truth and without its seed, unless it is there already."""
    target = folder / where.name
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # read inside by an account that owns nothing
        make_world(topic, where).write(target, truth=False)
    return target


def versions() -> dict[str, str]:
    """Return what a score depends on beside the submission: code by hash, packages by version."""
    digest = hashlib.sha256()
    for package in ("socmint", "synthetic_data"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    names = ("numpy", "pandas", "networkx", "matplotlib", "ipython")
    return {
        "course": __version__,
        "code": digest.hexdigest()[:16],
        "python": ".".join(map(str, sys.version_info[:3])),
    } | {name: version(name) for name in names}


def template_of(topic: str) -> bytes:
    """Return the released lab.

    Raises:
        CourseError: there is none, or it is not what a release is.
    """
    module = load().find(topic)
    if not module.questions:
        raise CourseError(f"{topic} has no lab.")
    path = ROOT / "labs" / topic / f"{topic}.ipynb"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise CourseError(f"labs/{topic}/{topic}.ipynb is missing. Run: socmint build") from None
    check_template(data, topic)
    return data


def grade(
    data: bytes,
    topic: str,
    learner: str,
    secret: bytes,
    sandbox: Sandbox,
    limits: Limits,
    template: bytes | None = None,
) -> dict[str, Any]:
    """Grade one submission.

    Args:
        data: what was handed in.
        topic: the lab.
        learner: whose it is.
        secret: the class's secret.
        sandbox: where it runs; its folder of worlds gets what is missing.
        limits: what each run may use.
        template: the released lab, when it was read before.

    Returns:
        Plain data: status ('graded', 'blank' or 'unreadable'), questions, auto, points, findings,
        runs, and, for the marker, what the cells of one run displayed ('shown'). An unreadable
        submission has no score, which is not the same as none of the points.

    Raises:
        SandboxError: the sandbox failed. There is no score then.
    """
    module = load().find(topic)
    try:
        rebuilt = rebuild(template or template_of(topic), data)
    except UnreadableError as error:
        return _result("unreadable", module, {}, [str(error)], [])
    if rebuilt.blank:
        blank = {q.id: _entry(q, 0.0, "not answered yet", []) for q in module.questions}
        return _result("blank", module, blank, rebuilt.findings, [])
    form = forms.dump(load_keys(topic))
    cells = code_cells(rebuilt)
    kinds = {question.fairness for question in module.questions}
    places = {"judgement": [own_place(secret, learner, topic)]} if "judgement" in kinds else {}
    places |= {"method": unseen_places(secret, topic)} if "method" in kinds else {}
    shown: dict[str, Any] = {}
    runs, tries = [], {question.id: [] for question in module.questions}
    for fairness, wheres in places.items():
        for where in wheres:
            write_world(sandbox.worlds, topic, where)
            sources = [source for _, source in cells]
            run = sandbox.run(where.name, sources, form, limits, show=not shown)
            shown = shown or _shown(run, where, cells) | {"own": fairness == "judgement"}
            runs.append(_about(run, where, cells))
            recorded = _answers(module, cells, run)
            for question in module.questions:
                if question.fairness == fairness:
                    tries[question.id].append(_try(module, question, where, recorded))
    questions = {}
    for question in module.questions:
        worst = min(tries[question.id], key=lambda one: one["score"])
        questions[question.id] = _entry(
            question, worst["score"], worst["outcome"], worst["notes"], tries[question.id]
        )
        if question.manual:
            questions[question.id]["text"] = rebuilt.answers.get(f"{topic}-{question.id}-answer")
    findings = rebuilt.findings + [run["ended"] for run in runs if run["ended"] != "well"]
    result = _result("graded", module, questions, list(dict.fromkeys(findings)), runs)
    return result | {"shown": shown}


def _shown(run: Run, where: Place, cells: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what a marker sees of a run: the cells with what they displayed, as it came out."""
    done = [asdict(cell) for cell in run.cells] + [{}] * (len(cells) - len(run.cells))
    keep = ("error", "printed", "shown")
    return {
        "world": where.alias,
        "cells": [
            {"name": name, "source": source} | {key: cell.get(key) for key in keep}
            for (name, source), cell in zip(cells, done, strict=True)
        ],
    }


def _answers(module: Module, cells: list[tuple[str, str]], run: Run) -> dict[str, Any]:
    """Return question id → what its check cell recorded: {'answer': …}, or nothing if it did not.

    Only the check cell of a question can hand in its answer, and only one of that question.
    """
    found = {}
    for (name, _), cell in zip(cells, run.cells, strict=False):
        for question in module.questions:
            if name == f"{module.topic}-{question.id}-check":
                bundle = cell.answer
                right = isinstance(bundle, dict) and bundle.get("question") == question.id
                found[question.id] = {"answer": bundle.get("answer")} if right else None
    return found


def _try(module: Module, question: Question, where: Place, found: dict[str, Any]) -> dict[str, Any]:
    recorded = found.get(question.id)
    if recorded is None:
        return _attempt(where, 0.0, "not yet", ["The notebook did not come to this check."])
    if recorded["answer"] is None:
        return _attempt(where, 0.0, "not answered yet", [])
    try:
        with _at_most(SCORE_SECONDS):
            answer = forms.read(load_keys(module.topic)[question.id], recorded["answer"])
            result = score_answer(module, question, make_world(module.topic, where), answer)
    except Unreadable as unreadable:
        return _attempt(where, 0.0, "not yet", [str(unreadable)])
    except Exception as error:  # a forged answer may have any form
        note = f"The answer is not of a form that can be scored ({type(error).__name__})."
        return _attempt(where, 0.0, "not yet", [note])
    return _attempt(where, result.score, result.outcome, result.notes)


def _attempt(where: Place, score: float, outcome: str, notes: list[str]) -> dict[str, Any]:
    return {"world": where.alias, "score": score, "outcome": outcome, "notes": notes}


@contextmanager
def _at_most(seconds: int):
    """Stop what takes too long, where signals can: in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _entry(
    question: Question, score: float, outcome: str, notes: list[str], worlds: Any = ()
) -> dict[str, Any]:
    return {
        "score": score,
        "points": question.points,
        "manual": question.manual,
        "fairness": question.fairness,
        "outcome": outcome,
        "notes": notes,
        "worlds": list(worlds),
    }


def _about(run: Run, where: Place, cells: list[tuple[str, str]]) -> dict[str, Any]:
    errors = {
        name: cell.error for (name, _), cell in zip(cells, run.cells, strict=False) if cell.error
    }
    return {
        **asdict(where),
        "ended": run.ended,
        "seconds": run.seconds,
        "cells_seconds": round(sum(cell.seconds for cell in run.cells), 3),
        "errors": errors,
    }


def _result(
    status: str,
    module: Module,
    questions: dict[str, Any],
    findings: list[str],
    runs: list[dict[str, Any]],
) -> dict[str, Any]:
    scored = status != "unreadable"
    return {
        "status": status,
        "auto": round(sum(q["score"] for q in questions.values()), 2) if scored else None,
        "points": sum(q.points for q in module.questions),
        "manual": sum(q.manual for q in module.questions),
        "questions": questions,
        "findings": findings,
        "runs": runs,
    }


def key_of(
    data: bytes,
    template: bytes,
    topic: str,
    learner: str,
    secret: bytes,
    made: dict,
    limits: Limits,
) -> str:
    """Return what a result depends on, as a hash: when it is the same, nothing is run again."""
    wheres = [own_place(secret, learner, topic), *unseen_places(secret, topic)]
    parts = [
        hashlib.sha256(data).hexdigest(),
        hashlib.sha256(template).hexdigest(),
        topic,
        learner,
        [where.alias for where in wheres],
        made,
        asdict(limits),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
