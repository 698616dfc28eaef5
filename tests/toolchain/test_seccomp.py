"""`toolchain.seccomp`: the filter, run here instruction by instruction, forbids what it must and nothing else."""

from __future__ import annotations

import errno
import struct

import pytest

from toolchain.seccomp import AUDIT, FORBIDDEN, build_filter

ALLOW, KILL = 0x7FFF0000, 0x80000000
DENIED = 0x00050000 | errno.EPERM
UNKNOWN = 0x00050000 | errno.ENOSYS
NUMBERS = {
    "x86_64": {
        "read": 0,
        "open": 2,
        "execve": 59,
        "clone": 56,
        "clone3": 435,
        "ioctl": 16,
        "prlimit": 302,
        "utimensat": 280,
        "socketpair": 53,
    },
    "aarch64": {
        "read": 63,
        "openat": 56,
        "execve": 221,
        "clone": 220,
        "clone3": 435,
        "ioctl": 29,
        "prlimit": 261,
        "utimensat": 88,
        "socketpair": 199,
    },
}
MACHINES = pytest.mark.parametrize("machine", sorted(AUDIT))


def judge(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Run a classic BPF program over one system call. Source: Linux `include/uapi/linux/filter.h`."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *(*arguments, *([0] * (6 - len(arguments)))))
    accumulator, position = 0, 0
    while True:
        operation, if_true, if_false, value = struct.unpack_from("=HBBI", program, 8 * position)
        position += 1
        if operation == 0x06:
            return int(value)
        if operation == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
            continue
        taken = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[operation]
        position += if_true if taken else if_false


@MACHINES
def test_every_forbidden_call_fails_and_its_neighbours_do_not(machine: str) -> None:
    program, column = build_filter(machine), sorted(AUDIT, reverse=True).index(machine)
    forbidden = {both[column] for both in FORBIDDEN.values()} - {None}
    special = {NUMBERS[machine][name] for name in ("clone3", "prlimit", "utimensat")}
    for number in range(500):
        expected = DENIED if number in forbidden else ALLOW
        if number not in special:
            assert judge(program, AUDIT[machine], number) == expected, number


@MACHINES
def test_calls_that_depend_on_an_argument(machine: str) -> None:
    program, architecture, numbers = build_filter(machine), AUDIT[machine], NUMBERS[machine]
    assert judge(program, architecture, numbers["clone3"]) == UNKNOWN
    assert judge(program, architecture, numbers["clone"], 0x11) == ALLOW
    assert judge(program, architecture, numbers["clone"], 0x10000000 | 0x11) == DENIED
    assert judge(program, architecture, numbers["prlimit"], 0) == ALLOW
    assert judge(program, architecture, numbers["prlimit"], 1) == DENIED
    assert judge(program, architecture, numbers["ioctl"], 0, 0x5401) == ALLOW
    assert judge(program, architecture, numbers["ioctl"], 0, 0x5412) == DENIED
    assert judge(program, architecture, numbers["utimensat"], 3, 0) == ALLOW
    assert judge(program, architecture, numbers["utimensat"], 3, 0x7F0000001000) == DENIED
    assert judge(program, architecture, numbers["utimensat"], 3, 0x7F0000000000) == DENIED  # its low half is 0


def test_another_architecture_is_killed_and_x32_does_not_exist() -> None:
    program = build_filter("x86_64")
    assert judge(program, 0x40000003, 1) == KILL
    assert judge(program, AUDIT["x86_64"], 0x40000000 | 41) == UNKNOWN


def test_bubblewrap_may_change_modes_but_opens_no_socket() -> None:
    program = build_filter("x86_64", inside_bubblewrap=True)
    assert judge(program, AUDIT["x86_64"], FORBIDDEN["chmod"][0] or 0) == ALLOW
    assert judge(program, AUDIT["x86_64"], FORBIDDEN["socket"][0] or 0) == DENIED


def test_an_unknown_machine_has_no_filter() -> None:
    assert build_filter("riscv64") == b""
