"""Small measures of graphs and texts, our own, so that no world depends on a library's version.

A draw that is kept or refused by such a number changes the bytes of a world. So the numbers are
whole, or rounded before they are compared, and no random order comes from a library.
"""

import math
import re
from collections import deque
from fractions import Fraction

import numpy as np

from synthetic_data.streams import permutation, u64

METRICS = (
    "mean_degree",
    "max_degree_frac",
    "share_leaf",
    "assortativity",
    "avg_clustering",
    "transitivity",
    "aspl_over_ln_n",
    "diameter_lcc",
    "degree_centralization",
    "betweenness_centralization",
    "modularity",
    "communities_over_sqrt_n",
    "kcore_max",
    "lcc_frac",
    "degree_gini",
    "corr_degree_betweenness",
    "top10_overlap",
)
"""Names of the numbers that `shape` returns, in the order of the acceptance bands."""


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
        # What a node gets, for each of its paths, in whole parts of one that all counts divide.
        whole = math.lcm(*paths.values())
        share = dict.fromkeys(order, 0)
        for node in reversed(order):
            for other in before[node]:
                share[other] += whole // paths[node] + share[node]
            if node != root and share[node]:
                score[node] += Fraction(paths[node] * share[node], 2 * whole)
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


def adjacency(pairs: np.ndarray) -> np.ndarray:
    """Return the symmetric 0/1 matrix (float64) of a graph; people without ties are left out.

    Rows stand in the order of the numbers in `pairs`. Loops and repeats are ignored.

    Example:
        >>> adjacency(np.array([[1, 2], [2, 9]])).sum(axis=0).tolist()
        [1.0, 2.0, 1.0]
    """
    pairs = np.asarray(pairs, dtype=np.int64)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    nodes, place = np.unique(pairs, return_inverse=True)
    matrix = np.zeros((len(nodes), len(nodes)))
    one, two = place.reshape(-1, 2).T
    matrix[one, two] = matrix[two, one] = 1
    return matrix


