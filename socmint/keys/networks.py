"""Expected answers of the lab "networks", by sets and counts instead of graph functions."""

import re
from collections import Counter, defaultdict, deque
from functools import lru_cache
from itertools import combinations

import networkx as nx
import pandas as pd

from socmint.check import DF, FIG, NUM, PARTITION, RANK, SET, TITLED, TXT, Key, Need, Wrong, says

KINDS = ("follow", "mention", "reply", "room")
Pairs = set[tuple[str, str]]


def _log(world) -> pd.DataFrame:
    scope = set(world.tables["scope"]["account_id"])
    ties = world.tables["ties"]
    keep = ties["source"].isin(scope) & ((ties["kind"] == "join") | ties["target"].isin(scope))
    return ties[keep]


def _directed(log: pd.DataFrame, kind: str) -> Pairs:
    rows = log[log["kind"] == kind]
    return set(zip(rows["source"], rows["target"], strict=True))


def _rooms(world, log: pd.DataFrame) -> Pairs:
    groups = world.tables["groups"]
    closed = set(groups.loc[groups["admission"] == "closed", "group_id"])
    members = defaultdict(set)
    for account, group in _directed(log, "join"):
        if group in closed:
            members[group].add(account)
    return {pair for room in members.values() for pair in combinations(sorted(room), 2)}


@lru_cache(maxsize=1)  # asked for many times in one check
def _graphs(world) -> dict[str, Pairs]:
    log = _log(world)
    return {kind: _directed(log, kind) for kind in KINDS[:3]} | {"room": _rooms(world, log)}


def _counts(graphs: dict[str, Pairs], directed: bool = True) -> pd.DataFrame:
    rows = [
        (
            kind,
            str(directed and kind != "room"),
            len({n for pair in graph for n in pair}),
            len(graph),
        )
        for kind, graph in graphs.items()
    ]
    return pd.DataFrame(rows, columns=["graph", "directed", "nodes", "edges"])


def _undirected(graph: Pairs) -> Pairs:
    return {(min(pair), max(pair)) for pair in graph}


def _degrees(graph: Pairs) -> Counter:
    return Counter(node for pair in graph for node in pair)


def _first(counts: Counter, length: int = 10) -> list[str]:
    return sorted(counts, key=lambda node: (-counts[node], node))[:length]


def _lists(world) -> dict[str, list[str]]:
    return {kind: _first(_degrees(graph)) for kind, graph in _graphs(world).items()}


def _activity(world) -> dict[str, list[str]]:
    """Top ten by number of rows instead of by number of partners."""
    log = _log(world)
    rows = {k: Counter(log.loc[log["kind"] == k, "source"]) for k in KINDS[:3]}
    rows["room"] = Counter(log.loc[log["kind"] == "join", "source"])
    return {kind: _first(counts) for kind, counts in rows.items()}


def _places(world) -> Counter:
    return Counter(node for names in _lists(world).values() for node in names)


def _truth(world) -> pd.DataFrame:
    return world.truth["people"].set_index("account_id")


def _cells(world) -> dict[str, str]:
    people = _truth(world)
    return people.loc[(people["population"] == "HL") & people["cell"].notna(), "cell"].to_dict()


def _subjects(world) -> set[str]:
    return set(world.tables["subjects"]["account_id"])


def _talk(world, within: set[str] | None = None) -> nx.Graph:
    log = _log(world)
    pairs = _directed(log, "mention") | _directed(log, "reply")
    graph = nx.Graph(sorted(_undirected(pairs)))
    return graph if within is None else graph.subgraph(within)


def _top(values: dict[str, float]) -> str:
    return min(values, key=lambda node: (-values[node], node))


def _role(world, role: str) -> str:
    people = _truth(world)
    return str(people.index[people["role"] == role][0])


# ---- Q5 ------------------------------------------------------------------------------------------


PUBLIC_ROLES = {"journalist", "shop owner", "youth worker", "ferry service", "lawyer", "organiser"}
TRADE = re.compile("orders|pedidos|handmade|hechas a mano|repairs|arreglos")


def _on_top(world, length: int = 5) -> set[str]:
    return {node for names in _lists(world).values() for node in names[:length]}


def _innocent(world) -> set[str]:
    people = _truth(world)
    bios = world.tables["accounts"].set_index("account_id")["bio"]
    # A reader cannot tell a private person who writes "orders:" from a shop, and need not.
    trade = {node for node in _on_top(world) if TRADE.search(bios[node])}
    return trade | _on_top(world) & set(people.index[people["role"].isin(PUBLIC_ROLES)])


# ---- Q7 ------------------------------------------------------------------------------------------


def _neighbours(pairs: Pairs) -> dict[str, set[str]]:
    near = defaultdict(set)
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    return near


