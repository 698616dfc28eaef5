"""`toolchain.process`: limits hold, trees die, files are whole."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.toolchain.processes import alive, await_until, new_token
from toolchain.errors import ToolCrashed
from toolchain.process import BOOT, Limits, allowed_environment, atomic_write, kill_all, run

DAEMONS = "sleep {t} & (setsid sleep {t} >/dev/null 2>&1 </dev/null &); (setsid sh -c '(setsid sleep {t} &) ; sleep {t}' >/dev/null 2>&1 &)"


def test_output_input_and_exit_code_come_back(tmp_path: Path) -> None:
    done = run(["/bin/sh", "-c", "cat; echo oops >&2; pwd; exit 7"], cwd=tmp_path, stdin=b"hello\n")
    assert (done.exit_code, done.reason) == (7, None)
    assert done.stdout == f"hello\n{tmp_path}\n".encode()
    assert done.stderr == b"oops\n"


def test_large_input_does_not_block(tmp_path: Path) -> None:
    done = run(["/bin/cat"], cwd=tmp_path, stdin=b"x" * 3_000_000)
    assert len(done.stdout) == 3_000_000


def test_input_that_nobody_reads_is_no_failure(tmp_path: Path) -> None:
    assert run(["/bin/true"], cwd=tmp_path, stdin=b"x" * 3_000_000).exit_code == 0


def test_a_signal_is_a_negative_exit_code(tmp_path: Path) -> None:
    done = run(["/bin/sh", "-c", "kill -SEGV $$"], cwd=tmp_path)
    assert (done.exit_code, done.reason) == (-signal.SIGSEGV, None)


def test_time_limit(tmp_path: Path) -> None:
    assert run(["/bin/sleep", "60"], cwd=tmp_path, limits=Limits(time_s=0.2)).reason == "time"


def test_time_limit_of_a_command_that_closed_its_outputs(tmp_path: Path) -> None:
    assert run(["/bin/sh", "-c", "exec >/dev/null 2>&1; exec sleep 60"], cwd=tmp_path, limits=Limits(time_s=0.3)).reason == "time"


def test_output_limit(tmp_path: Path) -> None:
    done = run(["/bin/sh", "-c", "while :; do echo yes; done"], cwd=tmp_path, limits=Limits(output_bytes=1000))
    assert (done.reason, len(done.stdout)) == ("output", 1000)


def test_output_of_exactly_the_limit_is_complete(tmp_path: Path) -> None:
    done = run(["/bin/echo", "x" * 999], cwd=tmp_path, limits=Limits(output_bytes=1000))
    assert (done.reason, len(done.stdout)) == (None, 1000)


def test_memory_limit_counts_the_whole_tree(tmp_path: Path) -> None:
    hold = "x = bytearray(150 << 20); import time; time.sleep(60)"
    command = ["/bin/sh", "-c", f"{sys.executable} -c '{hold}' & {sys.executable} -c '{hold}' & wait"]
    done = run(command, cwd=tmp_path, limits=Limits(memory_mb=250))
    assert done.reason == "memory"
    assert done.peak_mb >= 250


def test_memory_that_is_taken_at_once_is_refused(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", "bytearray(64 << 30)"], cwd=tmp_path, limits=Limits(memory_mb=100))
    assert done.exit_code == 1
    assert b"MemoryError" in done.stderr


def test_file_size_limit(tmp_path: Path) -> None:
    done = run(["/bin/sh", "-c", "head -c 100000 /dev/zero > big"], cwd=tmp_path, limits=Limits(file_bytes=4096))
    assert done.exit_code != 0
    assert (tmp_path / "big").stat().st_size == 4096


def test_the_tree_dies_with_its_command(tmp_path: Path) -> None:
    token = new_token()
    assert run(["/bin/sh", "-c", DAEMONS.format(t=token) + "; echo done"], cwd=tmp_path).stdout == b"done\n"
    assert alive(token) == []


def test_the_tree_dies_at_the_time_limit(tmp_path: Path) -> None:
    token = new_token()
    done = run(["/bin/sh", "-c", DAEMONS.format(t=token) + f"; sleep {token}"], cwd=tmp_path, limits=Limits(time_s=0.5))
    assert done.reason == "time"
    assert alive(token) == []


def test_kill_all_empties_the_registry_from_another_thread(tmp_path: Path) -> None:
    token = new_token()
    found = []
    script = ["/bin/sh", "-c", DAEMONS.format(t=token) + f"; sleep {token}"]
    threads = [threading.Thread(target=lambda: found.append(run(script, cwd=tmp_path))) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert await_until(lambda: sum(line.startswith("sleep") for line in alive(token)) >= 8)
    kill_all()
    for thread in threads:
        thread.join(20)
    assert [done.reason for done in found] == ["interrupted", "interrupted"]
    assert alive(token) == []


def test_a_missing_program_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ToolCrashed, match="nonesuch could not be started: .*No such file"):
        run(["/nonesuch"], cwd=tmp_path)


def test_a_missing_folder_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ToolCrashed, match="could not be started"):
        run(["/bin/true"], cwd=tmp_path / "missing")


def test_a_killed_launcher_takes_the_command_along(tmp_path: Path) -> None:
    token = new_token()
    with pytest.raises(ToolCrashed, match="was lost"):
        run(["/bin/sh", "-c", f"kill -9 $PPID; sleep {token}"], cwd=tmp_path)
    assert await_until(lambda: not alive(token))


def test_lines_are_told_as_they_come(tmp_path: Path) -> None:
    (tmp_path / "gate").touch()
    lines: list[bytes] = []

    def hear(line: bytes) -> None:
        lines.append(line)
        (tmp_path / "gate").unlink(missing_ok=True)

    command = ["/bin/sh", "-c", "echo one; while test -e gate; do sleep 0.01; done; echo two; printf rest"]
    done = run(command, cwd=tmp_path, on_line=hear, limits=Limits(time_s=20))
    assert (lines, done.reason) == ([b"one", b"two"], None)


def test_an_exception_of_the_listener_kills_the_command(tmp_path: Path) -> None:
    token = new_token()

    def fail(line: bytes) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(["/bin/sh", "-c", f"echo one; sleep {token}"], cwd=tmp_path, on_line=fail)
    assert alive(token) == []


def test_a_forked_copy_of_this_process_does_not_disturb(tmp_path: Path) -> None:
    found = []
    thread = threading.Thread(target=lambda: found.append(run(["/bin/sh", "-c", "sleep 0.5; echo done"], cwd=tmp_path)))
    thread.start()
    context = multiprocessing.get_context("fork")
    copy = context.Process(target=run, args=(["/bin/true"],), kwargs={"cwd": tmp_path})
    copy.start()
    copy.join(20)
    thread.join(20)
    assert copy.exitcode == 0
    assert found[0].stdout == b"done\n"


def test_the_environment_is_an_allow_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("LD_PRELOAD_CANARY", "1")
    done = run(["/usr/bin/env"], cwd=tmp_path)
    names = {line.partition("=")[0] for line in done.stdout.decode().splitlines()}
    assert names <= {"PATH", "LANG", "HOME", "TMPDIR", "NO_COLOR", "PWD", "SHLVL", "_"}
    assert b"canary" not in done.stdout
    assert set(allowed_environment(tmp_path)) == {"PATH", "LANG", "HOME", "TMPDIR", "NO_COLOR"}


def test_no_descriptor_of_ours_reaches_a_command(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        done = run(["/bin/ls", "/proc/self/fd"], cwd=tmp_path)
    assert done.stdout.split() == [b"0", b"1", b"2", b"3"]  # 3 is the folder that ls reads


@pytest.mark.parametrize("missing", ["del os.pidfd_open;", "del os.pidfd_open; del os.waitid;"])
def test_kernels_without_descriptors_of_processes(tmp_path: Path, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolchain.process.BOOT", f"import os; {missing} {BOOT}")
    assert run(["/bin/sh", "-c", "echo done; exit 3"], cwd=tmp_path).exit_code == 3
    assert run(["/bin/sh", "-c", "kill -9 $$"], cwd=tmp_path).exit_code == -9
    assert run(["/bin/sleep", "60"], cwd=tmp_path, limits=Limits(time_s=0.2)).reason == "time"


def test_kernels_that_do_not_list_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "import os; found = os.path.exists; os.path.exists = lambda path: not path.endswith('/children') and found(path);"
    monkeypatch.setattr("toolchain.process.BOOT", f"{hidden} {BOOT}")
    token = new_token()
    assert run(["/bin/sh", "-c", DAEMONS.format(t=token) + "; echo done"], cwd=tmp_path).stdout == b"done\n"
    assert alive(token) == []


def test_the_launcher_imports_little() -> None:
    program = "import sys; sys.path.insert(0, '.'); import toolchain.launcher; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert not {"typing", "re", "enum", "json", "subprocess", "platformdirs"} & set(done.stdout.split())


def test_atomic_write_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    atomic_write(path, b"old")
    atomic_write(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["report.json"]


def test_atomic_write_into_a_missing_folder_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        atomic_write(tmp_path / "missing" / "report.json", b"x")
