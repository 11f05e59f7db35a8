"""Clocks: five accounts whose hours say less than they seem to, and a tag that gets loud.

Meridia keeps UTC, and UTC + 1 in summer. Each of the five accounts was named in the authority;
what is recorded of them are signs of life. The tag has ordinary weeks with a loud Saturday, and
four bursts, two of them on evenings that stand in the public calendar.
"""

import numpy as np

from synthetic_data.errors import WorldError
from synthetic_data.society import DAY
from synthetic_data.streams import MILLION, below, permutation, pick, ranked

HOUR = 3600
TAG = "#TodosAlMuelle"
PARTS = ("resident", "nurse", "moved", "scheduled", "abroad")
# Share of signs of life by the hour of the writer's own clock.
_DAY = (2, 1, 0, 0, 0, 0, 1, 4, 5, 3, 3, 4, 6, 5, 3, 3, 4, 5, 7, 8, 9, 8, 6, 3)
# On nights at the hospital: two breaks, the way there, the way home, and sleep by day.
_NIGHTS = (3, 26, 3, 2, 22, 3, 4, 9, 3, 0, 0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 3, 2, 2, 3)
_OFFICE = (0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0)
# Posts of the tag in an ordinary hour, in thousandths, before the weekday is looked at.
_TAG_HOURS = (
    14,
    9,
    6,
    4,
    3,
    4,
    8,
    15,
    22,
    22,
    21,
    24,
    30,
    29,
    25,
    24,
    26,
    32,
    40,
    46,
    50,
    46,
    36,
    24,
)
_TAG_DAYS = (90, 90, 95, 100, 130, 230, 140)  # from Monday; Saturday is loud every week
# Entries of the calendar: hour, kind, title. One concert and one match of two bring a burst.
_ENTRIES = {
    "concert": (
        (20, "concert", "Concert of the Marea band at the Fishmarket"),
        (20, "concert", "Choir in the Customs House"),
    ),
    "football match": (
        (16, "football", "Deportivo Farol against the Lanterns"),
        (16, "football", "The Lanterns against Saltpans United"),
    ),
    "council": ((19, "council", "City council, open session"),) * 2,
    "market": ((18, "market", "Evening market on the Ropewalk"),) * 2,
}
_DAYS = range(3, 27)  # days of the period on which something may be
_APART = 3  # days at least between two of the four bursts
_SATURDAY = 1  # days 1, 8, 15 and 22; every Saturday is loud


def _programme(stream: str) -> tuple[list[tuple], list[tuple]]:
    """Draw when the tag bursts and what stands in the calendar: another programme for each seed.

    Returns:
        Four bursts (day, hour, hours, cause) and eight entries (day, hour, kind, title), both in
        order of time. A concert, a match and two evenings of unrest; no two entries on one day, and
        none on the days of unrest.
    """
    days = [_DAYS[place] for place in permutation(stream + "/days", len(_DAYS)).tolist()]
    chosen: list[int] = []
    for day in days:
        if (
            len(chosen) < 4
            and day % 7 != _SATURDAY
            and all(abs(day - other) >= _APART for other in chosen)
        ):
            chosen.append(day)
    # The first burst is harmless, so that the one in the log is never simply the first.
    quiet, loud = sorted(chosen)[:1], sorted(chosen)[1:]
    causes = ["concert", "football match"]
    first = int(below(stream + "/first", 0, 2)[0])
    spare = int(below(stream + "/spare", 0, 3)[0])
    cause = {quiet[0]: causes[first], loud[spare]: causes[1 - first]}
    bursts = []
    for number, day in enumerate(sorted(chosen)):
        if day in cause:
            bursts.append((day, _ENTRIES[cause[day]][0][0], 3, cause[day]))
        else:
            hour = 16 + int(below(stream + "/hour", number, 3)[0])
            bursts.append((day, hour, 3 + int(below(stream + "/hours", number, 2)[0]), "unrest"))
    which = {why: int(below(stream + "/which", number, 2)[0]) for number, why in enumerate(causes)}
    entries = [(day, *_ENTRIES[why][which[why]]) for day, why in cause.items()]
    free = [day for day in days if day not in chosen]
    others = [_ENTRIES[why][1 - which[why]] for why in causes]
    others += [*_ENTRIES["council"], *_ENTRIES["market"]]
    entries += [(day, *entry) for day, entry in zip(free, others, strict=False)]
    return bursts, sorted(entries)