def _distances(pairs: Pairs, start: str) -> dict[str, int]:
    near, distance, queue = _neighbours(pairs), {start: 0}, deque([start])
    while queue:
        here = queue.popleft()
        for node in near[here]:
            if node not in distance:
                distance[node] = distance[here] + 1
                queue.append(node)
    return distance


def _ends(world) -> tuple[str, str]:
    subjects, scope = world.tables["subjects"], world.tables["scope"]
    start = subjects.loc[subjects["reason"] == "tip-off", "account_id"].iloc[0]
    end = scope.loc[scope["reason"] == "named in a complaint", "account_id"].iloc[0]
    return start, end


@lru_cache(maxsize=1)
def _path(world) -> dict[str, int]:
    log = _log(world)
    start, end = _ends(world)
    talk = _undirected(_directed(log, "mention") | _directed(log, "reply"))
    pairs = talk | _undirected(_directed(log, "follow") | _directed(log, "repost"))
    near, distance = _neighbours(pairs), _distances(pairs, start)
    follow_only, here = 0, end
    while here != start:  # back along the path, which is the only shortest one in every world
        before = min(node for node in near[here] if distance.get(node) == distance[here] - 1)
        follow_only += (min(here, before), max(here, before)) not in talk
        here = before
    return {"steps": distance[end], "follow_only": follow_only, "people": _people(world, 3)}


@lru_cache(maxsize=3)
def _people(world, hops: int) -> int:
    ties = world.tables["ties"]
    reached = _distances(_directed(ties, "follow"), _ends(world)[0])
    return sum(0 < steps <= hops for steps in reached.values())


# ---- Q8 and Q9 -----------------------------------------------------------------------------------


def _drawn(world) -> int:
    log = _log(world)
    pairs = _directed(log, "mention") | _directed(log, "reply")
    return len(_subjects(world) & {node for pair in pairs for node in pair})


def _chart(world, title: str = "One account links the clusters", labels: int = 1, size=(7, 5)):
    from matplotlib.figure import Figure

    figure = Figure(figsize=size)
    axes = figure.subplots()
    core = _talk(world, _subjects(world))
    place = nx.circular_layout(core)
    nodes = sorted(core)
    for part, colour in ((nodes[:1], "#D55E00"), (nodes[1:], "#56B4E9")):
        where = [place[n] for n in part]
        axes.scatter([x for x, _ in where], [y for _, y in where], color=colour, label=colour)
    axes.legend()
    for node in nodes[:labels]:
        axes.text(*place[node], node, fontsize=9)
    axes.set_title(title)
    return figure


def _claims_leader(text: str) -> bool:
    """Tell whether a sentence says, without a "not", that somebody leads."""
    claim = re.compile(r"\b(is|as|was|be) (\w+ )?the (leader|boss|head|chief)\b|\b(he|x) leads\b")
    doubt = re.compile(r"\b(not|no|never|cannot|nor|whether|wrong|draft)\b|n't")
    return any(claim.search(part) and not doubt.search(part) for part in re.split("[.!?;]", text))


_WHICH_TIE = "Your text does not name the tie: mentions, replies, follows or rooms."
_COLLECTED = "Your text does not say in what was collected. A rank holds only inside that."
_INNOCENT = "Your text gives no innocent explanation. What else could make somebody central?"
_SURE = "Your text does not say how sure you are, as a number. Use percent."
_LEADER = (
    "Your text still says that somebody is the leader or the boss. The ties do not show that: say"
    " what they show."
)

_GOOD = (
    "In the mentions and replies collected among the thirty accounts, X has the highest "
    "betweenness. "
    "We think it likely, about 60 percent, that X links clusters which seldom talk. This shows "
    "no rank. "
    "An innocent explanation is possible: X may be a relative or a driver whom all know. "
    "A second source would change our view."
)

