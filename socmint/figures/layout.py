"""Places for the dots of a link chart: the same picture for everybody, in about a second.

networkx's `spring_layout` needs SciPy from 500 nodes on, which learners do not have; this one needs
numpy alone. The place of a dot is a choice of this method. It is not evidence.
"""

from collections.abc import Hashable, Sequence

import networkx as nx
import numpy as np

EXACT = 300
"""Up to so many nodes each pushes each; above, each is pushed by about 18 x 18 heaps of nodes."""
SIDE = 18


def layout(graph: nx.Graph, ids: Sequence[Hashable], seed: int = 1) -> np.ndarray:
    """Return a place for every node, shape (nodes, 2), within a square from -1 to 1.

    Ties pull and nodes push, both weighted so that groups with many ties inside draw together.
    Sources: Fruchterman and Reingold 1991 (steps that cool down); Jacomy et al. 2014, ForceAtlas2
    (pushing by degree, a pull that grows with the logarithm of the length).

    Args:
        graph: any graph; directions, loops and repeated ties make no difference.
        ids: its nodes, in the order of the result.
        seed: another seed, another picture of the same ties.

    Example:
        >>> place = layout(nx.path_graph(3), [0, 1, 2])
        >>> float(np.abs(place).max())
        1.0
    """
    # Worked out in the order of the names, so that the order of the rows of a table is no matter.
    order = sorted(range(len(ids)), key=lambda number: str(ids[number]))
    number = {ids[old]: new for new, old in enumerate(order)}
    pairs = {(number[a], number[b]) for a, b in graph.edges() if a != b}
    pairs = sorted({(min(pair), max(pair)) for pair in pairs})
    one, two = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    place = _start(len(ids), one, two, seed)
    place = _settle(place, one, two, rounds=120 if len(ids) <= EXACT else 70)
    place -= (place.max(axis=0) + place.min(axis=0)) / 2
    place /= max(np.abs(place).max(), 1e-9)
    # Groups draw so close together that their names overlap: half of the way is even spacing.
    result = np.empty_like(place)
    result[order] = (place + 2 * _even(place)) / 2
    return result


def _sum_at(one, two, to_one, to_two, count: int) -> np.ndarray:
    """Add up what every tie brings to its two ends, shape (count, 2)."""
    sums = [
        np.bincount(one, to_one[:, axis], count) + np.bincount(two, to_two[:, axis], count)
        for axis in (0, 1)
    ]
    return np.column_stack(sums)


def _start(count: int, one, two, seed: int) -> np.ndarray:
    """Begin at random, then draw each node towards its neighbours: groups come together."""
    place = np.random.default_rng(seed).random((count, 2)) - 0.5
    degree = np.bincount(one, minlength=count) + np.bincount(two, minlength=count)
    share = degree[:, None] / max(degree.sum(), 1)
    for _ in range(30):
        near = _sum_at(one, two, place[two], place[one], count) / np.maximum(degree, 1)[:, None]
        place = (place + near) / 2
        place -= (share * place).sum(axis=0)
        place /= np.maximum(place.std(axis=0), 1e-9)
    return _even(place)


def _even(place: np.ndarray) -> np.ndarray:
    """Spread places evenly along each axis, in their order, from -1/2 to 1/2."""
    rank = np.argsort(np.argsort(place, axis=0), axis=0)
    return rank / max(len(place) - 1, 1) - (0.5 if len(place) > 1 else 0)


def _settle(place: np.ndarray, one, two, rounds: int) -> np.ndarray:
    count = len(place)
    unit = 1 / np.sqrt(max(count, 1))
    mass = 1.0 + np.bincount(one, minlength=count) + np.bincount(two, minlength=count)
    mass /= mass.mean() if count else 1
    for step in range(rounds):
        heap, weight = (place, mass) if count <= EXACT else _heaps(place, mass, shift=step % 2)
        east, north = place[:, :1] - heap[:, 0], place[:, 1:] - heap[:, 1]
        force = weight / (east * east + north * north + 0.01 * unit * unit)
        push = np.column_stack([(east * force).sum(axis=1), (north * force).sum(axis=1)])
        move = mass[:, None] * (push * unit * unit - place * 0.15 * unit)
        stretch = place[one] - place[two]
        length = np.hypot(*stretch.T)[:, None]
        pull = stretch * np.log1p(length / unit) / (length + 1e-9) * unit
        move += _sum_at(one, two, -pull, pull, count)
        size = np.hypot(*move.T)[:, None]
        furthest = 0.1 * (1 - step / rounds) ** 1.5 + 0.0005
        place = place + move / np.maximum(size, 1e-12) * np.minimum(size, furthest)
    return place


def _heaps(place: np.ndarray, mass: np.ndarray, shift: int) -> tuple[np.ndarray, np.ndarray]:
    """Return middle and mass of the nodes in each cell of a grid; `shift` moves it by half."""
    low, high = np.quantile(place, [0.01, 0.99], axis=0)
    cell = (place - low) / max((high - low).max() / SIDE, 1e-9) + shift / 2
    # Far nodes share the cells along the border.
    column, row = np.clip(np.floor(cell).astype(np.int64), -1, SIDE + 1).T + 1
    _, heap = np.unique(column * (SIDE + 3) + row, return_inverse=True)
    weight = np.bincount(heap, mass)
    middle = [np.bincount(heap, place[:, axis] * mass) / weight for axis in (0, 1)]
    return np.column_stack(middle), weight
