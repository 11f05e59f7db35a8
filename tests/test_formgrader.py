"""An instructor in nbgrader's own pages, in a real browser: marks, comments, and silent attacks.

With SOCMINT_SCREENSHOTS=docs/pictures, this makes the pictures of docs/instructor_guide.md anew.
"""

import csv
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import datetime
from pathlib import Path

import pytest
from browser_desk import TOKEN
from marked_class import LAB, TEXT, graded, hand_in, make_class

from socmint.__main__ import main
from socmint.check import load_keys
from socmint.course import ROOT, load
from socmint.grading import books, classroom
from socmint.grading.demo import solutions

ALL = {question.id: question.points for question in load().find(LAB).questions}
RUBRIC = "It ties collection to a purpose"
HIT = "window.top.hit = document.title"
PROBES = [
    {
        "text/html": f"<script>{HIT}</script><img src=x onerror='{HIT}'><svg onload='{HIT}'></svg>"
        f"<iframe srcdoc='<script>{HIT}</script>'></iframe><details open ontoggle='{HIT}'>"
        f"<a href='javascript:{HIT}' class='score'>probe</a></details>"
        "<img src='http://evil.example/pixel.png'><link rel=stylesheet href=http://evil.example/a>"
        "<p style='background:url(http://evil.example/b.png)'>x</p>"
        "<form action='http://evil.example'><button>probe</button></form>"
    },
    {
        "image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{HIT}" width="9" '
        f'height="9"><script>{HIT}</script><image href="http://evil.example/c.png"/></svg>'
    },
    {"image/png": f'x" onerror="{HIT}', "text/plain": f"<img src=x onerror='{HIT}'>"},
]
ADVICE = """Chief, 66 % of the posts were public. One look is a line in the log. A copy of all
posts, every day, is a picture of many people's lives: it needs an authorising officer. Write down
first what we must know, and stop when we know it."""


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    """A class of four: a good lab, one full of probes, one that nobody can read, one empty."""
    folder = tmp_path_factory.mktemp("marking")
    probe = "" if os.environ.get("SOCMINT_SCREENSHOTS") else " <img src=x onerror=top.hit=1>"
    names = ["Ana Brisol", f"Ben{probe} Corvado", "Clara Delmar"]
    rows = zip(("ana", "ben", "clara", "dario"), [*names, "Dario Estrel"], strict=True)
    made = make_class(folder, rows)
    said = {question: [key.right] for question, key in load_keys(LAB).items()}
    said["q1"] = ["12 of 16 rows are right."]
    solved = {name: re.sub(r" *###.*\n", "", source) for name, source in solutions(LAB).items()}
    graded(made, "ana", ALL | {"q1": 1.5}, text=ADVICE, notes=said, answers=solved)
    bad = f"<script>{HIT}</script> **x** <img src=x onerror='{HIT}'>"
    cells = [f"{LAB}-q1-answer", TEXT]
    notes, findings = {"q1": [bad]}, [f"q1 was changed to {bad}"]
    more = {"shown": dict.fromkeys(cells, PROBES), "notes": notes, "findings": findings}
    graded(made, "ben", ALL, text=bad, **more)
    hand_in(made, "clara", b"{")
    graded(made, "dario")
    classroom.due_of(made, LAB, datetime(2026, 11, 1, 12))
    late = {"from": "in/ben.ipynb", "changed": "2026-11-02T08:15:00", "late": True}
    classroom.store_json(made.path("submitted", LAB, "ben.json"), late)
    books.enter(made, LAB)
    return made


