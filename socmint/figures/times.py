"""Pictures of time: a timeline, and the hours of a week. Both name the clock that they use."""

from datetime import tzinfo

import pandas as pd
from matplotlib import pyplot as plt

from socmint.errors import CourseError
from socmint.figures.style import LEVELS, MARKERS, OTHER, Shown, counted, listed, show

LANES = 12
LABELS = 15
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def timeline(
    events: pd.DataFrame,
    title: str,
    *,
    lane: str | None = None,
    label: str | None = None,
    zone: str | tzinfo = "UTC",
    alt: str | None = None,
) -> Shown:
    """Draw events in the order of time, in a row for each lane.

    Args:
        events: one row for each event, with a column `time`.
        title: the finding, as a sentence.
        lane: the column that puts events into rows, such as "platform"; at most twelve rows.
        label: the column with a word or two for each event; at most fifteen events.
        zone: the clock of the axis, such as "UTC".
        alt: what there is to see; left out, it is made from the table.

    Raises:
        CourseError: no event, a column that is not there, or too many lanes or labels.

    Example:
        >>> times = pd.to_datetime(["2031-03-01 10:00", "2031-03-02 11:30"], utc=True)
        >>> timeline(pd.DataFrame({"time": times}), "Two posts in two days")
        [Figure: Two posts in two days. Timeline of 2 events from 1 March 2031, 10:00 to 2 March 2031, 11:30 (UTC).]
    """  # noqa: E501
    _needs(events, "time", lane, label)
    if label and len(events) > LABELS:
        raise CourseError(
            f"{len(events):,} labels cannot be read; keep {LABELS} events, or leave label out."
        )
    table = events.assign(time=_on_clock(events["time"], zone)).sort_values("time")
    lanes = table[lane].astype("str") if lane else pd.Series("events", table.index)
    rows = lanes.drop_duplicates().tolist()
    if len(rows) > LANES:
        raise CourseError(f"{len(rows):,} lanes cannot be read; keep at most {LANES}.")
    fig, axes = plt.subplots(figsize=(8.4, 1.6 + (0.9 if label else 0.45) * len(rows)))
    for number, row in enumerate(rows):
        times = table.loc[lanes == row, "time"]
        colour = LEVELS[number] if number < len(LEVELS) else OTHER
        look = {"marker": MARKERS[number % len(MARKERS)], "markerfacecolor": colour}
        look |= {"markeredgecolor": "black", "markeredgewidth": 0.4, "linestyle": "none"}
        axes.axhline(number, color="#DDDDDD", zorder=0)
        many = len(times) > 60
        axes.plot(
            times, [number] * len(times), ms=4 if many else 8, alpha=0.6 if many else 1, **look
        )
        if label:
            # Neighbours write above and below the line by turns, so that they do not meet.
            for turn, (time, words) in enumerate(
                zip(times, table.loc[times.index, label], strict=True)
            ):
                axes.annotate(
                    str(words),
                    (time, number),
                    xytext=(0, (9, -16, 20, -27)[turn % 4]),
                    textcoords="offset points",
                    ha="center",
                    fontsize=8,
                )
    axes.set_yticks(range(len(rows)), rows if lane else [""])
    axes.set_ylim(len(rows) - 0.4, -0.7)
    axes.set_ylabel(lane or "")
    axes.set_xlabel(f"date and time ({zone})")
    axes.xaxis_date(table["time"].dt.tz)
    axes.margins(x=0.12 if label else 0.08)  # the first and the last label need room
    fig.autofmt_xdate(rotation=30)
    axes.set_title(title)
    counts = lanes.value_counts()
    words = (
        f"{title}. Timeline of {counted(len(table), 'event')} from {_day(table['time'].iloc[0])}"
    )
    words += f" to {_day(table['time'].iloc[-1])} ({zone})."
    if lane:
        words += f" Rows: {listed([f'{name} ({count:,})' for name, count in counts.items()], 8)}."
    return show(fig, alt=alt or words)


def week(
    times: pd.Series, title: str, *, zone: str | tzinfo = "UTC", alt: str | None = None
) -> Shown:
    """Draw how many events fall on each hour of each weekday, as a heat map.

    The routine of one person is private: draw it for people whom an authority names, or for crowds.

    Args:
        times: the time of each event.
        title: the finding, as a sentence.
        zone: the clock of the axis, such as "UTC".
        alt: what there is to see; left out, it is made from the times.

    Raises:
        CourseError: no time at all.

    Example:
        >>> times = pd.to_datetime(pd.Series(["2031-03-03 10:00", "2031-03-03 10:40"]), utc=True)
        >>> week(times, "Mondays at ten")
        [Figure: Mondays at ten. Heat map of 2 events by weekday and hour (UTC). Most fall on Mon at 10:00 (2), and 167 of 168 hours have none.]
    """  # noqa: E501
    if not len(times):
        raise CourseError("There are no times to draw.")
    clock = _on_clock(pd.Series(times), zone).dropna()
    number = clock.dt.day_of_week * 24 + clock.dt.hour
    counts = number.value_counts().reindex(range(7 * 24), fill_value=0)
    grid = counts.to_numpy().reshape(7, 24)
    fig, axes = plt.subplots(figsize=(8.4, 3.4))
    image = axes.imshow(grid, cmap="cividis", aspect="auto", vmin=0)
    if grid.max() < 100:  # a number in each field says what a colour cannot
        for (day, hour), count in zip(
            ((d, h) for d in range(7) for h in range(24)), counts, strict=True
        ):
            ink = "white" if count < grid.max() * 0.6 else "black"
            axes.text(hour, day, count or "", ha="center", va="center", fontsize=7, color=ink)
    axes.set_xticks(range(0, 24, 2), [f"{hour:02d}" for hour in range(0, 24, 2)])
    axes.set_yticks(range(7), DAYS)
    axes.set_xlabel(f"hour of the day ({zone})")
    axes.set_ylabel("weekday")
    fig.colorbar(image, label="events", pad=0.02)
    axes.set_title(title)
    day, hour = divmod(int(counts.idxmax()), 24)
    words = f"{title}. Heat map of {counted(len(clock), 'event')} by weekday and hour ({zone})."
    words += f" Most fall on {DAYS[day]} at {hour:02d}:00 ({counts.max():,}), and"
    words += f" {(counts == 0).sum()} of 168 hours have none."
    return show(fig, alt=alt or words)


def _needs(table: pd.DataFrame, *columns: str | None) -> None:
    for column in columns:
        if column and column not in table:
            raise CourseError(
                f"The table has no column {column!r}. It has: {', '.join(map(str, table.columns))}."
            )
    if not len(table):
        raise CourseError("The table has no rows, so there is nothing to draw.")


def _on_clock(times: pd.Series, zone: str | tzinfo) -> pd.Series:
    """Return times on a clock; times that name no clock are UTC, as all times of the course are."""
    try:
        return pd.to_datetime(times, utc=True, format="ISO8601").dt.tz_convert(zone)
    except (KeyError, ValueError, TypeError):
        raise CourseError(f"The times or the zone {zone!r} cannot be read as such.") from None


def _day(time: pd.Timestamp) -> str:
    return f"{time.day} {time:%B %Y}, {time:%H:%M}"
