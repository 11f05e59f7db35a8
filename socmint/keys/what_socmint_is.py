"""Expected answers of the lab "what_socmint_is": by counting instead of grouping, and by truth."""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from socmint.check import DF, FIG, NUM, SET, TXT, Key, Need, Wrong
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
    """A table of cards that also says in which direction the words are off."""

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


def _first_twelve(row) -> bool:
    return int(row.card_id[2:]) <= 12


# ---- Q6 ------------------------------------------------------------------------------------------


def _sizes(bars: list[list[float]]) -> list[list[float]]:
    """The lengths of the bars, read both ways: standing and lying."""
    return [sorted(bar[side] for bar in bars) for side in (0, 1)]


def _whole(fig, expected) -> bool:
    """Do the parts add up to 100 on each platform?"""
    return any(abs(sum(side) - 100 * len(expected)) < 1 for side in _sizes(fig["bars"]))


def _matches(fig, expected) -> bool:
    target = np.array(sorted(part for row in expected.values() for part in row if part > 0))
    for side in _sizes(fig["bars"]):
        drawn = np.array([size for size in side if size > 0])
        if drawn.shape == target.shape and np.abs(drawn - target).max() <= 0.5:
            return True
    return False


def _has_legend(fig, _) -> bool:
    named = " ".join(fig["legend"]).casefold()
    return all(tier in named for tier in TIERS)


_NO_TITLE = "Your title is missing or only names the chart. Say in a sentence what it shows."
_NO_UNIT = "Name both axes, and give the unit of the shares: percent."
_NO_LEGEND = "Your figure has no legend that names the four tiers."
_NOT_STACKED = "Your bars stand side by side. Stack them: one bar for each platform."
_NOT_SHARES = (
    "The parts of your bars do not add up to 100 on each platform. Divide by each platform's posts."
)
_NOT_POSTS = "Your bars are not the shares of posts by the tier they had when posted."


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


# ---- Q7 ------------------------------------------------------------------------------------------

_SAID = {
    "capability": ("s-4", "s-7"),
    "process": ("s-2", "s-5"),
    "tools": ("s-3", "s-8"),
    "marketing": ("s-1", "s-6"),
}


def _matched(**instead: str) -> pd.DataFrame:
    rows = [
        (saying, instead.get(name, name)) for name, sayings in _SAID.items() for saying in sayings
    ]
    return pd.DataFrame(sorted(rows), columns=["statement", "definition"])


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


def _public_is_not_free(text: str, _) -> bool:
    """No sentence says that public means free, unless it quotes or denies that."""
    own = re.sub(r"[\"“„«][^\"”«»]*[\"”»]", " ", text)
    return not any(
        _CLAIM.search(sentence) and not _DENIAL.search(sentence)
        for sentence in re.split(r"[.!?;\n]\s", own)
    )


def _says(pattern: str, sentence: str) -> Need:
    return Need(lambda text, _: re.search(pattern, text) is not None, sentence)


_REPEAT = "Your text does not say what changes when looks are repeated, or collecting has a system."
_CONTENT = "Your text does not say what private life a public post can hold."
_AGREE = "Your text does not say who must agree, or for what purpose."
_FREE = "Your text still says that what is public is free to take. Is it?"

