"""The show window: what posts are for, who recruits, and what a style is worth."""

import numpy as np
import pandas as pd
import pytest
from world_helpers import world

from synthetic_data import WorldError, scenario

WORLDS = [("show_window", seed, 2000) for seed in (1, 2, 3)]
SEEDS = pytest.mark.parametrize("which", WORLDS, ids=lambda w: f"{w[1]}")
# A reader's codebook; the first line that fits decides.
CODEBOOK = {
    "fraud": r"crowns (?:for|to)|owes you|double your|deposit|collecting",
    "targeting": "who has seen|tell us w|seen now|still at the",
    "propaganda": "soup|mends|likes,|film|concert|afraid",
    "intimidation": "close early|talked on|until Friday|notebook|glass|flowers for",
    "recruitment": "room in|tired of|jacket|scooter|grows|come and ask|places open",
}
# What somebody codes who looks for one telling word.
ONE_WORD = {
    "intimidation": "quiet|run|remember|never|nobody|afraid|until",
    "fraud": "crown|fee|paid|bill|money",
    "recruitment": "join|young|places",
    "targeting": "where",
    "propaganda": "thank|school|drinks",
}
MOVES = {
    "offer": "something for you|little money",
    "flattery": "quicker than|are rare",
    "other room": "other room",
    "silence": "between us|no word",
    "open door": "bring somebody|door is open|call me before",
}


def tables(which):
    return world(*which).tables


def role(which, name):
    return set(world(*which).truth["people"].query("role == @name")["account_id"])


def coded(texts, codebook):
    """The use whose words come first in the codebook; display where nothing fits."""
    use = pd.Series("display", index=texts.index)
    for name, words in reversed(codebook.items()):
        use[texts.str.contains(words)] = name
    return use


def cards(which):
    """Texts beside what they are for and what the second coder says."""
    made = tables(which)
    found = made["use_cards"].merge(world(*which).truth["card_uses"], on="card_id")
    return found.merge(made["second_codes"], on="card_id", suffixes=("", "_second"))


def kappa(one, two):
    """Cohen 1960, from counts."""
    pairs = list(zip(one, two, strict=True))
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    by_chance = (
        sum(sum(a == use for a, _ in pairs) * sum(b == use for _, b in pairs) for use in set(one))
        / len(pairs) ** 2
    )
    return (agreed - by_chance) / (1 - by_chance)


def moves(which):
    """Whether each account makes each move, from the words of its lines."""
    lines = tables(which)["shown_lines"]
    found = {name: lines["text"].str.contains(words) for name, words in MOVES.items()}
    return pd.DataFrame(found).groupby(lines["account_id"]).any()


def styled(which):
    """Outcome of each reviewed account, and whether it uses the style in posts of its own."""
    made = tables(which)
    posts, media = made["posts"], made["media"]
    tags = posts["hashtags"].str.contains("#OldQuayKings|#quayours|#elmuelleesnuestro")
    shown = posts["post_id"].isin(media[media["subject"] == "weapon style"]["post_id"])
    users = set(posts[(tags | shown) & posts["repost_of"].isna()]["account_id"])
    review = made["case_review"].set_index("account_id")["outcome"]
    assert users <= set(review.index)
    return review, pd.Series(review.index.isin(users), index=review.index)


@SEEDS
def test_each_card_can_be_coded_by_what_it_does(which):
    found = cards(which)
    assert len(found) == 120 and found["use"].nunique() == 6
    assert coded(found["text"], CODEBOOK).tolist() == found["use"].tolist()


@SEEDS
def test_one_telling_word_for_each_use_is_not_enough(which):
    found = cards(which)
    right = coded(found["text"], ONE_WORD) == found["use"]
    assert right.mean() < 0.75
    # Whoever calls everything a display is right about half the time, and knows nothing.
    assert kappa(["display"] * 120, found["use"]) == pytest.approx(0)


@SEEDS
def test_second_coder_takes_quarrels_for_threats(which):
    found = cards(which)
    wrong = found[found["use"] != found["use_second"]]
    assert 32 <= len(wrong) <= 42
    threats = wrong[wrong["use_second"] == "intimidation"]
    assert set(threats["sort"]) == {"quarrel"} and len(threats) >= 15
    assert 0.5 < kappa(found["use"], found["use_second"]) < 0.7


@SEEDS
def test_share_of_equal_codes_flatters_the_coders(which):
    found = cards(which)
    agreed = (found["use"] == found["use_second"]).mean()
    assert agreed - kappa(found["use"], found["use_second"]) > 0.08
    # Six equal chances are not what chance is here.
    assert (agreed - 1 / 6) / (5 / 6) - kappa(found["use"], found["use_second"]) > 0.021


@SEEDS
def test_recruiters_make_three_moves_and_shut_the_door(which):
    found = moves(which)
    three = found["offer"] & found["flattery"] & found["other room"]
    assert set(found.index[three & found["silence"]]) == role(which, "recruiter")
    assert set(found.index[three & ~found["open door"]]) == role(which, "recruiter")


@SEEDS
def test_words_alone_name_the_youth_worker_and_one_move_names_many(which):
    found = moves(which)
    three = found["offer"] & found["flattery"] & found["other room"]
    assert set(found.index[three]) == role(which, "recruiter") | role(which, "youth worker")
    for name in ("offer", "flattery", "other room", "silence"):
        assert found[name].sum() >= 4, name
    bios = tables(which)["accounts"].set_index("account_id")["bio"]
    assert all("club" in bios[name] for name in role(which, "youth worker"))


@SEEDS
def test_three_in_ten_accounts_of_the_style_are_members(which):
    review, style = styled(which)
    assert 0.2 < (review[style] == "member").mean() < 0.36
    members = set(world(*which).truth["people"].query("population == 'HL'")["account_id"])
    assert set(review.index[review == "member"]) == members - role(which, "recruiter")


@SEEDS
def test_style_misses_members_and_turning_the_share_round_flatters_it(which):
    review, style = styled(which)
    found = style[review == "member"].mean()
    assert 0.4 < found < 0.9
    assert found > 2 * (review[style] == "member").mean()
    assert (review[style] != "member").sum() >= 35


@SEEDS
def test_boasts_lie_on_cards_in_an_order_that_tells_nothing(which):
    given = tables(which)["boast_cards"]["post_id"]
    truth = world(*which).truth["boasts"]
    assert set(given) == set(truth["post_id"]) and given.tolist() != truth["post_id"].tolist()


def test_seeds_differ():
    texts = [tables(which)["use_cards"]["text"] for which in WORLDS]
    assert not np.array_equal(texts[0], texts[1]) and not np.array_equal(texts[1], texts[2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("[show_window]\ncards = 90\nreviewed = 120", "show_window.cards must be 120 to"),
        ("[show_window]\ncards = 120\nreviewed = 20", "show_window.reviewed must be 100 to 200"),
        ("[show_window]\ncards = 120", "the key show_window.reviewed is missing"),
    ],
)
def test_faulty_sections_are_refused(tmp_path, change, message):
    file = tmp_path / "some.toml"
    file.write_text(f'extends = "city"\n{change}\n', encoding="utf-8")
    with pytest.raises(WorldError, match=message):
        scenario.read(file)
