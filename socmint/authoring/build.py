"""Build notebooks/, solutions/ and labs/ from course/.

    course/*.py ──render──► notebooks/, solutions/ ──nbgrader──► labs/

The same sources give the same bytes on every computer. A stamp file remembers what was built
from what, so a build with nothing to do reads files and imports nothing heavy.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from socmint import course as contents
from socmint.authoring import source
from socmint.authoring.source import Problem, Unit
from socmint.course import Course
from socmint.errors import CourseError

GENERATED = ("notebooks", "solutions", "labs")
STAMP = ".cache/build.json"
CLUTTER = {".ipynb_checkpoints", ".virtual_documents", "__pycache__", ".DS_Store", "bag"}
"""What JupyterLab, Python, macOS and the learners of M05 leave. git and the build ignore it."""


def build(root: Path, topics: list[str] | None = None) -> int:
    """Build what is out of date and print a line for each notebook.

    A notebook that was changed by hand is built anew; the changed one is kept in .cache/replaced.

    Args:
        root: the course folder.
        topics: build only these (names from course.toml, or 'start_here').

    Returns:
        0, or 1 when a source has faults or a file without a source lies in a generated folder.

    Raises:
        CourseError: a topic is unknown, or nbgrader refuses a lab.
    """
    course = contents.load(root / "course" / "course.toml")
    stamp = _read_stamp(root)
    shared = _shared_inputs(root)
    problems = fresh = 0
    for unit in source.units(course, topics):
        inputs = _hash(shared, _bytes(root / unit.source))
        if _up_to_date(root, unit, stamp.get(unit.source), inputs):
            fresh += len(unit.products)
            continue
        made, faults = _make(root, course, unit)
        problems += _report(faults)
        if faults:
            continue
        last = stamp.get(unit.source, {}).get("products", {})
        for name, data in made.items():
            _replace(root, name, data, last.get(name))
            print(f"built {name}", flush=True)
        products = {name: _hash(data) for name, data in made.items()}
        stamp[unit.source] = {"inputs": inputs, "products": products}
        # Written after each unit: a build that is stopped goes on where it was.
        _write(root, STAMP, json.dumps(stamp, indent=1, sort_keys=True).encode())
    problems += _report(_remove_orphans(root, course, stamp))
    if fresh:
        print(f"{fresh} notebooks are up to date.")
    return 1 if problems else 0


def check(root: Path, topics: list[str] | None = None) -> int:
    """Build everything anew beside the course and compare bytes; name each difference.

    Returns:
        0 when the generated folders hold exactly what the sources give, else 1.
    """
    course = contents.load(root / "course" / "course.toml")
    _tool_versions()
    problems = 0
    for unit in source.units(course, topics):
        made, found = _make(root, course, unit)
        for name, data in made.items():
            faults = _differences(name, data, _bytes(root / name))
            found += faults
            if not faults:
                print(f"same {name}", flush=True)
        problems += _report(found)
    problems += _report(_extra(name) for name in _extras(root, course))
    if problems:
        print("The generated folders and course/ disagree. Run: socmint build")
    return 1 if problems else 0


def _report(problems: Iterable[Problem]) -> int:
    lines = [str(problem) for problem in problems]
    print("\n".join(lines), end="\n" if lines else "", flush=True)
    return len(lines)


def _make(root: Path, course: Course, unit: Unit) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the products of a unit (path to bytes), or the problems of its source."""
    cells, problems = source.read(root, unit)
    if problems:
        return {}, problems
    from socmint.authoring import render

    first = render.notebook(course, unit, cells).encode()
    if unit.kind != "lab":
        return {unit.products[0]: first}, []
    from socmint.authoring.release import release

    with tempfile.TemporaryDirectory() as folder:
        # resolve(): macOS and Windows give temporary folders a second name.
        work = Path(folder).resolve()
        _write(work, unit.products[0], first)
        release(root, work, unit.name)
        return {
            unit.products[0]: first,
            unit.products[1]: (work / unit.products[1]).read_bytes(),
        }, []


