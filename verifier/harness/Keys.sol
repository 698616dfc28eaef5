// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Exact.sol";
import "./Types.sol";
import {Stage} from "./Stage.sol";

// The keys that are known, and reads of getters at them. Every key of a mapping that the contract writes becomes known.
abstract contract Keys is Stage {
    function _has(uint256 kind, bytes32 word) internal view returns (bool) {
        bytes32[] storage pool = pools[kind];
        for (uint256 i = 0; i < pool.length; i++) if (pool[i] == word) return true;
        return false;
    }

    function meet(uint256 kind, bytes32 word) external override own { _meet(kind, word); }

    function _meet(uint256 kind, bytes32 word) internal {
        if (kind >= POOLS || _has(kind, word)) return;
        if (pools[kind].length >= CAP + 8) { understood = false; return; }
        pools[kind].push(word);
    }

    function _meetAddress(address a) internal { _meet(AN_ADDRESS, bytes32(uint256(uint160(a)))); }

    function intern(bytes calldata text) external override own returns (bytes32) { return _intern(text); }
    function textOf(bytes32 word) external view override returns (bytes memory) { return texts[word]; }

    function _intern(bytes memory text) internal returns (bytes32 word) {
        word = keccak256(text);
        if (_has(A_TEXT, word)) return word;
        texts[word] = text;
        textList.push(text);
        _meet(A_TEXT, word);
    }

    function _address(bytes32 word) internal pure returns (address) { return address(uint160(uint256(word))); }

    // at most `n` keys of a kind: those of `first` that are known, then some
    function _sample(uint256 kind, uint256 n, bytes32[] memory first) internal view returns (bytes32[] memory some) {
        if (kind >= POOLS) {
            some = new bytes32[](kind - POOLS);
            for (uint256 i = 0; i < some.length; i++) some[i] = bytes32(i);
            return some;
        }
        bytes32[] memory pool = pools[kind];
        if (pool.length <= n) return pool;
        some = new bytes32[](n);
        uint256 count = 0;
        for (uint256 i = 0; i < first.length && count < n; i++) {
            for (uint256 j = 0; j < pool.length; j++) {
                if (pool[j] != first[i]) continue;
                (some[count++], pool[j]) = (pool[j], pool[pool.length - 1]);
                assembly { mstore(pool, sub(mload(pool), 1)) }
                break;
            }
        }
        uint256 start = replaying ? 0 : luck % 1000;
        for (uint256 i = 0; count < n && i < pool.length; i++) some[count++] = pool[(start + i) % pool.length];
        assembly { mstore(some, count) }
    }

    function _enumerate(uint256 forall) internal override {
        delete instances[forall];
        uint8[] memory kinds = foralls[forall - 1];
        _product(kinds, new bytes32[](kinds.length), 0, forall);
    }

    function _product(uint8[] memory kinds, bytes32[] memory keys, uint256 n, uint256 forall) private {
        if (instances[forall].length >= 64) return;
        if (n == kinds.length) { instances[forall].push(keys); return; }
        bytes32[] memory some = _sample(kinds[n], kinds.length == 1 ? CAP : 6, new bytes32[](0));
        for (uint256 i = 0; i < some.length; i++) {
            keys[n] = some[i];
            _product(kinds, keys, n + 1, forall);
        }
    }

    // slots that were written since the last `record`, traced back to the keys of their mappings
    function _learn() internal {
        _learnOf(at);
        if (there != address(0)) _learnOf(there);
    }

    function _learnOf(address who) private {
        (, bytes32[] memory writes) = vm.accesses(who);
        for (uint256 i = 0; i < writes.length; i++) {
            bytes32 place = keccak256(abi.encode(who, writes[i]));
            if (slotSeen[place] || uint256(writes[i]) < 1 << 32) continue;
            slotSeen[place] = true;
            for (uint256 d = 0; d < 6; d++) { // a member of a struct lies behind the slot of its key
                (bool found, bytes32 key, bytes32 parent) = vm.getMappingKeyAndParentOf(who, bytes32(uint256(writes[i]) - d));
                if (!found) continue;
                while (found) {
                    _learnKey(key);
                    (found, key, parent) = vm.getMappingKeyAndParentOf(who, parent);
                }
                break;
            }
        }
    }

    function _learnKey(bytes32 key) private {
        uint256 x = uint256(key);
        if (keyedByInteger && x < 1 << 64) _meet(AN_INTEGER, key);
        if (keyedByAddress && x < 1 << 160) _meet(AN_ADDRESS, key);
        if (x >= 1 << 160) _meet(SOME_BYTES, key);
    }

    // ---------------------------------------------------------------- reads
    function _encode(uint256 g, bytes32[] memory keys) internal view returns (bytes memory call) {
        Getter storage getter = getters[g];
        if (keys.length == 0) return abi.encodePacked(getter.selector);
        if (keys.length == 1 && getter.keys[0] != A_TEXT) return abi.encodePacked(getter.selector, keys[0]);
        if (keys.length == 2 && getter.keys[0] != A_TEXT && getter.keys[1] != A_TEXT) return abi.encodePacked(getter.selector, keys[0], keys[1]);
        call = abi.encodePacked(getter.selector);
        bytes memory tail;
        for (uint256 i = 0; i < keys.length; i++) {
            if (getter.keys[i] != A_TEXT) { call = bytes.concat(call, keys[i]); continue; }
            bytes memory text = texts[keys[i]];
            call = bytes.concat(call, bytes32(32 * keys.length + tail.length));
            tail = bytes.concat(tail, bytes32(text.length), text, new bytes((32 - text.length % 32) % 32));
        }
        return bytes.concat(call, tail);
    }

    // keys at which the getter reverts count 0
    function sum(uint256 g, bytes32[] calldata lead) external override own returns (Z memory total) {
        bytes32[] memory keys = new bytes32[](lead.length + 1);
        for (uint256 i = 0; i < lead.length; i++) keys[i] = lead[i];
        bytes32[] memory last = _sample(getters[g].keys[lead.length], NONE, new bytes32[](0));
        for (uint256 i = 0; i < last.length; i++) {
            keys[lead.length] = last[i];
            bytes memory call = _encode(g, keys);
            vm.prank(reader, readerOrigin); // not startPrank: at a call-out the prank of the call is still on
            (bool ok, bytes memory r) = _where(g).staticcall(call);
            if (ok && r.length == 32) total = add(total, nat(uint256(bytes32(r))));
        }
    }

    function _combos(bytes32[] memory focus, Clauses memory c) internal view returns (Combo[] memory list) {
        uint256 room = c.deltas.length;
        for (uint256 g = 0; g < getters.length; g++) if (getters[g].framed) room += _room(g);
        list = _empty(room);
        for (uint256 g = 0; g < getters.length; g++) if (getters[g].framed) _combosOf(list, g, focus);
        // locations that a clause names are read in any case
        for (uint256 i = 0; i < c.deltas.length; i++) if (c.deltas[i].known) _named(list, c.deltas[i].getter, c.deltas[i].keys);
    }

    // room for so many, none there yet
    function _empty(uint256 room) internal pure returns (Combo[] memory list) {
        assembly {
            list := mload(0x40)
            mstore(list, 0)
            mstore(0x40, add(list, mul(32, add(room, 1))))
        }
    }

    function _push(Combo[] memory list, uint256 g, bytes32[] memory keys) private view {
        Combo memory k = Combo(g, keys, _encode(g, keys), false, "");
        assembly {
            let n := add(mload(list), 1)
            mstore(list, n)
            mstore(add(list, mul(32, n)), k)
        }
    }

    function _most(uint256 depth) private view returns (uint256) { return depth == 1 ? (replaying ? CAP + 8 : 12) : replaying ? 8 : depth == 2 ? 4 : 3; }

    function _room(uint256 g) internal view returns (uint256 room) {
        uint256 depth = getters[g].keys.length;
        room = 1;
        for (uint256 k = 0; k < depth; k++) {
            uint256 kind = getters[g].keys[k];
            uint256 n = kind >= POOLS ? kind - POOLS : pools[kind].length;
            room *= n < _most(depth) || kind >= POOLS ? n : _most(depth);
        }
    }

    // all combinations of some keys of each kind
    function _combosOf(Combo[] memory list, uint256 g, bytes32[] memory focus) internal view {
        uint256 depth = getters[g].keys.length;
        bytes32[][] memory some = new bytes32[][](depth);
        uint256 count = 1;
        for (uint256 k = 0; k < depth; k++) {
            some[k] = _sample(getters[g].keys[k], _most(depth), focus);
            count *= some[k].length;
        }
        for (uint256 i = 0; i < count; i++) {
            bytes32[] memory keys = new bytes32[](depth);
            uint256 rest = i;
            for (uint256 k = 0; k < depth; k++) (keys[k], rest) = (some[k][rest % some[k].length], rest / some[k].length);
            _push(list, g, keys);
        }
    }

    function _named(Combo[] memory list, uint256 g, bytes32[] memory keys) private view {
        for (uint256 i = 0; i < list.length; i++) if (list[i].getter == g && _sameKeys(list[i].keys, keys)) return;
        _push(list, g, keys);
    }

    function _sameKeys(bytes32[] memory a, bytes32[] memory b) internal pure returns (bool) {
        for (uint256 i = 0; i < a.length; i++) if (a[i] != b[i]) return false;
        return a.length == b.length;
    }

    function _readAll(Combo[] memory list) internal {
        vm.startPrank(reader, readerOrigin);
        for (uint256 i = 0; i < list.length; i++) (list[i].ok, list[i].before) = _where(list[i].getter).staticcall(list[i].call);
        vm.stopPrank();
    }

    // for people: what moved, and the getters with at most one key
    function _observe(Combo[] memory list) internal {
        if (!replaying) return;
        delete seen;
        vm.startPrank(reader, readerOrigin);
        for (uint256 i = 0; i < list.length; i++) {
            (bool ok, bytes memory now_) = _where(list[i].getter).staticcall(list[i].call);
            if (list[i].keys.length < 2 || ok != list[i].ok || keccak256(now_) != keccak256(list[i].before)) {
                seen.push(Seen(list[i].call, list[i].ok, list[i].before, ok, now_, getters[list[i].getter].foreign));
            }
        }
        vm.stopPrank();
    }
}
