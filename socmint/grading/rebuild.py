"""Rebuild a submission on the released lab: the learner's answers, and nothing else of it.

What a learner or a tool did to the rest of the notebook does no harm: tests, points, settings and
order are always those of the release. What was found on the way is told to the instructor.
"""

import copy
import json
from dataclasses import dataclass, field
from typing import Any

from socmint.errors import CourseError

MOST_BYTES = 20_000_000
"""A lab with pictures in it has about 1 MB. Larger files are not opened."""
MOST_SOURCE = 200_000
"""Characters of one cell."""


class UnreadableError(Exception):
    """The submission is no notebook. The message says why, for the instructor."""


@dataclass
class Rebuilt:
    """A submission on the released lab.

    Attributes:
        notebook: the lab with the learner's answers in it, without outputs.
        answers: grade id of each answer cell → its source.
        own: grade id of an answer cell → code cells that the learner put before it.
        blank: no answer cell was changed.
        findings: sentences for the instructor.
    """

    notebook: dict[str, Any]
    answers: dict[str, str]
    own: dict[str, list[str]]
    blank: bool
    findings: list[str] = field(default_factory=list)


@dataclass
class _Cell:
    kind: str
    id: str
    grade_id: str
    source: str
    points: Any


def read(data: bytes) -> list[_Cell]:
    """Return the cells of a notebook of format 3 or 4, whatever else is wrong with it.

    Raises:
        UnreadableError: too large, not JSON, or not a list of cells.
    """
    if not data.strip():
        raise UnreadableError("The file is empty.")
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"The file has {len(data):,} bytes; {MOST_BYTES:,} are the most.")
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"The file is not JSON: {str(error)[:120]}.") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict):  # format 3
        sheets = notebook.get("worksheets")
        if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
            cells = sheets[0].get("cells")
    if not isinstance(cells, list):
        raise UnreadableError("The file is JSON, but not a notebook: it has no list of cells.")
    found = [_cell(cell) for cell in cells]
    if None in found:
        raise UnreadableError(f"Cell {found.index(None) + 1} is not a cell of a notebook.")
    return found


def _cell(cell: Any) -> _Cell | None:
    if not isinstance(cell, dict):
        return None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    return _Cell(
        str(cell.get("cell_type")),
        str(cell.get("id", "")),
        str(nbgrader.get("grade_id", "")),
        # Half a character (a broken emoji, say) can be in JSON and in no file.
        source.replace("\r\n", "\n").encode(errors="replace").decode(),
        nbgrader.get("points"),
    )


def rebuild(template: bytes, data: bytes) -> Rebuilt:
    """Put the answers of a submission into the released lab.

    Args:
        template: the released notebook, labs/<topic>/<topic>.ipynb.
        data: what was handed in.

    Raises:
        UnreadableError: what was handed in is no notebook.
    """
    release = json.loads(template)
    cells = read(data)
    known = {cell.grade_id: cell for cell in map(_cell, release["cells"])}
    places = _places(cells, known)
    findings, answers, blank = [], {}, True
    for cell in release["cells"]:
        settings, name = cell["metadata"]["nbgrader"], cell["metadata"]["nbgrader"]["grade_id"]
        mine = [cells[n] for n, place in enumerate(places) if place == name]
        stub = known[name]
        if not settings["solution"]:
            findings += _about_locked(name, stub, mine)
            continue
        taken = _choose(name, stub, mine, findings)
        answers[name] = taken.source
        blank = blank and taken.source.strip() == stub.source.strip()
        cell["source"] = taken.source.splitlines(keepends=True)
    own = _own(cells, places, answers)
    findings += [f"Own code before {n}: {len(c)} cell(s), run with it." for n, c in own.items()]
    order = [place for place in places if place in known]
    if order != sorted(order, key=list(known).index):
        findings.append("Cells were moved.")
    return Rebuilt(release, answers, own, blank and not own, findings)


