"""What runs inside the sandbox: a warm process that forks a jailed child for each notebook.

It imports pandas, networkx and matplotlib once and then waits on a socket. Each request brings
three files: the job (its cells are read by the child alone), a pipe for events, and a leash: when
its other end closes, the child and all that it started are killed. So no notebook can reach another
one, and several can run at a time. A world that the whole class is judged on is read once, by a
process of its own (a holder), so that a notebook finds no world in its memory but the one it has.

This file runs by its path, without the package around it. It is trusted; the child is not.
"""
# ruff: noqa: PTH123, PTH208

import base64
import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x20000, 0x08000000, 0x20000000, 0x40000000
CLONE_NEWUSER = 0x10000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 24, 38, 47
LARGE_PAGE, MADV_COLLAPSE = 1 << 21, 25
PR_SET_CHILD_SUBREAPER, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 36, 22, 2
ANSWER = "application/vnd.socmint.answer+json"
TEXT = 2000
"""Characters of printed text that are kept of a cell."""
SHOWN = ("text/html", "image/svg+xml", "image/png", "image/jpeg", "text/plain")
MOST_SHOWN = 3_000_000
"""Characters of tables and figures that are kept of a notebook."""

libc = ctypes.CDLL(None, use_errno=True)


class Timeout(BaseException):
    """The cell took too long."""


def main() -> None:
    """Serve requests from the socket at file descriptor 0 until the grader closes it."""
    root, rules, worlds = sys.argv[1], bytes.fromhex(sys.argv[2]), sys.argv[3]
    sys.path.insert(0, root)
    shell = _warm()
    _join_pages()
    if len(os.listdir("/proc/self/task")) > 1:
        raise SystemExit("a library started threads; a forked process would miss them")
    grader = socket.socket(fileno=0)
    grader.sendall(b"ready")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are not waited for
    _serve(grader, shell, rules, worlds)


def _serve(asker: socket.socket, shell, rules: bytes, worlds: str, holds: bool = False) -> None:
    """Fork a keeper for each request, or hand it to the holder of its world."""
    holders: dict[str, socket.socket] = {}
    while True:
        words, files, _, _ = socket.recv_fds(asker, 10, 3)
        if not words:
            return
        limits = json.loads(os.pread(files[0], 4096, 0).split(b"\n", 1)[0])
        world = limits["world"]
        if limits["shared"] and not holds:
            if world not in holders:
                holders[world], theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                if os.fork() == 0:
                    _close(files, asker, *holders.values())
                    _place(_read(f"{worlds}/{world}"))
                    _serve(theirs, shell, rules, worlds, holds=True)
                    os._exit(0)
                theirs.close()
            try:
                socket.send_fds(holders[world], [words], files)
            except OSError:  # it was killed; the grader sees that nobody runs this, and asks again
                holders.pop(world).close()
        elif os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _close([], asker, *holders.values())
            _keep(shell, rules, limits, *files)
            os._exit(0)
        _close(files)


def _close(files: list[int], *sockets: socket.socket) -> None:
    for file in files:
        os.close(file)
    for one in sockets:
        one.close()


def _read(folder: str):
    """Read a world; one that cannot be read is left to the notebook, which says so."""
    from pathlib import Path

    from synthetic_data import World
    from synthetic_data.errors import WorldError

    try:
        world = World.read(Path(folder))
    except WorldError:
        return None
    gc.collect()
    gc.freeze()
    return world


def _place(world) -> None:
    """Let the notebook open this world without reading it again."""
    from socmint import case

    read = case._read
    case._read = lambda folder, changed: world or read(folder, changed)


def _warm():
    gc.disable()  # all that is loaded here stays
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.pylabtools import select_figure_formats
    from traitlets.config import Config

    class Hook(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, format_dict, md_dict=None):
            self.shell.shown.append(format_dict)

        def finish_displayhook(self):
            pass

    class Publisher(DisplayPublisher):
        def publish(self, data, *args, **kwargs):
            self.shell.shown.append(data)

    class Shell(InteractiveShell):
        displayhook_class = Hook
        display_pub_class = Publisher
        shown: list = []  # noqa: RUF012

        def enable_gui(self, gui=None):
            pass

    settings = Config(
        HistoryManager={"enabled": False}, Shell={"colors": "nocolor", "xmode": "Minimal"}
    )
    shell = Shell.instance(config=settings)
    import matplotlib.pyplot as plt
    import networkx  # noqa: F401
    import pandas as pd

    for name in ("case", "desk", "figures"):
        importlib.import_module(f"socmint.{name}")
    import synthetic_data.package  # noqa: F401

    select_figure_formats(shell, {"png"})
    pd.set_option("display.max_columns", 20)
    # What is loaded at first use is loaded once: fonts, the writer of pictures, formatters.
    figure, axes = plt.subplots()
    axes.set_title("warm")
    pd.Series([1, 2]).plot.bar(ax=axes)
    figure.savefig(io.BytesIO())
    plt.close(figure)
    shell.run_cell("import pandas\npandas.DataFrame({'a': [1]})")
    gc.freeze()  # nobody looks through all of this again, in forked processes either
    shell.reset(new_session=True)
    shell.shown.clear()
    gc.enable()
    return shell


