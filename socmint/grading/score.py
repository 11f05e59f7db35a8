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
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from socmint import __version__
from socmint.course import ROOT, Module, Question, load
from socmint.errors import CourseError
from socmint.grading.rebuild import Rebuilt, UnreadableError, check_template, code_cells, rebuild
from socmint.grading.sandbox import Limits, Run, Sandbox

if TYPE_CHECKING:  # keys and worlds load pandas; to see that nothing is to be done needs neither
    from synthetic_data import World

UNSEEN = 2
"""How many worlds that nobody has seen a question of method is run on.

It scores the lowest of them: a method has to hold wherever it is used, and a number that happens
to be right in one world must not earn half the points.
"""
SCORE_SECONDS = 60
MOST_KEPT = 2000
"""Characters of an answer that a result keeps beside its hash."""


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


@lru_cache(maxsize=2)
def make_world(topic: str, where: Place) -> "World":
    """Return a world with its truth, under the number that stands for its seed."""
    from synthetic_data import World, generate

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


@dataclass(frozen=True)
class Solved:
    """What one key works out on one world: the expected answer, and the mistakes by their names."""

    expected: Any
    mistakes: dict[str, Any]


def solve(topic: str, world: "World", fairness: str) -> dict[str, Solved]:
    """Return question id → what its key works out, for the questions of one kind of fairness."""
    from socmint.check import load_keys
    from socmint.check.checker import mistakes

    keys = load_keys(topic)
    return {
        question.id: Solved(keys[question.id].expected(world), mistakes(keys[question.id], world))
        for question in load().find(topic).questions
        if question.fairness == fairness
    }


@lru_cache(maxsize=8)
def _solved(topic: str, where: Place, fairness: str) -> dict[str, Solved]:
    return solve(topic, make_world(topic, where), fairness)


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


@dataclass(frozen=True)
class Plan:
    """What is to be done for one submission: its cells, and the worlds to run them on.

    Attributes:
        module: of the lab.
        rebuilt: the submission on the released lab.
        cells: grade id and source of what runs, in order.
        places: for each run, the kind of fairness that it serves, and the world.
        ready: the result, where there is nothing to run.
    """

    module: Module
    rebuilt: Rebuilt | None = None
    cells: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, Place], ...] = ()
    ready: dict[str, Any] | None = None


def places_of(secret: bytes, learner: str, topic: str) -> list[tuple[str, Place]]:
    """Return the worlds that a submission runs on, each with the kind of fairness it serves."""
    kinds = {question.fairness for question in load().find(topic).questions}
    own = [("judgement", own_place(secret, learner, topic))] if "judgement" in kinds else []
    unseen = unseen_places(secret, topic) if "method" in kinds else []
    return own + [("method", where) for where in unseen]


def plan(
    data: bytes, topic: str, learner: str, secret: bytes, template: bytes | None = None
) -> Plan:
    """Return what is to be done for a submission; arguments as in `grade`."""
    module = load().find(topic)
    try:
        rebuilt = rebuild(template or template_of(topic), data)
    except UnreadableError as error:
        return Plan(module, ready=_result("unreadable", module, {}, [str(error)], []))
    if rebuilt.blank:
        blank = {q.id: _entry(q, 0.0, "not answered yet", []) for q in module.questions}
        return Plan(module, ready=_result("blank", module, blank, rebuilt.findings, []))
    places = tuple(places_of(secret, learner, topic))
    return Plan(module, rebuilt, tuple(code_cells(rebuilt)), places)


def carry_out(todo: Plan, run: Callable[..., Run], limits: Limits) -> list[Run]:
    """Run the cells on each world of a plan; `run` is that of a `Sandbox`."""
    return [carry_out_one(todo, number, run, limits) for number in range(len(todo.places))]


def carry_out_one(todo: Plan, number: int, run: Callable[..., Run], limits: Limits) -> Run:
    """Run the cells on one world of a plan, the first, second, …; the first is shown to markers."""
    where, sources = todo.places[number][1], [source for _, source in todo.cells]
    return run(where.name, sources, form_of(todo.module.topic), limits, show=number == 0)


