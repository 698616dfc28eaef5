"""What an inspection of the artifact shows without running it: findings, and limits of what the engines can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice

#: refutes: the language refuses such code whatever else is proved; informs: shown, decides nothing.
Severity = Choice["refutes", "informs"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation about the source; text comes from the judged source and is not safe to print.

    `check` names the rule (`undeclared-function`, `slither:suicidal`); `path` is the source's name in the workspace ("" for the contract as
    a whole); `line` counts from 1 (0: none); `suppressed`: the source itself asks for silence about it.
    """

    severity: Severity
    check: str
    message: str
    path: str = ""
    line: int = 0
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """Code whose effect no engine models fully.

    `unknown`: results for the function are UNKNOWN (code that depends on the raw calldata). `unclean`: storage may hold values that solc
    would never write, so no engine may assume clean bool and enum slots. `function` is the title of one entry that reaches the code (each
    has its own limit), `constructor`, `receive`, `fallback`, or "" where all of them are concerned.
    """

    kind: Choice["unknown", "unclean"]
    reason: str
    path: str
    line: int
    function: str
