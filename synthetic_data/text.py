"""Write posts and bios from the grammars, whole columns at a time.

A post is put together from a few parts: an opening ("honestly, "), the two halves of a sentence,
a closing (", asking for a friend"), an emoji, hashtags. Each part is taken from a *bank*, a list of
ready strings. The banks are made once per process, by filling the slots of the grammar's templates;
then a post costs a handful of additions of strings, and two random numbers of 64 bits.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np

from synthetic_data import pools
from synthetic_data.streams import below, key, u64

_SLOT = re.compile(r"\{(\w+\??)\}")
LIMIT = 280  # longest post, in characters
_HALF = 128  # most entries in the bank of half a sentence
_LIST = 1500  # most values of a slot that holds other slots
_FEW = 1800  # different fillings below which a template needs a closing
_ENDS = 16  # most entries that one opening or closing gives
_FINE = 4096  # steps of the tables from which tags are drawn
_PIECE = 8192  # posts written at once: their strings stay in the processor's cache
_MOODS = ("templates", "say", "good", "bad", "ask")  # kinds of sentence; the first has no frame
_U16 = np.uint64(0xFFFF)


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


def _combined(language: str, pieces: list[str], most: int) -> list[str]:
    """Return fillings of a template, all of them or `most` spread evenly.

    Args:
        language: `en` or `es`.
        pieces: text, slot, text, slot, …, text.
        most: how many at most.
    """
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
    out = np.full(len(places), pieces[0], dtype=object)
    index = np.arange(len(places))
    for turn, (slot, size, after) in enumerate(zip(slots, sizes, pieces[2::2], strict=True)):
        places, chosen = np.divmod(places, size)
        if many and len(slot.values) > size:
            inner = below(f"{name}/{turn}", index, slot.size[chosen])
            chosen = slot.start[chosen] + inner
        out = out + slot.values[chosen]
        if after:
            out += after
    return out.tolist()


def _capital(line: str) -> str:
    """Begin with a capital letter, also behind a Spanish question mark or a quotation mark."""
    at = 1 if line[:1] in "¿¡«“" else 0
    return line[:at] + line[at : at + 1].upper() + line[at + 1 :]


def _stopped(line: str) -> str:
    """End with a full stop where a word ends the line."""
    return line + "." if not line or line[-1].isalnum() else line


def _loose(line: str) -> str:
    """Write in lower case, without accents and without the marks that open a question."""
    return line.lower().translate(_ACCENTS)


_ACCENTS = str.maketrans("áéíóú", "aeiou", "¿¡")


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


_PLAIN, _CAPITAL, _LOOSE, _STOPPED = range(4)
_VARIANTS = (str, _capital, _loose, _stopped)


@dataclass(frozen=True)
class _Banks:
    """Ready strings of all topics of both languages, and where to find them.

    `strings`: one row per variant (as it is, with a capital letter, in lower case, with a full
    stop), in which all banks stand end to end. A variant is made when it is
    first asked for; `there` says which are made. A *code* is topic * 2 + language. `sentence`: per
    code, a table of 1,024 numbers of sentences. Per sentence: `begin`, `first`, `second`, `close`
    and `emoji` are rows (place, size) of its banks. `ended`: the sentence has a mark at its end.
    `named`: it names the account addressed, after its opening. `tag`: per code, a table of places
    in `tags`; `tails` are the same with a space before them.
    """

    strings: np.ndarray
    there: np.ndarray
    blank: np.ndarray
    sentence: np.ndarray
    begin: np.ndarray
    first: np.ndarray
    second: np.ndarray
    close: np.ndarray
    emoji: np.ndarray
    ended: np.ndarray
    named: np.ndarray
    tag: np.ndarray
    tags: np.ndarray
    tails: np.ndarray

    def take(self, place: np.ndarray, variant: np.ndarray) -> np.ndarray:
        """Return strings of the banks, each in the variant asked for."""
        spot = variant * self.strings.shape[1] + place
        strings, there = self.strings.ravel(), self.there.ravel()  # views
        for missing in np.unique(spot[~there[spot]]).tolist():
            way, origin = divmod(missing, self.strings.shape[1])
            strings[missing] = _VARIANTS[way](strings[origin])
            there[missing] = True
        return strings[spot]


@cache
def _banks() -> _Banks:
    strings: list[str] = []

    def put(lines: list[str]) -> tuple[int, int]:
        strings.extend(lines)
        return len(strings) - len(lines), len(lines)

    frames, tags, rows = {}, [""], []
    none = put([""])
    sentence, tag = [], []
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
                    one, two = _halves(language, after)
                    ended = not (two[0] or one[0])[-1:].isalnum()
                    # What says few things always gets a closing, so that it is not said again.
                    many = _different(one) * _different(two)
                    few = many < _FEW and mood != "templates" and not (ended and mood != "ask")
                    close = none if ended and mood != "ask" else closings[few]
                    weights.append(_weight(one, two, many, few) if mood != "templates" else 1)
                    start = begin
                    if who:
                        start = put(_combined(language, _SLOT.split(before), _HALF))
                    rows.append(
                        [
                            *start,
                            *put(one),
                            *put(two),
                            *close,
                            *emoji,
                            ended,
                            bool(who),
                        ]
                    )
            numbers = len(rows) - len(weights) + np.arange(len(weights))
            sentence.append(_table(numbers, weights, 1024))
            tag.append(_tag_table(grammar, entry, tags))
    columns = np.array(rows, dtype=np.int64)
    ready = np.full((len(_VARIANTS), len(strings)), "", dtype=object)
    ready[_PLAIN] = strings
    there = np.zeros(ready.shape, dtype=bool)
    there[_PLAIN] = True
    return _Banks(
        ready,
        there,
        ready[_PLAIN] == "",
        np.array(sentence),
        *(columns[:, place : place + 2] for place in range(0, 10, 2)),
        columns[:, 10] == 1,
        columns[:, 11] == 1,
        np.array(tag),
        np.array(tags, dtype=object),
        np.array(["", *(" " + tag for tag in tags[1:])], dtype=object),
    )


def _frame(language: str, mood: str, part: str) -> list[str]:
    """Return the openings or closings of a mood, with as many empty ones as it asks for."""
    entry = pools.grammar(language)[part].get(mood)
    if not entry:
        return [""]
    lines = [line for one in entry for line in _combined(language, _SLOT.split(one), _ENDS)]
    share = pools.grammar(language)[part]["percent"]
    return lines + [""] * (len(lines) * (100 - share) // share)


def _halves(language: str, template: str) -> tuple[list[str], list[str]]:
    """Fill the two halves of a template; the cut gives both many fillings."""
    pieces = _SLOT.split(template)
    sizes = [len(_words(language, name).values) for name in pieces[1::2]]
    cut = max(
        range(len(sizes) + 1),
        key=lambda place: (min(math.prod(sizes[:place]), math.prod(sizes[place:])), place),
    )
    return (
        _combined(language, pieces[: 2 * cut + 1], _HALF),
        _combined(language, ["", *pieces[2 * cut + 1 :]], _HALF),
    )


def _weight(one: list[str], two: list[str], many: int, few: bool) -> int:
    """Return how often a template is used: more when it is short, and when it says many things."""
    length = sum(map(len, one)) // len(one) + sum(map(len, two)) // len(two) + 15 * few
    many = math.isqrt(16 * many * (40 if few else 1))
    return 1 + many * 1_000_000_000_000 // (length**5 // 40 + 100_000)


def _different(lines: list[str]) -> int:
    """Return how many alike frequent values would repeat as often as these do."""
    return len(lines) ** 2 // sum(count * count for count in Counter(lines).values())


def _table(values, weights, steps: int) -> np.ndarray:
    """Return `steps` values, each as often as its weight asks for."""
    edges = np.cumsum(np.asarray(weights, dtype=np.int64))
    drawn = (2 * np.arange(steps) + 1) * int(edges[-1]) // (2 * steps)
    return np.asarray(values)[np.searchsorted(edges, drawn, side="right")]


def _tag_table(grammar: dict, entry: dict, tags: list[str]) -> np.ndarray:
    """Return the table of tags of a topic; new tags are put at the end of `tags`.

    Three posts in ten have tags. In everyday topics three of four are tags of the whole town,
    the k-th with a weight of 1/k; so hashtags follow Zipf's law whatever the mix of topics.
    """
    own = entry["hashtags"]
    lines, seconds = _ranked(own, 1), own
    if "say" in entry:
        seconds = grammar["hashtags"]["town"]
        lines += _ranked(seconds, 3)
        seconds = seconds[:3]
    total = sum(weight for _, weight in lines)
    places, weights = [0], [total * 70 // 30]
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


# Posts.


def _drawn(banks: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Draw a place in each bank (rows of place and size) by the lowest 16 bits."""
    return banks[:, 0] + ((bits & _U16).view(np.int64) * banks[:, 1] >> 16)


