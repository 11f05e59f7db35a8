"""A class from roster to table: rebuilding, collecting, and results that are never stale."""

import contextlib
import csv
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from socmint.__main__ import main
from socmint.case import open_lab
from socmint.course import ROOT, load
from socmint.errors import CourseError
from socmint.grading import classroom, demo, score
from socmint.grading.collect import collect
from socmint.grading.export import export
from socmint.grading.rebuild import UnreadableError, code_cells, rebuild
from socmint.grading.sandbox import Cell, Limits, Run, Sandbox, SandboxError
from synthetic_data import World

LAB = "first_steps"
TEMPLATE = demo.template(LAB)
SOLVED = demo.solutions(LAB)
ANSWER = f"{LAB}-q3-answer"


# ---- rebuild -------------------------------------------------------------------------------------


def book(change=None):
    made = json.loads(demo.solved(LAB))
    if change:
        change(made)
    return json.dumps(made).encode()


def cell_of(made, name):
    return next(c for c in made["cells"] if c["id"] == name)


def no_ids(made):
    made["nbformat_minor"] = 4
    for cell in made["cells"]:
        del cell["id"]


def no_settings(made):
    for cell in made["cells"]:
        cell["metadata"] = {}


def neither(made):
    no_ids(made)
    no_settings(made)


def backwards(made):
    made["cells"].reverse()


def no_locked(made):
    made["cells"] = [c for c in made["cells"] if c["id"].endswith("-answer")]


def retyped(made):
    cell_of(made, ANSWER)["cell_type"] = "markdown"


def format_3(made):
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    made["worksheets"] = [{"cells": made.pop("cells")}]
    made["nbformat"] = 3


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (None, ""),
        (no_ids, ""),
        (no_settings, ""),
        (neither, "known by its place"),
        (backwards, "moved"),
        (no_locked, "was deleted"),
        (retyped, "from code to markdown"),
        (format_3, ""),
    ],
)
def test_damage_to_a_notebook_costs_no_answer(change, finding):
    rebuilt = rebuild(TEMPLATE, book(change))
    assert rebuilt.answers == SOLVED
    assert not rebuilt.blank
    assert finding in " ".join(rebuilt.findings)
    assert bool(rebuilt.findings) == bool(finding)
    here = [(c["id"], c["cell_type"]) for c in rebuilt.notebook["cells"]]
    assert here == [(c["id"], c["cell_type"]) for c in json.loads(TEMPLATE)["cells"]]


def test_a_deleted_answer_is_no_answer():
    made = json.loads(demo.solved(LAB))
    made["cells"].remove(cell_of(made, ANSWER))
    rebuilt = rebuild(TEMPLATE, json.dumps(made).encode())
    assert "..." in rebuilt.answers[ANSWER]
    assert f"{ANSWER} was deleted: no answer." in rebuilt.findings


def test_the_original_is_taken_before_its_copy_and_a_filled_one_before_a_stub():
    def copied(made):
        made["cells"].insert(0, cell_of(made, ANSWER) | {"id": "x", "source": ["copy = 1"]})

    assert rebuild(TEMPLATE, book(copied)).answers[ANSWER] == SOLVED[ANSWER]

    def moved_into_the_copy(made):
        copied(made)
        cell_of(made, ANSWER)["source"] = cell_of(json.loads(TEMPLATE), ANSWER)["source"]

    assert rebuild(TEMPLATE, book(moved_into_the_copy)).answers[ANSWER] == "copy = 1"


def test_tests_points_and_given_code_are_those_of_the_release():
    def tampered(made):
        cell_of(made, f"{LAB}-q3-check")["source"] = ["print(100)"]
        cell_of(made, f"{LAB}-q3-check")["metadata"]["nbgrader"]["points"] = 99
        cell_of(made, f"{LAB}-q6-given")["source"] = ["club = None"]

    rebuilt = rebuild(TEMPLATE, book(tampered))
    clean = rebuild(TEMPLATE, book())
    assert rebuilt.notebook == clean.notebook
    assert len(rebuilt.findings) == 3


