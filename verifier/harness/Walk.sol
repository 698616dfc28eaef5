// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Types.sol";
import {Steps} from "./Steps.sol";

// A rule is gone through: statement by statement, until one is not kept, the rule does not apply, or it comes to its end.
abstract contract Walk is Steps {
    uint256 private constant PURSE = 1 << 100; // wei that whoever calls has besides; the tests that show a broken rule have the same
    uint256 private constant LATEST = 1 << 63;

    error Comes(bool toAnEnd);

    // what a rule knows on the way; the rest of the engine's state goes back with `restart`
    struct Way { address who; uint256 begun; bytes[] names; Step step; }

    function _rule(Step memory s) internal override {
        Rule memory r = _ruleOf(uint32(bytes4(s.data)));
        if (!_loaded(r, s)) { ended = true; return; }
        outcomes.push(Outcome(true, ""));
        Clauses memory none;
        Combo[] memory list = replaying ? _combos(new bytes32[](0), none) : new Combo[](0);
        _readAll(list);
        bool through = _follow(r, s);
        _observe(list);
        if (!through) { ended = true; return; }
        _hit(r.id);
        _hit(r.reachable);
    }

    function _loaded(Rule memory r, Step memory s) private returns (bool fine) {
        spec.setCall(address(0), 0, 0);
        spec.setArgs(_arguments(s.data));
        if (r.load == 0) return true;
        (fine,) = _ask(r.load);
    }

    function _follow(Rule memory r, Step memory s) private returns (bool through) {
        Way memory w = Way(address(0), 0, new bytes[](r.names), s);
        _fundPeople(r, s.data);
        bool restarts = false;
        for (uint256 i = 0; i < r.statements.length; i++) if (r.statements[i].kind == RESTART) restarts = true;
        if (restarts) w.begun = vm.snapshotState();
        through = true;
        for (uint256 i = 0; i < r.statements.length && through; i++) through = _statement(r, i, w);
        if (restarts) vm.deleteStateSnapshot(w.begun);
    }

    function _fundPeople(Rule memory r, bytes memory data) private {
        for (uint256 i = 0; i < r.people.length; i++) {
            uint256 start = 36 + 32 * r.people[i];
            address a;
            assembly { a := mload(add(data, start)) }
            _fund(a);
        }
    }

    function _fund(address a) private {
        if (funded[a] || a == at) return;
        funded[a] = true;
        vm.deal(a, a.balance + PURSE);
    }

    // whether the rule goes on; where it does not, and nothing was reported, it does not apply
    function _statement(Rule memory r, uint256 i, Way memory w) private returns (bool) {
        Statement memory t = r.statements[i];
        if (t.kind == GIVEN) return _probe(t.part) == YES;
        if (t.kind == CLAIMED) {
            uint8 holds = _probe(t.part);
            return holds == YES || _broken(r, holds == NO ? FALSE_ : UNDEFINED, i);
        }
        if (t.kind == RESTART) { _restart(w); return true; }
        (bool ok, bytes memory x) = _ask(t.part);
        if (!ok) return _broken(r, UNDEFINED, i);
        if (t.kind == BY) { w.who = abi.decode(x, (address)); _fund(w.who); }
        if (t.kind == PASSES) return _passes(abi.decode(x, (uint256)));
        if (t.kind == NAMED) _name(w, t.name, abi.decode(x, (bytes)));
        if (t.kind == CALLED) return _called(r, i, w, x);
        return true;
    }

    function _broken(Rule memory r, uint8 check, uint256 i) private returns (bool) {
        _fail(r.id, check, abi.encode(i));
        return false;
    }

    function _name(Way memory w, uint256 n, bytes memory value) private {
        w.names[n] = value;
        spec.setName(n, value);
    }

    function _passes(uint256 seconds_) private returns (bool) {
        if (seconds_ >= LATEST - block.timestamp) return false;
        vm.warp(block.timestamp + seconds_);
        vm.roll(block.number + 1);
        return true;
    }

    function _restart(Way memory w) private {
        vm.revertToState(w.begun);
        _world(w.step);
        for (uint256 n = 0; n < w.names.length; n++) spec.setName(n, w.names[n]);
    }

    function _called(Rule memory r, uint256 i, Way memory w, bytes memory x) private returns (bool) {
        Statement memory t = r.statements[i];
        Step memory c;
        (c.value, c.data) = abi.decode(x, (uint256, bytes));
        (c.sender, c.origin, c.refuse, c.answer) = (w.who, w.who, w.step.refuse, w.step.answer);
        if (!_mayCall(w.who) || c.value > w.who.balance || !_assumed()) return false;
        (bool ok, bytes memory ret) = _send(c, NONE);
        _noteAsked();
        if (asked || _strayed()) return false;
        if (t.must == 2) return !ok || _broken(r, MUST_REVERT, i);
        if (!ok) return t.must == 1 && !c.refuse && c.answer == 0 && _broken(r, MUST_SUCCEED, i);
        if (t.result == 0) return true;
        spec.setResults(ret);
        (bool fine, bytes memory value) = _ask(t.result);
        if (fine) _name(w, t.name, abi.decode(value, (bytes)));
        return fine;
    }

    function _mayCall(address a) private view returns (bool) {
        return uint160(a) > 0x11 && a != at && !_isOurs(a) && (a.code.length == 0 || isCoded[a]);
    }

    // whether a rule comes to its end with these parameters, or breaks; only dealt ether is left behind
    function _comesTo(Step memory s) internal returns (bool anEnd) {
        _noteAsked();
        try this.attempt(s) {} catch (bytes memory why) {
            if (bytes4(why) == Comes.selector) assembly { anEnd := mload(add(why, 36)) }
        }
        _world(s);
    }

    function attempt(Step memory s) external own {
        Rule memory r = _ruleOf(uint32(bytes4(s.data)));
        bool anEnd = _loaded(r, s) && _follow(r, s);
        revert Comes(anEnd || violations.length > 0);
    }
}
