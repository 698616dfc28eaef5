"""From an obligation to a checked invariant: which system is whose, what a damaged invariant is worth, what solc abstracts."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from solwright.commands.verify import chosen
from specs.parse import parse
from toolchain.compiler import run_compiler
from toolchain.errors import UsageError
from toolchain.solc import Compilation, Contract, compile_sources
from verifier.engines.horn import engine
from verifier.engines.horn.check import check_script, read_answers, script_of
from verifier.engines.horn.engine import ask, canary_batches, state
from verifier.engines.horn.instrument import instrument
from verifier.engines.horn.sexpr import inside, items, name
from verifier.engines.horn.solve import SPACER, definitions, horn
from verifier.engines.horn.systems import standard_input, write_systems
from verifier.engines.horn.worker import unpacked
from verifier.engines.job import Effort
from verifier.ledger import derive
from verifier.obligation import Obligation
from verifier.result import Stamp
from verifier.verdict import combine

HERE = Path(engine.__file__).parent
LOOPS = Path(__file__).resolve().parents[2] / "corpus" / "loops"


@functools.cache
def rows() -> dict[str, dict[str, object]]:
    return {r["obligation"]: r for r in ask(canary_batches(), Effort()) if "obligation" in r}


def system_of(obligation: str) -> str:
    return next(s.text for b in canary_batches() for s in b.systems if s.obligation == f"canary:{obligation}")


def test_the_canaries_are_told_apart() -> None:
    assert rows()["canary:bump.right"]["outcome"] == "proved"
    assert rows()["canary:bump.wrong"]["outcome"] == "refuted"


def test_an_invariant_is_confirmed_and_a_damaged_one_is_not() -> None:
    system, invariant = system_of("bump.right"), unpacked(str(rows()["canary:bump.right"]["invariant"]))
    assert check_script(script_of(system, invariant)).verdict == "valid"
    given = definitions(invariant)
    for body in ("true", "false"):
        loops = {n: f"({' '.join(inside(d)[:4])} {body})" for n, d in given.items() if "for_header" in n}
        damaged = "\n".join({**given, **loops}.values())
        assert check_script(script_of(system, damaged)).verdict != "valid"
    assert check_script(script_of(system_of("bump.wrong"), trivial(system_of("bump.wrong")))).verdict == "wrong"


def trivial(system: str) -> str:
    """Return the weakest definitions."""
    out = []
    for c in items(system):
        if c.startswith("(declare-fun"):
            _, symbol, sorts, _ = inside(c)
            out.append(f"(define-fun {symbol} ({' '.join(f'(a{i} {s})' for i, s in enumerate(items(sorts[1:-1])))}) Bool true)")
    return "\n".join(out)


def test_definitions_that_do_not_belong_are_refused() -> None:
    system, invariant = system_of("bump.right"), unpacked(str(rows()["canary:bump.right"]["invariant"]))
    given = list(definitions(invariant).values())
    for wrong in (
        given[1:],
        [*given, "(define-fun strange () Bool true)"],
        [*given, given[0]],
        [*given, "(assert false)"],
    ):
        with pytest.raises(ValueError, match=r"."):
            check_script(script_of(system, "\n".join(wrong)))
    ill_typed = [given[0].replace(" Bool true", " Int true"), *given[1:]]
    assert check_script(script_of(system, "\n".join(ill_typed))).verdict == "open"


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [(["unsat", "unsat"], "valid"), (["unsat", "sat"], "wrong"), (["unknown (TIMEOUT)"], "open"), (["(error)"], "open")],
)
def test_only_a_full_row_of_unsat_is_a_proof(answers: list[str], verdict: str) -> None:
    assert read_answers(answers, 2).verdict == verdict


def test_a_missing_answer_is_no_proof() -> None:
    with pytest.raises(ValueError, match="1 of 2"):
        read_answers(["unsat"], 2)


def test_a_system_speaks_of_the_obligation_that_solc_means() -> None:
    """Tell solc that one system is satisfiable: the place that it then calls safe is in the check of that obligation."""
    specification = parse(LOOPS / "queue" / "Queue.spec.sol")
    compilation = compile_sources({"Queue.sol": (LOOPS / "queue" / "unknown" / "Queue.sol").read_text()})
    contract = compilation.contract("Queue")
    ledger = derive(specification, compilation, contract)
    asked = [o for o in ledger.obligations if o.id in {"prune.short", "prune.never", "prune.kept"}]
    (made,), _ = instrument(specification, compilation, contract, asked)
    settings = compilation.input["settings"]
    given = standard_input(made, settings)
    queries = json.loads(run_compiler(json.dumps(given), time_s=100))["auxiliaryInputRequested"]["smtlib2queries"]
    found = {s.text: s.obligation for s in write_systems(made, settings, 100).systems}
    assert len(found) == len(asked)
    source = made.sources[made.path].encode()
    for key, text in queries.items():
        answered = {**given, "auxiliaryInput": {"smtlib2responses": {key: "sat\n"}}}
        messages = json.loads(run_compiler(json.dumps(answered), time_s=100))["errors"]
        safe = [m["sourceLocation"]["start"] for m in messages if m.get("errorCode") == "9576"]
        assert len(safe) == 1
        check = source[: safe[0]].decode().rsplit("function ", 1)[1].split("(")[0]
        assert next(c.obligation for c in made.checks if c.name == check) == found[text]


ABSTRACTED = {
    "assembly": ("count += 1;", "count += 1; assembly { let x := 1 }", "7737"),
    "a creation": ("count += 1;", "count += 1; new Other();", "8729"),
    "a delegatecall": ("count += 1;", 'count += 1; (bool ok,) = msg.sender.delegatecall(""); ok;', "4588"),
    "a power": ("count += 1;", "count += 2 ** count;", "5188"),
    "code of others": ("count += 1;", "count += msg.sender.code.length;", "7650"),
}


@pytest.mark.parametrize("name", ABSTRACTED)
def test_what_the_model_checker_abstracts_proves_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own word, too: as if the inspection of the source had seen nothing."""
    old, new, code = ABSTRACTED[name]
    monkeypatch.setattr(engine, "find_refusals", lambda *_: ())
    source = (HERE / "canary.sol").read_text()
    assert old in source
    compilation = compile_sources({"canary.sol": source.replace(old, new, 1).replace("external", "public") + "\ncontract Other {}\n"})
    contract = compilation.contract("Canary")
    stated = state(parse(HERE / "canary.spec.sol"), compilation, contract, canary_ledger(compilation, contract), ("bump.right",))
    assert stated.batches == ()
    assert stated.refused["bump.right"].startswith(f"the model checker says ({code}): ")


