"""The map of Puerto Claro: people in coarse cells or at public places, never where they live."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from socmint.errors import CourseError
from socmint.figures.style import COLOURS, Shown, counted, listed, show
from synthetic_data import city

FEWEST = 5
"""Fewer people than this are not shown: a small count leads to somebody's door."""
AT_PLACE = 60
"""Metres from a public place within which a point counts as being there."""
NAMED = 10
"""So many places, the largest, carry their name."""
CELL_METRES = 500
UNITS = 100_000  # the city counts in 0.00001 degree


def city_map(
    points: pd.DataFrame, title: str, *, by: str = "grid", alt: str | None = None
) -> Shown:
    """Draw where people were, on the streets of the city.

    The map counts people, not posts: six posts of one person in one place are a home, not a crowd.
    It shows a cell of 500 metres, or a public place, only where five people or more were, and it
    has no way to draw a point. So it cannot print a home.

    Args:
        points: columns account_id, lon and lat (degrees), such as the table `locations` joined to
            `posts`. Rows whose column `precision` is above 500 metres are left out, if it is there.
        title: the finding, as a sentence.
        by: "grid" for cells, or "places" for public places such as quays and cafés.
        alt: what there is to see; left out, it is made from the counts.

    Raises:
        CourseError: a missing column, points that are at no public place (with "places"), or fewer
            than five people everywhere.

    Example:
        >>> market = city.places().query("kind == 'market hall'").iloc[0]
        >>> six = pd.DataFrame({"account_id": list("abcdef"), "lon": market.lon, "lat": market.lat})
        >>> city_map(six, "Six people at the market", by="places")
        [Figure: Six people at the market. Map of Puerto Claro with 1 public place where five people or more were. Most people: Market hall (6).]
        >>> city_map(six.head(1), "One person")
        Traceback (most recent call last):
            ...
        socmint.errors.CourseError: Fewer than five people everywhere: this map would show where somebody lives or goes. Count in larger areas, or leave the map out.
    """  # noqa: E501
    missing = [name for name in ("account_id", "lon", "lat") if name not in points]
    if missing:
        raise CourseError(f"The map counts people and needs a column {missing[0]!r}.")
    if by not in ("grid", "places"):
        raise CourseError('A map is drawn by="grid" or by="places". Points are not drawn.')
    if "precision" in points:
        points = points[points["precision"] <= CELL_METRES]
    people = (_cells if by == "grid" else _at_places)(points)
    shown = people[people["people"] >= FEWEST]
    if shown.empty:
        raise CourseError(
            "Fewer than five people everywhere: this map would show where somebody lives or goes. "
            "Count in larger areas, or leave the map out."
        )
    fig, axes = plt.subplots(figsize=(8.4, 6))
    _streets(axes)
    (_draw_cells if by == "grid" else _draw_places)(fig, axes, shown)
    hidden = len(people) - len(shown)
    what = "cell" if by == "grid" else "public place"
    words = f"{title}. Map of Puerto Claro with {counted(len(shown), what)} "
    words += "of 500 metres " if by == "grid" else ""
    words += "where five people or more were."
    if hidden:
        note = f"{counted(hidden, what)} with fewer than five people not shown"
        axes.set_xlabel(f"{axes.get_xlabel()}\n{note}")
        words += f" {note[0].upper()}{note[1:]}."
    first = shown.sort_values(["people", "name"], ascending=[False, True]).head(3)
    pairs = zip(first["name"], first["people"], strict=True)
    words += f" Most people: {listed([f'{name} ({people})' for name, people in pairs])}."
    axes.set_title(title)
    return show(fig, alt=alt or words)


def _cells(points: pd.DataFrame) -> pd.DataFrame:
    """Count people in each cell; a cell is named after the district around its middle."""
    east, north = _units(points["lon"]), _units(points["lat"])
    lon, lat = city.cell(east, north)
    table = pd.DataFrame({"account_id": points["account_id"].to_numpy(), "lon": lon, "lat": lat})
    counts = table.groupby(["lon", "lat"])["account_id"].nunique().rename("people").reset_index()
    places = city.places()
    far = city.metres(
        counts["lon"].to_numpy()[:, None] / UNITS,
        counts["lat"].to_numpy()[:, None] / UNITS,
        places["lon"].to_numpy(),
        places["lat"].to_numpy(),
    )
    names = places["district"].to_numpy()[far.argmin(axis=1)] if len(counts) else []
    return counts.assign(name=names)