def _replace(root: Path, name: str, data: bytes, last: str | None) -> None:
    old = _bytes(root / name)
    if old not in (b"", data) and _hash(old) != last:
        kept = f".cache/replaced/{_hash(old)[:8]}_{Path(name).name}"
        _write(root, kept, old)
        print(f"{name} was not the last build's; the old file is kept as {kept}")
    if old != data:
        _write(root, name, data)


def _write(root: Path, name: str, data: bytes) -> None:
    """Write a file whole or not at all."""
    # The half-written file lies in .cache: a process killed here leaves nothing beside notebooks.
    for folder in (root / ".cache", (root / name).parent):
        folder.mkdir(parents=True, exist_ok=True)
    handle, half = tempfile.mkstemp(dir=root / ".cache", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(half).chmod(0o644)
        Path(half).replace(root / name)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def _extras(root: Path, course: Course) -> list[str]:
    """Return the files in the generated folders that no source makes."""
    expected = {name for unit in source.units(course) for name in unit.products}
    found = []
    for top in GENERATED:
        for path in sorted((root / top).rglob("*")):
            parts = path.relative_to(root).parts
            if path.is_file() and not CLUTTER & set(parts) and "/".join(parts) not in expected:
                found.append("/".join(parts))
    return found


def _extra(name: str) -> Problem:
    return Problem(name, 1, "No source makes this file. Move it to a folder of your own.")


def _remove_orphans(root: Path, course: Course, stamp: dict) -> list[Problem]:
    """Remove unchanged products of sources that are gone; report every other extra file."""
    gone = [name for name in stamp if name not in {u.source for u in source.units(course)}]
    ours = {}
    for name in gone:
        ours |= stamp.pop(name)["products"]
    problems = []
    for name in _extras(root, course):
        path = root / name
        if ours.get(name) != _hash(_bytes(path)):
            problems.append(_extra(name))
            continue
        path.unlink()
        if path.parent.parent != root and not any(path.parent.iterdir()):
            path.parent.rmdir()
        print(f"removed {name}: its source is gone")
    if gone:
        _write(root, STAMP, json.dumps(stamp, indent=1, sort_keys=True).encode())
    return problems


def _differences(name: str, expected: bytes, found: bytes) -> list[Problem]:
    if expected == found:
        return []
    if not found:
        return [Problem(name, 1, "This notebook is missing.")]
    try:
        here = json.loads(found)["cells"]
    except (ValueError, KeyError, TypeError):
        return [Problem(name, 1, "This file is not a notebook.")]
    there = json.loads(expected)["cells"]
    for number in range(max(len(here), len(there))):
        one = there[number] if number < len(there) else None
        other = here[number] if number < len(here) else None
        if one != other:
            label = (one or other).get("id", "no id")
            fault = "is missing" if other is None else "differs" if one else "has no source"
            return [Problem(name, _line_of(found, label), f"Cell {number + 1} ({label}) {fault}.")]
    return [Problem(name, 1, "The cells are equal; the text around them differs.")]


def _line_of(data: bytes, label: str) -> int:
    before, found, _ = data.partition(f'"id": "{label}"'.encode())
    return before.count(b"\n") + 1 if found else 1


def _shared_inputs(root: Path) -> str:
    """Hash everything but the sources that the products depend on."""
    files: Iterable[Path] = [
        root / "course" / "course.toml",
        root / "nbgrader_config.py",
        Path(contents.__file__),
        *sorted(Path(__file__).parent.glob("*.py")),
    ]
    return _hash(*map(_bytes, files), *_tool_versions())


def _tool_versions() -> list[str]:
    try:
        return [version(name) for name in ("jupytext", "nbformat", "nbconvert", "nbgrader")]
    except PackageNotFoundError as error:
        raise CourseError(
            f"{error.name} is not installed. python3 start.py test installs the tools of authors."
        ) from None


def _up_to_date(root: Path, unit: Unit, stamp: dict | None, inputs: str) -> bool:
    return (
        stamp is not None
        and stamp["inputs"] == inputs
        and all(_hash(_bytes(root / name)) == stamp["products"].get(name) for name in unit.products)
    )


def _read_stamp(root: Path) -> dict:
    try:
        return json.loads((root / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _bytes(path: Path) -> bytes:
    """Return the content, or nothing when there is no such file."""
    return path.read_bytes() if path.is_file() else b""


def _hash(*parts: bytes | str) -> str:
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()
