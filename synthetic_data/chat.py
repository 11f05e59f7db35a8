"""Write lines of talk from `grammar/chat.en.toml` and `chat.es.toml`, thousands at a time.

A line is one template or a few, such as an opening word, a sentence and an emoji. Templates hold
slots, and what fills a slot may hold slots again. So the grammar is laid out as rows of *pieces*,
each a ready word or a slot. Then all slots of all lines are filled at once, until only words are
left.

The rows are frozen in `pools/talk.npz` with a digest of the grammars: as long as nobody changes a
grammar, they are read from there, and else made anew.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from synthetic_data import pools
from synthetic_data.streams import below, chance, u64

_SLOT = re.compile(r"\{(\w+!?)\}|(\([^()]*\|[^()]*\))")
_LOOSE = str.maketrans("áéíóú", "aeiou", "¿¡")
_MOST = 8  # slots inside slots, at most
_YOU = 2  # place of the word that stands for a name
FROZEN = pools.FOLDER / "talk.npz"
SMALL, PROPER, WITH_EMOJI, HASTY = 0, 2, 3, 4
"""Styles of writers, see `Society.style`; 1 is plain."""


@cache
def blocks(code: str) -> dict[tuple[str, ...], list[str]]:
    """Return the lines of the grammar of a language by path: of emoji, [any], [message], [group].

    Example:
        >>> blocks("en")["any", "lead", "first"][0]
        'hey,'
    """
    found = {}

    def walk(part, *path):
        if isinstance(part, str):
            found[path] = part.strip().split("\n")
        else:
            for name, inner in part.items():
                walk(inner, *path, name)

    for name in ("emoji", "any", "message", "group"):
        walk(pools.grammar(f"chat.{code}")[name], name)
    return found


def topics(*path: str) -> list[str]:
    """Return the names of the topics of `message`, of the themes of `group`, or of their topics.

    Example:
        >>> topics("group", "cards")
        ['evening', 'score']
    """
    start = ".".join(("en", *path, ""))
    inside = (name[len(start) :] for name in _book().of if name.startswith(start))
    return list(dict.fromkeys(name.partition(".")[0] for name in inside))


@dataclass(frozen=True)
class _Book:
    """The grammar as arrays.

    `words`: `count` ready strings, then the same in short writing. `piece`: of all templates, end
    to end: the place of a word, or -1 - s for slot s. Template t has `size[t]` pieces from
    `start[t]` on; `open[t]` says that it ends without a mark. `first[s]`, `many[s]`: the templates
    of a slot. `whole[s]`: whether the slot has one value in the whole topic. `of`: first template
    and number of them by language and path, the parts of a path joined by dots. `themes`: see
    `themes`.
    """

    words: np.ndarray
    count: int
    piece: np.ndarray
    start: np.ndarray
    size: np.ndarray
    open: np.ndarray
    first: np.ndarray
    many: np.ndarray
    whole: np.ndarray
    of: dict[str, tuple[int, int]]
    themes: str


@cache
def _book() -> _Book:
    found = pools.frozen(FROZEN, _files()) or make()
    text = {name: found[name].tobytes().decode() for name in ("words", "blocks", "themes")}
    words = np.array(text["words"].split("\n"), dtype=object)
    size = found["size"].astype(np.int64)
    first, many = found["slots"].T.astype(np.int64)
    return _Book(
        words=words,
        count=len(words) // 2,
        piece=found["piece"].astype(np.int64),
        start=np.cumsum(size) - size,
        size=size,
        open=found["open"],
        first=first,
        many=many,
        whole=found["whole"],
        of=dict(zip(text["blocks"].split("\n"), found["block"].tolist(), strict=True)),
        themes=text["themes"],
    )


def _files() -> list[Path]:
    names = [name for code in pools.LANGUAGES for name in (code, f"chat.{code}")]
    return [pools.FOLDER / "names.csv", *(pools.GRAMMAR / f"{name}.toml" for name in names)]


def freeze() -> None:
    """Lay the grammar out and keep it in `pools/talk.npz`, so that no world waits for it."""
    pools.freeze(FROZEN, _files(), make())


def make() -> dict[str, np.ndarray]:
    """Lay the grammar out.

    Returns:
        Arrays by name. 'words', 'blocks' and 'themes' (uint8) are strings, what they list in lines;
        'block' and 'slots': first template and number of templates, a row each. For the others see
        `_Book`.
    """
    plain = [" ", ", ", ""]
    place_of: dict[str, dict[str, int]] = {code: {} for code in pools.LANGUAGES}
    templates: list[list[int]] = []
    slots: dict[tuple[str, str], int] = {}

    def word(text: str, code: str) -> int:
        place = place_of[code].setdefault(text, len(plain))
        if place == len(plain):
            plain.append(text)
        return place

    def parts(line: str, code: str) -> list[int]:
        if "{" not in line and "(" not in line:
            return [word(line, code)]
        row = []
        for turn, part in enumerate(_SLOT.split(line)):  # text, name, choice, text, …
            if not part:
                continue
            if turn % 3 == 0:
                row.append(word(part, code))
            elif part == "you":
                row.append(_YOU)
            else:
                row.append(-1 - slots.setdefault((part, code), len(slots)))
        return row

    def put(lines: list[str], code: str) -> tuple[int, int]:
        templates.extend(parts(line, code) for line in lines)
        return len(templates) - len(lines), len(lines)

    of, ends = {}, []
    for code in pools.LANGUAGES:
        for path, lines in blocks(code).items():
            of[".".join((code, *path))] = put(lines, code)
            ends += [line[-1].isalnum() or line[-1] in "})" for line in lines]
    ranges = []
    while len(ranges) < len(slots):  # what fills one slot may name others
        name, code = list(slots)[len(ranges)]
        ranges.append(put(_values(name.strip("!"), code), code))
    short = plain.copy()
    for code, places in place_of.items():
        lines = _short("\n".join(places), code).split("\n")
        for place, line in zip(places.values(), lines, strict=True):
            short[place] = line
    return {
        "words": _bytes(plain + short),
        "piece": np.array([code for row in templates for code in row], dtype=np.int32),
        "size": np.array([len(row) for row in templates], dtype=np.uint8),
        "open": np.array(ends),
        "slots": np.array(ranges, dtype=np.int32),
        "whole": np.array([name.endswith("!") for name, _ in slots]),
        "blocks": _bytes(of),
        "block": np.array(list(of.values()), dtype=np.int32),
        "themes": _bytes([_pattern()]),
    }


def _bytes(lines: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _pattern() -> str:
    tables = [pools.grammar(f"chat.{code}")["themes"] for code in pools.LANGUAGES]
    words = [[word for table in tables for word in table[name]] for name in tables[0]]
    return "|".join(f"({'|'.join(map(re.escape, some))})" for some in words)


def _values(name: str, code: str) -> list[str]:
    """Return what may stand in a slot, or the choices of "(one|two)"."""
    if name == "given":
        return pools.names(code, "given")[0].tolist()
    if name[0] == "(":
        return name[1:-1].split("|")
    own = pools.grammar(f"chat.{code}")["words"]
    return own[name] if name in own else pools.grammar(code)["words"][name]


def _short(text: str, code: str) -> str:
    """Write in lower case without accents, and with the short words of the grammar."""
    table = pools.grammar(f"chat.{code}")["slang"]
    known = r"\b(?:" + "|".join(map(re.escape, table)) + r")\b"
    return re.sub(known, lambda found: table[found[0]], text).lower().translate(_LOOSE)


@cache
def themes() -> re.Pattern:
    """Return a pattern whose n-th part is found in names of groups that talk of theme n.

    Example:
        >>> topics("group")[1 + themes().search("card night").lastindex - 1]
        'cards'
    """
    return re.compile(_book().themes)


@cache
def lists(*path: str) -> np.ndarray:
    """Return where the lines of a block stand, in English and in Spanish: shape (2, 2).

    Example:
        >>> lists("any", "close", "any")[:, 1].tolist() == [
        ...     len(blocks(code)["any", "close", "any"]) for code in ("en", "es")]
        True
    """
    return np.array([_book().of[".".join((code, *path))] for code in pools.LANGUAGES])


def write(path: str, index, topic, language, style, parts, you=None) -> np.ndarray:
    """Write one line per row.

    Args:
        path: stream.
        index: stable number of each line, below 2**40.
        topic: stable number of the topic that the line belongs to.
        language: 0 en, 1 es.
        style: that of the writer.
        parts: what a line is made of, in order: first template, number of templates to choose
            from, and how often per million there is such a part; arrays of shape (rows, 3). The
            first part stands before the line and has its own marks.
        you: full name of the receiver, one per row, where templates ask for it.

    Returns:
        Object array of str.
    """
    book = _book()
    often = np.where(style == WITH_EMOJI, 350_000, np.where(style == PROPER, 20_000, 90_000))
    emoji = np.column_stack([lists("emoji")[language], often])
    taken = []  # rows, place in the line, template
    for number, part in enumerate([*parts, emoji]):
        some = np.flatnonzero(below(f"{path}/some{number}", index, 1_000_000) < part[:, 2])
        drawn = below(f"{path}/{number}", index[some], part[some, 1])
        taken.append((some, np.full(len(some), number), part[some, 0] + drawn))

    line, place, template = map(np.concatenate, zip(*taken, strict=True))
    order = np.argsort(line * 8 + place)
    line, place, template = line[order], place[order], template[order]
    # Between two parts a comma where the first has no mark; words of greeting and emoji have none.
    fresh = np.append(True, line[1:] != line[:-1])
    comma = np.append(False, book.open[template[:-1]] & (place[:-1] > 0)) & (place < len(parts))
    between = np.where(comma, 1, 0)
    size = book.size[template] + ~fresh
    begin = np.cumsum(size) - size
    code = book.piece[_ranges(book.start[template] - ~fresh, size)]
    code[begin[~fresh]] = between[~fresh]
    owner = np.repeat(np.arange(len(template)), size)
    line = line[owner]
    key = index[line].astype(np.uint64) << np.uint64(16)
    key += (np.arange(len(code)) - np.searchsorted(line, line)).astype(np.uint64)
    for _ in range(_MOST):
        slot = np.flatnonzero(code < 0)
        if not len(slot):
            break
        shared = slot[book.whole[-1 - code[slot]]]
        key[shared] = (topic[line[shared]].astype(np.uint64) << np.uint64(16)) + np.uint64(2**63)
        key[shared] += (-1 - code[shared]).astype(np.uint64)
        which = -1 - code[slot]
        drawn = u64(path + "/slot", key[slot]) >> np.uint64(32)
        drawn = (drawn * book.many[which].astype(np.uint64) >> np.uint64(32)).astype(np.int64)
        size = np.ones(len(code), dtype=np.int64)
        start = np.zeros(len(code), dtype=np.int64)
        start[slot] = book.start[book.first[which] + drawn]
        size[slot] = book.size[book.first[which] + drawn]
        old, old_key, was = code, key, np.repeat(np.arange(len(code)), size)
        step = np.arange(len(was)) - (np.cumsum(size) - size)[was]
        code, key, line = old[was], old_key[was] * np.uint64(8) + step.astype(np.uint64), line[was]
        filled = old[was] < 0
        code[filled] = book.piece[start[was[filled]] + step[filled]]
    return _joined(book, path, index, code, line, style, you)


def _ranges(start: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return start, start + 1, … of each row, `size` of them, end to end."""
    return np.repeat(start - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))


