"""Expected answers of the lab "what_socmint_is": by counting instead of grouping, and by truth."""

import random
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from socmint.check import DF, FIG, NUM, SET, TITLED, TXT, Key, Need, Wrong, says
from socmint.check.kinds import Score

TIERS = ("public", "registered", "friends", "private")
CONDUCTS = ("view", "monitor", "bulk", "enter", "relate")

# ---- Q1, Q2, Q6: counts --------------------------------------------------------------------------


def _pairs(table: pd.DataFrame, column: str) -> Counter:
    return Counter(zip(table["platform"], table[column], strict=True))


def _posts_at_present_tier(world) -> Counter:
    accounts, posts = world.tables["accounts"], world.tables["posts"]
    now = dict(zip(accounts["account_id"], accounts["visibility"], strict=True))
    return Counter(
        (platform, now[account])
        for platform, account in zip(posts["platform"], posts["account_id"], strict=True)
    )


def _authors(world) -> Counter:
    posts = world.tables["posts"]
    rows = set(zip(posts["platform"], posts["tier"], posts["account_id"], strict=True))
    return Counter(row[:2] for row in rows)


def _counts(world) -> tuple[Counter, Counter]:
    tables = world.tables
    return _pairs(tables["accounts"], "visibility"), _pairs(tables["posts"], "tier")


def _table(accounts, posts) -> pd.DataFrame:
    rows = [(*pair, accounts[pair], posts[pair]) for pair in sorted(accounts.keys() | posts.keys())]
    return pd.DataFrame(rows, columns=["platform", "tier", "accounts", "posts"])


def _percentages(counts: Counter) -> dict:
    return {pair: 100 * number / counts.total() for pair, number in counts.items()}


def _share(world, *tiers: str) -> float:
    values, counts = np.unique(world.tables["posts"]["tier"].to_numpy(str), return_counts=True)
    return float(counts[np.isin(values, tiers)].sum() / counts.sum() * 100)


def _open_accounts(world) -> float:
    counts = Counter(world.tables["accounts"]["visibility"])
    return 100 * counts["public"] / counts.total()


def _open_now(world) -> float:
    counts = _posts_at_present_tier(world)
    return 100 * sum(n for (_, tier), n in counts.items() if tier == "public") / counts.total()


def _by_platform(counts: Counter) -> dict[str, list[float]]:
    """Percent of each tier, in the order of TIERS, for each platform."""
    shares = {}
    for platform in sorted({platform for platform, _ in counts}):
        row = [counts[platform, tier] for tier in TIERS]
        shares[platform] = [100 * number / sum(row) for number in row]
    return shares


def _mean_of_platforms(world) -> float:
    shares = _by_platform(_counts(world)[1])
    return sum(row[0] for row in shares.values()) / len(shares)


# ---- Q3 to Q5: cards -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cards(DF):
    """A table of cards that also says in which direction the words are off.

    No word is both a tier and a conduct, so the two may stand in either order.
    """

    def read(self, value: object) -> list[list]:
        """Read as DF does, and put each word in its column."""
        return [
            [card, second, first] if first in CONDUCTS or second in TIERS else [card, first, second]
            for card, first, second in super().read(value)
        ]

    def score(self, answer, expected) -> Score:
        """Score as DF does; put the directions before the notes about rows."""
        base = super().score(answer, expected)
        right = {row[0]: row[1:] for row in self.read(expected)}
        notes = []
        for place, (name, order, low, high) in enumerate(
            (
                ("tier", TIERS, "too open", "too closed"),
                ("conduct", CONDUCTS, "too light", "too strong"),
            )
        ):
            off = Counter()
            for card, *words in answer:
                said, true = words[place], right.get(card, [None, None])[place]
                if said in order and true in order and said != true:
                    off[low if order.index(said) < order.index(true) else high] += 1
            notes += [
                f"Your {name} is {way} on {count} card{'s' * (count > 1)}."
                for way, count in off.items()
            ]
        return Score(base.fraction, [*notes, *base.notes])


def _truth(world) -> pd.DataFrame:
    return world.truth["situations"]


def _sorted_cards(world, tier=None, conduct=None) -> pd.DataFrame:
    """The right table, with some words replaced by others (dicts from word to word)."""
    truth = _truth(world)[["card_id", "tier", "conduct"]].astype(object)
    return truth.replace({"tier": tier or {}, "conduct": conduct or {}})


def _ids(world, wanted) -> set[str]:
    return {row.card_id for row in _truth(world).itertuples() if wanted(row)}


