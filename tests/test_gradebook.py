"""nbgrader's gradebook of a class: what goes in, what a person adds, and what is never lost."""

import base64
import csv
import errno
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import nbgrader
import pytest
import sqlalchemy
from marked_class import LAB, TEXT, graded, hand_in, make_class
from nbgrader.api import Gradebook
from nbgrader.apps import api
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, NbGraderException

from socmint.authoring.release import listener
from socmint.course import ROOT, load
from socmint.errors import CourseError
from socmint.grading import batch, books, buttons, classroom, clean, feedback, steps
from socmint.grading.classroom import Learner, store_json
from socmint.grading.demo import template
from socmint.grading.export import export

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
ALL = {question.id: question.points for question in load().find(LAB).questions}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A gradebook that holds the lab and two learners. Making one takes nbgrader seconds."""
    group = make_class(tmp_path_factory.mktemp("first"))
    books.enter(group, LAB)
    return group


@pytest.fixture
def group(first, tmp_path):
    """A class of Ana and Ben whose gradebook holds the lab."""
    made = make_class(tmp_path)
    subprocess.run(["cp", "-r", f"{first.folder}/books", made.folder], check=True)
    (made.folder / "gradebook.db").write_bytes((first.folder / "gradebook.db").read_bytes())
    return made


def book_of(group):
    return Gradebook(f"sqlite:///{group.folder / 'gradebook.db'}", load().id)


def mark(group, learner, points, comment="", cell=TEXT):
    """Mark by hand, as formgrader's page does."""
    with book_of(group) as book:
        grade = book.find_grade(cell, LAB, LAB, learner)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            book.find_comment(cell, LAB, LAB, learner).manual_comment = comment
        book.db.commit()


def button(group, learner):
    """Do what formgrader's button does, and return what it says went wrong."""
    config = books.settings(group)
    books._hand_in(group, LAB, learner)
    log, said = listener()
    step = Autograde(coursedir=books.place(LAB, config, learner), config=config, log=log)
    step.force = True
    with suppress(NbGraderException):
        step.start()
    return " ".join(said)


def table(group, tmp_path, form="plain"):
    export(group, LAB, tmp_path / "out.csv", form)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def autograded(group, learner):
    path = group.folder / "books" / "autograded" / learner / LAB / f"{LAB}.ipynb"
    return json.loads(path.read_bytes()) if path.exists() else None


# ---- what goes in --------------------------------------------------------------------------------


def test_points_and_sentences_land_in_the_gradebook(group):
    result = graded(group, "ana", {"q1": 1.5, "q2": 1}, notes={"q1": ["Two rows are missing."]})
    report = books.enter(group, LAB)
    assert (report.refused, report.written) == ({}, ["ana"])
    with book_of(group) as book:
        grades = {g.name: g for g in book.find_submission_notebook(LAB, LAB, "ana").grades}
        said = book.find_comment(f"{LAB}-q1-answer", LAB, LAB, "ana").auto_comment
        student = book.find_student("ana")
        assert (student.first_name, student.last_name) == ("Ana", "Brisol")
        assert student.email == "ana@uni.example"
    assert grades[f"{LAB}-q1-check"].auto_score == 1.5
    assert grades[f"{LAB}-q2-check"].auto_score == 1
    assert grades[f"{LAB}-q3-check"].auto_score == 0
    assert grades[TEXT].auto_score is None
    assert grades[TEXT].needs_manual_grade
    assert "partly right, 1.5 of 2 points" in said
    assert "Two rows are missing." in said
    about = autograded(group, "ana")["metadata"]["socmint"]
    for name in ("key", "submission", "template", "made"):  # where the score comes from
        assert about[name] == result[name]
    assert about["worlds"] == ["777000777"]


def test_nothing_is_written_twice(group):
    graded(group, "ana", ALL)
    books.enter(group, LAB)
    path = group.folder / "books" / "autograded" / "ana" / LAB / f"{LAB}.ipynb"
    before = path.stat().st_mtime_ns
    assert books.enter(group, LAB).written == []
    assert path.stat().st_mtime_ns == before


