"""`socmint world`: make a world, verify a world folder, check the frozen pools."""

import argparse
import sys
from pathlib import Path

from socmint.errors import CourseError


def register(subparsers) -> None:
    """Add the command `world` and its own commands to an argparse parser."""
    parser = subparsers.add_parser(
        "world", help="make and verify invented worlds", description="Invented worlds."
    )
    commands = parser.add_subparsers(dest="world_command", metavar="COMMAND", required=True)

    new = commands.add_parser("new", help="make a world and write it into a folder")
    new.add_argument("--scenario", default="harbour", help="which world (default: harbour)")
    new.add_argument("--seed", type=int, default=1, help="same number, same world (default: 1)")
    new.add_argument("--accounts", type=int, help="size (default: that of the scenario)")
    new.add_argument("--out", type=Path, required=True, help="folder that does not exist yet")
    new.add_argument("--no-truth", action="store_true", help="leave the truth out")
    new.set_defaults(handler=_new)

    verify = commands.add_parser("verify", help="check every file of a world folder")
    verify.add_argument("folder", type=Path)
    verify.set_defaults(handler=_verify)

    pools = commands.add_parser("pools", help="check the frozen word pools")
    pools.add_argument(
        "--rebuild", action="store_true", help="compare with a fresh build, too (needs faker)"
    )
    pools.set_defaults(handler=_pools)


def _new(args: argparse.Namespace) -> int:
    from synthetic_data import WorldError, generate

    try:
        world = generate(args.scenario, args.seed, args.accounts, _bar)
        print("\rwriting the files" + " " * 40, end="\r", file=sys.stderr)
        folder = world.write(args.out, truth=not args.no_truth)
    except WorldError as error:
        raise CourseError(str(error)) from error
    finally:
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    size = {name: f"{len(table):,}" for name, table in world.tables.items()}
    print(
        f"{folder}: {size['accounts']} accounts, {size['posts']} posts, {size['ties']} ties, "
        f"seed {args.seed}, {'without' if args.no_truth else 'with'} truth"
    )
    return 0


def _verify(args: argparse.Namespace) -> int:
    from synthetic_data import World, WorldError

    try:
        world = World.read(args.folder)
    except WorldError as error:
        raise CourseError(str(error)) from error
    truth = "with" if world.truth else "without"
    print(
        f"{args.folder} is whole: {world.meta['scenario']}, seed {world.meta['seed']}, "
        f"{world.meta['accounts']:,} accounts, {truth} truth"
    )
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


def _bar(share: float, label: str) -> None:
    """Draw a progress bar on stderr, only where somebody is looking."""
    if sys.stderr.isatty():
        full = round(share * 30)
        bar = "#" * full + "." * (30 - full)
        print(f"\r[{bar}] {share:4.0%} {label:<10}", end="", file=sys.stderr, flush=True)
