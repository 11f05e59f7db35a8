"""What a link chart shows, worked out once for the interactive chart and for its still picture."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from socmint.errors import CourseError
from socmint.figures.layout import layout
from socmint.figures.style import DASHES, LEVELS, counted, listed, short

MOST = 5000
"""A chart of more nodes cannot be read, and takes long to draw."""
BINS = 5

Values = str | Mapping | pd.Series | None
"""The name of an attribute, or a value for each id (a dict, or a Series with ids as index)."""


@dataclass(frozen=True)
class ChartData:
    """Nodes and ties in the order of the graph; lists and arrays of one row each are as long.

    Attributes:
        title: the finding.
        ids, names: id and shown name of each node.
        place: (nodes, 2), from -1 to 1.
        radius: of each node, in pixels at the first zoom.
        level: number of its category in `levels`; a node has colour and shape of its level.
        levels: names of the categories. The eighth stands for all further ones.
        colour_by, size_by, group_by: what colour, size and groups show, for the legend; or "".
        sizes: the number that the radius shows, or None for each node.
        group: number of its group in `groups`, or -1.
        node_time: seconds since 1970 (or the plain number) from which a node is shown, or None.
        ends: (ties, 2), positions of source and target.
        kind: number of each tie's kind in `kinds`; a tie has the line style of its kind.
        bend: how far a tie bows aside, so that ties between the same two nodes lie apart.
        tie_time: as `node_time`, of ties.
        dated: True if times are dates, False if they are plain numbers.
        directed: True if ties have a direction.
        start: positions of the nodes that are shown before the first expansion.
    """

    title: str
    ids: list
    names: list[str]
    place: np.ndarray
    radius: np.ndarray
    level: np.ndarray
    levels: list[str]
    colour_by: str
    sizes: list[float | None]
    size_by: str
    group: np.ndarray
    groups: list[str]
    group_by: str
    node_time: list[float | None]
    ends: np.ndarray
    kind: np.ndarray
    kinds: list[str]
    bend: np.ndarray
    tie_time: list[float | None]
    dated: bool
    directed: bool
    start: list[int]

    def alt(self) -> str:
        """Say in words what there is to see."""
        shown = set(self.start)
        ties = sum(a in shown and b in shown for a, b in self.ends.tolist())
        parts = [f"{self.title}. Link chart of {counted(len(shown), 'account')}"]
        parts[0] += f" and {counted(ties, 'tie')}."
        if self.colour_by:
            number = Counter(self.level[node] for node in self.start)
            words = [f"{self.levels[level]} ({number[level]:,})" for level in sorted(number)]
            parts.append(f"Colour and shape show {self.colour_by}: {listed(words, 8)}.")
        if len(self.kinds) > 1:
            number = Counter(self.kinds[kind] for kind in self.kind.tolist())
            words = [f"{name} ({count:,})" for name, count in number.most_common()]
            parts.append(f"Line styles show the kind of tie: {listed(words)}.")
        if self.size_by:
            known = [node for node in self.start if self.sizes[node] is not None]
            first = sorted(known, key=lambda node: -self.sizes[node])[:3]
            words = [f"{self.names[node]} ({short(self.sizes[node])})" for node in first]
            parts.append(f"The largest by {self.size_by}: {listed(words)}.")
        return " ".join(parts)


def chart_data(
    graph: nx.Graph,
    title: str,
    *,
    colour: Values,
    size: Values,
    tie: str | None,
    time: str | None,
    group: Values,
    label: Values,
    start: list | None,
    seed: int,
) -> ChartData:
    """Work out what `link_chart` shows; the arguments are its."""
    ids = list(graph)
    if not ids:
        raise CourseError("This graph has no nodes, so there is nothing to draw.")
    if len(ids) > MOST:
        raise CourseError(
            f"This graph has {len(ids):,} nodes, and a chart shows at most {MOST:,}. "
            "Set a boundary first, with nx.ego_graph or a filter on the table."
        )
    number = {node: place for place, node in enumerate(ids)}
    missing = [node for node in start or [] if node not in number]
    if missing:
        raise CourseError(f"The start {missing[0]!r} is not a node of this graph.")
    levels, level = _levels(values(graph, ids, colour))
    groups, group_of = _numbered(values(graph, ids, group))
    edges = list(graph.edges(data=True))
    kinds, kind = _numbered([str(data.get(tie, "tie")) if tie else "tie" for *_, data in edges])
    if len(kinds) > len(DASHES):
        raise CourseError(
            f"There are {len(kinds)} kinds of tie, and four line styles: keep the kinds you need."
        )
    times = [graph.nodes[node].get(time) if time else None for node in ids]
    times += [data.get(time) if time else None for *_, data in edges]
    seconds, dated = _times(times)
    sizes = _sizes(values(graph, ids, size))
    ends = np.array([(number[a], number[b]) for a, b, _ in edges], dtype=np.int64).reshape(-1, 2)
    names = ids if label is None else values(graph, ids, label)
    pairs = zip(names, ids, strict=True)
    return ChartData(
        title=title or f"{counted(len(ids), 'account')} and {counted(len(edges), 'tie')}",
        ids=ids,
        names=[str(node if pd.isna(name) else name) for name, node in pairs],
        place=layout(graph, ids, seed),
        radius=_radius(sizes),
        level=level,
        levels=levels,
        colour_by=_name(colour, "category"),
        sizes=sizes,
        size_by=_name(size, "value"),
        group=group_of,
        groups=groups,
        group_by=_name(group, "group"),
        node_time=seconds[: len(ids)],
        ends=ends,
        kind=kind,
        kinds=kinds,
        bend=_bends(ends, kind),
        tie_time=seconds[len(ids) :],
        dated=dated,
        directed=graph.is_directed(),
        start=list(range(len(ids))) if start is None else [number[node] for node in start],
    )


def values(graph: nx.Graph, ids: list[Hashable], by: Values) -> list:
    """Return a value for each id: an attribute of the graph, or what a dict or Series says."""
    if by is None:
        return [None] * len(ids)
    if isinstance(by, str):
        found = [graph.nodes[node].get(by) for node in ids]
        if all(value is None for value in found):
            raise CourseError(
                f"No node of this graph has the attribute {by!r}. "
                "Give a dict or a Series with a value for each id instead."
            )
        return found
    return [by.get(node) for node in ids]


def _name(by: Values, fallback: str) -> str:
    """Return what the legend calls an attribute."""
    if by is None or isinstance(by, str):
        return by or ""
    return str(getattr(by, "name", None) or fallback)


def _numbered(values: list) -> tuple[list[str], np.ndarray]:
    """Return the categories, the most frequent first, and the number of each value's, or -1."""
    words = [None if pd.isna(value) else str(value) for value in values]
    seen = Counter(word for word in words if word is not None)
    names = sorted(seen, key=lambda word: (-seen[word], word))
    place = {word: number for number, word in enumerate(names)} | {None: -1}
    return names, np.array([place[word] for word in words], dtype=np.int64)


