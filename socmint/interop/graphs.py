"""Graph files: GEXF 1.3, GraphML, Pajek and UCINET DL."""

import datetime as dt
import html
import io
import re
from collections import defaultdict
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

import networkx as nx
from matplotlib.colors import to_hex, to_rgb

from socmint.errors import CourseError
from socmint.interop.plain import as_text, as_time, finish, plain

_GEXF = "http://gexf.net/1.3"
_VIZ = f"{_GEXF}/viz"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_GEXF_TYPES = {"whole": "long", "number": "double", "flag": "boolean"}
# GEXF has a place of its own for these, so they are no attributes there.
_OWN = {"node": {"label", "colour", "size", "x", "y"}, "edge": {"weight"}}
_LIFE = ("time", "start", "end")


def to_gexf(graph: nx.Graph, note: str) -> bytes:
    """Return a graph as GEXF 1.3, with lifetimes and looks.

    networkx 3.6 writes 1.3 with a wrong namespace and a time format that does not fit its times,
    so this writer is our own; reading is left to networkx. Source: GEXF 1.3 schema, gexf.net.
    """
    graph, node_kinds, edge_kinds = plain(graph)
    lives = [
        [name for name in _LIFE if kinds.get(name) == "time"] for kinds in (node_kinds, edge_kinds)
    ]
    for prefix, space in (("", _GEXF), ("viz", _VIZ), ("xsi", _XSI)):
        ET.register_namespace(prefix, space)
    root = ET.Element(_tag("gexf"), version="1.3")
    root.set(f"{{{_XSI}}}schemaLocation", f"{_GEXF} {_GEXF}/gexf.xsd")
    meta = ET.SubElement(
        root, _tag("meta"), lastmodifieddate=dt.datetime.now(dt.UTC).date().isoformat()
    )
    ET.SubElement(meta, _tag("creator")).text = "SOCMINT course"
    ET.SubElement(meta, _tag("description")).text = note
    kind = "directed" if graph.is_directed() else "undirected"
    tree = ET.SubElement(root, _tag("graph"), defaultedgetype=kind, mode="static")
    if any(lives):
        tree.set("mode", "dynamic")
        tree.set("timeformat", "dateTime")
        tree.set("timerepresentation", "interval")
    columns = {}
    for scope, kinds, life in (("node", node_kinds, lives[0]), ("edge", edge_kinds, lives[1])):
        names = [name for name in kinds if name not in _OWN[scope] and name not in life]
        columns[scope] = {name: str(place) for place, name in enumerate(names)}
        if names:
            box = ET.SubElement(tree, _tag("attributes"), {"class": scope, "mode": "static"})
            for name, number in columns[scope].items():
                shape = _GEXF_TYPES.get(kinds[name], "string")
                ET.SubElement(box, _tag("attribute"), id=number, title=name, type=shape)
    box = ET.SubElement(tree, _tag("nodes"))
    for node, data in graph.nodes.items():
        place = ET.SubElement(box, _tag("node"), id=node, label=as_text(data.get("label", node)))
        _gexf_values(place, data, columns["node"], lives[0])
        _gexf_looks(place, data, f"Node {node}")
    box = ET.SubElement(tree, _tag("edges"))
    for one, two, key, data in graph.edges(keys=True, data=True):
        place = ET.SubElement(box, _tag("edge"), id=str(key), source=one, target=two)
        if "weight" in data:
            place.set("weight", as_text(data["weight"]))
        if "kind" in data:
            place.set("kind", as_text(data["kind"]))  # keeps parallel edges apart in Gephi
        _gexf_values(place, data, columns["edge"], lives[1])
        _gexf_looks(place, {"colour": data.get("colour")}, f"Edge {one} to {two}")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _tag(name: str, space: str = _GEXF) -> str:
    return f"{{{space}}}{name}"


def _gexf_values(place: ET.Element, data: dict, columns: dict, life: list[str]) -> None:
    if "time" in data and "time" in life:  # what happened once starts and ends at one moment
        place.set("start", as_text(data["time"]))
        place.set("end", as_text(data["time"]))
    for name in ("start", "end"):
        if name in data and name in life:
            place.set(name, as_text(data[name]))
    own = [(number, data[name]) for name, number in columns.items() if name in data]
    if own:
        box = ET.SubElement(place, _tag("attvalues"))
        for number, value in own:
            ET.SubElement(box, _tag("attvalue"), {"for": number, "value": as_text(value)})


