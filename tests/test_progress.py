"""Answers to a quiz are kept, in order, by whatever notebook they were given."""

import subprocess
import sys

import pytest

from socmint.progress import casebook, note_quiz, quiz_answers
from socmint.quizzes import Quiz


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


def test_showing_a_quiz_keeps_nothing(folder):
    Quiz("networks")._repr_mimebundle_()
    assert not folder.exists() and quiz_answers().empty


def test_a_torn_line_costs_itself_only(folder):
    note_quiz("networks", 1, "uno", True)
    with (folder / "progress.jsonl").open("ab") as file:
        file.write(b'{"time": "2031-03-01", "topic": "net')
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
