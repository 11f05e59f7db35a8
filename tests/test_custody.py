"""The evidence bag: what it notes, who can check it, and every kind of damage it must name."""

import doctest
import hashlib
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from socmint import custody, custody_figures
from socmint.chain import GENESIS, first_break, seal
from socmint.custody_figures import draw_chain, draw_clocks
from socmint.errors import CourseError

NOON = datetime(2031, 3, 12, 9, 14, 7, tzinfo=timezone(timedelta(hours=-2)))
PAGES = {"cap-01.txt": "open today · sí\n", "cap-02.txt": "closed\r\n", "cap-03.bin": b"\x00\xff"}


def put(bag, item, content, **other):
    about = {"what": "page", "where": "https://tikkeron.example/ferry", "who": "analyst 1"}
    return custody.capture(bag, item, content, **(about | {"how": "page saver 2.1"} | other))


def filled(folder):
    bag = custody.new_bag(folder, who="analyst 1")
    for item, content in PAGES.items():
        put(bag, item, content, when=NOON)
    custody.hand_over(bag, "analyst 1", "evidence room", "end of the shift")
    return bag


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("custody") / "bag")


@pytest.fixture
def bag(template, tmp_path):
    return copied(template, tmp_path / "bag")


def copied(template, folder):
    """A fresh copy whose files can be written to."""
    shutil.copytree(template, folder)
    for path in folder.rglob("*"):
        path.chmod(0o700)
    return folder


@pytest.mark.parametrize("module", [custody, custody_figures], ids=lambda m: m.__name__)
def test_examples_run(module):
    assert doctest.testmod(module).failed == 0
    plt.close("all")


# What a capture notes.


def test_a_record_says_what_where_when_who_how_and_which_bytes(tmp_path):
    bag = custody.new_bag(tmp_path / "bag", who="analyst 1")
    record = put(bag, "a.txt", "año\n", when=NOON)
    assert record | {"previous": "", "sha256": ""} == {
        "action": "captured",
        "item": "a.txt",
        "what": "page",
        "where": "https://tikkeron.example/ferry",
        "when": "2031-03-12T11:14:07Z",
        "clock": "2031-03-12T09:14:07-02:00",
        "who": "analyst 1",
        "how": "page saver 2.1",
        "size": 5,  # the letter ñ takes two bytes
        "content_sha256": hashlib.sha256(b"a\xc3\xb1o\n").hexdigest(),
        "previous": "",
        "sha256": "",
    }
    assert (bag / "evidence" / "a.txt").read_bytes() == b"a\xc3\xb1o\n"
    assert [line["action"] for line in custody.read_log(bag)] == ["opened", "captured"]
    assert first_break(custody.read_log(bag)) is None
    assert custody.last_seal(bag) == record["sha256"]


def test_without_a_time_it_is_now_with_the_zone_of_this_computer(tmp_path):
    bag = custody.new_bag(tmp_path / "bag", who="analyst 1")
    before = datetime.now(UTC).replace(microsecond=0)
    record = put(bag, "a.txt", "x")
    when = datetime.fromisoformat(record["when"])
    assert before <= when <= datetime.now(UTC)
    assert datetime.fromisoformat(record["clock"]) == when


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"item": "../x.txt"}, "is no file name"),
        ({"item": ""}, "is no file name"),
        ({"item": "CAP-01.txt"}, "CAP-01.txt is in the bag already"),
        ({"content": None}, "text or bytes"),
        ({"who": " "}, "who is empty"),
        ({"how": "..."}, "how is empty"),
        ({"where": None}, "where is empty"),
        ({"when": datetime(2031, 3, 12)}, "no time zone"),
    ],
)
def test_a_capture_that_a_stranger_could_not_check_is_refused(bag, change, sentence):
    before = (bag / "log.jsonl").read_bytes()
    with pytest.raises(CourseError, match=sentence):
        put(bag, **({"item": "cap-04.txt", "content": "x"} | change))
    assert (bag / "log.jsonl").read_bytes() == before and custody.verify(bag) == []


def test_a_bag_is_never_refilled_unless_it_is_practice(bag, tmp_path):
    with pytest.raises(CourseError, match="is not empty"):
        custody.new_bag(bag, who="analyst 1")
    custody.new_bag(bag, who="analyst 1", replace=True)
    assert [line["action"] for line in custody.read_log(bag)] == ["opened"]
    assert custody.verify(bag) == []
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("years of work")
    with pytest.raises(CourseError, match="is not empty"):
        custody.new_bag(other, who="analyst 1", replace=True)
    assert (other / "chapter.txt").exists()