def _places(cells: list[_Cell], known: dict[str, _Cell]) -> list[str]:
    """Return for each cell of the submission the grade id that it stands for, or ''."""
    places = []
    for cell in cells:
        named = (name for name in (cell.grade_id, cell.id) if name in known)
        places.append(next(named, ""))
    # Without ids and settings, locked cells are known by their text, answers by what follows them.
    texts = {stub.source.strip(): name for name, stub in known.items()}
    for number, cell in enumerate(cells):
        places[number] = places[number] or texts.get(cell.source.strip(), "")
    for name in known:
        check = name.removesuffix("-answer") + "-check"
        if name.endswith("-answer") and name not in places and check in places:
            before = places.index(check) - 1
            if before >= 0 and not places[before] and cells[before].kind == "code":
                places[before] = name
    return places


def _about_locked(name: str, stub: _Cell, mine: list[_Cell]) -> list[str]:
    if not mine:
        return [f"{name} was deleted."]
    found = []
    if any(cell.source.strip() != stub.source.strip() for cell in mine):
        found.append(f"{name} is locked and was changed.")
    if any(cell.points not in (None, stub.points) for cell in mine):
        found.append(f"The points of {name} were changed.")
    if len(mine) > 1:
        found.append(f"{name} stands there {len(mine)} times.")
    return found


def _choose(name: str, stub: _Cell, mine: list[_Cell], findings: list[str]) -> _Cell:
    """Return the answer cell to take: the original before a copy, a filled before an empty one."""
    if not mine:
        findings.append(f"{name} was deleted: no answer.")
        return stub
    if not any(name in (cell.id, cell.grade_id) for cell in mine):
        findings.append(f"{name} lost its settings; it was known by its place.")
    filled = [cell for cell in mine if cell.source.strip() != stub.source.strip()]
    if len(mine) > 1:
        findings.append(f"{name} stands there {len(mine)} times; look which one is meant.")
    taken = next((cell for cell in filled if cell.id == name), (filled or mine)[0])
    if taken.kind != stub.kind:
        kind = taken.kind if taken.kind in ("code", "markdown", "raw") else "something unknown"
        findings.append(f"{name} was changed from {stub.kind} to {kind}.")
    if len(taken.source) > MOST_SOURCE:
        findings.append(f"{name} has {len(taken.source):,} characters: no answer.")
        return stub
    return taken


def _own(cells: list[_Cell], places: list[str], answers: dict[str, str]) -> dict[str, list[str]]:
    """Return the learner's own code cells that stand between a known cell and an answer."""
    own: dict[str, list[str]] = {}
    waiting: list[str] = []
    for cell, place in zip(cells, places, strict=True):
        if place in answers and waiting:
            own.setdefault(place, []).extend(waiting)
        if place:
            waiting = []
        elif cell.kind == "code" and cell.source.strip() and len(cell.source) <= MOST_SOURCE:
            waiting.append(cell.source)
    return {name: sources[:20] for name, sources in own.items()}


def code_cells(rebuilt: Rebuilt) -> list[tuple[str, str]]:
    """Return what to run, in order: grade id and source; own cells carry an empty id."""
    cells = []
    for cell in rebuilt.notebook["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cells += [("", source) for source in rebuilt.own.get(name, [])]
        if cell["cell_type"] == "code":
            cells.append((name, "".join(cell["source"])))
    return cells


def check_template(data: bytes, topic: str) -> None:
    """Refuse a released lab that this module cannot stand on.

    Raises:
        CourseError: a cell has no grade id, or two have the same one.
    """
    try:
        names = [cell["metadata"]["nbgrader"]["grade_id"] for cell in json.loads(data)["cells"]]
    except (KeyError, TypeError, ValueError):
        names = [None, None]
    if len(set(names)) != len(names):
        raise CourseError(f"labs/{topic}/{topic}.ipynb is not a released lab. Run: socmint build")


def fill(template: bytes, answers: dict[str, str]) -> dict[str, Any]:
    """Return the released lab with other sources in some cells, by grade id."""
    notebook = copy.deepcopy(json.loads(template))
    for cell in notebook["cells"]:
        source = answers.get(cell["metadata"]["nbgrader"]["grade_id"])
        if source is not None:
            cell["source"] = source.splitlines(keepends=True)
    return notebook
