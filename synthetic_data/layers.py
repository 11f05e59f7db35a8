"""Lay the tables of the city over a world: persons, devices, places, locations and more.

These tables stand beside the others and draw from streams of their own. So a city of seed 7 has
the accounts, posts and ties of the harbour of seed 7, but for what the city itself plants.
"""

import numpy as np
import pandas as pd

from synthetic_data import city, persons, schema, whereabouts
from synthetic_data.society import DAY, Society

_OPENNESS = {"public": 0, "registered": 1, "friends": 2, "private": 3}


def add(stream, settings, society: Society, planted, tables, truth, account_id, number, writer):
    """Add the tables and the facts of the city, in place.

    Args:
        stream: root path.
        settings: the section [city] of the scenario.
        society: the accounts.
        planted: what is planted, see `plant.Planted`.
        tables: tables of the world so far.
        truth: truth of the world so far.
        account_id: id per slot.
        number: stable number per row of `posts`.
        writer: slot per row of `posts`.
    """
    stream += "/city"
    posts = tables["posts"]
    handle = tables["accounts"]["handle"].to_numpy(dtype=object)
    taken = [part[0] for part in planted.cast] + [slot for slot, _ in planted.scope]
    free = np.setdiff1d(np.arange(society.n), taken)
    aliases = persons.choose(stream, handle, free, settings["persons"], settings["look_alikes"])
    tables["places"] = city.places()
    tables["devices"] = persons.devices(stream, account_id, society.created, aliases)
    tables["locations"], where = whereabouts.locations(
        stream, settings, society, planted.cast, writer, number, posts
    )
    truth["persons"] = persons.persons(stream, account_id, [], aliases)
    truth["pairs"] = persons.pairs(stream, account_id, persons.alias_rows(aliases))
    ledger = Ledger(society, tables)
    _person_facts(ledger, aliases, account_id)
    _place_facts(ledger, where)
    truth["facts"] = ledger.after(truth["facts"])


class Ledger:
    """Collects facts and works out the tier and the day from the rows that show them."""

    def __init__(self, society: Society, tables: dict):
        self.society, self.tables, self.rows = society, tables, []
        self.posts = tables["posts"].set_index("post_id")[["tier", "time"]]

    def add(self, statement: str, population: str, table: str, ids, tier: str | None = None):
        """Note a fact that shows in some rows of a table.

        Args:
            statement: the fact.
            population: whom it is about.
            table: the table that holds the rows.
            ids: their ids.
            tier: the lowest tier, where it does not follow from posts.
        """
        if not len(ids):
            return
        data = self.tables[table]
        found = data[data[schema.BY_NAME[table].key].isin(list(ids))]
        if "time" in found:
            times = found["time"]
        elif "post_id" in found:
            times = self.posts.loc[found["post_id"], "time"]
        else:
            times = None
        day = 1
        if times is not None:
            seconds = int(times.max().timestamp())
            day = max(1, (seconds - self.society.start) // DAY + 1)
        if tier is None:
            shown = found["tier"] if "tier" in found else self.posts.loc[found["post_id"], "tier"]
            tier = max(shown, key=_OPENNESS.get)
        keys = " ".join(found[schema.BY_NAME[table].key])
        self.rows.append((statement, population, tier, day, table, keys))

    def after(self, facts: pd.DataFrame) -> pd.DataFrame:
        """Return the facts noted, numbered after those of a table."""
        names = ["statement", "population", "lowest_tier", "first_day", "table", "rows"]
        columns = {name: [row[place] for row in self.rows] for place, name in enumerate(names)}
        first = len(facts) + 1
        columns["fact_id"] = [f"f-{first + turn:03d}" for turn in range(len(self.rows))]
        return pd.concat([facts, schema.frame(schema.TRUTH_BY_NAME["facts"], columns)]).reset_index(
            drop=True
        )


def _person_facts(ledger: Ledger, aliases: persons.Aliases, account_id) -> None:
    devices = ledger.tables["devices"]
    for same, statement in (
        (True, "Second accounts of one person share the {} with the first"),
        (False, "Innocent people share the {} with somebody else"),
    ):
        for place, clue in enumerate(persons.CLUES[:2] + persons.CLUES[3:]):
            code = persons.CLUES.index(clue)
            rows = (aliases.clue == code) & (aliases.same == same)
            slots = np.concatenate([aliases.first[rows], aliases.second[rows]])
            words = {"handle": "letters of the handle", "hours": "hours", "phone": "phone number"}
            statement_ = statement.format(words[clue])
            if place == 0:
                ledger.add(statement_, "BG", "accounts", account_id[slots], "public")
            else:
                some = devices[devices["account_id"].isin(account_id[slots])]
                ledger.add(statement_, "BG", "devices", some["sighting_id"])


def _place_facts(ledger: Ledger, where: dict) -> None:
    for name, population, statement in (
        ("impossible", "BG", "Three posts cannot come from where they say"),
        ("spoofed", "BG", "One coordinate was typed in: whole degrees, out of reach in minutes"),
        ("prison", "HL", "One account of the group posts beside the prison, and so do visitors"),
        ("group", "HL", "Two accounts of the group, not half of them, add coordinates"),
        ("couriers", "HL", "The couriers tag one quay and the café beside it"),
        ("witness", "VI", "Protected: posts of the witness show where the witness lives"),
    ):
        ledger.add(statement, population, "locations", where[name])
    ledger.add("The quay near which the couriers meet", "HL", "places", where["quay"], "public")
