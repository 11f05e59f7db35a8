"""Each file is read by a program that is not ours, and comes back as it went."""

import contextlib
import csv
import datetime as dt
import html
import importlib
import io
import json
import os
import re
import struct
import sys
import tempfile
import types
import zipfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from socmint import interop
from socmint.errors import CourseError
from socmint.interop import graphs, links, stix, tables
from socmint.interop.plain import NOTE, as_text, bare, guard

NOON = pd.Timestamp("2026-03-01T12:00:00.250Z")
LATER = NOON + pd.Timedelta(days=2)
GRAPHS = [name for name, one in interop.FORMATS.items() if one.takes == "graph"]
IGRAPH = {
    "graphml": igraph.Graph.Read_GraphML,
    "pajek": igraph.Graph.Read_Pajek,
    "dl": igraph.Graph.Read_DL,
}
ENDING = {name: one.ending for name, one in interop.FORMATS.items()}

# What has broken writers before: quotes, line ends, escapes of other formats, both directions of
# writing, signs that spreadsheets run, and signs made of several characters.
NASTY = [
    '"Quay" said',
    "it's, she said; so\tthere",
    "two\nlines\n\n",
    "<b>&amp;</b> &#38; %41",
    "back\\slash\\n",
    "=1+1",
    "-5",
    "@sea.cat",
    "'quoted",
    " lead and trail ",
    "שלום abc عربي",
    "🐱👩‍👩‍👧 é é",
    "*Vertices 3",
    "data:",
    "null",
    "n0",
    "\x85\u2028\x7f",
    "#N/A",
]
NAMES = st.sampled_from(NASTY) | st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"
    ),
    min_size=1,
    max_size=8,
)


def example(kind=nx.MultiDiGraph):
    """Four nodes, one of them alone; parallel ties where the class allows; every kind of value."""
    graph = kind()
    look = {"colour": "#0072b2", "size": 3.5, "x": 0.25, "y": -2.0}
    graph.add_node("a-1", label='Mar "=1+1" 🐱', type="account", n=4, ok=True, made=NOON, **look)
    graph.add_node("a-2", label="=cmd()", type="person", n=-1)
    graph.add_node("alone")
    graph.add_node("odd 'one' שלום", n=0)
    graph.add_edge("a-1", "a-2", kind="mention", weight=2, time=NOON)
    second = ("a-1", "a-2") if graph.is_multigraph() else ("a-1", "odd 'one' שלום")
    graph.add_edge(*second, kind="reply", weight=1, start=NOON, end=LATER)
    graph.add_edge("a-2", "odd 'one' שלום", kind="follow", weight=3)
    return graph


def word(value):
    """A value as every format can hold it: numbers alike, whole or not."""
    try:
        return as_text(value) if isinstance(value, bool) else str(float(value))
    except (TypeError, ValueError):
        return as_text(value)


def shape(graph, nodes=None, edges=None):
    """What a graph says, for comparing; `nodes` and `edges` name the attributes that count."""

    def kept(row, names):
        return tuple(sorted((k, word(v)) for k, v in row.items() if names is None or k in names))

    def ends(one, two):
        return (one, two) if graph.is_directed() else tuple(sorted((one, two)))

    return (
        graph.is_directed(),
        {node: kept(row, nodes) for node, row in graph.nodes.items()},
        Counter((*ends(a, b), kept(row, edges)) for a, b, row in graph.edges(data=True)),
    )


def wrote(graph, name, folder, **more):
    path = Path(folder) / f"case{ENDING[name]}"
    interop.write(graph, path, name, **more)
    return path


def back(graph, name, folder):
    found = interop.read(wrote(graph, name, folder), name)
    return found["graph"] if name == "excel" else found


# --- what each format keeps ---------------------------------------------------------------------

LOOKS = {"label", "colour", "size", "x", "y"}
KEEPS = {  # attributes of nodes and of edges; None is all
    "gexf": (None, None),
    "graphml": (None, None),
    "mtgx": (None, None),
    "maltego": (None, None),
    "i2": (None, None),
    "neo4j": (None, None),
    "excel": (None, None),
    "stix": ({"label", "type"}, {"kind", "time", "start", "end"}),
    "pajek": ({"x", "y"}, {"weight"}),
}


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.MultiDiGraph, nx.Graph, nx.MultiGraph])
@pytest.mark.parametrize("name", KEEPS)
def test_a_graph_comes_back_with_all_that_the_format_keeps(name, kind, tmp_path):
    nodes, edges = KEEPS[name]
    graph, found = example(kind), back(example(kind), name, tmp_path)
    if name == "stix":
        found = graph.__class__(found)  # STIX relationships always point somewhere
    assert shape(found, nodes, edges) == shape(graph, nodes, edges)


