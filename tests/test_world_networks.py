"""Groups of each type look like published ones of their type; chance graphs do not."""

import os
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from synthetic_data import WorldError, bands, networks
from synthetic_data.measures import shape

CASES = [
    (kind, size)
    for kind, sizes in {
        "hub": (20, 36, 60),
        "cartel": (20, 50, 110),
        "chain": (20, 45, 90),
        "clan": (24, 60, 110),
        "cell": (20, 40, 90),
    }.items()
    for size in sizes
]


@pytest.mark.parametrize(("kind", "size"), CASES)
def test_groups_are_inside_the_bands_of_their_type(kind, size):
    for seed in range(3):
        edges, people = networks.make(kind, size, f"test/{seed}")
        assert edges.min() >= 0 and edges.max() < size == len(people)
        assert (edges[:, 0] < edges[:, 1]).all() and len(np.unique(edges, axis=0)) == len(edges)
        graph = nx.Graph(edges.tolist())
        between = nx.betweenness_centrality(graph)
        top = max(between.values())
        # A few of the numbers by another way, against the file of bands.
        for metric, value in (
            ("mean_degree", 2 * len(edges) / len(graph)),
            ("transitivity", nx.transitivity(graph)),
            ("kcore_max", max(nx.core_number(graph).values())),
            ("betweenness_centralization", sum(top - b for b in between.values()) / (size - 1)),
        ):
            low, high = bands.load()[kind][metric]
            assert low - 1e-6 <= value <= high + 1e-6, metric
        assert bands.outside(kind, shape(edges)) == []


def test_each_role_has_its_number():
    def count(kind, size, role):
        return sum(name == role for name, _ in networks.make(kind, size, "roles")[1])

    assert count("hub", 30, "hub") == 1
    assert 2 <= count("cartel", 50, "chief") <= 5
    assert 0.05 <= count("cartel", 100, "lieutenant") / 100 <= 0.12
    for kind, size in (("chain", 45), ("chain", 110)):
        people = networks.make(kind, size, "roles")[1]
        stages = {part for _, part in people}
        assert 4 <= len(stages) <= 6 and count(kind, size, "organiser") == 1
        assert count(kind, size, "coordinator") == len(stages)
        assert count(kind, size, "broker") == len(stages) - 1
    people = networks.make("clan", 60, "roles")[1]
    families = [part for _, part in people if part]
    sizes = np.bincount(families)[1:]
    assert count("clan", 60, "boss") == count("clan", 60, "underboss") == len(sizes)
    assert sizes.min() >= 10 and sizes.max() <= 16 and people.count(("associate", 0)) == 18
    sizes = np.bincount([part for _, part in networks.make("cell", 40, "roles")[1] if part])[1:]
    assert sizes.min() >= 4 and sizes.max() <= 8
    assert count("cell", 40, "leader") == len(sizes) and count("cell", 40, "coordinator") == 1


@pytest.mark.parametrize("kind", networks.SIZES)
def test_people_of_rank_have_more_ties(kind):
    top, plain = [], []
    for seed in range(4):
        edges, people = networks.make(kind, 45, f"rank/{seed}")
        degree = np.bincount(edges.ravel(), minlength=len(people))
        last = people[-1][0]
        plain.append(degree[[role == last for role, _ in people]].mean())
        top.append(degree[[role != last for role, _ in people]].mean())
    assert np.mean(top) > 1.3 * np.mean(plain)


def test_same_key_same_group_and_another_key_another():
    one, two = networks.make("cell", 40, "a")[0], networks.make("cell", 40, "a")[0]
    assert one.tobytes() == two.tobytes()
    assert one.tolist() != networks.make("cell", 40, "b")[0].tolist()


def test_same_group_in_other_processes():
    code = (
        "from synthetic_data import networks as n;"
        "print([n.make(kind, 40, 'process')[0].tolist() for kind in n.SIZES])"
    )
    features = " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name])
    env = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    if features:
        env["NPY_DISABLE_CPU_FEATURES"] = features
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    here = [networks.make(kind, 40, "process")[0].tolist() for kind in networks.SIZES]
    assert done.stdout.strip() == str(here)


CHANCE = {  # graphs by chance with n people and about m ties
    "Erdős-Rényi": lambda n, m, seed: nx.gnm_random_graph(n, m, seed),
    "Barabási-Albert": lambda n, m, seed: nx.barabasi_albert_graph(n, max(1, round(m / n)), seed),
    "Watts-Strogatz": lambda n, m, seed: nx.watts_strogatz_graph(n, 2 * round(m / n), 0.2, seed),
    "power-law cluster": lambda n, m, seed: nx.powerlaw_cluster_graph(n, round(m / n), 0.5, seed),
}


@pytest.mark.parametrize("kind", networks.SIZES)
def test_chance_graphs_are_mostly_outside(kind):
    # Each kind of them comes inside less than half as often as our own draws.
    ours = networks.pass_rate(kind, 40, draws=25)
    groups = [networks.make(kind, 40, f"null/{seed}")[0] for seed in range(5)]
    for name, make in CHANCE.items():
        inside = 0
        for seed in range(25):
            chance = make(40, len(groups[seed % 5]), seed)
            inside += not bands.outside(kind, shape(np.array(chance.edges)))
        assert inside / 25 < ours / 2, name


@pytest.mark.parametrize("kind", networks.SIZES)
@pytest.mark.parametrize("size", [20, 35, 60, 100, 150])
def test_rejection_is_needed_and_affordable(kind, size):
    if size > networks.SIZES[kind][1]:
        with pytest.raises(WorldError, match=rf"^a hub has 20 to 60 people, not {size}$"):
            networks.make(kind, size, "too large")
        return
    # A draw takes some milliseconds. From 35 people on a group should need four draws or so, and
    # a world some tenths of a second. In a group of 20 one tie moves most numbers by a twentieth;
    # there ten draws or so are enough.
    rate = networks.pass_rate(kind, size, draws=40)
    assert (0.1 if size == 20 else 0.25) <= rate < 1


def test_number_of_ties_can_be_asked_for():
    for kind, ties in (("hub", 45), ("cell", 60)):
        edges, people = networks.make(kind, 36, "asked", ties)
        assert len(edges) == ties and len(people) == 36 and bands.outside(kind, shape(edges)) == []


@pytest.mark.parametrize("kind", networks.SIZES)
def test_some_groups_have_go_betweens_or_people_aside(kind):
    # Of 60 draws some break apart, and in some a person of few ties joins two pieces; a hub and a
    # chain stay in one piece.
    pieces = [
        nx.number_connected_components(nx.Graph(networks.draw(kind, 60, f"aside/{n}")[0].tolist()))
        for n in range(30)
    ]
    whole = sum(count == 1 for count in pieces)
    assert whole == 30 if kind in ("hub", "chain") else 0 < whole < 30


def test_impossible_groups_are_refused():
    with pytest.raises(WorldError, match=r"^a hub has 20 to 60 people, not 61$"):
        networks.make("hub", 61, "x")
    with pytest.raises(WorldError, match=r"must be one of hub, .*, not 'ring'$"):
        networks.make("ring", 30, "x")
