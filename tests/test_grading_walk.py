"""What an instructor reads on the way from nothing to grades, and the usual slips."""

from datetime import datetime

import pytest
from marked_class import LAB, make_class

from socmint.__main__ import main
from socmint.errors import CourseError
from socmint.grading import classroom

LATE = datetime(2026, 11, 22, 8)


@pytest.fixture
def group(tmp_path):
    return make_class(tmp_path)


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
    with pytest.raises(CourseError, match="id,name,email.* First name,Email address"):
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
