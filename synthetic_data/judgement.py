"""The long list: fourteen items, four hypotheses, and what it is worth to be sure.

The question is how a group knows when the patrol boat passes a quay. The desk is ready to name a
clerk. Most items fit the clerk, one of them because somebody made it up; fewer speak against what
is so. Which hypothesis that is, and what is seen, changes with the seed: a hypothesis expects some
signs and denies others (`judgement.toml`), and the readings follow from that.

Weight of evidence against a hypothesis: 3 for an item of a reliable source, 1 for another. What
speaks against it counts, as in the analysis of competing hypotheses (Heuer 1999, *Psychology of
Intelligence Analysis*, chapter 8). Bands of probability are those of the UK yardstick (PHIA).
"""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np

from synthetic_data import pools
from synthetic_data.errors import WorldError
from synthetic_data.society import DAY
from synthetic_data.streams import below, permutation, u64

READINGS = ("inconsistent", "neutral", "consistent")
SOLIDITY = ("solid", "needs checking", "unsupported")
# Words of the yardstick with the lowest and highest whole percent. Gaps are meant.
BANDS = (
    ("remote chance", 1, 5),
    ("highly unlikely", 10, 20),
    ("unlikely", 25, 35),
    ("realistic possibility", 40, 49),
    ("likely", 55, 75),
    ("highly likely", 80, 90),
    ("almost certain", 95, 99),
)
_ODDS = ((1, 24), (1, 5), (3, 7), (4, 5), (3, 2), (5, 1), (24, 1))  # for, against; one a band
CHANCES = (5, 5, 10, 15, 20, 25, 30, 40, 55, 60, 70, 75, 80, 85, 90, 95)
REGULAR = 11
DRAWS = 8000
_ISLANDS = ("Heronholm", "Isla Quevara", "Pico Lanvar")


