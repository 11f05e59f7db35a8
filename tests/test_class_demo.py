"""The dry run has texts that a person marks, and logs of the desk that replay.

Needs bubblewrap, as `test_grading_attacks.py` does.
"""

import os

import pytest
from nbgrader.api import Gradebook

from socmint.grading import books, classroom, demo_letters, integrity, report
from socmint.grading.sandbox import why_not

WHY_NOT = why_not()
if WHY_NOT and not os.environ.get("SOCMINT_REQUIRE_SANDBOX"):
    pytest.skip(f"{WHY_NOT}: the class was not graded", allow_module_level=True)

TOPIC = demo_letters.TOPIC
TEXT = f"{TOPIC}-q8-answer"


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    roster = folder / "roster.csv"
    names = ["ana", "ben", "cleo"]  # the first three letters: two careful learners, one greedy
    roster.write_text("id,name\n" + "".join(f"{n},{n}\n" for n in names), encoding="utf-8")
    group = classroom.init(folder / "class", roster)
    assert demo_letters.hand_in(group).keys() == set(names)
    classroom.grade(group, TOPIC, workers=2)
    books.enter(group, TOPIC)
    return group


def test_letters_wait_for_a_mark(group):
    with Gradebook(f"sqlite:///{group.folder}/gradebook.db") as book:
        for learner in ("ana", "ben", "cleo"):
            grade = book.find_grade(TEXT, TOPIC, TOPIC, learner)
            assert (grade.needs_manual_grade, grade.max_score) == (True, 4)
            check = book.find_grade(f"{TOPIC}-q8-check", TOPIC, TOPIC, learner)
            assert check.auto_score == 1  # each letter holds the parts that the check looks for


def test_letters_differ_so_that_marks_can(group):
    texts = [letter for letter, *_ in demo_letters.LETTERS.values()]
    assert len(set(texts)) == len(texts)
    found = {n: classroom.state(group, TOPIC, n)["questions"]["q8"]["text"] for n in ("ana", "ben")}
    assert found["ana"] != found["ben"]
    assert "150" in found["ana"] and "{people}" not in found["ana"]


def test_the_logs_are_those_of_the_desk(group):
    assert integrity.ledgers(group, TOPIC) == []
    page = report.page(group, TOPIC)
    assert "3 of 3 logs were read" in page
    assert "The dearest log for others is that of cleo" in page
