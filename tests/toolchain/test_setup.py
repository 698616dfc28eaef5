"""`toolchain.setup`: the real npm against a registry on loopback, with a lock of our own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toolchain.processes import await_until
from tests.toolchain.registry import Registry, integrity_of, pack, serving
from toolchain import install
from toolchain.errors import ToolError, ToolNotFound
from toolchain.install import Package
from toolchain.setup import Step, check_integrity, setup, unpack

ROOT = Path(__file__).resolve().parents[2]
TINY = pack(
    {
        "package.json": b'{"name": "tiny", "version": "1.0.0", "scripts": {"postinstall": "touch /tmp/solwright-marker"}}',
        "a/b.txt": b"hello",
    }
)
TOOL = pack({"package.json": b'{"name": "@some/tool", "version": "1.0.0"}', "bin/tool": b"#!/bin/sh\necho tool\n"})
MEANWHILE = """
import signal, sys; from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background, it is ignored
from toolchain import install; install.LOCK = Path(sys.argv[1])
from toolchain.setup import setup
print(*[step.done for step in setup(lambda text: print(text, flush=True))])
"""


@pytest.fixture
def registry() -> Iterator[Registry]:
    with serving({"tiny": TINY, "@some/tool": TOOL}) as registry:
        yield registry


@pytest.fixture
def home(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty place for tools, a lock of two small packages, and an npm that asks our registry."""
    home = tmp_path / "tools"
    (home / "solc").mkdir(parents=True)
    (home / "solc" / ".unreachable").touch()
    monkeypatch.setenv("SOLWRIGHT_HOME", str(home))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in {"registry": registry.url, "cache": str(tmp_path / "npm"), "fetch_retries": "0", "update_notifier": "false"}.items():
        monkeypatch.setenv(f"npm_config_{name}", value)
    lay_lock(tmp_path / "lock.json", {"tiny": {"integrity": integrity_of(TINY)}, "@some/tool": {"integrity": integrity_of(TOOL)}})
    monkeypatch.setattr(install, "LOCK", tmp_path / "lock.json")
    install.lock.cache_clear()
    yield home
    install.lock.cache_clear()


def lay_lock(path: Path, packages: dict[str, dict[str, str]]) -> None:
    real = json.loads((ROOT / "toolchain" / "toolchain.lock.json").read_text())
    path.write_text(json.dumps(real | {"npm": {name: {"version": "1.0.0"} | pin for name, pin in packages.items()}}))


def outcomes(steps: tuple[Step, ...]) -> dict[str, str]:
    return {step.name: step.done for step in steps if not step.name.startswith(("node", "solc"))}


def test_what_is_missing_is_installed_and_a_second_time_nothing_is_asked(home: Path, registry: Registry) -> None:
    heard: list[str] = []
    assert outcomes(setup(heard.append)) == {"tiny": "installed", "@some/tool": "installed"}
    assert heard == ["fetching tiny 1.0.0", "fetching @some/tool 1.0.0"]
    assert (home / "packages" / "tiny-1.0.0" / "a" / "b.txt").read_bytes() == b"hello"
    assert os.access(home / "packages" / "some-tool-1.0.0" / "bin" / "tool", os.X_OK)
    assert not os.access(home / "packages" / "tiny-1.0.0" / "a" / "b.txt", os.X_OK)
    registry.asked.clear()
    assert outcomes(setup()) == {"tiny": "present", "@some/tool": "present"}
    assert registry.asked == []
    assert sorted(os.listdir(home)) == [".lock", "packages", "solc"]


@pytest.mark.attack
def test_no_script_of_a_package_runs(home: Path) -> None:
    setup()
    assert not Path("/tmp/solwright-marker").exists()


@pytest.mark.attack
def test_a_package_that_the_lock_does_not_name_is_not_installed(home: Path, registry: Registry) -> None:
    registry.archives["tiny"] = pack({"package.json": b'{"name": "tiny", "version": "1.0.0"}', "evil.js": b"!"})
    with pytest.raises(ToolError, match="archive of tiny 1.0.0 is not the one that the lock names"):
        setup()
    assert os.listdir(home / "packages") == []


def test_a_package_that_the_registry_does_not_have(home: Path, registry: Registry) -> None:
    del registry.archives["tiny"]
    with pytest.raises(ToolError, match="tiny could not be fetched: .*404.*then run: solwright setup"):
        setup()


def test_a_registry_that_is_not_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    with pytest.raises(ToolError, match="tiny could not be fetched"):
        setup()


