"""The measures agree with networkx and with graphs that can be worked out by hand."""

from math import ceil, log, sqrt

import networkx as nx
import numpy as np
import pytest

from synthetic_data import measures

GRAPHS = {
    "florentine": nx.florentine_families_graph(),
    "karate": nx.karate_club_graph(),
    "two pieces": nx.disjoint_union(nx.star_graph(9), nx.cycle_graph(5)),
    "tree": nx.balanced_tree(2, 4),
    "sparse": nx.Graph(nx.gnm_random_graph(60, 110, seed=3).edges),
}


def exact(graph):
    found = measures.betweenness(measures.neighbours(np.array(graph.edges)))
    return {node: float(value) for node, value in found.items()}


@pytest.mark.parametrize(("people", "ties"), [(8, 9), (30, 60), (30, 120)])
def test_exact_betweenness_agrees_with_networkx(people, ties):
    # Many pairs have several shortest paths here, and in the smallest graphs parts stand aside.
    for seed in range(5):
        graph = nx.gnm_random_graph(people, ties, seed)
        graph.remove_nodes_from(list(nx.isolates(graph)))
        assert exact(graph) == pytest.approx(nx.betweenness_centrality(graph, normalized=False))


def pairs(graph):
    graph = nx.convert_node_labels_to_integers(graph)
    return np.array(graph.edges)


@pytest.mark.parametrize("name", GRAPHS)
def test_shape_agrees_with_networkx(name):
    graph = nx.Graph(list(map(tuple, pairs(GRAPHS[name]).tolist())))
    n, degree = len(graph), dict(graph.degree)
    found = measures.shape(pairs(GRAPHS[name]))
    between = nx.betweenness_centrality(graph)
    largest = graph.subgraph(max(nx.connected_components(graph), key=len))
    order = sorted(degree)
    expected = {
        "mean_degree": sum(degree.values()) / n,
        "max_degree_frac": max(degree.values()) / (n - 1),
        "share_leaf": sum(value == 1 for value in degree.values()) / n,
        "assortativity": nx.degree_assortativity_coefficient(graph),
        "avg_clustering": nx.average_clustering(graph),
        "transitivity": nx.transitivity(graph),
        "aspl_over_ln_n": nx.average_shortest_path_length(largest) / log(n),
        "diameter_lcc": nx.diameter(largest),
        "degree_centralization": sum(max(degree.values()) - value for value in degree.values())
        / ((n - 1) * (n - 2)),
        "betweenness_centralization": sum(max(between.values()) - b for b in between.values())
        / (n - 1),
        "kcore_max": max(nx.core_number(graph).values()),
        "lcc_frac": len(largest) / n,
        "degree_gini": sum(abs(a - b) for a in degree.values() for b in degree.values())
        / (2 * n * sum(degree.values())),
        "corr_degree_betweenness": np.corrcoef(
            [degree[node] for node in order], [between[node] for node in order]
        )[0, 1],
    }
    for metric, value in expected.items():
        assert found[metric] == pytest.approx(value, abs=2e-6), metric
    tenth = max(3, ceil(n / 10))
    first = [
        set(sorted(values, key=lambda node: (-round(values[node], 9), node))[:tenth])
        for values in (degree, between)
    ]
    assert found["top10_overlap"] == pytest.approx(len(first[0] & first[1]) / tenth, abs=2e-6)
    assert set(found) == set(measures.METRICS)


@pytest.mark.parametrize("name", GRAPHS)
def test_communities_are_as_good_as_those_of_networkx(name):
    graph = nx.Graph(list(map(tuple, pairs(GRAPHS[name]).tolist())))
    best = max(
        nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=seed))
        for seed in range(10)
    )
    found = measures.shape(pairs(GRAPHS[name]))
    assert best - 0.05 < found["modularity"] < best + 0.02
    one, two = pairs(GRAPHS[name]).T
    label = measures.louvain(len(graph), one, two)
    groups = [set(np.flatnonzero(label == number).tolist()) for number in set(label.tolist())]
    assert nx.community.modularity(graph, groups) == pytest.approx(found["modularity"], abs=2e-6)
    assert found["communities_over_sqrt_n"] == pytest.approx(
        len(groups) / sqrt(len(graph)), abs=2e-6
    )


def test_shape_of_a_star_by_hand():
    # Ten people, nine of them tied to the first only: all shortest paths pass through him.
    found = measures.shape(pairs(nx.star_graph(9)))
    assert found["betweenness_centralization"] == found["degree_centralization"] == 1
    assert found["assortativity"] == -1 and found["avg_clustering"] == 0
    assert found["kcore_max"] == 1 and found["share_leaf"] == 0.9
    assert found["aspl_over_ln_n"] == pytest.approx((9 + 2 * 36) / 45 / log(10), abs=2e-6)


def test_people_without_ties_loops_and_repeats_do_not_count():
    base = pairs(nx.karate_club_graph())
    noisy = np.concatenate([base * 7 + 3, base[:5, ::-1] * 7 + 3, [[3, 3]]])
    assert measures.shape(noisy) == measures.shape(base)
