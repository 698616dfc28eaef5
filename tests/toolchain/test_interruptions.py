"""Attack 34 for tools: however this program ends, nothing that it started goes on, and no file is half-written."""

from __future__ import annotations

import fcntl
import os
import pty
import resource
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.toolchain.processes import alive, await_until, new_token
from toolchain import install

pytestmark = pytest.mark.attack

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background, these are ignored
for number in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_DFL)
from pathlib import Path
from toolchain.process import run
from toolchain.sandbox import confine
from toolchain.solc import compile_sources
compile_sources({"A.sol": "pragma solidity ^0.8.24; contract A {}"}, fresh=True)
here, token, rung = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
script = f"(setsid sleep {token} >/dev/null 2>&1 </dev/null &) ; sleep {token} & trap '' INT TERM HUP; sleep {token}"
work = lambda: run(["/bin/sh", "-c", script], cwd=here, confine=confine(here) if rung else None)
threading.Thread(target=work, daemon=True).start()
work()
"""


@contextmanager
def started(tmp_path: Path, token: str, rung: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program that runs two commands with daemons and a warm compiler; the compiler's home has the token in its name."""
    home = tmp_path / f"home-{token}"
    home.symlink_to(install.home())
    environment = {**os.environ, "SOLWRIGHT_HOME": str(home), "SOLWRIGHT_SANDBOX": rung or "none"}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), token, rung]
    program: subprocess.Popen[bytes] = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, **options)
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def take_terminal() -> None:
    """Make stdin the controlling terminal, so that the kernel tells us when it is closed."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def sleepers(token: str) -> int:
    return sum(line.startswith("sleep") for line in alive(token))


@pytest.mark.parametrize("rung", ["", "landlock"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGQUIT])
def test_a_signal_leaves_no_survivor(tmp_path: Path, number: signal.Signals, rung: str) -> None:
    token = new_token()
    with started(tmp_path, token, rung) as program:
        assert await_until(lambda: sleepers(token) == 6, 60)
        assert any("soljson" in line for line in alive(token))
        program.send_signal(number)
        assert program.wait(30) != 0
    assert await_until(lambda: not alive(token)), alive(token)


def test_a_closed_terminal_leaves_no_survivor(tmp_path: Path) -> None:
    token = new_token()
    ours, theirs = pty.openpty()
    with started(tmp_path, token, "", stdin=theirs, stdout=theirs, start_new_session=True, preexec_fn=take_terminal) as program:
        os.close(theirs)
        assert await_until(lambda: sleepers(token) == 6, 60)
        os.close(ours)
        assert program.wait(30) == -signal.SIGHUP
    assert await_until(lambda: not alive(token)), alive(token)


def test_ctrl_c_in_a_terminal_leaves_no_survivor(tmp_path: Path) -> None:
    """The terminal sends it to the whole foreground group; tools are in sessions of their own and die with us all the same."""
    token = new_token()
    with started(tmp_path, token, "landlock", start_new_session=True) as program:
        assert await_until(lambda: sleepers(token) == 6, 60)
        os.killpg(program.pid, signal.SIGINT)
        assert program.wait(30) != 0
    assert await_until(lambda: not alive(token)), alive(token)


WRITER = """
import sys, resource
from pathlib import Path
from toolchain.process import atomic_write
{before}
atomic_write(Path(sys.argv[1]), b"new" * {size})
"""


def write(path: Path, size: int, before: str = "") -> subprocess.CompletedProcess[str]:
    program = WRITER.format(before=before, size=size)
    return subprocess.run([sys.executable, "-c", program, str(path)], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("old")
    done = write(report, 100_000, "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))")
    assert "OSError" in done.stderr
    assert (report.read_text(), os.listdir(tmp_path)) == ("old", ["report.json"])
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_tiny_file_system_leaves_the_old_file(tmp_path: Path) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(tmp_path)], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("nothing can be mounted here; the size limit stands for it in the test above")
    try:
        (tmp_path / "report.json").write_text("old")
        done = write(tmp_path / "report.json", 100_000)
        assert "No space left on device" in done.stderr
        assert ((tmp_path / "report.json").read_text(), os.listdir(tmp_path)) == ("old", ["report.json"])
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_killed_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("old")
    before = "import os; written = os.write; os.write = lambda d, b: (written(d, b[:1]), os.kill(os.getpid(), 9))[0]"
    assert write(report, 1000, before).returncode == -signal.SIGKILL
    assert report.read_text() == "old"


CLOSING = """
import sys, threading, time
from pathlib import Path
from toolchain import process
from toolchain.errors import ToolCrashed
here = Path(sys.argv[1])
said = []

def work():
    for _ in range(3):
        try:
            process.run(["/bin/sh", "-c", "echo > ready; sleep 600"], cwd=here)
        except ToolCrashed as error:
            said.append(error.message)

worker = threading.Thread(target=work)
worker.start()
while not (here / "ready").exists():
    time.sleep(0.01)
process.close()
worker.join()
print(len(said), said[-1])
"""


def test_whoever_is_at_work_begins_nothing_more_once_we_end(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", CLOSING, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ran.stdout == "2 sh was not started: the program is ending\n", ran.stderr
