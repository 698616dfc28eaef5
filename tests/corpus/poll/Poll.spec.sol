// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A poll: the chair admits voters, opens it and closes it; everybody votes at most once
/// @custom:deploy (address chair_)
/// @custom:initially terms: chair() == chair_
/// @custom:initially blank: stage() == Stage.Draft && ayes() == 0 && noes() == 0
/// @custom:initially nobody: forall (address who) !admitted(who) && !voted(who)
/// @custom:invariant unopened: stage() == Stage.Draft ==> ayes() == 0 && noes() == 0
/// @custom:invariant entitled: forall (address who) voted(who) ==> admitted(who)
/// @custom:transition sameChair: chair() == old(chair())
/// @custom:transition forward: uint8(stage()) >= uint8(old(stage()))
/// @custom:transition kept: ayes() >= old(ayes()) && noes() >= old(noes())
interface Poll {
    enum Stage { Draft, Open, Closed }

    event Admitted(address indexed who);
    event PollOpened();
    event Voted(address indexed who, bool support);
    event PollClosed(uint256 ayes, uint256 noes);

    error NotChair();
    error WrongStage(Stage stage);
    error AlreadyAdmitted();
    error NotAdmitted();
    error AlreadyVoted();

    function chair() external view returns (address);
    function stage() external view returns (Stage);
    function ayes() external view returns (uint256);
    function noes() external view returns (uint256);
    function admitted(address who) external view returns (bool);
    function voted(address who) external view returns (bool);

    /// @custom:equals stage() == Stage.Closed && ayes() > noes()
    function passed() external view returns (bool);

    /// @custom:only chair() with NotChair()
    /// @custom:reverts notDraft with WrongStage(stage()): stage() != Stage.Draft
    /// @custom:reverts again with AlreadyAdmitted(): admitted(who)
    /// @custom:ensures entered: admitted(who)
    /// @custom:modifies admitted(who)
    /// @custom:emits Admitted(who)
    /// @custom:succeeds otherwise
    function admit(address who) external;

    /// @custom:only chair() with NotChair()
    /// @custom:reverts notDraft with WrongStage(stage()): stage() != Stage.Draft
    /// @custom:ensures opened: stage() == Stage.Open
    /// @custom:modifies stage()
    /// @custom:emits PollOpened()
    /// @custom:succeeds otherwise
    function open() external;

    /// @custom:reverts notOpen with WrongStage(stage()): stage() != Stage.Open
    /// @custom:reverts stranger with NotAdmitted(): !admitted(msg.sender)
    /// @custom:reverts twice with AlreadyVoted(): voted(msg.sender)
    /// @custom:reverts full: (support ? ayes() : noes()) == type(uint256).max
    /// @custom:ensures noted: voted(msg.sender)
    /// @custom:modifies voted(msg.sender)
    /// @custom:changes tally: ayes() by +(support ? 1 : 0), noes() by +(support ? 0 : 1)
    /// @custom:emits Voted(msg.sender, support)
    /// @custom:succeeds otherwise
    function vote(bool support) external;

    /// @custom:only chair() with NotChair()
    /// @custom:reverts notOpen with WrongStage(stage()): stage() != Stage.Open
    /// @custom:ensures closed: stage() == Stage.Closed
    /// @custom:modifies stage()
    /// @custom:emits PollClosed(ayes(), noes())
    /// @custom:succeeds otherwise
    function close() external;
}