def test_no_bag_is_one_sentence(tmp_path):
    for function in (custody.verify, custody.read_log):
        with pytest.raises(CourseError, match="no evidence bag"):
            function(tmp_path)


# Copies, holders, deletion.


def test_the_working_copy_may_change_and_the_evidence_does_not(bag):
    copy = custody.working_copy(bag, "cap-01.txt", who="analyst 2")
    copy.write_text("marked with a pen")
    assert custody.verify(bag) == []
    assert (bag / "evidence" / "cap-01.txt").read_bytes() == PAGES["cap-01.txt"].encode()
    assert custody.read_log(bag)[-1]["action"] == "copied"
    with pytest.raises(CourseError, match="working copy of cap-01"):
        custody.working_copy(bag, "cap-01.txt", who="analyst 2")
    with pytest.raises(CourseError, match="no item"):
        custody.working_copy(bag, "cap-09.txt", who="analyst 2")


def test_an_altered_item_is_not_copied(bag):
    (bag / "evidence" / "cap-01.txt").write_text("open tomorrow")
    with pytest.raises(CourseError, match="is not what was captured"):
        custody.working_copy(bag, "cap-01.txt", who="analyst 2")
    assert not any((bag / "working").iterdir())


def test_a_deleted_item_leaves_its_hash_and_no_content(bag):
    custody.working_copy(bag, "cap-02.txt", who="analyst 2")
    record = custody.delete(bag, "cap-02.txt", who="lead", why="a bystander, no question needs it")
    assert custody.verify(bag) == []
    assert not [path for path in bag.rglob("cap-02.txt")]
    assert record["why"] and "cap-02" not in (bag / "manifest.sha256").read_text()
    kept = next(line for line in custody.read_log(bag) if line["item"] == "cap-02.txt")
    assert kept["content_sha256"] == hashlib.sha256(b"closed\r\n").hexdigest()
    with pytest.raises(CourseError, match="was deleted"):
        custody.delete(bag, "cap-02.txt", who="lead", why="again")
    (bag / "evidence" / "cap-02.txt").write_text("closed\r\n")
    assert any("says deleted" in fault for fault in custody.verify(bag))


def test_holders_are_a_dated_chain(bag):
    line = custody.read_log(bag)[-1]
    assert (line["who"], line["to"]) == ("analyst 1", "evidence room")
    assert datetime.fromisoformat(line["when"]).tzinfo is not None


# A stranger checks it with standard tools.


def tools():
    found = [["sha256sum", "-c"], ["shasum", "-a", "256", "-c"]]
    return [tool for tool in found if shutil.which(tool[0])]


def test_this_computer_has_a_standard_tool():
    assert tools() or sys.platform == "win32"


@pytest.mark.parametrize("tool", tools(), ids=lambda tool: tool[0])
def test_sha256sum_confirms_a_sound_bag_and_names_a_bad_file(bag, tool):
    def check():
        return subprocess.run(
            [*tool, "manifest.sha256"], cwd=bag, capture_output=True, text=True, check=False
        )

    good = check()
    assert good.returncode == 0, good.stderr
    names = ["README.txt", *(f"evidence/{item}" for item in PAGES), "log.jsonl"]
    assert good.stdout.splitlines() == [f"{name}: OK" for name in names]
    (bag / "evidence" / "cap-02.txt").write_bytes(b"closed\n")  # one byte fewer
    bad = check()
    assert bad.returncode != 0
    assert [line for line in bad.stdout.splitlines() if not line.endswith("OK")] == [
        "evidence/cap-02.txt: FAILED"
    ]


def test_the_python_line_of_the_readme_works(bag):
    def check():
        code = re.search(r'python -c "(.*)"\n', (bag / "README.txt").read_text()).group(1)
        run = [sys.executable, "-c", code]
        out = subprocess.run(run, cwd=bag, capture_output=True, text=True, check=True).stdout
        return dict(line.rsplit(" ", 1) for line in out.splitlines())

    assert set(check().values()) == {"True"} and len(check()) == 5
    (bag / "evidence" / "cap-03.bin").write_bytes(b"\x00\xfe")
    assert [name for name, same in check().items() if same == "False"] == ["evidence/cap-03.bin"]


