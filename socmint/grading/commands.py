"""The commands of an instructor: `socmint class init|release|collect|grade|…`."""

import argparse
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from socmint.errors import CourseError


def register(subparsers: argparse._SubParsersAction) -> None:
    """Add the command `class` and its own commands to `socmint`."""
    parser = subparsers.add_parser(
        "class",
        help="hand out labs to a class, take them in, grade them",
        description="Hand out labs to a class, take them in, grade them. The commands stand in the "
        "order of the work; docs/instructor_guide.md goes through them with pictures.",
    )
    commands = parser.add_subparsers(dest="class_command", metavar="COMMAND", required=True)

    def add(name: str, handler, text: str, lab: bool = True) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        if lab:
            one.add_argument("lab", metavar="LAB", help="a lab, such as first_steps")
            one.add_argument(
                "--class",
                dest="folder",
                type=Path,
                default=Path(),
                metavar="FOLDER",
                help="the class folder (default: here)",
            )
        one.set_defaults(handler=handler)
        return one

    init = add("init", _init, "make a class folder from a roster (id,name,email)", lab=False)
    init.add_argument("folder", type=Path, metavar="FOLDER", help="is made, such as spring")
    init.add_argument(
        "--roster", type=Path, required=True, help="a CSV file with the first line id,name,email"
    )
    add("release", _release, "make a pack for each learner: the lab and a world of its own")
    collect = add("collect", _collect, "take in notebooks, folders, zips, platform downloads")
    collect.add_argument(
        "sources",
        nargs="+",
        type=Path,
        metavar="SOURCE",
        help="a zip file, a folder or a notebook that came back",
    )
    collect.add_argument(
        "--due",
        help="such as 2026-11-30T18:00, local time; later ones are named and taken all the same; "
        "it is kept for the next time",
    )
    grade = add("grade", _grade, "run what was handed in, isolated, and score the answers")
    grade.add_argument("--trust-submissions", action="store_true", help="run without isolation")
    grade.add_argument("--workers", type=int, help="how many at a time (default: all cores)")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="run them on a Dask cluster")
    grade.add_argument("--again", action="store_true", help="grade what is unchanged, too")
    grade.add_argument(
        "--only",
        metavar="LEARNER",
        help="grade one learner and leave the gradebook as it is (for formgrader's own button)",
    )
    desk = add("open", _open, "open JupyterLab with formgrader, to mark by hand", lab=False)
    desk.add_argument("folder", type=Path, metavar="FOLDER", nargs="?", default=Path())
    desk.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    desk.add_argument("--port", type=int, help="where JupyterLab listens")
    report = add("report", _report, "write a page on a lab: scores, questions, mistakes, signs")
    report.add_argument("--out", type=Path, help="an HTML file (default: in the class folder)")
    add("feedback", _feedback, "make a page for each learner, to hand back")
    export = add("export", _export, "write the results as a table")
    export.add_argument("--out", type=Path, required=True, help="a CSV file")
    export.add_argument(
        "--form",
        default="plain",
        choices=("plain", "moodle", "worksheet", "canvas"),
        help="what Moodle's gradebook, a Moodle assignment or Canvas import; plain (default): all "
        "questions and findings",
    )
    export.add_argument("--column", help="how the platform calls the lab (default: the topic)")
    demo = add("demo", _demo, "all of it with an invented class of 24", lab=False)
    demo.add_argument("folder", type=Path, metavar="FOLDER", help="does not exist yet")


# The handlers import late, so that `socmint --help` answers at once.


def _init(args: argparse.Namespace) -> int:
    from socmint.grading import classroom

    group = classroom.init(args.folder, args.roster)
    print(
        f"{args.folder} is a class of {len(group.learners)}. Keep a copy of {args.folder}/secret: "
        "without it, no world can be made again.\n"
        f"Labs: {', '.join(_labs())}.\n"
        f"Next: socmint class release LAB --class {_word(args.folder)}"
    )
    return 0


def _release(args: argparse.Namespace) -> int:
    from socmint.grading import books, classroom

    _lab(args.lab)
    group = classroom.open_class(args.folder)
    packs = classroom.release(group, args.lab, _bar)
    _clear()
    books.prepare(group, args.lab)
    print(
        f"{len(packs)} packs in {packs[0].parent}. Hand each to the learner whose id it names.\n"
        f"When they come back: socmint class collect {args.lab} DOWNLOAD.zip "
        f"--class {_word(args.folder)}"
    )
    return 0


