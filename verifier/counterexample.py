"""What breaks a promise: calls from a deployment, or a state that induction could not exclude."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal as Choice


@dataclass(frozen=True, slots=True)
class Environment:
    """The chain as a call sees it. None: the EVM's default of the replaying tool. Times in seconds since the epoch, fees in wei."""

    timestamp: int | None = None
    number: int | None = None
    chain_id: int | None = None
    prevrandao: int | None = None
    coinbase: str | None = None
    base_fee: int | None = None
    gas_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the contract, as the EVM saw it.

    `data` is the whole calldata (hex, no 0x); for a deployment the encoded constructor arguments. `text` is the call for people:
    `withdraw(3)`. `refuse`: the stranger that is called out refuses; `callback`: what it calls while it has control; `sender_code`: the
    sender is a contract. Addresses are 0x and 40 lower-case hex digits; values in wei.
    """

    function: str
    text: str
    sender: str
    value: int
    data: str
    origin: str = ""
    environment: Environment = Environment()
    refuse: bool = False
    callback: Call | None = None
    sender_code: bool = False
    kind: Choice["call", "deploy", "ether", "later", "rule", "use"] = "call"  # `ether`: `value` wei arrive by force; `later`: only time
    # passes; `rule`: a rule is gone through, and `data` are its parameters; `use`: the call is one of the environment
    succeeded: bool | None = None  # as replayed
    outcome: str = ""  # revert reason or returned values, for people
    there: str = ""  # of a deployment that was not played yet: where its environment is, "" where there is none


@dataclass(frozen=True, slots=True)
class Observation:
    """A getter's value before and after the last call, for people; "reverts" where it has none."""

    getter: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A violation of one obligation.

    `calls` begins with the deployment where the violation was reached from one; then `reached` is true. Otherwise `state` shows by getters,
    and `storage` by variables that no getter shows, the state that satisfies all assumptions and from which the last call breaks the
    obligation (a counterexample to induction). `replayed`: whether the EVM (forge) showed the same violation. `test` is the source of a
    small `.t.sol` that fails under plain `forge test` ("" if none). `message` says what was expected and what was found, in one line.
    """

    obligation: str
    calls: tuple[Call, ...]
    reached: bool
    replayed: bool
    message: str
    observations: tuple[Observation, ...] = ()
    state: tuple[tuple[str, str], ...] = ()
    storage: tuple[tuple[str, str], ...] = ()
    test: str = ""
    found_by: str = ""  # engine
    notes: tuple[str, ...] = field(default=())
    compiled: bool = True  # False where forge could not compile the test, so that the EVM was not asked

    def lines(self) -> tuple[str, ...]:
        """Return the counterexample as at most five readable lines: its story, and what it breaks."""
        return (*self.story(), f"broken: {self.obligation}: {self.message}")

    def story(self) -> tuple[str, ...]:
        """Return what happens, in at most four readable lines."""
        shown = [c for c in self.calls if c.kind != "later" or c is self.calls[-1]]
        steps = "; ".join(map(_earlier, shown[:-1]))
        out = []
        if self.reached:
            out.append(f"after: {steps or 'deployment'}")
        elif self.state:
            out.append("state: " + ", ".join(f"{k} = {v}" for k, v in self.state[:8]))
        if self.storage and not self.reached:
            out.append("storage: " + ", ".join(f"{k} = {v}" for k, v in self.storage[:8]))
        if shown:
            out.append(_last(shown[-1]))
        moved = [o for o in self.observations if o.before != o.after]
        if moved:
            out.append("moved: " + ", ".join(f"{o.getter}: {o.before} → {o.after}" for o in moved[:6]))
        return tuple(out)


def _earlier(call: Call) -> str:
    sent = f" with {call.value} wei" if call.value else ""
    return f"{call.text}{sent}{f' by {call.sender}' if call.kind == 'use' else ''}"


def _last(call: Call) -> str:
    sent = f" with {call.value} wei" if call.value else ""
    if call.kind == "rule":
        return f"then: {call.text}"
    if call.kind in {"ether", "later"}:
        return f"then: {call.text}{sent}"
    at = f" at time {call.environment.timestamp}" if call.environment.timestamp else ""
    return f"call: {call.text}{sent} by {call.sender}{at}" + (f" → {call.outcome}" if call.outcome else "")
