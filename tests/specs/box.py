"""A small specification into which tests put one clause; `¦` marks where a refusal must point."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from specs import specification as s
from specs.parse import parse

Spot = Literal["interface", "view", "function"]
PATH = Path("Box.spec.sol")

TEMPLATE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A box
/// @custom:deploy (address owner_, uint256 cap_)
<interface>
interface Box {
    enum State { Open, Shut }
    struct Item { address owner; uint128 amount; State state; string name; }

    event Put(address indexed who, uint256 amount);
    event Named(string name, bytes32 tag);

    error Denied(address who);
    error Full();

    function total() external view returns (uint256);
    function owner() external view returns (address);
    function balanceOf(address who) external view returns (uint256);
    function allowance(address holder, address spender) external view returns (uint256);
    function score(address who) external view returns (int256);
    function state() external view returns (State);
    function item(uint256 id) external view returns (Item memory);
    function name() external view returns (string memory);
    function tag() external view returns (bytes32);
    function ids() external view returns (uint256[] memory);
    function small(uint8 key) external view returns (uint8);
    function info(uint256 id) external view returns (uint256 a, address b);
    function isAdmin(address who) external view returns (bool);
    <view>
    function twice(address who) external view returns (uint256);
    <function>
    function put(uint256 amount, address to, bytes32 key, string calldata note, int256 delta) external payable returns (uint256 made);
    function take(uint256 amount) external returns (bool);
}
"""


def box(spot: Spot, *clauses: str) -> str:
    """Return the specification with clauses (the text behind `@custom:`) at a spot."""
    comment = "\n".join(f"/// @custom:{c}" for c in clauses) or "///"
    text = TEMPLATE.replace(f"<{spot}>", comment)
    for other in ("interface", "view", "function"):
        text = text.replace(f"<{other}>", "///")
    return text


@cache
def parse_box(spot: Spot, *clauses: str) -> s.Specification:
    """Parse the specification with these clauses."""
    return parse(PATH, box(spot, *clauses))


def clause(spot: Spot, text: str) -> s.Clause:
    """Return the one clause, parsed."""
    specification = parse_box(spot, text)
    if spot == "interface":
        return (*specification.constructor.clauses, *specification.clauses)[0]
    return function(specification, "twice" if spot == "view" else "put").clauses[0]


@cache
def corpus(path: Path) -> s.Specification:
    """Parse a specification of the corpus, once."""
    return parse(path)


def function(specification: s.Specification, name: str) -> s.Function:
    """Return the function of that name."""
    return next(f for f in specification.functions if f.name == name)