def _levels(values: list) -> tuple[list[str], np.ndarray]:
    """Return categories for colour and shape: at most as many as there are colours, and others."""
    if all(value is None for value in values):
        return ["account"], np.zeros(len(values), dtype=np.int64)
    plain = [value for value in values if not pd.isna(value)]
    number = all(isinstance(value, int | float | np.number) for value in plain)
    if number and len(set(plain)) > len(LEVELS):
        values = _binned(values)
        names = list(dict.fromkeys(sorted((v for v in values if v is not None), key=_low)))
        level = np.array([names.index(value) if value is not None else -1 for value in values])
        names = [name.partition("|")[2] for name in names]
    else:
        names, level = _numbered(values)
    if len(names) > len(LEVELS):
        level[level >= len(LEVELS)] = len(LEVELS)
        names = [*names[: len(LEVELS)], "other"]
    if (level < 0).any():
        names = [*names, "not known"]
        level[level < 0] = len(names) - 1
    return names, level


def _low(name: str) -> int:
    return int(name.partition("|")[0])


def _binned(values: list) -> list[str | None]:
    """Put numbers into classes of about equal size, named by their lowest and highest value."""
    series = pd.Series(values, dtype="float64")
    bins = pd.qcut(series, BINS, labels=False, duplicates="drop")
    ends = series.groupby(bins).agg(["min", "max"])
    words = {
        number: f"{int(number)}|{short(row['min'])} to {short(row['max'])}"
        for number, row in ends.iterrows()
    }
    return [words.get(number) for number in bins]


def _sizes(values: list) -> list[float | None]:
    try:
        return _plain(pd.Series(values, dtype="float64"))
    except (TypeError, ValueError):
        raise CourseError("Size shows a number: take an attribute that is one.") from None


def _radius(sizes: list[float | None]) -> np.ndarray:
    """Return radii in pixels: the area grows with the number, and crowds have smaller dots."""
    least = float(np.clip(90 / np.sqrt(len(sizes)), 2.2, 6.5))
    numbers = np.array([size or 0 for size in sizes]).clip(min=0)
    if not numbers.max():
        return np.full(len(sizes), least)
    return np.sqrt(least**2 + ((2.6 * least) ** 2 - least**2) * numbers / numbers.max())


def _times(values: list) -> tuple[list[float | None], bool]:
    """Return seconds since 1970 for dates, plain numbers as they are, and which of both it was."""
    known = [value for value in values if value is not None]
    if all(isinstance(value, int | float | np.number) for value in known):
        seconds = pd.Series(values, dtype="float64")
    else:
        try:
            stamps = pd.to_datetime(pd.Series(values, dtype="object"), utc=True, format="ISO8601")
        except (TypeError, ValueError):
            raise CourseError("A time is a date or a number: look at the attribute.") from None
        seconds = (stamps - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)
        return _plain(seconds), True
    return _plain(seconds), False


def _plain(numbers: pd.Series) -> list[float | None]:
    return [None if np.isnan(number) else number for number in numbers.tolist()]


def _bends(ends: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Return how far ties bow aside: one kind of tie between two nodes has one way."""
    if not len(ends):
        return np.zeros(0)
    table = pd.DataFrame({"a": ends.min(axis=1), "b": ends.max(axis=1), "kind": kind})
    rank = table.groupby(["a", "b"])["kind"].rank("dense").to_numpy() - 1
    side = np.where(ends[:, 0] <= ends[:, 1], 1, -1)  # seen from the same end in both directions
    return side * np.array([0, 0.16, -0.16, 0.3])[np.minimum(rank, 3).astype(int)]
