"""The show window: posts to code by use, chats that young people showed, a closed case.

Most posts in the window only display. Quarrels between groups sound like threats to an outsider,
and some posts of every use borrow the words of another. A second coder has read all of them and
errs where outsiders err. Two recruiters and a youth worker use the same words; what differs is the
door: closed for the one, open for the other. The words are cues, shortened and altered.
"""

import numpy as np

from synthetic_data.casting import who
from synthetic_data.society import DAY
from synthetic_data.streams import below, permutation, ranked

USES = ("display", "recruitment", "intimidation", "targeting", "propaganda", "fraud")
STYLE_TAGS = ("#OldQuayKings", "#quayours", "#elmuelleesnuestro")
OUTCOMES = ("member", "no offence found")
SORTS = ("plain", "quarrel", "look-alike")
MOVES = ("offer", "flattery", "other room", "silence", "open door", "talk")
PAST = 60
# Wording by use and sort. A quarrel mocks another group and threatens nobody; a look-alike borrows
# the words of another use.
_LINES = {
    ("display", "plain"): (
        "new boat, same crew, {quay} by night",
        "gold on the wrist and the whole of {quay} below",
        "counted twice, still smiling",
        "three nights awake, worth every crown",
        "the car is paid, the driver is paid, {quay} is awake",
        "they said the crew was finished. look at this table",
        "suit from abroad, shoes from further away",
        "a tiger on the wall and a view of {quay}",
        "another watch for another good week",
        "this is how {quay} looks from our roof",
    ),
    ("display", "quarrel"): (
        "the boys from {district} dress like their grandfathers",
        "{district} crew? never heard of them",
        "sing louder, {district}, nobody listens",
        "saw {district} run again today, new shoes needed",
        "one song from us and {district} goes quiet",
        "{district} calls itself a crew. it is a queue",
        "your best day, {district}, is our Monday",
    ),
    ("display", "look-alike"): (
        "everybody asks to join us now. look at these shoes",
        "we know where the good tables are at {quay}",
        "{district} will remember this suit",
        "drinks for the whole table, who else does that",
        "send me the bill, I pay cash",
    ),
    ("recruitment", "plain"): (
        "room in the crew for two who can stay awake",
        "tired of school in {district}? we have a place for you",
        "who wants to wear our jacket? write",
        "looking for young people with a scooter and free evenings",
        "the crew grows. ask for us at {quay}",
    ),
    ("recruitment", "look-alike"): (
        "no fee and no papers: come and ask for the crew at {quay}",
        "you liked our party in {district}. now we have places open for helpers",
    ),
    ("intimidation", "plain"): (
        "the grocer of {district} should close early, if he is clever",
        "to whoever talked on Tuesday: we heard you",
        "{district} market has until Friday",
        "one more word from the man with the notebook, and he will be sorry",
    ),
    ("intimidation", "look-alike"): (
        "nice new window, grocer of {district}. glass costs a lot",
        "flowers for the witness, from all of us at {quay}",
    ),
    ("targeting", "plain"): (
        "who has seen the tall guard of {quay} tonight?",
        "tell us when the patrol turns into {district}",
        "seen now: the grey van of the customs at {quay}",
    ),
    ("targeting", "look-alike"): (
        "lovely evening. is the reporter still at the café in {district}?",
        "thanks to all who tell us where the new captain of the blue boat eats",
    ),
    ("propaganda", "plain"): (
        "soup and blankets for {district}, from the crew that cares",
        "the mayor talks, the crew mends the roof of the school in {district}",
        "3,000 likes, thank you {district}, we look after you",
        "watch our new film: who really keeps {quay} clean",
    ),
    ("propaganda", "look-alike"): (
        "join us on Sunday: a concert for {district}, a gift of the crew",
        "nobody needs to be afraid in {district} while we are here",
    ),
    ("fraud", "plain"): (
        "you have won a phone: 20 crowns for the parcel first",
        "the ferry owes you money, type in your card number",
        "double your crowns by Friday, ask me how",
        "flat at {quay}: deposit today, keys next week",
    ),
    ("fraud", "look-alike"): (
        "work at {quay} for young people, 40 crowns to sign up",
        "collecting for the roof of the school in {district}, into my own account",
    ),
}
# Fewest cards of each use and how many more there may be; display takes the rest.
_COUNTS = {
    "recruitment": (11, 3),
    "intimidation": (8, 3),
    "targeting": (6, 3),
    "propaganda": (16, 4),
    "fraud": (9, 3),
}
# What the second coder takes for what: from, to, sort first, fewest, how many more.
_SLIPS = (
    ("display", "intimidation", "quarrel", 15, 4),
    ("display", "propaganda", "look-alike", 5, 2),
    ("intimidation", "display", "look-alike", 4, 2),
    ("propaganda", "recruitment", "look-alike", 3, 2),
    ("recruitment", "fraud", "look-alike", 3, 2),
    ("fraud", "recruitment", "look-alike", 2, 2),
    ("targeting", "display", "look-alike", 1, 2),
)
_PAST_CODES = (
    ("display", "display", 21),
    ("display", "intimidation", 7),
    ("display", "propaganda", 2),
    ("propaganda", "propaganda", 8),
    ("propaganda", "recruitment", 1),
    ("recruitment", "recruitment", 5),
    ("recruitment", "fraud", 2),
    ("fraud", "fraud", 4),
    ("fraud", "recruitment", 1),
    ("intimidation", "intimidation", 3),
    ("intimidation", "display", 2),
    ("targeting", "targeting", 4),
)
_SAID = {
    "offer": (
        "there is something for you, two evenings a week",
        "there is a little money in it, too",
    ),
    "flattery": ("you are quicker than others of your age", "people like you are rare"),
    "other room": (
        "not here, write to me in the other room",
        "come over to the other room, it is quieter",
    ),
    "silence": ("this stays between us", "no word at home about it"),
    "open door": (
        "bring somebody from home, or a friend",
        "the door is open, Tuesdays from five",
        "your father may call me before",
    ),
    "talk": (
        "how was the match?",
        "the tram was late again",
        "rain all day, and no umbrella",
        "did you see the goal?",
        "still hungry, as always",
    ),
}
# Who says what. The first two are the recruiters, the third is the youth worker.
_PARTS = (
    ("recruiter", "offer flattery other room silence talk talk"),
    ("recruiter", "offer flattery other room silence talk talk"),
    ("youth worker", "offer flattery other room open door open door talk"),
    ("boaster", "flattery flattery silence talk"),
    ("boaster", "other room flattery talk talk"),
    ("fan", "offer other room talk talk"),
    ("fan", "silence other room talk talk"),
    ("resident", "flattery open door flattery talk"),
    ("resident", "offer open door offer talk"),
    ("resident", "silence other room talk talk"),
    ("resident", "offer flattery talk talk"),
    ("resident", "talk talk open door flattery"),
)


