"""Compare a world with what is known about real social media.

The targets come from published studies and are named with each line; they were not made to fit.
Nothing here takes part in making a world.
"""

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from synthetic_data import bands
from synthetic_data.measures import METRICS, correlation, growth, heaps, near_duplicates, shape
from synthetic_data.world import World

TEXTS = 200_000  # texts that are compared with each other
MANY = 30  # posts of an account whose rhythm is looked at


@dataclass(frozen=True)
class Line:
    """One target beside the measured value.

    `low` and `high` are the ends of the target, None where there is none; `value` is None where
    the world has nothing to measure.
    """

    name: str
    low: float | None
    high: float | None
    value: float | None
    source: str

    @property
    def verdict(self) -> str:
        """Return `inside`, `too low`, `too high` or `not in this world`."""
        if self.value is None:
            return "not in this world"
        if self.low is not None and self.value < self.low:
            return "too low"
        if self.high is not None and self.value > self.high:
            return "too high"
        return "inside"

    @property
    def target(self) -> str:
        """Return the target in words."""
        if self.low is None:
            return f"at most {self.high:g}"
        if self.high is None:
            return f"at least {self.low:g}"
        return f"{self.low:g} to {self.high:g}"


TARGETS = {
    "followers: tail exponent": (2.1, 2.8, "Twitter fit 2.28; KONECT Twitter 2.47 to 2.84"),
    "follows returned": (0.20, 0.45, "Kwak et al. 2010: 22 %; Myers et al. 2014: 42 %"),
    "clustering, mean": (0.10, 0.30, "Mislove et al. 2007: YouTube .13 to LiveJournal .33"),
    "assortativity": (-0.15, 0.25, "Twitter mentions -.01; Facebook .23 (Ugander et al. 2011)"),
    "largest component": (0.97, 1.0, "Ugander et al. 2011: 99.9 % of Facebook"),
    "posts of the busiest tenth": (0.70, 0.85, "Pew Research Center 2019: 80 %"),
    "burstiness A": (0.25, 0.60, "Kim and Jo 2016, correction for few events; band assumed"),
    "memory of gaps": (0.0, 0.2, "Goh and Barabási 2008: weak for people"),
    "peak hour / trough hour": (5, 12, "ten Thij et al. 2014: daily cycle; ratio assumed"),
    "trough hour": (3, 5, "ten Thij et al. 2014"),
    "originals never shared": (0.90, 1.0, "Goel et al. 2016; share assumed"),
    "cascade sizes: tail exponent": (2.0, 3.0, "Goel et al. 2016; numbers assumed"),
    "replies at depth 1": (0.70, 1.0, "Gómez et al. 2013; share assumed"),
    "hashtags: Zipf slope": (0.9, 1.1, "study of 3.5 billion hashtags"),
    "hashtags: Heaps exponent": (0.5, 0.8, "new tags keep coming; band assumed, as for words"),
    "text: most frequent length": (25, 41, "Twitter 2018: 33; 8 characters either way assumed"),
    "text: median length": (40, 62, "Twitter 2018 and a corpus of 2009"),
    "text: longer than 140": (0.06, 0.12, "Twitter 2018"),
    "text: at the limit of 280": (0.0, 0.01, "Twitter 2018"),
    "texts: different ones": (0.93, 1.0, "without reposts; share assumed"),
    "texts: near duplicates": (0.0, 0.05, "MinHash of three words in a row; share assumed"),
    "words: Heaps exponent": (0.5, 0.8, "Heaps 1978; usual range for natural language"),
    "messages: different ones": (0.93, 1.0, "of five words or more; assumed, as for posts"),
    "messages: near duplicates": (0.0, 0.05, "of five words or more; assumed, as for posts"),
    "messages: Heaps exponent": (0.5, 0.8, "Heaps 1978; usual range for natural language"),
    "messages: median length": (20, 62, "shorter than posts; band assumed"),
    "group posts: different ones": (0.93, 1.0, "of five words or more; assumed, as for posts"),
    "group posts: near duplicates": (0.0, 0.05, "of five words or more; assumed, as for posts"),
    "group posts: Heaps exponent": (0.5, 0.8, "Heaps 1978; usual range for natural language"),
    "group posts: median length": (40, 62, "as for posts"),
    "posts with coordinates": (0.005, 0.03, "Sloan and Morgan 2015: .85 %; Leetaru 2013: 3 %"),
    "accounts with coordinates": (0.02, 0.04, "Sloan and Morgan 2015: 3.1 % of users"),
    "bots among active accounts": (0.09, 0.15, "Varol et al. 2017"),
    "burstiness A of bots": (-1.0, 0.0, "a clock has -1; band assumed"),
}
"""Name of each quantity: lower end, upper end, source."""


