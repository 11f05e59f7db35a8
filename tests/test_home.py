"""The home says truly where a learner is, and finds a topic."""

import html.parser
import json
import os
import re
import subprocess
import sys
import time

import pytest

from socmint import course, homepage, progress, topics
from socmint.check.kinds import sums
from socmint.course import ROOT
from socmint.homepage import FIRST, body, home, lab, lesson, standing, write_page
from socmint.quizzes import read_quiz

MODULES = course.load().modules
FIRST_STEPS, NETWORKS = course.load().find("first_steps"), course.load().find("networks")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SOCMINT_CASEBOOK", str(tmp_path / "casebook"))
    monkeypatch.setenv("SOCMINT_HOME", str(tmp_path / "HOME.md"))
    return tmp_path / "casebook"


def state(module):
    return next(part for part in standing().parts if part.module.id == module.id).state


def find_all(module):
    """Answer the quiz of a module."""
    for number, _ in enumerate(read_quiz(module.topic), start=1):
        progress.note_quiz(module.topic, number, "x", True)


def solve(module, *questions, share=1.0):
    for name in questions or [question.id for question in module.questions]:
        points = module.find(name).points
        progress.note_check(module.topic, name, "partly right", share * points, points)


def work_in(path, cell="x", section="Some heading"):
    progress._note("place", notebook=path, cell=cell, section=section)


# ---- open, started, done -------------------------------------------------------------------------


def test_at_the_start_all_is_open_and_the_first_notebook_comes_next():
    found = standing()
    assert {part.state for part in found.parts} == {"open"}
    assert [part.module for part in found.parts] == MODULES
    assert (found.last, found.next.link, found.calibration) == (None, FIRST, None)
    assert "No probabilities yet" in body(found)


@pytest.mark.parametrize("path", [lesson(NETWORKS), lab(NETWORKS)])
def test_a_cell_that_ran_starts_a_module(path):
    work_in(path)
    assert state(NETWORKS) == "started"
    assert state(FIRST_STEPS) == "open"


def test_a_module_is_done_with_the_last_question_and_not_before():
    names = [question.id for question in NETWORKS.questions]
    find_all(NETWORKS)
    solve(NETWORKS, *names[:-1])
    assert state(NETWORKS) == "started"
    progress.note_check("networks", names[-1], "not yet", 0, 1)
    assert state(NETWORKS) == "started"
    solve(NETWORKS, names[-1], share=0.1)
    assert state(NETWORKS) == "done"


def test_the_lab_alone_is_not_the_module():
    solve(NETWORKS)
    progress.note_quiz("networks", 1, "x", False)
    assert state(NETWORKS) == "started"


def test_a_module_without_a_lab_is_done_with_its_quiz():
    (short, *_) = (module for module in MODULES if not module.questions)
    find_all(short)
    assert state(short) == "done"


def test_an_answer_that_is_marked_elsewhere_counts_as_given():
    find_all(NETWORKS)
    for question in NETWORKS.questions:
        progress.note_check("networks", question.id, "recorded", 0, question.points)
    assert state(NETWORKS) == "done"
    assert standing().parts[MODULES.index(NETWORKS)].points == 0


def test_points_are_the_best_so_far_and_never_more_than_there_are():
    points = NETWORKS.find("q1").points
    for score in (0.5, points, 0):
        progress.note_check("networks", "q1", "partly right", score, points)
    progress.note_check("networks", "q2", "right", 1000, 1000)
    part = standing().parts[MODULES.index(NETWORKS)]
    assert part.points == points + NETWORKS.find("q2").points
    assert part.answered == ("q1", "q2")


def test_what_is_not_in_the_course_is_passed_over():
    progress.note_check("alchemy", "q1", "right", 9, 9)
    progress.note_check("networks", "q99", "right", 9, 9)
    progress.note_quiz("networks", 77, "x", True)
    work_in("notebooks/99_alchemy.ipynb")
    part = standing().parts[MODULES.index(NETWORKS)]
    assert (part.points, part.answered, part.quiz[0]) == (0, (), 0)


# ---- where you were, and what comes next ---------------------------------------------------------


