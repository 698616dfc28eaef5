// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

// Plays scenes: one call of given code in a given state. io/scenes holds an ABI-encoded array of scenes, io/played the answers.

interface SceneVm {
    function etch(address, bytes calldata) external;
    function store(address, bytes32, bytes32) external;
    function deal(address, uint256) external;
    function warp(uint256) external;
    function roll(uint256) external;
    function chainId(uint256) external;
    function prevrandao(bytes32) external;
    function coinbase(address) external;
    function fee(uint256) external;
    function prank(address, address) external;
    function readFileBinary(string calldata) external view returns (bytes memory);
    function writeFileBinary(string calldata, bytes calldata) external;
    function snapshotState() external returns (uint256);
    function revertToState(uint256) external returns (bool);
}

struct Slot { uint256 key; uint256 value; }
struct Answer { bool accepts; bytes data; }
struct Scene {
    address at; bytes code; Slot[] slots; Slot[] transient_; address sender; address origin; uint256 value; bytes data; uint256 timestamp; uint256 number; uint256 chainId;
    uint256 prevrandao; address coinbase; uint256 baseFee; uint256 ownEther; uint256 senderEther; address[] strangers; Answer[] answers;
}

// Runs at the contract's address first, in the same transaction: transient storage has no cheat code.
contract Fill {
    fallback() external {
        Slot[] memory slots = abi.decode(msg.data, (Slot[]));
        for (uint256 i = 0; i < slots.length; i++) {
            (uint256 key, uint256 value) = (slots[i].key, slots[i].value);
            assembly { tstore(key, value) }
        }
    }
}

contract Scenes {
    bool public IS_TEST = true;
    SceneVm internal constant vm = SceneVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function test_scenes() external {
        Scene[] memory scenes = abi.decode(vm.readFileBinary("io/scenes"), (Scene[]));
        bool[] memory ok = new bool[](scenes.length);
        bytes[] memory ret = new bytes[](scenes.length);
        for (uint256 i = 0; i < scenes.length; i++) {
            uint256 before = vm.snapshotState();
            (ok[i], ret[i]) = this.play(scenes[i]);
            vm.revertToState(before);
        }
        vm.writeFileBinary("io/played", abi.encode(ok, ret));
    }

    function play(Scene calldata s) external returns (bool ok, bytes memory ret) {
        for (uint256 i = 0; i < s.strangers.length; i++) vm.etch(s.strangers[i], _answering(s.answers[i]));
        if (s.transient_.length != 0) {
            vm.etch(s.at, type(Fill).runtimeCode);
            (ok,) = s.at.call(abi.encode(s.transient_));
            require(ok, "transient storage was not filled");
        }
        vm.etch(s.at, s.code);
        for (uint256 i = 0; i < s.slots.length; i++) vm.store(s.at, bytes32(s.slots[i].key), bytes32(s.slots[i].value));
        vm.deal(s.at, s.ownEther);
        vm.deal(s.sender, s.senderEther);
        vm.warp(s.timestamp);
        vm.roll(s.number);
        vm.chainId(s.chainId);
        vm.prevrandao(bytes32(s.prevrandao));
        vm.coinbase(s.coinbase);
        vm.fee(s.baseFee);
        vm.prank(s.sender, s.origin);
        (ok, ret) = s.at.call{value: s.value}(s.data);
    }

    // code that returns (or reverts with) fixed bytes: PUSH2 size, PUSH1 12, PUSH0, CODECOPY, PUSH2 size, PUSH0, RETURN or REVERT
    function _answering(Answer calldata a) internal pure returns (bytes memory) {
        uint16 n = uint16(a.data.length);
        return abi.encodePacked(hex"61", n, hex"600c5f39", hex"61", n, hex"5f", a.accepts ? bytes1(0xf3) : bytes1(0xfd), a.data);
    }
}
