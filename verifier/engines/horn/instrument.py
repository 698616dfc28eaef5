"""Instrument a contract's source: a derived contract that runs its functions and asserts what was promised.

The original is left as it stands but for what rewriting.py does. Source: docs/horn.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from specs.specification import Specification
from toolchain.solc import Compilation, Contract
from verifier.engines.horn.binding import Original, meant
from verifier.engines.horn.claims import Check, Writer, type_of
from verifier.engines.horn.exact import NotOffered
from verifier.engines.horn.refuse import PREFIX
from verifier.engines.horn.rewriting import rewrite
from verifier.obligation import Obligation
from verifier.reach import Node, read_code

HARNESS = f"{PREFIX}checks"


@dataclass(frozen=True, slots=True)
class Instrumented:
    """Sources for the model checker: `contracts` are to be analysed in `path`; `checks` says what stands for which obligation;
    `original` what the names of all sources must mean."""

    sources: Mapping[str, str]
    path: str
    contracts: tuple[str, ...]
    checks: tuple[Check, ...]
    original: Original


def instrument(
    specification: Specification, compilation: Compilation, contract: Contract, asked: Sequence[Obligation]
) -> tuple[list[Instrumented], dict[str, str]]:
    """Return the instrumented sources, one for each function and one for the constructor, and why obligations are not offered."""
    code = read_code(compilation, contract)
    writer = Writer(specification, code)
    judged = rewrite(code, compilation)
    own = code.bases[0]
    builder = next((n for n in own["nodes"] if n["nodeType"] == "FunctionDefinition" and n["kind"] == "constructor"), None)
    functions: dict[str, list[Check]] = {}
    deployments: list[Check] = []
    refused: dict[str, str] = {}
    for o in asked:
        try:
            if o.function == "constructor":
                deployments.append(writer.construction(o, len(deployments), own, builder))
            else:
                mine = functions.setdefault(o.function, [])
                mine.append(writer.check(o, len(mine)))
        except NotOffered as err:
            refused[o.id] = str(err)
    texts: list[tuple[str, tuple[str, ...], tuple[Check, ...]]] = [
        (harness(own, builder, checks), (HARNESS,), tuple(checks)) for checks in functions.values() if checks
    ]
    if deployments:
        texts.append(("\n" + "".join(c.text for c in deployments), tuple(c.name for c in deployments), tuple(deployments)))
    made = [
        Instrumented({**judged.sources, contract.path: judged.sources[contract.path] + t}, contract.path, names, checks, judged.original)
        for t, names, checks in texts
    ]
    return made, refused


def harness(contract: Node, builder: Node | None, checks: Sequence[Check]) -> str:
    """Return the derived contract that holds the checks."""
    given = builder["parameters"]["parameters"] if builder is not None else []
    parameters = ", ".join(f"{type_of(p)} {PREFIX}p{i}" for i, p in enumerate(given))
    arguments = ", ".join(f"{PREFIX}p{i}" for i in range(len(given)))
    payable = " payable" if builder is not None and builder["stateMutability"] == "payable" else ""
    head = f"    constructor({parameters}){payable} {meant(contract)}({arguments}) {{}}\n"
    return f"\ncontract {HARNESS} is {meant(contract)} {{\n{head}{''.join(c.text for c in checks)}}}\n"
