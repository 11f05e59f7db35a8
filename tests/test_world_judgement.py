"""The long list: fourteen items, four hypotheses, twenty sealed facts."""

import re

import numpy as np
import pandas as pd
import pytest
from world_helpers import digests, world

from synthetic_data import WorldError, judgement, scenario

WORLDS = [("long_list", seed, 2000) for seed in (1, 2, 3)]
SEEDS = pytest.mark.parametrize("which", WORLDS, ids=lambda w: f"{w[1]}")
# The yardstick as a reader has it on paper: lowest percent of each word.
YARDSTICK = (
    (1, "remote chance"),
    (10, "highly unlikely"),
    (25, "unlikely"),
    (40, "realistic possibility"),
    (55, "likely"),
    (80, "highly likely"),
    (95, "almost certain"),
)
# What a reader takes for a check, and for half a check.
PROVED = (
    "looked at their notes|on file|counted last|keeps a log|tested from|opened under|was read from"
)
PARTLY = "An officer thought|last summer|not read|last year|by day when|One load|remembers"


def tables(which):
    return world(*which).tables


def truth(which):
    return world(*which).truth


def matrix(which):
    """Readings as -1, 0, 1: one row per item, one column per hypothesis, in the order of ids."""
    signs = {"inconsistent": -1, "neutral": 0, "consistent": 1}
    readings = truth(which)["ach_readings"]
    wide = readings.pivot(index="item_id", columns="hypothesis_id", values="reading")
    return wide.replace(signs).astype(int)


def weights(which):
    grade = tables(which)["ach_items"].set_index("item_id")["source_grade"]
    return grade.map({1: 3, 2: 1, 3: 1})


def against(readings, weight):
    return (readings == -1).mul(weight, axis=0).sum()


def so(which):
    found = truth(which)["hypotheses"]
    return found.loc[found["so"], "hypothesis_id"].item()


def favourite(which):
    found = tables(which)["hypotheses"].set_index("hypothesis_id")["desk_percent"]
    assert found.sum() == 100
    return found.idxmax()


def planted(which, column, value=True):
    found = truth(which)["ach_items"]
    return set(found.loc[found[column] == value, "item_id"])


@SEEDS
def test_what_speaks_against_names_what_is_so_and_what_fits_names_the_favourite(which):
    readings = matrix(which)
    assert readings.shape == (14, 4)
    weight = against(readings, weights(which))
    assert weight.idxmin() == so(which) and (weight == weight.min()).sum() == 1
    # Counting what fits makes a clerk guilty, whom the desk favours.
    fits = (readings == 1).sum()
    assert fits.idxmax() == favourite(which) != so(which)
    assert "clerk" in tables(which)["hypotheses"].set_index("hypothesis_id")["text"][fits.idxmax()]


@SEEDS
def test_readings_follow_from_the_words(which):
    texts = tables(which)["ach_items"].set_index("item_id")["text"]
    names = tables(which)["hypotheses"].set_index("hypothesis_id")["text"]
    window = names.index[names.str.contains("window")].item()
    radio = names.index[names.str.contains("radio")].item()
    # Read by hand: who looks out of a window is helpless in fog; who only listens, in silence.
    expected = {
        "In thick fog the group moved": (window, -1),
        "In thick fog the group did not": (window, 1),
        "silent for a week. The group was as sure": (radio, -1),
        "silent for a week. The group lost": (radio, 1),
        "spoken on the air only": (radio, None),
        "two days ahead. The group kept to the new": (window, -1),
        "two days ahead. The group kept to the old": (window, 1),
        "told a friend in the afternoon": (radio, -1),
        "did not know the hour of that night": (radio, 1),
    }
    checked = 0
    for item, text in texts.items():
        for words, (name, value) in expected.items():
            if words in text:
                value = value or (-1 if text.startswith("Members have no") else 1)
                assert matrix(which).loc[item, name] == value, text
                checked += 1
    assert checked


@SEEDS
def test_the_item_that_somebody_made_up_clashes_with_a_passenger_list(which):
    items = tables(which)["ach_items"].set_index("item_id")
    said = items["text"].str.extract(r"On (\d+) March at 21:30 (.+?) gave").dropna()
    sailed = items["text"].str.extract(r"lists: (.+?) sailed .* on (\d+) March .* on (\d+) March")
    name, left, back = sailed.dropna().iloc[0]
    clash = said[(said[1] == name) & said[0].astype(int).between(int(left) + 1, int(back) - 1)]
    assert set(clash.index) == planted(which, "deceptive") and len(clash) == 1
    assert matrix(which).loc[clash.index[0], favourite(which)] == 1
    assert (matrix(which).loc[clash.index[0]].drop(favourite(which)) == -1).all()


@SEEDS
def test_grades_do_not_show_the_item_that_somebody_made_up(which):
    items = tables(which)["ach_items"].set_index("item_id")
    (made_up,) = planted(which, "deceptive")
    # It looks better than several honest items.
    assert tuple(items.loc[made_up, ["source_grade", "information_grade"]]) == (2, "B")
    assert (items["source_grade"] == 3).any()
    assert (items["information_grade"] > "B").any()


