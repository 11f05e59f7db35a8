"""How long does a call of the desk take? `python benchmarks/desk.py` prints the table.

A world is made once. Then calls of all kinds are made on it, one after the other, each with its
line in a ledger on disk. Times are wall-clock milliseconds of single calls; the first search is
told apart, because it prepares the texts.
"""

import argparse
import contextlib
import io
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

WORDS = ["harbour", "ferry", "quay", "market", "night", "shop", "cup", "storm", "tram", "bread"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--calls", type=int, default=10_000)
    args = parser.parse_args()

    from socmint.desk import Desk, load_profile
    from socmint.desk.desk import REFUSALS
    from synthetic_data import generate

    begun = time.perf_counter()
    world = generate("lantern", seed=1, accounts=args.accounts)
    made = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        desk = Desk(world, Path(folder) / "case.jsonl", load_profile())
        opened = time.perf_counter()
        desk.sign("Bench", {number: min(rules) for number, rules in REFUSALS.items()})
        desk.wait(14)
        accounts = world.tables["accounts"]["account_id"].tolist()
        begin = time.perf_counter()
        desk.search("harbour", ir="R1", limit=1)
        first = time.perf_counter() - begin
        times: dict[str, list[float]] = {}
        for number in range(args.calls):
            name = accounts[number * 7919 % len(accounts)]
            word = WORDS[number % len(WORDS)]
            kind, call = (
                ("view an account", lambda n=name: desk.view(n, ir="R1")),
                ("search, one word", lambda w=word: desk.search(w, ir="R1", limit=5)),
                ("view, refused", lambda n=name: desk.view(n, ir="R1", tier="friends")),
                ("request, refused", lambda n=name: desk.request({"requirement": "R1"})),
            )[number % 4]
            begin = time.perf_counter()
            call()
            times.setdefault(kind, []).append(time.perf_counter() - begin)
        begin = time.perf_counter()
        Desk(world, desk.ledger.path, load_profile())
        again = time.perf_counter() - begin
    print(f"World of {args.accounts:,} accounts made in {made - begun:.1f} s,", end="")
    print(
        f" desk opened in {opened - made:.2f} s, first search {first:.2f} s, {args.calls:,} calls."
    )
    print(f"Opened again with its {args.calls:,} lines in {again:.2f} s.\n")
    print("| call | median, ms | 95 of 100 under, ms |\n| --- | --- | --- |")
    for kind, found in [*times.items(), ("all", [t for f in times.values() for t in f])]:
        found = sorted(found)
        high = found[len(found) * 95 // 100]
        print(f"| {kind} | {statistics.median(found) * 1e3:.2f} | {high * 1e3:.2f} |")


if __name__ == "__main__":
    main()
