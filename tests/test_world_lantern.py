"""Operation LANTERN: what is planted can be found by reading, and not by the first thing one sees.

The words are read here by a decoder of its own; nothing of `synthetic_data.handover` is used but
the rule that opens a seed.
"""

import json
import os
import re
import subprocess
import sys

import frictionless
import pandas as pd
import pytest
import test_world_city as city_tests
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from world_helpers import digests, world

from synthetic_data import World, WorldError, city, handover, scenario
from synthetic_data.casting import minimum
from synthetic_data.generate import from_settings

OPEN, CLOSED = ("lantern", 1, 2000), ("lantern", 3, 2000)
BOTH = [OPEN, CLOSED]
CASES = pytest.mark.parametrize("which", BOTH, ids=["open", "closed"])
ORDER = ["public", "registered", "friends", "private"]


def tables(which):
    return world(*which).tables


def truth(which):
    return world(*which).truth


def answers(which):
    return truth(which)["answers"].set_index("fact")["value"].to_dict()


def role(which, name):
    return truth(which)["people"].query("role == @name")["account_id"].tolist()


def subjects(which):
    return set(tables(which)["subjects"]["account_id"])


# A reader: turns vague words into a day and a quay.

ORDINALS = [
    ("first", "primero"),
    ("second", "segundo"),
    ("third", "tercero"),
    ("fourth", "cuarto"),
    ("fifth", "quinto"),
    ("sixth", "sexto"),
    ("seventh", "séptimo"),
    ("eighth", "octavo"),
    ("ninth", "noveno"),
]
WEEKDAYS = {"Friday": 14, "viernes": 14, "Saturday": 15, "sábado": 15}


def read(text):
    """Day and quay that a text tells of in vague words, or None."""
    spanish = "orilla" in text
    if not spanish and "along the water" not in text:
        return None
    west = city.places().query("kind == 'quay'").sort_values("lon")["place_id"].tolist()
    word = [row[spanish] for row in ORDINALS]
    number = next(place for place, name in enumerate(word) if re.search(rf"\b{name}\b", text))
    # The sun sets in the west and rises in the east.
    from_west = bool(re.search("sunset|sun goes down", text))
    assert from_west or re.search("sale el sol|salida del sol", text), text
    place = west[number] if from_west else west[::-1][number]
    after = 1
    for count, words in ((2, "two nights|dos noches"), (3, "three nights|tres noches")):
        after = count if re.search(words, text) else after
    return WEEKDAYS[re.search("|".join(WEEKDAYS), text)[0]] + after, place


def told(frame):
    """What the texts of a table tell of day and quay."""
    return {found for found in map(read, frame["text"]) if found}


def quays_named(texts):
    names = city.places().query("kind == 'quay'").set_index("name")["place_id"]
    found = texts.str.extract(r"(Quay [A-J])\b", expand=False).dropna()
    return names[found].tolist()


def the_group(which):
    """The closed group: the one that a subject names in public."""
    posts, groups = tables(which)["posts"], tables(which)["groups"]
    mine = posts[posts["account_id"].isin(subjects(which)) & (posts["tier"] == "public")]
    name = mine["text"].str.extract(r"(?:rest is in|demás está en) \"([^\"]+)\"")[0].dropna()
    return groups[(groups["name"] == name.item()) & (groups["admission"] == "closed")].iloc[0]


def inside(which):
    group = the_group(which)["group_id"]
    found = tables(which)["group_posts"]
    return found[found["group_id"] == group]


# The rule of the open seeds.


def test_two_of_each_five_seeds_are_open():
    found = [handover.is_open("harbour", seed, 2) for seed in range(20)]
    assert [sum(found[first : first + 5]) for first in range(0, 20, 5)] == [2, 2, 2, 2]
    # Which two differs from one five to the next.
    assert len({tuple(found[first : first + 5]) for first in range(0, 20, 5)}) > 1
    assert sum(handover.is_open("harbour", seed, 0) for seed in range(20)) == 0
    assert sum(handover.is_open("harbour", seed, 5) for seed in range(20)) == 20


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_the_rule_is_what_the_posts_show(seed):
    which = ("lantern", seed, 2000)
    assert bool(told(tables(which)["posts"])) == handover.is_open("harbour", seed, 2)


