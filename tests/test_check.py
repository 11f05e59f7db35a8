"""Checks: every kind scores as its method says, and bad input gets a sentence, never an error."""

import json
import math
import random
import re
import subprocess
import sys
import warnings
from dataclasses import replace
from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from socmint import course
from socmint.check import (
    ANSWER_MIME,
    DF,
    FIG,
    FORM,
    NUM,
    PARTITION,
    PROB,
    RANK,
    SET,
    TXT,
    Checker,
    Key,
    Need,
    Wrong,
    forms,
    load_keys,
)
from socmint.check.kinds import ONLY_CERTAIN, Unreadable, adjusted_rand, describe
from socmint.course import Module, Question
from socmint.errors import CourseError

TABLE = pd.DataFrame({"place": ["north", "south"], "posts": [3, 4]})
ids = st.sets(st.sampled_from([f"a-{n:06d}" for n in range(30)]), min_size=1)
A, B, C, D, E, F, Z = (f"a-00000{n}" for n in range(7))


def score(kind, value, expected):
    return kind.score(kind.read(value), expected)


# ---- NUM -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [12, 12.0, np.int64(12), np.float64(12), pd.Series([12])])
def test_num_takes_any_number(value):
    assert score(NUM(), value, 12).fraction == 1


def test_num_tolerance_is_absolute_and_inclusive():
    kind = NUM(unit="percent", tolerance=0.5)
    assert score(kind, 62.5, 62.0).fraction == 1
    assert score(kind, 62.6, 62.0).fraction == 0


def test_num_tolerance_may_be_a_share_of_the_expected():
    kind = NUM(unit="hours", share=0.05)
    assert score(kind, 210, 200).fraction == score(kind, 190, 200).fraction == 1
    assert score(kind, 211, 200).notes == ["Your 211 hours is too high."]


def test_num_may_have_a_range_of_right_numbers():
    kind = NUM(names=("cut",))
    for value in (880, 885, 890):
        assert score(kind, {"cut": value}, {"cut": (880, 890)}).fraction == 1
    assert score(kind, {"cut": 879}, {"cut": (880, 890)}).notes == [
        "Your value for cut, 879, is too low."
    ]
    assert score(kind, {"cut": 891}, {"cut": [880, 890]}).notes == [
        "Your value for cut, 891, is too high."
    ]


def test_num_says_high_low_and_fraction_without_the_expected_value():
    kind = NUM(unit="percent", tolerance=0.5)
    assert score(kind, 70, 62.25).notes == ["Your 70 percent is too high."]
    assert score(kind, 40, 62.25).notes == ["Your 40 percent is too low."]
    assert "fraction of 1" in score(kind, 0.6225, 62.25).notes[0]


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("12", "without quotation marks"),
        (True, "True or False"),
        ([1, 2], "a list of 2 items"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (len, "brackets"),
        (TABLE, "a table of 2 rows"),
    ],
)
def test_num_refuses_with_a_sentence(value, part):
    with pytest.raises(Unreadable, match=part):
        NUM().read(value)


def test_num_with_names_gives_each_its_share():
    kind = NUM(names=("all", "talk"))
    result = score(kind, {"all": 3, "talk": 9}, {"all": 3, "talk": 5})
    assert result.fraction == 0.5
    assert result.notes == ["Your value for talk, 9, is too high."]
    with pytest.raises(Unreadable, match="talk"):
        kind.read({"all": 3})


# ---- SET -----------------------------------------------------------------------------------------


@given(answer=ids, right=ids)
def test_set_without_costly_ids_is_f1(answer, right):
    hits = len(answer & right)
    assert score(SET(), answer, right).fraction == pytest.approx(
        2 * hits / (len(answer) + len(right))
    )


