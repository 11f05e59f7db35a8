"""Where posts come from: coordinates, place tags, profile districts and places named in texts.

Few people let their device add coordinates, and those who do are not like the rest: they sit in a
few communities (the design notes give 1 to 2 % of posts and 2 to 4 % of users). What is planted:
three posts that cannot be where they say, one of them with a made-up coordinate; an account of
the group beside the prison, among the visitors; couriers near one quay; and where the witness
lives, which no task needs.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from synthetic_data import city, pools, schema
from synthetic_data.casting import COURIER, who
from synthetic_data.society import Society
from synthetic_data.streams import below, chance, permutation, ranked

COORDINATES, TAG, PROFILE, MENTION = range(4)
_KINDS = np.array(["coordinates", "place_tag", "profile", "mention"], dtype=object)
_RADIUS = np.array([10, 50, 1200, 1200])  # metres
SPOOF = (-30_00000, 42_00000)  # the coordinate that somebody typed in, in units


@dataclass(frozen=True)
class Rows:
    """Locations before they are laid out; arrays of equal length. `post`: row in `posts`."""

    post: np.ndarray
    kind: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    place: np.ndarray


def _rows(post, kind: int, lon, lat, place=-1) -> Rows:
    post = np.atleast_1d(np.asarray(post, dtype=np.int64))
    return Rows(post, *(np.broadcast_to(value, post.shape) for value in (kind, lon, lat, place)))


def homes(stream: str, slots: np.ndarray, corners) -> tuple[np.ndarray, np.ndarray]:
    """Return where slots live, as longitude and latitude in units: close to their crossing.

    Args:
        stream: path of the locations.
        slots: slots.
        corners: longitude and latitude of the crossing of each (units).
    """
    lon, lat = corners
    return lon + below(stream + "/home/x", slots, 200) - 100, lat + below(
        stream + "/home/y", slots, 200
    ) - 100


def _quiet_corner(stream: str, society: Society, slot: int, corner, parts, writer):
    """Return a crossing for a home that a map which counts people hides.

    That of the slot itself, if at most three people give coordinates in its cell; else the one of
    the district, its edge included, with the fewest. A home at the side of its cell does not do:
    posts around it would fall into two.
    """
    every = Rows(*(np.concatenate(values) for values in zip(*map(_columns, parts), strict=True)))
    seen = np.column_stack([*city.cell(every.lon, every.lat), writer[every.post]])
    seen = np.unique(seen[every.kind == COORDINATES], axis=0)
    order = permutation(f"{stream}/quiet/{slot}", (city.CUTS + 1) ** 2)
    found = np.vstack([corner, city.corners(society.district[slot])[order]])
    home = np.column_stack(homes(stream, np.full(len(found), slot), found.T))
    middle = np.column_stack(city.cell(*home.T))
    people = (seen[:, None, :2] == middle[None]).all(axis=2).sum(axis=0)
    inside = (np.abs(home - middle) < np.array(city.CELL) // 2 - 10).all(axis=1)
    people = np.where(inside, people, len(writer))
    return found[0 if people[0] <= 3 else np.argmin(people)]


def _turn(stream: str, count: int) -> int:
    return int(below(stream + "/quay", 0, count)[0])


def usual_quay(stream: str) -> str:
    """Return the id of the quay that the couriers tag.

    Args:
        stream: path of the city, such as `harbour/7/city`.
    """
    quays = city.places().query("kind == 'quay'")["place_id"].tolist()
    return quays[_turn(stream + "/locations", len(quays))]


def locations(
    stream: str,
    settings: dict,
    society: Society,
    cast: list[tuple],
    writer: np.ndarray,
    number: np.ndarray,
    posts: pd.DataFrame,
    bare: np.ndarray,
) -> tuple[pd.DataFrame, dict, tuple]:
    """Make the table `locations` and say what is planted in it.

    Args:
        stream: root path.
        settings: the section [city].
        society: the accounts.
        cast: (slot, population, role, cell).
        writer: slot per row of `posts`.
        number: stable number per row of `posts`.
        posts: the table, in order of time.
        bare: True for rows of `posts` that get no location.

    Returns:
        The table, the plants: name to ids of rows (see `synthetic_data.layers`), and the crossing
        at which everybody lives, as longitude and latitude (units) per slot.
    """
    stream += "/locations"
    places = city.places()
    lon = (places["lon"] * 100_000).round().astype("int64").to_numpy()
    lat = (places["lat"] * 100_000).round().astype("int64").to_numpy()
    kind = places["kind"].to_numpy()
    own = posts["repost_of"].isna().to_numpy() & ~bare
    when = posts["time"].astype("int64").to_numpy() // 1_000_000
    group = np.array([part[0] for part in cast if part[1] == "HL"])
    witness = who(cast, "witness")
    special = np.concatenate([group, witness])
    everybody = np.arange(society.n)
    corners = city.inner_point(stream + "/home", everybody, society.district)
    home_lon, home_lat = homes(stream, everybody, corners)

    # Who adds coordinates: people of a third of the communities, three per cent of all who post.
    open_ = chance(stream + "/community", society.community, 330_000)
    busy = np.bincount(writer[own], minlength=society.n)
    cast_slots = np.array([part[0] for part in cast])
    fits = (busy >= 2) & (busy <= 60) & ~society.automated
    fits = np.setdiff1d(np.flatnonzero(fits), cast_slots)
    fits = ranked(stream + "/who", fits)
    fits = np.concatenate([fits[open_[fits]], fits[~open_[fits]]])
    sharers = fits[: np.count_nonzero(busy) * 3 // 100]
    shares = np.zeros(society.n, dtype=bool)
    shares[sharers] = True
    could = np.flatnonzero(shares[writer] & own)
    wanted = settings["coordinates_per_million"] * len(posts)
    some = could[chance(stream + "/some", number[could], min(900_000, wanted // len(could)))]
    # Within two hours an account stays where it is; so nobody else is too fast.
    some = some[np.lexsort((when[some], writer[some]))]
    new = np.append(True, (np.diff(writer[some]) != 0) | (np.diff(when[some]) > 7200))
    stay = number[some][np.maximum.accumulate(np.where(new, np.arange(len(some)), 0))]
    at_home = chance(stream + "/at-home", stay, 300_000)
    free = np.flatnonzero(np.isin(kind, ["café", "park", "market hall", "ferry landing", "bakery"]))
    spot = free[below(stream + "/spot", stay, len(free))]
    x = np.where(at_home, home_lon[writer[some]], lon[spot])
    y = np.where(at_home, home_lat[writer[some]], lat[spot])
    x = x + below(stream + "/x", number[some], 31) - 15
    y = y + below(stream + "/y", number[some], 31) - 15

    # Three posts that cannot be where they say; the accounts post thrice within minutes. The
    # place they claim lies at the far end of the city.
    triples = _triples(writer, when, own, shares)
    _, once = np.unique(writer[triples[:, 1]], return_index=True)
    triples = triples[np.sort(once)][:3]
    drop = np.isin(some, triples)
    parts = [_rows(some[~drop], COORDINATES, x[~drop], y[~drop])]
    impossible = []
    for turn, (before, middle, after) in enumerate(triples.tolist()):
        if turn == 0:
            far, start = SPOOF, city.district_of("Nueva Ribera")
        else:
            far = city.lattice()[0][10, 15], city.lattice()[1][10, 15]
            start = city.district_of("Saltpans")
        row, column = start[0] * city.CUTS + 2, start[1] * city.CUTS + 1
        here = city.lattice()[0][row, column] + turn, city.lattice()[1][row, column] + turn
        parts += [_rows([before, after], COORDINATES, *here), _rows(middle, COORDINATES, *far)]
        impossible.append(middle)

    # The group: half never switched location off, and yet two accounts in 24 add coordinates, to
    # an eighth of what they write. One of the two does so beside the prison.
    prison = int(np.flatnonzero(kind == "prison")[0])
    quiet = [slot for slot in group.tolist() if busy[slot] >= 3]
    chosen = ranked(stream + "/group", np.setdiff1d(quiet, who(cast, "figurehead")))[:2]
    inside = []
    for turn, slot in enumerate(chosen.tolist()):
        mine = ranked(f"{stream}/group/{turn}", np.flatnonzero((writer == slot) & own))
        mine = mine[: max(1, (len(mine) + 4) // 8)]
        spot = prison if turn == 0 else int(free[below(stream + "/group/spot", slot, len(free))[0]])
        shift = below(stream + "/group/shift", mine, 60) - 30
        parts.append(_rows(mine, COORDINATES, lon[spot] + shift, lat[spot] - shift))
        if turn == 0:
            inside += mine.tolist()
    guests = np.flatnonzero((busy >= 2) & (society.tier <= 1) & ~society.automated)
    guests = np.setdiff1d(guests, np.concatenate([cast_slots, sharers, writer[triples[:, 1]]]))
    guests = ranked(stream + "/guests", guests)[: settings["prison_visitors"]]
    visit = np.zeros(society.n, dtype=bool)
    visit[guests] = True
    open_post = posts["tier"].isin(["public", "registered"]).to_numpy()
    visits = np.flatnonzero(visit[writer] & own & open_post)
    _, first = np.unique(writer[visits], return_index=True)
    visits = visits[first]
    parts.append(_rows(visits, TAG, lon[prison], lat[prison], prison))

    # The witness: evening and morning posts from one spot, of three days or more. A protected fact.
    mine = np.flatnonzero((writer == witness[0]) & own) if len(witness) else np.empty(0, np.int64)
    hour = when[mine] // 3600 % 24
    mine = mine[np.argsort((hour >= 7) & (hour < 18), kind="stable")]
    _, days = np.unique(when[mine] // 86_400, return_index=True)
    days = np.sort(days)[:3]  # the first post of each of three days, at night where there is one
    rest = np.setdiff1d(np.arange(len(mine)), days)
    night = mine[np.sort(np.append(days, rest)[:6])]
    shift = below(stream + "/witness", np.arange(2 * len(night)), 11) - 5
    if len(night):
        slot = witness[:1]
        corner = [part[slot] for part in corners]
        corner = _quiet_corner(stream, society, slot[0], np.ravel(corner), parts, writer)
        corners[0][slot], corners[1][slot] = corner
        x, y = homes(stream, slot, corner)
        parts.append(_rows(night, COORDINATES, x + shift[: len(night)], y + shift[len(night) :]))

    # Couriers pass one quay: place tags there and at the café that lies nearest to it.
    quays = np.flatnonzero(kind == "quay")
    quay = int(quays[_turn(stream, len(quays))])
    cafés = np.flatnonzero(kind == "café")
    far = np.abs(lon[cafés] - lon[quay]) + np.abs(lat[cafés] - lat[quay])
    near = np.array([quay, cafés[np.argmin(far)]])
    tagged = []
    for slot in who(cast, COURIER).tolist():
        mine = np.flatnonzero((writer == slot) & own & (posts["tier"] != "private").to_numpy())
        tagged += ranked(f"{stream}/courier/{slot}", mine)[:1].tolist()
    tagged = np.array(tagged, dtype=np.int64)
    spot = near[np.arange(len(tagged)) % 2]
    parts.append(_rows(tagged, TAG, lon[spot], lat[spot], spot))

    # Place tags, district of the profile, and districts named in the text.
    taken = np.zeros(len(posts), dtype=bool)
    taken[np.concatenate([part.post for part in parts])] = True
    taken |= np.isin(writer, special)
    tags = np.flatnonzero(own & ~taken & chance(stream + "/tag", number, 12_000))
    free = np.append(free, quays)
    spot = free[below(stream + "/tag/spot", number[tags], len(free))]
    parts.append(_rows(tags, TAG, lon[spot], lat[spot], spot))
    centre_x, centre_y = city.centres()
    showing = chance(stream + "/profile", np.arange(society.n), 100_000)
    shown = np.flatnonzero(showing[writer] & own)
    home = society.district[writer[shown]]
    parts.append(_rows(shown, PROFILE, centre_x[home], centre_y[home]))
    districts = pools.words("district").tolist()
    word = re.compile("|".join(districts))
    found = [word.search(line) for line in posts["text"].tolist()]
    named = np.flatnonzero(own & np.array([match is not None for match in found]))
    code = np.array([districts.index(found[row].group()) for row in named], dtype=np.int64)
    parts.append(_rows(named, MENTION, centre_x[code], centre_y[code]))

    every = Rows(*(np.concatenate(values) for values in zip(*map(_columns, parts), strict=True)))
    order = np.lexsort((every.kind, every.post))
    place = every.place[order]
    names = places["place_id"].to_numpy(dtype=object)
    table = schema.frame(
        schema.BY_NAME["locations"],
        {
            "location_id": [f"l-{count:07d}" for count in range(1, len(order) + 1)],
            "post_id": posts["post_id"].to_numpy(dtype=object)[every.post[order]],
            "kind": _KINDS[every.kind[order]],
            "lon": every.lon[order] / 100_000,
            "lat": every.lat[order] / 100_000,
            "place_id": np.where(place >= 0, names[place], None),
            "precision": _RADIUS[every.kind[order]],
        },
    )
    planted = {
        "impossible": _ids(table, posts, impossible, "coordinates"),
        "spoofed": _ids(table, posts, impossible[:1], "coordinates"),
        "prison": [
            *_ids(table, posts, inside, "coordinates"),
            *_ids(table, posts, visits, "place_tag"),
        ],
        "witness": _ids(table, posts, night, "coordinates"),
        "couriers": _ids(table, posts, tagged, "place_tag"),
        "group": _ids(table, posts, np.flatnonzero(np.isin(writer, chosen)), "coordinates"),
        "quay": [names[quay]],
    }
    return table, planted, corners


def permissions(
    stream: str, cast: list[tuple], account_id: np.ndarray, found: set[str]
) -> dict[str, np.ndarray]:
    """Return the columns of `location_settings`: who never switched location off.

    A setting that is on is no post with a place: 42 of 100 people have it on (fact X6 of the
    design notes), and half of the group. Who gives coordinates has it on.

    Args:
        stream: path of the city.
        cast: (slot, population, role, cell).
        account_id: id per slot.
        found: ids of the accounts that give coordinates.
    """
    stream += "/locations/setting"
    everybody = np.arange(len(account_id))
    gives = np.isin(account_id, list(found))
    on = chance(stream, everybody, 416_000) | gives
    group = np.array([part[0] for part in cast if part[1] == "HL"], dtype=np.int64)
    first = np.append(group[gives[group]], ranked(stream + "/group", group[~gives[group]]))
    on[group] = np.isin(group, first[: len(group) // 2])
    return {
        "account_id": account_id,
        "location": np.where(on, "on", "off"),
        "tier": np.full(len(on), "private", dtype=object),
    }


def _columns(rows: Rows) -> tuple:
    return rows.post, rows.kind, rows.lon, rows.lat, rows.place


def _triples(writer, when, own, shares) -> np.ndarray:
    """Return rows (before, middle, after) of own posts by one account, the fastest first."""
    rows = np.flatnonzero(own & ~shares[writer])
    rows = rows[np.lexsort((when[rows], writer[rows]))]
    one, two, three = rows[:-2], rows[1:-1], rows[2:]
    fits = (writer[one] == writer[three]) & (when[two] > when[one]) & (when[three] > when[two])
    triples = np.column_stack([one, two, three])[fits]
    gap = np.maximum(
        when[triples[:, 1]] - when[triples[:, 0]], when[triples[:, 2]] - when[triples[:, 1]]
    )
    return triples[np.argsort(gap, kind="stable")]


def _ids(table, posts, rows, kind: str) -> list[str]:
    names = posts["post_id"].iloc[np.asarray(rows, dtype=np.int64)]
    found = table[table["post_id"].isin(names) & (table["kind"] == kind)]
    return found["location_id"].tolist()
