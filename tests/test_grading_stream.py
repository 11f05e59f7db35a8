"""The gradebook fills while notebooks run, and a command with nothing to do does nothing."""

import contextlib
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from socmint.__main__ import main
from socmint.course import ROOT, load
from socmint.grading import books, classroom, demo, score
from socmint.grading.collect import collect
from socmint.grading.sandbox import Cell, Limits, Run, Sandbox

LAB = "first_steps"
PLOT = (
    "from matplotlib import pyplot as plt\nfrom socmint import show\nfig, axes = plt.subplots()\n"
    "axes.set_title({title!r})\npicture = show(fig, alt='An empty chart.').png\nprint(len(picture))"
)


@pytest.fixture
def group(tmp_path):
    """A class of three that handed in, with its lab in the gradebook."""
    roster = tmp_path / "r.csv"
    roster.write_text("id,name\nana,Ana\nben,Ben\ncleo,Cleo\n", encoding="utf-8")
    made = classroom.init(tmp_path / "class", roster)
    for learner in made.learners:
        book = demo.with_code(LAB, f"# {learner.id}", "q1", only=2)
        classroom.store(tmp_path / "in" / f"{learner.id}.ipynb", book)
    collect(made, LAB, [tmp_path / "in"])
    return made


@pytest.fixture
def fake(monkeypatch):
    """Stands in for the sandbox: no question is answered."""

    class Fake:
        ran = 0
        start = close = lambda self: None

        def run(self, world, cells, forms, limits, show=False):
            Fake.ran += 1
            return Run([Cell() for _ in cells])

    monkeypatch.setattr(classroom, "Sandbox", lambda *a, **k: contextlib.nullcontext(Fake()))
    return Fake


def grade(group):
    return main(["class", "grade", LAB, "--trust-submissions", "--class", str(group.folder)])


def entered(group):
    there = books._entered(group, LAB)
    return {name for name, one in there.items() if any(p == 0 for p in one["points"].values())}


def test_a_release_puts_the_lab_and_the_learners_into_the_gradebook(group, capsys):
    assert main(["class", "release", LAB, "--class", str(group.folder)]) == 0
    capsys.readouterr()
    with closing(sqlite3.connect(group.folder / "gradebook.db")) as book:
        learners = book.execute("SELECT id, last_name FROM student ORDER BY id").fetchall()
        cells = dict(
            book.execute("SELECT name, max_score FROM base_cell JOIN grade_cells USING (id)")
        )
    assert learners == [("ana", "Ana"), ("ben", "Ben"), ("cleo", "Cleo")]
    points = {f"{LAB}-{one.id}-check": one.points for one in load().find(LAB).questions}
    assert cells == points
    assert (group.folder / "books" / "release" / LAB / f"{LAB}.ipynb").exists()


def test_a_result_is_in_the_gradebook_before_the_last_notebook_ran(group, fake, monkeypatch):
    """Each result is written when it comes, not after all of them."""
    books.prepare(group, LAB)
    seen, store = [], classroom.store_json

    def watched(path, data):
        if path.parent.parent.name == "results":
            seen.append(len(entered(group)))
        store(path, data)

    monkeypatch.setattr(classroom, "store_json", watched)
    assert grade(group) == 0
    assert seen == [0, 1, 2]
    assert entered(group) == {"ana", "ben", "cleo"}


def test_a_locked_gradebook_does_not_stop_the_notebooks(group, fake, monkeypatch, capsys):
    books.prepare(group, LAB)
    monkeypatch.setattr(books, "_connect", lambda path: sqlite3.connect(path, timeout=0.1))
    other = sqlite3.connect(group.folder / "gradebook.db")
    other.execute("BEGIN IMMEDIATE")
    assert grade(group) == 2
    assert "Another program is writing" in capsys.readouterr().err
    other.rollback()
    other.close()
    ran = fake.ran
    assert ran == 3 * score.UNSEEN
    assert entered(group) == set()
    assert grade(group) == 0
    assert fake.ran == ran  # what was graded is kept
    assert entered(group) == {"ana", "ben", "cleo"}


def test_what_is_graded_just_now_has_no_score_of_before(group, fake, monkeypatch, tmp_path):
    """Whoever stops the grading half-way finds no old points for a new submission."""
    assert grade(group) == 0
    classroom.store(tmp_path / "in" / "ben.ipynb", demo.with_code(LAB, "# new", "q1", only=2))
    collect(group, LAB, [tmp_path / "in"])
    found = []
    run = fake.run

    def watched(self, *args, **kwargs):
        found.append(entered(group))
        return run(self, *args, **kwargs)

    opened = books.Books.open
    monkeypatch.setattr(books.Books, "open", lambda self: (opened(self), found.append("open")))
    monkeypatch.setattr(books.Books, "take", lambda self, learner: found.append(entered(group)))
    assert grade(group) == 0
    assert found[0] == "open"
    assert all(one == {"ana", "cleo"} for one in found[1:])


def test_with_nothing_new_nothing_is_written_and_nothing_heavy_loaded(group, fake):
    assert grade(group) == 0
    files = {p: p.stat().st_mtime_ns for p in group.folder.rglob("*") if p.is_file()}
    code = (
        "import sys\nfrom socmint.__main__ import main\nfrom socmint.grading import classroom\n"
        "classroom.Sandbox.start = None\n"
        f"code = main(['class', 'grade', {LAB!r}, '--trust-submissions', '--class', sys.argv[1]])\n"
        "print(code, [n for n in ('pandas', 'nbgrader', 'nbformat') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(group.folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.splitlines()[-1] == "0 []"
    after = {p: p.stat().st_mtime_ns for p in group.folder.rglob("*") if p.is_file()}
    assert files.keys() <= after.keys()
    assert {p.name for p in after if after[p] != files.get(p)} == {"gradebook.copy.db"}


def test_a_figure_is_painted_where_somebody_looks(group):
    """The runs that nobody looks at lay figures out. Answers and errors are the same."""
    where = score.unseen_places(group.secret, LAB)[0]
    score.write_world(group.path("worlds", LAB), LAB, where)
    cells = [PLOT.format(title="A chart"), PLOT.format(title="$\\frac$"), "print(axes.get_title())"]
    told = {}
    with Sandbox(group.path("worlds", LAB), isolated=False) as sandbox:
        for show in (True, False):
            run = sandbox.run(where.name, cells, "{}", Limits(), show=show)
            assert run.ended == "well"
            told[show] = run.cells
    assert int(told[True][0].printed) > 1000
    assert int(told[False][0].printed) == 0
    for one in told.values():
        assert one[0].error is None
        assert "frac" in one[1].error
        assert one[2].printed == "$\\frac$\n"
