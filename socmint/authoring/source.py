"""Read a percent source into cells, and find every fault in its tags and its code."""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from socmint.course import Course, Module, Question
from socmint.errors import CourseError

CODE_STUB = "...  # your answer here"
"""What a learner finds in place of a solution. It binds names, so an unsolved lab still runs."""

TEXT_STUB = "*Your answer here.*"

LESSON_TAGS = {"header", "footer", "figure", "exercise", "break-it", "recall"}
FRAME_TAGS = {"header", "footer"}
START_TAGS = {"contents"}
ROLES = {
    "task": "markdown",
    "given": "code",
    "answer": "code",
    "check": "code",
    "hints": "markdown",
    "solution-note": "markdown",
    "rubric": "markdown",
}
"""The roles of the cells of a question, in the order they must stand in, with their cell kind."""

INSTRUCTOR_ROLES = {"solution-note", "rubric"}
"""Roles that the release drops."""

_MARKER = re.compile(r"\s*#\s*%%")
_QUESTION_TAG = re.compile(r"q[1-9]\d*")
_HINT = re.compile(r"\d+\. +")
_FOREIGN_MARK = re.compile(r"BEGIN HIDDEN TESTS|BEGIN MARK SCHEME|\bAUTOTEST\b")


class Problem(NamedTuple):
    """One fault, with the place to mend it. `path` is relative to the course folder."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """Return 'file:line: message', which editors turn into a link."""
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    `marker` is the number of its `# %%` line in the file, `line` that of the first line of its
    text (1 is the top of the file).
    """

    kind: str
    source: str
    tags: tuple[str, ...]
    marker: int
    line: int

    @property
    def question(self) -> str | None:
        """The question tag ('q3'), or None."""
        return next((tag for tag in self.tags if _QUESTION_TAG.fullmatch(tag)), None)

    @property
    def role(self) -> str | None:
        """The role in a question ('answer'), or None."""
        return next((tag for tag in self.tags if tag in ROLES), None)


@dataclass(frozen=True)
class Unit:
    """One source file and what is made from it. `module` is None for the first page."""

    kind: str
    module: Module | None

    @property
    def name(self) -> str:
        """The name that cell ids start with: the topic, or 'start_here'."""
        return self.module.topic if self.module else "start_here"

    @property
    def source(self) -> str:
        """Path of the source, relative to the course folder."""
        folder = "" if self.kind == "start" else f"{self.kind}s/"
        return f"course/{folder}{self.name}.py"

    @property
    def products(self) -> tuple[str, ...]:
        """Paths of the notebooks made from it: for a lab the solution, then the release."""
        if self.kind == "lab":
            return tuple(f"{top}/{self.name}/{self.name}.ipynb" for top in ("solutions", "labs"))
        number = self.module.number if self.module else "00"
        return (f"notebooks/{number}_{self.name}.ipynb",)