@pytest.fixture(scope="module")
def address(group, tmp_path_factory):
    """Open the class as `socmint class open` does; return where it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    quiet = home / "settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "socmint", "class", "open", str(group.folder)]
    command += ["--no-browser", "--port", str(port)]
    with (home / "log.txt").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=ROOT)
        try:
            for _ in range(480):
                try:
                    urllib.request.urlopen(
                        f"http://127.0.0.1:{port}/api?token={TOKEN}", timeout=5
                    ).close()
                    break
                except OSError:
                    assert process.poll() is None, (home / "log.txt").read_text()
                    time.sleep(0.25)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


class Marker:
    """An instructor at nbgrader's pages, with every request outside the machine refused."""

    def __init__(self, browser, address):
        self.address, self.outside, self.dialogs = address, [], []
        self.page = browser.new_page(viewport={"width": 1200, "height": 760}, locale="en-GB")
        self.page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), self._refuse)
        self.page.on("dialog", lambda dialog: (self.dialogs.append(1), dialog.dismiss()))
        self.page.goto(f"{address}/lab?token={TOKEN}&reset")
        self.page.wait_for_selector(".jp-LauncherCard", timeout=120_000)

    def _refuse(self, route):
        self.outside.append(route.request.url)
        route.abort()

    def go(self, path):
        self.page.goto(f"{self.address}/formgrader/{path}")
        self.page.wait_for_load_state("networkidle")

    def submission(self, learner):
        """Open a learner's marking page."""
        with books._book(self.group) as book:
            number = book.find_submission_notebook(LAB, LAB, learner).id
        self.go(f"submissions/{number}/")

    def picture(self, name, **more):
        """Take a screenshot when someone wants to look."""
        folder = os.environ.get("SOCMINT_SCREENSHOTS")
        if folder:
            self.page.wait_for_timeout(700)
            self.page.screenshot(path=str(Path(folder) / f"marking-{name}.png"), **more)


@pytest.fixture(scope="module")
def marker(browser, group, address):
    """One instructor for all tests of this file."""
    made = Marker(browser, address)
    made.group = group
    yield made
    made.page.close()


def test_formgrader_opens_from_the_menu_and_tells_the_unreadable_from_the_empty(marker):
    marker.page.locator("#jp-MainMenu").get_by_text("Nbgrader").click()
    marker.page.get_by_role("menuitem", name="Formgrader").first.click()
    frame = marker.page.frame_locator("iframe")
    frame.get_by_text(LAB).first.wait_for(timeout=60_000)
    assert frame.get_by_text("exchange", exact=False).locator("visible=true").count() == 0
    number = frame.locator(f"a[href$='manage_submissions/{LAB}']")
    number.scroll_into_view_if_needed()  # it stands below the instructions
    assert number.inner_text() == "4"
    due = frame.locator("tr", has_text=LAB).locator(".duedate")
    assert "2026-11-01 12:00" in due.inner_text()
    marker.picture("assignments")
    marker.go(f"manage_submissions/{LAB}")
    rows = {learner: marker.page.locator("tr", has_text=learner) for learner in ("ana", "clara")}
    rows["ana"].get_by_text("needs manual grading").wait_for(timeout=20_000)
    rows["clara"].get_by_text("needs autograding").wait_for(timeout=20_000)
    marker.page.locator("tr", has_text="dario").get_by_text("0 / 20").wait_for()
    marker.picture("submissions")


def test_a_text_is_marked_beside_its_rubric(marker):
    marker.submission("ana")
    score = marker.page.locator(f"[id='{TEXT}']")
    auto = marker.page.locator(f"[id='{LAB}-q1-check']")
    marker.page.wait_for_function(
        "id => document.getElementById(id).getAttribute('placeholder') === '1.5'",
        arg=f"{LAB}-q1-check",
    )
    auto.scroll_into_view_if_needed()
    marker.picture("partial")
    assert marker.page.get_by_text(RUBRIC).is_visible()
    comment = marker.page.locator(f"[id='{TEXT}-comment']")
    cell = marker.page.locator(".nbgrader_cell", has=score)
    score.scroll_into_view_if_needed()
    score.fill("2.5")
    comment.click()
    comment.fill("Well put. Name who decides, and until when.")
    with marker.page.expect_response(re.compile("/api/comment/")):
        comment.evaluate("field => field.blur()")  # nbgrader saves when the field is left
    marker.page.wait_for_timeout(800)  # and scrolls to the field that was clicked
    heading = marker.page.get_by_role("heading", name="Q8. Advise the chief")
    heading.evaluate("it => window.scrollTo(0, it.getBoundingClientRect().top + scrollY - 70)")
    marker.picture("text")
    assert cell.count() == 1
    marker.page.wait_for_function(
        "() => fetch(base_url + '/api/grades?submission_id=' + submission_id)"
        ".then(answer => answer.json()).then(all => all.some(one => one.manual_score === 2.5))"
    )


