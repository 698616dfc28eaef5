"""`toolchain.sandbox`: what a command cannot reach, on each rung that this machine has."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from toolchain import lockdown, sandbox
from toolchain.errors import SettingsError, ToolError
from toolchain.process import Finished, Limits, run

Name = Literal["bubblewrap", "landlock"]


@pytest.fixture(params=["bubblewrap", "landlock"])
def rung(request: pytest.FixtureRequest) -> Name:
    name: Name = request.param
    if name == "bubblewrap" and shutil.which("bwrap") is None:
        pytest.skip("bwrap is not installed")
    problem = sandbox._problem(name)
    assert not problem, problem
    return name


@pytest.fixture
def outside() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        (Path(folder) / "secret").write_text("CANARY")
        yield Path(folder)


def confined(rung: Name, folder: Path, script: str) -> Finished:
    return run(["/bin/sh", "-c", script], cwd=folder, confine=sandbox.confine(folder, rung=rung), limits=Limits(time_s=60))


def python(rung: Name, folder: Path, program: str) -> Finished:
    command = [sys.executable, "-I", "-c", program]
    return run(command, cwd=folder, confine=sandbox.confine(folder, rung=rung), limits=Limits(time_s=60))


def test_the_workspace_can_be_used(rung: Name, tmp_path: Path) -> None:
    done = confined(rung, tmp_path, "mkdir a && echo hello > a/b && mv a/b c && cat c && ln -s c d && rm -r a && echo '#!/bin/sh' > e")
    assert (done.exit_code, done.stdout) == (0, b"hello\n"), done.stderr
    assert (tmp_path / "c").read_text() == "hello\n"


def test_our_own_python_and_its_packages_run_inside(rung: Name, tmp_path: Path) -> None:
    done = python(rung, tmp_path, "import z3; x = z3.Int('x'); s = z3.Solver(); s.add(x > x); print(s.check())")
    assert done.stdout == b"unsat\n", done.stderr


@pytest.mark.attack
@pytest.mark.parametrize(
    "attempt", ["cat {o}/secret", "ls {o}", "ln {o}/secret own", "ln -s {o}/secret own; cat own", "cat /etc/shadow /etc/passwd"]
)
def test_nothing_outside_is_read(rung: Name, tmp_path: Path, outside: Path, attempt: str) -> None:
    done = confined(rung, tmp_path, attempt.format(o=outside))
    assert done.exit_code != 0
    assert b"CANARY" not in done.stdout
    assert b"root:" not in done.stdout


@pytest.mark.attack
@pytest.mark.parametrize(
    "attempt",
    [
        "echo x > {o}/secret",
        "echo x > {o}/new",
        "rm {o}/secret",
        "mv {o}/secret {o}/other",
        "chmod 777 {o}/secret",
        "chmod 777 {o}",
        "touch -d 1990-01-01 {o}/secret",
        "truncate -s 0 {o}/secret",
        "mkdir {o}/new",
        "ln -s /etc {o}/new",
        "mkfifo {o}/new",
        "mknod {o}/new c 1 3",
        "echo x > /tmp/solwright-canary",
        "echo x > /usr/solwright-canary",
    ],
)
def test_nothing_outside_is_changed(rung: Name, tmp_path: Path, outside: Path, attempt: str) -> None:
    before = (outside / "secret").stat()
    done = confined(rung, tmp_path, attempt.format(o=outside))
    assert done.exit_code != 0
    after = (outside / "secret").stat()
    assert (before.st_mode, before.st_mtime_ns, before.st_size) == (after.st_mode, after.st_mtime_ns, after.st_size)
    assert os.listdir(outside) == ["secret"]
    assert not Path("/tmp/solwright-canary").exists()
    assert not Path("/usr/solwright-canary").exists()


@pytest.mark.attack
def test_there_is_no_network(rung: Name, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        program = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5); print('CONNECTED')"
        done = python(rung, tmp_path, program)
    assert b"CONNECTED" not in done.stdout
    assert b"PermissionError" in done.stderr


@pytest.mark.attack
@pytest.mark.parametrize(
    "family", ["AF_INET, socket.SOCK_DGRAM", "AF_INET6, socket.SOCK_STREAM", "AF_UNIX, socket.SOCK_STREAM", "AF_NETLINK, socket.SOCK_RAW"]
)
def test_there_are_no_sockets_at_all(rung: Name, tmp_path: Path, family: str) -> None:
    done = python(rung, tmp_path, f"import socket; socket.socket(socket.{family}); print('OPENED')")
    assert b"OPENED" not in done.stdout


@pytest.mark.attack
def test_our_environment_and_processes_are_out_of_reach(rung: Name, tmp_path: Path) -> None:
    own = f"/proc/{os.getpid()}"
    attempts = f"cat {own}/environ; head -c 9 {own}/mem; readlink {own}/cwd {own}/fd/0; kill -0 {os.getpid()} && echo ALIVE"
    assert confined(rung, tmp_path, attempts).stdout == b""


@pytest.mark.attack
def test_nobody_becomes_more_than_it_is(rung: Name, tmp_path: Path) -> None:
    done = confined(rung, tmp_path, "grep -E '^(CapEff|CapPrm|NoNewPrivs|Seccomp):' /proc/self/status")
    fields = dict(line.split(":\t") for line in done.stdout.decode().splitlines())
    assert (int(fields["CapEff"], 16), int(fields["CapPrm"], 16), fields["NoNewPrivs"], fields["Seccomp"]) == (0, 0, "1", "2")
    assert confined(rung, tmp_path, "unshare -U id").exit_code != 0
    assert confined(rung, tmp_path, "mount -t tmpfs none .").exit_code != 0


def test_without_a_workspace_nothing_is_writable(rung: Name) -> None:
    done = run(["/bin/sh", "-c", "echo x > /tmp/x; echo x > /x; echo fine"], cwd=Path("/"), confine=sandbox.confine(None, rung=rung))
    assert done.stdout == b"fine\n"
    assert done.stderr.count(b"cannot create") == 2


def test_a_folder_that_is_named_readable_is_readable_only(rung: Name, tmp_path: Path, outside: Path) -> None:
    confine = sandbox.confine(tmp_path, rung=rung, readable=[outside])
    done = run(["/bin/sh", "-c", f"cat {outside}/secret; echo x > {outside}/secret"], cwd=tmp_path, confine=confine)
    assert done.stdout == b"CANARY"
    assert (outside / "secret").read_text() == "CANARY"


def test_the_probe_finds_holes(tmp_path: Path) -> None:
    """The self-test's probe, run bare, must see everything: else its good news would mean nothing."""
    (tmp_path / "canary").write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        done = run([sys.executable, "-I", "-S", sandbox.PROBE, str(tmp_path), str(os.getpid()), port], cwd=tmp_path)
    attempts = done.stdout.decode().strip().split(", ")
    assert attempts[0] == "works"
    assert [word.split()[0] for word in attempts[1:]] == ["READS", "WRITES", "CONNECTS", "SEES"]


