"""Covert groups: what is true, what can be seen, and how far structure alone goes."""

import copy

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from world_helpers import digests, world

from synthetic_data import WorldError, covert, generate, plant, pools, realism, scenario, schema
from synthetic_data.difficulty import settled, topology_baseline
from synthetic_data.follows import ordinary_follows
from synthetic_data.generate import from_settings
from synthetic_data.posts import ordinary_posts
from synthetic_data.society import build

KINDS = ("hub", "cartel", "chain", "clan", "cell")
WORLDS = [(kind, 1, 1500) for kind in KINDS]
EACH = pytest.mark.parametrize("which", WORLDS, ids=KINDS)


@pytest.fixture(scope="module")
def societies():
    """Ordinary life of a few seeds, to plant many groups in."""
    settings = scenario.load("cell")
    made = []
    for seed in (1, 2, 3, 4):
        stream = f"cell/{seed}"
        people = build(stream, settings, 1500)
        source, target = ordinary_follows(stream, people, 9)
        posts = ordinary_posts(stream, people, 8, source, target)
        made.append((stream, people, posts, source, target))
    return made


def planted(society, **change):
    settings = copy.deepcopy(scenario.load("cell"))
    settings["network"] |= change
    stream, people, posts, source, target = society
    return covert.plant(stream, settings, people, posts, source, target)


@EACH
def test_a_bond_shows_where_truth_says_so_and_nowhere_else(which):
    made = world(*which)
    account = made.truth["members"].set_index("member_id")["account_id"]
    bonds = made.truth["bonds"]
    assert bonds["source"].isin(account.index).all() and bonds["target"].isin(account.index).all()
    ours = set(account.dropna())
    ties = made.tables["ties"].query("kind != 'join'")
    ties = ties[ties["source"].isin(ours) & ties["target"].isin(ours)]
    seen = {frozenset(pair) for pair in zip(ties["source"], ties["target"], strict=True)}
    shown = bonds[bonds["visible"]]
    pairs = zip(account[shown["source"]], account[shown["target"]], strict=True)
    assert seen == {frozenset(pair) for pair in pairs}
    assert 0 < len(seen) < len(bonds)


@EACH
def test_members_roles_and_accounts_agree(which):
    made = world(*which)
    size = scenario.load(which[0])["network"]["size"]
    members = made.truth["members"]
    assert len(members) == size and members["member_id"].is_unique
    have = members.dropna(subset="account_id").set_index("account_id")
    people = made.truth["people"].set_index("account_id")
    assert set(have.index) == set(people[people["population"] == "HL"].index)
    assert (people.loc[have.index, "role"] == have["role"]).all()
    parts = people.loc[have.index, "cell"].fillna("none")
    assert (parts == have["part"].fillna("none")).all()
    # Medium: of the people without rank 35 % have no account, and nobody of rank is missing.
    gone = members[members["account_id"].isna()]["role"]
    plain = members["role"].isin(["spoke", "worker", "soldier", "associate", "member"])
    assert len(gone) == plain.sum() * 35 // 100
    assert gone.isin(members.loc[plain, "role"]).all()


@EACH
def test_facts_point_to_rows_that_show_them(which):
    made = world(*which)
    facts = made.truth["facts"]
    ours = set(made.truth["members"]["account_id"].dropna())
    posts = made.tables["posts"].set_index("post_id")
    days = (made.tables["ties"]["time"] - pd.Timestamp("2031-03-01", tz="UTC")).dt.days + 1
    for fact in facts.itertuples():
        rows = made.tables[fact.table]
        rows = rows[rows[schema.BY_NAME[fact.table].key].isin(fact.rows.split())]
        assert len(rows) == len(fact.rows.split()) > 0, fact.statement
        if fact.population == "HL" and fact.table == "ties":
            assert rows["source"].isin(ours).all() and rows["target"].isin(ours).all()
            assert set(posts.loc[rows["post_id"], "tier"]) == {fact.lowest_tier}
            assert days[rows.index].max() == fact.first_day
    words = " ".join(facts["statement"])
    part = {"hub": "circle", "cartel": "crew", "chain": "stage", "clan": "family", "cell": "cell"}
    assert f"Members of {part[which[0]]} 1 talk" in words or which[0] in ("hub", "chain")
    assert "Hangers-on talk like the group" in words
    subjects = made.tables["subjects"]["account_id"]
    assert len(subjects) == 3 and set(subjects) <= ours
    assert set(subjects) <= set(made.tables["scope"]["account_id"])
    assert len(made.tables["scope"]) == scenario.load(which[0])["network"]["scope"]


