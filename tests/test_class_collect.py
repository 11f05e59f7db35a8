"""Taking in what learners handed in, where names, times and archives are chosen to deceive."""

import io
import json
import re
import zipfile
from datetime import datetime, timedelta

import pytest
from marked_class import LAB, make_class

from socmint.__main__ import main
from socmint.grading import classroom
from socmint.grading import collect as taking_in
from socmint.grading.collect import collect
from socmint.grading.demo import template

ROSTER = (("ana", "Ana Brisol"), ("ana2", "Ana Ruiz"), ("ben", "Ben Corvado"), ("101", "Eva Sol"))
MOODLE = "{}_{}_assignsubmission_file_"
DAY = datetime(2026, 11, 20, 12)


@pytest.fixture
def group(tmp_path):
    made = make_class(tmp_path, ROSTER)
    made.path("worlds", LAB).mkdir(parents=True)  # as after a release
    return made


def lab(text="", pack=None):
    """Return a notebook of the lab; the text makes it one of its own."""
    book = json.loads(template(LAB))
    book["metadata"] |= {"socmint": {"lab": LAB, "learner": pack}} if pack else {}
    return json.dumps(book | {"text": text}, indent=1).encode()


def packed(files, when=DAY):
    """Return a zip: path → bytes, or (bytes, time)."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            data, changed = data if isinstance(data, tuple) else (data, when)
            about = zipfile.ZipInfo(path, changed.timetuple()[:6])
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, data)
    return made.getvalue()


def taken(group, files, tmp_path, due=None):
    """Collect a download that holds these files; return the report and whose is what."""
    (tmp_path / "all.zip").write_bytes(packed(files))
    report = collect(group, LAB, [tmp_path / "all.zip"], due)
    return report, {
        path.stem: json.loads(path.read_bytes())["text"]
        for path in group.path("submitted", LAB).glob("*.ipynb")
    }


# ---- whose it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        MOODLE.format("Ana Brisol", 7) + f"/{LAB}_ben.ipynb",
        MOODLE.format("Ana Brisol", 7) + f"{LAB}_ben.ipynb",  # before Moodle 4.1
        MOODLE.format("Ana Brisol", 7) + "/" + MOODLE.format("Ben Corvado", 8) + "/x.ipynb",
        f"brisolana_41_922_{LAB}_ben.ipynb",
        f"brisolana_LATE_41_922_{LAB}_ben.ipynb",
    ],
)
def test_a_file_named_after_somebody_else_is_its_senders(path, group, tmp_path):
    _, whose = taken(group, {path: lab("from Ana")}, tmp_path)
    assert whose == {"ana": "from Ana"}


def test_nobody_can_put_a_newer_notebook_in_the_place_of_another(group, tmp_path):
    mine = MOODLE.format("Ben Corvado", 8) + "/lab.ipynb"
    forged = MOODLE.format("Guest", 9) + f"/{LAB}_ben.ipynb"
    report, whose = taken(
        group, {mine: lab("own"), forged: (lab("forged"), DAY + timedelta(1))}, tmp_path
    )
    assert whose == {"ben": "own"}
    assert "has the name of ben, who handed in another way" in report.refused[0]


def test_a_first_name_that_is_an_id_is_not_taken_for_it(group, tmp_path):
    report, whose = taken(
        group, {MOODLE.format("Ana Ruiz", 7) + "/lab.ipynb": lab("Ruiz")}, tmp_path
    )
    assert whose == {"ana2": "Ruiz"}
    report, whose = taken(group, {MOODLE.format("Ana Oro", 7) + "/x.ipynb": lab("?")}, tmp_path)
    assert len(report.unknown) == 1  # she is not on the roster
    assert "ana" not in whose


def test_a_number_of_moodle_is_not_taken_for_an_id(group, tmp_path):
    _, whose = taken(
        group, {MOODLE.format("Ben Corvado", 101) + "/lab.ipynb": lab("Ben")}, tmp_path
    )
    assert whose == {"ben": "Ben"}


def test_a_path_that_names_two_is_nobodys_until_a_person_has_looked(group, tmp_path):
    report, whose = taken(group, {f"ana/{LAB}_ben.ipynb": lab()}, tmp_path)
    assert (whose, len(report.unknown)) == ({}, 1)
    inner = packed({f"{LAB}_ben.ipynb": lab()})
    report, whose = taken(group, {f"{LAB}_ana.zip": inner}, tmp_path)
    assert (whose, len(report.unknown)) == ({}, 1)


def test_folders_above_the_source_name_nobody_else(group, tmp_path):
    """The instructor's own folders may be called as they like."""
    folder = tmp_path / "ben"
    folder.mkdir()
    (folder / f"{LAB}_ana.ipynb").write_bytes(lab("Ana"))
    report = collect(group, LAB, [folder / f"{LAB}_ana.ipynb"])
    assert report.taken.keys() == {"ana"}
    (folder / "all.zip").write_bytes(packed({f"{LAB}_ana2.ipynb": lab()}))
    assert collect(group, LAB, [folder / "all.zip"]).taken.keys() == {"ana2"}


