"""Assemble the system-call filter: no sockets, no namespaces, no tracing, no change of other people's files.

What a tool may open is Landlock's (or bubblewrap's) business; here stands what they do not cover. A forbidden call fails with an
error, it does not kill. Source: Linux `seccomp(2)`, `include/uapi/linux/filter.h`, the system-call tables of both architectures.
"""

from __future__ import annotations

import errno
import platform
import struct

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
X32 = 0x40000000
NEW_NAMESPACES = 0x7E020080  # CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET}

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name: (x86_64, aarch64); None: that architecture has no such call
FORBIDDEN = {
    "socket": (41, 198),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
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
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, None),
    "ioperm": (173, None),
    "syslog": (103, 116),
    "open_by_handle_at": (304, 265),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "chmod": (90, None),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "open_tree_attr": (467, 467),
    "file_setattr": (469, 469),
    "truncate": (76, 45),
    "process_madvise": (440, 440),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}
CLONE, CLONE3, PRLIMIT, UTIMENSAT, IOCTL = (56, 220), (435, 435), (302, 261), (280, 88), (16, 29)
TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: put characters into the user's terminal


def build_filter(machine: str | None = None, *, inside_bubblewrap: bool = False) -> bytes:
    """Return the filter as the kernel's instructions; empty where we know no system-call table.

    Inside bubblewrap paths lead nowhere else, so that changing modes and times is allowed there.
    """
    machine = machine or platform.machine()
    if machine not in AUDIT:
        return b""
    column = 0 if machine == "x86_64" else 1
    harmless = {n for n in FORBIDDEN if n.startswith(("chmod", "fchmod", "utime", "futimes", "truncate"))} if inside_bubblewrap else set()
    numbers = sorted(number for name, both in FORBIDDEN.items() if name not in harmless and (number := both[column]) is not None)
    code = [_step(LOAD, ARCHITECTURE), _step(JUMP_EQUAL, AUDIT[machine], 1, 0), _step(RETURN, KILL), _step(LOAD, NUMBER)]
    if machine == "x86_64":
        code += [_step(JUMP_AT_LEAST, X32, 0, 1), _step(RETURN, ERROR | errno.ENOSYS)]
    for number in numbers:
        code += [_step(JUMP_EQUAL, number, 0, 1), _step(RETURN, ERROR | errno.EPERM)]
    code += [
        _step(JUMP_EQUAL, CLONE3[column], 0, 1),
        _step(RETURN, ERROR | errno.ENOSYS),
    ]  # its flags lie in memory; libc falls back to clone
    code += _when(CLONE[column], 0, [_step(JUMP_SET, NEW_NAMESPACES, 0, 1), _step(RETURN, ERROR | errno.EPERM)])
    code += _when(PRLIMIT[column], 0, [_step(JUMP_EQUAL, 0, 1, 0), _step(RETURN, ERROR | errno.EPERM)])
    for request in TERMINAL_INPUT:
        code += _when(IOCTL[column], 1, [_step(JUMP_EQUAL, request, 0, 1), _step(RETURN, ERROR | errno.EPERM)])
    if not inside_bubblewrap:  # by path, or of an open file (no path)
        path = ARGUMENTS + 8
        whole = [_step(JUMP_EQUAL, 0, 0, 2), _step(LOAD, path + 4), _step(JUMP_EQUAL, 0, 1, 0), _step(RETURN, ERROR | errno.EPERM)]
        code += _when(UTIMENSAT[column], 1, whole)
    return b"".join([*code, _step(RETURN, ALLOW)])


def _when(number: int, argument: int, then: list[bytes]) -> list[bytes]:
    """Judge the low half of one argument of one call, then look at the number again."""
    body = [_step(LOAD, ARGUMENTS + 8 * argument), *then, _step(LOAD, NUMBER)]
    return [_step(JUMP_EQUAL, number, 0, len(body)), *body]


def _step(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, if_true, if_false, value)