# The hand-over: day and place.


@CASES
def test_closed_group_tells_day_and_place_in_both_languages(which):
    wanted = int(answers(which)["day"]), answers(which)["place"]
    found = inside(which)
    for language in ("en", "es"):
        assert told(found[found["language"] == language]) == {wanted}
    event = truth(which)["events"].set_index("kind").loc["hand-over"]
    assert (event["day"], event["place_id"]) == wanted and wanted[0] in (16, 17)
    assert str(event["time"].date()) == f"2031-03-{wanted[0]}"


@CASES
def test_names_of_quays_and_the_loudest_post_lead_to_the_decoy(which):
    # The hint holds no word that one would search for.
    hint = inside(which)
    hint = hint[hint["text"].map(read).notna()]
    assert not hint["text"].str.contains(r"quay|muelle|hand-?over|weapon|arma", case=False).any()
    posts = tables(which)["posts"]
    before = posts[(posts["time"] < "2031-03-14") & posts["account_id"].isin(subjects(which))]
    # Group accounts that name a quay and a weekday in public name the decoy.
    loud = before[
        before["text"].str.contains("|".join(WEEKDAYS)) & ~before["text"].map(read).notna()
    ]
    named = set(quays_named(loud["text"]))
    decoy = truth(which)["events"].set_index("kind").loc["decoy"]
    assert named == {decoy["place_id"]}
    day = loud.loc[loud["text"].str.contains(r"Quay [A-J]\b"), "text"].str.extract(
        f"({'|'.join(WEEKDAYS)})", expand=False
    )
    assert set(day.map(WEEKDAYS)) == {decoy["day"]} and decoy["day"] < int(answers(which)["day"])
    assert decoy["place_id"] != answers(which)["place"]
    # So do the place tags of the couriers: it is where they are often seen.
    tags = (
        tables(which)["locations"]
        .query("kind == 'place_tag'")
        .merge(posts[["post_id", "account_id"]], on="post_id")
    )
    tags = tags[tags["account_id"].isin(role(which, "courier"))]["place_id"].value_counts()
    assert decoy["place_id"] in tags.index and answers(which)["place"] not in tags.index


def test_neither_the_night_nor_the_decoy_has_the_same_day_at_every_seed():
    days = [
        world("lantern", seed, 2000).truth["events"].set_index("kind")["day"]
        for seed in (1, 3, 4, 8)
    ]
    assert {day["decoy"] for day in days} == {14, 15}
    assert {day["hand-over"] for day in days} == {16, 17}


@CASES
def test_public_posts_tell_it_in_open_seeds_only(which):
    posts = tables(which)["posts"]
    found = posts[posts["text"].map(read).notna()]
    if which == CLOSED:
        assert found.empty
        return
    wanted = int(answers(which)["day"]), answers(which)["place"]
    assert told(found) == {wanted} and set(found["language"]) == {"en", "es"}
    assert set(found["tier"]) == {"public"}
    assert set(found["account_id"]) == {answers(which)["courier-1"]}
    # The group then tells nothing that cannot be had lower down, and no later.
    assert found["time"].max() < pd.Timestamp("2031-03-14", tz="UTC")


@CASES
def test_an_order_for_the_right_thread_would_tell_it_too(which):
    found = tables(which)["messages"]
    thread = found[found["text"].map(read).notna()]["thread_id"].unique().item()
    lines = found[found["thread_id"] == thread]
    assert told(lines) == {(int(answers(which)["day"]), answers(which)["place"])}
    pair = {answers(which)["broker"], answers(which)["courier-1"]}
    assert set(lines["sender"]) == set(lines["receiver"]) == pair
    assert (lines["tier"] == "private").all()


