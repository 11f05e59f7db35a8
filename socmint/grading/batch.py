"""nbgrader's Autograde for a class: one open gradebook, one notebook written for each learner.

nbgrader opens the gradebook ten times for a learner, commits thirty times, and reads, checks and
writes the notebook twice. Here its own steps work on one gradebook that stays open, and what they
write for a learner is committed at once: all of it or nothing.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from typing import Any

import nbformat
from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, MissingEntry
from nbgrader.converters import Autograde, autograde
from nbgrader.preprocessors import CheckCellMetadata, latesubmissions, saveautogrades
from sqlalchemy import text
from traitlets.config import Config

from socmint.grading import steps
from socmint.grading.classroom import Class


def _once(name: str) -> Callable[..., Any]:
    """Return a method of nbgrader's gradebook that asks the database once for each learner."""
    real = getattr(Gradebook, name)

    def find(self: "OpenGradebook", *names: str) -> Any:
        if (name, names) not in self.found:
            self.found[name, names] = real(self, *names)
        return self.found[name, names]

    return find


class OpenGradebook(Gradebook):
    """A gradebook that stays open when one of nbgrader's steps closes it.

    Args:
        url: of the database.
        course: id of the course.
        whole: commit what belongs to a learner at once. Where the class has settings of its own,
            their code may open the gradebook too and must find what was written so far.
    """

    find_student = _once("find_student")
    find_assignment = _once("find_assignment")
    find_notebook = _once("find_notebook")
    find_submission = _once("find_submission")
    find_submission_notebook = _once("find_submission_notebook")

    def __init__(self, url: str, course: str, whole: bool):
        super().__init__(url, course)
        self.found: dict[Any, Any] = {}
        self.cells: list[BaseCell] = []
        if whole:
            self.db.commit = lambda: None
        self.whole = whole

    def begin(self) -> None:
        """Begin with a learner: nobody else writes until it is committed."""
        self.found.clear()
        if not self.cells:
            self.db().expire_on_commit = False
            self.cells = self.db.query(BaseCell).all()  # then no grade asks for its own
            self.db.rollback()
        if self.whole:
            self.db.execute(text("BEGIN IMMEDIATE"))

    def commit(self) -> None:
        """Commit what was written for a learner."""
        self.db().commit()

    def drop(self) -> None:
        """Forget what was not committed, and what was read."""
        self.db.remove()
        self.cells = []

    def close(self) -> None:
        """Stay open."""

    def end(self) -> None:
        """Close it."""
        super().close()

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """Return a grade, as nbgrader's method does."""
        return self._of("grades", grade_cell, notebook, assignment, student)

    def find_comment(
        self, solution_cell: str, notebook: str, assignment: str, student: str
    ) -> Comment:
        """Return a comment, as nbgrader's method does."""
        return self._of("comments", solution_cell, notebook, assignment, student)

    def _of(self, kind: str, cell: str, *names: str) -> Any:
        for one in getattr(self.find_submission_notebook(*names), kind):
            if one.name == cell:
                return one
        raise MissingEntry(f"No such {kind[:-1]}: {cell} in {'/'.join(names)}")


@contextmanager
def opened(url: str, course: str, whole: bool) -> Iterator[OpenGradebook]:
    """Open a gradebook, and let nbgrader's steps use it instead of opening their own."""
    book = OpenGradebook(url, course, whole)
    users = (autograde, saveautogrades, latesubmissions, steps)
    for module in users:
        module.Gradebook = lambda *_: book
    try:
        yield book
    finally:
        for module in users:
            module.Gradebook = Gradebook
        book.end()


class Batch(Autograde):
    """nbgrader's Autograde, for one learner after the other.

    Its order, its folders, its hooks and its way with errors are nbgrader's. The submission itself
    is not read: `steps.FromResults` makes the notebook, and so it is made and written once.

    Args:
        group: the class.
        config: nbgrader's settings of the class.
        more: as for `Autograde`.
    """

    def __init__(self, group: Class, config: Config, **more: Any):
        super().__init__(config=config, **more)
        self.force, self.group, self.seen = True, group, set()
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        self._sanitizing = False
        self._init_preprocessors()  # those of grading
        self._sanitizing = True

    def take(self, book: OpenGradebook, learner: str) -> None:
        """Let nbgrader take in the result of one learner.

        Raises:
            Exception: of many kinds. Nothing of it is in the gradebook then.
        """
        self.coursedir.student_id = learner
        try:
            book.begin()
            self.init_notebooks()
            with chdir(self.coursedir.root):
                self.convert_notebooks()
            book.commit()
        except BaseException:
            book.drop()
            raise

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Make the notebook from the result, save its grades, and write it."""
        resources = self.init_single_notebook_resources(notebook_filename)
        resources |= {"output_extension": ".ipynb", "group": self.group}
        notebook = NotebookNode()
        for step in self.exporter._preprocessors:
            if not isinstance(step, CheckCellMetadata) or self._is_new(notebook):
                notebook, resources = step(notebook, resources)
        nbformat.validate(notebook)
        self.write_single_notebook(nbformat.v4.writes(notebook) + "\n", resources)

    def _is_new(self, notebook: NotebookNode) -> bool:
        """Return whether the cells' settings, which are those of the release, were not seen yet."""
        settings = json.dumps([cell.metadata.get("nbgrader") for cell in notebook.cells])
        new = settings not in self.seen
        self.seen.add(settings)
        return new
