"""`check.q1(value)`: read, score, and answer in sentences."""

import contextlib
import importlib
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from socmint.check import forms
from socmint.check.feedback import Result
from socmint.check.keys import Key, Kind, Wrong
from socmint.check.kinds import DF, NUM, Unreadable
from socmint.course import Module, Question
from socmint.errors import CourseError
from socmint.progress import note_check

_STOPPED = (
    "The cell that ran before this one stopped with an error, so this may be an older value. Read "
    "the last line of the error, mend the cell and run it again."
)
_DOTS = "Replace the three dots ... in the cell above, run it, then run this cell again."


def load_keys(topic: str) -> dict[str, Key]:
    """Return the keys of a lab by question id."""
    return importlib.import_module(f"socmint.keys.{topic}").KEYS


def load_kinds(topic: str) -> dict[str, Kind]:
    """Return the kinds of a lab's answers by question id."""
    return {question: key.kind for question, key in load_keys(topic).items()}


class Checker:
    """The checks of one lab on one world: `check.q1(value)`, `check.q2(value)`, …

    Bad input gets a sentence, never an exception. In a world without truth, where marks are given
    elsewhere, an answer is read and recorded but not scored.
    """

    def __init__(self, module: Module, world: Any):
        self._module, self._world = module, world
        self._stopped = False  # did the cell that ran last end with an error?
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        if shell is not None:
            shell.events.register("post_run_cell", self._after_cell)

    def _after_cell(self, result: Any) -> None:
        self._stopped = not result.success

    def __dir__(self) -> list[str]:
        return [question.id for question in self._module.questions]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        question = self._module.find(name)
        return lambda value=...: self._check(question, value)

    def _check(self, question: Question, value: object) -> Result:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a warning on stderr would cost all points
            try:
                result = check(self._module, question, self._world, value)
                _keep(result)
                return replace(result, notes=[_STOPPED, *result.notes]) if self._stopped else result
            except CourseError:
                raise
            except Exception as error:
                note = (
                    f"The check itself failed ({type(error).__name__}: {str(error)[:200]}). That "
                    f"is "
                    "not your fault, and nothing of your work is lost. Tell whoever runs the "
                    "course."
                )
                return _result(self._module, question, "not yet", 0.0, [note])


def _keep(result: Result) -> None:
    if result.outcome != "not answered yet":
        told = (result.outcome, result.score, result.points, result.forecast)
        note_check(result.topic, result.question, *told)


def check(module: Module, question: Question, world: Any, value: object) -> Result:
    """Score one answer on one world.

    Args:
        module: the lab's module.
        question: one of its questions.
        world: tables and truth; without truth the answer is recorded only.
        value: whatever the learner wrote.
    """
    # Where a class is graded, the form of an answer is known and its key is not.
    given = os.environ.get(forms.VARIABLE) if world.truth is None else None
    if _is_blank(value):
        function = not given and load_keys(module.topic)[question.id].function
        return _result(module, question, "not answered yet", 0.0, [_to_do(value, function)])
    kind = (forms.load(given) if given else load_kinds(module.topic))[question.id]
    try:
        answer = kind.read(value)
    except Unreadable as unreadable:
        return _result(module, question, "not yet", 0.0, [str(unreadable)])
    if world.truth is None:
        note = "Your answer is recorded. It is marked where your instructor marks it."
        recorded = _result(module, question, "recorded", 0.0, [note], answer)
        return replace(recorded, world=world.meta["seed"])
    return score(module, question, world, answer)


def score(module: Module, question: Question, world: Any, answer: Any) -> Result:
    """Score an answer that was read before, on a world with truth."""
    key = load_keys(module.topic)[question.id]

    def known() -> list[Wrong]:
        return recognise(key, answer, mistakes(key, world))

    return judge(module, question, answer, key.expected(world), known)


def judge(
    module: Module,
    question: Question,
    answer: Any,
    expected: Any,
    known: Callable[[], list[Wrong]],
) -> Result:
    """Score an answer against the expected one.

    Args:
        module: the lab's module.
        question: one of its questions.
        answer: as its kind reads it.
        expected: what the key expects on the same world.
        known: gives the mistakes that this answer is; asked only where it is not right.
    """
    key = load_keys(module.topic)[question.id]
    got = key.kind.score(answer, expected)
    if got.fraction > 1 - 1e-9:
        right = _result(module, question, "right", question.points, [key.right], answer)
        return replace(right, forecast=got.forecast)
    messages = [wrong.message for wrong in known()]
    points = round(question.points * max(0.0, got.fraction), 2)
    outcome = "partly right" if points > 0 else "not yet"
    notes = messages[:1] + [note for note in got.notes if note not in messages]
    notes = notes or ["This is not right yet. The hints below name the next step."]
    result = _result(module, question, outcome, points, notes, answer)
    return replace(result, forecast=got.forecast)


def mistakes(key: Key, world: Any) -> dict[str, Any]:
    """Return name → value of a key's mistakes on a world, ready to compare answers with.

    One that cannot be read is not among them: its message is the sentence that reading it gives.
    """
    made = {}
    for wrong in key.wrongs:
        value = wrong.make(world)
        with contextlib.suppress(Unreadable):
            read = key.kind.read(value)
            made[wrong.name] = value if isinstance(key.kind, NUM | DF) else read
    return made


def recognise(key: Key, answer: Any, made: Mapping[str, Any]) -> list[Wrong]:
    """Return the mistakes of a key that an answer is, of those that `mistakes` made."""
    return [
        wrong
        for wrong in key.wrongs
        if wrong.name in made and _is_same(key, answer, made[wrong.name])
    ]


def _is_same(key: Key, answer: Any, mistake: Any) -> bool:
    if isinstance(key.kind, NUM | DF):  # a rounded mistake is the same mistake
        return key.kind.score(answer, mistake).fraction > 1 - 1e-9
    return mistake == answer


def _to_do(value: object, function: bool) -> str:
    """Say what to do where an answer is still blank."""
    items = list(value.values()) if isinstance(value, dict) else value
    if value is None or (isinstance(items, list | tuple) and None in items):
        if function:
            return f"{_DOTS} End your function with return and the value that should come out."
        return (
            "Your answer is None: the last step gave nothing back, as print(…) and list.sort() do. "
            "Write the value itself, run that cell, then run this cell again."
        )
    if isinstance(value, str) and not value.strip():
        return (
            "Your text is empty. Write it between the quotation marks, then run both cells again."
        )
    return _DOTS


def _is_blank(value: object) -> bool:
    if value is None or value is ...:
        return True
    if isinstance(value, str):
        return value.strip() in ("", "...")
    if isinstance(value, dict | list | tuple):
        items = list(value.values()) if isinstance(value, dict) else list(value)
        return bool(items) and len(items) < 1000 and all(_is_blank(item) for item in items)
    return False


def _result(
    module: Module,
    question: Question,
    outcome: str,
    score: float,
    notes: list[str],
    answer: Any = None,
) -> Result:
    title = f"{question.id.upper()} {question.title}"
    return Result(module.topic, question.id, title, outcome, score, question.points, notes, answer)