@dataclass(frozen=True)
class _Looks(SET):
    """The looks that change, scored by the share of these minus the share of the others.

    All of them together, and none of them, are worth nothing: naming needs a choice.
    Source of the measure: Youden 1950, Index for rating diagnostic tests.
    """

    def score(self, answer, expected) -> Score:
        """Score the choice; keep what SET says about it."""
        right, others = expected["right"], expected["others"]
        base = super().score(answer, right)
        named = set(answer)
        fraction = len(named & right) / len(right) - len(named - right) / len(others)
        return Score(max(0.0, fraction), base.notes)


def _looks(world) -> dict[str, set[str]]:
    return {
        "right": _ids(world, lambda row: row.changes),
        "others": _ids(world, lambda row: _first_twelve(row) and not row.changes),
    }


def _first_twelve(row) -> bool:
    return int(row.card_id[2:]) <= 12


# ---- Q6 ------------------------------------------------------------------------------------------


def _shares(fig, expected) -> list[np.ndarray]:
    """The lengths of the bars in percent, read both ways: standing and lying.

    Fractions are turned into percent, so that they are faulted once, by `_in_percent`.
    """
    both = []
    for side in (0, 1):
        sizes = np.array([bar[side] for bar in fig["bars"]], dtype=float)
        both.append(sizes * 100 if _fractions(sizes, expected) else sizes)
    return both


def _fractions(sizes: np.ndarray, expected) -> bool:
    return sizes.size > 0 and sizes.max() <= 1 and abs(sizes.sum() - len(expected)) < 0.01


def _has_unit(fig, _) -> bool:
    named = fig["xlabel"].strip() and fig["ylabel"].strip()
    return bool(named and re.search(r"percent|per cent|%", fig["xlabel"] + fig["ylabel"], re.I))


def _in_percent(fig, expected) -> bool:
    lengths = np.array(fig["bars"], dtype=float).reshape(-1, 2).T
    # All bars are equally thick: only the side that varies is drawn from data.
    return not any(np.ptp(side) > 0 and _fractions(side, expected) for side in lengths if side.size)


def _whole(fig, expected) -> bool:
    """Do the parts add up to 100 on each platform? Bars come tier by tier."""
    for sizes in _shares(fig, expected):
        if sizes.size % len(expected) == 0 and sizes.size:
            sums = sizes.reshape(-1, len(expected)).sum(axis=0)
            if np.abs(sums - 100).max() < 1:
                return True
    return _matches(fig, expected)  # drawn platform by platform


def _matches(fig, expected) -> bool:
    target = np.array(sorted(part for row in expected.values() for part in row if part > 0))
    for sizes in _shares(fig, expected):
        drawn = np.sort(sizes[sizes > 0])
        if drawn.shape == target.shape and np.abs(drawn - target).max() <= 0.5:
            return True
    return False


def _has_legend(fig, _) -> bool:
    named = " ".join(fig["legend"]).casefold()
    return all(tier in named for tier in TIERS)


_NO_UNIT = "Name both axes, and give the unit of the shares: percent."
_FRACTIONS = "Your bars are fractions of 1. Draw percent: multiply by 100."
_NO_LEGEND = "Your figure has no legend that names the four tiers. Add one."
_NOT_STACKED = "Your bars stand side by side. Stack them: one bar for each platform."
_NOT_SHARES = (
    "The parts of your bars do not add up to 100 on each platform. Divide by each platform's "
    "posts, not by each tier's."
)
_NOT_POSTS = (
    "Your bars are not the shares of posts by tier. Count posts, not accounts, with the column "
    "tier of the table posts."
)


def _chart(
    world, shares=None, title="Most posts on Tikkeron are public", unit="percent", key=True, on=1
):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4))
    axes = figure.subplots()
    shares = shares or _by_platform(_counts(world)[1])
    bottom = np.zeros(len(shares))
    for place, tier in enumerate(TIERS):
        part = np.array([row[place] for row in shares.values()])
        axes.bar(list(shares), part, bottom=bottom, label=tier)
        bottom += on * part
    axes.set_title(title)
    axes.set_xlabel("platform")
    axes.set_ylabel(f"share of posts ({unit})" if unit else "")
    if key:
        axes.legend()
    return figure


def _plain_counts(world) -> dict[str, list[float]]:
    counts = _counts(world)[1]
    return {p: [counts[p, tier] for tier in TIERS] for p in sorted({p for p, _ in counts})}


