"""What Moodle and Canvas import, rule by rule, by readers that do what those programs do.

The readers follow Moodle's gradeimport_csv_load_data, assignfeedback_offline_grade_importer and
assignfeedback_file_zip_importer, and Canvas's GradebookImporter, as far as a file goes: they refuse
what those refuse, and hand on the rest.
"""

import csv
import io
import re
import zipfile

import pytest
from marked_class import LAB, graded, make_class

from socmint.course import load
from socmint.errors import CourseError
from socmint.grading import books, classroom, feedback
from socmint.grading.export import export

MODULE = load().find(LAB)
POINTS = {question.id: question.points for question in MODULE.questions}
MOST = sum(question.points + question.manual for question in MODULE.questions)
DOWNLOAD = "all.zip/{}_{}_assignsubmission_file_/lab.ipynb"
ROWS = [
    ("ana", 'Ruiz, Ana "A"'),
    ("ben", "=cmd()"),
    ("cleo", "+Cleo Farol"),
    ("dan", "@Félix Ñandú"),
    ("eva", "-Eva Sol"),
    ("fin", "Fin Norte"),  # hands in nothing
    ("gil", "Gil Sur"),  # a mark is open
]
SCORED = {"ana": 19.5, "ben": 1.25, "cleo": 3.0, "dan": 7.44, "eva": 2.0}


@pytest.fixture
def group(tmp_path, monkeypatch):
    """A class whose marks are given, all but one; what a person would do in formgrader is written
    into the standings."""
    made = make_class(tmp_path, [(one, name.replace('"', '""')) for one, name in ROWS])
    for number, (one, name) in enumerate(ROWS, start=4711):
        if one != "fin":
            clean = re.sub(r"[_\"]", " ", name)
            graded(made, one, POINTS, where=DOWNLOAD.format(clean, number))
    stands = {
        one: {"score": SCORED.get(one), "questions": {}, "open": one == "gil", "late": 0}
        for one, _ in ROWS
        if one != "fin"
    }
    monkeypatch.setattr(books, "enter", lambda *_: books.Entered())
    monkeypatch.setattr(books, "standings", lambda *_: stands)
    return made


def written(group, tmp_path, form, **more):
    """Return the bytes of a table."""
    out = tmp_path / "out.csv"
    export(group, LAB, out, form, **more)
    return out.read_bytes()


# ---- Moodle's gradebook --------------------------------------------------------------------------


def moodle_reads(data, mapped, users):
    """Import as Moodle does: the field that identifies users, field → user.

    A line without that field belongs to the user of the line before.
    """
    text = data.decode("utf-8").removeprefix("\ufeff")
    head, *lines = [row for row in csv.reader(io.StringIO(text)) if row]
    if any(len(line) != len(head) for line in lines):
        raise ValueError("csvweirdcolumns")
    who, grades = None, {}
    for line in lines:
        values = dict(zip([name.strip() for name in head], map(str.strip, line), strict=True))
        if values[mapped]:
            if values[mapped] not in users:
                raise ValueError("usermappingerror")
            who = users[values[mapped]]
        if who is None:
            raise ValueError("usermappingerrorusernotfound")
        value = values[head[-1]]
        if value in ("", "-"):
            grades[who] = None  # what stood there is gone
        elif not re.fullmatch(r"-?\d+(\.\d+)?", value):
            raise ValueError("badgrade")
        elif float(value) > 100:
            raise ValueError("gradevaluetoobig")
        else:
            grades[who] = float(value)
    return grades


@pytest.mark.parametrize("mapped", ["Email address", "ID number"])
def test_moodle_takes_all_scores_by_address_or_by_number(mapped, group, tmp_path):
    users = {(f"{one}@uni.example" if "mail" in mapped else one): one for one, _ in ROWS}
    assert moodle_reads(written(group, tmp_path, "moodle"), mapped, users) == SCORED


def test_moodle_finds_no_line_that_would_delete_a_mark(group, tmp_path):
    data = written(group, tmp_path, "moodle").decode()
    assert "fin" not in data and "gil" not in data
    assert export(group, LAB, tmp_path / "out.csv", "moodle") == {
        "fin": "missing",
        "gil": "marks are open",
    }