@given(answer=ids, right=ids, costly=ids)
def test_accusing_the_innocent_never_pays(answer, right, costly):
    costly -= right
    plain = score(SET(), answer, right).fraction
    weighted = score(SET(), answer, {"right": right, "costly": costly}).fraction
    assert weighted <= plain
    if answer & costly and answer & right:
        assert weighted < plain


def test_set_may_have_a_largest_number():
    assert SET(most=1).read([A]) == [A]
    with pytest.raises(Unreadable, match=r"holds 2 accounts\. No more than 1"):
        SET(most=1).read([A, B])


def test_set_of_other_ids():
    assert SET(such_as="c-01").read(["c-40", "c-02"]) == ["c-02", "c-40"]
    with pytest.raises(Unreadable, match=r"'c-1'\. Here a card is written like 'c-01'"):
        SET(such_as="c-01", noun="card").read(["c-1"])


def test_a_check_after_an_error_says_that_the_value_is_old(check):
    check._after_cell(SimpleNamespace(success=False))
    assert "stopped with an error" in check.q1(42).text
    check._after_cell(SimpleNamespace(success=True))
    assert "stopped with an error" not in check.q1(42).text


@pytest.mark.parametrize("value", [None, [None, None], {"north": None}])
def test_a_function_that_gives_nothing_back_is_told_so(check, monkeypatch, value):
    keys = sys.modules["socmint.keys.tried"].KEYS
    assert "function" not in check.q1(value).text
    assert "the last step gave nothing back" in check.q1(value).text
    monkeypatch.setitem(keys, "q1", replace(keys["q1"], function=True))
    assert "End your function with return" in check.q1(value).text
    assert "function" not in check.q1(...).text


@pytest.mark.parametrize("value", [..., "...", [..., ...], {"a": ...}, {"a": "..."}])
def test_dots_that_are_left_are_all_that_is_said(check, value):
    note = "Replace the three dots ... in the cell above, run it, then run this cell again."
    assert check.q1(value).notes == [note]


def test_an_empty_text_is_told_where_to_write(check):
    assert "between the quotation marks" in check.q1(" ").text


@pytest.mark.parametrize("module", [m for m in course.load().modules if m.questions])
def test_functions_are_spoken_of_where_the_learner_writes_one(module):
    source = (course.ROOT / "course" / "labs" / f"{module.topic}.py").read_text(encoding="utf-8")
    cells = re.findall(r'(?ms)^# %% tags=\["(q\d+)", "answer"\]\n(.*?)(?=^# %%)', source)
    writes = {question for question, cell in cells if re.search(r"(?m)^def ", cell)}
    assert {q for q, key in load_keys(module.topic).items() if key.function} == writes


def test_set_cost_is_double():
    # 2 right, 1 wrong and costly: precision 2 / (2 + 1 + 1), recall 2 / 2, so F1 = 2/3.
    result = score(SET(), [A, B, Z], {"right": {A, B}, "costly": {Z}})
    assert result.fraction == pytest.approx(2 / 3)
    assert any("counts twice" in note for note in result.notes)


PAIRS = SET("pair names", such_as="a-000001/a-000002", noun="pair")


def test_a_pair_may_be_named_from_either_end():
    one, other = f"{A}/{B}", f"{B}/{A}"
    assert PAIRS.read([other]) == PAIRS.read([one, other]) == PAIRS.read([f"{B} / {A}"]) == [one]
    assert score(PAIRS, [other, f"{D}/{C}"], {one, f"{C}/{D}"}).fraction == 1
    with pytest.raises(Unreadable, match=f"a pair is written like '{B}/{C}'"):
        PAIRS.read([A])


def test_the_feedback_calls_things_by_their_name():
    right = {f"{A}/{B}", f"{C}/{D}"}
    wrong = score(PAIRS, [f"{B}/{A}", f"{A}/{C}"], {"right": right, "costly": {f"{A}/{C}"}}).notes
    assert wrong == [
        "You name 2 pairs: 1 of them is right.",
        "1 wrongly named pair can harm people who did nothing. It counts twice against you.",
        "Other pairs are still missing.",
    ]
    part = score(PAIRS, [f"{A}/{B}"], right).notes
    assert part == ["You name 1 pair, and it is right. Others are missing: go on."]
    assert score(PAIRS, [], right).notes == ["Your list is empty. Name at least one pair."]


