"""The page of plants names what exists; and some plants that no other test looks at."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from world_helpers import world

from synthetic_data import World, scenario, schema

ROOT = Path(__file__).resolve().parent.parent
HEAD = ["module", "plant", "scenario", "tables", "truth", "found by", "missed by the careless"]
# Plants that stand in no world, or without a test, today. Take a line away when it is made.
STILL_MISSING = {}
# Clauses of the plants that the syllabus wants, module by module.
WANTED = {
    "M01": 4,
    "M02": 3,
    "M03": 3,
    "M04": 8,
    "M05": 5,
    "M06": 7,
    "M07": 5,
    "M08": 7,
    "M09": 7,
    "M10": 6,
    "M11": 4,
    "M12": 7,
    "M13": 5,
    "M14": 8,
    "M15": 7,
    "M16": 10,
}


def rows():
    text = (ROOT / "docs" / "plants.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == HEAD
    return [dict(zip(HEAD, row, strict=True)) for row in cells[2:]]


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


@cache
def functions(file):
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_plant_of_the_syllabus_has_its_row():
    found = rows()
    assert Counter(row["module"] for row in found) == WANTED
    assert [row["module"] for row in found] == sorted(row["module"] for row in found)
    assert len({(row["module"], row["plant"]) for row in found}) == len(found)


def test_scenarios_tables_and_truths_exist():
    known = {"scenario": set(scenario.names())}
    known["tables"], known["truth"] = set(schema.BY_NAME), set(schema.TRUTH_BY_NAME)
    for row in rows():
        for column, there in known.items():
            assert set(names(row[column])) <= there, (row["plant"], column)


@pytest.mark.parametrize("column", HEAD[-2:])
def test_named_tests_exist(column):
    for row in rows():
        for name in names(row[column]):
            file, function = name.split("::")
            assert function in functions(file), (row["plant"], name)


def test_what_has_no_test_is_in_the_list_of_what_is_missing():
    bare = [row for row in rows() if not (names(row[HEAD[-2]]) and names(row[HEAD[-1]]))]
    assert Counter(row["module"] for row in bare) == STILL_MISSING


@pytest.mark.parametrize(
    "name", ["haystack", "mood", "clock", "quiet", "show_window", "long_list", "two_pages"]
)
def test_rows_keep_their_schema_and_point_to_rows(name):
    made = world(name, 1, 1700)
    sealed = schema.present(schema.TRUTH, schema.TRUTH_EXTRAS, made.truth)
    shown = schema.present(schema.TABLES, schema.EXTRAS, made.tables)
    assert {table.name for table in shown} == set(made.tables)
    assert {table.name for table in sealed} == set(made.truth)
    for table, rows in [(t, made.tables[t.name]) for t in shown] + [
        (t, made.truth[t.name]) for t in sealed
    ]:
        assert list(rows.columns) == table.names and rows[table.key].is_unique, table.name
        for column in table.columns:
            values = rows[column.name]
            assert str(values.dtype) == schema.DTYPES[column.kind], (table.name, column.name)
            assert column.missing or values.notna().all(), (table.name, column.name)
            assert not column.enum or set(values.dropna()) <= set(column.enum), column.name
        for column, (other, key) in table.links.items():
            assert rows[column].dropna().isin(made.tables[other][key]).all(), (table.name, column)
    for row in made.truth["facts"].itertuples():
        ids = made.tables[row.table][schema.BY_NAME[row.table].key]
        assert set(row.rows.split()) <= set(ids) and 1 <= row.first_day <= 28, row.statement


@pytest.mark.parametrize("name", ["haystack", "mood", "clock", "quiet"])
def test_a_world_comes_back_from_its_folder(name, tmp_path):
    made = world(name, 1, 1700)
    made.write(tmp_path / "w")
    again = World.read(tmp_path / "w")
    for one, two in ((made.tables, again.tables), (made.truth, again.truth)):
        assert set(one) == set(two)
        for table, rows in one.items():
            pd.testing.assert_frame_equal(rows, two[table])


# Plants that no other file proves hard enough.

SEEDS = pytest.mark.parametrize("seed", [1, 2, 3])


def harbour(seed):
    return world("harbour", seed, 2000)


def fact(made, statement):
    facts = made.truth["facts"]
    found = facts[facts["statement"].str.startswith(statement)]["rows"]
    return set(found.item().split())


@SEEDS
def test_words_of_illness_find_other_posts_too(seed):
    made = harbour(seed)
    posts = made.tables["posts"]
    wanted = fact(made, "Public posts hold medical facts")
    text = posts.loc[posts["post_id"].isin(wanted), "text"].str.lower()
    words = set(re.findall(r"[a-záéíóúñü]{5,}", " ".join(text)))
    # A search for the words of these three posts brings up hundreds of others.
    hits = posts["text"].str.lower().str.contains("|".join(sorted(words)))
    assert hits[posts["post_id"].isin(wanted)].all()
    assert hits.sum() > 10 * len(wanted)


@SEEDS
def test_joins_do_not_show_the_large_group(seed):
    made = harbour(seed)
    groups = made.tables["groups"].set_index("group_id")
    large = groups["members"].idxmax()
    joins = made.tables["ties"].query("kind == 'join'")["target"].value_counts()
    # The log has seen a small part of what the page shows.
    assert groups.loc[large, "members"] > 10 * joins[large]


@SEEDS
def test_more_accounts_than_one_changed_their_tier(seed):
    made = harbour(seed)
    tiers = made.tables["posts"].groupby("account_id")["tier"].nunique()
    accounts = made.tables["accounts"].set_index("account_id")["visibility"]
    rows = fact(made, "An account went from public to friends")
    posts = made.tables["posts"].set_index("post_id")
    one = posts.loc[sorted(rows), "account_id"].unique().item()
    # What the page shows today does not tell: most accounts of that kind never moved.
    assert accounts[one] == "friends" and (accounts == "friends").sum() > 3 * (tiers == 2).sum()
    assert (tiers == 2).sum() > 3 and tiers[one] == 2


@SEEDS
def test_most_of_those_who_write_in_the_style_only_boast(seed):
    made = harbour(seed)
    posts = made.tables["posts"]
    style = posts["hashtags"].str.contains("#OldQuayKings|#quayours|#elmuelleesnuestro")
    writers = set(posts.loc[style, "account_id"])
    people = made.truth["people"].set_index("account_id")["population"]
    group = set(people[people == "HL"].index)
    assert len(writers & group) < len(writers) / 2
    # Nor does everybody of the group write in it.
    assert group - writers


@SEEDS
def test_decoy_comes_from_an_account_without_a_record_and_alone(seed):
    made = world("city", seed, 2000)
    posts = made.tables["posts"].set_index("post_id")
    decoy = posts.loc[fact(made, "A decoy names another place").pop()]
    assert decoy["account_id"] not in set(made.tables["records"]["account_id"])
    same_night = posts[posts["time"].dt.date == decoy["time"].date()]
    place = same_night["text"].str.contains("wrong place|sitio equivocado")
    assert place.sum() == 1 and not (posts["repost_of"] == decoy.name).any()


@SEEDS
def test_decoy_reads_like_a_claim_and_is_none(seed):
    made = world("city", seed, 2000)
    posts = made.tables["posts"].set_index("post_id")
    decoy = fact(made, "A decoy names another place").pop()
    # The night is full of posts that name a place.
    night = posts[(posts["time"] >= "2031-03-20 19:00") & (posts["time"] < "2031-03-21")]
    named = night["text"].str.contains("Quay A|Saltpans|Fishmarket|Ropewalk")
    assert named.sum() > 30 and named[decoy]
    assert decoy not in set(made.truth["rumours"]["origin"])
