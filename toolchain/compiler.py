"""Run the compiler: native solc where it is installed, else one warm soljson under node for this whole process."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shlex
import threading
import time
from pathlib import Path

from toolchain.errors import SourceError, ToolCrashed, ToolVersionError
from toolchain.install import locate_native_solc, locate_soljson, solc_version
from toolchain.node import locate_node
from toolchain.process import Child, Limits, run
from toolchain.sandbox import confine

SERVER = Path(__file__).with_name("soljson.js")
START_S = 60
MEMORY_MB = 4096
MAX_ANSWER_BYTES = 256 << 20
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8"}
WRAPPER = """for argument; do
  case $argument in
    --version) printf '%s\\n' {answer}; exit 0 ;;
    --standard-json) exec {command} ;;
  esac
done
echo 'solc: only --version and --standard-json' >&2
exit 1
"""
LIMITS = Limits(time_s=0, memory_mb=MEMORY_MB)  # each compilation has a time limit of its own


class Soljson:
    """Keep one soljson process warm; one compilation at a time, a fresh process after each failure."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._buffer = b""

    def compile(self, standard_json: str, time_s: float) -> str:
        """Compile; waiting for other threads does not count against the time limit."""
        with self._lock:
            try:
                if self._child is None or not self._child.is_alive():
                    self._start()
                return self._exchange(standard_json.encode("ascii") + b"\n", time.monotonic() + time_s).decode()
            except BaseException:  # an interrupt, too, leaves it in the middle of an answer
                self._stop()
                raise

    def forget(self) -> None:
        """Drop the parent's process in a forked child, which must not talk to it."""
        self._lock, self._child, self._buffer = threading.Lock(), None, b""

    def _start(self) -> None:
        self._stop()
        command = [locate_node().path, SERVER, locate_soljson()]
        self._child = Child(command, Path("/"), LIMITS, ENVIRONMENT, confine(None))
        hello = json.loads(self._exchange(b"", time.monotonic() + START_S))
        version = str(hello["solc"]).removesuffix(".Emscripten.clang")
        if version != solc_version()[1]:
            raise ToolVersionError(f"the installed solc is {version}, not {solc_version()[1]}", "run: solwright setup")

    def _exchange(self, line: bytes, deadline: float) -> bytes:
        """Write a line and read one; stderr is kept for the message when the process dies."""
        child = self._child
        assert child
        stdin, stdout, stderr = child.stdin.fileno(), child.stdout.fileno(), child.stderr.fileno()
        unsent, complaint, chunks = memoryview(line), b"", [self._buffer]
        readable, size = [stdout, stderr], 0
        while True:
            ready, writable, _ = select.select(readable, [stdin] if unsent else [], [], max(0.0, deadline - time.monotonic()))
            if not ready and not writable:
                raise ToolCrashed("solc did not answer in time", "compile less at once, or give it more time")
            if writable:
                with contextlib.suppress(BrokenPipeError):  # it died: what it printed says why
                    unsent = unsent[os.write(stdin, unsent[:65536]) :]
            if stderr in ready:
                text = os.read(stderr, 65536)
                complaint = (complaint + text)[-4000:]
                readable = readable if text else [stdout]
            elif stdout in ready:
                chunk = os.read(stdout, 1 << 20)
                if not chunk:
                    raise _death(complaint.decode(errors="replace"))
                chunks.append(chunk)
                size += len(chunk)
                if size > MAX_ANSWER_BYTES:
                    raise ToolCrashed(f"solc said too much (over {MAX_ANSWER_BYTES >> 20} MB)", "compile less at once")
                if b"\n" in chunk:
                    answer, _, self._buffer = b"".join(chunks).partition(b"\n")
                    return answer

    def _stop(self) -> None:
        child, self._child, self._buffer = self._child, None, b""
        if child is not None:
            child.stop()
            with contextlib.suppress(ToolCrashed):  # how it ended was told already
                child.wait(time.monotonic() + START_S)


def _death(complaint: str) -> Exception:
    if "Maximum call stack" in complaint:
        return SourceError("the source is nested too deeply for the compiler", "nest fewer expressions or blocks")
    lines = complaint.strip().splitlines() or ["it said nothing"]
    told = next((line for line in lines if re.match(r"\w*Error\b", line)), lines[-1])
    return ToolCrashed(f"solc ended without an answer: {told[:300]}", "run: solwright doctor")


_soljson = Soljson()
os.register_at_fork(after_in_child=_soljson.forget)


def run_compiler(standard_json: str, *, time_s: float) -> str:
    """Give the compiler a standard-JSON input (ASCII, no line breaks) and return its output.

    Raises: ToolNotFound, ToolVersionError, ToolCrashed, SourceError when the source exhausts the compiler's stack.
    """
    native = locate_native_solc()
    return _soljson.compile(standard_json, time_s) if native is None else _run_native(native, standard_json, time_s)


def _run_native(native: Path, standard_json: str, time_s: float) -> str:
    limits = Limits(time_s=time_s, memory_mb=MEMORY_MB)
    done = run(
        [native, "--standard-json"], cwd=Path("/"), limits=limits, env=ENVIRONMENT, stdin=standard_json.encode(), confine=confine(None)
    )
    if done.reason == "time":
        raise ToolCrashed("solc did not answer in time", "compile less at once, or give it more time")
    if done.exit_code != 0 or done.reason:
        raise _death(f"{done.reason or f'exit code {done.exit_code}'} {done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def solc_wrapper(directory: Path) -> Path:
    """Write an executable `solc` into the directory that answers --version and --standard-json, for forge and Slither."""
    native = locate_native_solc()
    if native is not None:
        script = f'exec {shlex.quote(str(native))} "$@"\n'
    else:
        answer = f"solc, the solidity compiler commandline interface\nVersion: {solc_version()[1]}.Emscripten.clang"
        words = (locate_node().path, SERVER, locate_soljson(), "--standard-json")
        script = WRAPPER.format(answer=shlex.quote(answer), command=" ".join(shlex.quote(str(word)) for word in words))
    path = directory / "solc"
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(0o755)
    return path
