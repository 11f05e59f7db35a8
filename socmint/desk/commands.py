"""`socmint desk`: verify a ledger, write its report, turn it into a table."""

import argparse
from pathlib import Path

from socmint.errors import CourseError


def register(subparsers) -> None:
    """Add the command `desk` and its own commands to an argparse parser."""
    parser = subparsers.add_parser(
        "desk", help="verify and report the ledger of a case", description="Ledgers of the desk."
    )
    commands = parser.add_subparsers(dest="desk_command", metavar="COMMAND", required=True)

    verify = commands.add_parser("verify", help="check that a ledger was not changed")
    verify.add_argument("ledger", type=Path, help="a .jsonl file of a casebook")
    verify.set_defaults(handler=_verify)

    report = commands.add_parser("report", help="write the oversight report as a page")
    report.add_argument("ledger", type=Path, help="a .jsonl file of a casebook")
    report.add_argument("--out", type=Path, required=True, help="HTML file that does not exist yet")
    report.add_argument(
        "--audit", action="store_true", help="compare with the sealed truth (for instructors)"
    )
    report.set_defaults(handler=_report)

    table = commands.add_parser("csv", help="write the ledger as a table for a spreadsheet")
    table.add_argument("ledger", type=Path, help="a .jsonl file of a casebook")
    table.add_argument("--out", type=Path, required=True, help="CSV file that does not exist yet")
    table.set_defaults(handler=_csv)


def _open(path: Path):
    from socmint.desk.ledger import Ledger

    if not path.is_file():
        raise CourseError(f"There is no ledger {path}. Ledgers lie in the folder casebook.")
    ledger = Ledger(path)
    if not ledger.lines or "case" not in ledger.lines[0]:
        raise CourseError(f"{path} is no ledger of a case: its first line does not open one.")
    return ledger


def _verify(args: argparse.Namespace) -> int:
    ledger = _open(args.ledger)
    torn = " An unfinished last line was dropped." if ledger.dropped else ""
    print(f"{args.ledger}: {len(ledger.lines)} lines, none was changed.{torn}")
    print(f"Last hash: {ledger.last_hash}")
    return 0


def _report(args: argparse.Namespace) -> int:
    from socmint.desk import report
    from socmint.desk.audit import audit
    from socmint.desk.profile import load_profile
    from synthetic_data import WorldError, generate

    lines = _open(args.ledger).lines
    found = None
    if args.audit:
        case = lines[0]["case"]
        try:
            world = generate(case["scenario"], case["seed"], case["accounts"])
        except WorldError as error:
            raise CourseError(str(error)) from None
        found = audit(lines, world, load_profile(lines[0]["profile"]))
    _write(args.out, report.page(lines, found))
    return 0


def _csv(args: argparse.Namespace) -> int:
    _write(args.out, _open(args.ledger).csv())
    return 0


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise CourseError(f"{path} exists already; choose a file that does not exist yet") from None
    except OSError as error:
        raise CourseError(f"cannot write {path}: {error.strerror}") from None
    print(f"{path} is written")