@pytest.mark.parametrize("name", ["gexf", "graphml", "neo4j", "excel"])
def test_kinds_of_values_come_back_where_the_format_has_them(name, tmp_path):
    row = back(example(), name, tmp_path).nodes["a-1"]
    assert (type(row["n"]), type(row["ok"]), type(row["label"])) == (int, bool, str)


@pytest.mark.parametrize("name", [*GRAPHS, "excel"])
def test_an_empty_graph_is_a_file_or_a_clear_sentence(name, tmp_path):
    if name == "dl":
        with pytest.raises(CourseError, match="at least one node"):
            back(nx.DiGraph(), name, tmp_path)
        assert list(tmp_path.iterdir()) == []
        return
    found = back(nx.DiGraph(), name, tmp_path)
    assert (len(found), found.is_directed()) == (0, True)


@pytest.mark.parametrize("name", [*GRAPHS, "excel"])
@settings(max_examples=12, deadline=None)
@given(names=st.lists(NAMES, min_size=2, max_size=4, unique=True), label=NAMES)
def test_names_come_back_letter_by_letter(name, names, label):
    graph = nx.path_graph(names, create_using=nx.DiGraph)
    nx.set_node_attributes(graph, label, "label")
    nx.set_edge_attributes(graph, label, "kind")
    with tempfile.TemporaryDirectory() as folder:
        found = back(graph, name, folder)
    assert list(found) == names
    assert [*found.edges] == [*graph.edges]
    if name not in ("dl", "pajek"):
        # A label that repeats the id says nothing, so it is left out.
        expected = [label for node in names if node != label]
        assert [row["label"] for row in found.nodes.values() if "label" in row] == expected
        assert {row["kind"] for *_, row in found.edges(data=True)} == {label}


