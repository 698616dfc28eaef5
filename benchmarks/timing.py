"""Measure work by the wall clock and by the processors: on a machine that others use, only the latter says much."""

from __future__ import annotations

import compileall
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("solwright", "feedback", "codegen", "verifier", "specs", "toolchain")


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds by the wall clock, and of processors: ours and those of children that have ended."""

    wall_s: float
    cpu_s: float

    def __str__(self) -> str:
        return f"{self.wall_s:5.1f} s ({self.cpu_s:5.1f} s)"

    def __add__(self, other: Timed) -> Timed:
        return Timed(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)

    def over(self, other: Timed) -> str:
        return f"{self.wall_s / other.wall_s:.2f} ({self.cpu_s / other.cpu_s:.2f})"


class Clock:
    """A measurement that has begun."""

    def __init__(self) -> None:
        self._used, self._begun = _processors(), time.monotonic()

    def read(self) -> Timed:
        return Timed(time.monotonic() - self._begun, _processors() - self._used)


def timed(work: Callable[[], object]) -> Timed:
    """Do work, and return what it took."""
    clock = Clock()
    work()
    return clock.read()


def install_bytecode() -> None:
    """Compile our own sources, as an installation does; a sandbox forbids the engines to keep their bytecode."""
    for package in PACKAGES:
        if not compileall.compile_dir(ROOT / package, quiet=1):
            raise SystemExit(f"{package} does not compile")


def load() -> str:
    """Say how busy the machine is."""
    return f"load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} processors"


def _processors() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