def test_the_place_that_was_left_is_a_link_to_its_cell():
    work_in(lesson(NETWORKS), "networks-7", "Who is in the middle?")
    last = standing().last
    assert last.link == f"{lesson(NETWORKS)}#cell-id=networks-7"
    assert NETWORKS.title in last.text and "Who is in the middle?" in last.text


def test_after_the_first_notebook_comes_m00():
    work_in(FIRST)
    assert standing().next.link == lesson(FIRST_STEPS)


@pytest.mark.parametrize(
    ("before", "following"),
    [
        (lambda: work_in(lesson(NETWORKS)), lesson(NETWORKS)),
        (lambda: find_all(NETWORKS), f"{lab(NETWORKS)}#cell-id=networks-q1-answer"),
        (lambda: solve(NETWORKS, "q1"), f"{lab(NETWORKS)}#cell-id=networks-q2-answer"),
        (lambda: solve(NETWORKS), lesson(NETWORKS)),
        (
            lambda: (find_all(NETWORKS), solve(NETWORKS)),
            lesson(MODULES[MODULES.index(NETWORKS) + 1]),
        ),
    ],
    ids=["reading", "quiz done", "in the lab", "lab done", "module done"],
)
def test_the_next_step(before, following):
    before()
    assert standing().next.link == following


def test_after_the_last_module_comes_what_was_left_out():
    for module in MODULES[1:]:
        find_all(module)
        solve(module)
    assert standing().next.link == lesson(FIRST_STEPS)
    find_all(FIRST_STEPS)
    solve(FIRST_STEPS)
    assert standing().next is None
    assert "You have done every module" in body(standing())


def test_every_link_of_the_page_leads_somewhere(tmp_path):
    cell = next(iter(progress.sections(ROOT / lesson(NETWORKS))))
    work_in(lesson(NETWORKS), cell)
    targets = re.findall(r'href="([^"]+)"', write_page().read_text("utf-8"))
    assert len(targets) > 100
    cells = {}
    for target in targets:
        path, _, place = target.partition("#cell-id=")
        notebook = cells.setdefault(path, json.loads((ROOT / path).read_text("utf-8"))["cells"])
        assert not place or place in {one["id"] for one in notebook}, target
    assert any(target.endswith(cell) for target in targets)


# ---- calibration ---------------------------------------------------------------------------------


def test_calibration_over_the_first_answers():
    truth = {"a": 1, "b": 1, "c": 0, "d": 1}
    first = sums({"a": 0.9, "b": 0.9, "c": 0.9, "d": 0.3}, truth)
    again = sums({"a": 1.0, "b": 1.0, "c": 0.0, "d": 1.0}, truth)
    for forecast in (first, again):
        progress.note_check("processing", "q5", "partly right", 1, 2, forecast)
    progress.note_check("crime_on_show", "q5", "right", 1, 2, sums({"e": 0.1}, {"e": 0}))
    found = standing().calibration
    # By hand. Squares: 0.01 + 0.01 + 0.81 + 0.49 and 0.01. Bands: 0.1, 0.3 and three times 0.9,
    # which happened never, always and twice: (0.1² + 0.7² + 3 · (0.9 - 2/3)²) / 5.
    assert found.count == 5
    assert found.brier == pytest.approx(1.33 / 5)
    assert found.reliability == pytest.approx((0.01 + 0.49 + 3 * (0.9 - 2 / 3) ** 2) / 5)
    assert [row[1] for row in found.bands] == [1, 1, 3]
    assert "Brier score 0.266" in body(standing())


@pytest.mark.parametrize(
    "forecast", [{"squares": "x"}, {"squares": 1, "bands": [[1, 2]]}, {"a": 1}]
)
def test_a_forecast_that_somebody_wrote_in_by_hand_breaks_nothing(forecast):
    progress.note_check("processing", "q5", "right", 1, 1, forecast)
    assert standing().calibration is None


# ---- the page and the notebook -------------------------------------------------------------------


