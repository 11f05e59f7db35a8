"""The keyed random numbers: known values, even spread, no order, no shared state."""

import numpy as np
import pytest

from synthetic_data import streams

N = 100_000


def test_matches_published_splitmix64_values(monkeypatch):
    # The first five outputs of SplitMix64 seeded with 1234567, as widely published.
    monkeypatch.setattr(streams, "key", lambda path: 1234567)
    assert streams.u64("any", range(5)).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@pytest.mark.parametrize("shift", [0, 28, 56])
def test_bytes_are_even(shift):
    counts = np.bincount(
        ((streams.u64("even", np.arange(N)) >> np.uint64(shift)) & np.uint64(255)).astype(int),
        minlength=256,
    )
    chi_square = ((counts - N / 256) ** 2 / (N / 256)).sum()
    # 255 degrees of freedom: mean 255, standard deviation 22.6; five of them either way.
    assert 142 < chi_square < 368


@pytest.mark.parametrize("pair", [("a", "b"), ("w/1/posts", "w/2/posts"), ("w/1/x", "w/1/xx")])
def test_keys_are_independent(pair):
    one, two = (streams.u64(path, np.arange(N)) for path in pair)
    differing = np.bitwise_count(one ^ two).mean()
    # Binomial(64, 1/2): mean 32; the mean of N has standard deviation 4 / sqrt(N) = .0126.
    assert abs(differing - 32) < 0.065
    assert not (one == two).any()


def test_order_and_company_do_not_matter():
    whole = streams.u64("order", np.arange(1000))
    some = np.array([7, 999, 0, 7])
    assert (streams.u64("order", some) == whole[some]).all()


def test_neighbours_are_not_correlated():
    draws = streams.below("lag", np.arange(N), 1 << 30).astype(float)
    # The correlation of N independent pairs has standard deviation 1 / sqrt(N) = .0032.
    assert abs(np.corrcoef(draws[1:], draws[:-1])[0, 1]) < 0.016


def test_below_takes_a_limit_per_row_and_reaches_both_ends():
    limits = np.repeat([1, 2, 6], 1000)
    drawn = streams.below("limits", np.arange(3000), limits)
    for limit in (1, 2, 6):
        assert set(drawn[limits == limit]) == set(range(limit))


def test_pick_follows_the_weights():
    counts = np.bincount(streams.pick("weights", np.arange(N), [1, 0, 3]), minlength=3)
    assert counts[1] == 0
    # Binomial(N, 1/4): standard deviation 137.
    assert abs(counts[0] - N / 4) < 5 * 137


def test_ranked_is_stable_under_insertion():
    items = np.arange(0, 400, 4)
    more = np.arange(0, 400)
    before = streams.ranked("rank", items).tolist()
    after = [item for item in streams.ranked("rank", more).tolist() if item % 4 == 0]
    assert before == after and before != sorted(before)


@pytest.mark.parametrize("count", [1, 999, 1000, 1001])
def test_opaque_ids_stay_distinct_and_grow(count):
    mapped, width = streams.opaque("ids", np.arange(count), 3)
    assert len(set(mapped.tolist())) == count
    assert width == (3 if count <= 1000 else 4)
    assert mapped.max() < 10**width


def test_permutation_holds_each_number_once():
    order = streams.permutation("p", 500)
    assert sorted(order.tolist()) == list(range(500)) and order.tolist() != list(range(500))