@EACH
def test_members_cannot_be_told_from_others_by_their_accounts(which):
    made = world(*which)
    people = made.truth["people"].set_index("account_id")["population"]
    accounts = made.tables["accounts"].set_index("account_id")
    ours = accounts.loc[people.index[people == "HL"]]
    assert set(ours["platform"]) == {"Tikkeron"} and set(ours["visibility"]) == {"public"}
    assert ours["bio"].nunique() > len(ours) / 4
    # Hangers-on use the words of the group, too. One world has about 25 such posts, so three count.
    said = []
    for seed in (1, 2, 3):
        other = world(which[0], seed, which[2])
        who = other.truth["people"].set_index("account_id")["population"]
        posts = other.tables["posts"]
        loud = posts["hashtags"].str.contains("#nightcrew|#quayours|#elmuelleesnuestro")
        said += who[posts.loc[loud, "account_id"]].tolist()
    near = [population == "BO" for population in said if population in ("HL", "BO")]
    assert len(said) > 40 and len(near) > 20 and np.mean(near) > 0.1


@EACH
def test_tags_of_the_group_do_not_name_it(which):
    """Before, eight in ten who used a tag of the group belonged to it."""
    users, members = 0, 0
    for seed in (1, 2, 3):
        made = world(which[0], seed, which[2])
        people = made.truth["people"].set_index("account_id")["population"]
        posts = made.tables["posts"]
        tagged = posts["hashtags"].str.contains("#nightcrew|#quayours|#elmuelleesnuestro")
        accounts = posts.loc[tagged & posts["repost_of"].isna(), "account_id"].unique()
        users, members = users + len(accounts), members + int((people[accounts] == "HL").sum())
    assert members >= 5 and members < 0.4 * users


@pytest.mark.parametrize("which", [("cell", 1, 1500), ("harbour", 1, 2000)], ids=lambda w: w[0])
def test_most_lines_within_the_group_have_words_that_anybody_uses(which):
    made = world(*which)
    people = made.truth["people"].set_index("account_id")["population"]
    ties = made.tables["ties"].query("kind in ['mention', 'reply']")
    ours = people.index[people == "HL"]
    inside = ties["source"].isin(ours) & ties["target"].isin(ours)
    lines = made.tables["posts"].set_index("post_id")["text"][ties["post_id"][inside]]
    # Beginnings of the group's own lines, as far as they have no word to fill in.
    own = {
        line.removeprefix("@{who} ").split("{")[0].strip(" ,?")
        for name in pools.LANGUAGES
        for kind in ("crew", "crew_reply")
        for line in pools.grammar(name)["topics"][kind]["templates"]
    } - {"", "a", "@", "¿"}
    said = lines.str.replace(r"^@\S+ ", "", regex=True)
    own = said.str.startswith(tuple(own))
    assert len(said) > 20 and 0.05 < own.mean() < 0.45


def test_sound_references_and_times():
    for which in WORLDS[:2]:
        tables = world(*which).tables
        for table in schema.TABLES:
            for column, (other, key) in table.links.items():
                assert tables[table.name][column].dropna().isin(tables[other][key]).all()
        posts = tables["posts"].set_index("post_id")
        answers = posts[posts["reply_to"].notna()]
        assert (answers["time"].array > posts.loc[answers["reply_to"], "time"].array).all()


def test_same_seed_same_world_and_types_share_the_society():
    assert digests(generate("cartel", 1, 1500)) == digests(world("cartel", 1, 1500))
    assert digests(generate("cartel", 2, 1500)) != digests(world("cartel", 1, 1500))
    one, two = world("cartel", 1, 1500), world("clan", 1, 1500)
    accounts = one.tables["accounts"]
    cast = [
        set(made.truth["people"].query("population != 'BG'")["account_id"]) for made in (one, two)
    ]
    assert cast[0] != cast[1]
    rest = ~accounts["account_id"].isin(cast[0] | cast[1])
    pd.testing.assert_frame_equal(accounts[rest], two.tables["accounts"][rest])