KEYS = {
    "q1": Key(
        kind=DF(key=("graph",), columns={"directed": None, "nodes": 0, "edges": 0}),
        expected=lambda world: _counts(_graphs(world)),
        right="One log, four graphs. Write beside every later number which of the four it comes "
        "from.",
        wrongs=(
            Wrong(
                "direction dropped",
                lambda world: _counts(
                    {kind: _undirected(graph) for kind, graph in _graphs(world).items()}, False
                ),
                "Your graphs have lost their direction: A follows B and B follows A became one "
                "edge. "
                "Use create_using=nx.DiGraph for follow, mention and reply.",
            ),
            Wrong(
                "whole world, no boundary",
                lambda world: _counts(
                    {kind: _directed(world.tables["ties"], kind) for kind in KINDS[:3]}
                    | {"room": _rooms(world, _log(world))}
                ),
                "You used all ties of the world. The authority covers the accounts in scope only: "
                "use log, not ties.",
            ),
            Wrong(
                "rooms as nodes",
                lambda world: _counts(
                    {k: g for k, g in _graphs(world).items() if k != "room"}
                    | {"room": _directed(_log(world), "join")}
                ),
                "In your room graph the rooms themselves are nodes. Tie account to account: "
                "use the table pairs.",
            ),
        ),
    ),
    "q2": Key(
        kind=RANK(10, names=KINDS),
        expected=lambda world: {k: dict(_degrees(g)) for k, g in _graphs(world).items()},
        function=True,
        right="Each tie puts other people on top. 'Most central' means nothing until you say in "
        "what.",
        wrongs=(
            Wrong(
                "rows instead of partners",
                _activity,
                "You ranked by how often accounts acted, not by how many others they are tied to. "
                "Use the degree of the graph.",
            ),
            Wrong(
                "smallest first",
                lambda world: {
                    kind: _first(Counter({n: -d for n, d in _degrees(graph).items()}))
                    for kind, graph in _graphs(world).items()
                },
                "Your lists begin with the smallest degree. The highest must come first.",
            ),
            Wrong(
                "one list for all",
                lambda world: dict.fromkeys(KINDS, _lists(world)["follow"]),
                "Your four lists are the same. Let the function use its argument graph, "
                "not one fixed graph.",
            ),
        ),
    ),
    "q3": Key(
        kind=NUM(unit="accounts"),
        expected=lambda world: len(_places(world)),
        right="Public accounts stand on several lists, while the rooms have people of their own. "
        "The order changes with the tie.",
        wrongs=(
            Wrong(
                "names, not people",
                lambda world: sum(map(len, _lists(world).values())),
                "You counted places on the lists. An account on two lists is still one account: "
                "count each once.",
            ),
            Wrong(
                "only those on several lists",
                lambda world: sum(n > 1 for n in _places(world).values()),
                "You counted the accounts that stand on more than one list. The question asks "
                "for all.",
            ),
            Wrong(
                "only those on one list",
                lambda world: sum(n == 1 for n in _places(world).values()),
                "You counted the accounts that stand on exactly one list. The question asks for "
                "all.",
            ),
        ),
    ),
    "q4": Key(
        kind=PARTITION(enough=0.5),
        expected=lambda world: {"groups": _cells(world), "allowed": _subjects(world)},
        right="The clusters come close to the real cells of the group. You know that only because "
        "this world is invented; another resolution would have given others.",
        wrongs=(
            Wrong(
                "one big group",
                lambda world: [_subjects(world)],
                "You have one group with everybody in it. That is a component, not a community: "
                "use a method that finds communities.",
            ),
            Wrong(
                "everybody alone",
                lambda world: [{account} for account in sorted(_subjects(world))],
                "Every account is a group of its own. Lower the resolution.",
            ),
            Wrong(
                "no boundary",
                lambda world: nx.community.louvain_communities(_talk(world), seed=1),
                "You grouped everybody in the talk graph. The question asks about the subjects: "
                "use core.",
            ),
            Wrong(
                "follows instead of talk",
                lambda world: nx.community.louvain_communities(
                    nx.Graph(sorted(_directed(_log(world), "follow"))).subgraph(_subjects(world)),
                    seed=1,
                ),
                "These are communities of follows. The question asks for the talk graph: core.",
            ),
        ),
    ),
    "q5": Key(
        kind=SET(),
        expected=lambda world: {
            "right": _innocent(world),
            "costly": _on_top(world) - _innocent(world),
        },
        right="Work explains each of them. Write the role beside the rank, set protected people "
        "aside, "
        "and go on.",
        wrongs=(
            Wrong(
                "everybody on top",
                _on_top,
                "You named everybody on top. Some of them have no public role: read the bios "
                "again.",
            ),
            Wrong(
                "everybody whom the tasking does not name",
                lambda world: _on_top(world) - _subjects(world),
                "You took everybody whom the tasking does not name. Some of these have no public "
                "role: they are private people, and that is enough.",
            ),
            Wrong(
                "the subjects",
                lambda world: _on_top(world) & _subjects(world),
                "You named those whom the tasking names. Name people with a public role: read the"
                " bios.",
            ),
            Wrong(
                "the reporter only",
                lambda world: {_first(_degrees(_graphs(world)["mention"]), 1)[0]},
                "You found one public role. Trade, services and care for others are public roles "
                "too: read the other bios.",
            ),
        ),
    ),
    "q6": Key(
        kind=SET("one account id", most=1),
        expected=lambda world: {
            "right": {_role(world, "broker")},
            "costly": set(_truth(world).index) - {_role(world, "broker")},
        },
        right="This account links the cells without having the most ties. That is a reason to ask "
        "further, and not yet a reason to act.",
        wrongs=(
            Wrong(
                "the figurehead",
                lambda world: [_role(world, "figurehead")],
                "You named the loud one with many followers. Attention is not position: many look, "
                "few talk.",
            ),
            Wrong(
                "no boundary",
                lambda world: [_top(nx.betweenness_centrality(_talk(world)))],
                "You searched the whole talk graph. There, people with a public role stand between "
                "everybody. Bound the graph to the subjects first.",
            ),
            Wrong(
                "first in the rooms",
                lambda world: _lists(world)["room"][:1],
                "You named the account that shares rooms with most others. Opening many rooms is "
                "recruiting at most: use betweenness in the talk graph.",
            ),
        ),
    ),
    "q7": Key(
        kind=NUM(names=("steps", "follow_only", "people")),
        expected=_path,
        right="A few steps, some of them only clicks, and a good part of the city within three "
        "hops: "
        "a short path proves nothing.",
        wrongs=(
            Wrong(
                "accounts instead of steps",
                lambda world: _path(world) | {"steps": _path(world)["steps"] + 1},
                "You counted the accounts on the path. Steps lie between them: take one away.",
            ),
            Wrong(
                "new people instead of all",
                lambda world: _path(world) | {"people": _people(world, 3) - _people(world, 2)},
                "For people you gave the new ones of the third hop. Add those of the first two "
                "hops.",
            ),
            Wrong(
                "talk steps instead",
                lambda world: (
                    _path(world)
                    | {"follow_only": _path(world)["steps"] - _path(world)["follow_only"]}
                ),
                "You counted the steps with talk. The question asks for those without.",
            ),
        ),
    ),
    "q8": Key(
        kind=FIG(
            (
                TITLED,
                Need(
                    lambda fig, _: not re.search("leader|boss|gang|chief", fig["title"].lower()),
                    "Your title speaks of a leader or a gang. A chart of ties cannot show that.",
                ),
                Need(
                    lambda fig, count: fig["points"] >= count,
                    "Your chart does not draw a dot for each account of the talk graph.",
                ),
                Need(
                    lambda fig, _: fig["colours"] >= 2 and len(fig["legend"]) >= 2,
                    "Use two colours for the dots, and a legend that says what each means.",
                ),
                Need(
                    lambda fig, _: 1 <= len(fig["texts"]) <= 8 and fig["smallest_text"] >= 7,
                    "Label between one and eight accounts, in letters of 7 points or more.",
                ),
                Need(
                    lambda fig, _: fig["inches"][0] <= 7.5 and fig["inches"][1] <= 10,
                    "Your chart is larger than a page: at most 7.5 by 10 inches.",
                ),
            )
        ),
        expected=_drawn,
        right="The parts are there. Now look as a reader: does the chart say one thing, and only "
        "what "
        "the ties show?",
        wrongs=(
            Wrong(
                "no title",
                lambda world: _chart(world, title=""),
                TITLED.sentence,
            ),
            Wrong(
                "everybody labelled",
                lambda world: _chart(world, labels=30),
                "Label between one and eight accounts, in letters of 7 points or more.",
            ),
            Wrong(
                "a verdict for a title",
                lambda world: _chart(world, title="X is the boss of this gang"),
                "Your title speaks of a leader or a gang. A chart of ties cannot show that.",
            ),
            Wrong(
                "poster size",
                lambda world: _chart(world, size=(20, 16)),
                "Your chart is larger than a page: at most 7.5 by 10 inches.",
            ),
        ),
    ),
    "q9": Key(
        kind=TXT(
            (50, 120),
            (
                says(r"mention|repl(y|ies)|follow|\brooms?\b", _WHICH_TIE),
                says(r"collect|\bscope\b|bounded|boundary|in this log|in our log", _COLLECTED),
                says(
                    r"innocent|famil|relative|cousin|friend|neighbour|colleague|\bjob\b|\bwork|\brole\b"
                    r"|journalist|reporter|shop|driver|club|music|football|fam(e|ous)|popular|business",
                    _INNOCENT,
                ),
                says(r"\d+\s*(%|percent|per cent)", _SURE),
                Need(lambda text, _: not _claims_leader(text), _LEADER),
            ),
        ),
        expected=lambda world: None,
        right="All parts are there. Your instructor reads whether the reasons are good ones.",
        wrongs=(
            Wrong(
                "leader all the same",
                lambda world: _GOOD + " So X is the leader.",
                _LEADER,
            ),
            Wrong(
                "no innocent explanation",
                lambda world: _GOOD.replace(
                    "An innocent explanation is possible: X may be a relative or a driver whom "
                    "all know. ",
                    "Every other reading of these ties would surprise us a great deal at this "
                    "time. ",
                ),
                _INNOCENT,
            ),
            Wrong(
                "no number",
                lambda world: _GOOD.replace("about 60 percent, ", ""),
                _SURE,
            ),
        ),
    ),
}