def _by_tier_chart(world):
    counts = _plain_counts(world)
    totals = [sum(column) for column in zip(*counts.values(), strict=True)]
    return _chart(
        world,
        {p: [100 * n / t for n, t in zip(row, totals, strict=True)] for p, row in counts.items()},
    )


def _fraction_chart(world):
    shares = _by_platform(_counts(world)[1])
    return _chart(world, {platform: [n / 100 for n in row] for platform, row in shares.items()})


# ---- Q7 ------------------------------------------------------------------------------------------

# The lab's sayings: four people each name the four definitions, in these orders.
_HEARD = (
    ("marketing", "capability", "tools", "process"),
    ("capability", "process", "marketing", "tools"),
    ("process", "tools", "capability", "marketing"),
    ("tools", "marketing", "process", "capability"),
)


def _matched(world, **instead: str) -> pd.DataFrame:
    """The right table, with some words replaced by others."""
    dice = random.Random(len(world.tables["posts"]))  # as the lab throws them
    said = [name for four in dice.sample(_HEARD, 2) for name in four]
    dice.shuffle(said)
    rows = [(f"s-{number}", instead.get(name, name)) for number, name in enumerate(said, start=1)]
    return pd.DataFrame(rows, columns=["statement", "definition"])


# ---- Q8 ------------------------------------------------------------------------------------------

_CLAIM = re.compile(
    r"\bpublic (?:means|is|equals) (?:free|fair game)|\bfree (?:to (?:collect|take|use)|for all)\b"
    r"|\b(?:may|can|should) (?:\w+ )?(?:collect|take|copy) (?:it all|all of it|everything)\b"
)
# Words that deny the claim in their sentence, or report it as somebody else's.
_DENIAL = re.compile(
    r"\b(?:not|never|cannot|wrong|false|nor|myth|error|mistake|the idea)\b|n['\u2019]t\b"
    r"|\byou (?:say|said|think|ask)\b"
)


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[.!?;]+(?:\s|$)", text) if part.strip()]


def _public_is_not_free(text: str, _) -> bool:
    """No sentence says that public means free, unless it quotes or denies that."""
    own = re.sub(r"[\"“„«][^\"”»]*[\"”»]", " ", text)
    return not any(
        _CLAIM.search(sentence) and not _DENIAL.search(sentence) for sentence in _sentences(own)
    )


_REPEATED = (
    r"repe(?:at|tition)|\bagain\b|\bdaily\b|systemat|\bsystem\b|\bweeks\b|\bmonths\b|monitor"
    r"|surveil|\bbulk\b|over time|many times|thousands|automatic|\bfollow|\bwatch|day after day"
    r"|(?:every|each) (?:single )?(?:hour|morning|evening|night|day|week|month|time)"
)
_PRIVATE = (
    r"private (?:life|lives|inform|content|matter|thing)|intimate|health|\bill(?:ness)?\b|\bsick"
    r"|disease|cancer|doctor|hospital|therap|treatment|medic|pregnan|depress|addict|diagnos"
    r"|pray|church|mosque|temple|\bgod\b|religio|belie[fv]|faith|sexual|\bgay\b|lesbian"
    r"|\bsons?\b|daughter|\bchild|\bkids?\b|\bbab(?:y|ies)\b|mother|father|parent|famil|marri"
    r"|\bhomes?\b|\bhouses?\b|\bdoors?\b|street|address|school"
    r"|where (?:she|he|they|people|somebody|someone) lives?"
)
_AUTHORITY = (
    r"(?:authori[sz]\w*|authority|supervisor|permission|permit|approv\w*|consent|warrant|judge"
    r"|inspector|superior|senior|sign(?:s|ed|ature)?\b(?![ -](?:in|up)\b)|agrees?\b|allows?\b"
    r"|(?:ask|from|by|of) (?:the|our|your|my|an?) (?:\w+ )?(?:chief|boss|head|officer))"
)
_PURPOSE = (
    r"purpose|\breasons?\b|\bwhy\b|\baims?\b|\bgoals?\b|\bcases?\b|question|necess|proportion"
    r"|requirement|objective|what for|in order to|\bneed to know"
)
# Sentences that say that nobody has to agree.
_NOBODY = re.compile(
    rf"\b(?:no|any) (?:\w+ ){{0,2}}{_AUTHORITY}[^.]{{0,25}}\b(?:needed|necessary|required|must)\b"
    rf"|\b(?:needs?|requires?|asks?|wants?) (?:no|neither)\b(?: \w+){{0,2}} {_AUTHORITY}"
    r"|\b(?:nobody|no one) (?:else )?(?:(?:must|has to|needs? to|should) )?"
    r"(?:agrees?|allows?|approves?|signs?|says?|be asked|is (?:needed|asked))\b"
    rf"|\bno {_AUTHORITY}\W+(?:and )?(?:nobody|no one)\b"
    r"|(?:need not|not need|n['\u2019]t need|not have to|n['\u2019]t have to|no need) (?:to )?"
    rf"(?:ask|wait|sign|{_AUTHORITY}|any|an?\b)"
    rf"|{_AUTHORITY}(?: \w+){{0,4}} (?:is|are)(?: not|n['\u2019]t) (?:needed|necessary|required)"
)
_ALONE = re.compile(rf"\bwithout (?:\w+ ){{0,4}}{_AUTHORITY}")
_NOT = re.compile(r"\b(?:not|never|cannot|nothing|nobody|no one|no|stop|wrong)\b|n['\u2019]t\b")


