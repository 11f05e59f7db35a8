"""Small exact graph measures, so that a world never depends on a library's version."""

from collections import deque
from fractions import Fraction

import numpy as np


def neighbours(pairs: np.ndarray) -> dict[int, list[int]]:
    """Return sorted neighbour lists of an undirected graph.

    Args:
        pairs: whole numbers, shape (ties, 2); loops and repeats are ignored.

    Example:
        >>> neighbours(np.array([[1, 2], [2, 1], [2, 3]]))
        {1: [2], 2: [1, 3], 3: [2]}
    """
    links: dict[int, set[int]] = {}
    for one, two in pairs.tolist():
        if one != two:
            links.setdefault(one, set()).add(two)
            links.setdefault(two, set()).add(one)
    return {node: sorted(links[node]) for node in sorted(links)}


def betweenness(links: dict[int, list[int]]) -> dict[int, Fraction]:
    """Return exact betweenness, each unordered pair of nodes counted once (Brandes 2001).

    Example:
        >>> betweenness({1: [2], 2: [1, 3], 3: [2]})[2]
        Fraction(1, 1)
    """
    score = dict.fromkeys(links, Fraction(0))
    for root in links:
        paths, distance = {root: 1}, {root: 0}
        before: dict[int, list[int]] = {root: []}
        order, queue = [], deque([root])
        while queue:
            node = queue.popleft()
            order.append(node)
            for other in links[node]:
                if other not in distance:
                    distance[other], paths[other], before[other] = distance[node] + 1, 0, []
                    queue.append(other)
                if distance[other] == distance[node] + 1:
                    paths[other] += paths[node]
                    before[other].append(node)
        share = dict.fromkeys(order, Fraction(0))
        for node in reversed(order):
            for other in before[node]:
                share[other] += Fraction(paths[other], paths[node]) * (1 + share[node])
            if node != root:
                score[node] += share[node] / 2
    return score


def shortest(links: dict[int, list[int]], root: int) -> tuple[dict, dict, dict]:
    """Return distance, number of shortest paths and one previous node for all reachable nodes.

    Example:
        >>> shortest({1: [2], 2: [1, 3], 3: [2]}, 1)[0]
        {1: 0, 2: 1, 3: 2}
    """
    distance, paths, previous = {root: 0}, {root: 1}, {root: root}
    queue = deque([root])
    while queue:
        node = queue.popleft()
        for other in links.get(node, []):
            if other not in distance:
                distance[other], paths[other], previous[other] = distance[node] + 1, 0, node
                queue.append(other)
            if distance[other] == distance[node] + 1:
                paths[other] += paths[node]
    return distance, paths, previous


def reach(n: int, source: np.ndarray, target: np.ndarray, root: int, hops: int = 3) -> list[int]:
    """Return how many nodes lie at exactly 1, 2, … hops from `root`, ties read both ways.

    Example:
        >>> reach(4, np.array([0, 1]), np.array([1, 2]), 0)
        [1, 1, 0]
    """
    seen = np.zeros(n, dtype=bool)
    front = seen.copy()
    seen[root] = front[root] = True
    counts = []
    for _ in range(hops):
        touched = np.zeros(n, dtype=bool)
        touched[target[front[source]]] = True
        touched[source[front[target]]] = True
        front = touched & ~seen
        seen |= front
        counts.append(int(front.sum()))
    return counts


def degrees(n: int, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the number of different neighbours of nodes 0 … n - 1, direction ignored.

    Example:
        >>> degrees(3, np.array([0, 1, 0]), np.array([1, 0, 0])).tolist()
        [1, 1, 0]
    """
    low, high = np.minimum(source, target), np.maximum(source, target)
    pair = np.unique(low[low != high] * n + high[low != high])
    return np.bincount(pair // n, minlength=n) + np.bincount(pair % n, minlength=n)
