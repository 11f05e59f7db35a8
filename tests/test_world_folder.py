"""A written world comes back as it was; a damaged one is refused with one clear sentence."""

import csv
import errno
import io
import json
import re
import shutil

import frictionless
import pandas as pd
import pytest
from world_helpers import VILLAGE, digests, world

from socmint import world_commands
from socmint.__main__ import main
from synthetic_data import World, WorldError, generate, package, schema


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return world(*VILLAGE).write(tmp_path_factory.mktemp("worlds") / "village")


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "village")


@pytest.mark.parametrize("which", [VILLAGE, ("harbour", 2, 1600)], ids=["village", "harbour"])
def test_round_trip(which, tmp_path):
    made = world(*which)
    found = World.read(made.write(tmp_path / "world"))
    assert found.meta == made.meta
    for one, two in ((made.tables, found.tables), (made.truth, found.truth)):
        assert one.keys() == two.keys()
        for name in one:
            pd.testing.assert_frame_equal(one[name], two[name])


def test_without_truth(tmp_path):
    folder = world(*VILLAGE).write(tmp_path / "world", truth=False)
    assert World.read(folder).truth is None
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["datapackage.json", *(f"{name}.csv" for name in world(*VILLAGE).tables)]
    )


def test_files_are_canonical(written):
    content = (written / "posts.csv").read_bytes()
    assert b"\r" not in content and content.endswith(b"\n")
    assert re.search(rb",2031-03-\d\dT\d\d:\d\d:\d\dZ,", content)


def test_quotes_and_times_are_those_of_the_standard_library():
    words = ["plain", "a,b", 'say "no"', "two\nlines", "\r", ' " ', "ñ 😅, 'x'", "", "#"] * 700
    times = pd.date_range("2019-12-31 23:59:58", periods=len(words), freq="17h", tz="UTC")
    numbers = range(len(words))
    table = schema.BY_NAME["posts"]
    columns = {column.name: ["x"] * len(words) for column in table.columns}
    columns |= {"text": words, "time": pd.Series(times), "likes": numbers}
    columns |= {name: [None] * len(words) for name in ("reply_to", "repost_of")}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.names)
    for word, time, number in zip(words, times, numbers, strict=True):
        x, stamp = "x", time.strftime("%Y-%m-%dT%H:%M:%SZ")
        writer.writerow([x, x, x, stamp, x, word, x, x, "", "", number])
    expected = out.getvalue().replace(",\r,", ',"\r",')  # older releases left this one bare
    found = package.csv_bytes(table, schema.frame(table, columns))
    assert found.decode() == expected


@pytest.mark.parametrize("part", ["", "truth"])
def test_valid_for_frictionless(written, part):
    report = frictionless.validate(str(written / part / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])


def test_frictionless_sees_a_wrong_value(folder):
    path = folder / "scope.csv"
    path.write_text("account_id,reason\na-1,x\na-1,y\n")
    assert not frictionless.validate(str(folder / "datapackage.json")).valid


def _edit(path, change):
    path.write_bytes(change(path.read_bytes()))


def _rewrite(path, change):
    """Change what a descriptor says, as a program would that seals it again."""
    said = json.loads(path.read_text(encoding="utf-8"))
    said.pop("hash")
    change(said)
    path.write_text(json.dumps(said | {"hash": package._seal(said)}), encoding="utf-8")


def _drop_column(content):
    rows = [line.split(b",") for line in content.splitlines()]
    place = rows[0].index(b"admission")
    return b"".join(b",".join(r[:place] + r[place + 1 :]) + b"\n" for r in rows)