def _asks(text: str, _) -> bool:
    """A sentence names who must agree, and does not say that nobody must."""
    return any(
        re.search(_AUTHORITY, sentence)
        and not _NOBODY.search(sentence)
        and not (_ALONE.search(sentence) and not _NOT.search(sentence))
        for sentence in _sentences(text)
    )


def _has_share(text: str, expected: float) -> bool:
    """A number of the text is the percentage, to the next whole percent up or down."""
    return any(
        abs(float(number.replace(",", ".")) - expected) < 1
        for number in re.findall(r"\d+(?:[.,]\d+)?", text)
    )


@dataclass(frozen=True)
class _Advice(TXT):
    """A text of which at least half is there, and that does not say one sentence twice."""

    def score(self, answer, expected) -> Score:
        """Refuse a scrap, a repeated sentence and the opposite advice; else score as TXT does."""
        base = super().score(answer, expected)
        words = re.findall(r"\w[\w'\u2019-]*", answer.casefold())
        if len(words) < self.words[0] / 2:
            return Score(0.0, base.notes[:1])
        sentences = [" ".join(re.findall(r"\w+", s)) for s in _sentences(answer.casefold())]
        sentences = [s for s in sentences if s.count(" ") > 2]
        if len(set(sentences)) < len(sentences) or len(set(words)) < 0.4 * len(words):
            return Score(0.0, [_SAME])
        if not _asks(answer.casefold(), expected) and any(
            map(_NOBODY.search, _sentences(answer.casefold()))
        ):
            return Score(0.0, [_AGREE])  # the opposite advice
        return base


_SHARE = "I did not find your percentage of Q2 in the text. Write it in digits."
_REPEAT = (
    "I did not find a word for looks that are repeated. Say what changes when somebody comes back"
    " every day."
)
_CONTENT = (
    "I did not find a word for private life that a public post can hold. Give an example, such as"
    " health."
)
_AGREE = "I did not find a sentence that says who must agree. If nobody must, who answers for it?"
_PURPOSES = "I did not find a word for a purpose: what is the collecting for?"
_FREE = (
    "Your text still says that what is public is free to take. Say what limits hold all the same."
)
_SAME = "Your text repeats itself. Say each thing once, and use the words for what is missing."

_ASK = "So write down the purpose first, and ask the authorising officer. "
_GOOD = (
    "Chief, {share:.0f} percent of the posts were open, so no account is needed, and no more. "
    "One look is a line in the log. "
    "Daily looks for three weeks add up to a picture of somebody and become surveillance. "
    "People post about health, faith and children where all can read it. "
    f"{_ASK}"
    "The tool in the leaflet is quick and easy, but quick is no excuse for taking things in. "
    "Begin with something plain to find out, then look for the gentlest way to do so. "
    "Often a simple count, made once, will be good enough for us."
)


def _advice(world, old: str = "", new: str = "") -> str:
    """A good text with one part replaced."""
    return _GOOD.replace(old, new).format(share=_share(world, "public"))


