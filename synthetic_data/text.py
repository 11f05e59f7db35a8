"""Write posts and bios from the grammars, whole columns at a time."""

import re
from functools import cache

import numpy as np

from synthetic_data import pools
from synthetic_data.streams import below, chance, u64

_SLOT = re.compile(r"\{(\w+)\}")
LIMIT = 280  # longest post, in characters


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
    events = pools.grammar("events")
    last = max(int(number) for event in events.values() for number in event["days"])
    edges = np.zeros((last + 2, len(events)), dtype=np.int64)
    for place, event in enumerate(events.values()):
        for number, share in event["days"].items():
            edges[int(number), place] = share
    edges = np.cumsum(edges, axis=1)[np.clip(day, 0, last + 1)]
    drawn = below(path, index, 1000)
    codes = np.array([topic(name) for name in events])
    which = (drawn[:, None] >= edges).sum(axis=1)
    return np.where(which < len(codes), codes[np.minimum(which, len(codes) - 1)], theme)


@cache
def _slot(language: str, name: str) -> np.ndarray:
    if name in ("domain", "phone"):
        return pools.words(name)
    return np.array(pools.grammar(language)["slots"][name], dtype=object)


def fill(path: str, index: np.ndarray, template: str, language: str, who=None) -> np.ndarray:
    """Fill one template for many rows.

    Args:
        path: stream from which the words are drawn.
        index: entity number per row.
        template: text with {slots}.
        language: `en` or `es`, decides the words.
        who: handle per row for the slot {who}.

    Returns:
        Object array of str, one per row.

    Example:
        >>> fill("t", np.array([1]), "hello @{who}", "en", np.array(["sea.cat"], dtype=object))[0]
        'hello @sea.cat'
    """
    pieces = _SLOT.split(template)  # text, slot, text, slot, …, text
    out = pieces[0] or None
    for number in range(1, len(pieces), 2):
        after = pieces[number + 1]
        if pieces[number] == "who":
            words = who + after if after else who
        else:
            values = _slot(language, pieces[number])
            # The text after a slot joins its few words, not its many rows.
            words = (values + after)[below(f"{path}/slot{number}", index, len(values))]
        out = words if out is None else out + words
    return out if len(pieces) > 1 else np.full(len(index), template, dtype=object)


def _by_value(values: np.ndarray):
    """Yield (value, rows) for each distinct whole number."""
    order = np.argsort(values.astype(np.int16), kind="stable")  # few values: a radix sort
    cuts = np.flatnonzero(np.diff(values[order])) + 1
    for rows in np.split(order, cuts):
        if len(rows):
            yield int(values[rows[0]]), rows


def write_posts(path, index, topic_of, language_of, who, style):
    """Write the text and the hashtags of many posts.

    Args:
        path: stream of the posts.
        index: stable number of each post.
        topic_of: topic number per post.
        language_of: 0 for en, 1 for es, per post.
        who: handle that is mentioned, per post (object array; used where the template asks).
        style: a whole number per post that belongs to its writer: 0 writes in lower case,
            1 makes typing errors.

    Returns:
        The text (object array of str, at most 280 characters); the hashtags as positions in the
        third part, an object array of str.
    """
    count = len(index)
    text = np.empty(count, dtype=object)
    tags = np.zeros(count, dtype=np.int64)
    tag_words = [""]
    tag_count = np.searchsorted([66, 92], below(path + "/tags", index, 100), side="right")
    for code, rows in _by_value(topic_of * 2 + language_of):
        language = pools.LANGUAGES[code % 2]
        entry = pools.grammar(language)["topics"][topics()[code // 2]]
        templates, marks = entry["templates"], np.array(entry["hashtags"], dtype=object)
        chosen = below(path + "/template", index[rows], len(templates))
        for number, some in _by_value(chosen):
            part = rows[some]
            text[part] = fill(
                f"{path}/{code}.{number}", index[part], templates[number], language, who[part]
            )
        # Zipf: the k-th tag of a topic has weight 1/k. The second tag is the next in the list.
        weights = 60 // np.arange(1, len(marks) + 1)
        edges = np.cumsum(weights)
        first = np.searchsorted(edges, below(path + "/tag", index[rows], edges[-1]), side="right")
        one, two = tag_count[rows] >= 1, (tag_count[rows] == 2) & (len(marks) > 1)
        tags[rows] = np.where(one, len(tag_words) + first + np.where(two, len(marks), 0), 0)
        tag_words += [*marks, *(marks + " " + np.roll(marks, -1))]

    lower = np.flatnonzero(style == 0)
    text[lower] = [line.lower() for line in text[lower]]
    slips = np.flatnonzero((style == 1) & chance(path + "/slip", index, 350_000))
    where = u64(path + "/slip-at", index[slips]) >> np.uint64(33)
    text[slips] = [_slip(line, int(at)) for line, at in zip(text[slips], where, strict=True)]

    emoji = np.array(pools.grammar("en")["emoji"]["values"], dtype=object)
    with_emoji = np.flatnonzero(chance(path + "/emoji", index, 240_000))
    drawn = below(path + "/which-emoji", index[with_emoji], len(emoji))
    text[with_emoji] = text[with_emoji] + " " + emoji[drawn]
    tagged = np.flatnonzero(tags > 0)
    words = np.array(tag_words, dtype=object)
    text[tagged] = text[tagged] + (" " + words)[tags[tagged]]
    return text, tags, words


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
    body = body.copy()
    more = 1 + below(path + "/more", index, 4)
    for code, rows in _by_value(topic_of * 2 + language_of):
        language = pools.LANGUAGES[code % 2]
        templates = pools.grammar(language)["topics"][topics()[code // 2]]["templates"]
        templates = [template for template in templates if "{who}" not in template]
        for turn in range(4 if templates else 0):
            rows = rows[more[rows] > turn]
            chosen = below(f"{path}/{turn}", index[rows], len(templates))
            for number, some in _by_value(chosen):
                part = rows[some]
                spot = f"{path}/{turn}/{code}.{number}"
                for row, line in zip(
                    part, fill(spot, index[part], templates[number], language), strict=True
                ):
                    joined = f"{line}. {body[row]}"
                    body[row] = joined if len(joined) <= LIMIT else body[row]
    return body


def _slip(line: str, at: int) -> str:
    """Swap two neighbouring letters of one long word, never inside a handle."""
    words = line.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not long:
        return line
    chosen = long[at % len(long)]
    word = words[chosen]
    spot = 1 + at // 97 % (len(word) - 2)
    words[chosen] = word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :]
    return " ".join(words)


def write_bios(path: str, index: np.ndarray, language_of: np.ndarray, role: str) -> np.ndarray:
    """Write one bio per row for a role of the grammar's [bios].

    Example:
        >>> write_bios("b", np.array([1]), np.array([0]), "witness")[0]
        'please respect my privacy'
    """
    out = np.full(len(index), "", dtype=object)
    for code, rows in _by_value(np.asarray(language_of)):
        language = pools.LANGUAGES[code]
        templates = pools.grammar(language)["bios"][role]
        chosen = below(path + "/template", index[rows], len(templates))
        for number, some in _by_value(chosen):
            part = rows[some]
            out[part] = fill(f"{path}/{code}.{number}", index[part], templates[number], language)
    return out
