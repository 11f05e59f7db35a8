"""`socmint world report`: a page for instructors, the targets beside what a world measures."""

import argparse
import html
from collections.abc import Callable
from functools import cache, partial

import networkx as nx
import numpy as np
from matplotlib import pyplot as plt

from socmint import pages
from socmint.errors import CourseError
from socmint.figures import COLOURS, show
from synthetic_data import World, WorldError, bands, generate, networks, package, realism
from synthetic_data.measures import shape

RATE_SIZES, RATE_DRAWS = (20, 40, 80), 20

PLAIN = {
    "mean_degree": "ties per person",
    "max_degree_frac": "share of the others that the most tied person knows",
    "share_leaf": "share of people with one tie",
    "assortativity": "those with many ties know each other: -1 never, 1 always",
    "avg_clustering": "two contacts of a person know each other: mean share",
    "transitivity": "paths of two ties that close to a triangle: share",
    "aspl_over_ln_n": "steps between two people, by the logarithm of the size",
    "diameter_lcc": "steps between the two who are farthest apart",
    "degree_centralization": "ties lie with one person: 0 even, 1 a star",
    "betweenness_centralization": "paths run through one person: 0 even, 1 a star",
    "modularity": "ties stay inside communities: 0 by chance",
    "communities_over_sqrt_n": "communities, by the square root of the size",
    "kcore_max": "ties that each one of the core has inside it",
    "lcc_frac": "share of people in the largest connected part",
    "degree_gini": "ties are uneven: 0 all the same, 1 all with one",
    "corr_degree_betweenness": "who has ties lies on paths: correlation",
    "top10_overlap": "the tenth with most ties that also lies on most paths: share",
}
"""What the numbers of `measures.shape` say, in words."""

_VERDICT = {
    "inside": "✓ inside the target",
    "too low": "✗ below the target",
    "too high": "✗ above the target",
    "not in this world": "this world has nothing to measure here",
}


def run(args: argparse.Namespace, tell: Callable[[float, str], None]) -> int:
    """Make or read a world and write its report.

    Args:
        args: what the command was given.
        tell: called with a share from 0 to 1 and a word.

    Raises:
        CourseError: the world cannot be had, or the page cannot be written.
    """
    try:
        package.unused(args.out)  # better said before the work than after it
        if args.folder:
            world = World.read(args.folder)
        else:
            scenario = "harbour" if args.scenario is None else args.scenario
            half = partial(_half, tell)
            world = generate(scenario, args.seed, args.accounts, half)
    except WorldError as error:
        raise CourseError(str(error)) from error
    tell(0.5, "measuring")
    text = page(world)
    tell(1.0, "writing")
    try:
        with package.beside(args.out.absolute()) as made:
            file = made / args.out.name
            file.write_text(text, encoding="utf-8", newline="\n")
            file.rename(args.out)
    except WorldError as error:
        raise CourseError(str(error)) from error
    print(f"{args.out} is written: {summary(realism.background(world))}")
    return 0


def _half(tell: Callable[[float, str], None], share: float, label: str) -> None:
    """Tell of the first half of the work, the making of a world."""
    tell(share / 2, label)


def summary(lines: list[realism.Line]) -> str:
    """Count the verdicts in words.

    Example:
        >>> summary([realism.Line("x", 0, 1, 0.5, "source")])
        '1 of 1 targets met'
    """
    measured = [line for line in lines if line.value is not None]
    good = sum(line.verdict == "inside" for line in measured)
    return f"{good} of {len(measured)} targets met"


def page(world: World) -> str:
    """Return the report of a world as one HTML page that needs no network.

    Example:
        >>> page(generate("village", 1)).startswith("<!doctype html>")
        True
    """
    meta = world.meta
    society = realism.background(world)
    parts = [
        f"<p>Scenario <b>{html.escape(meta['scenario'])}</b>, seed {meta['seed']}, "
        f"{meta['accounts']:,} accounts, {len(world.tables['posts']):,} posts. Everything in this "
        "world is invented. This page is for instructors: it speaks of the truth.</p>",
        "<h2>The society beside published studies</h2>",
        f"<p>{summary(society)}. A target is a range from studies of real platforms; where its "
        "source says <i>assumed</i>, the range is ours.</p>",
        _table(society, "source of the target"),
        _followers(world),
        _hours(world),
        _lengths(world),
        *_group(world),
        *_difficulty(meta),
        *_rates(),
    ]
    return pages.page(f"Report: {meta['title']}, seed {meta['seed']}", "\n".join(parts))


