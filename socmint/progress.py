"""What a learner has done, kept on the learner's own computer and nowhere else.

Each event is one JSON line of `progress.jsonl` in the casebook. Lines are only ever added, under a
lock, so the order of the lines is the order of events, whatever the clock says; no time is kept. A
line that was cut off in the middle is left out when the file is read.

No answer to a lab is kept, only how well it did. Where a class is graded, nothing is written.
"""

import functools
import json
import os
import sys
from collections import Counter
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from socmint.course import ROOT
from socmint.errors import CourseError

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = (int, float)
_KINDS: dict[str, dict[str, Any]] = {
    "quiz": {"topic": str, "item": int, "option": str, "right": bool},
    "check": {
        "topic": str,
        "question": str,
        "outcome": str,
        "score": _NUMBER,
        "points": _NUMBER,
        "forecast": (dict, NoneType),
    },
    "place": {"notebook": str, "cell": str, "section": str},
}
"""What an event of each kind holds, beside its `kind`."""


def casebook() -> Path:
    """Return the folder of ledgers and progress: `casebook`, or what SOCMINT_CASEBOOK names."""
    return Path(os.environ.get("SOCMINT_CASEBOOK") or ROOT / "casebook")


def path() -> Path:
    """Return the file that holds the progress."""
    return casebook() / "progress.jsonl"


def note_quiz(topic: str, item: int, option: str, right: bool) -> bool:
    """Note one answer to a quiz; return whether it could be written.

    Args:
        topic: the module's topic.
        item: number of the question, from 1.
        option: the words that were chosen.
        right: were they the right ones?
    """
    return _note("quiz", topic=topic, item=item, option=option, right=right)


def note_check(
    topic: str,
    question: str,
    outcome: str,
    score: float,
    points: float,
    forecast: dict[str, Any] | None = None,
) -> bool:
    """Note the outcome of one check of a lab; return whether it could be written.

    Args:
        topic: the module's topic.
        question: the question's id.
        outcome: in the words of the feedback, such as "partly right".
        score: points earned.
        points: points that can be earned.
        forecast: for probabilities, the sums that `socmint.check.kinds.PROB` works out.
    """
    return _note(
        "check",
        topic=topic,
        question=question,
        outcome=outcome,
        score=score,
        points=points,
        forecast=forecast,
    )


def _shell() -> Any:
    """Return the IPython that this runs in, if any."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def is_read() -> bool:
    """Say whether a person sits in front: programs that run notebooks allow no typed input."""
    return getattr(getattr(_shell(), "kernel", None), "_allow_stdin", True)


def watch_cells() -> None:
    """From now on, note the section of the notebook that this kernel works in, when it changes.

    Only in a notebook of the course that JupyterLab opened; else this does nothing.
    """
    notebook, shell = _own_notebook(), _shell()
    if notebook is None or shell is None or _watched.get("notebook") == notebook:
        return
    _watched.update(notebook=notebook, section=None)
    shell.events.register("post_run_cell", _after_cell)


_watched: dict[str, str | None] = {}


def _own_notebook() -> str | None:
    """Return the path of the kernel's notebook in the course folder, if it is one of its own."""
    name = os.environ.get("JPY_SESSION_NAME", "")
    try:
        inside = Path(name).resolve().relative_to(ROOT.resolve()).as_posix()
    except (ValueError, OSError):
        return None
    folder = inside.partition("/")[0]
    return inside if name.endswith(".ipynb") and folder in ("notebooks", "labs") else None


def _after_cell(result: Any) -> None:
    cell, notebook = getattr(result.info, "cell_id", None), _watched["notebook"]
    section = sections(ROOT / str(notebook)).get(cell)
    if section and section != _watched["section"]:
        _watched["section"] = section
        _note("place", notebook=notebook, cell=cell, section=section)


