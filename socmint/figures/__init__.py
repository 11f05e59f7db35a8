"""Pictures with one look: colours for everybody, alt text, and a mark that says it is invented.

Each function takes data and a title that states the finding, and returns a picture that shows
itself when it is the last line of a cell: `picture.alt` is its text for those who cannot see it,
`picture.png` its bytes, `picture.figure` the matplotlib figure. `show` does the same for a figure
of your own. `link_chart` is more: you can select in it.
"""

from socmint.figures.chart import LinkChart, link_chart
from socmint.figures.judgement import ach_matrix, reliability
from socmint.figures.maps import city_map
from socmint.figures.style import COLOURS, Shown, show
from socmint.figures.times import timeline, week
from socmint.figures.trees import ego_net, hierarchy

__all__ = [
    "COLOURS",
    "LinkChart",
    "Shown",
    "ach_matrix",
    "city_map",
    "ego_net",
    "hierarchy",
    "link_chart",
    "reliability",
    "show",
    "timeline",
    "week",
]
