"""Answers that no check ever recorded: they come from a forger, and earn what reading them earns.

A notebook may send anything in place of an answer. Scoring relies on what reading refuses.
"""

import json
import math

import matplotlib.pyplot as plt
import pytest

from socmint.check import FIG, FORM, NUM, PARTITION, PROB, RANK, SET, Key, Need, forms, load_keys
from socmint.check.kinds import DF, TITLED, Unreadable
from socmint.course import load
from synthetic_data import generate

IDS = [f"a-{n:06}" for n in range(1, 9)]
GROUPS = {name: "ab"[number % 2] for number, name in enumerate(IDS)}


def key(kind):
    return Key(kind, lambda world: None, "", ())


FORGED = {  # what it is → kind, expected answer, what is sent; each earned all points unread
    "only the number that one knows": (
        NUM(names=("steps", "people")),
        {"steps": 3, "people": 77},
        {"steps": 3},
    ),
    "the first of the list, five times": (
        RANK(length=5),
        {name: 9 - place for place, name in enumerate(IDS)},
        IDS[:1] * 5,
    ),
    "only the list that one knows": (
        RANK(length=2, names=("follows", "mentions")),
        {"follows": dict(zip(IDS, range(9, 1, -1), strict=True)), "mentions": {IDS[5]: 1}},
        {"follows": IDS[:2]},
    ),
    "a list of one, where pairs count": (
        RANK(length=8, pairs=True),
        {name: place for place, name in enumerate(IDS)},
        IDS[:1],
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_parts_of_an_answer_that_one_does_not_know_cannot_be_left_out(name):
    kind, expected, sent = FORGED[name]
    assert kind.score(sent, expected).fraction >= 1  # so scoring alone does not see it
    with pytest.raises(Unreadable):
        forms.read(key(kind), sent)


def test_more_ids_than_may_be_named_are_refused():
    with pytest.raises(Unreadable, match="No more than 1"):
        forms.read(key(SET(most=1)), IDS[:2])


def test_accounts_without_a_group_are_a_group_of_their_own():
    """Left out of the index, two sure ones would have been enough."""
    kind, unsure = PARTITION(), dict.fromkeys(IDS) | {IDS[0]: "x", IDS[1]: "y"}
    expected = {"groups": GROUPS, "allowed": []}
    assert kind.score(unsure, expected).fraction == 1
    assert kind.score(forms.read(key(kind), unsure), expected).fraction < 0.5


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (NUM(), math.nan),
        (NUM(), math.inf),
        (NUM(), True),
        (NUM(names=("a",)), {"a": [1]}),
        (PROB(), {IDS[0]: -5.0}),
        (PROB(), {IDS[0]: math.nan}),
        (SET(), {"a": 1}),
        (SET(), [["a-000001"]]),
        (FORM(("to",), ()), {"to": {"deep": 1}}),
        (FORM(("to",), ()), {"else": 1}),
        (DF(("at",), {"n": 0}), "text"),
        (DF(("at",), {"n": 0}), [["a", math.inf]]),
        (DF(("at",), {"n": 0}), [["a", 1], ["a", 2]]),
    ],
)
def test_what_reading_refuses_is_refused_from_a_forger_too(kind, sent):
    with pytest.raises(Unreadable):
        forms.read(key(kind), sent)


FIGURE = FIG(needs=(TITLED, Need(lambda figure, _: not figure["smallest_text"] < 8, "Small.")))


@pytest.fixture
def drawn():
    figure, axes = plt.subplots()
    axes.bar(["a", "b"], [1, 2])
    axes.plot([0, 1], [0.5, 1.5])
    axes.scatter([1, 2], [3, 4])
    axes.set_title("Most accounts are in one place")
    axes.legend(["one", "two"])
    yield json.loads(json.dumps(FIGURE.read(figure)))
    plt.close(figure)


def test_a_figure_that_was_drawn_is_read_as_it_is(drawn):
    assert drawn["bars"] and drawn["lines"] and drawn["points"] == 2
    assert forms.read(key(FIGURE), drawn) == drawn


@pytest.mark.parametrize(
    "change",
    [
        {"smallest_text": math.nan},  # meets any need that asks whether it is too small
        {"bars": [[1, math.inf]]},
        {"points": 2.5},
        {"stacked": 1},
        {"lines": "none"},
        {"title": ["Most", "accounts", "are", "here"]},
        {"more": 1},
    ],
)
def test_a_figure_that_nobody_can_draw_is_refused(change, drawn):
    with pytest.raises(Unreadable):
        forms.read(key(FIGURE), drawn | change)


@pytest.mark.parametrize("topic", ["first_steps", "networks", "custody", "tasking"])
def test_honest_answers_are_read_twice_without_a_change(topic):
    """The known mistakes of the keys, as far as they can be read, stand for answers."""
    settings = load().find(topic).world
    accounts = min(1_600, settings["accounts"])
    world = generate(settings["scenario"], seed=3, accounts=accounts)
    seen = 0
    for one in load_keys(topic).values():
        for wrong in one.wrongs if forms._base(one.kind) else ():
            try:
                answer = one.kind.read(wrong.make(world))
            except Unreadable:
                continue
            seen += 1
            again = forms.read(one, json.loads(json.dumps(answer)))
            assert (type(again), repr(again)) == (type(answer), repr(answer))
    assert seen > 20