@pytest.mark.parametrize(
    ("topic", "question", "noun"),
    [
        ("what_socmint_is", "q4", "card"),
        ("tasking", "q1", "question"),
        ("tasking", "q5", "source"),
        ("authority", "q3", "pair"),
        ("authority", "q6", "request"),
        ("authority", "q7", "item"),
        ("crime_on_show", "q3", "account"),
        ("crime_on_show", "q4", "picture"),
        ("custody", "q2", "capture"),
        ("custody", "q7", "statement"),
        ("custody", "q8", "item"),
        ("processing", "q4", "pair"),
    ],
)
def test_each_key_names_what_it_asks_for(topic, question, noun):
    kind = load_keys(topic)[question].kind
    with pytest.raises(Unreadable, match=f"Here an? {noun} is written like '{kind.such_as}'"):
        kind.read(["?"])
    assert forms.load(forms.dump(load_keys(topic)))[question].noun == noun


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("a-000001", "one text"),
        ([1, 2], "the number 1"),
        ([("a", "b")], "a tuple of 2 items"),
        (5, "the number 5"),
        (TABLE, "one column"),
        ({"a": 1}, "dict"),
        ((f"a-{n:06d}" for n in range(10**6)), "more than 50,000"),
        ([f"a-{n:06d}" for n in range(10**6)], "more than 50,000"),
        (["a-1"], "'a-1'. Here an account is written like 'a-000001'"),
        (["robert"], "'robert'. Here an account is written like"),
        (pd.Series([424], index=[A]), r"number 424.*Add \.index"),
        (pd.Series([True, False]), r'table\.loc\[condition, "account_id"\]\.tolist\(\)$'),
    ],
)
def test_set_refuses_with_a_sentence(value, part):
    with pytest.raises(Unreadable, match=part):
        SET().read(value)


CHOICE = {"right": {A, B}, "others": {C, D, E, F}}


@pytest.mark.parametrize(
    ("answer", "fraction"),
    [
        ([A, B], 1),
        ([A], 1 / 2),
        ([A, B, C], 3 / 4),  # all of the right ones, one of four others
        ([A, C], 1 / 4),
        ([A, B, C, D, E, F], 0),
        ([C, D, E, F], 0),
        ([A, B, "a-999999"], 3 / 4),
    ],
)
def test_set_from_a_choice_is_worth_nothing_to_whom_names_all(answer, fraction):
    assert score(SET(), answer, CHOICE).fraction == pytest.approx(fraction)


# ---- RANK ----------------------------------------------------------------------------------------

WORTH = {A: 9, B: 7, C: 7, D: 5, E: 1, F: 1}


@pytest.mark.parametrize("answer", [[A, B, C], [A, C, B]])
def test_rank_ties_may_stand_in_any_order(answer):
    assert score(RANK(3), answer, WORTH).fraction == 1


def test_rank_falls_with_each_fault():
    swapped = score(RANK(3), [B, A, C], WORTH)
    outsider = score(RANK(3), [A, B, D], WORTH)
    reverse = score(RANK(3), [F, E, D], WORTH)
    assert 1 > swapped.fraction > reverse.fraction == 0
    assert 1 > outsider.fraction > reverse.fraction
    assert "not their order" in swapped.notes[0]
    assert "2 of 3" in outsider.notes[0]


def test_rank_tie_at_the_last_place_counts_in_full():
    assert score(RANK(5), [A, B, C, D, F], WORTH).fraction == 1
    assert score(RANK(5), [A, B, C, D, E], WORTH).fraction == 1


