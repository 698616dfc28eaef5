"""Compile mutants, and tell which are no mutants: those that do not compile, and those that are the same bytecode."""

from __future__ import annotations

from dataclasses import replace

from toolchain.errors import SourceError
from toolchain.solc import Compilation, CompilerSettings, compile_sources
from verifier.judge import Candidate
from verifier.mutants.edit import Mutant


def compile_mutant(candidate: Candidate, path: str, mutant: Mutant) -> Compilation | None:
    """Return the compiled mutant, None where the compiler refuses it; `path` is that of the contract.

    Raises: ToolError.
    """
    return _compiled(candidate, path, mutant, candidate.tree.settings)


def is_equivalent(candidate: Candidate, path: str, mutant: Mutant) -> bool:
    """Tell whether the optimizer makes the same code of a mutant as of the original: then they do the same.

    Raises: ToolError.
    """
    for settings in optimized(candidate.tree.settings):
        own, other = _compiled(candidate, path, None, settings), _compiled(candidate, path, mutant, settings)
        if own is not None and other is not None:
            name = candidate.contract
            if own.contract(name, path).creation_digest == other.contract(name, path).creation_digest:
                return True
    return False


def optimized(settings: CompilerSettings) -> tuple[CompilerSettings, ...]:
    """Return settings under which different texts of one program often become one bytecode."""
    return tuple(replace(settings, optimizer=True, optimizer_runs=200, via_ir=via_ir) for via_ir in (False, True))


def _compiled(candidate: Candidate, path: str, mutant: Mutant | None, settings: CompilerSettings) -> Compilation | None:
    sources = dict(candidate.tree.sources)
    if mutant is not None:
        sources[mutant.path] = mutant.source(sources)
    try:
        made = compile_sources(sources, settings, only=(path, candidate.contract))
    except SourceError:
        return None
    return made if made.contract(candidate.contract, path).creation else None
