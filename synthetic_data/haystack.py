"""An export full of copies and mixed spellings, pairs in doubt, and a filter with known errors.

Four invented tools wrote the export, each in its own way: handles, platforms, times and language
labels look different. Some rows stand in it twice, some posts a second time with small changes.
The filter was tried on a closed case in which everything is known; its people are pseudonyms.
"""

import re
from collections import Counter

import numpy as np
import pandas as pd

from synthetic_data.casting import who
from synthetic_data.errors import WorldError
from synthetic_data.society import DAY
from synthetic_data.streams import below, permutation, ranked

SIZE = 5  # letters in a shingle
DISTINCT = 0.4  # two posts of the export that are no copies are less alike than this
THRESHOLD = 700  # from this score on the filter raises a flag
FOUND, ERRS = 90, 2  # per cent of offenders, and of the others, that it flags
TOOLS = ("harvester", "relay", "ledger", "desk")
CHANGES = ("recased", "link", "emoji", "truncated", "edited")
_LABELS = {
    "en": ("en", "EN", "eng", "English", "en-MD"),
    "es": ("es", "ES", "spa", "español", "es-MD"),
}
_GREETINGS = ("good morning", "buenos días", "happy friday", "buenas noches")
_FERRY = (
    "boat to Linderrey leaves Quay B at seven forty tomorrow",
    "no crossing on Sunday evening, the crew is on a course",
    "tickets for the summer line are sold at the Customs House",
)
_TWIN = (
    "passengers, send your ticket number to this page for a refund",
    "the other page is out of date, this is the one we read",
    "all lines half price if you write to us today",
)


def plain(line: str) -> str:
    """Return a text in lower case without links, names, emoji and punctuation.

    Example:
        >>> plain("READ this: claro-now.example/7 🙏 @sea.cat")
        'read this'
    """
    line = re.sub(r"\S+\.example\S*|@\S+", " ", line.casefold())
    return " ".join(re.sub(r"[^\w\s]|_", " ", line).split())


def shingles(line: str) -> set[str]:
    """Return the runs of five letters of a plain text.

    Example:
        >>> sorted(shingles("sea cat"))
        ['a cat', 'ea ca', 'sea c']
    """
    return {line[at : at + SIZE] for at in range(max(len(line) - SIZE + 1, 1))}


def make(stream, settings, society, planted, tables, truth):
    """Make the tables and facts of the family, see `layers.add_family`."""
    stream += "/haystack"
    made, rows = _export(stream, settings, society, planted, tables)
    hard, candidates = _doubles(stream, settings, planted, tables, truth)
    scores = _filter(stream, settings)
    wrong = scores["score"] >= THRESHOLD
    ids = made["row_id"]
    twin = who(planted.cast, "imitator")[0]
    twin = rows["account_id"] == tables["accounts"]["account_id"].iloc[twin]
    last = lambda some: (int(rows["time"][some].max()) - society.start) // DAY + 1  # noqa: E731
    near, exact = np.isin(rows["change"], CHANGES), rows["change"] == "exact"
    facts = [
        (f"{sum(part)} rows of the export {what}", "BG", "export", ids[part], "public", last(part))
        for part, what in ((exact, "stand in it twice"), (near, "repeat a post with changes"))
    ]
    facts += [
        (
            "Short greetings in the export are alike and no copies",
            "BG",
            "export",
            ids[rows["greeting"]],
            "public",
            last(rows["greeting"]),
        ),
        (
            "A page with a letter of another alphabet stands in the export beside the true one",
            "IM",
            "export",
            ids[twin],
            "public",
            last(twin),
        ),
        (
            "Eight pairs of accounts are in doubt; four of them have one hand",
            "BG",
            "hard_pairs",
            hard["pair_id"],
            "public",
            28,
        ),
        (
            "Of the flags of the filter one in twelve is right",
            "BG",
            "filter_scores",
            scores["subject_id"][wrong],
            "private",
            1,
        ),
        (
            "Inside the bounded set nearly every flag of the filter is right",
            "BG",
            "filter_scores",
            scores["subject_id"][wrong & scores["bounded"]],
            "private",
            1,
        ),
    ]
    sealed = {name: rows[name] for name in ("row_id", "original", "change", "account_id", "time")}
    made = {
        "export": made,
        "candidates": candidates,
        "hard_pairs": hard,
        "filter_scores": scores,
        "known_pairs": _known(stream),
    }
    return made, {"export_rows": sealed | {"language": rows["language"]}}, facts