def test_packages_for_other_machines_are_left_out(home: Path, tmp_path: Path) -> None:
    lay_lock(tmp_path / "lock.json", {"tiny": {"integrity": integrity_of(TINY)}, "@some/tool": {"integrity": "x", "platform": "plan9-vax"}})
    install.lock.cache_clear()
    assert outcomes(setup()) == {"tiny": "installed"}
    with pytest.raises(ToolNotFound, match="@some/tool is not pinned for"):
        install.locate_package("@some/tool")


@pytest.mark.attack
class TestInterruptions:
    """Attack 34: nothing half-done gets a final name, and two at once do not disturb each other."""

    def start(self, tmp_path: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", MEANWHILE, str(tmp_path / "lock.json")]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    def test_killed_in_the_middle(self, home: Path, tmp_path: Path, registry: Registry, number: signal.Signals) -> None:
        registry.gate.clear()
        with self.start(tmp_path) as first:
            assert await_until(lambda: any("archive" in path for path in registry.asked))
            first.send_signal(number)
            assert first.wait(30) != 0
        assert os.listdir(home / "packages") == []
        registry.gate.set()
        assert outcomes(setup()) == {"tiny": "installed", "@some/tool": "installed"}
        assert [name for name in os.listdir(home) if name.startswith(".partial")] == []

    def test_two_at_once(self, home: Path, tmp_path: Path, registry: Registry) -> None:
        registry.gate.clear()
        with self.start(tmp_path) as first, self.start(tmp_path) as second:
            heard = {first.stdout and first.stdout.readline(), second.stdout and second.stdout.readline()}
            assert heard == {"fetching tiny 1.0.0\n", "another solwright is setting up; waiting for it\n"}
            registry.gate.set()
            ends = sorted((process.communicate(timeout=60)[0].splitlines() or [""])[-1] for process in (first, second))
        assert ends == ["present installed installed skipped", "present present present skipped"]

    def test_full_disk(self, home: Path, tmp_path: Path, registry: Registry) -> None:
        big = pack({"package.json": b"{}", "big": os.urandom(100_000)})
        registry.archives["tiny"] = big
        lay_lock(tmp_path / "lock.json", {"tiny": {"integrity": integrity_of(big)}})
        limit = "import resource, signal, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000));"
        limited = MEANWHILE.replace("import signal, sys;", limit)
        done = subprocess.run(
            [sys.executable, "-c", limited, str(tmp_path / "lock.json")], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "ToolError" in done.stderr
        assert os.listdir(home / "packages") == []

    @pytest.mark.parametrize("place", ["/sys/solwright", "/dev/null/solwright"])
    def test_a_place_that_cannot_be_written(self, home: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
        monkeypatch.setenv("SOLWRIGHT_HOME", place)
        with pytest.raises(ToolError, match="cannot write .*: .* — free or choose a folder: set SOLWRIGHT_HOME"):
            setup()


def test_without_home_the_place_is_that_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "SOLWRIGHT_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert install.home().is_absolute()
    assert install.home().name == "solwright"


@pytest.mark.attack
@pytest.mark.parametrize(
    "archive",
    [
        pack({"package.json": b"{}"}, {"link": "/etc/passwd"}),
        pack({"../evil": b"x"}),
        pack({"../../evil": b"x"}),
        pack({"a/../../../evil": b"x"}),
        pack({"/evil": b"x"}),
    ],
    ids=("link", "above", "far above", "through a folder", "absolute"),
)
def test_archives_with_anything_but_their_own_files_are_refused(tmp_path: Path, archive: bytes) -> None:
    (tmp_path / "x.tgz").write_bytes(archive)
    with pytest.raises(ToolError, match="no regular file of it"):
        unpack(tmp_path / "x.tgz", tmp_path / "content")
    assert list(tmp_path.rglob("evil")) == []
    assert not (tmp_path.parent / "evil").exists()


def test_integrity_is_compared(tmp_path: Path) -> None:
    (tmp_path / "x.tgz").write_bytes(TINY)
    check_integrity(tmp_path / "x.tgz", Package("tiny", "1.0.0", integrity_of(TINY), ""))
    with pytest.raises(ToolError, match="nothing of it was installed"):
        check_integrity(tmp_path / "x.tgz", Package("tiny", "1.0.0", integrity_of(TOOL), ""))


def test_the_lock_names_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("toolchain/toolchain.lock.json", "requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        text = (ROOT / name).read_text()
        assert "://" not in text, name
        assert "index-url" not in text, name
    packages = json.loads((ROOT / "toolchain" / "toolchain.lock.json").read_text())["npm"]
    assert all(pin["integrity"].startswith("sha512-") for pin in packages.values())