def large(nodes, edges):
    """Different directed edges between many nodes, each with a kind."""
    graph = nx.DiGraph()
    graph.add_nodes_from(f"a-{number:06}" for number in range(nodes))
    names = list(graph)
    graph.add_edges_from(
        (
            names[number % nodes],
            names[(number % nodes + 1 + number // nodes) % nodes],
            {"kind": "reply"},
        )
        for number in range(edges)
    )
    assert graph.number_of_edges() == edges
    return graph


@pytest.mark.parametrize("name", [*GRAPHS, "excel"])
def test_many_edges_come_back(name, tmp_path):
    # Size can break a reader that is not ours. Our own readers go through a file row by row, so
    # 1,000 edges show the same.
    nodes, edges = (3000, 20_000) if name in IGRAPH else (200, 1000)
    graph = large(nodes, edges)
    path = wrote(graph, name, tmp_path)
    found = interop.read(path, name)
    found = found["graph"] if name == "excel" else found
    assert [*found] == [*graph]
    assert {*found.edges} == {*graph.edges}
    if name in IGRAPH:
        theirs = IGRAPH[name](str(path))
        assert (theirs.vcount(), theirs.ecount()) == (nodes, edges)


# --- every file ---------------------------------------------------------------------------------


def everything(folder):
    """One file of each format, as format, path and all the bytes in it, unpacked."""
    spots = pd.DataFrame({"name": ["Quay"], "lon": [-30.5], "lat": [10.5]})
    seen = pd.DataFrame({"account_id": ["a-1"], "time": [NOON], "text": ["=hello"]})
    data = {"graph": example(), "places": spots, "events": seen}
    for name, one in interop.FORMATS.items():
        part = data if one.takes == "all" else data[one.takes]
        for path in interop.write(part, folder / f"{name}{one.ending}", name):
            if path.suffix in (".xlsx", ".mtgx"):
                with zipfile.ZipFile(path) as archive:
                    inside = b"".join(archive.read(item) for item in archive.namelist())
            else:
                inside = path.read_bytes()
            yield name, path, inside


def test_every_file_says_that_it_is_synthetic(tmp_path):
    silent = [path.name for _, path, inside in everything(tmp_path) if b"SYNTHETIC" not in inside]
    assert silent == ["dl.dl"]  # DL has no place for a word that is not data


def test_no_file_tells_whose_computer_made_it(tmp_path, monkeypatch):
    for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME"):
        monkeypatch.setenv(name, "quillfeather")
    folder = tmp_path / "quillfeather"
    folder.mkdir()
    words = [b"quillfeather", str(tmp_path).encode(), str(Path.home()).encode() + b"/"]
    told = [
        path.name for _, path, inside in everything(folder) if any(one in inside for one in words)
    ]
    assert told == []


def test_the_table_of_formats_and_the_page_name_the_same_formats():
    page = Path(__file__).parent.parent.joinpath("docs", "interop.md").read_text("utf-8")
    named = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert named == list(interop.formats().index) == list(interop.FORMATS)


def test_handling_stands_in_the_file_and_must_be_known(tmp_path):
    assert b"TLP:RED" in wrote(example(), "gexf", tmp_path, handling="RED").read_bytes()
    with pytest.raises(CourseError, match="no handling 'PINK'"):
        wrote(example(), "gexf", tmp_path, handling="PINK")


def test_a_slip_is_answered_with_the_next_step(tmp_path):
    graph, ties = nx.path_graph(2), pd.DataFrame({"source": ["a"], "target": ["b"]})
    path = tmp_path / "case.gexf"
    for data, where, name, said in [
        (ties, path, None, "from_pandas_edgelist"),
        ([("a", "b")], path, None, "A list cannot be written. Give a networkx graph"),
        (graph, tmp_path / "case.anx", None, r"must end in .*interop\.formats"),
        (graph, path, "Gephi", r"no format 'Gephi'.*interop\.formats"),
        (path, graph, None, "first what, then where"),
    ]:
        with pytest.raises(CourseError, match=said):
            interop.write(data, where, name)
    assert list(tmp_path.iterdir()) == []
    assert interop.write(graph, path, "GEXF") == [path]


@pytest.mark.parametrize(
    ("name", "format", "said"),
    [("a.net", None, "no line"), ("a.kml", None, "<kml>"), ("a.csv", "timeline", "column time")],
)
def test_a_file_of_something_else_is_no_empty_one(name, format, said, tmp_path):
    (tmp_path / name).write_text("<a>\n1</a>\n")
    with pytest.raises(CourseError, match=f"cannot be read as .*{said}"):
        interop.read(tmp_path / name, format)


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_file_is_replaced_whole_or_not_at_all(fails, tmp_path, monkeypatch):
    path = wrote(example(), "gexf", tmp_path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if fails == "fsync" else (Path, "replace")), full)
    with pytest.raises(CourseError, match="cannot be written: No space left on device"):
        wrote(nx.path_graph(9), "gexf", tmp_path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["case.gexf"]


# --- GEXF ---------------------------------------------------------------------------------------

# The rules of the GEXF 1.3 schema for what we write: children in order, then each attribute with
# the words or the kind it may have; a * marks what must be there.
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
NUMBER, COLOUR = r"-?\d+(\.\d+)?(e-?\d+)?", r"\d|\d\d|1\d\d|2[0-4]\d|25[0-5]"
LIFE = {"start": TIME, "end": TIME}
RULES = {
    "gexf": ("meta graph", {"version*": r"1\.3", "schemaLocation": r"\S+ \S+"}),
    "meta": ("creator description", {"lastmodifieddate": r"\d{4}-\d\d-\d\d"}),
    "creator": ("", {}),
    "description": ("", {}),
    "graph": (
        "attributes attributes nodes edges",
        {
            "defaultedgetype": "directed|undirected|mutual",
            "mode": "static|dynamic|slice",
            "timeformat": "integer|double|date|dateTime",
            "timerepresentation": "interval|timestamp",
        },
    ),
    "attributes": ("attribute", {"class*": "node|edge", "mode": "static|dynamic"}),
    "attribute": (
        "",
        {"id*": ".*", "title*": ".*", "type*": "integer|long|double|float|boolean|string"},
    ),
    "nodes": ("node", {}),
    "node": ("attvalues color position size", {"id*": ".*", "label": ".*", **LIFE}),
    "edges": ("edge", {}),
    "edge": (
        "attvalues color",
        {"id": ".*", "source*": ".*", "target*": ".*", "weight": NUMBER, "kind": ".*", **LIFE},
    ),
    "attvalues": ("attvalue", {}),
    "attvalue": ("", {"for*": ".*", "value*": ".*"}),
    "color": ("", {"r*": COLOUR, "g*": COLOUR, "b*": COLOUR}),
    "position": ("", {"x*": NUMBER, "y*": NUMBER, "z*": NUMBER}),
    "size": ("", {"value*": r"\d+(\.\d+)?"}),
}
LOOKING = {"color", "position", "size"}


def faults(data):
    """What a GEXF file has that the schema does not allow."""
    found = []
    for place in ET.fromstring(data).iter():
        space, name = place.tag[1:].split("}")
        right = "http://gexf.net/1.3" + ("/viz" if name in LOOKING else "")
        children, attributes = RULES.get(name, ("", {}))
        known = {key.strip("*"): pattern for key, pattern in attributes.items()}
        given_ = {key.rsplit("}", 1)[-1]: value for key, value in place.attrib.items()}
        order = [children.split().index(child.tag.split("}")[1]) for child in place]
        found += [f"{name}: unknown"] * (name not in RULES)
        found += [f"{name}: {space}"] * (space != right)
        found += [f"{name}: order"] * (order != sorted(order))
        found += [
            f"{name}: no {key}" for key in attributes if key[-1] == "*" and key[:-1] not in given_
        ]
        found += [
            f"{name}: {key}={value}"
            for key, value in given_.items()
            if key not in known or not re.fullmatch(known[key], value, re.DOTALL)
        ]
    return found


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.MultiDiGraph, nx.Graph, nx.MultiGraph])
def test_gexf_keeps_the_rules_of_its_schema(kind):
    assert faults(graphs.to_gexf(example(kind), NOTE)) == []
    assert faults(graphs.to_gexf(kind(), NOTE)) == []


