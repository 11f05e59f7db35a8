"""The table of contents, read from course/course.toml."""

import dataclasses
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from socmint.errors import CourseError

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
"""The course folder: the one that holds notebooks/, labs/ and course/."""

KINDS = ("NUM", "SET", "RANK", "DF", "PARTITION", "PROB", "FIG", "FORM", "TXT")
FAIRNESS = {
    "method": "When the lab is graded, your code runs again on a world that nobody has seen.",
    "judgement": "When the lab is graded, your world is yours alone: a neighbour's answer is worth "
    "nothing in it.",
}


@dataclass(frozen=True)
class Question:
    """One lab question. `points` come from the check, `manual` points from an instructor."""

    id: str
    title: str
    kind: str
    points: float
    manual: float
    fairness: str


@dataclass(frozen=True)
class Module:
    """One module: a lesson, a quiz, and a lab when it has questions. Minutes are a learner's."""

    id: str
    topic: str
    title: str
    minutes: dict[str, int]
    needs: list[str]
    objectives: list[str]
    question: str
    world: dict[str, Any]
    questions: list[Question]

    @property
    def number(self) -> str:
        """The digits of the id, as they stand in file names: '11' for M11."""
        return self.id.removeprefix("M")

    def find(self, question_id: str) -> Question:
        """Return the question with this id, or raise CourseError."""
        return _find(self.questions, "id", question_id, f"question in {self.id}")


@dataclass(frozen=True)
class Course:
    """The whole course, in teaching order."""

    id: str
    title: str
    modules: list[Module]

    def find(self, topic: str) -> Module:
        """Return the module with this topic, or raise CourseError with the nearest name."""
        return _find(self.modules, "topic", topic, "topic")


def load(path: Path | None = None) -> Course:
    """Read and validate the table of contents.

    Args:
        path: another course.toml; the course's own when left out.

    Raises:
        CourseError: the file is missing, is not TOML, or has an unknown, missing or wrong value.

    Example:
        >>> load().find("networks").number
        '11'
    """
    return _load(path or ROOT / "course" / "course.toml")


def read_toml(path: Path) -> dict[str, Any]:
    """Read one of the course's TOML files.

    Raises:
        CourseError: it is missing, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{path} is missing. Unpack or clone the course again.") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path}: {error}") from None


@cache
def _load(path: Path) -> Course:
    data = read_toml(path)
    modules = []
    for number, entry in enumerate(data.pop("module", []), start=1):
        where = f"{path}: module {entry.get('id', number)}"
        questions = [_make(Question, q, f"{where}, question") for q in entry.pop("questions", [])]
        modules.append(_make(Module, entry | {"questions": questions}, where))
        for question in questions:
            if question.kind not in KINDS:
                raise CourseError(f"{where}: {question.id} has the unknown kind {question.kind!r}.")
            if question.fairness not in FAIRNESS:
                raise CourseError(f"{where}: {question.id} must be 'method' or 'judgement'.")
        _refuse_repeats([q.id for q in questions], where)
    _refuse_repeats([m.id for m in modules] + [m.topic for m in modules], str(path))
    known = {m.id for m in modules}
    for module in modules:
        for need in set(module.needs) - known:
            raise CourseError(f"{path}: {module.id} needs {need}, which is not in the course.")
    return _make(Course, data.get("course", {}) | {"modules": modules}, f"{path}: course")


def _make(kind: type[T], values: dict[str, Any], where: str) -> T:
    expected = {field.name for field in dataclasses.fields(kind)}
    for name in sorted(expected ^ values.keys()):
        fault = "is missing" if name in expected else "is not known"
        raise CourseError(f"{where}: the key {name!r} {fault}.")
    return kind(**values)


def _find(items: list[T], attribute: str, wanted: str, what: str) -> T:
    for item in items:
        if getattr(item, attribute) == wanted:
            return item
    from difflib import get_close_matches

    names = [getattr(item, attribute) for item in items]
    near = get_close_matches(str(wanted), names, n=1)
    advice = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names)}."
    raise CourseError(f"There is no {what} called {wanted!r}. {advice}")


def _refuse_repeats(names: list[str], where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise CourseError(f"{where}: {name!r} stands there twice.")
