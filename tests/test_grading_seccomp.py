"""The filter of system calls: as a program, as a wall, and what it costs those who run into it.

Needs bubblewrap for the attacks, as `test_grading_attacks.py` does.
"""

import errno
import os
import platform
import struct

import pytest

from socmint.grading import classroom, demo, sandbox, seccomp
from socmint.grading.collect import collect
from socmint.grading.sandbox import Limits, Sandbox, SandboxError, why_not

WHY_NOT = why_not()
if WHY_NOT and not os.environ.get("SOCMINT_REQUIRE_SANDBOX"):
    pytest.skip(f"{WHY_NOT}: the attacks did not run", allow_module_level=True)

LAB = "first_steps"
LIMITS = Limits(seconds=30, cell_seconds=10)
ALLOW, KILL = 0x7FFF0000, 0x80000000
X86, ARM, I386 = 0xC000003E, 0xC00000B7, 0x40000003

# ---- the program, run by a machine of our own ----------------------------------------------------


def run(program, number, machine, first=0):
    """Run classic BPF over what the kernel would write: number, machine, address, arguments."""
    data = struct.pack("=iIQ6Q", number, machine, 0, first, 0, 0, 0, 0, 0)
    lines = list(struct.iter_unpack("=HBBI", program))
    place = value = 0
    while True:
        code, yes, no, k = lines[place]
        place += 1
        if code == 0x06:
            return k
        if code == 0x20:
            value = struct.unpack_from("=I", data, k)[0]
        else:
            holds = {0x15: value == k, 0x35: value >= k, 0x45: bool(value & k)}[code]
            place += yes if holds else no


def error(number):
    return 0x00050000 | number


# From the tables of the C library's headers, <asm/unistd_64.h> and <asm-generic/unistd.h>.
CALLS = {  # number on x86-64, on aarch64, the first argument, the answer
    "read": (0, 63, 0, ALLOW),
    "openat": (257, 56, 0, ALLOW),
    "execve": (59, 221, 0, ALLOW),
    "futex": (202, 98, 0, ALLOW),
    "a socket of a notebook's own": (41, 198, 1, ALLOW),
    "a socket to the network": (41, 198, 2, error(errno.EAFNOSUPPORT)),
    "the same in a number of 64 bits": (41, 198, 1 << 32 | 2, error(errno.EAFNOSUPPORT)),
    "vsock": (41, 198, 40, error(errno.EAFNOSUPPORT)),
    "a pair of vsocks": (53, 199, 40, error(errno.EAFNOSUPPORT)),
    "a thread": (56, 220, 0x3D0F00, ALLOW),
    "a process": (56, 220, 17, ALLOW),
    "a process in a namespace of users": (56, 220, 0x10000011, error(errno.EPERM)),
    "a process in a namespace of mounts": (56, 220, 0x20011, error(errno.EPERM)),
    "clone3": (435, 435, 0, error(errno.ENOSYS)),
    "io_uring_setup": (425, 425, 8, error(errno.EPERM)),
    "bpf": (321, 280, 0, error(errno.EPERM)),
    "ptrace": (101, 117, 0, error(errno.EPERM)),
    "keyctl": (250, 219, 0, error(errno.EPERM)),
    "mount": (165, 40, 0, error(errno.EPERM)),
    "statmount, newer than the list": (457, 457, 0, error(errno.ENOSYS)),
    "a call of tomorrow": (5000, 5000, 0, error(errno.ENOSYS)),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("machine", "kernel", "column"), [("x86_64", X86, 0), ("aarch64", ARM, 1)])
def test_the_program_answers_each_call_as_it_should(name, machine, kernel, column):
    *numbers, first, answer = CALLS[name]
    assert run(seccomp.program(machine), numbers[column], kernel, first) == answer


def test_calls_of_another_machine_end_the_process():
    for number in (0, 41, 359):  # 359 is socket on i386
        assert run(seccomp.program("x86_64"), number, I386, 1) == KILL
        assert run(seccomp.program("x86_64"), number, ARM, 1) == KILL
        assert run(seccomp.program("aarch64"), number, X86, 1) == KILL


def test_calls_of_x32_do_not_exist():
    for number in (0, 41, 165, 321):
        answer = run(seccomp.program("x86_64"), 0x40000000 | number, X86, 1)
        assert answer == error(errno.ENOSYS)


@pytest.mark.parametrize("column", [0, 1])
def test_each_refused_call_has_a_number_of_its_own(column):
    numbers = [pair[column] for pair in (*seccomp.DENIED.values(), *seccomp.SOCKETS.values())]
    known = [number for number in numbers if number is not None]
    assert len(known) == len(set(known))
    assert {seccomp.CLONE[column], seccomp.CLONE3}.isdisjoint(known)


# ---- the wall ------------------------------------------------------------------------------------

