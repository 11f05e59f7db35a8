"""The acceptance bands follow from the table of published networks alone."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from synthetic_data import bands
from synthetic_data.measures import METRICS

TABLE = pd.read_csv(bands.FOLDER / "reference_networks.csv").set_index("id")


def test_band_file_is_made_from_the_table_byte_for_byte():
    assert (bands.FOLDER / "bands.csv").read_bytes() == bands.csv_bytes()


def test_every_row_of_a_type_lies_in_its_bands_and_every_network_has_a_type():
    assert {name for names in bands.TYPES.values() for name in names} == set(TABLE.index)
    for kind, names in bands.TYPES.items():
        for name in names:
            assert bands.outside(kind, bands.reference()[name]) == [], name


def test_reach_is_the_mean_of_the_largest_normal_draw():
    steps = (np.arange(200_000) + 0.5) / 200_000
    for k, value in enumerate(bands.REACH, 1):
        mean = np.mean([NormalDist().inv_cdf(float(u)) for u in steps[::20] ** (1 / k)])
        assert value == pytest.approx(mean, abs=2e-3)


@pytest.mark.parametrize(
    ("kind", "metric", "column"),
    [
        ("clan", "mean_degree", "mean_degree"),
        ("chain", "transitivity", "transitivity"),
        ("cell", "modularity", "modularity_louvain0"),
        ("hub", "degree_gini", "degree_gini"),
    ],
)
def test_an_interval_by_another_way(kind, metric, column):
    many = [names for names in bands.TYPES.values() if len(names) >= 5]
    centred = pd.concat([TABLE.loc[n, column] - TABLE.loc[n, column].mean() for n in many])
    spread = np.sqrt((centred**2).sum() / (len(centred) - len(many)))
    values = TABLE.loc[bands.TYPES[kind], column]
    more = (1.96 - bands.REACH[len(values) - 1]) * spread
    low, high = bands.load()[kind][metric]
    least = 1.0 if metric == "mean_degree" else 0.0
    assert low == pytest.approx(max(values.min() - more, least), abs=1e-4)
    assert high == pytest.approx(values.max() + more, abs=1e-4)


def test_fewer_rows_give_wider_margins():
    for metric in METRICS:
        margin = {}
        for kind in ("clan", "chain", "cell", "cartel"):
            values = [bands.reference()[name][metric] for name in bands.TYPES[kind]]
            low, _ = bands.load()[kind][metric]
            if low > bands._LIMITS.get(metric, (0, 1))[0]:
                margin[kind] = min(values) - low
        order = [margin[kind] for kind in ("clan", "chain", "cell", "cartel") if kind in margin]
        assert order == sorted(order, reverse=True), metric


def test_bands_made_without_an_operation_mostly_hold_it():
    # 17 numbers at 95 % each; few and dependent rows cost some of it, but not most.
    inside, tried = np.sum(list(bands.coverage().values()), axis=0)
    assert tried == 17 * (7 + 8 + 2 + 6) and 0.8 < inside / tried < 1


def test_modularity_of_a_star_in_the_table_cannot_be_that_of_the_plain_graph():
    # The second phase of CAVIAR: one connected graph, and its hub has no tie to four people. These
    # are in pieces that hang on the hub by other people. A piece with e ties and b of the four has
    # at most e + 1 people, so 1 to e + 1 - b ties to the hub. Let each such piece be a community,
    # and all the rest one: whatever the pieces are, the modularity is far above the table's. So
    # that number, and the number of communities, rest on tie weights, which we do not have.
    row = TABLE.loc["caviar_p02"]
    n, m, hub = int(row["n"]), int(row["m"]), int(row["max_degree"])
    away, loose = n - 1 - hub, m - hub
    assert (away, loose, row["n_components"]) == (4, 9, 1)

    def least(people: int, ties: int, joins: int, volumes: list[float]) -> float:
        if not people:
            rest = 1 - sum(volumes)
            return 1 - joins / m - sum(v * v for v in volumes) - rest * rest
        found = [
            least(people - b, ties - e, joins + a, [*volumes, (2 * e + a) / (2 * m)])
            for b in range(1, people + 1)
            for e in range(b, ties - (people - b) + 1)
            for a in range(1, e + 2 - b)
        ]
        return min(found)

    assert least(away, loose, 0, []) > 2 * row["modularity_louvain0"]
