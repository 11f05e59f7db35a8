"""A small class that collects through the desk: its logs come in with the notebooks and are read.

Needs bubblewrap, as `test_grading_attacks.py` does. Nothing here stands in for anything: learners
unpack what `release` made, run the lab with a kernel, and hand in what a notebook holds then.
"""

import base64
import json
import os
import re
import zipfile
import zlib

import nbclient
import nbformat
import pytest

from socmint import chain
from socmint.__main__ import main
from socmint.desk import handin
from socmint.errors import CourseError
from socmint.grading import classroom, demo, integrity, report
from socmint.grading.collect import collect
from socmint.grading.sandbox import why_not

WHY_NOT = why_not()
if WHY_NOT and not os.environ.get("SOCMINT_REQUIRE_SANDBOX"):
    pytest.skip(f"{WHY_NOT}: the class was not graded", allow_module_level=True)

LAB = "authority"
CAREFUL = """
desk.search(refused["targets"][0], ir=refused["requirement"], limit=3)
desk.cancel(answer.authority)
"""
GREEDY = """
for word in ("a", "e", "la", "de", "the", "to", "in", "of", "i", "o", "and", "en", "el", "is"):
    desk.search(word, ir="R4", limit=24)
desk.search("the", ir="R4", limit=24, named=True)
"""
LEARNERS = {  # answers that are filled in, and what the learner does at the desk
    "ana": (None, CAREFUL),
    "ben": (5, GREEDY),
    "cleo": (None, GREEDY),  # and then edits the log
    "dan": (None, None),  # never ran the notebook
}


def work(pack, folder, answers, own):
    """Do a lab as a learner does: unpack, answer, run, save. Return the saved notebook."""
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(folder)
    (path,) = folder.glob("*/*.ipynb")
    book = nbformat.read(path, as_version=4)
    given = dict(list(demo.solutions(LAB).items())[:answers])
    for cell in book.cells:
        cell.source = given.get(cell.metadata.nbgrader.get("grade_id"), cell.source)
    if own:
        places = [n for n, cell in enumerate(book.cells) if "press B" in cell.source]
        book.cells.insert(places[0] + 1, nbformat.v4.new_code_cell(own))
        nbclient.NotebookClient(
            book, timeout=60, resources={"metadata": {"path": str(path.parent)}}
        ).execute()
    nbformat.write(book, path)
    return path


def edited(data):
    """Make all looks free, and seal the lines anew, as whoever reads the code can."""
    previous, made = chain.GENESIS, []
    for raw in data.splitlines():
        line = {k: v for k, v in json.loads(raw).items() if k not in ("previous", "sha256")}
        if line.get("people"):
            line |= {"points": 0.0, "collateral": 0.0}
        made.append(chain.seal(line, previous))
        previous = made[-1]["sha256"]
    return b"".join(json.dumps(line).encode() + b"\n" for line in made)


def with_ledger(book, data):
    """Put another log into the notebook."""
    for cell in book["cells"]:
        for output in cell.get("outputs", []):
            if handin.MEDIA_TYPE in output.get("data", {}):
                output["data"] = handin.bundle(data, "x.jsonl")
    return json.dumps(book).encode()


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    roster = folder / "roster.csv"
    roster.write_text("id,name\n" + "".join(f"{n},{n}\n" for n in LEARNERS), encoding="utf-8")
    group = classroom.init(folder / "spring", roster)
    packs = classroom.release(group, LAB)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOCMINT_CASEBOOK", str(folder / "casebook"))
        for pack, (learner, (answers, own)) in zip(packs, LEARNERS.items(), strict=True):
            path = work(pack, folder / "work" / learner, answers, own)
            if learner == "cleo":
                data = path.read_bytes()
                path.write_bytes(with_ledger(json.loads(data), edited(handin.ledger_in(data))))
            (folder / "inbox").mkdir(exist_ok=True)
            path.rename(folder / "inbox" / path.name)
    assert main(["class", "collect", LAB, str(folder / "inbox"), "--class", str(group.folder)]) == 0
    return group, classroom.grade(group, LAB, workers=2)


@pytest.fixture(scope="module")
def page(group):
    return report.page(group[0], LAB)


def test_what_the_lab_asks_for_is_in_the_released_lab():
    cells = json.loads(demo.template(LAB))["cells"]
    last = [c for c in cells if c["cell_type"] == "code"][-1]
    assert "".join(last["source"]) == "desk.hand_in()"
    assert last["metadata"]["nbgrader"]["locked"]