@pytest.mark.parametrize(
    ("value", "part"),
    [([A, A, B], "twice"), ([A], "1 account. The question asks for 3"), ("abc", "one text")],
)
def test_rank_refuses_with_a_sentence(value, part):
    with pytest.raises(Unreadable, match=part):
        RANK(3).read(value)


def test_rank_with_names_is_the_mean():
    kind = RANK(2, names=("x", "y"))
    expected = {"x": WORTH, "y": {D: 2, E: 1, F: 0}}
    assert score(kind, {"x": [A, B], "y": [D, E]}, expected).fraction == 1
    assert score(kind, {"x": [E, F], "y": [D, E]}, expected).fraction == 0.5


STEPS = {"k-01": 2, "k-02": 2, "k-03": 1, "k-04": 0}
ORDER = RANK(4, such_as="k-01", pairs=True, noun="step")


@pytest.mark.parametrize(
    ("answer", "fraction"),
    [
        # Five pairs are not tied: tau is the right ones minus the wrong ones, over five.
        (["k-01", "k-02", "k-03", "k-04"], 1),
        (["k-02", "k-01", "k-03", "k-04"], 1),
        (["k-01", "k-03", "k-02", "k-04"], 3 / 5),
        (["k-03", "k-01", "k-02", "k-04"], 1 / 5),
        (["k-04", "k-03", "k-02", "k-01"], 0),
        (["k-01", "k-02", "k-03", "k-09"], 0),
    ],
)
def test_rank_by_pairs_is_kendalls_tau(answer, fraction):
    assert score(ORDER, answer, STEPS).fraction == pytest.approx(fraction)


def test_rank_by_pairs_says_how_many_pairs_are_wrong():
    note = score(ORDER, ["k-01", "k-03", "k-02", "k-04"], STEPS).notes
    assert note == ["In your list, 1 of 5 pairs of steps stand in the wrong order."]
    with pytest.raises(Unreadable, match="a step is written like 'k-01'"):
        ORDER.read(["a-000001"] * 4)


# ---- DF ------------------------------------------------------------------------------------------

POSTS = DF(key=("place",), columns={"posts": 0.0})


@pytest.mark.parametrize(
    "value",
    [
        TABLE,
        TABLE.iloc[::-1],
        TABLE.set_index("place"),
        TABLE.assign(more=1),
        TABLE.rename(columns={"posts": " posts "}),
        TABLE.astype({"posts": float}),
    ],
)
def test_df_order_index_and_extra_columns_do_not_matter(value):
    assert score(POSTS, value, TABLE).fraction == 1


def test_df_counts_cells_and_names_your_own_value():
    result = score(POSTS, TABLE.assign(posts=[3, 99]), TABLE)
    assert result.fraction == 0.5
    assert result.notes == [
        "Your column 'posts' is not right in 1 row, for example where place = south: you have 99."
    ]


def test_df_shows_your_own_number_without_a_tail_of_digits():
    told = score(POSTS, TABLE.assign(posts=[3, 1 / 3]), TABLE).notes[0]
    assert told.endswith("you have 0.3333.")


def test_df_rows_too_many_and_too_few_cost():
    more = pd.concat([TABLE, pd.DataFrame({"place": ["west"], "posts": [1]})])
    assert score(POSTS, more, TABLE).fraction == pytest.approx(2 / 3)
    assert score(POSTS, TABLE.head(1), TABLE).fraction == 0.5


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (TABLE.drop(columns="posts"), "no column 'posts'"),
        (pd.concat([TABLE, TABLE]), "more than one row"),
        ({"north": 3}, "A table"),
        (TABLE.set_index("place")["posts"], r'\.reset_index\(name="posts"\)'),
        (pd.DataFrame({"place": range(10**6), "posts": 1}), "more than 50,000"),
        (TABLE.assign(posts="three"), "text"),
    ],
)
def test_df_refuses_with_a_sentence(value, part):
    with pytest.raises(Unreadable, match=part):
        POSTS.read(value)


