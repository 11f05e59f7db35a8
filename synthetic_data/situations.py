"""Situation cards: short cases to sort by where content lies and by what is done with it.

A deck of templates (`situations.toml`) holds each card's class; a world draws forty of them and
fills in its own names and numbers. The levels of authority follow the course's teaching model of
tiers and conducts; they are not law.
"""

import tomllib
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import pandas as pd

from synthetic_data.streams import below, permutation

CARDS = 40
LOOKS = 12
"""The first cards: each a single look that could be repeated."""

TIERS = ("public", "registered", "friends", "private")
CONDUCTS = ("view", "monitor", "bulk", "enter", "relate")
LEVELS = ("0", "1", "2", "3", "4", "not offered")

_FEW = 30  # members; smaller groups are chats among acquaintances


@cache
def deck() -> list[dict[str, Any]]:
    """Return the blocks of the deck, each with its class and its `texts`.

    Example:
        >>> sum(len(block["texts"]) for block in deck()) >= 60
        True
    """
    path = Path(__file__).with_suffix(".toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))["block"]


def make(stream: str, tables: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the cards of a world and fill their slots.

    Args:
        stream: path of the cards' streams, such as `harbour/7/situations`.
        tables: at least accounts and groups. People in scope, when there is one, are not named.

    Returns:
        The cards (card_id, text) and their truth (card_id, tier, conduct, class_once,
        class_repeated, changes, private_information), 40 rows each. The first 12 are single
        looks. `class_once` is the level of authority for the act as told, `class_repeated` for
        the same act daily for three weeks. `private_information` marks public content that tells
        of health, belief, sexuality, family and children, or the home.
    """
    drawn = _draw(stream)
    fill = _Slots(stream, tables)
    # The largest group, big and yet closed, must not miss its card.
    order = sorted(range(CARDS), key=lambda card: "{members}" not in drawn[card][1])
    texts = {card: fill(card, *drawn[card]) for card in order}
    ids = [f"c-{card + 1:02d}" for card in range(CARDS)]
    cards = pd.DataFrame({"card_id": ids, "text": [texts[card] for card in range(CARDS)]})
    blocks = [block for block, _ in drawn]
    once, repeated = zip(*(block["levels"] for block in blocks), strict=True)
    truth = pd.DataFrame(
        {
            "card_id": ids,
            "tier": [block["tier"] for block in blocks],
            "conduct": [block["conduct"] for block in blocks],
            "class_once": list(once),
            "class_repeated": list(repeated),
            "changes": [a != b for a, b in zip(once, repeated, strict=True)],
            "private_information": [block["private"] for block in blocks],
        }
    )
    return cards, truth


def _draw(stream: str) -> list[tuple[dict[str, Any], str]]:
    """Return block and template of each card, the single looks first."""
    looks, spare, rest = [], [], []
    for number, block in enumerate(deck()):
        order = permutation(f"{stream}/block/{number}", len(block["texts"]))
        mine = [(block, block["texts"][i]) for i in order]
        if block.get("look"):
            looks += mine[: block["draw"]]
            spare += mine[block["draw"] :]
        else:
            rest += mine[: block["draw"]]
    looks += _shuffled(stream + "/spare", spare)[: LOOKS - len(looks)]
    return _shuffled(stream + "/looks", looks) + _shuffled(stream + "/rest", rest)


def _shuffled(path: str, items: list) -> list:
    return [items[i] for i in permutation(path, len(items))]


def _records(table: pd.DataFrame, *names: str) -> list[dict[str, Any]]:
    """Return the rows of a table, some columns of them by name."""
    columns = [table[name].to_numpy(dtype=object).tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _by_size(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the largest group first, and chats of a few acquaintances last."""
    most = max(row["members"] for row in groups)
    return sorted(groups, key=lambda row: (row["members"] != most, row["members"] < _FEW))


class _Slots:
    """Fills templates. Names are used in a keyed order; a second time only when all are used."""

    def __init__(self, stream: str, tables: dict[str, pd.DataFrame]):
        self.stream = stream
        accounts = _records(
            tables["accounts"], "account_id", "handle", "platform", "visibility", "district"
        )
        groups = _records(tables["groups"], "name", "platform", "admission", "members")
        if "scope" in tables:
            inside = set(tables["scope"]["account_id"])
            accounts = [row for row in accounts if row["account_id"] not in inside]
        self.districts = sorted({row["district"] for row in accounts})
        self.people = {
            tier: cycle(self._rows(f"people/{tier}", accounts, "visibility", tier))
            for tier in TIERS
        }
        self.open = cycle(_by_size(self._rows("open", groups, "admission", "open")))
        self.closed = cycle(_by_size(self._rows("closed", groups, "admission", "closed")))

    def _rows(self, name: str, rows: list[dict], column: str, value: str) -> list[dict]:
        """Return the rows with a value in a column, in a keyed order; all rows when none has it."""
        fitting = [row for row in rows if row[column] == value] or rows
        return _shuffled(f"{self.stream}/{name}", fitting)

    def __call__(self, card: int, block: dict[str, Any], template: str) -> str:
        if "{group}" in template:
            row = next(self.closed if block["tier"] == "friends" else self.open)
        else:
            row = next(self.people[block["tier"]])
        return template.format(
            handle=row.get("handle", ""),
            group=row.get("name", ""),
            platform=row["platform"],
            members=f"{row.get('members', 0):,}",
            district=self.districts[below(self.stream + "/district", card, len(self.districts))[0]],
            days=14 + below(self.stream + "/days", card, 14)[0],
            count=f"{300 + below(self.stream + '/count', card, 4600)[0]:,}",
        )
