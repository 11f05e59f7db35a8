"""Quizzes, checks and places are kept, in order, by whatever notebook they were noted."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from socmint import course, progress
from socmint.__main__ import main
from socmint.check import NUM, PROB, Key, checker, forms
from socmint.errors import CourseError
from socmint.progress import casebook, events, note_check, note_quiz, quiz_answers
from socmint.quizzes import Quiz, read_quiz


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SOCMINT_CASEBOOK", str(tmp_path / "casebook"))
    return tmp_path / "casebook"


def buttons(quiz, item):
    question = quiz._widget().children[item]
    return [child for child in question.children if hasattr(child, "click")]


def test_a_click_is_kept_with_what_was_chosen():
    quiz = Quiz("networks")
    options = quiz._items[1]["options"]
    wrong = next(place for place, option in enumerate(options) if not option["right"])
    right = next(place for place, option in enumerate(options) if option["right"])
    for place in (wrong, right):
        buttons(quiz, 1)[place].click()
    kept = quiz_answers()
    assert kept["topic"].tolist() == ["networks"] * 2
    assert kept["item"].tolist() == [2, 2]
    assert kept["right"].tolist() == [False, True]
    assert kept["option"].tolist() == [options[wrong]["text"], options[right]["text"]]


def test_a_page_that_is_made_without_a_reader_shows_the_quiz_to_unfold():
    cell = nbformat.v4.new_code_cell("from socmint import quiz\nquiz('networks')")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=kernel)
    NotebookClient(notebook, timeout=60).execute()
    page, _ = HTMLExporter().from_notebook_node(notebook)
    for item in read_quiz("networks"):
        for option in item["options"]:
            assert f"<summary>{option['text']}</summary>" in page


def test_showing_a_quiz_keeps_nothing(folder):
    Quiz("networks")._outputs()
    assert not folder.exists() and quiz_answers().empty


def test_a_torn_line_costs_itself_only(folder):
    note_quiz("networks", 1, "uno", True)
    with (folder / "progress.jsonl").open("ab") as file:
        file.write(b'{"kind": "quiz", "topic": "net')
    note_quiz("networks", 2, "dos, señal", False)
    assert quiz_answers()["option"].tolist() == ["uno", "dos, señal"]


def test_two_notebooks_take_turns(folder):
    code = (
        "from socmint.progress import note_quiz\nfor n in range(50): note_quiz('t', n, 'x', True)"
    )
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert sorted(quiz_answers()["item"]) == sorted([*range(50), *range(50)])


def test_a_quiz_works_where_nothing_can_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("SOCMINT_CASEBOOK", str(tmp_path / "file" / "casebook"))
    quiz = Quiz("networks")
    box = quiz._widget().children[0]
    next(child for child in box.children if hasattr(child, "click")).click()
    assert "strong" in box.children[-1].value
    assert note_quiz("networks", 1, "x", True) is False


def test_the_casebook_is_where_the_desk_keeps_its_ledgers(folder):
    from socmint.desk import open_desk

    desk = open_desk("authority", fresh=True)
    assert desk.ledger.path.parent == folder == casebook()


# ---- checks --------------------------------------------------------------------------------------


@pytest.fixture
def check(monkeypatch):
    """The checks of lab M00, in a world where 42 is the answer to everything."""
    key = Key(kind=NUM(), expected=lambda world: 42, right="Well done.", wrongs=())
    everything = {question.id: key for question in course.load().find("first_steps").questions}
    monkeypatch.setattr(checker, "load_keys", lambda topic: everything)
    return checker.Checker(
        course.load().find("first_steps"), SimpleNamespace(truth={}, meta={"seed": 1})
    )


def test_a_check_is_kept_without_the_answer(folder, check):
    for value in (987, 42, "many"):
        check.q1(value)
    kept = events()
    assert [event["outcome"] for event in kept] == ["not yet", "right", "not yet"]
    assert [event["score"] for event in kept] == [0, 1, 0]
    assert {(event["topic"], event["question"], event["points"]) for event in kept} == {
        ("first_steps", "q1", 1)
    }
    written = (folder / "progress.jsonl").read_text()
    assert not any(value in written for value in ("987", "42", "many"))


def test_an_untouched_lab_keeps_nothing(folder, check):
    check.q1(...)
    assert not folder.exists()


def test_nothing_is_kept_while_a_class_is_graded(folder, check, monkeypatch):
    monkeypatch.setenv(forms.VARIABLE, forms.dump(checker.load_keys("first_steps")))
    check._world.truth = None
    assert check.q1(3).outcome == "recorded"
    assert note_quiz("first_steps", 1, "x", True) is False
    assert not folder.exists()


def test_probabilities_are_kept_as_sums():
    answer = {"a": 0.9, "b": 0.7, "c": 0.2, "d": 1.0}
    got = PROB().score(answer, {"a": 1, "b": 0, "c": 0, "d": 1})
    # By hand: 0.01 + 0.49 + 0.04 + 0; 0.2 opens the second band, 0.6 the fourth, 0.8 the fifth.
    assert got.forecast["squares"] == pytest.approx(0.54)
    assert got.forecast["bands"] == [[0, 0, 0], [1, 0.2, 0], [0, 0, 0], [1, 0.7, 0], [2, 1.9, 2]]
    # Against chances nothing happened yet, so there is nothing to be calibrated by.
    assert PROB().score({"a": 0.5}, {"a": 0.4}).forecast is None


def test_a_check_of_probabilities_hands_its_sums_on(folder, monkeypatch):
    module = course.load().find("first_steps")
    key = Key(kind=PROB(), expected=lambda world: {"a": 1, "b": 0}, right="Well.", wrongs=())
    monkeypatch.setattr(checker, "load_keys", lambda topic: {"q1": key})
    check = checker.Checker(module, SimpleNamespace(truth={}, meta={"seed": 1}))
    for chance in (0.9, 0.2):  # right, and not right
        check.q1({"a": chance, "b": 0.1})
    # By hand: 0.1² + 0.1², and 0.8² + 0.1².
    assert [event["forecast"]["squares"] for event in events()] == [0.02, 0.65]


# ---- where a learner works -----------------------------------------------------------------------


def run_cell(cell):
    progress._after_cell(SimpleNamespace(info=SimpleNamespace(cell_id=cell)))


@pytest.fixture
def in_the_lesson(monkeypatch):
    """A kernel of the lesson on networks; gives the cells of the lesson's sections."""
    notebook = "notebooks/11_networks.ipynb"
    monkeypatch.setattr(progress, "_watched", {"notebook": notebook, "section": None})
    cells = {}
    for cell, section in progress.sections(course.ROOT / notebook).items():
        cells.setdefault(section, []).append(cell)
    return cells


