// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Types.sol";
import {Vm} from "./Vm.sol";
import {Base} from "./Base.sol";
import {Draw} from "./Draw.sol";
import {Stranger} from "./Stranger.sol";

// Campaigns of runs, what they found made small, and plays of given runs. The specification and the candidate come in a file.
contract Engine is Draw {
    bool public constant IS_TEST = true;
    uint256 private constant TESTS = 24;
    uint256 private constant PAID = 3; // one run of so many sends ether to what takes none

    function _prepare() private returns (Input memory input) {
        input = abi.decode(vm.readFileBinary("io/input"), (Input));
        stranger = address(new Stranger(this));
        bytes memory code = input.clauses;
        address made;
        assembly { made := create(0, add(code, 32), mload(code)) }
        require(made != address(0), "clauses");
        spec = Base(made);
        _keep(STORE, input.creation);
        words = input.words;
        addresses = input.addresses;
        selectors = input.selectors;
        for (uint256 i = 0; i < input.views.length; i++) extraView[input.views[i]] = true;
        _learnTable(input.table);
        _learnBeside(input.table.beside);
        vm.startMappingRecording();
    }

    function _learnTable(Table memory t) private {
        (obligations, canaryFalse, selectorId, etherId) = (t.obligations, t.canaryFalse, t.selectorId, t.etherId);
        (receive_, fallback_, deployPayable, locked) = (t.receive_, t.fallback_, t.deployPayable, t.locked);
        (foralls, gaps) = (t.foralls, t.gaps);
        for (uint256 i = 0; i < t.canaryOlds.length; i++) canaryOlds.push(t.canaryOlds[i]);
        for (uint256 i = 0; i < t.canaries.length; i++) canaries.push(t.canaries[i]);
        for (uint256 i = 0; i < t.invariants.length; i++) invariants.push(t.invariants[i]);
        for (uint256 i = 0; i < t.assumptions.length; i++) assumptions.push(t.assumptions[i]);
        for (uint256 i = 0; i < t.functions.length; i++) functions.push(t.functions[i]);
        for (uint256 i = 0; i < t.getters.length; i++) {
            getters.push(t.getters[i]);
            for (uint256 k = 0; k < t.getters[i].keys.length; k++) {
                if (t.getters[i].keys[k] == AN_ADDRESS) keyedByAddress = true;
                if (t.getters[i].keys[k] == AN_INTEGER) keyedByInteger = true;
            }
        }
        for (uint256 i = 0; i < t.contexts.length; i++) {
            _keep(address(uint160(STORE) + 1 + uint160(i)), t.contexts[i]);
            if (i > 0) calloutIds.push(_decode(i).callouts);
        }
        for (uint256 i = 0; i < t.rules.length; i++) _keep(address(uint160(STORE) + 2 + uint160(functions.length + i)), t.rules[i]);
    }

    // ---------------------------------------------------------------- campaigns
    function _campaigns(uint256 first) private {
        Input memory input = _prepare();
        for (uint256 i = first; i < input.campaigns.length; i += TESTS) _campaign(input, input.campaigns[i]);
    }

    function _campaign(Input memory input, Campaign memory campaign) private {
        Output memory out;
        out.nonce = input.nonce;
        out.hits = new uint256[](obligations);
        muted[canaryFalse] = campaign.focus != functions.length; // it is shown where only the world acts
        uint256 until = vm.unixTime() + input.deadlineMs;
        for (uint256 i = 0; i < campaign.runs; i++) {
            if (i % 8 == 7 && vm.unixTime() > until) break;
            out.runs++;
            uint256 seed = uint256(keccak256(abi.encode(input.seed, campaign.name, i)));
            try this.draw(seed, campaign.focus, campaign.depth, i % PAID == 0) {} catch (bytes memory why) {
                if (bytes4(why) != Done.selector) {
                    out.crashes++;
                    if (out.crash.length == 0) out.crash = why;
                    continue;
                }
                (uint256[] memory hits, Violation[] memory found, Run memory run,,, bool sure) = _unpack(why);
                for (uint256 j = 0; j < hits.length; j++) out.hits[j] += hits[j];
                if (sure && _reported(input, out, run, found)) break;
            }
        }
        vm.writeFileBinary(string.concat("io/", campaign.name), abi.encode(out));
    }

    // whether that is enough
    function _reported(Input memory input, Output memory out, Run memory run, Violation[] memory found) private returns (bool stop) {
        for (uint256 j = 0; j < found.length; j++) {
            if (muted[found[j].id] || !_shows(run, found[j].id)) continue;
            _report(out, run, found[j].id, input.small);
            if (found[j].id != canaryFalse) stop = input.firstOnly;
        }
    }

    function test_plays() external {
        Input memory input = _prepare();
        Plays memory out = Plays(input.nonce, new Played[](input.plays.length));
        for (uint256 i = 0; i < input.plays.length; i++) {
            only = input.only[i];
            out.plays[i] = _replay(input.plays[i]);
            if (input.plays[i].provision > 0 && out.plays[i].violations.length > 0) out.plays[i] = _small(out.plays[i].run, input.only[i]);
        }
        vm.writeFileBinary("io/plays", abi.encode(out));
    }

    // what is found with the help of others, with no more of it than it takes
    function _small(Run memory run, uint256 id) private returns (Played memory p) {
        run = _shrink(run, id);
        only = id;
        p = _replay(run);
        p.run = run;
    }

    function _unpack(bytes memory why) private pure returns (uint256[] memory, Violation[] memory, Run memory, Outcome[] memory, Seen[] memory, bool) {
        assembly { let n := sub(mload(why), 4) why := add(why, 4) mstore(why, n) }
        return abi.decode(why, (uint256[], Violation[], Run, Outcome[], Seen[], bool));
    }

    function _replay(Run memory run) private returns (Played memory p) {
        try this.play(run) {} catch (bytes memory why) {
            if (bytes4(why) != Done.selector) assembly { revert(add(why, 32), mload(why)) }
            (p.hits, p.violations, p.run, p.outcomes, p.seen, p.understood) = _unpack(why);
        }
    }

    // ---------------------------------------------------------------- runs
    // `paid`: before the last call, the same call with ether is made, where its function takes none: it must revert, which leaves nothing behind
    function draw(uint256 seed, uint256 focus, uint256 depth, bool paid) external own {
        luck = seed;
        Run memory run;
        _populate(run);
        run.steps = new Step[]((depth + 2) * (there == address(0) ? 1 : 6));
        vm.record();
        uint256 n = 0;
        uint256 last = depth == 0 ? 0 : 1 + _next() % depth;
        while (n <= last && violations.length == 0 && !ended) {
            Step memory s = n == 0 ? _drawDeploy(depth == 0) : _drawStep(run.steps[n - 1], n == last ? focus : NONE);
            for (uint256 i = 0; i < provided.length; i++) run.steps[n++] = abi.decode(provided[i], (Step));
            last += provided.length;
            delete provided;
            if (ended) break;
            if (paid && n == last && _takesNoEther(s)) {
                (paid, last) = (false, last + 1);
                run.steps[n++] = _paid(s);
                _perform(run.steps[n - 1]);
                if (violations.length > 0 || ended) break;
            }
            run.steps[n++] = s;
            _perform(s);
        }
        if (!deployed && seed % 8 == 0 && violations.length == 0) { // the canary must show even where nothing can be deployed
            Step memory s = abi.decode(abi.encode(run.steps[n - 1]), (Step));
            (s.kind, s.value, s.data) = (ETHER, 1, "");
            run.steps[n++] = s;
            ended = false;
            _perform(s);
        }
        Step[] memory steps = run.steps;
        assembly { mstore(steps, n) }
        _done(run);
    }

    function _takesNoEther(Step memory s) private view returns (bool) {
        uint256 f = s.kind == CALL ? _dispatch(s.data) : NONE;
        return f != NONE && !functions[f].payable_ && !functions[f].view_;
    }

    function _paid(Step memory s) private pure returns (Step memory paid) {
        paid = abi.decode(abi.encode(s), (Step));
        (paid.value, paid.callbacks) = (s.value > 0 ? s.value : 1, new Callback[](0));
    }

    function play(Run memory run) external own {
        replaying = true;
        pools = run.pools;
        while (pools.length < POOLS) pools.push();
        for (uint256 i = 0; i < run.strings.length; i++) _intern(run.strings[i]);
        _read(run);
        if (proxy != address(0)) {
            _place(run.there);
            for (uint256 i = 0; i < run.stored.length; i++) stored.push(run.stored[i]);
            _store();
        }
        for (uint256 i = 0; i < run.pools[AN_ADDRESS].length; i++) _clean(_address(run.pools[AN_ADDRESS][i]));
        for (uint256 i = 0; i < run.steps.length; i++) _clean(run.steps[i].sender);
        for (uint256 i = 0; i < run.coded.length; i++) _code(run.coded[i]);
        understood = true;
        vm.record();
        luck = run.provision;
        Step[] memory given = run.steps;
        if (luck > 0) (run.steps, run.provision) = (new Step[](6 * given.length), 0);
        uint256 n = 0;
        for (uint256 i = 0; i < given.length && violations.length == 0; i++) {
            if (ended && given[i].kind != ETHER) break;
            ended = false;
            if (luck > 0) {
                _provideFor(given[i]);
                for (uint256 j = 0; j < provided.length; j++) run.steps[n++] = abi.decode(provided[j], (Step));
                delete provided;
                run.steps[n++] = given[i];
            }
            final_ = i == given.length - 1;
            _perform(given[i]);
        }
        Step[] memory steps = run.steps;
        if (luck > 0) assembly { mstore(steps, n) }
        _done(run);
    }

    function _done(Run memory run) private {
        uint256 n = obligations;
        uint256[] memory hits = new uint256[](n);
        for (uint256 i = 0; i < n; i++) assembly { mstore(add(hits, mul(32, add(i, 1))), tload(i)) }
        _noteAsked();
        if (asked) { delete violations; hits = new uint256[](n); }
        if (violations.length == 0) {
            Run memory empty;
            revert Done(hits, violations, empty, outcomes, seen, understood);
        }
        (run.pools, run.strings, run.coded, run.there) = (pools, textList, coded, there);
        revert Done(hits, violations, run, outcomes, seen, understood);
    }

    // ---------------------------------------------------------------- making a finding small
    function _shows(Run memory run, uint256 id) private returns (bool) {
        only = id;
        Played memory p = _replay(run);
        only = NONE;
        if (p.outcomes.length != run.steps.length || !p.understood) return false;
        for (uint256 i = 0; i < p.violations.length; i++) if (p.violations[i].id == id) return true;
        return false;
    }

    function _report(Output memory out, Run memory run, uint256 id, bool small) private {
        if (small) run = _shrink(run, id);
        muted[id] = true;
        only = id;
        Played memory p = _replay(run);
        only = NONE;
        Finding[] memory more = new Finding[](out.findings.length + 1);
        for (uint256 i = 0; i < out.findings.length; i++) more[i] = out.findings[i];
        Finding memory last = more[out.findings.length];
        (last.run, last.outcomes, last.seen) = (run, p.outcomes, p.seen);
        for (uint256 i = p.violations.length; i > 0; i--) if (p.violations[i - 1].id == id) last.violation = p.violations[i - 1];
        out.findings = more;
    }

    function _clone(Run memory run) private pure returns (Run memory) { return abi.decode(abi.encode(run), (Run)); }

    // all but `size` steps from that one on
    function _without(Run memory run, uint256 gone, uint256 size) private pure returns (Run memory less) {
        less = _clone(run);
        Step[] memory steps = new Step[](run.steps.length - size);
        for (uint256 i = 0; i < steps.length; i++) steps[i] = less.steps[i < gone ? i : i + size];
        less.steps = steps;
    }

    function _shrink(Run memory run, uint256 id) private returns (Run memory) {
        for (uint256 size = run.steps.length / 2; size > 1; size /= 2) {
            for (uint256 i = run.steps.length - 1; i > size; i -= size) {
                Run memory less = _without(run, i - size, size);
                if (_shows(less, id)) run = less;
            }
        }
        for (uint256 turn = 0; turn < 2; turn++) {
            for (uint256 i = run.steps.length - 1; i > 1; i--) {
                Run memory less = _without(run, i - 1, 1);
                if (_shows(less, id)) run = less;
            }
        }
        for (uint256 part = 0; part < 12; part++) {
            for (uint256 i = 0; i < run.steps.length; i++) {
                Run memory less = _clone(run);
                if (_simplify(less.steps[i], part) && _shows(less, id)) run = less;
            }
        }
        for (uint256 i = run.coded.length; i > 0; i--) {
            Run memory less = _clone(run);
            address[] memory few = less.coded;
            few[i - 1] = few[few.length - 1];
            assembly { mstore(few, sub(mload(few), 1)) }
            if (_shows(less, id)) run = less;
        }
        if (run.readerCode) {
            Run memory less = _clone(run);
            less.readerCode = false;
            if (_shows(less, id)) run = less;
        }
        for (uint256 i = run.steps.length; i > 0; i--) run = _smaller(run, i - 1, id);
        return run;
    }

    // returns whether it changed anything
    function _simplify(Step memory s, uint256 part) private pure returns (bool was) {
        if (part == 0) (was, s.callbacks) = (s.callbacks.length > 0, new Callback[](0));
        if (part == 1 && s.callbacks.length > 1) {
            Callback[] memory one = new Callback[](1);
            one[0] = s.callbacks[0];
            (was, s.callbacks) = (true, one);
        }
        if (part == 2) (was, s.refuse) = (s.refuse, false);
        if (part == 3) (was, s.answer) = (s.answer != 0, 0);
        if (part == 4) (was, s.origin) = (s.origin != s.sender, s.sender);
        if (part == 5) (was, s.arrived) = (s.arrived != 0, 0);
        if (part == 6) (was, s.chainId) = (s.chainId != 31337, 31337);
        if (part == 7) (was, s.prevrandao) = (s.prevrandao != 0, 0);
        if (part == 8) (was, s.coinbase) = (s.coinbase != address(0), address(0));
        if (part == 9) (was, s.baseFee) = (s.baseFee != 0, 0);
        if (part == 10) (was, s.number) = (s.number != 1, 1);
        if (part == 11) (was, s.timestamp) = (s.timestamp != 1, 1);
    }

    // smaller numbers: in the value, and in the words of the arguments
    function _smaller(Run memory run, uint256 i, uint256 id) private returns (Run memory) {
        uint256 count = run.steps[i].data.length / 32;
        if (count > 6) count = 6;
        for (uint256 w = 0; w <= count; w++) {
            uint256 first = _word(run.steps[i], w);
            if (w > 0 && first >= 1 << 80 && first < 1 << 160) continue; // an address, as it seems
            for (uint256 t = 0; t < 10; t++) {
                uint256 x = _word(run.steps[i], w);
                uint256 y = t < 4 ? t : t < 8 ? x >> (128 >> (t - 4)) : x / 2;
                if (y >= x) continue;
                Run memory less = _clone(run);
                _setWord(less.steps[i], w, y);
                if (!_shows(less, id)) continue;
                run = less;
                if (t < 4) break;
            }
        }
        return run;
    }

    // word 0 is the value, the others those of the arguments
    function _word(Step memory s, uint256 w) private pure returns (uint256 x) {
        if (w == 0) return s.value;
        uint256 start = (s.kind == DEPLOY ? 0 : 4) + 32 * w;
        bytes memory data = s.data;
        if (start > data.length) return 0;
        assembly { x := mload(add(data, start)) }
    }

    function _setWord(Step memory s, uint256 w, uint256 x) private pure {
        if (w == 0) { s.value = x; return; }
        uint256 start = (s.kind == DEPLOY ? 0 : 4) + 32 * w;
        bytes memory data = s.data;
        if (start <= data.length) assembly { mstore(add(data, start), x) }
    }

    // ---------------------------------------------------------------- as many tests as campaigns can run at a time
    function test_0() external { _campaigns(0); }
    function test_1() external { _campaigns(1); }
    function test_2() external { _campaigns(2); }
    function test_3() external { _campaigns(3); }
    function test_4() external { _campaigns(4); }
    function test_5() external { _campaigns(5); }
    function test_6() external { _campaigns(6); }
    function test_7() external { _campaigns(7); }
    function test_8() external { _campaigns(8); }
    function test_9() external { _campaigns(9); }
    function test_10() external { _campaigns(10); }
    function test_11() external { _campaigns(11); }
    function test_12() external { _campaigns(12); }
    function test_13() external { _campaigns(13); }
    function test_14() external { _campaigns(14); }
    function test_15() external { _campaigns(15); }
    function test_16() external { _campaigns(16); }
    function test_17() external { _campaigns(17); }
    function test_18() external { _campaigns(18); }
    function test_19() external { _campaigns(19); }
    function test_20() external { _campaigns(20); }
    function test_21() external { _campaigns(21); }
    function test_22() external { _campaigns(22); }
    function test_23() external { _campaigns(23); }
}
