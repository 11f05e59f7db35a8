"""Run rebuilt notebooks where they can neither read what they should not nor harm anything.

One bubblewrap holds a warm Python (`runner.py`); each notebook gets a child of it in namespaces of
its own, and several can run at a time. Inside there is the system, read-only, the learner's side of
the course, and one world without truth. There is no network, no key, no other submission and no
gradebook. Everything that comes out is data with a size cap; time is kept here, outside.
"""

import itertools
import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import IO

from socmint.course import ROOT
from socmint.grading import seccomp

HIDDEN = ("keys", "grading", "authoring")
"""Rooms of the package that do not exist inside."""
FIRST_UID = 60_000
HALF = re.compile(rb"\\ud[89a-f]|\xed[\xa0-\xbf]", re.IGNORECASE)
"""What may be half a character, which no file takes (UTF-16 has a code for each half)."""
DEEPEST = 12
"""Lists inside one another; no answer of a lab needs more than half of that."""


class SandboxError(Exception):
    """The sandbox itself failed; this says nothing about the submission."""


@dataclass(frozen=True)
class Limits:
    """What one run of a notebook may use: seconds, bytes, processes."""

    seconds: float = 120
    cell_seconds: float = 30
    grace: float = 2  # for a cell that is told to stop
    memory: int = 3_000_000_000
    processes: int = 32
    disk: int = 100_000_000
    answer: int = 1_000_000
    output: int = 8_000_000


@dataclass
class Cell:
    """What became of one cell."""

    seconds: float = 0.0
    error: str | None = None
    printed: str = ""
    answer: object = None
    shown: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Run:
    """What became of one notebook.

    Attributes:
        cells: one for each cell that finished, in order.
        ended: "well", or the reason why it did not run to its end.
        seconds: wall time.
    """

    cells: list[Cell] = field(default_factory=list)
    ended: str = "well"
    seconds: float = 0.0