def _collect(args: argparse.Namespace) -> int:
    from datetime import datetime

    from socmint.grading import books, classroom
    from socmint.grading.collect import collect

    try:
        due = datetime.fromisoformat(args.due) if args.due else None
    except ValueError:
        raise CourseError(f"--due is {args.due!r}. Write it like 2026-11-30T18:00.") from None
    if due and due.tzinfo:
        raise CourseError("--due is local time. Leave the time zone out.")
    group = classroom.open_class(args.folder)
    _lab(args.lab)
    if not any(group.path(room, args.lab).exists() for room in ("packs", "worlds")):
        raise CourseError(
            f"{args.lab} was not released to this class. Look at the name of the lab, or run: "
            f"socmint class release {args.lab} --class {_word(args.folder)}"
        )
    if due:
        classroom.due_of(group, args.lab, due)
        books.note_due(group, args.lab)
    due = classroom.due_of(group, args.lab)
    report = collect(group, args.lab, args.sources, due)
    here = len(group.learners) - len(report.missing)
    print(f"{len(report.taken)} taken in. {here} of {len(group.learners)} learners have handed in.")
    missing = [
        f"{name} (no notebook, but {report.instead[name]})" if name in report.instead else name
        for name in report.missing
    ]
    for title, names in (
        (f"late, after {due:%Y-%m-%d %H:%M}" if due else "late", _pairs(report.late)),
        ("more than one, newest taken", _pairs(report.twice)),
        ("missing", missing),
        ("cannot be read, ask for it again", _pairs(report.unreadable)),
        ("older than what is here, left out", _pairs(report.older)),
        ("of another lab, left out", report.other_lab),
        ("in the pack of somebody else, taken all the same", _pairs(report.other_pack)),
        ("without the log of their desk", report.no_ledger),
        ("refused", report.refused),
        ("of nobody on the roster", report.unknown),
    ):
        if names:
            print(_line(f"{title}: {', '.join(names)}"))
    if report.unknown:
        print(f"Name a file after its learner ({args.lab}_ID.ipynb), and collect it once more.")
    if report.taken:
        print(f"Next: socmint class grade {args.lab} --class {_word(args.folder)}")
    return 1 if report.refused or report.unknown or report.other_lab else 0


def _word(path: Path) -> str:
    """Return a path as one word of a command, to be copied."""
    return shlex.quote(str(path))


