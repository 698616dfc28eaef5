// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Exact.sol";
import {Vm} from "./Vm.sol";

// What the generated contract asks of the engine: keys that are known, and luck.
interface IEngine {
    function sum(uint256 getter, bytes32[] calldata lead) external returns (Z memory);
    function intern(bytes calldata text) external returns (bytes32);
    function textOf(bytes32 word) external view returns (bytes memory);
    function meet(uint256 kind, bytes32 word) external;
    function next() external returns (uint256);
    function someNumber(uint256 bits) external returns (uint256);
    function someAddress() external returns (address);
    function someBytes32() external returns (bytes32);
    function someBytes() external returns (bytes memory);
    function someKey(uint256 kind) external returns (bytes32);
}

// The part of the generated contract that does not depend on the specification: what clauses see, and how they read.
// An evaluation that reverts is undefined.
abstract contract Base {
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    IEngine internal immutable engine = IEngine(msg.sender);

    address internal at;
    address internal there; // the environment
    address internal reader;
    address internal readerOrigin;
    address internal sender_;
    uint256 internal value_;
    bytes4 internal sig_;
    bytes internal args_;
    bytes internal results_;
    uint256 internal instance; // of the bound symbols of a `forall`
    bytes32[] internal bound_;
    mapping(uint256 => mapping(uint256 => bytes)) internal olds_; // empty: undefined
    mapping(uint256 => bytes) internal names_; // what a rule calls something; empty: nothing yet

    modifier own() {
        require(msg.sender == address(engine) || msg.sender == address(this), "own");
        _;
    }

    function setReader(address reader_, address origin) external own { (reader, readerOrigin) = (reader_, origin); }
    function setAt(address at_) external own { at = at_; }
    function setThere(address there_) external own { there = there_; }
    function setCall(address sender, uint256 value, bytes4 sig) external own { (sender_, value_, sig_) = (sender, value, sig); }
    function setArgs(bytes calldata args) external own { args_ = args; }
    function setResults(bytes calldata results) external own { results_ = results; }
    function setBound(uint256 i, bytes32[] calldata words) external own { (instance, bound_) = (i, words); }
    function remember(uint256 old, uint256 i, bytes calldata value) external own { olds_[old][i] = value; }
    function setName(uint256 n, bytes calldata value) external own { names_[n] = value; }
    function drawn() external view returns (address, uint256, bytes memory) { return (sender_, value_, args_); }

    // every read of a getter in a clause, by one arbitrary stranger
    function _get(bytes memory call) internal returns (bytes memory r) { return _getAt(at, call); }
    function _getThere(bytes memory call) internal returns (bytes memory r) { return _getAt(there, call); }

    function _getAt(address who, bytes memory call) private returns (bytes memory r) {
        bool ok;
        vm.prank(reader, readerOrigin);
        (ok, r) = who.staticcall(call);
        if (!ok) revert Undefined();
    }

    function _old(uint256 old, bool bound) internal view returns (bytes memory x) {
        x = olds_[old][bound ? instance : 0];
        if (x.length == 0) revert Undefined();
    }

    function _named(uint256 n) internal view returns (bytes memory x) {
        x = names_[n];
        if (x.length == 0) revert Undefined();
    }

    function _isDefined(bytes4 part) internal returns (bool ok) { (ok,) = address(this).call(abi.encodePacked(part)); }

    function _hint(bytes4 part) internal returns (bool ok, uint256 word) {
        bytes memory r;
        (ok, r) = address(this).call(abi.encodePacked(part));
        if (ok) word = abi.decode(r, (uint256));
    }

    // v, next to it, above or below
    function _around(uint256 v, uint256 r) internal pure returns (uint256) {
        unchecked {
            if (r % 8 < 2) return v;
            if (r % 8 == 2) return v + 1;
            if (r % 8 == 3) return v - 1;
            if (r % 8 == 4) return v + (r >> 8) % 1000;
            if (r % 8 == 5) return v + (r >> 8) % 1e7;
            return v == type(uint256).max ? r : (r >> 8) % (v + 1);
        }
    }

    // mostly after a moment
    function _after(uint256 v, uint256 r) internal pure returns (uint256) {
        unchecked {
            if (r % 8 == 0) return v + (r >> 8) % 2;
            if (r % 8 == 1) return v - 1;
            return v + (r >> 8) % (r % 2 == 0 ? 1000 : 1e7);
        }
    }

    // an encoding without the offset that stands before a dynamic struct
    function _tail(bytes memory x) internal pure returns (bytes memory y) {
        assembly { y := add(x, 32) mstore(y, sub(mload(x), 32)) }
    }

    function _wrapped(bytes memory x) internal pure returns (bytes memory) { return bytes.concat(bytes32(uint256(32)), x); }
    function _list1(bytes32 a) internal pure returns (bytes32[] memory x) { x = new bytes32[](1); x[0] = a; }
    function _list2(bytes32 a, bytes32 b) internal pure returns (bytes32[] memory x) { x = new bytes32[](2); (x[0], x[1]) = (a, b); }
    function _list3(bytes32 a, bytes32 b, bytes32 c) internal pure returns (bytes32[] memory x) { x = new bytes32[](3); (x[0], x[1], x[2]) = (a, b, c); }
}
