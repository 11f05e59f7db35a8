"""Banks: ready strings from which posts are put together, made from the grammars once per process.

A sentence has two halves, and perhaps one *open* slot between them, which is put together from two
parts. The bank of a half holds the fillings of its slots, up to 64 of them. All banks are filled
together, and lie end to end as bytes.
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

import numpy as np

from synthetic_data import pools, spelling
from synthetic_data.columns import ALL, Texts, gathered, joined, utf8
from synthetic_data.streams import below

SLOT = re.compile(r"\{(\w+\??)\}")
_OPENED = re.compile(r"\{([A-Z]\w*)\}")  # a slot of [open]
_ARTICLE = re.compile(r"^(?:an?|the|el|la|los|las|un|una|unos|unas|nuestra|mi)\s")
_HALF = 64  # most entries in the bank of half a sentence
_LIST = 500  # most values of a slot that holds other slots
_FEW = 400  # different fillings below which a template needs a closing
_ENDS = 16  # most entries that one opening or closing gives
_NAME = 13  # usual length of what stands in an open slot
_RARE = 4096  # as many fillings does an open slot count for, at most
_OPEN = 1024  # most entries of each part of an open slot
_STEMS = 400  # most stems that one line of the grammar gives for new tags
_FINE = 4096  # steps of the tables from which tags are drawn
_COINED = 18  # of a hundred tags of everyday topics, those that somebody made up
MOODS = ("templates", "say", "good", "bad", "ask")  # kinds of sentence; the first has no frame
PLAIN, CAPITAL, LOOSE = range(3)


@cache
def topics() -> list[str]:
    """Return the topic names in the order in which arrays number them.

    Example:
        >>> topics()[0]
        'harbour'
    """
    return list(pools.grammar("en")["topics"])


@dataclass(frozen=True)
class Banks:
    """Ready words of all topics of both languages, and where to find them.

    `entry`: all words end to end, `count` of them; then the same with a capital letter, then in
    lower case. Each is a number: place in `pool`, then ten bits for the size, two for the mark, see
    `columns.Texts`. `bare`: a letter or a digit ends the word, or it is empty. A *code* is
    topic * 2 + language. `sentence`: per code, a table of 1,024 numbers of sentences. Per sentence:
    `begin`, `first`, `left`, `right` (the parts of its open slot), `second`, `close` and `emoji`
    are banks: the place of the first word, then 16 bits for how many. `ended`: the sentence has a
    mark at its end. `named`: it names the account addressed, after its opening. `tag`: per code, a
    table of places in `tags`, where -1 is a new one; `tails` are the tags with a space before them.
    `everyday`: per code, whether anybody may write about it. `coins`: of the three parts of new
    tags, tables of words, per language and once more in lower case.
    """

    pool: np.ndarray
    entry: np.ndarray
    count: int
    bare: np.ndarray
    sentence: np.ndarray
    begin: np.ndarray
    first: np.ndarray
    left: np.ndarray
    right: np.ndarray
    second: np.ndarray
    close: np.ndarray
    emoji: np.ndarray
    ended: np.ndarray
    named: np.ndarray
    tag: np.ndarray
    tags: Texts
    tails: Texts
    everyday: np.ndarray
    coins: list[np.ndarray]

    def take(self, place, variant=PLAIN) -> Texts:
        """Return words of the banks, each in the variant asked for."""
        entry = self.entry[place + variant * self.count]
        marks = (entry & 3).astype(np.uint8)
        return Texts(self.pool, entry >> 12, entry >> 2 & 0x3FF, marks)

    def blank(self, place: np.ndarray) -> np.ndarray:
        """Tell which words are empty."""
        return self.entry[place] & 0xFFC == 0


@cache
def banks() -> Banks:
    """Make the banks.

    Example:
        >>> "" in banks().take(np.arange(banks().count)).strings()
        True
    """
    asked: dict[Bank, int] = {}

    def ask(language: str, templates: Sequence[str], most: int) -> int:
        return asked.setdefault(Bank(language, tuple(templates), most), len(asked))

    opened = {
        (language, name): [ask(language, part, _OPEN) for part in parts]
        for language in pools.LANGUAGES
        for name, parts in pools.grammar(language)["open"].items()
    }
    sentences = list(_sentences(ask))
    lines, place, size, alike, length = filled(list(asked))
    strings: list[str] = [""]

    def put(words: list[str]) -> tuple[int, int]:
        strings.extend(words)
        return len(lines.size) + len(strings) - len(words), len(words)

    none = len(lines.size), 1
    frames, faces = {}, {}
    ends_bare, blank = spelling.bare(lines), lines.size == 0
    rows, weights = [], defaultdict(list)
    for code, mood, frame, emoji, start, who, one, slot, two in sentences:
        if frame not in frames:
            frames[frame] = (
                put(_frame(*frame, "opens")),
                put(closes := _frame(*frame, "closes")),
                put([line for line in closes if line] or [""]),
            )
        if emoji not in faces:
            faces[emoji] = put([" " + face for face in emoji])
        begin, *closings = frames[frame]
        left, right = opened[slot] if slot else (None, None)
        last = one if blank[place[two]] and not slot else two
        ended = not (ends_bare[place[last]])
        # What says few things always gets a closing, so that it is not said again.
        many, mean = int(alike[one] * alike[two]), int(length[one] + length[two])
        if slot:
            many *= min(_RARE, int(size[left] * size[right]) // 3)
            mean += _NAME
        few = many < _FEW and mood != "templates" and not (ended and mood != "ask")
        close = none if ended and mood != "ask" else closings[few]
        mean += 15 * few
        weight = 1 if mood == "templates" else _weight(mean, many, few, bool(slot))
        weights[code].append((len(rows), weight))
        parts = (start, one, left, right, two)
        start, *middle = (none if n is None else (place[n], size[n]) for n in parts)
        row = [begin if parts[0] is None else start, *middle, close, faces[emoji]]
        rows.append([*(number for pair in row for number in pair), ended, who])
    tags, tag, everyday = [""], [], []
    for name in topics():
        for language in pools.LANGUAGES:
            grammar = pools.grammar(language)
            tag.append(_tag_table(grammar, grammar["topics"][name], tags))
            everyday.append("say" in grammar["topics"][name])
    tongues = [(language, loose) for loose in (False, True) for language in pools.LANGUAGES]
    tables = [_coins(language, loose, put) for language, loose in tongues]
    coins = [np.array(part) for part in zip(*tables, strict=True)]
    columns = np.array(rows, dtype=np.int64)
    words = gathered([lines, utf8(strings).looked()])
    ways = [words, spelling.capitals(words), spelling.loose(words)]
    every = gathered([way._replace(marks=words.marks) for way in ways])
    return Banks(
        every.pool,
        every.start << 12 | every.size << 2 | every.marks,
        len(words.size),
        spelling.bare(words),
        np.array([_table(*zip(*weights[code], strict=True), 1024) for code in range(len(tag))]),
        *(columns[:, place] << 16 | columns[:, place + 1] for place in range(0, 14, 2)),
        columns[:, 14] == 1,
        columns[:, 15] == 1,
        np.array(tag),
        utf8(tags).looked(),
        utf8(["", *(" " + tag for tag in tags[1:])]).looked(),
        np.array(everyday),
        coins,
    )


def _sentences(ask):
    """Yield all sentences of the grammars.

    Yields:
        Code, mood, frame (language and mood), emoji; number of the bank before the handle that is
        addressed, or None, and whether there is one; number of the bank of the first half, key of
        the open slot or None, number of the bank of the second half. `ask` gives numbers to banks.
    """
    for number, name in enumerate(topics()):
        for turn, language in enumerate(pools.LANGUAGES):
            grammar = pools.grammar(language)
            entry = grammar["topics"][name]
            for mood in (mood for mood in MOODS if mood in entry):
                frame = language, entry.get("frame", mood) if mood in ("say", "good") else mood
                emoji = (*entry.get("emoji", ()), *grammar["emoji"][mood])
                for template in entry[mood]:
                    before, who, after = template.rpartition("{who}")
                    start = ask(language, [before], _HALF) if who else None
                    one, slot, two = _halves(language, after)
                    halves = [ask(language, [half], _HALF) for half in (one, two)]
                    slot = (language, slot) if slot else None
                    yield (
                        number * 2 + turn,
                        mood,
                        frame,
                        emoji,
                        start,
                        bool(who),
                        *(
                            halves[0],
                            slot,
                            halves[1],
                        ),
                    )


def _halves(language: str, template: str) -> tuple[str, str, str]:
    """Return the two halves of a template and the open slot between them, or "".

    Without an open slot, the cut gives both halves many fillings.
    """
    before, *opened = _OPENED.split(template)
    if opened:
        return before, opened[0], opened[1]
    slots = list(SLOT.finditer(template))
    sizes = [len(words(language, slot[1]).values.size) for slot in slots]
    left = list(accumulate(sizes, lambda one, two: one * two, initial=1))
    place = max(
        range(len(left)), key=lambda place: (min(left[place], left[-1] // left[place]), place)
    )
    cut = slots[place].start() if place < len(slots) else len(template)
    return template[:cut], "", template[cut:]


# Filling templates.


class Bank(NamedTuple):
    """What is asked of `filled`: the fillings of some templates, `most` of them or all."""

    language: str
    templates: tuple[str, ...]
    most: int


class Filled(NamedTuple):
    """Banks that are filled: bank b has the `size[b]` lines from `place[b]` on.

    `alike`: as many alike frequent lines would be repeated as often as those of the bank are.
    `length`: their mean length in bytes.
    """

    lines: Texts
    place: np.ndarray
    size: np.ndarray
    alike: np.ndarray
    length: np.ndarray

    def strings(self) -> list[list[str]]:
        """Return the lines of each bank."""
        every = self.lines.strings().tolist()
        return [every[a : a + n] for a, n in zip(self.place, self.size, strict=True)]


class Slot(NamedTuple):
    """Values of a slot, in groups (`start`, `size`), one per listed value; `alike` as in `Filled`.

    A group is as likely as another, so a listed value that holds a slot with many values, such as
    a name of a street, is no more frequent than a plain one.
    """

    values: Texts
    start: np.ndarray
    size: np.ndarray
    alike: float


@cache
def words(language: str, name: str) -> Slot:
    """Return the values of a slot of [words], those of slots inside it put in.

    Example:
        >>> "Torvane" in words("en", "town").values.strings()
        True
    """
    if name.endswith("?"):  # there half of the time, with a space before it
        values, start, size, alike = words(language, name[:-1])
        count, none = len(values.size), len(size)
        spaces = utf8([" "]).looked().chosen(np.zeros(count, dtype=np.int64))
        spaced = joined(none + count, [(slice(none, None), part) for part in (spaces, values)])
        start, size = np.append(np.arange(none), start + none), np.append(np.ones_like(size), size)
        return Slot(spaced, start, size, 4 / (1 + 1 / alike))
    if name == "given":
        values = utf8(pools.names(language, "given")[0].tolist()).looked()
        start, size = np.array([0]), np.array([len(values.size)])
    else:
        lists = pools.grammar(language)["words"][name]
        if "{" in "".join(lists):
            values, start, size, *_ = filled([Bank(language, (value,), _LIST) for value in lists])
        else:
            values, start = utf8(lists).looked(), np.arange(len(lists))
            size = np.ones_like(start)
    return Slot(values, start, size, len(size) ** 2 / float((1 / size).sum()))


def fillings(language: str, templates: Sequence[str], most: int) -> list[list[str]]:
    """Return the fillings of each template, all of them or `most` spread evenly.

    Example:
        >>> fillings("en", ["no", "on {day}"], 2)
        [['no'], ['on Monday', 'on Tuesday']]
    """
    return filled([Bank(language, (template,), most) for template in templates]).strings()


def filled(asked: list[Bank]) -> Filled:
    """Fill the templates of many banks at once.

    The templates of a bank take turns, so that its first lines differ. Of a template with too many
    combinations some are taken, in steps that share no divisor with their number.
    """
    literal: dict[str, int] = {"": 0}  # what stands in templates
    inside: list[Slot] = []
    known: dict[tuple[str, str], tuple] = {}  # per slot: place, values, first group, groups, alike
    values = groups = 0

    def of_slot(language: str, name: str) -> tuple:
        nonlocal values, groups
        slot = words(language, name)
        inside.append(slot)
        found = values, len(slot.values.size), groups, len(slot.size), slot.alike
        values, groups = values + found[1], groups + found[3]
        return found

    heads, tails, alike = [], [], [0] * len(asked)
    for number, (language, templates, most) in enumerate(asked):
        most //= len(templates)
        for turn, template in enumerate(templates):
            first, *pieces = SLOT.split(template)
            total, slots = 1, []
            for name in pieces[::2]:
                slot = known.get((language, name))
                if slot is None:
                    slot = known[language, name] = of_slot(language, name)
                slots.append(slot)
                total *= slot[1]
            many = total > most
            tail, count, each = [], 1, 1.0
            for (place, size, group, lists, evenly), after in zip(slots, pieces[1::2], strict=True):
                some = lists if many else size
                count *= some
                each *= evenly
                nested = many and lists < size
                tail += (
                    place,
                    some,
                    group if nested else -1,
                    literal.setdefault(after, len(literal)),
                )
            step = count * 618 // 1000 + crc32(template.encode()) % 89
            while math.gcd(step, count) != 1:
                step += 1
            lines = min(total, most)
            before = literal.setdefault(first, len(literal))
            heads.append((number, turn, lines, count, step, before, len(slots)))
            tails.append(tail)
            alike[number] += min(lines, int(each))
    deepest = max(map(len, tails), default=0)
    slots = np.array([tail + [0] * (deepest - len(tail)) for tail in tails], dtype=np.int64)
    bank, turn, lines, count, step, first, depth = np.array(heads, dtype=np.int64).T
    texts = gathered([slot.values for slot in inside] + [utf8(list(literal)).looked()])
    start, size = (
        np.concatenate([np.empty(0, dtype=np.int64), *(slot[field] for slot in inside)])
        for field in (1, 2)
    )
    of = np.repeat(np.arange(len(lines)), lines)
    rank = np.arange(len(of)) - np.repeat(np.cumsum(lines) - lines, lines)
    if turn.any():
        order = np.lexsort((turn[of], rank, bank[of]))
        of, rank = of[order], rank[order]
    left = rank * step[of] % count[of]
    parts = [(ALL, texts.chosen(values + first[of]))]
    for number in range(deepest // 4):
        rows = np.flatnonzero(depth[of] > number)
        place, some, group, after = slots[of[rows], 4 * number : 4 * number + 4].T
        left[rows], chosen = np.divmod(left[rows], some)
        nested = np.flatnonzero(group >= 0)
        list_ = group[nested] + chosen[nested]
        drawn = below(f"banks/{number}", of[rows[nested]] << 16 | rank[rows[nested]], size[list_])
        chosen[nested] = start[list_] + drawn
        parts.append((rows, texts.chosen(place + chosen)))
        more = np.flatnonzero(texts.size[values + after])
        parts.append((rows[more], texts.chosen(values + after[more])))
    every = joined(len(of), parts).compact()
    many = np.bincount(bank, lines, len(asked)).astype(np.int64)
    place = np.cumsum(many) - many
    length = np.add.reduceat(every.size, place) // many
    return Filled(every, place, many, np.array(alike), length)


def _frame(language: str, mood: str, part: str) -> list[str]:
    """Return the openings or closings of a mood, with as many empty ones as it asks for."""
    entry = pools.grammar(language)[part].get(mood)
    if not entry:
        return [""]
    lines = [line for lines in fillings(language, entry, _ENDS) for line in lines]
    share = pools.grammar(language)[part]["percent"]
    return lines + [""] * (len(lines) * (100 - share) // share)


def _weight(length: int, many: int, few: bool, opened: bool) -> int:
    """Return how often a template is used: more when it is short, and when it says many things."""
    share = math.isqrt(16 * min(many, 2000) * (4 if few else 1)) * (2 if opened else 7)
    return 1 + share * 10**13 // (length**5 + 18**5)


def _table(values, weights, steps: int) -> np.ndarray:
    """Return `steps` values, each as often as its weight asks for."""
    edges = np.cumsum(np.asarray(weights, dtype=np.int64))
    drawn = (2 * np.arange(steps) + 1) * int(edges[-1]) // (2 * steps)
    return np.asarray(values)[np.searchsorted(edges, drawn, side="right")]


def _tag_table(grammar: dict, entry: dict, tags: list[str]) -> np.ndarray:
    """Return the table of tags of a topic; new tags are put at the end of `tags`.

    Three posts in ten have tags. In everyday topics some are new ones, and of the others three of
    four are tags of the whole town, the k-th with a weight of 1/k; so hashtags follow Zipf's law
    whatever the mix of topics.
    """
    own = entry["hashtags"]
    lines, seconds = _ranked(own, 1), own
    fresh = 0
    if "say" in entry:
        seconds = grammar["hashtags"]["town"]
        lines += _ranked(seconds, 3)
        seconds = seconds[:3]
        fresh = sum(weight for _, weight in lines) * _COINED // (100 - _COINED)
    total = sum(weight for _, weight in lines) + fresh
    places, weights = [0, -1], [total * 70 // 30, fresh]
    for rank, (tag, weight) in enumerate(lines):
        second = seconds[rank % len(seconds)]
        for line, part in ((tag, 3), (f"{tag} {second}", 1)):
            if line != f"{tag} {tag}":
                places.append(len(tags))
                tags.append(line)
                weights.append(weight * part // 4)
    return _table(places, weights, _FINE)


def _ranked(tags: list[str], share: int) -> list[tuple[str, int]]:
    """Give tags weights that fall like 1/rank and have a sum of about a million shares."""
    weights = [10_000_000 // (rank + 1) for rank in range(len(tags))]
    total = sum(weights)
    return [
        (tag, weight * share * 1000 // (total // 1000))
        for tag, weight in zip(tags, weights, strict=True)
    ]


def _coins(language: str, loose: bool, put) -> list[np.ndarray]:
    """Return tables of the parts of new tags: what stands before, the stem, what stands behind.

    The k-th stem has a weight of 1/(k + 4), so that some come again and most are rare. `put` puts
    words into a bank and returns the place of the first.
    """
    entry = pools.grammar(language)["hashtags"]
    parts = [["#" + line for line in entry["before"]], _stems(language), entry["behind"]]
    tables = []
    for number, lines in enumerate(parts):
        weights = [10_000_000 // (rank + (5 if number == 1 else 1)) for rank in range(len(lines))]
        if number != 1:  # a plain stem is the most frequent
            weights[0] = sum(weights[1:]) * entry["plain"][number // 2]
        place, size = put([line.lower() for line in lines] if loose else lines)
        steps = 4 * _FINE if number == 1 else _FINE
        tables.append(_table(place + np.arange(size), weights, steps))
    return tables


@cache
def _stems(language: str) -> list[str]:
    """Return words of which new tags are made; some are well-known tags with a slip in them."""
    entry = pools.grammar(language)["hashtags"]
    stems = Bank(language, tuple(entry["stems"]), _STEMS * len(entry["stems"]))
    lines = list(dict.fromkeys(map(_joined, filled([stems]).strings()[0])))
    town = [tag[1:] for tag in entry["town"] if len(tag) > 5]
    slipped = joined(len(town), [(ALL, utf8(town))])
    at = np.array([crc32(tag.encode()) for tag in town])
    spelling.slips(slipped, np.arange(len(town)), 0, slipped.size.copy(), at)
    return [*lines[:60], *slipped.strings(), *lines[60:]]


def _joined(words: str) -> str:
    """Write words as one, each with a capital letter, as in a tag."""
    words = _ARTICLE.sub("", words).translate(spelling.ACCENTS)
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+", words))