def _at_places(points: pd.DataFrame) -> pd.DataFrame:
    """Count people at each public place, and refuse points elsewhere: they may be at a home."""
    places = city.places()
    far = city.metres(
        points["lon"].to_numpy()[:, None],
        points["lat"].to_numpy()[:, None],
        places["lon"].to_numpy(),
        places["lat"].to_numpy(),
    )
    elsewhere = int((far.min(axis=1) > AT_PLACE).sum()) if len(points) else 0
    if elsewhere:
        raise CourseError(
            f"{counted(elsewhere, 'point')} of {len(points):,} at no public place: they may show "
            'where somebody lives. Keep place tags only, or draw the map by="grid".'
        )
    where = pd.Series(far.argmin(axis=1) if len(points) else [], dtype="int64")
    people = points["account_id"].reset_index(drop=True).groupby(where).nunique()
    return places.loc[people.index, ["name", "lon", "lat"]].assign(people=people)


def _units(degrees: pd.Series) -> np.ndarray:
    return (degrees * UNITS).round().astype("int64").to_numpy()


def _streets(axes) -> None:
    """Draw streets and the names of districts, with equal metres in both directions."""
    features = city.geojson()["features"]
    streets = [
        f["geometry"]["coordinates"] for f in features if f["properties"]["kind"] == "street"
    ]
    casing = LineCollection(streets, colors="#B5B5B5", linewidths=2.8)
    axes.add_collection(casing)
    axes.add_collection(LineCollection(streets, colors="white", linewidths=1.4))
    for feature in features:
        if feature["properties"]["kind"] == "district":
            middle = np.mean(feature["geometry"]["coordinates"][0][:-1], axis=0)
            name = feature["properties"]["name"]
            axes.text(
                *middle, name, ha="center", va="center", fontsize=8, color="#333333", zorder=5
            )
    axes.autoscale()
    axes.set_aspect(city.METRE_NORTH / city.METRE_EAST)
    axes.set_facecolor("#F2F2F2")
    axes.set_xlabel("longitude (degrees east)")
    axes.set_ylabel("latitude (degrees north)")
    axes.ticklabel_format(useOffset=False)
    west, _ = axes.get_xlim()
    south, _ = axes.get_ylim()
    kilometre = 1000 / city.METRE_EAST / UNITS
    axes.plot([west + 0.002, west + 0.002 + kilometre], [south + 0.001] * 2, color="black", lw=3)
    axes.text(west + 0.002, south + 0.0016, "1 km", fontsize=8)


def _draw_cells(fig, axes, shown: pd.DataFrame) -> None:
    width, height = (side / UNITS for side in city.CELL)
    most = shown["people"].max()
    colours = plt.get_cmap("cividis_r")
    for cell in shown.itertuples():
        corner = cell.lon / UNITS - width / 2, cell.lat / UNITS - height / 2
        colour = colours(cell.people / most)
        axes.add_patch(Rectangle(corner, width, height, color=colour, alpha=0.75, zorder=3))
        ink = "white" if cell.people > 0.6 * most else "black"
        at = cell.lon / UNITS, corner[1] + 0.0005
        axes.text(*at, cell.people, ha="center", fontsize=8, color=ink, zorder=6, weight="bold")
    scale = plt.cm.ScalarMappable(plt.Normalize(0, most), colours)
    fig.colorbar(scale, ax=axes, label="people in a cell of 500 m", shrink=0.7, pad=0.02)


def _draw_places(fig, axes, shown: pd.DataFrame) -> None:
    size = 60 + 500 * shown["people"] / shown["people"].max()
    look = {"color": COLOURS["orange"], "edgecolors": "black", "alpha": 0.85, "zorder": 4}
    axes.scatter(shown["lon"], shown["lat"], s=size, **look)
    for place in shown.nlargest(NAMED, "people").itertuples():
        look = {"textcoords": "offset points", "fontsize": 8, "zorder": 6}
        # A label may lie on another dot or on the name of a district, and must still be read.
        look["bbox"] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
        axes.annotate(f"{place.name}: {place.people}", (place.lon, place.lat), (9, 6), **look)
