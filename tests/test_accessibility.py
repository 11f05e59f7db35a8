"""What we render keeps nobody out: WCAG 2.2 AA by axe-core in light and dark, and the keyboard.

JupyterLab's own shell is not ours and not looked at; the text of notebooks, their outputs and the
home are.
"""

import re

import nbformat
import pytest
from accessibility import violations
from browser_desk import NOTEBOOK, Desk, faults, joined
from nbconvert import HTMLExporter

from socmint.quizzes import read_quiz

OURS = ".jp-RenderedMarkdown, .jp-OutputArea-output"
HOME = ".jp-MarkdownViewer"

FEEDBACK = """
from types import SimpleNamespace
from socmint import course, find, home, quiz
from socmint.check import NUM, Key, checker

truth = {"north": 42, "south": 42}
kind = NUM("posts", names=("north", "south"))
key = Key(kind, lambda world: truth, right="Counting comes before judging.", wrongs=())
module = course.load().find("first_steps")
checker.load_keys = lambda topic: {question.id: key for question in module.questions}
check = checker.Checker(module, SimpleNamespace(truth={}, meta={"seed": 1}))
"""
KINDS = {  # name of the cell: its code, and the outcome that a learner reads
    "not-answered": ("check.q3(...)", "not answered yet"),
    "unreadable": ("check.q3(['north', 'south'])", "not yet"),
    "wrong": ("check.q3({'north': 1, 'south': 99})", "not yet"),
    "partly": ("check.q3({'north': 42, 'south': 99})", "partly right"),
    "right": ("check.q3({'north': 42, 'south': 42})", "right"),
    "recorded": (
        "check._world.truth = None\ncheck.q3({'north': 42, 'south': 42})",
        "recorded",
    ),
}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
CLEAN = {"light": [], "dark": []}


@pytest.fixture(scope="module")
def feedback(server):
    """A notebook with each kind of feedback, a quiz, the home and a search."""
    _, folder = server
    sources = {"first": FEEDBACK} | {name: code for name, (code, _) in KINDS.items()}
    # A heading, because one cell alone is not a page.
    cells = [nbformat.v4.new_markdown_cell("# Every kind of feedback", id="title")]
    sources |= {"quiz": "quiz('networks')", "home": "home()", "find": "find()"}
    cells += [nbformat.v4.new_code_cell(text, id=name) for name, text in sources.items()]
    name = "notebooks/99_feedback.ipynb"
    made = nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)
    nbformat.write(made, folder / name)
    yield name
    (folder / name).unlink()


def in_both_themes(desk, name, scope):
    """Return what axe finds in the light theme and in the dark one, and take pictures."""
    found = {}
    for scheme in ("light", "dark"):
        desk.page.emulate_media(color_scheme=scheme)
        light = str(scheme == "light").lower()
        desk.page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
        desk.page.wait_for_timeout(300)  # the style sheet of the theme comes after its name
        desk.picture(f"{name}-{scheme}")
        # What is scrolled out of sight has no colours to compare, so the window is made tall.
        desk.page.set_viewport_size({"width": 1280, "height": 12_000})
        found[scheme] = violations(desk.page, scope)
        desk.page.set_viewport_size({"width": 1280, "height": 1000})
    return found


def tab_to(desk, text):
    """Press Tab until the focus is on what begins with this text, as a reader would."""
    seen = []
    for _ in range(80):
        desk.page.keyboard.press("Tab")
        seen.append(desk.page.evaluate("() => document.activeElement.textContent.trim()"))
        if seen[-1].startswith(text):
            return
    raise AssertionError(f"Tab never reaches {text!r}: {seen}")


def run_down_to(desk, cell_id):
    """Press Shift+Enter until a cell is the active one."""
    active = f"() => {NOTEBOOK}.content.activeCell.model.sharedModel.getId()"
    for _ in range(40):
        if desk.page.evaluate(active) == cell_id:
            return
        desk.page.keyboard.press("Shift+Enter")
        desk.page.wait_for_timeout(100)
    raise AssertionError(f"Shift+Enter never reaches {cell_id!r}")


def test_the_home(browser, server):
    desk = Desk(browser, server, "HOME.md")
    desk.page.get_by_text("words that the lessons explain").click()  # unfolded, it is all there
    assert in_both_themes(desk, "home", HOME) == CLEAN
    assert desk.outside == []
    desk.page.close()


