"""The reference path is the cheapest one: compared with trying every set of steps."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socmint.desk.reference import Step, cheapest

FACTS = ["day", "place", "broker", "courier-1", "courier-2"]
steps = st.builds(
    lambda target, level, points, share, facts: Step(
        "view", target, "public", level, float(points), float(points * share // 4), frozenset(facts)
    ),
    st.text("abc", min_size=1, max_size=3),
    st.integers(0, 4),
    st.integers(0, 60),
    st.integers(0, 4),
    st.sets(st.sampled_from(FACTS), max_size=3),
)


def cost(chosen):
    return (
        sum(step.collateral for step in chosen),
        sum(step.points for step in chosen),
        sum(step.level for step in chosen),
        len(chosen),
    )


def brute_force(needed, choices):
    """Try every set of steps; return the least cost of those that yield all that can be had."""
    reach = set(needed) & set().union(*(step.facts for step in choices), set())
    sets = [c for size in range(len(choices) + 1) for c in combinations(choices, size)]
    fits = [c for c in sets if reach <= set().union(*(step.facts for step in c), set())]
    return min(map(cost, fits)), set(needed) - reach


@settings(max_examples=200, deadline=None)
@given(st.lists(steps, max_size=8), st.sets(st.sampled_from(FACTS)))
def test_no_set_of_steps_is_cheaper(choices, needed):
    path = cheapest(needed, choices)
    best, missing = brute_force(needed, choices)
    assert cost(path.steps) == pytest.approx(best)
    assert path.missing == missing
    found = set().union(*(step.facts for step in path.steps), set())
    assert set(needed) - missing <= found


def test_a_gentle_pair_of_steps_beats_one_that_touches_many():
    group = Step("enter", "g-1", "friends", 3, 300.0, 240.0, frozenset({"day", "place"}))
    first = Step("view", "a-1", "public", 0, 20.0, 6.0, frozenset({"day"}))
    second = Step("view", "a-2", "registered", 1, 30.0, 12.0, frozenset({"place"}))
    path = cheapest(["day", "place"], [group, first, second])
    assert [step.target for step in path.steps] == ["a-1", "a-2"]
    assert (path.collateral, path.points) == (18.0, 50.0)


def test_what_nobody_can_show_is_missing():
    path = cheapest(["day", "place"], [Step("view", "a", "public", 0, 1, 0, frozenset({"day"}))])
    assert path.missing == {"place"}


def test_too_many_facts_are_refused_not_approximated():
    facts = [f"f-{number}" for number in range(17)]
    with pytest.raises(ValueError, match="at most 16"):
        cheapest(facts, [Step("view", "a", "public", 0, 1, 0, frozenset(facts))])