def _gexf_looks(place: ET.Element, data: dict, where: str) -> None:
    if data.get("colour"):
        try:
            parts = [str(round(255 * part)) for part in to_rgb(data["colour"])]
        except ValueError:
            raise CourseError(f"{where}: {data['colour']!r} is no colour. Try #0072B2.") from None
        ET.SubElement(place, _tag("color", _VIZ), dict(zip("rgb", parts, strict=True)))
    numbers = {name: data[name] for name in ("size", "x", "y") if name in data}
    if any(isinstance(value, str) for value in numbers.values()) or numbers.get("size", 0) < 0:
        raise CourseError(f"{where}: size, x and y must be numbers, and size not below 0.")
    if "x" in numbers and "y" in numbers:
        at = {"x": as_text(numbers["x"]), "y": as_text(numbers["y"]), "z": "0.0"}
        ET.SubElement(place, _tag("position", _VIZ), at)
    if "size" in numbers:
        ET.SubElement(place, _tag("size", _VIZ), value=as_text(numbers["size"]))


def from_gexf(data: bytes) -> nx.Graph:
    """Return the graph of a GEXF file."""
    tree = ET.fromstring(data)
    for place in tree.iter():
        # networkx 3.6 reads no dateTime; as dates the times come through as they are written.
        if place.get("timeformat", "").lower() == "datetime":
            place.set("timeformat", "date")
    graph = nx.read_gexf(io.BytesIO(ET.tostring(tree)), version="1.3")
    for node, row in graph.nodes.items():
        _read_looks(row)
        if row.get("label") == node:
            del row["label"]
    for *_, row in graph.edges(data=True):
        row.pop("id", None)
    for rows in (graph.nodes.values(), (row for *_, row in graph.edges(data=True))):
        for row in rows:
            if "start" in row and row["start"] == row.get("end"):
                row["time"] = as_time(row.pop("start"))
                del row["end"]
    graph.graph.clear()
    return finish(graph)


def _read_looks(row: dict) -> None:
    looks = row.pop("viz", {})
    if colour := looks.get("color"):
        row["colour"] = to_hex([int(colour[part]) / 255 for part in "rgb"])
    if "size" in looks:
        row["size"] = looks["size"]
    if position := looks.get("position"):
        row["x"], row["y"] = position["x"], position["y"]


def to_graphml(graph: nx.Graph, note: str) -> bytes:
    """Return a graph as GraphML, as yEd, Gephi, igraph and Maltego read it."""
    graph, *_ = plain(graph)
    for rows in (graph.nodes.values(), (row for *_, row in graph.edges(data=True))):
        for row in rows:
            row.update({name: as_text(row[name]) for name in row if not _simple(row[name])})
    graph.graph["note"] = note
    # The pure XML writer, so that a file does not depend on whether lxml is installed.
    stream = io.BytesIO()
    nx.write_graphml_xml(graph, stream)
    return stream.getvalue()


def _simple(value: object) -> bool:
    return isinstance(value, (str, bool, int, float))


def from_graphml(data: bytes) -> nx.Graph:
    """Return the graph of a GraphML file."""
    graph = nx.read_graphml(io.BytesIO(data))
    if graph.is_multigraph():
        # The keys are ids of the file; as names of edges they would only confuse.
        graph = _renumbered(graph)
    for *_, row in graph.edges(data=True):
        row.pop("id", None)
    graph.graph.clear()
    return finish(graph)


def _renumbered(graph: nx.Graph) -> nx.Graph:
    copy = graph.__class__()
    copy.add_nodes_from(graph.nodes(data=True))
    for one, two, row in graph.edges(data=True):
        copy.add_edge(one, two, **row)
    return copy


_PAJEK = re.compile(r'["\\&\n\t]')


