// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  An administrator who can be replaced only after a delay
/// @custom:deploy (address admin_, uint256 delay_)
/// @custom:undeployable nobody: admin_ == address(0)
/// @custom:undeployable badDelay: delay_ == 0 || delay_ > 365 days
/// @custom:deployable sensible: admin_ != address(0) && delay_ > 0 && delay_ <= 365 days
/// @custom:initially terms: admin() == admin_ && delay() == delay_
/// @custom:initially idle: pending() == address(0) && fee() == 0
/// @custom:invariant somebody: admin() != address(0)
/// @custom:invariant bounded: delay() > 0 && delay() <= 365 days
/// @custom:invariant waiting: pending() == address(0) <==> eta() == 0
/// @custom:invariant soon: eta() <= block.timestamp + delay()
/// @custom:invariant cheap: fee() <= 1000
/// @custom:transition sameDelay: delay() == old(delay())
/// @custom:transition patient: admin() != old(admin()) ==> old(eta()) != 0 && block.timestamp >= old(eta()) && admin() == old(pending())
interface Timelock {
    event Proposed(address indexed next, uint256 eta);
    event Cancelled(address indexed next);
    event Replaced(address indexed from, address indexed to);
    event FeeSet(uint256 fee);

    error NotAdmin();
    error Nobody();
    error NothingProposed();
    error TooEarly(uint256 eta);
    error TooHigh();

    function admin() external view returns (address);
    function pending() external view returns (address);
    function eta() external view returns (uint256);
    function delay() external view returns (uint256);
    function fee() external view returns (uint256);

    /// @notice Propose a successor; the delay begins (again).
    /// @custom:only admin() with NotAdmin()
    /// @custom:reverts nobody with Nobody(): next == address(0)
    /// @custom:ensures proposed: pending() == next && eta() == block.timestamp + delay()
    /// @custom:modifies pending(), eta()
    /// @custom:emits Proposed(next, block.timestamp + delay())
    /// @custom:succeeds otherwise
    function propose(address next) external;

    /// @custom:only admin() with NotAdmin()
    /// @custom:reverts nothing with NothingProposed(): pending() == address(0)
    /// @custom:ensures idle: pending() == address(0) && eta() == 0
    /// @custom:modifies pending(), eta()
    /// @custom:emits Cancelled(pending())
    /// @custom:succeeds otherwise
    function cancel() external;

    /// @notice Anybody may carry a proposal out once its time has come.
    /// @custom:reverts nothing with NothingProposed(): pending() == address(0)
    /// @custom:reverts early with TooEarly(eta()): block.timestamp < eta()
    /// @custom:ensures replaced: admin() == old(pending())
    /// @custom:ensures idle: pending() == address(0) && eta() == 0
    /// @custom:modifies admin(), pending(), eta()
    /// @custom:emits Replaced(admin(), pending())
    /// @custom:succeeds otherwise
    function execute() external;

    /// @custom:only admin() with NotAdmin()
    /// @custom:reverts high with TooHigh(): fee_ > 1000
    /// @custom:ensures set: fee() == fee_
    /// @custom:modifies fee()
    /// @custom:emits FeeSet(fee_)
    /// @custom:succeeds otherwise
    function setFee(uint256 fee_) external;
}
