// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Types.sol";
import {Provide} from "./Provide.sol";

// What is drawn: who acts, the chain, calls and their arguments. A call is drawn with an aim: that nothing refuses, that one clause alone does, or none.
abstract contract Draw is Provide {
    function next() external override own returns (uint256) { return _next(); }
    function someNumber(uint256 bits) external override own returns (uint256) { return _someNumber(bits); }
    function someAddress() external override own returns (address) { return _someAddress(); }
    function someBytes32() external override own returns (bytes32) { return _someBytes32(); }
    function someBytes() external override own returns (bytes memory) { return _someBytes(); }
    function someKey(uint256 kind) external override own returns (bytes32) { return _someKey(kind); }

    function _next() internal override returns (uint256) {
        uint256 x = uint256(keccak256(abi.encode(luck)));
        luck = x;
        return x >> 8;
    }

    // ---------------------------------------------------------------- who there is
    function _canAct(address a) internal view returns (bool) { return uint160(a) > 0x200 && a != at && !_isOurs(a); }

    function _clean(address a) internal {
        if (!_canAct(a) || isCoded[a] || a == there) return;
        vm.deal(a, 0);
        if (a.code.length > 0) vm.etch(a, "");
    }

    function _code(address a) internal {
        if (a == there) return;
        coded.push(a);
        isCoded[a] = true;
        vm.etch(a, stranger.code);
    }

    function _actor(address a) private {
        if (_has(AN_ADDRESS, bytes32(uint256(uint160(a))))) return;
        _meetAddress(a);
        if (!_canAct(a)) return;
        _clean(a);
        if (_next() % 5 < 2) _code(a);
    }

    function _populate(Run memory run) internal {
        for (uint256 i = 0; i < POOLS; i++) pools.push();
        uint256 x = _next();
        run.reader = address(uint160(uint256(keccak256(abi.encode("reader", x)))));
        run.readerOrigin = x % 3 == 0 ? run.reader : address(uint160(x >> 16));
        run.readerCode = x % 5 == 0;
        _read(run);
        address[4] memory base = [address(0xA11CE), address(0xB0B), address(0xCA401), address(0xDA4E)];
        for (uint256 i = 0; i < 4; i++) _actor(base[i]);
        x = _next();
        if (addresses.length > 0 && x % 4 != 0) _actor(addresses[(x >> 8) % addresses.length]);
        if (addresses.length > 1 && x % 4 == 1) _actor(addresses[(x >> 16) % addresses.length]);
        if (x % 16 == 2) _actor(address(uint160(x >> 32)));
        _settle(run);
        if (coded.length == 0) _code(base[(x >> 40) % 4]);
        for (uint256 i = 0; i < 1 + (x >> 2) % 3; i++) favourites.push(_address(pools[AN_ADDRESS][(x >> (48 + 8 * i)) % pools[AN_ADDRESS].length]));
        _meetAddress(address(0));
        for (uint256 i = 0; i < 4; i++) _meet(AN_INTEGER, bytes32(i));
        _meet(SOME_BYTES, 0);
        _meet(SOME_BYTES, bytes32(x << 8));
        _intern("");
        _intern("a name");
        understood = true;
    }

    function _read(Run memory run) internal {
        (reader, readerOrigin) = (run.reader, run.readerOrigin);
        spec.setReader(reader, readerOrigin);
        vm.etch(reader, run.readerCode ? bytes(hex"00") : bytes(""));
    }

    function _someAddress() internal override returns (address) {
        uint256 x = _next();
        if (there != address(0) && (x >> 100) % (deployed ? 24 : 3) == 0) return there;
        if (addresses.length > 0 && x % 16 == 0) return addresses[(x >> 8) % addresses.length];
        if (x % 16 < 12 && favourites.length > 0) return favourites[(x >> 8) % favourites.length];
        bytes32[] storage pool = pools[AN_ADDRESS];
        return _address(pool[(x >> 8) % pool.length]);
    }

    // often who deployed, or who acted last
    function _someSender() internal override returns (address a) {
        uint256 x = _next() % 8;
        if (x == 3 && there != address(0) && _next() % 8 == 0) return there;
        if (x < 2 && deployer != address(0)) return deployer;
        if (x == 2 && lastSender != address(0)) return lastSender;
        for (uint256 i = 0; i < 6; i++) {
            a = _someAddress();
            if (_canAct(a) && (a.code.length == 0 || isCoded[a])) return lastSender = a;
        }
        return address(0xA11CE);
    }

    function _someOrigin(address sender) private returns (address) {
        uint256 x = _next();
        if (x % 2 == 0) return sender;
        if (x % 8 == 1 && addresses.length > 0) return addresses[(x >> 8) % addresses.length];
        if (x % 8 == 3) return address(uint160(x >> 16));
        return _someSender();
    }

    // ---------------------------------------------------------------- values
    // a number: small, a constant of the code, near the value of a getter, the largest, a round one, or any
    function _someNumber(uint256 bits) internal override returns (uint256 n) {
        uint256 x = _next();
        uint256 r = x >> 16;
        uint256 way = x % 13;
        unchecked {
            if (way == 0) n = r % 3 == 0 ? (r >> 2) % 128 : (r >> 2) % 4;
            else if (way < 4 && words.length > 0) n = uint256(words[r % words.length]) + ((x >> 8) % 8 == 0 ? 1 : 0);
            else if (way < 6) n = _someReading(r);
            else if (way == 6) n = type(uint256).max - r % 3;
            else if (way == 7) n = (1 + r % 9) * 10 ** ((r >> 8) % 20);
            else if (way == 8) n = r % 100000;
            else if (way < 11) n = recent[r % 4];
            else if (way == 11) n = block.timestamp + (r % 3 == 0 ? 0 : (r >> 8) % 1e6);
            else if (r % 2 == 0) n = _someGap(r >> 1);
            else n = r >> ((x >> 8) % 240);
        }
        if (bits < 256) n = way == 6 ? (1 << bits) - 1 - r % 3 : n % (1 << bits);
        if (!deployed && n >= 1 << 90 && r % 4 > 0) n = n % 1e18; // what a contract begins with is often paid later
        if (n > 3) recent[(r >> 8) % 4] = n;
    }

    function _someReading(uint256 r) private returns (uint256) {
        if (getters.length == 0 || !deployed) return r % 2 == 0 ? block.timestamp + (r >> 8) % 1e5 : r % 1e18;
        uint256 g = r % getters.length;
        if (getters[g].kind != 1) return r % 1000;
        bytes32[] memory keys = new bytes32[](getters[g].keys.length);
        for (uint256 i = 0; i < keys.length; i++) {
            bytes32[] memory some = _sample(getters[g].keys[i], CAP, new bytes32[](0));
            if (some.length == 0) return r % 1000;
            keys[i] = some[(r >> (16 + 16 * i)) % some.length];
        }
        vm.prank(reader, readerOrigin);
        (bool ok, bytes memory v) = _where(g).staticcall(_encode(g, keys));
        if (!ok || v.length != 32) return r % 1000;
        uint256 n = uint256(bytes32(v));
        unchecked {
            if ((r >> 64) % 8 < 3) return n;
            if ((r >> 64) % 8 == 3) return n + 1;
            if ((r >> 64) % 8 == 4) return n - 1;
            return n == type(uint256).max ? r : (r >> 72) % (n + 1);
        }
    }

    // what is missing between two getters that a clause compares
    function _someGap(uint256 r) private returns (uint256 n) {
        if (gaps.length == 0 || !deployed) return r % 1e18;
        (bool ok, bytes memory word) = _ask(gaps[r % gaps.length]);
        n = ok ? abi.decode(word, (uint256)) : r % 1e18;
        unchecked { if ((r >> 32) % 4 == 0) n += (r >> 40) % 2 == 0 ? 1 : (r >> 48) % 1000; }
    }

    function _someValue() private returns (uint256) {
        uint256 x = _next();
        if (x % 4 == 2 && (x >> 2) % 2 == 0) return _someGap(x >> 8) % (1 << 96);
        if (x % 4 == 0) return (x >> 8) % 1e19;
        if (x % 4 == 1) return (x >> 8) % 3000;
        return _someNumber(96);
    }

    // what is aimed at may be more than all ether: one less than nothing is
    function _affordable(uint256 value) private pure returns (uint256) { return value % (1 << 96); }

    function _someBytes32() internal override returns (bytes32) {
        uint256 x = _next();
        bytes32[] storage pool = pools[SOME_BYTES];
        if (x % 3 == 0) return bytes32(x << 8);
        if (x % 3 == 1 && words.length > 0) return words[(x >> 8) % words.length];
        return pool[(x >> 8) % pool.length];
    }

    function _someBytes() internal returns (bytes memory text) {
        uint256 x = _next();
        if (x % 2 == 0 && textList.length > 0) return textList[(x >> 8) % textList.length];
        uint8[6] memory lengths = [0, 1, 4, 31, 32, 65];
        text = new bytes(lengths[(x >> 8) % 6]);
        for (uint256 i = 0; i < text.length; i++) text[i] = bytes1(uint8(97 + (x >> (i % 200)) % 26));
    }

    function _someKey(uint256 kind) internal returns (bytes32) {
        bytes32[] memory some = _sample(kind, CAP + 8, new bytes32[](0));
        return some.length == 0 ? bytes32(0) : some[_next() % some.length];
    }

    // ---------------------------------------------------------------- the chain
    // `still`: time mostly stands
    function _drawWorld(Step memory s, Context memory x, uint256 r, bool still) private {
        if (r % 8 == 0) s.chainId = [uint256(1), 10, 31337, 8453, (r >> 8) % (1 << 63)][(r >> 80) % 5];
        if ((r >> 3) % 8 == 0) s.prevrandao = (r >> 11) % 3 == 0 ? 0 : uint256(keccak256(abi.encode(r)));
        if ((r >> 6) % 8 == 0) s.coinbase = (r >> 14) % 3 == 0 ? address(0) : _someAddress();
        if ((r >> 9) % 8 == 0) s.baseFee = (r >> 17) % (1 << 40);
        if (still && (r >> 112) % 8 > 0) return;
        uint256 late = (r >> 12) % 8;
        if (s.kind == LATER) late = late % 3;
        uint256 step = r >> 24;
        if (late == 0) step = step % 4;
        else if (late == 1) step = step % 1e7;
        else if (late == 2 && words.length > 0) step = uint256(words[step % words.length]) % (1 << 64) + (step >> 32) % 2;
        else step = 0;
        if (step < 1 << 40) (s.timestamp, s.number) = (s.timestamp + step, s.number + (step + 11) / 12);
        if ((r >> 15) % 2 == 0) _drawMoment(s, x, r >> 17);
        if (s.timestamp >= 1 << 63) s.timestamp = (1 << 63) - 1;
        if (s.number >= 1 << 63) s.number = (1 << 63) - 1;
    }

    // a moment that a clause speaks of, or next to it
    function _drawMoment(Step memory s, Context memory x, uint256 r) private {
        bytes4[] memory parts = r % 4 == 0 ? x.numbers : x.times;
        if (parts.length == 0) return;
        (bool ok, bytes memory answer_) = _ask(parts[(r >> 8) % parts.length]);
        if (!ok) return;
        uint256 t = abi.decode(answer_, (uint256));
        if (t >= 1 << 63) return;
        if ((r >> 2) % 3 == 0) t++;
        else if ((r >> 2) % 3 == 1 && t > 0) t--;
        if (r % 4 == 0) { if (t >= s.number) s.number = t; }
        else if (t >= s.timestamp) s.timestamp = t;
    }

    // ---------------------------------------------------------------- steps
    // `probing`: a deployment that is refused is of interest too
    function _drawDeploy(bool probing) internal returns (Step memory s) {
        Context memory x = _context(0);
        uint256 r = _next();
        s.kind = DEPLOY;
        s.sender = _someSender();
        s.origin = _someOrigin(s.sender);
        s.timestamp = r % 4 == 0 ? 1 + (r >> 8) % 1000 : 1_700_000_000 + (r >> 8) % 1e8;
        s.number = 1 + (r >> 40) % 1e7;
        s.chainId = 31337;
        s.arrived = (r >> 64) % 4 == 0 ? 1 + (r >> 66) % 1e6 : 0;
        _drawWorld(s, x, r >> 96, true);
        _world(s);
        uint256 goal = probing ? _next() % 4 : 2;
        for (uint256 i = 0; i < 12; i++) {
            _drawDeployment(s, x, goal, r);
            if (there == address(0) || (probing && (r >> 100) % 2 == 0) || _names(s, i > 7)) break;
        }
        deployer = s.sender;
        if (r % 4 == 0) favourites.push(deployer);
    }

    function _drawDeployment(Step memory s, Context memory x, uint256 goal, uint256 r) private {
        for (uint256 i = 0; i < 10; i++) {
            spec.setCall(s.sender, deployPayable ? _someValue() : (r >> 90) % 32 == 0 ? 1 : 0, 0);
            spec.setArgs("");
            if (x.draw != 0) _ask(x.draw);
            if (x.aim != 0) _ask(x.aim);
            address who;
            (who, s.value, s.data) = spec.drawn();
            s.value = _affordable(s.value);
            spec.setCall(who, s.value, 0);
            if (goal == 0 || _reached(x, goal == 1 ? 1 : 0)) break;
        }
        (address who,,) = spec.drawn();
        if (_canAct(who) && who != there) s.sender = who;
    }

    // goal 0: nothing refuses; else: one clause alone does
    function _reached(Context memory x, uint256 goal) private returns (bool) {
        uint256 n = x.refusals.length;
        if (n == 0) return true;
        for (uint256 i = 0; i < n; i++) {
            uint8 wanted = goal > 0 && i == (goal - 1) % n ? YES : NO;
            if (_premise(x.refusals[i].forall, x.refusals[i].clause) != wanted) return false;
        }
        return true;
    }

    function _drawStep(Step memory last, uint256 focus) internal returns (Step memory s) {
        uint256 x = _next();
        uint256 n = functions.length;
        (s.timestamp, s.number, s.chainId, s.prevrandao, s.coinbase, s.baseFee) = (last.timestamp, last.number, last.chainId, last.prevrandao, last.coinbase, last.baseFee);
        s.kind = CALL;
        uint256 f = focus;
        if (focus == NONE) {
            uint256 way = x % 32;
            if (way < 4) s.kind = way < 2 ? ETHER : LATER;
            else if (way < 10 && there != address(0)) s.kind = USE;
            else f = way == 4 ? n + 1 : _some(false, x >> 8);
        } else if (focus == USES) s.kind = USE;
        else if (focus == n) s.kind = x % 2 == 0 ? ETHER : LATER;
        else if (focus == n + 2) f = _some(true, x >> 8);
        if (focus < USES && focus > n + 2) _drawRule(s, focus - n - 3, x >> 8);
        else if (s.kind != CALL) {
            Context memory c = _context(n == 0 ? 0 : 1 + (x >> 40) % n);
            if (s.kind == ETHER) s.value = 1 + (x >> 8) % 1e18;
            _drawWorld(s, c, x >> 48, false);
            if (s.kind == USE) _drawUse(s, x >> 8);
        } else if (f >= n) _drawUnknown(s, x >> 8);
        else _drawCall(s, f, x >> 8, focus == NONE && x >> 16 & 7 > 0);
    }

    function _some(bool view_, uint256 r) private view returns (uint256) {
        for (uint256 i = 0; i < 64; i++) {
            uint256 f = uint256(keccak256(abi.encode(r, i))) % functions.length;
            if (functions[f].view_ == view_) return f;
        }
        return functions.length + 1;
    }

    function _drawUnknown(Step memory s, uint256 x) private {
        Context memory none;
        _drawWorld(s, none, x >> 64, true);
        s.sender = _someSender();
        s.origin = _someOrigin(s.sender);
        s.value = x % 4 == 0 ? 1 + (x >> 2) % 1000 : 0;
        uint256 way = (x >> 12) % 8;
        if (way == 0 || way == 3) { s.value = 1 + (x >> 2) % 1000; return; }
        if (way == 1) { s.data = new bytes(1 + (x >> 16) % 3); return; }
        bytes4 sig = bytes4(uint32(x >> 96));
        if (way == 2) { // a known function without its arguments
            sig = functions[(x >> 16) % functions.length].selector;
            if (sig != 0) { s.data = abi.encodePacked(sig); return; }
        }
        if (selectors.length > 0 && way < 7) sig = selectors[(x >> 16) % selectors.length];
        if ((x >> 24) % 3 == 0) s.data = abi.encodePacked(sig);
        else if ((x >> 24) % 3 == 1) s.data = abi.encodePacked(sig, _someNumber(256));
        else s.data = abi.encodePacked(sig, uint256(uint160(_someAddress())), (x >> 20) % 2 == 0 ? _someNumber(256) : uint256(uint160(_someAddress())), _someNumber(256));
    }

    function _drawRule(Step memory s, uint256 number, uint256 x) private {
        Rule memory r = _ruleOf(number);
        s.kind = RULE;
        Context memory times;
        times.times = r.times;
        _drawWorld(s, times, x >> 64, x % 4 > 0);
        _world(s);
        s.refuse = (x >> 32) % 16 == 0;
        s.answer = (x >> 36) % 8 == 0 ? 1 + uint8((x >> 40) % 6) : 0;
        bytes memory args;
        for (uint256 i = 0; i < 8; i++) {
            spec.setCall(address(0), 0, 0);
            spec.setArgs("");
            if (r.draw != 0) _ask(r.draw);
            if (r.aim != 0 && (x >> (8 + 2 * i)) % 4 > 0) _ask(r.aim);
            (,, args) = spec.drawn();
            s.data = bytes.concat(bytes4(uint32(number)), args);
            if (_comesTo(s)) break;
        }
    }

    // `plain`: on the way to what is looked at, a call had better succeed
    function _drawCall(Step memory s, uint256 f, uint256 x, bool plain) private {
        Context memory c = _context(1 + f);
        _drawWorld(s, c, x >> 64, plain);
        _world(s);
        uint256 goal = plain ? 0 : (x >> 8) % 5;
        address who = (x >> 12) % 3 == 0 && coded.length > 0 ? coded[(x >> 16) % coded.length] : address(0);
        if (c.needs.length > 0 && (x >> 18) % 4 > 0) {
            (s.sender,,,) = _drawInput(c, f, who, 0, 2);
            if (who == address(0)) who = s.sender;
            _provide(c, s);
        }
        for (uint256 i = 0; i < 3; i++) {
            bool reached;
            (s.sender, s.value, s.data, reached) = _drawInput(c, f, who, goal > 2 ? 1 + (x >> 20) % 16 : goal == 2 ? NONE : 0, plain ? 3 : 4);
            if (reached || goal == 2 || i == 2) break;
            if (plain) { // then some other that the state allows
                f = _some(false, x >> (48 + i));
                c = _context(1 + f);
            } else { // then some other time
                _drawWorld(s, c, x >> (72 + 8 * i), false);
                _world(s);
            }
        }
        s.origin = _someOrigin(s.sender);
        if ((x >> 24) % 12 == 0 && s.data.length >= 4) s.data = bytes.concat(s.data, new bytes(1 + (x >> 28) % 40));
        s.refuse = (x >> 32) % 8 == 0;
        s.answer = (x >> 36) % 6 == 0 ? 1 + uint8((x >> 40) % 6) : 0;
        if (!functions[f].view_ && x % 8 == 0 && coded.length > 0) _drawCallbacks(s, f, x >> 44);
    }

    function _drawInput(Context memory c, uint256 f, address who, uint256 goal, uint256 tries)
        private
        returns (address sender, uint256 value, bytes memory args, bool reached)
    {
        Fn memory fn = functions[f];
        for (uint256 i = 0; i < tries && !reached; i++) {
            uint256 x = _next();
            sender = who != address(0) && 2 * i <= tries ? who : _someSender();
            value = fn.payable_ ? _someValue() : _next() % 48 == 0 ? 1 + _next() % 1000 : 0;
            spec.setCall(sender, value, fn.selector);
            spec.setArgs("");
            if (c.draw != 0) _ask(c.draw);
            if (c.aim != 0 && (goal == 0 || (x >> 8) % 4 > 0)) _ask(c.aim);
            address first = sender;
            (sender, value, args) = spec.drawn();
            if (!_canAct(sender)) sender = first;
            value = _affordable(value);
            spec.setCall(sender, value, fn.selector);
            if (goal == NONE || (value > 0 && !fn.payable_)) break;
            if (2 * i < tries && x % 4 > 1 && _isTrivial(args)) continue;
            reached = _reached(c, goal);
        }
        if (f == receive_) args = "";
        else args = bytes.concat(f == fallback_ ? bytes4(uint32(_next())) : fn.selector, args);
    }

    // some word of the arguments is zero: such calls succeed easily and show little
    function _isTrivial(bytes memory args) private pure returns (bool) {
        for (uint256 i = 32; i <= args.length; i += 32) {
            uint256 x;
            assembly { x := mload(add(args, i)) }
            if (x == 0) return true;
        }
        return false;
    }

    function _drawCallbacks(Step memory s, uint256 f, uint256 x) private {
        s.callbacks = new Callback[](x % 4 == 0 ? 2 : 1);
        address who = isCoded[s.sender] ? s.sender : coded[(x >> 4) % coded.length];
        for (uint256 i = 0; i < s.callbacks.length; i++) {
            if ((x >> (8 + 2 * i)) % 3 == 0) { s.callbacks[i] = Callback(s.value, s.data, false); continue; }
            if ((x >> (64 + 3 * i)) % 5 == 0) { s.callbacks[i] = Callback(1 + (x >> 80) % 1e6, "", true); continue; }
            uint256 g = (x >> (16 + i)) % 2 == 0 ? f : _some(false, x >> (32 + i));
            (, s.callbacks[i].value, s.callbacks[i].data,) = _drawInput(_context(1 + g), g, who, (x >> 24) % 2 == 0 ? 0 : NONE, 3);
            if (!functions[g].payable_) s.callbacks[i].value = 0;
        }
        if (x % 3 != 0) s.refuse = false;
    }
}
