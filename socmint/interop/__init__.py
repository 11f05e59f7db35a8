"""Files that other analysts' programs open: write a graph or tables, and read them back.

```python
from socmint import interop

interop.formats()                        # what there is
interop.write(graph, "case.gexf")        # the ending of the name says which format
interop.write(graph, "case.csv", "i2")   # several programs want .csv, so say whose
graph = interop.read("case.gexf")
```

A few attributes have a meaning. Nodes: `label`, `type`, and for a drawing `colour`, `size`, `x` and
`y`. Edges: `kind`, `weight`, and `time` (it happened once) or `start` and `end`. All others go into
the file where the format allows. See docs/interop.md for what each format keeps and loses.
"""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pandas as pd

from socmint.errors import CourseError
from socmint.files import store
from socmint.interop import graphs, links, stix, tables
from socmint.interop.plain import NOTE

__all__ = ["formats", "read", "write"]

HANDLING = ("RED", "AMBER", "GREEN", "CLEAR")
"""Traffic lights that say how far a file may travel, from nowhere to everywhere."""


@dataclass(frozen=True)
class _Format:
    ending: str
    takes: str
    opens_in: str
    write: Callable[..., Any]
    read: Callable[..., Any]


def _layout(name: str, opens_in: str) -> _Format:
    layout = links.LAYOUTS[name]
    return _Format(
        ".csv",
        "graph",
        opens_in,
        lambda graph, note: links.to_tables(graph, layout),
        partial(links.from_tables, layout=layout),
    )


FORMATS = {
    "gexf": _Format(".gexf", "graph", "Gephi", graphs.to_gexf, graphs.from_gexf),
    "graphml": _Format(
        ".graphml", "graph", "yEd, Gephi, Maltego", graphs.to_graphml, graphs.from_graphml
    ),
    "dl": _Format(".dl", "graph", "UCINET", graphs.to_dl, graphs.from_dl),
    "pajek": _Format(".net", "graph", "Pajek", graphs.to_pajek, graphs.from_pajek),
    "mtgx": _Format(".mtgx", "graph", "Maltego", links.to_mtgx, links.from_mtgx),
    "maltego": _layout("maltego", "Maltego"),
    "i2": _layout("i2", "i2 Analyst's Notebook"),
    "neo4j": _layout("neo4j", "Neo4j"),
    "stix": _Format(".json", "graph", "OpenCTI, MISP", stix.to_stix, stix.from_stix),
    "geojson": _Format(
        ".geojson", "places", "QGIS and other maps", tables.to_geojson, tables.from_geojson
    ),
    "kml": _Format(".kml", "places", "Google Earth, QGIS", tables.to_kml, tables.from_kml),
    "timeline": _Format(".csv", "events", "spreadsheets", tables.to_timeline, tables.from_timeline),
    "excel": _Format(".xlsx", "all", "Excel, LibreOffice", tables.to_excel, tables.from_excel),
}

Data = nx.Graph | pd.DataFrame | dict[str, nx.Graph | pd.DataFrame]


def formats() -> pd.DataFrame:
    """Return a table of the formats: name, ending, what it takes, and who opens it.

    Example:
        >>> formats().loc["gexf", "ending"]
        '.gexf'
    """
    rows = [
        {"format": name, "ending": one.ending, "takes": one.takes, "opens in": one.opens_in}
        for name, one in FORMATS.items()
    ]
    return pd.DataFrame(rows).set_index("format")


def write(
    data: Data, path: str | Path, format: str | None = None, handling: str = "AMBER"
) -> list[Path]:
    """Write a graph or tables to a file that other programs open.

    Args:
        data: a networkx graph; or a table of places (`lon`, `lat`) or events (`time`); or several
            by name, as in `{"graph": graph, "events": events, "places": places}`. Excel takes all,
            STIX a graph and events, the others one of them.
        path: where to; the folder must be there. A file of that name is replaced.
        format: a name from `formats()`; needed only where several share an ending.
        handling: RED, AMBER, GREEN or CLEAR; stands in the file.

    Returns:
        The files that were written: one, or for tables of links two and a page of help.

    Raises:
        CourseError: data that the format cannot hold, or a path where nothing can be written.

    Example:
        >>> write(nx.path_graph(2), "no_such_folder/a.gexf")
        Traceback (most recent call last):
        ...
        socmint.errors.CourseError: There is no folder no_such_folder. Make it first.
    """
    if not isinstance(path, str | Path):
        raise CourseError('Say first what, then where to: write(graph, "case.gexf").')
    path = Path(path)
    name, chosen = _chosen(path, format)
    if handling not in HANDLING:
        raise CourseError(f"There is no handling {handling!r}: use {', '.join(HANDLING)}.")
    if not path.parent.is_dir():
        raise CourseError(f"There is no folder {path.parent}. Make it first.")
    note = f"{NOTE} Handling: TLP:{handling}."
    parts = data if isinstance(data, dict) else {_name_of(data, chosen): data}
    if name == "excel":
        made = chosen.write(_sheets(parts), note)
    elif name == "stix":
        graph = _only(parts, name, "graph", "events")
        made = chosen.write(graph, parts.get("events"), note, handling)
    else:
        made = chosen.write(_only(parts, name, chosen.takes), note)
    made = made if isinstance(made, dict) else {"": made}
    written = {path.with_stem(path.stem + ending): content for ending, content in made.items()}
    if name == "i2":
        written[path.with_name(f"{path.stem}_specification.txt")] = links.specification(path.stem)
    for place, content in written.items():
        try:
            store(place, content)
        except OSError as error:
            raise CourseError(f"{place} cannot be written: {error.strerror}.") from None
    return list(written)


