"""Banks: ready strings from which posts are put together.

A sentence has two halves, and perhaps one *open* slot between them, which is put together from two
parts. The bank of a half holds the fillings of its slots, up to 64 of them. All banks lie end to
end as bytes. They are frozen in `pools/banks.npz` with a digest of the grammars: as long as nobody
changes a grammar, they are read from there, and else filled when the first world is made.
`python -m synthetic_data.pool_builder` freezes them anew.
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, count
from pathlib import Path
from zlib import crc32

import numpy as np

from synthetic_data import pools, spelling
from synthetic_data.fillings import SLOT, Bank, filled, fillings, words
from synthetic_data.utf8 import ALL, Texts, encoded, gathered, joined

FROZEN = Path(__file__).parent / "pools" / "banks.npz"
_OPENED = re.compile(r"\{([A-Z]\w*)\}")  # a slot of [open]
_TOPIC = re.compile(r"^\[topics\.(\w+)\]$", re.MULTILINE)
_ARTICLE = re.compile(r"^(?:an?|the|el|la|los|las|un|una|unos|unas|nuestra|mi)\s")
_HALF = 64  # most entries in the bank of half a sentence
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
    # Found without reading the whole grammar, which a world with frozen banks does not need.
    return _TOPIC.findall((pools.GRAMMAR / "en.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Banks:
    """Ready words of all topics of both languages, and where to find them.

    `entry`: all words end to end, `count` of them; then the same with a capital letter, then in
    lower case. Each is a number: place in `pool`, then ten bits for the size, two for the mark, see
    `utf8.Texts`. `bare`: a letter or a digit ends the word, or it is empty. A *code* is
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
    """Return the banks: the frozen ones, or new ones where the grammars are others.

    Example:
        >>> "" in banks().take(np.arange(banks().count)).strings()
        True
    """
    found = pools.frozen(FROZEN, _grammars()) or make()
    size = found["size"].astype(np.int64)
    words = (np.cumsum(size) - size) << 12 | size << 2 | found["marks"]
    rows = found["sentences"].astype(np.int64)
    tags = found["tags"].tobytes().decode().split("\n")
    return Banks(
        found["words"],
        words[found["entry"]],
        len(found["bare"]),
        found["bare"],
        found["sentence"],
        *(rows[:, place] << 16 | rows[:, place + 1] for place in range(0, 14, 2)),
        rows[:, 14] == 1,
        rows[:, 15] == 1,
        found["tag"],
        encoded(tags).looked(),
        encoded(["", *(" " + tag for tag in tags[1:])]).looked(),
        found["everyday"],
        [found[f"coins{part}"] for part in range(3)],
    )


def _grammars() -> list[Path]:
    """Return the files from which the banks are filled."""
    files = [pools.GRAMMAR / f"{language}.toml" for language in pools.LANGUAGES]
    return [*files, pools.FOLDER / "names.csv"]


def freeze() -> None:
    """Make the banks and keep them in `pools/banks.npz`, so that no world waits for them."""
    pools.freeze(FROZEN, _grammars(), make())


def make() -> dict[str, np.ndarray]:
    """Fill all banks.

    Returns:
        Arrays by name. 'words' (uint8): all different words end to end, and `ROOM` bytes more;
        'size' (uint16) and 'marks' of each of them; 'entry' (int32): the number of each word of the
        banks, in three variants; 'bare': see `Banks`.
        'sentences': a row each, first the place and the size of seven banks, then whether it has a
        mark at its end, and whether it names the account addressed; 'tags' (uint8): the tags that
        everybody knows, in one string. For the others see `Banks`.
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
    every = gathered([lines, encoded(strings).looked()]).compact()
    ways = gathered([every, spelling.capitals(every), spelling.loose(every)]).strings()
    different = dict(zip(dict.fromkeys(ways), count(), strict=False))
    words = encoded(list(different)).looked().compact()
    coins = {
        f"coins{part}": np.array(each, dtype=np.int32)
        for part, each in enumerate(zip(*tables, strict=True))
    }
    sentence = [_table(*zip(*weights[code], strict=True), 1024) for code in range(len(tag))]
    return {
        "words": words.pool,
        "size": words.size.astype(np.uint16),
        "marks": words.marks,
        "entry": np.array([different[word] for word in ways], dtype=np.int32),
        "bare": spelling.bare(every),
        "sentences": np.array(rows, dtype=np.int32),
        "sentence": np.array(sentence, dtype=np.int16),
        "tag": np.array(tag, dtype=np.int16),
        "tags": np.frombuffer("\n".join(tags).encode(), dtype=np.uint8),
        "everyday": np.array(everyday),
        **coins,
    }


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
    slipped = joined(len(town), [(ALL, encoded(town))])
    at = np.array([crc32(tag.encode()) for tag in town])
    spelling.slips(slipped, np.arange(len(town)), 0, slipped.size.copy(), at)
    return [*lines[:60], *slipped.strings(), *lines[60:]]


def _joined(words: str) -> str:
    """Write words as one, each with a capital letter, as in a tag."""
    words = _ARTICLE.sub("", words).translate(spelling.ACCENTS)
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+", words))
