"""The haystack: copies, spellings, double accounts and a filter, found with care only."""

import re
import unicodedata
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from world_helpers import world

from synthetic_data import WorldError, generate, scenario

WORLDS = [("haystack", seed, 1700) for seed in (1, 2, 3)]
SEEDS = pytest.mark.parametrize("which", WORLDS, ids=lambda w: f"{w[1]}")


def tables(which):
    return world(*which).tables


def rows_of(which):
    return tables(which)["export"].merge(world(*which).truth["export_rows"], on="row_id")


def fact(which, statement):
    facts = world(*which).truth["facts"]
    found = facts[facts["statement"].str.contains(statement, regex=False)]
    return set(found["rows"].item().split())


def words(line):
    """Words of a text without links, letters only: another way than the generator's."""
    line = re.sub(r"\S+\.example/\S+", "", line.lower())
    return re.sub(r"[^a-záéíóúüñ0-9 ]", " ", line).split()


def alike(one, two):
    """Share of runs of four letters that two texts have in common."""
    grams = [{text[i : i + 4] for i in range(len(text) - 3)} for text in (one, two)]
    return len(grams[0] & grams[1]) / max(len(grams[0] | grams[1]), 1)


def near_copies(which, least=0.55):
    """Rows that repeat another row's text with changes, by comparing every pair."""
    export = tables(which)["export"]
    once = export.drop_duplicates(export.columns.drop("row_id").tolist())
    texts = [" ".join(words(line)) for line in once["text"]]
    place = {}
    for number, text in enumerate(texts):
        for gram in {text[i : i + 8] for i in range(max(len(text) - 7, 0))}:
            place.setdefault(gram, set()).add(number)
    pairs = {pair for some in place.values() for pair in combinations(sorted(some), 2)}
    return [
        (once["row_id"].iloc[a], once["row_id"].iloc[b])
        for a, b in pairs
        if min(len(texts[a]), len(texts[b])) >= 20 and alike(texts[a], texts[b]) >= least
    ]


@SEEDS
def test_shares_of_copies_are_those_declared(which):
    change = rows_of(which)["change"]
    rows, near = len(change), ~change.isin(["none", "exact"])
    assert 1200 <= rows < 1300
    assert (change == "exact").sum() == rows * 6 // 100 and near.sum() == rows * 3 // 100
    assert set(change) == {"none", "exact", "recased", "link", "emoji", "truncated", "edited"}


@SEEDS
def test_copies_are_found_without_the_row_id_and_by_pieces_of_text(which):
    export, rows = tables(which)["export"], rows_of(which)
    again = export.duplicated(export.columns.drop("row_id").tolist(), keep=False)
    groups = export[again].groupby(export.columns.drop("row_id").tolist())["row_id"]
    exact = rows[rows["change"] == "exact"]
    assert groups.ngroups == len(exact) and again.sum() == 2 * len(exact)
    assert set(exact["row_id"]) | set(exact["original"]) == set(export["row_id"][again])
    assert set(exact["row_id"]) == fact(which, "stand in it twice")
    # The two rows of a near pair have one original, and every planted one is found.
    original = rows.set_index("row_id")["original"]
    pairs = near_copies(which)
    assert pairs and all(original[a] == original[b] for a, b in pairs)
    near = rows[~rows["change"].isin(["none", "exact"])]
    assert set(near["original"]) == {original[a] for a, _ in pairs}
    assert set(near["row_id"]) == fact(which, "repeat a post with changes")


@SEEDS
def test_simple_ways_leave_copies_or_lose_posts(which):
    export, rows = tables(which)["export"], rows_of(which)
    true = (rows["change"] == "none").sum()
    assert len(export.drop_duplicates()) == len(export)  # the row id makes every row new
    by_row = len(export.drop_duplicates(export.columns.drop("row_id").tolist()))
    assert by_row == true + len(export) * 3 // 100
    # By text alone greetings of different people go, and changed posts stay.
    left = rows.drop_duplicates("text")
    assert (left["change"] != "none").sum() >= 30
    assert (rows["change"] == "none").sum() - (left["change"] == "none").sum() >= 15
    greetings = rows[rows["row_id"].isin(fact(which, "greetings"))]
    assert len(greetings) == 24 and greetings["account_id"].is_unique
    assert greetings["text"].nunique() == 4


def instant(tool, text):
    if tool == "ledger":
        return pd.Timestamp(int(text), unit="s", tz="UTC")
    if tool == "desk":
        return pd.to_datetime(text, format="%d/%m/%Y %H:%M", utc=True)
    return pd.Timestamp(text).tz_convert("UTC")