def _join_pages() -> None:
    """Ask the kernel to join small pages of memory to large ones: fewer are faster to fork.

    Linux does so from 6.1 on (madvise(2), MADV_COLLAPSE); an older one refuses, which does no harm.
    """
    with open("/proc/self/maps", encoding="utf-8") as file:
        areas = [line.split() for line in file]
    for where, powers, _, _, _, *name in areas:
        if powers == "rw-p" and name in ([], ["[heap]"]):
            begin, end = (int(number, 16) for number in where.split("-"))
            begin, end = -(-begin // LARGE_PAGE) * LARGE_PAGE, end // LARGE_PAGE * LARGE_PAGE
            if begin < end:
                libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), MADV_COLLAPSE)


# ---- the keeper: between the warm process and the child ------------------------------------------


def _keep(shell, rules: bytes, limits: dict, job: int, events: int, leash: int) -> None:
    """Fork the child, watch its time and memory, kill all that it started, tell how it ended.

    Without rules, the filter of system calls, there is no jail at all.
    """
    jailed = bool(rules)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # without a jail, orphans come here
    proc = os.open("/proc", os.O_RDONLY)  # the jail will lie above it
    if jailed:
        _call(libc.unshare, CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET)
    base = _private(proc, str(os.getpid()))
    child = os.fork()
    if child == 0:
        try:
            os.close(leash)
            os.close(proc)
            os.setsid()  # or it could signal the group of the warm process
            with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
                file.write("1000")  # where the whole machine runs short, this one goes first
            if jailed:
                _jail(limits)
                shut(rules)  # last: the calls that made the jail are refused from here on
            _run(shell, job, events, limits)
        except BaseException as error:
            _tell(events, {"broken": f"{type(error).__name__}: {error}"[:500]})
        finally:
            os._exit(0)
    os.close(job)
    ended = _watch(child, leash, limits, proc, base)
    for _ in range(0 if jailed else 3):  # one that is just being made is met the next time
        for name in _descendants(proc):
            _kill(lambda name=name: os.kill(int(name), signal.SIGKILL))
    _kill(lambda: os.kill(child, signal.SIGKILL))  # the first process: the rest goes with it
    status = os.waitpid(child, 0)[1]
    _tell(events, {"end": ended or ("exit" if os.WIFEXITED(status) else "killed")})


def _watch(child: int, leash: int, limits: dict, proc: int, base: int) -> str | None:
    gone = os.pidfd_open(child)
    poll = select.poll()
    poll.register(gone, select.POLLIN)
    poll.register(leash, select.POLLIN)
    deadline = time.monotonic() + limits["seconds"]
    while time.monotonic() < deadline:
        for file, _ in poll.poll(250):
            return None if file == gone else "leash"
        # What the warm process had is shared by all that was forked from it.
        grown = sum(max(0, _private(proc, name) - base) for name in _descendants(proc))
        if grown > limits["memory"]:
            return "memory"
    return "time"


def _descendants(proc: int) -> set[str]:
    """Return the processes that come from this one."""
    parents = {}
    for name in os.listdir(proc):
        if name.isdecimal() and (words := _about(proc, name, "stat").rpartition(")")[2].split()):
            parents[name] = words[1]
    found, new = set(), {str(os.getpid())}
    while new:
        new = {name for name, parent in parents.items() if parent in new} - found
        found |= new
    return found


def _private(proc: int, name: str) -> int:
    """Return the bytes of a process that are not backed by files; 0 when it is gone.

    Shared memory counts, too: it may be one that only this process made.
    """
    lines = dict(line.split(":", 1) for line in _about(proc, name, "status").splitlines())
    kinds = ("RssAnon", "RssShmem")
    return sum(1024 * int(lines[kind].split()[0]) for kind in kinds if kind in lines)


def _about(proc: int, name: str, file: str) -> str:
    """Return what the system says of a process; nothing when it is gone."""
    try:
        number = os.open(f"{name}/{file}", os.O_RDONLY, dir_fd=proc)
    except OSError:
        return ""
    with contextlib.suppress(OSError), open(number, encoding="utf-8", errors="replace") as text:
        return text.read()
    return ""


def _kill(action) -> None:
    with contextlib.suppress(ProcessLookupError):
        action()


# ---- the child -----------------------------------------------------------------------------------


def _call(function, *arguments) -> None:
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function.__name__}{arguments}: {os.strerror(number)}")


def _mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    words = (source, target, kind, options)
    source_, target_, kind_, options_ = (w.encode() if w else None for w in words)
    _call(libc.mount, source_, target_, kind_, ctypes.c_ulong(flags), options_)