def test_the_pack_of_somebody_else_is_told(group, capsys, tmp_path):
    (tmp_path / f"{LAB}_ana.ipynb").write_bytes(lab(pack="ben"))
    (tmp_path / f"{LAB}_ben.ipynb").write_bytes(lab(pack="ben"))
    words = ["class", "collect", LAB, str(tmp_path / f"{LAB}_ana.ipynb")]
    words += [str(tmp_path / f"{LAB}_ben.ipynb"), "--class", str(group.folder)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "in the pack of somebody else, taken all the same: ana (ben)\n" in said


# ---- when it came --------------------------------------------------------------------------------


def test_an_old_date_inside_ones_own_archive_is_not_believed(group, tmp_path):
    inner = packed({"lab.ipynb": lab("late")}, when=DAY - timedelta(9))
    files = {MOODLE.format("Ana Brisol", 7) + "/work.zip": (inner, DAY)}
    report, _ = taken(group, files, tmp_path, due=DAY - timedelta(1))
    assert report.late.keys() == {"ana"}


def test_a_time_to_come_does_not_win_for_ever(group, tmp_path):
    path = MOODLE.format("Ana Brisol", 7) + "/lab.ipynb"
    taken(group, {path: (lab("first"), datetime(2099, 1, 1))}, tmp_path)
    about = classroom.load_json(group.path("submitted", LAB, "ana.json"))
    assert datetime.fromisoformat(about["changed"]) <= datetime.now()


# ---- archives ------------------------------------------------------------------------------------


def test_an_archive_full_of_archives_costs_its_learner_only(group, monkeypatch, tmp_path):
    """Each is allowed for itself; together they would fill the memory."""
    monkeypatch.setattr(taking_in, "MOST_INNER_BYTES", 5_000_000)
    zeros = packed({f"{n}.ipynb": b"0" * 1_000_000 for n in range(3)})
    bomb = packed({f"{n}.zip": zeros for n in range(5)})
    files = {
        MOODLE.format("Ana Brisol", 7) + "/bomb.zip": bomb,
        MOODLE.format("Ben Corvado", 8) + "/lab.ipynb": lab("Ben"),
    }
    (tmp_path / "all.zip").write_bytes(packed(files))
    unpacked = 0
    real = taking_in._whose

    def count(learners, one):
        nonlocal unpacked
        unpacked += len(one.data)
        return real(learners, one)

    monkeypatch.setattr(taking_in, "_whose", count)
    report = collect(group, LAB, [tmp_path / "all.zip"])
    assert unpacked < 6_000_000
    assert "unpacks to more than 5,000,000 bytes" in report.refused[0]
    assert "ben" in report.taken


@pytest.mark.parametrize("name", ["LAB.IPYNB", "lab.ipynb", "deep/er/lab.ipynb", "año nuevo.ipynb"])
def test_odd_names_and_an_archive_in_an_archive_are_taken(name, group, tmp_path):
    inner = packed({name: lab("in there")})
    _, whose = taken(group, {MOODLE.format("Ben Corvado", 8) + "/Work.ZIP": inner}, tmp_path)
    assert whose == {"ben": "in there"}


def test_a_file_name_does_nothing_to_the_terminal(group, capsys, tmp_path):
    bad = "x\x1b[2Jall\nis well: \u202eynbpi.ipynb"
    (tmp_path / "all.zip").write_bytes(packed({bad: lab()}))
    main(["class", "collect", LAB, str(tmp_path / "all.zip"), "--class", str(group.folder)])
    said = capsys.readouterr().out
    assert "of nobody on the roster: " in said
    assert not re.search(r"[^\n -~\u00a0-\u00ff\ufffd]", said)
    assert "\nis well" not in said


# ---- the roster ----------------------------------------------------------------------------------


def test_what_excel_leaves_in_a_roster_does_no_harm(tmp_path):
    lines = ["sep=;", "id;name;email", "ana;Ana Río;ana@uni.example", ";;", " ; ;", "ben;Ben;"]
    (tmp_path / "r.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert classroom.read_roster(tmp_path / "r.csv") == [
        classroom.Learner("ana", "Ana Río", "ana@uni.example"),
        classroom.Learner("ben", "Ben", ""),
    ]


def test_a_name_holds_no_sign_that_turns_the_text_around_it(tmp_path):
    text = 'id,name\nana,"Ana \u202elosirB\u2066\nRuiz\x1b[1m"\nnavid,می\u200cنو\n'
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    names = [one.name for one in classroom.read_roster(tmp_path / "r.csv")]
    assert names == ["Ana losirB Ruiz[1m", "می\u200cنو"]


def test_the_next_command_can_be_copied_when_the_folder_has_spaces(capsys, tmp_path):
    (tmp_path / "r.csv").write_text("id,name\nana,Ana\n")
    folder = tmp_path / "año uno"
    assert main(["class", "init", str(folder), "--roster", str(tmp_path / "r.csv")]) == 0
    assert f"--class '{folder}'" in capsys.readouterr().out