def test_every_kind_of_feedback(browser, server, feedback):
    desk = Desk(browser, server, feedback)
    desk.run_all()
    assert faults(desk) == []
    outputs = desk.outputs()
    for name, (_, outcome) in KINDS.items():
        assert f": {outcome}" in joined(outputs[name][0]["data"]["text/html"])
    desk.go_to("quiz")
    option = next(option for option in read_quiz("networks")[0]["options"] if option["right"])
    tab_to(desk, option["text"])
    desk.page.keyboard.press("Space")
    desk.page.get_by_role("status").get_by_text(option["why"]).wait_for(timeout=10_000)
    desk.page.get_by_label("Find:").focus()
    desk.page.keyboard.type("in-degree")
    desk.page.keyboard.press("Enter")
    desk.page.get_by_text("in-degree: ").wait_for(timeout=10_000)
    desk.go_to("right")
    assert in_both_themes(desk, "feedback", OURS) == CLEAN
    assert desk.outside == []
    desk.page.close()


def test_a_saved_quiz_and_search_are_read_without_their_kernel(browser, server, feedback):
    path = server[1] / feedback
    desk = Desk(browser, server, feedback)
    desk.run_all()
    desk.go_to("quiz")
    desk.page.locator(".socmint-quiz").wait_for()
    desk.page.get_by_label("Find:").wait_for()
    # What the widgets stand for is hidden from the eye and from a screen reader.
    for name in ("quiz", "find"):
        assert desk.page.locator(f".socmint-{name}-still").is_hidden()
    desk.save_and_leave()
    again = Desk(browser, server, feedback)
    again.go_to("quiz")
    for item in read_quiz("networks"):
        for option in item["options"]:
            reason = again.page.get_by_text(option["why"])
            assert reason.is_hidden()
            again.page.locator("summary").get_by_text(option["text"], exact=True).click()
            assert reason.is_visible()
    again.picture("saved-quiz")
    again.page.get_by_text("words that the lessons explain").click()
    assert not again.page.get_by_text("Error displaying widget").first.is_visible()
    assert again.page.locator(".socmint-quiz, .socmint-find").count() == 0
    assert in_both_themes(again, "saved-find", OURS) == CLEAN
    assert again.outside == []
    again.page.close()
    # As a web page, without even the network that a widget's view would ask for.
    body, _ = HTMLExporter().from_filename(str(path))
    web = browser.new_page()
    web.route("**/*", lambda route: route.abort())
    web.set_content(body)
    for item in read_quiz("networks"):
        for option in item["options"]:
            assert web.locator("summary").get_by_text(option["text"], exact=True).is_visible()
    web.close()


@pytest.mark.parametrize(
    "path", ["notebooks/18_desk_howto.ipynb", "labs/first_steps/first_steps.ipynb"]
)
def test_a_notebook(browser, server, path):
    desk = Desk(browser, server, path)
    desk.run_all()
    assert faults(desk) == []
    # Also what is folded away: hints and tables.
    desk.page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")
    name = path.rpartition("/")[2].partition(".")[0]
    assert in_both_themes(desk, name, OURS) == CLEAN
    assert desk.outside == []
    desk.page.close()


def answered(folder):
    """Return how many questions of lab M00 the home calls answered."""
    text = (folder / "HOME.md").read_text("utf-8")
    return int(re.search(r"Lab M00</a>: (\d+) of 6 answered", text)[1])


def test_from_the_home_to_an_answer_and_on_by_keyboard_alone(browser, server):
    _, folder = server
    before = answered(folder)
    desk = Desk(browser, server, "HOME.md")
    keyboard = desk.page.keyboard
    tab_to(desk, "Lab M00")
    keyboard.press("Enter")
    desk.wait_for_kernel()
    run_down_to(desk, "first_steps-q1-answer")
    keyboard.press("Enter")
    keyboard.press("Control+A")
    keyboard.type('number_of_accounts = case.posts["account_id"].nunique()')
    keyboard.press("Shift+Enter")
    keyboard.press("Shift+Enter")
    desk.page.get_by_text("Q1 How many accounts? right, 1 of 1 point").wait_for(timeout=60_000)
    tab_to(desk, "Hint 1 of 3")
    keyboard.press("Enter")
    assert desk.page.locator("details[open]").count() == 1
    tab_to(desk, "Say what SOCMINT is")
    keyboard.press("Enter")
    desk.page.wait_for_url("**/notebooks/01_what_socmint_is.ipynb", timeout=60_000)
    desk.wait_for_kernel()
    assert answered(folder) == before + 1
    assert desk.outside == []
    desk.page.close()


def test_the_watch_itself_sees_a_fault(browser):
    page = browser.new_page()
    page.set_content('<main><p class="x"><img src="a.png"></p></main>')
    (line,) = violations(page, ".x")
    assert line.startswith("image-alt")
    page.close()
