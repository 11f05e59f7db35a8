"""What an instructor reads on the way from nothing to grades, and the usual slips."""

import argparse
import builtins
import csv
import json
import re
import zipfile
from datetime import datetime

import pytest
from marked_class import LAB, TEXT, graded, hand_in, make_class
from nbgrader.api import Gradebook

from socmint.__main__ import main
from socmint.course import ROOT, load
from socmint.errors import CourseError
from socmint.grading import books, classroom, commands
from socmint.grading.demo import template
from socmint.grading.export import export

EARLY, LATE = datetime(2026, 11, 20, 17), datetime(2026, 11, 22, 8)


@pytest.fixture
def group(tmp_path):
    return make_class(tmp_path)


@pytest.fixture
def released(group):
    """A class as `release` leaves it, as far as `collect` looks."""
    group.path("worlds", LAB).mkdir(parents=True)
    classroom.store(group.path("packs", LAB, f"{LAB}_ana.zip"), b"")
    return group


def lab(text="...", of=LAB):
    """Return a notebook as JupyterLab saves the one of a pack, with other bytes for each text."""
    book = json.loads(template(LAB))
    book["metadata"] |= {"socmint": {"lab": of, "learner": "ana"}, "text": text}
    return json.dumps(book, indent=1, sort_keys=True).encode()