@SEEDS
def test_figures_do_not_show_the_item_that_somebody_made_up(which):
    items = tables(which)["ach_items"].set_index("item_id")
    (made_up,) = planted(which, "deceptive")
    digits = items["text"].str.count(r"\d")
    # Before, it had more than all others: a day and an hour. Now others have an hour, too.
    assert items["text"].str.contains(r"\d:\d").sum() >= 2
    assert (digits.drop(made_up) > 0).sum() >= 6


@SEEDS
def test_two_items_tell_nothing(which):
    flat = matrix(which).nunique(axis=1) == 1
    assert set(flat.index[flat]) == planted(which, "diagnostic", False) and flat.sum() == 2


@SEEDS
def test_items_that_tell_nothing_have_the_best_grades(which):
    items = tables(which)["ach_items"].set_index("item_id")
    flat = items.loc[sorted(planted(which, "diagnostic", False))]
    # Choosing by grade keeps them.
    assert (flat["source_grade"] == 1).all() and (flat["information_grade"] == "A").all()


@SEEDS
def test_one_item_turns_the_result_and_it_is_not_the_one_made_up(which):
    readings, weight = matrix(which), weights(which)
    turned = set()
    for item in readings.index:
        rest = against(readings.drop(item), weight.drop(item))
        if rest.idxmin() != so(which):
            assert rest.idxmin() == favourite(which)
            turned.add(item)
    assert turned == planted(which, "turns") and len(turned) == 1
    # Who only throws out what was made up sees no change.
    assert not turned & planted(which, "deceptive")


@SEEDS
def test_base_rates_stand_in_a_footnote_and_not_with_the_desk(which):
    notes = tables(which)["footnotes"]["text"]
    (note,) = notes[notes.str.contains("cleared up, it was so")]
    counts = {name: int(n) for n, name in re.findall(r"(\d+) like (h-\d)", note)}
    sealed = truth(which)["hypotheses"].set_index("hypothesis_id")["base_percent"]
    total = sum(counts.values())
    assert {n: 100 * count / total for n, count in counts.items()} == sealed.to_dict()
    # The favourite of the desk was the answer most seldom.
    assert min(counts, key=counts.get) == favourite(which)
    desk = tables(which)["hypotheses"].set_index("hypothesis_id")["desk_percent"]
    assert desk[favourite(which)] >= 5 * sealed[favourite(which)]


@SEEDS
def test_assumptions_are_rated_by_what_was_checked(which):
    both = tables(which)["assumptions"].merge(truth(which)["assumptions"], on="assumption_id")
    assert len(both) == 5 and set(both["solidity"]) == set(judgement.SOLIDITY)
    found = []
    for known in both["known"]:
        if re.search(PROVED, known):
            found.append("solid")
        elif re.search(PARTLY, known):
            found.append("needs checking")
        else:
            found.append("unsupported")
    assert found == both["solidity"].tolist()


def test_what_is_assumed_does_not_tell_how_solid_it_is():
    rows = []
    for seed in (1, 2, 3, 4, 5):
        which = ("long_list", seed, 2000)
        rows.append(tables(which)["assumptions"].merge(truth(which)["assumptions"]))
    levels = pd.concat(rows).groupby("text")["solidity"].nunique()
    assert (levels > 1).sum() >= 2


def brier(percent, came):
    return float(((percent / 100 - came) ** 2).mean())


@SEEDS
def test_past_counts_forecast_well_and_talk_does_not(which):
    made = tables(which)["forecasts"].merge(truth(which)["forecasts"], on="forecast_id")
    assert len(made) == 20 and made["has_chance"].sum() == 16
    notes = tables(which)["footnotes"].dropna(subset="forecast_id").set_index("forecast_id")
    counts = notes["text"].str.extract(r"(\d+) of (\d+)").astype(int)
    past = (100 * counts[0] / counts[1]).reindex(made["forecast_id"])
    some = made[made["has_chance"]]
    assert past.dropna().tolist() == some["chance_percent"].tolist()
    came = some["comes_true"].astype(float)
    # Always half gives 0.25; the counts do better, and talk worse than half.
    assert brier(some["chance_percent"], came) < 0.2 < 0.25 < brier(some["talk_percent"], came)
    # As many come true as the counts say.
    assert abs(came.sum() - some["chance_percent"].sum() / 100) < 1


@SEEDS
def test_four_facts_follow_from_the_case(which):
    made = tables(which)["forecasts"].merge(truth(which)["forecasts"], on="forecast_id")
    came = made.set_index("text")["comes_true"]
    events = truth(which)["events"].set_index("kind")
    day = events.loc["hand-over", "time"].day
    assert came["The hand-over is on 17 March, not on 16 March."] == (day == 17)
    (west,) = (text for text in came.index if "to the west of" in text)
    places = tables(which)["places"].set_index("place_id")
    line = places.set_index("name").loc[west[:-1].split(" west of ")[1], "lon"]
    assert came[west] == (places.loc[events.loc["hand-over", "place_id"], "lon"] < line)
    hint = truth(which)["facts"]["statement"].str.startswith("A courier lets day and place slip")
    assert came["Public posts tell the day of the hand-over, too."] == hint.any()


