"""Where the holders of accounts live and work, as the residents' register has it.

A home lies at a crossing of the city map (`whereabouts.homes`); the register gives the street and
the middle of a cell of 500 metres, no house number. Accounts of one person have one home and one
place of work. Both tables are private: no task of this course needs them, and they are here so
that a map can be checked for whose home it shows.
"""

from functools import cache

import numpy as np
import pandas as pd

from synthetic_data import city, pools, schema, whereabouts
from synthetic_data.casting import who
from synthetic_data.society import Society
from synthetic_data.streams import below, pick

# Employer, kind of place where the work is (None: no fixed place), weight, usual hours.
_WORK = (
    ("port", "port", 14, ("06-14", "14-22", "22-06")),
    ("ferries", "ferry landing", 5, ("05-13", "13-21")),
    ("market stall", "market hall", 8, ("05-13",)),
    ("café or kitchen", "café", 14, ("07-15", "15-23")),
    ("clinic", "clinic", 8, ("07-15", "15-23", "23-07")),
    ("school", "school", 8, ("08-16",)),
    ("town hall", "town hall", 6, ("08-16",)),
    ("library", "library", 2, ("09-17",)),
    ("prison", "prison", 2, ("06-14", "14-22", "22-06")),
    ("football ground", "football ground", 1, ("14-22",)),
    ("office at home", None, 12, ("09-17",)),
    ("building sites", None, 8, ("07-15",)),
    ("none", None, 12, (None,)),
)
# People whose part says where they work.
_BY_ROLE = {
    "shop owner": ("bakery", "bakery", "04-12"),
    "youth worker": ("youth club", "youth club", "14-22"),
    "journalist": ("newspaper", None, "10-18"),
    "lawyer": ("law office", None, "09-17"),
    "ferry service": ("ferries", "ferry landing", "05-13"),
    "school": ("school", "school", "08-16"),
    "councillor": ("town hall", "town hall", "09-17"),
}
_PUPIL = ("pupil", "school", "08-14")


@cache
def streets() -> dict[tuple[int, int], tuple[str, ...]]:
    """Return the names of the streets at each crossing, by longitude and latitude (units).

    Where no street was built, they are those of the nearest crossing that has one.

    Example:
        >>> all(names for names in streets().values())
        True
    """
    found: dict[tuple[int, int], list[str]] = {}
    for feature in city.geojson()["features"]:
        if feature["properties"]["kind"] == "street":
            for x, y in feature["geometry"]["coordinates"]:
                at = round(x * 100_000), round(y * 100_000)
                found.setdefault(at, []).append(feature["properties"]["name"])
    for at in zip(*(part.ravel().tolist() for part in city.lattice()), strict=True):
        if at not in found:
            near = min(found, key=lambda one: (one[0] - at[0]) ** 2 + (one[1] - at[1]) ** 2)
            found[at] = found[near]
    return {at: tuple(names) for at, names in found.items()}


def tables(stream: str, society: Society, cast, young, account_id, person, corners) -> dict:
    """Make the tables `homes` and `work`, one row per account.

    Args:
        stream: path of the city, such as `harbour/7/city`.
        society: the accounts.
        cast: (slot, population, role, cell).
        young: slots of young people.
        account_id: id per slot.
        person: id of the person per slot.
        corners: the crossing at which everybody lives, as longitude and latitude (units) per slot.
    """
    # The first account of a person stands for all of them.
    owner = pd.Series(np.arange(society.n)).groupby(np.asarray(person)).transform("min").to_numpy()
    corner = [part[owner] for part in corners]
    known = streets()
    turn = below(stream + "/street", owner, 1 << 16)
    street = []
    for x, y, number in zip(corner[0].tolist(), corner[1].tolist(), turn.tolist(), strict=True):
        names = known[x, y]
        street.append(names[number % len(names)])
    x, y = city.cell(*whereabouts.homes(stream + "/locations", owner, corner))
    private = np.full(society.n, "private", dtype=object)
    homes = {
        "account_id": account_id,
        "district": pools.words("district")[society.district[owner]],
        "street": street,
        "lon": x / 100_000,
        "lat": y / 100_000,
        "tier": private,
    }
    return {
        "homes": schema.frame(schema.BY_NAME["homes"], homes),
        "work": schema.frame(
            schema.BY_NAME["work"],
            _work(stream + "/work", cast, young, owner)
            | {"account_id": account_id, "tier": private},
        ),
    }


def _work(path: str, cast, young, owner: np.ndarray) -> dict:
    """Return employer, place and hours per slot."""
    places = city.places()
    by_kind = {kind: rows["place_id"].tolist() for kind, rows in places.groupby("kind")}
    job = pick(path + "/job", owner, [entry[2] for entry in _WORK])
    turn = below(path + "/turn", owner, 1 << 16).tolist()
    given = dict.fromkeys(np.asarray(young).tolist(), _PUPIL)
    for role, entry in _BY_ROLE.items():
        given |= dict.fromkeys(who(cast, role).tolist(), entry)
    employer, place, hours = [], [], []
    for slot, number in enumerate(job.tolist()):
        name, kind, _, some = _WORK[number]
        when = some[turn[slot] // 64 % len(some)]
        if owner[slot] in given:
            name, kind, when = given[owner[slot]]
        employer.append(name)
        place.append(by_kind[kind][turn[slot] % len(by_kind[kind])] if kind else None)
        hours.append(when)
    # The shop owner's bakery is the one at the Old Quay, as the page says.
    old = places.query("kind == 'bakery' and district == 'Old Quay'")["place_id"].iloc[0]
    for slot in who(cast, "shop owner").tolist():
        place[slot] = old
    return {"employer": employer, "place_id": place, "hours": hours}
