"""A world as a SQLite file: plain SQL finds the same values, with types, keys and indices."""

import contextlib
import errno
import sqlite3

import pytest
from world_helpers import HARBOUR, VILLAGE, world

from socmint.__main__ import main
from synthetic_data import World, WorldError, database, schema


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    path = database.write(world(*HARBOUR), tmp_path_factory.mktemp("sql") / "harbour.sqlite")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        yield connection


def test_every_value_is_there_with_its_type(opened):
    made = world(*HARBOUR)
    parts = (
        ("", schema.TABLES, schema.EXTRAS, made.tables),
        ("truth_", schema.TRUTH, schema.TRUTH_EXTRAS, made.truth),
    )
    for prefix, tables, extras, data in parts:
        for table in schema.present(tables, extras, data):
            names = ", ".join(f'"{name}"' for name in table.names)
            rows = opened.execute(f'SELECT {names} FROM "{prefix}{table.name}" ORDER BY rowid')
            found = rows.fetchall()
            frame = data[table.name]
            assert len(found) == len(frame)
            for place, column in enumerate(table.columns):
                values = [row[place] for row in found]
                expected = frame[column.name]
                if column.kind == "time":
                    expected = expected.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
                wanted = [
                    None if absent else v
                    for absent, v in zip(expected.isna(), expected, strict=True)
                ]
                assert values == wanted, f"{prefix}{table.name}.{column.name}"
                kind = {"whole": int, "flag": int, "degree": float}.get(column.kind, str)
                assert {type(value) for value in values} <= {kind, type(None)}


def test_keys_hold(opened):
    assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
    assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    links = {(row[2], row[3], row[4]) for row in opened.execute("PRAGMA foreign_key_list(posts)")}
    assert ("accounts", "account_id", "account_id") in links
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        opened.execute("INSERT INTO scope SELECT * FROM scope LIMIT 1")
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        opened.execute("UPDATE posts SET tier = 'open'")
    opened.rollback()


def test_a_question_uses_an_index_and_gives_the_answer_of_pandas(opened):
    posts = world(*HARBOUR).tables["posts"]
    question = "SELECT count(*) FROM posts WHERE time >= '2031-03-10' AND time < '2031-03-11'"
    plan = opened.execute("EXPLAIN QUERY PLAN " + question).fetchall()
    assert "posts_time" in plan[0][3]
    day = (posts["time"].dt.month == 3) & (posts["time"].dt.day == 10)
    assert opened.execute(question).fetchone() == (int(day.sum()),)
    replies = opened.execute("SELECT count(*) FROM posts WHERE reply_to IS NOT NULL").fetchone()
    assert replies == (int(posts["reply_to"].notna().sum()),)


def test_it_says_what_it_was_made_from(opened):
    assert dict(opened.execute("SELECT key, value FROM world")) == world(*HARBOUR).meta


def test_without_truth(tmp_path):
    made = world(*VILLAGE)
    for name, given in (("a", made), ("b", World(made.meta, made.tables, None))):
        path = database.write(given, tmp_path / name, truth=name == "b")
        with contextlib.closing(sqlite3.connect(path)) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        assert "posts" in names and not [name for name in names if name.startswith("truth")]


def test_a_file_is_never_overwritten(tmp_path):
    (tmp_path / "thesis").write_text("mine")
    with pytest.raises(WorldError, match=r"thesis exists already; choose a file that does not"):
        database.write(world(*VILLAGE), tmp_path / "thesis")
    assert (tmp_path / "thesis").read_text() == "mine"


@pytest.mark.parametrize(
    ("stop", "seen", "sentence"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt, None),
        (OSError(errno.ENOSPC, "No space left on device"), WorldError, "No space left.*nothing"),
        (sqlite3.OperationalError("database or disk is full"), WorldError, "disk is full; nothing"),
    ],
    ids=["ctrl-c", "disk full", "sqlite's disk full"],
)
def test_stopped_half_way_leaves_nothing(monkeypatch, tmp_path, stop, seen, sentence):
    real, calls = database._values, []

    def stops(column, values):
        calls.append(column.name)
        if len(calls) == 15:  # in the middle of the second table
            raise stop
        return real(column, values)

    monkeypatch.setattr(database, "_values", stops)
    with pytest.raises(seen, match=sentence):
        database.write(world(*VILLAGE), tmp_path / "world.sqlite")
    assert len(calls) == 15 and not list(tmp_path.iterdir())


def test_command_makes_a_database(tmp_path, capsys):
    out = tmp_path / "w.sqlite"
    words = ["world", "new", "--scenario", "village", "--format", "sqlite", "--out", str(out)]
    assert main(words) == 0
    assert "240 accounts" in capsys.readouterr().out
    with contextlib.closing(sqlite3.connect(out)) as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (240,)
    assert main(words) == 2
    assert "exists already; choose a file" in capsys.readouterr().err
