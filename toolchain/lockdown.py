"""Restrict the calling process for good: Landlock for files, seccomp for system calls, no capabilities, no new privileges.

Runs in the launcher's child just before exec. Source: Linux `Documentation/userspace-api/landlock.rst`, `seccomp_filter.rst`,
`capabilities(7)`.
"""

from __future__ import annotations

import ctypes
import os
import stat

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on all architectures
VERSION_FLAG, PATH_BENEATH = 1, 1
PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 22, 24, 28, 38
SECCOMP_MODE_FILTER = 2
SECURE_NOROOT_LOCKED = 0b11
CAPABILITY_VERSION_3 = 0x20080522

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL_DEV = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
READ = EXECUTE | READ_FILE | READ_DIR
RIGHTS_OF_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
TCP_RIGHTS = 0b11  # bind, connect: from ABI 4 on
SCOPES = 0b11  # abstract sockets, signals: from ABI 6 on


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


class _Instructions(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def landlock_abi(libc: ctypes.CDLL) -> int:
    """Return the kernel's Landlock version; 0 where there is none."""
    return max(0, int(libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION_FLAG))))


def restrict(libc: ctypes.CDLL, readable: list[str], listable: list[str], writable: list[str], instructions: bytes) -> None:
    """Allow reading, listing and writing below these paths only (those that exist), and only the filter's system calls.

    Raises: OSError; the caller must not go on then.
    """
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _restrict_files(libc, readable, listable, writable)
    if os.geteuid() == 0:
        _drop_capabilities(libc)
    program = _Instructions(len(instructions) // 8, instructions)
    _check(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0), "seccomp")


def _restrict_files(libc: ctypes.CDLL, readable: list[str], listable: list[str], writable: list[str]) -> None:
    abi = landlock_abi(libc)
    if abi < 1:
        raise OSError("Landlock is not available")
    handled = RIGHTS_OF_ABI[min(abi, 5)]
    attributes = _Ruleset(handled, TCP_RIGHTS if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = libc.syscall(CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0))
    _check(ruleset, "landlock_create_ruleset")
    for paths, rights in ((readable, READ), (listable, READ_DIR), (writable, handled & ~(MAKE_CHAR | MAKE_BLOCK))):
        for path in paths:
            _allow(libc, ruleset, path, rights & handled)
    _check(libc.syscall(RESTRICT_SELF, ruleset, ctypes.c_uint32(0)), "landlock_restrict_self")
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(os.fstat(parent).st_mode):
        rights &= FILE_RIGHTS
    rule = _PathBeneath(rights, parent)
    _check(libc.syscall(ADD_RULE, ruleset, ctypes.c_int(PATH_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0)), f"landlock_add_rule {path}")
    os.close(parent)


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Leave root nothing but the ownership of its files; exec gives nothing back."""
    _check(libc.prctl(PR_SET_SECUREBITS, SECURE_NOROOT_LOCKED, 0, 0, 0), "securebits")
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails for numbers that this kernel does not know
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(libc.capset(ctypes.byref(header), ctypes.byref(nothing)), "capset")


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
