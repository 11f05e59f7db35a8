# /// script
# dependencies = ["scikit-learn==1.9.1", "networkx==3.6.1", "numpy==2.4.6", "pandas==3.1.1"]
# ///
"""Can a classifier tell our groups from published ones? `python benchmarks/two_sample.py`.

A classifier learns to tell published networks from networks that we draw: for each published one
some of its type, with as many people and ties (Lopez-Paz and Oquab 2017, *Revisiting classifier
two-sample tests*). All networks of one operation, and those drawn for them, are held out together.
The area under the ROC curve (AUC) of what is held out is .5 when nobody can tell them apart and 1
when anybody can.

**Check of fit.** Without a folder the published networks are the rows of `reference_networks.csv`.
The generator was fitted to them. 23 rows of ten operations, nine of them from one operation, fix
an AUC to about .1 at best. The spread over seeds says how much the drawn networks and the forest
add to that; it does not shrink with more rows of the table.

**Blind check.** `--networks FOLDER` takes networks that the generator has never met, as lists of
ties. It looks at 15 numbers more, which no band uses, and says how many numbers of each network
are inside the bands of its type. Here the AUC of a network is the share of those drawn for it that
look less like a published one than itself; the table has the mean over networks and, after ±, how
much that mean varies when operations are drawn with replacement (bootstrap, Efron 1979).

scikit-learn is not part of the course: install it into an environment of your own.
"""

import argparse
import csv
import re
import sys
from pathlib import Path

import networkx as nx
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from synthetic_data import bands, networks
from synthetic_data.measures import METRICS, adjacency, correlation, paths, shape

WEIGHTED = ("modularity", "communities_over_sqrt_n")
"""Metrics of which some rows of the table cannot be the plain graph's (see docs/realism.md)."""

MATCHED = [metric for metric in METRICS if metric != "mean_degree"]
"""People and ties are matched, so the mean degree tells nothing."""

FURTHER = (
    "betweenness_gini",
    "efficiency",
    "rank_corr_degree_betweenness",
    "median_over_mean_degree",
    "second_over_largest_degree",
    "leaves_at_one_person",
    "share_in_two_core",
    "share_in_inner_core",
    "largest_block",
    "cut_people",
    "closed_squares",
    "four_cliques",
    "corr_degree_clustering",
    "spectral_gap",
    "spectral_radius",
)
"""Names of the numbers that `further` returns. No band uses them, nor was a form fitted to them."""

ROWS = [(kind, name) for kind, names in bands.TYPES.items() for name in names]
with (bands.FOLDER / "reference_networks.csv").open(encoding="utf-8", newline="") as table:
    SIZE = {row["id"]: (int(row["n"]), int(row["m"])) for row in csv.DictReader(table)}
GROUP = np.array([name.split("_")[0] for _, name in ROWS])
TRIES = 60  # draws until one is inside the bands; a tie count may lie where none ever is


def planted(kind: str, people: int, ties: int, key: str) -> np.ndarray:
    """Draw until a network is inside the bands, as `networks.make` does."""
    for attempt in range(networks.ATTEMPTS):
        edges = drawn(kind, people, ties, f"{key}/{attempt}")
        if not bands.outside(kind, shape(edges)):
            break
    return edges


def asked(kind: str, people: int, ties: int, key: str) -> np.ndarray:
    """Draw until all but the mean degree is inside the bands, 60 times at most."""
    for attempt in range(TRIES):
        edges = drawn(kind, people, ties, f"{key}/{attempt}")
        if set(bands.outside(kind, shape(edges))) <= {"mean_degree"}:
            break
    return edges


def drawn(kind: str, people: int, ties: int, key: str) -> np.ndarray:
    """Draw one network without looking at the bands."""
    return networks.draw(kind, people, key, ties)[0]


def any_type(kind: str, people: int, ties: int, key: str) -> np.ndarray:
    """Draw one network of whichever type, by the key, without looking at the bands."""
    kinds = list(bands.TYPES)
    return drawn(kinds[sum(key.encode()) % len(kinds)], people, ties, key)


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


CHANCE = {
    "Erdős-Rényi": _null(lambda n, m, s: nx.gnm_random_graph(n, m, s)),
    "Barabási-Albert": _null(lambda n, m, s: nx.barabasi_albert_graph(n, _near(n, m), s)),
    "Watts-Strogatz": _null(lambda n, m, s: nx.watts_strogatz_graph(n, 2 * _near(n, m), 0.2, s)),
    "power-law cluster": _null(lambda n, m, s: nx.powerlaw_cluster_graph(n, _near(n, m), 0.5, s)),
}
MAKERS = {"planted (inside the bands)": planted, "as drawn": drawn, **CHANCE}
BLIND = {
    "planted (inside the bands)": asked,
    "as drawn": drawn,
    "as drawn, any type": any_type,
    **CHANCE,
}


