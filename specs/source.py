"""Read the files of a specification and know where everything in them stands."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import NoReturn

from specs.formula import Position
from toolchain.errors import SpecificationError

LIBRARY = Path(__file__).parent / "library"
LIBRARY_FOLDER = "solwright"  # as specifications import it
RULES = f"{LIBRARY_FOLDER}/Rules.sol"  # what rules inherit
RULE = "rule_"  # how the names of rules begin
LARGEST_BYTES = 1_000_000
MOST_NOTES = 9  # beside the first
LINE_END = re.compile(r"\r\n|\n|\r")
COMMENT_OR_STRING = re.compile(r"//[^\n\r]*|/\*.*?(?:\*/|\Z)|\"(?:\\.|[^\"\\\n\r])*\"|'(?:\\.|[^'\\\n\r])*'", re.DOTALL)
SAFE_NAME = re.compile(r"[A-Za-z0-9_.\-]+")
IMPORT = re.compile(r"\bimport\b[^;\"']*(\"[^\"\n]*\"|'[^'\n]*')")


@dataclass(frozen=True, slots=True)
class Source:
    """One file; offsets count characters of `text`. `name` is the source unit name: the path below the specification's directory.

    `imported` tells what the specification imports from itself.
    """

    path: Path
    name: str
    text: str
    encoded: bytes = field(repr=False, compare=False)
    imported: bool = False

    def position(self, offset: int) -> Position:
        """Return line and column of an offset."""
        ends = [m.end() for m in LINE_END.finditer(self.text, 0, offset)]
        return Position(len(ends) + 1, offset - (ends[-1] if ends else 0) + 1, self.name if self.imported else "")

    def offset_at(self, byte_offset: int) -> int:
        """Return the offset of a byte, as solc counts."""
        return len(self.encoded[:byte_offset].decode(errors="ignore"))

    def refuse(self, offset: int, found: str, expected: str) -> NoReturn:
        """Raise SpecificationError at an offset."""
        at = self.position(offset)
        raise SpecificationError(self.path, at.line, at.column, found, expected)

    def comments(self) -> Iterator[tuple[int, str]]:
        """Yield offset and text of every comment."""
        for m in COMMENT_OR_STRING.finditer(self.text):
            if m[0].startswith("/"):
                yield m.start(), m[0]


class Refusals:
    """Go on after a refusal, so that all that do not depend on each other are named at once."""

    def __init__(self) -> None:
        self._found: list[SpecificationError] = []

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Keep a refusal and go on behind the block."""
        try:
            yield
        except SpecificationError as e:
            self._found.append(e)

    def raise_first(self) -> None:
        """Raise SpecificationError for the first place, with the other refusals as its notes; nothing where there was none."""
        rows = sorted(self._found, key=lambda e: (str(e.path), e.line, e.column))
        if rows:
            first, *others = rows
            also = list(dict.fromkeys(str(e) for e in others if str(e) != str(first)))
            for said in also[:MOST_NOTES]:
                first.add_note(said)
            if len(also) > MOST_NOTES:
                first.add_note(f"and {len(also) - MOST_NOTES} more")
            raise first


def library() -> tuple[str, ...]:
    """Return the names of the specifications that come with solwright, as they are imported."""
    return tuple(sorted(f"{LIBRARY_FOLDER}/{p.name}" for p in LIBRARY.glob("*.spec.sol")))


def read_sources(path: Path, text: str | None = None) -> tuple[Source, ...]:
    """Read a specification and all that it imports, the specification first.

    Raises: SpecificationError where a file cannot be read or an import leaves the specification's directory.
    """
    plain = SAFE_NAME.fullmatch(path.name) and not path.name.startswith("solwright_")
    first = _source(path, PurePosixPath(path.name if plain else "Specification.spec.sol"), text)
    found = {first.name: first}
    waiting = [first]
    while waiting:
        source = waiting.pop()
        for offset, target in _imports(source):
            name = _resolve(source, offset, target)
            if str(name) not in found:
                imported = _source(_file(source, offset, target, name, path.parent), name, None)
                found[imported.name] = imported = replace(imported, imported=True)
                waiting.append(imported)
    return tuple(found.values())


def _file(source: Source, offset: int, target: str, name: PurePosixPath, root: Path) -> Path:
    """Return the file of a source unit name: one of the library, or one beside the specification."""
    if name.parts[0] == LIBRARY_FOLDER:
        if str(name) not in (*library(), RULES):
            known = ", ".join((*library(), f"and {RULES} for rules"))
            source.refuse(offset, f'the import "{target}" names no specification of the library', f"it has {known}")
        return LIBRARY / name.name
    file = root / name
    if not file.resolve().is_relative_to(root.resolve()):
        source.refuse(offset, f'the import "{target}" leaves the directory of the specification', "keep what it imports beside it")
    if not file.is_file():
        source.refuse(offset, f'the import "{target}" names no file', f"put it at {name}, beside the specification")
    return file


def _source(path: Path, name: PurePosixPath, text: str | None) -> Source:
    if text is None:
        if not path.is_file():
            found = "it is a folder" if path.is_dir() else "it is no regular file" if path.exists() else "there is no such file"
            raise SpecificationError(path, 0, 0, found, "name a specification, Name.spec.sol")
        if path.stat().st_size > LARGEST_BYTES:
            raise SpecificationError(path, 0, 0, f"the file is larger than {LARGEST_BYTES:,} bytes", "a specification is a few pages long")
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as e:
            raise SpecificationError(path, 0, 0, f"byte {e.start} is not UTF-8", "save the file as UTF-8") from None
        except OSError as e:
            raise SpecificationError(path, 0, 0, f"the file cannot be read ({e.strerror})", "make it readable") from None
    elif len(text) > LARGEST_BYTES:
        raise SpecificationError(path, 0, 0, f"the text is longer than {LARGEST_BYTES:,} characters", "a specification is a few pages long")
    source = Source(path, str(name), text, text.encode(errors="replace"))
    for offset, c in enumerate(text):
        if c not in "\t\n\r" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
            source.refuse(offset, f"the invisible character U+{ord(c):04X}", "delete it: what is approved must be what is read")
    return source


def _imports(source: Source) -> Iterator[tuple[int, str]]:
    code = COMMENT_OR_STRING.sub(lambda m: " " * len(m[0]) if m[0].startswith("/") else m[0], source.text)
    for m in IMPORT.finditer(code):
        yield m.start(1), m[1][1:-1]


def _resolve(source: Source, offset: int, target: str) -> PurePosixPath:
    if target.startswith(f"{LIBRARY_FOLDER}/"):
        return PurePosixPath(target)
    if not target.startswith(("./", "../")):
        source.refuse(
            offset,
            f'the import "{target}" is not relative',
            f'write "./File.sol" for a file of its own directory, or "{library()[0]}" for one of the library',
        )
    parts: list[str] = list(PurePosixPath(source.name).parent.parts)
    for part in target.split("/"):
        if part in {"", "."}:
            continue
        if not SAFE_NAME.fullmatch(part):
            source.refuse(offset, f'the import "{target}"', "use letters, digits, `_`, `-` and `.` in the names of imported files")
        if part == "..":
            if not parts:
                source.refuse(offset, f'the import "{target}" leaves the directory of the specification', "keep what it imports beside it")
            parts.pop()
        else:
            parts.append(part)
    if parts[:1] == [LIBRARY_FOLDER] and not source.name.startswith(f"{LIBRARY_FOLDER}/"):
        source.refuse(offset, f'the import "{target}" of a folder {LIBRARY_FOLDER}', "that name is the library's; choose another")
    return PurePosixPath(*parts)
