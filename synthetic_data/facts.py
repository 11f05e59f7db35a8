"""The truth: who is who, and for every planted fact where and from when it can be seen."""

import numpy as np
import pandas as pd

from synthetic_data import covert, schema
from synthetic_data.casting import BROKER, FIGUREHEAD, RECRUITER, who
from synthetic_data.groups import CLOSED
from synthetic_data.society import DAY

_OPENNESS = {"public": 0, "registered": 1, "friends": 2, "private": 3}


def people(
    cast: list[tuple], account_id: np.ndarray, planted, machines: np.ndarray
) -> pd.DataFrame:
    """Make the truth table of people: one row per account, in order of id.

    `machines`: True for the slots that post by program.
    """
    population = np.full(len(account_id), "BG", dtype=object)
    role = np.full(len(account_id), "resident", dtype=object)
    cell = np.full(len(account_id), None, dtype=object)
    population[machines], role[machines] = "AU", "automated account"
    role[planted.young] = "young contact"
    for slot, code, part, number in cast:
        population[slot], role[slot] = code, part
        if number:
            cell[slot] = f"{planted.covert.part if planted.covert else 'cell'} {number}"
    return schema.frame(
        schema.TRUTH[0],
        {"account_id": account_id, "population": population, "role": role, "cell": cell},
    )


def facts(settings, society, planted, tables, account_id, medical, groups, group_id):
    """Make the truth table of facts.

    The lowest tier and the first day are worked out from the rows that show the fact: a post shows
    at its tier, a follow or an open membership to registered users, a closed room to its members.
    """
    posts, ties = tables["posts"], tables["ties"]
    rows: list[tuple] = []
    post_tier = posts.set_index("post_id")["tier"]

    def add(statement, population, table, found, tier=None):
        ids = found[schema.BY_NAME[table].key]
        if not len(ids):
            return
        if "time" in found:
            seconds = found["time"].astype("int64") // 1_000_000
            day = max(1, int((seconds.max() - society.start) // DAY) + 1)
        else:
            day = 1
        if tier is None:
            shown = (
                found["tier"]
                if "tier" in found
                else found["post_id"].map(post_tier).fillna("registered")
            )
            tier = max(shown, key=_OPENNESS.get)
        rows.append((statement, population, tier, day, table, " ".join(ids)))

    if len(medical):
        found = posts[posts["post_id"].isin(medical)]
        add("Public posts hold medical facts about their writers", "BG", "posts", found)
    big = np.flatnonzero(groups.extra > 0)
    if len(big):
        found = tables["groups"][tables["groups"]["group_id"].isin(group_id[big])]
        shown = settings["plants"]["large_group"]
        add(
            f"A closed group of about {shown:,} members is large but not public",
            "BG",
            "groups",
            found,
            "registered",
        )
    cast_slots = {part[0] for part in planted.cast}
    moved = [s for s in np.flatnonzero(society.moved) if s not in cast_slots]
    found = posts[posts["account_id"].isin(account_id[moved])]
    both = found.groupby("account_id")["tier"].nunique()
    both = both[both == 2].index
    if len(both):
        count = found[found["account_id"].isin(both)].groupby("account_id").size()
        chosen = sorted(count.index, key=lambda name: (-count[name], name))[0]
        add(
            "An account went from public to friends half-way",
            "BG",
            "posts",
            _turn(found[found["account_id"] == chosen]),
        )
    if planted.covert is not None:
        code = settings["network"]["population"]
        covert.facts(planted.covert, code, planted, tables, account_id, add)
    if not planted.subjects or planted.covert is not None:
        return _frame(rows)

    inside = {account_id[slot] for slot, _ in planted.scope}
    log = ties[ties["source"].isin(inside)]
    log = log[log["target"].isin(inside) | (log["kind"] == "join")]
    role = lambda name: account_id[who(planted.cast, name)]  # noqa: E731

    def touching(kind, accounts):
        some = log[log["kind"].isin(kind)]
        return some[some["source"].isin(accounts) | some["target"].isin(accounts)]

    add(
        "The figurehead and the ferry service are the first two by degree among follows",
        "HL",
        "ties",
        touching(["follow"], [*role(FIGUREHEAD), *role("ferry service")]),
    )
    add(
        "A journalist is first by degree among mentions",
        "JO",
        "ties",
        touching(["mention"], role("journalist")[:1]),
    )
    add(
        "The shop owner is first by degree among replies",
        "VI",
        "ties",
        touching(["reply"], role("shop owner")),
    )
    closed = set(group_id[groups.admission == CLOSED])
    joins = log[(log["kind"] == "join") & log["target"].isin(closed)]
    recruiters = joins[joins["source"].isin(role(RECRUITER))]
    add(
        "The two recruiters share closed rooms with more accounts than anybody else",
        "HL",
        "ties",
        joins[joins["target"].isin(recruiters["target"])],
        "private",
    )
    helper = joins[joins["source"].isin(role("youth worker"))]
    add(
        "The youth worker shares rooms with young people for an innocent reason",
        "JO",
        "ties",
        joins[joins["target"].isin(helper["target"])],
        "private",
    )
    named = {account_id[slot] for slot, _ in planted.subjects}
    talk = log[log["kind"].isin(["mention", "reply"])]
    talk = talk[talk["source"].isin(named) & talk["target"].isin(named)]
    broker = role(BROKER)[0]
    add(
        "The broker is first by betweenness among the subjects although others have more ties",
        "HL",
        "ties",
        talk[(talk["source"] == broker) | (talk["target"] == broker)],
    )
    cells = {account_id[part[0]]: part[3] for part in planted.cast if part[3]}
    one, two = talk["source"].map(cells), talk["target"].map(cells)
    add("The members talk in three cells", "HL", "ties", talk[one.notna() & (one == two)])
    complaint = account_id[planted.complaint]
    add(
        "The account named in a complaint is tied to the scope by one follow only",
        "BG",
        "ties",
        touching(["follow"], [complaint]),
    )
    subjects = tables["subjects"]
    add(
        "One subject stands in the tasking because of a tip-off",
        "HL",
        "subjects",
        subjects[subjects["reason"] == "tip-off"],
        "public",
    )
    return _frame(rows)


def _turn(found: pd.DataFrame) -> pd.DataFrame:
    """Return the last public and the first friends-only post of an account that moved."""
    return pd.concat([found[found["tier"] == "public"][-1:], found[found["tier"] == "friends"][:1]])


def _frame(rows: list[tuple]) -> pd.DataFrame:
    names = ["statement", "population", "lowest_tier", "first_day", "table", "rows"]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    columns["fact_id"] = [f"f-{number:03d}" for number in range(1, len(rows) + 1)]
    return schema.frame(schema.TRUTH[1], columns)