def make(stream, settings, society, planted, tables, truth):
    """Make the tables and facts of the family, see `layers.add_family`."""
    stream += "/clock"
    change = society.start + (settings["summer_time_day"] - 1) * DAY + 2 * HOUR
    account_id = tables["accounts"]["account_id"].to_numpy(dtype=object)
    slots = _choose(stream, society, planted)
    part_of, moved = permutation(stream + "/parts", 5), society.start + 11 * DAY
    rows, sealed = [], []
    for slot, part in zip(slots.tolist(), part_of.tolist(), strict=True):
        name = PARTS[part]
        before, after, since = {
            "moved": (0, -5, moved),
            "scheduled": (0, 0, None),
            "abroad": (8, 8, None),
        }.get(name, (0, 1, change))
        times = _life(f"{stream}/life/{part}", settings, society, name, before, after, since)
        rows += [(at, slot) for at in times.tolist()]
        day = 0 if since is None else (since - society.start) // DAY + 1
        sealed.append((account_id[slot], name, before, after, day))
    rows.sort()
    sealed.sort()
    event_id = np.array([f"e-{number:05d}" for number in range(1, len(rows) + 1)], dtype=object)
    owner = np.array([slot for _, slot in rows])
    slot_of = {account: slot for account, slot in zip(account_id[slots], slots, strict=True)}
    programme, calendar = _programme(stream + "/programme")
    counts, bursts = _tag(stream, settings, society, programme)
    evenings, unrest, past = _evenings(stream, settings, society)
    unrest_at = next(
        at for at, why in zip(bursts["time"], bursts["cause"], strict=True) if why == "unrest"
    )
    began = int(unrest_at) + 3 * HOUR + 60 * int(below(stream + "/began", 0, 50)[0])
    made = {
        "watched": {
            "account_id": np.sort(account_id[slots]),
            "reason": np.full(5, "named in the authority: hours of activity"),
        },
        "signs": {
            "event_id": event_id,
            "account_id": account_id[owner],
            "time": [at for at, _ in rows],
        },
        "clock_changes": {
            "change_id": ["cc-1"],
            "time": [change],
            "hours_before": [0],
            "hours_after": [1],
        },
        "tag_counts": counts,
        "calendar": {
            "entry_id": [f"ca-{number}" for number in range(1, len(calendar) + 1)],
            "time": [society.start + (day - 1) * DAY + hour * HOUR for day, hour, *_ in calendar],
            "kind": [entry[2] for entry in calendar],
            "title": [entry[3] for entry in calendar],
        },
        "log": {
            "log_id": ["lg-1"],
            "time": [began],
            "text": ["Windows broken and bins alight beside Quay C"],
        },
        "evenings": evenings,
        "past_evenings": past,
    }
    names = ("account_id", "part", "hours_before", "hours_after", "changed_on")
    truth_tables = {
        "clocks": dict(zip(names, map(list, zip(*sealed, strict=True)), strict=True)),
        "bursts": bursts,
        "unrest": {"evening_id": evenings["evening_id"], "unrest": unrest},
    }
    last = (society.end - society.start) // DAY
    facts = []
    for account, name, *_ in sealed:
        own = event_id[owner == slot_of[account]]
        statement = {
            "resident": "One of the five lives by the clock of Meridia, summer time included",
            "nurse": "One works at night in Puerto Claro and looks like another continent",
            "moved": "One moves to a clock five hours behind, once",
            "scheduled": "One is run by software: the minute gives it away",
            "abroad": "One lives by a clock eight hours ahead all the time",
        }[name]
        # The last hours of night shifts end on the first day after the period.
        facts.append((statement, "BG", "signs", own, "private", last))
    ids = np.array(counts["row_id"], dtype=object)
    seconds = np.array(counts["time"])
    for place, (day, _, hours_, cause) in enumerate(programme):
        begin = bursts["time"][place]
        inside = (seconds >= begin) & (seconds < begin + hours_ * HOUR)
        facts.append(
            (
                f"The tag is loud because of {cause}, day {day}",
                "BG",
                "tag_counts",
                ids[inside],
                "public",
                day,
            )
        )
    facts += [
        ("The tag was loud hours before the unrest began", "BG", "log", ["lg-1"], "public", None),
        ("Clocks go forward within the period", "BG", "clock_changes", ["cc-1"], "public", None),
        (
            "Three of ten evenings bring unrest",
            "BG",
            "evenings",
            [name for name, so in zip(evenings["evening_id"], unrest, strict=True) if so],
            "public",
            last,
        ),
    ]
    return made, truth_tables, facts


def _choose(stream, society, planted) -> np.ndarray:
    fits = (society.tier == 0) & (society.moved == 0) & ~society.automated
    fits &= society.platform == society.platforms.index("Tikkeron")
    fits[[part[0] for part in planted.cast] + [slot for slot, _ in planted.scope]] = False
    slots = ranked(stream + "/five", np.flatnonzero(fits))[:5]
    if len(slots) < 5:
        raise WorldError(
            "the world is too small for five accounts with clocks; ask for more accounts"
        )
    return slots


