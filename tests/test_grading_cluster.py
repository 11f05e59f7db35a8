"""A class graded on a Dask cluster: same grades, same order, and a killed worker loses nothing."""

import os
import signal
import subprocess
import sys

import pytest

from socmint.__main__ import main
from socmint.course import ROOT
from socmint.errors import CourseError
from socmint.grading import classroom, demo, score
from socmint.grading.collect import collect
from socmint.grading.sandbox import why_not

LAB = "first_steps"
TRUST = why_not() is not None  # without bubblewrap, the way to the workers is tested all the same
CLUSTER = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a scheduler with two workers, each a process of its own."""
    folder = tmp_path_factory.mktemp("cluster")
    script = folder / "cluster.py"
    script.write_text(CLUSTER, encoding="utf-8")
    more = {"PYTHONPATH": str(ROOT), "DASK_TEMPORARY_DIRECTORY": str(folder)}
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, env=os.environ | more, cwd=folder,
    )  # fmt: skip
    with process:
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(30)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A class of six: right, wrong, partly, blank, broken and missing, graded here first."""
    folder = tmp_path_factory.mktemp("six")
    roster = folder / "r.csv"
    names = ["zoe", "ana", "ben", "cleo", "dan", "eva"]
    roster.write_text("id,name\n" + "".join(f"{n},{n}\n" for n in names), encoding="utf-8")
    group = classroom.init(folder / "class", roster)
    books = {
        "zoe": demo.solved(LAB, 3),
        "ana": demo.honest(9)[8],
        "ben": demo.with_code(LAB, "raise SystemExit", "q2", only=2),
        "cleo": demo.template(LAB),
        "dan": b"{",
    }
    for name, book in books.items():
        classroom.store(folder / "in" / f"{name}.ipynb", book)
    collect(group, LAB, [folder / "in"])
    return group, classroom.grade(group, LAB, trust=TRUST)


def told(results):
    """What must not depend on where it was run."""
    keep = ("status", "auto", "questions", "findings", "submission", "key")
    return [(name, {k: one.get(k) for k in keep}) for name, one in results.items()]


def test_same_grades_same_order_and_a_killed_worker_loses_nothing(address, handed_in):
    group, here = handed_in
    assert here["zoe"]["auto"] == 4
    again = classroom.grade(group, LAB, trust=TRUST, again=True, scheduler=address)
    assert told(again) == told(here)

    from distributed import Client

    killed = []

    def kill(share, learner):
        if not killed:
            with Client(address, set_as_default=False) as client:
                killed.extend(client.run(os.getpid).values())
            os.kill(killed[0], signal.SIGKILL)

    third = classroom.grade(group, LAB, trust=TRUST, again=True, scheduler=address, tell=kill)
    assert len(killed) == 2
    assert told(third) == told(here)


def test_a_worker_with_another_version_is_refused(address, handed_in, monkeypatch):
    made = score.versions()
    monkeypatch.setattr(score, "versions", lambda: made | {"pandas": "0"})
    # The workers look for themselves: there it is what it was.
    with pytest.raises(CourseError, match="another pandas"):
        classroom.grade(handed_in[0], LAB, trust=TRUST, again=True, scheduler=address)


def test_without_a_scheduler_it_is_said(handed_in, capsys):
    group, _ = handed_in
    line = ["class", "grade", LAB, "--class", str(group.folder), "--again"]
    assert main([*line, "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:1" in capsys.readouterr().err
