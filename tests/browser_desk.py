"""A notebook open in a real browser: what the tests with a JupyterLab share.

The fixtures `server` and `browser` are in conftest.py. Screenshots go to the folder that
SOCMINT_SCREENSHOTS names, when it is set.
"""

import os
import re
import shutil
from pathlib import Path

CHROMIUM = shutil.which("chromium")
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
        if path.endswith(".ipynb"):
            self.wait_for_kernel()
        else:
            self.page.wait_for_selector(".jp-MarkdownViewer h1", timeout=120_000)

    def wait_for_kernel(self):
        """Wait until the notebook in front is there and its kernel is free."""
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

    def go_dark(self):
        """Change to the dark theme."""
        self.page.evaluate(
            "() => window.jupyterapp.commands.execute('apputils:change-theme', "
            "{theme: 'JupyterLab Dark'}).then(() => null)"
        )
        self.page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")

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

    def run_cell(self, cell_id):
        """Run one cell with Shift+Enter's twin and wait for its end."""
        self.go_to(cell_id)
        self.page.evaluate(
            "() => window.jupyterapp.commands.execute('notebook:run-cell').then(() => null)"
        )

    def run_check(self, cell_id):
        """Run one check cell and return its output."""
        self.run_cell(cell_id)
        return next(out["data"] for out in self.outputs()[cell_id] if "data" in out)

    def save_and_leave(self):
        """Save the notebook, stop its kernel and close the window."""
        self.do("docmanager:save")
        self.page.wait_for_function(f"!{NOTEBOOK}.context.model.dirty", timeout=30_000)
        self.page.evaluate(f"() => {NOTEBOOK}.sessionContext.shutdown().then(() => null)")
        self.page.close()

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


def faults(desk):
    """Return every error and every line on stderr among the outputs."""
    return [
        (cell_id, output.get("ename", output.get("text")))
        for cell_id, outputs in desk.outputs().items()
        for output in outputs
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]