def background(world: World) -> list[Line]:
    """Measure the society of a world, one line per entry of TARGETS.

    Nobody follows from one platform to another. So the tail of followers is that of the largest
    platform, and the largest component is taken platform by platform.
    """
    found = _follows(world) | _activity(world) | _spread(world) | _texts(world) | _talk(world)
    found |= _others(world)
    return [Line(name, low, high, found[name], src) for name, (low, high, src) in TARGETS.items()]


def group(world: World) -> tuple[str, list[Line]] | None:
    """Compare the true layer of the planted group with the bands of its type.

    Returns:
        The type and one line per metric; None when there is no group or no truth. For a world
        without the table of bonds the group's talk is taken, as it all can be seen there.
    """
    edges = true_edges(world)
    if edges is None:
        return None
    kind = world.meta.get("kind", "cell")
    found = shape(edges)
    count = len(bands.TYPES[kind])
    rows = f"{count} published network{'s' if count > 1 else ''}"
    return kind, [Line(name, *bands.load()[kind][name], found[name], rows) for name in METRICS]


def true_edges(world: World) -> np.ndarray | None:
    """Return the true ties of the planted group as pairs of whole numbers, or None."""
    if world.truth is None:
        return None
    if "bonds" in world.truth:
        pairs = world.truth["bonds"][["source", "target"]]
    else:
        people = world.truth["people"]
        ours = people[people["population"] == "HL"]["account_id"]
        ties = world.tables["ties"]
        ties = ties[ties["kind"].isin(["mention", "reply"])]
        pairs = ties[ties["source"].isin(ours) & ties["target"].isin(ours)][["source", "target"]]
    if len(pairs) < 3:
        return None
    return np.unique(pd.factorize(pairs.to_numpy().ravel())[0].reshape(-1, 2), axis=0)


def tail_exponent(values: np.ndarray, least: int = 50) -> float | None:
    """Fit a power law to the tail of whole numbers (Clauset, Shalizi and Newman 2009).

    The cut is the one with the smallest Kolmogorov-Smirnov distance among those that leave `least`
    values or more; the exponent is the discrete approximation of the likeliest one.

    Example:
        >>> tail_exponent(np.array([1, 2, 3])) is None
        True
    """
    values = np.sort(values[values > 0]).astype(float)
    best = None
    for cut in np.unique(values[: max(0, len(values) - least + 1)]):
        if cut < 2:
            continue
        tail = values[values >= cut]
        exponent = 1 + len(tail) / np.log(tail / (cut - 0.5)).sum()
        steps, counts = np.unique(tail, return_counts=True)
        seen = counts.cumsum() / len(tail)
        model = 1 - ((steps + 0.5) / (cut - 0.5)) ** (1 - exponent)
        far = np.abs(seen - model).max()
        if best is None or far < best[0]:
            best = far, float(exponent)
    return None if best is None else best[1]


def burstiness(gaps: np.ndarray) -> float:
    """Return A of Kim and Jo (2016): -1 for a clock, 0 for chance, 1 for bursts.

    Args:
        gaps: times between events, two or more.

    Example:
        >>> round(burstiness(np.ones(50)), 6)
        -1.0
    """
    n, ratio = len(gaps), gaps.std() / gaps.mean()
    up, down = np.sqrt(n + 1), np.sqrt(n - 1)
    return float((up * ratio - down) / ((up - 2) * ratio + down))


