"""The books of a class: nbgrader's gradebook, and what keeps it whole.

gradebook.db               nbgrader's; points, marks and comments
gradebook.copy.db          as it was before the last command wrote into it
nbgrader_config.py         nbgrader's settings for this class
books/…                    nbgrader's folders: source, release, submitted, autograded, feedback
marked/LAB/LEARNER.json    which answers the marks were given for

Points are made elsewhere and are kept in results/; the books can be written anew from them. Only
what a person marked is in the books alone, and so they are copied before each change.
"""

import gc
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from socmint.course import ROOT, load
from socmint.errors import CourseError
from socmint.grading.classroom import SCORED, Class, Learner, due_of, load_json, state, store
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
    from socmint.grading.buttons import speak_plainly

    speak_plainly()
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
        with _light():
            config = PyFileConfigLoader(CONFIG, path=str(group.folder)).load_config()
    except Exception as error:  # it is a program and may raise anything
        raise CourseError(
            f"{path} has a fault, so nothing was done: {type(error).__name__}: {error}. Mend it, "
            "or delete it to get the first one back."
        ) from error
    wanted = _wanted(group)
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
    store(group.folder / "books" / "settings.sha256", _stamp(group))
    return config


def _wanted(group: Class) -> Config:
    wanted = Config()
    configure(wanted, group.folder)
    return wanted


def _stamp(group: Class) -> bytes:
    """Return the hash of what makes the settings."""
    paths = (group.folder / CONFIG, ROOT / CONFIG, Path(__file__))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest().encode()


def _are_checked(group: Class) -> bool:
    """Return whether `settings` found the same settings in order before."""
    try:
        return (group.folder / "books" / "settings.sha256").read_bytes() == _stamp(group)
    except FileNotFoundError:
        return False


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
    with Books(group, topic) as books:
        for number, learner in enumerate(group.learners, start=1):
            books.take(learner.id)
            if books.fault:
                break
            if tell:
                tell(number / len(group.learners), learner.id)
    return books.finish()


class Books:
    """The books of one lab, to write one result after the other. Use it with `with`.

    nbgrader is not loaded before there is something to write. A fault ends the writing and is kept
    for `finish`, so that grading goes on.

    Args:
        group: the class.
        topic: the lab.
    """

    def __init__(self, group: Class, topic: str):
        self.group, self.topic = group, topic
        self.fault: CourseError | None = None
        self._report, self._done = Entered(), set()
        self._there: dict[str, dict[str, Any]] | None = None
        self._pen: Callable[[str], None] | None = None
        self._opened = ExitStack()

    def __enter__(self) -> "Books":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def open(self) -> None:
        """Load nbgrader and open the gradebook, if that was not done yet."""
        self._guarded(self._open)

    def take(self, learner: str) -> None:
        """Write the result of a learner as it stands, unless it is there."""
        self._guarded(self._take, learner)

    def finish(self) -> Entered:
        """Return what came of it.

        Raises:
            CourseError: the settings are broken, or the gradebook cannot be written.
        """
        if self.fault:
            raise self.fault
        return self._report

    def _guarded(self, action: Callable[..., None], *words: str) -> None:
        if self.fault:
            return
        try:
            action(*words)
        except CourseError as error:
            self.fault = error
        except Exception as error:
            source = type(error).__module__.partition(".")[0]  # not to load them for their classes
            if not (isinstance(error, OSError) or source in ("sqlite3", "sqlalchemy", "nbgrader")):
                raise
            self.fault = explain(self.group, self.topic, [str(error)])

    def _look(self) -> dict[str, dict[str, Any]]:
        """Return what stands in the books, once it is known that they are sound."""
        if self._there is None:
            if not _are_checked(self.group):
                settings(self.group)
            self._report.told = check(self.group)
            if not _is_prepared(self.group, self.topic):
                _prepare(self.group, self.topic)
            note_due(self.group, self.topic, anew=False)
            self._there = _entered(self.group, self.topic)
        return self._there

    def _open(self) -> None:
        if self._pen:
            return
        group, topic, config = self.group, self.topic, settings(self.group)
        # What is graded just now must not keep the score of before, whatever happens.
        there = self._look()
        stale = [
            one.id
            for one in group.learners
            if one.id in there and not _is_there(there[one.id], state(group, topic, one.id))
        ]
        _take_back(group, topic, stale, "manual_score IS NULL OR needs_manual_grade")
        from socmint.authoring.release import listener
        from socmint.grading.batch import Batch, opened

        log, said = listener()
        whole = config == _wanted(group)
        with _quietly():
            book = self._opened.enter_context(opened(_url(group), load().id, whole))
        batch = Batch(group, config, coursedir=place(topic, config), log=log)

        def write(learner: str) -> None:
            said.clear()
            try:
                with _quietly():
                    batch.take(book, learner)
            except Exception as error:  # nbgrader and its steps raise many kinds
                raise explain(group, topic, [*said, str(error)]) from error

        self._pen = write

    def _take(self, learner: str) -> None:
        entry = self._look().get(learner)
        result = state(self.group, self.topic, learner)
        if learner in self._done:
            return
        self._done.add(learner)
        if result["status"] not in SCORED:
            _withdraw(self.group, self.topic, learner, entry)
            if result["status"] == "missing":
                shutil.rmtree(room(self.group, "submitted", self.topic, learner), True)
            else:
                _hand_in(self.group, self.topic, learner)
        elif not _is_there(entry, result):
            self._open()
            _hand_in(self.group, self.topic, learner)
            try:
                self._pen(learner)
            except CourseError as error:
                if "does not take" not in str(error):  # it would be the same with the next learner
                    raise
                self._report.refused[learner] = str(error)
            else:
                self._report.written.append(learner)