def test_df_text_is_compared_without_case():
    kind = DF(key=("card",), columns={"tier": None})
    truth = pd.DataFrame({"card": ["c-01", "c-02"], "tier": ["public", "friends"]})
    mine = pd.DataFrame({"card": ["c-01", "c-02"], "tier": [" Public", None]})
    assert score(kind, mine, truth).fraction == 0.5


# ---- PARTITION -----------------------------------------------------------------------------------


def test_adjusted_rand_of_a_worked_example():
    # Hand-made: the contingency table [[2, 1], [0, 2]] has 2 pairs together in both; rows give
    # 3 + 1 = 4 pairs, columns 1 + 3 = 4, all pairs 10; (2 - 1.6) / (4 - 1.6) = 1/6.
    assert adjusted_rand(list("aaabb"), list("xxyyy")) == pytest.approx(1 / 6)


def test_partition_takes_sets_and_dicts_and_ignores_names():
    groups = {"a": "north", "b": "north", "c": "south", "d": "south"}
    truth = {"groups": groups, "allowed": {"e"}}
    kind = PARTITION(enough=0.6)
    beyond = score(kind, [{"a", "b"}, {"c", "d"}, {"x", "e"}], truth)
    assert (beyond.fraction, beyond.notes) == (
        0,
        ["Your groups hold 1 account that nobody asked about."],
    )
    assert score(kind, [{"c", "d"}, {"a", "b"}], truth).fraction == 1
    assert score(kind, {"a": 1, "b": 1, "c": 2, "d": 2, "e": 3}, truth).fraction == 1
    assert score(kind, [{"a", "c"}, {"b", "d"}], truth).fraction == 0
    assert "lack 1 of the 4" in score(kind, [{"a", "b"}, {"c"}], truth).notes[0]
    with pytest.raises(Unreadable, match="two groups"):
        kind.read([{"a"}, {"a", "b"}])
    with pytest.raises(Unreadable, match="a set of ids"):
        kind.read([[["a", "b"]]])
    with pytest.raises(Unreadable, match="flat list"):
        kind.read(["a", "b"])


# ---- PROB ----------------------------------------------------------------------------------------


def cost(chances, outcomes):
    """The mean penalty by hand: minus the logarithm of what was given to what happened."""
    given = [p if y else 1 - p for p, y in zip(chances, outcomes, strict=True)]
    return sum(-math.log(min(0.99, max(0.01, p))) for p in given) / len(given)


def test_prob_is_the_logarithm():
    kind = PROB(good=0.3)
    truth = {"a": 1, "b": 0}
    # ln(0.7 * 0.6) = -0.8675 and ln(0.5) = -0.6931: halves of the one, in a line from the other.
    result = score(kind, {"a": 0.7, "b": 0.4}, truth)
    assert result.fraction == pytest.approx((0.6931 - 0.43375) / (0.6931 - 0.3), abs=1e-3)
    assert "0.434" in result.notes[0]
    assert score(kind, {"a": 0.5, "b": 0.5}, truth).fraction == 0
    assert score(kind, {"a": 0.9, "b": 0.1}, truth).fraction == 1
    assert score(kind, {"a": 1, "b": 0}, truth).fraction == 1
    assert score(kind, {"a": 0, "b": 0}, truth).notes[1:] == [
        ONLY_CERTAIN,
        "You were very sure, and wrong, 1 time. Such an error costs most: move toward 0.5 where "
        "the record has exceptions.",
    ]


