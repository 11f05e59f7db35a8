"""How hard is it to find the group by structure alone?

Somebody who knows three members and sees nothing but who is tied to whom can rank all other
accounts by personalised PageRank from the three (Page and others 1999), or look for communities
(Louvain). The share of members among the first n accounts, the area under the ROC curve and the
best F1 of a community say how far that goes. A world in which it goes all the way teaches nothing;
one in which it goes nowhere cannot be solved.
"""

import numpy as np

from synthetic_data.measures import louvain

STEPS, DAMPING = 25, 0.85
NEAR = 500  # accounts, by rank, among which communities are looked for
SEEDS = 3


def settled(baseline: dict) -> bool:
    """Say whether a world is neither trivially easy nor impossible.

    Trivially easy: ranking or communities alone find six in ten members or more. Impossible: the
    ranking is no better than chance.

    Example:
        >>> settled({"precision": 0.3, "auc": 0.8, "louvain_f1": 0.1})
        True
        >>> settled({"precision": 0.7, "auc": 0.9, "louvain_f1": 0.1})
        False
    """
    easy = baseline["precision"] >= 0.6 or baseline["louvain_f1"] >= 0.6
    return not easy and baseline["auc"] > 0.5 and baseline["precision"] > 0


def topology_baseline(n: int, ties: np.ndarray, members: np.ndarray, seeds: np.ndarray) -> dict:
    """Measure what structure alone gives away.

    Args:
        n: number of accounts.
        ties: pairs of accounts, shape (ties, 2), direction and repeats ignored.
        members: accounts of the group, seeds among them.
        seeds: accounts of the members that are known at the start.

    Returns:
        `precision`: share of members among the first n accounts of the ranking, n being the number
        of members still to be found. `auc`: chance that a member ranks before another account.
        `louvain_f1`: best F1 of a community among the 500 accounts that rank first.
        `ego_share`: mean share of a member's contacts that are members. Three decimals.

    Example:
        >>> ring = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [3, 4], [4, 5]])
        >>> topology_baseline(6, ring, np.array([0, 1, 2, 3]), np.array([0]))["precision"]
        1.0
    """
    low, high = ties.min(axis=1), ties.max(axis=1)
    pair = np.sort((low * n + high)[low != high])
    pair = pair[np.append(True, pair[1:] != pair[:-1])]
    one, two = pair // n, pair % n
    score = _pagerank(n, one, two, seeds)
    order = np.lexsort((np.arange(n), -score))
    order = order[~np.isin(order, seeds)]
    wanted = np.zeros(n, dtype=bool)
    wanted[members] = True
    hidden = int(wanted[order].sum())
    # Mann-Whitney: the mean rank of the members gives the area under the curve.
    ranks = np.flatnonzero(wanted[order])
    others = len(order) - hidden
    auc = 1 - (ranks.sum() - hidden * (hidden - 1) / 2) / (hidden * others)
    inside = wanted[one] & wanted[two]
    around = np.bincount(np.concatenate([one, two]), minlength=n)
    own = np.bincount(np.concatenate([one[inside], two[inside]]), minlength=n)
    found = {
        "precision": wanted[order[:hidden]].mean(),
        "auc": auc,
        "louvain_f1": _best_f1(n, one, two, np.append(seeds, order[:NEAR]), wanted),
        "ego_share": (own[members] / np.maximum(around[members], 1)).mean(),
    }
    return {name: round(float(value), 3) for name, value in found.items()}


def _pagerank(n: int, one: np.ndarray, two: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Return PageRank with restart at the seeds, in 25 steps, rounded so that ties are ties."""
    source, target = np.concatenate([one, two]), np.concatenate([two, one])
    degree = np.maximum(np.bincount(source, minlength=n), 1)
    start = np.zeros(n)
    start[seeds] = 1 / len(seeds)
    score = start
    for _ in range(STEPS):
        flow = np.bincount(target, weights=(score / degree)[source], minlength=n)
        score = (1 - DAMPING) * start + DAMPING * flow
    return np.round(score, 12)


def _best_f1(n: int, one, two, near: np.ndarray, wanted: np.ndarray) -> float:
    """Return the F1 of the community that is most like the group."""
    place = np.full(n, -1)
    near = np.sort(near)
    place[near] = np.arange(len(near))
    keep = (place[one] >= 0) & (place[two] >= 0)
    label = louvain(len(near), place[one[keep]], place[two[keep]])
    size = np.bincount(label)
    hits = np.bincount(label, weights=wanted[near], minlength=len(size))
    return float((2 * hits / (size + wanted.sum())).max())