def rows_of(group):
    """Return all that stands in the gradebook, without the ids that nbgrader draws at random."""
    with book_of(group) as book:
        notebooks = [one for s in book.assignment_submissions(LAB) for one in s.notebooks]
        return sorted(
            (
                one.student.id,
                one.assignment.timestamp,
                one.late_submission_penalty,
                sorted(
                    (g.name, g.auto_score, g.manual_score, g.needs_manual_grade) for g in one.grades
                ),
                sorted((c.name, c.auto_comment, c.manual_comment) for c in one.comments),
            )
            for one in notebooks
        )


@pytest.mark.parametrize("own", ["", "c.LateSubmissionPlugin.penalty_method = 'zero'\n"])
def test_the_books_are_those_that_nbgrader_writes_by_itself(group, own):
    """A batch keeps one gradebook open. The measure is nbgrader's Autograde, learner by learner."""
    (group.folder / books.CONFIG).write_text(books.CONFIG_TEXT + own, encoding="utf-8")
    with book_of(group) as book:  # everybody was late
        book.find_assignment(LAB).duedate = datetime(2026, 10, 1)
        book.db.commit()
    made, before = [], (group.folder / "gradebook.db").read_bytes()
    for way in ("batch", "nbgrader"):
        if way == "nbgrader":  # the same class as before the batch
            (group.folder / "gradebook.db").write_bytes(before)
            shutil.rmtree(group.folder / "books" / "autograded")
            shutil.rmtree(group.folder / "marked")
        for points, text in (({"q1": 1.5}, "First."), (ALL, "Second."), ({"q1": 1}, "Second.")):
            graded(group, "ana", points, text, shown={TEXT: [PROBES]})
            graded(group, "ben", {"q2": 1})
            if way == "batch":
                assert "ana" in books.enter(group, LAB).written
            else:
                assert [button(group, name) for name in ("ana", "ben")] == ["", ""]
            mark(group, "ana", 2, "So.")
        files = {
            path.relative_to(group.folder): (path.read_bytes(), path.stat().st_mode)
            for room in ("books/autograded", "books/submitted", "marked")
            for path in (group.folder / room).rglob("*")
            if path.is_file()
        }
        made.append((rows_of(group), files))
    assert len(made[0][1]) == 10
    assert {row[2] for row in made[1][0]} == ({1, 3} if own else {None})
    assert made[0] == made[1]


def test_an_empty_gradebook_is_nbgraders_own(tmp_path, monkeypatch):
    monkeypatch.setattr("nbgrader.api.get_alembic_version", lambda: "asked by a command")
    Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}").close()
    books._new_gradebook(tmp_path / "ours.db")
    tables = []
    for name in ("theirs", "ours"):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as one:
            tables.append(set(one.execute("SELECT type, name, tbl_name FROM sqlite_master")))
            versions = one.execute("SELECT * FROM alembic_version").fetchall()
    assert len(tables[0]) > 10
    assert tables[0] == tables[1]
    revisions, before = set(), set()
    for path in Path(nbgrader.__file__).parent.glob("alembic/versions/*.py"):
        words = dict(re.findall(r"^(\w*revision) = '(.+)'", path.read_text(), re.MULTILINE))
        revisions.add(words["revision"])
        before.add(words.get("down_revision"))
    assert set(versions) == {(version,) for version in revisions - before}


def test_unreadable_is_shown_apart_from_blank(group):
    graded(group, "ana")
    hand_in(group, "ben", b"{")
    digest = hashlib.sha256(b"{").hexdigest()
    unreadable = {"status": "unreadable", "auto": None, "submission": digest, "questions": {}}
    store_json(
        group.path("results", LAB, "ben.json"),
        unreadable | {"findings": ["The file is not JSON."], "key": "k", "runs": []},
    )
    books.enter(group, LAB)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(group.folder)
        config = books.settings(group)
        api = NbGraderAPI(books.place(LAB, config), config=config)
        there = {one["student"]: one for one in api.get_submissions(LAB)}
    assert there["ana"]["autograded"]
    assert not there["ben"]["autograded"]
    assert there["ben"]["submitted"]
    assert not api.exchange_missing
    report = feedback.write(group, LAB)
    page = (report.folder / f"{LAB}_ben.html").read_text(encoding="utf-8")
    assert "could not be read" in page
    assert "The file is not JSON." in page


