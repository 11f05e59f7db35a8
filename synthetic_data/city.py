"""Puerto Claro, the harbour city: districts, streets and places.

The city is the same in every world. It lies near 42° N, 30° W, where there is open ocean, so no
invented address can be mistaken for a real one. All coordinates are whole numbers of 0.00001
degree ("units", 1.11 m north to south and 0.83 m west to east) until they are written.

Source of the distances: the sphere of 6,371 km radius, taken as flat over the ten kilometres of
the city (the error is under 0.1 %).
"""

from functools import cache

import numpy as np
import pandas as pd

from synthetic_data import pools, schema
from synthetic_data.streams import below, chance, permutation

STREAM = "puerto-claro"
WEST, SOUTH = -30_05000, 41_97000  # the corner of the lattice, in units
COLUMNS, ROWS, CUTS = 4, 3, 4  # districts west to east, south to north; blocks per district side
STEP_EAST, STEP_NORTH = 620, 430  # units between two crossings
CELL = 600, 450  # units east and north: a cell of about 500 metres each
# Metres per unit. The cosine of 42 degrees is written out, so that no library has to round it.
METRE_NORTH, METRE_EAST = 1.11195, 1.11195 * 0.74314

# From the south-west corner row by row: the first row lies at the sea.
LAYOUT = (
    ("Muelle Sur", "Old Quay", "Customs Row", "Fishmarket"),
    ("Saltpans", "Ropewalk", "Barrio Salinas", "Las Gaviotas"),
    ("Nueva Ribera", "Lantern Hill", "Alto del Faro", "Puerta Norte"),
)
_HEADS = ("Quill", "Brine", "Ember", "Lumen", "Osk", "Velm", "Sorrel", "Cald", "Tarn", "Wex")
_TAILS = ("marrow", "spar", "mere", "stave", "brack", "holm", "dane", "wick", "lode", "fen", "rill")
_KINDS = ("Street", "Row", "Lane", "Steps")
_NUMBERS = ("Dos", "Tres", "Siete", "Nueve", "Doce", "Mil")
_THINGS = ("velas", "faroles", "nudos", "redes", "boyas", "remos", "mareas", "anclas")
# Kind of place, how many, and in which row of districts (-1: anywhere).
_PLACES = (
    ("quay", 9, 0),
    ("port", 1, 0),
    ("ferry landing", 1, 0),
    ("market hall", 1, 0),
    ("prison", 1, 2),
    ("clinic", 2, -1),
    ("school", 3, -1),
    ("youth club", 1, 1),
    ("football ground", 1, 1),
    ("town hall", 1, 1),
    ("library", 1, 1),
    ("bakery", 2, -1),
    ("park", 6, -1),
    ("café", 24, -1),
)


def metres(lon1, lat1, lon2, lat2) -> np.ndarray:
    """Return the distance in metres between points given in degrees (arrays or numbers).

    Example:
        >>> round(float(metres(-30.0, 42.0, -30.0, 42.001)))
        111
    """
    east = (np.asarray(lon1) - lon2) * 100_000 * METRE_EAST
    north = (np.asarray(lat1) - lat2) * 100_000 * METRE_NORTH
    return np.sqrt(east * east + north * north)


@cache
def lattice() -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude of every crossing in units, shape (13, 17): south first."""
    rows, columns = ROWS * CUTS + 1, COLUMNS * CUTS + 1
    number = np.arange(rows * columns).reshape(rows, columns)
    v, u = np.divmod(number, columns)
    # A gentle bend of the whole city, and a shift of each crossing.
    bend = (u - columns // 2) ** 2 * 9
    lon = WEST + u * STEP_EAST + below(STREAM + "/east", number.ravel(), 240).reshape(v.shape)
    lat = SOUTH + v * STEP_NORTH + below(STREAM + "/north", number.ravel(), 170).reshape(v.shape)
    return lon + v * 35, lat + bend


def district_of(name: str) -> tuple[int, int]:
    """Return row and column of a district in the layout.

    Example:
        >>> district_of("Old Quay")
        (0, 1)
    """
    for row, names in enumerate(LAYOUT):
        if name in names:
            return row, names.index(name)
    raise KeyError(name)


@cache
def centres() -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude (units) of the middle of each district, in pool order."""
    lon, lat = lattice()
    half = CUTS // 2
    at = [district_of(name) for name in pools.words("district")]
    rows = np.array([row * CUTS + half for row, _ in at])
    columns = np.array([column * CUTS + half for _, column in at])
    return lon[rows, columns], lat[rows, columns]


def inner_point(path: str, index: np.ndarray, district: np.ndarray) -> tuple:
    """Return a crossing inside a district per index, as arrays of longitude and latitude (units).

    Args:
        path: stream.
        index: entity numbers.
        district: number of the district in the pool, one per index.
    """
    lon, lat = lattice()
    at = np.array([district_of(name) for name in pools.words("district")])[district]
    row = at[:, 0] * CUTS + 1 + below(path + "/row", index, CUTS - 1)
    column = at[:, 1] * CUTS + 1 + below(path + "/column", index, CUTS - 1)
    return lon[row, column], lat[row, column]


def corners(district: int) -> np.ndarray:
    """Return the crossings of a district and of its edge, shape (25, 2): longitude, latitude.

    Args:
        district: number of the district in the pool.

    Example:
        >>> corners(0).shape
        (25, 2)
    """
    row, column = (part * CUTS for part in district_of(pools.words("district")[district]))
    lon, lat = (part[row : row + CUTS + 1, column : column + CUTS + 1] for part in lattice())
    return np.column_stack([lon.ravel(), lat.ravel()])


