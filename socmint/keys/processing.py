"""Expected answers of the lab "processing": from the truth, from counts, and by Bayes' rule."""

import re
from collections.abc import Callable
from functools import lru_cache

import pandas as pd
from matplotlib.figure import Figure

from socmint.check import DF, FIG, NUM, PROB, SET, TITLED, TXT, Key, Need, Wrong, says
from socmint.check.kinds import ONLY_CERTAIN
from socmint.matching import hand_scores

THRESHOLD, OFFENDERS = 700, 40
CUTS = range(700, 1000, 10)
_CONTENT = ["tool", "platform", "handle", "time_text", "language_label", "text"]
_FORM = "%Y-%m-%d %H:%M"


@lru_cache(maxsize=1)  # asked for many times in one check
def _rows(world) -> pd.DataFrame:
    """The export with what is so of each row."""
    return world.tables["export"].merge(world.truth["export_rows"], on="row_id")


def _left(world) -> dict[str, int]:
    change = _rows(world)["change"]
    return {
        "after_exact": int((change != "exact").sum()),
        "left": int((change == "none").sum()),
    }


# ---- Q2 ------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _form(world) -> pd.DataFrame:
    rows = _rows(world)
    handle = world.tables["accounts"].set_index("account_id")["handle"]
    return pd.DataFrame(
        {
            "row_id": rows["row_id"],
            "handle": handle[rows["account_id"]].to_numpy(),
            "language": rows["language"],
            "time": rows["time"].dt.strftime(_FORM),
        }
    )


def _wall_clock(world) -> pd.DataFrame:
    """Times of the relay as they stand there, without the offset."""
    form, rows = _form(world).copy(), _rows(world)
    relay = (rows["tool"] == "relay").to_numpy()
    form.loc[relay, "time"] = rows.loc[relay, "time_text"].str[:16].str.replace("T", " ").array
    return form


def _month_first(world) -> pd.DataFrame:
    """Times of the desk with day and month changed, where that gives a date at all."""
    form, rows = _form(world).copy(), _rows(world)
    desk = rows["tool"] == "desk"
    wrong = pd.to_datetime(rows.loc[desk, "time_text"], format="%m/%d/%Y %H:%M", errors="coerce")
    form.loc[desk.to_numpy(), "time"] = wrong.dt.strftime(_FORM).array
    return form


# ---- Q3 to Q5 ------------------------------------------------------------------------------------


def _role(world, role: str) -> list[str]:
    people = world.truth["people"]
    return people.loc[people["role"] == role, "account_id"].tolist()


def _twin(world) -> str:
    """The imitator who took the name of the ferry page."""
    accounts = world.tables["accounts"].set_index("account_id")["display_name"]
    names = accounts[_role(world, "imitator")]
    return str(names.index[names.str.contains("OFFICIAL")][0])


def _named(first: str, second: str) -> str:
    return "/".join(sorted((first, second)))


@lru_cache(maxsize=1)
def _hands(world) -> dict[str, dict[str, str]]:
    """Pairs among the candidates by what is so: pair name to clue."""
    pairs = world.truth["pairs"]
    among = set(world.tables["candidates"]["account_id"])
    found: dict[str, dict[str, str]] = {"one": {}, "two": {}}
    for row in pairs.itertuples():
        if {row.first, row.second} <= among:
            found["one" if row.same_hand else "two"][_named(row.first, row.second)] = row.clue
    return found


def _all_pairs(world) -> set[str]:
    ids = sorted(world.tables["candidates"]["account_id"])
    return {f"{a}/{b}" for place, a in enumerate(ids) for b in ids[place + 1 :]}


def _scored(world, keep: Callable[[pd.DataFrame], pd.Series]) -> list[str]:
    """Pairs that a learner keeps who filters the scores in some way."""
    pairs = hand_scores(world.tables["posts"], world.tables["candidates"]["account_id"])
    return pairs.loc[keep(pairs), "pair"].tolist()


def _with(world, clue: str) -> set[str]:
    """Pairs of either sort that share one clue or more with this name."""
    both = _hands(world)["one"] | _hands(world)["two"]
    return {pair for pair, clues in both.items() if clue in clues}


@lru_cache(maxsize=1)
def _doubt(world) -> pd.DataFrame:
    pairs = world.truth["pairs"][["first", "second", "same_hand", "clue"]]
    return world.tables["hard_pairs"].merge(pairs, on=["first", "second"]).set_index("pair_id")


# ---- Q6 to Q8 ------------------------------------------------------------------------------------


