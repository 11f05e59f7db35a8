"""What every format is given: graphs and tables with plain values and nothing that breaks a file.

A value is text, a whole number, a number, yes or no, or a time in UTC; the values of one column
have one kind. Empty texts count as missing, because most formats cannot tell them apart.
"""

import datetime as dt
import math
import re
from collections.abc import Iterable
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from socmint.errors import CourseError

MARK = "SYNTHETIC"
NOTE = "SYNTHETIC: invented people, accounts, places and events."
"""Stands in every file that has a place for it."""

RESERVED = {"id", "source", "target", "direction", MARK}
"""Names of columns that a file needs for itself."""

Rows = list[dict[str, Any]]
Kinds = dict[str, str]

# What XML 1.0 cannot hold, and halves of characters that are no text in any format.
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_RISKY = tuple("=+-@'＝＋－＠")  # noqa: RUF001  (spreadsheets take the wide ones as well)
_WHOLE_LIMIT = 2**53


def plain(graph: nx.Graph) -> tuple[nx.Graph, Kinds, Kinds]:
    """Return a copy with plain values, and the kinds of the attributes of nodes and of edges.

    Every edge of the copy has a key of its own: a number from 0 on. Node ids become text.

    Args:
        graph: any networkx graph.

    Returns:
        A MultiGraph or MultiDiGraph; name to kind for nodes; name to kind for edges.

    Raises:
        CourseError: not a graph, two nodes with one id, or a value that files cannot hold.

    Example:
        >>> graph, nodes, edges = plain(nx.Graph([("a", "b", {"weight": 2})]))
        >>> list(graph.edges(keys=True)), edges
        ([('a', 'b', 0)], {'weight': 'whole'})
    """
    if not isinstance(graph, nx.Graph):
        raise CourseError(
            f"A {type(graph).__name__} is not a graph. Make one with networkx, for example "
            'nx.from_pandas_edgelist(ties, "source", "target").'
        )
    ids = {node: text(str(node), "The id of a node") for node in graph}
    if len({*ids.values()}) < len(ids):
        raise CourseError("Two nodes have the same id once ids are text: rename one of them.")
    if "" in ids.values():
        raise CourseError("A node has an empty id. Give each node a name.")
    nodes, node_kinds = plain_rows(graph.nodes.values(), "Node", list(ids.values()))
    ties = list(graph.edges(data=True))
    names = [f"{ids[one]} to {ids[two]}" for one, two, _ in ties]
    edges, edge_kinds = plain_rows([data for *_, data in ties], "Edge", names)
    for kinds in (node_kinds, edge_kinds):
        for name in kinds:
            if name in RESERVED or not re.fullmatch(r"[^\W\d]\w*", name):
                raise CourseError(
                    f"An attribute cannot be called {name!r}. Use letters, digits and _, and none "
                    f"of: {', '.join(sorted(RESERVED))}."
                )
    for name, row in zip(names, edges, strict=True):
        if "time" in row and row.keys() & {"start", "end"}:
            raise CourseError(
                f"Edge {name} has a time, and start or end as well. What happened once has a time; "
                "what lasts has a start and an end."
            )
    if edge_kinds.get("weight", "whole") not in ("whole", "number"):
        raise CourseError("The weight of an edge must be a number.")
    copy = nx.MultiDiGraph() if graph.is_directed() else nx.MultiGraph()
    for node, row in zip(ids.values(), nodes, strict=True):
        # A label that only repeats the id says nothing, and no format can tell it from none.
        copy.add_node(node, **{k: v for k, v in row.items() if (k, v) != ("label", node)})
    for key, ((one, two, _), row) in enumerate(zip(ties, edges, strict=True)):
        copy.add_edge(ids[one], ids[two], key=key, **row)
    return copy, node_kinds, edge_kinds


def plain_table(table: pd.DataFrame) -> tuple[Rows, Kinds]:
    """Return the rows of a table with plain values, and the kind of each column.

    Raises:
        CourseError: not a table, two columns with one name, or a value that files cannot hold.
    """
    if not isinstance(table, pd.DataFrame):
        raise CourseError(f"A {type(table).__name__} is not a table: give a pandas DataFrame.")
    names = [text(str(name), "The name of a column") for name in table.columns]
    if len({*names}) < len(names) or "" in names or MARK in names:
        raise CourseError(f"Each column needs a name of its own, and not {MARK!r}.")
    rows = [dict(zip(names, row, strict=True)) for row in table.itertuples(index=False, name=None)]
    rows, kinds = plain_rows(rows, "Row", range(len(rows)))
    return rows, {name: kinds.get(name, "text") for name in names}


