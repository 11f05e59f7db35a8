"""Tables: places for maps, events for timelines, and everything for Excel."""

import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from socmint.errors import CourseError
from socmint.interop.links import from_csv, to_csv
from socmint.interop.plain import (
    MARK,
    Kinds,
    Rows,
    as_text,
    as_time,
    finish,
    guard,
    kind_of,
    plain,
    plain_table,
)

_KML = "http://www.opengis.net/kml/2.2"
_CELL, _ROWS = 32_767, 1_048_575  # what Excel takes: characters in a cell, rows below the heading


def places(table: pd.DataFrame) -> tuple[Rows, Kinds]:
    """Return the plain rows of a table of places.

    Raises:
        CourseError: no `lon` and `lat`, degrees out of range, or a row that is somebody's home.
    """
    rows, kinds = plain_table(table)
    if not {"lon", "lat"} <= kinds.keys():
        raise CourseError("A table of places needs the columns lon and lat, in degrees.")
    for number, row in enumerate(rows):
        lon, lat = row.get("lon"), row.get("lat")
        if kind_of(lon) not in ("whole", "number") or kind_of(lat) not in ("whole", "number"):
            raise CourseError(f"Row {number} has no lon and lat. Leave such rows out first.")
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise CourseError(f"Row {number}: lon {lon}, lat {lat} is nowhere on Earth.")
        if str(row.get("kind", "")).lower() == "home":
            raise CourseError(
                f"Row {number} is somebody's home. A map shows no homes: leave such rows out."
            )
    return rows, kinds