def download(path, **files):
    """Write a zip as Moodle does: a folder for each person, `ana=(name, data, when)`."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, (person, (name, data, when)) in enumerate(files.items(), start=101):
            folder = f"{person.replace('_', ' ')}_{number}_assignsubmission_file_"
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}", when.timetuple()[:6]), data)
    return path


def run(capsys, *words):
    """Run `socmint class …`; return the exit code, what it printed, and its errors."""
    code = main(["class", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


# ---- the class -----------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_roster_is_read_as_spreadsheets_of_all_countries_write_it(sign, tmp_path):
    lines = [["ID", " Name", "E-mail", "email"], ["ana", "Ana Río", "-", "ana@uni.example"]]
    text = "\r\n".join(sign.join(cells) for cells in lines) + "\r\n"
    (tmp_path / "r.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert classroom.read_roster(tmp_path / "r.csv") == [
        classroom.Learner("ana", "Ana Río", "ana@uni.example")
    ]


def test_a_roster_in_another_character_set_says_how_to_save_it(tmp_path):
    (tmp_path / "r.csv").write_bytes("id,name\nana,Ana Río\n".encode("cp1252"))
    with pytest.raises(CourseError, match="Save it once more: in Excel as 'CSV UTF-8'"):
        classroom.read_roster(tmp_path / "r.csv")


def test_a_roster_with_other_columns_is_told_its_own_first_line(tmp_path):
    (tmp_path / "r.csv").write_text("First name,Email address\nAna,ana@uni.example\n")
    with pytest.raises(CourseError, match=r"id,name,email.* First name,Email address"):
        classroom.read_roster(tmp_path / "r.csv")


def test_a_class_without_its_secret_is_not_made_anew(group, tmp_path):
    group.path("worlds", LAB).mkdir(parents=True)
    (group.folder / "secret").unlink()
    with pytest.raises(CourseError, match="Bring it back from your copy"):
        classroom.open_class(group.folder)
    with pytest.raises(CourseError, match="class already"):
        classroom.init(group.folder, tmp_path / "roster.csv")
    assert not (group.folder / "secret").exists()


def test_a_folder_that_is_no_class_is_answered_with_the_option(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, said = run(capsys, "grade", LAB)
    assert code == 2
    assert said.startswith("error: This folder is not a class.")
    assert "--class" in said


def test_learners_are_added_in_the_roster_of_the_class(group):
    with (group.folder / "roster.csv").open("a", encoding="utf-8") as file:
        file.write("zoe,Zoe Naves,zoe@uni.example\n")
    assert [one.id for one in classroom.open_class(group.folder).learners] == ["ana", "ben", "zoe"]
    with pytest.raises(CourseError, match=r"write them into .*roster\.csv"):
        classroom.init(group.folder, group.folder / "roster.csv")


# ---- taking in -----------------------------------------------------------------------------------


def test_a_lab_that_was_not_released_is_not_taken_in(released, capsys, tmp_path):
    source = download(tmp_path / "all.zip", Ana_Brisol=("a.ipynb", lab(), EARLY))
    code, _, said = run(capsys, "collect", "tasking", source, "--class", released.folder)
    assert code == 2
    assert "socmint class release tasking" in said
    assert not released.path("submitted", "tasking").exists()


def test_a_notebook_of_another_lab_is_left_out(released, capsys, tmp_path):
    files = {
        "Ana_Brisol": ("a.ipynb", lab(of="tasking"), EARLY),
        "Ben_Corvado": ("b.ipynb", lab(), EARLY),
    }
    source = download(tmp_path / "all.zip", **files)
    code, said, _ = run(capsys, "collect", LAB, source, "--class", released.folder)
    assert code == 1
    assert "missing: ana" in said
    assert "of another lab, left out: " in said and "a.ipynb (of tasking)" in said
    assert [p.name for p in released.path("submitted", LAB).glob("*.ipynb")] == ["ben.ipynb"]


def test_the_packs_themselves_are_not_what_came_back(released, capsys):
    for source in (released.folder / "packs" / LAB, released.folder):
        code, _, said = run(capsys, "collect", LAB, source, "--class", released.folder)
        assert code == 2
        assert "holds the packs that you handed out" in said


def test_all_who_handed_in_are_counted_not_those_of_one_download(released, capsys, tmp_path):
    hand_in(released, "ana", lab())
    (tmp_path / "ben.ipynb").write_bytes(lab())
    _, said, _ = run(capsys, "collect", LAB, tmp_path / "ben.ipynb", "--class", released.folder)
    assert said.startswith("1 taken in. 2 of 2 learners have handed in.\n")
    assert said.endswith(f"Next: socmint class grade {LAB} --class {released.folder}\n")


def test_an_older_notebook_does_not_take_the_place_of_a_newer_one(released, capsys, tmp_path):
    new = download(tmp_path / "new.zip", Ana_Brisol=("a.ipynb", lab("new"), LATE))
    old = download(tmp_path / "old.zip", Ana_Brisol=("a.ipynb", lab("old"), EARLY))
    for source in (new, old):
        _, said, _ = run(capsys, "collect", LAB, source, "--class", released.folder)
    assert "older than what is here, left out: ana" in said
    assert released.path("submitted", LAB, "ana.ipynb").read_bytes() == lab("new")
    # A zip that keeps no times says 1980. It is newer than what it follows, as far as one knows.
    bare = download(tmp_path / "b.zip", Ana_Brisol=("a.ipynb", lab("bare"), datetime(1980, 1, 1)))
    run(capsys, "collect", LAB, bare, "--class", released.folder)
    assert released.path("submitted", LAB, "ana.ipynb").read_bytes() == lab("bare")


def test_the_time_when_a_lab_is_due_is_kept(released, capsys, tmp_path):
    source = download(tmp_path / "all.zip", Ana_Brisol=("a.ipynb", lab(), LATE))
    words = ["collect", LAB, source, "--class", released.folder]
    for more in (["--due", "2026-11-21T18:00"], []):
        _, said, _ = run(capsys, *words, *more)
        assert "late, after 2026-11-21 18:00: ana (2026-11-22 08:00)" in said
    _, said, _ = run(capsys, *words, "--due", "2026-11-23T18:00")  # more time was given
    assert "late" not in said


def test_more_time_counts_for_those_who_were_taken_in_before(released, capsys, tmp_path):
    source = download(tmp_path / "all.zip", Ana_Brisol=("a.ipynb", lab(), LATE))
    other = download(tmp_path / "b.zip", Ben_Corvado=("b.ipynb", lab(), EARLY))
    words = ["--class", released.folder, "--due"]
    run(capsys, "collect", LAB, source, *words, "2026-11-21T18:00")
    about = released.path("submitted", LAB, "ana.json")
    assert json.loads(about.read_bytes())["late"] is True
    run(capsys, "collect", LAB, other, *words, "2026-11-23T18:00")
    assert json.loads(about.read_bytes())["late"] is False


def test_what_is_no_notebook_is_named_when_it_comes_in(released, capsys, tmp_path):
    files = {"Ana_Brisol": ("a.ipynb", lab()[:900], EARLY), "Ben_Corvado": ("b.docx", b"PK", EARLY)}
    source = download(tmp_path / "all.zip", **files)
    _, said, _ = run(capsys, "collect", LAB, source, "--class", released.folder)
    assert "cannot be read, ask for it again: ana (The file is not JSON" in said
    assert "missing: ben (no notebook, but b.docx)" in said
    (tmp_path / "notes.txt").write_text("x")
    code, said, _ = run(capsys, "collect", LAB, tmp_path / "notes.txt", "--class", released.folder)
    assert code == 1
    assert "notes.txt holds no notebook" in said


def test_a_notebook_of_nobody_comes_with_what_to_do(released, capsys, tmp_path):
    source = download(tmp_path / "all.zip", Old_Learner=("lab.ipynb", template(LAB), EARLY))
    _, said, _ = run(capsys, "collect", LAB, source, "--class", released.folder)
    assert f"Name a file after its learner ({LAB}_ID.ipynb)" in said


# ---- grading and after ---------------------------------------------------------------------------


def test_only_labs_are_offered_where_a_lab_is_asked_for(group, capsys):
    for command in ("release", "grade", "feedback", "report"):
        _, _, said = run(capsys, command, "gallery", "--class", group.folder)
        assert said.startswith("error: There is no lab called 'gallery'. There are: first_steps, ")
        assert "gallery" not in said.partition("There are")[2]


def test_grading_before_anything_came_in_names_the_step_that_is_missing(group, capsys):
    code, said, _ = run(capsys, "grade", LAB, "--class", group.folder)
    assert code == 0
    assert f"Run: socmint class collect {LAB} DOWNLOAD.zip --class {group.folder}" in said


def test_grading_that_is_stopped_says_how_to_go_on(group, capsys, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(classroom, "grade", stopped)
    code, _, said = run(capsys, "grade", LAB, "--class", group.folder)
    assert code == 130
    assert "Run the same command to go on." in said


def test_after_grading_you_read_what_the_points_are_and_what_comes_next(group, capsys, monkeypatch):
    results = {"ana": graded(group, "ana", {"q1": 2}), "ben": {"status": "missing"}}
    monkeypatch.setattr(classroom, "grade", lambda *_, **__: results)
    _, said, _ = run(capsys, "grade", LAB, "--class", group.folder)
    assert "2 of 16" in said
    assert "Up to 4 more are yours to give." in said  # 20 points in all, 16 by the checks
    assert f"socmint class open {group.folder}" in said


def test_a_table_says_who_was_late_and_that_the_gradebook_was_damaged(group, capsys, tmp_path):
    graded(group, "ana", {"q1": 2})
    about = {"changed": "2026-11-22T08:00:00", "late": True}
    classroom.store_json(group.path("submitted", LAB, "ana.json"), about)
    words = ["export", LAB, "--class", group.folder, "--out", tmp_path / "all.csv"]
    run(capsys, *words)
    run(capsys, *words)  # now there is a copy
    (group.folder / "gradebook.db").write_bytes(b"rubbish")
    _, _, said = run(capsys, *words)
    assert "gradebook.db was damaged" in said
    with (tmp_path / "all.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["handed in"], row["late"]) for row in rows] == [
        ("2026-11-22T08:00:00", "late"),
        ("", ""),
    ]


def test_a_late_penalty_is_where_the_guide_says(group, tmp_path):
    books.prepare(group, LAB)
    with (group.folder / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with Gradebook(f"sqlite:///{group.folder / 'gradebook.db'}") as book:  # as the pencil does
        book.update_or_create_assignment(LAB, duedate=datetime(2026, 10, 31))
    graded(group, "ana", {"q1": 2})  # handed in on 1 November
    export(group, LAB, tmp_path / "all.csv")
    with Gradebook(f"sqlite:///{group.folder / 'gradebook.db'}") as book:
        grade = book.find_grade(TEXT, LAB, LAB, "ana")
        grade.manual_score, grade.needs_manual_grade = 4, False
        book.db.commit()
    export(group, LAB, tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(newline="", encoding="utf-8-sig") as file:
        row = next(csv.DictReader(file))
    assert (row["q1"], row["late penalty"], row["score"]) == ("2.0", "2.0", "4.0")


@pytest.mark.parametrize("late", ["socmint.grading", "argparse", "socmint.errors"])
def test_ctrl_c_while_modules_load_is_one_line(late, capsys, monkeypatch):
    real = builtins.__import__

    def stopped(name, *more):
        if name == late:
            raise KeyboardInterrupt
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", stopped)
    assert main(["class", "grade", LAB]) == 130
    assert capsys.readouterr().err == "\nStopped. Nothing was left half done.\n"


# ---- the guide -----------------------------------------------------------------------------------


def test_the_guide_lists_the_labs_with_their_points():
    text = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+)", text, re.MULTILINE)
    assert rows == [
        (
            one.topic,
            f"{sum(question.points for question in one.questions):g}",
            f"{sum(question.manual for question in one.questions):g}",
        )
        for one in load().modules
        if one.questions
    ]


def test_every_command_and_option_of_the_guide_exists(capsys):
    """Each line of a block that starts with `socmint` is understood; nothing is carried out."""
    text = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
    lines = re.findall(r"^socmint (class .+)$|`socmint (class [^`]+)`", text, re.MULTILINE)
    parser = argparse.ArgumentParser()
    commands.register(parser.add_subparsers())
    told = [(one or other).split() for one, other in lines]
    for words in told:
        if "--help" not in words:
            parser.parse_args(words)
    named = {words[1] for words in told}
    assert {"init", "release", "collect", "grade", "open", "report", "feedback"} <= named
    assert {"export", "demo"} <= named
