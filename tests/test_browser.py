"""A learner in a real browser: cells run, a wrong answer gets its sentence, a right one its points.

Screenshots go to the folder that SOCMINT_SCREENSHOTS names, when it is set.
"""

import re

import nbformat
import pytest
from browser_desk import Desk, faults, joined

from socmint.case import open_lab
from socmint.check import load_keys
from socmint.course import ROOT, load


def answer_source(cell_id, solution_line):
    """Return the learner's cell with the dots replaced by an answer."""
    topic = cell_id.split("-")[0]
    notebook = nbformat.read(ROOT / "labs" / topic / f"{topic}.ipynb", as_version=4)
    source = next(cell.source for cell in notebook.cells if cell.id == cell_id)
    return re.sub(r"\.\.\.[^\n]*", solution_line, source)


def test_the_networks_lab_from_blank_to_right(browser, server):
    desk = Desk(browser, server, "labs/networks/networks.ipynb")
    desk.run_all()
    assert faults(desk) == []
    desk.go_to("networks-q6-answer")
    desk.picture("networks-blank")
    question = load().find("networks").find("q6")
    key = load_keys("networks")["q6"]
    _, check = open_lab("networks", seed=1)
    figurehead = next(wrong for wrong in key.wrongs if wrong.name == "the figurehead")
    for value, outcome in (
        (figurehead.make(check._world), "not yet"),
        (sorted(key.expected(check._world)["right"]), "right"),
    ):
        desk.type_answer("networks-q6-answer", answer_source("networks-q6-answer", str(value)))
        data = desk.run_check("networks-q6-check")
        html = joined(data["text/html"])
        if outcome == "right":
            assert float(joined(data["text/plain"])) == question.points
        else:
            assert float(joined(data["text/plain"])) == 0
            assert figurehead.message in html
        assert f"Q6 The broker: {outcome}" in html
        desk.picture(f"networks-q6-{outcome.replace(' ', '-')}")
    assert desk.outside == []
    desk.page.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_first_page_opens_and_runs(browser, server, dark):
    desk = Desk(browser, server, "notebooks/00_start_here.ipynb", dark)
    if dark:
        desk.go_dark()
    desk.run_all()
    assert faults(desk) == []
    desk.go_to(next(iter(desk.outputs())))
    desk.picture(f"start-{'dark' if dark else 'light'}")
    assert desk.outside == []
    desk.page.close()


def test_a_quiz_answers_with_a_reason(browser, server):
    desk = Desk(browser, server, "notebooks/11_networks.ipynb")
    desk.run_all()
    assert faults(desk) == []
    quiz = next(i for i, out in desk.outputs().items() if out and "Quiz" in str(out[0].get("data")))
    desk.go_to(quiz)
    desk.page.get_by_role("button", name="It gives orders.").click()
    answer = desk.page.get_by_role("status")
    answer.get_by_text("A follow shows who listens").wait_for(timeout=10_000)
    desk.page.get_by_role("button", name="Many accounts follow it.").click()
    answer.get_by_text("attention is all you know").wait_for(timeout=10_000)
    desk.picture("networks-quiz")
    assert desk.outside == []
    desk.page.close()
