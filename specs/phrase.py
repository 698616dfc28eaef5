"""Put formulas into English that means exactly what they mean."""

from __future__ import annotations

import re
from dataclasses import replace

from specs.formula import (
    ADDRESS,
    Accepts,
    Balance,
    Binary,
    Cast,
    Codeless,
    Conditional,
    Defined,
    EnumValue,
    Expression,
    Forall,
    Index,
    Literal,
    Member,
    Old,
    Read,
    Same,
    Sent,
    Sum,
    Unary,
    Variable,
    World,
    chain,
    walk,
)
from specs.text import LEVEL, to_text

WORLD = {
    "msg.sender": "the caller",
    "msg.value": "the ether sent",
    "msg.sig": "the called selector",
    "block.timestamp": "the current time",
    "block.number": "the current block number",
    "address(this)": "this contract",
}
DENIAL = "it is not so that"
#: The words that sentences are made of: what is called like one of them is quoted.
OWN_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    a accept accepts address after all always and anonymous any are arguments as asks at be before begins behaves
    block by call called caller callers calls can cases change changes code contract current decrease deployment do
    does else ether event ever every exactly except false follow for granted has held here if in increase is it key
    largest least less lock logs makes may meanwhile more most never no not nothing number of only or other paid
    payable promised proved refuse refuses result returns reverts s same selector sends sent so something stays
    strangers succeeds successful sum than that the then there this time to true value view was wei what whatever
    when whenever where whether while whoever whom with words zero
        """,
    )
)
COMPARED = {"==": "is", "!=": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least"}


def claim(e: Expression) -> str:
    """Return a boolean formula as a clause of a sentence."""
    match e:
        case Forall():
            names = " and every ".join(f"{t.name} {name}" for name, t in e.bound)
            return f"for every {names}: {claim(e.body)}"
        case Binary(operator="==>"):
            return f"if {grouped(e.left, 'if')}, then {grouped(e.right, '')}"
        case Binary(operator="<==>"):
            return f"{grouped(e.left, '<==>')} exactly when {grouped(e.right, '<==>')}"
        case Binary(operator="&&" | "||"):
            word = "and" if e.operator == "&&" else "or"
            return f", {word} ".join(grouped(x, e.operator) for x in chain(e, e.operator))
        case Binary(operator="==" | "!=" | "<" | "<=" | ">" | ">="):
            return _comparison(e)
        case Unary(operator="!"):
            return _denial(e.operand)
        case Defined():
            return f"{value(e.operand)} has a value"
        case Same():
            return f"{value(e.left)} {'stays as it was' if _is_before(e.right, e.left) else f'is the same as {value(e.right)}'}"
        case Accepts():
            return f"{value(e.operand)} accepts all that the call sends there and asks there"
        case Codeless():
            return f"there is no code at {_owner(e.operand)} when the call begins"
        case Literal():
            return "always" if e.value else "never"
        case Old():
            return f"before the call, {grouped(e.operand, '')}"
        case Conditional():
            return f"{grouped(e.if_true, '?')} if {grouped(e.condition, '?')}, else {grouped(e.if_false, '?')}"
        case _:
            return f"{value(e)} is true"


def silence(e: Expression) -> str:
    """Say where a condition has no value although a reader could take it for true: it then demands nothing."""
    for part in walk(e):
        for doubtful in _doubtful(part):
            partial = next((x for x in walk(doubtful) if _may_lack_a_value(x)), None)
            if partial is not None:
                return f" (where {value(partial)} has no value, nothing is promised here)"
    return ""


def _doubtful(e: Expression) -> tuple[Expression, ...]:
    """Return the parts of an expression without which it may sound true: alternatives, what is denied, and conditions."""
    match e:
        case Binary(operator="||" | "==>"):
            return (e.left,)
        case Binary(operator="!=" | "<==>"):
            return (e.left, e.right)
        case Binary(operator="==") if e.left.type.kind == "bool":
            return (e.left, e.right)
        case Unary(operator="!"):
            return () if isinstance(e.operand, Defined) else (e.operand,)
        case Conditional():
            return (e.condition,)
        case _:
            return ()


def _may_lack_a_value(e: Expression) -> bool:
    return (
        (isinstance(e, Read) and bool(e.arguments)) or isinstance(e, Index | Cast) or (isinstance(e, Binary) and e.operator in {"/", "%"})
    )


def grouped(e: Expression, outer: str) -> str:
    """Return a claim, in parentheses where a reader could attach wrongly what stands around it."""
    connective = (
        isinstance(e, Conditional | Forall)
        or (isinstance(e, Binary) and e.operator in {"&&", "||", "==>", "<==>"})
        or (outer != "" and (isinstance(e, Old) or (isinstance(e, Unary) and claim(e).startswith(DENIAL))))
    )
    bare = not connective or (outer == "" and isinstance(e, Binary) and e.operator == "&&") or (outer == "if" and _is(e, "&&", "||"))
    return claim(e) if bare else f"({claim(e)})"


def _is(e: Expression, *operators: str) -> bool:
    return isinstance(e, Binary) and e.operator in operators


def _denial(e: Expression) -> str:
    match e:
        case Defined():
            return f"{value(e.operand)} has no value"
        case Accepts():
            return f"{value(e.operand)} refuses something that the call sends there or asks there"
        case Codeless():
            return f"there is code at {_owner(e.operand)} when the call begins"
        case Read() | Variable() | Member():
            return f"{value(e)} is false"
        case Same():
            return f"{value(e.left)} {'changes' if _is_before(e.right, e.left) else f'is not the same as {value(e.right)}'}"
        case _:
            return f"{DENIAL} {grouped(e, '!')}"


def _comparison(e: Binary) -> str:
    left, right = e.left, e.right
    if _is_before(right, left):
        kept = {"==": "stays as it was", "!=": "changes", ">=": "does not decrease", "<=": "does not increase", ">": "increases"}
        return f"{value(left)} {kept.get(e.operator, 'decreases')}"
    if e.operator == "==" and isinstance(right, Binary) and isinstance(right.left, Old) and _equal(left, right.left.operand):
        moved = {"+": "increases", "-": "decreases"}.get(right.operator)
        if moved:
            return f"{value(left)} {moved} by {value(right.right)}"
    if left.type.kind == "enum" and not any(isinstance(x, Read | Variable | Cast) for x in walk(e)):
        return f"`{to_text(left)}` {COMPARED[e.operator]} `{to_text(right)}`"
    if left.type.kind == "bool" and e.operator in {"==", "!="}:
        return f"({claim(left)}) {'exactly when' if e.operator == '==' else 'exactly when not'} ({claim(right)})"
    return f"{value(left)} {COMPARED[e.operator]} {value(right)}"


def _is_before(e: Expression, now: Expression) -> bool:
    """Tell whether it is `old(…)` of another."""
    return isinstance(e, Old) and _equal(now, e.operand)


def _equal(a: Expression, b: Expression) -> bool:
    return to_text(a) == to_text(b)


def value(e: Expression) -> str:
    """Return an expression as a noun."""
    match e:
        case World():
            return WORLD[e.name]
        case Literal():
            return _literal(e)
        case EnumValue():
            return e.member if e.member not in OWN_WORDS else f"`{to_text(e)}`"
        case Variable():
            return "the result" if e.name == "result" and e.role == "result" else f"`{e.name}`"
        case Read():
            return _read(e)
        case Member():
            return f"{named(e.name)} of {_owner(e.operand)}"
        case Sum():
            keys = "".join(f" of {_owner(k)}" for k in e.keys)
            return f"the sum of all {named(e.name)}{keys}"
        case Balance():
            return "the contract's ether" if value(e.operand) == "this contract" else f"the ether of {_owner(e.operand)}"
        case Sent():
            return f"the ether that the call sends to {_owner(e.operand)}"
        case Old():
            return f"{value(e.operand)} before the call" if _is_short(e.operand) else f"({value(e.operand)}) before the call"
        case Conditional():
            return f"({value(e.if_true)} if {claim(e.condition)}, else {value(e.if_false)})"
        case Binary(operator="+" | "-" | "*" | "/" | "%"):
            return f"{_operand(e.left, e, False)} {e.operator} {_operand(e.right, e, True)}"
        case Cast():
            inner = value(e.operand)
            if e.operand.type.kind != "enum":
                return f"({inner} as {e.type.name})"
            # two enums may have members of one name
            return f"the number of {inner}" + (
                f" in {e.operand.type.name}" if any(isinstance(x, EnumValue) for x in walk(e.operand)) else ""
            )
        case _ if e.type.kind == "bool":
            return f"whether {grouped(e, 'whether')}"
        case _:
            return f"`{to_text(e)}`"


def _is_short(e: Expression) -> bool:
    return isinstance(e, Read | Sum | Balance | Variable | World | Member | Cast)


def _owner(e: Expression) -> str:
    """Return what stands behind `of`; what follows must not be taken for a part of it."""
    return f"({value(e)})" if isinstance(e, Binary | Old) else value(e)


def _operand(e: Expression, parent: Binary, right: bool) -> str:
    loose = isinstance(e, Binary) and LEVEL[e.operator] < LEVEL[parent.operator] + (1 if right else 0)
    return f"({value(e)})" if loose or (right and isinstance(e, Old)) else value(e)


def named(name: str) -> str:
    """Return a name as it stands in a sentence, quoted where it would read as a word of it."""
    return f"`{name}`" if name in OWN_WORDS else name


def _read(e: Read) -> str:
    if e.through:
        owner, _, name = e.name.rpartition(".")
        return f"{_read(replace(e, getter=f'{name}()', through=''))} in {owner}"
    if not e.arguments:
        return e.name if e.name not in OWN_WORDS else f"`{e.name}()`"  # a parameter may have the name, too
    if len(e.arguments) == 1 and e.arguments[0].type == ADDRESS and not any(isinstance(x, Read) for x in walk(e.arguments[0])):
        return f"{value(e.arguments[0])}'s {named(e.name)}"
    return f"{e.name}({', '.join(map(_key, e.arguments))})"


def _key(e: Expression) -> str:
    """Return a key; of a number with a type of its own that too, for getters may differ in nothing else."""
    plain = value(e)
    typed = isinstance(e, Literal) and e.type.kind in {"uint", "int"} and plain.lstrip("-").isdigit()
    return f"({plain} as {e.type.name})" if typed else plain


def _literal(e: Literal) -> str:
    if isinstance(e.value, bytes) and not any(e.value):
        return "the zero address" if e.type.kind == "address" else "zero" if e.type.kind == "fixed_bytes" else f"`{to_text(e)}`"
    if isinstance(e.value, int) and not isinstance(e.value, bool) and e.type.kind == "uint" and e.value == 2**e.type.bits - 1:
        return f"the largest {e.type.name}"
    if isinstance(e.value, int) and not isinstance(e.value, bool):
        return str(e.value)
    return f"`{to_text(e)}`"
