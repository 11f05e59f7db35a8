"""A page for each learner, to hand back: what was wrong, points, marks and comments.

feedback/LAB/LAB_LEARNER.html   one page each, which needs no network
feedback/LAB/moodle.zip         the same for Moodle's "Upload multiple feedback files in a zip"
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from socmint.authoring.release import listener
from socmint.grading import books
from socmint.grading.classroom import Class, load_json, state, store


@dataclass
class HandedBack:
    """What `write` made.

    Attributes:
        folder: where the pages are.
        pages: learners with a page.
        waiting: learners whose page says that a mark is still open.
        without: learner → why there is no page.
        outside_moodle: learners with a page who are not in moodle.zip: what they handed in did not
            come from Moodle, so their number there is not known.
        entered: what came of writing into the books before.
    """

    folder: Path
    entered: books.Entered
    pages: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    without: dict[str, str] = field(default_factory=dict)
    outside_moodle: list[str] = field(default_factory=list)


def write(group: Class, topic: str, tell: Callable[[float, str], None] | None = None) -> HandedBack:
    """Make the pages of a lab anew, from the results and from the marks in the gradebook.

    Raises:
        CourseError: the settings of nbgrader are broken, or the gradebook cannot be used.
    """
    report = HandedBack(group.folder / "feedback" / topic, books.enter(group, topic))
    config, stands = books.settings(group), books.standings(group, topic)
    moodle: dict[str, bytes] = {}
    for number, learner in enumerate(group.learners, start=1):
        name = f"{topic}_{learner.id}.html"
        target, result = report.folder / name, state(group, topic, learner.id)
        target.unlink(missing_ok=True)  # an old page must not look new
        if learner.id in stands:
            data = _page(group, topic, learner.id, config)
            report.waiting += [learner.id] if stands[learner.id]["open"] else []
        elif result["status"] == "unreadable":
            data = _unreadable(group, topic, learner.id, result, config)
        else:
            report.without[learner.id] = result["status"]
            data = None
        if data is not None:
            store(target, data)
            report.pages.append(learner.id)
            folder = _moodle_folder(group, topic, learner.id)
            if folder:
                moodle[f"{folder}/{topic}.html"] = data
            else:
                report.outside_moodle.append(learner.id)
        if tell:
            tell(number / len(group.learners), learner.id)
    archive = report.folder / "moodle.zip"
    archive.unlink(missing_ok=True)
    if moodle:
        made = archive.with_suffix(".partial")
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
            for path, data in moodle.items():
                file.writestr(path, data)
        made.replace(archive)
    return report


def _page(group: Class, topic: str, learner: str, config: Any) -> bytes:
    """Let nbgrader make the page of one learner, and return it."""
    from nbgrader.converters import GenerateFeedback

    log, said = listener()
    step = GenerateFeedback(
        coursedir=books.place(topic, config, learner), config=config, log=log, force=True
    )
    try:
        step.start()
    except Exception as error:  # nbgrader and its steps raise many kinds
        raise books.explain(group, topic, [*said, str(error)]) from error
    return (books.room(group, "feedback", topic, learner) / f"{topic}.html").read_bytes()


def _unreadable(
    group: Class, topic: str, learner: str, result: dict[str, Any], config: Any
) -> bytes:
    from nbconvert.exporters import HTMLExporter
    from nbformat.v4 import new_notebook

    from socmint.grading.steps import page

    exporter = HTMLExporter(config=config, template_name="feedback")
    resources = {"page": page(group, topic, learner, result, {}) | {"answers": {}}}
    return exporter.from_notebook_node(new_notebook(), resources)[0].encode()


def _moodle_folder(group: Class, topic: str, learner: str) -> str | None:
    """Return the folder that Moodle knows a learner's files by, from the download they came in.

    Moodle reads 'Full name_number_assignsubmission_file' and takes the number for the learner.
    """
    about = load_json(group.path("submitted", topic, f"{learner}.json")) or {}
    for part in str(about.get("from", "")).split("/"):
        if re.fullmatch(r"[^_]*_\d+_assignsubmission_file(_.*)?", part):
            return "_".join(part.split("_")[:4]) + "_"
    return None
