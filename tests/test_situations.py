"""The situation cards: balanced, classed as the teaching model says, fixed by the world alone."""

import re
from collections import Counter

import pandas as pd
import pytest

from synthetic_data import situations

# Level of authority by tier and conduct: for one act as told, and for the same act repeated daily.
# From the design's table of authority; a look at no person needs no more when repeated.
OF_A_PERSON = {
    ("public", "view"): {("0", "2")},
    ("public", "monitor"): {("2", "2")},
    ("public", "bulk"): {("1", "1"), ("2", "2")},  # pseudonymised, named
    ("public", "relate"): {("3", "3")},
    ("registered", "view"): {("1", "2")},
    ("registered", "monitor"): {("2", "2")},
    ("registered", "bulk"): {("1", "1"), ("2", "2")},
    ("registered", "enter"): {("2", "2")},
    ("registered", "relate"): {("3", "3")},
    ("friends", "view"): {("3", "3")},
    ("friends", "monitor"): {("3", "3")},
    ("friends", "bulk"): {("3", "3"), ("not offered", "not offered")},
    ("friends", "enter"): {("3", "3")},
    ("friends", "relate"): {("3", "3")},
    ("private", "view"): {("not offered", "not offered")},
    ("private", "monitor"): {("not offered", "not offered")},
    ("private", "bulk"): {("not offered", "not offered")},
}
OF_NOBODY = {("public", "view"): ("0", "0"), ("registered", "view"): ("1", "1")}
SEEDS = range(40)


@pytest.fixture(scope="module")
def tables():
    number = range(400)
    tiers = ["public", "registered", "friends", "private"]
    accounts = pd.DataFrame(
        {
            "account_id": [f"a-{i:06d}" for i in number],
            "platform": [["Tikkeron", "Ombrisol", "Convivara"][i % 3] for i in number],
            "handle": [f"gull_{i}" for i in number],
            "visibility": [tiers[i % 4] for i in number],
            "district": [["Old Quay", "Ropewalk"][i % 2] for i in number],
        }
    )
    groups = pd.DataFrame(
        {
            "group_id": [f"g-{i:04d}" for i in range(12)],
            "platform": "Convivara",
            "name": [f"Circle {i}" for i in range(12)],
            "admission": ["open", "closed"] * 6,
            "members": [31, 40, 77, 52, 90, 4000, 88, 6, 35, 41, 60, 70],
        }
    )
    scope = pd.DataFrame({"account_id": accounts["account_id"][:100], "reason": "named"})
    return {"accounts": accounts, "groups": groups, "scope": scope}


@pytest.fixture(scope="module")
def worlds(tables):
    return [situations.make(f"harbour/{seed}/situations", tables) for seed in SEEDS]


def test_forty_different_cards_in_every_world(worlds):
    for cards, truth in worlds:
        assert cards["card_id"].tolist() == [f"c-{i:02d}" for i in range(1, 41)]
        assert truth["card_id"].tolist() == cards["card_id"].tolist()
        assert cards["text"].is_unique
        assert not cards["text"].str.contains(r"[{}]").any()


def test_same_world_same_cards_and_another_world_others(tables, worlds):
    again = situations.make("harbour/3/situations", tables)
    pd.testing.assert_frame_equal(again[0], worlds[3][0])
    pd.testing.assert_frame_equal(again[1], worlds[3][1])
    orders = {tuple(truth["conduct"] + truth["tier"]) for _, truth in worlds}
    assert len(orders) == len(worlds)


def test_every_tier_and_every_conduct_has_its_share(worlds):
    for _, truth in worlds:
        assert truth["tier"].value_counts()[list(situations.TIERS)].min() >= 6
        assert truth["conduct"].value_counts()[list(situations.CONDUCTS)].min() >= 5


