"""STIX 2.1: invented identities, ties and observations as a bundle of objects.

Source: OASIS, STIX Version 2.1, OASIS Standard, 10 June 2021.
"""

import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any

import networkx as nx
import pandas as pd

from socmint.errors import CourseError
from socmint.interop.plain import as_text, as_time, finish, plain, plain_table

# From the standard: its own namespace for observables, and its four traffic lights (TLP 1).
_OBSERVABLE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
_TLP = {
    "CLEAR": ("white", "613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    "GREEN": ("green", "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    "AMBER": ("amber", "f88d31f6-486f-44da-b317-01333bde0b82"),
    "RED": ("red", "5e57c739-391a-4eb3-b6be-7d92ca15ed92"),
}
_OURS = uuid.uuid5(uuid.NAMESPACE_DNS, "socmint.example")
_CLASSES = {
    "account": "individual",
    "person": "individual",
    "group": "group",
    "organisation": "organization",
    "organization": "organization",
}
OPINIONS = ("strongly-disagree", "disagree", "neutral", "agree", "strongly-agree")
_ADDRESS = re.compile(r"(?:https?://|www\.|[\w.+-]+@)([\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)


def to_stix(graph: nx.Graph, events: pd.DataFrame | None, note: str, handling: str) -> bytes:
    """Return a graph, and events if there are any, as a STIX 2.1 bundle.

    A node is an `identity`, or a `threat-actor` where its `type` says so. An edge is a
    `relationship`; its `opinion` becomes an `opinion` on it. An event is `observed-data` about a
    `user-account`; its `text` becomes a `note`.

    Raises:
        CourseError: an address that is not invented, or an opinion that STIX does not know.
    """
    graph, *_ = plain(graph)
    made = _stamp(datetime.now(UTC))
    colour, light = _TLP[handling]
    statement = _id("marking-definition", "synthetic")
    marks = {"object_marking_refs": [f"marking-definition--{light}", statement]}
    author = _id("identity", "the author")
    common = {
        "spec_version": "2.1",
        "created": made,
        "modified": made,
        "created_by_ref": author,
        "labels": ["synthetic"],
        **marks,
    }
    objects: list[dict[str, Any]] = [
        {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": f"marking-definition--{light}",
            "created": "2017-01-20T00:00:00.000Z",
            "definition_type": "tlp",
            "name": f"TLP:{colour.upper()}",
            "definition": {"tlp": colour},
        },
        {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": statement,
            "created": made,
            "definition_type": "statement",
            "definition": {"statement": note},
        },
        {
            "type": "identity",
            "id": author,
            "name": "SOCMINT course (invented)",
            "identity_class": "organization",
            **{name: value for name, value in common.items() if name != "created_by_ref"},
        },
    ]
    for node, data in graph.nodes.items():
        objects.append(_node(node, data) | common)
    for one, two, key, data in graph.edges(keys=True, data=True):
        ends = (_ref(graph, one), _ref(graph, two))
        objects += [thing | common for thing in _edge(ends, f"{one}|{two}|{key}", data)]
    accounts: dict[str, dict] = {}
    for number, row in enumerate(plain_table(events)[0] if events is not None else []):
        account, *seen = _event(row, number, graph)
        accounts[account["id"]] = account | {"spec_version": "2.1", **marks}
        objects += [thing | common for thing in seen]
    objects += accounts.values()
    _only_invented(objects[3:])
    lines = ",\n".join(json.dumps(thing, ensure_ascii=False) for thing in objects)
    number = _id("bundle", made, *graph)
    return f'{{"type": "bundle", "id": "{number}", "objects": [\n{lines}\n]}}\n'.encode()


def _node(node: str, data: dict) -> dict[str, Any]:
    kind = as_text(data.get("type", ""))
    rest = {k: v for k, v in data.items() if k not in ("type", "label", "colour", "size", "x", "y")}
    made: dict[str, Any] = {"type": "identity"}
    if kind == "threat-actor":
        made["type"] = "threat-actor"
        made["threat_actor_types"] = ["unknown"]
    else:
        made["identity_class"] = _CLASSES.get(kind, "unknown")
    made["id"] = _id(made["type"], node)
    made["name"] = as_text(data.get("label", node))
    if rest:
        made["description"] = "; ".join(f"{k}: {as_text(v)}" for k, v in rest.items())
    source = {"source_name": "SOCMINT course", "external_id": node}
    made["external_references"] = [source | ({"description": kind} if kind else {})]
    return made


def _ref(graph: nx.Graph, node: str) -> str:
    actor = graph.nodes[node].get("type") == "threat-actor"
    return _id("threat-actor" if actor else "identity", node)


def _edge(ends: tuple[str, str], name: str, data: dict) -> list[dict[str, Any]]:
    tie = {
        "type": "relationship",
        "id": _id("relationship", name),
        "relationship_type": "related-to",
        "source_ref": ends[0],
        "target_ref": ends[1],
        "description": as_text(data.get("kind", "tie")),
    }
    start = data.get("start", data.get("time"))
    if isinstance(start, pd.Timestamp):
        tie["start_time"] = _stamp(start)
        end = data.get("end")
        if isinstance(end, pd.Timestamp) and end > start:
            tie["stop_time"] = _stamp(end)
    if "opinion" not in data:
        return [tie]
    if data["opinion"] not in OPINIONS:
        raise CourseError(f"STIX has no opinion {data['opinion']!r}; it has {', '.join(OPINIONS)}.")
    opinion = {
        "type": "opinion",
        "id": _id("opinion", name),
        "opinion": data["opinion"],
        "object_refs": [tie["id"]],
    }
    if "opinion_reason" in data:
        opinion["explanation"] = as_text(data["opinion_reason"])
    return [tie, opinion]


def _event(row: dict, number: int, graph: nx.Graph) -> list[dict[str, Any]]:
    who, time = row.get("account_id"), row.get("time")
    if not isinstance(who, str) or not isinstance(time, pd.Timestamp):
        raise CourseError(
            f"Event {number} needs an account_id and a time: STIX says who was seen when."
        )
    login = as_text(graph.nodes[who].get("label", who)) if who in graph else who
    known = {"account_login": login, "user_id": who}
    words = json.dumps(known, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    account = {
        "type": "user-account",
        "id": f"user-account--{uuid.uuid5(_OBSERVABLE, words)}",
        **known,
    }
    seen = {
        "type": "observed-data",
        "id": _id("observed-data", str(number), who, as_text(time)),
        "first_observed": _stamp(time),
        "last_observed": _stamp(time),
        "number_observed": 1,
        "object_refs": [account["id"]],
    }
    if "text" not in row:
        return [account, seen]
    content = as_text(row["text"])
    note = {"type": "note", "id": _id("note", seen["id"]), "content": content}
    return [account, seen, note | {"object_refs": [seen["id"]]}]


def _only_invented(objects: list[dict]) -> None:
    for thing in objects:
        for value in thing.values():
            # A look for a dot first: the search itself is slow on many short texts.
            for host in _ADDRESS.findall(value) if isinstance(value, str) and "." in value else ():
                if not host.lower().endswith(".example"):
                    raise CourseError(
                        f"{host} is not an invented address. A STIX file leaves the house, so it "
                        "takes only addresses that end in .example."
                    )


def _id(kind: str, *words: str) -> str:
    return f"{kind}--{uuid.uuid5(_OURS, '|'.join([kind, *words]))}"


def _stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z"


def from_stix(data: bytes) -> nx.Graph:
    """Return the graph of a bundle: identities and actors, relationships, opinions on them."""
    objects = json.loads(data)["objects"]
    graph, place = nx.MultiDiGraph(), {}
    opinions = {
        ref: thing
        for thing in objects
        if thing["type"] == "opinion"
        for ref in thing["object_refs"]
    }
    for thing in objects:
        if thing["type"] not in ("identity", "threat-actor") or not thing.get("created_by_ref"):
            continue
        (source,) = thing.get("external_references", [{"external_id": thing["id"]}])
        row = {"type": source["description"]} if "description" in source else {}
        node = place[thing["id"]] = source["external_id"]
        if thing["name"] != node:
            row["label"] = thing["name"]
        graph.add_node(node, **row)
    for thing in objects:
        if thing["type"] != "relationship":
            continue
        row = {"kind": thing["description"]} if thing.get("description", "tie") != "tie" else {}
        names = {"start_time": "start" if "stop_time" in thing else "time", "stop_time": "end"}
        row |= {ours: as_time(thing[name]) for name, ours in names.items() if name in thing}
        if opinion := opinions.get(thing["id"]):
            row["opinion"] = opinion["opinion"]
            if "explanation" in opinion:
                row["opinion_reason"] = opinion["explanation"]
        graph.add_edge(place[thing["source_ref"]], place[thing["target_ref"]], **row)
    return finish(graph)