def _rates(world) -> tuple[float, float]:
    """Share of offenders, and of the others, whom the filter flags."""
    found, total = {True: 0, False: 0}, {True: 0, False: 0}
    scores = world.tables["filter_scores"]
    for score, offender in zip(scores["score"], scores["offender"], strict=True):
        total[bool(offender)] += 1
        found[bool(offender)] += score >= THRESHOLD
    return found[True] / total[True], found[False] / total[False]


def _sizes(world) -> dict[str, int]:
    districts = world.tables["accounts"]["district"].value_counts()
    return {"everybody": 20_000, "one district": int(districts.max()), "the bounded set": 80}


def _shares(world, change=lambda right, size, rates: right, rates=None) -> pd.DataFrame:
    """Percentage of right flags, by Bayes' rule with the share of offenders as the prior."""
    hit, slip = rates or _rates(world)
    rows = []
    for name, size in _sizes(world).items():
        prior = OFFENDERS / size
        right = 100 * hit * prior / (hit * prior + slip * (1 - prior))
        right = change(right, size, (hit, slip))
        rows.append((name, right, 100 - right))
    return pd.DataFrame(rows, columns=["among", "right", "wrong"])


def _over_everybody(world) -> pd.DataFrame:
    """The shares of somebody who takes the error rate over everybody, offenders included."""
    flags = (world.tables["filter_scores"]["score"] >= THRESHOLD).mean()
    return _shares(world, rates=(_rates(world)[0], flags))


def _turned_round(world) -> pd.DataFrame:
    """The shares of somebody who takes offenders among the flagged, and among the others."""
    scores = world.tables["filter_scores"]
    rates = scores.groupby(scores["score"] >= THRESHOLD)["offender"].mean()
    return _shares(world, rates=(rates[True], rates[False]))


def _window(world) -> tuple[int, int]:
    """The lowest and the highest threshold that does both."""
    scores = world.tables["filter_scores"]
    good = sorted(scores.loc[scores["offender"], "score"], reverse=True)
    bad = sorted(scores.loc[~scores["offender"], "score"], reverse=True)
    # The 20th wrong one must stay below, the 25th right one must not.
    return int(bad[19]) + 1, int(good[24])


def _flags(world) -> dict[str, list[list[int]]]:
    scores = world.tables["filter_scores"]
    lines = {}
    for name, part in (("right", True), ("wrong", False)):
        own = scores.loc[scores["offender"] == part, "score"].to_numpy()
        lines[name] = [[cut, int((own >= cut).sum())] for cut in CUTS]
    return lines


def _has_line(figure: dict, points: list[list[int]]) -> bool:
    return any(
        len(line) == len(points)
        and all(
            abs(a - c) < 1e-6 and abs(b - d) < 1e-6
            for (a, b), (c, d) in zip(line, points, strict=True)
        )
        for line in figure["lines"]
    )


def _chart(world, title="Below a score of 880 most flags are wrong", names=True, both=True):
    figure = Figure(figsize=(7, 4))
    axes = figure.subplots()
    for name, points in _flags(world).items():
        if both or name == "right":
            axes.plot(*zip(*points, strict=True), label=name)
    if names:
        axes.set_xlabel("threshold (score)")
        axes.set_ylabel("flagged accounts (count)")
    axes.set_title(title)
    axes.legend()
    return figure


# ---- Q9 ------------------------------------------------------------------------------------------


_HARMS = (
    r"\blist",
    r"\bshar|\bpartner",
    r"\bcontact|\bmessag|\bwrit(e|ten) to\b",
    r"\barrest|\bstop\b|\bsearch|\bvisit",
    r"\bcollect|\bmonitor|\bwatch(ed|ing)\b|\bsurveil",
    r"\bcharg|\baccus|\bpublish|\bname[ds]?\b",
)


def _two_harms(text: str) -> bool:
    """Tell whether sentences with a "not" in them name two harmful steps."""
    denied = [
        part
        for part in re.split("[.!?;]", text)
        if re.search(
            r"\b(not|no|never|nor|neither|nobody|none|cannot|without|before|until)\b|n\Wt\b", part
        )
    ]
    return sum(any(re.search(harm, part) for part in denied) for harm in _HARMS) >= 2


