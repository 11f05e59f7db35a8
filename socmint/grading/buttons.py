"""What formgrader's buttons say when something cannot be done: a sentence, no Python traceback."""

import re
import textwrap
from typing import Any

from nbgrader.apps import api
from nbgrader.utils import capture_log

SENTENCE = re.compile(r"^ *[\w.]*(?:NoScoreError|CourseError): (.+)$", re.MULTILINE)
"""How a traceback ends that was raised to tell something."""

WIDTH = 76
"""Characters of a line in the box, which does not wrap."""


def speak_plainly() -> None:
    """Let the buttons in this process, a Jupyter server, say why in one sentence."""
    api.capture_log = captured


def captured(app: Any, *args: Any, **more: Any) -> dict[str, Any]:
    """Run one of nbgrader's steps and return its answer to a button.

    A fault that we do not know keeps its traceback: somebody has to find it.
    """
    answer = capture_log(app, *args, **more)
    said = SENTENCE.findall(answer.get("log", "") + "\n" + answer.get("error", ""))
    if answer["success"] or not said:
        return answer
    lines = [textwrap.fill(sentence, WIDTH) for sentence in dict.fromkeys(said)]
    return {"success": False, "log": "\n".join(lines)}
