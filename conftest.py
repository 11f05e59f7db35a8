"""What the whole suite stands on: a neutral environment and a watch over every notebook.

nbval turns each code cell into a test. This file adds what nbval leaves open: the notebooks run
without the user's own settings, a cell that writes to stderr fails, and so does a notebook that
takes too long. The time of each notebook is printed at the end.
"""

import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

SECONDS = pytest.StashKey[Counter]()
SETTINGS = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_addoption(parser):
    parser.addini("notebook_seconds", "a notebook that takes longer than this fails")


def pytest_configure(config):
    """Keep the user's Jupyter settings and variables away from the kernels of this run."""
    config.stash[SECONDS] = Counter()
    config.stash[SETTINGS] = folder = tempfile.TemporaryDirectory(prefix="course-tests-")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        os.environ[name] = folder.name
    for name in ("MPLBACKEND", "PYTHONSTARTUP", "SOCMINT_SEED", "SOCMINT_WORLD"):
        os.environ.pop(name, None)
    os.environ["SOCMINT_CASEBOOK"] = str(Path(folder.name) / "casebook")
    os.environ["PYTHONHASHSEED"] = "0"


def pytest_unconfigure(config):
    if SETTINGS in config.stash:
        config.stash[SETTINGS].cleanup()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if isinstance(item, IPyNbCell):
        fault = _fault(item, report)
        if report.passed and fault:
            report.outcome, report.longrepr = "failed", fault
    return report


def _fault(cell, report):
    """What is wrong with a cell that ran, in a sentence, or nothing."""
    notebook = cell.nodeid.partition("::")[0]
    limit = float(cell.config.getini("notebook_seconds"))
    seconds = cell.config.stash[SECONDS]
    in_time = seconds[notebook] <= limit
    seconds[notebook] += report.duration
    if in_time and seconds[notebook] > limit:
        return f"{notebook} takes longer than {limit:g} seconds."
    outputs = (cell.test_outputs or []) if report.when == "call" else []
    errors = "".join(o.text for o in outputs if o.get("name") == "stderr")
    # In a graded cell, nbgrader gives no points when anything is on stderr.
    return f"{cell.nodeid} writes to stderr:\n{errors}" if errors else None


def pytest_terminal_summary(terminalreporter, config):
    if any("test_claims" in report.nodeid for report in terminalreporter.getreports("passed")):
        from socmint.authoring.claims import waiting

        terminalreporter.section("claims of the sources that wait for their module")
        terminalreporter.line(", ".join(f"{m} {n}" for m, n in sorted(waiting().items())) or "none")
    # From the reports, because with several processes each has a stash of its own.
    seconds = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            notebook = getattr(report, "nodeid", "").partition("::")[0]
            if notebook.endswith(".ipynb") and hasattr(report, "duration"):
                seconds[notebook] += report.duration
    if seconds:
        terminalreporter.section("seconds per notebook, kernel start included")
        for notebook, took in seconds.most_common():
            terminalreporter.line(f"{took:7.1f}  {notebook}")