def canary_ledger(compilation: Compilation, contract: Contract) -> tuple[Obligation, ...]:
    return derive(parse(HERE / "canary.spec.sol"), compilation, contract).obligations


def test_a_refused_contract_gets_no_system() -> None:
    specification = parse(HERE / "canary.spec.sol")
    source = (HERE / "canary.sol").read_text().replace("count += 1;", "count += 1; assembly { let x := 1 }")
    compilation = compile_sources({"canary.sol": source})
    contract = compilation.contract("Canary")
    stated = state(specification, compilation, contract, derive(specification, compilation, contract).obligations)
    assert stated.batches == ()
    assert "InlineAssembly" in stated.refused["bump.right"]


def test_an_enum_that_the_source_takes_as_a_number_is_not_offered() -> None:
    folder = Path(__file__).resolve().parents[1] / "hits" / "19-arg-uint8-for-enum"
    specification = parse(folder / "Box.spec.sol")
    compilation = compile_sources({"Box.sol": (folder / "Box.sol").read_text()})
    contract = compilation.contract("Box")
    stated = state(specification, compilation, contract, derive(specification, compilation, contract).obligations)
    assert "set.stored" in stated.silent
    assert "set.owned" in stated.silent


def test_a_wrong_invariant_is_a_conflict() -> None:
    stamp = Stamp("s", "a", "h", "e", "o")
    row = {"outcome": "wrong", "reasons": ["spacer: clause 3 of 9 does not hold"], "time_s": 1.0}
    assert combine("f.x", [engine._result("f.x", row, "", "", stamp)]).status == "CONFLICT"


def test_a_limit_of_other_inspections_takes_the_proof() -> None:
    stamp = Stamp("s", "a", "h", "e", "o")
    row = {"outcome": "proved", "reasons": [], "time_s": 1.0}
    assert engine._result("f.x", row, "", "raw calldata", stamp).outcome == "unknown"
    assert engine._result("f.x", None, "killed", "", stamp).outcome == "failed"


def test_spacer_answers_in_words_that_we_know() -> None:
    text = "(set-logic HORN)(declare-fun p (Int) Bool)(assert (p 0))(assert (forall ((x Int)) (=> (p x) (p (+ x 2)))))"
    goal = "(assert (forall ((x Int)) (=> (and (p x) (= x {})) false)))(check-sat)"
    said, model = horn(text + goal.format(-2), SPACER)
    assert said == "sat"
    assert {name(n) for n in definitions(model)} == {"p"}
    assert horn(text + goal.format(4), SPACER)[0] == "unsat"


def test_engines_are_chosen_by_name() -> None:
    assert chosen("symbolic, horn,horn") == ("symbolic", "horn")
    for wrong in ("", "horn,magic"):
        with pytest.raises(UsageError, match="engine"):
            chosen(wrong)
