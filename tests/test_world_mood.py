"""The angry week: each planted thing can be found by a sensible method, not by a careless one."""

import re

import numpy as np
import pandas as pd
import pytest
from world_helpers import world

from synthetic_data import WorldError, scenario

WORLDS = [("mood", seed, 1700) for seed in (1, 2, 3)]
SEEDS = pytest.mark.parametrize("which", WORLDS, ids=lambda w: f"{w[1]}")


def tables(which):
    return world(*which).tables


def posts(which):
    """Posts with what is meant, the day, and the lexicon's mean score."""
    made = tables(which)
    found = made["firm_posts"].merge(world(*which).truth["firm_voices"], on="post_id")
    lexicon = made["lexicon"].set_index(["language", "word"])["score"].to_dict()
    scores = []
    for row in found.itertuples():
        hits = [
            lexicon[row.language, word]
            for word in re.findall(r"\w+", row.text.lower())
            if (row.language, word) in lexicon
        ]
        scores.append(sum(hits) / len(hits) if hits else 0.0)
    return found.assign(score=scores, day=found["time"].dt.day)


def break_day(mean):
    """Day from which two flat halves fit the daily means best (least squares)."""
    loss = {
        day: ((mean[: day - 1] - mean[: day - 1].mean()) ** 2).sum()
        + ((mean[day - 1 :] - mean[day - 1 :].mean()) ** 2).sum()
        for day in range(4, 26)
    }
    return min(loss, key=loss.get)


@SEEDS
def test_step_on_day_17_is_found_from_daily_means(which):
    found = posts(which)
    mean = found.groupby("day")["score"].mean().to_numpy()
    assert len(mean) == 28 and abs(break_day(mean) - 17) <= 1


@SEEDS
def test_lowest_day_and_largest_fall_before_are_not_the_step(which):
    found = posts(which)
    mean = found.groupby("day")["score"].mean()
    first = mean[mean.index <= 16]
    assert first.idxmin() == 9  # one bad day
    # Whoever looks for a low day takes it for the step: the days after the step are not as low.
    assert first[9] < mean[mean.index >= 17].mean()


@SEEDS
def test_sarcasm_is_12_in_100_and_the_lexicon_takes_it_at_its_word(which):
    found = posts(which)
    irony = found["voice"] == "sarcastic"
    assert irony.mean() == pytest.approx(0.12, abs=0.002)
    assert (found.loc[irony, "mood"] == -1).all() and (found.loc[irony, "score"] > 0).all()
    # A reader of the words around them finds them: "oh", "how", "so", with a mishap after it.
    signs = r"lost it a third|hours in the rain|keep my deposit|bill before the goods|no lid"
    signs += r"|a stranger's|lo perdió por tercera|bajo la lluvia|la cuenta antes|sin tapa|de cola"
    read = found["text"].str.contains(signs)
    assert (read == irony).all()
    # Words of praise alone do not: plain praise has them too.
    assert (found["score"] > 0).sum() > 2 * irony.sum()


@SEEDS
def test_quoted_speech_and_the_word_among_friends_look_hostile_and_are_not(which):
    found = posts(which)
    quoted, friends = found["voice"] == "quoted", found["voice"] == "reclaimed"
    # The hard word stands inside the marks: marks alone are found round harmless words, too.
    lexicon = set(tables(which)["lexicon"]["word"])
    inside = found["text"].str.extract('["«](.*?)["»]')[0].fillna("").str.findall(r"\w+")
    assert ([bool(lexicon & set(words)) for words in inside] == quoted).all()
    assert found["text"].str.contains('["«]').sum() > 3 * quoted.sum()
    assert (found.loc[quoted, "score"] < 0).all() and (found.loc[quoted, "mood"] == 0).all()
    assert (found.loc[friends, "score"] == -3).all() and (found.loc[friends, "mood"] == 1).all()
    word = found["text"].str.contains("brinehead|salmuero")
    hard = word & ~friends
    # The word is used as abuse, too: leaving it out of the lexicon is no cure.
    assert hard.sum() >= 5 and (found.loc[hard, "mood"] == -1).all()
    warm = found["text"].str.contains("you old|proud|my favourite|viejo|desde niño|favorito")
    assert (warm[word] == friends[word]).all()


@SEEDS
def test_lexicon_is_twenty_points_worse_in_spanish(which):
    found = posts(which)
    right = np.sign(found["score"]) == found["mood"]
    share = right.groupby(found["language"]).mean()
    assert share["en"] - share["es"] == pytest.approx(0.20, abs=0.03)
    # Not because people feel otherwise: before the step the moods are the same.
    early = found[(found["day"] < 17) & (found["day"] != 9)]
    mood = early.groupby("language")["mood"].mean()
    assert abs(mood["en"] - mood["es"]) < 0.12


@SEEDS
def test_comparing_languages_by_score_finds_a_difference_that_is_not_there(which):
    found = posts(which)
    late = found[found["day"] >= 17]
    score, mood = (late.groupby("language")[name].mean() for name in ("score", "mood"))
    # The lexicon makes the Spanish half look calmer by more than the truth does.
    assert (score["es"] - score["en"]) / 2 > (mood["es"] - mood["en"]) + 0.02


