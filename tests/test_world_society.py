"""Homes, work, messages and closed groups of a society that a city adds; and what is said of it."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from world_helpers import world

from synthetic_data import city, describe, scenario, schema

CITIES = [("city", seed, 2000) for seed in (1, 2, 3)]
SEEDS = pytest.mark.parametrize("which", CITIES, ids=lambda which: str(which[1]))
# The witness of seed 0 writes a lot in two nights; many people post beside the one of seed 5.
WITNESS = pytest.mark.parametrize("which", [*CITIES, ("city", 0, 3000), ("city", 5, 3000)])
TALK = pytest.mark.parametrize("which", [("lantern", 1, 2000), ("lantern", 3, 2000)])
CELL = 0.006, 0.0045  # degrees east and north: about 500 metres each


def tables(which):
    return world(*which).tables


def role(which, name):
    return world(*which).truth["people"].query("role == @name")["account_id"].tolist()


# Homes and work.


@SEEDS
def test_each_home_lies_in_its_district_and_by_its_street(which):
    homes = tables(which)["homes"]
    assert homes["account_id"].tolist() == tables(which)["accounts"]["account_id"].tolist()
    lines = {
        f["properties"]["name"]: np.array(f["geometry"]["coordinates"])
        for f in city.geojson()["features"]
        if f["properties"]["kind"] == "street"
    }
    assert set(homes["street"]) <= set(lines) and homes["street"].nunique() > 60
    for street, some in homes.groupby("street"):
        line = lines[street]
        for lon, lat in set(zip(some["lon"], some["lat"], strict=True)):
            # The middle of a cell lies at most 354 m from the home, the home near a crossing.
            assert city.metres(line[:, 0], line[:, 1], lon, lat).min() < 700, street
    stated = tables(which)["accounts"].set_index("account_id")["district"]
    person = world(*which).truth["persons"].set_index("account_id")["person_id"]
    alone = person[~person.duplicated(keep=False)].index
    known = homes.set_index("account_id")["district"]
    assert (known[alone] == stated[alone]).all()
    assert (homes["tier"] == "private").all() and (tables(which)["work"]["tier"] == "private").all()


@SEEDS
def test_register_gives_no_point_that_could_be_a_door(which):
    homes = tables(which)["homes"]
    for column, side in zip(("lon", "lat"), CELL, strict=True):
        rest = (homes[column] / side) % 1
        assert np.abs(rest - 0.5).max() < 1e-3, column
    # A few hundred homes, so a cell is shared by many.
    people = homes.groupby(["lon", "lat"]).size()
    assert people.median() >= 5 and len(people) < len(homes) / 10


@SEEDS
def test_accounts_of_one_person_have_one_home_and_one_work(which):
    person = world(*which).truth["persons"].set_index("account_id")["person_id"]
    for name in ("homes", "work"):
        rows = tables(which)[name].set_index("account_id")
        first = rows.groupby(person).transform("first")
        pd.testing.assert_frame_equal(first, rows[first.columns], check_names=False)
    # A shared home does not make one person of two: most who share one are strangers.
    homes = tables(which)["homes"].set_index("account_id")
    same = homes.groupby(["street", "lon", "lat"]).groups
    pairs = [pair for names in same.values() for pair in pairwise(names)]
    assert np.mean([person[one] == person[two] for one, two in pairs]) < 0.5


@SEEDS
def test_work_fits_the_part_that_people_play(which):
    work = tables(which)["work"].set_index("account_id")
    kind = city.places().set_index("place_id")
    for name, wanted in (
        ("shop owner", "bakery"),
        ("youth worker", "youth club"),
        ("young contact", "school"),
        ("school", "school"),
    ):
        found = kind.loc[work.loc[role(which, name), "place_id"], "kind"]
        assert set(found) == {wanted}, name
    assert (
        kind.loc[work.loc[role(which, "shop owner"), "place_id"], "district"].item() == "Old Quay"
    )
    hours = work["hours"].dropna()
    assert hours.str.fullmatch(r"\d\d-\d\d").all() and work["hours"].isna().any()
    # Who works at the port is no sign of the group.
    people = world(*which).truth["people"].set_index("account_id")["population"]
    port = work["employer"] == "port"
    assert port.any() and (people[work.index[port]] == "HL").mean() < 0.1


# Whose home a map shows.


def coordinates(which):
    posts = tables(which)["posts"][["post_id", "account_id", "time"]]
    found = tables(which)["locations"].query("kind == 'coordinates'").merge(posts, on="post_id")
    cell = [np.floor(found[c] / side + 1e-9) for c, side in zip(("lon", "lat"), CELL, strict=True)]
    return found.assign(cell=list(zip(*cell, strict=True)))


@WITNESS
def test_posts_of_the_witness_show_the_home(which):
    found = coordinates(which)
    mine = found[found["account_id"].isin(role(which, "witness"))]
    home = tables(which)["homes"].set_index("account_id").loc[role(which, "witness")[0]]
    # One cell, and it is the one of the register.
    (cell,) = set(mine["cell"])
    middle = [(number + 0.5) * side for number, side in zip(cell, CELL, strict=True)]
    assert np.allclose(middle, [home["lon"], home["lat"]], atol=1e-5)
    # At full precision the points lie within one house; the register is 500 m coarse.
    lon, lat = mine["lon"].mean(), mine["lat"].mean()
    assert city.metres(mine["lon"], mine["lat"], lon, lat).max() < 15
    assert len(mine) >= 4 and mine["time"].dt.date.nunique() >= 3  # a pattern, not a visit


@WITNESS
def test_a_map_that_counts_posts_shows_the_home_and_one_that_counts_people_does_not(which):
    found = coordinates(which)
    home = set(found[found["account_id"].isin(role(which, "witness"))]["cell"])
    posts = found.groupby("cell").size()
    people = found.groupby("cell")["account_id"].nunique()
    assert home <= set(posts.index[posts >= 5])
    kept = set(people.index[people >= 5])
    assert not home & kept and len(kept) >= 5  # and yet there is a map left


# Messages and closed groups.


@TALK
def test_messages_run_between_two_and_forward_in_time(which):
    found = tables(which)["messages"]
    assert found["time"].is_monotonic_increasing and found["message_id"].is_monotonic_increasing
    assert (found["sender"] != found["receiver"]).all() and (found["tier"] == "private").all()
    low = found["sender"].where(found["sender"] < found["receiver"], found["receiver"])
    high = found["receiver"].where(low == found["sender"], found["sender"])
    assert ((low + high).groupby(found["thread_id"]).nunique() == 1).all()
    assert found["time"].between("2031-03-01", "2031-03-29", inclusive="left").all()
    assert found["language"].value_counts(normalize=True).min() > 0.2
    plain = found[found["text"].str.len() > 25]
    assert plain["text"].nunique() / len(plain) > 0.75
    kinds = world(*which).truth["threads"].set_index("thread_id")["kind"]
    assert set(kinds.index) == set(found["thread_id"])
    share = (kinds == "ordinary").mean()
    assert 0.9 < share < 1


@TALK
def test_ordinary_threads_join_people_who_follow(which):
    found = tables(which)["messages"]
    kinds = world(*which).truth["threads"].set_index("thread_id")["kind"]
    some = found[found["thread_id"].map(kinds) == "ordinary"]
    ties = tables(which)["ties"].query("kind == 'follow'")
    follows = set(map(frozenset, zip(ties["source"], ties["target"], strict=True)))
    assert set(map(frozenset, zip(some["sender"], some["receiver"], strict=True))) <= follows
    people = world(*which).truth["people"].set_index("account_id")["population"]
    assert set(people[some["sender"]]) == {"BG"}
    # The number of a thread does not tell which were planted: they stand among the others.
    planted = np.flatnonzero(kinds.sort_index() != "ordinary")
    assert planted.min() > 5 and planted.max() < 0.9 * len(kinds)
    assert np.diff(planted).max() > 3


@TALK
def test_only_members_of_closed_groups_write_in_them_and_after_they_joined(which):
    found = tables(which)["group_posts"]
    groups = tables(which)["groups"].set_index("group_id")
    assert set(groups.loc[found["group_id"], "admission"]) == {"closed"}
    assert set(found["tier"]) == {"friends"} and found["time"].is_monotonic_increasing
    joins = tables(which)["ties"].query("kind == 'join'")
    joined = joins.set_index(["source", "target"])["time"]
    since = joined[list(zip(found["account_id"], found["group_id"], strict=True))]
    assert (found["time"].array > since.array).all()
    assert found["group_id"].nunique() > 20
    assert found["text"].nunique() / len(found) > 0.7
    assert found["text"].str.len().between(1, 280).all()


# What is said of worlds.


def test_every_section_is_described_in_a_sentence():
    for name in scenario.names():
        settings = scenario.load(name)
        text = describe.scenario(name)
        lines = text.split("Planted:\n")[1].splitlines()
        assert all(len(line) > 20 and "{" not in line for line in lines), name
        for section in set(settings) - {"world", "platforms", "extends", "organisation"}:
            # A list of bare key names, as it once was.
            keys = settings[section]
            if isinstance(keys, dict) and len(keys) > 1:
                assert ", ".join(keys) not in text, (name, section)
    assert set(describe.SECTIONS) <= set(scenario._OPTIONAL)
    told = {"clubs", "extends", "organisation", "plants", "populations", "scope"}
    assert set(describe.SECTIONS) | told == set(scenario._OPTIONAL)


def test_names_of_tables_are_not_used_twice():
    for tables_ in (schema.TABLES + schema.EXTRAS, schema.TRUTH + schema.TRUTH_EXTRAS):
        names = [table.name for table in tables_]
        assert len(names) == len(set(names))


def test_people_column_names_every_population():
    (column,) = (c for c in schema.TRUTH_BY_NAME["people"].columns if c.name == "population")
    made = world(*CITIES[0]).truth["people"]["population"].unique()
    assert set(made) == set(column.description.split(": ")[1].split(", "))
