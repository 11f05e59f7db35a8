"""Pictures with one look: colours for everybody, alt text, and a mark that says it is invented.

Each function takes data and a title that states the finding, and returns a picture that shows
itself when it is the last line of a cell. `show` does the same for a figure of your own.
"""

from socmint.figures.style import COLOURS, Shown, show

__all__ = ["COLOURS", "Shown", "show"]
