"""Expected answers of the lab "crime_on_show": from the truth, and by counting one by one."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from socmint.check import DF, NUM, PROB, SET, TXT, Key, Need, Wrong
from socmint.check.kinds import UNINVOLVED, Score, Unreadable, describe

USES = ("display", "recruitment", "intimidation", "targeting", "propaganda", "fraud")
HOUR = pd.Timedelta(hours=1)


def _role(world, *roles: str) -> set[str]:
    return {row.account_id for row in world.truth["people"].itertuples() if row.role in roles}


# ---- Q1: six uses --------------------------------------------------------------------------------

_ONE_USE = (
    "You gave every post the same use. That is no coding yet: read each post, and ask what it "
    "wants."
)
_COLLEAGUE = "These are the colleague's codes. Read the posts yourself: two readers are the point."
_QUARREL = (
    "You code quarrels between crews as threats. Does the post name a target, and a time, a means "
    "or a hint?"
)
_BORROWED = (
    "You follow single words. Some posts borrow the words of another use: ask what the post wants "
    "from its reader."
)


@dataclass(frozen=True)
class _Codes(DF):
    """Codes of the cards, with a sentence on what misled the coder."""

    def score(self, answer: list[list[Any]], expected: pd.DataFrame) -> Score:
        """Score as DF does, above the commonest use for all; say which sort of card misled."""
        base = super().score(answer, expected)
        lazy = expected["use"].value_counts(normalize=True).max()
        if "sort" not in expected or lazy == 1:  # one of the mistakes below
            return base
        base = replace(base, fraction=max(0.0, (base.fraction - lazy) / (1 - lazy)))
        given = {row[0]: str(row[1]).casefold() for row in answer}
        wrong = [row for row in expected.itertuples() if given.get(row.card_id) != row.use]
        notes = []
        if len(set(given.values())) == 1:
            notes.append(_ONE_USE)
        else:
            feared = [row for row in wrong if row.sort == "quarrel"]
            if sum(given.get(row.card_id) == "intimidation" for row in feared) >= 4:
                notes.append(_QUARREL)
            if sum(row.sort == "look-alike" for row in wrong) >= 8:
                notes.append(_BORROWED)
        return replace(base, notes=notes + base.notes)


def _uses(world) -> pd.DataFrame:
    return world.truth["card_uses"]


def _by_words(world) -> pd.DataFrame:
    """What somebody codes who looks for one telling word."""
    telling = {
        "join": "recruitment", "young": "recruitment", "fee": "fraud", "paid": "fraud",
        "bill": "fraud", "party": "propaganda", "school": "propaganda", "drinks": "propaganda",
        "thank": "propaganda", "where": "targeting", "afraid": "intimidation",
        "remember": "intimidation", "nice": "display", "lovely": "display", "flowers": "display",
        "crowns": "fraud", "patrol": "targeting", "seen": "targeting", "jacket": "recruitment",
        "soup": "propaganda", "film": "propaganda", "Friday": "intimidation",
    }  # fmt: skip
    cards = world.tables["use_cards"]
    use = [
        next((use for word, use in telling.items() if word in text), "display")
        for text in cards["text"]
    ]
    return cards[["card_id"]].assign(use=use)


# ---- Q2: kappa -----------------------------------------------------------------------------------

_SHARE = (
    "This is the share of equal codes. Part of it comes by chance: take that away, and divide by "
    "what is left of 1."
)
_EVEN = "You gave each use the same chance. Both coders say display far more often than the rest."
_ALONE = "You took the chance from one coder alone. Multiply the shares of both, use by use."
_PERCENT = "A kappa of more than 1 does not exist. Leave it as a fraction: no percent."


@dataclass(frozen=True)
class _Kappa(NUM):
    """Cohen's kappa of the learner's own codes and those of the second coder."""

    def read(self, value: object) -> dict[str, Any]:
        """Return the number, and the codes that it is about."""
        codes = value.get("codes") if isinstance(value, Mapping) else None
        if not isinstance(codes, pd.DataFrame) or not {"card_id", "use"} <= set(codes.columns):
            raise Unreadable(
                f"Your answer is {describe(value)}. Kappa needs your codes of Q1, too: run its "
                "cells first."
            )
        plain = dict(zip(codes["card_id"].astype(str), codes["use"].astype(str), strict=True))
        if len(set(plain.values())) < 2:
            raise Unreadable("Your codes of Q1 know one use only. Do Q1 first: kappa needs two.")
        return {"kappa": super().read(value["kappa"]), "codes": plain}

    def score(self, answer: dict[str, Any], expected: dict[str, str]) -> Score:
        """Compare with the kappa of these codes, and name the usual slips."""
        given, codes = answer["kappa"], answer["codes"]
        if "kappa" in expected:  # one of the mistakes below
            return Score(float(abs(given - expected["kappa"]) < 0.004))
        base = super().score(given, _kappa(codes, expected))
        if base.fraction == 1:
            return base
        note = base.notes
        if abs(given) > 1:
            note = [_PERCENT]
        else:
            for way, sentence in (("share", _SHARE), ("even", _EVEN), ("alone", _ALONE)):
                if abs(given - _kappa(codes, expected, way)) < 0.004:
                    note = [sentence]
        return Score(base.fraction, note)


def _kappa(one: dict[str, str], two: dict[str, str], way: str = "") -> float:
    """Kappa from counts of pairs. Source: Cohen 1960; `way` makes the usual slips."""
    names = one.keys() & two.keys()
    total = len(names) or 1
    first, second = Counter(one[n] for n in names), Counter(two[n] for n in names)
    agreed = sum(one[n] == two[n] for n in names)
    if way == "share":
        return agreed / total
    lucky = sum(first[use] * second[use] for use in first) / total  # cards equal by chance
    if way == "even":
        lucky = total / len(USES)
    if way == "alone":
        lucky = sum(count * count for count in first.values()) / total
    return (agreed - lucky) / (total - lucky) if total > lucky else 0.0


def _second(world) -> dict[str, str]:
    rows = world.tables["second_codes"].itertuples()
    return {row.card_id: row.use for row in rows}


def _coded(world, way: str = "", times: float = 1) -> dict[str, Any]:
    """Right codes with a kappa that is right, or goes wrong in one way."""
    codes = _uses(world)
    mine = {row.card_id: row.use for row in codes.itertuples()}
    return {"codes": codes[["card_id", "use"]], "kappa": times * _kappa(mine, _second(world), way)}


# ---- Q3: recruiters ------------------------------------------------------------------------------

_DOOR = (
    "You name somebody who says the same words and keeps the door open. Read all lines of the "
    "account, and its profile. It counts twice against you."
)
_BOAST = "You name somebody who only boasts. It counts twice against you: read all the lines."
_OTHERS = "You name people who make one or two of the moves. Many do: ask for all of them together."


@dataclass(frozen=True)
class _Recruiters(SET):
    """Accounts that recruit, with a sentence on whom else one names."""

    def score(self, answer: list[str], expected: dict[str, Any]) -> Score:
        """Score as SET does; say in words of the lab who was named wrongly."""
        base = super().score(answer, expected)
        named, notes = set(answer) - expected["right"], []
        if named & expected["door"]:
            notes.append(_DOOR)
        if named & (expected["costly"] - expected["door"]):
            notes.append(_BOAST)
        if named - expected["costly"]:
            notes.append(_OTHERS)
        plain = [note for note in base.notes if UNINVOLVED not in note]
        return Score(base.fraction, notes + plain)


def _people(world) -> dict[str, set[str]]:
    return {
        "right": _role(world, "recruiter"),
        "costly": _role(world, "youth worker", "boaster", "shop owner", "witness"),
        "door": _role(world, "youth worker"),
    }


def _movers(world, *moves: str) -> set[str]:
    """Accounts with a line of each of these moves."""
    lines = world.tables["shown_lines"].merge(world.truth["shown_moves"], on="line_id")
    return set.intersection(
        *(set(lines.loc[lines["move"] == move, "account_id"]) for move in moves)
    )


# ---- Q4: pictures --------------------------------------------------------------------------------

_FILES = "You compare whole files. A copy that was scaled or saved again is another file."
_EVERY = "You name all 25. A picture of a weapon is not yet a copy: compare the hashes."
_LOOSE = "Your limit is too wide: it takes pictures that only look alike. Where is the gap?"


@dataclass(frozen=True)
class _Copies(SET):
    """Pictures that are copies, with a sentence on a limit that is too strict or too wide."""

    def score(self, answer: list[str], expected: dict[str, Any]) -> Score:
        """Score as SET does against the other pictures; name the limit."""
        base = super().score(answer, {name: expected[name] for name in ("right", "others")})
        named, right = set(answer), set(expected["right"])
        notes = []
        if named and named <= set(expected["files"]):
            notes.append(_FILES)
        if named > right:
            notes.append(_LOOSE)
        return replace(base, notes=notes + base.notes)


def _armed(world) -> list:
    media = world.tables["media"]
    return list(media[media["subject"] == "weapon style"].itertuples())


def _copies(world) -> dict[str, set[str]]:
    facts = world.truth["facts"]
    rows = facts.loc[facts["statement"].str.startswith("Eleven of 25"), "rows"].item()
    files = set(world.tables["stock_pictures"]["sha256"])
    return {
        "right": set(rows.split()),
        "others": {row.media_id for row in _armed(world)} - set(rows.split()),
        "files": {row.media_id for row in _armed(world) if row.sha256 in files},
    }


def _within(world, limit: int) -> set[str]:
    stock = [int(one, 16) for one in world.tables["stock_pictures"]["phash"]]
    return {
        row.media_id
        for row in _armed(world)
        if min(bin(int(row.phash, 16) ^ one).count("1") for one in stock) <= limit
    }


# ---- Q5: boasts ----------------------------------------------------------------------------------

_TELLS = {  # what a boast says, by the kind of incident
    "lights out": "lights", "painted shutters": "shutters", "broken window": "window",
    "flare over a yard": "red sky", "cut nets": "nets",
}  # fmt: skip
_SAME = "You gave all ten the same number. The log tells them apart: deed, place and time."
_TRUSTING = "You believe every boast. Whoever boasts wants to be believed: ask the log."
_EARLY = "You believe a boast that was posted before its deed happened. Compare the two times."
_DEED = "You believe a boast about another deed: the log has something else at that place."
_PLACE = "You believe a boast about another place: the deed happened elsewhere."


@dataclass(frozen=True)
class _Boasts(PROB):
    """Probabilities for boasts, with a sentence for each way to believe too much."""

    def score(self, answer: dict[str, float], expected: dict[str, Any]) -> Score:
        """Score as PROB does; say what does not fit in the boasts that are believed."""
        base = super().score(answer, expected["happened"])
        if len(set(answer.values())) == 1 and answer.keys() >= expected["happened"].keys():
            return replace(base, notes=[_SAME, *base.notes])
        faults = {expected["faults"].get(name) for name, chance in answer.items() if chance >= 0.5}
        notes = [note for note in (_EARLY, _DEED, _PLACE) if note in faults]
        return replace(base, notes=notes + base.notes)


def _boasts(world) -> dict[str, Any]:
    cards = dict(world.tables["boast_cards"][["post_id", "boast_id"]].to_numpy().tolist())
    truth = world.truth["boasts"]
    happened = {
        cards[row.post_id]: int(isinstance(row.incident_id, str)) for row in truth.itertuples()
    }
    faults = {name: fault for name, fault in _faults(world).items() if not happened[name]}
    return {"happened": happened, "faults": faults}


def _faults(world) -> dict[str, str]:
    """Why the log does not bear a boast out: by time, deed or place."""
    posts = world.tables["posts"].set_index("post_id")[["text", "time"]]
    names = dict(world.tables["places"][["place_id", "name"]].to_numpy().tolist())
    faults = {}
    for card in world.tables["boast_cards"].itertuples():
        text, time = posts.loc[card.post_id]
        for event in world.tables["incidents"].itertuples():
            deed = _TELLS[event.kind] in text
            place = re.search(rf"{names[event.place_id]}\b", text) is not None
            soon = pd.Timedelta(0) <= time - event.time <= 6 * HOUR
            if deed and place and time < event.time:
                faults[card.boast_id] = _EARLY
            elif soon and place and not deed:
                faults.setdefault(card.boast_id, _DEED)
            elif soon and deed and not place:
                faults.setdefault(card.boast_id, _PLACE)
    return faults


def _believe(world, *faults: str) -> dict[str, float]:
    """Right but for believing boasts with these faults."""
    made = _boasts(world)
    return {
        name: 0.9 if came or made["faults"].get(name) in faults else 0.05
        for name, came in made["happened"].items()
    }


# ---- Q6: the alert -------------------------------------------------------------------------------


def _owner(world) -> dict[str, Any]:
    (name,) = _role(world, "shop owner")
    handles = world.tables["accounts"].set_index("account_id")["handle"]
    return {"id": name, "handle": handles[name]}


def _only_owner(text: str, owner: dict) -> bool:
    return not set(re.findall(r"a-\d{6}", text)) - {owner["id"]}


_NOT_SO = re.compile(r"\b(not|never|nobody|no|without|n\Wt)\b((?!, (and|but|then|so)\b)[^.;:!?])*")
"""What a line rules out: from a "not" to the end of its part of the sentence."""

_WHO = "I did not find the account of the person who asks for help. Write its id or its handle."
_CUE = "Say what you saw: which cues, in a few words."
_ASKS = "Say what the person asks for. That is why somebody should act."
_ACTS = "Say who shall act: which desk or person looks after people in danger."
_WHEN = "Say by when. An alert without a time waits in a tray."
_QUIETLY = (
    "Your alert names somebody else, an address or a public answer. Take it out: it can put the "
    "person in danger."
)


def _alert(world, **change) -> str:
    parts = {
        "who": _owner(world)["id"],
        "cue": "three posts about repeated visits and paying for peace",
        "asks": "asks for somebody to talk to",
        "acts": "Safeguarding officer",
        "when": "today",
        "how": "privately",
    } | change
    return (
        f"{parts['acts']}, please reach {parts['who']} {parts['how']} {parts['when']}: "
        f"{parts['cue']}, {parts['asks']}."
    )


# ---- Q7 and Q8: the style ------------------------------------------------------------------------

_POSTS = "You count posts. One loud account posts often: count each account once."
_TURNED = (
    "You turned the share round: this is how many members use the style, and not how many of its "
    "users are members. Divide by the users."
)
_ALL = "You took all accounts of the review. The question is about those that use the style."
_FRACTION = "Your number looks like a fraction of 1. The question asks for percent."
_TAGS = ("#OldQuayKings", "#quayours", "#elmuelleesnuestro")


def _style_posts(world) -> list[str]:
    """The writer of each post in the style that is no repost."""
    shown = set(world.tables["media"].query("`subject` == 'weapon style'")["post_id"])
    rows = world.tables["posts"][["post_id", "account_id", "hashtags", "repost_of"]]
    return [
        account
        for post, account, tags, of in rows.itertuples(index=False)
        if not isinstance(of, str)
        and (post in shown or any(tag in str(tags).split() for tag in _TAGS))
    ]


def _members(world) -> set[str]:
    people = world.truth["people"]
    return set(people[people["population"] == "HL"]["account_id"])


def _share(world) -> float:
    users, members = set(_style_posts(world)), _members(world)
    return 100 * len(users & members) / len(users)


def _turned(world) -> float:
    review = world.tables["case_review"]
    members = set(review[review["outcome"] == "member"]["account_id"])
    return 100 * len(members & set(_style_posts(world))) / len(members)


def _slips(world) -> dict[str, float]:
    posts, members = _style_posts(world), _members(world)
    return {
        _POSTS: 100 * sum(name in members for name in posts) / len(posts),
        _TURNED: _turned(world),
        _ALL: 100 * float((world.tables["case_review"]["outcome"] == "member").mean()),
    }


@dataclass(frozen=True)
class _Style(NUM):
    """A share in percent, with a sentence for the usual slips."""

    def score(self, answer: float, expected: Any) -> Score:
        """Score as NUM does against the share; name the slip if it is one."""
        if not isinstance(expected, Mapping):  # one of the mistakes below
            return Score(float(abs(answer - expected) < 0.3))
        base = super().score(answer, expected["share"])
        slips = expected["slips"].items()
        slip = [note for note, value in slips if abs(answer - value) < 0.3]
        if abs(100 * answer - expected["share"]) <= 1:
            slip = [_FRACTION]
        return base if base.fraction == 1 or not slip else Score(base.fraction, slip)


_ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = ("", "", "twenty", "thirty", "forty")
_IN_WORDS = rf"\b({'|'.join(_TENS[2:])})(?:[- ]({'|'.join(_ONES[1:])}))?\b"


def _gives_share(text: str, share: float) -> bool:
    """Whether a number near the share stands in the text, as percent or in ten."""
    numbers = [float(part) for part in re.findall(r"\b\d{1,3}(?:\.\d+)?\b", text)]
    tens = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}
    spoken = re.findall(r"\b(two|three|four|[234]) (?:in|of|out of) (?:ten|10)\b", text)
    for ten, one in re.findall(_IN_WORDS, text):
        numbers.append(10 * _TENS.index(ten) + (_ONES.index(one) if one else 0))
    return any(abs(one - share) <= 1.5 for one in numbers) or any(
        abs(10 * tens[word] - share) <= 6 for word in spoken
    )


_NUMBER = "I did not find the share of Q7: how many of a hundred users of the style are members?"
_INNOCENT = "Say who the others are: people who share a style and did nothing."
_MISSED = "Say whom the filter misses: members who never use the style."
_NOT = "Say what must not happen because of the style alone."
_INSTEAD = "Say what to look at instead of the style."


def _advice(world, **change) -> str:
    parts = {
        "number": f"Of 100 accounts with this style about {_share(world):.0f} belong to members",
        "others": "the others are fans and people who boast and did nothing",
        "missed": "the filter also misses members who stay quiet",
        "ban": "No account may be flagged or put on a list because of its style alone",
        "instead": "Look at deeds instead: a post that fits the incident log, a report, a person "
        "who asks for help",
    } | change
    padding = "The court's outcomes show this for one closed case, and other towns may differ."
    return ". ".join([*parts.values(), padding]).replace("..", ".")


KEYS = {
    "q1": Key(
        kind=_Codes(key=("card_id",), columns={"use": None}),
        expected=_uses,
        right="You code what a post does, not the words it borrows. Most of the window only "
        "displays.",
        wrongs=(
            Wrong("all display", lambda world: _uses(world).assign(use="display"), _ONE_USE),
            Wrong("the second coder", lambda world: world.tables["second_codes"], _COLLEAGUE),
            Wrong("one telling word", _by_words, _BORROWED),
            Wrong(
                "quarrels feared",
                lambda world: _uses(world).assign(
                    use=lambda rows: rows["use"].mask(rows["sort"] == "quarrel", "intimidation")
                ),
                _QUARREL,
            ),
        ),
    ),
    "q2": Key(
        kind=_Kappa(tolerance=0.02),
        expected=_second,
        right="Moderate at best, and the matrix says why: one of you hears threats in quarrels. "
        "Two readers who differ are a finding about the codebook.",
        wrongs=(
            Wrong("share of equal codes", lambda world: _coded(world, "share"), _SHARE),
            Wrong("even chances", lambda world: _coded(world, "even"), _EVEN),
            Wrong("one coder's shares", lambda world: _coded(world, "alone"), _ALONE),
            Wrong("percent", lambda world: _coded(world, times=100), _PERCENT),
        ),
    ),
    "q3": Key(
        kind=_Recruiters(of="account ids"),
        expected=_people,
        right="Offer, flattery and another room are words; the shut door is the sign. The adult "
        "with the same words and an open door is left in peace.",
        wrongs=(
            Wrong(
                "same words",
                lambda world: _movers(world, "offer", "flattery", "other room"),
                _DOOR,
            ),
            Wrong("whoever asks for silence", lambda world: _movers(world, "silence"), _OTHERS),
            Wrong("whoever names another room", lambda world: _movers(world, "other room"), _BOAST),
        ),
    ),
    "q4": Key(
        kind=_Copies(of="media ids", such_as="m-0000001", noun="picture"),
        expected=_copies,
        right="A copied picture shows taste, not a weapon. The rest are not copies of this stock: "
        "that is all you know about them.",
        wrongs=(
            Wrong("same file", lambda world: _copies(world)["files"], _FILES),
            Wrong("within 20 bits", lambda world: _within(world, 20), _LOOSE),
            Wrong("all 25", lambda world: [row.media_id for row in _armed(world)], _EVERY),
        ),
    ),
    "q5": Key(
        kind=_Boasts(good=0.225),
        expected=_boasts,
        right="Deed, place and hours fit three times. That is knowledge before the log was open: "
        "the writer did it, saw it or heard of it.",
        wrongs=(
            Wrong(
                "believe all", lambda world: dict.fromkeys(_boasts(world)["happened"], 1), _TRUSTING
            ),
            Wrong(
                "three in ten each",
                lambda world: dict.fromkeys(_boasts(world)["happened"], 0.3),
                _SAME,
            ),
            Wrong("deed and place at any time", lambda world: _believe(world, _EARLY), _EARLY),
            Wrong("time and place", lambda world: _believe(world, _DEED), _DEED),
            Wrong("time and deed", lambda world: _believe(world, _PLACE), _PLACE),
        ),
    ),
    "q6": Key(
        kind=TXT(
            (10, 45),
            (
                Need(lambda text, owner: owner["id"] in text or owner["handle"] in text, _WHO),
                Need(
                    lambda text, _: bool(
                        re.search(r"visit|pay|paid|money|press|peace|closed|threat|quiet", text)
                    ),
                    _CUE,
                ),
                Need(lambda text, _: bool(re.search(r"\bask|talk|help|wants", text)), _ASKS),
                Need(
                    lambda text, _: bool(
                        re.search(
                            r"safeguard|victim|liaison|duty|support|protection|counsel"
                            r"|(youth|social) work",
                            text,
                        )
                    ),
                    _ACTS,
                ),
                Need(
                    lambda text, _: bool(
                        re.search(
                            r"today|tonight|tomorrow|\bnow\b|within|at once|immediate|hour"
                            r"|\b(by|before|until) (\d|noon|morning|midday|evening)|\d[:.]\d\d\b",
                            text,
                        )
                    ),
                    _WHEN,
                ),
                Need(
                    lambda text, owner: (
                        _only_owner(text, owner)
                        and not re.search(r"street|address|home", text)
                        and not re.search(
                            r"reply|comment|repost|publish|in public|publicly",
                            _NOT_SO.sub("", text),
                        )
                    ),
                    _QUIETLY,
                ),
            ),
        ),
        expected=_owner,
        right="The form is there. Your instructor reads whether the person would be safer with it.",
        wrongs=(
            Wrong("no account", lambda world: _alert(world, who="a shop owner"), _WHO),
            Wrong("no cue", lambda world: _alert(world, cue="three posts"), _CUE),
            Wrong("nobody acts", lambda world: _alert(world, acts="Colleagues"), _ACTS),
            Wrong("no time", lambda world: _alert(world, when="some day"), _WHEN),
            Wrong("a public answer", lambda world: _alert(world, how="publicly"), _QUIETLY),
            Wrong("no wish", lambda world: _alert(world, asks="that is all"), _ASKS),
        ),
    ),
    "q7": Key(
        kind=_Style(unit="percent", tolerance=1),
        expected=lambda world: {"share": _share(world), "slips": _slips(world)},
        right="About seven of ten accounts in this style did nothing that a court found. Many "
        "share a style, and few of them are members.",
        wrongs=(
            Wrong("posts", lambda world: _slips(world)[_POSTS], _POSTS),
            Wrong("turned round", _turned, _TURNED),
            Wrong("all reviewed", lambda world: _slips(world)[_ALL], _ALL),
            Wrong("fraction of 1", lambda world: _share(world) / 100, _FRACTION),
        ),
    ),
    "q8": Key(
        kind=TXT(
            (60, 140),
            (
                Need(_gives_share, _NUMBER),
                Need(
                    lambda text, _: bool(
                        re.search(r"boast|fan|copy|copies|innocent|nothing|no offence|style", text)
                        and re.search(r"others|rest|most|seven|wrong|nothing|innocent", text)
                    ),
                    _INNOCENT,
                ),
                Need(
                    lambda text, _: bool(
                        re.search(r"miss|overlook|quiet|never use|do not use|not use|without", text)
                    ),
                    _MISSED,
                ),
                Need(
                    lambda text, _: bool(
                        re.search(r"\b(?:no|not|never|nobody|must not|may not|cannot)\b", text)
                        and re.search(r"list|flag|stop|arrest|watch|ground|share|file|act", text)
                    ),
                    _NOT,
                ),
                Need(
                    lambda text, _: bool(
                        re.search(
                            r"instead|rather|deed|evidence|incident|report|conduct"
                            r"|what (people|they|somebody|someone|a person|an account) d(o|id)",
                            text,
                        )
                    ),
                    _INSTEAD,
                ),
            ),
        ),
        expected=_share,
        right="The parts are there. Your instructor reads whether a chief could act on it.",
        wrongs=(
            Wrong(
                "no number",
                lambda world: _advice(world, number="Many accounts have this style"),
                _NUMBER,
            ),
            Wrong(
                "nobody missed",
                lambda world: _advice(world, missed="the filter is cheap and fast to run"),
                _MISSED,
            ),
            Wrong(
                "no way forward",
                lambda world: _advice(world, instead="Look harder, all of you, every day"),
                _INSTEAD,
            ),
            Wrong(
                "list them",
                lambda world: _advice(
                    world, ban="So put all of these accounts on a list and share it", others=""
                ),
                _NOT,
            ),
        ),
    ),
}
