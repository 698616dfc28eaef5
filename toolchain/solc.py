"""Compile Solidity: standard JSON in, `Compilation` out.

One compiler version. Where its native build is installed, each compilation is a process; else soljson runs under node in one warm
process for all compilations of this Python process.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from toolchain.answers import keep, key_of, recall
from toolchain.compiler import run_compiler, solc_wrapper
from toolchain.errors import SourceError, ToolCrashed
from toolchain.install import solc_version

__all__ = [
    "SOLC_VERSION",
    "Compilation",
    "CompilationFailed",
    "CompilerSettings",
    "Contract",
    "Diagnostic",
    "compile_sources",
    "parse_imports",
    "solc_wrapper",
    "standard_input",
]

SOLC_VERSION = solc_version()[0]
PRAGMA_EXCLUDES = "5333"  # solc's code for a pragma that its version does not satisfy
CREATION_OUTPUTS = ("object", "sourceMap", "linkReferences")
CONTRACT_OUTPUTS = (
    "abi",
    "metadata",
    "storageLayout",
    "transientStorageLayout",
    "evm.methodIdentifiers",
    *(f"evm.bytecode.{name}" for name in CREATION_OUTPUTS),
    *(f"evm.deployedBytecode.{name}" for name in (*CREATION_OUTPUTS, "immutableReferences")),
)

Kind = Literal["contract", "interface", "library", "abstract"]


@dataclass(frozen=True, slots=True)
class CompilerSettings:
    """Choose what the user may choose of the compiler; the metadata hash is always left out of the bytecode."""

    evm_version: str = "cancun"
    optimizer: bool = False
    optimizer_runs: int = 200
    via_ir: bool = False
    remappings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Locate one message of the compiler; line and column count from 1, 0 means that it has no place."""

    path: str
    line: int
    column: int
    severity: str
    code: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}:{self.column}: " if self.line else f"{self.path}: " if self.path else ""
        return f"{where}{self.message}"


class CompilationFailed(SourceError):
    """Refuse sources that the compiler refuses."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        first = str(diagnostics[0])
        more = f" (and {len(diagnostics) - 1} more)" if len(diagnostics) > 1 else ""
        pinned = any(d.code == PRAGMA_EXCLUDES for d in diagnostics)
        next_step = "widen the pragma, for instance to ^0.8.24" if pinned else "correct the source"
        super().__init__(f"the sources do not compile: {first}{more}", next_step)
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class Contract:
    """Hold one compiled contract; `creation` and `runtime` are hex without 0x, immutable slots of `runtime` are zero."""

    name: str
    path: str
    kind: Kind
    abi: tuple[Mapping[str, Any], ...]
    creation: str
    runtime: str
    method_identifiers: Mapping[str, str]
    storage_layout: Mapping[str, Any]
    immutable_references: Mapping[str, Any]
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def creation_digest(self) -> str:
        """Return the sha256 of the creation code (of its text where libraries are not linked)."""
        return _digest(self.creation)

    @property
    def runtime_digest(self) -> str:
        """Return the sha256 of the runtime template with immutable slots zeroed."""
        return _digest(self.runtime)

    @property
    def is_linked(self) -> bool:
        """Tell whether the code is complete: the compiler leaves underscores where the address of a library goes."""
        return "_" not in self.creation


@dataclass(frozen=True, slots=True)
class Compilation:
    """Hold what one compiler run made of one standard-JSON input."""

    input: Mapping[str, Any] = field(repr=False)
    version: str
    contracts: tuple[Contract, ...] = field(repr=False)
    asts: Mapping[str, Any] = field(repr=False)
    source_ids: Mapping[str, int]
    warnings: tuple[str, ...]

    def contract(self, name: str, path: str | None = None) -> Contract:
        """Return the contract of that name.

        Raises: SourceError when there is none, or several and no path chooses one.
        """
        found = [c for c in self.contracts if c.name == name and path in (None, c.path)]
        where = f" in {path}" if path else ""
        if len(found) == 1:
            return found[0]
        if found:
            raise SourceError(f"{name} is defined in several files: {', '.join(c.path for c in found)}", "name the file")
        names = ", ".join(sorted({c.name for c in self.contracts if path in (None, c.path)})) or "none"
        raise SourceError(f"there is no contract {name}{where}", f"the contracts there are: {names}")


def standard_input(
    sources: Mapping[str, str], settings: CompilerSettings, outputs: Literal["all", "ast"], only: tuple[str, str] | None = None
) -> dict[str, Any]:
    """Write the compiler's standard-JSON input; `only` (path and name): no other contract is made."""
    asts = {"": ["ast"]}
    made = asts | {"*" if only is None else only[1]: list(CONTRACT_OUTPUTS)}
    selection = {"*": asts} if outputs == "ast" else {"*": made} if only is None else {"*": asts, only[0]: made}
    return {
        "language": "Solidity",
        "sources": {path: {"content": sources[path]} for path in sorted(sources)},
        "settings": {
            "remappings": list(settings.remappings),
            "optimizer": {"enabled": settings.optimizer, "runs": settings.optimizer_runs},
            "evmVersion": settings.evm_version,
            "viaIR": settings.via_ir,
            "metadata": {"bytecodeHash": "none"},
            "outputSelection": selection,
        },
    }


