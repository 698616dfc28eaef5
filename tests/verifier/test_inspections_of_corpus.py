"""No contract that must be proved is refused by an inspection, and none of them meets a limit of the engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.solc import compile_sources
from toolchain.sources import import_sources
from verifier.engines.static import analyse
from verifier.limits import find_limits
from verifier.undeclared import inspect

CORPUS = Path(__file__).parents[1] / "corpus"
PROVED = sorted(CORPUS.glob("*/proved/*.sol"))


@pytest.mark.corpus
@pytest.mark.parametrize("path", PROVED, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_what_must_be_proved_is_not_refused(path: Path) -> None:
    specification = parse(next(path.parents[1].glob("*.spec.sol")))
    tree = import_sources(path)
    compilation = compile_sources(tree.sources, tree.settings)
    contract = compilation.contract(specification.name, tree.entry)
    assert [f for f in inspect(specification, compilation, contract) if f.severity == "refutes"] == []
    assert find_limits(compilation, contract) == ()
    analysis = analyse(compilation, contract)
    assert analysis.failed == ""
    assert [f for f in analysis.findings if f.severity == "refutes"] == []
