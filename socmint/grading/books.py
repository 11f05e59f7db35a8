"""The books of a class: nbgrader's gradebook, and what keeps it whole.

gradebook.db               nbgrader's; points, marks and comments
gradebook.copy.db          as it was before the last command wrote into it
nbgrader_config.py         nbgrader's settings for this class
books/…                    nbgrader's folders: source, release, submitted, autograded, feedback
marked/LAB/LEARNER.json    which answers the marks were given for

Points are made elsewhere and are kept in results/; the books can be written anew from them. Only
what a person marked is in the books alone, and so they are copied before each change.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from socmint.authoring.release import listener
from socmint.course import ROOT, load
from socmint.errors import CourseError
from socmint.grading.classroom import Class, load_json, state, store
from socmint.grading.score import template_of

CONFIG = "nbgrader_config.py"
CONFIG_TEXT = '''\
"""nbgrader's settings for this class. Add your own below, late penalties say."""

from pathlib import Path

from socmint.grading.books import configure

c = get_config()  # noqa: F821  (nbgrader puts it here)
configure(c, Path(__file__).resolve().parent)
'''
STRICT = "TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR"
"""With this variable set to 1, nbgrader does not go on after a fault in its settings."""


@dataclass
class Entered:
    """What came of writing into the books.

    Attributes:
        written: learners whose result was written.
        refused: learner → why nbgrader did not take the result.
        told: sentences about the gradebook itself.
    """

    written: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)


# ---- settings ------------------------------------------------------------------------------------


def configure(c: Config, folder: Path) -> None:
    """Set nbgrader up for a class. The class folder's nbgrader_config.py calls this."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader import preprocessors as nbgraders
    from nbgrader.server_extensions.formgrader import handlers

    from socmint.grading import steps

    c.merge(PyFileConfigLoader(CONFIG, path=str(ROOT)).load_config())
    course = c.CourseDirectory
    course.root = str(folder)
    course.db_url = f"sqlite:///{folder / 'gradebook.db'}"
    for step in ("source", "release", "submitted", "autograded", "feedback"):
        course[f"{step}_directory"] = f"books/{step}"
    # Packs take the place of nbgrader's exchange. It looks for one all the same.
    c.Exchange.root = str(folder / "books" / "exchange")
    c.Autograde.sanitize_preprocessors = [steps.StartAnew]
    c.Autograde.autograde_preprocessors = [
        steps.FromResults,
        nbgraders.SaveAutoGrades,
        steps.SayWhy,
        nbgraders.AssignLatePenalties,
        nbgraders.CheckCellMetadata,
    ]
    c.GenerateFeedback.preprocessors = [steps.ForLearner]
    c.GenerateFeedback.exporter_class = HTMLExporter
    c.HTMLExporter.preprocessors = [steps.BesideTheMarker]
    pages = Path(__file__).parent / "pages"
    c.HTMLExporter.extra_template_basedirs = [str(pages), handlers.template_path]


def settings(group: Class) -> Config:
    """Read the class's settings of nbgrader.

    Raises:
        CourseError: the file has a fault, or it no longer holds what grading stands on.
    """
    path = group.folder / CONFIG
    if not path.exists():
        store(path, CONFIG_TEXT.encode())
    (group.folder / "books" / "exchange").mkdir(parents=True, exist_ok=True)
    try:
        config = PyFileConfigLoader(CONFIG, path=str(group.folder)).load_config()
    except Exception as error:  # it is a program and may raise anything
        raise CourseError(
            f"{path} has a fault, so nothing was done: {type(error).__name__}: {error}. Mend it, "
            "or delete it to get the first one back."
        ) from error
    wanted = Config()
    configure(wanted, group.folder)
    for section, name in (
        ("Autograde", "sanitize_preprocessors"),
        ("Autograde", "autograde_preprocessors"),
        ("GenerateFeedback", "preprocessors"),
        ("CourseDirectory", "root"),
        ("CourseDirectory", "db_url"),
    ):
        if config[section].get(name) != wanted[section][name]:
            raise CourseError(
                f"{path} sets c.{section}.{name} to something else, so nothing was done: without "
                "it, nbgrader would run submissions unprotected or write elsewhere."
            )
    return config


# ---- the gradebook as a file ---------------------------------------------------------------------


def check(group: Class) -> list[str]:
    """Make sure that there is a sound gradebook, and copy it. Return what had to be done.

    A damaged one is moved aside and the last copy takes its place.

    Raises:
        CourseError: another program is writing into it.
    """
    path, copy = group.folder / "gradebook.db", group.folder / "gradebook.copy.db"
    fault, told = _fault(path), []
    if fault and path.exists():
        aside = path.with_name(f"gradebook.damaged-{datetime.now():%Y%m%d-%H%M%S}.db")
        path.replace(aside)
        told.append(f"gradebook.db was damaged ({fault}). It is now {aside.name}.")
    if fault and copy.exists():
        if _fault(copy):
            told.append("The copy gradebook.copy.db is damaged, too.")
        else:
            store(path, copy.read_bytes())
            when = datetime.fromtimestamp(copy.stat().st_mtime)
            told.append(
                f"gradebook.db is the copy of {when:%Y-%m-%d %H:%M}: look whether marks that you "
                "gave later are in it."
            )
    if told and not path.exists():
        told.append("A new gradebook is made from the results. Marks by hand are not in it.")
    # nbgrader runs the command `alembic` when it makes a gradebook. Without it, half a one is left.
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    here = str(Path(sys.executable).parent)
    if here not in folders:
        os.environ["PATH"] = os.pathsep.join([here, *folders])
    if path.exists():
        made = copy.with_suffix(".partial")
        with _connect(path) as source, _connect(made) as target:
            source.backup(target)
        source.close()
        target.close()
        made.replace(copy)
    return told


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=10)


def _fault(path: Path) -> str | None:
    """Return what is wrong with a gradebook, or None."""
    if not path.exists():
        return "it is missing"
    connection = _connect(path)
    try:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            said = connection.execute("PRAGMA quick_check").fetchone()[0]
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise CourseError(
                f"Another program is writing into {path}. Close it and run the command again: what "
                "is graded is kept."
            ) from None
        return str(error)
    finally:
        connection.close()
    if said != "ok":
        return said
    return None if {"grade", "comment", "alembic_version"} <= tables else "tables are missing"


# ---- writing into the books ----------------------------------------------------------------------


def enter(group: Class, topic: str, tell: Callable[[float, str], None] | None = None) -> Entered:
    """Write the results of a lab into the books, those that are not there yet.

    What a person marked stays. Whoever has no score any more has none in the books.

    Raises:
        CourseError: the settings are broken, or the gradebook cannot be written.
    """
    try:
        config = settings(group)
        report = Entered(told=check(group))
        with _many_commits():
            _enter(group, topic, config, report, tell)
    except OSError as error:
        raise explain(group, topic, [str(error)]) from error
    return report


def _enter(group: Class, topic: str, config: Config, report: Entered, tell: Any) -> None:
    _prepare(group, topic, config)
    there = _entered(group, topic)
    for number, learner in enumerate(group.learners, start=1):
        result = state(group, topic, learner.id)
        if result["status"] in ("graded", "blank"):
            if not _is_there(there.get(learner.id), result):
                _hand_in(group, topic, learner.id)
                fault = _autograde(group, topic, learner.id, config)
                if fault:
                    report.refused[learner.id] = fault
                else:
                    report.written.append(learner.id)
        else:
            _withdraw(group, topic, learner.id)
            if result["status"] != "missing":
                _hand_in(group, topic, learner.id)
        if tell:
            tell(number / len(group.learners), learner.id)


@contextmanager
def _many_commits() -> Iterator[None]:
    """Do not wait for the disk at each of nbgrader's commits, of which each learner needs dozens.

    A killed process loses nothing by it. If the power fails, the copy of `check` is there. And keep
    SQLAlchemy from warning of how nbgrader uses it.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.exc import SAWarning

    def relax(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(Engine, "connect", relax)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        event.remove(Engine, "connect", relax)


def place(topic: str, config: Config, learner: str = "*") -> Any:
    """Return nbgrader's idea of where one learner's work on a lab lies."""
    from nbgrader.coursedir import CourseDirectory

    return CourseDirectory(config=config, assignment_id=topic, student_id=learner)


def _book(group: Class) -> Any:
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{group.folder / 'gradebook.db'}", load().id)


def room(group: Class, step: str, topic: str, learner: str) -> Path:
    """Return the folder of nbgrader's for one learner's work on a lab."""
    return group.folder / "books" / step / learner / topic


def _prepare(group: Class, topic: str, config: Config) -> None:
    """Put the lab and the learners into the gradebook, as nbgrader's own release does."""
    from nbgrader.api import MissingEntry
    from nbgrader.converters import GenerateAssignment

    solved = (ROOT / "solutions" / topic / f"{topic}.ipynb").read_bytes()
    source = group.folder / "books" / "source" / topic / f"{topic}.ipynb"
    released = group.folder / "books" / "release" / topic / f"{topic}.ipynb"
    with _book(group) as book:
        try:
            known = book.find_notebook(topic, topic) is not None
        except MissingEntry:
            known = False
        there = {one.id: (one.first_name, one.last_name, one.email) for one in book.students}
        for learner in group.learners:
            first, _, last = _plain(learner.name).rpartition(" ")
            if there.get(learner.id) != (first, last, learner.email or None):
                book.update_or_create_student(
                    learner.id, first_name=first, last_name=last, email=learner.email or None
                )
    if known and released.exists() and source.exists() and source.read_bytes() == solved:
        return
    store(source, solved)
    log, said = listener()
    made = Config(config)
    made.merge(Config(GenerateAssignment={"force": True, "create_assignment": True}))
    try:
        GenerateAssignment(coursedir=place(topic, made), config=made, log=log).start()
    except Exception as error:  # nbgrader and its steps raise many kinds
        source.unlink()  # so that the next run does it again
        raise explain(group, topic, [*said, str(error)]) from error
    if not _same_cells(released.read_bytes(), template_of(topic)):
        raise CourseError(f"labs/{topic} is not what nbgrader makes of it. Run: socmint build")


def _same_cells(one: bytes, other: bytes) -> bool:
    return json.loads(one)["cells"] == json.loads(other)["cells"]


def _plain(name: str) -> str:
    """Return a name that is only a name on nbgrader's pages, which do not escape it."""
    return name.translate(str.maketrans({"<": "(", ">": ")", '"': "'", "&": "+"}))


def explain(group: Class, topic: str, said: list[str]) -> CourseError:
    """Return what to tell the instructor of a fault that nbgrader reports."""
    text = " ".join(" ".join(said).split())
    if "locked" in text:
        return CourseError(
            f"Another program is writing into {group.folder / 'gradebook.db'}. Close it and run "
            "the command again: what is graded is kept."
        )
    if "disk is full" in text or "No space left" in text:
        return CourseError("The disk is full. Make room and run the command again.")
    if "because there are submissions" in text:
        return CourseError(
            f"The lab {topic} has other cells than when its first submission was written into the "
            "gradebook. Grade this class with the course as it was then."
        )
    faults = re.findall(r"^[\w.]*(?:Error|Exception): (.+)$", "\n".join(said), re.MULTILINE)
    return CourseError(f"nbgrader does not take {topic}: {faults[0] if faults else text[-600:]}")


def _entered(group: Class, topic: str) -> dict[str, dict[str, Any]]:
    """Return what stands in the books: learner → 'key' and automatic points by grade id."""
    found: dict[str, dict[str, Any]] = {}
    with _book(group) as book:
        for submission in book.assignment_submissions(topic):
            learner = submission.student.id
            path = room(group, "autograded", topic, learner) / f"{topic}.ipynb"
            about = (load_json(path) or {}).get("metadata", {}).get("socmint", {})
            found[learner] = {
                "key": about.get("key"),
                "points": {
                    grade.name: grade.auto_score
                    for one in submission.notebooks
                    for grade in one.grades
                },
            }
    return found


def _is_there(entry: dict[str, Any] | None, result: dict[str, Any]) -> bool:
    if entry is None or entry["key"] != result["key"]:
        return False
    points = entry["points"]
    return all(
        points.get(name) == one["score"]
        for question, one in result["questions"].items()
        for name in points
        if name.endswith(f"-{question}-check")
    ) and any(name.endswith("-check") for name in points)


def _hand_in(group: Class, topic: str, learner: str) -> None:
    """Show nbgrader that there is a submission. It is never run; its answers come from results."""
    folder = room(group, "submitted", topic, learner)
    about = load_json(group.path("submitted", topic, f"{learner}.json")) or {}
    changed = datetime.fromisoformat(about.get("changed", "2000-01-01"))
    store(folder / "timestamp.txt", f"{changed.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC".encode())
    path = folder / f"{topic}.ipynb"
    if not path.exists():
        store(path, template_of(topic))


def _autograde(group: Class, topic: str, learner: str, config: Config) -> str | None:
    """Let nbgrader take one result in. Return why it did not, or None."""
    from nbgrader.converters import Autograde

    log, said = listener()
    step = Autograde(coursedir=place(topic, config, learner), config=config, log=log)
    step.force = True
    try:
        step.start()
    except Exception as error:
        explained = explain(group, topic, [*said, str(error)])
        if "does not take" not in str(explained):  # it would be the same with the next learner
            raise explained from error
        return str(explained)
    return None


def _withdraw(group: Class, topic: str, learner: str) -> None:
    """Take a score back that no longer counts. Marks of a person stay."""
    from nbgrader.api import MissingEntry

    with _book(group) as book:
        try:
            grades = book.find_submission_notebook(topic, topic, learner).grades
        except MissingEntry:
            grades = []
        for grade in grades:
            grade.auto_score = None
            grade.needs_manual_grade = True
        book.db.commit()
    for step in ("autograded", "submitted", "feedback"):
        shutil.rmtree(room(group, step, topic, learner), ignore_errors=True)


def standings(group: Class, topic: str) -> dict[str, dict[str, Any]]:
    """Return where each learner stands who is in the books. See `steps.standing`."""
    from socmint.grading.steps import standing

    there = _entered(group, topic)
    with _book(group) as book:
        return {
            learner.id: standing(book, topic, learner.id)
            for learner in group.learners
            if _is_there(there.get(learner.id), state(group, topic, learner.id))
        }


# ---- JupyterLab ----------------------------------------------------------------------------------


def open_lab(group: Class, port: int | None = None, browser: bool = True) -> int:
    """Open JupyterLab with formgrader on the class folder, and wait until it ends.

    Raises:
        CourseError: the settings of nbgrader are broken: they stop everything.
    """
    settings(group)
    for sentence in check(group):
        print(sentence, file=sys.stderr)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={group.folder}"]
    command += ["--LabApp.extension_manager=readonly", "--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--ServerApp.log_level=WARN"]
    if port:
        command += [f"--port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        command.append("--no-browser")
    if os.name == "posix" and os.geteuid() == 0:
        command.append("--allow-root")  # in a container everybody is root
    print("In JupyterLab: menu Nbgrader, Formgrader. Ctrl-C twice in this window stops it.")
    sys.stdout.flush()
    os.chdir(group.folder)
    environment = os.environ | {STRICT: "1"}
    if os.name == "posix":
        os.execve(sys.executable, command, environment)
    return subprocess.run(command, env=environment, check=False).returncode