def test_formgraders_button_says_why_there_is_no_score(group):
    hand_in(group, "ben", b"{")
    said = button(group, "ben")
    assert "ben has no score: unreadable" in said
    assert "not JSON" in said
    assert autograded(group, "ben") is None


def test_the_button_answers_with_one_sentence_and_no_traceback(group):
    hand_in(group, "ben", b"{")
    config = books.settings(group)
    assert api.capture_log is buttons.captured  # the settings are read where the buttons are
    books._hand_in(group, LAB, "ben")
    step = Autograde(coursedir=books.place(LAB, config, "ben"), config=config, log=listener()[0])
    step.force = True
    answer = buttons.captured(step)
    assert answer.keys() == {"success", "log"}
    said = answer["log"].replace("\n", " ")
    assert said.startswith("ben has no score: unreadable. The file is not JSON: ")
    assert max(map(len, answer["log"].split("\n"))) <= buttons.WIDTH


def test_a_fault_that_nobody_knows_keeps_its_traceback():
    class Step:
        log = listener()[0]

        def start(self):
            raise ZeroDivisionError("why?")

    answer = buttons.captured(Step())
    assert "Traceback" in answer["error"]
    assert "ZeroDivisionError: why?" in answer["error"]


def test_when_a_lab_is_due_is_in_the_gradebook(group):
    books.prepare(group, LAB)
    classroom.due_of(group, LAB, datetime(2026, 11, 20, 18))
    books.note_due(group, LAB)
    with book_of(group) as book:
        due = book.find_assignment(LAB).duedate
    assert due.replace(tzinfo=UTC).astimezone() == datetime(2026, 11, 20, 18).astimezone()
    (group.folder / "gradebook.db").unlink()  # one that is made anew knows it, too
    books.prepare(group, LAB)
    with book_of(group) as book:
        assert book.find_assignment(LAB).duedate == due


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("2026-11-20T18:00:00", "handed in 2026-11-20 18:00"),
        ("2026-11-20T18:00:30", "late: less than a minute after it was due (2026-11-20 18:00)"),
        ("2026-11-20T19:05:00", "late: 1 hour and 5 minutes after it was due"),
        ("2026-11-23T18:00:59", "late: 3 days after it was due"),
        ("2026-11-22T20:30:00", "late: 2 days and 2 hours after it was due"),
        ("1980-01-01T00:00:00", ""),
    ],
)
def test_the_marker_reads_when_it_was_handed_in_and_how_late(changed, said, group):
    graded(group, "ana")
    classroom.due_of(group, LAB, datetime(2026, 11, 20, 18))
    classroom.store_json(group.path("submitted", LAB, "ana.json"), {"changed": changed})
    came = classroom.arrival(group, LAB, "ana")
    assert came.endswith(said) or said in came
    assert bool(came) == bool(said)
    assert ("late" in came) == ("late" in said)


# ---- what a person adds --------------------------------------------------------------------------


def test_marks_and_comments_survive_grading_again(group, tmp_path):
    graded(group, "ana", {"q1": 1})
    books.enter(group, LAB)
    mark(group, "ana", 2.5, "Say who decides.")
    graded(group, "ana", {"q1": 2})  # the same text, one answer more
    books.enter(group, LAB)
    row = table(group, tmp_path)[0]
    assert (row["q1"], row["q8 by hand"], row["marks open"]) == ("2.0", "2.5", "0")
    assert float(row["score"]) == 4.5
    stand = books.standings(group, LAB)["ana"]
    assert stand["questions"]["q8"]["comment"] == "Say who decides."


def test_a_mark_for_another_text_is_open_again(group, tmp_path):
    graded(group, "ana", ALL, text="The first text.")
    books.enter(group, LAB)
    mark(group, "ana", 4, "Good.")
    graded(group, "ana", ALL, text="Quite another text.")
    books.enter(group, LAB)
    row = table(group, tmp_path)[0]
    assert (row["score"], row["q8 by hand"], row["marks open"]) == ("", "", "1")
    with book_of(group) as book:  # the old mark is still there to look at
        assert book.find_grade(TEXT, LAB, LAB, "ana").manual_score == 4