_NUMBER = "Your text does not say how many of 100 flags are right among everybody. Take it from Q6."
_HARM = "Your text does not rule out two harmful steps: a list, sharing, contact, more collection …"
_CHECK = "Your text does not say who checks a flagged account, and against what second item."
_SWORN = (
    "Your text calls flagged accounts offenders. A flag is only a score above a number: write "
    "“flagged accounts”."
)
_GOOD = (
    "Among all accounts only about 8 of 100 flags are right, so most flagged people have done "
    "nothing. A flag alone must not put anybody on a list, and it must not be shared with "
    "partners. An analyst first checks each account by hand against a second, independent item. "
    "What fails the check is deleted. The bounded set is the better place to begin."
)


_EIGHT = re.compile(
    r"\b(8(\.\d+)?|eight)\s*(%|percent|per cent|(flags? )?(of|in|out of|from)\b)"
    r"|\b(100|hundred) flags?,?( only| just| about| roughly| around| some)* (8|eight)\b"
    r"|\b(one|1) (flag )?(in|of|out of) (every )?(twelve|12)\b"
    r"|\b36 (flags )?((are|is) right )?(of|in|out of|from)\b"
)
"""A share of about 8 percent, in one of many forms."""


KEYS = {
    "q1": Key(
        kind=NUM(unit="rows", names=("after_exact", "left")),
        expected=_left,
        right="About one row in eleven was a copy. Every count made before this would have been "
        "too high.",
        wrongs=(
            Wrong(
                "row id compared",
                lambda world: {"after_exact": len(_rows(world)), "left": _left(world)["left"]},
                "You removed no row at all. The row id differs in every row: compare the columns "
                "in content only.",
            ),
            Wrong(
                "by text alone",
                lambda world: _left(world) | {"after_exact": int(_rows(world)["text"].nunique())},
                "You compared the text alone. Then short greetings of different people go as well: "
                "compare all columns in content.",
            ),
            Wrong(
                "both rows of a pair",
                lambda world: (
                    _left(world) | {"left": 2 * _left(world)["left"] - _left(world)["after_exact"]}
                ),
                "You removed both rows of each near pair. The post was written once: keep one row.",
            ),
            Wrong(
                "those that go",
                lambda world: (
                    _left(world) | {"left": _left(world)["after_exact"] - _left(world)["left"]}
                ),
                "Your second number says how many rows go as near copies. Say how many stay.",
            ),
            Wrong(
                "exact copies only",
                lambda world: _left(world) | {"left": _left(world)["after_exact"]},
                "Your second number is the first again. Near copies are still there: near_pairs "
                "finds them.",
            ),
        ),
    ),
    "q2": Key(
        kind=DF(key=("row_id",), columns={"handle": None, "language": None, "time": None}),
        expected=_form,
        right="Now rows of different tools can be joined and put in order. Keep the raw export "
        "beside it: your form is an interpretation.",
        wrongs=(
            Wrong(
                "offset ignored",
                _wall_clock,
                "Your times of the relay are its wall clock. Use the offset behind them: "
                "utc=True turns them into UTC.",
            ),
            Wrong(
                "month first",
                _month_first,
                "In your times of the desk day and month have changed places. Give the format.",
            ),
            Wrong(
                "handles as they came",
                lambda world: _form(world).assign(handle=_rows(world)["handle"]),
                "Your handles still carry what the tools add: @, a page address, capital letters, "
                "blanks.",
            ),
            Wrong(
                "first two letters",
                lambda world: _form(world).assign(
                    language=_rows(world)["language_label"].str.lower().str[:2]
                ),
                "Your languages are the first two letters of the labels. Correct the label that "
                "begins with sp, and write und for an empty one.",
            ),
        ),
    ),
    "q3": Key(
        kind=SET("one account id", most=1),
        expected=lambda world: {
            "right": {_twin(world)},
            "costly": set(world.tables["accounts"]["account_id"]) - {_twin(world)},
        },
        right="One letter comes from another alphabet. Name the letter in your report; a reader "
        "cannot see it.",
        wrongs=(
            Wrong(
                "the official page",
                lambda world: _role(world, "ferry service"),
                "This is the official page itself. Its letters are all plain ones: look for the "
                "account that copies its name.",
            ),
            Wrong(
                "an open imitator",
                lambda world: [a for a in _role(world, "imitator") if a != _twin(world)][:1],
                "This account imitates somebody, but its letters are plain. Look for a letter of "
                "another alphabet.",
            ),
            Wrong(
                "first by alphabet",
                lambda world: [world.tables["accounts"]["account_id"].iloc[0]],
                "This is only the first account of the table. Did you forget the ~ before the "
                "condition?",
            ),
        ),
    ),
    "q4": Key(
        kind=SET("pair names", such_as="a-000001/a-000002", noun="pair"),
        expected=lambda world: {
            "right": set(_hands(world)["one"]),
            "costly": _all_pairs(world) - set(_hands(world)["one"]),
        },
        right="Two independent clues in each. Write “one hand, likely” and not a name: an account "
        "is not a person.",
        wrongs=(
            Wrong(
                "timing alone",
                lambda world: _with(world, "timing"),
                "You took every pair that writes at the same times. Some are friends or fans who "
                "answer to the same things: ask for typing, too.",
            ),
            Wrong(
                "typing alone",
                lambda world: _scored(world, lambda pairs: pairs["typing"] > 0.8),
                "You took every pair with the same habit of typing. There are few habits and many "
                "people: ask for timing, too.",
            ),
            Wrong(
                "either clue",
                lambda world: _scored(
                    world, lambda pairs: (pairs["typing"] > 0.8) | (pairs["timing"] >= 6)
                ),
                "You joined pairs that share one clue only. Each wrong one puts an innocent "
                "person into a file: ask for both clues.",
            ),
            Wrong(
                "the look-alikes",
                lambda world: set(_hands(world)["two"]),
                "You named exactly the pairs that share one clue only. Ask for both clues.",
            ),
        ),
    ),
    "q5": Key(
        kind=PROB(good=0.3),
        expected=lambda world: _doubt(world)["same_hand"].astype(int).to_dict(),
        right="Your chances follow what closed cases show. Where a name is all you have, a coin "
        "knows nearly as much.",
        wrongs=(
            Wrong(
                "any clue is proof",
                lambda world: dict.fromkeys(_doubt(world).index, 1.0),
                "You are sure of every pair. Each of them shares something: that is why it is in "
                "doubt. Look up how often such a pair was one hand.",
            ),
            Wrong(
                "one half each time",
                lambda world: dict.fromkeys(_doubt(world).index, 0.5),
                "You say one half each time. The closed cases know more: group them by clue.",
            ),
            Wrong(
                "only 0 and 1",
                lambda world: {
                    name: float(clue == "typing and timing")
                    for name, clue in _doubt(world)["clue"].items()
                },
                ONLY_CERTAIN,
            ),
            Wrong(
                "the base rate of all pairs",
                lambda world: dict.fromkeys(
                    _doubt(world).index, float(world.tables["known_pairs"]["same_hand"].mean())
                ),
                "You gave each pair the rate of all closed cases. Look at the clues of each pair.",
            ),
        ),
    ),
    "q6": Key(
        kind=DF(key=("among",), columns={"right": 0.5, "wrong": 0.5}),
        expected=_shares,
        function=True,
        right="Nothing about the filter changed. Ask of every flag first: flagged among whom?",
        wrongs=(
            Wrong(
                "the rate of the found",
                lambda world: _shares(world, lambda right, size, rates: 100 * rates[0]),
                "You gave the share of offenders that is found. The question asks for the share of "
                "flags that is right.",
            ),
            Wrong(
                "the others' rate taken over everybody",
                _over_everybody,
                "Your error rate counts the flags of the offenders, too. Take it over the others "
                "only.",
            ),
            Wrong(
                "rates the wrong way round",
                _turned_round,
                "You took offenders among the flagged. Take the flagged among offenders, and the "
                "flagged among the others.",
            ),
            Wrong(
                "the 40 counted twice",
                lambda world: _shares(
                    world,
                    lambda right, size, rates: (
                        100 * OFFENDERS * rates[0] / (OFFENDERS * rates[0] + size * rates[1])
                    ),
                ),
                "Your wrong flags come from all people of the population. The 40 offenders are no "
                "wrong flags: take them away first.",
            ),
            Wrong(
                "one minus the error",
                lambda world: _shares(world, lambda right, size, rates: 100 * (1 - rates[1])),
                "You gave the share of innocent people who are left alone. The question asks for "
                "the share of flags that is right.",
            ),
            Wrong(
                "the share of offenders",
                lambda world: _shares(world, lambda right, size, rates: 100 * OFFENDERS / size),
                "You gave the share of offenders in the population: that is the base rate, before "
                "any flag.",
            ),
            Wrong(
                "a fraction of 1",
                lambda world: _shares(world).assign(
                    right=lambda table: table["right"] / 100,
                    wrong=lambda table: 100 - table["right"],
                ),
                "Your shares look like fractions of 1. The question asks for percent: multiply by "
                "100.",
            ),
        ),
    ),
    "q7": Key(
        kind=NUM(),
        expected=_window,
        right="It does both. The price stands in the same line: offenders whom you no longer find.",
        wrongs=(
            Wrong(
                "the maker's threshold",
                lambda world: THRESHOLD,
                "At the threshold of the maker hundreds of people are flagged wrongly. Choose a "
                "higher one.",
            ),
            Wrong(
                "nobody wrongly flagged",
                lambda world: (
                    1 + int(world.tables["filter_scores"].query("not offender")["score"].max())
                ),
                "At this threshold nobody is flagged wrongly, and too few offenders are found. "
                "Choose a lower one: up to 19 wrong flags are allowed.",
            ),
            Wrong(
                "all offenders found",
                lambda world: int(world.tables["filter_scores"].query("offender")["score"].min()),
                "At this threshold all 40 are found, and thousands of people are flagged wrongly. "
                "Finding 25 is enough: choose a higher one.",
            ),
        ),
    ),
    "q8": Key(
        kind=FIG(
            (
                TITLED,
                Need(
                    lambda fig, _: (
                        not re.search(
                            r"criminal|guilt|bad guys|gang|filter works", fig["title"].lower()
                        )
                    ),
                    "Your title judges people or praises the filter. Say what the flags show.",
                ),
                Need(
                    lambda fig, _: len(fig["xlabel"]) >= 4 and len(fig["ylabel"]) >= 4,
                    "Name both axes: the threshold, and what is counted.",
                ),
                Need(
                    lambda fig, _: len(fig["legend"]) >= 2,
                    "A legend must say which line is which.",
                ),
                Need(
                    lambda fig, flags: _has_line(fig, flags["right"]),
                    "The line of right flags over all cuts is missing, or drawn with other "
                    "numbers.",
                ),
                Need(
                    lambda fig, flags: _has_line(fig, flags["wrong"]),
                    "The line of wrong flags over all cuts is missing, or drawn with other "
                    "numbers.",
                ),
            )
        ),
        expected=_flags,
        right="The parts are there. Now look as a chief would: does the chart help to choose?",
        wrongs=(
            Wrong(
                "right flags only",
                lambda world: _chart(world, both=False),
                "The line of wrong flags over all cuts is missing, or drawn with other numbers.",
            ),
            Wrong(
                "nameless axes",
                lambda world: _chart(world, names=False),
                "Name both axes: the threshold, and what is counted.",
            ),
            Wrong(
                "praise for a title",
                lambda world: _chart(world, title="Here the filter works very well"),
                "Your title judges people or praises the filter. Say what the flags show.",
            ),
        ),
    ),
    "q9": Key(
        kind=TXT(
            (50, 120),
            (
                says(_EIGHT.pattern, _NUMBER),
                Need(lambda text, _: _two_harms(text), _HARM),
                says(
                    r"(analyst|person|human|somebody|someone|officer|colleague|by hand|manual)"
                    r"(.|\n)*(second|independent|another|other) "
                    r"|(second|independent|another|other) (.|\n)*"
                    r"(analyst|person|human|somebody|someone|officer|colleague|by hand|manual)",
                    _CHECK,
                ),
                Need(
                    lambda text, _: (
                        not re.search(
                            r"\b(these|the|all) (flagged )?(offenders|criminals|suspects) "
                            r"(must|should|will|are)\b|flagged (offenders|criminals)",
                            text,
                        )
                    ),
                    _SWORN,
                ),
            ),
        ),
        expected=lambda world: None,
        right="All parts are there. Your instructor reads whether the reasons are good ones.",
        wrongs=(
            Wrong(
                "no number",
                lambda world: _GOOD.replace("only about 8 of 100 flags are right, so ", ""),
                _NUMBER,
            ),
            Wrong(
                "no harm ruled out",
                lambda world: _GOOD.replace(
                    "A flag alone must not put anybody on a list, and it must not be shared with "
                    "partners.",
                    "A flag alone is a hint that the work of the unit may continue with care and "
                    "good sense.",
                ),
                _HARM,
            ),
            Wrong(
                "no check",
                lambda world: _GOOD.replace(
                    "An analyst first checks each account by hand against a second, independent "
                    "item. ",
                    "The filter then runs once more with the same settings on all of the accounts "
                    "that it flagged. ",
                ),
                _CHECK,
            ),
            Wrong(
                "flag is guilt",
                lambda world: _GOOD + " The flagged offenders wait.",
                _SWORN,
            ),
        ),
    ),
}
