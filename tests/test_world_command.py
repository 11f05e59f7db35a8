"""`python -m socmint world …` as a user meets it: exit codes, one sentence, nothing left behind."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from world_helpers import VILLAGE, world

from socmint.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "socmint", "world"]
VILLAGE_NEW = ["new", "--scenario", "village", "--out", "w"]


def run(*words, cwd, **more):
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*COMMAND, *words], cwd=cwd, env=env, capture_output=True, text=True, check=False, **more
    )


def refused(done, sentence):
    """Exit code 2, and the sentence is all that is said."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1, done.stderr
    assert sentence in done.stderr


def test_a_world_is_made_described_and_verified(tmp_path):
    made = run(*VILLAGE_NEW, cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    posts, ties = (len(pd.read_csv(tmp_path / "w" / f"{name}.csv")) for name in ("posts", "ties"))
    end = f"w: 240 accounts, {posts:,} posts, {ties:,} ties, seed 1, with truth\n"
    assert made.stdout.endswith(end)
    assert run("verify", "w", cwd=tmp_path).returncode == 0
    assert f"{posts:,} rows" in run("describe", "w", cwd=tmp_path).stdout


def test_a_scenario_file_of_your_own_is_described_made_and_reported(tmp_path):
    own = 'extends = "hub"\n[world]\ntitle = "The dealer of Torvane"\naccounts = 800\n'
    own += '[network]\nsize = 25\ndifficulty = "easy"\n'
    (tmp_path / "torvane.toml").write_text(own)
    told = run("describe", "--scenario", "torvane.toml", cwd=tmp_path).stdout
    assert told.startswith("torvane: The dealer of Torvane\n  800 accounts unless")
    assert "  - a covert network of the type hub with 25 people, difficulty easy\n" in told
    words = ["--scenario", "torvane.toml", "--seed", "4"]
    made = run("new", *words, "--out", "w", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    members = pd.read_csv(tmp_path / "w" / "truth" / "people.csv")["population"].eq("HL")
    # A hub of 25 has 4 who lead; of the other 21, one in five has no account at the easy level.
    assert members.sum() == 25 - 21 // 5
    whole = run("verify", "w", cwd=tmp_path)
    assert "w is whole: torvane, seed 4, 800 accounts, with truth\n" in whole.stdout
    assert run("report", "w", "--out", "r.html", cwd=tmp_path).returncode == 0
    assert "The dealer of Torvane" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["new", "--scenario", "harbor", "--out", "w"], "'harbor' does not exist; there are: "),
        ([*VILLAGE_NEW, "--accounts", "20"], "needs at least 188 accounts; 20 were asked for"),
        ([*VILLAGE_NEW, "--accounts", "900000000"], "at most 5,000,000 accounts"),
        ([*VILLAGE_NEW, "--seed", "-4"], "seed must be a whole number of 0 or more, not -4"),
        ([*VILLAGE_NEW[:-1], "thesis.txt/w"], "cannot write beside "),
        ([*VILLAGE_NEW[:-1], "thesis.txt"], "thesis.txt is not empty; choose a folder"),
        ([*VILLAGE_NEW[:-1], "a" * 300], "cannot write "),
        ([*VILLAGE_NEW, "--format", "sqlite", "--out", "a" * 300], "cannot write "),
        ([*VILLAGE_NEW, "--format", "sqlite", "--out", "thesis.txt"], "thesis.txt exists already"),
        ([*VILLAGE_NEW, "--workers", "100000"], "--workers is a number of local processes, 1 to"),
        ([*VILLAGE_NEW, "--scheduler", ""], "--scheduler is local, or an address such as tcp:"),
        ([*VILLAGE_NEW, "--scheduler", "tls://127.0.0.1:1"], "no Dask scheduler answers at tls:"),
        (["report", "--scenario", "", "--out", "r.html"], "scenario '' does not exist"),
        (["report", "--scenario", "village", "--out", "thesis.txt"], "thesis.txt exists already"),
        (["verify", "nowhere"], "nowhere is not a world folder: it has no datapackage.json"),
        (["verify", "thesis.txt"], "thesis.txt is not a world folder"),
        (["describe", "--scenario", "../x"], "scenario '../x' does not exist"),
        (["describe", "--scenario", ""], "scenario '' does not exist"),
    ],
)
def test_each_wrong_wish_has_its_sentence(tmp_path, words, sentence):
    (tmp_path / "thesis.txt").write_text("mine")
    refused(run(*words, cwd=tmp_path), sentence)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert (tmp_path / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("form", ["csv", "sqlite"])
def test_a_link_that_leads_nowhere_is_left_alone(tmp_path, form):
    (tmp_path / "link").symlink_to("nowhere")
    done = run("new", "--scenario", "village", "--format", form, "--out", "link", cwd=tmp_path)
    refused(done, "link")
    assert (tmp_path / "link").is_symlink() and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("words", [["new"], ["new", "--seed", "one", "--out", "w"], ["make"], []])
def test_a_wrong_word_shows_the_usage(tmp_path, words):
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.startswith("usage: ")
    assert "Traceback" not in done.stderr and not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [["verify", "w"], ["describe", "w"]])