def test_the_place_is_kept_when_the_section_changes(in_the_lesson):
    first, second = (name for name in list(in_the_lesson)[2:4])
    for cell in (*in_the_lesson[first], *in_the_lesson[second], "a-cell-of-my-own"):
        run_cell(cell)
    assert [event["section"] for event in events()] == [first, second]
    assert {event["notebook"] for event in events()} == {"notebooks/11_networks.ipynb"}


def test_a_kernel_of_a_notebook_notes_where_it_works(in_the_lesson):
    """The first cell calls `open_case` or `quiz`, which is what begins the watch."""
    first, second = (name for name in list(in_the_lesson)[2:4])
    code = (
        "import sys\nfrom IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_cell('from socmint import quiz; q = quiz(\"networks\")', cell_id=sys.argv[1])\n"
        "shell.run_cell('q = quiz(\"networks\")', cell_id=sys.argv[1])\n"
        "shell.run_cell('1 + 1', cell_id=sys.argv[2])\n"
    )
    session = {"JPY_SESSION_NAME": str(course.ROOT / "notebooks" / "11_networks.ipynb")}
    cells = [in_the_lesson[first][0], in_the_lesson[second][0]]
    command = [sys.executable, "-c", code, *cells]
    subprocess.run(command, env=os.environ | session, check=True, capture_output=True)
    assert [(event["kind"], event["cell"]) for event in events()] == [
        ("place", cells[0]),
        ("place", cells[1]),
    ]


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("notebooks/11_networks.ipynb", True),
        ("labs/networks/networks.ipynb", True),
        ("solutions/networks/networks.ipynb", False),
        ("README.md", False),
    ],
)
def test_only_a_notebook_of_the_course_is_a_place(monkeypatch, name, own):
    monkeypatch.setenv("JPY_SESSION_NAME", str(course.ROOT / name))
    assert progress._own_notebook() == (name if own else None)


def test_a_notebook_elsewhere_is_no_place(monkeypatch, tmp_path):
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "notebooks" / "11_networks.ipynb"))
    assert progress._own_notebook() is None
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert progress._own_notebook() is None


# ---- what goes wrong -----------------------------------------------------------------------------


