"""The two pages: findings to choose from, and what comes before and after sending.

Twenty findings lie on the desk, with grades and the items that they rest on; seven belong in the
product for the commander of the port. The items are those of the hand-over case (`handover`), so
people, days and places change with the seed. One of the seven is wrong, which comes out after the
product was sent. Partners ask for parts of it, one of them on no legal basis. The words stand in
`findings.toml`.
"""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np

from synthetic_data.handover import REPORT_DAY
from synthetic_data.society import DAY
from synthetic_data.staged import CANARIES
from synthetic_data.streams import below, permutation

DECISIONS = {"share": 2, "share less": 2, "refuse": 1}
"""How many of the partners that ask get what."""


@cache
def words() -> dict:
    """Return the content of `findings.toml`.

    Example:
        >>> sum(entry["why"] == "belongs" for entry in words()["finding"])
        7
    """
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def make(stream, settings, society, planted, tables, truth):
    """Make the tables of the product, see `layers.add_family`."""
    stream += "/findings"
    items, slots = _case(stream, society, tables, truth)
    entries = _mixed(stream + "/order", words()["finding"])
    ids = [f"fi-{number:02d}" for number in range(1, len(entries) + 1)]
    named = [
        (name, kind, slots[slot], entry["why"] == "belongs" and needed)
        for name, entry in zip(ids, entries, strict=True)
        for slot, kind, needed in entry["identifiers"]
    ]
    marks = [f"id-{number:02d}" for number in range(1, len(named) + 1)]
    corrections, actions = _corrections(stream, society, entries, ids, items, slots)
    partners, decisions = _partners(stream)
    forms = [
        entry
        for kept in (True, False)
        for entry in _mixed(
            f"{stream}/form/{kept}",
            [line for line in words()["form"] if (line["keep"] == "practice") == kept],
        )[: settings["form_lines"] // 2]
    ]
    forms = _mixed(stream + "/form", forms)
    lines = [f"rf-{number:02d}" for number in range(1, len(forms) + 1)]
    made = {
        "findings": {
            "finding_id": ids,
            "text": [entry["text"].format(**slots) for entry in entries],
            "requirement_id": [entry["requirement"] or None for entry in entries],
            "source_grade": [int(entry["grades"][0]) for entry in entries],
            "information_grade": [entry["grades"][1] for entry in entries],
            "items": [
                " ".join(dict.fromkeys(items[name] for name in entry["items"])) for entry in entries
            ],
        },
        "identifiers": {
            "identifier_id": marks,
            "finding_id": [row[0] for row in named],
            "kind": [row[1] for row in named],
            "text": [row[2] for row in named],
        },
        "corrections": corrections,
        "partners": partners,
        "repository_form": {
            "line_id": lines,
            "field": [entry["field"] for entry in forms],
            "text": [entry["text"].format(**slots) for entry in forms],
        },
    }
    sealed = {
        "findings": {
            "finding_id": ids,
            "belongs": [entry["why"] == "belongs" for entry in entries],
            "why": [entry["why"] for entry in entries],
            "handling": [entry["code"] for entry in entries],
        },
        "identifiers": {"identifier_id": marks, "needed": [row[3] for row in named]},
        "corrections": actions,
        "partners": decisions,
        "repository_form": {"line_id": lines, "holds": [entry["keep"] for entry in forms]},
    }
    why = dict(zip(ids, sealed["findings"]["why"], strict=True))
    pick = lambda table, column, value: [  # noqa: E731
        key
        for key, found in zip(next(iter(table.values())), table[column], strict=True)
        if found == value
    ]
    facts = [
        (
            "Seven findings belong in the product",
            "findings",
            [n for n in ids if why[n] == "belongs"],
        ),
        (
            "One finding rests on a canary",
            "findings",
            [n for n in ids if why[n] == "rests on a canary"],
        ),
        (
            "An error comes out after the product was sent",
            "corrections",
            pick(actions, "action", "recall"),
        ),
        ("One partner has no legal basis", "partners", pick(decisions, "lawful", False)),
        (
            "Identifiers that the reader does not need",
            "identifiers",
            pick(sealed["identifiers"], "needed", False),
        ),
    ]
    return made, sealed, [(text, "BG", table, rows, "public", None) for text, table, rows in facts]


def _mixed(path: str, items) -> list:
    return [items[place] for place in permutation(path, len(items))]


def _one(path: str, items):
    return items[int(below(path, 0, len(items))[0])]


def _case(stream, society, tables, truth) -> tuple[dict, dict]:
    """Return ids of items by name, and what stands for the slots of the texts."""
    accounts = tables["accounts"].set_index("account_id")
    handle = accounts["handle"]
    end = society.start + (REPORT_DAY - 1) * DAY
    posts = tables["posts"]
    seconds = posts["time"].astype("int64") // 1_000_000
    early = posts[(seconds < end) & posts["repost_of"].isna() & (posts["tier"] == "public")]
    role_of = truth["people"].set_index("account_id")["role"]
    people, facts = truth["people"], truth["facts"].set_index("statement")["rows"]
    evidence = truth["evidence"].query("table == 'group_posts'")
    said = tables["group_posts"].set_index("group_post_id")["account_id"]
    answers = truth["answers"].set_index("fact")["value"]
    places = tables["places"].set_index("place_id")["name"]
    signals = truth["signals"].set_index("kind")
    threads = truth["threads"].set_index("thread_id")["kind"]
    events = truth["events"].set_index("kind")
    event, show = events["place_id"], events.loc["decoy", "time"]

    def rows(statement):
        return facts[statement].split()

    def by(role, path, among=early):
        """Return an early post of somebody with a role."""
        some = people.loc[people["role"] == role, "account_id"]
        found = among[among["account_id"].isin(some)]
        return found.iloc[int(below(f"{stream}/{path}", 0, len(found))[0])]

    def talk(kind):
        thread = threads.index[threads == kind].item()
        found = tables["messages"]
        return found[found["thread_id"] == thread].iloc[0]

    who, when = (evidence.query("fact == @name")["row"].tolist() for name in ("broker", "day"))
    loud = rows("The figurehead calls everybody to a decoy")
    # A quotation that bears nothing of the finding, and names nobody.
    bland = early[
        ~early["text"].str.contains("@|night|noche|parcel|quay|friday|saturday", case=False)
    ]
    written = set(bland["account_id"])
    canary = _one(
        stream + "/canary",
        [name for name in CANARIES if written & set(role_of.index[role_of == name])],
    )
    canary_post = by(canary, "canary-post", bland)
    tags = (
        tables["locations"]
        .set_index("location_id")
        .loc[rows("The couriers tag one quay and the café beside it")]
    )
    by_post = posts.set_index("post_id")
    times = by_post.loc[tags["post_id"], "time"]
    before = np.flatnonzero(times.astype("int64").to_numpy() // 1_000_000 < end)
    tag = tags.iloc[_one(stream + "/tag", before.tolist() or [int(times.argmin())])]
    tag_post = by_post.loc[tag["post_id"]]
    ill = rows("A closed group holds a medical fact about a bystander")[0]
    armed = early[
        early["post_id"].isin(rows("The group writes a third of the posts in the weapon style"))
    ]
    lawyer, press = talk("lawyer and client"), talk("journalist and source")

    def other_end(line, role):
        return line["receiver"] if role_of[line["sender"]] == role else line["sender"]

    found = {
        "protest": by("organiser", "protest"),
        "push": by("amplifier", "push"),
        "style": by("boaster", "style", armed if len(armed) else early),
        "neighbour": by("resident", "neighbour"),
        "canary": canary_post,
    }
    items = {
        "who": who[0],
        "who again": who[-1],
        "when": when[0],
        "when again": when[-1],
        "loud": loud[0],
        "loud again": loud[-1],
        "afraid": signals.loc["shop owner", "row"],
        "tag": tag.name,
        "tip": "t-2",
        "post": "t-3",
        "ill": ill,
        "lawyer": lawyer["message_id"],
        "press": press["message_id"],
        "distress": signals.loc["distress", "row"],
        **{name: row["post_id"] for name, row in found.items()},
    }
    shop = answers["shop-owner"]
    boast = rows("A boaster names the wrong quay")[0]
    child = signals.loc["recruited child"]
    quays = [name for name in places if name.startswith("Quay ")]
    account = {
        "broker": answers["broker"],
        "first": answers["courier-1"],
        "second": answers["courier-2"],
        "shop": shop,
        "figurehead": people.loc[people["role"] == "figurehead", "account_id"].iloc[0],
        "writer": said[who[0]],
        "speaker": said[when[0]],
        "other": said[when[-1]],
        "tagger": tag_post["account_id"],
        "ill": said[ill],
        "client": other_end(lawyer, "lawyer"),
        "source": other_end(press, "journalist"),
        "sad": signals.loc["distress", "account_id"],
        "child": child["account_id"],
        "organiser": found["protest"]["account_id"],
        "pusher": found["push"]["account_id"],
        "boaster": found["style"]["account_id"],
        "neighbour": found["neighbour"]["account_id"],
        "canary": canary_post["account_id"],
    }
    slots = {name: handle[key] for name, key in account.items()} | {
        "day": answers["day"],
        "quay": places[answers["place"]],
        "decoy": places[event["decoy"]],
        "decoy_day": str(show.day),
        "weekday": f"{show:%A}",
        "boast": next(name for name in quays if name in by_post.loc[boast, "text"]),
        "bakery": places[event["danger"]],
        "home": accounts.loc[shop, "district"],
        "place": places[tag["place_id"]],
        "tag_day": str(tag_post["time"].day),
        "tag_time": f"{tag_post['time']:%H:%M}",
        "quote": canary_post["text"],
        "odd": _one(stream + "/odd", [q for q in quays if q != places[answers["place"]]]),
        "child_day": str(child["first_day"]),
    }
    return items, slots


def _corrections(stream, society, entries, ids, items, slots) -> tuple[dict, dict]:
    """Return what comes in after the product was sent, and what to do with it."""
    place = {tuple(entry["items"]): name for entry, name in zip(entries, ids, strict=True)}
    known = {name: items[name] for name in ("tag", "afraid", "neighbour")}
    rows = []
    for kind, finding, action in (
        ("recall", place["tag",], "recall"),
        ("spelling", place["afraid",], "note"),
        ("unsent", place["neighbour",], "none"),
        ("namesake", None, "none"),
    ):
        text = words()["corrections"][kind].format(**(slots | known))
        rows.append((text, finding, action))
    rows = _mixed(stream + "/corrections", rows)
    days = REPORT_DAY + np.arange(1, len(rows) + 1)  # the first comes a day after the product
    names = [f"co-{number}" for number in range(1, len(rows) + 1)]
    hours = 8 * 3600 + below(stream + "/hours", np.arange(len(rows)), 8 * 3600)
    return (
        {
            "correction_id": names,
            "time": society.start + (days - 1) * DAY + hours,
            "text": [row[0] for row in rows],
        },
        {
            "correction_id": names,
            "finding_id": [row[1] for row in rows],
            "action": [row[2] for row in rows],
        },
    )


def _partners(stream) -> tuple[dict, dict]:
    """Return who asks for what, and what each should get."""
    chosen = [
        entry
        for decision, number in DECISIONS.items()
        for entry in _mixed(
            f"{stream}/partners/{decision}",
            [entry for entry in words()["partner"] if entry["decision"] == decision],
        )[:number]
    ]
    chosen = _mixed(stream + "/partners", chosen)
    names = [f"pa-{number}" for number in range(1, len(chosen) + 1)]
    return (
        {"partner_id": names}
        | {name: [entry[name] for entry in chosen] for name in ("name", "text", "basis", "need")},
        {
            "partner_id": names,
            "decision": [entry["decision"] for entry in chosen],
            "lawful": [entry["decision"] != "refuse" for entry in chosen],
        },
    )