@SEEDS
def test_five_firms_meet_anger_and_it_does_not_tell_who_is_attacked(which):
    found, fate = posts(which), world(*which).truth["firm_attacks"].set_index("firm_id")
    before = found[found["day"] < 17].groupby("firm_id")["mood"].mean()
    after = found[found["day"].between(17, 21)].groupby("firm_id")["mood"].mean()
    fallen = (before - after) > 0.3
    assert (fallen == fate["angry"]).all() and fallen.sum() == 5
    assert fate["attacked"].sum() == 2
    assert fate[fate["angry"]]["attacked"].sum() == 1
    assert fate[~fate["angry"]]["attacked"].sum() == 1
    assert fate.loc[fate["attacked"], "day"].between(22, 28).all()
    assert (fate.loc[~fate["attacked"], "day"] == 0).all()
    # In sixty earlier weeks anger came before an attack as often as calm did.
    past = tables(which)["past_weeks"]
    rate = past.groupby("angry")["attacked"].mean()
    assert len(past) == 60 and rate[True] == rate[False] == pytest.approx(2 / 30)


@SEEDS
def test_posts_about_what_somebody_could_do_are_two_and_calm(which):
    found = posts(which)
    able = found["voice"] == "capability"
    assert able.sum() == 2 and (found.loc[able, "score"] == 0).all()
    # Who reads for means and time finds them: "know … from the inside", "what it takes".
    read = found["text"].str.contains("from the inside|what it takes")
    assert (read == able).all()
    fate = world(*which).truth["firm_attacks"].set_index("firm_id")
    target = found.loc[able, "firm_id"].unique()
    assert len(target) == 1 and fate.loc[target[0], ["angry", "attacked"]].all()
    # Who reads the most hostile posts does not: they are not among the fiercest thousand.
    fierce = found.sort_values("score", kind="stable").head(1000)
    assert not fierce["post_id"].isin(found.loc[able, "post_id"]).any()
    # Vague: no place, no time, no way.
    assert not found.loc[able, "text"].str.contains(r"\d|gate|key|door|code|night").any()


def advantage(size, chosen):
    """Share of pairs (a chosen post, another one) in which the chosen one is larger: AUC."""
    rank, count = size.rank(), chosen.sum()
    return (rank[chosen].sum() - count * (count + 1) / 2) / (count * (~chosen).sum())


@SEEDS
def test_length_does_not_tell_a_voice(which):
    found = posts(which)
    size = found["text"].str.len()
    for language, some in found.groupby("language"):
        for voice in some["voice"].unique():
            told = advantage(size[some.index], some["voice"] == voice)
            assert 0.3 < told < 0.7, (language, voice)


def test_length_does_not_tell_which_cards_are_hostile():
    cards = pd.concat(
        [tables(which)["hostile_cards"].merge(posts(which), on="post_id") for which in WORLDS],
        ignore_index=True,
    )
    assert 0.3 < advantage(cards["text"].str.len(), cards["mood"] < 0) < 0.7


@SEEDS
def test_rare_words_do_not_tell_the_posts_about_what_somebody_could_do(which):
    found = posts(which)
    words = found["text"].str.findall(r"\w+")
    common = words.explode().value_counts()
    rarest = words.map(lambda some: min(common[word] for word in some))
    able = found["voice"] == "capability"
    assert (rarest[~able] <= rarest[able].max()).sum() >= 8


@SEEDS
def test_cards_mix_hostility_with_what_only_looks_so(which):
    cards = tables(which)["hostile_cards"].merge(posts(which), on="post_id")
    assert cards["voice"].value_counts().to_dict() == {"plain": 14, "sarcastic": 10, "quoted": 6}
    looks = cards["score"] < 0
    assert 0.3 < (looks == (cards["mood"] < 0)).mean() < 0.6


@SEEDS
def test_writers_are_pseudonyms_of_people_outside_the_case(which):
    found, truth = posts(which), world(*which).truth
    pairs = found[["writer", "account_id"]].drop_duplicates()
    assert pairs["writer"].is_unique and pairs["account_id"].is_unique
    cast = truth["people"].query("role != 'resident'")["account_id"]
    assert len(cast) > 100 and not set(pairs["account_id"]) & set(cast)
    accounts = tables(which)["accounts"].set_index("account_id")
    assert (accounts.loc[found["account_id"], "language"].array == found["language"].array).all()
    assert found["time"].is_monotonic_increasing
    assert isinstance(found["time"].dtype, pd.DatetimeTZDtype)


def test_a_step_after_the_forecast_is_refused(tmp_path):
    text = (scenario.FOLDER / "mood.toml").read_text(encoding="utf-8")
    path = tmp_path / "my.toml"
    path.write_text(text.replace("step_day = 17", "step_day = 22"), encoding="utf-8")
    with pytest.raises(WorldError, match=r"my\.toml: mood\.step_day must lie before forecast_day"):
        scenario.read(path)