def test_points_that_a_person_changed_count(group, tmp_path):
    graded(group, "ana", {"q1": 0})
    books.enter(group, LAB)
    mark(group, "ana", 0)
    mark(group, "ana", 2, cell=f"{LAB}-q1-check")
    row = table(group, tmp_path)[0]
    assert (row["q1"], float(row["score"])) == ("2.0", 2)
    page = (feedback.write(group, LAB).folder / f"{LAB}_ana.html").read_text(encoding="utf-8")
    assert "2 of 2 (set by your instructor)" in page


def test_no_old_score_looks_new(group, tmp_path):
    graded(group, "ana", ALL)
    books.enter(group, LAB)
    mark(group, "ana", 3)
    report = feedback.write(group, LAB)
    assert float(table(group, tmp_path)[0]["score"]) == 19
    graded(group, "ana", ALL, status="failed")
    feedback.write(group, LAB)
    assert table(group, tmp_path)[0]["score"] == ""
    assert autograded(group, "ana") is None
    assert list(report.folder.glob("*.html")) == []
    with book_of(group) as book:
        grades = book.find_submission_notebook(LAB, LAB, "ana").grades
        assert {grade.auto_score for grade in grades} == {None}
        assert [grade.manual_score for grade in grades if grade.name == TEXT] == [3]


# ---- nothing is lost -----------------------------------------------------------------------------


