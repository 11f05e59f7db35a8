"""Link charts: tables for Maltego, i2 Analyst's Notebook and Neo4j, and Maltego's own MTGX."""

import csv
import io
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

import networkx as nx

from socmint.errors import CourseError
from socmint.interop.plain import MARK, Kinds, as_text, as_time, bare, finish, guard, plain


@dataclass(frozen=True)
class Layout:
    """How one program wants its two tables: names of columns, and words where we have none."""

    nodes: str
    """What is added to the file name for the table of nodes."""
    node_names: dict[str, str]
    edge_names: dict[str, str]
    node_word: str = "entity"
    edge_word: str = "tie"
    mark: str = "utf-8"
    types: dict[str, str] = field(default_factory=dict)
    """What is added to the name of a column of a kind, after a colon."""


LAYOUTS = {
    "maltego": Layout(
        "_entities",
        {"id": "Value", "type": "Entity type", "label": "Label"},
        {"source": "Source", "target": "Target", "kind": "Link label", "time": "Time"},
    ),
    "i2": Layout(
        "_entities",
        {"id": "Entity_ID", "type": "Entity_Type", "label": "Entity_Label"},
        {
            "source": "From_ID",
            "target": "To_ID",
            "kind": "Link_Type",
            "direction": "Link_Direction",
            "time": "Link_Date_Time",
            "weight": "Link_Strength",
        },
        mark="utf-8-sig",  # its wizard guesses the character set, and this mark settles it
    ),
    "neo4j": Layout(
        "_nodes",
        {"id": "id:ID", "type": ":LABEL", "label": "label"},
        {"source": ":START_ID", "target": ":END_ID", "kind": ":TYPE"},
        types={"whole": "long", "number": "double", "flag": "boolean", "time": "datetime"},
    ),
}


def to_tables(graph: nx.Graph, layout: Layout) -> dict[str, bytes]:
    """Return a graph as two CSV files, one for nodes and one for edges."""
    graph, node_kinds, edge_kinds = plain(graph)
    nodes = [{"type": layout.node_word} | data | {"id": node} for node, data in graph.nodes.items()]
    way = "directed" if graph.is_directed() else "undirected"
    edges = [
        {"kind": layout.edge_word} | data | {"source": one, "target": two, "direction": way}
        for one, two, data in graph.edges(data=True)
    ]
    first = ["id", "type", "label"]
    parts = {
        layout.nodes: (nodes, first, node_kinds, layout.node_names),
        "": (edges, ["source", "target", "kind", "direction"], edge_kinds, layout.edge_names),
    }
    made = {}
    for ending, (rows, own, kinds, names) in parts.items():
        columns = own + [name for name in kinds if name not in own]
        made[ending] = to_csv(rows, columns, _headers(columns, kinds, names, layout), layout.mark)
    return made


def _headers(columns: list[str], kinds: Kinds, names: dict, layout: Layout) -> list[str]:
    kind = {name: layout.types.get(kinds.get(name, "text")) for name in columns}
    return [names.get(name) or (f"{name}:{kind[name]}" if kind[name] else name) for name in columns]


def to_csv(rows: list[dict], columns: list[str], headers: list[str], mark: str = "utf-8") -> bytes:
    """Return rows as CSV. Texts are guarded, and a last column says that all of it is invented."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([*headers, MARK])
    for row in rows:
        writer.writerow([*(_cell(row.get(name)) for name in columns), "invented"])
    return stream.getvalue().encode(mark)


def _cell(value: object) -> str:
    if value is None:
        return ""
    # A number is no formula, so a minus stays a minus.
    return guard(value) if isinstance(value, str) else as_text(value)


def from_csv(data: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file without the guard, the mark and empty cells."""
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    return [
        {name: bare(value) for name, value in row.items() if value and name != MARK} for row in rows
    ]


_READ = {"long": int, "double": float, "boolean": "true".__eq__, "datetime": as_time}