def _distinct(stream: str, posts: pd.DataFrame, count: int) -> pd.DataFrame:
    """Choose posts of which no two are alike."""
    order = ranked(stream + "/rows", np.arange(len(posts)))
    lines = posts["text"].to_numpy(dtype=object)
    seen: dict[str, list[int]] = {}
    sizes: list[int] = []
    kept = []
    for place in order.tolist():
        line = plain(lines[place])
        if len(line) < 24:
            continue
        own = shingles(line)
        shared = Counter(number for part in own for number in seen.get(part, ()))
        if any(
            both >= DISTINCT * (len(own) + sizes[number] - both) for number, both in shared.items()
        ):
            continue
        for part in own:
            seen.setdefault(part, []).append(len(sizes))
        sizes.append(len(own))
        kept.append(place)
        if len(kept) == count:
            return posts.iloc[kept]
    raise WorldError(
        f"the world has only {len(kept)} posts that differ, and export.rows asks for {count}; "
        "ask for more accounts"
    )


def _export(stream, settings, society, planted, tables):
    """Return the columns of `export`, and what is so of each row."""
    # No two worlds have the same number of rows, or nearly none.
    total = settings["rows"] + int(below(stream + "/size", 0, 100)[0])
    exact, near = (total * settings[name] // 100 for name in ("exact_percent", "near_percent"))
    handle = tables["accounts"]["handle"].to_numpy(dtype=object)
    account_id = tables["accounts"]["account_id"].to_numpy(dtype=object)
    posts = tables["posts"]
    cast = account_id[[part[0] for part in planted.cast]]
    usable = posts["repost_of"].isna() & (posts["tier"] == "public")
    usable &= ~posts["account_id"].isin(cast)
    own = total - exact - near - settings["greetings"] - len(_FERRY) - len(_TWIN)
    base = _distinct(stream, posts[usable], own)
    slot_of = pd.Index(account_id)
    slot = slot_of.get_indexer(base["account_id"]).tolist()
    time = (base["time"].astype("int64") // 1_000_000).tolist()
    text, language = base["text"].tolist(), base["language"].tolist()
    # Short posts that many people write word for word, each on a day of his own.
    spread = ranked(stream + "/greet", np.unique(slot))[: settings["greetings"]].tolist()
    for turn, one in enumerate(spread):
        line = _GREETINGS[turn % len(_GREETINGS)]
        second = int(below(stream + "/greet/at", turn, 5 * 3600)[0])
        slot.append(one)
        time.append(society.start + (1 + turn) % 28 * DAY + 6 * 3600 + second)
        text.append(line)
        language.append("es" if turn % 2 else "en")
    pages = (
        (who(planted.cast, "ferry service")[0], _FERRY),
        (who(planted.cast, "imitator")[0], _TWIN),
    )
    for turn, (one, lines) in enumerate(pages):
        for k, line in enumerate(lines):
            second = int(below(stream + "/page", turn * 8 + k, 26 * DAY)[0])
            slot.append(int(one))
            time.append(society.start + second)
            text.append(line)
            language.append("en")
    originals = len(slot)
    original, change = list(range(originals)), ["none"] * originals
    tool = below(stream + "/tool", np.arange(originals), len(TOOLS)).tolist()
    for one in ranked(stream + "/exact", np.arange(originals))[:exact].tolist():
        for column in (slot, time, text, language, tool):
            column.append(column[one])
        original.append(one)
        change.append("exact")
    long = [place for place in range(own) if len(plain(text[place])) >= 40]
    if len(long) < near:
        raise WorldError("the world has too few long posts for export.near_percent")
    emoji = ("\U0001f64f", "\U0001f30a", "\u2728")
    for turn, one in enumerate(ranked(stream + "/near", np.array(long))[:near].tolist()):
        path, kind = f"{stream}/near/{turn}", CHANGES[turn % len(CHANGES)]
        # Half of them by the same account through another tool, half copied by somebody else.
        copied = turn % 2 == 1
        writer = slot[int(below(path + "/who", 0, own)[0])] if copied else slot[one]
        wait = 3600 + int(below(path + "/wait", 0, 30 * 3600)[0]) if copied else 60 + turn
        slot.append(writer)
        time.append(min(time[one] + wait, society.end - 1))
        text.append(_changed(path, kind, text[one], emoji[turn % len(emoji)]))
        language.append(language[one])
        tool.append((tool[one] + 1 + turn % 3) % len(TOOLS))
        original.append(one)
        change.append(kind)
    order = permutation(stream + "/order", total)
    place = np.empty(total, dtype=np.int64)
    place[order] = np.arange(total)
    number = np.array([f"x-{row:05d}" for row in range(1, total + 1)], dtype=object)
    index = np.array(original)  # a copy is written as its original where the tool is the same
    label = below(stream + "/label", index * 8 + np.array(tool), 105)
    lost = label >= 100
    labels = [
        "" if gone else _LABELS[code][int(value) % 5]
        for code, value, gone in zip(language, label, lost, strict=True)
    ]
    platform = tables["accounts"]["platform"].to_numpy(dtype=object)[slot]
    columns = {
        "row_id": number,
        "tool": np.array(TOOLS, dtype=object)[tool][order],
        "platform": np.array(
            [_platform(name, by) for name, by in zip(platform, tool, strict=True)], dtype=object
        )[order],
        "handle": np.array(
            [_handle(handle[one], by) for one, by in zip(slot, tool, strict=True)], dtype=object
        )[order],
        "time_text": np.array(
            [_time(at, by, turn) for at, by, turn in zip(time, tool, original, strict=True)],
            dtype=object,
        )[order],
        "language_label": np.array(labels, dtype=object)[order],
        "text": np.array(text, dtype=object)[order],
    }
    greeting = np.zeros(total, dtype=bool)
    greeting[own : own + settings["greetings"]] = True
    rows = {
        "row_id": number,
        "original": number[place[index]][order],
        "change": np.array(change, dtype=object)[order],
        "account_id": account_id[slot][order],
        "time": np.array(time)[order] // 60 * 60,
        "language": np.where(lost, "und", np.array(language, dtype=object))[order],
        "greeting": greeting[order],
    }
    return columns, rows


def _changed(path: str, kind: str, line: str, emoji: str) -> str:
    """Return a text with a small change that leaves most of its letters."""
    if kind == "recased":
        return line.upper()
    if kind == "link":
        return f"{line} claro-now.example/{100 + int(below(path + '/link', 0, 900)[0])}"
    if kind == "emoji":
        return f"{emoji} {line} {emoji}"
    if kind == "truncated":
        return line[: len(line) * 82 // 100].rstrip() + "\u2026"
    words = line.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    place = long[int(below(path + "/word", 0, len(long))[0])]
    word = words[place]
    words[place] = word[:1] + word[2] + word[1] + word[3:]
    return " ".join(words) + "!!"


def _platform(name: str, tool: int) -> str:
    return (name, name.upper(), name.lower(), name[:3].lower())[tool]


def _handle(handle: str, tool: int) -> str:
    return (handle, "@" + handle, handle.upper() + " ", "page.example/" + handle)[tool]


def _time(at: int, tool: int, turn: int) -> str:
    """Write an instant in the way of a tool."""
    if tool == 2:
        return str(at)
    hours = (0, (-3, 2, 5)[turn % 3], 0, 0)[tool]
    local = np.datetime64(at + 3600 * hours, "s").astype(object)
    if tool == 0:
        return f"{local:%Y-%m-%dT%H:%M:%SZ}"
    if tool == 1:
        return f"{local:%Y-%m-%dT%H:%M:%S}{'-' if hours < 0 else '+'}{abs(hours):02d}:00"
    return f"{local:%d/%m/%Y %H:%M}"


def _doubles(stream, settings, planted, tables, truth):
    """Return eight pairs in doubt, and the accounts among which double ones may be looked for."""
    pairs = truth["pairs"]
    staged = pairs["clue"].str.contains("typing|timing")
    by_name = pairs["clue"] == "handle"
    half = settings["hard_pairs"] // 2
    chosen = []
    for same in (True, False):
        for kind, count in ((staged, half - 1), (by_name, 1)):
            rows = np.flatnonzero(kind & (pairs["same_hand"] == same))
            chosen += ranked(f"{stream}/hard/{same}", rows)[:count].tolist()
    hard = pairs.iloc[ranked(stream + "/hard", np.array(chosen))]
    hands = pairs.loc[staged, ["first", "second"]].to_numpy(dtype=object).ravel()
    written = tables["posts"]["account_id"].value_counts()
    cast = tables["accounts"]["account_id"].iloc[[part[0] for part in planted.cast]]
    public = tables["accounts"].query("visibility == 'public' and platform == 'Tikkeron'")
    busy = written[(written >= 12) & (written <= 60)].index.difference(cast).difference(hands)
    busy = busy[busy.isin(public["account_id"])].difference(pairs[["first", "second"]].stack())
    place = ranked(stream + "/others", np.arange(len(busy)))[:24]
    everyone = np.sort(np.concatenate([hands, busy.to_numpy(dtype=object)[place]]))
    return (
        {
            "pair_id": [f"hp-{turn}" for turn in range(1, len(hard) + 1)],
            "first": hard["first"].tolist(),
            "second": hard["second"].tolist(),
        },
        {"account_id": everyone, "reason": np.full(len(everyone), "reported as a double account")},
    )


# Pairs of closed cases: what they share (typing, timing, name), how many, how many one hand.
_KNOWN = (
    (True, True, False, 20, 18),
    (True, False, False, 20, 2),
    (False, True, False, 20, 2),
    (False, False, True, 24, 10),
    (False, False, False, 116, 0),
)


def _known(stream: str) -> dict:
    """Return 200 pairs of closed cases with what they share and how they ended."""
    rows = [
        (typing, timing, name, turn < same)
        for typing, timing, name, count, same in _KNOWN
        for turn in range(count)
    ]
    rows = [rows[place] for place in permutation(stream + "/known", len(rows))]
    names = ("typing", "timing", "name", "same_hand")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return {"known_id": [f"kp-{turn:03d}" for turn in range(1, len(rows) + 1)], **columns}


def _filter(stream: str, settings: dict) -> dict[str, np.ndarray]:
    """Return scores of 0 to 999 for every pseudonym of the closed case."""
    total, offenders, bounded = (settings[key] for key in ("filtered", "offenders", "bounded"))
    slots = permutation(stream + "/case", total)
    score = np.empty(total, dtype=np.int64)
    found = offenders * FOUND // 100
    top = found * 3 // 4
    for part, low, high, path in (
        (slots[:top], 880, 1000, "top"),
        (slots[top:found], THRESHOLD, 880, "found"),
        (slots[found:offenders], 300, THRESHOLD, "missed"),
    ):
        score[part] = low + below(f"{stream}/score/{path}", part, high - low)
    others = slots[offenders:]
    flagged = (len(others) * ERRS + 50) // 100
    # One in the bounded set is among them: two per cent of forty people, to the nearest person.
    inside = (bounded - offenders) * ERRS // 100 + 1
    wrong = np.concatenate([others[:inside], others[bounded - offenders :][: flagged - inside]])
    calm = np.setdiff1d(others, wrong)
    high, rest = wrong[inside : inside + 14], np.append(wrong[:inside], wrong[inside + 14 :])
    score[high] = 880 + below(stream + "/score/high", high, 120)
    score[rest] = THRESHOLD + below(stream + "/score/wrong", rest, 180)
    score[calm] = np.minimum(
        below(stream + "/score/calm", calm, THRESHOLD),
        below(stream + "/score/calm2", calm, THRESHOLD),
    )
    inside_set = np.zeros(total, dtype=bool)
    inside_set[slots[:bounded]] = True
    offender = np.zeros(total, dtype=bool)
    offender[slots[:offenders]] = True
    return {
        "subject_id": np.array([f"z-{row:05d}" for row in range(1, total + 1)], dtype=object),
        "score": score,
        "bounded": inside_set,
        "offender": offender,
    }