@SEEDS
def test_times_handles_and_labels_can_be_read_tool_by_tool(which):
    rows = rows_of(which)
    read = [instant(a, b) for a, b in zip(rows["tool"], rows["time_text"], strict=True)]
    assert (pd.Series(read).dt.floor("min") == rows["time"]).all()
    handles = tables(which)["accounts"].set_index("account_id")["handle"]
    clean = rows["handle"].str.strip().str.lower().str.removeprefix("@")
    clean = clean.str.removeprefix("page.example/")
    assert (clean.to_numpy() == handles[rows["account_id"]].to_numpy()).all()
    label = rows["language_label"].str.lower().str[:2].replace({"": "und", "sp": "es"})
    label = label.mask(label == "en", "en")
    assert (label == rows["language"]).all()
    assert set(rows["language"]) == {"en", "es", "und"}


@SEEDS
def test_one_reading_for_all_times_is_wrong(which):
    rows = rows_of(which)
    # The wall clock of the text without its zone; month and day the wrong way round.
    relay, desk = rows[rows["tool"] == "relay"], rows[rows["tool"] == "desk"]
    wall = pd.to_datetime(relay["time_text"].str[:19], utc=True).dt.floor("min")
    assert (wall.array != relay["time"].array).all()
    early = desk[desk["time"].dt.day.between(1, 12) & (desk["time"].dt.day != 3)]
    wrong = pd.to_datetime(early["time_text"], format="%m/%d/%Y %H:%M", utc=True)
    assert len(early) > 20 and (wrong.array != early["time"].array).all()
    assert rows["handle"].nunique() > 1.3 * rows["account_id"].nunique()


@SEEDS
def test_twin_of_the_ferry_page_shows_in_its_letters(which):
    export, accounts = tables(which)["export"], tables(which)["accounts"]
    ferry = "meridia_ferry_times"
    clean = export["handle"].str.strip().str.lower().str.removeprefix("@")
    clean = clean.str.removeprefix("page.example/")

    def skeleton(name):
        return "".join("?" if ord(letter) > 127 else letter for letter in name)

    twins = clean[clean.map(lambda name: name != ferry and not name.isascii())]
    assert twins.nunique() == 1 and len(twins) >= 3
    odd = next(letter for letter in twins.iloc[0] if ord(letter) > 127)
    assert "CYRILLIC" in unicodedata.name(odd)
    pattern = skeleton(twins.iloc[0]).replace(".", r"\.").replace("?", ".")
    assert re.fullmatch(pattern, ferry)
    assert set(export["row_id"][twins.index]) == fact(which, "a letter of another alphabet stands")
    assert ferry in set(clean) and twins.iloc[0] in set(accounts["handle"])


@SEEDS
def test_twin_is_missed_by_names_of_equal_letters_and_by_the_word_official(which):
    accounts = tables(which)["accounts"]
    assert (accounts["handle"] == "meridia_ferry_times").sum() == 1
    # Folding accents does not bring the twin to the true page.
    folded = accounts["handle"].map(
        lambda name: unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    )
    assert (folded == "meridia_ferry_times").sum() == 1
    official = accounts["display_name"].str.contains("OFFICIAL")
    assert not accounts.loc[official, "handle"].eq("meridia_ferry_times").any()


# Double accounts.


def typing(lines):
    """Share of posts with each of the planted habits."""
    signs = (r"  ", r"!!1$", r"^ok so ", r" ,", r" tho$", r" \.\.\.$")
    return np.array([lines.str.contains(sign).mean() for sign in signs])


