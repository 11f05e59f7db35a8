"""What a learner has done, kept on the learner's own computer and nowhere else.

Each event is one JSON line of `progress.jsonl` in the casebook. Two notebooks take turns, and a
line that was cut off in the middle is left out when the file is read.
"""

import datetime
import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from socmint.course import ROOT

_COLUMNS = ["time", "topic", "item", "option", "right"]


def casebook() -> Path:
    """Return the folder of ledgers and progress: `casebook`, or what SOCMINT_CASEBOOK names."""
    return Path(os.environ.get("SOCMINT_CASEBOOK") or ROOT / "casebook")


def note_quiz(topic: str, item: int, option: str, right: bool) -> bool:
    """Note one answer to a quiz; return whether it could be written.

    Args:
        topic: the module's topic.
        item: number of the question, from 1.
        option: the words that were chosen.
        right: were they the right ones?
    """
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    event = {"time": now, "topic": topic, "item": item, "option": option, "right": right}
    data = json.dumps(event, ensure_ascii=False).encode()
    try:
        path = casebook() / "progress.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=5), path.open("ab") as file:
            # A line break first as well: what an earlier, broken line left does not join this one.
            file.write((b"\n" if file.tell() else b"") + data + b"\n")
    except (OSError, Timeout):
        return False  # a quiz on a read-only disk is still a quiz
    return True


def quiz_answers() -> pd.DataFrame:
    """Return all answers to quizzes in order: time, topic, item, option, right.

    Example:
        >>> quiz_answers().columns.tolist()
        ['time', 'topic', 'item', 'option', 'right']
    """
    path, events = casebook() / "progress.jsonl", []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        event = _event(line)
        if event:
            events.append(event)
    return pd.DataFrame(events, columns=_COLUMNS)


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(event, dict) and all(name in event for name in _COLUMNS)
    return event if whole else None