def from_tables(nodes: bytes, edges: bytes, layout: Layout) -> nx.Graph:
    """Return the graph of two CSV files. What has no kind in its heading comes back as text."""
    tables = []
    for data, names in ((nodes, layout.node_names), (edges, layout.edge_names)):
        ours = {theirs: name for name, theirs in names.items()}
        tables.append([dict(_read(row, ours)) for row in from_csv(data)])
    undirected = any(row.get("direction") == "undirected" for row in tables[1])
    graph = nx.MultiGraph() if undirected else nx.MultiDiGraph()
    for row in tables[0]:
        if row.get("type") == layout.node_word:
            del row["type"]
        graph.add_node(row.pop("id"), **row)
    for row in tables[1]:
        row.pop("direction", None)
        if row.get("kind") == layout.edge_word:
            del row["kind"]
        if "weight" in row:
            row["weight"] = float(row["weight"])
        graph.add_edge(row.pop("source"), row.pop("target"), **row)
    return finish(graph)


def _read(row: dict[str, str], ours: dict[str, str]):
    for name, value in row.items():
        if name in ours:
            yield ours[name], value
        else:
            name, _, kind = name.partition(":")
            yield name, _READ.get(kind, str)(value)


def specification(name: str) -> bytes:
    """Return the import specification for i2 Analyst's Notebook, as words to follow.

    i2 keeps its own specification files (.ximp) in a form that it does not publish, so this says
    which column goes where; the wizard then saves a .ximp for the next time.
    """
    layout = LAYOUTS["i2"]
    words = {
        "id": "Identity (unique: entities with one identity become one)",
        "type": "Type: match each value to an entity type, or assign Account to all",
        "label": "Label (where it is empty, use the identity)",
        "source": "End 1, Identity",
        "target": "End 2, Identity",
        "kind": "Link, Type",
        "direction": "Link, Direction: directed = end 1 to end 2; undirected = none",
        "time": "Link, Date & Time: yyyy-MM-ddTHH:mm:ssZ, time zone UTC",
        "weight": "Link, Strength as an attribute of kind number",
    }
    lines = [
        f"{MARK}: import specification for i2 Analyst's Notebook",
        "",
        "Character set: UTF-8. Delimiter: comma. Text qualifier: double quote.",
        "Column names: first row. A cell that starts with ' holds the text behind it.",
        "",
        f"1. {name}_entities.csv: one entity on each row (design: entities only).",
        *(f"   {column:16} -> {words[key]}" for key, column in layout.node_names.items()),
        "   any other column -> attribute of the entity, kind text",
        "",
        f"2. {name}.csv: one link on each row (design: two entities and a link).",
        *(f"   {column:16} -> {words[key]}" for key, column in layout.edge_names.items()),
        "   any other column -> attribute of the link, kind text",
        "",
        f"{MARK} in both files: leave it out, or keep it as an attribute of each item.",
        "",
    ]
    return "\r\n".join(lines).encode("utf-8-sig")


_MTG = "http://maltego.paterva.com/xml/mtgx"
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_WEIGHT_OF_A_GRAPH = 200_000_000  # bytes; a larger part of an archive is an attack or a mistake
# Entities that every Maltego has, with the name of their main field.
_ENTITIES = {"person": ("maltego.Person", "person.fullname"), "": ("maltego.Alias", "alias")}
_LABEL = "maltego.link.manual.type"
_OURS = "socmint."