def find_root() -> Path:
    """Return the course folder at or above the working directory.

    Raises:
        CourseError: the working directory is not in a course.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "course" / "course.toml").is_file():
            return folder
    raise CourseError("There is no course/course.toml here or above. Change to the course folder.")


def units(course: Course, topics: list[str] | None = None) -> list[Unit]:
    """Return all units in teaching order, or those of some topics.

    Args:
        course: the table of contents.
        topics: names from course.toml, or 'start_here'; everything when empty or None.

    Raises:
        CourseError: a topic is not in course.toml.
    """
    wanted = set(topics or [])
    for topic in wanted - {"start_here"}:
        course.find(topic)
    every = [Unit("start", None)]
    for module in course.modules:
        every.append(Unit("lesson", module))
        if module.questions:
            every.append(Unit("lab", module))
    return [unit for unit in every if not wanted or unit.name in wanted]


def stubbed(source: str) -> str:
    """Return an answer cell as the learner gets it: each marked region becomes the stub.

    Example:
        >>> stubbed("x = (\\n    ### BEGIN SOLUTION\\n    1\\n    ### END SOLUTION\\n)")
        'x = (\\n    ...  # your answer here\\n)'
    """
    region = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?### END SOLUTION$", re.M | re.S)
    return region.sub(lambda match: match[1] + CODE_STUB, source)


def read(root: Path, unit: Unit) -> tuple[list[Cell], list[Problem]]:
    """Read the source of a unit and check its structure.

    Returns:
        The cells, and every problem found (the cells are safe to build only when there is none).
    """
    path = root / unit.source
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        advice = "" if unit.kind == "start" else f" Run: socmint new {unit.kind} {unit.name}"
        return [], [Problem(unit.source, 1, f"This file is missing.{advice}")]
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return [], [Problem(unit.source, line, "This line is not UTF-8 text.")]
    cells, faults = _cells(text)
    if not faults:
        faults = list(_faults(unit, cells))
    return cells, [Problem(unit.source, line, message) for line, message in sorted(set(faults))]


Fault = tuple[int, str]


def _cells(text: str) -> tuple[list[Cell], list[Fault]]:
    import jupytext

    # Without comment_magics=False a comment such as "# copy the table" would turn into code.
    style = {"extension": ".py", "format_name": "percent", "comment_magics": False}
    text = text.replace("\r\n", "\n")
    try:
        notebook = jupytext.reads(text, fmt=style)
    except Exception as error:
        return [], [
            (1, f"jupytext cannot read the head of this file: {str(error).splitlines()[0]}")
        ]
    markers = [i for i, line in enumerate(text.split("\n"), start=1) if _MARKER.match(line)]
    if len(markers) != len(notebook.cells):
        return [], [
            (1, "Text stands before the first '# %%', or a string contains a line with '# %%'.")
        ]
    cells, faults = [], []
    for line, cell in zip(markers, notebook.cells, strict=True):
        extra = set(cell.metadata) - {"tags", "lines_to_next_cell"}
        if extra or cell.cell_type not in ("markdown", "code"):
            faults.append(
                (line, 'A cell starts with "# %%" or "# %% [markdown]" and then only tags=["…"].')
            )
        source = cell.source.rstrip()
        if not source:
            faults.append((line, "This cell is empty."))
        shown = source.lstrip("\n")
        tags = tuple(cell.metadata.get("tags", ()))
        first_line = line + 1 + len(source) - len(shown)
        cells.append(Cell(cell.cell_type, shown, tags, line, first_line))
    return cells, faults


def _faults(unit: Unit, cells: list[Cell]) -> Iterator[Fault]:
    for cell in cells:
        yield from _tag_faults(unit, cell)
        yield from _marker_faults(cell)
        yield from _syntax_faults(cell)
    if unit.module:
        yield from _frame_faults(cells)
    if unit.kind == "lab":
        yield from _question_faults(unit.module.questions, cells)
        yield from _name_faults(cells)


def _tag_faults(unit: Unit, cell: Cell) -> Iterator[Fault]:
    allowed = {"lesson": LESSON_TAGS, "lab": FRAME_TAGS, "start": START_TAGS}[unit.kind]
    for tag in cell.tags:
        if tag in allowed or (unit.kind == "lab" and (tag in ROLES or tag == cell.question)):
            continue
        also = ' or a question with a role, such as "q1", "answer"' if unit.kind == "lab" else ""
        yield cell.marker, f"Unknown tag {tag!r}. Here you can use: {_names(allowed)}{also}."
    if FRAME_TAGS & set(cell.tags) and (cell.kind != "markdown" or len(cell.tags) > 1):
        yield cell.marker, "A header or footer is a markdown cell with no other tag."
    if unit.kind != "lab" or not (cell.question or cell.role):
        return
    if len(cell.tags) != 2 or not (cell.question and cell.role):
        yield cell.marker, f"A question cell has two tags: a question and one of {_names(ROLES)}."
    elif cell.kind != ROLES[cell.role]:
        yield cell.marker, f"A {cell.role} cell must be a {ROLES[cell.role]} cell."


def _marker_faults(cell: Cell) -> Iterator[Fault]:
    opened = None
    seen = False
    for number, line in enumerate(cell.source.split("\n"), start=cell.line):
        if _FOREIGN_MARK.search(line):
            yield (
                number,
                "Hidden tests do not belong in a notebook: scoring lives in socmint.check.",
            )
        mark = next((m for m in ("BEGIN SOLUTION", "END SOLUTION") if m in line), None)
        if mark is None:
            continue
        seen = True
        if cell.role != "answer":
            yield number, 'A solution marker stands outside a cell tagged "answer".'
        if line.strip() != f"### {mark}":
            yield number, f"Write the marker alone on its line: ### {mark}"
        if mark == "BEGIN SOLUTION":
            if opened:
                yield number, f"BEGIN SOLUTION again, before the one of line {opened} has its END."
            opened = number
        elif opened is None:
            yield number, "END SOLUTION without a BEGIN SOLUTION."
        else:
            opened = None
    if opened:
        yield opened, "BEGIN SOLUTION without an END SOLUTION in the same cell."
    if cell.role == "answer" and not seen:
        yield cell.line, "An answer cell needs ### BEGIN SOLUTION and ### END SOLUTION."


def _syntax_faults(cell: Cell) -> Iterator[Fault]:
    if cell.kind != "code":
        return
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        line = cell.line + (error.lineno or 1) - 1
        yield line, f"This is not Python (a notebook cell here has no ! and no %): {error.msg}."
        return
    if cell.role == "answer":
        try:
            ast.parse(stubbed(cell.source))
        except SyntaxError as error:
            yield cell.line, f"Without its solution this cell is not Python: {error.msg}."


def _frame_faults(cells: list[Cell]) -> Iterator[Fault]:
    for tag, place, expected in (("header", "first", cells[:1]), ("footer", "last", cells[-1:])):
        if not expected or tag not in expected[0].tags:
            line = expected[0].marker if expected else 1
            yield line, f'The {place} cell must be markdown with tags=["{tag}"].'
        for cell in cells:
            if tag in cell.tags and cell not in expected:
                yield cell.marker, f"Only the {place} cell can have the tag {tag!r}."


def _question_faults(questions: list[Question], cells: list[Cell]) -> Iterator[Fault]:
    groups: dict[str, list[Cell]] = {}
    current = None
    for cell in cells:
        name = cell.question if cell.role else None
        if name:
            if name in groups and name != current:
                yield cell.marker, f"Question {name} was left and comes back here."
            groups.setdefault(name, []).append(cell)
            current = name
        elif current and groups[current][-1].role in ("task", "given", "answer", "check"):
            yield cell.marker, f"This cell stands inside question {current}: tag it or move it."
        else:
            current = None

    known = {question.id: question for question in questions}
    for name in groups.keys() - known.keys():
        yield groups[name][0].marker, f"Question {name} is not in course.toml."
    for name in known.keys() - groups.keys():
        yield 1, f"Question {name} is in course.toml but not in this lab."
    here = [name for name in groups if name in known]
    there = [name for name in known if name in groups]
    for name, expected in zip(here, there, strict=True):
        if name != expected:
            yield (
                groups[name][0].marker,
                f"Question {name} stands where course.toml has {expected}.",
            )
            break
    for name, group in groups.items():
        if name in known:
            yield from _group_faults(known[name], group)


def _group_faults(question: Question, group: list[Cell]) -> Iterator[Fault]:
    first = group[0].marker
    roles = [cell.role for cell in group]
    needed = ["task", "answer", "check", "hints"] + (["rubric"] if question.manual else [])
    for role in needed:
        if role not in roles:
            why = " because it has manual points" if role == "rubric" else ""
            yield first, f"Question {question.id} needs a {role} cell{why}."
    order = list(ROLES)
    for before, cell in zip([None, *group], group, strict=False):
        if before is None:
            continue
        a, b = order.index(before.role), order.index(cell.role)
        if b < a:
            yield cell.marker, f"In {question.id} {cell.role} must stand before {before.role}."
        elif a == b and cell.role != "given":
            yield cell.marker, f"Question {question.id} has a second {cell.role} cell."
    for cell in group:
        if cell.role == "check" and not _calls_check(cell.source, question.id):
            yield (
                cell.line,
                f"The last line of a check cell must be check.{question.id}(…).",
            )
        if cell.role == "hints" and not hints(cell.source):
            yield cell.line, "Hints are a numbered list: each starts with 1. 2. 3. at the margin."


def _calls_check(source: str, question: str) -> bool:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return True  # reported as a syntax error already
    match body[-1:]:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name("check"), name)))]:
            return name == question
    return False


def _name_faults(cells: list[Cell]) -> Iterator[Fault]:
    """Find names that a check cell needs and that the released cells above do not bind."""
    bound = set(dir(builtins))
    for cell in cells:
        if cell.kind != "code":
            continue
        try:
            nodes = list(ast.walk(ast.parse(stubbed(cell.source))))
        except SyntaxError:
            continue
        loads = set()
        for node in nodes:
            if isinstance(node, ast.Name):
                (loads if isinstance(node.ctx, ast.Load) else bound).add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                bound.add(node.name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                bound |= {(name.asname or name.name).split(".")[0] for name in node.names}
        if cell.role == "check":
            for name in sorted(loads - bound):
                yield (
                    cell.line,
                    f"Learners have no {name!r} before this check: bind it outside the solution.",
                )


def hints(source: str) -> list[str]:
    """Split a numbered list into its items; an empty list when the text is anything else.

    Example:
        >>> hints("1. Look at `ties`.\\n2. Filter\\n   by kind.")
        ['Look at `ties`.', 'Filter\\nby kind.']
    """
    items: list[list[str]] = []
    for line in source.strip().split("\n"):
        match = _HINT.match(line)
        if match:
            items.append([line[match.end() :]])
        elif items and (not line.strip() or line.startswith("   ")):
            items[-1].append(line.removeprefix("   "))
        else:
            return []
    return ["\n".join(item).strip() for item in items]


def _names(tags: set[str] | dict[str, str]) -> str:
    return ", ".join(sorted(tags) if isinstance(tags, set) else tags)