CALL = """
import ctypes, os, signal, time
libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
def call(x86, arm, *arguments):
    given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    answer = libc.syscall(ctypes.c_long(x86 if X86 else arm), *given)
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
"""
ANOTHER = """
import ctypes, os, subprocess, sys, time
trace = ctypes.CDLL(None, use_errno=True).ptrace
trace.restype = ctypes.c_long
trace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
willing = "import ctypes, time; ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)"
sleeper = subprocess.Popen(  # whoever wants may trace it
    [sys.executable, "-I", "-S", "-c", willing + "; print('ready', flush=True); time.sleep(9)"],
    stdout=subprocess.PIPE,
)
sleeper.stdout.readline()
read, write = os.pipe()
if os.fork() == 0:
    done = trace(0x4206, sleeper.pid, None, None)  # PTRACE_SEIZE
    os.write(write, str(ctypes.get_errno() if done else 0).encode())
    os._exit(0)
said = int(os.read(read, 10))
sleeper.kill()
if said:
    raise OSError(said, os.strerror(said))
"""
SOCKET = "import socket\nsocket.socket({}, {})"
# What it is → code, the error inside, and whether any Linux lets it through where no filter is.
# Where it is False, that hangs on how a kernel was built or set; this was tried once by hand.
ATTACKS = {
    "vsock": (SOCKET.format(40, 1), errno.EAFNOSUPPORT, False),
    "the kernel's cryptography": (SOCKET.format(38, 5), errno.EAFNOSUPPORT, False),
    "netlink": (SOCKET.format(16, 3), errno.EAFNOSUPPORT, True),
    "a socket of the network": (SOCKET.format(2, 1), errno.EAFNOSUPPORT, True),
    "io_uring": (CALL + "call(425, 425, 4, ctypes.create_string_buffer(120))", errno.EPERM, False),
    "a key in the kernel": (
        CALL + "call(248, 217, b'user', b'note', b'for the next one', 16, -3)",
        errno.EPERM,
        True,
    ),
    "the keyring of the user": (CALL + "call(250, 219, 0, -4, 1)", errno.EPERM, True),
    "ptrace of a sibling": (ANOTHER, errno.EPERM, True),
    "memory of another process": (
        CALL + "spot = ctypes.create_string_buffer(8)\n"
        "vector = (ctypes.c_size_t * 2)(ctypes.addressof(spot), 8)\n"
        "call(310, 270, os.getpid(), vector, 1, vector, 1, 0)",
        errno.EPERM,
        True,
    ),
    "unshare": (CALL + "call(272, 97, 0x10000000)", errno.EPERM, False),
    "a process in a new namespace": (
        CALL + "call(56, 220, 0x10000011, 0, 0, 0, 0)",
        errno.EPERM,
        False,
    ),
    "clone3": (CALL + "call(435, 435, 0, 0)", errno.ENOSYS, False),
    "userfaultfd": (CALL + "call(323, 282, 1)", errno.EPERM, False),
    "performance counters": (
        CALL + "call(298, 241, ctypes.create_string_buffer(128), 0, -1, -1, 0)",
        errno.EPERM,
        False,
    ),
    "bpf": (CALL + "call(321, 280, 0, ctypes.create_string_buffer(128), 128)", errno.EPERM, False),
    "a file by its number": (
        CALL + "handle = ctypes.create_string_buffer(b'\\x80' + bytes(140))\n"
        "call(303, 264, -100, b'/', handle, ctypes.create_string_buffer(8), 0)",
        errno.EPERM,
        False,
    ),
    "another personality": (CALL + "call(135, 92, 0x0040000)", errno.EPERM, True),
    "memory outside of all limits": ("import os\nos.memfd_create('hoard')", errno.EPERM, True),
    "shared memory that stays": (CALL + "call(29, 194, 0, 4096, 0o1600)", errno.EPERM, True),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worlds")
    (folder / "w").mkdir()
    return folder


@pytest.fixture(scope="module")
def shut(folder):
    with Sandbox(folder, number=11) as box:
        yield lambda *cells: box.run("w", list(cells), "{}", LIMITS)


@pytest.fixture(scope="module")
def open_(folder):
    """The same sandbox, with a filter that lets everything through."""
    with Sandbox(folder, number=12) as box:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(seccomp, "program", lambda: struct.pack("=HBBI", 0x06, 0, 0, ALLOW))
            box.start()
        yield lambda *cells: box.run("w", list(cells), "{}", LIMITS)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_the_kernel_is_refused(name, shut):
    code, number, _ = ATTACKS[name]
    run = shut(code)
    assert run.ended == "well"
    assert run.cells[0].error.endswith(f"[Errno {number}] {os.strerror(number)}"), run


@pytest.mark.parametrize("name", [name for name, (_, _, always) in ATTACKS.items() if always])
def test_without_the_filter_the_attack_gets_through(name, open_):
    """So the tests above see the filter and not some other wall."""
    run = open_(ATTACKS[name][0])
    assert (run.ended, run.cells[0].error) == ("well", None)


def test_a_call_of_another_machine_ends_the_notebook(shut):
    if platform.machine() != "x86_64":  # other machines have no second door
        return
    code = (  # int 0x80 with getpid of i386
        "import ctypes, mmap\npage = mmap.mmap(-1, 4096, prot=7)\n"
        "page.write(bytes.fromhex('b814000000cd80c3'))\n"
        "at = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "print(ctypes.CFUNCTYPE(ctypes.c_int)(at)())"
    )
    run = shut(code, "print('on')")
    assert (run.ended, run.cells) == ("the notebook was killed", [])


def test_what_a_notebook_needs_still_works(shut):
    run = shut(
        "import threading\nfor n in range(3):\n    t = threading.Thread(target=print, args=(n,))\n"
        "    t.start()\n    t.join()",
        "import subprocess\nprint(subprocess.run(['echo', 'a'], capture_output=True).stdout)",
        "import socket\none, two = socket.socketpair()\none.send(b'b')\nprint(two.recv(1))",
        "import multiprocessing\nwith multiprocessing.Pool(2) as pool:\n"
        "    print(pool.map(abs, [-1, -2]))",
        "import asyncio\nasync def three():\n    await asyncio.sleep(0.01)\n    return 3\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "print(ThreadPoolExecutor(1).submit(asyncio.run, three()).result())",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\n"
        "fig.savefig('a.png')\nimport os\nprint(os.path.getsize('a.png') > 1000)",
        "import pandas, networkx, sqlite3, tempfile\nprint(len(networkx.degree_centrality("
        "networkx.path_graph(4))), sqlite3.connect(':memory:').execute('select 5').fetchone())",
    )
    assert [cell.error for cell in run.cells] == [None] * 7
    said = ["0\n1\n2\n", "b'a\\n'\n", "b'b'\n", "[1, 2]\n", "3\n", "True\n", "4 (5,)\n"]
    assert [cell.printed for cell in run.cells] == said


def test_the_filter_holds_for_what_a_notebook_starts(shut):
    code = "import socket\ntry:\n    socket.socket(40, 1)\nexcept OSError as e:\n    print(e.errno)"
    run = shut(
        f"import subprocess, sys\nprint(subprocess.run([sys.executable, '-I', '-c', {code!r}],"
        " capture_output=True, text=True).stdout)"
    )
    assert run.cells[0].printed.split() == [str(errno.EAFNOSUPPORT)]


# ---- where no filter can be loaded ---------------------------------------------------------------


def test_a_machine_without_a_filter_is_named(monkeypatch, folder):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert why_not() == (
        "no filter of system calls is written for riscv64, only for x86_64 and aarch64"
    )
    with Sandbox(folder) as box, pytest.raises(SandboxError, match="written for riscv64"):
        box.run("w", ["1"], "{}", LIMITS)


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (b"\0" * 8, "the kernel takes no filter of system calls: Invalid argument"),
        (struct.pack("=HBBI", 6, 0, 0, ALLOW), "filter of system calls is loaded and refuses noth"),
    ],
)
def test_a_filter_that_does_not_load_or_hold_stops_the_grading(
    program, sentence, monkeypatch, folder
):
    monkeypatch.setattr(seccomp, "program", lambda: program)
    assert sentence in sandbox.why_not()


