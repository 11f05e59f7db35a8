"""The link chart: look at a network, select in it, and go on in Python with what you selected."""

from collections.abc import Callable, Hashable, Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from socmint.errors import CourseError
from socmint.figures.chart_data import ChartData, Values, chart_data
from socmint.figures.chart_picture import draw_links, looks
from socmint.figures.style import DASHES, Shown, show
from socmint.stills import beside

FOLDER = Path(__file__).parent


class LinkChart:
    """A chart to look at in JupyterLab, and a still picture of it everywhere else.

    In a saved notebook, on paper, and where widgets cannot run, the picture stands in its place.
    """

    def __init__(self, data: ChartData, interactive: bool):
        self._data = data
        self._selected: list[int] = []
        self._observers: list[Callable[[list], Any]] = []
        self._widget = self._make_widget() if interactive else None

    def _make_widget(self) -> Any:
        kind = _widget_class()
        if kind is None:
            return None
        widget = kind(data=_message(self._data), looked_at=self._data.start)
        widget.observe(self._hear, names="selected")
        return widget

    def _hear(self, change: dict) -> None:
        self._selected = list(change["new"])
        for function in self._observers:
            function(self.selected)

    @property
    def selected(self) -> list:
        """Ids of the selected nodes, in the order of the graph. Set it to select from Python."""
        return [self._data.ids[number] for number in sorted(self._selected)]

    @selected.setter
    def selected(self, ids: Iterable[Hashable]) -> None:
        if isinstance(ids, str):
            raise CourseError("Give a list of ids, such as ['a-000001'].")
        number = {node: place for place, node in enumerate(self._data.ids)}
        ids = list(ids)
        unknown = [node for node in ids if node not in number]
        if unknown:
            raise CourseError(f"{unknown[0]!r} is not on this chart.")
        numbers = sorted({number[node] for node in ids})
        if self._widget is None:
            self._hear({"new": numbers})
        else:
            self._widget.selected = numbers

    def observe(self, function: Callable[[list], Any]) -> None:
        """Call a function with the list of ids each time the selection changes."""
        self._observers.append(function)

    @property
    def people_touched(self) -> int:
        """How many people's data this chart has shown so far, those at the start included.

        One node counts as one person: on a chart of accounts, somebody with two counts twice.
        """
        return len(self._data.start if self._widget is None else self._widget.looked_at)

    @property
    def table(self) -> pd.DataFrame:
        """The nodes as a table: id, name and what colour, size and groups show."""
        data = self._data
        columns: dict[str, Any] = {"id": data.ids, "name": data.names}
        if data.colour_by:
            columns[data.colour_by] = [data.levels[level] for level in data.level]
        if data.size_by:
            columns[data.size_by] = data.sizes
        if data.group_by:
            columns[data.group_by] = [
                data.groups[group] if group >= 0 else "" for group in data.group
            ]
        return pd.DataFrame(columns)

    @cached_property
    def picture(self) -> Shown:
        """The still picture, with alt text: for a report, or for paper."""
        return show(draw_links(self._data), alt=self._data.alt())

    def __repr__(self) -> str:
        return f"[Link chart: {self._data.alt()}]"

    def _repr_html_(self) -> str:
        return self.picture._repr_html_()

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for output in self._outputs():
            display(output, raw=True)

    def _outputs(self) -> list[dict[str, Any]]:
        """Return what a cell displays: the picture, then the chart that takes its place."""
        picture = {"text/plain": repr(self), "text/html": self._repr_html_()}
        return [picture] if self._widget is None else beside(picture, self._widget, "lc")


@cache
def _widget_class() -> Any:
    """Return what carries the chart to the page, or None where widgets are not installed."""
    try:
        import anywidget
        import traitlets
    except ImportError:  # the edition in the browser: the picture serves
        return None

    class LinkChartWidget(anywidget.AnyWidget):
        _esm = FOLDER / "chart.js"
        _css = FOLDER / "chart.css"
        data = traitlets.Dict().tag(sync=True)
        selected = traitlets.List(traitlets.Int()).tag(sync=True)
        looked_at = traitlets.List(traitlets.Int()).tag(sync=True)

    return LinkChartWidget


def link_chart(
    graph: nx.Graph,
    title: str = "",
    *,
    colour: Values = None,
    size: Values = None,
    tie: str | None = None,
    time: str | None = None,
    group: Values = None,
    label: Values = None,
    start: Iterable[Hashable] | None = None,
    seed: int = 1,
    interactive: bool = True,
) -> LinkChart:
    """Draw a network that answers: search, point, click, and read `chart.selected` in Python.

    The chart also has a table of the same nodes, for those who do not see it or do not use a mouse.
    Keys: arrows move from node to node, Space selects, E expands, and the chart lists the others.

    Args:
        graph: at most 5,000 nodes. A graph with parallel ties (`nx.MultiDiGraph`) keeps each.
        title: the finding, as a sentence.
        colour: what colour and shape show: the name of a node attribute, or a dict or Series with
            a value for each id. Numbers are put into five classes.
        size: what the area of a dot shows, in the same forms: a number, 0 or more.
        tie: the attribute of ties that decides the line style, such as "kind". At most four kinds.
        time: the attribute of ties (and of nodes, if they have it) that moves the time slider:
            dates, or plain numbers.
        group: groups to fold into one mark each, in the same forms as colour.
        label: names to show instead of the ids, in the same forms.
        start: the ids to begin with. The others appear when you expand by a hop, and the chart
            counts whose data you have looked at. Left out: all are there at once.
        seed: of the layout. The place of a dot is no evidence; another seed shows it.
        interactive: False gives the still picture at once.

    Returns:
        A chart that shows itself. `chart.selected` is the list of selected ids,
        `chart.observe(function)` follows it, `chart.people_touched` counts,
        `chart.picture` is the still picture, `chart.table` the nodes.

    Raises:
        CourseError: an empty or too large graph, an attribute that no node has, more than four
            kinds of tie, a size that is no number, or a start that is not in the graph.

    Example:
        >>> chart = link_chart(nx.path_graph(["a", "b", "c"]), "A chain", interactive=False)
        >>> chart
        [Link chart: A chain. Link chart of 3 accounts and 2 ties.]
        >>> chart.selected = ["b"]
        >>> chart.selected
        ['b']
    """
    data = chart_data(
        graph,
        title,
        colour=colour,
        size=size,
        tie=tie,
        time=time,
        group=group,
        label=label,
        start=None if start is None else list(start),
        seed=seed,
    )
    return LinkChart(data, interactive)


def _message(data: ChartData) -> dict[str, Any]:
    """Return what the page gets: plain lists, with coordinates as short as a screen needs them."""
    return {
        "title": data.title,
        "alt": data.alt(),
        "ids": [str(node) for node in data.ids],
        "names": data.names,
        "place": data.place.round(4).tolist(),
        "radius": data.radius.round(2).tolist(),
        "level": data.level.tolist(),
        "levels": [
            {"name": name, "colour": colour, "shape": marker}
            for name, colour, marker in looks(data)
        ],
        "colourBy": data.colour_by,
        "sizes": data.sizes,
        "sizeBy": data.size_by,
        "group": data.group.tolist(),
        "groups": data.groups,
        "groupBy": data.group_by,
        "nodeTime": data.node_time,
        "ends": data.ends.tolist(),
        "kind": data.kind.tolist(),
        "kinds": [
            {"name": name, "dash": dash} for name, dash in zip(data.kinds, DASHES, strict=False)
        ],
        "bend": data.bend.tolist(),
        "tieTime": data.tie_time,
        "dated": data.dated,
        "directed": data.directed,
        "start": data.start,
    }