class Structure(html.parser.HTMLParser):
    """Headings in order, the texts of links, and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.links, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in ("br", "img"):
            self.open.append(tag)
        if tag == "a":
            self.links.append("")

    def handle_data(self, text):
        if "a" in self.open:
            self.links[-1] += text

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_its_headings_skip_no_level():
    solve(NETWORKS, "q1")
    text = write_page().read_text("utf-8")
    assert text.startswith(f"# {course.load().title}\n\n<h2>")
    block = text.partition("\n\n")[2]
    assert "\n\n" not in block.strip()  # an empty line would end the HTML in Markdown
    found = Structure(block)
    assert found.open == []
    assert found.headings[0] == 2 and set(found.headings[1:]) == {3}
    assert all(found.links)


def test_the_same_in_a_notebook_with_links_from_its_folder():
    solve(NETWORKS, "q1")
    shown = home()
    assert f'href="../{lab(NETWORKS)}"' in shown._repr_html_()
    assert Structure(shown._repr_html_()).headings[0] == 3
    assert "started  M11" in repr(shown)


def test_each_note_brings_the_page_up_to_date(tmp_path):
    write_page()
    solve(NETWORKS, "q1")
    text = (tmp_path / "HOME.md").read_text("utf-8")
    assert f"{NETWORKS.find('q1').points:g} of " in text and "◐" in text
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("HOME")] == ["HOME.md"]


def test_two_kernels_write_the_page_at_once(tmp_path):
    code = (
        "from socmint import progress\n"
        "for n in range(20): progress.note_check('networks', 'q1', 'right', 1, 1)"
    )
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    while any(one.poll() is None for one in both):
        page = tmp_path / "HOME.md"
        assert not page.exists() or page.read_text("utf-8").endswith("</p>\n")
        time.sleep(0.01)
    assert [one.wait() for one in both] == [0, 0]
    assert len(progress.events()) == 40


def test_the_page_needs_no_heavy_package():
    code = "import sys, socmint.homepage as h; h.write_page(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pandas", "numpy", "matplotlib", "networkx", "IPython"} & set(run.stdout.split())


def test_names_in_a_page_are_escaped():
    work_in(lesson(NETWORKS), section="<script>alert(1)</script>")
    assert "<script>" not in write_page().read_text("utf-8")


# ---- finding -------------------------------------------------------------------------------------


def test_a_word_leads_to_the_cell_that_explains_it():
    found = topics.search("betweenness")
    assert found[0].kind == "word" and found[0].link.startswith(f"{lesson(NETWORKS)}#cell-id=")
    path, _, cell = found[0].link.partition("#cell-id=")
    cells = json.loads((ROOT / path).read_text("utf-8"))["cells"]
    (source,) = ("".join(one["source"]) for one in cells if one["id"] == cell)
    assert "**betweenness**" in source


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("read a network of accounts", "module"),
        ("compare rankings", "objective"),
        ("the broker", "question"),
        ("components and communities", "section"),
        ("Omand", "claim"),
    ],
)
def test_every_kind_can_be_found(words, kind):
    assert kind in {entry.kind for entry in topics.search(words)}


def test_case_and_accents_do_not_matter():
    assert topics.search("DEGRÉE") == topics.search("degree") != []


def test_a_slip_of_the_keyboard_still_finds():
    assert topics.search("betweeness") == topics.search("betweenness") != []


@pytest.mark.parametrize("words", ["", "   ", "...", "qqqqqq zzzzz"])
def test_nothing_is_found_without_an_error(words):
    assert topics.search(words) == []
    assert "nothing found" in repr(topics.find(words))


def test_what_was_asked_is_escaped():
    assert "<b>" not in topics.find("<b>")._repr_html_()


def test_a_page_made_without_a_reader_shows_the_words_in_place_of_the_box():
    assert f'href="../{lesson(NETWORKS)}#cell-id=' in topics.find()._repr_html_()


def test_the_command_finds():
    run = subprocess.run(
        [sys.executable, "-m", "socmint", "find", "degree"],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0 and "M11" in run.stdout


def test_the_first_page_names_the_home():
    assert homepage.FIRST == "notebooks/00_start_here.ipynb"
    text = (ROOT / homepage.FIRST).read_text("utf-8")
    assert "home()" in text and "HOME.md" in text
