"""Write posts and bios from the grammars, whole columns at a time.

A post is put together from a few parts: an opening ("honestly, "), the two halves of a sentence,
a closing (", asking for a friend"), an emoji, hashtags. Each part is taken from a *bank*, a list of
ready strings. The banks are made once per process, by filling the slots of the grammar's templates;
then a post costs a handful of additions of strings, and two random numbers of 64 bits.

Names of people, streets and shops are many and most of them rare, as anywhere. So a sentence may
have one *open* slot between its halves, which is put together from two parts. Hashtags are open
as well: people coin new ones from what the town has, and for some minutes one of them may be
on everybody's screen.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from synthetic_data import pools
from synthetic_data.columns import ALL, Texts, ended, gathered, joined, packed, sizes, utf8
from synthetic_data.streams import below, key, u64

_SLOT = re.compile(r"\{(\w+\??)\}")
_OPENED = re.compile(r"\{([A-Z]\w*)\}")  # a slot of [open]
_ARTICLE = re.compile(r"^(?:an?|the|el|la|los|las|un|una|unos|unas|nuestra|mi)\s")
LIMIT = 280  # longest post, in characters
_HALF = 128  # most entries in the bank of half a sentence
_LIST = 1500  # most values of a slot that holds other slots
_FEW = 400  # different fillings below which a template needs a closing
_ENDS = 16  # most entries that one opening or closing gives
_NAME = 13  # usual length of what stands in an open slot
_RARE = 4096  # as many fillings does an open slot count for, at most
_OPEN = 1024  # most entries of each part of an open slot
_STEMS = 400  # most stems that one line of the grammar gives for new tags
_FINE = 4096  # steps of the tables from which tags are drawn
_COINED = 18  # of a hundred tags of everyday topics, those that somebody made up
_HOUR = 3600  # seconds; in each hour at most one tag is on everybody's screen
_MOODS = ("templates", "say", "good", "bad", "ask")  # kinds of sentence; the first has no frame
_U12, _U16 = np.uint64(0xFFF), np.uint64(0xFFFF)


@cache
def topics() -> list[str]:
    """Return the topic names in the order in which arrays number them.

    Example:
        >>> topics()[0]
        'harbour'
    """
    return list(pools.grammar("en")["topics"])


def topic(name: str) -> int:
    """Return the number of a topic.

    Example:
        >>> topic("harbour")
        0
    """
    return topics().index(name)


def of_the_day(path: str, index: np.ndarray, day: np.ndarray, theme: np.ndarray) -> np.ndarray:
    """Turn some topics into what the town talks about that day (`grammar/events.toml`).

    Args:
        path: stream.
        index: entity number per post.
        day: day of the world per post, from 1.
        theme: topic number per post.

    Example:
        >>> few = of_the_day("d", np.arange(100), np.full(100, 19), np.zeros(100, dtype=int))
        >>> bool((few == topic("storm")).any()), bool((few == topic("cup")).any())
        (True, False)
    """
    table = _events()
    drawn = below(path, index, table.shape[1])
    found = table[np.clip(day, 0, len(table) - 1), drawn]
    return np.where(found >= 0, found, theme)


@cache
def _events() -> np.ndarray:
    """Return a table of a thousand draws per day: the topic of the day, or -1."""
    events = pools.grammar("events")
    last = max(int(number) for event in events.values() for number in event["days"])
    table = np.full((last + 2, 1000), -1)
    filled = np.zeros(last + 2, dtype=np.int64)
    for name, event in events.items():
        for number, share in event["days"].items():
            row = int(number)
            table[row, filled[row] : filled[row] + share] = topic(name)
            filled[row] += share
    return table


# Bios and names of groups: few, so each template is filled on its own.


@cache
def _slot(language: str, name: str) -> np.ndarray:
    if name in ("domain", "phone"):
        return pools.words(name)
    return np.array(pools.grammar(language)["slots"][name], dtype=object)


def fill(path: str, index: np.ndarray, template: str, language: str) -> np.ndarray:
    """Fill one template for many rows.

    Args:
        path: stream from which the words are drawn.
        index: entity number per row.
        template: text with {slots}.
        language: `en` or `es`, decides the words.

    Returns:
        Object array of str, one per row.

    Example:
        >>> fill("t", np.array([1]), "hello", "en")[0]
        'hello'
    """
    pieces = _SLOT.split(template)  # text, slot, text, slot, …, text
    out = pieces[0] or None
    for number in range(1, len(pieces), 2):
        values = _slot(language, pieces[number])
        # The text after a slot joins its few words, not its many rows.
        words = (values + pieces[number + 1])[below(f"{path}/slot{number}", index, len(values))]
        out = words if out is None else out + words
    return out if len(pieces) > 1 else np.full(len(index), template, dtype=object)


def write_bios(path: str, index: np.ndarray, language_of: np.ndarray, role: str) -> np.ndarray:
    """Write one bio per row for a role of the grammar's [bios].

    Example:
        >>> write_bios("b", np.array([1]), np.array([0]), "witness")[0]
        'please respect my privacy'
    """
    out = np.full(len(index), "", dtype=object)
    language_of = np.asarray(language_of)
    for code, language in enumerate(pools.LANGUAGES):
        rows = np.flatnonzero(language_of == code)
        templates = pools.grammar(language)["bios"][role]
        chosen = below(path + "/template", index[rows], len(templates))
        for number in np.unique(chosen).tolist():
            part = rows[chosen == number]
            out[part] = fill(f"{path}/{code}.{number}", index[part], templates[number], language)
    return out


# Banks.


@dataclass(frozen=True)
class _Slot:
    """Values of a slot: `values` end to end, in groups (`start`, `size`), one per listed value.

    A group is as likely as another, so a listed value that holds a slot with many values, such as
    a name of a street, is no more frequent than a plain one.
    """

    values: np.ndarray
    start: np.ndarray
    size: np.ndarray


@cache
def _words(language: str, name: str) -> _Slot:
    """Return the values of a slot of [words], those of slots inside it put in."""
    if name.endswith("?"):  # there half of the time, with a space before it
        slot = _words(language, name[:-1])
        count = len(slot.size)
        return _Slot(
            np.append(np.full(count, "", dtype=object), " " + slot.values),
            np.append(np.arange(count), count + slot.start),
            np.append(np.ones(count, dtype=np.int64), slot.size),
        )
    if name == "given":
        groups = [pools.names(language, "given")[0].tolist()]
    else:
        values = pools.grammar(language)["words"][name]
        groups = [_combined(language, _SLOT.split(value), _LIST) for value in values]
    size = np.array([len(group) for group in groups])
    every = np.array([line for group in groups for line in group], dtype=object)
    return _Slot(every, np.cumsum(size) - size, size)


def _combined(language: str, pieces: Sequence[str], most: int) -> list[str]:
    """Return fillings of a template, all of them or `most` spread evenly.

    Args:
        language: `en` or `es`.
        pieces: text, slot, text, slot, …, text.
        most: how many at most.
    """
    if len(pieces) == 1:
        return [pieces[0]]
    slots = [_words(language, name) for name in pieces[1::2]]
    total = math.prod(len(slot.values) for slot in slots)
    many = total > most
    sizes = [len(slot.size) if many else len(slot.values) for slot in slots]
    count = math.prod(sizes)
    # Steps of a fixed length that shares no divisor with the count meet each combination once.
    name = "".join(pieces)
    step = count * 618 // 1000 + key(name) % 89
    while math.gcd(step, count) != 1:
        step += 1
    places = np.arange(min(total, most)) * step % count
    out, index = pieces[0], np.arange(len(places))
    for turn, (slot, size, after) in enumerate(zip(slots, sizes, pieces[2::2], strict=True)):
        places, chosen = np.divmod(places, size)
        if many and len(slot.values) > size:
            inner = below(f"{name}/{turn}", index, slot.size[chosen])
            chosen = slot.start[chosen] + inner
        out = out + slot.values[chosen]
        if after:
            out += after
    return out.tolist()


def _loose(line: str) -> str:
    """Write in lower case, without accents and without the marks that open a question."""
    return line.lower().translate(_ACCENTS)


_ACCENTS = str.maketrans("áéíóú", "aeiou", "¿¡")


# Banks are written in other ways all at once. The letters of both languages are one byte in UTF-8,
# or two, of which the first is 0xC2 or 0xC3; these two hold the numbers 128 to 255 of Latin-1.
_LOOSE_LATIN = np.array([ord(_loose(chr(code)) or "\0") for code in range(256)], dtype=np.uint8)
_MARKS = "«“¿¡"  # may stand before the first letter, perhaps two of a kind


def _all_capital(words: Texts) -> Texts:
    """Begin with a capital letter, also behind a quotation mark or a Spanish question mark."""
    pool = words.pool.copy()
    begin = words.start[words.size > 0]
    for mark in map(str.encode, 2 * _MARKS):
        found = np.all([pool[begin + at] == byte for at, byte in enumerate(mark)], axis=0)
        begin = begin + found * len(mark)
    accent = begin[(pool[begin] == 0xC3) & (pool[begin + 1] >= 0xA0)] + 1
    plain = begin[(pool[begin] >= ord("a")) & (pool[begin] <= ord("z"))]
    pool[accent] -= 32
    pool[plain] -= 32
    return words._replace(pool=pool)


def _all_loose(words: Texts) -> Texts:
    """Write words that a zero ends each as `_loose` does."""
    pool = np.frombuffer(words.pool.tobytes().lower(), dtype=np.uint8).copy()  # plain letters only
    lead = np.flatnonzero((pool == 0xC2) | (pool == 0xC3))
    letter = _LOOSE_LATIN[((pool[lead] & 3) << 6) | (pool[lead + 1] & 63)]
    double = letter >= 128
    pool[lead + 1] = np.where(double, 128 | (letter & 63), pool[lead + 1])
    pool[lead] = np.where(double, 192 | (letter >> 6), letter)
    lost = np.sort(np.append(lead[~double] + 1, lead[letter == 0]))
    keep = np.ones(len(pool), dtype=bool)
    keep[lost] = False
    start = words.start - np.searchsorted(lost, words.start)
    size = words.size - np.diff(np.searchsorted(lost, words.start + words.size), prepend=0)
    return Texts(pool[keep], start, size)


def _all_bare(words: Texts) -> np.ndarray:
    """Tell which words end with a letter or a digit, or are empty."""
    last = words.start + words.size - 1
    accent = words.pool[last - 1] == 0xC3
    return accent | _ALNUM[words.pool[last]] | (words.size == 0)


def _all_large(words: Texts) -> np.ndarray:
    """Tell which words begin with a capital letter."""
    one, two = words.pool[words.start], words.pool[words.start + 1]
    plain = (one >= ord("A")) & (one <= ord("Z"))
    return (plain | (one == 0xC3) & (two <= 0x9E) & (two != 0x97)) & (words.size > 0)


def _slip(line: str, at: int) -> str:
    """Swap two letters, double one or leave one out, inside the next word of four letters."""
    size = len(line)
    for spot in range(at % size, size - 3):
        if line[spot : spot + 4].isalpha():
            one, two = line[spot + 1], line[spot + 2]
            way = at >> 16 & 3
            middle = two + one if way < 2 and one != two else one + two * 2 if way == 2 else two
            return line[: spot + 1] + middle + line[spot + 3 :]
    return line


def _slipped(lines: Texts, at: np.ndarray) -> Texts:
    """Do as `_slip` does, in many lines at once, of which none is empty.

    The letters are numbers here, 32 bits each, and a 0 ends each line.
    """
    ends = (np.arange(len(at)), utf8(["\0"]).chosen(np.zeros(len(at), dtype=np.int64)))
    flat = packed(joined(len(at), [(ALL, lines), ends])).tobytes().decode()
    letters = np.frombuffer(flat.encode("utf-32-le"), dtype="<u4").copy()
    end = np.flatnonzero(letters == 0)
    begin = np.append(0, end + 1)[:-1]
    alpha = _ALPHA[np.minimum(letters, 255)]
    four = np.flatnonzero(alpha[:-3] & alpha[1:-2] & alpha[2:-1] & alpha[3:])
    found = np.searchsorted(four, begin + at % (end - begin))
    spot = np.append(four, len(letters))[found]
    rows = np.flatnonzero(spot < end)
    spot, way = spot[rows], at[rows] >> 16 & 3
    one, two = letters[spot + 1], letters[spot + 2]
    times = np.ones(len(letters), dtype=np.int64)
    swap = (way < 2) & (one != two)
    letters[spot[swap] + 1], letters[spot[swap] + 2] = two[swap], one[swap]
    times[spot[way == 2] + 2] = 2
    times[spot[(way != 2) & ~swap] + 1] = 0
    return ended(np.repeat(letters, times).tobytes().decode("utf-32-le"))


_ALPHA = np.array([chr(code).isalpha() for code in range(255)] + [False])
_ALNUM = np.array([chr(code).isalnum() and code < 128 for code in range(256)])
_PLAIN, _CAPITAL, _LOOSE = range(3)


@dataclass(frozen=True)
class _Banks:
    """Ready words of all topics of both languages, and where to find them.

    `words`: all banks end to end, `count` words; then the same with a capital letter, then in lower
    case. `bare`: a letter or a digit ends the word, or it is empty. A *code* is topic * 2 +
    language. `sentence`: per code, a table of 1,024 numbers of sentences. Per sentence: `begin`,
    `first`, `left`, `right` (the parts of its open slot), `second`, `close` and `emoji` are rows
    (place, size) of banks. `ended`: the sentence has a mark at its end. `named`: it names the
    account addressed, after its opening. `tag`: per code, a table of places in `tags`, where -1 is
    a new one; `tails` are the tags with a space before them. `everyday`: per code, whether anybody
    may write about it.
    `coins`: of the three parts of new tags, tables of words, per language and once more in lower
    case.
    """

    words: Texts
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
    tags: list[str]
    tails: Texts
    everyday: np.ndarray
    coins: list[np.ndarray]

    def take(self, place: np.ndarray, variant: np.ndarray) -> Texts:
        """Return words of the banks, each in the variant asked for."""
        return self.words.chosen(variant * self.count + place)

    def blank(self, place: np.ndarray) -> np.ndarray:
        """Tell which words are empty."""
        return self.words.size[place] == 0


@cache
def _banks() -> _Banks:
    strings: list[str] = []

    def put(lines: list[str]) -> tuple[int, int]:
        strings.extend(lines)
        return len(strings) - len(lines), len(lines)

    @cache
    def half(language: str, pieces: tuple[str, ...]) -> tuple[int, int]:
        return put(_filled(language, pieces)[0])

    frames, tags, rows = {}, [""], []
    none = put([""])
    opened = {
        (language, name): [put(_mixed(language, part, _OPEN)) for part in parts]
        for language in pools.LANGUAGES
        for name, parts in pools.grammar(language)["open"].items()
    }
    sentence, tag, everyday = [], [], []
    for name in topics():
        for language in pools.LANGUAGES:
            grammar = pools.grammar(language)
            entry = grammar["topics"][name]
            weights = []
            for mood in (mood for mood in _MOODS if mood in entry):
                frame = language, entry.get("frame", mood) if mood in ("say", "good") else mood
                if frame not in frames:
                    frames[frame] = (
                        put(_frame(*frame, "opens")),
                        put(closes := _frame(*frame, "closes")),
                        put([line for line in closes if line] or [""]),
                    )
                begin, *closings = frames[frame]
                faces = [*entry.get("emoji", ()), *grammar["emoji"][mood]]
                emoji = put([" " + face for face in faces])
                for template in entry[mood]:
                    before, who, after = template.rpartition("{who}")
                    one, slot, two = _halves(language, after)
                    left, right = opened[language, slot] if slot else (none, none)
                    first, many, length = _filled(language, one)
                    second, more, longer = _filled(language, two)
                    ended = not (second[0] or slot or first[0])[-1:].isalnum()
                    # What says few things always gets a closing, so that it is not said again.
                    many, length = many * more, length + longer
                    if slot:
                        many *= min(_RARE, left[1] * right[1] // 3)
                        length += _NAME
                    few = many < _FEW and mood != "templates" and not (ended and mood != "ask")
                    close = none if ended and mood != "ask" else closings[few]
                    length += 15 * few
                    weights.append(
                        1 if mood == "templates" else _weight(length, many, few, bool(slot))
                    )
                    start = begin
                    if who:
                        start = put(_combined(language, _SLOT.split(before), _HALF))
                    rows.append(
                        [
                            *start,
                            *half(language, one),
                            *left,
                            *right,
                            *half(language, two),
                            *close,
                            *emoji,
                            ended,
                            bool(who),
                        ]
                    )
            numbers = len(rows) - len(weights) + np.arange(len(weights))
            sentence.append(_table(numbers, weights, 1024))
            tag.append(_tag_table(grammar, entry, tags))
            everyday.append("say" in entry)
    tongues = [(language, loose) for loose in (False, True) for language in pools.LANGUAGES]
    tables = [_coins(language, loose, put) for language, loose in tongues]
    coins = [np.array(part) for part in zip(*tables, strict=True)]
    columns = np.array(rows, dtype=np.int64)
    words = utf8(strings)
    return _Banks(
        gathered([words, _all_capital(words), _all_loose(words)]).looked(),
        len(strings),
        _all_bare(words),
        np.array(sentence),
        *(columns[:, place : place + 2] for place in range(0, 14, 2)),
        columns[:, 14] == 1,
        columns[:, 15] == 1,
        np.array(tag),
        tags,
        utf8(["", *(" " + tag for tag in tags[1:])]).looked(),
        np.array(everyday),
        coins,
    )


def _frame(language: str, mood: str, part: str) -> list[str]:
    """Return the openings or closings of a mood, with as many empty ones as it asks for."""
    entry = pools.grammar(language)[part].get(mood)
    if not entry:
        return [""]
    lines = [line for one in entry for line in _combined(language, _SLOT.split(one), _ENDS)]
    share = pools.grammar(language)[part]["percent"]
    return lines + [""] * (len(lines) * (100 - share) // share)


def _mixed(language: str, templates: list[str], most: int) -> list[str]:
    """Fill templates, `most` times at most; each has its turn, so that the first ones differ."""
    each = [_combined(language, _SLOT.split(line), most // len(templates)) for line in templates]
    turns = sorted((rank, turn) for turn, lines in enumerate(each) for rank in range(len(lines)))
    return list(dict.fromkeys(each[turn][rank] for rank, turn in turns))


def _halves(language: str, template: str) -> tuple[tuple, str, tuple]:
    """Return the pieces of the two halves of a template and the open slot between them, or "".

    Without an open slot, the cut gives both halves many fillings.
    """
    before, *opened = _OPENED.split(template)
    if opened:
        return tuple(_SLOT.split(before)), opened[0], tuple(_SLOT.split(opened[1]))
    pieces = tuple(_SLOT.split(template))
    sizes = [len(_words(language, name).values) for name in pieces[1::2]]
    cut = max(
        range(len(sizes) + 1),
        key=lambda place: (min(math.prod(sizes[:place]), math.prod(sizes[place:])), place),
    )
    return pieces[: 2 * cut + 1], "", ("", *pieces[2 * cut + 1 :])


@cache
def _filled(language: str, pieces: tuple[str, ...]) -> tuple[list[str], int, int]:
    """Return the fillings of half a sentence, as how many they count, and their mean length.

    They count as so many alike frequent values as would be repeated as often as these are.
    """
    lines = _combined(language, pieces, _HALF)
    alike = len(lines)
    if len(set(lines)) < alike:
        alike = alike**2 // sum(count * count for count in Counter(lines).values())
    return lines, alike, len("".join(lines)) // len(lines)


def _weight(length: int, many: int, few: bool, opened: bool) -> int:
    """Return how often a template is used: more when it is short, and when it says many things."""
    share = math.isqrt(16 * min(many, 2000) * (4 if few else 1)) * (2 if opened else 7)
    return 1 + share * 10**13 // (length**5 + 24**5)


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
    lines = _mixed(language, entry["stems"], _STEMS * len(entry["stems"]))
    lines = list(dict.fromkeys(map(_joined, lines)))
    slips = [_slip(tag[1:], key(tag) % (1 << 20)) for tag in entry["town"] if len(tag) > 5]
    return [*lines[:60], *slips, *lines[60:]]


def _joined(words: str) -> str:
    """Write words as one, each with a capital letter, as in a tag."""
    words = _ARTICLE.sub("", words).translate(_ACCENTS)
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+", words))


# Posts.


def _drawn(banks: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Draw a place in each bank (rows of place and size) by the lowest 16 bits."""
    return banks[:, 0] + ((bits & _U16).view(np.int64) * banks[:, 1] >> 16)


