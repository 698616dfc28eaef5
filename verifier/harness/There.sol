// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

interface IThere {
    function lacks(bytes4 sig, uint256 size) external view returns (bool);
}

// Stands at the environment's address and does what its model does. Where it is asked for what the model lacks, and where the model says that it
// never does what it did there (by refusing with the data that has the hash `never`), it reads a word that nobody else reads: the test tool
// knows of that read even where all else is undone.
contract There {
    bytes32 private constant MARK = keccak256("asked for what the model lacks");
    IThere private immutable stage;
    address private immutable model;
    bytes32 private immutable never;

    constructor(IThere _stage, address _model, bytes32 _never) { (stage, model, never) = (_stage, _model, _never); }

    fallback() external payable {
        if (msg.data.length > 0 && stage.lacks(msg.sig, msg.data.length)) _mark();
        (bool ok, bytes memory said) = model.delegatecall(msg.data);
        if (!ok && keccak256(said) == never) _mark();
        if (!ok) assembly { revert(add(said, 32), mload(said)) }
        assembly { return(add(said, 32), mload(said)) }
    }

    function _mark() private view {
        bytes32 mark = MARK;
        assembly { revert(0, sload(mark)) } // the word is zero
    }
}