def make(stream, settings, society, planted, tables, truth):
    """Make the tables of the show window, see `layers.add_family`."""
    stream += "/show-window"
    cards, uses, sorts, second = _cards(stream, settings["cards"], tables)
    lines, moves, by_part = _shown(stream, society, planted, tables, truth)
    past = [(first, other) for first, other, count in _PAST_CODES for _ in range(count)]
    past = [past[place] for place in permutation(stream + "/past", PAST)]
    reviewed, outcome, styled = _review(stream, settings["reviewed"], tables, truth)
    boasts = truth["boasts"]["post_id"].to_numpy(dtype=object)
    order = permutation(stream + "/boasts", len(boasts))
    ids = [f"u-{number:03d}" for number in range(1, len(cards) + 1)]
    made = {
        "use_cards": {"card_id": ids, "text": cards},
        "second_codes": {"card_id": ids, "use": second},
        "past_codes": {
            "past_id": [f"pc-{number:02d}" for number in range(1, PAST + 1)],
            "first": [first for first, _ in past],
            "second": [other for _, other in past],
        },
        "shown_lines": lines,
        "boast_cards": {
            "boast_id": [f"bo-{number:02d}" for number in range(1, len(boasts) + 1)],
            "post_id": boasts[order],
        },
        "case_review": {"account_id": reviewed, "outcome": outcome},
    }
    sealed = {
        "card_uses": {"card_id": ids, "use": uses, "sort": sorts},
        "shown_moves": {"line_id": lines["line_id"], "move": moves},
    }
    quiet = [
        account
        for account, result in zip(reviewed, outcome, strict=True)
        if result == OUTCOMES[0] and account not in styled
    ]
    loud = [
        account
        for account, result in zip(reviewed, outcome, strict=True)
        if result != OUTCOMES[0] and account in styled
    ]
    facts = [
        (
            "Quarrels between groups sound like threats and are none",
            "BO",
            "use_cards",
            [name for name, sort in zip(ids, sorts, strict=True) if sort == "quarrel"],
            "public",
            None,
        ),
        (
            "The second coder codes some posts otherwise",
            "BG",
            "second_codes",
            [n for n, use, code in zip(ids, uses, second, strict=True) if use != code],
            "public",
            None,
        ),
        (
            "Two accounts offer, flatter, move to another room and ask for silence",
            "HL",
            "shown_lines",
            by_part["recruiter"],
            "private",
            None,
        ),
        (
            "The youth worker uses the same words and keeps the door open",
            "JO",
            "shown_lines",
            by_part["youth worker"],
            "private",
            None,
        ),
        ("Members who never use the style", "HL", "case_review", quiet, "public", None),
        ("Accounts of the style with no offence", "BO", "case_review", loud, "public", None),
    ]
    return made, sealed, facts


def _drawn(path: str, items):
    return items[int(below(path, 0, len(items))[0])]