@functools.lru_cache(maxsize=64)
def sections(notebook: Path) -> dict[str, str]:
    """Return cell id → the heading that the cell stands under; nothing if it cannot be read."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        found, heading = {}, ""
        for cell in cells:
            if cell["cell_type"] == "markdown":
                lines = "".join(cell["source"]).splitlines()
                heads = [line.lstrip("# ") for line in lines if line.startswith(("# ", "## "))]
                heading = heads[-1] if heads else heading
            found[cell["id"]] = heading
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found


def _note(kind: str, **what: Any) -> bool:
    if "SOCMINT_FORMS" in os.environ:  # see socmint.check.forms, which is slow to import
        return False  # this notebook is being graded: it is nobody's progress
    try:
        _append([{"kind": kind, **what}])
        if "SOCMINT_HOME" in os.environ:
            from socmint.homepage import write_page

            write_page()
    except (OSError, Timeout):
        return False  # a quiz on a read-only disk is still a quiz
    return True


def _append(new: list[dict[str, Any]]) -> None:
    data = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in new).encode()
    path().parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path()}.lock", timeout=5), path().open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # what a killed kernel left must not join this line
                data = b"\n" + data
        file.write(data)


def events(file: Path | None = None) -> list[dict[str, Any]]:
    """Return all whole events in order; a damaged line is left out.

    Args:
        file: an exported file; the learner's own progress when left out.

    Example:
        >>> sorted({event["kind"] for event in events()} - {"quiz", "check", "place"})
        []
    """
    try:
        lines = (file or path()).read_bytes().splitlines()
    except OSError:
        return []
    return [event for event in map(_event, lines) if event]


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    if not isinstance(event, dict):
        return None
    fields = _KINDS.get(str(event.get("kind")), {})
    whole = fields and all(isinstance(event.get(name), kind) for name, kind in fields.items())
    return {name: event[name] for name in ("kind", *fields)} if whole else None


def quiz_answers() -> "pd.DataFrame":
    """Return all answers to quizzes in order: topic, item, option, right.

    Example:
        >>> quiz_answers().columns.tolist()
        ['topic', 'item', 'option', 'right']
    """
    import pandas as pd

    answers = [event for event in events() if event["kind"] == "quiz"]
    return pd.DataFrame(answers, columns=[*_KINDS["quiz"]])


# ---- taking it along, and removing it ------------------------------------------------------------


def export(to: Path) -> int:
    """Write all whole events into one new file; return how many.

    Raises:
        CourseError: there are none, the file is there already, or it cannot be written.
    """
    found = events()
    if not found:
        raise CourseError(f"There is no progress to export yet: {path()} holds nothing.")
    try:
        with to.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(event, ensure_ascii=False) + "\n" for event in found)
    except FileExistsError:
        raise CourseError(f"{to} is there already. Name another file with --out.") from None
    except OSError as error:
        raise CourseError(f"{to} cannot be written: {error.strerror}.") from None
    return len(found)


def merge(file: Path) -> int:
    """Add the events of an exported file that are not here yet; return how many.

    Doing it twice adds nothing the second time. What comes from the file counts as newer.

    Raises:
        CourseError: the file is missing or holds no progress, or this computer cannot write.
    """
    given = events(file)
    if not given:
        raise CourseError(f"{file} is missing or holds no progress of this course.")
    here, new = Counter(map(_text, events())), []
    for event in given:
        if here[_text(event)]:
            here[_text(event)] -= 1
        else:
            new.append(event)
    try:
        if new:
            _append(new)
    except (OSError, Timeout) as error:
        raise CourseError(f"{path()} cannot be written: {error}.") from None
    return len(new)


def _text(event: dict[str, Any]) -> str:
    return json.dumps(event, sort_keys=True)


def reset() -> int:
    """Remove the progress for good; return how many events it held. Ledgers stay.

    Raises:
        CourseError: the file cannot be removed.
    """
    count = len(events())
    try:
        with FileLock(f"{path()}.lock", timeout=5):
            path().unlink(missing_ok=True)
    except FileNotFoundError:
        return 0  # not even the folder is there
    except (OSError, Timeout) as error:
        raise CourseError(f"{path()} cannot be removed: {error}.") from None
    return count
