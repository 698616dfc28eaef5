"""Run the compiler: native solc where it is installed, else one warm soljson under node for this whole process."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shlex
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from toolchain.errors import SourceError, ToolCrashed, ToolVersionError
from toolchain.install import locate_soljson
from toolchain.node import locate_node

SERVER = Path(__file__).with_name("soljson.js")
MEMORY_MB = 4096


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold the compiler's standard-JSON output and its version without the build's platform."""

    text: str
    version: str


class Soljson:
    """Keep one soljson process warm; one compilation at a time, a fresh process after each failure."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self._version = ""

    def compile(self, standard_json: str, time_s: float) -> Answer:
        """Compile; waiting for other threads does not count against the time limit."""
        with self._lock:
            try:
                return self._ask(standard_json.encode("ascii") + b"\n", time_s)
            except BaseException:
                self._stop()
                raise

    def stop(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._stop()

    def forget(self) -> None:
        """Drop the parent's process in a forked child, which must not talk to it."""
        process, self._process, self._lock, self._buffer = self._process, None, threading.Lock(), b""
        if process is not None:
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        os.close(pipe.fileno())
            process.returncode = 0

    def _ask(self, line: bytes, time_s: float) -> Answer:
        if self._process is None or self._process.poll() is not None:
            self._start()
        deadline = time.monotonic() + time_s
        return Answer(self._exchange(line, deadline).decode(), self._version)

    def _start(self) -> None:
        self._stop()
        command = [str(locate_node().path), str(SERVER), str(locate_soljson())]
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True
        )
        if sys.platform == "linux":
            import resource

            limit = MEMORY_MB << 20
            resource.prlimit(self._process.pid, resource.RLIMIT_DATA, (limit, limit))
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        hello = json.loads(self._exchange(b"", time.monotonic() + 60))
        self._version = str(hello["solc"]).removesuffix(".Emscripten.clang")

    def _exchange(self, line: bytes, deadline: float) -> bytes:
        """Write a line and read one; stderr is kept for the message when the process dies."""
        process = self._process
        assert process and process.stdin and process.stdout and process.stderr
        stdin, stdout, stderr = process.stdin.fileno(), process.stdout.fileno(), process.stderr.fileno()
        unsent, complaint, chunks = memoryview(line), b"", [self._buffer]
        readable = [stdout, stderr]
        while True:
            ready, writable, _ = select.select(readable, [stdin] if unsent else [], [], max(0.0, deadline - time.monotonic()))
            if not ready and not writable:
                raise ToolCrashed("solc did not answer in time", "compile less at once, or give it more time")
            if writable:
                with contextlib.suppress(BrokenPipeError):
                    unsent = unsent[os.write(stdin, unsent[:65536]) :]
            if stderr in ready:
                text = os.read(stderr, 65536)
                complaint = (complaint + text)[-4000:]
                readable = readable if text else [stdout]
            if stdout in ready:
                chunk = os.read(stdout, 1 << 20)
                if not chunk:
                    raise _death(process, complaint)
                chunks.append(chunk)
                if b"\n" in chunk:
                    answer, _, self._buffer = b"".join(chunks).partition(b"\n")
                    return answer

    def _stop(self) -> None:
        process, self._process, self._buffer = self._process, None, b""
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _death(process: subprocess.Popen[bytes], complaint: bytes) -> Exception:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
    assert process.stderr
    with contextlib.suppress(OSError):
        complaint += os.read(process.stderr.fileno(), 65536)
    text = complaint.decode(errors="replace")
    if "Maximum call stack" in text or "stack size" in text.lower():
        return SourceError("the source is nested too deeply for the compiler", "nest fewer expressions or blocks")
    return ToolCrashed(f"solc ended with code {process.returncode}: {text.strip()[-300:] or 'it said nothing'}", "run: solwright doctor")


_soljson = Soljson()
atexit.register(_soljson.stop)
os.register_at_fork(after_in_child=_soljson.forget)


def run_compiler(standard_json: str, *, time_s: float) -> Answer:
    """Give the compiler a standard-JSON input (ASCII, no line breaks) and return its output.

    Raises: ToolNotFound, ToolCrashed, SourceError when the source exhausts the compiler's stack.
    """
    return _soljson.compile(standard_json, time_s)


def write_wrapper(path: Path, version: str) -> Path:
    """Write an executable that answers as solc of that version does."""
    node, soljson = locate_node(), locate_soljson()
    if not version:
        raise ToolVersionError("no solc version was asked for")
    answer = f"solc, the solidity compiler commandline interface\nVersion: {version}+commit.f401782d.Emscripten.clang"
    run = " ".join(shlex.quote(str(part)) for part in (node.path, SERVER, soljson))
    path.write_text(
        f"#!/bin/sh\nfor argument; do\n  case $argument in\n    --version) printf '%s\\n' {shlex.quote(answer)}; exit 0 ;;\n"
        f"    --standard-json) exec {run} --standard-json ;;\n  esac\ndone\necho 'solc: only --version and --standard-json' >&2\nexit 1\n"
    )
    path.chmod(0o755)
    return path