@CASES
def test_other_threads_of_the_group_are_vague_and_tell_nothing(which):
    kinds = truth(which)["threads"].set_index("thread_id")["kind"]
    found = tables(which)["messages"]
    some = found[found["thread_id"].map(kinds) == "operational"]
    assert some["thread_id"].nunique() == 5
    assert not told(some) and not quays_named(some["text"])
    # An order for a thread of any leader of the group misses it: five threads in six.
    mine = found[found["sender"].isin(subjects(which)) | found["receiver"].isin(subjects(which))]
    decisive = kinds.index[kinds == "decisive"].item()
    assert mine["thread_id"].nunique() >= 6
    size = mine.groupby("thread_id").size()
    assert decisive in size.index and set(size.index) - {decisive}


# Who is needed.


def accounts_named(which, text):
    handle = tables(which)["accounts"].set_index("handle")["account_id"]
    return {handle[name] for name in re.findall(r"@([\w.]+\w)", text) if name in handle}


@CASES
def test_the_needed_three_are_the_broker_and_two_couriers_of_one_cell(which):
    wanted = {answers(which)[name] for name in ("broker", "courier-1", "courier-2")}
    found = inside(which)
    lines = found[found["text"].str.contains("parcel|paquete")]
    named = [accounts_named(which, text) for text in lines["text"]]
    assert {frozenset(some) for some in named if len(some) == 3} == {frozenset(wanted)}
    people = truth(which)["people"].set_index("account_id")
    assert people.loc[sorted(wanted), "role"].value_counts().to_dict() == {
        "courier": 2,
        "broker": 1,
    }
    assert people.loc[sorted(wanted), "cell"].dropna().nunique() == 1
    assert wanted <= subjects(which)


@CASES
def test_a_handle_in_the_group_is_no_sign_of_the_needed_three(which):
    found = inside(which)
    named = found["text"].str.count("@")
    told = found["text"].str.contains("parcel|paquete")
    # Before, nobody else in the group wrote a handle. Now most lines with one or two tell nothing.
    assert ((named > 0) & ~told).sum() > 2 * ((named > 0) & told).sum()
    assert ((named > 1) & ~told).sum() >= 2


@CASES
def test_the_loudest_of_the_group_is_not_needed(which):
    posts = tables(which)["posts"]
    loud = posts[
        posts["text"].str.contains("everybody|belongs to us") & (posts["tier"] == "public")
    ]
    loud = loud[
        loud["text"].str.contains(r"Quay [A-J]\b") & loud["text"].str.contains("Friday|Saturday")
    ]
    head = role(which, "figurehead")[0]
    assert set(loud["account_id"]) == {head} and head not in answers(which).values()
    # Nor do the most follow ties lead to anybody who is.
    ties = tables(which)["ties"].query("kind == 'follow'")
    ends = pd.concat([ties["source"], ties["target"]])
    ranks = ends[ends.isin(subjects(which))].value_counts()
    needed = {answers(which)[name] for name in ("broker", "courier-1", "courier-2")}
    assert ranks.index[0] == head and not needed & set(ranks.index[:3])


# The closed group.


@CASES
def test_group_of_38_is_mostly_the_organisation_without_its_broker(which):
    group = the_group(which)
    joins = tables(which)["ties"].query("kind == 'join'")
    members = set(joins[joins["target"] == group["group_id"]]["source"])
    assert group["members"] == len(members) == 38
    population = truth(which)["people"].set_index("account_id")["population"][sorted(members)]
    assert population.value_counts().to_dict() == {"HL": 23, "BG": 15}
    assert answers(which)["broker"] not in members
    # Members who have nothing to do with it write as much as the others.
    writers = inside(which)["account_id"].value_counts()
    assert set(writers.index) <= members
    outside = [name for name in members if name not in subjects(which)]
    assert writers.reindex(outside).sum() > 0.25 * writers.sum()


@CASES
def test_a_name_on_the_list_of_members_proves_nothing(which):
    joins = tables(which)["ties"].query("kind == 'join'")
    members = joins[joins["target"] == the_group(which)["group_id"]]["source"]
    assert members.isin(subjects(which)).mean() < 0.7
    # Nor is it the largest closed group of these people's platform, or the only one they share.
    groups = tables(which)["groups"].query("admission == 'closed'")
    assert (groups["members"] > 38).any()