def test_networkxs_own_gexf_breaks_these_rules():
    """So the rules bite, and the reason for our own writer still stands."""
    stream = io.BytesIO()
    nx.write_gexf(
        nx.DiGraph([("a", "b", {"start": "2026-03-01T12:00:00Z"})]), stream, version="1.3"
    )
    assert any("name=" in fault for fault in faults(stream.getvalue()))


def test_networkx_reads_our_gexf():
    data = graphs.to_gexf(example(), NOTE)
    assert b'timeformat="dateTime"' in data
    # networkx 3.6 has no reader for dateTime; told "date", it gives the times as they are written.
    found = nx.read_gexf(io.BytesIO(data.replace(b'"dateTime"', b'"date"')), version="1.3")
    assert found.nodes["a-1"]["label"] == 'Mar "=1+1" 🐱'
    assert found.nodes["a-1"]["viz"] == {
        "color": {"r": 0, "g": 114, "b": 178, "a": 1.0},
        "size": 3.5,
        "position": {"x": 0.25, "y": -2.0, "z": 0.0},
    }
    once, lasting, ever = (row for *_, row in found.edges(data=True))
    assert (once["start"], once["end"]) == ("2026-03-01T12:00:00.250000Z",) * 2
    assert (lasting["start"], lasting["end"]) == (as_text(NOON), as_text(LATER))
    assert "start" not in ever
    assert [row["kind"] for *_, row in found.edges(data=True)] == ["mention", "reply", "follow"]


def test_gexf_written_by_networkx_is_read_as_well(tmp_path):
    graph = nx.Graph([("a", "b", {"weight": 2.0})])
    nx.write_gexf(graph, tmp_path / "theirs.gexf")  # its default, an older draft
    assert shape(interop.read(tmp_path / "theirs.gexf")) == shape(graph)


def test_gexf_says_what_colour_and_size_it_cannot_draw():
    coloured = nx.Graph()
    coloured.add_node("a", colour="sea")
    with pytest.raises(CourseError, match="Node a: 'sea' is no colour"):
        graphs.to_gexf(coloured, NOTE)
    for size in (-1, "big"):
        sized = nx.Graph()
        sized.add_node("a", size=size)
        with pytest.raises(CourseError, match="Node a: size"):
            graphs.to_gexf(sized, NOTE)


# --- GraphML, Pajek, DL: igraph reads them -------------------------------------------------------


def by_igraph(graph, name, **more):
    with tempfile.TemporaryDirectory() as folder:
        return IGRAPH[name](str(wrote(graph, name, folder)), **more)


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.MultiDiGraph, nx.Graph, nx.MultiGraph])
def test_igraph_reads_our_graphml(kind):
    graph = example(kind)
    found = by_igraph(graph, "graphml")
    ids = found.vs["id"]
    assert found.is_directed() == graph.is_directed()
    assert ids == list(graph)
    assert found.vs["label"] == ['Mar "=1+1" 🐱', "=cmd()", "", ""]
    assert found["note"].startswith("SYNTHETIC")
    ours = Counter((a, b, row["kind"], row["weight"]) for a, b, row in graph.edges(data=True))
    theirs = Counter(
        (ids[tie.source], ids[tie.target], tie["kind"], tie["weight"]) for tie in found.es
    )
    assert theirs == ours


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.MultiDiGraph, nx.Graph, nx.MultiGraph])
def test_igraph_and_networkx_read_our_pajek(kind, tmp_path):
    graph = example(kind)
    path = wrote(graph, "pajek", tmp_path)
    theirs, other = igraph.Graph.Read_Pajek(str(path)), nx.read_pajek(path)
    assert theirs.is_directed() == other.is_directed() == graph.is_directed()
    assert theirs.vs["name"] == [*other] == [*graph]
    ours = [(a, b, row["weight"]) for a, b, row in graph.edges(data=True)]
    names = theirs.vs["name"]
    assert [(names[t.source], names[t.target], t["weight"]) for t in theirs.es] == ours
    assert [(a, b, row["weight"]) for a, b, row in other.edges(data=True)] == ours
    assert (theirs.vs[0]["x"], theirs.vs[0]["y"]) == (0.25, -2.0)


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.MultiDiGraph, nx.Graph, nx.MultiGraph])
def test_igraph_reads_our_dl_as_the_same_matrix(kind):
    graph = example(kind)
    graph.add_edge("a-1", "a-1", weight=5)  # a tie to oneself stands once
    found = by_igraph(graph, "dl", directed=True)
    assert [unquote(name) for name in found.vs["name"]] == [*graph]
    ours = nx.to_numpy_array(graph)
    assert np.array_equal(np.array(found.get_adjacency(attribute="weight").data), ours)