def test_classes_follow_the_table_of_authority(worlds):
    used = set()
    for _, truth in worlds:
        for row in truth.itertuples():
            cell, levels = (row.tier, row.conduct), (row.class_once, row.class_repeated)
            assert levels in OF_A_PERSON[cell] or levels == OF_NOBODY.get(cell), row
            assert row.changes == (row.class_once != row.class_repeated)
            assert set(levels) <= set(situations.LEVELS)
            used.add(cell)
    assert used == set(OF_A_PERSON)


def test_the_first_twelve_are_single_open_looks_and_about_half_change(worlds):
    counts = Counter()
    for _, truth in worlds:
        looks = truth.iloc[: situations.LOOKS]
        assert set(looks["conduct"]) == {"view"}
        assert set(looks["tier"]) == {"public", "registered"}
        changing = looks[looks["changes"]]
        # Both tiers on both sides, else a learner could sort by the tier alone.
        assert (
            set(changing["tier"])
            == set(looks[~looks["changes"]]["tier"])
            == {
                "public",
                "registered",
            }
        )
        assert not truth.iloc[situations.LOOKS :]["changes"].any()
        counts[len(changing)] += 1
    assert min(counts) >= 4 and max(counts) <= 8 and len(counts) >= 3


def test_some_public_cards_tell_of_private_life_and_some_do_not(worlds):
    for _, truth in worlds:
        assert set(truth.loc[truth["private_information"], "tier"]) == {"public"}
        public = truth[truth["tier"] == "public"]
        assert 4 <= public["private_information"].sum() <= len(public) - 4
        # Neither content nor conduct gives the other away.
        told = public.groupby("conduct")["private_information"].agg(["any", "all"])
        assert told["any"].all() and not told["all"].any()
        looks = truth.iloc[: situations.LOOKS]
        assert (looks["changes"] & ~looks["private_information"]).any()


def test_the_largest_group_is_closed_and_has_its_card(worlds):
    for cards, truth in worlds:
        big = cards["text"].str.contains("4,000")
        assert big.any()
        assert set(truth.loc[big, "tier"]) == {"friends"}


def test_people_on_cards_show_what_the_card_says_and_are_not_in_scope(tables, worlds):
    accounts = tables["accounts"].set_index("handle")
    scope = set(tables["scope"]["account_id"])
    seen = 0
    for cards, truth in worlds:
        for text, tier in zip(cards["text"], truth["tier"], strict=True):
            for handle in re.findall(r"@(\w+)", text):
                assert accounts.loc[handle, "visibility"] == tier
                assert accounts.loc[handle, "account_id"] not in scope
                seen += 1
    assert seen


def test_no_word_of_a_tier_gives_it_away():
    """Sorting by the plain words must fail: each stands on cards of another tier, or on none."""
    texts = [(block["tier"], text) for block in situations.deck() for text in block["texts"]]
    for word in ("public", "friend", "private", "registered"):
        tiers = {tier for tier, text in texts if word in text.lower()}
        assert tiers == set() or tiers - {word, word + "s"}


def test_cards_read_well_and_hold_no_address():
    texts = [text for block in situations.deck() for text in block["texts"]]
    assert len(texts) == len(set(texts)) >= 60
    for text in texts:
        sentences = re.split(r"(?<=[.;:]) ", text)
        assert len(re.split(r"(?<=\.) ", text)) <= 3, text
        assert max(len(sentence.split()) for sentence in sentences) <= 25, text
        assert not re.search(r"https?:|www\.|@(?!\{handle\})|\"|\\", text), text


def test_each_block_has_more_templates_than_it_gives():
    for block in situations.deck():
        assert block["tier"] in situations.TIERS and block["conduct"] in situations.CONDUCTS
        assert len(block["texts"]) > block["draw"]


def test_a_tiny_world_has_its_cards_too(tables):
    small = {"accounts": tables["accounts"][:5], "groups": tables["groups"][:1]}
    cards, _ = situations.make("village/1/situations", small)
    assert cards["text"].is_unique