def test_the_hash_that_certutil_shows_is_that_of_the_manifest(bag):
    # certutil prints the hash in lower case, on a line of its own: compare it with the manifest.
    lines = dict(reversed(line.split("  ")) for line in read(bag, "manifest.sha256").splitlines())
    for name, digest in lines.items():
        assert re.fullmatch(r"[0-9a-f]{64}", digest)
        assert hashlib.sha256((bag / name).read_bytes()).hexdigest() == digest


# Damage. The bag is small, so a random byte hits every part of it.


def read(bag, name):
    return (bag / name).read_text(encoding="utf-8")


FILES = ["README.txt", "log.jsonl", "manifest.sha256", *(f"evidence/{item}" for item in PAGES)]


def line_of(data, position):
    return data[:position].count(b"\n") + 1


@settings(deadline=None)  # a busy machine is no fault
@given(st.sampled_from(FILES), st.integers(0, 10**6), st.integers(1, 255))
def test_any_flipped_byte_is_detected_and_named(template, tmp_path_factory, name, at, flip):
    bag = copied(template, tmp_path_factory.mktemp("flip") / "bag")
    data = bytearray((bag / name).read_bytes())
    at %= len(data)
    line = line_of(bytes(data), at)
    data[at] ^= flip
    (bag / name).write_bytes(data)
    faults = custody.verify(bag)
    shutil.rmtree(bag)
    assert faults and any(name in fault for fault in faults)
    if name == "log.jsonl":
        assert any(fault.startswith(f"{name}, line {line}:") for fault in faults)
    if name == "manifest.sha256":
        assert any(f"{name}, line {line}" in fault for fault in faults)


@settings(deadline=None)  # a busy machine is no fault
@given(st.sampled_from(["log.jsonl", "manifest.sha256"]), st.data())
def test_a_cut_line_is_detected_and_named(template, tmp_path_factory, name, data):
    bag = copied(template, tmp_path_factory.mktemp("cut") / "bag")
    lines = (bag / name).read_bytes().splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1))
    listed = lines.pop(at)[66:].decode(errors="replace").strip()
    (bag / name).write_bytes(b"".join(lines))
    faults = custody.verify(bag)
    shutil.rmtree(bag)
    if name == "manifest.sha256":
        assert faults == [f"manifest.sha256: has no line for {listed}."]
    elif at < len(lines):
        assert faults[0].startswith(f"log.jsonl, line {at + 1}: ")
        assert "missing" in faults[0] or "out of order" in faults[0]
    else:
        assert faults[0].startswith("log.jsonl: does not match manifest.sha256")


@settings(deadline=None)  # a busy machine is no fault
@given(st.sampled_from(["log.jsonl", "manifest.sha256"]), st.data())
def test_swapped_lines_are_detected_and_named(template, tmp_path_factory, name, data):
    bag = copied(template, tmp_path_factory.mktemp("swap") / "bag")
    lines = (bag / name).read_bytes().splitlines(keepends=True)
    one, two = sorted(data.draw(st.permutations(range(len(lines))))[:2])
    lines[one], lines[two] = lines[two], lines[one]
    (bag / name).write_bytes(b"".join(lines))
    faults = custody.verify(bag)
    shutil.rmtree(bag)
    assert faults[0].startswith(f"{name}, line {one + 1}: out of order.")
    if name == "manifest.sha256":
        assert len(faults) == 2 and faults[1].startswith(f"{name}, line {two + 1}: ")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(bag, name):
    (bag / name).unlink()
    assert any(fault.startswith(f"{name}:") for fault in custody.verify(bag))


