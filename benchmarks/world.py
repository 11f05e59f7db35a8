"""How fast are worlds made? `python benchmarks/world.py` prints the table of docs/benchmarks.md.

Each row runs in a process of its own: CPU seconds (user and system, imports left out) to make a
world with 20 posts for each account and to write its CSV files, and the largest memory of the
process. In the same run a plain Faker loop makes the same fields one by one, for fewer accounts;
times for one post are compared. Faker's loop plants nothing, draws follows and answers at random,
and its texts are random words.
"""

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

POSTS = 20  # for each account
LOOP = 1_000  # accounts of the Faker loop


def make(scenario: str, accounts: int) -> list:
    """Make and write one world; return posts, ties, seconds to make, to write, megabytes."""
    from synthetic_data import package
    from synthetic_data import scenario as scenarios
    from synthetic_data.generate import in_pieces

    settings = scenarios.load(scenario)
    settings["world"]["posts_per_account"] = POSTS
    begun = time.process_time()
    world = in_pieces(scenario, settings, 1, accounts)
    made = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        package.write(world, Path(folder) / "world")
        written = time.process_time()
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    rows = [len(world.tables[name]) for name in ("posts", "ties")]
    return [*rows, made - begun, written - made, size / 1e6]


def loop(weighted: bool) -> list:
    """Make the same fields with Faker, one by one; return what `make` returns."""
    from faker import Faker

    fakers = [Faker(locale, use_weighting=weighted) for locale in ("en_US", "es_MX")]
    for fake in fakers:
        fake.seed_instance(1)
    draw = random.Random(1)
    tiers, kinds = ["public", "registered", "friends", "private"], ["mention", "reply", "repost"]
    platforms = ["Tikkeron", "Ombrisol", "Convivara", "Susurrel"]
    begun = time.process_time()
    accounts, posts, ties = [], [], []
    for number in range(LOOP):
        fake = draw.choice(fakers)
        created = fake.date_time_between("-10y", "-1d").strftime("%Y-%m-%dT%H:%M:%SZ")
        bio, district = fake.sentence(nb_words=6), fake.city()
        row = [f"a-{number:06d}", draw.choice(platforms), fake.user_name(), fake.name(), bio]
        row += [draw.choice(["en", "es"]), created, draw.choice(tiers), district, "true"]
        accounts.append(row)
    for number in range(LOOP * POSTS):
        fake, writer = draw.choice(fakers), draw.choice(accounts)
        when = fake.date_time_between("-28d", "now").strftime("%Y-%m-%dT%H:%M:%SZ")
        tag = f"#{fake.word()}" if draw.random() < 0.34 else ""
        earlier = draw.choice(posts)[0] if posts and draw.random() < 0.25 else ""
        row = [f"p-{number:07d}", writer[0], writer[1], when, draw.choice(tiers)]
        row += [fake.sentence(nb_words=8), writer[5], tag, earlier, "", draw.randrange(50)]
        posts.append(row)
    for number in range(LOOP * 13):
        fake = draw.choice(fakers)
        when = fake.date_time_between("-10y", "now").strftime("%Y-%m-%dT%H:%M:%SZ")
        one, two = draw.choice(accounts)[0], draw.choice(accounts)[0]
        ties.append([f"t-{number:07d}", when, draw.choice(["follow", *kinds]), one, two, ""])
    made = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("accounts", accounts), ("posts", posts), ("ties", ties)):
            with (Path(folder) / name).open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, lineterminator="\n").writerows(sorted(rows, key=lambda r: r[3]))
        written = time.process_time()
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    return [len(posts), len(ties), made - begun, written - made, size / 1e6]


def measure(*words: str) -> list[float]:
    """Run this file for one row in a new process, and add its largest memory in gigabytes."""
    command = [sys.executable, __file__, "--row", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"error: the row {' '.join(words)} failed")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return [*map(float, output.split()), kilobytes / 1e6]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 20_000, 100_000])
    parser.add_argument("--scenario", default="village", help="which world (default: village)")
    parser.add_argument("--repeat", type=int, default=3, help="the fastest of so many runs counts")
    parser.add_argument("--row", nargs="+", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.row:
        kind, value = args.row
        print(*(loop(value == "weighted") if kind == "faker" else make(kind, int(value))))
        return
    rows = [(f"{args.scenario}, {size:,}", (args.scenario, str(size))) for size in args.sizes]
    rows += [(f"Faker loop, {w}, {LOOP:,}", ("faker", w)) for w in ("weighted", "unweighted")]
    best: dict[str, list[float]] = {}
    # The rows take turns, so that a busy moment of the machine does not hit one of them alone.
    for _ in range(args.repeat):
        for label, words in rows:
            found = measure(*words)
            if label not in best or sum(found[2:4]) < sum(best[label][2:4]):
                best[label] = found
    slow = [sum(best[label][2:4]) / best[label][0] for label, words in rows if words[0] == "faker"]
    print("| world, accounts | posts | ties | make, s | write, s | both, s | µs for a post", end="")
    print(" | CSV, MB | memory, GB | times faster: weighted | unweighted |")
    print("| --- " * 11 + "|")
    for label, words in rows:
        posts, ties, made, written, size, memory = best[label]
        each = (made + written) / posts
        ratios = ["", ""] if words[0] == "faker" else [f"{faker / each:.0f}" for faker in slow]
        print(
            f"| {label} | {posts:,.0f} | {ties:,.0f} | {made:.2f} | {written:.2f} "
            f"| {made + written:.2f} | {each * 1e6:.1f} | {size:.1f} | {memory:.2f} "
            f"| {ratios[0]} | {ratios[1]} |"
        )


if __name__ == "__main__":
    main()
