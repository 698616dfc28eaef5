// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Vm} from "./Vm.sol";

interface VmDiff {
    struct ChainInfo { uint256 forkId; uint256 chainId; }
    struct StorageAccess { address account; bytes32 slot; bool isWrite; bytes32 previousValue; bytes32 newValue; bool reverted; }
    struct AccountAccess {
        ChainInfo chainInfo;
        uint8 kind;
        address account;
        address accessor;
        bool initialized;
        uint256 oldBalance;
        uint256 newBalance;
        bytes deployedCode;
        uint256 value;
        bytes data;
        bool reverted;
        StorageAccess[] storageAccesses;
        uint64 depth;
        uint64 oldNonce;
        uint64 newNonce;
    }
    function startStateDiffRecording() external;
    function stopAndReturnStateDiff() external returns (AccountAccess[] memory);
    function snapshotState() external returns (uint256);
    function revertToState(uint256 id) external returns (bool);
}

// Puts a contract into a given state, makes one call, and says what came of it. Strangers answer as given, one call-out after the other.
contract Scenes {
    struct Word { bytes32 slot; bytes32 value; }
    struct Ether { address who; uint256 amount; }
    struct Answer { bool accepts; bytes data; }
    struct Other { address at; bytes code; Word[] stored; }
    struct Scene {
        address at;
        bytes code;
        Word[] stored;
        Word[] transient_;
        Ether[] purses;
        address[] codes;
        address sender;
        address origin;
        uint256 value;
        bytes data;
        uint256 timestamp;
        uint256 number;
        uint256 chainId;
        uint256 prevrandao;
        address coinbase;
        uint256 baseFee;
        Answer[] answers;
        Other[] others;
    }
    struct Report { bytes32 nonce; Outcome[] outcomes; }
    struct Outcome { bool ok; bytes ret; uint256 asked; }

    bool public constant IS_TEST = true;
    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    VmDiff private constant diff = VmDiff(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    address private constant COUNTER = address(0xC0C0DE00);
    uint256 private constant ROUNDS = 4;

    Answer[] private answers;
    address private answering;

    function test_scenes() external {
        (bytes32 nonce, Scene[] memory scenes) = abi.decode(vm.readFileBinary("io/scenes"), (bytes32, Scene[]));
        Outcome[] memory out = new Outcome[](scenes.length);
        answering = address(new Answerer());
        for (uint256 i = 0; i < scenes.length; i++) {
            address[] memory strangers = scenes[i].codes;
            for (uint256 round = 0; round < ROUNDS; round++) {
                address[] memory more;
                (out[i], more) = _play(scenes[i], strangers);
                if (more.length == 0) break;
                strangers = _join(strangers, more);
            }
        }
        vm.writeFileBinary("io/outcomes", abi.encode(Report(nonce, out)));
    }

    function _join(address[] memory a, address[] memory b) private pure returns (address[] memory c) {
        c = new address[](a.length + b.length);
        for (uint256 i = 0; i < a.length; i++) c[i] = a[i];
        for (uint256 i = 0; i < b.length; i++) c[a.length + i] = b[i];
    }

    function _play(Scene memory s, address[] memory strangers) private returns (Outcome memory o, address[] memory more) {
        uint256 start = diff.snapshotState();
        try this.play(s, strangers) {} catch (bytes memory why) { (o, more) = abi.decode(why, (Outcome, address[])); }
        diff.revertToState(start);
    }

    function play(Scene memory s, address[] memory strangers) external {
        delete answers;
        for (uint256 i = 0; i < s.answers.length; i++) answers.push(s.answers[i]);
        vm.store(COUNTER, 0, 0);
        for (uint256 i = 0; i < strangers.length; i++) if (strangers[i] != s.at) vm.etch(strangers[i], answering.code);
        _put(s);
        diff.startStateDiffRecording();
        Outcome memory o;
        vm.prank(s.sender, s.origin);
        (o.ok, o.ret) = s.at.call{value: s.value}(s.data);
        address[] memory more = _called(s, diff.stopAndReturnStateDiff(), strangers);
        o.asked = uint256(vm_load(COUNTER));
        bytes memory out = abi.encode(o, more);
        assembly { revert(add(out, 32), mload(out)) }
    }

    function vm_load(address a) private view returns (bytes32 x) {
        (, bytes memory r) = address(vm).staticcall(abi.encodeWithSignature("load(address,bytes32)", a, bytes32(0)));
        return abi.decode(r, (bytes32));
    }

    function _put(Scene memory s) private {
        if (s.transient_.length > 0) { // only its own code can write a contract's transient storage
            vm.etch(s.at, type(Fill).runtimeCode);
            (bool ok,) = s.at.call(abi.encode(s.transient_));
            require(ok, "transient");
        }
        vm.etch(s.at, s.code);
        for (uint256 i = 0; i < s.stored.length; i++) vm.store(s.at, s.stored[i].slot, s.stored[i].value);
        for (uint256 i = 0; i < s.others.length; i++) {
            Other memory o = s.others[i];
            vm.etch(o.at, o.code);
            for (uint256 j = 0; j < o.stored.length; j++) vm.store(o.at, o.stored[j].slot, o.stored[j].value);
        }
        for (uint256 i = 0; i < s.purses.length; i++) vm.deal(s.purses[i].who, s.purses[i].amount);
        vm.warp(s.timestamp);
        vm.roll(s.number);
        vm.chainId(s.chainId);
        vm.prevrandao(bytes32(s.prevrandao));
        vm.coinbase(s.coinbase);
        vm.fee(s.baseFee);
    }

    // strangers without code that the contract called, and that should do more than accept
    function _called(Scene memory s, VmDiff.AccountAccess[] memory all, address[] memory known) private pure returns (address[] memory more) {
        more = new address[](all.length);
        uint256 n = 0;
        bool plain = true;
        for (uint256 i = 0; i < s.answers.length; i++) if (!s.answers[i].accepts || s.answers[i].data.length > 0) plain = false;
        for (uint256 i = 0; i < all.length && !plain; i++) {
            address a = all[i].account;
            if (all[i].accessor != s.at || a == s.at || uint160(a) <= 0x200 || (all[i].kind != 0 && all[i].kind != 3)) continue;
            bool old = false;
            for (uint256 j = 0; j < known.length; j++) if (known[j] == a) old = true;
            for (uint256 j = 0; j < n; j++) if (more[j] == a) old = true;
            for (uint256 j = 0; j < s.others.length; j++) if (s.others[j].at == a) old = true;
            if (!old) more[n++] = a;
        }
        assembly { mstore(more, n) }
    }

    // asked by strangers, in static calls too: so the count lies where the tool can write it
    function answer() external returns (bool accepts, bytes memory data) {
        uint256 n = uint256(vm_load(COUNTER));
        vm.store(COUNTER, 0, bytes32(n + 1));
        if (n >= answers.length) return (true, "");
        return (answers[n].accepts, answers[n].data);
    }
}

contract Fill {
    fallback() external {
        Scenes.Word[] memory words = abi.decode(msg.data, (Scenes.Word[]));
        for (uint256 i = 0; i < words.length; i++) {
            (bytes32 slot, bytes32 value) = (words[i].slot, words[i].value);
            assembly { tstore(slot, value) }
        }
    }
}

contract Answerer {
    Scenes private immutable stage = Scenes(msg.sender);

    fallback() external payable {
        if (gasleft() < 20000) return;
        (bool accepts, bytes memory data) = stage.answer();
        if (!accepts) assembly { revert(add(data, 32), mload(data)) }
        assembly { return(add(data, 32), mload(data)) }
    }
}