def test_two_items_that_were_swapped_are_named_with_each_other(bag):
    one, two = (bag / "evidence" / item for item in ("cap-01.txt", "cap-02.txt"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert custody.verify(bag) == [
        "evidence/cap-01.txt: was altered after it was captured. It holds what was captured as "
        "evidence/cap-02.txt.",
        "evidence/cap-02.txt: was altered after it was captured. It holds what was captured as "
        "evidence/cap-01.txt.",
    ]


def test_an_added_file_is_named(bag):
    (bag / "evidence" / "cap-09.txt").write_text("planted")
    assert custody.verify(bag) == ["evidence/cap-09.txt: was added. No line of log.jsonl names it."]


def test_a_line_forged_with_a_seal_of_its_own_breaks_the_next_one(bag):
    records = custody.read_log(bag)
    records[1] = seal(records[1] | {"who": "somebody else"}, records[1]["previous"])
    raw = "".join(custody.canonical(record) + "\n" for record in records)
    (bag / "log.jsonl").write_text(raw, encoding="utf-8", newline="\n")
    assert custody.verify(bag) == [
        "log.jsonl, line 3: the line that stood before it is missing, or was replaced."
    ]


def test_nothing_is_added_to_a_damaged_bag(bag):
    lines = (bag / "log.jsonl").read_bytes().splitlines(keepends=True)
    for damaged in (lines[:-1], lines[1:], [lines[1], lines[0], *lines[2:]]):
        (bag / "log.jsonl").write_bytes(b"".join(damaged))
        with pytest.raises(CourseError, match=r"nothing is added to it\. log\.jsonl"):
            put(bag, "cap-09.txt", "x")
        assert not (bag / "evidence" / "cap-09.txt").exists()


def test_a_bag_written_anew_is_found_only_with_the_noted_seal(bag, tmp_path):
    noted = custody.last_seal(bag)
    assert custody.verify(bag, noted) == []
    put(bag, "cap-04.txt", "later")
    assert custody.verify(bag, noted) == []  # a bag may grow
    forged = custody.new_bag(tmp_path / "forged", who="analyst 1")
    put(forged, "cap-01.txt", "what I wish it had said", when=NOON)
    assert custody.verify(forged) == []
    (fault,) = custody.verify(forged, noted)
    assert fault.startswith("log.jsonl: the seal that you noted is not in it.")


def test_a_full_disk_leaves_the_bag_as_it_was(bag, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(bag, "cap-04.txt", "x")
    monkeypatch.undo()
    assert custody.verify(bag) == []
    assert not [path for path in bag.rglob("*.part")]


# The pictures of the lesson.


def test_the_chain_shows_as_many_dashed_arrows_as_links_are_broken():
    lines, previous = [], GENESIS
    for number in range(6):
        lines.append(seal({"number": number}, previous))
        previous = lines[-1]["sha256"]
    lines[2], lines[3] = lines[3], lines[2]  # lines 3 and 4
    table = pd.DataFrame(lines).assign(line=range(1, 7))
    axes = draw_chain(table, "Three links are broken").axes[0]
    assert f"previous {table['previous'][1][:4]}" in axes.texts[1].get_text()
    arrows = [text.arrow_patch for text in axes.texts if getattr(text, "arrow_patch", None)]
    assert sorted(arrow.get_linestyle() for arrow in arrows) == ["-"] * 2 + ["--"] * 3
    dashed = [box.get_linestyle() == "--" for box in axes.patches if hasattr(box, "get_width")]
    assert dashed == [False, False, True, True, True, False]
    assert axes.get_title() == "Three links are broken"
    plt.close("all")


def test_the_words_of_seven_lines_fit_into_their_boxes():
    lines = pd.DataFrame({"line": range(7), "sha256": [f"{n}aaa" for n in range(7)]})
    lines["previous"] = lines["sha256"].shift(fill_value="0000")
    axes = draw_chain(lines, "All links hold").axes[0]
    axes.figure.draw_without_rendering()
    boxes = [box.get_window_extent() for box in axes.patches if hasattr(box, "get_width")]
    words = [text.get_window_extent() for text in axes.texts if text.get_text()]
    assert len(words) == len(boxes) == 7
    for box, word in zip(boxes, words, strict=True):
        assert box.x0 < word.x0 and word.x1 < box.x1
    plt.close("all")


def test_clocks_stand_beside_the_true_time_of_each_capture():
    shown = pd.to_datetime(["2031-03-20 14:05", "2031-03-20 16:30"], utc=True)
    true = pd.to_datetime(["2031-03-20 16:05", "2031-03-20 16:30"], utc=True)
    table = pd.DataFrame({"capture_id": ["cap-01", "cap-02"], "machine": ["desk-3", "desk-2"]})
    axes = draw_clocks(table.assign(shown=shown, true=true), "Two clocks").axes[0]
    marks = {line.get_label(): list(line.get_xdata()) for line in axes.lines}
    assert marks == {"clock shown": [845, 990], "true time": [965, 990]}
    circle, square = (line.get_markersize() for line in axes.lines)
    assert circle > 1.5 * square  # seen where both stand at one minute
    assert [text.get_text() for text in axes.texts if ":" in text.get_text()].count("16:30") == 1
    assert axes.get_xlabel().endswith("(hour and minute; true time in UTC)")
    plt.close("all")