def rewired(edges: np.ndarray, key: str) -> np.ndarray:
    """Swap ends of ties at random: everybody keeps the number of ties (Maslov and Sneppen 2002)."""
    rng = np.random.default_rng(list(key.encode()))
    ties = [tuple(pair) for pair in edges.tolist()]
    known = {frozenset(pair) for pair in ties}
    for _ in range(20 * len(ties)):
        one, two = rng.choice(len(ties), 2, replace=False).tolist()
        (a, b), (c, d) = ties[one], ties[two][:: 1 if rng.random() < 0.5 else -1]
        swapped = frozenset((a, d)), frozenset((c, b))
        if len({a, b, c, d}) == 4 and not known & set(swapped):
            known -= {frozenset((a, b)), frozenset((c, d))}
            known |= set(swapped)
            ties[one], ties[two] = (a, d), (c, b)
    return np.array(ties)


def read(folder: Path) -> list[tuple[str, str, np.ndarray]]:
    """Read published networks.

    Args:
        folder: has one folder for each type, and in it one file for each network, as `--help` says.

    Returns:
        Type, file name and ties of each network, sorted. Ties have shape (ties, 2), with numbers
        in place of names, each unordered pair once and no loops.

    Raises:
        SystemExit: no network, a folder that is no type, or a line without two names.
    """
    found = []
    for path in sorted([*folder.glob("*/*.csv"), *folder.glob("*/*.txt")]):
        kind = path.parent.name
        if kind not in bands.TYPES:
            sys.exit(f"error: {path.parent} is none of the types {', '.join(bands.TYPES)}")
        pairs = set()
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        for number, line in enumerate(lines, start=1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            names = re.split(r"\s*[,;\t]\s*" if re.search(r"[,;\t]", line) else r"\s+", line)
            if len(names) < 2 or "" in names[:2]:
                sys.exit(f"error: {path}, line {number}: two names are needed")
            if names[0] != names[1]:
                pairs.add(tuple(sorted(names[:2])))
        if len(pairs) < 5:
            sys.exit(f"error: {path} has {len(pairs)} ties; at least five are needed")
        people = sorted({name for tie in pairs for name in tie})
        place = {name: at for at, name in enumerate(people)}
        ties = np.array(sorted((place[a], place[b]) for a, b in pairs))
        found.append((kind, path.stem, ties))
    if len({name.split("_")[0] for _, name, _ in found}) < 3:
        sys.exit(f"error: {folder} has networks of fewer than three operations")
    return found


def further(edges: np.ndarray) -> dict[str, float]:
    """Return numbers that no band uses, one per name in FURTHER.

    `leaves_at_one_person`: largest share of those with one tie who have it to the same person.
    `largest_block`: share of people in the largest piece that nobody holds together alone;
    `cut_people`: share of people without whom a piece falls apart. `closed_squares`: share of
    paths of three ties whose ends are tied. `four_cliques`: sets of four who all know each other,
    for each person. `spectral_gap`: of the normalised Laplacian of the largest component.
    `spectral_radius`: of the ties, over the root of the largest degree, which is 1 for a star.
    """
    matrix = adjacency(edges)
    n, degree = len(matrix), matrix.sum(axis=0)
    distance, between = paths(matrix)
    graph = nx.from_numpy_array(matrix)
    core = np.array(list(nx.core_number(graph).values()))
    twice = matrix @ matrix
    around = (twice * matrix).sum(axis=0) / 2  # triangles at each person
    wedges = degree * (degree - 1) / 2
    local = np.divide(around, wedges, out=np.zeros(n), where=wedges > 0)
    one, two = np.nonzero(np.triu(matrix))
    squares = ((twice * twice).sum() - degree.sum() - 4 * wedges.sum()) / 8
    threes = ((degree[one] - 1) * (degree[two] - 1)).sum() - around.sum()
    common = [np.flatnonzero(matrix[a] * matrix[b]) for a, b in zip(one, two, strict=True)]
    cliques = sum(matrix[np.ix_(both, both)].sum() for both in common) / 12
    inside = sorted(max(nx.connected_components(graph), key=len))
    part = matrix[np.ix_(inside, inside)]
    root = np.sqrt(part.sum(axis=0))
    gaps = np.linalg.eigvalsh(np.eye(len(part)) - part / np.outer(root, root))
    leaves = degree == 1
    top = np.sort(degree)[::-1]
    ordered = np.sort(between)
    spread = (2 * np.arange(1, n + 1) - n - 1) @ ordered / max(n * ordered.sum(), 1e-12)
    numbers = (
        spread,
        np.divide(1, distance, out=np.zeros((n, n)), where=distance > 0).sum() / (n * (n - 1)),
        correlation(_ranks(degree), _ranks(between)),
        np.median(degree) / degree.mean(),
        top[1] / top[0],
        matrix[:, leaves].sum(axis=1).max() / max(leaves.sum(), 1),
        (core >= 2).mean(),
        (core == core.max()).mean(),
        max(len(block) for block in nx.biconnected_components(graph)) / n,
        len(list(nx.articulation_points(graph))) / n,
        4 * squares / max(threes, 1),
        cliques / n,
        correlation(degree[degree > 1], local[degree > 1]),
        gaps[1],
        np.linalg.eigvalsh(matrix)[-1] / np.sqrt(top[0]),
    )
    return {name: float(number) for name, number in zip(FURTHER, numbers, strict=True)}


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks; equal values share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


def numbers_of(edges: np.ndarray) -> list[float]:
    """Return the numbers of one network, in the order of MATCHED and FURTHER."""
    found = shape(edges) | further(edges)
    return [found[name] for name in (*MATCHED, *FURTHER)]


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
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score

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


def beside(real: np.ndarray, ours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Say how far each network is from those drawn for the same published one.

    Args:
        real: numbers of published networks, shape (networks, numbers).
        ours: numbers of those drawn for them, shape (networks, draws, numbers).

    Returns:
        Both in standard deviations from the mean of the drawn ones, from -6 to 6. A drawn one is
        compared with the others only.
    """
    count = ours.shape[1] - 1
    mean = (ours.sum(axis=1, keepdims=True) - ours) / count
    square = ((ours**2).sum(axis=1, keepdims=True) - ours**2) / count - mean**2
    width = np.sqrt(np.maximum(square, 0)) + 1e-6
    own = (real - ours.mean(axis=1)) / (ours.std(axis=1) + 1e-6)
    return own.clip(-6, 6), ((ours - mean) / width).clip(-6, 6)


def judged(real: np.ndarray, ours: np.ndarray, group: np.ndarray, model) -> np.ndarray:
    """Return the AUC of each published network; its operation was held out.

    Args:
        real: numbers of published networks, shape (networks, numbers).
        ours: numbers of those drawn for them, shape (networks, draws, numbers).
        group: operation of each network.
        model: scikit-learn classifier.
    """
    found = np.zeros(len(real))
    for held in np.unique(group):
        out = group == held
        drawn_rows = ours[~out].reshape(-1, ours.shape[2])
        label = np.repeat([1, 0], [(~out).sum(), len(drawn_rows)])
        model.fit(np.concatenate([real[~out], drawn_rows]), label)
        for at in np.flatnonzero(out):
            chance = model.predict_proba(np.concatenate([real[at : at + 1], ours[at]]))[:, 1]
            found[at] = (chance[1:] < chance[0]).mean() + (chance[1:] == chance[0]).mean() / 2
    return found


def wobble(found: np.ndarray, group: np.ndarray) -> float:
    """Return the standard deviation of the mean when operations are drawn with replacement."""
    rng = np.random.default_rng(1)
    one = np.array([found[group == operation].mean() for operation in np.unique(group)])
    return float(one[rng.integers(len(one), size=(2000, len(one)))].mean(axis=1).std())


def tells(title: str, nets: list, real: np.ndarray, ours: np.ndarray) -> str:
    """Say which numbers and which networks differ most from what was drawn for them."""
    names = [*MATCHED, *FURTHER]
    less, same = ours < real[:, None], ours == real[:, None]
    below = (less + same / 2).mean(axis=(0, 1))
    far = np.sqrt((beside(real, ours)[0] ** 2).mean(axis=1))
    first = np.argsort(-abs(below - 0.5))[:6]
    return "\n".join(
        [
            f"\nShare of the {title} that have a smaller number, the six furthest from .5:\n",
            *(f"- {names[at]}: {below[at]:.2f}" for at in first),
            f"\nDistance from the {title}, root mean square of all numbers, in standard "
            "deviations:\n",
            *(f"- {name}: {width:.1f}" for (_, name, _), width in zip(nets, far, strict=True)),
        ]
    )


def blind(folder: Path, seeds: int, trees: int, draws: int) -> None:
    """Print how the networks of a folder compare with ours."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    nets = read(folder)
    group = np.array([name.split("_")[0] for _, name, _ in nets])
    names = [*MATCHED, *FURTHER]
    print(f"{len(nets)} networks of {len(set(group))} operations, {draws} drawn for each\n")
    print("| network | type | people | ties | inside the bands, of 17 | outside |")
    print("| --- | --- | --- | --- | --- | --- |")
    good = 0
    for kind, name, edges in nets:
        out = bands.outside(kind, shape(edges))
        good += len(METRICS) - len(out)
        cells = (name, kind, edges.max() + 1, len(edges), len(METRICS) - len(out), ", ".join(out))
        print(f"| {' | '.join(map(str, cells))} |")
    print(f"\n{good} of {len(METRICS) * len(nets)} numbers are inside the bands.\n")
    print("| networks | forest, 16 metrics | forest, 14 | forest, 15 further | logistic, 14 |")
    print("| --- | --- | --- | --- | --- |")
    real = np.array([numbers_of(edges) for *_, edges in nets])
    plain = [names.index(metric) for metric in MATCHED if metric not in WEIGHTED]
    sets = (range(len(MATCHED)), plain, range(len(MATCHED), len(names)))
    told = []
    for title, maker in (*BLIND.items(), ("same ties for each person, rewired", None)):
        ours = []
        for kind, name, edges in nets:
            keys = [f"blind/{title}/{kind}/{name}/{draw}" for draw in range(draws)]
            size = int(edges.max()) + 1, len(edges)
            made = (maker(kind, *size, key) if maker else rewired(edges, key) for key in keys)
            ours.append([numbers_of(network) for network in made])
        ours = np.array(ours)
        cells = []
        for columns in map(list, sets):
            each = [
                judged(
                    real[:, columns],
                    ours[:, :, columns],
                    group,
                    RandomForestClassifier(
                        trees, class_weight="balanced", min_samples_leaf=2, random_state=seed
                    ),
                )
                for seed in range(seeds)
            ]
            cells.append(np.mean(each, axis=0))
        linear = LogisticRegression(C=0.1, class_weight="balanced", max_iter=2000)
        far = beside(real[:, plain], ours[:, :, plain])
        cells.append(judged(*far, group, make_pipeline(StandardScaler(), linear)))
        text = " | ".join(f"{found.mean():.2f} ± {wobble(found, group):.2f}" for found in cells)
        print(f"| {title} | {text} |", flush=True)
        if maker in (asked, drawn):
            told.append(tells(title, nets, real, ours))
    print("\n".join(told))


def fit(seeds: int, trees: int) -> None:
    """Print the table of docs/realism.md on the rows of the reference table."""
    plain = [metric for metric in MATCHED if metric not in WEIGHTED]
    rows = len({name for _, name in ROWS})  # one of them serves two types
    print(
        f"{len(ROWS)} comparisons with {rows} networks of {len(set(GROUP))} operations, "
        f"{seeds} seeds\n"
    )
    print("| networks | AUC, 16 metrics | AUC, 14 without communities | what tells most |")
    print("| --- | --- | --- | --- |")
    for name, maker in MAKERS.items():
        ours = [counterparts(maker, seed) for seed in range(seeds)]
        cells = []
        for metrics in (MATCHED, plain):
            found = [score(rows, metrics, s, trees) for s, rows in enumerate(ours)]
            auc = np.array([whole for whole, _ in found])
            cells.append(f"{auc.mean():.2f} ± {auc.std(ddof=1):.2f}")
            loss = np.mean([lost for _, lost in found], axis=0)
        tells = [f"{plain[n]} {loss[n]:+.2f}" for n in np.argsort(-loss)[:4]]
        print(f"| {name} | {' | '.join(cells)} | {', '.join(tells)} |", flush=True)


def main() -> None:
    """Run the check of fit, or the blind check on a folder."""
    parser = argparse.ArgumentParser(
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Can a classifier tell our groups from published networks?",
        epilog="""\
A folder for --networks looks like this:

  FOLDER/cell/NAME.csv       hub, cartel, chain, clan or cell: say by the source what it is
  FOLDER/clan/OPERATION_phone.csv
  FOLDER/clan/OPERATION_meetings.csv

Each file is a list of ties: one tie in a line, two names with a comma, a tab or a space between
them, no line of titles. What follows on a line is not read; "#" begins a remark. Direction,
repeats and loops do not count. Files with the same word before the first "_" are of one operation
and are held out together. Three operations are needed, and ten are better.

Leave out what is in synthetic_data/reference/reference_networks.csv: the generator knows it.
Names of people are not printed. Keep such files out of the repository.
""",
    )
    parser.add_argument(
        "--networks", type=Path, metavar="FOLDER", help="blind check of the networks in a folder"
    )
    parser.add_argument("--seeds", type=int, default=6, help="how often forests are grown (6)")
    parser.add_argument("--trees", type=int, default=100, help="trees of a forest (100)")
    parser.add_argument(
        "--draws", type=int, default=30, help="drawn for each network of the folder (30)"
    )
    args = parser.parse_args()
    try:
        import sklearn  # noqa: F401
    except ImportError:
        sys.exit("error: scikit-learn is missing; run `pip install scikit-learn==1.9.1` first")
    if args.networks:
        blind(args.networks, args.seeds, args.trees, args.draws)
    else:
        fit(args.seeds, args.trees)


if __name__ == "__main__":
    main()
