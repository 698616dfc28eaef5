// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Exact.sol";
import "./Types.sol";
import {Vm} from "./Vm.sol";
import {Base, IEngine} from "./Base.sol";
import {Stranger, IStage} from "./Stranger.sol";
import {There, IThere} from "./There.sol";

// What the parts of the engine share: the state of a campaign, of a run and of a step, and how clauses are asked.
// One run is one external call of ourselves that always reverts with what it found, so that the EVM itself undoes it.
abstract contract Stage is IStage, IThere, IEngine {
    error Done(uint256[] hits, Violation[] violations, Run run, Outcome[] outcomes, Seen[] seen, bool understood);

    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    uint8 internal constant DEPLOY = 0;
    uint8 internal constant CALL = 1;
    uint8 internal constant ETHER = 2;
    uint8 internal constant LATER = 3;
    uint8 internal constant RULE = 4; // `data`: the number of the rule in four bytes, then its parameters

    uint8 internal constant USE = 5; // somebody uses the environment: `data` is the call

    // statements of rules
    uint8 internal constant GIVEN = 0;
    uint8 internal constant CLAIMED = 1;
    uint8 internal constant BY = 2;
    uint8 internal constant PASSES = 3;
    uint8 internal constant RESTART = 4;
    uint8 internal constant NAMED = 5;
    uint8 internal constant CALLED = 6;

    // how a violation shows
    uint8 internal constant FALSE_ = 0;
    uint8 internal constant UNDEFINED = 1;
    uint8 internal constant MUST_REVERT = 2;
    uint8 internal constant MUST_SUCCEED = 3;
    uint8 internal constant READ = 4;
    uint8 internal constant BALANCE = 5;
    uint8 internal constant LOGS = 6;
    uint8 internal constant ERRORS = 7;
    uint8 internal constant AT_CALLOUT = 8;
    uint8 internal constant RETURNED = 9;

    uint8 internal constant NO = 0;
    uint8 internal constant YES = 1;
    uint8 internal constant UNKNOWN = 2;

    uint256 internal constant NONE = type(uint256).max;
    uint256 internal constant USES = NONE - 1; // runs that end with what others do with the environment
    uint256 internal constant CAP = 20;
    address internal constant STORE = address(0x50C0DE00); // holds the creation code; the contexts lie behind it
    address internal constant MODEL = address(0x30DE1C0DE); // holds the code of the environment's model
    bytes32 internal constant MARK = keccak256("asked for what the model lacks");
    bytes internal constant REFUSER = hex"5f5ffd";

    // kinds of keys; one above stands for the words below kind - POOLS
    uint256 internal constant AN_ADDRESS = 0;
    uint256 internal constant AN_INTEGER = 1;
    uint256 internal constant SOME_BYTES = 2;
    uint256 internal constant A_TEXT = 3;
    uint256 internal constant POOLS = 4;

    // ---------------------------------------------------------------- of a campaign, not undone
    Base internal spec;
    address internal stranger;
    bytes32[] internal words;
    address[] internal addresses;
    bytes4[] internal selectors;
    mapping(bytes4 => bool) internal extraView;
    mapping(uint256 => bool) internal muted;
    uint256 internal only = NONE; // while one obligation is looked at
    Getter[] internal getters;
    Fn[] internal functions;
    ClaimRow[] internal invariants;
    bool[] internal locked;
    ClaimRow[] internal assumptions;
    ClaimRow[] internal canaries;
    OldRow[] internal canaryOlds;
    uint8[][] internal foralls;
    bytes4[] internal gaps;
    uint256[][] internal calloutIds; // by function
    uint256 internal obligations;
    uint256 internal canaryFalse;
    uint256 internal selectorId;
    uint256 internal etherId;
    uint256 internal receive_;
    uint256 internal fallback_;
    bool internal deployPayable;
    bool internal keyedByAddress;
    bool internal keyedByInteger;
    address internal proxy; // whose code stands at the environment's address; 0: there is no environment
    uint256 internal addressGetter;
    bytes4 internal namedPart;
    mapping(bytes4 => bool) internal modelHas;
    Move[] internal moves;
    uint256[] internal open;

    // ---------------------------------------------------------------- of a run
    address internal at;
    address internal reader;
    address internal readerOrigin;
    address[] internal coded;
    mapping(address => bool) internal isCoded;
    mapping(address => bool) internal funded;
    bytes32[][] internal pools;
    mapping(bytes32 => bytes) internal texts;
    bytes[] internal textList;
    mapping(bytes32 => bool) internal slotSeen;
    mapping(uint256 => bytes32[][]) internal instances; // by forall
    Violation[] internal violations;
    Outcome[] internal outcomes;
    Seen[] internal seen;
    uint256 internal luck;
    address internal deployer;
    address internal lastSender;
    uint256[4] internal recent; // numbers that were drawn
    address[] internal favourites; // few parties meet more often than many
    bool internal ended;
    bool internal deployed;
    bool internal replaying;
    bool internal final_; // the last step of a run is replayed
    bool internal understood; // every key that was written is in a pool
    address internal there; // the environment
    Word[] internal stored;
    bool internal asked; // it was asked for what its model lacks, or did what its model never does: nothing is known of what came of it
    bytes[] internal provided; // steps: what others did there so that the next call is not refused

    // ---------------------------------------------------------------- of a step
    bool internal stepping;
    bool internal moving; // others use the environment
    bool internal providing; // they do so for the next call, and nothing is judged
    uint256 internal current; // the function that has control
    uint256[] internal stack;
    Callback[] internal callbacks;
    uint256 internal nextCallback;
    uint256 internal callouts;
    address internal visited; // the stranger of the first call-out
    bool internal refusing;
    uint8 internal answering;

    modifier own() {
        require(msg.sender == address(this) || msg.sender == address(spec), "own");
        _;
    }

    function _isOurs(address a) internal view returns (bool) {
        return a == address(this) || a == address(vm) || a == address(spec) || a == stranger || a == proxy || a == reader || a == MODEL || (uint160(a) >= uint160(STORE) && uint160(a) < uint160(STORE) + 1000);
    }

    function _at(address a) internal { at = a; spec.setAt(a); }

    // ---------------------------------------------------------------- the environment
    function lacks(bytes4 sig, uint256 size) external view override returns (bool) {
        if (size < 4) return true;
        if (modelHas[sig]) return false;
        for (uint256 i = 0; moving && i < moves.length; i++) if (moves[i].selector == sig) return false;
        return true;
    }

    function _place(address a) internal {
        if (there != address(0)) vm.etch(there, "");
        there = a;
        spec.setThere(a);
        vm.etch(a, proxy.code);
    }

    function _where(uint256 g) internal view returns (address) { return getters[g].foreign ? there : at; }

    // before what was accessed is forgotten
    function _noteAsked() internal { if (!asked && _isAsked()) asked = true; }

    function _isAsked() internal returns (bool) {
        if (there == address(0)) return false;
        (bytes32[] memory reads,) = vm.accesses(there);
        for (uint256 i = 0; i < reads.length; i++) if (reads[i] == MARK) return true;
        return false;
    }

    // what the contract says its address is
    function _named() internal returns (bool ok, bytes memory r) {
        vm.prank(reader, readerOrigin);
        (ok, r) = at.staticcall(abi.encodePacked(getters[addressGetter].selector));
    }

    // whether the contract speaks of another environment now: then no clause means anything
    function _strayed() internal returns (bool) {
        if (there == address(0)) return false;
        (bool ok, bytes memory r) = _named();
        return !ok || keccak256(r) != keccak256(abi.encode(there));
    }

    function _decode(uint256 c) internal view returns (Context memory) {
        return abi.decode(_stored(address(uint160(STORE) + 1 + uint160(c))), (Context));
    }

    function _ruleOf(uint256 n) internal view returns (Rule memory) {
        return abi.decode(_stored(address(uint160(STORE) + 2 + uint160(functions.length + n))), (Rule));
    }

    // decoded once in a run; only the frame of the run itself asks
    function _context(uint256 c) internal returns (Context memory x) {
        uint256 at_;
        assembly { at_ := tload(add(0x10000000000, c)) }
        if (at_ == 0) {
            x = _decode(c);
            assembly { tstore(add(0x10000000000, c), x) }
        } else assembly { x := at_ }
    }

    function _keep(address where, bytes memory data) internal { vm.etch(where, bytes.concat(hex"00", data)); }

    function _stored(address where) internal view returns (bytes memory data) {
        data = where.code;
        assembly { let n := sub(mload(data), 1) data := add(data, 1) mstore(data, n) }
    }

    // ---------------------------------------------------------------- asking the generated contract
    function _ask(bytes4 part) internal returns (bool ok, bytes memory r) { (ok, r) = address(spec).call(abi.encodePacked(part)); }

    function _probe(bytes4 clause) internal returns (uint8) {
        (bool ok, bytes memory r) = _ask(clause);
        return !ok ? UNKNOWN : abi.decode(r, (bool)) ? YES : NO;
    }

    // as a claim: false if it is so for one instance
    function _every(uint256 forall, bytes4 clause, bool enumerated) internal returns (uint8 holds) {
        if (forall == 0) return _probe(clause);
        if (!enumerated) _enumerate(forall);
        holds = YES;
        bytes32[][] memory all = instances[forall];
        for (uint256 i = 0; i < all.length; i++) {
            spec.setBound(i, all[i]);
            uint8 one = _probe(clause);
            if (one == NO) return NO;
            if (one == UNKNOWN) holds = UNKNOWN;
        }
    }

    // as a premise: samples can only deny a `forall`
    function _premise(uint256 forall, bytes4 clause) internal returns (uint8) {
        if (forall == 0) return _probe(clause);
        return _every(forall, clause, false) == NO ? NO : UNKNOWN;
    }

    function _remember(OldRow memory row) internal {
        if (row.forall == 0) { _rememberOne(row, 0); return; }
        bytes32[][] memory all = instances[row.forall];
        for (uint256 i = 0; i < all.length; i++) {
            spec.setBound(i, all[i]);
            _rememberOne(row, i);
        }
    }

    function _rememberOne(OldRow memory row, uint256 i) private {
        (bool ok, bytes memory r) = _ask(row.part);
        spec.remember(row.number, i, ok ? abi.decode(r, (bytes)) : bytes(""));
    }

    function _enumerate(uint256 forall) internal virtual;

    function _assumed() internal returns (bool) {
        for (uint256 i = 0; i < assumptions.length; i++) if (_premise(assumptions[i].forall, assumptions[i].clause) != YES) return false;
        return true;
    }

    // ---------------------------------------------------------------- claims
    function _hit(uint256 id) internal {
        if (id != NONE) assembly { tstore(id, add(tload(id), 1)) }
    }

    function _fail(uint256 id, uint8 check, bytes memory detail) internal {
        if (id == NONE || (only != NONE && id != only)) return;
        if (id == canaryFalse && muted[id] && !replaying) return;
        violations.push(Violation(id, check, detail));
    }

    function _claim(uint256 id, uint8 holds) internal {
        _hit(id);
        if (holds != YES) _fail(id, holds == NO ? FALSE_ : UNDEFINED, "");
    }

    function _invariantsHold(uint256[] memory ids) internal {
        for (uint256 i = 0; i < invariants.length; i++) _claim(ids[i], _every(invariants[i].forall, invariants[i].clause, false));
    }
}