def test_own_code_runs_before_the_answer_that_needs_it():
    def helper(made):
        at = made["cells"].index(cell_of(made, ANSWER))
        own = {"cell_type": "code", "id": "mine", "metadata": {}, "source": ["def f(): pass"]}
        made["cells"].insert(at, own)

    cells = code_cells(rebuild(TEMPLATE, book(helper)))
    at = [name for name, _ in cells].index(ANSWER)
    assert cells[at - 1] == ("", "def f(): pass")


def test_a_lab_as_released_is_blank():
    assert rebuild(TEMPLATE, TEMPLATE).blank


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b'{"cells": 1}', b'{"cells": [{"source": 1}]}']
)
def test_what_is_no_notebook_is_unreadable(data):
    with pytest.raises(UnreadableError):
        rebuild(TEMPLATE, data)


# ---- a class -------------------------------------------------------------------------------------


@pytest.fixture
def group(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text(
        'id,name,email\nana,"Ruiz, Ana ""A""",ana@uni.example\nben,=cmd(),\n', encoding="utf-8"
    )
    return classroom.init(tmp_path / "class", roster)


class Fake:
    """Stands in for the sandbox: each check records the same answer, or the sandbox fails."""

    def __init__(self, worlds, answers, fails=False):
        self.worlds, self.answers, self.fails, self.ran = worlds, answers, fails, 0

    def run(self, world, cells, forms, limits, show=False):
        self.ran += 1
        if self.fails:
            raise SandboxError("gone")
        made = []
        for source in cells:
            name = source.split(".")[1].split("(")[0] if source.startswith("check.") else ""
            made.append(Cell(answer={"question": name, "answer": self.answers.get(name)}))
        return Run(made)


def test_the_secret_is_for_the_owner_alone(group):
    path = group.folder / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(CourseError, match="chmod 600"):
        classroom.open_class(group.folder)


def test_a_class_is_not_made_twice(group, tmp_path):
    with pytest.raises(CourseError, match="class already"):
        classroom.init(group.folder, tmp_path / "roster.csv")


@pytest.mark.parametrize("line", ["../up,x", "ana,x\nANA,y", ".hidden,x", ",nobody"])
def test_a_roster_with_odd_ids_is_refused(line, tmp_path):
    roster = tmp_path / "r.csv"
    roster.write_text(f"id,name\n{line}\n", encoding="utf-8")
    with pytest.raises(CourseError, match="line"):
        classroom.init(tmp_path / "class", roster)
    assert not (tmp_path / "class").exists()


def test_a_pack_holds_a_world_without_truth_and_seed(group):
    packs = classroom.release(group, LAB)
    worlds = []
    for pack, learner in zip(packs, ("ana", "ben"), strict=True):
        with zipfile.ZipFile(pack) as archive:
            names = archive.namelist()
            everything = b"".join(archive.read(name) for name in names)
        assert f"{LAB}_{learner}/{LAB}_{learner}.ipynb" in names
        assert not [name for name in names if "truth" in name]
        where = score.own_place(group.secret, learner, LAB)
        assert str(where.seed).encode() not in everything
        assert group.secret.hex().encode() not in everything
        assert where.alias.encode() in everything
        worlds.append(World.read(group.path("worlds", LAB) / where.name))
    assert [world.truth for world in worlds] == [None, None]
    assert not worlds[0].tables["posts"].equals(worlds[1].tables["posts"])


def test_a_pack_opens_on_its_own_world(group, tmp_path, monkeypatch):
    monkeypatch.delenv("SOCMINT_WORLD", raising=False)
    with zipfile.ZipFile(classroom.release(group, LAB)[0]) as archive:
        archive.extractall(tmp_path / "pack")
    monkeypatch.chdir(tmp_path / "pack" / f"{LAB}_ana")
    case, check = open_lab(LAB)
    assert score.own_place(group.secret, "ana", LAB).alias in repr(case)
    assert check.q1(1).outcome == "recorded"


def test_a_method_question_scores_the_lower_of_two_worlds(group):
    """The number of posts on a platform differs from world to world."""
    where = score.unseen_places(group.secret, LAB)[0]
    posts = score.make_world(LAB, where).tables["posts"]
    once = int((posts["platform"] == "Tikkeron").sum())
    fake = Fake(group.path("worlds", LAB), {"q2": once})
    result = score.grade(demo.solved(LAB), LAB, "ana", group.secret, fake, None)
    first, second = result["questions"]["q2"]["worlds"]
    assert (first["score"], second["score"]) == (1, 0)
    assert result["questions"]["q2"]["score"] == 0
    assert fake.ran == score.UNSEEN


@pytest.mark.parametrize(
    "forged", [[[1]], {"a": {}}, "text", True, [None], {"posts": []}, 1e308, [["x"] * 9]]
)
def test_a_forged_answer_of_any_form_scores_nothing_and_breaks_nothing(forged, group):
    names = [question.id for question in load().find(LAB).questions]
    fake = Fake(group.path("worlds", LAB), dict.fromkeys(names, forged))
    result = score.grade(demo.solved(LAB), LAB, "ana", group.secret, fake, None)
    assert (result["status"], result["auto"]) == ("graded", 0)


def test_an_answer_counts_for_its_own_check_only(group):
    cells = [(f"{LAB}-q1-check", ""), (f"{LAB}-q2-answer", ""), (f"{LAB}-q2-check", "")]
    said = [{"question": "q2", "answer": 5}, {"question": "q2", "answer": 6}, "nonsense"]
    found = score._answers(load().find(LAB), cells, Run([Cell(answer=one) for one in said]))
    assert found == {"q1": None, "q2": None}


def test_an_old_score_does_not_stand_for_a_new_submission(group, tmp_path, monkeypatch):
    monkeypatch.setattr(score, "versions", lambda: {"code": "1"})
    inbox = tmp_path / "in" / "ana.ipynb"
    classroom.store(inbox, TEMPLATE)
    collect(group, LAB, [inbox])
    assert classroom.state(group, LAB, "ana")["status"] == "not graded yet"
    results = classroom.grade(group, LAB, trust=True, workers=1)
    assert (results["ana"]["status"], results["ben"]["status"]) == ("blank", "missing")
    assert classroom.grade(group, LAB, trust=True)["ana"] == results["ana"]  # nothing ran
    monkeypatch.setattr(score, "versions", lambda: {"code": "2"})
    assert classroom.grade(group, LAB, trust=True, workers=1)["ana"]["made"] == {"code": "2"}
    classroom.store(inbox, b"{")
    collect(group, LAB, [inbox])
    assert "auto" not in classroom.state(group, LAB, "ana")


def test_grading_that_was_stopped_goes_on(group, tmp_path, monkeypatch):
    monkeypatch.setattr(score, "versions", lambda: {"code": "1"})
    for name in ("ana", "ben"):
        classroom.store(tmp_path / "in" / f"{name}.ipynb", TEMPLATE)
    collect(group, LAB, [tmp_path / "in"])
    done = []

    def stop(share, learner):
        done.append(learner)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        classroom.grade(group, LAB, trust=True, workers=1, tell=stop)
    (first,) = done
    path = group.path("results", LAB, f"{first}.json")
    before = path.stat().st_mtime_ns
    results = classroom.grade(group, LAB, trust=True, workers=1)
    assert {result["status"] for result in results.values()} == {"blank"}
    assert path.stat().st_mtime_ns == before


@pytest.fixture
def eight(tmp_path):
    """A class of eight that handed in: two answers each, and the number of the learner."""
    names = [f"s{n:02}" for n in range(8)]
    roster = tmp_path / "r.csv"
    roster.write_text("id,name\n" + "".join(f"{n},{n}\n" for n in names), encoding="utf-8")
    group = classroom.init(tmp_path / "class", roster)
    for name in names:
        book = demo.with_code(LAB, f"# {name}", "q1", only=2)
        classroom.store(tmp_path / "in" / f"{name}.ipynb", book)
    collect(group, LAB, [tmp_path / "in"])
    return group


def test_a_killed_sandbox_costs_nobody_a_grade(eight, monkeypatch):
    opened, killed = [], []

    class Seen(Sandbox):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            opened.append(self)

    def kill(share, learner):
        if not killed:
            killed.append(opened[0]._process.pid)
            os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(classroom, "Sandbox", Seen)
    results = classroom.grade(eight, LAB, trust=True, workers=2, tell=kill)
    assert killed
    assert list(results) == [learner.id for learner in eight.learners]
    assert {(result["status"], result["auto"]) for result in results.values()} == {("graded", 2)}


def test_nothing_is_run_twice(eight, monkeypatch, tmp_path):
    """Only what depends on something that changed: notebook, template, world, versions, limits."""
    ran = []

    def counted(self, *args, **kwargs):
        ran.append(args)
        return Run([])

    monkeypatch.setattr(Sandbox, "run", counted)
    monkeypatch.setattr(Sandbox, "start", lambda self: None)
    made = score.versions()
    monkeypatch.setattr(score, "versions", lambda: made)

    def runs_of_a_grading(**change):
        ran.clear()
        classroom.grade(eight, LAB, trust=True, **change)
        return len(ran) / score.UNSEEN

    assert runs_of_a_grading() == 8
    assert runs_of_a_grading() == 0
    assert runs_of_a_grading(again=True) == 8
    classroom.store(tmp_path / "new" / "s03.ipynb", demo.with_code(LAB, "# new", "q1", only=2))
    collect(eight, LAB, [tmp_path / "new"])
    assert runs_of_a_grading() == 1
    collect(eight, LAB, [tmp_path / "new"])  # the same once more
    assert runs_of_a_grading() == 0
    assert runs_of_a_grading(limits=Limits(seconds=99)) == 8
    made = made | {"pandas": "0"}
    assert runs_of_a_grading(limits=Limits(seconds=99)) == 8
    template = score.template_of(LAB)
    monkeypatch.setattr(score, "template_of", lambda topic: template + b" ")
    assert runs_of_a_grading(limits=Limits(seconds=99)) == 8
    assert runs_of_a_grading(limits=Limits(seconds=99)) == 0


def test_keys_work_once_on_a_world(eight, monkeypatch):
    """The class's unseen worlds are solved once, and again only by other versions."""
    solved = []
    solve = score.solve
    monkeypatch.setattr(score, "solve", lambda *a: (solved.append(a), solve(*a))[1])
    places = score.places_of(eight.secret, "s01", LAB)
    for _ in range(2):
        classroom.prepare(eight, LAB, places)
        assert len(solved) == score.UNSEEN
    monkeypatch.setattr(score, "versions", lambda: {"code": "another"})
    classroom.prepare(eight, LAB, places)
    assert len(solved) == 2 * score.UNSEEN


def test_a_world_that_was_handed_out_stays_what_it_was(eight, monkeypatch):
    """A later version of the course may make other worlds from the same seed."""
    where = score.unseen_places(eight.secret, LAB)[0]
    classroom.prepare(eight, LAB, [("method", where)])
    before = classroom.stored_keys(eight, LAB, where, score.versions())
    other = score.make_world(LAB, score.place(eight.secret, "something else"))
    monkeypatch.setattr(score, "make_world", lambda *_: other)
    monkeypatch.setattr(score, "versions", lambda: {"code": "another"})
    classroom.prepare(eight, LAB, [("method", where)])
    assert classroom.stored_keys(eight, LAB, where, {"code": "another"})["q2"] == before["q2"]
    shutil.rmtree(eight.path("truth", LAB))
    monkeypatch.setattr(score, "versions", lambda: {"code": "a third"})
    with pytest.raises(CourseError, match="another version of the course"):
        classroom.prepare(eight, LAB, [("method", where)])


def test_a_failed_sandbox_leaves_no_score(group, monkeypatch, tmp_path):
    fake = Fake(group.path("worlds", LAB), {}, fails=True)
    fake.close = fake.start = lambda: None
    monkeypatch.setattr(classroom, "Sandbox", lambda *a, **k: contextlib.nullcontext(fake))
    path = tmp_path / "ana.ipynb"
    path.write_bytes(demo.solved(LAB))
    collect(group, LAB, [path])
    result = classroom.grade(group, LAB, trust=True)["ana"]
    assert result["status"] == "failed"
    assert "auto" not in result
    assert fake.ran == score.UNSEEN + 1  # every world, and once more by itself
    assert "auto" not in classroom.state(group, LAB, "ana")


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    classroom.store_json(path, {"old": 1})
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        classroom.store_json(path, {"new": 2})
    assert classroom.load_json(path) == {"old": 1}
    assert list(tmp_path.iterdir()) == [path]


# ---- collecting and exporting --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "first_steps_ana.ipynb",
        "ANA/notebook.ipynb",
        "Ana Ruiz_48213_assignsubmission_file/lab.ipynb",
        "ruizana_3321_9981_lab-2.ipynb",
    ],
)
def test_platform_downloads_find_their_learner(name, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nana,Ana Ruiz\nanabel,Anabel Sol\n", encoding="utf-8")
    group = classroom.init(tmp_path / "class", roster)
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr(name, TEMPLATE)
        archive.writestr("pandas.py", "raise SystemExit")
    report = collect(group, LAB, [tmp_path / "in.zip"])
    assert list(report.taken) == ["ana"]
    assert report.missing == ["anabel"]
    assert [p.name for p in group.path("submitted", LAB).iterdir() if p.suffix == ".py"] == []


def test_late_twice_missing_and_unknown_are_told(group, tmp_path):
    inbox = tmp_path / "in"
    for name, data, when in (
        ("ana.ipynb", b"1", datetime(2026, 11, 1)),
        ("ana-2.ipynb", b"2", datetime(2026, 11, 3)),
        ("zoe.ipynb", b"3", datetime(2026, 11, 1)),
    ):
        classroom.store(inbox / name, data)
        os.utime(inbox / name, (when.timestamp(), when.timestamp()))
    report = collect(group, LAB, [inbox], datetime(2026, 11, 2))
    assert list(report.late) == ["ana"]
    assert report.twice == {"ana": 2}
    assert report.missing == ["ben"]
    assert [Path(path).name for path in report.unknown] == ["zoe.ipynb"]
    assert group.path("submitted", LAB, "ana.ipynb").read_bytes() == b"2"


def test_tables_are_quoted_and_hold_no_formula(group, tmp_path):
    out = tmp_path / "out.csv"
    assert export(group, LAB, out) == {"ana": "missing", "ben": "missing"}
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ['Ruiz, Ana "A"', "'=cmd()"]
    assert [row["score"] for row in rows] == ["", ""]
    export(group, LAB, out, "moodle")
    assert out.read_text(encoding="utf-8").splitlines() == [f"ID number,{LAB}"]  # nobody yet
    export(group, LAB, out, "canvas")
    head = out.read_text(encoding="utf-8").splitlines()
    assert head[0].startswith("Student,ID,SIS User ID,SIS Login ID,Section,")
    assert head[1].startswith("Points Possible,")


# ---- refusing ------------------------------------------------------------------------------------


def test_without_isolation_grading_refuses(group, monkeypatch, capsys):
    monkeypatch.setattr(classroom, "why_not", lambda: "bubblewrap is not installed")
    assert main(["class", "grade", LAB, "--class", str(group.folder)]) == 2
    told = capsys.readouterr().err
    assert "bubblewrap is not installed" in told
    assert "--trust-submissions" in told


def test_a_lab_that_is_none_is_refused(group, capsys):
    assert main(["class", "grade", "desk_howto", "--class", str(group.folder)]) == 2
    assert main(["class", "release", "nothing", "--class", str(group.folder)]) == 2
    assert main(["class", "collect", LAB, "nowhere", "--class", str(group.folder)]) == 2
    assert capsys.readouterr().err.count("error: ") == 3


def test_the_command_imports_nothing_heavy_to_explain_itself():
    code = (
        "import sys\nfrom socmint.__main__ import main\n"
        "try:\n    main(['class', '--help'])\nexcept SystemExit:\n    pass\n"
        "print([n for n in ('pandas', 'numpy', 'nbgrader') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_list_of_fonts_is_made_once_and_found_without_loading_matplotlib(tmp_path):
    code = (
        "import sys\nfrom socmint.grading import sandbox\n"
        "found = sandbox._font_lists()\n"
        "print(*found, 'matplotlib' in sys.modules, sep='|')\n"
        "import matplotlib.font_manager\n"
        "print(sandbox._font_lists() == found)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env=os.environ | {"MPLCONFIGDIR": str(tmp_path)},
        ).stdout.split()
        for _ in range(2)
    ]
    made = [str(path) for path in tmp_path.glob("fontlist-*.json")]
    assert len(made) == 1
    assert said == [[f"{made[0]}|True", "True"], [f"{made[0]}|False", "True"]]
