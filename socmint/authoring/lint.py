"""Hold lessons and labs to the skeleton and the budgets of course/STYLE.md."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import normpath

from socmint import course as contents
from socmint.authoring import source
from socmint.authoring.source import INSTRUCTOR_ROLES, Cell, Fault, Problem, Unit
from socmint.course import Course, Module


@dataclass(frozen=True)
class Budget:
    """Upper limits for one notebook, counted on what the author writes."""

    cells: int
    words: int
    text_words: int
    code_lines: int
    table_words: int = 0  # where 0, the words of tables count as words


# A lab counts what the learner gets. The longest, M11, has 9 questions of 4 or 5 cells, each with
# a text and three hints: 9 x 5 + 10 cells, 9 x 200 words. A task holds the rule of its score.
BUDGETS = {
    # A table is looked up, not read through: a module may own fifty claims, each a line of some
    # fifteen words. So in a lesson tables have a budget of their own.
    "lesson": Budget(cells=40, words=1200, text_words=60, code_lines=12, table_words=800),
    "lab": Budget(cells=55, words=1800, text_words=100, code_lines=20),
    "start": Budget(cells=20, words=600, text_words=60, code_lines=12),
}
ANSWER_LINES = 30
TABLE_WORDS = 150  # in one cell: a table that fits on a screen
SENTENCE_WORDS = 25
EXERCISE_EVERY = 10
OBJECTIVES = 4

# Code cells of a notebook work on a world; nothing in a lesson reaches a network or a shell.
FORBIDDEN_IMPORTS = {
    "aiohttp", "bs4", "ftplib", "http", "httpx", "imaplib", "playwright", "poplib",
    "praw", "requests", "scrapy", "selenium", "smtplib", "socket", "socketserver", "ssl",
    "subprocess", "telethon", "telnetlib", "tweepy", "urllib", "urllib3", "webbrowser",
    "websocket", "websockets", "xmlrpc",
}  # fmt: skip

_NOT_VERBS = {
    "a", "about", "an", "and", "background", "basic", "basics", "chapter", "for", "from", "how",
    "in", "introduction", "lesson", "module", "more", "of", "on", "overview", "part", "the", "to",
    "understanding", "what", "when", "where", "which", "who", "why", "with",
}  # fmt: skip
_ABBREVIATIONS = re.compile(
    r"\b(e\.g|i\.e|etc|vs|cf|approx|ca|Dr|Mr|Mrs|Ms|Prof|St|No|Art|para|p|pp|[A-Z])\."
)
_SENTENCE_END = re.compile(r"[.!?][)\]\"”\u2019']*\s+(?=[\"“(\[_*]*[A-Z0-9¿¡])")
_WORD = re.compile(r"\w[\w\u2019'./:-]*")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_URL = re.compile(r"\b(?:https?|ftp|wss?)://([^\s/:\"')>\]]*)", re.IGNORECASE)
_MAIL = re.compile(r"\b[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_DIRECTIVE = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,})\s*\{|\{[a-z][\w:+-]*\}`")
_CLAIMS = re.compile(r"^Claims: (?:none|M\d\d-\d\d(?:,\s+M\d\d-\d\d)*)$")


def lint(root: Path, topics: list[str] | None = None) -> list[Problem]:
    """Return every finding in the sources, in the order of the course.

    Faults that the builder refuses (tags, markers, syntax) come from the same reader as there; a
    file with such faults is read for style only when they are mended.

    Args:
        root: the course folder.
        topics: only these (names from course.toml, or 'start_here').

    Raises:
        CourseError: a topic is unknown, or course.toml is faulty.
    """
    course = contents.load(root / "course" / "course.toml")
    findings = [] if topics else list(_course_findings(root, course))
    for unit in source.units(course, topics):
        cells, faults = source.read(root, unit)
        if not faults:
            found = sorted(set(_unit_findings(root, course, unit, cells)))
            faults = [Problem(unit.source, line, message) for line, message in found]
        findings += faults
    return findings


def _course_findings(root: Path, course: Course) -> Iterator[Problem]:
    name = "course/course.toml"
    lines = (root / name).read_text(encoding="utf-8").split("\n")

    def at(text: str) -> int:
        return next((i for i, line in enumerate(lines, start=1) if text in line), 1)

    for module in course.modules:
        if not _starts_with_verb(module.title):
            message = f"A title starts with a verb that says what the learner does: {module.title}"
            yield Problem(name, at(module.title), message)
        if not 1 <= len(module.objectives) <= OBJECTIVES:
            message = f"{module.id} has {len(module.objectives)} objectives; 1 to {OBJECTIVES} fit."
            yield Problem(name, at(f'"{module.id}"'), message)
        for objective in module.objectives:
            if not _starts_with_verb(objective):
                message = f"An objective starts with a verb that one can observe: {objective}"
                yield Problem(name, at(objective), message)
        if not module.question.endswith("?"):
            message = f"{module.id}: the case officer's question ends with a question mark."
            yield Problem(name, at(f'"{module.id}"'), message)


def _starts_with_verb(text: str) -> bool:
    """Refuse the usual first words of titles that are no verbs, and the -ing form."""
    first = text.split(" ", 1)[0].lower()
    return first not in _NOT_VERBS and not (
        first.endswith("ing") and first not in ("bring", "sing")
    )


def _unit_findings(root: Path, course: Course, unit: Unit, cells: list[Cell]) -> Iterator[Fault]:
    seen = [cell for cell in cells if cell.role not in INSTRUCTOR_ROLES]
    yield from _budget_findings(BUDGETS[unit.kind], seen)
    for cell in cells:
        if cell.kind == "markdown":
            yield from _sentence_findings(cell)
            yield from _markdown_findings(root, course, unit, cell)
        else:
            yield from _code_findings(unit, cell)
        yield from _address_findings(cell)
    yield from _heading_findings(unit, cells)
    yield from _figure_findings(unit, cells)
    if unit.kind == "lesson":
        yield from _lesson_findings(root, unit.module, cells)
    if unit.kind == "lab":
        yield from _lab_findings(cells)


def _budget_findings(budget: Budget, cells: list[Cell]) -> Iterator[Fault]:
    if len(cells) > budget.cells:
        yield cells[budget.cells].marker, f"{len(cells)} cells; at most {budget.cells} fit."
    total = in_tables = 0
    for cell in cells:
        if cell.kind == "code":
            limit = ANSWER_LINES if cell.role == "answer" else budget.code_lines
            count = sum(bool(line.strip()) for line in cell.source.split("\n"))
            if count > limit:
                yield cell.line, f"{count} lines of code in this cell; at most {limit} fit."
            continue
        count = _words(cell.source, keep_tables=not budget.table_words)
        total += count
        rows = _words(cell.source) - count
        in_tables += rows
        if rows > TABLE_WORDS:
            yield cell.line, f"{rows} words in tables of this cell; at most {TABLE_WORDS} fit."
        if count > budget.text_words:
            yield cell.line, f"{count} words in this cell; at most {budget.text_words} fit."
    if total > budget.words:
        yield 1, f"{total} words in this notebook; at most {budget.words} fit."
    if in_tables > budget.table_words:
        yield 1, f"{in_tables} words in the tables of this notebook; at most {budget.table_words}."


def _words(text: str, keep_tables: bool = True) -> int:
    """Count the words of a text; code counts as one word, a claims line as none."""
    plain = "\n".join(line for line, _ in _prose_lines(text, keep_tables))
    return len(_WORD.findall(plain))


def _prose_lines(text: str, keep_tables: bool = False) -> Iterator[tuple[str, int]]:
    """Yield the lines a reader reads, with their offset; blank lines part paragraphs."""
    fenced = claims = False
    for offset, line in enumerate(text.split("\n")):
        if re.match(r"\s*(```|~~~)", line):
            fenced = not fenced
            continue
        claims = line.startswith("Claims:") or (claims and bool(line.strip()))
        if fenced or claims or (line.lstrip().startswith("|") and not keep_tables):
            continue
        line = re.sub(r"`[^`]*`", "code", line)
        yield _LINK.sub(lambda match: match[2], line), offset


def _sentence_findings(cell: Cell) -> Iterator[Fault]:
    """Find lines with two sentences, and sentences that are too long (they may run on)."""
    running = ""
    start = 0
    for line, offset in [*_prose_lines(cell.source), ("", 0)]:
        item = re.match(r"\s*(?:[-*+]|\d+\.)\s+|\s*>\s?|\s*#+\s+", line)
        body = line[item.end() :] if item else line.strip()
        body = _ABBREVIATIONS.sub(lambda match: match[0].replace(".", "·"), body)
        # A bold label, such as "**Rule.**", is no sentence of its own.
        body = re.sub(r"^\*\*[^*]+\*\*\s*", "", body)
        if running and (item or not body or re.search(r"[.!?:][)\]\"”\u2019'*_]*$", running)):
            yield from _long(running, cell.line + start)
            running = ""
        if _SENTENCE_END.search(body):
            yield cell.line + offset, "Two sentences in one line; start a new line for each."
        pieces = _SENTENCE_END.split(body)
        for piece in pieces[:-1]:
            yield from _long(f"{running} {piece}", cell.line + offset)
            running = ""
        if not running:
            start = offset
        running = f"{running} {pieces[-1]}".strip()


def _long(sentence: str, line: int) -> Iterator[Fault]:
    count = len(_WORD.findall(sentence))
    if count > SENTENCE_WORDS:
        yield line, f"A sentence of {count} words; at most {SENTENCE_WORDS} read well."


def _markdown_findings(root: Path, course: Course, unit: Unit, cell: Cell) -> Iterator[Fault]:
    made = {name for each in source.units(course) for name in each.products}
    here = PurePosixPath(unit.products[-1]).parent
    for line, text in enumerate(cell.source.split("\n"), start=cell.line):
        if _DIRECTIVE.search(text):
            yield line, "JupyterLab does not render MyST; write plain Markdown."
        for image, words, target in _LINK.findall(text):
            if image and not words.strip():
                yield line, "An image needs a text that says what it shows: ![text](file)."
            target = target.split("#")[0]
            if not target or "://" in target:
                continue
            place = normpath(str(here / target))
            if place.startswith("solutions/"):
                yield line, f"A learner does not get {place}."
            if place not in made and not (root / place).is_file():
                yield line, f"This link leads nowhere: {place} does not exist."


def _code_findings(unit: Unit, cell: Cell) -> Iterator[Fault]:
    for node in ast.walk(ast.parse(cell.source)):
        line = cell.line + getattr(node, "lineno", 1) - 1
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
            modules += [f"{node.module}.{alias.name}" for alias in node.names]
        for name in modules:
            if name.split(".")[0] in FORBIDDEN_IMPORTS:
                yield line, f"A notebook stays offline and out of the shell: no {name} here."
            if name in ("socmint.grading", "socmint.authoring"):
                yield line, f"A notebook does not import {name}."
        if isinstance(node, ast.Call):
            yield from _call_findings(unit, node, line)
    for line, text in enumerate(cell.source.split("\n"), start=cell.line):
        if re.search(r"\bpip3? install\b|\bconda install\b", text):
            yield line, "A notebook installs nothing: the environment has what it needs."


def _call_findings(unit: Unit, call: ast.Call, line: int) -> Iterator[Fault]:
    name = _called(call)
    if name == "plt.show":
        yield line, 'Use show(fig, alt="…"): it adds the text for blind readers and the watermark.'
    if name == "show":
        alt = next((word.value for word in call.keywords if word.arg == "alt"), None)
        if alt is None or (isinstance(alt, ast.Constant) and not str(alt.value).strip()):
            yield line, 'show needs alt="…": one sentence that says what the figure shows.'
    if unit.module and name in ("open_case", "open_lab", "quiz") and call.args:
        topic = call.args[0]
        if not (isinstance(topic, ast.Constant) and topic.value == unit.name):
            yield line, f'Open the own topic here: {name}("{unit.name}").'


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _calls(cell: Cell, name: str) -> bool:
    return any(_called(node) == name for node in _call_nodes(cell))


def _call_nodes(cell: Cell) -> list[ast.Call]:
    nodes = ast.walk(ast.parse(cell.source)) if cell.kind == "code" else ()
    return [node for node in nodes if isinstance(node, ast.Call)]


def _draws(cell: Cell) -> bool:
    """Say whether a cell shows a figure; pictures of socmint.figures write their own alt text."""
    names = [_called(node) for node in _call_nodes(cell)]
    return any(name in ("show", "link_chart") or name.startswith("figures.") for name in names)


def _address_findings(cell: Cell) -> Iterator[Fault]:
    for line, text in enumerate(cell.source.split("\n"), start=cell.line):
        hosts = [("address", host) for host in _URL.findall(text)]
        hosts += [("mail address", host) for host in _MAIL.findall(text)]
        for what, host in hosts:
            if not host.lower().rstrip(".").endswith(".example"):
                yield line, f"A web or mail {what.split()[-1]} here ends in .example: {host}"


def _heading_findings(unit: Unit, cells: list[Cell]) -> Iterator[Fault]:
    heads = [
        (cell, cell.line + offset, line)
        for cell in cells
        if cell.kind == "markdown"
        for line, offset in _prose_lines(cell.source)
        if re.match(r"#+\s", line)
    ]
    if unit.kind == "start" and not (heads and heads[0][2].startswith("# ")):
        yield 1, "The first page starts with a title: # …"
    for cell, line, text in heads:
        level = len(text) - len(text.lstrip("#"))
        if cell.role == "task" or "header" in cell.tags:
            yield line, "The builder writes the heading of this cell from course.toml."
        elif level == 1 and unit.kind != "start":
            yield line, "The builder writes the title; your headings start with ## or ###."
        elif level > 3:
            yield line, "A notebook has headings ## and ### only."


def _figure_findings(unit: Unit, cells: list[Cell]) -> Iterator[Fault]:
    if unit.kind != "lesson":
        return
    for number, cell in enumerate(cells):
        shows = _draws(cell)
        if _calls(cell, "show") and "figure" not in cell.tags:
            yield cell.marker, 'A cell that shows a figure has the tag "figure".'
        if "figure" not in cell.tags:
            continue
        if not shows:
            yield (
                cell.line,
                'A cell with the tag "figure" ends with show(fig, alt="…") or a picture.',
            )
        if number + 1 == len(cells) or cells[number + 1].kind != "markdown":
            yield cell.line, "After a figure stands a text cell that says what to see."


def _lesson_findings(root: Path, module: Module, cells: list[Cell]) -> Iterator[Fault]:
    places = {}
    for heading in ("What this does not show", "Key points"):
        found = [
            number
            for number, cell in enumerate(cells)
            if cell.kind == "markdown" and f"## {heading}" in cell.source.split("\n")
        ]
        places[heading] = found[-1] if found else None
        if len(found) != 1:
            yield 1, f"A lesson has one heading: ## {heading}"
    recall = [number for number, cell in enumerate(cells) if "recall" in cell.tags]
    places["recall"] = recall[-1] if recall else None
    if len(recall) != 1 or not _calls(cells[recall[0]], "quiz"):
        line = cells[recall[-1]].marker if recall else 1
        yield line, f'A lesson has one code cell tags=["recall"] with quiz("{module.topic}").'
    if not (root / "course" / "quizzes" / f"{module.topic}.toml").is_file():
        yield 1, f"The quiz is missing: course/quizzes/{module.topic}.toml"
    order = [place for place in places.values() if place is not None]
    if order != sorted(order):
        yield (
            cells[order[0]].marker,
            "The end of a lesson: What this does not show, Key points, recall, footer.",
        )
    if not any(_calls(cell, "open_case") for cell in cells):
        yield 1, f'A lesson opens a world: case = open_case("{module.topic}", seed=…)'
    yield from _claims_findings(cells[-1])
    yield from _exercise_findings(cells)


def _claims_findings(footer: Cell) -> Iterator[Fault]:
    paragraphs = re.split(r"\n\s*\n", footer.source)
    claims = [part for part in paragraphs if part.startswith("Claims:")]
    if len(claims) != 1 or not _CLAIMS.match(" ".join(claims[0].split())):
        yield (
            footer.line,
            "The footer needs a paragraph 'Claims: M11-01, M11-02' with the claims covered here.",
        )


def _exercise_findings(cells: list[Cell]) -> Iterator[Fault]:
    places = [
        number
        for number, cell in enumerate(cells)
        if {"exercise", "recall"} & set(cell.tags) and cell.kind == "code"
    ]
    if not any("exercise" in cell.tags for cell in cells):
        yield 1, 'A lesson has at least one code cell tags=["exercise"].'
    for before, after in zip([-1, *places], [*places, len(cells)], strict=True):
        if after - before - 1 >= EXERCISE_EVERY:
            yield (
                cells[before + 1].marker,
                f"{after - before - 1} cells without an exercise; one in every {EXERCISE_EVERY}.",
            )


def _lab_findings(cells: list[Cell]) -> Iterator[Fault]:
    if not any(re.match(r"Dual use: \S", line) for line in cells[0].source.split("\n")):
        yield (
            cells[0].line,
            "The header needs a line 'Dual use: …': whom would this lab help on real data?",
        )
    if not any(_calls(cell, "open_lab") for cell in cells):
        yield 1, "A lab opens its world: case, check = open_lab(…)"