def _jail(limits: dict) -> None:
    """Leave only the system, the course and one world, then give every power away for good."""
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    _mount(f"/sandbox/worlds/{limits['world']}", "/sandbox/world", None, MS_BIND)
    _mount("none", "/sandbox/worlds", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k")
    places = ["/sandbox/work", "/sandbox/config", "/dev/shm"]
    if not os.listdir("/tmp"):  # the interpreter itself may live there
        places.append("/tmp")
    for place in places:
        options = f"size={limits['disk']},nr_inodes=5000,mode=1777"
        _mount("none", place, "tmpfs", MS_NOSUID | MS_NODEV, options)
    _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
    if not limits["uid"]:  # an ordinary user's processes are counted for each notebook apart
        _call(libc.unshare, CLONE_NEWUSER)
    for kind, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["disk"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_CPU, int(limits["seconds"]) + 5),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, 4, 0, 0, 0)
    if uid := limits["uid"]:  # started as root: limits on processes do not hold for root
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _call(libc.capset, header, (ctypes.c_uint32 * 6)())
    _call(libc.prctl, PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def shut(rules: bytes) -> None:
    """Load the filter of system calls; it holds for all that is started from here, for good.

    Raises:
        OSError: the kernel does not take it.
    """
    kept = ctypes.create_string_buffer(rules)
    program = struct.pack("HP", len(rules) // 8, ctypes.addressof(kept))
    _call(libc.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the kernel takes no filter of system calls: {os.strerror(number)}")


def probe(rules: bytes) -> None:
    """Try what a jail needs: namespaces inside the sandbox, and a filter that refuses.

    Raises:
        OSError: the kernel refuses something that is needed, or does not refuse what it should.
    """
    _call(libc.unshare, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET)
    shut(rules)
    if libc.unshare(CLONE_NEWIPC) == 0:
        raise OSError("the filter of system calls is loaded and refuses nothing")


def _tell(events: int, message: dict) -> None:
    data = b"\n" + json.dumps(message, default=str).encode() + b"\n"
    while data:
        data = data[os.write(events, data) :]


class _Printed:
    """A text stream that keeps the beginning and forgets the rest."""

    encoding = "utf-8"

    def __init__(self):
        self.kept = ""

    def write(self, text: str) -> int:
        if len(self.kept) < TEXT:
            self.kept += text[: TEXT - len(self.kept)]
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


def _run(shell, job: int, events: int, limits: dict) -> None:
    with open(job, "rb", closefd=False) as file:
        file.seek(0)
        file.readline()
        work = json.loads(file.read())
    os.close(job)
    place = work["place"]
    os.environ.update(work["environment"], HOME=place, TMPDIR=place)
    os.chdir(place)
    sys.path.insert(0, "")
    for number in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    signal.signal(signal.SIGALRM, _out_of_time)
    left = MOST_SHOWN if work["show"] else 0
    if not work["show"]:
        _lay_out_only()
    for number, source in enumerate(work["cells"]):
        sys.stdout = sys.stderr = printed = _Printed()
        shell.shown.clear()
        _tell(events, {"cell": number})
        started = time.monotonic()
        error = None
        try:
            signal.setitimer(signal.ITIMER_REAL, limits["cell_seconds"])
            result = shell.run_cell(source, store_history=True)
            error = result.error_before_exec or result.error_in_exec
            _end_figures(shell, left > 0)
        except BaseException as caught:
            error = caught
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        answer = next((d[ANSWER] for d in reversed(shell.shown) if ANSWER in d), None)
        if answer is not None and len(json.dumps(answer, default=str)) > limits["answer"]:
            answer, error = None, ValueError("the answer is too large")
        _tell(
            events,
            {
                "done": number,
                "seconds": round(time.monotonic() - started, 3),
                "error": error and _text_of(error),
                "printed": printed.kept,
                "answer": answer,
            },
        )
        left = _tell_shown(events, number, shell.shown[:50], left)


def _text_of(error: BaseException) -> str:
    """Return an error in words; its own way to say them may have a fault, too."""
    try:
        return f"{type(error).__name__}: {error}"[:500]
    except BaseException:
        return f"{type(error).__name__}: (its text cannot be shown)"[:500]


def _lay_out_only() -> None:
    """Let `show` lay a figure out and not paint it: nobody looks at the pictures of this run.

    What painting would stumble over, such as a broken formula in a title, comes up all the same.
    """
    from socmint.figures import style

    style.draw = lambda figure, title: figure.draw_without_rendering() or b""


def _end_figures(shell, show: bool) -> None:
    """Close the figures that are still open, as a notebook does at the end of a cell."""
    pyplot = sys.modules["matplotlib.pyplot"]
    for number in pyplot.get_fignums() if show else ():
        kinds = ["image/png", "text/plain"]
        shell.shown.append(shell.display_formatter.format(pyplot.figure(number), include=kinds)[0])
    pyplot.close("all")


def _tell_shown(events: int, number: int, shown: list, left: int) -> int:
    """Send what a cell displayed, as text, until the notebook has sent enough."""
    for one in shown if left else ():
        kept = {}
        for kind in SHOWN:
            data = one.get(kind)
            if isinstance(data, bytes):
                data = base64.b64encode(data).decode()
            if isinstance(data, str) and len(data) < min(left, 900_000):
                kept[kind] = data
                left -= len(data)
        if kept:
            _tell(events, {"shown": number, "data": kept})
    return left


def _out_of_time(number, frame):
    raise Timeout("the cell took too long")


if __name__ == "__main__":
    main()
