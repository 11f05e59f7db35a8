"""The blind check reads lists of ties, and its further numbers are right on graphs worked by hand.

The classifiers are not run: scikit-learn is not part of the course.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import two_sample


def ring(n):
    return np.array([[at, (at + 1) % n] for at in range(n)])


def star(leaves):
    return np.array([[0, leaf] for leaf in range(1, leaves + 1)])


CLIQUE = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])


@pytest.mark.parametrize(
    ("edges", "name", "value"),
    [
        (ring(4), "closed_squares", 1),  # all four paths of three ties end at tied people
        (ring(5), "closed_squares", 0),
        (CLIQUE, "closed_squares", 1),  # three squares, twelve paths of three ties
        (CLIQUE, "four_cliques", 1 / 4),
        (ring(4), "four_cliques", 0),
        (star(5), "leaves_at_one_person", 1),
        (np.array([[0, 1], [1, 2], [2, 3]]), "leaves_at_one_person", 1 / 2),
        (star(5), "cut_people", 1 / 6),
        (ring(6), "cut_people", 0),
        (ring(6), "largest_block", 1),
        (star(5), "largest_block", 2 / 6),
        (star(5), "share_in_two_core", 0),
        (np.append(CLIQUE, [[3, 4]], axis=0), "share_in_inner_core", 4 / 5),
        (star(4), "spectral_radius", 1),
        (star(4), "spectral_gap", 1),
        (CLIQUE, "spectral_gap", 4 / 3),  # n / (n - 1)
        (star(4), "efficiency", (8 + 12 / 2) / 20),
        (star(4), "betweenness_gini", 4 / 5),  # one of five has it all
        (star(4), "second_over_largest_degree", 1 / 4),
        (star(4), "median_over_mean_degree", 1 / 1.6),
        (star(4), "rank_corr_degree_betweenness", 1),
        # Ties 3, 2, 2 and 1: who has three has one of three pairs tied, the others their one pair.
        (np.array([[0, 1], [0, 2], [1, 2], [0, 3]]), "corr_degree_clustering", -1),
    ],
)
def test_further_numbers_of_graphs_worked_by_hand(edges, name, value):
    assert two_sample.further(edges)[name] == pytest.approx(value)


def test_every_further_number_is_tried_above():
    tried = test_further_numbers_of_graphs_worked_by_hand.pytestmark[0].args[1]
    assert {name for _, name, _ in tried} == set(two_sample.FURTHER)


def written(folder, **files):
    for name, text in files.items():
        path = folder / "cell" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


RING = "a,b\nb,c\nc,d\nd,e\ne,a\n"


def test_lists_of_ties_are_read(tmp_path):
    other = (
        "# a remark\nA one, B two, 7\nB two,A one\nB two;C\n\nC\tD\nD,D\nD,E # they say\nE,A one"
    )
    nets = two_sample.read(written(tmp_path, x_calls=RING, y="a b\nb c\nc d\nd e\na e", z=other))
    assert [(kind, name) for kind, name, _ in nets] == [
        ("cell", "x_calls"),
        ("cell", "y"),
        ("cell", "z"),
    ]
    assert all(edges.tolist() == [[0, 1], [0, 4], [1, 2], [2, 3], [3, 4]] for *_, edges in nets)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"x": "a,b\na\n"}, "line 2: two names are needed"),
        ({"x": "a,b\n,b\n"}, "line 2: two names are needed"),
        ({"x": "a,b\nb,a\n"}, "has 1 ties; at least five are needed"),
        ({"x_1": RING, "x_2": RING, "y": RING}, "networks of fewer than three operations"),
        ({}, "networks of fewer than three operations"),
    ],
)
def test_unfit_folders_are_refused(tmp_path, files, sentence):
    with pytest.raises(SystemExit, match=sentence):
        two_sample.read(written(tmp_path, **files))


def test_a_folder_that_is_no_type_is_refused(tmp_path):
    (tmp_path / "gang").mkdir()
    (tmp_path / "gang" / "x.csv").write_text(RING, encoding="utf-8")
    with pytest.raises(SystemExit, match="gang is none of the types hub, cartel"):
        two_sample.read(tmp_path)


def test_rewiring_keeps_everybodys_ties_and_changes_who_they_are_with():
    before = two_sample.drawn("cell", 30, 60, "rewired")
    after = two_sample.rewired(before, "key")
    assert np.bincount(before.ravel()).tolist() == np.bincount(after.ravel()).tolist()
    pairs = {tuple(sorted(pair)) for pair in after.tolist()}
    assert len(pairs) == 60 and all(one != two for one, two in pairs)
    assert len(pairs & {tuple(sorted(pair)) for pair in before.tolist()}) < 40


class Larger:
    """A model that trusts the first number: the larger, the more like a published network."""

    def fit(self, rows, label):
        assert label.sum() == 2 and len(rows) == 2 + 2 * 4  # one operation is away

    def predict_proba(self, rows):
        return np.column_stack([-rows[:, 0], rows[:, 0]])


def test_each_network_is_judged_beside_those_drawn_for_it():
    ours = np.array([[1, 2, 3, 4], [1, 2, 3, 4], [5, 6, 7, 8]], dtype=float)[:, :, None]
    real = np.array([[5.0], [2.0], [1.0]])
    found = two_sample.judged(real, ours, np.array(["a", "b", "c"]), Larger())
    assert found.tolist() == [1, (1 + 1 / 2) / 4, 0]


def test_distances_are_taken_from_the_others():
    ours = np.array([[0, 1, 2, 3]], dtype=float)[:, :, None]
    own, each = two_sample.beside(np.array([[1.5]]), ours)
    assert own[0, 0] == 0
    # The last one beside 0, 1 and 2: mean 1, variance 2/3.
    assert each[0, 3, 0] == pytest.approx(2 / np.sqrt(2 / 3), rel=1e-4)