@pytest.mark.parametrize("mail", ["", "-", "=1+1@uni.example", "ana at uni.example"])
def test_one_address_that_moodle_would_refuse_is_named_before(mail, group, tmp_path):
    """Or Moodle refuses the file; or, for an empty one, the learner above gets the score."""
    group.learners[1] = classroom.Learner("ben", "Ben", mail)
    with pytest.raises(CourseError, match=r"refuses the file.*: ben\. Mend roster\.csv"):
        export(group, LAB, tmp_path / "out.csv", "moodle")


def test_a_roster_without_addresses_goes_by_number_alone(group, tmp_path):
    group.learners[:] = [classroom.Learner(one, name, "") for one, name in ROWS]
    data = written(group, tmp_path, "moodle")
    assert data.splitlines()[0] == f"ID number,{LAB}".encode()
    assert moodle_reads(data, "ID number", {one: one for one, _ in ROWS}) == SCORED


def test_an_id_that_is_an_address_serves_as_one(group, tmp_path):
    group.learners[:] = [classroom.Learner(f"{one}@uni.example", one, "") for one, _ in ROWS[:1]]
    stands = {"ana@uni.example": {"score": 2.0}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(books, "standings", lambda *_: stands)
        data = written(group, tmp_path, "moodle")
    assert data.splitlines()[1] == b"ana@uni.example,ana@uni.example,2.0"


def test_no_lab_has_more_points_than_moodle_imports():
    for module in load().modules:
        assert sum(question.points + question.manual for question in module.questions) <= 100


@pytest.mark.parametrize("form", ["moodle", "worksheet", "canvas"])
def test_tables_for_platforms_have_no_byte_order_mark_and_points_with_a_point(
    form, group, tmp_path
):
    data = written(group, tmp_path, form)
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"7.44" in data and b"7,44" not in data


# ---- a Moodle assignment -------------------------------------------------------------------------


def worksheet_reads(data, users, most):
    """Read as the offline grading worksheet: columns by name, the number behind 'Participant '."""
    head, *lines = csv.reader(io.StringIO(data.decode("utf-8")))
    identity, grade = head.index("Identifier"), head.index("Grade")
    assert "Last modified (grade)" in head
    found = {}
    for line in lines:
        user = users.get(line[identity][len("Participant ") :])
        if user and line[grade] and 0 <= float(line[grade]) <= most:
            found[user] = float(line[grade])
    return found


def test_a_worksheet_finds_learners_by_their_number(group, tmp_path):
    users = {str(number): one for number, (one, _) in enumerate(ROWS, start=4711)}
    assert worksheet_reads(written(group, tmp_path, "worksheet"), users, MOST) == SCORED


def test_who_came_in_another_way_is_not_in_the_worksheet_and_is_named(group, tmp_path):
    about = group.path("submitted", LAB, "ben.json")
    classroom.store_json(about, {"from": "stick/ben.ipynb"})
    without = export(group, LAB, tmp_path / "out.csv", "worksheet")
    assert without["ben"] == "has no number from a download of Moodle"
    assert "=cmd" not in (tmp_path / "out.csv").read_text(encoding="utf-8")


def zip_reads(path, users):
    """Return what Moodle's import of feedback files does with a zip: user → file names."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            parts = member.filename.split("/")
            assert not parts[-1].startswith((".", "~"))  # hidden ones are left out
            while parts:
                words = parts.pop(0).split("_", 4)
                if len(words) < 4 or not words[1].isdigit() or words[1] not in users:
                    continue
                assert words[2:4] == ["assignsubmission", "file"]
                rest = [*words[4:], *parts]
                found.setdefault(users[words[1]], []).append("/".join(rest).lstrip("/"))
                break
    return found


@pytest.mark.parametrize("download", [DOWNLOAD, DOWNLOAD.replace("file_", "file"),
                                      "all.zip/{}_{}_assignsubmission_file_lab.ipynb"])  # fmt: skip
def test_pages_go_back_to_whom_they_are_for(download, tmp_path):
    """As Moodle names folders before 4.1, since 4.1, and files without folders."""
    group = make_class(tmp_path, [("ana", "Ana Brisol"), ("felix", "Félix Ñandú")])
    for number, (one, name) in enumerate([("ana", "Ana Brisol"), ("felix", "Félix Ñandú")], 4711):
        graded(group, one, POINTS, where=download.format(name, number))
    report = feedback.write(group, LAB)
    assert report.outside_moodle == []
    found = zip_reads(report.folder / "moodle.zip", {"4711": "ana", "4712": "felix"})
    assert found == {"ana": [f"{LAB}.html"], "felix": [f"{LAB}.html"]}


# ---- Canvas --------------------------------------------------------------------------------------


def canvas_reads(data, users, assignments):
    """Import as Canvas does: SIS User ID, else login, else name; title, or '(number)' of a title.

    Returns the assignment, its points, and user → score; users and assignments it does not know
    are None.
    """
    rows = csv.reader(io.StringIO(data.decode("utf-8")))
    head = next(rows)
    assert "Student" in head[0] and "ID" in head[1]
    assert re.search(r"SIS\s+User\s+ID", head[2]) and re.search(r"SIS\s+Login\s+ID", head[3])
    assert "Section" in head[4] and len(head) == 6
    numbered = re.fullmatch(r"(.*)\s\((\d+)\)", head[5])
    assignment = assignments.get(numbered[2]) if numbered else None
    if assignment is None:
        assignment = head[5] if head[5] in assignments.values() else None
    points, grades = None, {}
    for row in rows:
        if re.fullmatch(r"[;, ]*", ",".join(row)):
            continue
        cells = [re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", cell) for cell in row]
        if "Points Possible" in row[0]:
            points = float(cells[5])
            continue
        by_name = {name: one for one, (_, _, name) in users.items()}
        hits = [one for one, (sis, login, _) in users.items() if row[2] == sis or row[3] == login]
        who = hits[0] if hits else by_name.get(row[0])
        grades[who] = float(cells[5]) if cells[5] else None
    return assignment, points, grades


def test_canvas_takes_all_scores_by_sis_id(group, tmp_path):
    users = {one: (one, "?", "?") for one, _ in ROWS}
    found = canvas_reads(written(group, tmp_path, "canvas"), users, {"9": LAB})
    assert found == (LAB, MOST, SCORED)  # and nobody who has no score: an empty cell may delete one


def test_canvas_takes_all_scores_by_login(group, tmp_path):
    users = {one: ("?", f"{one}@uni.example", "?") for one, _ in ROWS}
    assert canvas_reads(written(group, tmp_path, "canvas"), users, {"9": LAB})[2] == SCORED


def test_the_column_takes_the_name_and_number_that_canvas_gave(group, tmp_path):
    users = {one: (one, "?", "?") for one, _ in ROWS}
    data = written(group, tmp_path, "canvas", column="Lab 1, sorted (9)")
    assert canvas_reads(data, users, {"9": "renamed since"})[0] == "renamed since"
    data = written(group, tmp_path, "canvas", column="Another (8)")
    assert canvas_reads(data, users, {"9": LAB})[0] is None  # Canvas asks whether it is new


def test_names_hold_commas_quotes_letters_and_no_formula(group, tmp_path):
    rows = list(csv.reader(io.StringIO(written(group, tmp_path, "canvas").decode("utf-8"))))[2:]
    assert [row[0] for row in rows] == [
        'Ruiz, Ana "A"',
        "'=cmd()",
        "'+Cleo Farol",
        "'@Félix Ñandú",
        "'-Eva Sol",
    ]
    assert [row[2] for row in rows] == list(SCORED)  # what identifies them is as it was


def test_the_plain_table_still_holds_everybody(group, tmp_path):
    data = written(group, tmp_path, "plain")
    assert data.startswith(b"\xef\xbb\xbf")  # or Excel shows other letters in place of accents
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [one for one, _ in ROWS]
    assert [row["score"] for row in rows][-2:] == ["", ""]