@pytest.fixture
def fresh_ladder() -> Iterator[None]:
    sandbox._climb.cache_clear()
    yield
    sandbox._climb.cache_clear()


@pytest.mark.usefixtures("fresh_ladder")
class TestLadder:
    def test_the_highest_rung_that_works_is_taken(self) -> None:
        rung = sandbox.ladder()
        assert rung.name == ("bubblewrap" if shutil.which("bwrap") else "landlock")

    def test_a_missing_rung_is_explained(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "which", lambda name: None)
        assert sandbox.ladder() == sandbox.Rung("landlock", "bubblewrap: bwrap is not installed")

    def test_without_any_rung_nothing_runs(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(shutil, "which", lambda name: None)
        monkeypatch.setattr(lockdown, "landlock_abi", lambda libc: 0)
        with pytest.raises(ToolError, match="no sandbox works here .*bwrap is not installed; landlock: this kernel has no Landlock"):
            sandbox.confine(tmp_path)

    def test_a_rung_whose_self_test_fails_is_not_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "which", lambda name: None)
        monkeypatch.setattr(lockdown, "landlock_abi", lambda libc: 7)
        monkeypatch.setattr(sandbox, "EXPECTED", "another answer")
        with pytest.raises(ToolError, match="landlock: self-test: works, cannot read"):
            sandbox.ladder()

    def test_bare_only_when_told_so(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("SOLWRIGHT_SANDBOX", "none")
        assert sandbox.ladder() == sandbox.Rung("none", "SOLWRIGHT_SANDBOX=none")
        assert sandbox.confine(tmp_path).rung == "none"

    def test_an_unknown_choice_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOLWRIGHT_SANDBOX", "jail")
        with pytest.raises(SettingsError, match="jail"):
            sandbox.ladder()
