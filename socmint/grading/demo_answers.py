"""Answers of an invented class to the lab first_steps: what beginners write, right and wrong.

Each answer is a choice of one wording, with names, titles and comments of its own. Nobody has
copied: learners who write the same did so by chance, as in a class with the same hints.
"""

import random

RIGHT: dict[str, list[str]] = {
    "q1": [
        'number_of_accounts = posts["account_id"].nunique()\nnumber_of_accounts',
        'number_of_accounts = (\n    posts["account_id"].nunique()\n)\nnumber_of_accounts',
        'number_of_accounts = len(posts["account_id"].unique())\nnumber_of_accounts',
        'number_of_accounts = len(set(posts["account_id"]))\nnumber_of_accounts',
        'number_of_accounts = posts.account_id.nunique()\nnumber_of_accounts',
        '{v} = posts["account_id"]\nnumber_of_accounts = {v}.nunique()\nnumber_of_accounts',
        'number_of_accounts = len(posts.groupby("account_id"))\nnumber_of_accounts',
        'number_of_accounts = posts["account_id"].drop_duplicates().shape[0]\nnumber_of_accounts',
    ],
    "q2": [
        'posts_on_tikkeron = len(posts[posts["platform"] == "Tikkeron"])\nposts_on_tikkeron',
        'posts_on_tikkeron = (\n    len(posts[posts["platform"] == "Tikkeron"])\n)',
        'posts_on_tikkeron = (posts["platform"] == "Tikkeron").sum()\nposts_on_tikkeron',
        '{v} = posts[posts["platform"] == "Tikkeron"]\nposts_on_tikkeron = len({v})',
        'posts_on_tikkeron = len(posts.query("platform == \'Tikkeron\'"))\nposts_on_tikkeron',
        'posts_on_tikkeron = posts["platform"].value_counts()["Tikkeron"]\nposts_on_tikkeron',
        '{v} = posts["platform"] == "Tikkeron"\nposts_on_tikkeron = posts[{v}].shape[0]',
        'posts_on_tikkeron = posts.loc[posts.platform == "Tikkeron", "post_id"].count()',
    ],
    "q3": [
        'posts_by_platform = posts.groupby("platform").size().reset_index(name="posts")',
        'posts_by_platform = (\n    posts.groupby("platform").size().reset_index(name="posts")\n)\n'
        "posts_by_platform",
        'posts_by_platform = posts["platform"].value_counts().reset_index(name="posts")',
        '{v} = posts.groupby("platform").size()\nposts_by_platform = {v}.reset_index(name="posts")',
        '{v} = posts["platform"].value_counts().reset_index()\n'
        '{v}.columns = ["platform", "posts"]\nposts_by_platform = {v}',
        'posts_by_platform = posts.groupby("platform", as_index=False).agg(posts=("post_id", '
        '"count"))',
        '{v} = posts.groupby("platform")["post_id"].count()\n'
        'posts_by_platform = {v}.rename("posts").reset_index()',
        '{v} = []\nfor {w} in posts["platform"].unique():\n'
        '    {v}.append([{w}, (posts["platform"] == {w}).sum()])\n'
        'posts_by_platform = pd.DataFrame({v}, columns=["platform", "posts"])',
    ],
    "q4": [
        'busiest = posts.groupby("account_id").size().nlargest(5).index\nbusiest',
        'busiest = (\n    posts.groupby("account_id").size().nlargest(5).index\n)\nbusiest',
        'busiest = posts["account_id"].value_counts().head(5).index\nbusiest',
        '{v} = posts.groupby("account_id").size()\n{w} = {v}.nlargest(5)\nbusiest = {w}.index',
        '{v} = posts["account_id"].value_counts()\nbusiest = list({v}.index[:5])\nbusiest',
        '{v} = posts.groupby("account_id").size().sort_values(ascending=False)\n'
        "busiest = {v}.head(5).index.tolist()",
        'busiest = posts["account_id"].value_counts().nlargest(5).index.tolist()\nbusiest',
        '{v} = posts.groupby("account_id")["post_id"].count()\n'
        "{v} = {v}.sort_values()\nbusiest = list({v}.tail(5).index[::-1])",
    ],
    "q5": [
        'fig, axes = plt.subplots()\naxes.bar(posts_by_platform["platform"], '
        'posts_by_platform["posts"])\naxes.set_title("{title}")\naxes.set_xlabel("{x}")\n'
        'axes.set_ylabel("{y}")\nshow(fig, alt="{alt}")',
        'fig = ...\nfig, axes = plt.subplots()\n{v} = posts_by_platform["platform"]\n'
        '{w} = posts_by_platform["posts"]\naxes.bar({v}, {w})\naxes.set_title("{title}")\n'
        'axes.set_xlabel("{x}")\naxes.set_ylabel("{y}")\nshow(fig, alt="{alt}")',
        'fig, axes = plt.subplots(figsize=(7, 4))\n'
        'axes.bar(posts_by_platform.platform, posts_by_platform.posts, color="teal")\n'
        'axes.set(title="{title}", xlabel="{x}", ylabel="{y}")\nshow(fig, alt="{alt}")',
        '{v} = posts_by_platform.sort_values("posts")\nfig, axes = plt.subplots()\n'
        'axes.bar({v}["platform"], {v}["posts"])\naxes.set_ylabel("{y}")\n'
        'axes.set_xlabel("{x}")\naxes.set_title("{title}")\nshow(fig, alt="{alt}")',
        '{v} = posts_by_platform.sort_values("posts", ascending=False)\n'
        'fig, {w} = plt.subplots()\n{w}.bar({v}["platform"], {v}["posts"], width=0.6)\n'
        '{w}.set_xlabel("{x}")\n{w}.set_title("{title}")\n{w}.set_ylabel("{y}")\n'
        'show(fig, alt="{alt}")',
    ],
    "q6": [
        'graph = nx.from_pandas_edgelist(club_ties, "source", "target")\n'
        "degrees = pd.Series(dict(graph.degree()))\nwell_linked = degrees[degrees >= 10].index",
        '{v} = nx.from_pandas_edgelist(club_ties, "source", "target")\n'
        "{w} = pd.Series(dict({v}.degree()))\nwell_linked = {w}[{w} > 9].index\nwell_linked",
        '{v} = nx.from_pandas_edgelist(club_ties, source="source", target="target")\n'
        "well_linked = [node for node, degree in {v}.degree() if degree >= 10]",
        '{v} = nx.Graph()\nfor {w} in club_ties.itertuples():\n'
        "    {v}.add_edge({w}.source, {w}.target)\n"
        "well_linked = [name for name in {v}.nodes if {v}.degree(name) >= 10]",
        '{v} = nx.Graph()\n{v}.add_edges_from(zip(club_ties["source"], club_ties["target"]))\n'
        "{w} = dict({v}.degree())\nwell_linked = [name for name in {w} if {w}[name] >= 10]",
        'well_linked = []\n{v} = nx.from_pandas_edgelist(club_ties, "source", "target")\n'
        "for {w}, number in {v}.degree():\n    if number >= 10:\n"
        "        well_linked.append({w})",
    ],
}  # fmt: skip
WRONG: dict[str, list[str]] = {
    "q1": [
        "number_of_accounts = len(posts)\nnumber_of_accounts",
        "number_of_accounts = len(accounts)\nnumber_of_accounts",
    ],
    "q2": [
        'posts_on_tikkeron = len(posts["platform"] == "Tikkeron")\nposts_on_tikkeron',
        'posts_on_tikkeron = len(posts[posts["platform"] == "tikkeron"])\nposts_on_tikkeron',
    ],
    "q3": [
        'posts_by_platform = accounts.groupby("platform").size().reset_index(name="posts")',
        'posts_by_platform = posts.groupby("platform").size()\nposts_by_platform',
    ],
    "q4": [
        'busiest = posts.groupby("account_id").size().sort_values().tail(5).index\nbusiest',
        'busiest = posts["account_id"].head(5).tolist()\nbusiest',
        'busiest = ["a-000007", "a-000012", "a-000031", "a-000044", "a-000101"]',
    ],
    "q5": [
        'fig, axes = plt.subplots()\naxes.bar(posts_by_platform["platform"], '
        'posts_by_platform["posts"])\nshow(fig, alt="{alt}")',
        'fig, axes = plt.subplots()\naxes.bar(posts_by_platform["platform"], '
        'posts_by_platform["posts"])\naxes.set_title("{title}")\nshow(fig, alt="{alt}")',
    ],
    "q6": [
        'graph = nx.from_pandas_edgelist(follows, "source", "target")\n'
        "degrees = pd.Series(dict(graph.degree()))\nwell_linked = degrees[degrees >= 10].index",
        'well_linked = club_ties["source"].unique().tolist()\nwell_linked',
        "well_linked = ...",
    ],
}
_NAMES = (
    "counts",
    "numbers",
    "table",
    "result",
    "groups",
    "rows",
    "found",
    "part",
    "sizes",
    "tally",
)
_NAMES += ("x", "data", "mine", "step", "t")
_TITLES = (
    "One platform carries more posts than any other",
    "Most posts of the town stand on one platform",
    "The largest platform is far ahead of the rest",
    "Quellor writes mostly in one place",
    "The four platforms are not used alike",
    "Where the town talks: one platform leads",
    "Posts pile up on a single platform",
    "Small platforms get few of the town's posts",
)
_ALTS = (
    "Four bars, one for each platform; the first is the highest.",
    "A bar chart of posts by platform with one tall bar and three lower ones.",
    "Bars that show how many posts each platform has.",
    "Each platform has a bar. One bar is much taller than the others.",
    "A chart with the number of posts on the four platforms.",
    "Four columns of different height, the tallest at one side.",
)
_X = ("platform", "name of the platform", "where it was posted", "platforms")
_Y = ("posts", "posts in one month", "number of posts", "how many posts")
_NOTES = ("", "", "# my answer", "# first I count, then I look", "# see lesson", "# ok?", "# done")


def write(number: int) -> dict[str, str]:
    """Return the answers of one learner of the invented class by question; always the same ones.

    Args:
        number: which learner; of every six, about one struggles and one does all of it well.
    """
    choose = random.Random(f"learner {number}")
    skill = choose.uniform(0.35, 1.0)
    titles = {
        "title": choose.choice(_TITLES),
        "alt": choose.choice(_ALTS),
        "x": choose.choice(_X),
        "y": choose.choice(_Y),
    }
    answers = {}
    for place, question in enumerate(RIGHT):
        hard = 0.05 * place  # later questions are harder
        pool = RIGHT if choose.random() < skill + 0.25 - hard else WRONG
        names = dict(zip("vw", choose.sample(_NAMES, 2), strict=True))
        text = choose.choice(pool[question])
        for name, value in (titles | names).items():
            text = text.replace(f"{{{name}}}", value)
        note = choose.choice(_NOTES)
        answers[question] = f"{note}\n{text}" if note else text
    return answers
