"""Near copies and signs of one hand: against brute force, and on small cases made by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socmint.errors import CourseError
from socmint.matching import bits_apart, hand_scores, likeness, near_pairs, plain_text, shingles

LINES = st.lists(st.text(alphabet="abc ", min_size=1, max_size=24), max_size=12)


@given(LINES, st.sampled_from([0.2, 0.4, 0.6, 0.8, 1.0]))
def test_near_pairs_finds_what_comparing_every_pair_finds(lines, least):
    texts = pd.Series(lines, dtype="object")
    found = near_pairs(texts, least, shortest=3)
    kept = [n for n, line in enumerate(lines) if len(plain_text(line)) >= 3]
    wanted = {
        (a, b)
        for place, a in enumerate(kept)
        for b in kept[place + 1 :]
        if likeness(shingles(lines[a]), shingles(lines[b])) >= least
    }
    assert set(zip(found["first"], found["second"], strict=True)) == wanted


def test_changes_that_copies_have_leave_texts_alike():
    line = "Boats to Linderrey run twenty minutes late today"
    same = [line.upper(), line + " claro-now.example/7", "🙏 " + line + "!!", "@sea.cat " + line]
    for other in same:
        assert plain_text(other) == plain_text(line)
    cut = line[:40] + "…"
    assert 0.7 < likeness(shingles(line), shingles(cut)) < 1
    assert likeness(shingles(line), shingles("The choir sings on Tuesday at the quay")) < 0.1


def test_short_texts_are_left_out():
    texts = pd.Series(["good morning", "good morning"], index=["x-1", "x-2"])
    assert near_pairs(texts).empty
    assert near_pairs(texts, shortest=5)["likeness"].tolist() == [1.0]


@pytest.mark.parametrize("least", [0, -1, 1.2])
def test_limits_without_sense_are_refused(least):
    with pytest.raises(CourseError, match="above 0 and at most 1"):
        near_pairs(pd.Series(["a", "b"]), least)


def test_names_that_repeat_are_refused():
    with pytest.raises(CourseError, match="the same name"):
        near_pairs(pd.Series(["a", "b"], index=["x", "x"]))


def test_bits_are_counted():
    assert bits_apart("0" * 16, "f" * 16) == 64
    assert bits_apart("8000000000000001", "0000000000000001") == 1


def posts(rows):
    start = pd.Timestamp("2031-03-01", tz="UTC")
    return pd.DataFrame(
        [(name, start + pd.Timedelta(minutes=minute), text) for name, minute, text in rows],
        columns=["account_id", "time", "text"],
    )


def test_habits_and_minutes_are_scored_apart():
    rows = []
    for turn in range(8):
        at = turn * 200
        rows += [("a-1", at, "well  then"), ("a-2", at + 12, "so  what")]  # both clues
        rows += [("a-3", at + 95, "fine  here"), ("a-4", at + 3, "plain words")]  # one clue each
    found = hand_scores(posts(rows), ["a-1", "a-2", "a-3", "a-4"]).set_index("pair")
    assert len(found) == 6
    assert found.loc["a-1/a-2", "typing"] == 1 and found.loc["a-1/a-2", "timing"] == 8
    assert found.loc["a-1/a-3", "typing"] == 1 and found.loc["a-1/a-3", "timing"] == 0
    assert found.loc["a-1/a-4", "typing"] == 0 and found.loc["a-1/a-4", "timing"] == 8


def test_a_habit_needs_three_posts():
    rows = [("a-1", 30 * turn, "well  then") for turn in range(2)]
    rows += [("a-2", 30 * turn, "well  then") for turn in range(9)]
    assert hand_scores(posts(rows), ["a-1", "a-2"])["typing"].item() == 0


def test_timing_counts_slots_and_not_posts():
    rows = [("a-1", 0, "one"), ("a-1", 1, "two"), ("a-1", 2, "three"), ("a-2", 5, "four")]
    assert hand_scores(posts(rows), ["a-1", "a-2"])["timing"].item() == 1


def test_accounts_without_posts_score_nothing():
    found = hand_scores(posts([]).astype({"time": "datetime64[us, UTC]"}), ["a-1", "a-2"])
    assert found[["typing", "timing"]].to_numpy().tolist() == [[0, 0]]
    assert not np.isnan(found["typing"]).any()


@pytest.mark.parametrize("count", [0, 1, 401])
def test_comparing_a_whole_city_is_refused(count):
    with pytest.raises(CourseError, match=f"2 to 400 accounts, not {count}"):
        hand_scores(posts([]), [f"a-{n}" for n in range(count)])
