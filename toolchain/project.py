"""Read a project's configuration as data, through an allow-list; what is not on it is listed and ignored."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from toolchain.errors import SourceError
from toolchain.files import read_regular, shown
from toolchain.solc import SOLC_VERSION, CompilerSettings

ALLOWED_KEYS = {"src", "libs", "remappings", "solc", "solc_version", "evm_version", "optimizer", "optimizer_runs", "via_ir"}
EVM_VERSIONS = (
    "byzantium",
    "constantinople",
    "petersburg",
    "istanbul",
    "berlin",
    "london",
    "paris",
    "shanghai",
    "cancun",
    "prague",
    "osaka",
)
IGNORED_FILES = (
    ".env",
    "halmos.toml",
    "slither.config.json",
    "slither.db.json",
    "hardhat.config.js",
    "hardhat.config.ts",
    "hardhat.config.cjs",
    "truffle-config.js",
    "ape-config.yaml",
    "brownie-config.yaml",
    "crytic_compile.config.json",
    "out",
    "cache",
    "artifacts",
)
MAX_CONFIGURATION_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Project:
    """Hold what a folder says about how its sources are compiled; paths are relative to `root`."""

    root: Path
    settings: CompilerSettings
    remappings: tuple[str, ...]
    libraries: tuple[str, ...]
    findings: tuple[str, ...]


def find_root(entry: Path) -> Path:
    """Return the folder that a source may import from: its Foundry project, its repository, the current folder, or its own folder."""
    folder = Path(os.path.normpath(entry.absolute())).parent  # `..` must not make the current folder a parent
    for marker in ("foundry.toml", ".git"):
        for candidate in (folder, *folder.parents):
            if (candidate / marker).exists():
                return candidate
    here = Path.cwd()
    return here if folder.is_relative_to(here) else folder


def read_project(root: Path, remappings: tuple[str, ...] = ()) -> Project:
    """Read foundry.toml and remappings.txt; remappings that were given win over those of the project."""
    findings = [f"repository configuration ignored: {name}" for name in IGNORED_FILES if (root / name).exists()]
    profile = _profile(root, findings)
    own = [*_strings(profile.get("remappings"))]
    if (root / "remappings.txt").exists():
        text = _read(root, root / "remappings.txt", findings)
        own += [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    libraries = tuple(name for name in _strings(profile.get("libs", ["lib"])) if _is_inside(name))
    usable = tuple(_usable_remappings([*remappings, *own], findings))
    return Project(root, _settings(profile, findings), usable, libraries, tuple(findings))


def inferred_remappings(project: Project) -> tuple[str, ...]:
    """Return the remappings that Foundry infers from library folders, for imports that nothing else explains."""
    found = []
    for library in project.libraries:
        folder = project.root / library
        if not folder.is_dir() or folder.name == "node_modules":
            continue
        for child in sorted(folder.iterdir()):
            inner = next((name for name in ("src", "contracts") if (child / name).is_dir()), "")
            target = "/".join(part for part in (library.strip("/"), child.name, inner) if part)
            found.append(f"{child.name}/={target}/")
            if child.name == "openzeppelin-contracts":
                found.append(f"@openzeppelin/contracts/={target}/")
    return tuple(found)


def _profile(root: Path, findings: list[str]) -> Mapping[str, Any]:
    path = root / "foundry.toml"
    if not path.exists():
        return {}
    try:
        parsed = tomllib.loads(_read(root, path, findings))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        findings.append(f"repository configuration ignored: foundry.toml cannot be read ({shown(str(error))})")
        return {}
    profiles = parsed.get("profile", {})
    profile = profiles.get("default", {}) if isinstance(profiles, dict) else {}
    if not isinstance(profile, dict):
        findings.append("repository configuration ignored: foundry.toml: profile.default")
        profile = {}
    ignored = [key for key in parsed if key != "profile"]
    ignored += [f"profile.{name}" for name in profiles if name != "default"] if isinstance(profiles, dict) else ["profile"]
    ignored += [f"profile.default.{key}" for key in profile if key not in ALLOWED_KEYS]
    findings += [f"repository configuration ignored: foundry.toml: {shown(key)}" for key in ignored]
    return profile


def _settings(profile: Mapping[str, Any], findings: list[str]) -> CompilerSettings:
    ours = CompilerSettings()
    asked = str(profile.get("solc", profile.get("solc_version", SOLC_VERSION)))
    if asked != SOLC_VERSION:
        findings.append(f"repository configuration ignored: foundry.toml: solc = {shown(asked)}; {SOLC_VERSION} is used")
    evm_version = str(profile.get("evm_version", ours.evm_version)).lower()
    if evm_version not in EVM_VERSIONS:
        findings.append(f"repository configuration ignored: foundry.toml: evm_version = {shown(evm_version)}; {ours.evm_version} is used")
        evm_version = ours.evm_version
    runs = profile.get("optimizer_runs", ours.optimizer_runs)
    return CompilerSettings(
        evm_version=evm_version,
        optimizer=profile.get("optimizer") is True,
        optimizer_runs=runs if type(runs) is int and 0 <= runs < 1 << 32 else ours.optimizer_runs,
        via_ir=profile.get("via_ir") is True,
    )


def _usable_remappings(remappings: list[str], findings: list[str]) -> Iterator[str]:
    for remapping in remappings:
        match = re.fullmatch(r"(?:([^:=]*):)?([^=]+)=(.*)", remapping)
        if match and _is_inside(match.group(3)) and ":" not in match.group(3):
            yield remapping
        else:
            findings.append(f"repository configuration ignored: the remapping {shown(remapping)} leaves the project or is not understood")


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and name.isprintable()


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _read(root: Path, path: Path, findings: list[str]) -> str:
    try:
        return read_regular(path, root, MAX_CONFIGURATION_BYTES)
    except SourceError as refusal:
        findings.append(f"repository configuration ignored: {refusal.message}")
        return ""
