"""Write one rule: what its statements ask, how its parameters are drawn, and with what they are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from specs import formula as f
from specs import specification as s
from specs.formula import ADDRESS, BOOL, UINT256, Expression
from specs.parse import expressions_of_step
from verifier.harness.aims import AIMED, aim_at, hint_parts_of
from verifier.harness.expressions import formulas_of
from verifier.harness.hints import filled
from verifier.harness.parts import NOWHERE, Parts
from verifier.harness.render import NotRendered, Renderer, lift, lower, native
from verifier.harness.tables import BY, CALLED, CLAIMED, GIVEN, LATER, LET, RESTART, Rule, Statement

#: Ether that a rule sends is mostly drawn below so many bits: nobody has more.
SENT_BITS = 90
WRONG, RIGHT = "canary:rule.false", "canary:rule.true"
MUST = {"": 0, "succeed": 1, "fail": 2}


def canary_rules() -> tuple[s.Rule, s.Rule]:
    """Return a rule that is false and one that is true of every contract: what `later` lets pass has passed."""
    then, now = f.Variable(UINT256, NOWHERE, "then", "parameter"), f.World(UINT256, NOWHERE, "block.timestamp")
    one = f.Literal(UINT256, NOWHERE, 1)

    def rule(name: str, passed: Expression) -> s.Rule:
        steps = (
            s.Let(NOWHERE, "then", UINT256, now),
            s.Later(NOWHERE, one),
            s.Claimed(NOWHERE, f.Binary(BOOL, NOWHERE, "==", now, passed)),
        )
        return s.Rule(name, (), steps, "", "", NOWHERE)

    return rule(WRONG, then), rule(RIGHT, f.Binary(UINT256, NOWHERE, "+", then, one))


def rule_table(parts: Parts, r: s.Rule, number: int) -> Rule | None:
    """Return the table of a rule; None where it cannot be rendered."""
    try:
        return _Writer(parts, r, 1 + len(parts.functions) + number).write()
    except NotRendered as err:
        for kind in ("rule", "reachable"):
            parts.omitted[(kind, r.name, r.name if kind == "rule" else "")] = str(err)
        return None


class _Writer:
    def __init__(self, parts: Parts, rule: s.Rule, c: int) -> None:
        self.parts, self.rule, self.c = parts, rule, c
        self.variables = {p.name: f"q{c}().m{i}" for i, p in enumerate(rule.parameters)}
        self.renderer = Renderer(parts.spec, self.variables, None, parts.part)
        self.names = 0

    def write(self) -> Rule:
        parts, c, parameters = self.parts, self.c, self.rule.parameters
        keys = frozenset(_keys(self.rule))
        sent = frozenset(_sent(self.rule))
        load, draw = parts.drawing.load(c, parameters, keys), parts.drawing.draw(c, parameters, keys, sent, SENT_BITS)
        statements = tuple(self.statement(step) for step in self.rule.steps)
        formulas = compared(parts.spec, self.rule)
        targets = [
            (
                f.Variable(p.type, NOWHERE, p.name, "parameter"),
                f"A{c} memory a = q{c}(); a.m{i} = {parts.drawing.from_word('w', p.type)}; args_ = e{c}(a);",
                5,
            )
            for i, p in enumerate(parameters)
            if p.type.kind in AIMED
        ]
        now = f.World(UINT256, NOWHERE, "block.timestamp")
        return Rule(
            id=parts.id("rule", self.rule.name, self.rule.name),
            reachable=parts.id("reachable", self.rule.name, ""),
            names=self.names,
            load=load,
            draw=draw,
            aim=aim_at(parts, self.renderer, formulas, targets),
            times=tuple(name for name, _ in hint_parts_of(parts, self.renderer, formulas, now)),
            people=tuple(i for i, p in enumerate(parameters) if p.type.kind == "address"),
            statements=statements,
        )

    def statement(self, step: s.Step) -> Statement:
        """Return the row of a statement."""
        r, part = self.renderer, self.parts.part
        match step:
            case s.Given():
                return Statement(GIVEN, part(r.condition(step.formula), "bool"))
            case s.Claimed():
                return Statement(CLAIMED, part(r.condition(step.formula), "bool"))
            case s.By():
                return Statement(BY, part(r.as_type(step.who, ADDRESS), "address"))
            case s.Later():
                return Statement(LATER, part(lower(r.value(step.seconds), UINT256), "uint256"))
            case s.Restart():
                return Statement(RESTART, "")
            case s.Let():
                made = part(f"abi.encode({lower(r.as_type(step.value, step.type), step.type)})", "bytes memory")
                return Statement(LET, made, name=self.name(step.name, step.type))
            case s.Called():
                return self.call(step)
            case _:
                raise AssertionError(f"no rule has a {type(step).__name__}")

    def call(self, step: s.Called) -> Statement:
        """Return the row of a call: ether and calldata, and what is kept of the answer."""
        r = self.renderer
        function = next(x for x in self.parts.spec.functions if x.signature == step.function)
        values = r.natives(step.arguments, [p.type for p in function.parameters])
        wei = lower(r.value(step.value), UINT256) if step.value is not None else "0"
        data = f"abi.encodeWithSelector({', '.join([f'bytes4(0x{function.selector})', *values])})"
        made = self.parts.part(f"({wei}, {data})", "uint256, bytes memory")
        if step.result is None:
            return Statement(CALLED, made, must=MUST[step.must])
        t = step.result.type
        kept = self.parts.part(f"abi.encode({lower(lift(f'abi.decode(results_, ({native(t)}))', t), t)})", "bytes memory")
        return Statement(CALLED, made, must=MUST[step.must], result=kept, name=self.name(step.result.name, t))

    def name(self, name: str, t: f.Type) -> int:
        """Make a name known from here on; return its number."""
        self.variables[name] = f"abi.decode(_named({self.names}), ({native(t)}))"
        self.names += 1
        return self.names - 1


def compared(specification: s.Specification, rule: s.Rule) -> list[Expression]:
    """Return the formulas in whose comparisons lies what is worth drawing: the rule's own, and those of the functions that it calls."""
    out: list[Expression] = []
    who: Expression | None = None
    for step in rule.steps:
        match step:
            case s.By():
                who = step.who
            case s.Given() | s.Claimed():
                out.append(step.formula)
            case s.Called():
                number = next(i for i, x in enumerate(specification.functions) if x.signature == step.function)
                function = specification.functions[number]
                given: Mapping[str, Expression] = {p.name: a for p, a in zip(function.parameters, step.arguments, strict=True)}
                world = {"msg.sender": who, "msg.value": step.value or f.Literal(UINT256, NOWHERE, 0)}
                out += [filled(e, given, {k: x for k, x in world.items() if x is not None}) for e in formulas_of(specification, 1 + number)]
    return out


def _keys(rule: s.Rule) -> Iterator[str]:
    for step in rule.steps:
        for e in expressions_of_step(step):
            for x in f.walk(e):
                if isinstance(x, f.Read):
                    yield from (a.name for a in x.arguments if isinstance(a, f.Variable))


def _sent(rule: s.Rule) -> Iterator[str]:
    """Yield the names that stand in an amount of ether."""
    for step in rule.calls:
        if step.value is not None:
            yield from (x.name for x in f.walk(step.value) if isinstance(x, f.Variable))
