"""Operation LANTERN: what is asked at its end, and what the answer is worth."""

from typing import Any

import numpy as np
import pandas as pd

from socmint.desk.audit import Book
from socmint.desk.profile import load_profile
from socmint.desk.shelf import shelf_of
from synthetic_data import World
from synthetic_data.streams import below

INNOCENT = ("BO", "PR", "JO", "VI", "AM", "BG", "CA", "IM")
WEIGHTS_V = {
    "region": 0.25,
    "who": 0.25,
    "probabilities": 0.20,
    "evidence": 0.15,
    "safeguarding": 0.10,
    "product": 0.05,
}
CLAIMS = {
    "days": {"day"},
    "places": {"place"},
    "who": {"broker", "courier-1", "courier-2"},
    "harm": {"shop-owner"},
}
"""The claims of an answer to Operation LANTERN, and the facts that each needs."""


def propositions(world: World) -> pd.DataFrame:
    """Return six statements on a LANTERN case that an analyst gives probabilities for.

    Which quay and whether a statement is put as it is or denied depend on the seed alone, so the
    statements tell nothing of the truth.

    Returns:
        A table with `proposition_id` and `text`.
    """
    return pd.DataFrame(
        [(f"s-{number}", text) for number, (text, *_) in enumerate(_propositions(world), 1)],
        columns=["proposition_id", "text"],
    )


def _propositions(world: World) -> list[tuple[str, str, bool]]:
    """Return (text, key, denied) for each statement."""
    path = f"desk/propositions/{world.meta['scenario']}/{world.meta['seed']}"
    places = world.tables["places"]
    quays = places.loc[places["kind"] == "quay", "name"].tolist()
    quay = quays[int(below(path + "/quay", 0, len(quays))[0])]
    plain = (
        ("The hand-over is on day 16.", "The hand-over is not on day 16.", "day"),
        (f"The hand-over is at {quay}.", f"The hand-over is not at {quay}.", quay),
        (
            "The meeting that the figurehead calls in public is the hand-over.",
            "The meeting that the figurehead calls in public is not the hand-over.",
            "decoy",
        ),
        ("The figurehead takes part.", "The figurehead does not take part.", "figurehead"),
        (
            "The forum post among the graded items names the right quay.",
            "The forum post among the graded items names a wrong quay.",
            "forum",
        ),
        (
            "Somebody outside the group is in danger because of it.",
            "Nobody outside the group is in danger because of it.",
            "danger",
        ),
    )
    coins = below(path + "/denied", np.arange(len(plain)), 2)
    return [
        (two if coin else one, key, bool(coin))
        for (one, two, key), coin in zip(plain, coins.tolist(), strict=True)
    ]


def truths(world: World) -> dict[str, bool]:
    """Return which of the statements are true, by id."""
    answers = world.truth["answers"].set_index("fact")["value"]
    places = world.tables["places"].set_index("place_id")["name"]
    facts = {
        "day": int(answers["day"]) == 16,
        places[answers["place"]]: True,
        "decoy": False,
        "figurehead": False,
        "forum": False,
        "danger": "shop-owner" in answers.index,
    }
    return {
        f"s-{number}": facts.get(key, False) != denied
        for number, (_, key, denied) in enumerate(_propositions(world), 1)
    }


def value(lines: list[dict], world: World) -> tuple[float, dict[str, float]]:
    """Score what was handed in on a LANTERN case: V, 0 to 1, and its parts.

    The answer is a dict: `days` and `places` (the region: each a list that should hold the true
    one), `who` (account ids), `harm` (account ids to be kept from harm), `probabilities` (by id of
    the statement, see `propositions`), `evidence` (for days, places, who and harm: lists of item
    ids) and `product` (text).
    """
    book = Book(lines, world, shelf_of(world, load_profile()))
    answer, answers = book.answer, world.truth["answers"].set_index("fact")["value"]
    region = [
        1 / len(given) if true in given else 0.0
        for given, true in (
            ({str(day) for day in _list(answer.get("days"))}, str(answers["day"])),
            (set(map(str, _list(answer.get("places")))), answers["place"]),
        )
    ]
    needed = {answers[fact] for fact in CLAIMS["who"]}
    named = set(map(str, _list(answer.get("who"))))
    hits = len(named & needed)
    innocent = sum(book.population.get(name, "BG") in INNOCENT for name in named - needed)
    wrong = len(named - needed) + innocent  # a false accusation counts twice
    who = 2 * hits / (2 * hits + wrong + len(needed - named)) if hits else 0.0
    true_of, given = truths(world), answer.get("probabilities") or {}
    brier = float(
        np.mean([(_chance(given.get(name)) - true) ** 2 for name, true in true_of.items()])
    )
    cited, shares = book.cited(), []
    for claim, facts in CLAIMS.items():
        items = [item for item in cited.get(claim, []) if item in book.seen]
        proven = set().union(*(book.facts_of.get(item, set()) for item in items))
        shares.append(len(proven & facts) / len(facts))
    passed = {
        name: line["day"]
        for line in reversed(lines)
        if line["call"] == "safeguard" and line["status"] == "done"
        for name in line["ids"]
    }
    in_time = [
        row in passed and passed[row] <= book.seen[row] + 1 for row in world.truth["signals"]["row"]
    ]
    parts = {
        "region": float(np.mean(region)),
        "who": who,
        "probabilities": max(0.0, 1 - brier / 0.25),
        "evidence": float(np.mean(shares)),
        "safeguarding": float(np.mean(in_time)),
        "product": _product(str(answer.get("product") or "")),
    }
    return sum(WEIGHTS_V[name] * part for name, part in parts.items()), parts


def _list(value: Any) -> list:
    return list(value) if isinstance(value, (list, tuple, set)) else []


def _chance(value: Any) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and 0 <= value <= 1 else 0.5


def _product(text: str) -> float:
    """Share of four things that a product has: requirement, number, confidence, gap."""
    low = text.lower()
    has = ["r1" in low, "%" in low or "per cent" in low, "confidence" in low, "gap" in low]
    return float(np.mean(has)) if len(low.split()) >= 40 else 0.0
