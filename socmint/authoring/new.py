"""Start a lesson or a lab from its template."""

import re
from pathlib import Path

from socmint import course as contents
from socmint.authoring.source import Unit
from socmint.errors import CourseError


def new(root: Path, kind: str, topic: str) -> str:
    """Write course/<kind>s/<topic>.py from course/templates/<kind>.py.

    In the lab template the cells tagged "QID" are repeated for each question of course.toml; the
    rubric only for questions with manual points.

    Args:
        root: the course folder.
        kind: 'lesson' or 'lab'.
        topic: a topic of course.toml.

    Returns:
        The path of the new file, relative to `root`.

    Raises:
        CourseError: the topic is not in course.toml, or the file is there already.
    """
    course = contents.load(root / "course" / "course.toml")
    try:
        module = course.find(topic)
    except CourseError as error:
        raise CourseError(
            f"{error} To add a module, copy a [[module]] block in course/course.toml and edit it."
        ) from None
    unit = Unit(kind, module)
    template = (root / "course" / "templates" / f"{kind}.py").read_text(encoding="utf-8")
    chunks = re.split(r"^(?=# %%)", template, flags=re.MULTILINE)
    block = [chunk for chunk in chunks if '"QID"' in chunk]
    parts = []
    for chunk in chunks:
        if chunk not in block:
            parts.append(chunk)
        elif chunk is block[0]:
            for question in module.questions:
                parts += [
                    part.replace("QID", question.id)
                    for part in block
                    if question.manual or '"rubric"' not in part
                ]
    target = root / unit.source
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write("".join(parts).replace("TOPIC", topic))
    except FileExistsError:
        raise CourseError(f"{unit.source} is there already; it was not changed.") from None
    return unit.source
