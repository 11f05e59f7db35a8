"""One look for every figure, with alt text and a mark that says it is invented."""

import base64
import html
import io
from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#000000",
}
"""Colours that colour-blind people can tell apart. Source: Okabe and Ito 2008, Color universal
design."""


LEVELS = [COLOURS[name] for name in ("blue", "orange", "green", "red", "purple", "sky", "yellow")]
"""Colour of the first, second, … category. Black is left out: a dark page would hide it."""
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
"""Shape of the same categories, so that colour never stands alone (matplotlib's names)."""
OTHER = "#999999"
"""Colour of all further categories together, and of what is not known."""
DASHES = [(), (6, 3), (1.5, 2.5), (8, 3, 1.5, 3)]
"""Strokes and gaps of the first, second, … kind of tie, in points: solid, dashed, dotted, mixed."""


class Shown:
    """A figure as a picture with alt text, as JupyterLab and saved pages show it.

    Attributes:
        figure: the matplotlib figure, to change or to check.
        png: the picture, as bytes.
        alt: what there is to see, in words.
    """

    def __init__(self, figure: Figure, png: bytes, alt: str):
        self.figure, self.png, self.alt = figure, png, alt

    def __repr__(self) -> str:
        return f"[Figure: {self.alt}]"

    def _repr_html_(self) -> str:
        # JupyterLab drops the alt text of image outputs, so the picture travels inside HTML.
        data = base64.b64encode(self.png).decode()
        alt = html.escape(self.alt, quote=True)
        return (
            f'<figure style="margin:0.4em 0"><img alt="{alt}" src="data:image/png;base64,{data}" '
            'style="max-width:100%;background:white"></figure>'
        )


def show(figure: Figure | Axes, alt: str) -> Shown:
    """Show a figure with a text for those who cannot see it. Put it last in a cell.

    Args:
        figure: a matplotlib figure, or an axes of it.
        alt: what there is to see, in one sentence.

    Raises:
        TypeError: `figure` is something else.
        ValueError: the alt text is empty.

    Example:
        >>> fig, axes = plt.subplots()
        >>> show(fig, alt="An empty chart.")
        [Figure: An empty chart.]
    """
    figure = figure.figure if isinstance(figure, Axes) else figure
    if not isinstance(figure, Figure):
        raise TypeError("show() needs the figure: the name you gave it in plt.subplots().")
    if not alt.strip():
        raise ValueError("Say in alt what there is to see, for readers who cannot see the figure.")
    if not any(text.get_gid() == "synthetic" for text in figure.texts):
        figure.text(
            0.995,
            0.005,
            "SYNTHETIC",
            gid="synthetic",
            ha="right",
            va="bottom",
            fontsize=9,
            color="#555555",
        )
    picture = draw(figure, alt)
    plt.close(figure)  # else the notebook would show it a second time, without alt text
    return Shown(figure, picture, alt)


def draw(figure: Figure, title: str) -> bytes:
    """Return a figure as a PNG. Grading replaces this where nobody looks at the picture."""
    buffer = io.BytesIO()
    about = {"Title": title, "Software": None}
    figure.savefig(buffer, format="png", dpi=96, bbox_inches="tight", metadata=about)
    return buffer.getvalue()


def short(number: float) -> str:
    """Write a number as briefly as a legend needs it.

    Example:
        >>> short(0.12345), short(1200.0)
        ('0.123', '1,200')
    """
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.3g}"


def listed(words: Sequence[str], most: int = 5) -> str:
    """Join words as a sentence does, and count what is too much to name.

    Example:
        >>> listed(["a", "b", "c"]), listed(["a", "b", "c"], most=1)
        ('a, b and c', 'a and 2 more')
    """
    words = list(words)
    if len(words) > most:
        words = [*words[:most], f"{len(words) - most:,} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def counted(number: int, word: str) -> str:
    """Return a number with its noun.

    Example:
        >>> counted(1, "tie"), counted(2000, "tie")
        ('1 tie', '2,000 ties')
    """
    return f"{number:,} {word}" + ("" if number == 1 else "s")
