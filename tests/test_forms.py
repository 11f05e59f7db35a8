"""Where a class is graded, a check reads an answer without the key and gives nothing away."""

import dataclasses
import json

import pandas as pd
import pytest

from socmint import course
from socmint.check import DF, NUM, Key, check, forms, load_keys
from socmint.check.kinds import Unreadable, describe
from synthetic_data import World, generate

TOPICS = [module.topic for module in course.load().modules if module.questions]


@pytest.fixture(scope="module")
def village():
    world = generate("village", seed=3, accounts=240)
    return World(world.meta, world.tables, None)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_form_reads_like_the_key_and_cannot_score(topic):
    keys = load_keys(topic)
    kinds = forms.load(forms.dump(keys))
    assert kinds.keys() == keys.keys()
    for question, kind in kinds.items():
        whole = keys[question].kind
        if isinstance(kind, forms.Plain):
            assert type(whole).__name__.startswith("_")  # a kind that the key made for itself
            continue
        assert isinstance(whole, type(kind))
        assert type(whole).read is type(kind).read
        for field in dataclasses.fields(kind):
            here, there = getattr(kind, field.name), getattr(whole, field.name)
            if field.name == "needs":
                assert here == ()
            elif isinstance(whole, DF) and field.name == "columns":
                assert {n: t is None for n, t in here.items()} == {
                    n: t is None for n, t in there.items()
                }
            elif field.name not in forms._SECRET:
                assert here == there


class Own(NUM):
    """Reads a table beside a number."""

    def read(self, value):
        return {"value": value["value"], "rows": len(value["table"])}


def test_an_answer_that_its_key_reads_in_its_own_way_travels_as_it_is():
    key = Key(Own(), lambda world: 0, "", ())
    (form,) = forms.load(forms.dump({"q1": key})).values()
    table = pd.DataFrame({"place": ["north", None], "posts": [3, 4]}, index=[7, 9])
    sent = json.loads(json.dumps(form.read({"value": 0.5, "table": table})))
    assert forms.read(key, sent) == {"value": 0.5, "rows": 2}
    assert forms._restored(sent)["table"]["posts"].tolist() == [3, 4]
    with pytest.raises(Unreadable, match="holds a"):
        form.read({"value": object()})
    loop = []
    loop.append(loop)
    with pytest.raises(Unreadable):
        form.read(loop)


def test_forms_hold_no_tolerance_and_no_expected_value():
    text = forms.dump(load_keys("networks"))
    assert not {"tolerance", "enough", "good", "share", "needs"} & set(text.split('"'))


def test_a_check_records_without_any_key(village, monkeypatch):
    module = course.load().find("first_steps")
    monkeypatch.setenv(forms.VARIABLE, forms.dump(load_keys("first_steps")))
    monkeypatch.setattr(
        "socmint.check.checker.load_keys", lambda topic: pytest.fail("the key was asked for")
    )
    result = check(module, module.find("q1"), village, 240)
    assert (result.outcome, result.score, result.answer) == ("recorded", 0, 240)
    assert json.loads(json.dumps(result._repr_mimebundle_()))
    wrong = check(module, module.find("q1"), village, "many")
    assert (wrong.outcome, wrong.answer) == ("not yet", None)
    assert "text" in wrong.notes[0]


def test_lists_of_unequal_length_can_be_named():
    assert describe([[1], [1, 2]]) == "a list of 2 items"