def test_the_clock_is_not_even_asked(folder):
    note_check("networks", "q2", "right", 1, 1)
    note_check("networks", "q1", "right", 1, 1)
    assert [event["question"] for event in events()] == ["q2", "q1"]
    names = {
        name
        for line in (folder / "progress.jsonl").read_text().splitlines()
        for name in json.loads(line)
    }
    assert names == {"kind", "topic", "question", "outcome", "score", "points", "forecast"}


def test_a_kernel_that_is_killed_while_it_writes_stops_nobody(folder):
    code = (
        "import sys, time\nfrom filelock import FileLock\nfrom socmint import progress\n"
        "progress.note_quiz('t', 1, 'x', True)\n"
        "with FileLock(f'{progress.path()}.lock'):\n"
        "    file = progress.path().open('ab', buffering=0)\n"
        '    file.write(b\'{"kind": "quiz", "to\')\n    print(\'half\', flush=True)\n'
        "    time.sleep(600)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "half\n"
    writer.kill()
    writer.communicate()
    assert note_quiz("t", 2, "y", False)
    assert quiz_answers()["item"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "line",
    [
        *('"text"', "[]", "{}", '{"kind": "quiz"}', '{"kind": "tale"}', '{"kind": ["quiz"]}'),
        '{"kind": "quiz", "topic": "t", "item": "three", "option": "x", "right": true}',
        "\0" * 300,
    ],
)
def test_a_damaged_line_is_left_out(folder, line):
    note_quiz("t", 1, "x", True)
    with (folder / "progress.jsonl").open("a") as file:
        file.write(line + "\n")
    note_quiz("t", 2, "x", True)
    assert [event["item"] for event in events()] == [1, 2]


# ---- the commands --------------------------------------------------------------------------------


def test_progress_travels_in_one_file_and_merges_once(tmp_path, monkeypatch, capsys):
    note_quiz("networks", 1, "señal", True)
    note_quiz("networks", 1, "señal", True)  # twice in one second counts twice
    note_check("networks", "q1", "right", 2, 2)
    taken = tmp_path / "taken.jsonl"
    assert main(["progress", "export", "--out", str(taken)]) == 0
    assert "3 notes" in capsys.readouterr().out
    assert main(["progress", "export", "--out", str(taken)]) == 2
    assert "is there already" in capsys.readouterr().err

    monkeypatch.setenv("SOCMINT_CASEBOOK", str(tmp_path / "other computer"))
    note_quiz("networks", 2, "own", False)
    for added in (3, 0):
        assert main(["progress", "import", str(taken)]) == 0
        assert f"Added {added} notes" in capsys.readouterr().out
        assert [event.get("option") for event in events()] == ["own", "señal", "señal", None]


def test_nothing_to_export_and_nothing_to_import(tmp_path, capsys):
    assert main(["progress", "export", "--out", str(tmp_path / "x")]) == 2
    assert "no progress to export yet" in capsys.readouterr().err
    (tmp_path / "y").write_text("not ours\n")
    assert main(["progress", "import", str(tmp_path / "y")]) == 2
    assert "holds no progress of this course" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(("word", "left"), [("no", 1), ("", 1), ("reset", 0)])
def test_reset_asks_first(monkeypatch, capsys, word, left):
    note_quiz("networks", 1, "x", True)
    monkeypatch.setattr("builtins.input", lambda _: word)
    assert main(["progress", "reset"]) == (0 if word == "reset" else 1)
    assert len(events()) == left


def test_reset_leaves_the_ledgers_and_can_be_done_twice(folder, capsys):
    note_quiz("networks", 1, "x", True)
    (folder / "authority-1.jsonl").write_text("{}")
    assert main(["progress", "reset", "--yes"]) == 0
    assert "Removed 1 note" in capsys.readouterr().out
    assert main(["progress", "reset", "--yes"]) == 0
    assert events() == [] and (folder / "authority-1.jsonl").exists()


def test_show_says_where_the_file_is(folder, capsys):
    note_check("first_steps", "q1", "right", 1, 1)
    assert main(["progress", "show"]) == 0
    said = capsys.readouterr().out
    assert str(folder / "progress.jsonl") in said
    assert "M00" in said and "1 of 10 points" in said


def test_a_folder_that_may_not_be_written_is_an_error_in_words(tmp_path, monkeypatch, capsys):
    note_quiz("networks", 1, "x", True)
    taken = tmp_path / "taken.jsonl"
    progress.export(taken)
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("SOCMINT_CASEBOOK", str(tmp_path / "file" / "casebook"))
    with pytest.raises(CourseError, match="cannot be written"):
        progress.merge(taken)