def test_easier_groups_are_found_more_easily(societies):
    found = {
        level: [
            planted(society, kind=kind, size=40, difficulty=level).covert
            for society in societies
            for kind in ("cartel", "chain", "cell")
        ]
        for level in covert.DIFFICULTY
    }
    precision = {
        level: np.mean([group.baseline["precision"] for group in groups])
        for level, groups in found.items()
    }
    assert precision["easy"] > precision["medium"] > precision["hard"] > 0.02
    ego = {
        level: np.mean([group.baseline["ego_share"] for group in groups])
        for level, groups in found.items()
    }
    # Shares of a member's contacts that are members, as in the design's table.
    assert 0.15 < ego["easy"] < 0.37 and 0.06 < ego["medium"] < 0.17 and 0.015 < ego["hard"] < 0.06
    for groups in found.values():
        assert all(settled(group.baseline) for group in groups)


def test_seen_share_of_bonds_follows_the_level(societies):
    for level, share in (("easy", 0.8), ("medium", 0.45), ("hard", 0.25)):
        seen = []
        for society in societies:
            group = planted(society, kind="cell", size=60, difficulty=level).covert
            present = (group.slot[group.bonds[:, :2]] >= 0).all(axis=1)
            assert not group.bonds[~present, 3].any()
            seen += group.bonds[present, 3].tolist()
        assert np.mean(seen) == pytest.approx(share, abs=0.1)


def test_refused_worlds_are_drawn_again_the_same_way(societies, monkeypatch):
    calls = []

    def third(baseline):
        calls.append(baseline)
        return len(calls) % 3 == 0

    monkeypatch.setattr(covert, "settled", third)
    one, two = (planted(societies[0]) for _ in range(2))
    assert one.covert.redraws == two.covert.redraws == 2
    assert one.cast == two.cast and one.talk.tolist() == two.talk.tolist()
    monkeypatch.setattr(covert, "settled", lambda baseline: False)
    with pytest.raises(WorldError, match="structure alone finds the group at once or not at all"):
        planted(societies[0])


def test_baseline_by_another_way():
    graph = nx.karate_club_graph()
    ties = np.array(graph.edges)
    members, seeds = np.array([0, 1, 2, 3, 7, 13]), np.array([0, 13])
    found = topology_baseline(len(graph), ties, members, seeds)
    # PageRank with restart, solved as a system of equations.
    step = nx.to_numpy_array(graph, weight=None)
    step = (step / step.sum(axis=1, keepdims=True)).T
    start = np.zeros(len(graph))
    start[seeds] = 0.5
    score = np.linalg.solve(np.eye(len(graph)) - 0.85 * step, 0.15 * start)
    rest = [node for node in np.argsort(-score) if node not in seeds]
    wanted = [node in members for node in rest]
    assert found["precision"] == pytest.approx(np.mean(wanted[:4]), abs=1e-3)
    better = [score[a] > score[b] for a in rest if a in members for b in rest if b not in members]
    assert found["auc"] == pytest.approx(np.mean(better), abs=1e-3)
    shares = [np.mean([other in members for other in graph[node]]) for node in members]
    assert found["ego_share"] == pytest.approx(np.mean(shares), abs=1e-3)


def test_trivial_and_hopeless_groups_are_recognised():
    # A clique that hangs on a long ring by one tie: structure alone finds all of it.
    ring = nx.cycle_graph(40)
    ring.add_edges_from(nx.complete_graph(range(40, 48)).edges)
    ring.add_edge(0, 40)
    easy = topology_baseline(48, np.array(ring.edges), np.arange(40, 48), np.array([41, 42, 43]))
    assert easy["precision"] == 1 and easy["louvain_f1"] == 1 and not settled(easy)
    # Members as far from the known ones as can be.
    far = topology_baseline(
        40, np.array(nx.cycle_graph(40).edges), np.array([0, 18, 19, 20, 21, 22]), np.array([0])
    )
    assert far["precision"] == 0 and far["auc"] < 0.2 and not settled(far)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_harbour_records_its_baseline(seed):
    found = recorded(world("harbour", seed, 2000))
    assert settled(found) and set(found) == {"precision", "auc", "louvain_f1", "ego_share"}


