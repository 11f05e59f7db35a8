"""nbgrader's settings. nbgrader reads this file when it starts in the course folder.

Set TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR=1 when you run nbgrader by hand: without it,
nbgrader drops the whole of a faulty file and goes on with its own defaults.
"""

import contextlib
import sys
from pathlib import Path

# nbgrader's command and formgrader do not put the course folder on the import path.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from nbgrader import preprocessors as steps

from socmint.authoring.release import RemoveInstructorCells
from socmint.authoring.source import CODE_STUB, TEXT_STUB

c = get_config()  # noqa: F821  (traitlets puts it here)

c.CourseDirectory.course_id = "socmint101"
# Solutions are built from course/labs; labs are what nbgrader makes of them.
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
# nbgrader's own list, and the evidence bag that lab M05 makes beside itself.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "bag"]

# Formgrader looks for nbgrader's exchange, warns when there is none, and needs none here.
with contextlib.suppress(OSError):
    exchange = Path(sys.prefix) / "share" / "nbgrader" / "exchange"
    exchange.mkdir(parents=True, exist_ok=True)
    c.Exchange.root = str(exchange)

# A stub that binds names to `...` lets an unsolved lab run to its end. nbgrader's own stub raises.
c.ClearSolutions.code_stub = {"python": CODE_STUB}
c.ClearSolutions.text_stub = TEXT_STUB

# nbgrader's own list, with our step first: later steps must not see, lock or store rubrics.
# Left out: InstantiateTests (starts a kernel; the course has no AUTOTEST) and headers from files.
c.GenerateAssignment.preprocessors = [
    RemoveInstructorCells,
    steps.LockCells,
    steps.ClearSolutions,
    steps.ClearOutput,
    steps.CheckCellMetadata,
    steps.ComputeChecksums,
    steps.SaveCells,
    steps.ClearHiddenTests,
    steps.ClearMarkScheme,
    steps.ComputeChecksums,
    steps.CheckCellMetadata,
]

# Without this, a warning on stderr turns a right answer into 0 points.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"Warning:"

# One endless loop must not hold up a class; no lab cell needs more than a few seconds.
c.ExecutePreprocessor.timeout = 60
