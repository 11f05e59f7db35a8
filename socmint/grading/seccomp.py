"""The filter of system calls that a notebook runs under: what it refuses, and as which program.

Namespaces hide files, processes and networks. Some doors of the kernel have no namespace, or lead
to much code that no lab needs: sockets to a host of virtual machines (vsock), the kernel's
cryptography (AF_ALG), its keyrings, io_uring, BPF. The filter shuts them. It is a small program
for the kernel (classic BPF, see seccomp(2)); each notebook loads it last, when its own room is
made, for that takes calls which are refused from then on.

What is refused is a list; a call that is newer than the list is answered as if the kernel did not
have it. Sources: seccomp(2), the tables of system calls of Linux 6.1, and the default list of
Docker, whose reasons are written beside it.
"""

import errno
import platform
import struct

MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""What the kernel calls a machine, and its column in the tables below."""
LAST = 456
"""The newest call of Linux 6.7: both machines count alike from 424 on."""

DENIED: dict[str, tuple[int | None, int | None]] = {  # name → its number on x86-64, on aarch64
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # keys of the kernel: they have no namespace
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # wide doors into the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # files by number instead of by path, and watching them
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    # memory that belongs to no process and no folder, so that no limit here would count it
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    # old ways of running code, and those of old processors
    "personality": (135, 92),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    # the machine itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "vhangup": (153, 58),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}
SOCKETS = {"socket": (41, 198), "socketpair": (53, 199)}
"""They are answered for AF_UNIX alone, which threads and processes of one notebook use."""
CLONE = (56, 220)
CLONE3 = 435
"""Its flags lie in memory, where a filter cannot look; C libraries fall back on clone."""
AF_UNIX = 1
NEW_NAMESPACES = 0x7E020000
"""The flags of clone that make a mount, cgroup, UTS, IPC, user, PID or network namespace."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST = 0, 4, 16  # where the kernel writes what is asked: seccomp_data
_ALLOW, _KILL = 0x7FFF0000, 0x80000000


def _answer(error: int) -> int:
    return 0x00050000 | error


_ENDS = {
    "allow": _ALLOW,
    "kill": _KILL,
    "refused": _answer(errno.EPERM),
    "unknown": _answer(errno.ENOSYS),
    "no family": _answer(errno.EAFNOSUPPORT),
}


def program(machine: str | None = None) -> bytes:
    """Return the filter for a machine, as the kernel takes it: eight bytes for each instruction.

    A call by the numbers of another machine (32 bit) ends the process; one of x32, and any that is
    newer than the list, does not exist.

    Args:
        machine: as `platform.machine()` names it; this computer when left out.

    Raises:
        ValueError: no filter is written for this machine.

    Example:
        >>> len(program("x86_64")) % 8
        0
    """
    machine = machine or platform.machine()
    if machine not in MACHINES:
        raise ValueError(
            f"no filter of system calls is written for {machine}, only for {' and '.join(MACHINES)}"
        )
    kernel, column = MACHINES[machine]
    denied = [numbers[column] for numbers in DENIED.values() if numbers[column] is not None]
    # A step: code, value, where to go if it holds, and if not. None is the next step. A text marks
    # the place of the step behind it.
    steps: list[tuple[int, int, str | None, str | None] | str] = [
        (_LOAD, _MACHINE, None, None),
        (_EQUAL, kernel, None, "kill"),
        (_LOAD, _NUMBER, None, None),
        (_AT_LEAST, LAST + 1, "unknown", None),  # calls of x32 have a high bit set
        (_EQUAL, CLONE3, "unknown", None),
        (_EQUAL, CLONE[column], "clone", None),
        *((_EQUAL, numbers[column], "socket", None) for numbers in SOCKETS.values()),
        *((_EQUAL, number, "refused", None) for number in denied),
        (_RETURN, _ALLOW, None, None),
        "socket",
        (_LOAD, _FIRST, None, None),
        (_EQUAL, AF_UNIX, "allow", "no family"),
        "clone",
        (_LOAD, _FIRST, None, None),
        (_ANY_BIT, NEW_NAMESPACES, "refused", "allow"),
    ]
    for name, value in _ENDS.items():
        steps += [name, (_RETURN, value, None, None)]
    places: dict[str, int] = {}
    lines: list[tuple[int, int, str | None, str | None]] = []
    for step in steps:
        if isinstance(step, str):
            places[step] = len(lines)
        else:
            lines.append(step)
    made = b""
    for place, (code, value, *ways) in enumerate(lines):
        yes, no = (places[way] - place - 1 if way else 0 for way in ways)
        made += struct.pack("=HBBI", code, yes, no, value)
    return made
