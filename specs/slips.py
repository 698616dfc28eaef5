"""Say what is right where solc refuses a rule: it knows Solidity, and not what rules are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from specs.messages import nearest
from specs.source import RULE

WORDS = ("given", "by", "later", "mustSucceed", "mustFail", "restart", "claim")
IMPORT = 'import {Rules} from "solwright/Rules.sol";'
CHEATS = "there are no cheat codes: by(…) says who calls, later(…) lets time pass, given(…) is what is taken for granted"
#: Names that people know from clauses and tests, and what rules have instead.
KNOWN: Mapping[str, str] = {
    "vm": CHEATS,
    "hevm": CHEATS,
    "cheats": CHEATS,
    "console": "delete it: nothing runs that could print",
    "old": "name what was before, where it was: `uint256 before = vault.total();`",
    "changed": "name what was before, and compare: `claim(vault.total() != before);`",
    "codeless": "rules do not look at code: say it in a clause of a function",
    "accepts": "a rule says nothing of calls in which strangers refuse, and mustSucceed() takes it for granted that they accept",
    "sent": "look at ether before and after, by names: `uint256 before = balance(alice);`",
    "sum": "rules have no sums: an invariant of the interface says it",
    "forall": "a parameter of the rule stands for every value of its type",
    "same": "rules compare integers, bool, address, bytesN and enums; keccak256(bytes(s)) of a string is one",
    "defined": "what has no value breaks a rule; given(…) excludes the cases in which it has none",
}


def instead(text: str, line: int, column: int, message: str) -> tuple[str, str] | None:
    """Return what was found in a rule and what would be right, where more can be said than solc says; positions count from 1."""
    lines = text.split("\n")
    before = "\n".join(lines[: line - 1]) + "\n" + lines[line - 1][: column - 1]
    here = lines[line - 1][column - 1 :]
    if "solwright/Rules.sol" in message:
        return "an import of something else than Rules", f"write `{IMPORT}`"
    contract = re.findall(r"\bcontract\s+(\w+)", before)
    if not contract:
        return None
    word = (re.match(r"\w+", here) or [""])[0]
    if "Undeclared identifier" in message:
        return f"the unknown name `{word}`", _unknown(text, before, here, word, contract[-1])
    if "Identifier not found" in message:
        modifier = re.search(r"\bfunction\b[^{;]*$", before) is not None
        right = "a rule has no modifiers" if modifier else f"add `{IMPORT}`" if word == "Rules" else "inherit Rules, and nothing else"
        return f"the unknown name `{word}`", right
    if m := re.search(r'Member "(\w+)" not found.* in contract (\w+)', message):
        return f"the unknown function `{m[1]}` of {m[2]}", nearest(m[1], _functions(text), f"{m[2]} has")
    if "Wrong argument count" in message:
        return _counted(word, message)
    if "Cannot set option" in message and "value" in message:
        return message.rstrip("."), "only a function that is `payable` takes ether: leave out `{value: …}`"
    if "Expected primary expression" in message and re.search(r"<?==$", before) and here.startswith(">"):
        return "`==>` in a rule", "rules are plain Solidity: write `!a || b` for an implication, `a == b` for an equivalence"
    if re.search(r"from contract \w+ to address", message):
        return f"`{word}` as an address", f"write address({_subject(before)}) for the contract"
    if "to bool requested" in message and re.match(r"[\w.()]+\s*=[^=]", here):
        return "an assignment where a condition is expected", "compare with `==`"
    if m := re.search(r"Type (\w+) is not implicitly convertible to expected type (\w+)", message):
        return f"a value of type {m[1]} under a name of type {m[2]}", f"name it as what it is: `{m[1]} …`"
    return None


def _unknown(text: str, before: str, here: str, word: str, contract: str) -> str:
    if word in (*WORDS, "balance"):
        return f"the words of rules are inherited: write `abstract contract {contract} is Rules`, and `{IMPORT}`"
    if word == "IERC20":
        return f"import it, too: `{IMPORT.replace('{Rules}', '{Rules, IERC20}')}`"
    if word in KNOWN:
        return KNOWN[word]
    if re.search(r"\bemit\s+$", before):
        return "rules log nothing: `emits` at a function promises events"
    interface = re.findall(r"\binterface\s+(\w+)", text)
    if word in _functions(text):
        return f"write {_subject(before)}.{word}(…)"
    if interface and re.search(rf"\b(?:enum|struct)\s+{re.escape(word)}\b", text):
        return f"write {interface[-1]}.{word}"
    if re.match(r"\w+\s*\(", here):
        near = nearest(word, WORDS, "the words of rules are")
        return near if near.startswith("did you mean") else f"rules have no functions of their own; {near}"
    return "declare it as a parameter of the rule, or give it a value first"


def _functions(text: str) -> list[str]:
    return [name for name in re.findall(r"\bfunction\s+(\w+)", text) if not name.startswith(RULE)]


def _subject(before: str) -> str:
    """Return the name of the contract in the rule that is being read."""
    found = re.findall(r"\bfunction\s+\w+\s*\(\s*\w+\s+(\w+)", before)
    return found[-1] if found else "vault"


def _counted(word: str, message: str) -> tuple[str, str]:
    counts = re.search(r"(\d+) arguments given but expected (\d+)", message)
    said = f"{counts[1]} argument{'s' * (counts[1] != '1')} instead of {counts[2]}" if counts else "another number of arguments"
    if word in {"mustSucceed", "mustFail"}:
        return f"{word} with {said}", f"the call that is meant stands behind it, as a statement of its own: `{word}(); vault.f(…);`"
    if word in {"claim", "given"}:
        return f"{word} with {said}", "it takes one condition, without a message"
    return f"a call with {said}", "give every argument, in order"