@SEEDS
def test_new_item_moves_one_forecast_by_a_known_factor(which):
    new, sealed = tables(which)["news"].iloc[0], truth(which)["news"].iloc[0]
    forecasts = truth(which)["forecasts"].set_index("forecast_id")
    prior = forecasts.loc[new["forecast_id"], "chance_percent"] / 100
    true, false = (int(n) for n in re.findall(r"before (\d+) of 20", new["text"]))
    odds = prior / (1 - prior) * true / false
    assert sealed["direction"] == ("up" if true > false else "down")
    assert sealed["factor_percent"] == round(100 * true / false)
    assert abs(100 * odds / (1 + odds) - sealed["new_percent"]) <= 0.51
    # Taking the rate of hits for the chance goes too far or the wrong way, and so does certainty.
    assert abs(5 * true - sealed["new_percent"]) >= 4
    assert 2 < sealed["new_percent"] < 98
    assert (sealed["new_percent"] > 100 * prior) == (sealed["direction"] == "up")


def stated(text):
    """The chance that a sentence states, read with care, in per cent."""
    if odds := re.search(r"odds are (\d+) to (\d+) (in favour|against)", text):
        one, two = int(odds[1]), int(odds[2])
        return 100 * (one if odds[3] == "in favour" else two) / (one + two)
    if often := re.search(r"In (\d+) of (\d+)", text):
        return 100 * int(often[1]) / int(often[2])
    percent = int(re.search(r"(\d+) %", text)[1])
    return 100 - percent if "it is not so" in text else percent


def word(percent):
    return [name for low, name in YARDSTICK if percent >= low][-1]


@SEEDS
def test_sentences_state_a_chance_that_has_a_word(which):
    both = tables(which)["sentences"].merge(truth(which)["sentences"], on="sentence_id")
    assert len(both) == 6 and both["band"].is_unique
    chances = both["text"].map(stated)
    assert chances.map(word).tolist() == both["band"].tolist()
    assert (chances - both["percent"]).abs().max() <= 0.5
    assert both["percent"].between(both["low_percent"], both["high_percent"]).all()


@SEEDS
def test_the_first_number_of_a_sentence_is_not_its_chance(which):
    both = tables(which)["sentences"].merge(truth(which)["sentences"], on="sentence_id")
    first = both["text"].str.extract(r"(\d+)")[0].astype(int).clip(1, 99)
    assert (first.map(word) != both["band"]).sum() >= 2


@SEEDS
def test_every_text_fills_its_slots(which):
    for name in ("hypotheses", "ach_items", "forecasts", "footnotes", "news", "sentences"):
        texts = tables(which)[name].select_dtypes("str").fillna("").agg(" ".join, axis=1)
        assert not texts.str.contains(r"[{}]").any(), name


def test_another_world_has_other_answers():
    worlds = [("long_list", seed, 2000) for seed in range(1, 6)]
    assert len({so(which) + favourite(which) for which in worlds}) >= 3
    for column in ("deceptive", "turns"):
        assert len({min(planted(which, column)) for which in worlds}) >= 3, column
    assert len({tuple(truth(w)["forecasts"]["comes_true"]) for w in worlds}) == 5
    assert len({tuple(truth(w)["sentences"]["band"]) for w in worlds}) == 5


def test_a_list_is_the_same_twice_and_the_case_below_is_untouched():
    from synthetic_data import generate

    one, case = digests(world(*WORLDS[0])), digests(world("lantern", 1, 2000))
    assert digests(generate("long_list", 1)) == one
    for name in set(case) - {"facts"}:
        assert one[name] == case[name], name


def test_every_seed_has_a_list():
    class Bare(judgement._Case):
        def __init__(self, stream):
            self.stream, self.day = stream, 10
            self.slots = {
                "name": "N",
                "quay": "Q",
                "island": "I",
                "day": 10,
                "before": 9,
                "after": 11,
            }

    for seed in range(0, 60, 4):
        _, readings, source, _ = judgement._items(Bare(f"harbour/{seed}/judgement"))
        assert len(judgement.turning(readings, source)) == 1 and np.abs(readings).max() == 1


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("past_weeks = 20", "past_weeks = 30", "past_weeks must be 20"),
        ("earlier_cases", "earlier_case", r"unknown key judgement\.earlier_case"),
        ('"lantern"', '"city"', r"\[judgement\] needs the section \[handover\]"),
    ],
)
def test_slips_are_named(tmp_path, old, new, sentence):
    text = (scenario.FOLDER / "long_list.toml").read_text(encoding="utf-8")
    path = tmp_path / "my.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(path)