def to_mtgx(graph: nx.Graph, note: str) -> bytes:
    """Return a graph as a Maltego archive: aliases (and persons) with links.

    Built after archives that public tools read and write; no maintained writer was found.
    """
    graph, *_ = plain(graph)
    ET.register_namespace("", _GRAPHML)
    ET.register_namespace("mtg", _MTG)
    root = ET.Element(f"{{{_GRAPHML}}}graphml")
    ET.SubElement(root, f"{{{_GRAPHML}}}desc").text = note
    for number, scope, name in (
        ("d0", "node", "MaltegoEntity"),
        ("d1", "node", "EntityRenderer"),
        ("d2", "edge", "MaltegoLink"),
    ):
        key = {"id": number, "for": scope, "attr.name": name}
        ET.SubElement(root, f"{{{_GRAPHML}}}key", key)
    way = "directed" if graph.is_directed() else "undirected"
    tree = ET.SubElement(root, f"{{{_GRAPHML}}}graph", id="G", edgedefault="directed")
    place = {node: f"n{number}" for number, node in enumerate(graph)}
    for node, data in graph.nodes.items():
        box = ET.SubElement(tree, f"{{{_GRAPHML}}}node", id=place[node])
        kind, main = _ENTITIES.get(as_text(data.get("type", "")), _ENTITIES[""])
        own = [(main, as_text(data.get("label", node))), (f"{_OURS}id", node)]
        own += [(_OURS + name, as_text(value)) for name, value in data.items()]
        _mtg(box, "d0", "MaltegoEntity", kind, [*own, (_OURS + MARK, note)])
        if {"x", "y"} <= data.keys():
            at = ET.SubElement(
                ET.SubElement(box, f"{{{_GRAPHML}}}data", key="d1"), _m("EntityRenderer")
            )
            ET.SubElement(at, _m("Position"), x=as_text(data["x"]), y=as_text(data["y"]))
    for one, two, key, data in graph.edges(keys=True, data=True):
        ends = {"source": place[one], "target": place[two]}
        box = ET.SubElement(tree, f"{{{_GRAPHML}}}edge", {"id": f"e{key}", **ends})
        own = [(_LABEL, as_text(data.get("kind", "tie"))), (f"{_OURS}direction", way)]
        own += [(_OURS + name, as_text(value)) for name, value in data.items()]
        _mtg(box, "d2", "MaltegoLink", "maltego.link.manual-link", own)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            ("version.properties", b"maltego.client.version=4.0.0\nmaltego.mtgx.version=1.4\n"),
            ("Graphs/Graph1.properties", f"name={MARK}\nauthor=\n".encode()),
            ("Graphs/Graph1.graphml", ET.tostring(root, encoding="utf-8", xml_declaration=True)),
        ):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _m(name: str) -> str:
    return f"{{{_MTG}}}{name}"


def _mtg(box: ET.Element, key: str, what: str, kind: str, values: list[tuple[str, str]]) -> None:
    item = ET.SubElement(ET.SubElement(box, f"{{{_GRAPHML}}}data", key=key), _m(what), type=kind)
    own = ET.SubElement(item, _m("Properties"))
    for name, value in values:
        shown = name.removeprefix(_OURS).rsplit(".", 1)[-1]
        about = {"name": name, "displayName": shown, "type": "string"}
        ET.SubElement(ET.SubElement(own, _m("Property"), about), _m("Value")).text = value


def from_mtgx(data: bytes) -> nx.Graph:
    """Return the graph of a Maltego archive; every value comes back as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.getinfo("Graphs/Graph1.graphml").file_size > _WEIGHT_OF_A_GRAPH:
            raise CourseError("The graph in this archive is too large to read.")
        root = ET.fromstring(archive.read("Graphs/Graph1.graphml"))
    nodes, ties = {}, []
    for box in root.iter(f"{{{_GRAPHML}}}node"):
        row, theirs = _read_mtg(box)
        node = row.pop("id", None) or next(iter(theirs.values()), box.get("id"))
        row.pop(MARK, None)
        nodes[box.get("id")] = (node, row)
    way = "directed"
    for box in root.iter(f"{{{_GRAPHML}}}edge"):
        row, _ = _read_mtg(box)
        way = row.pop("direction", way)
        if "weight" in row:
            row["weight"] = float(row["weight"])
        ties.append((box.get("source"), box.get("target"), row))
    graph = nx.MultiGraph() if way == "undirected" else nx.MultiDiGraph()
    graph.add_nodes_from(nodes.values())
    for one, two, row in ties:
        graph.add_edge(nodes[one][0], nodes[two][0], **row)
    return finish(graph)


def _read_mtg(box: ET.Element) -> tuple[dict[str, str], dict[str, str]]:
    ours, theirs = {}, {}
    for item in box.iter(_m("Property")):
        name, value = item.get("name", ""), item.findtext(_m("Value")) or ""
        if name.startswith(_OURS):
            ours[name.removeprefix(_OURS)] = value
        else:
            theirs[name] = value
    return ours, theirs
