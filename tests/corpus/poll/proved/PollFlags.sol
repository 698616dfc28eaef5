// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified
// two flags in place of the stage (the lemma orders them), one struct for each voter, a tally of two elements

contract Poll {
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

    struct Voter {
        bool admitted;
        bool voted;
    }

    address public chair;
    bool private _opened;
    /// @custom:lemma ordered: _closed ==> _opened
    bool private _closed;
    uint256[2] private _tally;
    mapping(address => Voter) private _voters;

    constructor(address chair_) {
        chair = chair_;
    }

    function stage() public view returns (Stage) {
        return _closed ? Stage.Closed : _opened ? Stage.Open : Stage.Draft;
    }

    function ayes() external view returns (uint256) {
        return _tally[1];
    }

    function noes() external view returns (uint256) {
        return _tally[0];
    }

    function admitted(address who) external view returns (bool) {
        return _voters[who].admitted;
    }

    function voted(address who) external view returns (bool) {
        return _voters[who].voted;
    }

    function passed() external view returns (bool) {
        return _closed && _tally[1] > _tally[0];
    }

    function admit(address who) external {
        if (msg.sender != chair) revert NotChair();
        if (_opened) revert WrongStage(stage());
        if (_voters[who].admitted) revert AlreadyAdmitted();
        _voters[who].admitted = true;
        emit Admitted(who);
    }

    function open() external {
        if (msg.sender != chair) revert NotChair();
        if (_opened) revert WrongStage(stage());
        _opened = true;
        emit PollOpened();
    }

    function vote(bool support) external {
        if (!_opened || _closed) revert WrongStage(stage());
        Voter storage voter = _voters[msg.sender];
        if (!voter.admitted) revert NotAdmitted();
        if (voter.voted) revert AlreadyVoted();
        voter.voted = true;
        _tally[support ? 1 : 0]++;
        emit Voted(msg.sender, support);
    }

    function close() external {
        if (msg.sender != chair) revert NotChair();
        if (!_opened || _closed) revert WrongStage(stage());
        _closed = true;
        emit PollClosed(_tally[1], _tally[0]);
    }
}