_GOOD = (
    "Chief, an open page shows that no account is needed, and no more. "
    "One look is a line in the log. "
    "Daily looks for three weeks add up to a picture of somebody and become surveillance. "
    "People post about health, faith and children where all can read it. "
    "So write down the purpose first, and ask the authorising officer. "
    "The tool in the brochure is quick and easy, but quick is no reason for taking things in. "
    "Begin with one plain question, then look for the gentlest way to answer it. "
    "Often a simple count, made once, will be good enough for us."
)


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
                "and some stand in two tiers.",
            ),
            Wrong(
                "columns exchanged",
                lambda world: _table(*reversed(_counts(world))),
                "Your two columns are exchanged: accounts holds posts, and posts holds accounts.",
            ),
            Wrong(
                "percentages",
                lambda world: _table(*map(_percentages, _counts(world))),
                "Your table holds percentages. The question asks for counts.",
            ),
        ),
    ),
    "q2": Key(
        kind=NUM(unit="percent", tolerance=0.1),
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
                "the other posts",
                lambda world: 100 - _share(world, "public"),
                "That is the share of posts behind a wall. The question asks for the others.",
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
        kind=SET("card ids"),
        expected=lambda world: _ids(world, lambda row: row.changes),
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
                "You named the cards on which nobody is watched. The question asks for the others.",
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
        kind=SET("card ids"),
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
                Need(lambda fig, _: len(fig["title"].split()) >= 4, _NO_TITLE),
                Need(
                    lambda fig, _: (
                        bool(fig["xlabel"].strip() and fig["ylabel"].strip())
                        and re.search(r"percent|per cent|%", fig["xlabel"] + fig["ylabel"], re.I)
                        is not None
                    ),
                    _NO_UNIT,
                ),
                Need(_has_legend, _NO_LEGEND),
                Need(lambda fig, _: fig["stacked"], _NOT_STACKED),
                Need(_whole, _NOT_SHARES),
                Need(_matches, _NOT_POSTS),
            )
        ),
        expected=lambda world: _by_platform(_counts(world)[1]),
        right="The picture shows it at once: 'social media' is not one place, and each platform "
        "has walls of its own.",
        wrongs=(
            Wrong(
                "counts",
                lambda world: _chart(world, _plain_counts(world)),
                _NOT_SHARES,
            ),
            Wrong(
                "accounts instead of posts",
                lambda world: _chart(world, _by_platform(_counts(world)[0])),
                _NOT_POSTS,
            ),
            Wrong("no unit", lambda world: _chart(world, unit=""), _NO_UNIT),
            Wrong("side by side", lambda world: _chart(world, on=0), _NOT_STACKED),
            Wrong("no legend", lambda world: _chart(world, key=False), _NO_LEGEND),
            Wrong("no title", lambda world: _chart(world, title="Tiers"), _NO_TITLE),
        ),
    ),
    "q7": Key(
        kind=DF(key=("statement",), columns={"definition": None}),
        expected=lambda world: _matched(),
        right="You hear now what a sentence leaves out. Only one of the four asks whether the data "
        "are true, and none asks who agreed.",
        wrongs=(
            Wrong(
                "capability and tools exchanged",
                lambda world: _matched(capability="tools", tools="capability"),
                "You exchanged capability and tools. One says what you become able to do, the "
                "other what you can buy.",
            ),
            Wrong(
                "marketing and process exchanged",
                lambda world: _matched(marketing="process", process="marketing"),
                "You exchanged process and marketing. One of them serves a decision, the other "
                "looks for customers.",
            ),
            Wrong(
                "capability called process",
                lambda world: _matched(capability="process"),
                "You use process where no step is named. A list of skills has no steps and no "
                "check.",
            ),
        ),
    ),
    "q8": Key(
        kind=TXT(
            (80, 160),
            (
                _says(
                    r"repe(at|tition)|again and again|every day|daily|each day|systemat|\bsystem\b"
                    r"|weeks|monitor|surveil|\bbulk\b|over time",
                    _REPEAT,
                ),
                _says(
                    r"private (life|inform|content)|health|illness|medical|religio|belief|faith"
                    r"|sexual|\bchild|famil|\bhomes?\b|addiction|diagnos",
                    _CONTENT,
                ),
                _says(
                    r"authori[sz]|authority|supervisor|permission|approv|senior officer|purpose"
                    r"|necessary|proportion|requirement",
                    _AGREE,
                ),
                Need(_public_is_not_free, _FREE),
            ),
        ),
        expected=lambda world: None,
        right="All parts are there. Your instructor reads whether the chief could act on them.",
        wrongs=(
            Wrong(
                "no repetition",
                lambda world: _GOOD.replace(
                    "Daily looks for three weeks add up to a picture of somebody and become "
                    "surveillance. ",
                    "A look is a small thing, and nobody has to be asked about so small a thing. ",
                ),
                _REPEAT,
            ),
            Wrong(
                "no private content",
                lambda world: _GOOD.replace(
                    "about health, faith and children", "about many things"
                ),
                _CONTENT,
            ),
            Wrong(
                "nobody agrees",
                lambda world: _GOOD.replace(
                    "So write down the purpose first, and ask the authorising officer. ",
                    "So think about it first, and talk about it with the others on the desk. ",
                ),
                _AGREE,
            ),
            Wrong(
                "public means free",
                lambda world: _GOOD + " After all, public means free.",
                _FREE,
            ),
        ),
    ),
}