def test_prob_is_proper_and_the_record_is_the_best_to_say():
    """For every chance, the answer with the lowest penalty to expect is that chance itself."""
    kind, grid = PROB(good=0.0), [n / 100 for n in range(101)]
    half = math.log(2)
    sure = dict.fromkeys("bcdefghij", 0)  # nine easy ones keep the points between their ends

    def penalty(said, outcome):
        share = score(kind, {"a": said} | sure, {"a": outcome} | sure).fraction
        return 10 * half * (1 - share) + 9 * math.log(0.99)

    loss = {said: (penalty(said, 0), penalty(said, 1)) for said in grid}
    for chance in grid[1:-1]:
        expected = {s: (1 - chance) * no + chance * yes for s, (no, yes) in loss.items()}
        best = min(expected.values())
        assert expected[chance] == pytest.approx(best, abs=1e-6)
        assert expected[0.5] > best + 1e-4 or chance in (0.49, 0.5, 0.51)


def test_certain_answers_that_err_at_times_earn_clearly_less_than_honest_ones():
    """Pairs in doubt as closed cases show them, drawn 2,000 times; points worked out by hand."""
    record = [0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.4, 0.4]
    ways = {"honest": record, "only 0 and 1": [round(p) for p in record], "half": [0.5] * 8}
    draw, kind = random.Random(7), PROB(good=0.3)
    mean = dict.fromkeys(ways, 0.0)
    for _ in range(2000):
        came = [int(draw.random() < chance) for chance in record]
        for name, said in ways.items():
            share = (math.log(2) - cost(said, came)) / (math.log(2) - 0.3)
            mean[name] += min(1, max(0, share)) / 2000
    assert mean["half"] == 0 and mean["only 0 and 1"] < 0.5 * mean["honest"]
    came = [1, 1, 1, 0, 0, 0, 1, 0]  # the usual end: one rounded pair in eight is wrong
    by_hand = (math.log(2) - cost(ways["only 0 and 1"], came)) / (math.log(2) - 0.3)
    named = {name: dict(zip("abcdefgh", said, strict=True)) for name, said in ways.items()}
    truth = dict(zip("abcdefgh", came, strict=True))
    got = {name: score(kind, said, truth) for name, said in named.items()}
    assert got["honest"].fraction == 1 and got["half"].fraction == 0
    assert got["only 0 and 1"].fraction == pytest.approx(by_hand) and by_hand < 1 / 3


def test_prob_of_sealed_facts_is_the_distance_to_the_chances():
    kind = PROB(good=0.01)
    chances = {"a": 0.9, "b": 0.3}
    # One half each: (0.4² + 0.2²) / 2 = 0.1. Mine: (0.2² + 0²) / 2 = 0.02, 8 / 9 of the way.
    result = score(kind, {"a": 0.7, "b": 0.3}, chances)
    assert result.fraction == pytest.approx(0.08 / 0.09)
    assert result.notes[0].startswith("Your mean squared distance is 0.020. Full marks need 0.01")
    assert score(kind, {"a": 0.5, "b": 0.5}, chances).fraction == 0
    assert score(kind, {"a": 0.9, "b": 0.2}, chances).fraction == 1


@pytest.mark.parametrize(
    ("value", "part"),
    [({"a": 70}, "70 percent is 0.7"), ({"a": -0.1}, "between 0 and 1"), ([0.5], "dict")],
)
def test_prob_refuses_with_a_sentence(value, part):
    with pytest.raises(Unreadable, match=part):
        PROB().read(value)


# ---- FIG and TXT ---------------------------------------------------------------------------------


def test_fig_reads_what_is_drawn():
    fig, axes = plt.subplots()
    axes.bar(["north", "south"], [3, 4])
    axes.set(title="South writes more", xlabel="place", ylabel="posts")
    read = FIG(()).read(axes)
    assert read["title"] == "South writes more"
    assert read["xticks"] == ["north", "south"]
    assert [height for _, height in read["bars"]] == [3, 4]
    assert json.loads(json.dumps(read)) == read
    plt.close(fig)


