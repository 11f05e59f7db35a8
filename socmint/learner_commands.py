"""Commands for learners: `socmint progress` and `socmint find`."""

import argparse
from pathlib import Path


def register(commands) -> None:
    """Add the commands to the subparsers of `socmint`."""
    progress = commands.add_parser("progress", help="show, take along or remove what you have done")
    progress.set_defaults(handler=_show)
    verbs = progress.add_subparsers(dest="verb", metavar="VERB")
    verbs.add_parser("show", help="where you are, and where that is kept").set_defaults(
        handler=_show
    )
    export = verbs.add_parser("export", help="write your progress into one file")
    export.add_argument("--out", type=Path, default=Path("my-progress.jsonl"), metavar="FILE")
    export.set_defaults(handler=_export)
    bring = verbs.add_parser("import", help="add the progress that such a file holds")
    bring.add_argument("file", type=Path)
    bring.set_defaults(handler=_import)
    reset = verbs.add_parser("reset", help="remove your progress for good; notebooks stay")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    reset.set_defaults(handler=_reset)
    find = commands.add_parser("find", help="find a topic in the course")
    find.add_argument("words", nargs="+")
    find.set_defaults(handler=_find)


def _show(args: argparse.Namespace) -> int:
    from socmint import homepage, progress

    print(homepage.text(homepage.standing()))
    count = len(progress.events())
    print(f"\nKept in {progress.path()}: {_notes(count)}. Nothing leaves this computer.")
    return 0


def _notes(count: int) -> str:
    return f"{count} note{'' if count == 1 else 's'}"


def _export(args: argparse.Namespace) -> int:
    from socmint import progress

    count = progress.export(args.out)
    print(
        f"Wrote {_notes(count)} to {args.out}. Hand it in, or take it to another computer and run "
        f"there: socmint progress import {args.out.name}"
    )
    return 0


def _import(args: argparse.Namespace) -> int:
    from socmint import progress

    count = progress.merge(args.file)
    print(f"Added {_notes(count)} from {args.file}. What was here before stays.")
    return 0


def _reset(args: argparse.Namespace) -> int:
    from socmint import progress

    count = len(progress.events())
    if not args.yes:
        print(
            f"This removes {_notes(count)} in {progress.path()} for good. Your notebooks and the "
            "desk's ledgers stay. To keep a copy, run first: socmint progress export"
        )
        if input("Type reset to go on: ").strip() != "reset":
            print("Nothing was removed.")
            return 1
    print(f"Removed {_notes(progress.reset())}.")
    return 0


def _find(args: argparse.Namespace) -> int:
    from socmint.topics import find

    found = find(" ".join(args.words))
    print(found)
    return 0 if found.entries else 1