@pytest.mark.parametrize(
    ("file", "harm", "sentence"),
    [
        ("posts.csv", lambda c: c[: len(c) // 2], "posts.csv is cut off in its last line"),
        ("ties.csv", lambda c: c.replace(b"follow", b"mention", 1), "ties.csv was changed after"),
        ("accounts.csv", lambda c: b"", "accounts.csv has no column 'account_id'"),
        ("datapackage.json", lambda c: b"[]", "datapackage.json in w is damaged"),
        ("truth/people.csv", lambda c: c[:-1], "people.csv is cut off in its last line"),
    ],
)
def test_a_harmed_folder_is_refused(tmp_path, words, file, harm, sentence):
    folder = world(*VILLAGE).write(tmp_path / "w")
    (folder / file).write_bytes(harm((folder / file).read_bytes()))
    refused(run(*words, cwd=tmp_path), sentence)


def test_verify_names_each_file_that_is_no_part_of_the_world(tmp_path):
    folder = world(*VILLAGE).write(tmp_path / "w")
    (folder / "README.md").write_text("what this folder is")
    clean = run("verify", "w", cwd=tmp_path)
    assert (clean.returncode, clean.stderr) == (0, "")
    # A table of the truth lies beside the tables: it has the name of a table, and is none here.
    (folder / "people.csv").write_bytes((folder / "truth" / "people.csv").read_bytes())
    (folder / "truth" / "my notes.txt").write_text("mine")
    done = run("verify", "w", cwd=tmp_path)
    warning = "warning: not part of this world, not checked: people.csv, truth/my notes.txt\n"
    assert (done.returncode, done.stderr, done.stdout) == (0, warning, clean.stdout)
    for number in range(10):
        (folder / f"a{number}").touch()
    crowd = run("verify", "w", cwd=tmp_path).stderr
    assert crowd.endswith("checked: a0, a1, a2, a3, a4, a5, a6, a7, a8, a9 and 2 more\n")


@pytest.mark.parametrize("form", ["csv", "sqlite"])
def test_no_room_for_a_file_leaves_nothing(tmp_path, form):
    # The system refuses to let any file grow beyond 100 kB; posts.csv needs 380 kB.
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = run(*VILLAGE_NEW, "--format", form, cwd=tmp_path, preexec_fn=limit)
    refused(done, f"cannot write {tmp_path.resolve() / 'w'}: ")
    assert "; nothing was kept" in done.stderr and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["new", "--scenario", "village", "--out", "w"], ["people", "writing"]),
        (["new", "--scenario", "village", "--format", "sqlite", "--out", "w"], ["people", "writ"]),
        (["report", "--scenario", "village", "--out", "w"], ["people", "measuring", "writing"]),
        (["verify", "made"], ["accounts", "posts", "ties"]),
    ],
)
def test_a_terminal_shows_a_bar_that_rises_and_goes(tmp_path, monkeypatch, capsys, words, told):
    monkeypatch.chdir(tmp_path)
    world(*VILLAGE).write(tmp_path / "made")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert main(["world", *words]) == 0
    said = capsys.readouterr().err
    share = [int(found) for found in re.findall(r"\] +(\d+)%", said)]
    assert share[0] == 0 and share[-1] == 100
    assert all(word in said for word in told)
    assert said.endswith("\r" + " " * 60 + "\r")


def test_no_room_for_a_report_leaves_nothing(tmp_path):
    world(*VILLAGE).write(tmp_path / "w")

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # the page needs more

    done = run("report", "w", "--out", "r.html", cwd=tmp_path, preexec_fn=limit)
    refused(done, f"cannot write {tmp_path.resolve() / 'r.html'}: File too large; nothing was kept")
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


def test_what_is_said_may_be_cut_short_or_lack_letters(tmp_path):
    own = 'extends = "village"\n[world]\ntitle = "Ñandú"\n'
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    words = [*COMMAND, "describe", "--scenario", str(tmp_path / "own.toml")]
    done = subprocess.run(words, env=env, capture_output=True, check=True)
    assert done.stdout.startswith(rb"own: \xd1and\xfa")  # a console without these letters
    with Path("/dev/full").open("w") as full:  # a disk without room
        done = subprocess.run(
            words, env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "error: cannot write the output: No space left on device\n"
    with subprocess.Popen(
        words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:  # a reader such as `head`, who goes away
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait(60) == 0


@pytest.mark.parametrize(
    ("form", "number"),
    [
        ("csv", signal.SIGINT),
        ("sqlite", signal.SIGINT),
        ("csv", signal.SIGHUP),  # the terminal was closed
        ("sqlite", signal.SIGTERM),  # what a shutting computer sends
    ],
)
def test_a_stop_while_files_are_written_leaves_nothing(tmp_path, form, number):
    words = ["new", "--accounts", "6000", "--format", form, "--out", "w"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*COMMAND, *words],
        cwd=tmp_path,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
        # A suite that was started in the background ignores Ctrl-C, and so would this process.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    limit = time.monotonic() + 60
    while not any(path.is_file() for path in tmp_path.glob(".w-*/*")):
        assert process.poll() is None and time.monotonic() < limit, "no file was begun"
        time.sleep(0.002)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "\nStopped. Nothing was left half done.\n"
    assert not list(tmp_path.iterdir())