@pytest.mark.parametrize("draw", ["bar", "barh"])
@pytest.mark.parametrize("stacked", [True, False])
def test_fig_tells_stacked_bars(draw, stacked):
    table = pd.DataFrame({"public": [60, 40], "private": [40, 60]}, index=["north", "south"])
    axes = getattr(table.plot, draw)(stacked=stacked)
    assert FIG(()).read(axes)["stacked"] == stacked
    plt.close(axes.figure)


def test_fig_reads_lines_point_by_point():
    fig, axes = plt.subplots()
    axes.plot([700, 710], [36, 30])
    axes.plot([700, 710], [399, float("nan")])
    read = FIG(()).read(fig)
    assert read["lines"] == [[[700, 36], [710, 30]], [[700, 399], [710, 0]]]
    plt.close(fig)


def test_fig_counts_needs_met():
    kind = FIG(
        (
            Need(lambda read, _: bool(read["title"]), "Your figure has no title."),
            Need(lambda read, _: bool(read["xlabel"]), "Your x axis has no name."),
        )
    )
    fig, axes = plt.subplots()
    axes.plot([1, 2])
    axes.set_title("Up")
    result = score(kind, fig, None)
    plt.close(fig)
    assert (result.fraction, result.notes) == (0.5, ["Your x axis has no name."])


def test_fig_refuses_the_module_and_an_empty_figure():
    with pytest.raises(Unreadable, match="figure itself"):
        FIG(()).read(plt)
    fig, _ = plt.subplots()
    with pytest.raises(Unreadable, match="empty"):
        FIG(()).read(fig)
    plt.close(fig)


def test_form_takes_what_a_form_may_hold_and_counts_needs_met():
    kind = FORM(
        ("days", "targets", "urgent"),
        (
            Need(lambda form, most: form.get("days", 99) <= most, "That is too long."),
            Need(lambda form, _: bool(form.get("targets")), "Name a target."),
        ),
    )
    read = kind.read({"days": np.int64(5), "targets": {"b", "a"}, "urgent": np.bool_(False)})
    assert read == {"days": 5, "targets": ["a", "b"], "urgent": False}
    assert json.loads(json.dumps(read)) == read
    result = score(kind, {"days": 30, "targets": ["a"]}, 28)
    assert (result.fraction, result.notes) == (0.5, ["That is too long."])
    assert score(kind, {"days": 28, "targets": ["a"]}, 28).fraction == 1


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("days: 5", "A form is a dict"),
        ({"day": 5}, "no field 'day'"),
        ({"days": float("nan")}, "Your field 'days'"),
        ({"targets": [["a"]]}, "Your field 'targets'"),
        ({"targets": ["a"] * 60_000}, "more than 50,000"),
        ({"targets": print}, "the function print"),
    ],
)
def test_form_refuses_with_a_sentence(value, part):
    with pytest.raises(Unreadable, match=part):
        FORM(("days", "targets"), ()).read(value)


def test_txt_counts_words_and_parts():
    kind = TXT((3, 6), (Need(lambda text, _: "authority" in text, "Name who may decide."),))
    assert score(kind, "Ask the right AUTHORITY first.", None).fraction == 1
    result = score(kind, "Ask first.", None)
    assert result.fraction == 0
    assert result.notes == [
        "Your text has 2 words. Between 3 and 6 are asked for.",
        "Name who may decide.",
    ]


# ---- check.q1(…) ---------------------------------------------------------------------------------


@pytest.fixture
def check(monkeypatch):
    key = Key(
        kind=NUM(unit="posts"),
        expected=lambda world: world.truth["n"],
        right="Counting is the first step.",
        wrongs=(Wrong("doubled", lambda world: 2 * world.truth["n"], "You counted twice."),),
    )
    broken = Key(NUM(), lambda world: 1 / 0, "", ())
    noisy = Key(NUM(), lambda world: warnings.warn("look", stacklevel=2) or 1, "Well.", ())
    keys = SimpleNamespace(KEYS={"q1": key, "q2": broken, "q3": noisy})
    monkeypatch.setitem(sys.modules, "socmint.keys.tried", keys)
    questions = [Question(f"q{n}", "Count", "NUM", 2, 0, "method") for n in (1, 2, 3)]
    module = Module("M99", "tried", "Try", {}, [], [], "", {}, questions)
    return Checker(module, SimpleNamespace(truth={"n": 21}))