def write_posts(path, index, topic_of, language_of, who, style):
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

    Returns:
        The text (object array of str, at most 280 characters); the hashtags as positions in the
        third part, an object array of str.
    """
    banks = _banks()
    code = topic_of * 2 + language_of
    text, tags = np.empty(len(index), dtype=object), np.empty(len(index), dtype=np.int64)
    for start in range(0, len(index), _PIECE):
        part = slice(start, start + _PIECE)
        text[part], tags[part] = _write(
            banks, path, index[part], code[part], who[part], style[part]
        )
    return text, tags, banks.tags


def _write(banks: _Banks, path: str, index, code, who, style) -> tuple[np.ndarray, np.ndarray]:
    """Return texts and places of tags; see `write_posts`."""
    words, frame = u64(path + "/words", index), u64(path + "/frame", index)
    chosen = banks.sentence[code, words >> np.uint64(54)]
    # The opening bears the capital letter; without an opening, the sentence does.
    place = _drawn(banks.begin[chosen], words)
    lower = np.where(style == 0, _LOOSE, _PLAIN)
    way = np.where((style == 2) | (style == 3), _CAPITAL, lower)
    text = banks.take(place, way)
    named = np.flatnonzero(banks.named[chosen])
    text[named] += who[named]
    words >>= np.uint64(16)
    text += banks.take(_drawn(banks.first[chosen], words), np.where(banks.blank[place], way, lower))
    words >>= np.uint64(16)
    text += banks.take(_drawn(banks.second[chosen], words), lower)
    # A handle keeps its letters.
    hasty = (style == 1) & (frame >> np.uint64(46) & np.uint64(3) > 0)
    slips = np.flatnonzero(hasty & ~banks.named[chosen])
    at = (frame[slips] >> np.uint64(32)).tolist()
    text[slips] = [_slip(line, n) for line, n in zip(text[slips].tolist(), at, strict=True)]
    place = _drawn(banks.close[chosen], frame)
    stop = (style == 2) & ~(banks.ended[chosen] & banks.blank[place])
    text += banks.take(place, np.where(stop, _STOPPED, lower))

    frame >>= np.uint64(16)
    faced = np.flatnonzero((frame & _U16) < np.uint64(65536 * 22 // 100))
    face = _drawn(banks.emoji[chosen[faced]], frame[faced] >> np.uint64(16))
    text[faced] += banks.strings[0, face]
    tags = banks.tag[code, frame >> np.uint64(36)]
    text += banks.tails[tags]
    return text, tags


def lengthen(path: str, index, body, topic_of, language_of) -> np.ndarray:
    """Put one to four more sentences of the same topic before a post, as far as there is room.

    Args:
        path: stream.
        index: stable number of each post.
        body: texts (object array of str).
        topic_of: topic number per post.
        language_of: 0 for en, 1 for es, per post.

    Returns:
        Texts (object array of str), at most 280 characters each.
    """
    banks = _banks()
    body = body.copy()
    code = topic_of * 2 + language_of
    more = 1 + below(path + "/more", index, 4)
    for turn in range(4):
        words = u64(f"{path}/{turn}", index)
        chosen = banks.sentence[code, words >> np.uint64(54)]
        rows = np.flatnonzero((more > turn) & ~banks.named[chosen])
        words, chosen = words[rows], chosen[rows]
        way = [_CAPITAL if line[:1].isupper() else _PLAIN for line in body[rows]]
        way = np.array(way, dtype=np.int64)  # of whole numbers, also when there is no row
        line = banks.take(_drawn(banks.first[chosen], words), way)
        second = _drawn(banks.second[chosen], words >> np.uint64(16))
        line += banks.take(second, np.zeros(len(rows), dtype=np.int64))
        line += np.array([". ", " "], dtype=object)[banks.ended[chosen].astype(np.int64)]
        body[rows] = [
            one + two if len(one) + len(two) <= LIMIT else two
            for one, two in zip(line, body[rows], strict=True)
        ]
    return body