def _table(lines: list[realism.Line], last: str) -> str:
    rows = []
    for line in lines:
        value = "" if line.value is None else f"{line.value:.3g}"
        miss = ' class="miss"' if line.verdict.startswith("too") else ""
        rows.append(
            f"<tr><td>{html.escape(named(line.name))}</td><td>{line.target}</td>"
            f'<td class="number">{value}</td><td{miss}>{_VERDICT[line.verdict]}</td>'
            f"<td>{html.escape(line.source)}</td></tr>"
        )
    heads = "".join(
        f'<th scope="col"{" class=number" if name == "measured" else ""}>{name}</th>'
        for name in ("what", "target", "measured", "verdict", last)
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def named(name: str) -> str:
    """Return the name of a measure with its meaning before it.

    Example:
        >>> named("share_leaf"), named("trough hour")
        ('share of people with one tie (share_leaf)', 'trough hour')
    """
    return f"{PLAIN[name]} ({name})" if name in PLAIN else name


def _figure(figure, alt: str) -> str:
    """Return a figure as HTML with its mark and alt text."""
    return show(figure, alt)._repr_html_()


def _followers(world: World) -> str:
    follows = world.tables["ties"].query("kind == 'follow'")["target"].value_counts().to_numpy()
    count = np.sort(follows)
    share = 1 - np.arange(len(count)) / len(count)
    figure, axes = plt.subplots(figsize=(6, 3.6))
    axes.loglog(count, share, ".", color=COLOURS["blue"], markersize=4)
    axes.set(
        xlabel="followers",
        ylabel="share of accounts with so many or more",
        title="Few accounts have many followers",
    )
    text = (
        f"Share of accounts by number of followers, both on logarithmic scales: half have "
        f"{int(np.median(count))} or more, the most followed has {int(count[-1]):,}."
    )
    return _figure(figure, text)


def _hours(world: World) -> str:
    hours = world.tables["posts"]["time"].dt.hour.value_counts().reindex(range(24), fill_value=0)
    figure, axes = plt.subplots(figsize=(6, 3))
    axes.bar(hours.index, hours.to_numpy(), color=COLOURS["sky"])
    title = f"Fewest posts at {hours.idxmin()} h, most at {hours.idxmax()} h"
    axes.set(xlabel="hour of the day (UTC)", ylabel="posts", title=title)
    text = f"Posts by hour: fewest at {hours.idxmin()} h, most at {hours.idxmax()} h."
    return _figure(figure, text)


def _lengths(world: World) -> str:
    length = world.tables["posts"]["text"].str.len()
    figure, axes = plt.subplots(figsize=(6, 3))
    axes.hist(length, bins=range(0, 291, 10), color=COLOURS["green"])
    title = f"Half of the posts have {int(length.median())} characters or fewer"
    axes.set(xlabel="characters", ylabel="posts", title=title, xlim=(0, 300))
    axes.set_xticks(range(0, 251, 50))  # the mark stands where 300 would be
    text = f"Posts by length: half have at most {int(length.median())} characters."
    return _figure(figure, text)


def _group(world: World) -> list[str]:
    found = realism.group(world)
    if found is None:
        return ["<h2>The planted group</h2>", "<p>No group is planted, or the truth is away.</p>"]
    kind, lines = found
    parts = [
        "<h2>The planted group beside published covert networks</h2>",
        f"<p>Type <b>{kind}</b>. A band comes from published networks of the type alone, by the "
        "rule in <code>synthetic_data/bands.py</code>. What is measured is the true layer, which "
        "no learner sees whole.</p>",
    ]
    if "kind" not in world.meta:
        parts.append(
            "<p>The group of this scenario is drawn until its declared facts hold, not until it "
            "is inside these bands; so a miss below is no fault.</p>"
        )
    return [*parts, _table(lines, "made from"), _drawing(world)]


def _drawing(world: World) -> str:
    bonds = world.truth.get("bonds")
    if bonds is None:
        edges = realism.true_edges(world)
        seen = np.ones(len(edges), dtype=bool)
    else:
        ends = bonds[["source", "target"]].to_numpy()
        edges = np.unique(ends, return_inverse=True)[1].reshape(-1, 2)
        seen = bonds["visible"].to_numpy()
    graph = nx.Graph(edges.tolist())
    place = nx.spring_layout(graph, seed=1)
    figure, axes = plt.subplots(figsize=(6, 5))
    for (one, two), visible in zip(edges.tolist(), seen, strict=True):
        (x0, y0), (x1, y1) = place[one], place[two]
        style = {"color": COLOURS["blue"], "linewidth": 1.6}
        if not visible:
            style = {"color": "#999999", "linewidth": 0.8, "linestyle": "--"}
        axes.plot([x0, x1], [y0, y1], zorder=1, **style)
    spots = np.array([place[node] for node in graph])
    size = [20 + 12 * graph.degree(node) for node in graph]
    axes.scatter(spots[:, 0], spots[:, 1], s=size, color=COLOURS["orange"], zorder=2)
    axes.set_axis_off()
    axes.set_title(f"{int(seen.sum())} of {len(edges)} true ties can be seen (solid lines)")
    text = (
        f"The true network of the group: {len(graph)} people and {len(edges)} ties, of which "
        f"{int(seen.sum())} leave a trace in the tables."
    )
    return _figure(figure, text)


def _difficulty(meta: dict) -> list[str]:
    if "baseline_precision" not in meta:
        return []
    rows = [
        (
            "Precision of the first accounts ranked by PageRank from three known members",
            "precision",
        ),
        ("Chance that a member ranks before another account", "auc"),
        ("Best F1 of a community", "louvain_f1"),
        ("Mean share of a member's contacts that are members", "ego_share"),
    ]
    cells = "".join(
        f'<tr><td>{text}</td><td class="number">{meta[f"baseline_{name}"]:.3f}</td></tr>'
        for text, name in rows
    )
    level = f" Level: <b>{meta['difficulty']}</b>." if "difficulty" in meta else ""
    again = (
        f" {meta['redraws']} earlier draws were refused as trivial or impossible."
        if meta.get("redraws")
        else ""
    )
    return [
        "<h2>How far structure alone goes</h2>",
        f"<p>Somebody who sees only who is tied to whom reaches this much.{level}{again}</p>",
        '<table><thead><tr><th scope="col">what</th>'
        '<th scope="col" class="number">measured</th></tr></thead>'
        f"<tbody>{cells}</tbody></table>",
    ]


@cache
def _rates() -> tuple[str, ...]:
    """Return the section on how many draws of each type come inside the bands."""
    rows = []
    for kind, (_, largest) in networks.SIZES.items():
        cells = "".join(
            f'<td class="number">{networks.pass_rate(kind, size, RATE_DRAWS):.2f}</td>'
            if size <= largest
            else "<td></td>"
            for size in RATE_SIZES
        )
        rows.append(f'<tr><td>{kind}</td>{cells}<td class="number">{_chance(kind):.2f}</td></tr>')
    right = 'scope="col" class="number"'
    heads = "".join(f"<th {right}>{size} people</th>" for size in RATE_SIZES)
    return (
        "<h2>How often a draw is inside the bands</h2>",
        f"<p>Share of {RATE_DRAWS} draws inside all {len(bands.METRICS)} bands at once; the others "
        "are thrown away. Last column: graphs with as many people and ties as a group of 40, but "
        "tied by chance.</p>",
        f'<table><thead><tr><th scope="col">type</th>{heads}<th {right}>by chance</th></tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table>",
    )


def _chance(kind: str) -> float:
    """Return the share of chance graphs inside the bands of a type."""
    inside = 0
    for number in range(RATE_DRAWS):
        edges, people = networks.draw(kind, 40, f"pass-rate/{kind}/40/{number}")
        graph = nx.gnm_random_graph(len(people), len(edges), seed=number)
        inside += not bands.outside(kind, shape(np.array(graph.edges)))
    return inside / RATE_DRAWS
