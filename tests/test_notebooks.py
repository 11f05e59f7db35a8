"""Every notebook of the table of contents is run, none is let off, and the watch bites.

The cells themselves are run by nbval in the same pytest run; see conftest.py.
"""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import metadata_tags

from socmint import course

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["notebooks", "labs", "solutions"]


def declared():
    """The notebooks that course.toml asks for."""
    names = {"notebooks/00_start_here.ipynb"}
    for module in course.load().modules:
        names.add(f"notebooks/{module.number}_{module.topic}.ipynb")
        if module.questions:
            names.add(f"labs/{module.topic}/{module.topic}.ipynb")
            names.add(f"solutions/{module.topic}/{module.topic}.ipynb")
    return names


def run_pytest(*arguments, **variables):
    """Run pytest in a process of its own, with the settings and the conftest of the course."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pyproject.toml", *arguments],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_suite_collects_the_notebooks_of_the_course_and_no_others():
    run = run_pytest("--collect-only", "-qq", "--rootdir", ".", *FOLDERS)
    assert run.returncode == 0, run.stdout + run.stderr
    counted = [line.rpartition(": ") for line in run.stdout.splitlines() if ".ipynb: " in line]
    collected = {name for name, _, cells in counted if int(cells) > 0}
    assert collected == declared()


def test_the_notebook_folders_hold_nothing_else():
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file())
    names = {path.relative_to(ROOT).as_posix() for path in files}
    # What Jupyter, nbval and learners leave behind is not part of the course; git ignores it.
    left = {".ipynb_checkpoints", "bag"}
    assert {name for name in names if not left & set(name.split("/"))} == declared()


@pytest.mark.parametrize("name", sorted(declared()))
def test_no_cell_is_let_off(name):
    notebook = nbformat.read(ROOT / name, as_version=4)
    # nbval's own marks would let a cell pass unrun, or with an error.
    for cell in notebook.cells:
        assert not {*metadata_tags} & {*cell.metadata.get("tags", [])}, cell.id
        assert "NBVAL_" not in cell.source, cell.id


# --- the watch itself, on notebooks made for the purpose ------------------------------------------


def write_notebook(path, *cells):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
    nbformat.write(made, path)


def run_notebooks(folder, *arguments, **variables):
    return run_pytest(
        "--rootdir", str(folder), "-p", "conftest", *arguments, str(folder), **variables
    )


def test_good_cells_pass_and_bad_ones_fail(tmp_path):
    write_notebook(
        tmp_path / "good.ipynb",
        "import os, pathlib, socmint",
        f"assert pathlib.Path.cwd() == pathlib.Path({str(tmp_path)!r}).resolve()",
        "assert os.environ['PYTHONHASHSEED'] == '0'",
        "assert 'SOCMINT_SEED' not in os.environ and os.environ['MPLBACKEND'] != 'agg'",
        "assert os.environ['IPYTHONDIR'] != 'mine'",
    )
    write_notebook(tmp_path / "noisy.ipynb", "import sys; print('psst', file=sys.stderr)")
    write_notebook(tmp_path / "wrong.ipynb", "assert 1 + 1 == 3")
    run = run_notebooks(tmp_path, SOCMINT_SEED="5", MPLBACKEND="agg", IPYTHONDIR="mine")
    assert run.returncode == 1
    assert "noisy.ipynb::Cell 0 writes to stderr:\npsst" in run.stdout
    assert "wrong.ipynb::Cell 0 ___" in run.stdout
    assert "2 failed, 5 passed" in run.stdout.splitlines()[-1]


def test_a_slow_notebook_fails_once_and_the_times_are_printed(tmp_path):
    write_notebook(tmp_path / "slow.ipynb", "1", "2")
    run = run_notebooks(tmp_path, "--override-ini=notebook_seconds=0.001")
    assert run.returncode == 1
    assert "slow.ipynb takes longer than 0.001 seconds." in run.stdout
    assert "1 passed, 1 error" in run.stdout.splitlines()[-1]
    assert "seconds per notebook" in run.stdout
