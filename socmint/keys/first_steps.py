"""The key of lab M00. Plain Python counts here what the solution asks pandas and networkx."""

from collections import Counter, defaultdict
from typing import Any

import pandas as pd

from socmint.check import DF, FIG, NUM, RANK, SET, Key, Need, Wrong

CLUB = "Quellor Lanterns FC"


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


def _club(world: Any) -> dict[str, set[str]]:
    """Return account → the club members it is tied to by a follow, in either direction."""
    groups, ties = world.tables["groups"], world.tables["ties"]
    names = zip(groups["group_id"].tolist(), groups["name"].tolist(), strict=True)
    club = {group for group, name in names if name == CLUB}
    columns = (ties[name].tolist() for name in ("kind", "source", "target"))
    rows = list(zip(*columns, strict=True))
    members = {source for _, source, target in rows if target in club}
    friends: dict[str, set[str]] = defaultdict(set)
    for kind, source, target in rows:
        if kind == "follow" and source in members and target in members and source != target:
            friends[source].add(target)
            friends[target].add(source)
    return dict(friends)


def _degrees(world: Any) -> dict[str, int]:
    return {account: len(friends) for account, friends in _club(world).items()}


def _most_ties(world: Any) -> set[str]:
    degrees = _degrees(world)
    return {account for account, ties in degrees.items() if ties == max(degrees.values())}


def _bars(answer: dict[str, Any]) -> tuple[list[str], list[float]]:
    """Return names and lengths of the bars, standing or lying: all are equally thick."""
    thick = {width for width, _ in answer["bars"]}
    standing = len(thick) == 1
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


TITLE = "Your chart has no title. A title says in a few words what there is to see."
X_NAME = "The x axis, along the bottom, has no name. Say what its labels are."
Y_NAME = "The y axis, at the side, has no name. Say what the numbers count."
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


def _handles(world: Any) -> list[str]:
    accounts = world.tables["accounts"].set_index("account_id")
    return accounts.loc[_sizes(world).nlargest(5).index, "handle"].tolist()


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
                "Your number is that of all rows, and one row is one post. Busy accounts are in "
                "it many times.",
            ),
            Wrong(
                "counted all accounts",
                lambda world: len(world.tables["accounts"]),
                "Your number is that of all accounts in town. Some of them never wrote: count "
                "in the table posts.",
            ),
            Wrong(
                "counted columns",
                lambda world: len(world.tables["posts"].columns),
                "Your number is that of the columns of the table. Accounts are values inside one "
                "of the columns.",
            ),
            Wrong(
                "counted the rows that head shows",
                lambda world: len(world.tables["posts"].head()),
                "Your number is that of the few rows that head shows. Use the whole table.",
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
                "Your number is that of all posts. A condition has one True or False for every "
                "row: put it inside posts[ ] to keep the true rows, then count.",
            ),
            Wrong(
                "counted accounts",
                lambda world: _counts(world, "accounts", "platform")["Tikkeron"],
                "Your number is that of the accounts on Tikkeron. One account can write many "
                "posts: filter the table posts.",
            ),
            Wrong(
                "counted who wrote there",
                lambda world: _writers_by_platform(world)["Tikkeron"],
                "Your number is that of the different accounts that wrote on Tikkeron. Here each "
                "post counts.",
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
                "Your number is that of the posts on all the other platforms. != means not equal.",
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
                    world.tables["posts"]["platform"].value_counts(normalize=True).rename("posts")
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
                "Your five are the busiest, but the busiest of all stands last. High numbers must "
                "come first.",
            ),
            Wrong(
                "first rows of the accounts",
                lambda world: world.tables["accounts"]["account_id"].head(5),
                "Your five are only the first rows of the table accounts. Nothing was counted yet.",
            ),
            Wrong(
                "posts with most likes",
                lambda world: world.tables["posts"].nlargest(5, "likes")["post_id"],
                "Your list holds posts, and ids of posts begin with p. The question asks for "
                "accounts, by how many posts they wrote.",
            ),
            Wrong(
                "handles, not ids",
                _handles,
                "Your list holds handles. Anybody can change a handle: answer with account ids, "
                "which stay.",
            ),
        ),
    ),
    "q5": Key(
        kind=FIG(
            needs=(
                Need(lambda answer, _: bool(answer["title"].strip(" .…")), TITLE),
                Need(lambda answer, _: bool(answer["xlabel"].strip(" .…")), X_NAME),
                Need(lambda answer, _: bool(answer["ylabel"].strip(" .…")), Y_NAME),
                Need(_has_each_platform, BARS),
                Need(_has_heights, HEIGHTS),
            )
        ),
        expected=_posts_by_platform,
        right=(
            "A reader who sees only your chart knows what it counts. Does your title say what you "
            "found? That is the next step."
        ),
        wrongs=(
            Wrong("no title", lambda world: _figure(_posts_by_platform(world), title=""), TITLE),
            Wrong(
                "no axis names",
                lambda world: _figure(_posts_by_platform(world), xlabel="", ylabel=""),
                X_NAME,
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
        expected=_most_ties,
        right=(
            "Nobody in this club has more ties in this table. A captain, a ticket seller or a fan "
            "with time may stand there: degree counts, it does not explain."
        ),
        wrongs=(
            Wrong(
                "fewest ties",
                lambda world: [
                    account
                    for account, ties in _degrees(world).items()
                    if ties == min(_degrees(world).values())
                ],
                "You kept the lowest degree. The question asks for the highest.",
            ),
            Wrong(
                "the five highest",
                lambda world: list(_most(_degrees(world), 5)),
                "Your list goes on below the first place. Keep those whose degree equals the "
                "highest, and nobody else.",
            ),
            Wrong(
                "the neighbours",
                lambda world: _club(world)[min(_most_ties(world))],
                "Your list holds the neighbours of a well tied account, and not the account "
                "itself.",
            ),
            Wrong(
                "everybody in the graph",
                lambda world: list(_degrees(world)),
                "Your list holds everybody in the graph. Filter degrees with a condition before "
                "you take the index.",
            ),
        ),
    ),
}
"""Question id → key."""
