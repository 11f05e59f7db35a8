"""The society looks like published ones, in every world that somebody opens first.

The bands are those of `realism.TARGETS`, which come from studies; lines about texts have tests of
their own. Labs open a harbour and a city with 2,000 accounts.
"""

import numpy as np
import pandas as pd
import pytest
from world_helpers import world

from synthetic_data import automated, realism, scenario
from synthetic_data.follows import ordinary_follows
from synthetic_data.posts import MENTION, REPOST, ordinary_posts
from synthetic_data.society import activity, build
from synthetic_data.streams import stratified

SMALL = [
    (name, seed, size)
    for name, size in (("village", 1000), ("cell", 1000), ("harbour", 2000), ("city", 2000))
    for seed in (1, 2, 3)
]
WORLDS = pytest.mark.parametrize("which", SMALL, ids=lambda which: f"{which[0]}-{which[1]}")


def people(which):
    return world(*which).truth["people"].set_index("account_id")


@WORLDS
def test_society_is_inside_its_targets(which):
    made = world(*which)
    found = (
        realism._follows(made)
        | realism._activity(made)
        | realism._spread(made)
        | realism._others(made)
    )
    assert len(found) == 17
    for name, value in found.items():
        low, high, _ = realism.TARGETS[name]
        if value is None:  # only a city has a map
            assert "coordinates" in name and which[0] != "city"
        else:
            assert low <= value <= high, name


@pytest.mark.parametrize(("name", "least"), [("village", 240), ("cell", 800), ("harbour", 1600)])
def test_nobody_is_followed_by_a_large_part_of_a_platform(name, least):
    settings = scenario.load(name)
    for size in (least, 6000, 30_000):
        society = build("cap", settings, size)
        _, target = ordinary_follows("cap", society, settings["world"]["follows_per_account"])
        followers = np.bincount(target, minlength=size)
        members = np.bincount(society.platform)[society.platform]
        mean = settings["world"]["follows_per_account"]
        most = np.maximum(0.03 * members, 1.25 * np.sqrt(mean * members))
        assert (followers <= most).all()
        # From 20,000 accounts of a platform on it is three in a hundred.
        assert size < 30_000 or (followers <= 0.032 * members)[society.platform == 0].all()


def test_follows_close_triangles_more_often_than_communities_do():
    # By hand: of all pairs "a follows b, b follows c" how many have "a follows c", beside the same
    # graph with its targets exchanged inside each community.
    settings = scenario.load("village")
    society = build("closed", settings, 3000)
    source, target = ordinary_follows("closed", society, 5)

    def closed(target):
        edges = pd.DataFrame({"a": source, "b": target})
        edges = edges[edges["a"] != edges["b"]].drop_duplicates()
        paths = edges.merge(edges.rename(columns={"a": "b", "b": "c"}), on="b")
        paths = paths[paths["a"] != paths["c"]]
        return paths.merge(edges.rename(columns={"b": "c"}), on=["a", "c"]).shape[0] / len(paths)

    mixed = pd.Series(target).groupby(society.community[target]).sample(frac=1, random_state=1)
    groups = pd.Series(target).groupby(society.community[target]).groups
    exchanged = target.copy()
    for place, rows in groups.items():
        exchanged[rows] = mixed[society.community[mixed] == place]
    assert closed(target) > 1.5 * closed(exchanged)


# What catches on.


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ["cell", "village"])
def test_cascades_of_a_large_world_have_a_tail_at_every_cut(name, seed):
    # The fit chooses its own cut. A curve that only looks like a power law gives another exponent
    # at each, and in one seed the fit lands where it is above 3.
    settings, path = scenario.load(name), f"{name}/{seed}"
    society = build(path, settings, 20_000)
    source, target = ordinary_follows(path, society, settings["world"]["follows_per_account"])
    plan = ordinary_posts(path, society, settings["world"]["posts_per_account"], source, target)
    shared = np.bincount(plan.parent[plan.kind == REPOST], minlength=len(plan))
    shared = shared[plan.kind <= MENTION]
    size = shared[shared > 0] + 1.0
    assert 2 < realism.tail_exponent(size) < 2.9
    for cut in (2, 3, 5, 8):  # likeliest exponent, Clauset, Shalizi and Newman 2009
        tail = size[size >= cut]
        assert 2 < 1 + len(tail) / np.log(tail / (cut - 0.5)).sum() < 2.9, cut
    assert size.max() > 80
    assert (shared == 0).mean() > 0.95