def to_pajek(graph: nx.Graph, note: str) -> bytes:
    r"""Return a graph as Pajek .net: ids, weights and places.

    Pajek has no escape for a quote inside a label, but it reads characters written as numbers, as
    in &#34;, so that is how the few that break a line are written. networkx writes quotes as they
    are; igraph cannot read that.
    """
    graph, *_ = plain(graph)
    place = {node: number for number, node in enumerate(graph, 1)}
    mark = " ".join(note.split())
    lines = [f"*Network {mark}", f"*Vertices {len(place)}"]
    for node, number in place.items():
        data = graph.nodes[node]
        at = f" {data['x']} {data['y']} 0.0" if {"x", "y"} <= data.keys() else ""
        label = _PAJEK.sub(lambda found: f"&#{ord(found[0])};", node)
        lines.append(f'{number} "{label}"{at}')
    lines.append("*Arcs" if graph.is_directed() else "*Edges")
    for one, two, data in graph.edges(data=True):
        lines.append(f"{place[one]} {place[two]} {data.get('weight', 1)}")
    return ("\n".join(lines) + "\n").encode()


def from_pajek(data: bytes) -> nx.Graph:
    """Return the graph of a Pajek file, by its vertices, arcs and edges."""
    graph: nx.Graph | None = None
    nodes: dict[str, tuple[str, dict]] = {}
    ties, kinds, part = [], set(), ""
    for raw in data.decode("utf-8-sig").split("\n"):
        line = raw.strip()
        if line.startswith("*"):
            part = line[1:].split()[0].lower()
        elif line and not line.startswith("%") and part == "vertices":
            number, rest = line.split(maxsplit=1)
            found = re.match(r'"([^"]*)"|(\S+)', rest)
            label = html.unescape(found[1] if found[1] is not None else found[2])
            numbers = re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", rest[found.end() :])
            at = {"x": float(numbers[0]), "y": float(numbers[1])} if len(numbers) > 1 else {}
            nodes[number] = (label, at)
        elif line and part in ("arcs", "edges"):
            kinds.add(part)
            one, two, *weight = line.split()
            ties.append((one, two, float(weight[0]) if weight else 1.0))
        elif part in ("arcs", "edges"):
            continue
    if not part:
        raise ValueError("it has no line *Vertices")
    directed = "arcs" in kinds or (not kinds and b"*Edges" not in data)
    graph = nx.MultiDiGraph() if directed else nx.MultiGraph()
    graph.add_nodes_from(nodes.values())
    for one, two, weight in ties:
        graph.add_edge(nodes[one][0], nodes[two][0], weight=weight)
    return finish(graph)


def to_dl(graph: nx.Graph, note: str) -> bytes:
    """Return a graph as a UCINET DL edge list: ids and one weight for each pair.

    A DL file is a matrix, so parallel edges are added up, and an undirected edge stands in both
    directions. Characters outside plain letters, digits, `.`, `-` and `_` are written as in web
    addresses (%20), because UCINET splits labels at spaces and commas. DL has no place for `note`.
    """
    graph, *_ = plain(graph)
    if not graph:
        raise CourseError("A UCINET file needs at least one node, and this graph has none.")
    place = {node: number for number, node in enumerate(graph, 1)}
    matrix: dict[tuple[int, int], float] = defaultdict(int)
    for one, two, weight in graph.edges(data="weight", default=1):
        matrix[place[one], place[two]] += weight
        if not graph.is_directed() and one != two:
            matrix[place[two], place[one]] += weight
    lines = [f"DL n={len(place)}", "format = edgelist1", "labels:"]
    lines += [quote(node, safe="") for node in place]
    lines += ["data:", *(f"{one} {two} {value}" for (one, two), value in matrix.items())]
    return ("\n".join(lines) + "\n").encode()


def from_dl(data: bytes) -> nx.DiGraph:
    """Return the graph of a DL edge list; its edges have a direction, as in a matrix."""
    head, _, body = data.decode("utf-8-sig").partition("data:")
    size, _, labels = head.partition("labels:")
    count = re.search(r"n\s*=\s*(\d+)", size, re.IGNORECASE)
    if not count or "edgelist1" not in size.lower():
        raise ValueError("it is no DL file in the form edgelist1")
    names = [unquote(name) for name in re.split(r"[\s,]+", labels.strip()) if name]
    names = names or [str(number) for number in range(1, int(count[1]) + 1)]
    graph = nx.DiGraph()
    graph.add_nodes_from(names)
    for line in filter(None, map(str.split, body.splitlines())):
        one, two, *weight = line
        weight = float(weight[0]) if weight else 1.0
        graph.add_edge(names[int(one) - 1], names[int(two) - 1], weight=weight)
    return graph