def _cards(stream, count: int, tables):
    """Return texts, uses and sorts of the cards, and what the second coder says."""
    counts = {
        use: least + int(below(f"{stream}/count/{use}", 0, more + 1)[0])
        for use, (least, more) in _COUNTS.items()
    }
    counts = {"display": count - sum(counts.values())} | counts
    kinds = []
    for use, number in counts.items():
        strange = 3 * number // 8 if use == "display" else 0
        alike = number // 5 if use == "display" else number // 3
        sorts = ["quarrel"] * strange + ["look-alike"] * alike
        kinds += [(use, sort) for sort in sorts + ["plain"] * (number - len(sorts))]
    kinds = [kinds[place] for place in permutation(stream + "/order", count)]
    districts = sorted(set(tables["accounts"]["district"]))
    quays = tables["places"].query("kind == 'quay'")["name"].tolist()
    turns = dict.fromkeys(_LINES, 0)
    texts = []
    for number, kind in enumerate(kinds):
        lines = _LINES[kind]
        first = int(below(f"{stream}/first/{'/'.join(kind)}", 0, len(lines))[0])
        line = lines[(first + turns[kind]) % len(lines)]
        turns[kind] += 1
        slots = {"district": _drawn(f"{stream}/district/{number}", districts)}
        texts.append(line.format(**slots, quay=_drawn(f"{stream}/quay/{number}", quays)))
    uses, sorts = ([kind[place] for kind in kinds] for place in (0, 1))
    second = list(uses)
    for use, other, sort, least, more in _SLIPS:
        path = f"{stream}/slip/{use}/{other}"
        number = least + int(below(path, 0, more)[0])
        fits = [n for n, kind in enumerate(kinds) if kind[0] == use and second[n] == use]
        fits = ranked(path, np.array(fits)).tolist()
        for place in sorted(fits, key=lambda n: sorts[n] != sort)[:number]:
            second[place] = other
    return texts, uses, sorts, second


def _shown(stream, society, planted, tables, truth):
    """Return the lines that young people showed, their moves, and the ids by who wrote them."""
    account_id = tables["accounts"]["account_id"].to_numpy(dtype=object)
    roles = dict(zip(truth["people"]["account_id"], truth["people"]["role"], strict=True))
    cast = [part[0] for part in planted.cast]
    plain = [n for n, name in enumerate(account_id) if roles[name] == "resident" and n not in cast]
    pools = {
        role: ranked(stream + "/shown/who", who(planted.cast, role)).tolist()
        for role in ("recruiter", "youth worker", "boaster", "fan")
    }
    pools["resident"] = ranked(stream + "/shown/who", np.array(plain)).tolist()
    rows = []
    for part, (role, said) in enumerate(_PARTS):
        slot = pools[role].pop(0)
        moves = said.replace("other room", "other_room").replace("open door", "open_door").split()
        seen = dict.fromkeys(MOVES, 0)
        for turn, word in enumerate(moves):
            move, path = word.replace("_", " "), f"{stream}/shown/{part}/{turn}"
            words = _SAID[move]
            first = int(below(f"{stream}/shown/first/{part}/{move}", 0, len(words))[0])
            text = words[(first + seen[move]) % len(words)]
            seen[move] += 1
            # Each account's lines lie in order, a day or two apart, in the afternoon.
            day = 2 + 4 * turn + int(below(path + "/day", 0, 3)[0])
            time = society.start + (day - 1) * DAY + 15 * 3600
            time += int(below(path + "/time", 0, 6 * 3600)[0])
            rows.append((time, account_id[slot], text, move, role))
    rows.sort()
    ids = [f"sl-{number:03d}" for number in range(1, len(rows) + 1)]
    by_part: dict[str, list] = {}
    for name, row in zip(ids, rows, strict=True):
        by_part.setdefault(row[4], []).append(name)
    lines = {
        "line_id": ids,
        "account_id": [row[1] for row in rows],
        "time": np.array([row[0] for row in rows]),
        "text": [row[2] for row in rows],
    }
    return lines, [row[3] for row in rows], by_part


def _review(stream, count: int, tables, truth):
    """Return accounts of the closed case, its outcome for each, and those that use the style.

    The recruiters' part of the case is not in it.
    """
    posts, people = tables["posts"], truth["people"]
    tagged = posts["hashtags"].str.contains("|".join(STYLE_TAGS), na=False)
    armed = tables["media"].loc[tables["media"]["subject"] == "weapon style", "post_id"]
    own = (tagged | posts["post_id"].isin(armed)) & posts["repost_of"].isna()
    styled = set(posts.loc[own, "account_id"])
    member = set(people.query("population == 'HL' and role != 'recruiter'")["account_id"])
    named = sorted(styled | member)
    scope = tables["scope"]["account_id"]
    never = styled | set(people[people["population"].isin(["HL", "JO", "VI", "CA"])]["account_id"])
    others = sorted(set(scope) - never)
    others = [others[n] for n in permutation(stream + "/review", len(others))]
    chosen = sorted(named + others[: max(0, count - len(named))])
    return chosen, [OUTCOMES[name not in member] for name in chosen], styled
