"""`socmint world`: make, describe and verify worlds, check the frozen pools."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from socmint.errors import CourseError

MOST_WORKERS = 256  # each is a Python process of its own


def register(subparsers) -> None:
    """Add the command `world` and its own commands to an argparse parser."""
    parser = subparsers.add_parser(
        "world", help="make, describe and verify invented worlds", description="Invented worlds."
    )
    commands = parser.add_subparsers(dest="world_command", metavar="COMMAND", required=True)

    new = commands.add_parser(
        "new",
        help="make a world and write it into a folder",
        description="Make a world and write it. The same scenario, seed and size give the same "
        "bytes. Nothing is left behind when it stops half-way.",
        epilog="example: socmint world new --scenario village --seed 7 --out my-world",
    )
    new.add_argument(
        "--scenario",
        default="harbour",
        help="which world, or a scenario file of your own, my_town.toml (default: harbour)",
    )
    new.add_argument("--seed", type=int, default=1, help="same number, same world (default: 1)")
    new.add_argument("--accounts", type=int, help="size (default: that of the scenario)")
    new.add_argument("--out", type=Path, required=True, help="folder that does not exist yet")
    new.add_argument("--no-truth", action="store_true", help="leave the truth out")
    new.add_argument(
        "--format",
        choices=["csv", "sqlite", "parquet"],
        default="csv",
        help="csv: a folder, the canonical form; sqlite: one file that --out names; parquet: a "
        "folder for tools that read columns (needs pyarrow)",
    )
    new.add_argument(
        "--scheduler", help="have Dask make the texts: local, or the address of a scheduler"
    )
    new.add_argument("--workers", type=int, help="how many local processes (needs Dask)")
    new.set_defaults(handler=_new)

    verify = commands.add_parser(
        "verify",
        help="check every file of a world folder",
        description="Compare every file with the SHA-256 that the folder lists. Exit code 0: it is "
        "whole; 2: it is not, and one sentence says where.",
        epilog="example: socmint world verify my-world",
    )
    verify.add_argument("folder", type=Path, help="a world folder, as CSV files")
    verify.set_defaults(handler=_verify)

    describe = commands.add_parser(
        "describe",
        help="say what a world or a scenario holds",
        description="Say what a world folder holds, or what a scenario plants.",
        epilog="example: socmint world describe my-world --truth",
    )
    what = describe.add_mutually_exclusive_group()
    what.add_argument("folder", type=Path, nargs="?", help="a world folder")
    what.add_argument(
        "--scenario", help="a scenario or a file; all scenarios when nothing is given"
    )
    describe.add_argument("--truth", action="store_true", help="tell the planted facts, too")
    describe.set_defaults(handler=_describe)

    report = commands.add_parser(
        "report",
        help="write a page: targets beside measured values",
        description="Write a page for instructors: what a world measures beside what studies of "
        "real platforms and of covert networks found.",
        epilog="example: socmint world report my-world --out report.html",
    )
    report.add_argument("folder", type=Path, nargs="?", help="a world folder; else one is made")
    report.add_argument("--scenario", help="a scenario or a file (default: harbour)")
    report.add_argument("--seed", type=int, default=1, help="its seed (default: 1)")
    report.add_argument("--accounts", type=int, help="its size (default: that of the scenario)")
    report.add_argument("--out", type=Path, required=True, help="HTML file that does not exist yet")
    report.set_defaults(handler=_report)

    dictionary = commands.add_parser(
        "dictionary",
        help="write docs/data_dictionary.md",
        description="Write docs/data_dictionary.md from the schemas, after a change of a table.",
    )
    dictionary.set_defaults(handler=_dictionary)

    pools = commands.add_parser(
        "pools",
        help="check the frozen word pools",
        description="Compare the frozen pools of names and words with the SHA-256 in their list.",
    )
    pools.add_argument(
        "--rebuild", action="store_true", help="compare with a fresh build, too (needs faker)"
    )
    pools.set_defaults(handler=_pools)


def _new(args: argparse.Namespace) -> int:
    from contextlib import nullcontext

    from synthetic_data import WorldError, cluster, database, generate, package, parquet, scenario
    from synthetic_data.generate import in_pieces

    truth = not args.no_truth
    if args.workers is not None and (
        not 1 <= args.workers <= MOST_WORKERS or args.scheduler not in (None, "local")
    ):
        raise CourseError(f"--workers is a number of local processes, 1 to {MOST_WORKERS}")
    if args.scheduler == "":
        raise CourseError("--scheduler is local, or an address such as tcp://lab-server:8786")
    spread = args.scheduler or ("local" if args.workers else None)
    if spread and args.format == "sqlite":
        raise CourseError("--scheduler and --workers do not go with --format sqlite")
    try:
        if args.format == "sqlite":
            package.unused(args.out)  # better said before the work than after it
            with _stoppable():
                world = generate(args.scenario, args.seed, args.accounts, _bar)
                _bar(1.0, "writing")
                folder = database.write(world, args.out, truth)
        else:
            package.free(args.out)
            if args.format == "parquet":
                parquet.check()
            settings = scenario.load(args.scenario)
            size = settings["world"]["accounts"] if args.accounts is None else args.accounts
            helpers = cluster.workers(spread, args.workers) if spread else nullcontext(map)
            with _stoppable(), helpers as run:
                name = scenario.called(args.scenario)
                world = in_pieces(name, settings, args.seed, size, _bar)
                folder = package.write(world, args.out, truth, args.format, run, _bar)
    except WorldError as error:
        raise CourseError(str(error)) from error
    finally:
        _clear()
    size = {name: f"{len(table):,}" for name, table in world.tables.items()}
    print(
        f"{folder}: {size['accounts']} accounts, {size['posts']} posts, {size['ties']} ties, "
        f"seed {args.seed}, {'without' if args.no_truth else 'with'} truth"
    )
    if "baseline_precision" in world.meta:
        known = world.meta
        print(
            f"by structure alone: precision {known['baseline_precision']:.2f}, "
            f"area under the curve {known['baseline_auc']:.2f}, "
            f"best community F1 {known['baseline_louvain_f1']:.2f}"
        )
    return 0


def _report(args: argparse.Namespace) -> int:
    from socmint import world_report

    try:
        return world_report.run(args, _bar)
    finally:
        _clear()


def _verify(args: argparse.Namespace) -> int:
    from synthetic_data import WorldError, package

    try:
        world = package.read(args.folder, _bar)
    except WorldError as error:
        raise CourseError(str(error)) from error
    finally:
        _clear()
    truth = "with" if world.truth else "without"
    print(
        f"{args.folder} is whole: {world.meta['scenario']}, seed {world.meta['seed']}, "
        f"{world.meta['accounts']:,} accounts, {truth} truth"
    )
    extra = _extra(args.folder)
    if extra:
        more = f" and {len(extra) - 10:,} more" if len(extra) > 10 else ""
        names = ", ".join(extra[:10])
        print(f"warning: not part of this world, not checked: {names}{more}", file=sys.stderr)
    return 0


def _extra(folder: Path) -> list[str]:
    """Return the files of a whole world folder that its descriptors do not list."""
    known = {folder / "README.md"}  # as in many data packages
    for part in (folder, folder / "truth"):
        path = part / "datapackage.json"
        if path.is_file():
            package = json.loads(path.read_text(encoding="utf-8"))
            known |= {path, *(part / entry["path"] for entry in package["resources"])}
    found = sorted(path for path in folder.rglob("*") if path not in known and not path.is_dir())
    return [path.relative_to(folder).as_posix() for path in found]


def _describe(args: argparse.Namespace) -> int:
    from synthetic_data import World, WorldError, describe, scenario

    try:
        if args.folder:
            text = describe.world(World.read(args.folder), args.truth)
        elif args.truth:
            raise CourseError("--truth needs a world folder: socmint world describe FOLDER --truth")
        else:
            names = scenario.names() if args.scenario is None else [args.scenario]
            text = "\n".join(describe.scenario(name) for name in names)
    except WorldError as error:
        raise CourseError(str(error)) from error
    print(text, end="")
    return 0


def _dictionary(args: argparse.Namespace) -> int:
    from synthetic_data import describe

    path = Path(__file__).parent.parent / "docs" / "data_dictionary.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(describe.dictionary(), encoding="utf-8", newline="\n")
    print(f"{path.name} is written")
    return 0


def _pools(args: argparse.Namespace) -> int:
    from synthetic_data import WorldError, pools

    try:
        manifest = pools.check()
    except WorldError as error:
        raise CourseError(str(error)) from error
    if args.rebuild:
        try:
            from synthetic_data import pool_builder
        except ImportError as error:
            raise CourseError("the rebuild needs faker; install the package faker") from error
        for name, data in pool_builder.build().items():
            if (pools.FOLDER / name).read_bytes() != data:
                raise CourseError(
                    f"pools/{name} is not what faker {pool_builder.VERSION} builds; "
                    f"the pools were made with faker {manifest['faker']}"
                )
    print(f"pools are as their manifest says (faker {manifest['faker']})")
    return 0


@contextmanager
def _stoppable() -> Iterator[None]:
    """Take a signal that ends programs as Ctrl-C, so that what was begun is removed."""

    def stop(number, frame):
        raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():  # no other may say this
        for name in ("SIGTERM", "SIGHUP"):  # a closed terminal; Windows does not know it
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _bar(share: float, label: str) -> None:
    """Draw a progress bar on stderr, only where somebody is looking."""
    if sys.stderr.isatty():
        full = round(share * 30)
        bar = "#" * full + "." * (30 - full)
        print(f"\r[{bar}] {share:4.0%} {label[:10]:<10}", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    """Remove the bar."""
    if sys.stderr.isatty():
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
