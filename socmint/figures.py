"""One look for every figure, with alt text and a mark that says it is invented."""

import base64
import html
import io

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


class Shown:
    """A figure as a picture with alt text, as JupyterLab and saved pages show it."""

    def __init__(self, png: bytes, alt: str):
        self._png, self._alt = png, alt

    def __repr__(self) -> str:
        return f"[Figure: {self._alt}]"

    def _repr_html_(self) -> str:
        # JupyterLab drops the alt text of image outputs, so the picture travels inside HTML.
        data = base64.b64encode(self._png).decode()
        alt = html.escape(self._alt, quote=True)
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
    buffer = io.BytesIO()
    figure.savefig(
        buffer, format="png", dpi=96, bbox_inches="tight", metadata={"Title": alt, "Software": None}
    )
    plt.close(figure)  # else the notebook would show it a second time, without alt text
    return Shown(buffer.getvalue(), alt)