def prepare(group: Class, topic: str) -> None:
    """Put a lab and its learners into the books, before anything is handed in.

    Raises:
        CourseError: the settings are broken, or the gradebook cannot be written.
    """
    with Books(group, topic) as books:
        books._guarded(books._look)
    books.finish()


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep SQLAlchemy from warning of how nbgrader uses it."""
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


@contextmanager
def _light() -> Iterator[None]:
    """Let nbgrader be loaded without a grammar of web addresses, which takes longer than the rest.

    jsonschema builds it for a check of formats that neither nbformat nor nbgrader asks for. Nor is
    there any garbage to look for: what is loaded stays.
    """
    name = "rfc3987_syntax"
    kept = sys.modules.get(name)
    sys.modules[name] = kept
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        if kept is None:
            del sys.modules[name]


def place(topic: str, config: Config, learner: str = "*") -> Any:
    """Return nbgrader's idea of where one learner's work on a lab lies."""
    from nbgrader.coursedir import CourseDirectory

    return CourseDirectory(config=config, assignment_id=topic, student_id=learner)


def _url(group: Class) -> str:
    return f"sqlite:///{group.folder / 'gradebook.db'}"


def _book(group: Class) -> Any:
    from nbgrader.api import Gradebook

    return Gradebook(_url(group), load().id)


def room(group: Class, step: str, topic: str, learner: str) -> Path:
    """Return the folder of nbgrader's for one learner's work on a lab."""
    return group.folder / "books" / step / learner / topic


def note_due(group: Class, topic: str, anew: bool = True) -> None:
    """Write into the gradebook when a lab is due, as nbgrader's own pages show it.

    Args:
        group: the class.
        topic: the lab.
        anew: also where a time stands there, which somebody may have changed in formgrader.

    Raises:
        CourseError: another program is writing into it.
    """
    path, due = group.folder / "gradebook.db", due_of(group, topic)
    if due is None or not path.exists():
        return
    when = f"{due.astimezone(UTC):%Y-%m-%d %H:%M:%S}.000000"
    change = "UPDATE assignment SET duedate = ? WHERE name = ? AND (? OR duedate IS NULL)"
    try:
        with closing(_connect(path)) as connection, connection:
            connection.execute(change, (when, topic, anew))
    except sqlite3.DatabaseError as error:
        raise explain(group, topic, [str(error)]) from error


def _shelf(group: Class, topic: str) -> tuple[Path, Path, bytes]:
    """Return where nbgrader keeps a lab's source and its release, and what the source must be."""
    source = group.folder / "books" / "source" / topic / f"{topic}.ipynb"
    released = group.folder / "books" / "release" / topic / f"{topic}.ipynb"
    return source, released, (ROOT / "solutions" / topic / f"{topic}.ipynb").read_bytes()


def _is_prepared(group: Class, topic: str) -> bool:
    """Return whether the lab and all learners are in the books."""
    path = group.folder / "gradebook.db"
    source, released, solved = _shelf(group, topic)
    if not (path.exists() and released.exists() and source.exists()):
        return False
    with closing(_connect(path)) as connection:
        known = connection.execute(
            "SELECT 1 FROM notebook JOIN assignment ON assignment.id = notebook.assignment_id "
            "WHERE notebook.name = ? AND assignment.name = ?",
            (topic, topic),
        ).fetchone()
        rows = connection.execute("SELECT id, first_name, last_name, email FROM student")
        there = {name: tuple(about) for name, *about in rows}
    return (
        known is not None
        and source.read_bytes() == solved
        and all(there.get(one.id) == _about(one) for one in group.learners)
    )


def _about(learner: Learner) -> tuple[str, str, str | None]:
    """Return first name, last name and address of a learner, as the gradebook has them."""
    first, _, last = _plain(learner.name).rpartition(" ")
    return first, last, learner.email or None


