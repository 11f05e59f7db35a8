"""The ledger: JSON lines, each chained to the one before, written so that nothing is lost.

A line is appended in one write under a lock, so two open notebooks take turns. Beside the ledger
stands a small file with the number of lines and the last hash (`.head`): the chain alone cannot
show that lines are missing at the end. All this shows tampering; on the learner's own computer it
cannot prevent it.
"""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from socmint import chain
from socmint.errors import CourseError

WAIT = 10  # seconds for another notebook to finish its line


class Ledger:
    """One ledger file. It is read and checked when opened.

    Args:
        path: the file; made with its folder when it is not there.

    Raises:
        CourseError: the file was edited, cut or re-ordered (says which line), cannot be read, or
            another program holds it.

    Example:
        >>> import tempfile
        >>> ledger = Ledger(Path(tempfile.mkdtemp()) / "case.jsonl")
        >>> ledger.add({"call": "note"})["line"]
        1
    """

    def __init__(self, path: Path):
        self.path = Path(path)
        self.lines: list[dict[str, Any]] = []
        self.dropped = 0
        self._size = 0
        self._lock = FileLock(f"{self.path}.lock", timeout=WAIT)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._lock:
                self._catch_up()
        except Timeout:
            raise CourseError(
                f"Another notebook holds {self.path.name}. Stop its cell and try again."
            ) from None
        except OSError as error:
            raise CourseError(
                f"The ledger {self.path} cannot be written: {error.strerror}."
            ) from None

    @property
    def head(self) -> Path:
        """The file that holds the number of lines and the last hash."""
        return self.path.with_suffix(".head")

    @property
    def last_hash(self) -> str:
        """SHA-256 of the last line: the receipt to keep."""
        return self.lines[-1]["sha256"] if self.lines else chain.GENESIS

    def add(self, record: dict[str, Any]) -> dict[str, Any]:
        """Append a line, and return it with its number and hashes.

        Lines that another notebook wrote in the meantime are read and checked first.

        Raises:
            CourseError: as when opened; disk full.
        """
        return self.append(lambda: record)

    def append(self, make) -> dict[str, Any]:
        """Append the line that `make()` returns; it is called under the lock, on all lines."""
        try:
            with self._lock:
                self._catch_up()
                sealed = chain.seal({"line": len(self.lines) + 1, **make()}, self.last_hash)
                data = (json.dumps(sealed, ensure_ascii=False) + "\n").encode()
                file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
                try:
                    written = os.write(file, data)
                    if written != len(data):  # disk full: take the half line back
                        os.ftruncate(file, self._size)
                        raise OSError(28, "no space left on the disk")
                finally:
                    os.close(file)
                self.lines.append(sealed)
                self._size += len(data)
                self._note_head()
        except Timeout:
            raise CourseError(
                f"Another notebook holds {self.path.name}. Stop its cell and try again."
            ) from None
        except OSError as error:
            raise CourseError(
                f"The ledger {self.path} cannot be written: {error.strerror}."
            ) from None
        return sealed

    def csv(self) -> str:
        """Return the ledger as a table for a spreadsheet: one row for each line."""
        names = list(dict.fromkeys(name for line in self.lines for name in line))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        for line in self.lines:
            writer.writerow([_cell(line.get(name, "")) for name in names])
        return text.getvalue()

    def _catch_up(self) -> None:
        """Read what was added since, drop an unfinished last line, check the chain."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size == self._size and self.lines:
            return
        data = self.path.read_bytes() if size else b""
        whole, _, torn = data.rpartition(b"\n")
        whole = whole + b"\n" if whole else b""
        lines = [_parsed(number, raw) for number, raw in enumerate(whole.splitlines(), start=1)]
        _verify(self.path.name, lines)
        self._check_head(lines)
        if torn:  # a kernel was killed in the middle of this line
            os.truncate(self.path, len(whole))
            self.dropped += 1
        self.lines, self._size = lines, len(whole)

    def _check_head(self, lines: list[dict]) -> None:
        if not self.head.exists():
            if lines:
                raise CourseError(
                    f"{self.path.name}: the file {self.head.name} beside it is missing, so nobody "
                    "can say whether lines are missing at the end."
                )
            return
        try:
            count, last = self.head.read_text("ascii").split()
            count = int(count)
        except (ValueError, UnicodeDecodeError):
            raise CourseError(f"{self.head.name} was changed: it cannot be read.") from None
        if count > len(lines):
            raise CourseError(
                f"{self.path.name}: {count - len(lines)} lines are missing at the end. "
                f"It had {count}, it has {len(lines)}."
            )
        if count and lines[count - 1]["sha256"] != last:
            raise CourseError(
                f"{self.path.name}: line {count} is not the one that was written: the ledger was "
                "made anew."
            )

    def _note_head(self) -> None:
        # The same number of bytes each time, in one write: nobody finds half of it.
        file = os.open(self.head, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.write(file, f"{len(self.lines):012d} {self.last_hash}\n".encode("ascii"))
        finally:
            os.close(file)


def _parsed(number: int, raw: bytes) -> dict[str, Any]:
    try:
        line = json.loads(raw)
    except ValueError:
        line = None
    if not isinstance(line, dict):
        raise CourseError(f"The ledger was changed: line {number} is no longer a record.")
    return line


def _verify(name: str, lines: list[dict]) -> None:
    """Check the chain, and say what was done to it."""
    place = chain.first_break(lines)
    if place is None:
        return
    line = lines[place]
    try:
        whole = line == chain.seal(line, line.get("previous", ""))
    except (TypeError, ValueError):
        whole = False
    said = line.get("line")
    if not whole:
        raise CourseError(f"{name} was changed: line {place + 1} does not match its hash.")
    numbers = [one.get("line") for one in lines]
    if sorted(numbers, key=str) == sorted(range(1, len(lines) + 1), key=str):
        raise CourseError(f"{name} was re-ordered: line {said} stands where {place + 1} belongs.")
    raise CourseError(f"{name} was cut: line {place + 1} is missing, line {said} stands there.")


def _cell(value: Any) -> str:
    """One cell as text. A cell that a spreadsheet would run as a formula gets an apostrophe."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
