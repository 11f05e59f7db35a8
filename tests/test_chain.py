"""The chain of records: what it hashes, and every kind of damage it must notice."""

import doctest
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socmint import chain
from socmint.chain import GENESIS, canonical, first_break, seal

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT)
FINITE = VALUES.filter(lambda v: not isinstance(v, float) or abs(v) != float("inf"))
RECORDS = st.lists(st.dictionaries(TEXT, FINITE, max_size=4), min_size=1, max_size=6)


def sealed(records):
    """Number the records, so that no two are equal, and chain them."""
    lines, previous = [], GENESIS
    for number, record in enumerate(records):
        lines.append(seal(record | {"number": number}, previous))
        previous = lines[-1]["sha256"]
    return lines


def test_examples_run():
    assert doctest.testmod(chain).failed == 0


def test_the_hash_can_be_repeated_by_hand():
    # The bytes are written out here, not made by the module.
    line = '{"previous":"' + "0" * 64 + '","what":"año","who":"analyst"}'
    expected = hashlib.sha256(line.encode("utf-8")).hexdigest()
    record = seal({"who": "analyst", "what": "año"}, GENESIS)
    assert record["sha256"] == expected
    assert record["previous"] == GENESIS


def test_seal_leaves_its_input_alone_and_replaces_an_old_seal():
    record = {"what": "opened"}
    first = seal(record, GENESIS)
    assert record == {"what": "opened"}
    assert seal(first, GENESIS) == first


def test_order_of_keys_does_not_matter():
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1}) == '{"a":2,"b":1}'


@pytest.mark.parametrize("value", [{1: "a"}, {"a": (1, 2)}, {"a": {2}}, {"a": b"x"}])
def test_only_plain_json_is_sealed(value):
    with pytest.raises(TypeError):
        seal(value, GENESIS)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_are_finite(value):
    with pytest.raises(ValueError):
        seal({"a": value}, GENESIS)


def test_an_empty_chain_holds():
    assert first_break([]) is None


@settings(deadline=None)  # a busy machine is no fault
@given(RECORDS)
def test_a_chain_holds_also_after_a_round_trip_through_json(records):
    lines = sealed(records)
    assert first_break(lines) is None
    assert first_break([json.loads(canonical(line)) for line in lines]) is None


@settings(deadline=None)  # a busy machine is no fault
@given(RECORDS, st.data())
def test_a_changed_value_is_named(records, data):
    lines = sealed(records)
    at = data.draw(st.integers(0, len(lines) - 1))
    key = data.draw(st.sampled_from(sorted(lines[at])))
    lines[at] = lines[at] | {key: "changed afterwards"}
    assert first_break(lines) == at


@settings(deadline=None)  # a busy machine is no fault
@given(RECORDS, st.data())
def test_an_added_or_dropped_key_is_named(records, data):
    lines = sealed(records)
    at = data.draw(st.integers(0, len(lines) - 1))
    key = data.draw(st.sampled_from([*sorted(lines[at]), "a key nobody wrote"]))
    changed = dict(lines[at])
    if key in changed:
        del changed[key]
    else:
        changed[key] = None
    lines[at] = changed
    assert first_break(lines) == at


@settings(deadline=None)  # a busy machine is no fault
@given(RECORDS.filter(lambda r: len(r) > 1), st.data())
def test_a_swapped_pair_is_named_at_its_first_line(records, data):
    lines = sealed(records)
    one, two = sorted(data.draw(st.permutations(range(len(lines))))[:2])
    lines[one], lines[two] = lines[two], lines[one]
    assert first_break(lines) == one


@settings(deadline=None)  # a busy machine is no fault
@given(RECORDS.filter(lambda r: len(r) > 1), st.data())
def test_a_line_cut_out_is_named_where_it_is_missing(records, data):
    lines = sealed(records)
    at = data.draw(st.integers(0, len(lines) - 2))  # a cut end needs the noted last hash
    del lines[at]
    assert first_break(lines) == at


@settings(deadline=None)  # a busy machine is no fault
@given(RECORDS, st.data())
def test_a_line_resealed_alone_breaks_the_next_one(records, data):
    lines = sealed([*records, {"last": True}])
    at = data.draw(st.integers(0, len(lines) - 2))
    lines[at] = seal(lines[at] | {"what": "forged"}, lines[at]["previous"])
    assert first_break(lines) == at + 1


@pytest.mark.parametrize("junk", [{}, {"previous": GENESIS}, {"previous": GENESIS, "sha256": 3}])
def test_a_record_without_seal_is_a_break_and_not_a_crash(junk):
    assert first_break([junk]) == 0