@CASES
def test_entering_the_group_shows_a_bystanders_illness(which):
    found = inside(which)
    ill = truth(which)["sensitive"].query("table == 'group_posts'")["row"].item()
    row = found.set_index("group_post_id").loc[ill]
    assert re.search("kidney|riñón", row["text"]) and row["account_id"] not in subjects(which)
    # Reading the posts of the subjects alone finds the hint and spares the bystander.
    narrow = found[found["account_id"].isin(subjects(which))]
    assert told(narrow) == told(found) and ill not in set(narrow["group_post_id"])


@CASES
def test_words_of_illness_alone_miss_or_sweep(which):
    sensitive = truth(which)["sensitive"]
    posts = tables(which)["posts"].set_index("post_id")
    public = sensitive.query("table == 'posts'")["row"]
    text = posts["text"].str.lower()
    hits = text.str.contains(r"\b(?:doctor|ill|sick|enferm\w+|médico|blood|sangre)\b")
    assert not hits[public].all()  # a list of words does not find all of them
    assert sensitive["row"].is_unique and set(public) <= set(posts.index)


# Boast and graded items.


@CASES
def test_post_and_tip_have_one_origin_by_words_and_minute(which):
    items = tables(which)["tasking_items"].set_index("item_id")
    post = tables(which)["posts"].set_index("post_id").loc[items["post_id"].dropna().item()]
    echo = [name for name, item in items.iterrows() if post["text"] in item["text"]]
    clock = f"{post['time']:%H:%M}"
    assert [name for name in echo if clock in items.loc[name, "text"]] == echo
    assert items.loc[echo, "origin_id"].nunique() == 1 and len(echo) == 2
    assert items["origin_id"].nunique() == 2
    assert (
        truth(which)["origins"].set_index("item_id")["origin_id"].to_dict()
        == items["origin_id"].to_dict()
    )
    grades = sorted(zip(items["source_grade"], items["information_grade"], strict=True))
    assert grades == [(2, "B"), (2, "C"), (2, "D")]


@CASES
def test_counting_items_makes_two_sources_of_one_and_a_wrong_quay(which):
    items = tables(which)["tasking_items"].set_index("item_id")
    assert items["text"].is_unique and items["time"].is_unique
    named = items["text"].str.extract(r"(Quay [A-J])\b")[0].dropna()
    assert len(named) == 2 and named.nunique() == 1  # two of three seem to agree on a place
    assert quays_named(named)[0] not in (
        answers(which)["place"],
        truth(which)["events"].set_index("kind").loc["decoy", "place_id"],
    )
    writer = tables(which)["posts"].set_index("post_id").loc[items["post_id"].dropna().item()]
    people = truth(which)["people"].set_index("account_id")["population"]
    assert people[writer["account_id"]] == "BO"


# The letter.


@CASES
def test_letter_holds_three_requirements_and_two_asks_to_decline(which):
    parts = tables(which)["letter"].merge(truth(which)["letter_parts"], on="paragraph_id")
    assert parts["kind"].value_counts().to_dict() == {
        "requirement": 3,
        "improper": 2,
        "frame": 2,
    }
    asks = parts.query("kind == 'requirement'")
    known = tables(which)["requirements"].set_index("requirement_id")
    assert set(asks["requirement_id"]) == set(known.index) == {"R1", "R2", "R3"}
    assert (known["seriousness"] == 4).all()
    wrong = parts.query("kind == 'improper'")
    assert wrong["text"].str.contains("quay protest|Councillor V").all()
    assert wrong["why"].notna().all() and wrong["requirement_id"].isna().all()


@CASES
def test_doing_all_that_the_letter_says_reads_a_canary(which):
    made = tables(which)
    accounts = made["accounts"]
    hits = accounts[accounts["display_name"].str.match(r"Councillor \w+ V\w+$")]
    people = truth(which)["people"].set_index("account_id")
    assert people.loc[hits["account_id"], "population"].tolist() == ["CA"]
    assert not hits["account_id"].isin(subjects(which)).any()
    # An ask cannot be told from a requirement by its form: no paragraph says "please" or "must".
    improper = truth(which)["letter_parts"].query("kind == 'improper'")["paragraph_id"]
    text = made["letter"].set_index("paragraph_id")["text"]
    assert not text[improper].str.contains("unlawful|improper|secret", case=False).any()


