"""`toolchain.workspace`: fresh, private, gone afterwards."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from toolchain.errors import ToolError
from toolchain.process import run
from toolchain.sandbox import confine
from toolchain.workspace import PREFIX, fresh_workspace


def test_home_and_temporary_folder_lie_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    with fresh_workspace() as workspace:
        command = ["/bin/sh", "-c", "cd && pwd && cd $TMPDIR && pwd && mktemp && env"]
        done = run(command, cwd=workspace.root, env=workspace.environment, confine=confine(workspace.root))
        lines = done.stdout.decode().splitlines()
        assert all(Path(line).is_relative_to(workspace.root) for line in lines[:3])
        assert "canary" not in done.stdout.decode()
        assert os.stat(workspace.root).st_mode & 0o077 == 0


def test_nothing_is_left_whatever_tools_did() -> None:
    with fresh_workspace() as workspace:
        run(["/bin/sh", "-c", "mkdir -p a/b && touch a/b/c && mkfifo a/f && ln -s / a/root && chmod 000 a/b a"], cwd=workspace.root)
    assert not workspace.root.exists()
    assert Path("/usr").exists()


def test_it_goes_with_an_exception() -> None:
    with pytest.raises(KeyboardInterrupt), fresh_workspace() as workspace:
        raise KeyboardInterrupt
    assert not workspace.root.exists()


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ""])
def test_names_stay_inside(name: str) -> None:
    with fresh_workspace() as workspace, pytest.raises(ValueError, match="no name inside"):
        workspace.write(name, "x")


def test_workspaces_of_killed_runs_are_swept_and_others_are_not() -> None:
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True)
    dead = Path(tempfile.gettempdir()) / f"{PREFIX}{done.stdout.strip()}-x"
    dead.mkdir()
    foreign = Path(tempfile.gettempdir()) / f"{PREFIX}x-y"
    foreign.mkdir()
    with fresh_workspace() as first, fresh_workspace():
        assert first.root.exists()
        assert not dead.exists()
        assert foreign.exists()
    foreign.rmdir()


@pytest.mark.attack
def test_no_place_for_temporary_files_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/sys")
    with pytest.raises(ToolError, match="cannot write the workspace: .* — .* set TMPDIR"), fresh_workspace():
        pass


@pytest.mark.attack
def test_a_full_disk_is_said_so() -> None:
    with fresh_workspace() as workspace:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            with pytest.raises(ToolError, match="cannot write the workspace: File too large"):
                workspace.write("big", b"x" * 100_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert not (workspace.root / "big").exists()
