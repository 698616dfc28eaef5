// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Z} from "./Exact.sol";

// ---------------------------------------------------------------- runs

// What strangers with code do while they have control, one at each call-out, in order: call the contract, or (`force`) let ether arrive there.
struct Callback { uint256 value; bytes data; bool force; }

// One event of a run. `value` of forced ether arrives at the contract; `arrived`: ether at the address before a deployment;
// `answer`: what strangers return, 0 is what most callers hope for.
struct Step {
    uint8 kind;
    address sender;
    address origin;
    uint256 value;
    bytes data;
    uint256 arrived;
    uint256 timestamp;
    uint256 number;
    uint256 chainId;
    uint256 prevrandao;
    address coinbase;
    uint256 baseFee;
    bool refuse;
    uint8 answer;
    Callback[] callbacks;
}

// A word of storage at the environment's address.
struct Word { bytes32 slot; bytes32 value; }

// Everything that a run depends on beside the code. `there`: where the environment is (0: there is none), `stored`: what its model leaves open;
// `provision`: others see to it that calls need not be refused, as this number decides (0: they do not). `pools` are the keys that getters are read at, by kind; `strings` those of type string and bytes.
struct Run {
    address reader;
    address readerOrigin;
    bool readerCode;
    address[] coded;
    bytes32[][] pools;
    bytes[] strings;
    Step[] steps;
    address there;
    Word[] stored;
    uint256 provision;
}

struct Violation { uint256 id; uint8 check; bytes detail; }
struct Outcome { bool ok; bytes returned; }
struct Seen { bytes call; bool okBefore; bytes before; bool okAfter; bytes after_; bool foreign; }
struct Finding { Violation violation; Run run; Outcome[] outcomes; Seen[] seen; }

// ---------------------------------------------------------------- the specification, as tables. A part is a function of the generated contract.

struct RefusalRow { uint256 id; bytes4 clause; uint256 forall; bytes4 data; }
struct PremiseRow { uint256 id; bytes4 clause; uint256 forall; }
struct DeltaRow { uint256 id; uint256 getter; bool minus; bytes4 part; }
struct OpenRow { uint256 getter; bytes4 part; }
struct PartRow { uint256 id; bytes4 part; }
struct OldRow { uint256 number; bytes4 part; uint256 forall; }
struct ClaimRow { uint256 id; bytes4 clause; uint256 forall; bool enumerated; }

// The constructor (context 0) or a function. `forall` counts from 1, 0 is none; a clause 0 of a premise is "none of the refusals".
struct Context {
    bool resultKeys;
    bool emits;
    uint256 reachable;
    uint256 nonpayable;
    uint256 pays;
    uint256 atomic;
    uint256 emitsId;
    uint256[] frames;
    uint256[] invariants;
    uint256[] callouts;
    bytes4 load;
    bytes4 meet;
    bytes4 draw;
    bytes4 aim;
    bytes4[] times;
    bytes4[] numbers;
    RefusalRow[] refusals;
    PremiseRow[] premises;
    DeltaRow[] deltas;
    OpenRow[] opens;
    PartRow[] dues;
    PartRow[] emissions;
    PartRow[] derived;
    OldRow[] olds;
    ClaimRow[] claims;
    OpenRow[] needs; // getters of the environment on which it depends whether the call is refused, and at which keys
}

// One statement of a rule. `must`: 0 nothing, 1 the call succeeds, 2 it reverts; `result` keeps what a call returns under the number `name`.
struct Statement { uint8 kind; bytes4 part; uint8 must; bytes4 result; uint256 name; }

// `names`: how many values it names; `people`: which of its parameters are addresses.
struct Rule {
    uint256 id;
    uint256 reachable;
    uint256 names;
    bytes4 load;
    bytes4 draw;
    bytes4 aim;
    bytes4[] times;
    uint256[] people;
    Statement[] statements;
}

struct Getter { bytes4 selector; uint8 kind; bool framed; bool zeroAtFirst; uint8[] keys; bool foreign; }
struct Fn { bytes4 selector; bool view_; bool payable_; }

// What others may do with the environment between calls: a function of its model, and the kind of each parameter times 512, with its size in bits.
struct Move { bytes4 selector; uint16[] parameters; }

// The contract beside the judged one. `getter` gives its address; `named`: the same, as a deployment's arguments say it (0: they do not);
// `has` are the selectors of the model, `code` is that of all that others may do; `open`: mappings that nobody writes, by slot; `never`: the hash of
// the refusal by which the model says that it does no such thing.
struct Beside { uint256 getter; bytes4 named; bytes code; bytes4[] has; Move[] moves; uint256[] open; bytes32 never; }

struct Table {
    uint256 obligations;
    uint256 canaryTrue;
    uint256 canaryFalse;
    uint256 selectorId;
    uint256 etherId;
    uint256 receive_;
    uint256 fallback_;
    bool deployPayable;
    OldRow[] canaryOlds;
    ClaimRow[] canaries;
    ClaimRow[] invariants; // the ids are those of `stable`
    bool[] locked;
    ClaimRow[] assumptions;
    Getter[] getters;
    Fn[] functions;
    uint8[][] foralls;
    bytes4[] gaps; // how far apart getters are that a clause compares
    bytes[] contexts;
    bytes[] rules;
    Beside[] beside; // none or one
}

struct Campaign { string name; uint256 focus; uint256 depth; uint256 runs; }

struct Input {
    bytes32 nonce;
    bytes creation;
    bytes clauses; // creation code of the generated contract
    Table table;
    uint256 seed;
    uint256 deadlineMs;
    bool firstOnly;
    bool small; // what is found is made small
    bytes32[] words;
    address[] addresses;
    bytes4[] selectors;
    bytes4[] views;
    Campaign[] campaigns;
    Run[] plays;
    uint256[] only; // the obligation that each play is about
}

struct Output {
    bytes32 nonce;
    uint256 runs;
    uint256 crashes;
    bytes crash;
    uint256[] hits;
    Finding[] findings;
}

// `run`: what was played, where something was violated.
struct Played { Violation[] violations; Outcome[] outcomes; Seen[] seen; bool understood; uint256[] hits; Run run; }
struct Plays { bytes32 nonce; Played[] plays; }

// ---------------------------------------------------------------- clauses of one call, evaluated before it
struct Refusal { uint256 id; uint8 holds; bool named; bool known; bytes data; }
struct Premise { uint256 id; uint8 holds; bool otherwise; }
struct Delta { uint256 id; uint256 getter; bool minus; bool known; bytes32[] keys; Z amount; }
struct Open { uint256 getter; bool all; bool known; bytes32[] keys; }
struct Due { uint256 id; bool known; bool when; address to; Z amount; }
struct Emission { uint256 id; bool known; bool when; bytes32[] topics; bytes data; }
struct Derived { uint256 id; bool known; bytes expected; }

struct Clauses {
    Refusal[] refusals;
    Premise[] premises;
    Delta[] deltas;
    Open[] opens;
    Due[] dues;
    Emission[] emissions;
    Derived[] derived;
}

// reads of getters at keys, and ether, before a call
struct Combo { uint256 getter; bytes32[] keys; bytes call; bool ok; bytes before; }
struct Purse { address who; uint256 before; }

// one call of one function and what it did
struct Trial { uint256 f; bool view_; bool payable_; bool ok; bytes ret; Combo[] list; Purse[] purses; uint256 own; }
