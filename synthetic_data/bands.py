"""Acceptance bands: how a true communication network of each type may look.

**Input.** `reference/reference_networks.csv` and nothing else: 23 published networks.

**Which rows belong to which type.** By what the sources say about the operation, not by fit:

- *hub*: one importer or seller deals with everybody (CAVIAR phases 1-5, the cocaine group in
  New York, the Togo export ring);
- *cartel*: chiefs, lieutenants and workers (CAVIAR as a whole and its later phases, Ciel, the
  heroin group in New York);
- *chain*: stages that pass goods on (the stolen-vehicle export rings Siren and Togo);
- *clan*: families (the Montagna telephone network);
- *cell*: cells of people who trust each other (the networks of the family *terror*).

Togo stands in two types, as it is both: a star and an export chain.

**How an interval is made.** It is the range of the k rows of the type, widened at both ends by
(1.96 - e_k) · s. There e_k is the mean of the largest of k standard normal draws, so the range of
k draws from a normal population reaches from -e_k to e_k standard deviations on average, and the
widening makes up for what is missing to its central 95 %. s is the standard deviation within the
types, pooled over the types with five rows or more. Last, the interval is cut to the values that
the metric can have at all.

**Few rows.** Clan has one row and chain two. Their intervals rest on the spread within the *other*
types, which is an assumption, and they are wide: 1.96 s on either side of the one clan. Rows of
one operation (nine of CAVIAR) are not independent, so the intervals of hub and cartel are rather
too narrow. `coverage` measures that: it leaves one operation out, makes the bands again and counts
how many numbers of the operation left out fall inside.

**Frozen.** The rule was written down before the generator was run against the bands.
"""

import csv
import math
from functools import cache
from pathlib import Path

from synthetic_data.measures import METRICS

FOLDER = Path(__file__).parent / "reference"
TYPES = {
    "hub": [*(f"caviar_p0{phase}" for phase in range(1, 6)), "natarajan_cocaine", "togo"],
    "cartel": [
        "caviar",
        "caviar_p06",
        "caviar_p08",
        "caviar_p09",
        "caviar_p10",
        "caviar_p11",
        "ciel",
        "natarajan_heroin",
    ],
    "chain": ["siren", "togo"],
    "clan": ["montagna_phone"],
    "cell": [
        "hijackers_prior",
        "hijackers_assoc",
        "jakarta2009",
        "noordin_comm",
        "noordin_friend",
        "mali",
    ],
}
"""Rows of the reference table that make each type."""

REACH = [0.0, 0.5642, 0.8463, 1.0294, 1.1630, 1.2672, 1.3522, 1.4236, 1.4850, 1.5388]
"""Mean of the largest of 1, 2, … 10 standard normal draws (Harter 1961, Expected values of normal
order statistics, Biometrika 48)."""

POOL = 5  # a type lends its spread to the pool from this many rows on

_DIRECT = {
    "modularity": "modularity_louvain0",
    "corr_degree_betweenness": "corr_deg_btw_pearson",
}
_LIMITS = {
    "mean_degree": (1, math.inf),
    "assortativity": (-1, 1),
    "aspl_over_ln_n": (0, math.inf),
    "diameter_lcc": (1, math.inf),
    "communities_over_sqrt_n": (0, math.inf),
    "kcore_max": (1, math.inf),
    "corr_degree_betweenness": (-1, 1),
}  # all other metrics are shares from 0 to 1