def recorded(made):
    return {n[9:]: value for n, value in made.meta.items() if n.startswith("baseline_")}


def test_harbour_that_structure_alone_gives_away_is_drawn_again(monkeypatch):
    """With 5,000 accounts the first cast of seed 8 is found by structure alone, so another one is
    cast, the same one each time; everything ordinary stays."""
    kept = world("harbour", 8, 5000)
    assert settled(recorded(kept))
    monkeypatch.setattr(plant, "settled", lambda found: True)
    refused = generate("harbour", 8, 5000)
    assert not settled(recorded(refused))
    one, two = (
        set(part.truth["people"].query("population == 'HL'")["account_id"])
        for part in (kept, refused)
    )
    assert one != two
    assert (kept.tables["accounts"]["created"] == refused.tables["accounts"]["created"]).all()
    monkeypatch.setattr(plant, "settled", lambda found: False)
    with pytest.raises(WorldError, match="ask for another seed or more accounts"):
        generate("harbour", 8, 1700)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "ring"}, r"^my\.toml: network: a group must be one of hub, .* not 'ring'$"),
        ({"size": 151}, r"^my\.toml: network: a cell has 20 to 150 people, not 151$"),
        ({"difficulty": "mean"}, r"network\.difficulty must be one of easy, medium, hard, not"),
        ({"scope": 60}, r"network\.scope must be at least twice network\.size$"),
    ],
)
def test_impossible_networks_are_refused(tmp_path, change, sentence):
    path = tmp_path / "my.toml"
    lines = "\n".join(f"{name} = {value!r}" for name, value in change.items())
    path.write_text(f'extends = "cell"\n[network]\n{lines}\n', encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(path)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("long_posts_per_million = -1", r"world\.long_posts_per_million must be 0 to 1000000$"),
        ("busy_per_million = 1000001", r"world\.busy_per_million must be 0 to 1000000$"),
        ("topic_weights = [1, 2]", r"world\.topic_weights needs ten whole numbers, not all of"),
        ("topic_weight = 1", r"unknown key world\.topic_weight; known keys are: "),
    ],
)
def test_slips_in_the_texture_are_named(tmp_path, line, sentence):
    path = tmp_path / "my.toml"
    path.write_text(f'extends = "cell"\n[world]\n{line}\n', encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(path)


def test_background_of_covert_worlds_meets_its_targets():
    lines = [
        {line.name: line.value for line in realism.background(world("cell", seed, 1500))}
        for seed in (1, 2, 3)
    ]
    for name in (
        "text: longer than 140",
        "text: at the limit of 280",
        "text: median length",
        "followers: tail exponent",
        "posts of the busiest tenth",
        "bots among active accounts",
        "clustering, mean",
        "assortativity",
        "largest component",
        "follows returned",
        "burstiness A",
        "memory of gaps",
        "cascade sizes: tail exponent",
        "originals never shared",
        "replies at depth 1",
        "trough hour",
        "peak hour / trough hour",
    ):
        low, high, _ = realism.TARGETS[name]
        assert all(low <= found[name] <= high for found in lines), name
    # A small world draws few communities, and so few favourite topics: the mean is looked at.
    slope = [found["hashtags: Zipf slope"] for found in lines]
    assert 0.9 <= np.mean(slope) <= 1.1
    made = world("cell", 1, 1500).tables["posts"]
    assert made["text"].str.len().max() <= 280


def test_network_larger_than_the_society_is_refused():
    with pytest.raises(WorldError, match=r"needs at least 1,000 accounts; 999 were asked for$"):
        generate("cartel", 1, 999)


@pytest.mark.parametrize("level", ["easy", "hard"])
def test_smallest_worlds_of_other_levels_can_be_made(level):
    settings = copy.deepcopy(scenario.load("clan"))
    settings["network"]["difficulty"] = level
    made = from_settings("clan", settings, 5, 1200)
    assert made.meta["difficulty"] == level and len(made.truth["members"]) == 60
