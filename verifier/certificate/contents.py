"""The files of a bundle that follow from sources and specification alone; maker and checker compute them alike, and they must be equal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from specs.environment import model_of
from specs.source import read_sources
from specs.specification import Specification
from toolchain.errors import UsageError
from toolchain.solc import Compilation, CompilerSettings, Contract, standard_input
from verifier.certificate.strict import malformed, read_json, write_json
from verifier.finding import Finding

COMPILER_INPUT = "compiler-input.json"
ARTIFACT = "artifact.json"
STATIC = "evidence/static.json"
RUNS = "evidence/fuzz/runs.json"
SOURCES = "sources"
ENVIRONMENT = "environment"
PLAIN = re.compile(r"[A-Za-z0-9_@$+-][A-Za-z0-9_@$+. -]*(/[A-Za-z0-9_@$+-][A-Za-z0-9_@$+. -]*)*")
LONGEST_NAME = 400


def is_plain(name: str) -> bool:
    """Tell whether a file of that name lies inside a bundle, on every machine."""
    return len(name) <= LONGEST_NAME and PLAIN.fullmatch(name) is not None


def clashing(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that cannot lie beside those before them everywhere: they differ in case only, or a file is called as a folder."""
    files: set[str] = set()
    parents: dict[str, str] = {}
    found = []
    for name in names:
        above = [name[:i] for i, c in enumerate(name) if c == "/"]
        spelled = all(parents.get(p.lower(), p) == p and p.lower() not in files for p in above)
        if spelled and name.lower() not in files and name.lower() not in parents:
            files.add(name.lower())
            parents |= {p.lower(): p for p in above}
        else:
            found.append(name)
    return tuple(found)


def source_files(compilation: Compilation, contract: Contract) -> Mapping[str, str]:
    """Return which file holds each source unit: the judged contract's beside the certificate, the others below `sources`."""
    out = {}
    units = sorted(compilation.input["sources"])
    odd = {*clashing(units), *(u for u in units if not is_plain(f"{SOURCES}/{u}") or u.startswith("unit-"))}
    for number, unit in enumerate(units):
        other = f"{SOURCES}/unit-{number}.sol" if unit in odd else f"{SOURCES}/{unit}"
        out[unit] = f"{contract.name}.sol" if unit == contract.path else other
    return out


def specification_name(specification: Specification) -> str:
    """Return the name that a specification has in a bundle, whatever its maker called the file."""
    return f"{specification.name}.spec.sol"


def specification_files(specification: Specification) -> Mapping[str, bytes]:
    """Return a specification and what it imports, under the names that they have in a bundle."""
    first, *imported = read_sources(specification.path, specification.text)
    files = {specification_name(specification): first.text.encode()} | {x.name: x.text.encode() for x in imported}
    for name in files:
        if not is_plain(name):
            raise UsageError(f"the specification imports {name}, which has no plain name", "rename it, to be able to write a bundle")
    return files


def environment_files(specification: Specification) -> Mapping[str, bytes]:
    """Return what the other contract of a specification is taken to be: the sources of its model, and the model's specification."""
    environment = specification.environment
    if environment is None:
        return {}
    return {f"{ENVIRONMENT}/{name}": text.encode() for name, text in model_of(environment).files().items()}


def write_input(compilation: Compilation) -> bytes:
    return write_json(compilation.input)


def read_input(raw: bytes) -> tuple[dict[str, str], CompilerSettings]:
    """Return sources and settings; nothing else may stand in the compiler's input. Raises CertificateError."""
    value = read_json(COMPILER_INPUT, raw)
    try:
        given = value["settings"]
        settings = CompilerSettings(
            _as(str, given["evmVersion"]),
            _as(bool, given["optimizer"]["enabled"]),
            _as(int, given["optimizer"]["runs"]),
            _as(bool, given["viaIR"]),
            tuple(_as(str, x) for x in _as(list, given["remappings"])),
        )
        sources = {_as(str, unit): _as(str, source["content"]) for unit, source in _as(dict, value["sources"]).items()}
    except (KeyError, TypeError, IndexError) as error:
        raise malformed(COMPILER_INPUT, f"it is not what this program gives to the compiler ({type(error).__name__}: {error})") from None
    if write_json(standard_input(sources, settings, "all")) != raw:
        raise malformed(COMPILER_INPUT, "it says more, or says it otherwise, than this program does to the compiler")
    return sources, settings


def _as(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{type(value).__name__} instead of {kind.__name__}")
    return value


def write_artifact(compilation: Compilation, contract: Contract) -> bytes:
    """Return what came out of the compiler; immutable slots of `runtime` are zero."""
    return write_json(
        {
            "compiler": compilation.version,
            "contract": contract.name,
            "path": contract.path,
            "abi": list(contract.abi),
            "creation": contract.creation,
            "creationDigest": contract.creation_digest,
            "runtime": contract.runtime,
            "runtimeDigest": contract.runtime_digest,
            "immutableReferences": contract.immutable_references,
            "storageLayout": contract.storage_layout,
        }
    )


def write_findings(findings: Iterable[Finding]) -> bytes:
    return write_json([asdict(f) for f in ordered(findings)])


def ordered(findings: Iterable[Finding]) -> Sequence[Finding]:
    """Return findings in an order that does not depend on who was faster."""
    return sorted(findings, key=lambda f: (f.severity != "refutes", f.path, f.line, f.check, f.message, f.suppressed))
