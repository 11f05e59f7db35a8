# /// script
# dependencies = ["scikit-learn==1.9.1", "networkx==3.6.1", "numpy==2.4.6", "pandas==3.1.1"]
# ///
"""Can a classifier tell our groups from published ones? `python benchmarks/two_sample.py`.

A random forest learns to tell the published networks of `reference_networks.csv` from networks
that we draw: for each row one of its type, with as many people and ties (Lopez-Paz and Oquab
2017, *Revisiting classifier two-sample tests*). All rows of one operation, and the networks drawn
for them, are held out together. The area under the ROC curve (AUC) of the held-out rows is .5
when nobody can tell them apart and 1 when anybody can. Each seed draws other networks.

**What it cannot show.** 23 rows of ten operations, nine of them from one operation, fix an AUC to
about .1 at best. The spread over seeds says how much the drawn networks and the forest add to
that; it does not shrink with more rows of the table. The generator was fitted to the same rows,
so this is a check of fit. Networks outside the table are the test.

scikit-learn is not part of the course: install it into an environment of your own.
"""

import argparse
import csv
import sys
from pathlib import Path

import networkx as nx
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from synthetic_data import bands, networks
from synthetic_data.measures import METRICS, shape

try:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score
except ImportError:
    sys.exit("error: scikit-learn is missing; run `pip install scikit-learn==1.9.1` beside numpy")

WEIGHTED = ("modularity", "communities_over_sqrt_n")
"""Metrics of which some rows of the table cannot be the plain graph's (see docs/realism.md)."""

ROWS = [(kind, name) for kind, names in bands.TYPES.items() for name in names]
with (bands.FOLDER / "reference_networks.csv").open(encoding="utf-8", newline="") as table:
    SIZE = {row["id"]: (int(row["n"]), int(row["m"])) for row in csv.DictReader(table)}
GROUP = np.array([name.split("_")[0] for _, name in ROWS])


def planted(kind: str, people: int, ties: int, key: str) -> np.ndarray:
    """Draw until a network is inside the bands, as `networks.make` does."""
    for attempt in range(networks.ATTEMPTS):
        edges = drawn(kind, people, ties, f"{key}/{attempt}")
        if not bands.outside(kind, shape(edges)):
            break
    return edges


def drawn(kind: str, people: int, ties: int, key: str) -> np.ndarray:
    """Draw one network without looking at the bands."""
    return networks.draw(kind, people, key, ties)[0]


def _null(make):
    """Return a maker of chance graphs, with ties added or removed at random to the number asked."""

    def made(kind: str, people: int, ties: int, key: str) -> np.ndarray:
        rng = np.random.default_rng(list(key.encode()))
        graph = make(people, ties, int(rng.integers(2**31)))
        while graph.number_of_edges() > ties:
            edges = sorted(graph.edges)
            graph.remove_edge(*edges[rng.integers(len(edges))])
        while graph.number_of_edges() < ties:
            graph.add_edge(*rng.choice(people, 2, replace=False).tolist())
        return np.array(graph.edges)

    return made


def _near(people: int, ties: int) -> int:
    return max(1, round(ties / people))


MAKERS = {
    "planted (inside the bands)": planted,
    "as drawn": drawn,
    "Erdős-Rényi": _null(lambda n, m, s: nx.gnm_random_graph(n, m, s)),
    "Barabási-Albert": _null(lambda n, m, s: nx.barabasi_albert_graph(n, _near(n, m), s)),
    "Watts-Strogatz": _null(lambda n, m, s: nx.watts_strogatz_graph(n, 2 * _near(n, m), 0.2, s)),
    "power-law cluster": _null(lambda n, m, s: nx.powerlaw_cluster_graph(n, _near(n, m), 0.5, s)),
}


def counterparts(maker, seed: int) -> np.ndarray:
    """Return the metrics of one drawn network for each row, shape (rows, metrics)."""
    found = []
    for kind, name in ROWS:
        people, ties = SIZE[name]
        numbers = shape(maker(kind, people, ties, f"two-sample/{seed}/{kind}/{name}"))
        found.append([numbers[metric] for metric in METRICS])
    return np.array(found)


def score(ours: np.ndarray, metrics: list[str], seed: int, trees: int) -> tuple[float, np.ndarray]:
    """Return the AUC over all held-out rows, and what it loses when a metric is shuffled."""
    columns = [METRICS.index(metric) for metric in metrics]
    real = np.array([[bands.reference()[name][metric] for metric in METRICS] for _, name in ROWS])
    rows = np.concatenate([real, ours])[:, columns]
    label = np.repeat([1, 0], len(ROWS))
    group = np.tile(GROUP, 2)
    rng = np.random.default_rng(seed)
    shuffled = [rows.copy() for _ in metrics]
    for place, copy in enumerate(shuffled):
        copy[:, place] = rng.permutation(copy[:, place])
    every = np.array([rows, *shuffled])
    guess = np.zeros(every.shape[:2])
    for held in np.unique(group):
        out = group == held
        forest = RandomForestClassifier(trees, random_state=seed).fit(rows[~out], label[~out])
        chances = forest.predict_proba(every[:, out].reshape(-1, len(metrics)))[:, 1]
        guess[:, out] = chances.reshape(len(every), -1)
    whole, *worse = (roc_auc_score(label, row) for row in guess)
    return whole, whole - np.array(worse)


def main() -> None:
    """Print the table of docs/realism.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--trees", type=int, default=100)
    args = parser.parse_args()
    # People and ties are matched, so the mean degree tells nothing.
    every = [metric for metric in METRICS if metric != "mean_degree"]
    plain = [metric for metric in every if metric not in WEIGHTED]
    networks = len({name for _, name in ROWS})  # one of them serves two types
    print(
        f"{len(ROWS)} comparisons with {networks} networks of {len(set(GROUP))} operations, "
        f"{args.seeds} seeds\n"
    )
    print("| networks | AUC, 16 metrics | AUC, 14 without communities | what tells most |")
    print("| --- | --- | --- | --- |")
    for name, maker in MAKERS.items():
        ours = [counterparts(maker, seed) for seed in range(args.seeds)]
        cells = []
        for metrics in (every, plain):
            found = [score(rows, metrics, s, args.trees) for s, rows in enumerate(ours)]
            auc = np.array([whole for whole, _ in found])
            cells.append(f"{auc.mean():.2f} ± {auc.std(ddof=1):.2f}")
            loss = np.mean([lost for _, lost in found], axis=0)
        tells = [f"{plain[n]} {loss[n]:+.2f}" for n in np.argsort(-loss)[:4]]
        print(f"| {name} | {' | '.join(cells)} | {', '.join(tells)} |", flush=True)


if __name__ == "__main__":
    main()
