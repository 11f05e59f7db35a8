"""The key of lab M00. Plain Python counts here what the solution asks pandas and networkx."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import pandas as pd

from socmint.check import DF, FIG, NUM, RANK, SET, Key, Need, Wrong

CLUB = "Quellor Lanterns FC"
MANY = 10
"""Ties of a well linked member in Q6. On the worlds of seeds 0 to 60, 6 to 18 of 32 members have so
many, and each mistake named there finds other accounts. The first place would not tell methods
apart: the best linked member is mostly far ahead of the rest."""

Follow = tuple[str, str]
"""Who follows, and who is followed."""


def _counts(world: Any, table: str, column: str) -> dict[str, int]:
    """Return value → number of rows."""
    return dict(Counter(world.tables[table][column].tolist()))


def _posts_by_platform(world: Any) -> dict[str, int]:
    return _counts(world, "posts", "platform")


def _writers_by_platform(world: Any) -> dict[str, int]:
    posts = world.tables["posts"]
    writers = set(zip(posts["platform"].tolist(), posts["account_id"].tolist(), strict=True))
    return dict(Counter(platform for platform, _ in writers))


def _table(counts: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"platform": list(counts), "posts": list(counts.values())})


def _rows(world: Any) -> list[tuple[str, str, str]]:
    ties = world.tables["ties"]
    return list(zip(*(ties[name].tolist() for name in ("kind", "source", "target")), strict=True))


def _members(world: Any) -> set[str]:
    groups = world.tables["groups"]
    names = zip(groups["group_id"].tolist(), groups["name"].tolist(), strict=True)
    club = {group for group, name in names if name == CLUB}
    return {source for _, source, target in _rows(world) if target in club}


def _follows(world: Any) -> list[Follow]:
    """Return all follows in town."""
    return [(source, target) for kind, source, target in _rows(world) if kind == "follow"]


def _from_players(world: Any) -> list[Follow]:
    members = _members(world)
    return [(source, target) for source, target in _follows(world) if source in members]


def _club(world: Any) -> list[Follow]:
    """Return the follows inside the club."""
    members = _members(world)
    return [(source, target) for source, target in _from_players(world) if target in members]


def _degrees(follows: Iterable[Follow]) -> dict[str, int]:
    """Return account → the number of others that it follows or that follow it."""
    others: dict[str, set[str]] = defaultdict(set)
    for source, target in follows:
        others[source].add(target)
        others[target].add(source)
    return {account: len(tied) for account, tied in others.items()}


def _well_linked(ties: dict[str, int]) -> list[str]:
    return [account for account, number in ties.items() if number >= MANY]


def _most_liked(world: Any) -> list[str]:
    """Return the five accounts whose posts get the most likes on average."""
    posts = world.tables["posts"]
    return posts.groupby("account_id")["likes"].mean().nlargest(5).index.tolist()


def _stands(answer: dict[str, Any]) -> bool:
    """Say whether the bars stand: then all are equally wide."""
    return len({width for width, _ in answer["bars"]}) == 1


def _bars(answer: dict[str, Any]) -> tuple[list[str], list[float]]:
    """Return names and lengths of the bars, standing or lying."""
    standing = _stands(answer)
    lengths = [height if standing else width for width, height in answer["bars"]]
    names = answer["xticks"] if standing else answer["yticks"]
    return [name.strip() for name in names], lengths


def _has_each_platform(answer: dict[str, Any], expected: dict[str, int]) -> bool:
    names, lengths = _bars(answer)
    return sorted(names) == sorted(expected) and len(lengths) == len(names)


def _has_heights(answer: dict[str, Any], expected: dict[str, int]) -> bool:
    names, lengths = _bars(answer)
    if _has_each_platform(answer, expected):
        return dict(zip(names, lengths, strict=True)) == expected
    return sorted(lengths) == sorted(expected.values())


def _has_fitting_names(answer: dict[str, Any], _: object) -> bool:
    """Say whether no axis has the name of the other, as far as its words tell."""
    names, lengths = answer["xlabel"].casefold(), answer["ylabel"].casefold()
    if not _stands(answer):
        names, lengths = lengths, names
    counts = r"posts?|number|numbers|counts?|amount|how many|how much|total"
    counted = "platform" in lengths and not re.search(rf"\b({counts})\b", lengths)
    named = "platform" not in names and re.match(rf"\W*(the )?({counts})\b", names)
    return not (counted or named)


TITLE = "Your chart has no title. A title says in a few words what there is to see."
X_NAME = "The x axis, along the bottom, has no name. Say what its labels are."
Y_NAME = "The y axis, at the side, has no name. Say what the numbers count."
SWAPPED = (
    "Your axis names do not fit the bars. One axis holds the names of the platforms, the other "
    "counts posts: look which is which."
)
BARS = "Your chart needs one bar for each platform, with the name of the platform at each bar."
HEIGHTS = (
    "Your bars do not show the numbers of posts. Compare each bar with your table of Q3: "
    "is one row of what you drew a post?"
)


def _figure(
    counts: dict[str, int], title: str = "Posts", xlabel: str = "platform", ylabel: str = "posts"
) -> Any:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    axes.bar(list(counts), list(counts.values()))
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return figure


def _most(counts: dict[str, int], length: int) -> dict[str, int]:
    return dict(Counter(counts).most_common(length))


def _sizes(world: Any) -> pd.Series:
    """Posts of each account, as the lab's solution counts them: a mistake starts from there."""
    return world.tables["posts"].groupby("account_id").size()