def to_geojson(table: pd.DataFrame, note: str) -> bytes:
    """Return places as GeoJSON points. Source: RFC 7946."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {
                name: as_text(value) if kind_of(value) == "time" else value
                for name, value in row.items()
                if name not in ("lon", "lat")
            },
        }
        for row in places(table)[0]
    ]
    whole = {"type": "FeatureCollection", "note": note, "features": features}
    return json.dumps(whole, ensure_ascii=False).encode()


def from_geojson(data: bytes) -> pd.DataFrame:
    """Return the points of a GeoJSON file as a table."""
    rows = []
    for feature in json.loads(data)["features"]:
        lon, lat, *_ = feature["geometry"]["coordinates"]
        rows.append({**(feature["properties"] or {}), "lon": float(lon), "lat": float(lat)})
    return _table(rows)


def to_kml(table: pd.DataFrame, note: str) -> bytes:
    """Return places as KML points; `name` is shown, `time` becomes a time stamp."""
    ET.register_namespace("", _KML)
    root = ET.Element(_k("kml"))
    box = ET.SubElement(root, _k("Document"))
    ET.SubElement(box, _k("name")).text = f"{MARK} places"
    ET.SubElement(box, _k("description")).text = note
    for row in places(table)[0]:
        spot = ET.SubElement(box, _k("Placemark"))
        if "name" in row:
            ET.SubElement(spot, _k("name")).text = as_text(row["name"])
        if kind_of(row.get("time")) == "time" and row.get("time") is not None:
            ET.SubElement(ET.SubElement(spot, _k("TimeStamp")), _k("when")).text = as_text(
                row["time"]
            )
        rest = {k: v for k, v in row.items() if k not in ("name", "time", "lon", "lat")}
        if rest:
            more = ET.SubElement(spot, _k("ExtendedData"))
            for name, value in rest.items():
                ET.SubElement(
                    ET.SubElement(more, _k("Data"), name=name), _k("value")
                ).text = as_text(value)
        point = ET.SubElement(spot, _k("Point"))
        ET.SubElement(point, _k("coordinates")).text = f"{row['lon']},{row['lat']}"
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _k(name: str) -> str:
    return f"{{{_KML}}}{name}"


def from_kml(data: bytes) -> pd.DataFrame:
    """Return the points of a KML file as a table; all but lon, lat and time is text."""
    rows = []
    root = ET.fromstring(data)
    if root.tag != _k("kml"):
        raise ValueError("it does not start with <kml>")
    for spot in root.iter(_k("Placemark")):
        row: dict[str, Any] = {}
        for name, path in (("name", _k("name")), ("time", f"{_k('TimeStamp')}/{_k('when')}")):
            if value := spot.findtext(path):
                row[name] = value
        for item in spot.iter(_k("Data")):
            row[item.get("name")] = item.findtext(_k("value"))
        at = spot.findtext(f"{_k('Point')}/{_k('coordinates')}") or ""
        lon, lat, *_ = at.strip().split(",")
        rows.append(row | {"lon": float(lon), "lat": float(lat)})
    return _table(rows)


def to_timeline(table: pd.DataFrame, note: str) -> bytes:
    """Return events as CSV, in order of time."""
    rows, kinds = plain_table(table)
    if kinds.get("time") != "time" or not all("time" in row for row in rows):
        raise CourseError("A timeline needs a column time, with a time in every row.")
    columns = ["time", *(name for name in kinds if name != "time")]
    return to_csv(sorted(rows, key=lambda row: row["time"]), columns, columns, "utf-8-sig")


def from_timeline(data: bytes) -> pd.DataFrame:
    """Return the events of a timeline; all but `time` is text."""
    table = _table(from_csv(data))
    if len(table) and "time" not in table:
        raise ValueError("it has no column time")
    return table


def _table(rows: Rows) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    if "time" in table:
        table["time"] = pd.to_datetime(table["time"].map(as_time), utc=True)
    return table


def to_excel(parts: dict[str, nx.Graph | pd.DataFrame], note: str) -> bytes:
    """Return a graph and tables as one workbook, each table on a sheet of its own."""
    sheets: dict[str, tuple[Rows, list[str]]] = {}
    about = {"note": note, "times": "All times are UTC."}
    for name, part in parts.items():
        if isinstance(part, nx.Graph):
            graph, node_kinds, edge_kinds = plain(part)
            nodes = [{"id": node, **data} for node, data in graph.nodes.items()]
            edges = [
                {"source": one, "target": two, **data} for one, two, data in graph.edges(data=True)
            ]
            sheets["nodes"] = (nodes, ["id", *node_kinds])
            sheets["edges"] = (edges, ["source", "target", *edge_kinds])
            about["edges"] = "directed" if graph.is_directed() else "undirected"
        else:
            rows, kinds = plain_table(part)
            sheets[name] = (rows, list(kinds))
    for name, (rows, _) in sheets.items():
        if len(rows) > _ROWS:
            raise CourseError(f"{name} has {len(rows):,} rows; Excel takes {_ROWS:,}.")
        longest = max(
            (len(v) for row in rows for v in row.values() if isinstance(v, str)), default=0
        )
        if longest > _CELL:
            raise CourseError(f"Excel takes {_CELL:,} characters in a cell; one has {longest:,}.")
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "SOCMINT course"
    book.properties.title = note
    first = book.create_sheet("about")
    for line in about.items():
        first.append([_box(first, value) for value in line])
    for name, (rows, columns) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        sheet.oddHeader.center.text = sheet.oddFooter.center.text = MARK
        heads = [WriteOnlyCell(sheet, column) for column in columns]
        for head in heads:
            head.data_type, head.font = "s", Font(bold=True)
        sheet.append(heads)
        for row in rows:
            sheet.append([_box(sheet, row.get(column)) for column in columns])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _box(sheet, value: Any) -> Any:
    if kind_of(value) == "time" and value is not None:
        cell = WriteOnlyCell(sheet, value.tz_localize(None).to_pydatetime())
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
        return cell
    if not isinstance(value, str) or (value[0] != "#" and guard(value) == value):
        return value
    # Text stays text: Excel neither runs it now nor when somebody edits the cell.
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def from_excel(data: bytes) -> dict[str, nx.Graph | pd.DataFrame]:
    """Return what a workbook holds: `graph` if there are nodes and edges, and every other table."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    tables = {}
    for sheet in book.worksheets:
        head, *body = list(sheet.iter_rows(values_only=True)) or [()]
        if sheet.title == "about":
            tables["about"] = [dict([head[:2], *(row[:2] for row in body)])]
        else:
            tables[sheet.title] = [
                {
                    str(name): _unboxed(value)
                    for name, value in zip(head, row, strict=False)
                    if value is not None
                }
                for row in body
            ]
    book.close()
    about = tables.pop("about", [{}])[0]
    found: dict[str, Any] = {}
    if {"nodes", "edges"} <= tables.keys():
        undirected = about.get("edges") == "undirected"
        graph = nx.MultiGraph() if undirected else nx.MultiDiGraph()
        for row in tables.pop("nodes"):
            graph.add_node(row.pop("id"), **row)
        for row in tables.pop("edges"):
            graph.add_edge(row.pop("source"), row.pop("target"), **row)
        found["graph"] = finish(graph)
    return found | {name: pd.DataFrame(rows) for name, rows in tables.items()}


def _unboxed(value: Any) -> Any:
    return pd.Timestamp(value, tz="UTC") if hasattr(value, "tzinfo") else value