def read(path: str | Path, format: str | None = None) -> Any:
    """Read a file that this module, or the program it is for, has written.

    Args:
        path: the file; for tables of links the one with the links.
        format: a name from `formats()`; needed only where several share an ending.

    Returns:
        A networkx graph, a table of places or events, or for Excel all of them by name.

    Raises:
        CourseError: no such file, or one that cannot be read as this format.
    """
    path = Path(path)
    name, chosen = _chosen(path, format)
    files = [path]
    if name in links.LAYOUTS:
        files.insert(0, path.with_stem(path.stem + links.LAYOUTS[name].nodes))
    for file in files:
        if not file.is_file():
            raise CourseError(f"There is no file {file}.")
    try:
        return chosen.read(*(file.read_bytes() for file in files))
    except CourseError:
        raise
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ET.ParseError,
        zipfile.BadZipFile,
        nx.NetworkXException,
        OSError,
    ) as error:
        raise CourseError(f"{path} cannot be read as {name}: {error}.") from None


def _chosen(path: Path, format: str | None) -> tuple[str, _Format]:
    if format is not None:
        asked, format = format, format.lower()
        if format not in FORMATS:
            raise CourseError(
                f"There is no format {asked!r}. There are: {', '.join(FORMATS)}. "
                "interop.formats() says which program opens which."
            )
        if path.suffix.lower() != FORMATS[format].ending:
            raise CourseError(
                f"A file for {format} ends in {FORMATS[format].ending}, and {path.name} does not."
            )
        return format, FORMATS[format]
    fitting = [name for name, one in FORMATS.items() if one.ending == path.suffix.lower()]
    if not fitting:
        endings = sorted({one.ending for one in FORMATS.values()})
        raise CourseError(
            f"{path.name or path} must end in one of: {', '.join(endings)}. "
            "interop.formats() says which program opens which."
        )
    if len(fitting) > 1:
        raise CourseError(
            f"Several programs read {path.suffix}. Say which one you mean, for example "
            f'format="{fitting[0]}": {", ".join(fitting)}.'
        )
    return fitting[0], FORMATS[fitting[0]]


def _name_of(data: nx.Graph | pd.DataFrame, chosen: _Format) -> str:
    if isinstance(data, nx.Graph):
        return "graph"
    if isinstance(data, pd.DataFrame):
        return "table" if chosen.takes in ("all", "graph") else chosen.takes
    raise CourseError(
        f"A {type(data).__name__} cannot be written. Give a networkx graph, a pandas table such as "
        'case.ties, or several by name: {"graph": graph, "ties": case.ties}.'
    )


def _only(parts: dict, name: str, needed: str, *more: str) -> Any:
    if needed == "graph" and "table" in parts:
        raise CourseError(
            f"{name} takes a graph, and this is a table. Make a graph of it first: networkx."
            'from_pandas_edgelist(table, "source", "target", edge_attr=True, '
            "create_using=networkx.MultiDiGraph)."
        )
    if lost := [part for part in parts if part not in (needed, *more)]:
        raise CourseError(f"{name} takes no {lost[0]}; write that to a file of its own.")
    if needed not in parts:
        raise CourseError(f"{name} needs a {needed}, and there is none.")
    return parts[needed]


def _sheets(parts: dict) -> dict:
    for name, part in parts.items():
        if (name == "graph") != isinstance(part, nx.Graph):
            raise CourseError('Call the graph "graph", and tables by other names.')
        if name in ("about", "nodes", "edges") or not 0 < len(name) <= 31:
            raise CourseError(f"A sheet cannot be called {name!r}.")
    return parts