def compile_sources(
    sources: Mapping[str, str],
    settings: CompilerSettings = CompilerSettings(),
    *,
    outputs: Literal["all", "ast"] = "all",
    time_s: float = 120,
    fresh: bool = False,
    only: tuple[str, str] | None = None,
) -> Compilation:
    """Compile sources (source unit name → text); `outputs="ast"` type-checks only and makes no contracts.

    What was compiled before comes from this user's cache, unless `fresh`; `only` (path and name): that contract alone is made, and the
    answer is not remembered.
    Raises: CompilationFailed, ToolNotFound, ToolCrashed.
    """
    given = standard_input(sources, settings, outputs, only)
    output, warnings = _compile(given, sources, time_s, fresh or only is not None, remembered=only is None)
    asts = {path: source["ast"] for path, source in output["sources"].items()}
    return Compilation(
        input=given,
        version=solc_version()[1],
        contracts=tuple(_contracts(output.get("contracts", {}), asts)),
        asts=asts,
        source_ids={path: source["id"] for path, source in output["sources"].items()},
        warnings=warnings,
    )


def parse_imports(sources: Mapping[str, str], *, time_s: float = 60) -> Mapping[str, tuple[str, ...]]:
    """Return the paths that each source imports, as they stand in it.

    Raises: CompilationFailed for what does not parse, ToolNotFound, ToolCrashed.
    """
    given = standard_input(sources, CompilerSettings(), "ast")
    given["settings"] = {"stopAfter": "parsing", "outputSelection": {"*": {"": ["ast"]}}}
    output, _ = _compile(given, sources, time_s, False)
    return {
        path: tuple(str(node["file"]) for node in source["ast"]["nodes"] if node["nodeType"] == "ImportDirective")
        for path, source in output["sources"].items()
    }


def _compile(
    given: Mapping[str, Any], sources: Mapping[str, str], time_s: float, fresh: bool, *, remembered: bool = True
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return output and warnings; only an answer without an error is remembered."""
    for path, text in sources.items():
        if any("\ud800" <= c <= "\udfff" for c in text):
            raise SourceError(f"{path} is not Unicode text (it holds a lone surrogate)", "save it as UTF-8")
    question = json.dumps(given)
    key = key_of(question)
    known = None if fresh else recall(key)
    answer = known or run_compiler(question, time_s=time_s)
    output = _read(answer)
    diagnostics = tuple(_diagnostics(output.get("errors", ()), sources))
    errors = tuple(d for d in diagnostics if d.severity == "error")
    if errors:
        raise CompilationFailed(errors)
    silent = [path for path in sources if path not in output.get("sources", {})]
    if silent:
        raise ToolCrashed(f"solc answered without a word about {silent[0]}", "run: solwright doctor")
    if known is None and remembered:
        keep(key, answer)
    return output, tuple(str(d) for d in diagnostics if d.severity == "warning")


def _read(answer: str) -> Mapping[str, Any]:
    try:
        output = json.loads(answer)
    except RecursionError:
        raise SourceError("the source is nested too deeply", "nest fewer expressions or blocks") from None
    except ValueError:
        raise ToolCrashed(f"solc answered something that is not JSON: {answer[:200]!r}", "run: solwright doctor") from None
    if not isinstance(output, dict):
        raise ToolCrashed(f"solc answered something that is no JSON object: {answer[:200]!r}", "run: solwright doctor")
    return output


def _contracts(output: Mapping[str, Any], asts: Mapping[str, Any]) -> Iterator[Contract]:
    for path, contracts in output.items():
        kinds = {n["name"]: _kind(n) for n in asts[path]["nodes"] if n["nodeType"] == "ContractDefinition"}
        for name, raw in contracts.items():
            evm = raw["evm"]
            yield Contract(
                name=name,
                path=path,
                kind=kinds[name],
                abi=tuple(raw["abi"]),
                creation=evm["bytecode"]["object"],
                runtime=evm["deployedBytecode"]["object"],
                method_identifiers=evm["methodIdentifiers"],
                storage_layout=raw["storageLayout"],
                immutable_references=evm["deployedBytecode"].get("immutableReferences", {}),
                raw=raw,
            )


def _kind(definition: Mapping[str, Any]) -> Kind:
    if definition["contractKind"] == "contract":
        return "abstract" if definition["abstract"] else "contract"
    return "interface" if definition["contractKind"] == "interface" else "library"


def _diagnostics(errors: tuple[Mapping[str, Any], ...], sources: Mapping[str, str]) -> Iterator[Diagnostic]:
    for error in errors:
        place = error.get("sourceLocation") or {}
        path = str(place.get("file", ""))
        line, column = _position(sources[path], place["start"]) if path in sources and place.get("start", -1) >= 0 else (0, 0)
        yield Diagnostic(path, line, column, str(error["severity"]), str(error.get("errorCode", "")), _message(error))


def _message(error: Mapping[str, Any]) -> str:
    message = str(error.get("message") or error.get("formattedMessage") or error["type"]).strip()
    if error.get("errorCode") == PRAGMA_EXCLUDES:
        return f"the pragma excludes solc {SOLC_VERSION}, the only version that is used here"
    return message


def _position(text: str, byte_offset: int) -> tuple[int, int]:
    before = text.encode()[:byte_offset].decode(errors="ignore").replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _digest(code: str) -> str:
    try:
        return hashlib.sha256(bytes.fromhex(code)).hexdigest()
    except ValueError:
        return hashlib.sha256(code.encode()).hexdigest()