def _life(path, settings, society, name, before, after, since) -> np.ndarray:
    """Return the signs of life of one account (seconds since 1970, sorted)."""
    days = (society.end - society.start) // DAY
    if name == "scheduled":
        # Four slots a day, at the minute that was typed in once; software knows no summer time.
        day, slot = np.divmod(
            np.arange(days * settings["posts_per_day"]), settings["posts_per_day"]
        )
        hour = 7 + slot * 12 // settings["posts_per_day"]
        late = below(path + "/late", np.arange(len(day)), 4)
        return society.start + day * DAY + hour * HOUR + 15 * 60 + late
    weights = _NIGHTS if name == "nurse" else _DAY
    per = settings["posts_per_day"] - 3 + below(path + "/per", np.arange(days), 7)
    day = np.repeat(np.arange(days), per)
    index = np.arange(len(day))
    hour = pick(path + "/hour", index, weights)
    second = below(path + "/second", index, HOUR)
    if name == "nurse":  # a break begins with the hour
        second = np.where(np.isin(hour, [1, 4]), second * 20 // 60, second)
    local = society.start + day * DAY + hour * HOUR + second
    shift = np.full(len(local), before)
    if since is not None:
        shift = np.where(local - before * HOUR >= since, after, before)
    return np.sort(np.clip(local - shift * HOUR, society.start, society.end - 1))


def _tag(stream, settings, society, programme) -> tuple[dict, dict]:
    """Return hourly counts of the tag, and its bursts."""
    hours = settings["weeks"] * 168
    begin = society.end - hours * HOUR
    time = begin + np.arange(hours) * HOUR
    weekday = (time // DAY + 3) % 7
    mean = np.array(_TAG_HOURS)[time // HOUR % 24] * np.array(_TAG_DAYS)[weekday] // 10  # of 10,000
    cells = np.arange(hours)[:, None] * 32 + np.arange(32)
    drawn = below(stream + "/tag", cells.ravel(), MILLION).reshape(hours, 32)
    # Thirty-two chances an hour: close to a Poisson number with that mean.
    posts = (drawn < (mean * 800)[:, None]).sum(axis=1)
    starts = []
    for number, (day, hour, length, _) in enumerate(programme):
        first = ((day - 1) * DAY + hour * HOUR + society.start - begin) // HOUR
        starts.append(int(time[first]))
        usual = (mean[first : first + length] * 32 * 800 // MILLION) // 2
        more = below(f"{stream}/burst/{number}", np.arange(length), 14)
        posts[first : first + length] += 32 + usual + more
    counts = {
        "row_id": [f"tc-{number:05d}" for number in range(1, hours + 1)],
        "tag": np.full(hours, TAG),
        "time": time,
        "posts": posts,
    }
    bursts = {
        "burst_id": [f"bu-{number}" for number in range(1, len(programme) + 1)],
        "time": np.array(starts),
        "hours": [burst[2] for burst in programme],
        "cause": [burst[3] for burst in programme],
    }
    return counts, bursts


def _evenings(stream, settings, society) -> tuple[dict, list, dict]:
    """Return ten evenings to come, whether each brings unrest, and sixty evenings of last year."""
    kinds = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2])[permutation(stream + "/evening", 10)]
    # Loud without an entry in the calendar: two of three. Loud with one: none of three. Calm: one.
    first = {kind: int(np.flatnonzero(kinds == kind)[0]) for kind in (0, 2)}
    unrest = [
        bool((kind == 0 and place != first[0]) or (kind == 2 and place == first[2]))
        for place, kind in enumerate(kinds.tolist())
    ]
    loud = 180 + below(stream + "/evening/loud", np.arange(10), 160)
    calm = 70 + below(stream + "/evening/calm", np.arange(10), 60)
    evenings = {
        "evening_id": [f"ev-{number:02d}" for number in range(1, 11)],
        "time": society.end + np.arange(10) * DAY + 18 * HOUR,
        "percent_of_baseline": np.where(kinds < 2, loud, calm),
        "in_calendar": (kinds == 1).tolist(),
    }
    order = permutation(stream + "/past", 60)
    kinds = np.repeat([0, 1, 2], [12, 12, 36])[order]
    happened = np.isin(order, [*range(7), 14, 26, 33, 41])
    loud = 180 + below(stream + "/past/loud", np.arange(60), 160)
    calm = 70 + below(stream + "/past/calm", np.arange(60), 60)
    past = {
        "past_id": [f"pe-{number:02d}" for number in range(1, 61)],
        "percent_of_baseline": np.where(kinds < 2, loud, calm),
        "in_calendar": (kinds == 1).tolist(),
        "unrest": happened.tolist(),
    }
    return evenings, unrest, past
