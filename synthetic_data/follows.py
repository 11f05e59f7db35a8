"""The ordinary follow graph: heavy tails, communities, reciprocity and closed triangles.

A directed, degree-corrected block model with fitness. The stages and their shares follow the
table "Population graph" in the design notes: 72 % of follows stay in the community, the rest go
anywhere on the platform; one part closes a triangle; one part is returned. No account is followed
by more than 3 % of its platform.
"""

import numpy as np

from synthetic_data import pools
from synthetic_data.society import Society
from synthetic_data.streams import below, chance, quantile, u64

_PER = 4096  # room for the follows of one slot in a stream's index


def ordinary_follows(
    stream: str, society: Society, mean: int, least_cap: int = 12
) -> tuple[np.ndarray, np.ndarray]:
    """Return sources and targets (slots) of all ordinary follows, each pair once, sorted.

    Args:
        stream: root path.
        society: the accounts.
        mean: follows per account that are drawn before returned ones are added.
        least_cap: followers that an account may have on any platform, however small that is.
    """
    n = society.n
    slots = np.arange(n)
    stream += "/follows"
    size = np.bincount(society.platform, minlength=len(society.platforms))[society.platform]
    count = quantile(stream + "/count", slots, pools.table("ties")) * mean * 21 // 20
    count = (count + below(stream + "/round", slots, 65536)) >> 16
    count = np.minimum(np.maximum(count, 1), np.maximum(4, np.minimum(250, size // 16)))

    source = np.repeat(slots, count)
    index = source * _PER + np.arange(len(source)) - np.repeat(np.cumsum(count) - count, count)
    # Lay the slots out by community: a community is one stretch of the cumulated fitness, and so
    # is a platform, because communities are numbered platform by platform.
    order = np.argsort(society.community, kind="stable")
    fitness = quantile(stream + "/body", slots, pools.table("fitness_body")) >> 8
    fitness = fitness * (quantile(stream + "/tail", slots, pools.table("fitness_tail")) >> 8)
    fitness = np.clip(fitness >> 8, 1, 1 << 16)
    ends = np.cumsum(fitness[order])
    near = chance(stream + "/near", index, 720_000)
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
    source, target, index = _distinct(n, source, target, index)

    # Close triangles: some follows go to somebody whom a followed account follows.
    first = np.searchsorted(source, slots)
    degree = np.bincount(source, minlength=n)
    closing = chance(stream + "/close", index, 240_000) & (degree[target] > 0)
    step = below(stream + "/close/which", index, np.maximum(degree[target], 1))
    target = np.where(closing, target[np.where(closing, first[target] + step, 0)], target)
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
    cap = np.maximum(least_cap, size * 3 // 100)
    keyed = np.lexsort((u64(stream + "/cap", index), target))
    start = np.searchsorted(target[keyed], slots)
    rank = np.empty(len(source), dtype=np.int64)
    rank[keyed] = np.arange(len(source)) - start[target[keyed]]
    keep = rank < cap[target]
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
