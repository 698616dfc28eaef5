"""Write expressions of clauses as Solidity, their sugar expanded, and refuse what the language does not have.

Every node of the untyped tree remembers the byte span of its text. All children stand in parentheses: precedence is ours, and no two nodes
begin at the same byte.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import NoReturn

from specs.declarations import SUGAR_ARITY, Interface
from specs.formula import Type
from specs.messages import nearest, with_article
from specs.scope import Scope, declare, is_elementary
from specs.specification import Environment, Function
from specs.syntax import Syntax

WORLD = ("msg.sender", "msg.value", "msg.sig", "block.timestamp", "block.number")
LOW_LEVEL = {"call", "delegatecall", "staticcall", "send", "transfer", "callcode"}
NOT_MEMBERS = {"balance", "code", "codehash", "selector", "address"} | LOW_LEVEL
STATEMENTS = {
    "assembly",
    "now",
    "new",
    "delete",
    "emit",
    "revert",
    "require",
    "assert",
    "unchecked",
    "return",
    "super",
    "while",
    "for",
    "if",
}
FOREIGN = STATEMENTS | {"gasleft", "blockhash", "ecrecover", "sha256", "ripemd160", "addmod", "mulmod", "selfdestruct", "type"}
WORDS = (*SUGAR_ARITY, "forall", "keccak256")


class Expander:
    """Collect the text of the check contract; offsets count bytes of it."""

    def __init__(self, interface: Interface, environments: tuple[Environment, ...] = ()) -> None:
        self.interface = interface
        self.environments = environments
        self.structs = frozenset(t.name for t in interface.structs)
        self.spans: dict[Syntax, tuple[int, int]] = {}
        self.starts: dict[int, Syntax] = {}
        self.hoisted: list[tuple[Syntax, Scope]] = []
        self.summed: dict[str, Function] = {}
        self._parts: list[str] = []
        self._size = 0

    @property
    def text(self) -> str:
        """Return what was written."""
        return "".join(self._parts)

    def write(self, text: str) -> None:
        """Add text as it is."""
        self._parts.append(text)
        self._size += len(text.encode())

    @property
    def written(self) -> tuple[int, int]:
        """Return how much was written: pieces and bytes."""
        return len(self._parts), self._size

    def take_back(self, written: tuple[int, int]) -> None:
        """Forget what was written since."""
        pieces, self._size = written
        del self._parts[pieces:]
        self.starts = {offset: node for offset, node in self.starts.items() if offset < self._size}
        self.hoisted.clear()

    def mark(self, node: Syntax) -> None:
        """Blame a node for what solc says of the text that begins here."""
        self.starts.setdefault(self._size, node)

    def parenthesised(self, node: Syntax, scope: Scope) -> None:
        """Write a node. Raises: SpecificationError where the language does not allow what stands there."""
        self.mark(node)
        self.write("(")
        self.mark(node)
        start = self._size
        self._render(node, scope)
        self.spans[node] = (start, self._size - start)
        self.write(")")

    def _render(self, node: Syntax, scope: Scope) -> None:
        match node.kind:
            case "number" | "string":
                self.write(node.text)
            case "name":
                self._name(node, scope)
            case "unary":
                self.write(node.text)
                self.parenthesised(node.children[0], scope)
            case "binary":
                self.parenthesised(node.children[0], scope)
                self.write(f" {'||' if node.text in {'==>', '<==>'} else node.text} ")
                self.parenthesised(node.children[1], scope)
            case "conditional":
                for child, follows in zip(node.children, (" ? ", " : ", ""), strict=True):
                    self.parenthesised(child, scope)
                    self.write(follows)
            case "index":
                self.parenthesised(node.children[0], scope)
                self.write("[")
                self.parenthesised(node.children[1], scope)
                self.write("]")
            case "member":
                self._member(node, scope)
            case "call":
                self._call(node, scope)
            case _:
                raise AssertionError(f"no expression is a {node.kind}")

    def _list(self, arguments: tuple[Syntax, ...], scope: Scope) -> None:
        self.write("(")
        for i, argument in enumerate(arguments):
            self.write(", " if i else "")
            self.parenthesised(argument, scope)
        self.write(")")

    # ------------------------------------------------------------ names and members

    def _name(self, node: Syntax, scope: Scope) -> None:
        name = node.text
        if name in {"true", "false"}:
            self.write(name)
            return
        binding = scope.variables.get(name)
        if binding is None:
            self._refuse_name(node, scope)
        if binding.role == "result":
            if scope.results:
                node.source.refuse(node.start, f"the result `{name}` in {scope.where}", scope.results)
            if scope.inside_old:
                why = "a result is known only after the call; take it out of old(…)"
                node.source.refuse(node.start, f"the result `{name}` inside old(…)", why)
        self.write(f"solwright_v_{binding.name}")

    def _member(self, node: Syntax, scope: Scope) -> None:
        base, member = node.children[0], node.text
        path = dotted(node)
        if path.split(".")[0] in {"msg", "block", "tx", "abi", "this"}:
            self._world(node, path, scope)
        elif base.kind == "call" and dotted(base.children[0]) == "type":
            self._limit(node, base)
        elif (enum := self.enum(base)) is not None:
            if member not in enum.members:
                node.source.refuse(
                    node.start, f"the unknown member `{dotted(node)}`", nearest(member, enum.members, f"the members of {enum.name} are")
                )
            self.write(f"{dotted(base)}.{member}")
        else:
            if member in NOT_MEMBERS:
                better = "write balance(a)" if member == "balance" else "clauses speak of getters, parameters and ether only"
                node.source.refuse(node.children[1].start, f"`.{member}`", better)
            self.parenthesised(base, scope)
            self.write(f".{member}")

    def _world(self, node: Syntax, path: str, scope: Scope) -> None:
        if path not in WORLD:
            known = f"of the call and the chain, clauses know {', '.join(WORLD)} and address(this)"
            node.source.refuse(node.start, f"`{path}`", known)
        if path.startswith("msg.") and scope.message:
            node.source.refuse(node.start, f"`{path}` in {scope.where}", scope.message)
        if path == "msg.value" and scope.value:
            node.source.refuse(node.start, f"`{path}` in {scope.where}", scope.value)
        self.write(path)

    def _limit(self, node: Syntax, base: Syntax) -> None:
        inner = arguments_of(base)
        name = dotted(inner[0]) if len(inner) == 1 else ""
        counted = re.match("u?int", name) is not None and is_elementary(name)
        if node.text not in {"max", "min"} or not (counted or (inner and self.enum(inner[0]) is not None)):
            node.source.refuse(node.start, "`type(…)`", "type(T).max and type(T).min are in the language, for integers and enums")
        self.write(f"type({name}).{node.text}")

    def enum(self, node: Syntax) -> Type | None:
        """Return the enum that a (dotted) name means, if it means one."""
        path = dotted(node)
        named = self.interface.named.items()
        return next((t for canonical, t in named if t.kind == "enum" and path in {canonical, t.name}), None) if path else None

    # ------------------------------------------------------------ calls

    def _call(self, node: Syntax, scope: Scope) -> None:
        callee, arguments = node.children[0], arguments_of(node)
        path = dotted(callee)
        if (there := self.environment(callee)) is not None:
            self._there(node, there, scope)
        elif self.is_sugar(path, len(arguments)):
            self._sugar(node, path, arguments, scope)
        elif path in {"abi.encode", "abi.encodePacked", "keccak256"}:
            self.write(path)
            self._list(arguments, scope)
        elif path == "address" and len(arguments) == 1 and dotted(arguments[0]) == scope.contract:
            self.write("address(this)")
        elif is_elementary(path) or self.enum(callee) is not None:
            if len(arguments) != 1:
                node.source.refuse(node.start, f"a conversion to {path} with {len(arguments)} arguments", f"one: {path}(x)")
            self.write(path)
            self._list(arguments, scope)
        elif callee.kind == "name":
            self.getters_called(node, path, len(arguments))
            if scope.getters:
                node.source.refuse(node.start, f"the getter {path}() in {scope.where}", scope.getters)
            self.write(f"this.{path}")
            self._list(arguments, scope)
        else:
            low = callee.kind == "member" and callee.text in LOW_LEVEL
            written = node.source.text[callee.start : callee.end]
            expected = "of functions, clauses call the getters of this interface only; `pays` says where ether goes"
            node.source.refuse(callee.start, f"{'the low-level call' if low else 'a call of'} `{written}(…)`", expected)

    # ------------------------------------------------------------ calls of the environment

    def environment(self, callee: Syntax) -> Environment | None:
        """Return the environment whose getter a callee names: `IERC20(asset()).balanceOf`."""
        if callee.kind != "member" or callee.children[0].kind != "call":
            return None
        conversion = callee.children[0]
        found = next((e for e in self.environments if dotted(conversion.children[0]) == e.interface), None)
        if found is None:
            return None
        given = arguments_of(conversion)
        address = given[0] if len(given) == 1 else None
        if address is None or address.kind != "call" or dotted(address.children[0]) != found.id or arguments_of(address):
            conversion.source.refuse(conversion.start, f"{found.interface}(…) of another address", f"write {found.interface}({found.id}())")
        return found

    def getter_there(self, callee: Syntax, environment: Environment, count: int | None) -> Function:
        """Return the getter of an environment that a callee names, or refuse it."""
        names = {g.name.rpartition(".")[2]: g for g in environment.getters}
        getter = names.get(callee.text)
        if getter is None:
            known = f"getters of the model {environment.model}"
            callee.source.refuse(callee.children[1].start, f"the unknown getter {callee.text}(…)", nearest(callee.text, names, known))
        if sum(g.name == getter.name for g in environment.getters) > 1:
            what = f"{callee.text}, of which the model {environment.model} has several"
            callee.source.refuse(callee.start, what, "clauses cannot tell them apart there; give them names of their own in the model")
        if count is not None and len(getter.parameters) != count:
            what = f"{callee.text} with {count} argument{'' if count == 1 else 's'}"
            callee.source.refuse(callee.start, what, f"{callee.text} takes {len(getter.parameters)}")
        return getter

    def _there(self, node: Syntax, environment: Environment, scope: Scope) -> None:
        callee, arguments = node.children[0], arguments_of(node)
        self.getter_there(callee, environment, len(arguments))
        if scope.getters:
            node.source.refuse(node.start, f"a call of {environment.interface} in {scope.where}", scope.getters)
        self.write(f"solwright_e_{environment.id}.{callee.text}")
        self._list(arguments, scope)

    def getters_called(self, node: Syntax, name: str, count: int | None) -> tuple[Function, ...]:
        """Return the getters of that name and number of arguments (None: any), or refuse the call."""
        functions = [d.function for d in self.interface.functions if d.function.name == name]
        getters = tuple(f for f in functions if f.is_view)
        if not functions:
            self._refuse_call(node, name)
        if not getters:
            expected = "clauses call getters (view or pure functions of the interface) only"
            node.source.refuse(node.start, f"a call of {name}, which changes state", expected)
        fitting = tuple(f for f in getters if count is None or len(f.parameters) == count)
        if not fitting:
            wanted = " or ".join(str(len(f.parameters)) for f in getters)
            node.source.refuse(node.start, f"{name} with {count} argument{'' if count == 1 else 's'}", f"{name} takes {wanted}")
        return fitting

    def is_sugar(self, name: str, count: int) -> bool:
        """Return whether a call is a word of the language: a getter of that name is one only with another number of arguments."""
        getters = (d.function for d in self.interface.functions if d.function.is_view)
        return name in SUGAR_ARITY and not any(f.name == name and len(f.parameters) == count for f in getters)

    def _sugar(self, node: Syntax, name: str, arguments: tuple[Syntax, ...], scope: Scope) -> None:
        takes = SUGAR_ARITY[name]
        if len(arguments) not in takes:
            expected = f"{name} takes {min(takes)}" + (f" or more (at most {max(takes)})" if len(takes) > 1 else "")
            node.source.refuse(node.start, f"{name}(…) with {len(arguments)} argument{'' if len(arguments) == 1 else 's'}", expected)
        match name:
            case "old":
                self._old(node, arguments[0], scope)
            case "defined":  # typed in a statement of its own: the operand may have any type
                self.hoisted.append((arguments[0], scope))
                self.write("true")
            case "changed":  # the operand may have any type, and is read before the call, too
                self._refuse_old(node, "changed", scope)
                self.hoisted.append((arguments[0], replace(scope, inside_old=True)))
                self.write("true")
            case "same":
                for argument, before in zip(arguments, ("keccak256(abi.encode(", " == keccak256(abi.encode("), strict=True):
                    self.write(before)
                    self.parenthesised(argument, scope)
                    self.write("))")
            case "balance":
                self._balance(node, arguments[0], scope)
            case "sent":
                self._of_call(node, name, arguments[0], scope, scope.sent)
            case "accepts":
                self._of_call(node, name, arguments[0], scope, scope.accepts)
            case "codeless":
                self._of_call(node, name, arguments[0], scope, scope.code)
            case _:
                self._sum(node, arguments, scope)

    def _old(self, node: Syntax, operand: Syntax, scope: Scope) -> None:
        self._refuse_old(node, "old", scope)
        self.parenthesised(operand, replace(scope, inside_old=True))

    def _refuse_old(self, node: Syntax, word: str, scope: Scope) -> None:
        if scope.old == "refused" or (scope.old == "dropped" and word == "changed"):
            node.source.refuse(node.start, f"{word}(…) in {scope.where}", f"it speaks of one state only; leave `{word}` out")
        if scope.inside_old:
            node.source.refuse(node.start, f"{word}(…) inside old(…)", "the outer one suffices")

    def _balance(self, node: Syntax, operand: Syntax, scope: Scope) -> None:
        own = is_this(operand, scope)
        if scope.balance:
            node.source.refuse(node.start, f"balance(…) in {scope.where}", scope.balance)
        if not own and scope.others:
            node.source.refuse(node.start, f"balance(…) of another address in {scope.where}", scope.others)
        self.write("solwright_balance(")
        if own:
            self.write("address(this)")
        else:
            self.parenthesised(operand, scope)
        self.write(")")

    def _of_call(self, node: Syntax, word: str, operand: Syntax, scope: Scope, why_not: str) -> None:
        """Write what is asked of an address and the call as a whole."""
        if why_not:
            node.source.refuse(node.start, f"{word}(…) in {scope.where}", why_not)
        if scope.inside_old:
            node.source.refuse(node.start, f"{word}(…) inside old(…)", "it speaks of the call as a whole, not of a state: leave `old` out")
        self.write(f"solwright_{word}(")
        self.parenthesised(operand, scope)
        self.write(")")

    def _sum(self, node: Syntax, arguments: tuple[Syntax, ...], scope: Scope) -> None:
        getter = arguments[0]
        if scope.getters:
            node.source.refuse(node.start, f"sum(…) in {scope.where}", scope.getters)
        function = self.summed_getter(node)
        value = function.returns[0].type if len(function.returns) == 1 else None
        if value is None or value.kind != "uint":
            expected = "sum adds up getters that return one unsigned integer"
            node.source.refuse(getter.start, f"sum of {getter.text}, which is not of unsigned type", expected)
        key = function.parameters[-1].type
        if key.kind in {"string", "bytes", "array", "struct"}:
            node.source.refuse(
                getter.start, f"sum over keys of type {key.name}", "the last key must be an integer, address, bool, bytesN or enum"
            )
        self.summed.setdefault(function.signature, function)
        self.write(f"solwright_sum_{list(self.summed).index(function.signature)}")
        self._list(arguments[1:], scope)

    def summed_getter(self, node: Syntax) -> Function:
        """Return the getter that a `sum` adds up, or refuse it."""
        getter, *keys = arguments_of(node)
        if getter.kind != "name":
            node.source.refuse(
                getter.start, "sum(…) of something that is no getter's name", "write the getter's name alone: sum(balanceOf)"
            )
        found = self.getters_called(getter, getter.text, len(keys) + 1)
        if len(found) > 1:
            node.source.refuse(getter.start, f"sum of {getter.text}, of which there are several", "give the getters different names")
        return found[0]

    # ------------------------------------------------------------ refusals

    def _refuse_name(self, node: Syntax, scope: Scope) -> NoReturn:
        name = node.text
        function = next((d.function for d in self.interface.functions if d.function.name == name), None)
        enum = self.enum(node)
        if name in {"tx", "msg", "block", "abi", "this"}:
            node.source.refuse(node.start, f"`{name}` alone", "write msg.sender, block.timestamp, address(this) or balance(this)")
        if function is not None:
            call = f"{name}({', '.join('…' for _ in function.parameters)})"
            node.source.refuse(node.start, f"`{name}` without arguments", f"it is a function of the interface: write {call}")
        if name == "result":
            expected = scope.results or "there is no single return value here; use the names of the return values"
            node.source.refuse(node.start, f"`result` in {scope.where}", expected)
        if name == "balance":
            node.source.refuse(
                node.start, f"the unknown name `{name}`", "write balance(this) for the contract's ether, balance(a) for that of others"
            )
        if name in STATEMENTS:
            node.source.refuse(node.start, f"`{name}`", "statements and assembly are not in the language")
        if enum is not None:
            node.source.refuse(node.start, f"the enum {name} alone", f"write {name}.{enum.members[0]}")
        node.source.refuse(node.start, f"the unknown name `{name}`", nearest(name, scope.variables, f"known in {scope.where}"))

    def _refuse_call(self, node: Syntax, name: str) -> NoReturn:
        if name in FOREIGN:
            node.source.refuse(node.start, f"`{name}(…)`", "it is not in the language; docs/language.md lists what is")
        if name in self.structs:
            node.source.refuse(node.start, f"{with_article(name)} made in a clause", "compare its members, or same(x, y)")
        if name in {e.name for e in self.interface.events} | {e.name for e in self.interface.errors}:
            node.source.refuse(node.start, f"`{name}(…)` as a value", "it is an event or error; `emits` and `with` speak of them")
        there = next((e for e in self.environments if name == e.interface), None)
        if there is not None:
            node.source.refuse(
                node.start, f"`{name}(…)` alone", f"write {name}({there.id}()).{there.getters[0].name.rpartition('.')[2]}(…)"
            )
        known = [d.function.name for d in self.interface.functions if d.function.is_view]
        near = difflib.get_close_matches(name, WORDS, 1)
        expected = f"did you mean {near[0]}(…)?" if near else nearest(name, known, "the getters of this interface are")
        node.source.refuse(node.start, f"the unknown getter {name}(…)", expected)

    def finish(self) -> None:
        """Write the functions that the sugar calls."""
        for word, value in (("balance", "uint256"), ("sent", "uint256"), ("accepts", "bool"), ("codeless", "bool")):
            self.write(f"function solwright_{word}(address) internal pure returns ({value}) {{}}\n")
        for i, function in enumerate(self.summed.values()):
            keys = ", ".join(declare(p.type.name, self.structs) for p in function.parameters[:-1])
            self.write(f"function solwright_sum_{i}({keys}) internal pure returns (uint256) {{}}\n")


def dotted(node: Syntax) -> str:
    """Return `a.b.c` of a name with members, or ""."""
    if node.kind == "name":
        return node.text
    if node.kind == "member" and (base := dotted(node.children[0])):
        return f"{base}.{node.text}"
    return ""


def is_this(node: Syntax, scope: Scope) -> bool:
    """Return whether the operand of `balance` is the contract itself."""
    return re.sub(r"\s", "", node.source.text[node.start : node.end]) in {"this", f"address({scope.contract})"}


def arguments_of(call: Syntax) -> tuple[Syntax, ...]:
    """Return the arguments of a call."""
    part = call.part("arguments")
    return part.children if part else ()
