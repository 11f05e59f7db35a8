"""Pictures of judgement: hypotheses against evidence, and forecasts against what came true."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle

from socmint.errors import CourseError
from socmint.figures.style import COLOURS, Shown, counted, listed, show

# Mark, the points of inconsistency that it counts, and its colour.
MARKS = {
    "CC": (0, COLOURS["blue"]),
    "C": (0, "#9CCBE8"),
    "N": (0, "white"),
    "I": (1, "#F3C79B"),
    "II": (2, COLOURS["red"]),
}


def ach_matrix(matrix: pd.DataFrame, title: str, *, alt: str | None = None) -> Shown:
    """Draw an analysis of competing hypotheses: each item against each hypothesis.

    A hypothesis is not proven by what fits it, it survives what does not. So the row below counts
    inconsistency: I is 1, II is 2. An item that has the same mark everywhere tells nothing, and a
    star says so. Source: Heuer 1999, Psychology of Intelligence Analysis, chapter 8.

    Args:
        matrix: one row for each item, one column for each hypothesis, with the marks CC (very
            consistent), C, N (neutral), I and II (very inconsistent).
        title: the finding, as a sentence.
        alt: what there is to see; left out, it is made from the matrix.

    Raises:
        CourseError: an empty matrix, or a mark that is none of the five.

    Example:
        >>> marks = pd.DataFrame({"H1 feud": ["CC", "I"], "H2 rumour": ["CC", "II"]},
        ...     index=["a boast", "no victim"])
        >>> ach_matrix(marks, "A feud survives best").alt
        'A feud survives best. Matrix of 2 items and 2 hypotheses. Inconsistency: H1 feud 1 and H2 rumour 2. Without diagnostic value: a boast.'
    """  # noqa: E501
    if matrix.empty:
        raise CourseError("The matrix is empty: give a row for each item, a column for each idea.")
    wrong = [mark for mark in np.unique(matrix.astype("str").to_numpy()) if mark not in MARKS]
    if wrong:
        raise CourseError(f"{wrong[0]!r} is no mark. Use {listed(list(MARKS))}.")
    points = matrix.apply(lambda column: column.map(lambda mark: MARKS[mark][0])).sum()
    same = matrix.nunique(axis=1) == 1
    rows, columns = matrix.shape
    fig, axes = plt.subplots(figsize=(3.6 + 1.25 * columns, 1.4 + 0.34 * rows))
    for row in range(rows):
        for column in range(columns):
            mark = matrix.iat[row, column]
            axes.add_patch(Rectangle((column, row), 1, 1, fc=MARKS[mark][1], ec="white", lw=2))
            ink = "white" if mark in ("CC", "II") else "black"
            axes.text(column + 0.5, row + 0.5, mark, ha="center", va="center", color=ink)
    for column, score in enumerate(points):
        axes.text(column + 0.5, rows + 0.5, score, ha="center", va="center", weight="bold")
    items = [f"{item}{' *' if same.iat[row] else ''}" for row, item in enumerate(matrix.index)]
    axes.set_yticks(np.arange(rows + 1) + 0.5, [*items, "inconsistency (points)"])
    axes.set_xticks(np.arange(columns) + 0.5, matrix.columns)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(0, columns)
    axes.set_ylim(rows + 1, 0)
    axes.set_title(title, pad=26)
    axes.set_frame_on(False)
    note = "CC, C consistent · N neutral · I, II inconsistent · * tells the hypotheses not apart"
    axes.set_xlabel(note, fontsize=8)
    words = f"{title}. Matrix of {counted(rows, 'item')} and {columns} "
    words += "hypothesis." if columns == 1 else "hypotheses."
    words += f" Inconsistency: {listed([f'{name} {score}' for name, score in points.items()], 8)}."
    if same.any():
        words += f" Without diagnostic value: {listed(matrix.index[same].astype('str').tolist())}."
    return show(fig, alt=alt or words)


def reliability(
    forecasts: Sequence[float],
    outcomes: Sequence[bool],
    title: str,
    *,
    bins: int = 5,
    alt: str | None = None,
) -> Shown:
    """Draw how often forecasts came true, class by class, with their Brier score.

    On the diagonal, what was called 70 per cent came true in 70 of 100 cases. Small classes say
    little: a bar shows where 8 of 10 shares of so few cases would lie by chance. The Brier score is
    the mean squared distance of forecast and outcome: 0 is perfect, 0.25 is what always saying
    50 per cent gets. Sources: Brier 1950; Wilson 1927 for the bars.

    Args:
        forecasts: probabilities from 0 to 1.
        outcomes: for each, whether it came true.
        title: the finding, as a sentence.
        bins: number of classes of equal width.
        alt: what there is to see; left out, it is made from the numbers.

    Raises:
        CourseError: no forecast, one outside 0 to 1, or another number of outcomes.

    Example:
        >>> reliability([0.9, 0.9, 0.1, 0.5], [True, True, False, True], "Few forecasts").alt
        'Few forecasts. Reliability diagram of 4 forecasts, Brier score 0.070. Forecast and share that came true: 10% and 0% (1), 50% and 100% (1) and 90% and 100% (2).'
    """  # noqa: E501
    said, came = np.asarray(forecasts, dtype=float), np.asarray(outcomes, dtype=float)
    if not len(said) or len(said) != len(came):
        raise CourseError("Give at least one forecast, and one outcome for each.")
    if not ((said >= 0) & (said <= 1)).all() or not np.isin(came, [0, 1]).all():
        raise CourseError("A forecast is a number from 0 to 1, and an outcome is True or False.")
    where = np.minimum((said * bins).astype(int), bins - 1)
    table = pd.DataFrame({"said": said, "came": came}).groupby(where).agg(["mean", "count"])
    mean, share, count = table["said", "mean"], table["came", "mean"], table["came", "count"]
    brier = float(((said - came) ** 2).mean())
    low, high = _wilson(share.to_numpy(), count.to_numpy(), z=1.2816)
    fig, (axes, below) = plt.subplots(
        2, figsize=(5.6, 6), sharex=True, height_ratios=[4, 1], layout="constrained"
    )
    axes.plot([0, 1], [0, 1], color="#777777", linestyle="--", label="perfectly calibrated")
    axes.vlines(mean, low, high, color=COLOURS["blue"], lw=2, label="8 in 10 by chance")
    look = {"color": COLOURS["blue"], "ec": "black", "zorder": 3, "label": "your forecasts"}
    axes.scatter(mean, share, s=70, **look)
    for x, y, number in zip(mean, share, count, strict=True):
        side = -16 if y > 0.9 else 9
        axes.annotate(
            f"n = {number}", (x, y), xytext=(8, side), textcoords="offset points", fontsize=9
        )
    axes.set_ylabel("share that came true")
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.05, 1.05)
    axes.legend(loc="upper left", fontsize=8)
    axes.set_title(f"{title}\n(Brier score {brier:.3f}, {counted(len(said), 'forecast')})")
    edges = np.linspace(0, 1, bins + 1)
    below.hist(said, bins=edges, color=COLOURS["sky"], edgecolor="black")
    below.set_ylabel("forecasts")
    below.set_xlabel("forecast (probability)")
    pairs = zip(mean, share, count, strict=True)
    words = [f"{x:.0%} and {y:.0%} ({number})" for x, y, number in pairs]
    text = f"{title}. Reliability diagram of {counted(len(said), 'forecast')}, "
    text += f"Brier score {brier:.3f}."
    text += f" Forecast and share that came true: {listed(words, bins)}."
    return show(fig, alt=alt or text)


def _wilson(share: np.ndarray, count: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count**2)) / (1 + z * z / count)
    return middle - half, middle + half