def _line(text: object) -> str:
    """Return a text in one line that does nothing to the terminal: file names are a learner's."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in str(text))


def _pairs(said: dict) -> list[str]:
    return [f"{name} ({what})" for name, what in said.items()]


def _grade(args: argparse.Namespace) -> int:
    import gc

    from socmint.grading import books, classroom

    if args.workers is not None and args.workers < 1:
        raise CourseError("--workers is 1 or more.")
    if args.trust_submissions:
        print("Submissions run with all that you may do on this computer.", file=sys.stderr)
    _lab(args.lab)
    group = classroom.open_class(args.folder)
    with _go_on(), books.Books(group, args.lab) as entry:

        def enter(share: float, learner: str) -> None:
            _bar(share, learner)
            if args.only is None:
                entry.take(learner)  # while other notebooks run

        def load() -> None:
            if args.only is None:
                entry.open()
            gc.freeze()  # all this stays: to look through it for garbage again takes its time

        results = classroom.grade(
            group,
            args.lab,
            trust=args.trust_submissions,
            workers=args.workers,
            again=args.again,
            only=args.only,
            scheduler=args.scheduler,
            tell=enter,
            meanwhile=load,
        )
        _clear()
        _show(group, results)
        if args.only is None:
            for number, learner in enumerate(group.learners, start=1):
                entry.take(learner.id)
                _bar(number / len(group.learners), "gradebook")
            _clear()
            _say(entry.finish())
    if all(result["status"] == "missing" for result in results.values()):
        print(
            "Nothing was handed in yet. Run: "
            f"socmint class collect {args.lab} DOWNLOAD.zip --class {_word(args.folder)}"
        )
    elif args.only is None:
        _what_next(args.lab, args.folder, results)
    return 1 if any(result["status"] == "failed" for result in results.values()) else 0


def _export(args: argparse.Namespace) -> int:
    from socmint.grading import classroom
    from socmint.grading.export import export

    _lab(args.lab)
    empty = export(
        classroom.open_class(args.folder), args.lab, args.out, args.form, args.column, _say
    )
    print(f"{args.out} is written.")
    if empty:
        print(f"Without a score in it: {', '.join(_pairs(empty))}")
    return 0


def _say(report) -> None:
    for sentence in report.told:
        print(sentence, file=sys.stderr)
    for learner, why in report.refused.items():
        print(_line(f"{learner} is not in the gradebook: {why}"), file=sys.stderr)


def _feedback(args: argparse.Namespace) -> int:
    from socmint.grading import classroom, feedback

    _lab(args.lab)
    report = feedback.write(classroom.open_class(args.folder), args.lab, _bar)
    _clear()
    _say(report.entered)
    print(f"{len(report.pages)} pages in {report.folder}.")
    without = [f"{name} ({why})" for name, why in report.without.items()]
    for title, names in (
        ("with a mark that is still open", report.waiting),
        ("without a page", without),
        ("not in moodle.zip, because not downloaded from Moodle", report.outside_moodle),
    ):
        if names:
            print(f"{title}: {', '.join(names)}")
    return 0


def _open(args: argparse.Namespace) -> int:
    from socmint.grading import books, classroom

    return books.open_lab(classroom.open_class(args.folder), args.port, not args.no_browser)


def _report(args: argparse.Namespace) -> int:
    from socmint.grading import classroom, report

    _lab(args.lab)
    group = classroom.open_class(args.folder)
    out = report.write(group, args.lab, args.out or group.path("reports", f"{args.lab}.html"))
    print(
        f"{out} is written: open it in a browser. It holds names and code of learners: keep it to "
        "yourself."
    )
    return 0


def _demo(args: argparse.Namespace) -> int:
    import csv
    import tempfile
    import time

    from socmint.grading import classroom, demo, export, feedback, report
    from socmint.grading.collect import collect
    from socmint.grading.sandbox import Limits

    topic = "first_steps"
    if args.folder.exists():
        raise CourseError(f"{args.folder} exists. Name a folder that does not.")
    made = demo.submissions(topic)
    with tempfile.TemporaryDirectory() as scratch:
        roster = Path(scratch) / "roster.csv"
        with roster.open("w", newline="", encoding="utf-8") as file:
            rows = zip(made, demo.NAMES, strict=True)
            csv.writer(file).writerows([["id", "name"], *map(list, rows)])
        group = classroom.init(args.folder, roster)
        classroom.release(group, topic, _bar)
        inbox = Path(scratch) / "inbox"
        for learner, (_, notebook) in made.items():
            classroom.store(inbox / f"{topic}_{learner}.ipynb", notebook)
        collect(group, topic, [inbox])
    started = time.monotonic()
    limits = Limits(cell_seconds=5, seconds=30)
    results = classroom.grade(group, topic, tell=_bar, limits=limits)
    seconds = time.monotonic() - started
    _clear()
    _show(group, results, {learner: what for learner, (what, _) in made.items()})
    rate = 60 * len(results) / seconds
    print(f"{len(results)} submissions in {seconds:.0f} s, {rate:.0f} a minute")
    pages = feedback.write(group, topic, _bar)
    table = args.folder / f"{topic}.csv"
    export.export(group, topic, table)
    _clear()
    out = report.write(group, topic, group.path("reports", f"{topic}.html"))
    print(f"Pages to hand back: {pages.folder}. Table: {table}.")
    print(f"The report of the lab, for a browser: {out}")
    _demo_letters(group)
    return 0


def _demo_letters(group) -> None:
    """Let some of the class do a lab with a text that a person marks."""
    from socmint.grading import books, classroom, demo_letters, report

    topic = demo_letters.TOPIC
    print(f"\nSix of them do the lab {topic}, too. It ends with a letter.")
    made = demo_letters.hand_in(group)
    results = classroom.grade(group, topic, tell=_bar)
    _clear()
    _show(group, {learner: results[learner] for learner in made}, made)
    _say(books.enter(group, topic, _bar))
    out = report.write(group, topic, group.path("reports", f"{topic}.html"))
    _clear()
    print(f"Its report sets what was found against what it cost others: {out}")
    print(
        f"Mark the letters: socmint class open {_word(group.folder)}. There choose Nbgrader, "
        f"Formgrader, Manual Grading. Then: socmint class feedback {topic} "
        f"--class {_word(group.folder)}"
    )


def _show(group, results: dict[str, dict], notes: dict[str, str] | None = None) -> None:
    width = max(len(learner.id) for learner in group.learners)
    for learner in group.learners:
        if learner.id not in results:
            continue
        result = results[learner.id]
        score = result.get("auto")
        points = "-" if score is None else f"{score:g} of {result['points']:g}"
        words = [result["status"], *result.get("findings", [])[:2]]
        note = f"[{notes[learner.id]}] " if notes else ""
        print(_line(f"{learner.id:<{width}}  {points:>10}  {note}{'; '.join(words)}"))


@contextmanager
def _go_on() -> Iterator[None]:
    """Say after Ctrl-C that the same command goes on from there."""
    try:
        yield
    except KeyboardInterrupt:
        _clear()
        print("\nWhat is graded is kept. Run the same command to go on.", file=sys.stderr, end="")
        raise


def _what_next(lab: str, folder: Path, results: dict[str, dict]) -> None:
    if any(result["status"] in ("unreadable", "failed") for result in results.values()):
        print("Without points: ask for an unreadable file again; grade a failed one again.")
    if by_hand := max(result.get("manual", 0) for result in results.values()):
        print(f"These are the points of the checks. Up to {by_hand:g} more are yours to give.")
        print(f"Next, mark texts and figures: socmint class open {_word(folder)}")
    else:
        print(f"Next: socmint class feedback {lab} --class {_word(folder)}")


def _labs() -> list[str]:
    from socmint.course import load

    return [module.topic for module in load().modules if module.questions]


def _lab(topic: str) -> None:
    if topic not in _labs():
        raise CourseError(f"There is no lab called {topic!r}. There are: {', '.join(_labs())}.")


def _bar(share: float, label: str) -> None:
    """Draw a progress bar on stderr, only where somebody is looking."""
    if sys.stderr.isatty():
        full = round(share * 30)
        bar = "#" * full + "." * (30 - full)
        print(f"\r[{bar}] {share:4.0%} {label:<20}", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r" + " " * 70 + "\r", end="", file=sys.stderr)
