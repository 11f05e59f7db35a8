"""A learner in a real browser: cells run, a wrong answer gets its sentence, a right one its points.

Needs Debian's chromium. Without it these tests are skipped, unless SOCMINT_REQUIRE_BROWSER is set.
Screenshots go to the folder that SOCMINT_SCREENSHOTS names, when it is set.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from socmint.case import open_lab
from socmint.check import load_keys
from socmint.course import ROOT, load

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None and not os.environ.get("SOCMINT_REQUIRE_BROWSER"):
    pytest.skip(
        "no chromium on this machine: the browser tests did not run", allow_module_level=True
    )

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = "meridia"
NOTEBOOK = "window.jupyterapp?.shell?.currentWidget"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Serve copies of the notebooks in a JupyterLab of its own; return its address and folder."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("notebooks", "labs", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "SOCMINT_SEED": "1",
    }
    command = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--expose-app-in-browser"),
        *(f"--port={port}", f"--IdentityProvider.token={TOKEN}", "--allow-root"),
        f"--ServerApp.root_dir={folder}",
        "--LabApp.news_url=None",
    ]
    address = f"http://127.0.0.1:{port}"
    with (home / "log.txt").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5).close()
                    break
                except OSError:
                    assert process.poll() is None, (home / "log.txt").read_text()
                    time.sleep(0.25)
            yield address, folder
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def browser():
    """Start chromium once."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "SOCMINT_REQUIRE_BROWSER is set, but there is no chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Desk:
    """One notebook open in one browser window, with every request outside the machine refused."""

    def __init__(self, browser, server, path, dark=False):
        address, _ = server
        self.outside = []
        scheme = "dark" if dark else "light"
        self.page = browser.new_page(
            viewport={"width": 1280, "height": 1000}, color_scheme=scheme, locale="en-GB"
        )
        self.page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), self._refuse)
        self.page.goto(f"{address}/lab/tree/{path}?token={TOKEN}&reset")
        self.page.wait_for_function(
            f"{NOTEBOOK}?.content?.model?.cells?.length > 0 && "
            f"{NOTEBOOK}.sessionContext.session?.kernel?.status === 'idle'",
            timeout=120_000,
        )

    def _refuse(self, route):
        self.outside.append(route.request.url)
        route.abort()

    def do(self, command):
        """Run a JupyterLab command, as its menu does."""
        self.page.evaluate(f"() => {{ window.jupyterapp.commands.execute('{command}') }}")

    def run_all(self):
        """Run every cell and wait until all have run."""
        self.do("notebook:run-all-cells")
        self.page.wait_for_function(
            f"[...{NOTEBOOK}.content.model.cells].every(cell => cell.type !== 'code' || "
            "!cell.sharedModel.source.trim() || cell.executionCount > 0) && "
            f"{NOTEBOOK}.sessionContext.session.kernel.status === 'idle'",
            timeout=180_000,
        )

    def outputs(self):
        """Return the outputs of all code cells, by cell id."""
        return self.page.evaluate(
            f"() => Object.fromEntries([...{NOTEBOOK}.content.model.cells]"
            ".filter(cell => cell.type === 'code')"
            ".map(cell => [cell.sharedModel.getId(), cell.outputs.toJSON()]))"
        )

    def go_to(self, cell_id):
        """Make a cell the active one and scroll to it."""
        self.page.evaluate(
            f"id => {{ const book = {NOTEBOOK}.content; "
            "book.activeCellIndex = [...book.model.cells]"
            ".findIndex(cell => cell.sharedModel.getId() === id); "
            "book.deselectAll(); return book.scrollToItem(book.activeCellIndex, 'center'); }",
            cell_id,
        )
        self.page.wait_for_timeout(300)

    def type_answer(self, cell_id, source):
        """Replace the text of a cell by typing, as a learner does."""
        self.go_to(cell_id)
        self.do("notebook:enter-edit-mode")
        self.page.wait_for_timeout(300)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Control+Enter")

    def run_check(self, cell_id):
        """Run one check cell with Shift+Enter's twin and return its output."""
        self.go_to(cell_id)
        self.page.evaluate(
            "() => window.jupyterapp.commands.execute('notebook:run-cell').then(() => null)"
        )
        return next(out["data"] for out in self.outputs()[cell_id] if "data" in out)

    def picture(self, name):
        """Take a screenshot when someone wants to look."""
        folder = os.environ.get("SOCMINT_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(700)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"))


def joined(data):
    """Return a MIME value as one text."""
    return "".join(data) if isinstance(data, list) else data


def answer_source(cell_id, solution_line):
    """Return the learner's cell with the dots replaced by an answer."""
    topic = cell_id.split("-")[0]
    notebook = nbformat.read(ROOT / "labs" / topic / f"{topic}.ipynb", as_version=4)
    source = next(cell.source for cell in notebook.cells if cell.id == cell_id)
    return re.sub(r"\.\.\.[^\n]*", solution_line, source)


def faults(desk):
    """Return every error and every line on stderr among the outputs."""
    return [
        (cell_id, output.get("ename", output.get("text")))
        for cell_id, outputs in desk.outputs().items()
        for output in outputs
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]


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
        desk.page.evaluate(
            "() => window.jupyterapp.commands.execute('apputils:change-theme', "
            "{theme: 'JupyterLab Dark'}).then(() => null)"
        )
        desk.page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")
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
    desk.page.get_by_text("A follow shows who listens").wait_for(timeout=10_000)
    desk.page.get_by_role("button", name="Many accounts follow it.").click()
    desk.page.get_by_text("attention is all you know").wait_for(timeout=10_000)
    desk.picture("networks-quiz")
    assert desk.outside == []
    desk.page.close()