def why_not() -> str | None:
    """Return why notebooks cannot be isolated on this computer, or None when they can."""
    if not sys.platform.startswith("linux"):
        return "bubblewrap needs Linux"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap)"
    try:
        rules = seccomp.program()
    except ValueError as error:
        return str(error)
    test = [*_bwrap(), "--ro-bind", "/", "/", "--proc", "/proc", "--", sys.executable, "-ISB"]
    code = "import sys; sys.path.append(sys.argv[1]); import runner; runner.probe"
    test += ["-c", f"{code}(bytes.fromhex(sys.argv[2]))", str(Path(__file__).parent), rules.hex()]
    done = subprocess.run(test, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason was given"])[-1][:300]
        return said if "filter" in said else f"bubblewrap is refused here: {said}"
    return None


def _bwrap() -> list[str]:
    spaces = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    if os.geteuid() != 0:
        spaces.append("--unshare-user")
    # The powers serve to set up the namespaces of each child, which then loses them.
    return ["bwrap", *spaces, "--cap-add", "ALL", "--die-with-parent", "--new-session"]


class Sandbox:
    """A warm sandbox, for several notebooks at a time. Use it with `with`.

    Args:
        worlds: the folder that holds the worlds, each a folder without truth.
        isolated: False runs submissions with all powers of this account.
        number: tells sandboxes apart that are open at the same time.
        shared: names of worlds that many notebooks run on; they are read once.
    """

    def __init__(
        self,
        worlds: Path,
        isolated: bool = True,
        number: int = 0,
        shared: Collection[str] = (),
    ):
        self.worlds, self.isolated, self.number = worlds.resolve(), isolated, number
        self.shared = frozenset(shared)
        self._process: subprocess.Popen | None = None
        self._socket: socket.socket | None = None
        self._waiting = False
        self._lock = threading.Lock()
        self._places: set[int] = set()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the warm process and everything in it."""
        if process := self._process:
            process.kill()  # before the lock: somebody may wait for it to be warm
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._socket:
            self._socket.close()
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process.stderr.close()
        self._process = self._socket = None

    def start(self) -> None:
        """Start the warm process, unless it lives; do not wait until it is warm."""
        with self._lock:
            self._start()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._stop()
        try:
            rules = seccomp.program() if self.isolated else b""
        except ValueError as error:
            raise SandboxError(f"Notebooks cannot be isolated: {error}.") from None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        runner = Path(__file__).with_name("runner.py")
        path = "/sandbox/runner.py" if self.isolated else str(runner)
        worlds = "/sandbox/worlds" if self.isolated else str(self.worlds)
        command = [sys.executable, "-I", "-B", path, str(ROOT)]
        command += [rules.hex(), worlds]
        if self.isolated:
            command = [*_bwrap(), *_binds(self.worlds, runner), "--", *command]
        with theirs:
            self._process = _spawn(command, theirs)
        self._socket, self._waiting = ours, True

    def _ready(self) -> socket.socket:
        """Wait until the sandbox is warm."""
        with self._lock:
            self._start()
            if self._waiting:
                self._socket.settimeout(120)
                try:
                    ready = self._socket.recv(5)
                except OSError as error:
                    ready = str(error)
                if ready != b"ready":
                    said = self._process.stderr.read1(2000).decode(errors="replace").strip()
                    self._stop()
                    raise SandboxError(f"The sandbox does not start: {said or ready}")
                self._waiting = False
            return self._socket

    @contextmanager
    def _uid(self) -> Iterator[int]:
        """Give a user that no other running notebook has; root alone can be somebody else."""
        with self._lock:
            place = next(n for n in itertools.count() if n not in self._places)
            self._places.add(place)
        try:
            root = os.geteuid() == 0 and self.isolated
            yield FIRST_UID + 100 * self.number + place if root else 0
        finally:
            with self._lock:
                self._places.remove(place)

    def run(
        self, world: str, cells: list[str], forms: str, limits: Limits, show: bool = False
    ) -> Run:
        """Run the cells of a notebook, one after the other, on one world.

        Args:
            world: name of a folder in `worlds`.
            cells: their sources.
            forms: how answers are read, from `socmint.check.forms.dump`.
            limits: what the run may use.
            show: keep the tables and figures that its cells display.

        Raises:
            SandboxError: the sandbox failed, not the submission.
        """
        grader = self._ready()
        inside = "/sandbox/world" if self.isolated else str(self.worlds / world)
        place = "/sandbox/work" if self.isolated else os.fspath(_scratch())
        environment = {
            "SOCMINT_WORLD": inside,
            "SOCMINT_FORMS": forms,
            "SOCMINT_CASEBOOK": f"{place}/casebook",
        }
        job = {"cells": cells, "environment": environment, "place": place, "show": show}
        started = time.monotonic()
        job_file = os.memfd_create("job")
        events, events_end = os.pipe()
        leash_end, leash_start = os.pipe()
        leash = os.fdopen(leash_start, "wb", 0)
        try:
            with self._uid() as uid:
                header = {f.name: getattr(limits, f.name) for f in fields(limits)}
                header |= {"world": world, "shared": world in self.shared, "uid": uid}
                with open(job_file, "wb", closefd=False) as file:
                    file.write(json.dumps(header).encode() + b"\n" + json.dumps(job).encode())
                try:
                    socket.send_fds(grader, [b"run"], [job_file, events_end, leash_end])
                except OSError as error:
                    raise SandboxError(f"The sandbox is gone: {error}") from None
                os.close(events_end)
                events_end = -1
                run = _listen(events, leash, len(cells), limits)
        finally:
            leash.close()
            for file in (job_file, events, events_end, leash_end):
                if file >= 0:
                    os.close(file)
            if not self.isolated:
                shutil.rmtree(place, ignore_errors=True)
        run.seconds = round(time.monotonic() - started, 3)
        return run


def _spawn(command: list[str], grader: socket.socket) -> subprocess.Popen:
    """Start a process from a thread that lives as long: bubblewrap dies with who started it."""
    started: Future[subprocess.Popen] = Future()

    def hold() -> None:
        try:
            process = subprocess.Popen(
                command,
                stdin=grader,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the grader
            )
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(process)
        process.wait()

    threading.Thread(target=hold, daemon=True).start()
    return started.result()


def _scratch() -> str:
    import tempfile

    return tempfile.mkdtemp(prefix="submission-")


def _listen(events: int, leash: IO[bytes], cells: int, limits: Limits) -> Run:
    """Read events until the run has ended, and pull the leash when it goes on too long."""
    run, buffer, size, end, stopped = Run(), b"", 0, None, None
    start = quiet = time.monotonic()
    while True:
        if stopped is None:
            wait = (
                min(start + limits.seconds + 5, quiet + limits.cell_seconds + limits.grace)
                - time.monotonic()
            )
        else:
            wait = stopped + 10 - time.monotonic()
        ready = select.select([events], [], [], max(0.0, wait))[0]
        if not ready:
            if stopped is not None:
                raise SandboxError("The sandbox does not stop.")
            stopped, run.ended = time.monotonic(), "a cell did not stop in time"
            leash.close()
            continue
        data = os.read(events, 1 << 16)
        if not data:
            break
        size += len(data)
        if size > limits.output:
            if stopped is None:
                stopped, run.ended = time.monotonic(), "too much output"
                leash.close()
            data = data[-500:]  # the end is told last
            buffer = buffer[-500:]
        *lines, buffer = (buffer + data).split(b"\n")
        for line in lines:
            try:
                # A longer line is forged: the runner sends none.
                event = _event(line) if 0 < len(line) < limits.answer + 50_000 else {}
            except (ValueError, RecursionError):
                continue
            end = _note(run, event, cells) or end
            quiet = time.monotonic()
    if stopped is None:
        if end is None:
            raise SandboxError("The sandbox ended before the notebook.")
        if end != "exit" or len(run.cells) < cells:
            run.ended = {
                "time": "the notebook took too long",
                "memory": "too much memory",
                "exit": "the notebook ended its own process",
            }.get(end, f"the notebook was {end}")
    return run


def _event(line: bytes) -> dict[str, object] | None:
    """Return what a line says, as data that can be compared, copied and written into a file."""
    event = json.loads(line)
    if HALF.search(line):
        event = json.loads(json.dumps(event, ensure_ascii=False).encode(errors="replace"))
    if isinstance(event, dict):
        return {name: part for name, part in event.items() if _is_flat(part, DEEPEST)}
    return None


def _is_flat(value: object, levels: int) -> bool:
    """Say whether lists are no deeper in one another; what copies them has to come to an end."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return levels > 0 and all(_is_flat(part, levels - 1) for part in value)


def _note(run: Run, event: object, cells: int) -> str | None:
    """Take an event in. The notebook may have forged it: nothing is believed."""
    if not isinstance(event, dict):
        return None
    if event.get("done") == len(run.cells) < cells:
        seconds, error, printed = (event.get(k) for k in ("seconds", "error", "printed"))
        sane = isinstance(seconds, int | float) and 0 <= seconds < 1e6  # not so: nan, 10**400
        run.cells.append(
            Cell(
                seconds if sane else 0.0,
                str(error)[:500] if error is not None else None,
                str(printed)[:2000],
                event.get("answer"),
            )
        )
    data, last = event.get("data"), len(run.cells) - 1
    if isinstance(data, dict) and event.get("shown") == last >= 0 and len(run.cells[-1].shown) < 50:
        run.cells[-1].shown.append({k: v for k, v in data.items() if isinstance(v, str)})
    if "broken" in event and not run.cells:
        raise SandboxError(f"The sandbox could not be set up: {str(event['broken'])[:300]}")
    return str(event["end"])[:20] if "end" in event else None


def _environment() -> dict[str, str]:
    """Return an environment that tells nothing of this account."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": "/sandbox/config",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": "/sandbox/config/matplotlib",
        "IPYTHONDIR": "/sandbox/config/ipython",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }


def _binds(worlds: Path, runner: Path) -> list[str]:
    """Return what bubblewrap shows: read-only, and only what a notebook needs."""
    words = ["--perms", "1777", "--dir", "/tmp"]

    places = ["/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/fonts"]
    places += [sys.base_prefix, sys.prefix]
    package = ROOT / "socmint"
    places += [package, ROOT / "synthetic_data"]
    places += [ROOT / "course" / "course.toml", ROOT / "course" / "quizzes"]
    for place in map(Path, dict.fromkeys(map(str, places))):
        if place.is_symlink() and place.parent == Path("/"):
            words += ["--symlink", os.fspath(place.readlink()), str(place)]
        elif place.exists():
            for parent in reversed(place.parents[:-1]):  # bubblewrap makes them for itself alone
                words += ["--perms", "0755", "--dir", str(parent)]
            words += ["--ro-bind", str(place), str(place)]
    for place in ("/sandbox", "/sandbox/work", "/sandbox/world"):
        words += ["--perms", "0755", "--dir", place]
    words += ["--size", "50000000", "--tmpfs", "/sandbox/config"]
    for room in HIDDEN:
        words += ["--size", "4096", "--tmpfs", str(package / room)]
        words += ["--remount-ro", str(package / room)]
    for cache in _font_lists():
        words += ["--ro-bind", str(cache), f"/sandbox/config/matplotlib/{cache.name}"]
    words += ["--ro-bind", str(runner), "/sandbox/runner.py"]
    words += ["--ro-bind", str(worlds), "/sandbox/worlds", "--proc", "/proc", "--dev", "/dev"]
    return [*words, "--remount-ro", "/", "--chdir", "/sandbox/work"]


def _font_lists() -> list[Path]:
    """Return matplotlib's list of fonts, made here once: to make it takes seconds."""
    rooms = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    usual = Path(os.environ.get("MPLCONFIGDIR") or Path(rooms, "matplotlib"))
    if found := sorted(usual.glob("fontlist-*.json")):
        return found  # to load matplotlib for its own word on where the list is takes a while
    import matplotlib
    from matplotlib import font_manager  # noqa: F401  (writes the list)

    return sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