def test_a_locked_gradebook_stops_with_a_sentence_and_goes_on_later(group, monkeypatch):
    graded(group, "ana", ALL)
    monkeypatch.setattr(books, "_connect", lambda path: sqlite3.connect(path, timeout=0.1))
    other = sqlite3.connect(group.folder / "gradebook.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CourseError, match="Another program is writing"):
        books.enter(group, LAB)
    other.rollback()
    other.close()
    assert books.enter(group, LAB).written == ["ana"]


def test_a_lock_in_the_middle_of_a_batch_loses_nothing(group, monkeypatch):
    graded(group, "ana", ALL)
    graded(group, "ben", ALL)
    others = []

    def lock(share, learner):
        if not others:
            others.append(sqlite3.connect(group.folder / "gradebook.db"))
            others[0].execute("BEGIN IMMEDIATE")

    real = sqlalchemy.create_engine

    def hasty(url, **more):
        return real(url, connect_args={"timeout": 0.1}, **more)

    monkeypatch.setattr("nbgrader.api.create_engine", hasty)
    with pytest.raises(CourseError, match="Another program is writing"):
        books.enter(group, LAB, lock)
    others[0].rollback()
    others[0].close()
    assert books.enter(group, LAB).written == ["ben"]
    assert {one["score"] for one in books.standings(group, LAB).values()} == {None}
    assert len(books.standings(group, LAB)) == 2


def test_a_lock_while_learners_are_entered_is_told(group, monkeypatch):
    graded(group, "ana", ALL)
    group.learners.append(Learner("cleo", "Cleo Tarn"))
    others, check = [], books.check

    def lock(one):
        told = check(one)
        others.append(sqlite3.connect(group.folder / "gradebook.db"))
        others[-1].execute("BEGIN IMMEDIATE")
        return told

    real = sqlalchemy.create_engine
    more = {"connect_args": {"timeout": 0.1}}
    with monkeypatch.context() as patch:
        patch.setattr(books, "check", lock)
        patch.setattr("nbgrader.api.create_engine", lambda url, **kwargs: real(url, **more))
        with pytest.raises(CourseError, match="Another program is writing"):
            books.enter(group, LAB)
    others[0].close()
    assert books.enter(group, LAB).written == ["ana"]


def test_while_a_result_is_open_formgrader_shows_no_points_as_settled(group):
    """Of the new submission nothing is known yet; a mark by hand waits as it was."""
    graded(group, "ana", ALL)
    books.enter(group, LAB)
    mark(group, "ana", 3)
    hand_in(group, "ana", b"{}")
    with books.Books(group, LAB) as writing:
        writing.open()
        writing.finish()
        with book_of(group) as book:
            grades = book.find_submission_notebook(LAB, LAB, "ana").grades
            waiting = {g.name for g in grades if g.needs_manual_grade}
            assert {g.auto_score for g in grades} == {None}
            assert waiting == {g.name for g in grades} - {TEXT}


@pytest.mark.parametrize("damage", ["no database", "cut", "missing", "half made"])
def test_a_damaged_gradebook_comes_back_with_its_marks(group, damage, tmp_path):
    graded(group, "ana", ALL)
    books.enter(group, LAB)
    mark(group, "ana", 3, "Kept.")
    books.enter(group, LAB)  # copies the gradebook before it does anything
    graded(group, "ben", {"q1": 1})
    path = group.folder / "gradebook.db"
    if damage == "no database":
        path.write_bytes(b"no database at all" * 100)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif damage == "missing":
        path.unlink()
    else:  # nbgrader leaves this where it does not find the command alembic
        path.unlink()
        sqlite3.connect(path).execute("CREATE TABLE grade (id INTEGER)")
    report = books.enter(group, LAB)
    assert "is the copy of" in " ".join(report.told)
    assert report.written == ["ben"]
    assert bool(list(group.folder.glob("gradebook.damaged-*.db"))) == (damage != "missing")
    assert table(group, tmp_path)[0]["score"] == "19.0"


def test_a_gradebook_without_a_copy_is_made_anew_from_the_results(group, tmp_path):
    graded(group, "ana", ALL)
    books.enter(group, LAB)
    (group.folder / "gradebook.copy.db").unlink()
    (group.folder / "gradebook.db").write_bytes(b"gone")
    report = books.enter(group, LAB)
    assert "made from the results" in " ".join(report.told)
    assert report.written == ["ana"]
    assert table(group, tmp_path)[0]["q1"] == "2.0"


def test_a_batch_that_is_killed_goes_on(group):
    for learner in ("ana", "ben"):
        graded(group, learner, ALL)
    code = (
        "import os, sys\nfrom pathlib import Path\n"
        "from socmint.grading import books, classroom\n"
        "group = classroom.open_class(Path(sys.argv[1]))\n"
        f"books.enter(group, '{LAB}', lambda share, learner: os.kill(os.getpid(), 9))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, group.folder], cwd=ROOT, check=False)
    assert done.returncode == -9
    assert books.enter(group, LAB).written == ["ben"]
    assert len(books.standings(group, LAB)) == 2


def test_a_kill_between_the_steps_leaves_no_old_score(group, monkeypatch, tmp_path):
    graded(group, "ana", ALL)
    books.enter(group, LAB)
    graded(group, "ana", {"q1": 1})

    def kill(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps.FromResults, "preprocess", kill)
        with pytest.raises(KeyboardInterrupt):
            books.enter(group, LAB)
    with book_of(group) as book:
        grades = book.find_submission_notebook(LAB, LAB, "ana").grades
        assert {grade.auto_score for grade in grades} == {None}
    assert table(group, tmp_path)[0]["q1"] == "1.0"


def test_a_full_disk_is_told(group, monkeypatch):
    graded(group, "ana", ALL)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(books, "store", full)
        with pytest.raises(CourseError, match="disk is full"):
            books.enter(group, LAB)
    assert books.enter(group, LAB).written == ["ana"]


def test_a_commit_that_fails_leaves_no_mark_for_another_text(group, monkeypatch, tmp_path):
    graded(group, "ana", ALL, text="The first text.")
    books.enter(group, LAB)
    mark(group, "ana", 4, "Good.")
    graded(group, "ana", ALL, text="Quite another text.")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(batch.OpenGradebook, "commit", full)
        with pytest.raises(CourseError, match="disk is full"):
            books.enter(group, LAB)
    with book_of(group) as book:
        grades = book.find_submission_notebook(LAB, LAB, "ana").grades
        assert {grade.auto_score for grade in grades} == {None}
    assert books.enter(group, LAB).written == ["ana"]
    assert table(group, tmp_path)[0]["marks open"] == "1"


# ---- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("raise RuntimeError('typo')", "has a fault"),
        ("c.Autograde.autograde_preprocessors = []", "autograde_preprocessors"),
        ("c.CourseDirectory.root = '/'", "CourseDirectory.root"),
    ],
)
def test_broken_settings_stop_everything(group, line, sentence):
    graded(group, "ana", ALL)
    path = group.folder / books.CONFIG
    path.write_text(books.CONFIG_TEXT + line + "\n", encoding="utf-8")
    for command in (books.enter, feedback.write):
        with pytest.raises(CourseError, match=sentence):
            command(group, LAB)
    with pytest.raises(CourseError, match=sentence):
        books.open_lab(group)
    assert autograded(group, "ana") is None