KEYS = {
    "q1": Key(
        kind=DF(key=("platform", "tier"), columns={"accounts": 0, "posts": 0}),
        expected=lambda world: _table(*_counts(world)),
        right="Two tables and two dates: an account has a tier today, a post has one from its day. "
        "Whoever mixes them reports a past that never was.",
        wrongs=(
            Wrong(
                "present tier of the account put on its posts",
                lambda world: _table(_counts(world)[0], _posts_at_present_tier(world)),
                "You gave each post the tier that its account has now. Accounts move; a post keeps "
                "the tier of its day.",
            ),
            Wrong(
                "accounts counted by their posts",
                lambda world: _table(_authors(world), _counts(world)[1]),
                "You counted accounts in the table of posts. Silent accounts are missing there, "
                "and some stand in two tiers: count in the table of accounts.",
            ),
            Wrong(
                "columns exchanged",
                lambda world: _table(*reversed(_counts(world))),
                "Your two columns are exchanged: accounts holds posts, and posts holds accounts. "
                "Change their names.",
            ),
            Wrong(
                "percentages",
                lambda world: _table(*map(_percentages, _counts(world))),
                "Your table holds percentages. The question asks for counts: do not divide.",
            ),
        ),
    ),
    "q2": Key(
        kind=NUM(unit="percent", tolerance=0.05),
        expected=lambda world: _share(world, "public"),
        right="That much anybody could read. It says who can see a post, and nothing about who may "
        "collect it.",
        wrongs=(
            Wrong(
                "registered counted as open",
                lambda world: _share(world, "public", "registered"),
                "You also counted posts for which one must sign in. The question asks for posts "
                "that need no account.",
            ),
            Wrong(
                "mean of the platforms",
                _mean_of_platforms,
                "You took the mean of the four platforms. They differ in size: divide by all "
                "posts.",
            ),
            Wrong(
                "accounts",
                _open_accounts,
                "That is the share of public accounts. Some accounts write more than others: "
                "count in the table of posts.",
            ),
            Wrong(
                "present tier of the account",
                _open_now,
                "You used the tier that each account has now. Ask who could read a post on its "
                "own day: the table of posts knows.",
            ),
            Wrong(
                "Public, with a capital letter",
                lambda world: 0.0,
                "You found no post at all. Is the word in the quotation marks written as in the "
                "table, with small letters?",
            ),
            Wrong(
                "the other posts",
                lambda world: 100 - _share(world, "public"),
                "That is the share of posts behind a wall. Take the share of the others.",
            ),
        ),
    ),
    "q3": Key(
        kind=_Cards(key=("card_id",), columns={"tier": None, "conduct": None}),
        expected=_sorted_cards,
        right="All 40 are sorted. Where it lies and what you do are two questions: you need both "
        "before you ask who may allow it.",
        wrongs=(
            Wrong(
                "registered called public",
                lambda world: _sorted_cards(world, tier={"registered": "public"}),
                "You never use the tier registered. A free account is a wall too, if a low one.",
            ),
            Wrong(
                "friends called private",
                lambda world: _sorted_cards(world, tier={"friends": "private"}),
                "You call closed groups and approved followers private. Private is a message to "
                "named receivers.",
            ),
            Wrong(
                "monitor called view",
                lambda world: _sorted_cards(world, conduct={"monitor": "view"}),
                "You never use the conduct monitor. Some officers here come back, or set an alert.",
            ),
            Wrong(
                "relate called enter",
                lambda world: _sorted_cards(world, conduct={"relate": "enter"}),
                "You never use the conduct relate. Some false identities talk until a person "
                "trusts them.",
            ),
        ),
    ),
    "q4": Key(
        kind=_Looks(of="card ids", such_as="c-01", noun="card"),
        expected=_looks,
        right="Each look is harmless alone. Daily looks add up to a picture of a person, and that "
        "needs authority.",
        wrongs=(
            Wrong(
                "all twelve",
                lambda world: _ids(world, _first_twelve),
                "You named all twelve. Some of these looks touch no person, however often they are "
                "repeated.",
            ),
            Wrong(
                "those that stay",
                lambda world: _ids(world, lambda row: _first_twelve(row) and not row.changes),
                "You named the cards on which nobody is watched. Name the others.",
            ),
            Wrong(
                "public ones only",
                lambda world: _ids(world, lambda row: row.changes and row.tier == "public"),
                "You named public cards only. A person can also be watched behind a free sign-in.",
            ),
            Wrong(
                "private content only",
                lambda world: _ids(world, lambda row: row.changes and row.private_information),
                "You named the cards with private content. Here repetition counts: it makes a "
                "picture out of harmless posts too.",
            ),
        ),
    ),
    "q5": Key(
        kind=SET(of="card ids", such_as="c-01", noun="card"),
        expected=lambda world: _ids(world, lambda row: row.private_information),
        right="No wall protects this content, and still it is private life. A reader intrudes even "
        "where everybody can look.",
        wrongs=(
            Wrong(
                "every public card",
                lambda world: _ids(world, lambda row: row.tier == "public"),
                "You named every public card. Timetables, prices and match results tell of no "
                "private life.",
            ),
            Wrong(
                "closed cards as well",
                lambda world: _ids(
                    world,
                    lambda row: row.private_information or row.tier in ("friends", "private"),
                ),
                "You also named cards behind a wall. The question asks for public content only.",
            ),
            Wrong(
                "only single looks",
                lambda world: _ids(
                    world, lambda row: row.private_information and row.conduct == "view"
                ),
                "You named single looks only. Private life also stands on cards with another "
                "conduct.",
            ),
        ),
    ),
    "q6": Key(
        kind=FIG(
            (
                TITLED,
                Need(_has_unit, _NO_UNIT),
                Need(_in_percent, _FRACTIONS),
                Need(_has_legend, _NO_LEGEND),
                Need(lambda fig, _: fig["stacked"], _NOT_STACKED),
                Need(_whole, _NOT_SHARES),
                Need(_matches, _NOT_POSTS),
            )
        ),
        expected=lambda world: _by_platform(_counts(world)[1]),
        right="The picture shows that 'social media' is not one place: each platform has its own "
        "walls. Only you can tell whether your title is true: compare it with the bars.",
        wrongs=(
            Wrong(
                "accounts instead of posts",
                lambda world: _chart(world, _by_platform(_counts(world)[0])),
                _NOT_POSTS,
            ),
            Wrong("divided by the tiers", _by_tier_chart, _NOT_SHARES),
            Wrong("fractions", _fraction_chart, _FRACTIONS),
            Wrong("no unit", lambda world: _chart(world, unit=""), _NO_UNIT),
            Wrong("side by side", lambda world: _chart(world, on=0), _NOT_STACKED),
            Wrong("no legend", lambda world: _chart(world, key=False), _NO_LEGEND),
            Wrong("no title", lambda world: _chart(world, title="Tiers"), TITLED.sentence),
        ),
    ),
    "q7": Key(
        kind=DF(key=("statement",), columns={"definition": None}),
        expected=_matched,
        right="You hear now what a sentence leaves out. Only one of the four asks whether the data "
        "are true, and none asks who agreed.",
        wrongs=(
            Wrong(
                "capability and tools exchanged",
                lambda world: _matched(world, capability="tools", tools="capability"),
                "You exchanged capability and tools. One says what you become able to do, the "
                "other what you can buy.",
            ),
            Wrong(
                "marketing and process exchanged",
                lambda world: _matched(world, marketing="process", process="marketing"),
                "You exchanged process and marketing. One of them serves a decision, the other "
                "looks for customers.",
            ),
            Wrong(
                "capability called process",
                lambda world: _matched(world, capability="process"),
                "You use process where no step is named. A list of skills has no steps and no "
                "check.",
            ),
        ),
    ),
    "q8": Key(
        kind=_Advice(
            (80, 160),
            (
                Need(_has_share, _SHARE),
                says(_REPEATED, _REPEAT),
                says(_PRIVATE, _CONTENT),
                Need(_asks, _AGREE),
                says(_PURPOSE, _PURPOSES),
                Need(_public_is_not_free, _FREE),
            ),
        ),
        expected=lambda world: _share(world, "public"),
        right="I found a word for each part. Your instructor reads whether the chief could act on "
        "them.",
        wrongs=(
            Wrong(
                "no share",
                lambda world: _advice(world, "{share:.0f} percent", "a large part"),
                _SHARE,
            ),
            Wrong(
                "no repetition",
                lambda world: _advice(
                    world,
                    "Daily looks for three weeks add up to a picture of somebody and become "
                    "surveillance. ",
                    "A look is a small thing, and no one on the desk should worry about it much. ",
                ),
                _REPEAT,
            ),
            Wrong(
                "no private content",
                lambda world: _advice(world, "about health, faith and children", "many things"),
                _CONTENT,
            ),
            Wrong(
                "nobody agrees",
                lambda world: _advice(
                    world, _ASK, "The purpose is clear, so no supervisor is needed, nobody at all. "
                ),
                _AGREE,
            ),
            Wrong(
                "no purpose",
                lambda world: _advice(world, _ASK, "So ask the authorising officer before. "),
                _PURPOSES,
            ),
            Wrong(
                "public means free",
                lambda world: _advice(world) + " After all, public means free.",
                _FREE,
            ),
            Wrong(
                "one sentence many times",
                lambda world: "Ask the officer about daily looks at health for a purpose. " * 10,
                _SAME,
            ),
        ),
    ),
}