DAMAGE = {
    "missing file": (
        lambda f: (f / "ties.csv").unlink(),
        r"^ties\.csv is missing from ",
    ),
    "missing column": (
        lambda f: _edit(f / "groups.csv", _drop_column),
        r"^groups\.csv has no column 'admission'; make the world again$",
    ),
    "other column": (
        lambda f: _edit(f / "scope.csv", lambda c: b"account_id,reason,guilt\n"),
        r"^scope\.csv has other columns than account_id, reason$",
    ),
    "flipped byte": (
        lambda f: _edit(f / "accounts.csv", lambda c: c.replace(b"Puerta", b"Querta", 1)),
        r"^accounts\.csv was changed after it was made: its SHA-256 differs from datapackage",
    ),
    "cut in a line": (
        lambda f: _edit(f / "posts.csv", lambda c: c[: len(c) * 2 // 3].rstrip(b"\n")),
        r"^posts\.csv is cut off in its last line; make the world again$",
    ),
    "cut between lines": (
        lambda f: _edit(f / "ties.csv", lambda c: c[: c.rindex(b"\n", 0, len(c) // 2) + 1]),
        r"^ties\.csv has [\d,]+ rows, datapackage\.json says [\d,]+; make the world again$",
    ),
    "extra rows": (
        lambda f: _edit(f / "subjects.csv", lambda c: c + b"a-000001,hearsay\n"),
        r"^subjects\.csv has 1 rows, datapackage\.json says 0; make the world again$",
    ),
    "number that is none": (
        lambda f: _edit(f / "groups.csv", lambda c: re.sub(rb",\d+\n", b",many\n", c, count=1)),
        r"^groups\.csv: column 'members' holds a value that is not a whole number$",
    ),
    "time that is none": (
        lambda f: _edit(f / "posts.csv", lambda c: c.replace(b"2031-03-05T", b"2031-13-05T", 1)),
        r"^posts\.csv: column 'time' holds a value that is not a time$",
    ),
    "flag that is none": (
        lambda f: _edit(f / "accounts.csv", lambda c: c.replace(b",true\n", b",maybe\n", 1)),
        r"^accounts\.csv: column 'synthetic' holds a value that is not true or false$",
    ),
    "not text": (
        lambda f: (f / "posts.csv").write_bytes(b"\xff\xfe\x00\n"),
        r"^posts\.csv is not UTF-8 text; make the world again$",
    ),
    "no descriptor": (
        lambda f: (f / "datapackage.json").unlink(),
        r"is not a world folder: it has no datapackage\.json$",
    ),
    "damaged descriptor": (
        lambda f: _edit(f / "datapackage.json", lambda c: c[:200]),
        r"^datapackage\.json in .* is damaged; make the world again$",
    ),
    "nested descriptor": (
        lambda f: (f / "datapackage.json").write_text("[" * 100_000),
        r"^datapackage\.json in .* is damaged; make the world again$",
    ),
    "descriptor without its world": (
        lambda f: (f / "datapackage.json").write_text('{"world": "village", "resources": []}'),
        r"^datapackage\.json in .* is damaged; make the world again$",
    ),
    "another seed in the descriptor": (
        lambda f: _edit(
            f / "datapackage.json", lambda c: c.replace(b'"seed": 1,', b'"seed": 2,', 1)
        ),
        r"^datapackage\.json in .*village was changed after it was made: its content differs",
    ),
    "descriptor of the truth": (
        lambda f: _edit(f / "truth" / "datapackage.json", lambda c: c.replace(b"CC-BY", b"CC-BX")),
        r"^datapackage\.json in .*truth was changed after it was made: its content differs",
    ),
    "descriptor without its hash": (
        lambda f: _edit(f / "datapackage.json", lambda c: re.sub(rb',\s+"hash": "[^,]+$', b"}", c)),
        r"^datapackage\.json in .*village was changed after it was made: its content differs",
    ),
    "truth of another world": (
        lambda f: _rewrite(
            f / "truth" / "datapackage.json", lambda said: said["world"].update(seed=5)
        ),
        r"^the truth in .*village is that of another world: village, seed 5, 240 accounts;",
    ),
    "byte-order mark": (
        lambda f: _edit(f / "groups.csv", lambda c: b"\xef\xbb\xbf" + c),
        r"^groups\.csv was changed after it was made: its SHA-256 differs from datapackage",
    ),
    "line ends of old computers": (
        lambda f: _edit(f / "groups.csv", lambda c: c.replace(b"\n", b"\r")),
        r"^groups\.csv is not a valid CSV file; make the world again$",
    ),
    "number beyond all bounds": (
        lambda f: _edit(f / "groups.csv", lambda c: c[:-1] + b"0" * 30 + b"\n"),
        r"^groups\.csv: column 'members' holds a value that is not a whole number$",
    ),
    "table not listed": (
        lambda f: _rewrite(
            f / "datapackage.json",
            lambda said: said["resources"].__delitem__(
                [entry["name"] for entry in said["resources"]].index("scope")
            ),
        ),
        r"^datapackage\.json in .* does not list the table scope$",
    ),
    "other version": (
        lambda f: _edit(f / "datapackage.json", lambda c: c.replace(b'"0.1.0"', b'"0.0.1"')),
        r"^datapackage\.json in .* is of world version 0\.0\.1, this program reads 0\.1\.0;",
    ),
    "truth changed": (
        lambda f: _edit(f / "truth" / "people.csv", lambda c: c.replace(b",BG,", b",HL,", 1)),
        r"^people\.csv was changed after it was made",
    ),
}


def test_a_descriptor_may_be_laid_out_in_another_way(folder):
    path = folder / "datapackage.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(dict(reversed(said.items()))), encoding="utf-8")
    assert World.read(folder).meta == said["world"]


@pytest.mark.parametrize("damage", DAMAGE)
def test_each_damage_has_its_sentence(folder, damage):
    harm, sentence = DAMAGE[damage]
    World.read(folder)
    harm(folder)
    with pytest.raises(WorldError, match=sentence) as caught:
        World.read(folder)
    assert "\n" not in str(caught.value)


def test_a_file_that_may_not_be_read_is_named(folder, monkeypatch):
    def refuses(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(package.Path, "read_bytes", refuses)
    with pytest.raises(WorldError, match=r"^cannot read .*accounts\.csv: Permission denied$"):
        World.read(folder)


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(WorldError, match="is not a world folder"):
        World.read(tmp_path)
    with pytest.raises(WorldError, match="is not a world folder"):
        World.read(tmp_path / "nowhere")


def test_full_folder_is_left_alone(tmp_path):
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "thesis.txt").write_text("mine")
    with pytest.raises(WorldError, match="is not empty"):
        world(*VILLAGE).write(tmp_path / "world")
    assert [path.name for path in tmp_path.rglob("*")] == ["world", "thesis.txt"]


def test_empty_folder_is_used(tmp_path):
    (tmp_path / "world").mkdir()
    assert World.read(world(*VILLAGE).write(tmp_path / "world")).meta["seed"] == 1


@pytest.mark.parametrize(
    ("stop", "seen", "sentence"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt, None),
        (OSError(errno.ENOSPC, "No space left on device"), WorldError, "No space left.*nothing"),
    ],
    ids=["ctrl-c", "disk full"],
)
def test_stopped_half_way_leaves_nothing(monkeypatch, tmp_path, stop, seen, sentence):
    real, calls = package.csv_pieces, []

    def stops(table, data, run):
        calls.append(table.name)
        for number, piece in enumerate(real(table, data, run)):
            if len(calls) == 5 and number == 1:  # some rows of the fifth file are on the disk
                raise stop
            yield piece

    monkeypatch.setattr(package, "csv_pieces", stops)
    with pytest.raises(seen, match=sentence):
        world(*VILLAGE).write(tmp_path / "world")
    assert len(calls) == 5 and not list(tmp_path.iterdir())


def test_command_makes_and_verifies(tmp_path, capsys):
    out = str(tmp_path / "w")
    assert main(["world", "new", "--scenario", "village", "--seed", "4", "--out", out]) == 0
    assert "240 accounts" in capsys.readouterr().out
    assert main(["world", "verify", out]) == 0
    assert "is whole: village, seed 4, 240 accounts, with truth" in capsys.readouterr().out
    assert digests(World.read(out)) == digests(generate("village", 4))
    assert main(["world", "new", "--scenario", "village", "--out", out]) == 2
    assert capsys.readouterr().err.strip().endswith("choose a folder that does not exist yet")


def test_command_without_truth(tmp_path, capsys):
    out = str(tmp_path / "w")
    assert main(["world", "new", "--scenario", "village", "--no-truth", "--out", out]) == 0
    assert main(["world", "verify", out]) == 0
    assert "without truth" in capsys.readouterr().out
    assert "world" in json.loads((tmp_path / "w" / "datapackage.json").read_text())


def test_command_checks_the_pools(capsys):
    assert main(["world", "pools", "--rebuild"]) == 0
    assert "as their manifest says" in capsys.readouterr().out


def test_command_names_the_fault(tmp_path, capsys):
    out = str(tmp_path / "w")
    assert main(["world", "new", "--scenario", "harbor", "--out", out]) == 2
    assert "'harbor' does not exist; there are: " in capsys.readouterr().err
    assert main(["world", "new", "--accounts", "100", "--out", out]) == 2
    assert "needs at least 1,539 accounts; 100 were asked for" in capsys.readouterr().err
    assert main(["world", "verify", out]) == 2
    assert not (tmp_path / "w").exists()


def test_bar_shows_share_and_label(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    world_commands._bar(0.5, "posts")
    assert capsys.readouterr().err == "\r[" + "#" * 15 + "." * 15 + "]  50% posts     "


def test_progress_rises_to_one():
    seen = []
    generate("village", 1, progress=lambda share, label: seen.append((share, label)))
    shares = [share for share, _ in seen]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
    assert all(label for _, label in seen)
