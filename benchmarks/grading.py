"""How many submissions a minute? `python benchmarks/grading.py` prints the table.

The same 24 solved labs, each with a line of its own in every answer, go through three hands on the
same machine, one after the other, as often as asked:

- `nbgrader autograde` as it comes: one notebook after the other, a new kernel each, checks and
  truth in that kernel, no isolation. It reads its world from files; so it need not make one.
- ours: isolated, scored outside, results written. It runs each notebook on every world that the
  lab's questions ask for, twice as often as nbgrader or more.
- `socmint class grade`: the same, and all of it entered in nbgrader's gradebook. As for nbgrader,
  the lab was put into the gradebook when it was released.
- the same command once more, with nothing new.
- the floor: what the cells of the same runs take by themselves, in a warm Python without a
  sandbox, one after the other on one core; divided by the number of cores. Each run reads its world
  and draws its figures. Ours reads a world of the whole class once, and paints the figures of the
  one run that is looked at, so it can be below.

Times are wall-clock seconds of whole commands, start-up included.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lab", default="first_steps")
    parser.add_argument("--submissions", type=int, default=24)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--without-nbgrader", action="store_true")
    args = parser.parse_args()

    rows: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        books = notebooks(args.lab, args.submissions)
        group = release(scratch / "class", args.lab, books)
        if not args.without_nbgrader:
            course = nbgrader_course(scratch / "nbgrader", args.lab, books)
        for _ in range(args.repeat):  # in turn, so that a busy machine is busy for all
            rows.setdefault("floor", []).append(floor(group, args.lab, books))
            rows.setdefault("ours", []).append(ours(group, args.lab, OURS))
            rows.setdefault("books", []).append(ours(group, args.lab, BOOKS))
            rows.setdefault("again", []).append(ours(group, args.lab, BOOKS, anew=False))
            if not args.without_nbgrader:
                rows.setdefault("nbgrader", []).append(theirs(course, args.lab))
            print({name: round(found[-1], 1) for name, found in rows.items()}, file=sys.stderr)
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    runs = worlds_of(args.lab)
    print(
        f"{args.submissions} submissions of {args.lab}, {runs} runs each for us, 1 for nbgrader; "
        f"{cores} cores, load at the end {load:.1f}; median of {args.repeat}\n"
    )
    seconds = {name: statistics.median(found) for name, found in rows.items()}
    print("| | seconds | least to most | submissions a minute | times the floor |")
    print("| --- | --- | --- | --- | --- |")
    titles = {
        "nbgrader": "`nbgrader autograde`, nothing isolated",
        "ours": "ours, isolated: run and scored",
        "books": "`socmint class grade`: and entered in the gradebook",
        "again": "`socmint class grade` once more, nothing new",
        "floor": f"floor: the cells alone, on {cores} cores",
    }
    for name in [name for name in titles if name in seconds]:
        taken = seconds[name]
        print(
            f"| {titles[name]} | {taken:.1f} | {min(rows[name]):.1f} to {max(rows[name]):.1f} | "
            f"{60 * args.submissions / taken:.0f} | {taken / seconds['floor']:.2f} |"
        )
    if "nbgrader" in seconds:
        for name in ("ours", "books"):
            ratios = [b / a for a, b in zip(rows[name], rows["nbgrader"], strict=True)]
            print(
                f"\nSubmissions a minute, {titles[name]}, to nbgrader's: "
                f"{statistics.median(ratios):.1f} times ({min(ratios):.1f} to {max(ratios):.1f})."
            )


def notebooks(lab: str, count: int) -> dict[str, bytes]:
    """Return solved labs, none equal to another."""
    from socmint.grading import demo
    from socmint.grading.rebuild import fill

    return {
        learner: json.dumps(
            fill(
                demo.template(lab),
                {n: f"# {learner}\n{s}" for n, s in demo.solutions(lab).items()},
            ),
            indent=1,
        ).encode()
        for learner in (f"s{n:02}" for n in range(1, count + 1))
    }


def worlds_of(lab: str) -> int:
    """Return on how many worlds each submission is run."""
    from socmint.grading import score

    return len(score.places_of(b"", "anybody", lab))


def release(folder: Path, lab: str, books: dict[str, bytes]):
    """Make a class whose packs are handed out and whose notebooks are handed in."""
    from socmint.grading import books as gradebook
    from socmint.grading import classroom
    from socmint.grading.collect import collect

    roster = folder.with_suffix(".csv")
    roster.write_text("id,name\n" + "".join(f"{n},{n}\n" for n in books), encoding="utf-8")
    group = classroom.init(folder, roster)
    classroom.release(group, lab)
    gradebook.prepare(group, lab)
    shutil.copytree(folder / "books", folder / "released" / "books")
    shutil.copy(folder / "gradebook.db", folder / "released")
    inbox = folder.with_name("inbox")
    for learner, data in books.items():
        classroom.store(inbox / f"{learner}.ipynb", data)
    collect(group, lab, [inbox])
    return group


OURS = (
    "import sys, pathlib\nfrom socmint.grading import classroom\n"
    "if __name__ == '__main__':\n"
    "    classroom.grade(classroom.open_class(pathlib.Path(sys.argv[2])), sys.argv[1])"
)
BOOKS = (
    "import sys\nfrom socmint.__main__ import main\n"
    "if __name__ == '__main__':\n"
    "    sys.exit(main(['class', 'grade', sys.argv[1], '--class', sys.argv[2]]))"
)


def ours(group, lab: str, code: str, anew: bool = True) -> float:
    """Return how long grading takes as a command of its own, all of it anew or nothing new."""
    for room in ("results", "shown", "books", "marked") if anew else ():
        shutil.rmtree(group.folder / room, ignore_errors=True)
    if anew:  # as after the release
        (group.folder / "gradebook.copy.db").unlink(missing_ok=True)
        shutil.copytree(group.folder / "released", group.folder, dirs_exist_ok=True)
    started = time.perf_counter()
    _run([sys.executable, "-c", code, lab, str(group.folder)], ROOT, {})
    taken = time.perf_counter() - started
    results = [json.loads(p.read_bytes()) for p in group.path("results", lab).glob("*.json")]
    wrong = [r["learner"] for r in results if r.get("auto") != r.get("points")]
    if wrong or len(results) != len(group.learners):
        raise SystemExit(f"not all points for {wrong} of {len(results)}")
    return taken


def floor(group, lab: str, books: dict[str, bytes]) -> float:
    """Return what the cells take by themselves, divided by the number of cores."""
    from socmint.grading import score
    from socmint.grading.sandbox import Limits, Sandbox

    seconds = 0.0
    with Sandbox(group.path("worlds", lab), isolated=False) as plain:
        for learner, data in books.items():
            todo = score.plan(data, lab, learner, group.secret)
            form = score.form_of(lab)
            for _, where in todo.places:
                sources = [source for _, source in todo.cells]
                run = plain.run(where.name, sources, form, Limits(), show=True)
                seconds += sum(cell.seconds for cell in run.cells)
    return seconds / (os.cpu_count() or 1)


def nbgrader_course(folder: Path, lab: str, books: dict[str, bytes]) -> Path:
    """Make a course for nbgrader: the same lab, released, and the same notebooks handed in."""
    (folder / "source" / lab).mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / lab / f"{lab}.ipynb", folder / "source" / lab)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n"
        "c.ClearSolutions.code_stub = {'python': '...'}\n"
        "c.ExecutePreprocessor.timeout = 120\n",
        encoding="utf-8",
    )
    for learner, data in books.items():
        place = folder / "submitted" / learner / lab
        place.mkdir(parents=True)
        (place / f"{lab}.ipynb").write_bytes(data)
    from socmint.course import load
    from synthetic_data import generate

    settings = load().find(lab).world
    world = generate(settings["scenario"], seed=1, accounts=settings["accounts"])
    world.write(folder / "world")
    _run(["nbgrader", "generate_assignment", lab, "--quiet"], folder, {})
    return folder


def theirs(course: Path, lab: str) -> float:
    """Return how long `nbgrader autograde` takes."""
    shutil.rmtree(course / "autograded", ignore_errors=True)
    started = time.perf_counter()
    world = {"SOCMINT_WORLD": str(course / "world"), "PYTHONPATH": str(ROOT)}
    _run(["nbgrader", "autograde", lab, "--force", "--log-level=ERROR"], course, world)
    return time.perf_counter() - started


def _run(command: list[str], folder: Path, more: dict[str, str]) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": path, "SOCMINT_CASEBOOK": str(folder / "casebook")} | more
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")


if __name__ == "__main__":
    main()
