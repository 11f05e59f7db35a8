"""Worlds that are written piece by piece: the same bytes however they are cut, in little memory."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
import weakref
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import distributed
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world_helpers import HARBOUR, VILLAGE, world

from socmint.__main__ import main
from synthetic_data import (
    World,
    WorldError,
    cluster,
    columns,
    package,
    parquet,
    render,
    scenario,
    utf8,
)
from synthetic_data.columns import Either, Ids, Rows, Words
from synthetic_data.generate import in_pieces
from synthetic_data.schema import Column, Table

ROOT = Path(__file__).resolve().parent.parent
MARKET = ("market", 1, 600)


def lazy(name, seed, size):
    return in_pieces(name, scenario.load(name), seed, size)


def files(folder):
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert len(found) > 10
    return found


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    """The files of a village that was made whole."""
    return files(world(*VILLAGE).write(tmp_path_factory.mktemp("whole") / "w"))


@pytest.mark.parametrize("which", [HARBOUR, MARKET], ids=["harbour", "market"])
def test_pieces_give_the_bytes_of_the_whole(which, tmp_path, monkeypatch):
    whole = files(world(*which).write(tmp_path / "whole"))
    monkeypatch.setattr(package, "PIECE", 7_919)  # cuts nothing evenly
    made = lazy(*which)
    assert isinstance(made.tables["posts"], Rows)
    assert files(package.write(made, tmp_path / "pieces")) == whole


@pytest.mark.parametrize("count", [1, 2, 8])
def test_any_number_of_pieces_gives_the_same_bytes(count, village, tmp_path, monkeypatch):
    made = lazy(*VILLAGE)
    monkeypatch.setattr(package, "PIECE", -(-len(made.tables["posts"]) // count))
    assert files(package.write(made, tmp_path / "w")) == village


def test_pieces_may_be_made_in_other_processes(village, tmp_path, monkeypatch):
    monkeypatch.setattr(package, "PIECE", 700)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        folder = package.write(lazy(*VILLAGE), tmp_path / "w", run=pool.map)
    assert files(folder) == village


def test_eight_workers_of_a_dask_scheduler_give_the_same_bytes(village, tmp_path, monkeypatch):
    monkeypatch.setattr(package, "PIECE", 100)
    words = ["world", "new", "--scenario", "village", "--out", str(tmp_path / "w")]
    with distributed.LocalCluster(
        n_workers=8,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address=None,
        memory_limit=0,  # these workers live in the process of all tests, which has its own worlds
    ) as lab:
        assert main([*words, "--scheduler", lab.scheduler_address]) == 0
    assert files(tmp_path / "w") == village


def test_a_local_dask_process_gives_the_same_bytes(village, tmp_path, monkeypatch):
    monkeypatch.setattr(package, "PIECE", 700)
    words = ["world", "new", "--scenario", "village", "--out", str(tmp_path / "w")]
    assert main([*words, "--workers", "1"]) == 0
    assert files(tmp_path / "w") == village


_WHOLE, _LAZY = None, None


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_row_depends_on_nothing_but_itself(data):
    global _WHOLE, _LAZY
    _WHOLE, _LAZY = _WHOLE or world(*HARBOUR), _LAZY or lazy(*HARBOUR)
    name = data.draw(st.sampled_from(["accounts", "posts", "ties"]))
    count = len(_WHOLE.tables[name])
    rows = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=30))
    found = _LAZY.tables[name].frame(np.array(rows))
    expected = _WHOLE.tables[name].iloc[rows].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected)


def test_texts_of_one_piece_at_a_time_are_in_memory(tmp_path, monkeypatch):
    seen, most = [], []
    real = render.PostRows.columns

    def watched(self):
        seen.append(weakref.ref(self))
        most.append(sum(one() is not None for one in seen))
        return real(self)

    made = lazy(*VILLAGE)
    monkeypatch.setattr(package, "PIECE", 100)
    monkeypatch.setattr(render.PostRows, "columns", watched)
    package.write(made, tmp_path / "w")
    assert len(most) == -(-len(made.tables["posts"]) // 100) and max(most) <= 2


def test_what_reads_whole_tables_is_made_whole(tmp_path):
    made = lazy("city", 1, 1_700)
    assert all(isinstance(table, pd.DataFrame) for table in made.tables.values())


def test_progress_of_writing_rises_to_one(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "PIECE", 500)
    shares = []
    package.write(lazy(*VILLAGE), tmp_path / "w", tell=lambda share, _: shares.append(share))
    assert shares == sorted(shares) and shares[-1] == 1 and 0 < shares[0] < 0.5


def test_a_stop_between_pieces_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "PIECE", 500)

    def stops(function, items):
        for number, item in enumerate(items):
            if number == 3:
                raise KeyboardInterrupt
            yield function(item)

    with pytest.raises(KeyboardInterrupt):
        package.write(lazy(*VILLAGE), tmp_path / "w", run=stops)
    assert not list(tmp_path.iterdir())


def test_ctrl_c_in_a_terminal_stops_the_workers_quietly(tmp_path):
    words = ["world", "new", "--scenario", "village", "--accounts", "8000", "--out", "w"]
    process = subprocess.Popen(
        [sys.executable, "-m", "socmint", *words, "--workers", "1"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    limit = time.monotonic() + 90
    while not any(tmp_path.glob(".w-*/accounts.csv")):
        assert process.poll() is None and time.monotonic() < limit, "no file was begun"
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "\nStopped. Nothing was left half done.\n")
    assert not list(tmp_path.iterdir())


# Columns in short form.

TABLE = Table(
    "t",
    "",
    "id",
    [
        Column("id", "text", ""),
        Column("time", "time", ""),
        Column("kind", "text", "", enum=["a", "b"]),
        Column("words", "text", ""),
        Column("whom", "text", ""),
        Column("post", "text", "", missing=True),
        Column("flag", "flag", ""),
        Column("count", "whole", ""),
    ],
)


@pytest.mark.parametrize("top", [300, 99_000, 5_000_000], ids=["few", "some", "many"])
def test_short_columns_read_as_the_standard_library_writes_them(top):
    rng = np.random.default_rng(4)
    n = 2_000
    number = rng.integers(0, top, n)
    number[:2] = 0, top - 1
    group = rng.integers(0, 90, n)
    join = rng.random(n) < 0.3
    post = np.where(rng.random(n) < 0.5, rng.integers(0, top, n), -1)
    time = rng.integers(0, 2_000_000_000, n)
    code = rng.integers(0, 2, n)
    words = [["plain", "a, b", 'say "no"', "ñ 😅"][i % 4] for i in range(n)]
    count = rng.integers(0, 3 * top, n)
    whom = Ids("a", np.where(join, -1, number), 6), Ids("g", np.where(join, group, -1), 4)
    short = {
        "id": Ids("a", number, 6),
        "time": time,
        "kind": Words(np.array(["a", "b"], dtype=object), code),
        "words": np.array(words, dtype=object),
        "whom": Either(*whom),
        "post": Ids("p", post, 7),
        "flag": code == 1,
        "count": count,
    }
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for i in range(n):
        stamp = pd.Timestamp(time[i], unit="s").strftime("%Y-%m-%dT%H:%M:%SZ")
        other = f"g-{group[i]:04d}" if join[i] else f"a-{number[i]:06d}"
        said = f"p-{post[i]:07d}" if post[i] >= 0 else ""
        row = [f"a-{number[i]:06d}", stamp, "ab"[code[i]], words[i], other, said]
        writer.writerow([*row, ["false", "true"][code[i]], count[i]])
    assert columns.csv(TABLE, short).decode() == out.getvalue()
    frame = columns.frame(TABLE, short)
    assert columns.csv(TABLE, columns.of_frame(TABLE, frame)).decode() == out.getvalue()


_LONG = st.sampled_from(["x" * 700, "é" * 96])
_LINES = st.text(st.sampled_from('ab ñ😅,"\n'), max_size=12) | _LONG


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_LINES, _LINES, st.integers(-3, 10**6)), max_size=40))
def test_any_texts_read_as_the_standard_library_writes_them(rows):
    kinds = [Column("one", "text", ""), Column("number", "whole", ""), Column("two", "text", "")]
    table = Table("t", "", "number", kinds)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows((one, number, two) for one, two, number in rows)
    texts = {"one": [row[0] for row in rows], "two": [row[1] for row in rows]}
    number = np.array([row[2] for row in rows], dtype=np.int64)
    known = sorted(set(texts["two"]))
    code = np.array([known.index(text) for text in texts["two"]], dtype=np.int64)
    for one in (np.array(texts["one"], dtype=object), utf8.encoded(texts["one"])):
        for two in (np.array(texts["two"], dtype=object), Words(np.array(known, object), code)):
            found = columns.csv(table, {"one": one, "number": number, "two": two})
            assert found.decode() == out.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_LINES, min_size=3, max_size=3), min_size=1), st.data())
def test_texts_are_joined_as_strings_are(rows, data):
    some = data.draw(st.lists(st.integers(0, len(rows) - 1), unique=True))
    one, two, three = (utf8.encoded([row[part] for row in rows]) for part in range(3))
    found = utf8.joined(len(rows), [(utf8.ALL, one), (some, two.chosen(some)), (utf8.ALL, three)])
    expected = [row[0] + row[1] * (n in some) + row[2] for n, row in enumerate(rows)]
    assert found.strings().tolist() == expected
    assert utf8.packed(found).tobytes().decode() == "".join(expected)


# What is not there, and what is asked wrongly.


@pytest.mark.parametrize(
    ("words", "without", "sentence"),
    [
        (["--format", "parquet"], "pyarrow", "python -m pip install -r locks/scale.txt"),
        (["--workers", "2"], "distributed", "python3 start.py teach"),
        (["--scheduler", "local"], "distributed", "python3 start.py teach"),
    ],
)
def test_a_missing_package_has_its_sentence(
    words, without, sentence, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, without, None)  # an import of it fails
    assert main(["world", "new", "--out", str(tmp_path / "w"), *words]) == 2
    said = capsys.readouterr().err
    assert sentence in said and said.count("\n") == 1 and not list(tmp_path.iterdir())


def test_workers_that_take_no_work_are_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    words = ["world", "new", "--scenario", "village", "--out", str(tmp_path / "w")]
    with distributed.LocalCluster(n_workers=0, protocol="tcp", dashboard_address=None) as lab:
        assert main([*words, "--scheduler", lab.scheduler_address]) == 2
    assert "takes no work" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--workers", "0"], "--workers is a number of local processes, 1 to 256"),
        (
            ["--workers", "2", "--scheduler", "tcp://lab.example:1"],
            "--workers is a number of local",
        ),
        (["--workers", "2", "--format", "sqlite"], "do not go with --format sqlite"),
        (["--scheduler", "tcp://127.0.0.1:9"], "no Dask scheduler answers at tcp://127.0.0.1:9"),
        (["--scheduler", "lab server"], "no Dask scheduler answers at lab server"),
    ],
)
def test_each_wrong_wish_has_its_sentence(words, sentence, tmp_path, capsys):
    assert main(["world", "new", "--out", str(tmp_path / "w"), *words]) == 2
    assert sentence in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_folder_of_parquet_files_is_not_called_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "write", lambda file, table, pieces: list(pieces))
    monkeypatch.setattr(parquet, "piece", lambda table, rows: None)
    package.write(lazy(*VILLAGE), tmp_path / "w", form="parquet")
    assert (tmp_path / "w" / "posts.parquet").is_file()
    with pytest.raises(WorldError, match="holds Parquet files; open them with pandas"):
        World.read(tmp_path / "w")