def test_a_filter_that_is_refused_later_is_no_fault_of_the_notebook(monkeypatch, folder):
    monkeypatch.setattr(seccomp, "program", lambda: b"\0" * 8)
    with (
        Sandbox(folder) as box,
        pytest.raises(SandboxError, match=r"could not be set up.*takes no filter"),
    ):
        box.run("w", ["print('it ran')"], "{}", LIMITS)


# ---- what happened, and the score ----------------------------------------------------------------


def test_who_attacks_the_kernel_loses_the_question_and_nobody_else_does(tmp_path):
    names = ["vsock", "io_uring", "a key in the kernel", "ptrace of a sibling", "unshare"]
    ids = {f"s{n}": name for n, name in enumerate(names)}
    roster = tmp_path / "roster.csv"
    lines = [f"{one},{one}\n" for one in (*ids, "ana")]
    roster.write_text("id,name\n" + "".join(lines), encoding="utf-8")
    group = classroom.init(tmp_path / "class", roster)
    for learner, name in ids.items():
        book = demo.with_code(LAB, ATTACKS[name][0], "q2", only=3)
        classroom.store(tmp_path / "in" / f"{learner}.ipynb", book)
    classroom.store(tmp_path / "in" / "ana.ipynb", demo.solved(LAB, 3))
    collect(group, LAB, [tmp_path / "in"])
    results = classroom.grade(group, LAB, workers=2, limits=LIMITS)
    assert results["ana"]["auto"] == 4  # q1, q2 and q3: 1, 1 and 2 points
    for learner, name in ids.items():
        result = results[learner]
        assert (result["status"], result["auto"]) == ("graded", 3), name
        said = os.strerror(ATTACKS[name][1])
        assert said in result["runs"][0]["errors"][f"{LAB}-q2-answer"]