@cache
def words() -> dict:
    """Return the content of `judgement.toml`.

    Example:
        >>> len(words()["hypothesis"])
        4
    """
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def against(readings: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Return the weight that speaks against each hypothesis.

    Args:
        readings: -1, 0 or 1 (inconsistent, neutral, consistent), shape (items, hypotheses).
        source: grade of the source per item, 1 to 3.

    Example:
        >>> against(np.array([[-1, 0], [1, -1]]), np.array([1, 2])).tolist()
        [3, 1]
    """
    return ((readings == -1) * np.where(source == 1, 3, 1)[:, None]).sum(axis=0)


def turning(readings: np.ndarray, source: np.ndarray) -> list[int]:
    """Return the items without which another hypothesis has the least against it, alone.

    Example:
        >>> turning(np.array([[-1, 0], [0, -1], [0, -1]]), np.array([2, 1, 3]))
        [1]
    """
    weight = against(readings, source)
    best, found = int(weight.argmin()), []
    for item in range(len(readings)):
        rest = weight - against(readings[item : item + 1], source[item : item + 1])
        if rest.argmin() != best and (rest == rest.min()).sum() == 1:
            found.append(item)
    return found


def make(stream, settings, society, planted, tables, truth):
    """Make the tables of the long list, see `layers.add_family`."""
    stream += "/judgement"
    case = _Case(stream, tables)
    items, readings, source, so = _items(case)
    signs = words()["hypothesis"]
    places = permutation(stream + "/hypotheses", len(signs))
    names = [f"h-{number}" for number in range(1, len(signs) + 1)]
    base = _base(stream, so)
    earlier = settings["earlier_cases"]
    counts = [earlier * base[place] // 100 for place in places]
    order = permutation(stream + "/items", len(items))
    ids = [f"ai-{number:02d}" for number in range(1, len(items) + 1)]
    turn = turning(readings, source)
    clerk = [signs[place]["code"] for place in places].index("clerk")
    desk = [5 + 5 * case.below(f"desk/{place}", 3) for place in range(len(signs))]
    desk[clerk] += 100 - sum(desk)
    asked, assumptions = _assumptions(case)
    said, sealed, notes, news = _forecasts(case, settings["past_weeks"], society, tables, truth)
    sentences, bands = _sentences(case)
    told = ", ".join(f"{count} like {name}" for count, name in zip(counts, names, strict=True))
    notes = [
        ("", f"Of {earlier} earlier cases that were cleared up, it was so: {told}."),
        ("", f"The log names {earlier + 17} more cases that were never cleared up."),
        *notes,
    ]
    notes = [notes[place] for place in permutation(stream + "/notes", len(notes))]
    note_ids = [f"fn-{number:02d}" for number in range(1, len(notes) + 1)]
    made = {
        "hypotheses": {
            "hypothesis_id": names,
            "text": [case.fill(signs[place]["text"]) for place in places],
            "desk_percent": desk,
        },
        "ach_items": {
            "item_id": ids,
            "day": [items[place][1] for place in order],
            "text": [items[place][0] for place in order],
            "source_grade": source[order],
            "information_grade": [items[place][2] for place in order],
        },
        "footnotes": {
            "footnote_id": note_ids,
            "forecast_id": [name or None for name, _ in notes],
            "text": [text for _, text in notes],
        },
        "assumptions": asked,
        "forecasts": said,
        "news": news[0],
        "sentences": sentences,
    }
    matrix = readings[order][:, places]
    kinds = np.array([item[3] for item in items], dtype=object)[order]
    sealed_tables = {
        "hypotheses": {
            "hypothesis_id": names,
            "so": [signs[place]["code"] == so for place in places],
            "base_percent": [base[place] for place in places],
            "against": against(matrix, source[order]),
        },
        "ach_readings": {
            "reading_id": [f"{item}/{name}" for item in ids for name in names],
            "item_id": [item for item in ids for _ in names],
            "hypothesis_id": names * len(ids),
            "reading": [READINGS[value + 1] for value in matrix.ravel().tolist()],
        },
        "ach_items": {
            "item_id": ids,
            "diagnostic": [len(set(row)) > 1 for row in matrix.tolist()],
            "deceptive": kinds == "deception",
            "turns": np.isin(order, turn),
        },
        "assumptions": assumptions,
        "forecasts": sealed,
        "news": news[1],
        "sentences": bands,
    }
    facts = [
        (statement, "BG", table, rows, "public", None)
        for statement, table, rows in (
            (
                "One item was made up and fits what the desk favours",
                "ach_items",
                kinds == "deception",
            ),
            ("A passenger list shows that it was made up", "ach_items", kinds == "alibi"),
            ("Two items tell nothing", "ach_items", np.isin(kinds, ["alibi", "common"])),
            ("Without one item the result turns", "ach_items", np.isin(order, turn)),
            (
                "A footnote holds the base rates",
                "footnotes",
                ["cleared up, it" in text for _, text in notes],
            ),
            ("Twenty facts lie sealed", "forecasts", [True] * len(said["forecast_id"])),
            ("A new item moves one forecast", "news", [True]),
        )
        for rows in [_chosen(made[table], rows)]
    ]
    return made, sealed_tables, facts


def _chosen(table: dict, rows) -> list[str]:
    """Return the ids of some rows; the key is the first column."""
    key = next(iter(table.values()))
    return [name for name, take in zip(key, rows, strict=True) if take]


class _Case:
    """Draws by name under one stream, and the slots of the texts."""

    def __init__(self, stream, tables):
        self.stream = stream
        places = tables["places"]
        self.quays = places.loc[places["kind"] == "quay", "name"].tolist()
        self.day = 8 + self.below("day", 12)
        given, family = (pools.names("en", kind)[0] for kind in ("given", "family"))
        self.slots = {
            "name": f"{self.one('given', given)} {self.one('family', family)}",
            "quay": self.one("quay", self.quays),
            "island": self.one("island", _ISLANDS),
            "district": self.one("district", sorted(set(tables["accounts"]["district"]))),
            "day": self.day,
            "before": self.day - 1 - self.below("before", 2),
            "after": self.day + 1 + self.below("after", 2),
        }

    def below(self, path: str, limit: int) -> int:
        """Draw a whole number from 0 to `limit` - 1."""
        return int(below(f"{self.stream}/{path}", 0, limit)[0])

    def one(self, path: str, items):
        """Draw one of the items."""
        return items[self.below(path, len(items))]

    def mixed(self, path: str, items) -> list:
        """Return the items in a keyed order."""
        return [items[place] for place in permutation(f"{self.stream}/{path}", len(items))]

    def fill(self, text: str, **more) -> str:
        """Fill the slots of a text."""
        return text.format(**(self.slots | more))


def _reading(hypothesis: dict, sign: str, seen: bool) -> int:
    """Return how a sign, seen or not, goes with a hypothesis."""
    expected = (sign in hypothesis["expects"]) - (sign in hypothesis["denies"])
    return expected if seen else -expected


def _items(case: _Case) -> tuple[list, np.ndarray, np.ndarray, str]:
    """Draw items until the case has its shape; the last three are planted.

    Returns rows (text, day, information grade, kind), readings, source grades, and the code of
    the hypothesis that is so.
    """
    found, signs = words()["hypothesis"], words()["sign"]
    codes = [entry["code"] for entry in found]
    lines = [(sign, seen) for sign in signs for seen in (True, False)]
    vectors = np.array([[_reading(h, sign["code"], seen) for h in found] for sign, seen in lines])
    clerk = codes.index("clerk")
    planted = np.array([[1 if code == "clerk" else -1 for code in codes], [0] * 4, [1] * 4])
    for so in case.mixed("so", [code for code in codes if code != "clerk"]):
        path = f"{case.stream}/{so}"
        number = np.arange(DRAWS * len(lines)).reshape(DRAWS, -1)
        chosen = np.argsort(u64(path, number), axis=1)[:, :REGULAR]
        grade = 1 + below(path + "/grade", number[:, :REGULAR], 3)
        readings = np.concatenate([vectors[chosen], np.tile(planted, (DRAWS, 1, 1))], axis=1)
        # The passenger list and the log of the patrol are reliable sources.
        source = np.concatenate([grade, np.tile([2, 1, 1], (DRAWS, 1))], axis=1)
        fits = np.flatnonzero(_have_shape(readings, source, clerk, codes.index(so)))
        if len(fits):
            draw = fits[0]
            told = _told(case, [lines[place] for place in chosen[draw]], source[draw].tolist())
            return told, readings[draw], source[draw], so
    raise WorldError("no long list of items was found; take another seed")


def _told(case: _Case, lines: list[tuple], source: list[int]) -> list[tuple]:
    """Return rows (text, day, information grade, kind) of what was seen and of what is planted."""
    rows = []
    for turn, (sign, seen) in enumerate(lines):
        text = case.fill(sign["seen" if seen else "not_seen"])
        rows.append(
            (
                text,
                3 + case.below(f"at/{turn}", 22),
                "ABCD"[case.below(f"of/{turn}", 2) + source[turn] - 1],
                "",
            )
        )
    for kind, day, grade in (
        ("deception", case.day + 2, "B"),
        ("alibi", case.slots["after"] + 4, "A"),
        ("common", case.day + 1, "A"),
    ):
        rows.append((case.fill(words()[kind]["text"]), day, grade, kind))
    return rows


def _have_shape(readings, source, clerk: int, right: int) -> np.ndarray:
    """Say of each draw whether what fits names the clerk, and what speaks against, another.

    Exactly one item turns the result, it is not the one made up, and it then names the clerk. Only
    two items tell nothing, and one or more are doubtful. No place is shared.

    Args:
        readings: as in `against`, shape (draws, items, hypotheses).
        source: grades, shape (draws, items).
        clerk: number of the hypothesis that most items fit.
        right: number of the hypothesis that is so.
    """
    part = (readings == -1) * np.where(source == 1, 3, 1)[..., None]
    rest = part.sum(axis=1, keepdims=True) - part  # without each item in turn
    lead = np.sort(rest, axis=2)
    alone, first = lead[..., 0] < lead[..., 1], rest.argmin(axis=2)
    turns = (first == clerk)[:, :REGULAR].sum(axis=1)
    kept = (first == right).sum(axis=1)
    fits = (readings == 1).sum(axis=1)
    most = fits[:, clerk] > np.delete(fits, clerk, axis=1).max(axis=1)
    flat = (readings == readings[..., :1]).all(axis=2).sum(axis=1)
    doubtful = (source == 3).any(axis=1)
    return (
        doubtful
        & alone.all(axis=1)
        & (turns == 1)
        & (kept == readings.shape[1] - 1)
        & most
        & (flat == 2)
    )


def _base(stream: str, so: str) -> list[int]:
    """Return how often each hypothesis was so before (percent, in the order of the words)."""
    codes = [entry["code"] for entry in words()["hypothesis"]]
    # A clerk was seldom the answer; what is so now was not always the most frequent one.
    shares = [(25, 30, 35)[place] for place in permutation(stream + "/base", 3)]
    rest = iter(shares)
    return [10 if code == "clerk" else next(rest) for code in codes]


def _assumptions(case: _Case) -> tuple[dict, dict]:
    chosen = case.mixed("assumptions", words()["assumption"])[:5]
    levels = case.mixed("levels", [0, 1, 2, case.below("level/1", 3), case.below("level/2", 3)])
    ids = [f"as-{number}" for number in range(1, 6)]
    return (
        {
            "assumption_id": ids,
            "text": [entry["text"] for entry in chosen],
            "known": [entry["checks"][level] for entry, level in zip(chosen, levels, strict=True)],
        },
        {"assumption_id": ids, "solidity": [SOLIDITY[level] for level in levels]},
    )


def _date(society, offset: int) -> str:
    day = np.datetime64(society.end + offset * DAY, "s").astype(object)
    return f"{day.day} {day:%B}"


def _forecasts(case: _Case, weeks: int, society, tables, truth):
    """Return forecasts, their truth, footnotes, and the new item with its truth.

    Facts with a fair chance come out as it says, spread evenly (systematic sampling): of facts at
    80 % about four in five come true, in each world. The others follow from the case.
    """
    entries = case.mixed("forecasts", words()["forecast"])[: len(CHANCES)]
    # One start for the whole row of chances, in order of size.
    steps = np.cumsum([0, *CHANCES]) + case.below("start", 100)
    true = (np.diff(steps // 100) > 0).tolist()
    rows = []
    for turn, (entry, chance) in enumerate(zip(entries, CHANCES, strict=True)):
        slots = {"date": _date(society, 2 + case.below(f"date/{turn}", 20))}
        past = case.fill(entry["past"], past=weeks * chance // 100, weeks=weeks)
        # Talk goes by another fact altogether.
        talk = CHANCES[(turn + len(CHANCES) // 2) % len(CHANCES)]
        rows.append((case.fill(entry["text"], **slots), talk, true[turn], chance, past, slots))
    rows += _from_case(case, tables, truth)
    rows = case.mixed("order", rows)
    ids = [f"fo-{number:02d}" for number in range(1, len(rows) + 1)]
    notes = [(name, row[4]) for name, row in zip(ids, rows, strict=True) if row[4]]
    middle = [n for n, row in enumerate(rows) if 20 <= row[3] <= 60]
    moved = case.one("moved", middle)
    # The flag is honest: in four worlds of five it points to what comes.
    up = rows[moved][2] == (case.below("honest", 5) < 4)
    prior = rows[moved][3]
    hits, misses, after = case.one("counts", _counts(prior, up))
    new = case.fill(
        words()["news"]["text"],
        date=rows[moved][5]["date"],
        true=hits,
        false=misses,
        forecast=rows[moved][0],
    )
    return (
        {
            "forecast_id": ids,
            "text": [row[0] for row in rows],
            "talk_percent": [row[1] for row in rows],
        },
        {
            "forecast_id": ids,
            "comes_true": [row[2] for row in rows],
            "has_chance": [row[3] > 0 for row in rows],
            "chance_percent": [row[3] for row in rows],
        },
        notes,
        (
            {"news_id": ["nw-1"], "forecast_id": [ids[moved]], "text": [new]},
            {
                "news_id": ["nw-1"],
                "forecast_id": [ids[moved]],
                "direction": ["up" if up else "down"],
                "factor_percent": [round(100 * hits / misses)],
                "new_percent": [after],
            },
        ),
    )


def _counts(prior: int, up: bool) -> list[tuple[int, int, int]]:
    """Return counts of a sign (true, false, of 20 each) and the chance after it, in per cent.

    The chance lies away from the share of hits, which a hurried reader takes for it.
    """
    found = []
    for many in range(12, 17):
        for few in range(2, 5):
            true, false = (many, few) if up else (few, many)
            after = round(100 * prior * true / (prior * true + (100 - prior) * false))
            if abs(after - 5 * true) >= 5 and 3 <= after <= 97:
                found.append((true, false, after))
    return found


def _from_case(case: _Case, tables, truth) -> list[tuple]:
    """Return four facts of the hand-over case, which have no fair chance to look up."""
    answers = truth["answers"].set_index("fact")["value"]
    quays = tables["places"].query("kind == 'quay'").sort_values("lon")
    line = quays.iloc[2 + case.below("line", 5)]
    place = quays.set_index("place_id").loc[answers["place"], "lon"]
    open_ = (truth["evidence"]["table"] == "posts") & truth["evidence"]["fact"].isin(["day"])
    second = tables["accounts"].set_index("account_id").loc[answers["courier-2"], "language"]
    found = (
        ("The hand-over is on 17 March, not on 16 March.", answers["day"] == "17"),
        (f"The hand-over is at a quay to the west of {line['name']}.", place < line["lon"]),
        ("Public posts tell the day of the hand-over, too.", bool(open_.any())),
        ("The language of the second courier's account is Spanish.", second == "es"),
    )
    return [
        (text, 10 + 10 * case.below(f"talk/{turn}", 9), bool(true), 0, "", {})
        for turn, (text, true) in enumerate(found)
    ]


def _sentences(case: _Case) -> tuple[dict, dict]:
    """Return six sentences on chances, and the word of the yardstick for each."""
    texts = words()["sentences"]
    bands = case.mixed("bands", range(len(BANDS)))[:6]
    whats = case.mixed("whats", texts["what"])
    forms = case.mixed(
        "forms", ["percent", "frequency", "odds", "odds", "complement", "confidence"]
    )
    rows = []
    for turn, (band, form, what) in enumerate(zip(bands, forms, whats, strict=False)):
        _, low, high = BANDS[band]
        p = low + case.below(f"percent/{turn}", high - low + 1)
        for_, against_ = _ODDS[band]
        slots = {"p": p, "q": 100 - p, "k": 2 * p, "n": 200, "a": for_, "b": against_}
        if form == "odds":
            form = "for" if for_ > against_ else "against"
            slots |= {"a": max(for_, against_), "b": min(for_, against_)}
            p = round(100 * for_ / (for_ + against_))
        rows.append((case.fill(texts[form], what=case.fill(what), **slots), p, band))
    ids = [f"se-{number}" for number in range(1, len(rows) + 1)]
    return (
        {"sentence_id": ids, "text": [row[0] for row in rows]},
        {
            "sentence_id": ids,
            "percent": [row[1] for row in rows],
            "band": [BANDS[row[2]][0] for row in rows],
            "low_percent": [BANDS[row[2]][1] for row in rows],
            "high_percent": [BANDS[row[2]][2] for row in rows],
        },
    )
