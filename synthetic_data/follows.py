"""The ordinary follow graph: heavy tails, communities, reciprocity and closed triangles.

A directed, degree-corrected block model with fitness. Three in five follows stay in the community,
the rest go anywhere on the platform; of those in the community a third look at nobody's fitness.
Twice a part of the follows is turned so that it closes a triangle; then one part is returned.

No account is followed by more than 3 % of its platform. In small platforms that would cut the tail
off, so there the structural cut-off of a graph without correlations stands instead, the root of
follows times accounts (Catanzaro, Boguñá and Pastor-Satorras 2005), a quarter larger.
"""

from math import isqrt

import numpy as np

from synthetic_data import pools
from synthetic_data.society import Society
from synthetic_data.streams import below, chance, stratified, u64

_PER = 4096  # room for the follows of one slot in a stream's index


def ordinary_follows(stream: str, society: Society, mean: int) -> tuple[np.ndarray, np.ndarray]:
    """Return sources and targets (slots) of all ordinary follows, each pair once, sorted.

    Args:
        stream: root path.
        society: the accounts.
        mean: follows per account that are drawn before returned ones are added.
    """
    n = society.n
    slots = np.arange(n)
    stream += "/follows"
    sizes = np.bincount(society.platform, minlength=len(society.platforms))
    size = sizes[society.platform]
    count = stratified(stream + "/count", society.platform, pools.table("ties")) * mean * 21 // 20
    count = (count + below(stream + "/round", slots, 65536)) >> 16
    count = np.minimum(np.maximum(count, 1), np.maximum(4, np.minimum(250, size // 16)))

    source = np.repeat(slots, count)
    index = source * _PER + np.arange(len(source)) - np.repeat(np.cumsum(count) - count, count)
    # Lay the slots out by community: a community is one stretch of the cumulated fitness, and so
    # is a platform, because communities are numbered platform by platform.
    order = np.argsort(society.community, kind="stable")
    fitness, tail = (
        stratified(f"{stream}/{name}", society.platform, pools.table(f"fitness_{name}")) >> 8
        for name in ("body", "tail")
    )
    fitness = np.clip(fitness * tail >> 8, 1, 1 << 16)
    ends = np.cumsum(fitness[order])
    near = chance(stream + "/near", index, 600_000)
    low = np.where(
        near,
        _stretch_start(society.community, order, ends, fitness)[source],
        _stretch_start(society.platform, order, ends, fitness)[source],
    )
    high = np.where(
        near,
        _stretch_end(society.community, order, ends)[source],
        _stretch_end(society.platform, order, ends)[source],
    )
    # Spans may pass 2**32 in very large worlds, so draw a fraction of the span in two steps.
    fraction = (u64(stream + "/target", index) >> np.uint64(33)).astype(np.int64)
    target = order[np.searchsorted(ends, low + ((high - low) * (fraction >> 8) >> 23), "right")]
    # Some look at nobody's fitness: the neighbour, the colleague.
    plain = np.flatnonzero(near & chance(stream + "/plain", index, 300_000))
    members = np.bincount(society.community)
    start = np.cumsum(members) - members
    home = society.community[source[plain]]
    target[plain] = order[start[home] + below(stream + "/plain/which", index[plain], members[home])]
    source, target, index = _distinct(n, source, target, index)

    # Close triangles: some follows go to somebody whom another followed account follows.
    for turn in range(2):
        path = f"{stream}/close{turn}"
        first = np.searchsorted(source, slots)
        degree = np.bincount(source, minlength=n)
        through = first[source] + below(path + "/through", index, degree[source])
        between = target[through]
        closing = chance(path, index, 240_000) & (through != np.arange(len(source)))
        closing = np.flatnonzero(closing & (degree[between] > 0))
        between = between[closing]
        step = below(path + "/which", index[closing], degree[between])
        target[closing] = target[first[between] + step]
        source, target, index = _distinct(n, source, target, index)

    # Return some follows, popular accounts less often.
    popular = np.bincount(target, minlength=n)[target] > 4 * mean
    back = chance(stream + "/back", index, 300_000)
    back &= ~popular | chance(stream + "/back/popular", index, 250_000)
    source, target, index = _distinct(
        n,
        np.concatenate([source, target[back]]),
        np.concatenate([target, source[back]]),
        np.concatenate([index, index[back] + (np.int64(1) << 50)]),
    )

    # Cap: keep the followers that come first in a keyed order.
    cap = np.array([max(isqrt(25 * mean * m // 16), m * 3 // 100) for m in sizes.tolist()])[
        society.platform
    ]
    many = np.flatnonzero((np.bincount(target, minlength=n) > cap)[target])
    keyed = many[np.lexsort((u64(stream + "/cap", index[many]), target[many]))]
    whose = target[keyed]
    rank = np.arange(len(keyed)) - np.searchsorted(whose, whose)
    keep = np.ones(len(source), dtype=bool)
    keep[keyed[rank >= cap[whose]]] = False
    return source[keep], target[keep]


def _stretch_start(block, order, ends, fitness) -> np.ndarray:
    """Return, per slot, where the stretch of its block begins on the fitness line."""
    blocks, first = np.unique(block[order], return_index=True)
    starts = np.zeros(int(blocks.max()) + 1, dtype=np.int64)
    starts[blocks] = ends[first] - fitness[order[first]]
    return starts[block]


def _stretch_end(block, order, ends) -> np.ndarray:
    """Return, per slot, where the stretch of its block ends."""
    laid = block[order]
    last = np.flatnonzero(np.append(laid[1:] != laid[:-1], True))
    stops = np.zeros(int(laid.max()) + 1, dtype=np.int64)
    stops[laid[last]] = ends[last]
    return stops[block]


def _distinct(n, source, target, index):
    """Drop loops and repeated pairs; sort by source, then target. The first of a pair is kept."""
    pair = source * n + target
    order = np.argsort(pair, kind="stable")
    pair, index = pair[order], index[order]
    keep = np.append(True, pair[1:] != pair[:-1])
    source, target = pair // n, pair % n
    keep &= source != target
    return source[keep], target[keep], index[keep]
