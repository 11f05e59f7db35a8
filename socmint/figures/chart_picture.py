"""The still twin of the link chart: the same places, colours, shapes and lines on paper."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from socmint.figures.chart_data import ChartData
from socmint.figures.style import DASHES, LEVELS, MARKERS, OTHER, short

NAMED = 40
"""Up to so many nodes all have their name; above, the twelve largest have."""
ARROWS = 300
"""Up to so many ties their direction is drawn; above, arrows would hide the picture."""


def looks(data: ChartData) -> list[tuple[str, str, str]]:
    """Return name, colour and marker of each level: the last ones, in grey, are no categories."""
    palette = [*zip(LEVELS, MARKERS, strict=True), (OTHER, "o")]
    found = []
    for place, name in enumerate(data.levels):
        known = name != "not known" and place < len(LEVELS)
        found.append((name, *(palette[place] if known else palette[-1])))
    return found


def draw_links(data: ChartData) -> Figure:
    """Draw a link chart on paper: what is shown at the start, with names and a legend."""
    fig, axes = plt.subplots(figsize=(8.4, 4.9))
    fig.subplots_adjust(left=0.01, right=0.82, bottom=0.03, top=0.93)
    shown = np.zeros(len(data.ids), dtype=bool)
    shown[data.start] = True
    inside = shown[data.ends].all(axis=1)
    strength = float(np.clip(14 / np.sqrt(max(inside.sum(), 1)), 0.12, 0.8))
    thick = 0.9 if inside.sum() < 2000 else 0.5
    place = data.place * [1.4, -1]  # a page is wider than high; screens count downwards
    for number, _ in enumerate(data.kinds):
        these = inside & (data.kind == number)
        ways = _ways(place, data.ends[these], data.bend[these])
        dash = (0, DASHES[number]) if DASHES[number] else "-"
        look = {"linewidths": thick, "linestyles": [dash], "colors": "#555555", "alpha": strength}
        axes.add_collection(LineCollection(ways, **look))
        if data.directed and inside.sum() <= ARROWS:
            heads = _heads(ways, data.radius[data.ends[these, 1]])
            axes.add_collection(PolyCollection(heads, facecolors="#555555", alpha=strength))
    for number, (_, colour, marker) in enumerate(looks(data)):
        these = shown & (data.level == number)
        size = (1.3 * data.radius[these]) ** 2
        axes.scatter(
            *place[these].T, s=size, c=colour, marker=marker, edgecolors="black", lw=0.5, zorder=3
        )
    axes.set_title(data.title)
    axes.set_aspect("equal")
    axes.margins(0.06)
    axes.axis("off")
    _write_names(axes, data, place)
    _legend(axes, data)
    return fig


def _ways(place: np.ndarray, ends: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Return the points of each tie, shape (ties, 9, 2): a straight line, or a bow to its left."""
    start, stop = place[ends[:, 0]], place[ends[:, 1]]
    along = stop - start
    middle = (start + stop) / 2 + bend[:, None] * np.column_stack([along[:, 1], -along[:, 0]])
    t = np.linspace(0, 1, 9)[None, :, None]
    points = [start[:, None], middle[:, None], stop[:, None]]
    return (1 - t) ** 2 * points[0] + 2 * t * (1 - t) * points[1] + t**2 * points[2]


def _heads(ways: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Return a triangle at the end of each tie, before the dot that it reaches."""
    along = ways[:, -1] - ways[:, -3]
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    across = np.column_stack([-along[:, 1], along[:, 0]])
    tip = ways[:, -1] - along * (0.0075 * radius[:, None])
    back = tip - along * 0.035
    return np.stack([tip, back + across * 0.013, back - across * 0.013], axis=1)


def _named(data: ChartData) -> list[int]:
    if len(data.start) <= NAMED:
        return data.start
    if not data.size_by:
        return []
    return sorted(data.start, key=lambda node: -(data.sizes[node] or 0))[:12]


def _write_names(axes, data: ChartData, place: np.ndarray) -> None:
    """Write names above or below their dots, those of large dots first.

    A name keeps off other names, and off other dots if it can. Where both places are taken, it is
    left out: two names on one place cannot be read.
    """
    axes.apply_aspect()  # now places on the page are final, and boxes around words can be compared
    centres = axes.transData.transform(place[data.start])
    half = 0.65 * np.asarray(data.radius)[data.start, None] * axes.figure.dpi / 72
    dots = [Bbox([low, high]) for low, high in zip(centres - half, centres + half, strict=True)]
    taken = []
    for node in sorted(_named(data), key=lambda node: -data.radius[node]):
        above, below = (
            axes.annotate(
                data.names[node],
                place[node],
                xytext=(0, side * (data.radius[node] + 2)),
                textcoords="offset points",
                ha="center",
                va=edge,
                fontsize=7,
                zorder=4,
            )
            for side, edge in ((1, "bottom"), (-1, "top"))
        )
        boxes = {words: words.get_window_extent() for words in (above, below)}
        free = [words for words, box in boxes.items() if not box.count_overlaps(taken)]
        best = min(free, key=lambda words: boxes[words].count_overlaps(dots), default=None)
        for words, box in boxes.items():
            if words is best:
                taken.append(box)
            else:
                words.remove()


def _legend(axes, data: ChartData) -> None:
    def entry(name, **look):
        return Line2D([], [], label=name, **look)

    entries = []
    if data.colour_by:
        entries.append(entry(f"{data.colour_by}:", linestyle="none"))
        for name, colour, marker in looks(data):
            look = {"markerfacecolor": colour, "markeredgecolor": "black", "linestyle": "none"}
            entries.append(entry(name, marker=marker, **look))
    if len(data.kinds) > 1:
        entries.append(entry("tie:", linestyle="none"))
        for number, name in enumerate(data.kinds):
            dash = (0, DASHES[number]) if DASHES[number] else "-"
            entries.append(entry(name, color="#555555", linestyle=dash))
    if data.size_by:
        highest = max(size for size in data.sizes if size is not None)
        entries.append(entry(f"size: {data.size_by}", linestyle="none"))
        entries.append(entry(f"up to {short(highest)}", linestyle="none"))
    if entries:
        axes.legend(
            handles=entries,
            loc="upper left",
            bbox_to_anchor=(1, 1),
            frameon=False,
            fontsize=8,
            handlelength=3,
        )