def test_nbgraders_own_command_takes_the_same_way(group):
    """Whoever types `nbgrader autograde` in the class folder runs no submission either."""
    graded(group, "ana", {"q1": 2})
    books.settings(group)
    books._hand_in(group, LAB, "ana")
    bin_folder = Path(sys.executable).parent
    done = subprocess.run(
        [bin_folder / "nbgrader", "autograde", LAB, "--student", "ana"],
        cwd=group.folder,
        env=os.environ | {books.STRICT: "1", "PATH": f"{bin_folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert books.standings(group, LAB)["ana"]["questions"]["q1"]["auto"] == 2


# ---- pages ---------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The words of a page, and what in it could act or ask for something."""

    def __init__(self, text):
        super().__init__()
        self.words, self.acts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form", "svg"):
            self.acts.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (name in ("src", "href") and "data:" not in (value or "")):
                self.acts.append((tag, name, value))

    def handle_data(self, data):
        self.words.append(data)


PROBES = {
    "text/html": "<script>hit()</script><img src=x onerror=hit()><a href='javascript:hit()'>x</a>"
    "<svg onload=hit()></svg><iframe srcdoc='<script>hit()</script>'></iframe><p onclick=hit()>x"
    "<link rel=stylesheet href=http://evil.example/a.css><form action=//a.example><base href=//e>"
    "<img src='http://evil.example/pixel.png'><math><style><img src=x onerror=hit()></style></math>"
    "<p style='background:url(http://evil.example/b.png);position:fixed'>x</p>",
}


def test_a_page_holds_what_helps_and_nothing_else(group):
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n not much").decode()
    graded(
        group,
        "ana",
        {"q1": 1.5},
        text="</pre><script>hit()</script>",
        notes={"q1": ["Count <b>each</b> row once."]},
        shown={TEXT: [PROBES, {"image/png": picture}]},
        where="all.zip/Ana Brisol_4711_assignsubmission_file_/lab.ipynb",
    )
    graded(group, "ben", ALL)
    books.enter(group, LAB)
    mark(group, "ana", 2.5, "Who decides?\n<img src=x onerror=hit()>")
    report = feedback.write(group, LAB)
    assert (report.pages, report.waiting) == (["ana", "ben"], ["ben"])
    text = (report.folder / f"{LAB}_ana.html").read_text(encoding="utf-8")
    page = Page(text)
    words = " ".join(" ".join(page.words).split())
    assert page.acts == []
    for wanted in ("4 of 20 points", "Partly right: 1.5 of 2", "Count <b>each</b> row once."):
        assert wanted in words
    assert "Who decides?" in words
    assert "by hand 2.5 of 4" in words
    assert picture in text
    # The key, the rubric, the seed and the solution stay where they are.
    rubric = steps.helps_of(LAB)[TEXT]
    lines = [line.strip() for line in rubric.splitlines() if len(line.strip()) > 40]
    assert lines
    assert not [line for line in lines if line in text]
    assert "424242424242" not in text
    assert "777000777" not in text
    with zipfile.ZipFile(report.folder / "moodle.zip") as archive:
        assert archive.namelist() == [f"Ana Brisol_4711_assignsubmission_file_/{LAB}.html"]
    assert report.outside_moodle == ["ben"]


def test_outputs_of_a_world_that_nobody_was_given_stay_inside(group):
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n secret").decode()
    graded(group, "ana", ALL, shown={TEXT: [{"image/png": picture}]}, own=False)
    report = feedback.write(group, LAB)
    assert picture in json.dumps(autograded(group, "ana"))
    assert picture not in (report.folder / f"{LAB}_ana.html").read_text(encoding="utf-8")


def test_the_rubric_is_on_the_markers_page_alone(group):
    graded(group, "ana", ALL, findings=["Q1 was changed to <script>hit()</script>."])
    books.enter(group, LAB)
    path = group.folder / "books" / "autograded" / "ana" / LAB / f"{LAB}.ipynb"
    rubric = "It ties collection to a purpose"
    assert rubric in (ROOT / "solutions" / LAB / f"{LAB}.ipynb").read_text(encoding="utf-8")
    assert rubric not in path.read_text(encoding="utf-8")
    released = group.folder / "books" / "release" / LAB / f"{LAB}.ipynb"
    assert rubric not in released.read_text(encoding="utf-8")
    step = steps.BesideTheMarker()
    for resources, there in (({"nbgrader": {}}, False), ({"submission_id": "1"}, True)):
        book = nbformat.read(path, as_version=4)
        made, _ = step.preprocess(book, resources | {"assignment_id": LAB})
        sources = [cell.source for cell in made.cells]
        assert (rubric in " ".join(sources)) == there
        assert "<script>" not in " ".join(sources)
        if there:
            at = next(n for n, cell in enumerate(made.cells) if rubric in cell.source)
            assert made.cells[at + 1].metadata.nbgrader.grade_id == TEXT


def test_what_code_displayed_is_harmless():
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" onload="hit()"><script>hit()</script></svg>'
    forged = 'x" onerror="hit()'
    cell = {"printed": "<script>", "error": "ValueError: <script>", "shown": []}
    cell["shown"] = [PROBES, {"image/svg+xml": drawing}, {"image/png": forged, "text/plain": "p"}]
    made = clean.outputs(cell)
    assert [output["output_type"] for output in made] == [
        *("stream", "display_data", "display_data", "display_data", "error")
    ]
    first, second, third = (output["data"] for output in made[1:4])
    assert Page(first["text/html"]).acts == []
    assert "evil.example" not in first["text/html"]
    assert "position" not in first["text/html"]
    assert second["text/html"].startswith("<img ")  # in which a browser runs nothing
    assert Page(second["text/html"]).acts == []
    assert "image/png" not in third


def test_tables_and_figures_stay():
    page = '<table class="dataframe"><tr><th scope="row">1</th><td colspan="2">7</td></tr></table>'
    assert clean.html(page).replace("<tbody>", "").replace("</tbody>", "") == page
    figure = '<img alt="A chart." src="data:image/png;base64,iVBORw0KGgo=">'
    assert clean.html(figure) == figure


@pytest.mark.parametrize("page", ["<div>" * 61, "<p>x" * 50_000, "</i><b><i>" * 5000])
def test_pages_that_take_long_are_shown_as_text(page):
    (made,) = clean.outputs({"shown": [{"text/html": page, "text/plain": "a table"}]})
    assert made["data"] == {"text/plain": "a table"}


# ---- tables --------------------------------------------------------------------------------------


def test_a_line_has_a_score_when_all_marks_are_given(group, tmp_path):
    graded(group, "ana", ALL)
    graded(group, "ben", ALL)
    books.enter(group, LAB)
    mark(group, "ana", 1.5)
    total = sum(ALL.values()) + 1.5
    assert export(group, LAB, tmp_path / "out.csv", "moodle") == {"ben": "marks are open"}
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines == [f"Email address,ID number,{LAB}", f"ana@uni.example,ana,{total}"]
    rows = table(group, tmp_path, "canvas")
    assert [row[LAB] for row in rows] == ["20", str(total)]


def test_the_lab_in_the_books_is_the_released_one(group):
    released = group.folder / "books" / "release" / LAB / f"{LAB}.ipynb"
    assert json.loads(released.read_bytes())["cells"] == json.loads(template(LAB))["cells"]
