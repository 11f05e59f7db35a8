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

from functools import cache

import numpy as np

from synthetic_data import pools
from synthetic_data.banks import CAPITAL, LOOSE, PLAIN, Banks, banks, topics
from synthetic_data.fillings import SLOT
from synthetic_data.spelling import slips
from synthetic_data.streams import below, u64
from synthetic_data.utf8 import ALL, Texts, encoded, joined, sizes

LIMIT = 280  # longest post, in characters
_HOUR = 3600  # seconds; in each hour at most one tag is on everybody's screen
_U12, _U16 = np.uint64(0xFFF), np.uint64(0xFFFF)


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
    return np.array(pools.grammar(f"pages.{language}")["slots"][name], dtype=object)


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
    pieces = SLOT.split(template)  # text, slot, text, slot, …, text
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
        templates = pools.grammar(f"pages.{language}")["bios"][role]
        chosen = below(path + "/template", index[rows], len(templates))
        for number in np.unique(chosen).tolist():
            part = rows[chosen == number]
            out[part] = fill(f"{path}/{code}.{number}", index[part], templates[number], language)
    return out


# Posts.


def _drawn(banks: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Draw a word from each bank by the lowest 16 bits."""
    return (banks >> 16) + ((bits & _U16).view(np.int64) * (banks & 0xFFFF) >> 16)


def _mostly(banks: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Draw a word from each bank by the lowest 32 bits: the first often, the last hardly ever."""
    product = (bits & _U16) * (bits >> np.uint64(16) & _U16)
    return (banks >> 16) + (product.view(np.int64) * (banks & 0xFFFF) >> 32)


def write_posts(path, index, topic_of, language_of, who, style, time):
    """Write the text and the hashtags of many posts, see `compose`.

    Returns:
        The text (object array of str, at most 280 characters); the hashtags as positions in the
        third part, an object array of str.
    """
    who = encoded(who.tolist()).looked()
    text, tags, coined = compose(path, index, topic_of, language_of, who, style, time)
    return text.strings(), tags, np.append(known_tags().strings(), coined.strings())


def compose(
    path, index, topic_of, language_of, who, style, time, before=(), long=()
) -> tuple[Texts, np.ndarray, Texts]:
    """Write the text and the hashtags of many posts.

    Args:
        path: stream of the posts.
        index: stable number of each post.
        topic_of: topic number per post.
        language_of: 0 for en, 1 for es, per post.
        who: handle that is mentioned, per post (`Texts`; used where the template asks).
        style: a whole number per post that belongs to its writer: 0 writes in lower case,
            1 makes typing errors, 2 begins with a capital letter and ends with a full stop,
            3 begins with a capital letter.
        time: seconds since 1970, per post; decides which tag is on everybody's screen.
        before: what stands before some of the texts, as parts for `utf8.joined`.
        long: positions of posts that say two to five sentences more.

    Returns:
        The text (at most 280 characters each); the hashtags as positions in `known_tags` and, from
        its end on, in the third part: new tags.
    """
    bank, count = banks(), len(index)
    code = topic_of * 2 + language_of
    bits, frame = u64(path + "/words", index), u64(path + "/frame", index)
    chosen = bank.sentence[code, bits >> np.uint64(54)]
    # The opening bears the capital letter; without an opening, the sentence does.
    lower = np.where(style == 0, LOOSE, PLAIN)
    way = np.where((style == 2) | (style == 3), CAPITAL, lower)
    begins = way.copy()
    place = _drawn(bank.begin[chosen], bits)
    opened = np.flatnonzero(~bank.blank(place))
    begins[opened] = lower[opened]
    named = np.flatnonzero(bank.named[chosen])
    parts = [
        (opened, bank.take(place[opened], way[opened])),
        (named, who.chosen(named)),
        *_said(bank, u64(path + "/open", index), chosen, bits >> np.uint64(16), begins, lower),
    ]
    said, spoken = sizes(count, parts), len(parts)

    place = _drawn(bank.close[chosen], frame)
    blank = bank.blank(place)
    closed = np.flatnonzero(~blank)
    stop = (style == 2) & ~(bank.ended[chosen] & blank)
    stops = np.flatnonzero(stop & bank.bare[place])
    parts.append((closed, bank.take(place[closed], np.where(stop, PLAIN, lower)[closed])))
    parts.append((stops, same(".", stops)))
    # A handle keeps its letters.
    hasty = (style == 1) & (frame >> np.uint64(46) & np.uint64(3) > 0)
    hasty = np.flatnonzero(hasty & ~bank.named[chosen])
    at = (frame[hasty] >> np.uint64(32)).view(np.int64)

    frame >>= np.uint64(16)
    faced = np.flatnonzero((frame & _U16) < np.uint64(65536 * 22 // 100))
    face = _drawn(bank.emoji[chosen[faced]], frame[faced] >> np.uint64(16))
    parts.append((faced, bank.take(face)))
    tags = bank.tag[code, frame >> np.uint64(36)].astype(np.int64)
    new, coined = _coined(bank, path, index, code, style, time, tags)
    tags[new] = 0
    tagged = np.flatnonzero(tags)
    parts += [(tagged, bank.tails.chosen(tags[tagged])), (new, coined)]
    tags[new] = len(bank.tags.size) + np.arange(len(new))

    size = said + sizes(count, parts[spoken:])
    before = list(before)
    if len(long):
        room, capital = LIMIT - size[long], way[long] == CAPITAL
        more = _sentences(bank, path, index[long], code[long], room, capital)
        before += [(long[rows], texts) for rows, texts in more]
    first = sizes(count, before)
    text = joined(count, before + parts, first + size)
    slips(text, hasty, first[hasty], said[hasty], at)
    cut(text)
    return text, tags, coined._replace(start=coined.start + 1, size=coined.size - 1)


def known_tags() -> Texts:
    """Return the hashtags that everybody knows; the first one is empty."""
    return banks().tags


def same(word: str, rows: np.ndarray) -> Texts:
    """Return the same word for each row."""
    return encoded([word]).looked().chosen(np.zeros(len(rows), dtype=np.int64))


def _said(bank: Banks, names, chosen, words, way, lower) -> list:
    """Return the parts of sentences: two halves, and between them what stands in an open slot.

    Args:
        bank: the banks.
        names: random bits for the open slots.
        chosen: number of each sentence.
        words: random bits; the lower 16 are for the first half, the next 16 for the second.
        way: variant in which the sentence begins.
        lower: variant in which it goes on.
    """
    first = _drawn(bank.first[chosen], words)
    second = _drawn(bank.second[chosen], words >> np.uint64(16))
    left = bank.left[chosen]
    rows = np.flatnonzero(left & 0xFFFF > 1)
    some, bits = chosen[rows], names[rows]
    left, right = _mostly(left[rows], bits), _mostly(bank.right[some], bits >> np.uint64(32))
    begins = np.where(bank.blank(first[rows]), way[rows], lower[rows])
    return [
        (ALL, bank.take(first, way)),
        (rows, bank.take(left, begins)),
        (rows, bank.take(right, lower[rows])),
        (ALL, bank.take(second, lower)),
    ]


def _coined(bank: Banks, path: str, index, code, style, time, tags) -> tuple[np.ndarray, Texts]:
    """Return the rows whose tag is a new one, and these tags, each with a space before it.

    New is what the writer made up, or what is on everybody's screen: in most hours a show or a game
    begins, and for some minutes many tags are its own. The share of these falls with the square of
    the time since then.
    """
    rows = np.flatnonzero((tags != 0) & bank.everyday[code])
    bits = u64(path + "/tag", index[rows])
    share = (bits & _U16).view(np.int64)
    own = tags[rows] < 0
    time = time[rows]
    hour = time // _HOUR
    left = np.ones(len(rows), dtype=bool)
    for back in range(3):
        show = u64(path + "/show", hour - back)
        begin = (hour - back) * _HOUR + ((show & _U12).view(np.int64) * _HOUR >> 12)
        age = np.maximum(time - begin, 0)
        span = 240 << (show >> np.uint64(12) & np.uint64(3)).view(np.int64)
        on = left & (time >= begin) & (show >> np.uint64(14) & np.uint64(3) > 0)
        on &= share < 52_000 * span * span // (span + age) ** 2
        bits[on] = show[on]
        own |= on
        left &= ~on
    rows, bits = rows[own], bits[own] >> np.uint64(16)
    tongue = code[rows] % 2 + 2 * (style[rows] == 0)
    parts = [(ALL, same(" ", rows))]
    for shift, table in zip((0, 12, 26), bank.coins, strict=True):
        drawn = bits >> np.uint64(shift) & np.uint64(table.shape[1] - 1)
        parts.append((ALL, bank.take(table[tongue, drawn])))
    return rows, joined(len(rows), parts)


def _sentences(bank: Banks, path: str, index, code, room, capital) -> list[tuple]:
    """Return two to five sentences of the same topic for each post, as far as there is room.

    Args:
        bank: the banks.
        path: stream.
        index: stable number of each post.
        code: topic and language of each post.
        room: how many bytes there are.
        capital: whether its sentences begin with a capital letter.

    Returns:
        Parts, in order; see `utf8.joined`.
    """
    more = 2 + below(path + "/more", index, 4)
    first = below(path + "/first", index, 1024)
    turn, row = np.divmod(np.arange(5 * len(index)), len(index))
    # Steps of a golden section of the table: hardly ever the same sentence again.
    chosen = bank.sentence[code[row], (first[row] + 633 * turn) % 1024]
    some = np.flatnonzero((more[row] > turn) & ~bank.named[chosen])
    turn, row, chosen = turn[some], row[some], chosen[some]
    number = index[row] * 5 + turn
    words, names = u64(path + "/more/words", number), u64(path + "/more/open", number)
    way = np.where(capital, CAPITAL, PLAIN)[row]
    parts = _said(bank, names, chosen, words, way, np.full(len(row), PLAIN))
    parts.append((ALL, encoded([". ", " "]).looked().chosen(bank.ended[chosen].astype(np.int64))))
    lines = joined(len(row), parts)
    room, before = room.copy(), []
    for number in range(5):
        here = np.flatnonzero(turn == number)
        here = here[lines.size[here] <= room[row[here]]]
        room[row[here]] -= lines.size[here]
        before.insert(0, (row[here], lines.chosen(here)))
    return before


def cut(texts: Texts) -> None:
    """Cut texts at the limit, in place."""
    over = np.flatnonzero(texts.size > LIMIT)  # bytes, so perhaps not too many characters
    if len(over):
        short = encoded([line[:LIMIT] for line in texts.chosen(over).compact().strings()]).looked()
        texts.size[over], texts.marks[over] = short.size, short.marks