def traits(which, accounts):
    """Habit of typing and sessions (half hours) of each account."""
    posts = tables(which)["posts"]
    found = {}
    for name, some in posts[posts["account_id"].isin(accounts)].groupby("account_id"):
        share = typing(some["text"])
        habit = int(share.argmax()) if share.max() > 0.15 else -1
        seconds = some["time"].astype("int64") // 1_000_000
        found[name] = habit, set(seconds // 600)
    return found


def together(one, two):
    near = one | {x + 1 for x in one} | {x - 1 for x in one}
    return len(near & two)


def pairs_found(which, both=True):
    names = tables(which)["candidates"]["account_id"]
    found = traits(which, names)
    out = set()
    for one, two in combinations(sorted(found), 2):
        typed = found[one][0] == found[two][0] >= 0
        timed = together(found[one][1], found[two][1]) >= 6
        if (typed and timed) if both else (typed or timed):
            out.add(frozenset((one, two)))
    return out


def staged(which, same):
    pairs = world(*which).truth["pairs"]
    some = pairs[pairs["clue"].str.contains("typing|timing") & (pairs["same_hand"] == same)]
    return {frozenset(pair) for pair in zip(some["first"], some["second"], strict=True)}


@SEEDS
def test_one_hand_is_found_by_typing_and_timing_together(which):
    wanted, found = staged(which, True), pairs_found(which)
    assert len(wanted) == 12
    right = len(wanted & found)
    assert 2 * right / (len(wanted) + len(found)) >= 0.9


@SEEDS
def test_one_trait_alone_joins_strangers(which):
    wanted, found = staged(which, True), pairs_found(which, both=False)
    assert staged(which, False) <= found
    assert len(wanted & found) / len(found) < 0.5
    assert len(tables(which)["candidates"]) == 60


@SEEDS
def test_pairs_in_doubt_are_half_one_hand_and_a_shared_name_does_not_tell(which):
    pairs = world(*which).truth["pairs"]
    hard = tables(which)["hard_pairs"].merge(pairs, on=["first", "second"])
    assert len(hard) == 8 and hard["same_hand"].sum() == 4
    assert set(hard["pair_id_x"]) == fact(which, "pairs of accounts are in doubt")
    named = hard[hard["clue"] == "handle"]["same_hand"]
    assert sorted(named) == [False, True]
    # Two clues or one is what tells most of them apart.
    two = hard["clue"] == "typing and timing"
    assert (two == hard["same_hand"]).sum() == 7


@SEEDS
def test_closed_cases_tell_what_a_clue_is_worth(which):
    known = tables(which)["known_pairs"]
    rate = known.groupby(["typing", "timing", "name"])["same_hand"].mean()
    assert len(known) == 200
    # Two clues are strong and not certain; one clue is weak, and a shared name is a coin.
    assert rate[True, True, False] == 0.9
    assert rate[True, False, False] == rate[False, True, False] == 0.1
    assert 0.3 < rate[False, False, True] < 0.6 and rate[False, False, False] == 0
    # Whoever takes "any clue" for one hand is wrong in most cases.
    assert known.loc[known[["typing", "timing", "name"]].any(axis=1), "same_hand"].mean() < 0.5


# The filter.


def flags(which, inside=False, least=700):
    scores = tables(which)["filter_scores"]
    scores = scores[scores["bounded"]] if inside else scores
    flagged = scores[scores["score"] >= least]
    return flagged["offender"].sum(), (~flagged["offender"]).sum()


@SEEDS
def test_filter_errs_as_declared_and_the_base_rate_decides(which):
    scores = tables(which)["filter_scores"]
    assert len(scores) == 20_000 and scores["offender"].sum() == 40
    assert scores["bounded"].sum() == 80
    assert scores.loc[scores["bounded"], "offender"].sum() == 40
    # .90 of 40; .02 of 19,960 is 399.2; .02 of 40 is one person.
    assert flags(which) == (36, 399) and flags(which, inside=True) == (36, 1)
    assert len(fact(which, "one in twelve")) == 435


@SEEDS
def test_accuracy_says_nothing_and_a_threshold_exists(which):
    scores = tables(which)["filter_scores"]
    right = ((scores["score"] >= 700) == scores["offender"]).mean()
    assert right > 0.97 and 36 / 435 < 0.09
    fits = [
        least
        for least in range(700, 1000)
        if flags(which, least=least)[0] >= 25 and flags(which, least=least)[1] < 20
    ]
    assert 5 <= len(fits) <= 60 and fits == list(range(fits[0], fits[-1] + 1))
    assert fits[0] > 700  # the stated threshold is not one of them


def test_too_small_a_world_is_refused(tmp_path):
    with pytest.raises(WorldError, match=r"ask for more accounts|needs at least"):
        generate("haystack", 1, 1500)
    text = (scenario.FOLDER / "haystack.toml").read_text(encoding="utf-8")
    path = tmp_path / "my.toml"
    path.write_text(text.replace("rows = 1200", "rows = 120"), encoding="utf-8")
    with pytest.raises(WorldError, match=r"my\.toml: export\.rows must be 500 to"):
        scenario.read(path)
    path.write_text(text.replace('"city"', '"harbour"'), encoding="utf-8")
    with pytest.raises(WorldError, match=r"the section \[export\] needs the section \[city\]"):
        scenario.read(path)
