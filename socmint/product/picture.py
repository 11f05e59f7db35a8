"""A figure as a picture that says nothing but what it shows."""

import io

from matplotlib.figure import Figure


def png(figure: Figure) -> bytes:
    """Return a figure as PNG, sharp enough to print, without alt text or program in the file."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150, bbox_inches="tight", metadata={"Software": None})
    return stream.getvalue()
