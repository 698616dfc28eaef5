"""Say in the writer's words what solc found wrong with a clause."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from specs.formula import Type
from specs.syntax import Syntax

OPERATOR = re.compile(r"Built-in binary operator (\S+) cannot be applied to types (.+) and (.+?)\.(?: |$)")
UNARY = re.compile(r"Built-in unary operator (\S+) cannot be applied to type (.+?)\.(?: |$)")
ARGUMENT = re.compile(r"Invalid implicit conversion from (.+) to (.+) requested")
DECLARED = re.compile(r"Type (.+) is not implicitly convertible to expected type (.+?)\.(?: |$)")
EXPLICIT = re.compile(r"Explicit type conversion not allowed from \"(.+)\" to \"(.+)\"")
MEMBER = re.compile(r"Member \"(.+?)\" not found.* in (?:struct )?(?:[\w$]+\.)?([\w$]+)")
BRANCHES = re.compile(r"True expression's type (.+) does not match false expression's type (.+?)\.(?: |$)")


def explain(message: str, node: Syntax, purpose: str, structs: tuple[Type, ...]) -> tuple[str, str]:
    """Return what was found and what would be right."""
    written = " ".join(node.source.text[node.start : node.end].split())
    shown = f"`{written}`" if len(written) <= 80 else f"`{written[:77]}…`"
    if "rational_const" in message:
        return f"a fraction of literals in {shown}", "clauses know integers only: write the integer that is meant"
    if m := OPERATOR.search(message):
        operator = node.text if node.kind == "binary" else m[1]
        return f"`{operator}` between {_name(m[2])} and {_name(m[3])} in {shown}", _between(operator, m[2], m[3])
    if m := UNARY.search(message):
        return f"`{m[1]}` in front of {_name(m[2])} in {shown}", "unary minus needs a signed integer, `!` a bool, `~` an integer or bytesN"
    if m := ARGUMENT.search(message) or DECLARED.search(message):
        return f"{shown} is {_name(m[1])}", f"{purpose or 'what stands here'} must be {_name(m[2])}"
    if m := EXPLICIT.search(message):
        steps = "the number does not fit" if m[1].startswith("int_const") else "convert in steps that Solidity allows: address(uint160(x))"
        return f"a conversion of {_name(m[1])} to {_name(m[2])} in {shown}", steps
    if m := MEMBER.search(message):
        if m[1] == "length":
            return f"`.length` of something else than bytes or an array in {shown}", "write bytes(s).length of a string"
        members = [name for t in structs if t.name == m[2] for name, _ in t.components]
        return f"the unknown member `{m[1]}` in {shown}", nearest(m[1], members, f"a member of {m[2]}")
    if m := BRANCHES.search(message):
        return f"{_name(m[1])} or {_name(m[2])} in {shown}", "both branches of `?:` must have one type"
    return f"{shown}: {_scrub(message.split(' If this is not used')[0])}", "write an expression that Solidity accepts"


def nearest(name: str, known: Iterable[str], where: str) -> str:
    """Return a hint: the nearest known name, or all of them."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, 1)
    if near:
        return f"did you mean {near[0]}?"
    return f"{where}: {', '.join(names)}" if names else "there is nothing of that kind"


def _between(operator: str, left: str, right: str) -> str:
    if operator in {"&&", "||", "==>", "<==>"}:
        return "both sides must be bool"
    if left == right:
        same = "; same(x, y) compares strings, bytes and structs" if operator in {"==", "!="} else ""
        return f"it is not defined for values of this type{same}"
    if all(t.startswith(("string", "bytes memory", "bytes calldata", "literal_string")) for t in (left, right)):
        return "compare strings and bytes by same(x, y)"
    if any(t.startswith("int_const") for t in (left, right)) and any(re.match("u?int[0-9]", t) for t in (left, right)):
        return "the number is beyond the type of the other side; compare with type(T).max or type(T).min"
    return "both sides must have one type; convert one of them"


def _name(spelled: str) -> str:
    text = _scrub(re.sub(r" (memory|calldata|storage|ref|pointer)\b", "", spelled))
    if text.startswith(("int_const", "rational_const")):
        return f"the number {text.split(' ', 1)[1]}"
    if text.startswith("literal_string"):
        return f"the string {text.split(' ', 1)[1]}"
    if text.startswith("tuple("):
        return "no single value" if text != "tuple()" else "no value"
    text = re.sub(r"^(enum|struct) (?:[\w$]+\.)?", "", text)
    return with_article(text)


def with_article(noun: str) -> str:
    """Return the noun behind `a` or `an`."""
    return f"{'an' if noun[:1] in 'aeioAEIO' else 'a'} {noun}"


def _scrub(text: str) -> str:
    return re.sub(r"solwright_(v_)?", "", text.replace("solwright_Check", "this interface")).strip().rstrip(".")