def plain_rows(rows: Iterable[dict], what: str, names: Iterable) -> tuple[Rows, Kinds]:
    """Return rows with plain values and without missing ones, and the kind of each column."""
    kinds: dict[str, set[str]] = {}
    found = []
    for row, name in zip(rows, names, strict=True):
        kept = {}
        for column, raw in row.items():
            column = str(column)
            value = _plain_value(raw, f"{what} {name}, {column}")
            if value is not None:
                kept[column] = value
                kinds.setdefault(column, set()).add(kind_of(value))
        found.append(kept)
    one = {column: _one_kind(several) for column, several in kinds.items()}
    for column, several in kinds.items():
        if len(several) > 1:
            for row in found:
                if column in row:
                    value = row[column]
                    row[column] = float(value) if one[column] == "number" else as_text(value)
    return found, one


def _one_kind(kinds: set[str]) -> str:
    if len(kinds) == 1:
        return next(iter(kinds))
    return "number" if kinds == {"whole", "number"} else "text"


def _plain_value(value: Any, where: str) -> Any:
    """Return text, whole number, number, yes or no, or time; None where it is missing."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or value is pd.NA or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) >= _WHOLE_LIMIT:
            raise CourseError(f"{where}: {value} is too large for other programs. Make it text.")
        return value
    if isinstance(value, float):
        if math.isinf(value):
            raise CourseError(f"{where} is infinite. No file can hold that.")
        return None if math.isnan(value) else value
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise CourseError(f"{where} has no time zone. Say which, as in .dt.tz_localize('UTC').")
        return pd.Timestamp(value).tz_convert("UTC")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return text(value, where)
    raise CourseError(
        f"{where} is a {type(value).__name__}. Files hold text, numbers, yes or no, and times: "
        "turn it into one of these."
    )


def text(value: str, where: str) -> str:
    """Return a text with plain line ends.

    Raises:
        CourseError: the text holds a control character or half a character.
    """
    if found := _BROKEN.search(value):
        raise CourseError(
            f"{where} holds the character {found[0]!a}, which files cannot keep. Remove it."
        )
    return value.replace("\r\n", "\n").replace("\r", "\n")


def kind_of(value: Any) -> str:
    """Return the kind of a plain value: text, whole, number, flag or time."""
    kinds = {str: "text", bool: "flag", int: "whole", float: "number"}
    return kinds.get(type(value), "time")


def as_text(value: Any) -> str:
    """Return a plain value as text; a time as in 2026-03-01T12:00:00Z.

    Example:
        >>> as_text(True), as_text(2.5), as_text(pd.Timestamp("2026-03-01", tz="UTC"))
        ('true', '2.5', '2026-03-01T00:00:00Z')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, pd.Timestamp):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def as_time(value: str) -> pd.Timestamp | str:
    """Return a text as a time in UTC; a text that is none comes back as it is."""
    try:
        time = pd.Timestamp(value)
        return time.tz_convert("UTC") if time.tzinfo else value
    except (ValueError, TypeError):
        return value


def finish(graph: nx.Graph) -> nx.Graph:
    """Return what was read as the plainest graph that holds it, with times as times."""
    for rows in (graph.nodes.values(), (data for *_, data in graph.edges(data=True))):
        for row in rows:
            for name in ("time", "start", "end"):
                if isinstance(row.get(name), str):
                    row[name] = as_time(row[name])
    if graph.is_multigraph() and len({*_ends(graph)}) == graph.number_of_edges():
        return nx.DiGraph(graph) if graph.is_directed() else nx.Graph(graph)
    return graph


def _ends(graph: nx.Graph) -> Iterable:
    for one, two in graph.edges():
        yield (one, two) if graph.is_directed() else frozenset((one, two))


def guard(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `bare` takes the guard off again.

    Source: OWASP, CSV injection.

    Example:
        >>> guard("=1+1"), guard("sea cat"), bare(guard("=1+1")), bare(guard("'t is"))
        ("'=1+1", 'sea cat', '=1+1', "'t is")
    """
    return f"'{value}" if value.lstrip().startswith(_RISKY) else value


def bare(value: str) -> str:
    """Return the text that `guard` was given."""
    return value[1:] if value.startswith("'") else value
