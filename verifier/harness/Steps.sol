// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Exact.sol";
import "./Types.sol";
import {Vm} from "./Vm.sol";
import {Judge} from "./Judge.sol";

// One step of a run: a deployment, a call, forced ether, only time, or a rule that is gone through.
abstract contract Steps is Judge {
    function _rule(Step memory s) internal virtual;

    function _world(Step memory s) internal {
        vm.warp(s.timestamp);
        vm.roll(s.number);
        vm.chainId(s.chainId);
        vm.prevrandao(bytes32(s.prevrandao));
        vm.coinbase(s.coinbase);
        vm.fee(s.baseFee);
    }

    function _perform(Step memory s) internal {
        _world(s);
        if (s.kind == DEPLOY) _deploy(s);
        else if (s.kind == CALL) _call(s);
        else if (s.kind == RULE) _rule(s);
        else if (s.kind == USE) _use(s);
        else _pass(s);
    }

    function _pass(Step memory s) private {
        if (deployed && !_assumed()) { ended = true; return; }
        for (uint256 i = 0; i < canaryOlds.length; i++) _remember(canaryOlds[i]);
        if (s.kind == ETHER) {
            vm.deal(at, at.balance + s.value);
            for (uint256 i = 0; i < canaries.length; i++) _claim(canaries[i].id, _probe(canaries[i].clause));
        }
        outcomes.push(Outcome(true, ""));
        _stable();
    }

    function _stable() private {
        if (!deployed) return;
        if (_strayed() || !_assumed()) { ended = true; return; }
        uint256[] memory ids = new uint256[](invariants.length);
        for (uint256 i = 0; i < ids.length; i++) ids[i] = invariants[i].id;
        _invariantsHold(ids);
    }

    // others use the environment as they like
    function _use(Step memory s) internal {
        Clauses memory none;
        Combo[] memory list = final_ ? _combos(_focus(s), none) : new Combo[](0);
        _readAll(list);
        _noteAsked();
        vm.record();
        moving = true;
        vm.prank(s.sender, s.origin);
        (bool ok, bytes memory ret) = there.call(s.data);
        moving = false;
        outcomes.push(Outcome(ok, ret.length > 512 ? bytes("") : ret));
        _learn();
        vm.record(); // what others try in vain is not asked
        _observe(list);
        if (!providing) _stable();
    }

    // ---------------------------------------------------------------- deployment
    function _deploy(Step memory s) private {
        Context memory x = _context(0);
        spec.setCall(s.sender, s.value, 0);
        _load(x, s.data);
        vm.deal(s.sender, s.sender.balance + s.value);
        _at(vm.computeCreateAddress(s.sender, vm.getNonce(s.sender)));
        vm.deal(at, s.arrived);
        Clauses memory c = _before(x);
        Trial memory t;
        t.payable_ = deployPayable;
        t.list = _foreign(_focus(s));
        bool named = _isNamed();
        _noteAsked();
        vm.record();
        vm.recordLogs();
        (t.ok, t.ret) = _create(s, bytes.concat(_stored(STORE), s.data));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        outcomes.push(Outcome(t.ok, t.ret));
        _noteAsked();
        if (asked) { ended = true; return; }
        bool strayed = t.ok && _strayed();
        _refusals(x, c, t, s.value, t.ok ? strayed : !named);
        if (!t.ok || strayed) { ended = true; return; } // of one with another environment nothing is promised
        _hit(x.reachable);
        deployed = true;
        _learn();
        _meetAddress(at);
        if (!_assumed()) { ended = true; return; }
        _after(x);
        _emitted(x, c, logs);
        _zeroAtFirst(x, c);
        _leftAlone(x, t.list);
        _invariantsHold(x.invariants);
    }

    // whether a deployment names the environment, as far as its arguments say it; where there is none, it need not
    function _isNamed() private returns (bool) {
        if (there == address(0)) return true;
        (bool ok, bytes memory r) = namedPart == 0 ? (false, bytes("")) : _ask(namedPart);
        return ok && keccak256(r) == keccak256(abi.encode(there));
    }

    // what the environment's getters say
    function _foreign(bytes32[] memory focus) private returns (Combo[] memory list) {
        uint256 room = 0;
        for (uint256 g = 0; g < getters.length; g++) if (getters[g].foreign) room += _room(g);
        list = _empty(room);
        for (uint256 g = 0; g < getters.length; g++) if (getters[g].foreign) _combosOf(list, g, focus);
        _readAll(list);
    }

    // the address that the contract says its environment has, if it were deployed so
    function rehearse(Step memory s) external own {
        vm.deal(s.sender, s.sender.balance + s.value);
        (bool ok,) = _create(s, bytes.concat(_stored(STORE), s.data));
        bytes memory r;
        if (ok) (ok, r) = _named();
        address a = ok && r.length == 32 && uint256(bytes32(r)) < 1 << 160 ? address(uint160(uint256(bytes32(r)))) : address(0);
        assembly { mstore(0, a) revert(0, 32) }
    }

    function _create(Step memory s, bytes memory code) internal returns (bool, bytes memory why) {
        address made;
        uint256 value = s.value;
        vm.prank(s.sender, s.origin);
        assembly { made := create(value, add(code, 32), mload(code)) }
        if (made != address(0)) { _at(made); return (true, ""); }
        assembly {
            why := mload(0x40)
            mstore(0x40, add(why, and(add(returndatasize(), 63), not(31))))
            mstore(why, returndatasize())
            returndatacopy(add(why, 32), 0, returndatasize())
        }
        return (false, why);
    }

    function _zeroAtFirst(Context memory x, Clauses memory c) private {
        for (uint256 g = 0; g < getters.length; g++) {
            if (!getters[g].zeroAtFirst) continue;
            Combo[] memory list = _empty(_room(g));
            _combosOf(list, g, new bytes32[](0));
            _readAll(list);
            for (uint256 i = 0; i < list.length; i++) {
                if (_isOpen(c, list[i])) continue;
                _hit(x.frames[g]);
                bytes memory r = list[i].before;
                if (!list[i].ok || (r.length == 32 && bytes32(r) == 0) || keccak256(r) == keccak256(abi.encode(bytes("")))) continue;
                _fail(x.frames[g], READ, abi.encode(list[i].call, abi.encode(uint256(0)), r, nat(0), false));
            }
        }
    }

    // ---------------------------------------------------------------- calls
    function _dispatch(bytes memory data) internal view returns (uint256) {
        if (data.length == 0) return receive_ != NONE ? receive_ : fallback_;
        if (data.length >= 4) for (uint256 f = 0; f < functions.length; f++) if (functions[f].selector == bytes4(data) && bytes4(data) != 0) return f;
        return fallback_;
    }

    function _arguments(bytes memory data) internal pure returns (bytes memory args) {
        if (data.length < 4) return "";
        args = new bytes(data.length - 4);
        for (uint256 i = 0; i < args.length; i += 32) assembly { mstore(add(add(args, 32), i), mload(add(add(data, 36), i))) }
        uint256 n = args.length;
        assembly { mstore(add(add(args, 32), n), 0) } // what a last, partial word carried along
    }

    function _load(Context memory x, bytes memory args) internal returns (bool ok) {
        spec.setArgs(args);
        if (x.load == 0) return true;
        (ok,) = _ask(x.load);
    }

    function _call(Step memory s) private {
        vm.deal(s.sender, s.sender.balance + s.value);
        uint256 f = _dispatch(s.data);
        if (f == NONE) { _unknown(s); return; }
        Context memory x = _context(1 + f);
        spec.setCall(s.sender, s.value, bytes4(s.data));
        if (!_load(x, f == receive_ || f == fallback_ ? bytes("") : _arguments(s.data))) { _unknown(s); return; }
        if (!_assumed()) { ended = true; return; }
        if (s.callbacks.length == 0) _quiet(x, s, f); else _visit(x, s, f);
    }

    function _send(Step memory s, uint256 f) internal returns (bool ok, bytes memory ret) {
        delete callbacks;
        for (uint256 i = 0; i < s.callbacks.length; i++) callbacks.push(s.callbacks[i]);
        delete stack;
        (nextCallback, current, refusing, answering, callouts, visited) = (0, f, s.refuse, s.answer, 0, address(0));
        bool bare = s.refuse && s.callbacks.length == 0;
        if (bare) for (uint256 i = 0; i < coded.length; i++) vm.etch(coded[i], REFUSER);
        stepping = true;
        _noteAsked();
        vm.record();
        vm.prank(s.sender, s.origin);
        (ok, ret) = at.call{value: s.value}(s.data);
        stepping = false;
        if (bare) for (uint256 i = 0; i < coded.length; i++) vm.etch(coded[i], stranger.code);
    }

    // the sender and the words of the arguments: keys to look at first
    function _focus(Step memory s) internal pure returns (bytes32[] memory focus) {
        uint256 n = s.data.length < 4 ? 0 : (s.data.length - 4) / 32;
        if (n > 6) n = 6;
        focus = new bytes32[](n + 1);
        focus[0] = bytes32(uint256(uint160(s.sender)));
        bytes memory data = s.data;
        for (uint256 i = 0; i < n; i++) assembly { mstore(add(focus, add(64, mul(32, i))), mload(add(data, add(36, mul(32, i))))) }
    }

    function guess(Step memory s, uint256 f) external own {
        (bool ok, bytes memory ret) = _send(s, f);
        bytes memory out = abi.encode(ok, ret);
        assembly { revert(add(out, 32), mload(out)) }
    }

    function _foresee(Context memory x, Step memory s, uint256 f) private {
        _noteAsked();
        try this.guess(s, f) {} catch (bytes memory out) {
            (bool fine, bytes memory r) = abi.decode(out, (bool, bytes));
            if (fine) _result(x, r);
        }
    }

    function _result(Context memory x, bytes memory r) private {
        spec.setResults(r);
        if (x.meet != 0) _ask(x.meet);
    }

    function _quiet(Context memory x, Step memory s, uint256 f) private {
        Trial memory t;
        (t.f, t.view_, t.payable_) = (f, functions[f].view_, functions[f].payable_);
        if (x.resultKeys) _foresee(x, s, f); // a key may be a result: look what it will be
        Clauses memory c = _before(x);
        if (!t.view_) {
            t.list = _combos(_focus(s), c);
            t.purses = _purses(c, s.sender);
            t.own = at.balance;
            _readAll(t.list);
        }
        vm.recordLogs();
        (t.ok, t.ret) = _send(s, f);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        outcomes.push(Outcome(t.ok, t.ret.length > 512 ? bytes("") : t.ret));
        if (!t.view_) _learn();
        if (_lost(x, t)) return;
        _refusals(x, c, t, s.value, s.refuse || s.answer != 0);
        if (!t.view_) _observe(t.list);
        if (t.ok && (t.payable_ || s.value == 0)) _succeeded(x, c, t, s, logs);
        if (t.ok && !t.view_) _invariantsHold(x.invariants);
    }

    // whether clauses mean nothing after a call: the environment was asked for what its model lacks, or is another one
    function _lost(Context memory x, Trial memory t) private returns (bool) {
        if (there == address(0)) return false;
        _noteAsked();
        if (asked) { ended = true; return true; }
        if (!t.ok || t.view_ || !_strayed()) return false;
        (, bytes memory r) = _named();
        _hit(x.frames[addressGetter]);
        _fail(x.frames[addressGetter], READ, abi.encode(abi.encodePacked(getters[addressGetter].selector), abi.encode(there), r, nat(0), false));
        ended = true;
        return true;
    }

    function _succeeded(Context memory x, Clauses memory c, Trial memory t, Step memory s, Vm.Log[] memory logs) private {
        _hit(x.reachable);
        _result(x, t.ret);
        _after(x);
        if (t.view_) return;
        _moved(x, c, t.list);
        _paid(x, c, t, s);
        _emitted(x, c, logs);
    }

    // strangers call back: only invariants are judged, and whether the whole amounts to separate calls
    function _visit(Context memory x, Step memory s, uint256 f) private {
        Trial memory t;
        Clauses memory c;
        t.list = _combos(_focus(s), c);
        _readAll(t.list);
        bool comparable = s.callbacks.length == 1 && !s.refuse && !s.callbacks[0].force;
        bytes32[3] memory ways;
        t.purses = _purses(c, s.sender);
        for (uint256 way = 0; comparable && way < 3; way++) {
            ways[way] = _outcome(s, f, way);
            _restore(t.purses);
            if (way == 1 && ways[0] == ways[1]) break;
        }
        (t.ok, t.ret) = _send(s, f);
        outcomes.push(Outcome(t.ok, t.ret.length > 512 ? bytes("") : t.ret));
        _learn();
        if (_lost(x, t)) return;
        _observe(t.list);
        if (comparable && t.ok && nextCallback == 1) {
            _hit(x.atomic);
            if (ways[0] != ways[1] && ways[0] != ways[2]) _fail(x.atomic, FALSE_, "");
        }
        if (t.ok) _invariantsHold(x.invariants);
    }

    // dealt ether is not undone with the rest
    function _restore(Purse[] memory purses) private {
        for (uint256 i = 0; i < purses.length; i++) vm.deal(purses[i].who, purses[i].before);
    }

    // what a call leaves behind; 0: as drawn, 1: the call, then the callback by itself, 2: the call alone
    function _outcome(Step memory s, uint256 f, uint256 way) private returns (bytes32 digest) {
        _noteAsked();
        try this.outcome(s, f, way) {} catch (bytes memory out) {
            digest = out.length == 32 ? bytes32(out) : bytes32(way);
            if (out.length == 64) asked = true;
        }
    }

    function outcome(Step memory s, uint256 f, uint256 way) external own {
        Callback memory back_ = s.callbacks[0];
        Clauses memory c;
        Combo[] memory list = _combos(_focus(s), c);
        bytes32[] memory pool = pools[AN_ADDRESS];
        if (way > 0) s.callbacks = new Callback[](0);
        (bool ok,) = _send(s, f);
        if (_isAsked()) assembly { revert(0, 64) }
        if (!ok) revert();
        if (way > 0) {
            address who = visited;
            if (who == address(0)) revert();
            vm.deal(who, who.balance + back_.value);
            if (way == 1) {
                vm.prank(who, s.origin);
                (ok,) = at.call{value: back_.value}(back_.data);
                if (_isAsked()) assembly { revert(0, 64) }
                if (!ok) revert();
            }
        }
        _readAll(list);
        bytes32 digest;
        for (uint256 i = 0; i < list.length; i++) digest = keccak256(abi.encode(digest, list[i].call, list[i].ok, list[i].before));
        for (uint256 i = 0; i < pool.length; i++) digest = keccak256(abi.encode(digest, _address(pool[i]).balance));
        assembly { mstore(0, digest) revert(0, 32) }
    }

    function _unknown(Step memory s) private {
        uint256 id = s.data.length == 0 ? etherId : selectorId;
        (bool ok, bytes memory ret) = _send(s, NONE);
        outcomes.push(Outcome(ok, ret.length > 512 ? bytes("") : ret));
        _noteAsked();
        if (asked) { ended = true; return; }
        if (s.data.length >= 4 && extraView[bytes4(s.data)]) return;
        _hit(id);
        if (!ok) return;
        _fail(id, MUST_REVERT, "");
        ended = true; // what such a call leaves behind is not judged further
    }

    // ---------------------------------------------------------------- control is with a stranger
    function callout(bytes4 sig) external override returns (address target, uint256 value, bytes memory data, bool refuse, bytes memory answer_) {
        if (!stepping || !isCoded[msg.sender]) return (address(0), 0, "", false, _answer(sig, 0));
        if (callouts++ == 0) visited = msg.sender;
        if (current != NONE && deployed && !_strayed()) {
            _learn();
            for (uint256 i = 0; i < invariants.length; i++) {
                if (locked[i]) continue;
                uint8 holds = _every(invariants[i].forall, invariants[i].clause, false);
                _hit(calloutIds[current][i]);
                if (holds != YES) _fail(calloutIds[current][i], AT_CALLOUT, abi.encode(holds == NO));
            }
        }
        (refuse, answer_) = (refusing, _answer(sig, answering));
        if (nextCallback < callbacks.length) {
            Callback storage next_ = callbacks[nextCallback++];
            if (next_.force) {
                vm.deal(at, at.balance + next_.value);
                return (address(0), 0, "", refuse, answer_);
            }
            (target, value, data) = (at, next_.value, next_.data);
            vm.deal(msg.sender, msg.sender.balance + value);
            stack.push(current);
            current = _dispatch(data);
        }
    }

    function back() external override {
        require(isCoded[msg.sender] && stack.length > 0, "stranger");
        current = stack[stack.length - 1];
        stack.pop();
    }

    function answer(bytes4 sig) external view override returns (bytes memory) { return _answer(sig, answering); }

    function _answer(bytes4 sig, uint8 mode) private view returns (bytes memory) {
        if (mode == 0) {
            if (sig == 0) return "";
            if (sig == 0x150b7a02 || sig == 0xf23a6e61 || sig == 0xbc197c81) return abi.encode(sig); // receivers of tokens
            return abi.encode(uint256(1));
        }
        if (mode == 1) return "";
        if (mode == 2) return abi.encode(uint256(0));
        if (mode == 3) return abi.encode(uint256(1), uint256(1));
        if (mode == 4) return abi.encode(type(uint256).max);
        if (mode == 5) return abi.encode(at);
        return abi.encode(keccak256(abi.encode(sig, mode)));
    }
}