@cache
def reference() -> dict[str, dict[str, float]]:
    """Return the metrics of every published network, by id and by name in METRICS.

    Example:
        >>> reference()["siren"]["kcore_max"]
        8.0
    """
    with (FOLDER / "reference_networks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        n = int(row["n"])
        derived = {
            "aspl_over_ln_n": float(row["aspl_lcc"]) / math.log(n),
            "communities_over_sqrt_n": int(row["n_communities"]) / math.sqrt(n),
        }
        found[row["id"]] = {
            name: derived[name] if name in derived else float(row[_DIRECT.get(name, name)])
            for name in METRICS
        }
    return found


def derive(without: frozenset[str] = frozenset()) -> dict[str, dict[str, tuple[float, float]]]:
    """Make the bands by the rule above.

    Args:
        without: ids of rows to leave out; a type that has no row left gets no bands.

    Returns:
        Lower and upper end by type and metric, rounded to four places.

    Example:
        >>> derive()["hub"]["mean_degree"][0] < 2.3333
        True
    """
    rows = {kind: [name for name in names if name not in without] for kind, names in TYPES.items()}
    table = reference()
    bands: dict[str, dict[str, tuple[float, float]]] = {}
    for kind, names in rows.items():
        if not names:
            continue
        bands[kind] = {}
        for metric in METRICS:
            values = [table[name][metric] for name in names]
            more = (1.96 - REACH[len(values) - 1]) * _spread(rows, metric)
            least, most = _LIMITS.get(metric, (0, 1))
            low, high = max(least, min(values) - more), min(most, max(values) + more)
            bands[kind][metric] = round(low, 4), round(high, 4)
    return bands


def _spread(rows: dict[str, list[str]], metric: str) -> float:
    """Return the standard deviation within types, pooled over the types with many rows."""
    squares, free = 0.0, 0
    for names in rows.values():
        if len(names) >= POOL:
            values = [reference()[name][metric] for name in names]
            mean = math.fsum(values) / len(values)
            squares += math.fsum((value - mean) ** 2 for value in values)
            free += len(values) - 1
    return math.sqrt(squares / free)


def csv_bytes() -> bytes:
    """Return the content of `reference/bands.csv`."""
    lines = ["type,rows,metric,low,high"]
    for kind, metrics in derive().items():
        for metric, (low, high) in metrics.items():
            lines.append(f"{kind},{len(TYPES[kind])},{metric},{low},{high}")
    return ("\n".join(lines) + "\n").encode()


@cache
def load() -> dict[str, dict[str, tuple[float, float]]]:
    """Read the frozen bands.

    Example:
        >>> sorted(load())
        ['cartel', 'cell', 'chain', 'clan', 'hub']
    """
    bands: dict[str, dict[str, tuple[float, float]]] = {}
    with (FOLDER / "bands.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            interval = float(row["low"]), float(row["high"])
            bands.setdefault(row["type"], {})[row["metric"]] = interval
    return bands


def outside(kind: str, found: dict[str, float]) -> list[str]:
    """Return the metrics that lie outside the bands of a type.

    Args:
        kind: hub, cartel, chain, clan or cell.
        found: as `measures.shape` returns it.

    Example:
        >>> outside("chain", reference()["siren"])
        []
    """
    return [
        metric for metric, (low, high) in load()[kind].items() if not low <= found[metric] <= high
    ]


def coverage() -> dict[str, tuple[int, int]]:
    """Say how many numbers of an operation fall inside bands that were made without it.

    Returns:
        By type: numbers inside, numbers tried. Clan is missing: without its one row it has no band.

    Example:
        >>> sorted(coverage())
        ['cartel', 'cell', 'chain', 'hub']
    """
    counts: dict[str, tuple[int, int]] = {}
    for kind, names in TYPES.items():
        for operation in sorted({name.split("_")[0] for name in names}):
            left = frozenset(name for name in reference() if name.split("_")[0] == operation)
            bands = derive(left).get(kind)
            if bands is None:
                continue
            for name in left & set(names):
                good = sum(low <= reference()[name][m] <= high for m, (low, high) in bands.items())
                inside, tried = counts.get(kind, (0, 0))
                counts[kind] = inside + good, tried + len(METRICS)
    return counts


if __name__ == "__main__":
    (FOLDER / "bands.csv").write_bytes(csv_bytes())
