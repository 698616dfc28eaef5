// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Exact.sol";
import "./Types.sol";
import {Vm} from "./Vm.sol";
import {Keys} from "./Keys.sol";

// What is promised of a call in which strangers stay passive: evaluated before it, compared after it.
abstract contract Judge is Keys {
    function _before(Context memory x) internal returns (Clauses memory c) {
        c.refusals = new Refusal[](x.refusals.length);
        for (uint256 i = 0; i < x.refusals.length; i++) c.refusals[i] = _refusal(x.refusals[i]);
        c.premises = new Premise[](x.premises.length);
        for (uint256 i = 0; i < x.premises.length; i++) {
            PremiseRow memory row = x.premises[i];
            c.premises[i] = row.clause == 0 ? Premise(row.id, YES, true) : Premise(row.id, _premise(row.forall, row.clause), false);
        }
        c.deltas = new Delta[](x.deltas.length);
        for (uint256 i = 0; i < x.deltas.length; i++) {
            (c.deltas[i].id, c.deltas[i].getter, c.deltas[i].minus) = (x.deltas[i].id, x.deltas[i].getter, x.deltas[i].minus);
            (bool ok, bytes memory r) = _ask(x.deltas[i].part);
            c.deltas[i].known = ok;
            if (ok) (c.deltas[i].keys, c.deltas[i].amount) = abi.decode(r, (bytes32[], Z));
        }
        c.opens = new Open[](x.opens.length);
        for (uint256 i = 0; i < x.opens.length; i++) {
            (c.opens[i].getter, c.opens[i].all) = (x.opens[i].getter, x.opens[i].part == 0);
            if (c.opens[i].all) continue;
            (bool ok, bytes memory r) = _ask(x.opens[i].part);
            c.opens[i].known = ok;
            if (ok) c.opens[i].keys = abi.decode(r, (bytes32[]));
        }
        _effects(x, c);
        _olds(x);
    }

    function _effects(Context memory x, Clauses memory c) private {
        c.dues = new Due[](x.dues.length);
        for (uint256 i = 0; i < x.dues.length; i++) {
            c.dues[i].id = x.dues[i].id;
            (bool ok, bytes memory r) = _ask(x.dues[i].part);
            c.dues[i].known = ok;
            if (ok) (c.dues[i].to, c.dues[i].amount, c.dues[i].when) = abi.decode(r, (address, Z, bool));
        }
        c.emissions = new Emission[](x.emissions.length);
        for (uint256 i = 0; i < x.emissions.length; i++) {
            c.emissions[i].id = x.emissions[i].id;
            (bool ok, bytes memory r) = _ask(x.emissions[i].part);
            c.emissions[i].known = ok;
            if (ok) (c.emissions[i].when, c.emissions[i].topics, c.emissions[i].data) = abi.decode(r, (bool, bytes32[], bytes));
        }
        c.derived = new Derived[](x.derived.length);
        for (uint256 i = 0; i < x.derived.length; i++) {
            c.derived[i].id = x.derived[i].id;
            (bool ok, bytes memory r) = _ask(x.derived[i].part);
            c.derived[i].known = ok;
            if (ok) c.derived[i].expected = abi.decode(r, (bytes));
        }
    }

    function _olds(Context memory x) internal {
        for (uint256 i = 0; i < x.claims.length; i++) if (x.claims[i].enumerated) _enumerate(x.claims[i].forall);
        for (uint256 i = 0; i < x.olds.length; i++) _remember(x.olds[i]);
    }

    function _refusal(RefusalRow memory row) private returns (Refusal memory r) {
        r = Refusal(row.id, _premise(row.forall, row.clause), row.data != 0, row.data == 0, "");
        if (r.holds != YES || !r.named) return r;
        (bool ok, bytes memory data) = _ask(row.data);
        r.known = ok;
        if (ok) r.data = abi.decode(data, (bytes));
    }

    function _after(Context memory x) internal {
        for (uint256 i = 0; i < x.claims.length; i++) _claim(x.claims[i].id, _every(x.claims[i].forall, x.claims[i].clause, x.claims[i].enumerated));
    }

    // ---------------------------------------------------------------- reverts, succeeds, equals
    // `odd`: strangers refuse, or answer what nobody hopes for
    function _refusals(Context memory x, Clauses memory c, Trial memory t, uint256 value, bool odd) internal {
        if (!t.payable_ && value > 0) {
            _hit(x.nonpayable);
            if (t.ok) _fail(x.nonpayable, MUST_REVERT, "");
            return;
        }
        (bool allowed, bool any, bool free, bool none) = (false, false, false, true);
        for (uint256 i = 0; i < c.refusals.length; i++) {
            Refusal memory r = c.refusals[i];
            if (r.holds != NO) none = false;
            if (r.holds != YES) continue;
            if (!r.named || !r.known) (any, free) = (true, free || !r.named);
            else if (keccak256(r.data) == keccak256(t.ret)) allowed = true;
        }
        for (uint256 i = 0; i < c.refusals.length; i++) {
            Refusal memory r = c.refusals[i];
            if (r.holds != YES) continue;
            _hit(r.id);
            if (t.ok) _fail(r.id, MUST_REVERT, "");
            else if (r.named && !r.known && !allowed && !free) _fail(r.id, UNDEFINED, "");
            else if (!allowed && !any) _fail(r.id, ERRORS, abi.encode(_expected(c), t.ret));
        }
        if (!odd) _promised(c, t, none);
    }

    function _promised(Clauses memory c, Trial memory t, bool none) private {
        for (uint256 i = 0; i < c.dues.length; i++) if (!c.dues[i].known || c.dues[i].to == at) return;
        for (uint256 i = 0; i < c.premises.length; i++) {
            Premise memory p = c.premises[i];
            if (p.otherwise ? !none : p.holds != YES) continue;
            _hit(p.id);
            if (!t.ok) _fail(p.id, MUST_SUCCEED, t.ret);
        }
        if (!none) return;
        for (uint256 i = 0; i < c.derived.length; i++) {
            Derived memory d = c.derived[i];
            _hit(d.id);
            if (!d.known) { if (t.ok) _fail(d.id, MUST_REVERT, ""); }
            else if (!t.ok || keccak256(t.ret) != keccak256(d.expected)) _fail(d.id, RETURNED, abi.encode(d.expected, t.ok, t.ret));
        }
    }

    function _expected(Clauses memory c) private pure returns (bytes[] memory data) {
        data = new bytes[](c.refusals.length);
        uint256 n = 0;
        for (uint256 i = 0; i < data.length; i++) if (c.refusals[i].holds == YES && c.refusals[i].known) data[n++] = c.refusals[i].data;
        assembly { mstore(data, n) }
    }

    // ---------------------------------------------------------------- changes and frames
    function _isOpen(Clauses memory c, Combo memory k) internal pure returns (bool) {
        for (uint256 i = 0; i < c.opens.length; i++) {
            if (c.opens[i].getter == k.getter && (c.opens[i].all || !c.opens[i].known || _sameKeys(c.opens[i].keys, k.keys))) return true;
        }
        return false;
    }

    function _valueOf(uint256 g, bool ok, bytes memory r) private view returns (bool known, Z memory z) {
        if (!ok || r.length != 32) return (false, z);
        return (true, getters[g].kind == 2 ? int_(int256(uint256(bytes32(r)))) : nat(uint256(bytes32(r))));
    }

    function _moved(Context memory x, Clauses memory c, Combo[] memory list) internal {
        for (uint256 i = 0; i < c.deltas.length; i++) {
            _hit(c.deltas[i].id);
            if (!c.deltas[i].known) { _fail(c.deltas[i].id, UNDEFINED, ""); return; }
        }
        bool[] memory ok = new bool[](list.length);
        bytes[] memory now_ = new bytes[](list.length);
        vm.startPrank(reader, readerOrigin);
        for (uint256 i = 0; i < list.length; i++) (ok[i], now_[i]) = _where(list[i].getter).staticcall(list[i].call);
        vm.stopPrank();
        for (uint256 i = 0; i < list.length; i++) _movedAt(x, c, list[i], ok[i], now_[i]);
    }

    // a deployment leaves the environment as it was
    function _leftAlone(Context memory x, Combo[] memory list) internal {
        for (uint256 i = 0; i < list.length; i++) {
            vm.prank(reader, readerOrigin);
            (bool ok, bytes memory now_) = there.staticcall(list[i].call);
            Clauses memory none;
            _movedAt(x, none, list[i], ok, now_);
        }
    }

    function _movedAt(Context memory x, Clauses memory c, Combo memory k, bool ok, bytes memory now_) private {
        uint256 id = NONE;
        for (uint256 j = c.deltas.length; j > 0; j--) if (c.deltas[j - 1].getter == k.getter && _sameKeys(c.deltas[j - 1].keys, k.keys)) id = c.deltas[j - 1].id;
        if (id != NONE) { _changedAt(id, c, k, ok, now_); return; }
        if (_isOpen(c, k)) return;
        id = x.frames[k.getter];
        _hit(id);
        if (ok != k.ok || (ok && keccak256(now_) != keccak256(k.before))) _fail(id, READ, abi.encode(k.call, k.ok ? k.before : bytes(""), now_, nat(0), getters[k.getter].foreign));
    }

    function _changedAt(uint256 id, Clauses memory c, Combo memory k, bool ok, bytes memory now_) private {
        (bool known, Z memory expected) = _valueOf(k.getter, k.ok, k.before);
        for (uint256 j = 0; known && j < c.deltas.length; j++) {
            Delta memory d = c.deltas[j];
            if (d.getter == k.getter && _sameKeys(d.keys, k.keys)) expected = d.minus ? sub(expected, d.amount) : add(expected, d.amount);
        }
        (bool after_, Z memory found) = _valueOf(k.getter, ok, now_);
        if (known && after_ && eq(expected, found)) return;
        bytes memory word = known && expected.hi == 0 && !expected.neg ? abi.encode(expected.lo) : bytes("");
        if (known && expected.neg && getters[k.getter].kind == 2 && expected.lo <= 1 << 255) word = abi.encode(asInt(expected, 256));
        _fail(id, known ? READ : UNDEFINED, abi.encode(k.call, word, now_, expected, getters[k.getter].foreign));
    }

    // ---------------------------------------------------------------- ether
    function _purses(Clauses memory c, address sender) internal returns (Purse[] memory list) {
        for (uint256 i = 0; i < c.dues.length; i++) if (c.dues[i].known && c.dues[i].when) _meetAddress(c.dues[i].to);
        _meetAddress(sender);
        bytes32[] memory pool = pools[AN_ADDRESS];
        list = new Purse[](pool.length);
        for (uint256 i = 0; i < pool.length; i++) list[i] = Purse(_address(pool[i]), _address(pool[i]).balance);
    }

    // a payment to itself is no payment
    function _paid(Context memory x, Clauses memory c, Trial memory t, Step memory s) internal {
        Z memory rest = add(nat(t.own), nat(s.value));
        _hit(x.pays);
        for (uint256 i = 0; i < c.dues.length; i++) {
            Due memory d = c.dues[i];
            if (d.id != x.pays) _hit(d.id);
            if (!d.known) { _fail(d.id, UNDEFINED, ""); return; }
            if (d.when && d.to != at) rest = sub(rest, d.amount);
        }
        bool wrong = false;
        for (uint256 i = 0; i < t.purses.length; i++) if (_unpaid(x, c, t.purses[i], s)) wrong = true;
        if (!wrong && !eq(rest, nat(at.balance))) _fail(x.pays, BALANCE, abi.encode(at, rest.hi == 0 && !rest.neg, rest.lo));
    }

    function _unpaid(Context memory x, Clauses memory c, Purse memory p, Step memory s) private returns (bool) {
        if (p.who == at) return false;
        uint256 id = x.pays;
        Z memory expected = nat(p.before);
        if (p.who == s.sender) expected = sub(expected, nat(s.value));
        for (uint256 j = 0; j < c.dues.length; j++) {
            if (!c.dues[j].when || c.dues[j].to != p.who) continue;
            if (id == x.pays) id = c.dues[j].id;
            expected = add(expected, c.dues[j].amount);
        }
        if (eq(expected, nat(p.who.balance))) return false;
        _fail(id, BALANCE, abi.encode(p.who, expected.hi == 0 && !expected.neg, expected.lo));
        return true;
    }

    // ---------------------------------------------------------------- events, as a multiset
    function _emitted(Context memory x, Clauses memory c, Vm.Log[] memory logs) internal {
        if (!x.emits) return;
        _hit(x.emitsId);
        for (uint256 i = 0; i < c.emissions.length; i++) {
            if (c.emissions[i].id != x.emitsId) _hit(c.emissions[i].id);
            if (!c.emissions[i].known) { _fail(c.emissions[i].id, UNDEFINED, ""); return; }
        }
        bool[] memory taken = new bool[](logs.length);
        bool missing = false;
        for (uint256 i = 0; i < c.emissions.length; i++) {
            if (!c.emissions[i].when || _take(c.emissions[i], logs, taken)) continue;
            missing = true;
            _fail(c.emissions[i].id, LOGS, _logs(c));
        }
        if (missing) return;
        for (uint256 j = 0; j < logs.length; j++) if (logs[j].emitter == at && !taken[j]) { _fail(x.emitsId, LOGS, _logs(c)); return; }
    }

    function _take(Emission memory e, Vm.Log[] memory logs, bool[] memory taken) private view returns (bool) {
        for (uint256 j = 0; j < logs.length; j++) {
            if (taken[j] || logs[j].emitter != at || !_sameKeys(logs[j].topics, e.topics) || keccak256(logs[j].data) != keccak256(e.data)) continue;
            taken[j] = true;
            return true;
        }
        return false;
    }

    function _logs(Clauses memory c) private pure returns (bytes memory) {
        uint256 n = 0;
        for (uint256 i = 0; i < c.emissions.length; i++) if (c.emissions[i].when) n++;
        bytes32[][] memory topics = new bytes32[][](n);
        bytes[] memory data = new bytes[](n);
        n = 0;
        for (uint256 i = 0; i < c.emissions.length; i++) if (c.emissions[i].when) (topics[n], data[n++]) = (c.emissions[i].topics, c.emissions[i].data);
        return abi.encode(topics, data);
    }
}