def _prepare(group: Class, topic: str) -> None:
    """Put the lab and the learners into the gradebook, as nbgrader's own release does."""
    config = settings(group)
    from nbgrader.api import MissingEntry
    from nbgrader.converters import GenerateAssignment

    from socmint.authoring.release import listener

    path = group.folder / "gradebook.db"
    if not path.exists():
        _new_gradebook(path)
    source, released, solved = _shelf(group, topic)
    with _quietly(), _book(group) as book:
        try:
            known = book.find_notebook(topic, topic) is not None
        except MissingEntry:
            known = False
        there = {one.id: (one.first_name, one.last_name, one.email) for one in book.students}
        for learner in group.learners:
            first, last, email = _about(learner)
            if there.get(learner.id) != (first, last, email):
                book.update_or_create_student(
                    learner.id, first_name=first, last_name=last, email=email
                )
    if known and released.exists() and source.exists() and source.read_bytes() == solved:
        return
    store(source, solved)
    log, said = listener()
    made = Config(config)
    made.merge(Config(GenerateAssignment={"force": True, "create_assignment": True}))
    try:
        with _quietly():
            GenerateAssignment(coursedir=place(topic, made), config=made, log=log).start()
    except Exception as error:  # nbgrader and its steps raise many kinds
        source.unlink()  # so that the next run does it again
        raise explain(group, topic, [*said, str(error)]) from error
    if not _same_cells(released.read_bytes(), template_of(topic)):
        raise CourseError(f"labs/{topic} is not what nbgrader makes of it. Run: socmint build")


def _new_gradebook(path: Path) -> None:
    """Make an empty gradebook, whole or not at all, as nbgrader does it.

    nbgrader starts the command `alembic` to learn the number of its tables' version. That takes
    seconds, and leaves half a gradebook where the command is missing.
    """
    from alembic.config import Config as Settings
    from alembic.script import ScriptDirectory
    from nbgrader.api import Base
    from nbgrader.dbutil import ALEMBIC_DIR
    from sqlalchemy import create_engine, text

    settings = Settings()
    settings.set_main_option("script_location", ALEMBIC_DIR)
    version = ScriptDirectory.from_config(settings).get_current_head()
    half = path.with_suffix(".partial")
    half.unlink(missing_ok=True)
    engine = create_engine(f"sqlite:///{half}")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:one)"), {"one": version})
    engine.dispose()
    half.replace(path)


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


POINTS = """
    SELECT place.student_id, cell.name, grade.auto_score, grade.needs_manual_grade
    FROM grade
    JOIN base_cell AS cell ON cell.id = grade.cell_id
    JOIN submitted_notebook AS book ON book.id = grade.notebook_id
    JOIN submitted_assignment AS place ON place.id = book.assignment_id
    JOIN assignment ON assignment.id = place.assignment_id
    WHERE assignment.name = ?
"""


def _entered(group: Class, topic: str) -> dict[str, dict[str, Any]]:
    """Return what stands in the books: learner → 'key', and by grade id 'points' and 'open'."""
    found: dict[str, dict[str, Any]] = {}
    with closing(_connect(group.folder / "gradebook.db")) as connection:
        for learner, name, points, waits in connection.execute(POINTS, (topic,)):
            entry = found.setdefault(learner, {"points": {}, "open": {}})
            entry["points"][name], entry["open"][name] = points, bool(waits)
    for learner, entry in found.items():
        path = room(group, "autograded", topic, learner) / f"{topic}.ipynb"
        about = (load_json(path) or {}).get("metadata", {}).get("socmint", {})
        entry["key"] = about.get("key")
    return found


def _is_there(entry: dict[str, Any] | None, result: dict[str, Any]) -> bool:
    if entry is None or result["status"] not in SCORED or entry["key"] != result["key"]:
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
    when = f"{changed.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC".encode()
    stamp, path = folder / "timestamp.txt", folder / f"{topic}.ipynb"
    if not stamp.exists() or stamp.read_bytes() != when:
        store(stamp, when)
    if not path.exists():
        store(path, template_of(topic))


def _withdraw(group: Class, topic: str, learner: str, entry: dict[str, Any] | None) -> None:
    """Take a score back that no longer counts. Marks of a person stay."""
    if entry and not (set(entry["points"].values()) <= {None} and all(entry["open"].values())):
        _take_back(group, topic, [learner], "1")
    for step in ("autograded", "feedback"):
        shutil.rmtree(room(group, step, topic, learner), ignore_errors=True)


def _take_back(group: Class, topic: str, learners: list[str], opens: str) -> None:
    """Take the automatic points of learners back, of all of them or of none.

    Args:
        group: the class.
        topic: the lab.
        learners: their ids.
        opens: SQL for the grades that wait for a person afterwards.
    """
    if not learners:
        return
    chosen = (
        "SELECT grade.id FROM grade "
        "JOIN submitted_notebook AS book ON book.id = grade.notebook_id "
        "JOIN submitted_assignment AS place ON place.id = book.assignment_id "
        "JOIN assignment ON assignment.id = place.assignment_id "
        "WHERE assignment.name = ? AND place.student_id = ?"
    )
    with closing(_connect(group.folder / "gradebook.db")) as connection, connection:
        connection.executemany(
            f"UPDATE grade SET auto_score = NULL, needs_manual_grade = ({opens}) "
            f"WHERE id IN ({chosen})",
            [(topic, learner) for learner in learners],
        )


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
    command = [sys.executable, "-m", "socmint.lab", f"--ServerApp.root_dir={group.folder}"]
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
