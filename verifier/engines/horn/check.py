"""Check an inductive invariant clause by clause in cvc5, against the system exactly as solc wrote it.

The definitions take the place of the declarations in the original text; each clause is negated and asked alone. *unsat* for every clause
means that the invariant holds at the start, survives every step and excludes the error. A wrong signature is a type error, an unknown name
is refused. Not covered: that the system says what the EVM does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal as Choice

from verifier.engines.horn.sexpr import inside, items, name

WEIGHT = re.compile(r":weight \d+")
PREAMBLE = re.compile(r"\((set-logic|set-option|set-info|check-sat|get-model|exit)\b")
HEAD = "(set-logic ALL)"

#: valid: every clause is; wrong: some clause is not; open: some clause was not decided.
Verdict = Choice["valid", "wrong", "open"]


@dataclass(frozen=True, slots=True)
class Script:
    """What is given to the checking solver: definitions, and one question for each clause."""

    head: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found; `detail` tells of the first clause that is not proved."""

    verdict: Verdict
    clauses: int
    detail: str = ""


def script_of(system: str, invariant: str) -> Script:
    """Put an invariant into a system. Raises ValueError where they do not belong together, or the system holds what we do not know."""
    definitions = {}
    for d in items(invariant):
        if not d.startswith("(define-fun "):
            raise ValueError(f"an invariant holds definitions only, not {d[:40]}")
        key = name(inside(d)[1])
        if key in definitions:
            raise ValueError(f"{key} is defined twice")
        definitions[key] = WEIGHT.sub(":qid q", d)
    types, head, questions = [], [], []
    placed: set[str] = set()
    for c in items(system):
        if c.startswith("(declare-fun"):
            key = name(inside(c)[1])
            if key not in definitions:
                raise ValueError(f"the invariant says nothing of {key}")
            placed.add(key)
        elif c.startswith("(declare-datatypes"):
            types.append(c)
        elif c.startswith("(assert"):
            questions.append(f"(push 1)(assert (not {inside(c)[1]}))(check-sat)(pop 1)")
        elif not PREAMBLE.match(c):
            raise ValueError(f"a command that we do not know: {c[:40]}")
    head = [d for key, d in definitions.items() if key in placed]
    if len(placed) != len(definitions):
        raise ValueError(f"the invariant defines what the system does not have: {sorted(set(definitions) - placed)[:3]}")
    if not questions:
        raise ValueError("the system has no clause")
    return Script("\n".join([HEAD, *types, *head]), tuple(questions))


def check_script(script: Script) -> Checked:
    """Ask cvc5 about every clause. Raises ValueError where it cannot read the script or does not answer every question."""
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    for key, value in (("incremental", "true"), ("arrays-exp", "true"), ("produce-models", "false")):
        solver.setOption(key, value)
    symbols = cvc5.SymbolManager(solver.getTermManager())
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script.head + "\n" + "\n".join(script.questions), "check")
    answers: list[str] = []
    try:
        while not (command := parser.nextCommand()).isNull():
            said = command.invoke(solver, symbols).strip()
            if said:
                answers.append(said)
                if said != "unsat":
                    break
    except RuntimeError as err:
        raise ValueError(f"cvc5 cannot read the check: {str(err)[:200]}") from err
    return read_answers(answers, len(script.questions))


def read_answers(answers: list[str], wanted: int) -> Checked:
    """Read what the solver said of the clauses, in order; anything but *unsat* for each of them is no proof."""
    for number, said in enumerate(answers, 1):
        if said == "sat":
            return Checked("wrong", wanted, f"clause {number} of {wanted} does not hold")
        if said != "unsat":
            return Checked("open", wanted, f"clause {number} of {wanted}: {said[:80]}")
    if len(answers) != wanted:
        raise ValueError(f"cvc5 answered {len(answers)} of {wanted} questions")
    return Checked("valid", wanted)
