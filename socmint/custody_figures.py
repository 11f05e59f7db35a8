"""Two pictures for the work on evidence: a chain of hashes, and clocks beside the true time."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from socmint.chain import GENESIS
from socmint.figures import COLOURS


def draw_chain(lines: pd.DataFrame, title: str) -> Figure:
    """Draw lines of a log as boxes, each with an arrow to the line that stood before it once.

    An arrow to the neighbour is solid and blue. An arrow to any other line is dashed, red and bent,
    and its box has a dashed edge. Lines whose predecessor is not among `lines` have no arrow.

    Args:
        lines: columns line (number), previous and sha256, one row for each line, in order.
        title: what the picture shows, as a sentence.

    Example:
        >>> lines = pd.DataFrame({"line": [1, 2], "previous": [GENESIS, "a"], "sha256": ["a", "b"]})
        >>> len(draw_chain(lines, "Both lines follow").axes[0].texts)
        3
    """
    fig, axes = plt.subplots(figsize=(8.6, 2.6))
    numbers = dict(zip(lines["sha256"], lines["line"], strict=True))
    neighbours = lines["sha256"].shift(fill_value=GENESIS)
    for row, neighbour in zip(lines.itertuples(), neighbours, strict=True):
        first = row.Index == lines.index[0]  # what stands before the picture is not known here
        good = first or row.previous == neighbour
        edge, dashes = (COLOURS["blue"], "-") if good else (COLOURS["red"], "--")
        corner = (row.line - _HALF, -_HALF)
        axes.add_patch(
            Rectangle(corner, 2 * _HALF, 2 * _HALF, fill=False, edgecolor=edge, linestyle=dashes)
        )
        label = f"line {row.line}\nhash {row.sha256[:4]}\nprevious {row.previous[:4]}"
        axes.text(row.line, 0, label, ha="center", va="center", fontsize=7)
        if row.previous in numbers:
            start, end, bend = _way(row.line, numbers[row.previous], good)
            look = {"arrowstyle": "->", "color": edge, "linestyle": dashes, "linewidth": 1.6}
            look |= {"shrinkA": 0, "shrinkB": 0, "connectionstyle": f"arc3,rad={bend}"}
            axes.annotate("", end, start, arrowprops=look)
    axes.set_xlim(lines["line"].min() - 0.6, lines["line"].max() + 0.6)
    axes.set_ylim(-1.2, 1.2)
    axes.set_title(title)
    axes.axis("off")
    return fig


_HALF = 0.42  # half a box; the distance between two boxes is 1


def _way(line: int, before: int, good: bool) -> tuple[tuple, tuple, float]:
    """Return start, end and bend of an arrow: straight between neighbours, else around the boxes.

    Arrows to the left run above the boxes, arrows to the right below them.
    """
    if good:
        return (line - _HALF, 0), (before + _HALF, 0), 0
    side = 1 if before < line else -1
    return (line - 0.1, side * _HALF), (before + 0.1, side * _HALF), 0.35


def draw_clocks(captures: pd.DataFrame, title: str) -> Figure:
    """Draw what a clock showed and the true time of captures, one row each.

    Args:
        captures: columns capture_id, machine, shown and true (times), all on one day.
        title: what the picture shows, as a sentence.

    Example:
        >>> times = pd.to_datetime(["2031-03-20 14:00", "2031-03-20 16:00"], utc=True)
        >>> table = pd.DataFrame({"capture_id": ["cap-01"], "machine": ["desk-3"],
        ...     "shown": times[:1], "true": times[1:]})
        >>> draw_clocks(table, "The clock was two hours behind").axes[0].get_xlabel()
        'time of day (hour and minute; true time in UTC)'
    """
    fig, axes = plt.subplots(figsize=(7.5, 3.2))
    names = (captures["capture_id"] + ", " + captures["machine"]).tolist()
    minutes = {
        name: captures[name].dt.hour * 60 + captures[name].dt.minute for name in ("shown", "true")
    }
    axes.hlines(names, minutes["shown"], minutes["true"], color="grey", linestyle=":")
    for name, mark, colour, fill, label in (
        ("shown", "o", COLOURS["red"], "white", "clock shown"),
        ("true", "s", COLOURS["blue"], COLOURS["blue"], "true time"),
    ):
        size = 12 if mark == "o" else 6  # a circle shows around a square at the same minute
        axes.plot(
            minutes[name], names, mark, color=colour, markerfacecolor=fill, label=label, ms=size
        )
    for place, row in enumerate(zip(minutes["shown"], minutes["true"], strict=True)):
        for minute in set(row):
            words = f"{minute // 60:02d}:{minute % 60:02d}"
            axes.text(minute, place - 0.2, words, ha="center", fontsize=9)
    low = min(part.min() for part in minutes.values()) // 60
    high = -(-max(part.max() for part in minutes.values()) // 60)
    hours = range(int(low), int(high) + 1)
    axes.set_xticks([60 * hour for hour in hours], [f"{hour:02d}:00" for hour in hours])
    axes.set_ylim(len(names) - 0.5, -0.6)  # the first row is on top
    axes.set_xlabel("time of day (hour and minute; true time in UTC)")
    axes.set_ylabel("capture")
    axes.set_title(title)
    axes.legend(loc="lower left")
    fig.subplots_adjust(bottom=0.24)
    return fig