def _joined(book: _Book, path: str, index, code, line, style, you) -> np.ndarray:
    """Put the words of each line together, in the style of its writer."""
    short = (style == SMALL) | (style == HASTY) & chance(path + "/short", index, 500_000)
    words = book.words[code + short[line] * book.count]
    if you is not None:
        named = np.flatnonzero(code == _YOU)
        words[named] = [name.split()[0] for name in you[line[named]].tolist()]
    words = words.tolist()
    ends = np.searchsorted(line, np.arange(len(index)), side="right").tolist()
    out, begin = [], 0
    for end in ends:
        out.append("".join(words[begin:end]))
        begin = end
    for row in np.flatnonzero(style == PROPER).tolist():
        text = out[row]
        at = text[0] in "¿¡"
        text = text[:at] + text[at : at + 1].upper() + text[at + 1 :]
        out[row] = text + "." if text[-1].isalnum() else text
    hasty = np.flatnonzero((style == HASTY) & chance(path + "/slip", index, 350_000))
    where = below(path + "/slip/where", index[hasty], 1 << 16)
    for row, number in zip(hasty.tolist(), where.tolist(), strict=True):
        out[row] = _slip(out[row], number)
    return np.array(out, dtype=object)


def _slip(text: str, number: int) -> str:
    """Swap two letters inside a word of four letters or more, or double one.

    Example:
        >>> _slip("house", 0)
        'huose'
    """
    for spot in range(number % len(text), len(text) - 3):
        if text[spot : spot + 4].isalpha():
            one, two = text[spot + 1 : spot + 3]
            other = two + one if number & 256 == 0 else one + one + two
            return text[: spot + 1] + other + text[spot + 3 :]
    return text