def _mostly(banks: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Draw a place in each bank by the lowest 32 bits: the first often, the last hardly ever."""
    product = (bits & _U16) * (bits >> np.uint64(16) & _U16)
    return banks[:, 0] + (product.view(np.int64) * banks[:, 1] >> 32)


def write_posts(path, index, topic_of, language_of, who, style, time):
    """Write the text and the hashtags of many posts, see `compose`.

    Returns:
        The text (object array of str, at most 280 characters); the hashtags as positions in the
        third part, an object array of str.
    """
    words = known_tags()
    text, tags = compose(path, index, topic_of, language_of, who, style, time, words)
    return text.strings(), tags, np.array(words, dtype=object)


def compose(path, index, topic_of, language_of, who, style, time, words) -> tuple:
    """Write the text and the hashtags of many posts.

    Args:
        path: stream of the posts.
        index: stable number of each post.
        topic_of: topic number per post.
        language_of: 0 for en, 1 for es, per post.
        who: handle that is mentioned, per post (object array; used where the template asks).
        style: a whole number per post that belongs to its writer: 0 writes in lower case,
            1 makes typing errors, 2 begins with a capital letter and ends with a full stop,
            3 begins with a capital letter.
        time: seconds since 1970, per post; decides which tag is on everybody's screen.
        words: list of hashtags, such as `known_tags`, to which new ones are added.

    Returns:
        The text (`Texts`, at most 280 characters each); the hashtags as positions in `words`.
    """
    banks = _banks()
    code = topic_of * 2 + language_of
    bits, frame = u64(path + "/words", index), u64(path + "/frame", index)
    chosen = banks.sentence[code, bits >> np.uint64(54)]
    # The opening bears the capital letter; without an opening, the sentence does.
    place = _drawn(banks.begin[chosen], bits)
    lower = np.where(style == 0, _LOOSE, _PLAIN)
    way = np.where((style == 2) | (style == 3), _CAPITAL, lower)
    named = np.flatnonzero(banks.named[chosen])
    parts = [(ALL, banks.take(place, way)), (named, utf8(who[named]).looked())]
    begins = np.where(banks.blank(place), way, lower)
    parts += _said(banks, u64(path + "/open", index), chosen, bits >> np.uint64(16), begins, lower)
    said = sizes(len(index), parts)

    place = _drawn(banks.close[chosen], frame)
    stop = (style == 2) & ~(banks.ended[chosen] & banks.blank(place))
    stops = np.flatnonzero(stop & banks.bare[place])
    parts += [(ALL, banks.take(place, np.where(stop, _PLAIN, lower))), (stops, _same(".", stops))]
    # A handle keeps its letters.
    hasty = (style == 1) & (frame >> np.uint64(46) & np.uint64(3) > 0)
    slips = np.flatnonzero(hasty & ~banks.named[chosen])
    at = frame[slips] >> np.uint64(32)

    frame >>= np.uint64(16)
    faced = np.flatnonzero((frame & _U16) < np.uint64(65536 * 22 // 100))
    face = _drawn(banks.emoji[chosen[faced]], frame[faced] >> np.uint64(16))
    parts.append((faced, banks.words.chosen(face)))
    tags = banks.tag[code, frame >> np.uint64(36)]
    new, coined = _coined(banks, path, index, code, style, time, tags)
    tags[new] = 0
    parts += [(ALL, banks.tails.chosen(tags)), (new, _same(" ", new)), (new, coined)]
    tags[new] = len(words) + np.arange(len(new))
    words += coined.strings().tolist()
    text = joined(len(index), parts)
    line, rest = text.chosen(slips).cut(said[slips])
    ends = [(ALL, _slipped(line, at.view(np.int64))), (ALL, rest)]
    text.put(slips, joined(len(slips), ends))  # a letter more at most
    return text, tags


def known_tags() -> list[str]:
    """Return the hashtags that everybody knows; the first one is empty."""
    return list(_banks().tags)


def _same(word: str, rows: np.ndarray) -> Texts:
    """Return the same word for each row."""
    return utf8([word]).looked().chosen(np.zeros(len(rows), dtype=np.int64))


def _said(banks: _Banks, names, chosen, words, way, lower) -> list:
    """Return the parts of sentences: two halves, and between them what stands in an open slot.

    Args:
        banks: the banks.
        names: random bits for the open slots.
        chosen: number of each sentence.
        words: random bits; the lower 16 are for the first half, the next 16 for the second.
        way: variant in which the sentence begins.
        lower: variant in which it goes on.
    """
    first = _drawn(banks.first[chosen], words)
    second = _drawn(banks.second[chosen], words >> np.uint64(16))
    rows = np.flatnonzero(banks.left[chosen, 1] > 1)
    some, bits = chosen[rows], names[rows]
    left, right = _mostly(banks.left[some], bits), _mostly(banks.right[some], bits >> np.uint64(32))
    begins = np.where(banks.blank(first[rows]), way[rows], lower[rows])
    return [
        (ALL, banks.take(first, way)),
        (rows, banks.take(left, begins)),
        (rows, banks.take(right, lower[rows])),
        (ALL, banks.take(second, lower)),
    ]


def _coined(banks: _Banks, path: str, index, code, style, time, tags) -> tuple[np.ndarray, Texts]:
    """Return the rows whose tag is a new one, and these tags.

    New is what the writer made up, or what is on everybody's screen: in most hours a show or a game
    begins, and for some minutes many tags are its own. The share of these falls with the square of
    the time since then.
    """
    rows = np.flatnonzero((tags != 0) & banks.everyday[code])
    bits = u64(path + "/tag", index[rows])
    share = (bits & _U16).view(np.int64)
    own = tags[rows] < 0
    hour = time[rows] // _HOUR
    left = np.ones(len(rows), dtype=bool)
    for back in range(3):
        show = u64(path + "/show", hour - back)
        begin = (hour - back) * _HOUR + ((show & _U12).view(np.int64) * _HOUR >> 12)
        age = np.maximum(time[rows] - begin, 0)
        span = 240 << (show >> np.uint64(12) & np.uint64(3)).view(np.int64)
        on = left & (time[rows] >= begin) & (show >> np.uint64(14) & np.uint64(3) > 0)
        on &= share < 52_000 * span * span // (span + age) ** 2
        bits[on] = show[on]
        own |= on
        left &= ~on
    rows, bits = rows[own], bits[own] >> np.uint64(16)
    tongue = code[rows] % 2 + 2 * (style[rows] == 0)
    parts = []
    for shift, table in zip((0, 12, 26), banks.coins, strict=True):
        drawn = bits >> np.uint64(shift) & np.uint64(table.shape[1] - 1)
        parts.append((ALL, banks.words.chosen(table[tongue, drawn])))
    return rows, joined(len(rows), parts)


def lengthen(path: str, index, body: Texts, topic_of, language_of) -> list[tuple]:
    """Say two to five more sentences of the same topic before a post, as far as there is room.

    Args:
        path: stream.
        index: stable number of each post.
        body: texts.
        topic_of: topic number per post.
        language_of: 0 for en, 1 for es, per post.

    Returns:
        What stands before the texts, as parts (rows and their texts) in order; see `joined`.
    """
    banks = _banks()
    code = topic_of * 2 + language_of
    more = 2 + below(path + "/more", index, 4)
    first = below(path + "/first", index, 1024)
    turn, row = np.divmod(np.arange(5 * len(index)), max(len(index), 1))
    # Steps of a golden section of the table: hardly ever the same sentence again.
    chosen = banks.sentence[code[row], (first[row] + 633 * turn) % 1024]
    some = np.flatnonzero((more[row] > turn) & ~banks.named[chosen])
    turn, row, chosen = turn[some], row[some], chosen[some]
    words, names = (
        np.concatenate([u64(f"{path}/{n}{part}", index[row[turn == n]]) for n in range(5)])
        for part in ("", "/open")
    )
    capital = np.where(_all_large(body), _CAPITAL, _PLAIN)[row]
    parts = _said(banks, names, chosen, words, capital, np.full(len(row), _PLAIN))
    parts.append((ALL, utf8([". ", " "]).looked().chosen(banks.ended[chosen].astype(np.int64))))
    lines = joined(len(row), parts)
    chars, size, before = lines.chars(), body.chars(), []
    for number in range(5):
        here = np.flatnonzero(turn == number)
        here = here[size[row[here]] + chars[here] <= LIMIT]
        size[row[here]] += chars[here]
        before.insert(0, (row[here], lines.chosen(here)))
    return before


def cut(texts: Texts) -> None:
    """Cut texts at the limit, in place."""
    over = np.flatnonzero(texts.size > LIMIT)  # bytes, so perhaps not too many characters
    short = utf8([line[:LIMIT] for line in texts.chosen(over).strings()]).looked()
    texts.size[over], texts.marks[over] = short.size, short.marks
