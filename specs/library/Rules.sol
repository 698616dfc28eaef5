// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A token beside the contract, as rules read it through `IERC20(vault.asset())`: the getters of the models ERC20… (docs/language.md,
/// *Another contract*)
interface IERC20 {
    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
}

/// @title The words of rules: promises over several calls (docs/language.md, *Rules*)
/// @notice They do nothing here; solwright reads the rules that use them.
abstract contract Rules {
    /// @notice Take this for granted from here on.
    function given(bool) internal pure {}

    /// @notice The calls that follow are made by this address.
    function by(address) internal pure {}

    /// @notice So many seconds pass, and any number of blocks.
    function later(uint256) internal pure {}

    /// @notice The next call succeeds.
    function mustSucceed() internal pure {}

    /// @notice The next call reverts.
    function mustFail() internal pure {}

    /// @notice Everything is again as it was where the rule began; what was named keeps its value.
    function restart() internal pure {}

    /// @notice This holds here.
    function claim(bool) internal pure {}

    /// @notice The ether of an address, in wei.
    function balance(address) internal pure returns (uint256) {}
}