def test_the_log_in_the_notebook_is_the_ledger_of_the_casebook(group):
    folder = group[0].folder.parent / "casebook"
    saved = sorted(path.read_bytes() for path in folder.glob(f"{LAB}-*.jsonl"))
    assert len(saved) == 3  # three learners ran the lab, each on a world of its own
    came = [
        group[0].path("submitted", LAB, f"{name}.jsonl").read_bytes() for name in ("ana", "ben")
    ]
    assert set(came) <= set(saved)


def test_scores_are_those_of_the_notebooks(group):
    autos = {name: result["auto"] for name, result in group[1].items()}
    assert autos["ana"] == autos["cleo"] == autos["dan"] == 24
    assert autos["ben"] == 4 + 4 + 3 + 2 + 4  # Q1 to Q5


def test_who_takes_more_than_the_task_needs_has_a_lower_stewardship(group):
    found = {
        name: report.audited(group[0], LAB, name, path.read_bytes())
        for name in ("ana", "ben")
        if (path := group[0].path("submitted", LAB, f"{name}.jsonl")).exists()
    }
    # Three public posts cost at most 1 x 2 x 3 each, so the first part is at least 300 of 318;
    # authority, what could be avoided and the trail are whole.
    assert found["ana"].parts["authorisation"] == found["ana"].parts["avoidable"] == 1
    assert found["ana"].stewardship >= 0.3 * 300 / 318 + 0.2 + 0.2 + 0.15
    # Fourteen pages of up to 24 posts, most of them of bystanders: more than 300 points, so less
    # than half of the first part. Whose posts are kept differs from world to world.
    assert found["ben"].collateral > 300
    assert found["ben"].parts["collateral"] < 0.5
    assert found["ben"].stewardship < found["ana"].stewardship


def test_the_report_lays_value_beside_stewardship(group, page):
    rows = dict(re.findall(r"<tr><t[hd][^>]*>(ana|ben|cleo|dan)</t[hd]>(.*?)</tr>", page))
    assert "2 of 4 logs were read" in page
    assert "The dearest log for others is that of ben" in page
    assert float(re.findall(r"<td>([\d.]+)</td>", rows["ana"])[1]) > 0.8
    assert "the log does not replay" in rows["cleo"]
    assert "no log in the notebook" in rows["dan"]


def test_an_edited_log_is_a_sign_for_a_person_and_changes_no_mark(group):
    (flag,) = integrity.ledgers(group[0], LAB)
    assert flag.learners == ("cleo",)
    assert "0 points, the desk asks" in flag.sentence
    assert group[1]["cleo"]["auto"] == group[1]["ana"]["auto"]


def test_who_forgot_the_log_is_named_when_notebooks_come_in(group, capsys):
    again = collect(group[0], LAB, [group[0].folder.parent / "inbox"])
    assert (again.no_ledger, again.missing) == (["dan"], [])
    inbox = str(group[0].folder.parent / "inbox")
    main(["class", "collect", LAB, inbox, "--class", str(group[0].folder)])
    assert "without the log of their desk: dan\n" in capsys.readouterr().out


# ---- what a notebook may hold --------------------------------------------------------------------


def packed(data):
    return base64.b64encode(zlib.compress(data)).decode()


def holding(value, more=()):
    outputs = [{"output_type": "display_data", "data": {handin.MEDIA_TYPE: value}}, *more]
    return json.dumps({"cells": [{"outputs": outputs}]}).encode()


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        {},
        {"zlib": 7},
        {"zlib": "no base 64!"},
        {"zlib": base64.b64encode(b"no zlib").decode()},
        {"zlib": packed(b"{}" * 50)[:-20]},
        {"zlib": packed(b"0" * (handin.MOST + 1))},  # a bomb is not unpacked
    ],
)
def test_a_damaged_log_is_told_from_none(value, group):
    data = handin.ledger_in(holding(value))
    assert data == (None if value is None else b"")
    if data is not None:
        own = integrity.ledger_faults(data, group[0].folder, "1")
        assert own == ["it is empty, or damaged in the notebook"]


@pytest.mark.parametrize(
    "book",
    [b"", b"{", b"[]", b'{"cells": 1}', b'{"cells": [1]}', b'{"cells": [{"outputs": [[]]}]}'],
)
def test_what_is_no_notebook_breaks_nothing(book):
    assert handin.ledger_in(book) is None
    assert handin.ledger_in(book + handin.MEDIA_TYPE.encode()) in (None, b"")


def test_the_last_log_counts():
    later = [{"output_type": "display_data", "data": handin.bundle(b'{"line": 2}', "x")}]
    assert handin.ledger_in(holding({"zlib": packed(b"1")}, later)) == b'{"line": 2}'


def test_a_log_that_is_too_large_for_a_notebook_names_its_file():
    with pytest.raises(CourseError, match=r"hand in the file a-1\.jsonl"):
        handin.bundle(b"0" * (handin.MOST + 1), "a-1.jsonl")
