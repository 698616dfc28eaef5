// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

interface IStage {
    function callout(bytes4 sig) external returns (address target, uint256 value, bytes memory data, bool refuse, bytes memory answer_);
    function back() external;
    function answer(bytes4 sig) external view returns (bytes memory);
}

// Somebody with code. Whenever it gets control it asks the stage what to call, whether to refuse and what to answer.
contract Stranger {
    IStage private immutable stage;

    constructor(IStage _stage) { stage = _stage; }

    fallback() external payable {
        if (msg.sender == address(this)) { assembly { tstore(0, 1) } return; } // fails where nothing may change
        if (gasleft() < 20000) return; // a stipend: enough to receive, no more
        (bool free,) = address(this).call{gas: 5000}("");
        bytes memory words = "";
        if (free) {
            address target;
            uint256 value;
            bytes memory data;
            bool refuse;
            (target, value, data, refuse, words) = stage.callout(msg.sig);
            if (target != address(0)) {
                (bool ok,) = target.call{value: value}(data);
                ok;
                stage.back();
            }
            if (refuse) revert();
        } else words = stage.answer(msg.sig);
        assembly { return(add(words, 32), mload(words)) }
    }
}