def _follows(world: World) -> dict:
    ties, accounts = world.tables["ties"], world.tables["accounts"]
    ties = ties[ties["kind"] == "follow"]
    n = len(accounts)
    index = pd.Series(np.arange(n), index=accounts["account_id"])
    one, two = index[ties["source"]].to_numpy(), index[ties["target"]].to_numpy()
    directed = set((one * n + two).tolist())
    back = sum(code % n * n + code // n in directed for code in directed)
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(one.tolist(), two.tolist(), strict=True))
    platform = accounts["platform"].to_numpy()
    largest: dict[str, int] = {}
    for part in nx.connected_components(graph):
        place = platform[next(iter(part))]
        largest[place] = max(largest.get(place, 0), len(part))
    common = accounts["platform"].mode()[0]
    few = np.arange(0, n, max(1, n // 4000)).tolist()
    pairs = np.array(graph.edges)
    degree = np.bincount(pairs.ravel(), minlength=n)
    ends = np.concatenate([degree[pairs], degree[pairs[:, ::-1]]])
    return {
        "followers: tail exponent": tail_exponent(
            np.bincount(two, minlength=n)[platform == common]
        ),
        "follows returned": back / max(1, len(directed)),
        "clustering, mean": nx.average_clustering(graph, nodes=few),
        "assortativity": correlation(ends[:, 0], ends[:, 1]),
        "largest component": sum(largest.values()) / n,
    }


def _activity(world: World) -> dict:
    posts, n = world.tables["posts"], len(world.tables["accounts"])
    count = np.sort(posts.groupby("account_id").size().to_numpy())[::-1]
    bursts, memory = [], []
    seconds = posts["time"].astype("int64") // 1_000_000
    # Targets for people; what posts by program has a line of its own, where the truth is there.
    human = seconds[~posts["account_id"].isin(_programs(world))]
    for _, times in human.groupby(posts["account_id"]):
        if len(times) >= MANY:
            gaps = np.diff(np.sort(times.to_numpy())).astype(float)
            bursts.append(burstiness(gaps))
            # A serial correlation of n pairs is too low by (1 + 4r)/n (Marriott and Pope 1954).
            serial = correlation(gaps[:-1], gaps[1:])  # 0 for a clock
            memory.append(serial + (1 + 4 * serial) / (len(gaps) - 1))
    hours = posts["time"].dt.hour.value_counts().reindex(range(24), fill_value=0)
    return {
        "posts of the busiest tenth": count[: max(1, n // 10)].sum() / count.sum(),
        "burstiness A": float(np.median(bursts)) if bursts else None,
        "memory of gaps": float(np.median(memory)) if memory else None,
        "peak hour / trough hour": hours.max() / max(1, hours.min()),
        "trough hour": int(hours.idxmin()),
    }


def _spread(world: World) -> dict:
    posts = world.tables["posts"]
    original = posts[posts["repost_of"].isna() & posts["reply_to"].isna()]
    shared = posts["repost_of"].value_counts()
    sizes = shared.reindex(original["post_id"], fill_value=0).to_numpy()
    answers = posts[posts["reply_to"].notna()]
    deep = answers["reply_to"].isin(answers["post_id"])
    return {
        "originals never shared": float((sizes == 0).mean()),
        "cascade sizes: tail exponent": tail_exponent(sizes[sizes > 0] + 1),
        "replies at depth 1": float((~deep).mean()) if len(answers) else None,
    }


def _texts(world: World) -> dict:
    posts = world.tables["posts"]
    length = posts["text"].str.len()
    tags = posts.loc[posts["repost_of"].isna(), "hashtags"].str.split().explode().dropna()
    usual = np.convolve(np.bincount(length, minlength=281), np.ones(7), "same")
    count = tags.value_counts().to_numpy()[:50]
    rank = np.log(np.arange(1, len(count) + 1))
    slope = -np.polyfit(rank, np.log(count), 1)[0] if len(count) > 5 else None
    # What the society says: no reposts, and nobody who is planted.
    own = posts[posts["repost_of"].isna()]
    if world.truth is not None:
        people = world.truth["people"]
        own = own[own["account_id"].isin(people[people["population"] == "BG"]["account_id"])]
    lines = own["text"].tolist()[:TEXTS]
    return {
        "texts: different ones": len(set(lines)) / max(1, len(lines)),
        "texts: near duplicates": near_duplicates(lines),
        "words: Heaps exponent": heaps(lines),
        "hashtags: Zipf slope": slope,
        "hashtags: Heaps exponent": growth(tags.tolist()),
        "text: most frequent length": int(usual.argmax()),
        "text: median length": float(length.median()),
        "text: longer than 140": float((length > 140).mean()),
        "text: at the limit of 280": float((length >= 280).mean()),
    }


def _talk(world: World) -> dict:
    """Measure messages and posts in closed groups; who says yes says what others said before."""
    found = {}
    for name in ("messages", "group_posts"):
        lines = world.tables[name]["text"].tolist()[:TEXTS] if name in world.tables else []
        long = [line for line in lines if len(line.split()) >= 5]
        found |= {
            f"{name.replace('_', ' ')}: {what}": value
            for what, value in (
                ("different ones", len(set(long)) / len(long) if long else None),
                ("near duplicates", near_duplicates(long) if long else None),
                ("Heaps exponent", heaps(lines)),
                ("median length", float(np.median([len(x) for x in lines])) if lines else None),
            )
        }
    return found


def _programs(world: World) -> list[str]:
    """Return the accounts that post by program, honest or not; none without the truth."""
    if world.truth is None:
        return []
    people = world.truth["people"]
    return people.loc[people["population"].isin(["AU", "AM"]), "account_id"].tolist()


def _others(world: World) -> dict:
    posts = world.tables["posts"]
    share = users = bots = rhythm = None
    active = posts["account_id"].nunique()
    if "locations" in world.tables:
        found = world.tables["locations"]
        exact = posts["post_id"].isin(found.loc[found["kind"] == "coordinates", "post_id"])
        share = float(exact.mean())
        users = posts.loc[exact, "account_id"].nunique() / active
    run = _programs(world)
    if len(run):
        theirs = posts[posts["account_id"].isin(run)].groupby("account_id")["time"]
        bots = len(theirs) / active
        bursts = [
            burstiness(np.diff(np.sort(times.astype("int64").to_numpy())).astype(float))
            for _, times in theirs
            if len(times) >= MANY
        ]
        rhythm = float(np.median(bursts)) if bursts else None
    return {
        "posts with coordinates": share,
        "accounts with coordinates": users,
        "bots among active accounts": bots,
        "burstiness A of bots": rhythm,
    }