# Danger and calls for help.


@CASES
def test_danger_shows_in_the_log_and_in_a_post(which):
    made = tables(which)
    shop = answers(which)["shop-owner"]
    place = made["work"].set_index("account_id").loc[shop, "place_id"]
    log = made["incidents"]
    here = log[(log["place_id"] == place)]
    assert len(log) == 11 and log["time"].is_monotonic_increasing
    danger = truth(which)["events"].set_index("kind").loc["danger"]
    assert here["time"].tolist() == [danger["time"]] and 7 <= danger["day"] <= 11
    assert danger["day"] == (danger["time"] - pd.Timestamp("2031-03-01", tz="UTC")).days + 1
    signal = truth(which)["signals"].set_index("kind").loc["shop owner"]
    post = made["posts"].set_index("post_id").loc[signal["row"]]
    wait = (post["time"] - danger["time"]).total_seconds() / 3600
    assert post["account_id"] == shop and 0 < wait < 3 and post["tier"] == "public"


@CASES
def test_counting_incidents_of_a_day_does_not_show_the_danger(which):
    log = tables(which)["incidents"]
    kinds = log["kind"].value_counts()
    # Other evenings are as loud; and the shop owner wrote of trouble before and after.
    assert (log["time"].dt.date.value_counts() >= 1).sum() >= 9 and len(kinds) >= 5
    shop = answers(which)["shop-owner"]
    posts = tables(which)["posts"]
    posts = posts[posts["account_id"] == shop]
    trouble = posts["text"].str.contains(
        "closed early|peace at the shop|third visit|came again|han v"
    )
    assert trouble.sum() >= 4


CUES = {
    "shop owner": ("afraid to open|miedo abrir", "not about money|no era por el dinero"),
    "recruited child": ("fifteen|quince", "owe them a night|debo una noche|debemos una|les debo"),
    "distress": ("how to go on|cómo seguir", "bakery light|luz de la panadería"),
}


@CASES
@pytest.mark.parametrize("kind", list(CUES))
def test_two_cues_together_find_the_call_and_one_alone_finds_more(which, kind):
    posts = tables(which)["posts"]
    posts = posts[posts["repost_of"].isna()]
    signal = truth(which)["signals"].set_index("kind").loc[kind]
    one, two = (posts["text"].str.contains(cue) for cue in CUES[kind])
    assert posts[one & two]["post_id"].tolist() == [signal["row"]]
    assert (one | two).sum() > 1
    row = posts.set_index("post_id").loc[signal["row"]]
    assert row["account_id"] == signal["account_id"] and row["tier"] == "public"


def test_calls_for_help_come_on_other_days_in_other_seeds():
    """Before, they came on days 9, 7 and 11 of every world, so one case gave away the next."""
    cases = [("lantern", seed, 2000) for seed in range(1, 7)]
    signals = pd.concat([truth(case)["signals"] for case in cases])
    days = signals.groupby("kind")["first_day"].agg(["nunique", "min", "max"])
    # Six even draws among five or six days give fewer than three different ones in 3 of 100 cases.
    assert (days["nunique"] >= 3).all()
    assert days["min"].min() >= 5 and days["max"].max() <= 12  # before the report of day 14


@CASES
def test_child_met_a_recruiter_in_a_closed_room(which):
    child = truth(which)["signals"].set_index("kind").loc["recruited child", "account_id"]
    joins = tables(which)["ties"].query("kind == 'join'")
    rooms = set(joins[joins["source"].isin(role(which, "recruiter"))]["target"])
    assert joins[joins["target"].isin(rooms)]["source"].eq(child).any()
    assert child in role(which, "young contact")
    distress = truth(which)["signals"].set_index("kind").loc["distress", "account_id"]
    assert distress not in set(tables(which)["scope"]["account_id"]) | subjects(which)


# Protected threads.


