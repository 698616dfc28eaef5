"""Import sources by rule: from one entry, along its imports, regular .sol files inside the project and the installed packages."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from toolchain import install
from toolchain.errors import SourceError
from toolchain.files import read_regular, shown
from toolchain.project import Project, find_root, inferred_remappings, read_project
from toolchain.solc import CompilerSettings, parse_imports

MAX_FILE_BYTES = 1 << 20
MAX_FILES = 2000
MAX_TOTAL_BYTES = 32 << 20
REMOTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
DIRECTIVES = {
    "halmos": re.compile(r"@custom:halmos\b"),
    "forge": re.compile(r"forge-config:"),
    "slither": re.compile(r"slither-disable"),
}
HIDING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
PACKAGES = {"@openzeppelin/contracts/": ("@openzeppelin/contracts", ""), "solady/src/": ("solady", "src"), "solady/": ("solady", "src")}


@dataclass(frozen=True, slots=True)
class SourceTree:
    """Hold sources by source unit name, as the compiler gets them.

    `findings` are for the user; `packages` names the installed ones that are in it; paths are relative to `root`.
    """

    entry: str
    sources: Mapping[str, str] = field(repr=False)
    remappings: tuple[str, ...]
    settings: CompilerSettings
    findings: tuple[str, ...]
    packages: tuple[str, ...]
    root: Path


def import_sources(entry: Path, root: Path | None = None, remappings: tuple[str, ...] = ()) -> SourceTree:
    """Read a Solidity file and everything that it imports.

    Raises: SourceError for what is missing, leaves the project, or does not parse.
    """
    if entry.suffix != ".sol":
        raise SourceError(f"{shown(str(entry))} is not a Solidity file", "name a .sol file")
    root = (root or find_root(entry)).absolute()
    if not entry.exists():
        raise SourceError(f"{shown(str(entry))} does not exist", "name a file that exists")
    project = read_project(root, remappings)
    reader = _Reader(project)
    name = _unit_name(entry, root)
    reader.read_all(name)
    return SourceTree(
        entry=name,
        sources=reader.texts,
        remappings=tuple(reader.remappings),
        settings=_with_remappings(project.settings, tuple(reader.remappings)),
        findings=(*project.findings, *_findings({unit: text for unit, text in reader.texts.items() if unit not in reader.foreign})),
        packages=tuple(sorted(reader.packages)),
        root=root,
    )


def _unit_name(entry: Path, root: Path) -> str:
    absolute = Path(os.path.normpath(entry.absolute()))
    if absolute.is_relative_to(root):
        return absolute.relative_to(root).as_posix()
    if absolute.resolve().is_relative_to(root.resolve()):
        return absolute.resolve().relative_to(root.resolve()).as_posix()
    raise SourceError(f"{shown(str(entry))} lies outside the project {shown(str(root))}", "name a file of the project")


def _with_remappings(settings: CompilerSettings, remappings: tuple[str, ...]) -> CompilerSettings:
    return CompilerSettings(settings.evm_version, settings.optimizer, settings.optimizer_runs, settings.via_ir, remappings)


class _Reader:
    """Read source units breadth first, and keep what the compiler will need to find them again."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.remappings = list(project.remappings)
        self.texts: dict[str, str] = {}
        self.packages: set[str] = set()
        self.foreign: set[str] = set()  # units of installed packages

    def read_all(self, entry: str) -> None:
        waiting = {entry: self._text_in_project(entry, entry)}
        while waiting:
            self.texts |= waiting
            if len(self.texts) > MAX_FILES or sum(map(len, self.texts.values())) > MAX_TOTAL_BYTES:
                raise SourceError(f"{entry} imports more than {MAX_FILES} files or {MAX_TOTAL_BYTES >> 20} MB", "import less")
            imports = parse_imports(waiting)
            wanted = {unit: importer for importer, paths in imports.items() for path in paths for unit in [self._resolve(importer, path)]}
            waiting = {unit: self._text(unit, importer) for unit, importer in wanted.items() if unit not in self.texts}

    def _resolve(self, importer: str, path: str) -> str:
        """Return the source unit name of an import. Source: Solidity manual, *Import Path Resolution*."""
        where = f"{shown(importer)} imports {shown(path)}"
        if REMOTE.match(path):
            raise SourceError(f"{where}, which is not a file", "import files of the project; nothing is fetched")
        if path.startswith(("./", "../")):
            parts = importer.split("/")[:-1]
            for part in path.split("/"):
                if part == ".." and not parts:
                    raise SourceError(f"{where}, which lies outside the project", "copy the file into the project")
                if part == "..":
                    parts.pop()
                elif part not in ("", "."):
                    parts.append(part)
            path = "/".join(parts)
        path = self._remap(importer, path)
        if path.startswith("/") or ".." in path.split("/"):
            raise SourceError(f"{where}, which lies outside the project", "copy the file into the project")
        if not path.endswith(".sol") or not path.isprintable():
            raise SourceError(f"{where}, which is not a Solidity file", "import .sol files")
        return path

    def _remap(self, importer: str, path: str) -> str:
        best: tuple[int, int, int] | None = None
        mapped = path
        for position, remapping in enumerate(self.remappings):
            left, _, target = remapping.partition("=")
            context, _, prefix = left.rpartition(":")
            if path.startswith(prefix) and importer.startswith(context) and (best is None or (len(context), len(prefix), position) > best):
                best, mapped = (len(context), len(prefix), position), target + path[len(prefix) :]
        return mapped

    def _text(self, unit: str, importer: str) -> str:
        for candidate in (unit, f"node_modules/{unit}"):
            if os.path.lexists(self.project.root / candidate):
                return self._text_in_project(candidate, importer)
        for remapping in inferred_remappings(self.project):
            prefix, _, target = remapping.partition("=")
            if unit.startswith(prefix) and os.path.lexists(self.project.root / (target + unit[len(prefix) :])):
                return self._text_in_project(target + unit[len(prefix) :], importer)
        for prefix, (package, inner) in PACKAGES.items():
            if unit.startswith(prefix):
                return self._text_in_package(unit, package, f"{inner}/{unit[len(prefix) :]}".lstrip("/"), importer)
        raise SourceError(f"{shown(importer)} imports {shown(unit)}, which does not exist", "correct the import, or add a remapping")

    def _text_in_project(self, name: str, importer: str) -> str:
        try:
            return _checked(name, read_regular(self.project.root / name, self.project.root, MAX_FILE_BYTES))
        except SourceError as refusal:
            by = "" if name == importer else f" (imported by {shown(importer)})"
            raise SourceError(f"{refusal.message}{by}", refusal.next_step) from None

    def _text_in_package(self, unit: str, package: str, name: str, importer: str) -> str:
        version = install.pinned_version(package)
        folder = install.locate_package(package)
        self.packages.add(f"{package} {version}")
        self.foreign.add(unit)
        if not (folder / name).is_file():
            raise SourceError(f"{shown(importer)} imports {shown(name)}, which {package} {version} does not have", "correct the import")
        return _checked(name, read_regular(folder / name, folder, MAX_FILE_BYTES))


def _checked(name: str, text: str) -> str:
    if text.startswith("\ufeff"):
        raise SourceError(f"{shown(name)} starts with a byte order mark", "save it as UTF-8 without one")
    return text


def _findings(texts: Mapping[str, str]) -> list[str]:
    """Report directives for other tools, which nobody obeys here, and characters that hide what a line says."""
    found = []
    for path, text in texts.items():
        for tool, pattern in DIRECTIVES.items():
            found += [f"{path}:{_line(text, match)}: a directive for {tool} is not obeyed" for match in pattern.finditer(text)]
        found += [
            f"{path}:{_line(text, match)}: invisible or direction-changing character U+{ord(match[0]):04X}"
            for match in HIDING.finditer(text)
        ]
    return found


def _line(text: str, match: re.Match[str]) -> int:
    return text[: match.start()].replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