@pytest.mark.parametrize(
    ("name", "undo"), [("graphml", str), ("pajek", html.unescape), ("dl", unquote)]
)
@settings(max_examples=25, deadline=None)
@given(names=st.lists(NAMES, min_size=2, max_size=5, unique=True))
def test_igraph_reads_every_name(name, undo, names):
    graph = nx.path_graph(names)
    nx.set_node_attributes(graph, {node: node + "!" for node in names}, "label")
    found = by_igraph(graph, name)
    column = "label" if name == "graphml" else "name"  # igraph keeps the escapes in GraphML ids
    ours = [node + "!" for node in names] if name == "graphml" else names
    assert [undo(one) for one in found.vs[column]] == ours


def test_a_dl_file_by_another_hand_is_read(tmp_path):
    path = tmp_path / "theirs.dl"
    path.write_text("dl\nformat = edgelist1\nn=3\nlabels:\nana, bo,cy\ndata:\n1 2 1.5\n3 1\n")
    found = interop.read(path)
    assert [*found.edges(data="weight")] == [("ana", "bo", 1.5), ("cy", "ana", 1.0)]


# --- link charts --------------------------------------------------------------------------------


def test_networkx_reads_the_graph_in_our_maltego_archive(tmp_path):
    graph = example()
    with zipfile.ZipFile(wrote(graph, "mtgx", tmp_path)) as archive:
        assert archive.testzip() is None
        assert {*archive.namelist()} == {
            "version.properties",
            "Graphs/Graph1.properties",
            "Graphs/Graph1.graphml",
        }
        data = archive.read("Graphs/Graph1.graphml")
    with pytest.warns(UserWarning, match="No key type"):  # Maltego's own files name no type either
        found = nx.read_graphml(io.BytesIO(data))
    place = dict(zip(graph, found, strict=True))
    assert [*found.edges()] == [(place[one], place[two]) for one, two in graph.edges()]
    kinds = {item.get("type") for item in ET.fromstring(data).iter() if "Maltego" in item.tag}
    assert kinds == {"maltego.Alias", "maltego.Person", "maltego.link.manual-link"}


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = wrote(example(), "mtgx", tmp_path)
    monkeypatch.setattr(links, "_WEIGHT_OF_A_GRAPH", 100)
    with pytest.raises(CourseError, match="too large"):
        interop.read(path)