KEYS: dict[str, Key] = {
    "q1": Key(
        kind=NUM(),
        expected=lambda world: len(set(world.tables["posts"]["account_id"].tolist())),
        right=(
            "You counted each account once, however much it writes. Accounts that only read are "
            "not among them: a table of posts shows those who speak."
        ),
        wrongs=(
            Wrong(
                "counted posts",
                lambda world: len(world.tables["posts"]),
                "Your number counts all rows, and one row is one post. An account that writes "
                "much is in it many times: count each account once.",
            ),
            Wrong(
                "counted all accounts",
                lambda world: len(world.tables["accounts"]),
                "Your number counts all accounts in town. Some of them never wrote: count "
                "in the table posts.",
            ),
            Wrong(
                "counted columns",
                lambda world: len(world.tables["posts"].columns),
                "Your number counts the columns of the table. Accounts are values inside one "
                "column: count its different values.",
            ),
            Wrong(
                "counted the rows that head shows",
                lambda world: len(world.tables["posts"].head()),
                "Your number counts the few rows that head shows. Use the whole table.",
            ),
        ),
    ),
    "q2": Key(
        kind=NUM(),
        expected=lambda world: _posts_by_platform(world)["Tikkeron"],
        right=(
            "Filter, then count: most questions to a table are answered so. You read no text and "
            "no name for it."
        ),
        wrongs=(
            Wrong(
                "counted all posts",
                lambda world: len(world.tables["posts"]["platform"] == "Tikkeron"),
                "Your number counts all posts. A condition has one True or False for every "
                "row: put it inside posts[ ] to keep the true rows, then count.",
            ),
            Wrong(
                "counted accounts",
                lambda world: _counts(world, "accounts", "platform")["Tikkeron"],
                "Your number counts the accounts on Tikkeron. One account can write many posts: "
                "filter the table posts.",
            ),
            Wrong(
                "counted who wrote there",
                lambda world: _writers_by_platform(world)["Tikkeron"],
                "Your number counts the different accounts that wrote on Tikkeron. Here each post"
                " counts: count rows.",
            ),
            Wrong(
                "small letter",
                lambda world: sum(
                    name == "tikkeron" for name in world.tables["posts"]["platform"].tolist()
                ),
                "Your filter keeps no row at all. Python compares letter by letter: look how the "
                "platform is written in the table.",
            ),
            Wrong(
                "counted the others",
                lambda world: sum(
                    name != "Tikkeron" for name in world.tables["posts"]["platform"].tolist()
                ),
                "Your number counts the posts on all the other platforms. != means not equal: "
                "write == for equal.",
            ),
        ),
    ),
    "q3": Key(
        kind=DF(key=("platform",), columns={"posts": 0}),
        expected=lambda world: _table(_posts_by_platform(world)),
        right=(
            "One line counted every platform in the same way. The whole town was in your hands, "
            "and you needed nobody's name."
        ),
        wrongs=(
            Wrong(
                "counted accounts",
                lambda world: _table(_counts(world, "accounts", "platform")),
                "Your numbers are accounts on each platform. Group the table in which one row is "
                "one post.",
            ),
            Wrong(
                "counted writers",
                lambda world: _table(_writers_by_platform(world)),
                "Your numbers are different accounts, because nunique counts each once. Here each "
                "post counts: use size().",
            ),
            Wrong(
                "shares, not counts",
                lambda world: (
                    world.tables["posts"]["platform"]
                    .value_counts(normalize=True)
                    .reset_index(name="posts")
                ),
                "Your numbers are shares of 1. The council asks how many posts: leave out "
                "normalize=True.",
            ),
            Wrong(
                "the three largest",
                lambda world: _table(_most(_posts_by_platform(world), 3)),
                "Your table stops after three platforms. A small platform counts too: keep every "
                "group.",
            ),
        ),
    ),
    "q4": Key(
        kind=RANK(length=5),
        expected=lambda world: _counts(world, "posts", "account_id"),
        right=(
            "These five write most. Much is not the same as important, and not the same as bad: "
            "shops, news and proud parents post a lot."
        ),
        wrongs=(
            Wrong(
                "fewest first",
                lambda world: _sizes(world).sort_values().head(5).index,
                "Your five accounts wrote the fewest posts. sort_values begins with low numbers "
                "unless you write ascending=False.",
            ),
            Wrong(
                "busiest last",
                lambda world: _sizes(world).sort_values().tail(5).index,
                "Your five are the busiest, but the busiest of all stands last. Sort with "
                "ascending=False, so that high numbers come first.",
            ),
            Wrong(
                "first rows of the accounts",
                lambda world: world.tables["accounts"]["account_id"].head(5),
                "Your five are only the first rows of the table accounts. Count the posts of each"
                " account first.",
            ),
            Wrong(
                "most liked",
                _most_liked,
                "Your five got the most likes for a post. The question asks how many posts they "
                "wrote: count rows with size().",
            ),
        ),
    ),
    "q5": Key(
        kind=FIG(
            needs=(
                Need(lambda answer, _: bool(answer["title"].strip(" .…")), TITLE),
                Need(lambda answer, _: bool(answer["xlabel"].strip(" .…")), X_NAME),
                Need(lambda answer, _: bool(answer["ylabel"].strip(" .…")), Y_NAME),
                Need(_has_fitting_names, SWAPPED),
                Need(_has_each_platform, BARS),
                Need(_has_heights, HEIGHTS),
            )
        ),
        expected=_posts_by_platform,
        right=(
            "A reader who sees only your chart knows what it counts. No check read whether your "
            "title is true: compare it with the bars."
        ),
        wrongs=(
            Wrong("no title", lambda world: _figure(_posts_by_platform(world), title=""), TITLE),
            Wrong(
                "no axis names",
                lambda world: _figure(_posts_by_platform(world), xlabel="", ylabel=""),
                X_NAME,
            ),
            Wrong(
                "axis names swapped",
                lambda world: _figure(
                    _posts_by_platform(world), xlabel="posts in one month", ylabel="platform"
                ),
                SWAPPED,
            ),
            Wrong(
                "bars of accounts",
                lambda world: _figure(_counts(world, "accounts", "platform")),
                HEIGHTS,
            ),
            Wrong(
                "three bars only",
                lambda world: _figure(_most(_posts_by_platform(world), 3)),
                BARS,
            ),
        ),
    ),
    "q6": Key(
        kind=SET(),
        expected=lambda world: _well_linked(_degrees(_club(world))),
        right=(
            "These members have many ties in this table. A captain, a ticket seller or a fan with "
            "time may stand there: degree counts, it does not explain."
        ),
        wrongs=(
            Wrong(
                "counted only who is followed",
                lambda world: _well_linked(Counter(target for _, target in _club(world))),
                # Often this is the first place alone, so the sentence serves both mistakes.
                "Your list stops at the top, or counts only the follows that an account receives. "
                "A tie has two ends, and ten ties are enough: let the graph count both.",
            ),
            Wrong(
                "counted only who follows",
                lambda world: _well_linked(Counter(source for source, _ in _club(world))),
                "You counted only the follows that an account makes. A tie has two ends: build "
                "the graph, and let it count both.",
            ),
            Wrong(
                "counted rows of both columns",
                lambda world: _well_linked(
                    Counter(account for follow in _club(world) for account in follow)
                ),
                "You counted follows. Two accounts that follow each other make two rows and share "
                "one tie: the degree in nx.from_pandas_edgelist( … ) counts it once.",
            ),
            Wrong(
                "used all follows in town",
                lambda world: _well_linked(_degrees(_follows(world))),
                "Your graph holds the follows of the whole town. Build it from club_ties, where "
                "both ends are in the club.",
            ),
            Wrong(
                "used all follows of the players",
                lambda world: _well_linked(_degrees(_from_players(world))),
                "Your graph holds follows that lead out of the club. Build it from club_ties, the "
                "last table of the cell above.",
            ),
            Wrong(
                "everybody in the graph",
                lambda world: list(_degrees(_club(world))),
                "Your list holds everybody in the graph. Filter degrees with a condition before "
                "you take the index.",
            ),
        ),
    ),
}
"""Question id → key."""
