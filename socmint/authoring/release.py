"""The bridge to nbgrader: solutions in, released labs out."""

import logging
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from socmint.authoring.source import INSTRUCTOR_ROLES
from socmint.errors import CourseError


class RemoveInstructorCells(NbGraderPreprocessor):
    """Drop rubrics and solution notes from a released lab.

    It stands in nbgrader's own list of preprocessors, so every way to make a release (this
    package, nbgrader's command, the Generate button of formgrader) gives the same notebook.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook without the cells that are tagged for instructors."""
        nb.cells = [c for c in nb.cells if not INSTRUCTOR_ROLES & set(c.metadata.get("tags", ()))]
        return nb, resources


def release(config_folder: Path, folder: Path, topic: str) -> None:
    """Make `folder`/labs/<topic> from `folder`/solutions/<topic>, as nbgrader's --no-db does.

    Args:
        config_folder: where nbgrader_config.py lies.
        folder: an absolute path; nothing outside it is written.
        topic: the lab.

    Raises:
        CourseError: nbgrader refuses the notebook; the message holds what it says.
    """
    config = PyFileConfigLoader("nbgrader_config.py", path=str(config_folder)).load_config()
    # The flags --no-db and --force. no_database alone would still open a gradebook.
    config.merge(
        Config(
            SaveCells={"enabled": False}, GenerateAssignment={"no_database": True, "force": True}
        )
    )
    log, said = listener()
    place = CourseDirectory(config=config, root=str(folder), assignment_id=topic, log=log)
    try:
        GenerateAssignment(coursedir=place, config=config, log=log).start()
    except Exception as error:  # nbgrader and its preprocessors raise many kinds
        details = " ".join(" ".join([*said, str(error)]).split())
        raise CourseError(f"nbgrader cannot release solutions/{topic}: {details}") from error
    for product in (folder / "labs" / topic).iterdir():
        # On Windows nbconvert writes the line ends of the system.
        product.write_bytes(product.read_bytes().replace(b"\r\n", b"\n"))


def listener() -> tuple[logging.Logger, list[str]]:
    """Return a logger that keeps errors in a list, so that a good run stays silent."""
    said: list[str] = []
    handler = logging.Handler(level=logging.ERROR)
    handler.emit = lambda record: said.append(record.getMessage())
    log = logging.Logger("nbgrader release")
    log.addHandler(handler)
    return log, said
