"""The ledger loses nothing but an unfinished line, and names what was done to it."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from socmint.desk.ledger import Ledger
from socmint.errors import CourseError


def book(folder, lines=6):
    ledger = Ledger(folder / "case.jsonl")
    for number in range(lines):
        ledger.add({"call": "view", "ids": [f"p-{number}"], "points": 1.5, "reason": "señal"})
    return ledger


def test_lines_are_numbered_and_chained_and_read_again(tmp_path):
    ledger = book(tmp_path)
    again = Ledger(ledger.path)
    assert again.lines == ledger.lines
    assert [line["line"] for line in again.lines] == [1, 2, 3, 4, 5, 6]
    assert again.lines[0]["previous"] == "0" * 64
    assert all(
        two["previous"] == one["sha256"]
        for one, two in zip(again.lines, again.lines[1:], strict=False)
    )
    assert again.last_hash == ledger.lines[-1]["sha256"]


def test_one_flipped_byte_is_named(tmp_path):
    ledger = book(tmp_path)
    data = ledger.path.read_bytes()
    place = data.index(b'"p-3"') + 3
    ledger.path.write_bytes(data[:place] + b"7" + data[place + 1 :])
    with pytest.raises(CourseError, match="line 4 does not match its hash"):
        Ledger(ledger.path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_flipped_byte_is_found(tmp_path_factory, data):
    ledger = book(tmp_path_factory.mktemp("book"), 3)
    content = bytearray(ledger.path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    ledger.path.write_bytes(bytes(content))
    with pytest.raises(CourseError):
        Ledger(ledger.path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: lines[:2] + lines[3:], "was cut: line 3 is missing, line 4 stands there"),
        (lambda lines: lines[1:], "was cut: line 1 is missing"),
        (lambda lines: lines[:4], "2 lines are missing at the end"),
        (lambda lines: [], "6 lines are missing at the end"),
        (
            lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
            "re-ordered: line 3 stands where 2 belongs",
        ),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "cut|re-ordered"),
        (lambda lines: [*lines[:3], b"hello\n", *lines[3:]], "line 4 is no longer a record"),
    ],
)
def test_what_was_done_to_the_lines_is_named(tmp_path, change, words):
    ledger = book(tmp_path)
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join(change(lines)))
    with pytest.raises(CourseError, match=words):
        Ledger(ledger.path)


def test_a_ledger_made_anew_does_not_pass_for_the_old_one(tmp_path):
    old, new = book(tmp_path / "a", 4), book(tmp_path / "b", 2)
    forged = Ledger(new.path)
    for _ in range(2):
        forged.add({"call": "view", "ids": [], "points": 0.0})
    old.path.write_bytes(forged.path.read_bytes())
    with pytest.raises(CourseError, match="made anew"):
        Ledger(old.path)


def test_a_missing_head_is_no_excuse(tmp_path):
    ledger = book(tmp_path)
    ledger.head.unlink()
    with pytest.raises(CourseError, match=r"case\.head"):
        Ledger(ledger.path)


@pytest.mark.parametrize("cut", [1, 20, -1])
def test_an_unfinished_last_line_is_dropped_and_the_rest_stands(tmp_path, cut):
    ledger = book(tmp_path)
    whole = ledger.path.read_bytes()
    # The next line as it would have been, cut in the middle: the kernel was killed there.
    ledger.add({"call": "view", "ids": ["p-99"], "points": 1.0})
    torn = ledger.path.read_bytes()[len(whole) :][:cut]
    ledger.path.write_bytes(whole + torn)
    ledger.head.write_text(
        f"{6:012d} {ledger.lines[5]['sha256']}\n"
    )  # the head is written afterwards
    again = Ledger(ledger.path)
    assert len(again.lines) == 6 and again.dropped == 1
    assert ledger.path.read_bytes() == whole
    again.add({"call": "view", "ids": [], "points": 0.0})
    assert len(Ledger(ledger.path).lines) == 7


def test_a_line_written_before_its_head_is_kept(tmp_path):
    ledger = book(tmp_path)
    head = ledger.head.read_bytes()
    ledger.add({"call": "view", "ids": [], "points": 0.0})
    ledger.head.write_bytes(head)  # killed between the two
    assert len(Ledger(ledger.path).lines) == 7


WRITER = """
import sys
from pathlib import Path
from socmint.desk.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
print("ready", flush=True)
number = 0
while True:
    ledger.add({"call": "view", "ids": ["p-" + "x" * 2000], "points": 1.0, "who": sys.argv[2]})
    number += 1
    if len(sys.argv) > 3 and number == int(sys.argv[3]):
        break
"""


def test_a_killed_writer_leaves_a_ledger_that_opens(tmp_path):
    path = tmp_path / "case.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), "one"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    while not path.exists() or path.stat().st_size < 100_000:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL) if os.name == "posix" else process.kill()
    process.communicate()
    ledger = Ledger(path)
    assert len(ledger.lines) >= 40
    ledger.add({"call": "view", "ids": [], "points": 0.0})
    assert Ledger(path).lines == ledger.lines


def test_two_writers_take_turns(tmp_path):
    path = tmp_path / "case.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), who, "40"]) for who in "ab"
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    lines = Ledger(path).lines
    assert [line["line"] for line in lines] == list(range(1, 81))
    assert sorted(line["who"] for line in lines) == ["a"] * 40 + ["b"] * 40


def test_a_second_notebook_sees_the_lines_of_the_first(tmp_path):
    one = book(tmp_path, 2)
    two = Ledger(one.path)
    two.add({"call": "seal", "ids": [], "points": 0.0})
    one.add({"call": "view", "ids": [], "points": 0.0})
    assert [line["call"] for line in one.lines] == ["view", "view", "seal", "view"]


def test_the_table_for_a_spreadsheet_runs_no_formula(tmp_path):
    ledger = Ledger(tmp_path / "case.jsonl")
    ledger.add({"call": "view", "reason": '=HYPERLINK("x")', "ids": ["p-1", "p-2"]})
    ledger.add({"call": "wait", "reason": "-1, said\nsomebody", "day": 2})
    rows = list(csv.DictReader(io.StringIO(ledger.csv())))
    assert rows[0]["reason"] == '\'=HYPERLINK("x")'
    assert rows[1]["reason"] == "'-1, said\nsomebody"
    assert json.loads(rows[0]["ids"]) == ["p-1", "p-2"]
    assert [row["line"] for row in rows] == ["1", "2"]


def test_a_folder_that_cannot_be_written_is_a_clear_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CourseError, match="cannot be written"):
        Ledger(tmp_path / "file" / "case.jsonl")


def test_a_ledger_held_elsewhere_is_a_clear_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("socmint.desk.ledger.WAIT", 0.1)
    ledger = book(tmp_path, 1)
    with (
        FileLock(f"{ledger.path}.lock"),
        pytest.raises(CourseError, match="Another notebook holds"),
    ):
        Ledger(ledger.path)
