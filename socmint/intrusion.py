"""How many people a step touches: the reading that every lab ends with."""

from collections.abc import Hashable

import networkx as nx
import pandas as pd

from socmint.errors import CourseError

BYSTANDER_POINTS = 3
"""One public, ordinary item (tier 1, content 1) of a bystander (person 3): 1 x 1 x 3 points."""


def people_touched(graph: nx.Graph, start: str, hops: int = 3) -> pd.DataFrame:
    """Count who is reached when collection follows ties outward from one account.

    Only counts come back, no names: the question is how many, not who.

    Args:
        graph: accounts and ties. Directions are not used: a tie touches both its ends.
        start: the account to begin with.
        hops: how far to follow.

    Returns:
        A table with one row for each hop: `hop`, `new` people, `total` people so far (without the
        start), and intrusion `points` if one public post of each is read.

    Raises:
        CourseError: the start is not in the graph.

    Example:
        >>> people_touched(nx.path_graph(["a", "b", "c"]), "a", hops=2)["total"].tolist()
        [1, 2]
    """
    if not isinstance(start, Hashable):
        raise CourseError("Start from one account: give its id, such as 'a-000001'.")
    if start not in graph:
        raise CourseError(f"The account {start!r} is not in this graph.")
    distances = nx.single_source_shortest_path_length(
        graph.to_undirected(as_view=True) if graph.is_directed() else graph, start, cutoff=hops
    )
    reached = pd.Series(distances).value_counts().reindex(range(1, hops + 1), fill_value=0)
    table = pd.DataFrame({"hop": reached.index, "new": reached.to_numpy()})
    table["total"] = table["new"].cumsum()
    table["points"] = table["total"] * BYSTANDER_POINTS
    return table