def rows_of(path, mark="utf-8"):
    with path.open(encoding=mark, newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.mark.parametrize(
    ("name", "more", "node", "ends", "mark"),
    [
        ("maltego", "_entities", "Value", ("Source", "Target"), "utf-8"),
        ("i2", "_entities", "Entity_ID", ("From_ID", "To_ID"), "utf-8-sig"),
        ("neo4j", "_nodes", "id:ID", (":START_ID", ":END_ID"), "utf-8"),
    ],
)
def test_every_tie_names_nodes_that_the_other_table_has(name, more, node, ends, mark, tmp_path):
    graph = example()
    path = wrote(graph, name, tmp_path)
    nodes, ties = rows_of(path.with_stem(path.stem + more), mark), rows_of(path, mark)
    assert [row[node] for row in nodes] == [*graph]
    assert [tuple(row[end] for end in ends) for row in ties] == [*graph.edges()]


def test_neo4j_gets_headings_with_kinds(tmp_path):
    path = wrote(example(), "neo4j", tmp_path)
    nodes = path.with_stem("case_nodes").read_text("utf-8").splitlines()[0].split(",")
    ties = path.read_text("utf-8").splitlines()[0].split(",")
    assert {"id:ID", ":LABEL", "n:long", "ok:boolean", "size:double", "made:datetime"} <= {*nodes}
    assert {":START_ID", ":END_ID", ":TYPE", "weight:long", "time:datetime"} <= {*ties}


def test_the_specification_for_i2_names_every_column_of_ours(tmp_path):
    path = wrote(nx.Graph([("a", "b", {"time": NOON, "weight": 1})]), "i2", tmp_path)
    words = (tmp_path / "case_specification.txt").read_text("utf-8-sig")
    heads = [
        *rows_of(path, "utf-8-sig")[0],
        *rows_of(tmp_path / "case_entities.csv", "utf-8-sig")[0],
    ]
    assert [head for head in heads if head not in words] == []
    assert {"case.csv:", "case_entities.csv:"} <= {*words.split()}


@given(NAMES | st.text())
def test_the_guard_against_formulas_comes_off_again(value):
    assert bare(guard(value)) == value
    assert not guard(value).lstrip().startswith(tuple("=+-@＝＋－＠"))  # noqa: RUF001


@pytest.mark.parametrize("name", ["maltego", "i2", "neo4j", "timeline"])
def test_no_cell_of_a_csv_file_is_a_formula(name, tmp_path):
    bad = ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1"]  # noqa: RUF001
    if name == "timeline":
        data = pd.DataFrame({"time": [NOON] * len(bad), "text": bad})
    else:
        data = nx.path_graph(bad)
        nx.set_edge_attributes(data, "=kind", "kind")
    for path in interop.write(data, tmp_path / "case.csv", name):
        text = path.read_text("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline="")):
            assert [cell for cell in row if cell.lstrip()[:1] in set("=+-@＝")] == []  # noqa: RUF001


# --- STIX ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def oasis():
    """OASIS's validator. Its checks of software names need `cpe`, and no bundle of ours has any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "cpe", types.SimpleNamespace(CPE=None))
        yield importlib.import_module("stix2validator")


def validate(data):
    with oasis() as validator:
        return validator.validate_string(data.decode())


def bundle():
    graph = example()
    graph.nodes["a-2"]["type"] = "threat-actor"
    graph.add_edge("alone", "a-1", opinion="disagree", opinion_reason="one source, and it is old")
    events = pd.DataFrame(
        {
            "account_id": ["a-1", "a-9"],
            "time": [NOON, LATER],
            "text": ["=hello 🐱", "ask a@b.example"],
        }
    )
    return stix.to_stix(graph, events, NOTE, "AMBER")


def test_the_oasis_validator_passes_our_bundle():
    data = bundle()
    result = validate(data)
    assert result.is_valid, result.errors
    said = [str(text) for text in result.warnings]
    # Ids are made from names (UUID version 5), so that one node has one id in every file.
    assert [text for text in said if "{103}" not in text] == []
    kinds = Counter(one["type"] for one in json.loads(data)["objects"])
    assert kinds == {
        "marking-definition": 2,
        "identity": 4,
        "threat-actor": 1,
        "relationship": 4,
        "opinion": 1,
        "observed-data": 2,
        "note": 2,
        "user-account": 2,
    }


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("relationship", "source_ref", None),
        ("identity", "created", "yesterday"),
        ("observed-data", "number_observed", 0),
        ("opinion", "opinion", "maybe"),
    ],
)
def test_the_oasis_validator_refuses_a_broken_bundle(kind, field, value):
    broken = json.loads(bundle())
    thing = next(one for one in broken["objects"] if one["type"] == kind)
    thing.pop(field) if value is None else thing.update({field: value})
    assert not validate(json.dumps(broken).encode()).is_valid


@settings(max_examples=8, deadline=None)
@given(names=st.lists(NAMES, min_size=2, max_size=3, unique=True))
def test_the_oasis_validator_passes_every_name(names):
    with oasis() as validator:
        data = stix.to_stix(nx.path_graph(names), None, NOTE, "GREEN")
        assert validator.validate_string(data.decode()).is_valid


def test_every_stix_object_is_marked_twice_and_labelled():
    objects = json.loads(bundle())["objects"]
    light, statement = (one["id"] for one in objects if one["type"] == "marking-definition")
    assert light == "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"  # TLP:AMBER
    rest = [one for one in objects if one["type"] != "marking-definition"]
    assert all(one["object_marking_refs"] == [light, statement] for one in rest)
    assert all(one["labels"] == ["synthetic"] for one in rest if one["type"] != "user-account")
    assert "SYNTHETIC" in objects[1]["definition"]["statement"]


def test_stix_gives_one_node_one_id_in_every_file():
    ids = [
        {one["name"]: one["id"] for one in json.loads(data)["objects"] if one["type"] == "identity"}
        for data in (bundle(), stix.to_stix(example(), None, NOTE, "RED"))
    ]
    assert ids[0]["alone"] == ids[1]["alone"]
    assert len({*ids[0].values()}) == len(ids[0])


@pytest.mark.parametrize("words", ["ana@mail.test", "see https://harbour.city/x", "WWW.a-b.org"])
def test_stix_takes_no_address_that_might_be_real(words):
    graph = nx.Graph()
    graph.add_node("a", label=words)
    with pytest.raises(CourseError, match="is not an invented address"):
        stix.to_stix(graph, None, NOTE, "AMBER")


def test_opinions_come_back(tmp_path):
    graph = nx.DiGraph([("a", "b", {"opinion": "agree", "opinion_reason": "seen twice"})])
    assert shape(back(graph, "stix", tmp_path)) == shape(graph)


# --- places, events, workbooks ------------------------------------------------------------------


def spots():
    return pd.DataFrame(
        {
            "name": ['Quay "A" & <b>🐱', "שלום\nnew", "=1+1"],
            "lon": [-30.12345, -30.5, 0.0],
            "lat": [10.5, 10.25, -89.99],
            "kind": ["quay", None, "market"],
            "count": [1, 2, 3],
            "time": [NOON, LATER, NOON],
        }
    )


@pytest.mark.parametrize(("name", "title"), [("geojson", "name"), ("kml", "Name")])
def test_gdal_reads_our_points(name, title, tmp_path):
    path = tmp_path / f"spots.{name}"
    interop.write(spots(), path)
    about, _, shapes, values = pyogrio.raw.read(path)
    points = [struct.unpack("<dd", shape[5:21]) for shape in shapes]
    assert points == list(zip(spots()["lon"], spots()["lat"], strict=True))
    columns = dict(zip(about["fields"], values, strict=True))
    assert columns[title].tolist() == spots()["name"].tolist()
    assert [str(one) for one in columns["count"]] == ["1", "2", "3"]
    times = columns["time" if name == "geojson" else "timestamp"]
    assert times.tolist() == spots()["time"].dt.tz_localize(None).dt.to_pydatetime().tolist()


def test_points_come_back(tmp_path):
    for name in ("geojson", "kml"):
        interop.write(spots(), tmp_path / f"spots.{name}")
        found = interop.read(tmp_path / f"spots.{name}")[list(spots())]
        expected = spots().astype({"count": str}) if name == "kml" else spots()
        pd.testing.assert_frame_equal(
            found.fillna("").astype({"count": str}),
            expected.fillna("").astype({"count": str}),
            check_dtype=False,
        )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": ["quay", "home", "quay"]}, "Row 1 is somebody's home"),
        ({"lat": [1, 91, 1]}, "Row 1: lon -30.5, lat 91"),
        ({"lon": [1, None, 1]}, "Row 1 has no lon and lat"),
        ({"lon": ["x", "y", "z"]}, "Row 0 has no lon and lat"),
    ],
)
@pytest.mark.parametrize("name", ["geojson", "kml"])
def test_points_that_may_not_be_drawn(name, change, says, tmp_path):
    with pytest.raises(CourseError, match=says):
        interop.write(spots().assign(**change), tmp_path / f"spots.{name}")


def test_pandas_reads_our_timeline_in_order_of_time(tmp_path):
    table = pd.DataFrame(
        {"account_id": ["007", "a-1"], "time": [LATER, NOON], "text": ['two\n"lines"', "=x"]}
    )
    interop.write(table, tmp_path / "line.csv", "timeline")
    found = pd.read_csv(tmp_path / "line.csv", dtype=str, encoding="utf-8-sig")
    assert found.columns.tolist() == ["time", "account_id", "text", "SYNTHETIC"]
    assert pd.to_datetime(found["time"]).tolist() == [NOON, LATER]
    assert found["text"].tolist() == ["'=x", 'two\n"lines"']
    ours = interop.read(tmp_path / "line.csv", "timeline")
    assert ours.to_dict("list") == {
        "time": [NOON, LATER],
        "account_id": ["a-1", "007"],
        "text": ["=x", 'two\n"lines"'],
    }


def test_calamine_reads_our_workbook(tmp_path):
    path = tmp_path / "case.xlsx"
    events = pd.DataFrame({"time": [NOON], "text": ["=1+1"], "likes": [7], "seen": [True]})
    interop.write({"graph": example(), "events": events}, path)
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["about", "nodes", "edges", "events"]
    head, first, *_ = book.get_sheet_by_name("nodes").to_python()
    row = dict(zip(head, first, strict=True))
    assert (row["id"], row["label"], row["n"]) == ("a-1", 'Mar "=1+1" 🐱', 4)
    head, line = book.get_sheet_by_name("events").to_python()
    assert head == ["time", "text", "likes", "seen"]
    assert line == [NOON.tz_localize(None).to_pydatetime(), "=1+1", 7, True]


def test_a_workbook_has_no_formula_and_says_synthetic_on_each_printed_page(tmp_path):
    path = tmp_path / "case.xlsx"
    interop.write(pd.DataFrame({"=head": ["=1+1", "#N/A", "@x"]}), path)
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
        about = archive.read("docProps/core.xml").decode()
    assert "<f>" not in sheet
    assert 't="e"' not in sheet
    assert sheet.count("SYNTHETIC") == 2  # above and below
    assert "openpyxl" not in about
    found = interop.read(path)["table"]
    assert found.to_dict("list") == {"=head": ["=1+1", "#N/A", "@x"]}


# --- clear sentences ----------------------------------------------------------------------------


def one_node(**row):
    graph = nx.Graph()
    graph.add_node("a", **row)
    return graph


def one_edge(**row):
    return nx.Graph([("a", "b", row)])


TABLE = pd.DataFrame({"lon": [1.0], "lat": [1.0]})


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        ([1, 2], "a.gexf", "A list cannot be written"),
        (TABLE, "a.gexf", "gexf takes a graph, and this is a table"),
        (example(), "a.kml", "kml takes no graph"),
        ({}, "a.gexf", "gexf needs a graph"),
        ({"graph": TABLE}, "a.gexf", "A DataFrame is not a graph"),
        ({"places": example()}, "a.kml", "A MultiDiGraph is not a table"),
        ({"graph": example(), "events": TABLE}, "a.net", "pajek takes no events"),
        ({"graph": TABLE}, "a.xlsx", 'Call the graph "graph"'),
        ({"nodes": TABLE}, "a.xlsx", "A sheet cannot be called 'nodes'"),
        (example(), "a.doc", "a.doc must end in one of: .csv, .dl"),
        (example(), "a.csv", "Say which one you mean"),
        (example(), "missing/a.gexf", "There is no folder"),
        (nx.Graph([(1, "1")]), "a.gexf", "Two nodes have the same id"),
        (nx.Graph([("", "b")]), "a.gexf", "A node has an empty id"),
        (one_node(viz={"size": 2}), "a.gexf", "Node a, viz is a dict"),
        (one_node(label="a\x00b"), "a.gexf", r"Node a, label holds the character '\\x00'"),
        (nx.Graph([("a\ud800", "b")]), "a.gexf", r"holds the character '\\ud800'"),
        (one_node(**{"id": 1}), "a.gexf", "cannot be called 'id'"),
        (one_node(**{"two words": 1}), "a.gexf", "cannot be called 'two words'"),
        (one_node(n=2**60), "a.gexf", "is too large"),
        (one_node(n=float("inf")), "a.gexf", "Node a, n is infinite"),
        (one_node(t=pd.Timestamp("2026-03-01")), "a.gexf", "Node a, t has no time zone"),
        (one_edge(weight="much"), "a.gexf", "weight of an edge must be a number"),
        (one_edge(time=NOON, end=LATER), "a.gexf", "a to b has a time, and start or end as well"),
        (one_edge(opinion="maybe"), "a.json", "STIX has no opinion 'maybe'"),
        ({"graph": example(), "events": TABLE}, "a.json", "needs an account_id and a time"),
        (TABLE[["lon"]], "a.kml", "needs the columns lon and lat"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "a.xlsx", "a name of its own"),
        (pd.DataFrame({"a": ["x" * 40_000]}), "a.xlsx", "Excel takes 32,767 characters"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_sentence(data, name, says, tmp_path):
    with pytest.raises(CourseError, match=says):
        interop.write(data, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_timeline_needs_times(tmp_path):
    for table in (TABLE, pd.DataFrame({"time": [NOON, None]}), pd.DataFrame({"time": ["soon"]})):
        with pytest.raises(CourseError, match="needs a column time"):
            interop.write(table, tmp_path / "a.csv", "timeline")


def test_a_format_and_its_ending_go_together(tmp_path):
    with pytest.raises(CourseError, match="There is no format 'word'"):
        interop.write(example(), tmp_path / "a.csv", "word")
    with pytest.raises(CourseError, match=r"A file for i2 ends in \.csv"):
        interop.write(example(), tmp_path / "a.gexf", "i2")


@pytest.mark.parametrize("name", interop.FORMATS)
@pytest.mark.parametrize("inside", [b"", b"\x00\xff nothing", b"<a/>", b"{}", b"a,b\n1,2\n"])
def test_what_cannot_be_read_is_said_in_one_sentence(name, inside, tmp_path):
    path = tmp_path / f"a{ENDING[name]}"
    with pytest.raises(CourseError, match="There is no file"):
        interop.read(path, name)
    path.write_bytes(inside)
    if name in links.LAYOUTS:
        path.with_stem("a" + links.LAYOUTS[name].nodes).write_bytes(inside)
    try:
        found = interop.read(path, name)
    except CourseError as error:
        assert "cannot be read as" in str(error)
    else:
        # Some formats have no rule that an empty or other text file breaks; then nothing comes.
        assert len(found) == 0 or (name == "timeline" and inside == b"a,b\n1,2\n")


def test_times_that_pandas_and_python_give_are_one():
    paris = dt.timezone(dt.timedelta(hours=1))
    rows, kinds = tables.plain_table(
        pd.DataFrame({"t": [dt.datetime(2026, 3, 1, 13, tzinfo=paris)], "d": [dt.date(2026, 3, 1)]})
    )
    assert kinds == {"t": "time", "d": "text"}
    assert (as_text(rows[0]["t"]), rows[0]["d"]) == ("2026-03-01T12:00:00Z", "2026-03-01")


def test_mixed_values_of_one_attribute_become_one_kind():
    graph = nx.Graph()
    graph.add_node("a", n=1, m=1)
    graph.add_node("b", n=2.5, m="x")
    data = ET.fromstring(graphs.to_gexf(graph, NOTE))
    kinds = {one.get("title"): one.get("type") for one in data.iter() if one.get("title")}
    assert kinds == {"n": "double", "m": "string"}