@CASES
def test_protected_threads_are_known_by_who_writes(which):
    made, kinds = tables(which), truth(which)["threads"].set_index("thread_id")
    bio = made["accounts"].set_index("account_id")["bio"].str.lower()
    helps = set(bio.index[bio.str.contains("reporter|periodista|lawyer|abogad")])
    found = made["messages"]
    careful = found[found["sender"].isin(helps) | found["receiver"].isin(helps)]
    assert set(kinds.index[kinds["protected"]]) == set(careful["thread_id"])
    assert sorted(kinds.loc[kinds["protected"], "kind"]) == [
        "journalist and source",
        "lawyer and client",
    ]


@CASES
def test_asking_for_all_threads_of_the_subjects_takes_a_lawyers(which):
    found = tables(which)["messages"]
    mine = found[found["sender"].isin(subjects(which)) | found["receiver"].isin(subjects(which))]
    kinds = truth(which)["threads"].set_index("thread_id")["kind"]
    assert "lawyer and client" in set(mine["thread_id"].map(kinds))
    # Its words do not tell: none says what it is about.
    law = found[found["thread_id"].map(kinds) == "lawyer and client"]
    assert not law["text"].str.contains("parcel|paquete|quay|muelle").any()


# The truth as a whole.


@CASES
def test_evidence_agrees_with_the_rows_and_reaches_every_fact(which):
    made, found = tables(which), truth(which)["evidence"]
    key = {"posts": "post_id", "messages": "message_id", "group_posts": "group_post_id"}
    writer = {"posts": "account_id", "messages": "sender", "group_posts": "account_id"}
    start = pd.Timestamp("2031-03-01", tz="UTC")
    for row in found.itertuples():
        item = made[row.table].set_index(key[row.table]).loc[row.row]
        assert (item["tier"], item[writer[row.table]]) == (row.tier, row.account_id)
        assert row.first_day == (item["time"] - start).days + 1 <= 13
    truth_of = truth(which)["answers"].set_index("fact")["requirement"]
    assert (found["requirement"].array == truth_of[found["fact"]].array).all()
    lowest = found["tier"].map(ORDER.index).groupby(found["fact"]).min().map(ORDER.__getitem__)
    wanted = dict.fromkeys(truth_of.index, "public" if which == OPEN else "friends")
    assert lowest.to_dict() == wanted | {"shop-owner": "public"}
    tiers = found.groupby("fact")["tier"].agg(set)
    assert all({"friends", "private"} <= some for some in tiers)


@CASES
def test_facts_of_the_case_have_their_tier_and_day(which):
    facts = truth(which)["facts"].set_index("statement")
    made = tables(which)
    shown = {
        "A closed group holds day and place of the hand-over": ("friends", 12),
        "A thread of messages holds day and place of the hand-over": ("private", 10),
        "A boaster names the wrong quay": ("public", 2),
    }
    events = truth(which)["events"].set_index("kind")["day"]
    shown["The figurehead calls everybody to a decoy"] = "public", events["decoy"] - 3
    shown[f"Somebody threatens the shop on day {events['danger']}"] = "public", events["danger"]
    signals = truth(which)["signals"].set_index("kind")["first_day"]
    shown["A recruited child asks for help"] = "public", signals["recruited child"]
    for statement, (tier, day) in shown.items():
        fact = facts.loc[statement]
        assert (fact["lowest_tier"], fact["first_day"]) == (tier, day), statement
    slip = facts.index.str.startswith("A courier lets")
    assert slip.sum() == (2 if which == OPEN else 0)
    assert len(made["subjects"]) == 30


@CASES
def test_what_the_harbour_plants_still_holds(which):
    joins = tables(which)["ties"].query("kind == 'join'")
    scope = set(tables(which)["scope"]["account_id"])
    closed = set(tables(which)["groups"].query("admission == 'closed'")["group_id"])
    joins = joins[joins["source"].isin(scope) & joins["target"].isin(closed)]
    company = {name: set() for name in scope}
    for _, room in joins.groupby("target")["source"]:
        for name in room:
            company[name] |= set(room) - {name}
    ranks = sorted(scope, key=lambda name: -len(company[name]))
    assert set(ranks[:2]) == set(role(which, "recruiter"))
    assert len(company[ranks[1]]) > len(company[ranks[2]])