@cache
def form_of(topic: str) -> str:
    """Return how answers are read, which is all that the sandbox is told of the keys."""
    from socmint.check import forms, load_keys

    return forms.dump(load_keys(topic))


def judge(
    todo: Plan, runs: list[Run], solved: Callable[[str, Place, str], dict[str, Solved]] = _solved
) -> dict[str, Any]:
    """Score what the runs of a plan brought out; the result is that of `grade`."""
    if todo.ready is not None:
        return todo.ready
    module, topic = todo.module, todo.module.topic
    tries: dict[str, list] = {question.id: [] for question in module.questions}
    for (fairness, where), run in zip(todo.places, runs, strict=True):
        recorded = _answers(module, todo.cells, run)
        for question in module.questions:
            if question.fairness == fairness:
                attempt = _try(module, question, where, recorded, solved(topic, where, fairness))
                tries[question.id].append(attempt)
    questions = {}
    for question in module.questions:
        worst = min(tries[question.id], key=lambda one: one["score"])
        questions[question.id] = _entry(
            question, worst["score"], worst["outcome"], worst["notes"], tries[question.id]
        )
        if question.manual:
            name = f"{topic}-{question.id}-answer"
            questions[question.id]["text"] = todo.rebuilt.answers.get(name)
    findings = todo.rebuilt.findings + [run.ended for run in runs if run.ended != "well"]
    about = [
        _about(run, where, todo.cells) for (_, where), run in zip(todo.places, runs, strict=True)
    ]
    result = _result("graded", module, questions, list(dict.fromkeys(findings)), about)
    fairness, where = todo.places[0]
    shown = _shown(runs[0], where, todo.cells) | {"own": fairness == "judgement"}
    return result | {"shown": shown}


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
    todo = plan(data, topic, learner, secret, template)
    for _, where in todo.places:
        write_world(sandbox.worlds, topic, where)
    return judge(todo, carry_out(todo, sandbox.run, limits))


def _shown(run: Run, where: Place, cells: Sequence[tuple[str, str]]) -> dict[str, Any]:
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


def _answers(module: Module, cells: Sequence[tuple[str, str]], run: Run) -> dict[str, Any]:
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


def _try(
    module: Module,
    question: Question,
    where: Place,
    found: dict[str, Any],
    solved: dict[str, Solved],
) -> dict[str, Any]:
    recorded = found.get(question.id)
    if recorded is None:
        return _attempt(where, 0.0, "not yet", ["The notebook did not come to this check."])
    if recorded["answer"] is None:
        return _attempt(where, 0.0, "not answered yet", [])
    from socmint.check import forms, load_keys
    from socmint.check.checker import judge as judge_answer
    from socmint.check.checker import recognise
    from socmint.check.kinds import Unreadable

    named: list[str] = []
    key, told = load_keys(module.topic)[question.id], solved[question.id]

    def known() -> list:
        found = recognise(key, answer, told.mistakes)
        named.extend(wrong.name for wrong in found)
        return found

    try:
        with _at_most(SCORE_SECONDS):
            answer = forms.read(key, recorded["answer"])
            result = judge_answer(module, question, answer, told.expected, known)
    except Unreadable as unreadable:
        return _attempt(where, 0.0, "not yet", [str(unreadable)])
    except Exception as error:  # a forged answer may have any form
        note = f"The answer is not of a form that can be scored ({type(error).__name__})."
        return _attempt(where, 0.0, "not yet", [note])
    more = {"mistakes": named} | _kept(recorded["answer"])
    return _attempt(where, result.score, result.outcome, result.notes) | more


def _kept(answer: Any) -> dict[str, Any]:
    """Return what later comparisons need of an answer: its hash, and itself if it is short."""
    text = json.dumps(answer, sort_keys=True)
    kept = {"answer_sha256": hashlib.sha256(text.encode()).hexdigest()}
    return kept | ({"answer": answer} if len(text) <= MOST_KEPT else {})


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


def _about(run: Run, where: Place, cells: Sequence[tuple[str, str]]) -> dict[str, Any]:
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
