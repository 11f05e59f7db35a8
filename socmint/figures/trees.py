"""Two pictures of who stands where: one account and its surroundings, and levels of a tree."""

from collections import Counter
from collections.abc import Hashable

import networkx as nx
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection

from socmint.errors import CourseError
from socmint.figures.chart_data import Values, values
from socmint.figures.layout import layout
from socmint.figures.style import LEVELS, MARKERS, Shown, counted, listed, show

WIDEST = 40
"""More boxes on one level of a hierarchy cannot be read."""
DEEPEST = 15


def ego_net(
    graph: nx.Graph, centre: Hashable, title: str, *, hops: int = 2, alt: str | None = None
) -> Shown:
    """Draw one account, its neighbours, and theirs, each hop on a ring of its own.

    The rings carry the number of people, because that is what the next hop costs. Names stand on
    the first ring at most, and only if it holds fewer than 20 people.

    Args:
        graph: accounts and ties; directions are not used.
        centre: the id of the account in the middle.
        title: the finding, as a sentence.
        hops: number of rings, 1 to 3.
        alt: what there is to see; left out, it is made from the counts.

    Raises:
        CourseError: the account is not in the graph, or `hops` is not 1, 2 or 3.

    Example:
        >>> ego_net(nx.path_graph(["a", "b", "c"]), "a", "A chain").alt
        'A chain. Ego net of a: 1 person at hop 1 and 1 person at hop 2.'
    """
    if not isinstance(centre, Hashable) or centre not in graph:
        raise CourseError(f"The account {centre!r} is not in this graph.")
    if hops not in (1, 2, 3):
        raise CourseError("An ego net has 1, 2 or 3 hops: beyond them are only strangers.")
    graph = nx.Graph(graph)
    hop = nx.single_source_shortest_path_length(graph, centre, cutoff=hops)
    near = graph.subgraph(hop)
    ids = list(near)
    ring = np.array([hop[node] for node in ids])
    at = _rings(near, ids, ring)
    number_of = {node: number for number, node in enumerate(ids)}
    fig, axes = plt.subplots(figsize=(6.4, 6.4))
    ways = [at[[number_of[a], number_of[b]]] for a, b in near.edges()]
    axes.add_collection(LineCollection(ways, colors="#777777", lw=0.6, alpha=0.6, zorder=1))
    count = Counter(hop.values())
    for number in range(1, hops + 1):
        axes.add_patch(plt.Circle((0, 0), number, fill=False, ec="#BBBBBB", ls=":", zorder=0))
        words = f"hop {number}: {_people(count[number])}"
        axes.text(0, number + 0.07, words, ha="center", fontsize=9, zorder=5).set_bbox(
            {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
        )
    for number in range(hops + 1):
        on = ring == number
        size = 160 if number == 0 else np.clip(2400 / max(on.sum(), 1), 12, 80)
        look = {"color": LEVELS[(3, 0, 1, 2)[number]], "marker": MARKERS[number]}
        axes.scatter(*at[on].T, s=size, edgecolors="black", linewidths=0.5, zorder=3, **look)
    first = [node for node in ids if hop[node] <= 1]
    for node in first if len(first) <= 20 else [centre]:
        x, y = at[number_of[node]]
        look = {"textcoords": "offset points", "ha": "center", "fontsize": 7, "zorder": 4}
        look["bbox"] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
        axes.annotate(str(node), (x, y), xytext=(0, -16), **look)
    axes.set_aspect("equal")
    axes.margins(0.08)
    axes.axis("off")
    axes.set_title(title)
    rings = [f"{_people(count[number])} at hop {number}" for number in range(1, hops + 1)]
    return show(fig, alt=alt or f"{title}. Ego net of {centre}: {listed(rings)}.")


def _rings(near: nx.Graph, ids: list, ring: np.ndarray) -> np.ndarray:
    """Spread each hop evenly on its ring, everybody close to those who lead there."""
    at = layout(near, ids)
    at = at - at[ring == 0]
    number = {node: place for place, node in enumerate(ids)}
    for hop in range(1, ring.max() + 1):
        on = np.flatnonzero(ring == hop)
        if hop > 1:
            for place in on:
                inner = [number[node] for node in near[ids[place]]]
                at[place] = at[[one for one in inner if ring[one] == hop - 1]].mean(axis=0)
        turn = np.argsort(np.arctan2(at[on, 1], at[on, 0]), kind="stable")
        angle = 2 * np.pi * np.arange(len(on)) / len(on) - np.pi
        at[on[turn]] = hop * np.column_stack([np.cos(angle), np.sin(angle)])
    return at


def hierarchy(
    tree: nx.DiGraph, title: str, *, label: Values = None, alt: str | None = None
) -> Shown:
    """Draw a tree level by level: who answers whom, or who reports to whom.

    Args:
        tree: a directed graph; each tie runs from the upper to the lower node, and each node has at
            most one above it.
        title: the finding, as a sentence.
        label: names to show: a node attribute, or a dict or Series with a name for each id.
        alt: what there is to see; left out, it is made from the levels.

    Raises:
        CourseError: not a tree (a node with two above it, or a circle), or too wide or deep.

    Example:
        >>> hierarchy(nx.DiGraph([("a", "b"), ("a", "c")]), "Two answers").alt
        'Two answers. Hierarchy of 3 nodes on 2 levels: 1 on top and 2 on level 2. Top: a.'
    """
    if not tree.is_directed() or not len(tree) or not nx.is_branching(nx.DiGraph(tree)):
        raise CourseError(
            "A hierarchy needs ties that run downwards, with one node above each: remove the ties "
            "that close a circle or give somebody a second chief."
        )
    if nx.dag_longest_path_length(tree) > DEEPEST:
        raise CourseError(f"More than {DEEPEST} levels cannot be read; cut the tree.")
    tops = [node for node in tree if tree.in_degree(node) == 0]
    level: dict = {}
    across: dict = {}
    place = 0.0

    def put(node, depth: int) -> None:
        nonlocal place
        level[node] = depth
        below = sorted(tree.successors(node), key=str)
        for child in below:
            put(child, depth + 1)
        if below:
            across[node] = (across[below[0]] + across[below[-1]]) / 2
        else:
            across[node] = place
            place += 1

    for top in sorted(tops, key=str):
        put(top, 0)
    count = Counter(level.values())
    if max(count.values()) > WIDEST:
        raise CourseError(f"{max(count.values())} boxes on one level cannot be read; cut the tree.")
    names = values(tree, list(tree), label) if label is not None else list(tree)
    fig, axes = plt.subplots(figsize=(max(6.0, min(16, 1.05 * place)), 1.2 + 1.1 * len(count)))
    for a, b in tree.edges():
        middle = -level[a] - 0.5
        way = [(across[a], -level[a]), (across[a], middle), (across[b], middle)]
        axes.plot(*zip(*way, (across[b], -level[b]), strict=True), color="#777777", lw=1, zorder=1)
    for node, name in zip(tree, names, strict=True):
        tint = ["#CDE6F5", "#F7E3B5", "#C9EBDD", "#F3D3BF"][level[node] % 4]
        text = axes.text(across[node], -level[node], str(name), ha="center", va="center", zorder=3)
        text.set(fontsize=8, bbox={"boxstyle": "round", "facecolor": tint, "edgecolor": "black"})
    axes.set_yticks([-depth for depth in count], [f"level {depth + 1}" for depth in count])
    axes.set_ylim(-len(count) + 0.4, 0.6)
    axes.margins(x=0.08)
    axes.set_xticks([])
    axes.set_frame_on(False)
    axes.tick_params(length=0)
    axes.set_title(title)
    steps = [
        f"{count[depth]} on {f'level {depth + 1}' if depth else 'top'}" for depth in sorted(count)
    ]
    words = (
        f"{title}. Hierarchy of {counted(len(tree), 'node')} on {counted(len(count), 'level')}: "
    )
    named = dict(zip(tree, names, strict=True))
    words += f"{listed(steps, 8)}. Top: {listed([str(named[top]) for top in tops])}."
    return show(fig, alt=alt or words)


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"