@pytest.mark.parametrize("value", [..., None, "", " ... ", [..., ...], {"a": ...}])
def test_blank_is_not_answered_yet(check, value):
    assert check.q1(value).outcome == "not answered yet"
    assert repr(check.q1()) == "0"


def test_outcomes(check):
    assert (check.q1(21).outcome, repr(check.q1(21))) == ("right", "2")
    assert "first step" in check.q1(21).text
    wrong = check.q1(42)
    assert (wrong.outcome, wrong.score) == ("not yet", 0)
    assert "You counted twice." in wrong.text
    assert "21" not in check.q1(40).text
    assert "21" not in wrong.text


class Hostile:
    """A value whose every question about itself fails."""

    def __getattribute__(self, name):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        [1] * 10**6,
        np.zeros((1000, 1000)),
        pd.DataFrame(np.zeros((10**6, 1))),
        nx.path_graph(3),
        object(),
        lambda: 21,
        {1: {2: 3}},
        b"21",
        10**400,
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_makes_a_check_fail(check, capsys, value):
    result = check.q1(value)
    assert result.score == 0
    assert result.text.endswith((".", "?"))
    assert "<script" not in result._repr_html_()
    assert float(repr(result)) == 0
    assert capsys.readouterr().err == ""


def test_a_value_that_fails_when_looked_at_gets_a_sentence(check):
    assert check.q1(Hostile()).score == 0


def test_a_rounded_mistake_is_the_same_mistake(check, monkeypatch):
    key = Key(
        kind=NUM(unit="percent", tolerance=0.1),
        expected=lambda world: 50.0,
        right="",
        wrongs=(Wrong("other share", lambda world: 33.3333, "That is another share."),),
    )
    monkeypatch.setitem(sys.modules["socmint.keys.tried"].KEYS, "q1", key)
    assert "That is another share." in check.q1(33.3).notes
    assert "That is another share." not in check.q1(33.0).notes


def test_a_broken_key_is_not_the_learners_fault(check):
    result = check.q2(1)
    assert result.score == 0
    assert "not your fault" in result.text


def test_a_warning_in_a_check_stays_silent(check, capsys):
    assert check.q3(1).outcome == "right"
    assert capsys.readouterr().err == ""


def test_the_cell_output_carries_score_feedback_and_answer(check):
    bundle = check.q1(42)._repr_mimebundle_()
    assert bundle["text/plain"] == "0"
    assert bundle[ANSWER_MIME] == {"topic": "tried", "question": "q1", "answer": 42}
    assert 'role="region"' in bundle["text/html"]
    assert 'lang="en"' in bundle["text/html"]
    json.dumps(bundle)


def test_without_truth_the_answer_is_recorded_only(check):
    blind = Checker(check._module, SimpleNamespace(truth=None, meta={"seed": 7}))
    result = blind.q1(42)
    assert (result.outcome, result.score, result.answer) == ("recorded", 0, 42)
    assert result._repr_mimebundle_()[ANSWER_MIME]["world"] == 7


def test_unknown_question_names_what_there_is(check):
    with pytest.raises(CourseError, match=r"'q9'. There are: q1, q2, q3"):
        check.q9(1)
    assert dir(check) == ["q1", "q2", "q3"]


def test_a_graph_is_called_a_graph_by_who_has_loaded_networkx_only():
    assert describe(nx.path_graph(3)) == "a graph of 3 nodes"
    code = "import sys, socmint.check.kinds as kinds\nprint(kinds.describe([1]), *sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("a list of 1 item ")
    assert "networkx" not in run.stdout.split()