def test_the_marker_sees_who_is_late(marker):
    marker.submission("ana")
    assert marker.page.get_by_text("handed in 2026-11-01 10:00", exact=True).is_visible()
    marker.submission("ben")
    late = "late: 20 hours and 15 minutes after it was due (2026-11-01 12:00)"
    assert marker.page.get_by_text(late).is_visible()


def test_probes_are_silent(marker):
    marker.submission("ben")
    marker.page.wait_for_timeout(1500)
    assert marker.page.evaluate("window.top.hit") is None
    for link in marker.page.get_by_text("probe", exact=True).all():
        link.click(timeout=2000)
    for path in (f"manage_submissions/{LAB}", f"gradebook/{LAB}/{LAB}", "manage_students"):
        assert marker.page.evaluate("window.top.hit") is None
        marker.go(path)
    assert marker.page.evaluate("window.top.hit") is None
    assert (marker.outside, marker.dialogs) == ([], [])


def test_the_buttons_run_nothing_and_leak_nothing(marker, group):
    marker.go(f"manage_submissions/{LAB}")
    marker.page.locator("tr", has_text="clara").locator(".autograde a").click()
    said = marker.page.get_by_text("clara has no score: unreadable").first
    said.wait_for(timeout=120_000)
    assert said.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert marker.page.get_by_text("Traceback").locator("visible=true").count() == 0
    marker.go(f"manage_submissions/{LAB}")
    marker.page.locator("tr", has_text="ana").locator(".generate-feedback a").click()
    marker.page.get_by_text("Successfully").first.wait_for(timeout=60_000)
    made = group.folder / "books" / "feedback" / "ana" / LAB / f"{LAB}.html"
    text = made.read_text(encoding="utf-8")
    assert "Name who decides" in text
    assert RUBRIC not in text


def test_mark_and_comment_arrive_in_table_and_page(marker, browser, group, tmp_path):
    for command in (["export", LAB, "--out", str(tmp_path / "out.csv")], ["feedback", LAB]):
        assert main(["class", *command, "--class", str(group.folder)]) == 0
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    auto = sum((ALL | {"q1": 1.5}).values())
    assert (rows["ana"]["q8 by hand"], float(rows["ana"]["score"])) == ("2.5", auto + 2.5)
    assert (rows["ben"]["score"], rows["ben"]["marks open"]) == ("", "1")
    assert (rows["clara"]["score"], rows["clara"]["status"]) == ("", "unreadable")
    pages = group.folder / "feedback" / LAB
    outside = []
    page = browser.new_page()
    page.on("request", lambda request: outside.append(request.url))
    page.set_viewport_size({"width": 900, "height": 760})
    for learner in ("ben", "ana"):
        page.goto((pages / f"{LAB}_{learner}.html").as_uri())
        assert page.evaluate("window.hit") is None
    assert page.get_by_text("Well put. Name who decides").is_visible()
    assert page.get_by_text("by hand 2.5 of 4").is_visible()
    assert RUBRIC not in page.content()
    assert [url for url in outside if not url.startswith(("file:", "data:"))] == []
    if os.environ.get("SOCMINT_SCREENSHOTS"):
        folder = Path(os.environ["SOCMINT_SCREENSHOTS"])
        page.evaluate("document.querySelectorAll('section')[7].scrollIntoView()")
        page.screenshot(path=str(folder / "marking-feedback.png"))
    page.close()
