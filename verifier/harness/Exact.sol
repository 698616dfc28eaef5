// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

// Exact integers: sign and magnitude below 2^512. What does not fit reverts, which makes a clause undefined.
// Zero is never negative.
struct Z { bool neg; uint256 hi; uint256 lo; }

error Undefined();

function nat(uint256 x) pure returns (Z memory z) { z.lo = x; }

function int_(int256 x) pure returns (Z memory z) {
    unchecked { z.neg = x < 0; z.lo = x < 0 ? uint256(-x) : uint256(x); }
}

function big(bool neg, uint256 hi, uint256 lo) pure returns (Z memory z) { z = Z(neg && (hi | lo) != 0, hi, lo); }

function isZero(Z memory a) pure returns (bool) { return (a.hi | a.lo) == 0; }

function neg(Z memory a) pure returns (Z memory) { return big(!a.neg, a.hi, a.lo); }

// magnitudes only
function smaller(Z memory a, Z memory b) pure returns (bool) { return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo); }

function add(Z memory a, Z memory b) pure returns (Z memory z) {
    unchecked {
        if (a.neg == b.neg) {
            uint256 lo = a.lo + b.lo;
            uint256 carry = lo < a.lo ? 1 : 0;
            uint256 hi = a.hi + b.hi;
            if (hi < a.hi || hi + carry < hi) revert Undefined();
            return big(a.neg, hi + carry, lo);
        }
        (Z memory x, Z memory y) = smaller(a, b) ? (b, a) : (a, b);
        return big(x.neg, x.hi - y.hi - (x.lo < y.lo ? 1 : 0), x.lo - y.lo);
    }
}

function sub(Z memory a, Z memory b) pure returns (Z memory) { return add(a, neg(b)); }

function wide(uint256 a, uint256 b) pure returns (uint256 hi, uint256 lo) {
    assembly {
        let m := mulmod(a, b, not(0))
        lo := mul(a, b)
        hi := sub(sub(m, lo), lt(m, lo))
    }
}

function mul(Z memory a, Z memory b) pure returns (Z memory) {
    if (a.hi != 0 && b.hi != 0) revert Undefined();
    (uint256 hi, uint256 lo) = wide(a.lo, b.lo);
    (uint256 over, uint256 cross) = a.hi != 0 ? wide(a.hi, b.lo) : wide(b.hi, a.lo);
    unchecked {
        if (over != 0 || hi + cross < hi) revert Undefined();
        return big(a.neg != b.neg, hi + cross, lo);
    }
}

// magnitudes: long division, bit by bit where a word does not suffice
function divmod(Z memory a, Z memory b) pure returns (Z memory q, Z memory r) {
    if (isZero(b)) revert Undefined();
    if (a.hi == 0 && b.hi == 0) return (nat(a.lo / b.lo), nat(a.lo % b.lo));
    unchecked {
        for (uint256 i = 512; i > 0; i--) {
            uint256 bit = i > 256 ? (a.hi >> (i - 257)) & 1 : (a.lo >> (i - 1)) & 1;
            uint256 out = r.hi >> 255; // the remainder is below b, so at most one bit leaves, and then it is at least b
            (r.hi, r.lo) = ((r.hi << 1) | (r.lo >> 255), (r.lo << 1) | bit);
            if (out == 1 || !smaller(r, Z(false, b.hi, b.lo))) {
                (r.hi, r.lo) = (r.hi - b.hi - (r.lo < b.lo ? 1 : 0), r.lo - b.lo);
                if (i > 256) q.hi |= 1 << (i - 257); else q.lo |= 1 << (i - 1);
            }
        }
    }
}

// toward zero
function div(Z memory a, Z memory b) pure returns (Z memory) {
    (Z memory q,) = divmod(a, b);
    return big(a.neg != b.neg, q.hi, q.lo);
}

// the sign is the dividend's
function mod(Z memory a, Z memory b) pure returns (Z memory) {
    (, Z memory r) = divmod(a, b);
    return big(a.neg, r.hi, r.lo);
}

function pow(Z memory a, Z memory b) pure returns (Z memory z) {
    if (b.neg || b.hi != 0) revert Undefined();
    z = nat(1);
    if (isZero(a) || (a.hi == 0 && a.lo == 1)) {
        if (b.lo == 0) return z;
        return a.neg && b.lo % 2 == 0 ? nat(1) : a;
    }
    if (b.lo > 512) revert Undefined();
    for (uint256 i = 0; i < b.lo; i++) z = mul(z, a);
}

function eq(Z memory a, Z memory b) pure returns (bool) { return a.neg == b.neg && a.hi == b.hi && a.lo == b.lo; }

function lt(Z memory a, Z memory b) pure returns (bool) {
    if (a.neg != b.neg) return a.neg;
    return a.neg ? smaller(b, a) : smaller(a, b);
}

function le(Z memory a, Z memory b) pure returns (bool) { return !lt(b, a); }

// the value as a word of `bits`, undefined where it does not fit
function asUint(Z memory a, uint256 bits) pure returns (uint256) {
    if (a.neg || a.hi != 0 || (bits < 256 && a.lo >> bits != 0)) revert Undefined();
    return a.lo;
}

function asInt(Z memory a, uint256 bits) pure returns (int256) {
    uint256 limit = 1 << (bits - 1);
    if (a.hi != 0 || a.lo > limit || (!a.neg && a.lo == limit)) revert Undefined();
    unchecked { return a.neg ? -int256(a.lo) : int256(a.lo); }
}

function fitUint(Z memory a, uint256 bits) pure returns (Z memory) { return nat(asUint(a, bits)); }
function fitInt(Z memory a, uint256 bits) pure returns (Z memory) { return int_(asInt(a, bits)); }

// how far apart two values are, where that is a word
function gap(Z memory a, Z memory b) pure returns (uint256) {
    Z memory d = sub(a, b);
    if (d.hi != 0) revert Undefined();
    return d.lo;
}

function member(uint256 x, uint256 count) pure returns (Z memory) {
    if (x >= count) revert Undefined();
    return nat(x);
}

function memberOf(Z memory a, uint256 count) pure returns (Z memory) { return member(asUint(a, 8), count); }

// bytesN are held in a word, left-aligned; bits that a narrower type loses must be zero
function narrowed(bytes32 x, uint256 bits) pure returns (bytes32) {
    if (bits < 256 && uint256(x) << bits != 0) revert Undefined();
    return x;
}

function cutBytes(bytes memory x, uint256 bits) pure returns (bytes32 z) {
    if (x.length * 8 > bits) revert Undefined();
    assembly { z := mload(add(x, 32)) }
    if (x.length < 32) z = bytes32(uint256(z) >> (256 - 8 * x.length) << (256 - 8 * x.length));
    if (x.length == 0) z = 0;
}