def paths(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all distances and the betweenness of every node (Brandes 2001, in matrices).

    Args:
        matrix: symmetric 0/1 matrix, shape (n, n).

    Returns:
        Distances, shape (n, n), with -1 where there is no path; betweenness, shape (n,), each
        unordered pair of nodes counted once, rounded to nine places so that equal nodes are equal.

    Example:
        >>> distance, between = paths(adjacency(np.array([[0, 1], [1, 2]])))
        >>> distance[0].tolist(), between.tolist()
        ([0, 1, 2], [0.0, 1.0, 0.0])
    """
    n = len(matrix)
    distance = np.where(np.eye(n, dtype=bool), 0, -1)
    count = np.eye(n)
    layers, front = [], np.eye(n)
    while front.any():
        layers.append(front)
        front = np.where(distance < 0, _times(front, matrix), 0)  # whole: exact
        distance = np.where(front > 0, len(layers), distance)
        count += front
    share = np.zeros((n, n))
    for layer in reversed(layers[1:]):
        level = distance[np.nonzero(layer)][0]
        passed = _times(np.where(layer > 0, (1 + share) / np.maximum(count, 1), 0), matrix)
        share += np.where(distance == level - 1, passed * count, 0)
    np.fill_diagonal(share, 0)
    return distance, np.round(share.sum(axis=0) / 2, 9)


def _times(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Multiply matrices in strips: so small that no library starts threads for them."""
    return np.concatenate([one[row : row + 32] @ two for row in range(0, len(one), 32)])


def louvain(n: int, one, two, path: str = "louvain") -> np.ndarray:
    """Return community numbers of nodes 0 … n - 1 (Blondel and others 2008, Louvain).

    Gains are whole numbers and nodes take their turns in a keyed order, so the answer is the same
    on every machine.

    Args:
        n: number of nodes.
        one: ends of the ties, each unordered pair once, no loops.
        two: other ends.
        path: stream of the order of turns.

    Example:
        >>> louvain(6, [0, 1, 2, 3, 4, 5, 2], [1, 2, 0, 4, 5, 3, 3]).tolist()
        [0, 0, 0, 1, 1, 1]
    """
    label = np.arange(n)
    links: list[dict[int, int]] = [{} for _ in range(n)]
    for a, b in zip(np.asarray(one).tolist(), np.asarray(two).tolist(), strict=True):
        links[a][b] = links[b][a] = 1
    loops = [0] * n
    twice = sum(sum(other.values()) for other in links)
    level = 0
    while True:
        home = _settle(links, loops, twice, permutation(f"{path}/{level}", len(links)).tolist())
        kept = {name: place for place, name in enumerate(dict.fromkeys(home))}
        home = [kept[name] for name in home]
        label = np.array(home, dtype=np.int64)[label]
        if len(kept) == len(links):
            return label
        merged: list[dict[int, int]] = [{} for _ in kept]
        inner = [0] * len(kept)
        for node, other in enumerate(links):
            mine = home[node]
            inner[mine] += loops[node]
            for neighbour, weight in other.items():
                if home[neighbour] == mine:
                    inner[mine] += weight
                else:
                    yours = home[neighbour]
                    merged[mine][yours] = merged[mine].get(yours, 0) + weight
        links, loops, level = merged, inner, level + 1


def _settle(links: list[dict], loops: list[int], twice: int, order: list[int]) -> list[int]:
    """Move nodes to the neighbouring community with the largest gain until none moves."""
    home = list(range(len(links)))
    degree = [sum(other.values()) + loop for other, loop in zip(links, loops, strict=True)]
    total = degree.copy()
    moved = True
    while moved:
        moved = False
        for node in order:
            mine = home[node]
            total[mine] -= degree[node]
            toward: dict[int, int] = {mine: 0}
            for other, weight in links[node].items():
                toward[home[other]] = toward.get(home[other], 0) + weight
            best, gain = mine, toward[mine] * twice - total[mine] * degree[node]
            for name, weight in toward.items():
                here = weight * twice - total[name] * degree[node]
                if here > gain:
                    best, gain = name, here
            total[best] += degree[node]
            moved |= best != mine
            home[node] = best
    return home


def shape(pairs: np.ndarray) -> dict[str, float]:
    """Return the numbers that describe the form of a small network, one per name in METRICS.

    All are taken on the whole graph without people who have no tie; mean path and diameter on the
    largest component. `*_centralization` after Freeman (1979). `modularity` and the number of
    communities come from Louvain. `top10_overlap`: share of the tenth with the most ties (three
    people at least) that is also in the tenth with the most betweenness. Every number is rounded
    to six places.

    Args:
        pairs: whole numbers, shape (ties, 2); at least three people and two ties.

    Example:
        >>> star = shape(np.array([[0, leaf] for leaf in range(1, 6)]))
        >>> star["degree_centralization"], star["share_leaf"], star["diameter_lcc"]
        (1.0, 0.833333, 2.0)
    """
    matrix = adjacency(pairs)
    n = len(matrix)
    degree = matrix.sum(axis=0)
    one, two = np.nonzero(np.triu(matrix))
    m = len(one)
    around = ((matrix @ matrix) * matrix).sum(axis=0) / 2  # triangles at each node
    wedges = degree * (degree - 1) / 2
    distance, between = paths(matrix)
    largest = _largest(distance >= 0)
    inside = distance[np.ix_(largest, largest)]
    far = inside[np.triu_indices(len(largest), 1)]
    label = louvain(n, one, two)
    share = np.bincount(label[one[label[one] == label[two]]], minlength=int(label.max()) + 1) / m
    volume = np.bincount(label, weights=degree) / (2 * m)
    scaled = between / ((n - 1) * (n - 2) / 2)
    ordered = np.sort(degree)
    tenth = max(3, -(-n // 10))
    first = [
        set(np.lexsort((np.arange(n), -values))[:tenth].tolist()) for values in (degree, between)
    ]
    found = {
        "mean_degree": 2 * m / n,
        "max_degree_frac": degree.max() / (n - 1),
        "share_leaf": (degree == 1).sum() / n,
        "assortativity": correlation(
            np.concatenate([degree[one], degree[two]]), np.concatenate([degree[two], degree[one]])
        ),
        "avg_clustering": np.divide(around, wedges, out=np.zeros(n), where=wedges > 0).mean(),
        "transitivity": around.sum() / max(wedges.sum(), 1),
        "aspl_over_ln_n": far.mean() / math.log(n),
        "diameter_lcc": far.max(),
        "degree_centralization": (degree.max() - degree).sum() / ((n - 1) * (n - 2)),
        "betweenness_centralization": (scaled.max() - scaled).sum() / (n - 1),
        "modularity": (share - volume**2).sum(),
        "communities_over_sqrt_n": (label.max() + 1) / math.sqrt(n),
        "kcore_max": _core(matrix),
        "lcc_frac": len(largest) / n,
        "degree_gini": (2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()),
        "corr_degree_betweenness": correlation(degree, between),
        "top10_overlap": len(first[0] & first[1]) / tenth,
    }
    return {name: round(float(found[name]), 6) for name in METRICS}


def _largest(reached: np.ndarray) -> np.ndarray:
    """Return the positions of the largest component, the first one when two are as large."""
    return np.flatnonzero(reached[int(reached.sum(axis=1).argmax())])


def correlation(one: np.ndarray, two: np.ndarray) -> float:
    """Return Pearson's correlation; 0 where one of the two does not vary.

    Example:
        >>> correlation(np.array([1, 2, 3]), np.array([2, 4, 6]))
        1.0
    """
    one, two = one - one.mean(), two - two.mean()
    size = math.sqrt(float((one * one).sum() * (two * two).sum()))
    return float((one * two).sum()) / size if size > 1e-12 else 0.0


def _core(matrix: np.ndarray) -> int:
    """Return the largest k for which some people have k ties or more among themselves."""
    keep = np.ones(len(matrix), dtype=bool)
    k = 0
    while keep.any():
        weak = keep & (matrix[:, keep].sum(axis=1) <= k)
        if weak.any():
            keep &= ~weak
        else:
            k += 1
    return k


_WORD = re.compile(r"[@#]?\w+(?:[.'\u2019]\w+)*")


def words_of(line: str) -> list[str]:
    """Return the words of a text in lower case, without hashtags; a handle counts as a word.

    Example:
        >>> words_of("Two boats, @sea.cat! It's 6:40 #tide")
        ['two', 'boats', '@sea.cat', "it's", '6', '40']
    """
    return [word for word in _WORD.findall(line.lower()) if word[0] != "#"]


def near_duplicates(lines: list[str], level: float = 0.8) -> float:
    """Return the share of texts that are almost the same as another one.

    Two texts are when the Jaccard index of their sets of three words in a row is `level` or more
    (Broder 1997). A text of one or two words is a set of one. Candidates come from MinHash with
    locality-sensitive hashing (Indyk and Motwani 1998): they share four hashes in a row, at one of
    eight places. Of pairs at .8 about one in seventy is missed.

    Args:
        lines: texts.
        level: from 0 to 1.

    Example:
        >>> near_duplicates(["a b c d", "A b c d!", "no word of it is here"])
        0.6666666666666666
    """
    if len(lines) < 2:
        return 0.0
    number: dict[str, int] = {}
    sets = []
    for line in lines:
        words = [number.setdefault(word, len(number) + 1) for word in words_of(line)]
        sets.append(
            {
                a + (b << 21) + (c << 42)
                for a, b, c in zip(words, words[1:], words[2:], strict=False)
            }
            or {sum(word << 21 * place for place, word in enumerate(words))}
        )
    codes = np.array([code for some in sets for code in some], dtype=np.uint64)
    sizes = np.array([len(some) for some in sets])
    starts = np.cumsum(sizes) - sizes
    alike = np.zeros(len(lines), dtype=bool)
    for band in range(8):
        bucket = np.zeros(len(lines), dtype=np.uint64)
        for turn in range(4):
            least = np.minimum.reduceat(u64(f"minhash/{band}/{turn}", codes), starts)
            bucket = bucket * np.uint64(0x9E3779B1) + least
        order = np.lexsort((sizes, bucket))
        for step in range(1, 5):  # the next four in the bucket
            one, two = order[:-step], order[step:]
            look = (bucket[one] == bucket[two]) & ~(alike[one] & alike[two])
            for a, b in zip(one[look].tolist(), two[look].tolist(), strict=True):
                both = len(sets[a] & sets[b])
                if both >= level * (len(sets[a]) + len(sets[b]) - both):
                    alike[a] = alike[b] = True
    return float(alike.mean())


def heaps(lines: list[str]) -> float | None:
    """Return the exponent of Heaps' law for the words of texts; handles are left out.

    Example:
        >>> round(heaps([str(n) for n in range(2000)]), 6)
        1.0
    """
    return growth([word for line in lines for word in words_of(line) if word[0] != "@"])


def growth(words: list[str], points: int = 20) -> float | None:
    """Return the exponent of Heaps' law: how fast new words come with more of them.

    The slope of the logarithm of the number of different words over that of all words, at `points`
    places between a thousandth and the whole (Heaps 1978). None for fewer than 1,000 words.

    Example:
        >>> round(growth(["a", "b"] * 500), 6)
        0.0
    """
    if len(words) < 1000:
        return None
    seen: set[str] = set()
    different = []
    for word in words:
        seen.add(word)
        different.append(len(seen))
    least = math.log(max(100, len(words) // 1000))
    steps = [least + (math.log(len(words)) - least) * k / (points - 1) for k in range(points)]
    place = np.array([min(len(words), round(math.exp(step))) for step in steps])
    return float(np.polyfit(np.log(place), np.log(np.array(different)[place - 1]), 1)[0])
