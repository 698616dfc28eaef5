// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Types.sol";
import {Walk} from "./Walk.sol";
import {There, IThere} from "./There.sol";

// What others do with the environment: anything that its model lets them do, and, so that calls of the contract are not always refused, what
// raises a getter of the environment on which such a call depends. How that is done is found out by trying the model's functions.
abstract contract Provide is Walk {
    address private constant USUAL = address(0x70CE4); // where the environment is, unless the code says where
    uint256 private constant AMOUNT = 1000;
    uint8 private constant OTHER = 255;

    // kinds of parameters
    uint8 private constant A_NUMBER = 1;
    uint8 private constant A_SIGNED = 2;
    uint8 private constant A_FLAG = 4;

    // A function that raises a getter. Who calls it, and each parameter: the key of that number, or OTHER: anybody else, and the amount.
    struct Raiser { bool known; uint256 move; uint8 sender; uint8[] roles; }
    error Found(Raiser raiser);

    mapping(uint256 => Raiser) private raisers; // by getter

    function _someAddress() internal virtual returns (address);
    function _someNumber(uint256 bits) internal virtual returns (uint256);
    function _someSender() internal virtual returns (address);
    function _someBytes32() internal virtual returns (bytes32);
    function _next() internal virtual returns (uint256);

    // ---------------------------------------------------------------- once in a campaign
    function _learnBeside(Beside[] memory all) internal {
        if (all.length == 0) return;
        Beside memory b = all[0];
        vm.etch(MODEL, b.code);
        proxy = address(new There(IThere(address(this)), MODEL, b.never));
        (addressGetter, namedPart, open) = (b.getter, b.named, b.open);
        for (uint256 i = 0; i < b.has.length; i++) modelHas[b.has[i]] = true;
        for (uint256 i = 0; i < b.moves.length; i++) moves.push(b.moves[i]);
        for (uint256 g = 0; g < getters.length; g++) {
            if (!getters[g].foreign || getters[g].kind != 1) continue;
            try this.seek(g) {} catch (bytes memory why) {
                if (bytes4(why) == Found.selector) {
                    assembly { let n := sub(mload(why), 4) why := add(why, 4) mstore(why, n) }
                    raisers[g] = abi.decode(why, (Raiser));
                }
            }
        }
    }

    // always reverts, with what raises the getter at two keys that nobody had to do with, if anything does
    function seek(uint256 g) external own {
        uint256 n = getters[g].keys.length;
        bytes32[] memory keys = new bytes32[](n);
        for (uint256 k = 0; k < n; k++) {
            if (getters[g].keys[k] != AN_ADDRESS) revert();
            keys[k] = bytes32(0x1111 * (k + 1));
        }
        if (n == 0) revert();
        _place(USUAL);
        moving = true;
        for (uint256 m = 0; m < moves.length; m++) _seekWith(g, keys, m);
        revert();
    }

    // all ways to let the sender and the addresses among the parameters be one of the keys, or somebody else
    function _seekWith(uint256 g, bytes32[] memory keys, uint256 m) private {
        uint16[] memory parameters = moves[m].parameters;
        uint256 ways = keys.length + 1;
        for (uint256 i = 0; i < parameters.length; i++) if (_kind(parameters[i]) == AN_ADDRESS) ways *= keys.length + 1;
        for (uint256 way = 0; way < ways; way++) {
            uint256 rest = way;
            Raiser memory r = Raiser(true, m, OTHER, new uint8[](parameters.length));
            (r.sender, rest) = (_role(rest, keys.length), rest / (keys.length + 1));
            for (uint256 i = 0; i < parameters.length; i++) {
                r.roles[i] = OTHER;
                if (_kind(parameters[i]) == AN_ADDRESS) (r.roles[i], rest) = (_role(rest, keys.length), rest / (keys.length + 1));
            }
            uint256 was = _says(g, keys);
            vm.prank(_who(r.sender, keys, address(0x7777)), address(0x7777));
            (bool ok,) = there.call(_filled(r, keys, AMOUNT, address(0x7777)));
            if (ok && _says(g, keys) == was + AMOUNT) revert Found(r);
        }
    }

    function _kind(uint16 parameter) private pure returns (uint256) { return parameter >> 9; }
    function _bits(uint16 parameter) private pure returns (uint256) { return parameter & 511; }

    function _role(uint256 x, uint256 n) private pure returns (uint8) { return x % (n + 1) == n ? OTHER : uint8(x % (n + 1)); }

    function _who(uint8 role, bytes32[] memory keys, address other) private pure returns (address) {
        return role == OTHER ? other : _address(keys[role]);
    }

    function _says(uint256 g, bytes32[] memory keys) private view returns (uint256) {
        (bool ok, bytes memory r) = there.staticcall(_encode(g, keys));
        return ok && r.length == 32 ? uint256(bytes32(r)) : 0;
    }

    function _filled(Raiser memory r, bytes32[] memory keys, uint256 amount, address other) private view returns (bytes memory data) {
        uint16[] memory parameters = moves[r.move].parameters;
        data = abi.encodePacked(moves[r.move].selector);
        for (uint256 i = 0; i < parameters.length; i++) {
            uint256 bits = _bits(parameters[i]);
            if (_kind(parameters[i]) == AN_ADDRESS) data = bytes.concat(data, abi.encode(_who(r.roles[i], keys, other)));
            else if (_kind(parameters[i]) == A_FLAG) data = bytes.concat(data, abi.encode(true));
            else data = bytes.concat(data, bytes32(bits < 256 ? amount % (1 << (bits - 1)) : amount));
        }
    }

    // ---------------------------------------------------------------- in a run
    function _settle(Run memory run) internal {
        if (proxy == address(0)) return;
        _place(USUAL);
        _meetAddress(there);
        uint256 x = _next();
        for (uint256 i = 0; i < open.length; i++) {
            for (uint256 n = 0; n < 6; n++) {
                uint256 r = _next();
                uint256 word = r % 3 == 0 ? 0 : r % 3 == 1 ? type(uint256).max : (r >> 8) % (x % 2 == 0 ? 1e4 : 1e24);
                stored.push(Word(keccak256(abi.encode(n, open[i])), bytes32(word)));
            }
        }
        _store();
        run.stored = stored;
    }

    function _store() internal { for (uint256 i = 0; i < stored.length; i++) vm.store(there, stored[i].slot, stored[i].value); }

    // whether a deployment would name the environment; where it names another address, the environment may be there from now on
    function _names(Step memory s, bool anywhere) internal returns (bool) {
        address a = _rehearsed(s);
        if (a == there) return true;
        if (!anywhere || uint160(a) <= 0x200 || _isOurs(a) || a == s.sender || (isCoded[a] && coded.length == 1)) return false;
        _move(a);
        if (_rehearsed(s) == a) return true;
        _move(USUAL);
        return false;
    }

    function _move(address a) private {
        for (uint256 i = 0; isCoded[a] && i < coded.length; i++) {
            if (coded[i] != a) continue;
            coded[i] = coded[coded.length - 1];
            coded.pop();
            isCoded[a] = false;
        }
        _place(a);
        _meetAddress(a);
        _store();
    }

    function _rehearsed(Step memory s) private returns (address a) {
        try this.rehearse(s) {} catch (bytes memory why) { if (why.length == 32) a = abi.decode(why, (address)); }
    }

    // somebody does something there
    function _drawUse(Step memory s, uint256 x) internal {
        s.kind = USE;
        s.sender = s.origin = _someSender();
        Move memory m = moves[x % moves.length];
        s.data = abi.encodePacked(m.selector);
        for (uint256 i = 0; i < m.parameters.length; i++) {
            uint256 r = _next();
            (uint256 kind, uint256 bits) = (_kind(m.parameters[i]), _bits(m.parameters[i]));
            bytes32 word;
            if (kind == AN_ADDRESS) word = bytes32(uint256(uint160(r % 3 == 0 ? at : _someAddress())));
            else if (kind == A_FLAG) word = bytes32(r % 2);
            else if (kind == A_NUMBER) word = bytes32(_someNumber(bits));
            else if (kind == A_SIGNED) word = bytes32(_someNumber(bits - 1));
            else word = _someBytes32() & bytes32(~(type(uint256).max >> bits));
            s.data = bytes.concat(s.data, word);
        }
    }

    // Others see to it that a call of this sender with these arguments, which were loaded, need not be refused.
    function _provide(Context memory c, Step memory s) internal {
        providing = true;
        for (uint256 i = 0; i < c.needs.length && i < 5; i++) {
            Raiser memory r = raisers[c.needs[i].getter];
            if (!r.known || _next() % 4 == 0) continue;
            (bool ok, bytes memory answer_) = _ask(c.needs[i].part);
            if (!ok) continue;
            bytes32[] memory keys = abi.decode(answer_, (bytes32[]));
            Step memory u = abi.decode(abi.encode(s), (Step));
            (u.kind, u.value, u.refuse, u.answer, u.callbacks) = (USE, 0, false, 0, new Callback[](0));
            u.sender = u.origin = _who(r.sender, keys, _someSender());
            if (u.sender == at || uint160(u.sender) <= 0x200) continue;
            u.data = _filled(r, keys, _amount(), _someSender());
            _perform(u);
            if (outcomes[outcomes.length - 1].ok) provided.push(abi.encode(u));
            else outcomes.pop();
        }
        providing = false;
    }

    // the same for a call that is given
    function _provideFor(Step memory s) internal {
        uint256 f = s.kind == CALL ? _dispatch(s.data) : NONE;
        if (f == NONE) return;
        _world(s);
        bytes memory args = _arguments(s.data);
        for (uint256 i = 0; i < 4 && 32 * i + 32 <= args.length; i++) {
            uint256 word;
            assembly { word := mload(add(args, mul(32, add(i, 1)))) }
            recent[i] = word;
        }
        spec.setCall(s.sender, s.value, bytes4(s.data));
        if (_load(_context(1 + f), args)) _provide(_context(1 + f), s);
    }

    function _amount() private returns (uint256) {
        uint256 x = _next();
        if (x % 8 == 0) return type(uint256).max - (x >> 8) % 2;
        if (x % 8 == 1) return 1 << (127 + (x >> 8) % 120);
        if (x % 8 == 2) return 1 + (x >> 8) % 100;
        if (x % 8 < 5) return recent[(x >> 8) % 4];
        return (1 + (x >> 8) % 1e6) * (x % 2 == 0 ? 1 : 1e18);
    }
}