@CASES
def test_the_city_below_is_the_same(which):
    before, after = world("city", *which[1:]).tables, tables(which)
    one = before["accounts"].set_index("account_id")
    two = after["accounts"].set_index("account_id")
    councillor = role(which, "councillor")
    pd.testing.assert_frame_equal(one.drop(councillor), two.drop(councillor))
    for name in ("scope", "subjects", "homes", "work", "devices", "claims", "records"):
        pd.testing.assert_frame_equal(before[name], after[name])
    one, two = (made["posts"].set_index("post_id") for made in (before, after))
    pd.testing.assert_frame_equal(one, two.loc[one.index])
    # Boast, two calls to the decoy, where the group talks, three calls for help, six light words;
    # in open seeds the hint twice, and who is needed twice.
    assert len(two) - len(one) == (17 if which == OPEN else 13)


@CASES
def test_tables_keep_their_schema_and_point_to_rows(which):
    city_tests.test_tables_keep_their_schema_and_point_to_rows(which)


@CASES
def test_nobody_real_occurs(which):
    made = tables(which)
    text = "\n".join(
        [
            *made["messages"]["text"],
            *made["group_posts"]["text"],
            *made["letter"]["text"],
            *made["requirements"]["text"],
            *made["tasking_items"]["text"],
            *made["homes"]["street"],
            *made["groups"]["name"],
        ]
    )
    assert not re.search(r"https?:|www\.|\{|\}", text)
    handles = set(made["accounts"]["handle"])
    for name in re.findall(r"@([\w.]+\w)", text):
        assert name in handles, name
    bare = re.sub(r"@[\w.]+", "", text)
    assert not re.findall(r"[\w-]+(?:\.[\w-]+)+", bare)
    assert not re.findall(r"\+?\d[\d ]{5,}\d", bare)
    city_tests.test_city_speaks_of_nobody_real(which)


# Bytes.

PLANTED = ("events", "answers", "evidence", "signals", "threads", "homes", "work", "letter")


def test_same_bytes_with_another_hash_seed_and_a_plain_processor():
    features = " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name])
    code = f"import json, world_helpers as h; print(json.dumps(h.digests(h.world(*{OPEN}))))"
    env = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    if features:
        env["NPY_DISABLE_CPU_FEATURES"] = features
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == digests(world(*OPEN))
    other = digests(world(*CLOSED))
    assert all(digests(world(*OPEN))[name] != other[name] for name in PLANTED[:-1])


def test_a_case_comes_back_as_it_was(tmp_path):
    made = world(*OPEN)
    found = World.read(made.write(tmp_path / "case"))
    for one, two in ((made.tables, found.tables), (made.truth, found.truth)):
        assert one.keys() == two.keys()
        for name in one:
            pd.testing.assert_frame_equal(one[name], two[name])
    report = frictionless.validate(str(tmp_path / "case" / "truth" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])


# Bad input.


def test_smallest_case_can_be_made():
    least = minimum(scenario.load("lantern"))
    made = world("lantern", 4, least)
    assert told(made.tables["group_posts"]) == {
        (int(answers(("lantern", 4, least))["day"]), answers(("lantern", 4, least))["place"])
    }
    crowded = scenario.load("lantern")
    crowded["handover"]["group_members"] = 2000
    with pytest.raises(WorldError, match=r"too small for handover\.group_members"):
        from_settings("lantern", crowded, 1, least)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"city"', '"harbour"', r"the section \[society\] needs the section \[city\]$"),
        ("[society]\n", "[market]\n", r"unknown key market\.threads_per_thousand"),
        ("group_members = 38", "group_members = 12", r"group_members must be 30 to 200$"),
        ("open_in_five = 2", "open_in_five = 6", r"open_in_five must be 0 to 5$"),
        ("open_in_five = 2", "", r"the key handover\.open_in_five is missing$"),
        ("accounts = 3000", "start = 2031-03-02", r"needs world\.start = 2031-03-01"),
    ],
)
def test_each_slip_is_named(tmp_path, old, new, sentence):
    text = (scenario.FOLDER / "lantern.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "my.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WorldError, match=rf"^my\.toml: .*{sentence}"):
        scenario.read(path)