@WORLDS
def test_what_many_repeat_came_from_the_front_page(which):
    tables, who = world(*which).tables, people(which)
    accounts = tables["accounts"].set_index("account_id")
    posts = tables["posts"].set_index("post_id")
    again = posts[posts["repost_of"].notna()]
    again = again[(who.loc[again["account_id"], "population"] == "BG").to_numpy()]
    # Nobody repeats a post twice, or a post of their own.
    assert not again.duplicated(["account_id", "repost_of"]).any()
    writer = posts.loc[again["repost_of"], "account_id"].to_numpy()
    assert (again["account_id"] != writer).all()
    ties = tables["ties"].query("kind == 'follow'")
    follows = set(zip(ties["source"], ties["target"], strict=True))
    near = np.array([pair in follows for pair in zip(again["account_id"], writer, strict=True)])
    assert 0.1 < near.mean() < 0.5
    much = again["repost_of"].map(again["repost_of"].value_counts()) >= 5
    assert much.sum() > 20 and near[much].mean() < 0.5 * near[~much].mean()
    # There is one front page for each platform and language.
    far, theirs = accounts.loc[again["account_id"][~near]], accounts.loc[writer[~near]]
    for column in ("platform", "language"):  # a city plants some more
        assert (far[column].to_numpy() == theirs[column].to_numpy()).mean() > 0.9


# Accounts that post by program.


@WORLDS
def test_programs_keep_a_clock_and_people_do_not(which):
    posts, who = world(*which).tables["posts"], people(which)
    rhythm = {}
    for account, times in posts.groupby("account_id")["time"]:
        if len(times) >= 30:
            gaps = np.diff(np.sort(times.astype("int64").to_numpy())).astype(float)
            rhythm[account] = realism.burstiness(gaps)
    rhythm = pd.Series(rhythm)
    machine = who.loc[rhythm.index, "population"] == "AU"
    assert machine.sum() >= 2
    assert (rhythm[machine] < 0).all()
    # Whoever looks at the clock finds them: hardly anybody is that even. In a city the keen people
    # are nearly so, and no programs for that.
    assert (rhythm[~machine] > 0).mean() > (0.9 if which[0] == "city" else 0.95)


@WORLDS
def test_programs_are_not_told_by_their_page_or_by_how_much_they_post(which):
    made, who = world(*which), people(which)
    accounts = made.tables["accounts"].set_index("account_id")
    machine = who["population"] == "AU"
    assert set(who.loc[machine, "role"]) == {"automated account"}
    said = accounts["handle"].str.match("(weather|tiempo|tides|mareas|traffic|trafico)_")
    assert 0.3 < said[machine].mean() < 0.7 and not said[~machine].any()
    busiest = made.tables["posts"]["account_id"].value_counts().index[: len(who) // 20]
    assert machine[busiest].mean() < 0.5


@WORLDS
def test_programs_speak_to_nobody_and_have_no_part_in_a_case(which):
    tables, who = world(*which).tables, people(which)
    machine = set(who.index[who["population"] == "AU"])
    ties = tables["ties"]
    assert set(ties.loc[ties["source"].isin(machine), "kind"]) <= {"follow"}
    for name in ("scope", "subjects"):
        assert not machine & set(tables[name]["account_id"])
    theirs = tables["posts"][tables["posts"]["account_id"].isin(machine)]
    assert theirs.groupby("account_id").size().between(automated.LEAST, automated.MOST).all()
    assert theirs.groupby("account_id").ngroups == len(machine)
    assert theirs["tier"].isin(["public", "registered"]).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_programs_that_post_at_one_minute_are_not_one_hand(seed):
    # M07 asks who acts together. Clocks agree by chance: shared minutes alone name the innocent.
    made, who = world("city", seed, 1600), people(("city", seed, 1600))
    posts = made.tables["posts"].assign(minute=lambda rows: rows["time"].dt.floor("min"))
    crowd = posts.groupby("minute")["account_id"].nunique()
    together = posts[posts["minute"].isin(crowd.index[crowd >= 3])]["account_id"].unique()
    assert (who.loc[together, "population"] != "AM").mean() > 0.5
    # A shared link within seconds names the amplifiers, and no program.
    link = posts["text"].str.extract(r"(claro-now\.example/\d+)")[0]
    shared = posts[link.notna()].assign(link=link)
    assert not set(who.index[who["population"] == "AU"]) & set(shared["account_id"])
    assert set(who.index[who["population"] == "AM"]) <= set(shared["account_id"])


# Even draws.


def test_even_draws_have_the_whole_table_in_every_part():
    table, part = np.arange(1000), np.repeat([0, 1, 2], [10, 500, 3])
    found = stratified("even", part, table)
    for number, size in ((0, 10), (1, 500), (2, 3)):
        mine = np.sort(found[part == number])
        # One from each of `size` equal pieces.
        assert (mine * size // 1000 == np.arange(size)).all()
    assert (np.diff(found[part == 1]) < 0).any()  # and in no order
    again = stratified("even", part, table)
    assert (found == again).all() and (found != stratified("other", part, table)).any()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_activity_is_the_same_shape_in_every_world(seed):
    society = build(f"shape/{seed}", scenario.load("village"), 1000)
    count = np.sort(activity(f"shape/{seed}", society, 8))[::-1]
    # The mean of a lognormal with these few draws would vary by a fifth. Programs post a little
    # more than the mean often, and never a lot.
    assert count.mean() == pytest.approx(8, rel=0.05)
    assert count[0] > 40 * 8 and count[0] < 8 * 100
