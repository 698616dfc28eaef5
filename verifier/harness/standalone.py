"""Write a finding as a small test that fails under plain `forge test`: concrete calls, then one claim with its id in the message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from specs.specification import Specification
from toolchain.solc import Contract
from verifier.harness.assertion import Assertion
from verifier.harness.calls import calls, opening
from verifier.harness.generate import Harness
from verifier.harness.parts import Key
from verifier.harness.plain import address_literal
from verifier.harness.runs import Finding
from verifier.harness.spelling import CANDIDATE, ascii_line, identifier, plain_unit, without_idle
from verifier.surroundings import surroundings_of

SECTIONS = re.compile(r"^// ---- (\w+)\n", re.M)


@dataclass(frozen=True, slots=True)
class Named:
    """A finding with the obligation that it breaks: its name, its key, and what it promises."""

    id: str
    key: Key
    words: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Standalone:
    """One test file: its name, source, contract, test function, and the message that it fails with."""

    file: str
    source: str
    contract: str
    test: str
    message: str


def write(specification: Specification, contract: Contract, named: Named, exactly: Harness | None = None) -> Standalone:
    """Write one finding down; with `exactly` the claim is computed by the harness's own evaluators.

    Raises: NotPlain where the claim has no plain rendering.
    """
    run, found = named.finding.run, surroundings_of(specification.environment)
    message = ascii_line(f"{named.id}: {named.words}")
    claim = Assertion(specification, named.finding, named.key, message, exactly)
    parts = sections()
    name, test = f"Replay_{identifier(named.id)}", f"test_{identifier(named.id)}"
    replay = parts["replay"].replace("READER", address_literal(run.reader)).replace("ORIGIN", address_literal(run.reader_origin))
    lines = [
        "// SPDX-License-Identifier: MIT",
        "pragma solidity ^0.8.24;",
        "",
        f'import {{{contract.name} as Candidate}} from "../{CANDIDATE}/{plain_unit(contract.path)}";',
        "",
        parts["vm"].strip(),
        "",
        *([found.source, ""] if found is not None else []),
        *([claim.inlined, ""] if claim.inlined else []),
        replay.strip(),
        "",
        *([parts["stranger"].strip(), ""] if run.coded else []),
        f"// {message}",
        f"contract {name} is {'Stage' if run.coded else 'Replay'}{', IEngine' if claim.inlined else ''} {{",
        *(f"    {line}" for line in (*(beside(run.there) if found is not None else ()), *claim.state)),
        f"    function {test}() external {{",
        *(f"        {line}" for line in (*opening(specification, run), *calls(specification, run, claim.before), *claim.after)),
        "    }",
        *(f"\n    {line}" for line in claim.functions),
        "}",
        "",
    ]
    return Standalone(f"{name}.t.sol", without_idle("\n".join(lines)), name, test, message)


def beside(there: str) -> tuple[str, ...]:
    """Return the members of a test's contract that speak of the environment."""
    use = "function use(address sender, bytes memory data) internal { vm.prank(sender, sender); (bool done_,) = there.call(data); done_; }"
    read = "function readThere(bytes memory call) internal returns (bytes memory) { return readAt(there, call); }"
    return (f"address internal constant there = {address_literal(there)}; // behaves as the model above", use, read)


def sections() -> Mapping[str, str]:
    """Return the parts of the data file by name."""
    parts = SECTIONS.split((Path(__file__).with_name("Replay.sol")).read_text())
    return dict(zip(parts[1::2], parts[2::2], strict=True))