def cell(lon, lat) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle of the cell of 500 metres around points (units in, units out).

    Example:
        >>> [int(value) for value in cell(-3004990, 4197010)]
        [-3004500, 4197375]
    """
    east, north = CELL
    return lon // east * east + east // 2, lat // north * north + north // 2


@cache
def _street_names() -> list[str]:
    """Return invented street names, more than there are streets, in a keyed order."""
    one = [f"{head}{tail}" for head in _HEADS for tail in _TAILS]
    kinds = below(STREAM + "/kind", np.arange(len(one)), len(_KINDS))
    english = [f"{name} {_KINDS[kind]}" for name, kind in zip(one, kinds, strict=True)]
    spanish = [f"Calle {number}{thing}" for number in _NUMBERS for thing in _THINGS]
    both = english + spanish
    return [both[place] for place in permutation(STREAM + "/streets", len(both))]


def _line(rows, columns) -> list[list[float]]:
    lon, lat = lattice()
    units = zip(lon[rows, columns].tolist(), lat[rows, columns].tolist(), strict=True)
    return [[x / 100_000, y / 100_000] for x, y in units]


@cache
def _features() -> list[dict]:
    """Return districts and streets as GeoJSON features."""
    out = []
    for row, names in enumerate(LAYOUT):
        for column, name in enumerate(names):
            low, high = row * CUTS, (row + 1) * CUTS
            left, right = column * CUTS, (column + 1) * CUTS
            up, along = np.arange(low, high), np.arange(left, right)
            # Counter-clockwise, as RFC 7946 asks for.
            rows = [*[low] * CUTS, *up, *[high] * CUTS, *(up[::-1] + 1), low]
            columns = [*along, *[right] * CUTS, *(along[::-1] + 1), *[left] * CUTS, left]
            shape = {"type": "Polygon", "coordinates": [_line(rows, columns)]}
            kind = {"kind": "district", "name": name}
            out.append({"type": "Feature", "properties": kind, "geometry": shape})
    number, names = 0, _street_names()
    for across in (True, False):
        lines, parts = (ROWS * CUTS + 1, COLUMNS) if across else (COLUMNS * CUTS + 1, ROWS)
        for line in range(lines):
            for part in range(parts):
                # One inner street in eight was never built: towns have gaps.
                gap = bool(chance(f"{STREAM}/gap{across}", line * 8 + part, 125_000)[0])
                if gap and line % CUTS:
                    continue
                along = np.arange(part * CUTS, (part + 1) * CUTS + 1)
                fixed = np.full(len(along), line)
                points = _line(fixed, along) if across else _line(along, fixed)
                kind = {"kind": "street", "name": names[number]}
                shape = {"type": "LineString", "coordinates": points}
                out.append({"type": "Feature", "properties": kind, "geometry": shape})
                number += 1
    return out


def geojson() -> dict:
    """Return districts and streets as a GeoJSON FeatureCollection (RFC 7946).

    Every feature has the properties `kind` (district or street) and `name`.

    Example:
        >>> sum(f["properties"]["kind"] == "district" for f in geojson()["features"])
        12
    """
    return {"type": "FeatureCollection", "name": "Puerto Claro", "features": _features()}


@cache
def _places() -> pd.DataFrame:
    lon, lat = lattice()
    rows = []
    used: set[tuple[int, int]] = set()
    turn = 0
    for kind, count, band in _PLACES:
        for number in range(count):
            while True:
                turn += 1
                if kind in ("quay", "port", "ferry landing"):
                    row = 0  # at the sea
                else:
                    within = ROWS * CUTS - 1 if band < 0 else CUTS - 1
                    row = 1 + int(below(STREAM + "/place/row", turn, within)[0])
                    row += max(band, 0) * CUTS
                    row += row % CUTS == 0  # a district's edge belongs to two districts
                column = int(below(STREAM + "/place/column", turn, COLUMNS * CUTS)[0])
                column += column % CUTS == 0
                if (row, column) not in used:
                    break
            used.add((row, column))
            east, north = below(STREAM + "/place/shift", [2 * turn, 2 * turn + 1], 60) - 30
            if kind == "prison":  # in the middle of a block: nobody's home is beside it
                east, north = STEP_EAST // 2, STEP_NORTH // 2
            name = f"{kind.capitalize()} {number + 1}" if count > 1 else kind.capitalize()
            x, y = int(lon[row, column] + east), int(lat[row, column] + 40 + abs(north))
            rows.append((LAYOUT[row // CUTS][column // CUTS], kind, name, x, y))
    cafés = ["Marea", "Doña Boya", "Two Herons", "Lantern", "Nudo", "Saltbox", "Copper Cup", "Vela"]
    streets = _street_names()[-24:]
    for place, (district, kind, name, x, y) in enumerate(rows):
        if kind == "café":
            number = int(name.split()[1]) - 1
            name = f"Café {cafés[number % 8]}, {streets[number]}"
        elif kind == "quay":
            name = f"Quay {'ABCDEFGHJ'[int(name.split()[1]) - 1]}"
        rows[place] = (district, kind, name, x, y)
    district, kind, name, x, y = zip(*rows, strict=True)
    return schema.frame(
        schema.BY_NAME["places"],
        {
            "place_id": [f"pl-{number:03d}" for number in range(1, len(rows) + 1)],
            "district": district,
            "kind": kind,
            "name": name,
            "lon": np.array(x) / 100_000,
            "lat": np.array(y) / 100_000,
        },
    )


def places() -> pd.DataFrame:
    """Return the table `places`, the same in every world (a copy).

    Example:
        >>> places()["kind"].value_counts()["quay"]
        9
    """
    return _places().copy()
