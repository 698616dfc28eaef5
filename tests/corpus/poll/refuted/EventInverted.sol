// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified vote.emits
// FAULT: the event tells the opposite vote

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

    address public immutable chair;
    Stage public stage;
    uint256 public ayes;
    uint256 public noes;
    mapping(address => bool) public admitted;
    mapping(address => bool) public voted;

    modifier onlyChair() {
        if (msg.sender != chair) revert NotChair();
        _;
    }

    modifier during(Stage when) {
        if (stage != when) revert WrongStage(stage);
        _;
    }

    constructor(address chair_) {
        chair = chair_;
    }

    function passed() external view returns (bool) {
        return stage == Stage.Closed && ayes > noes;
    }

    function admit(address who) external onlyChair during(Stage.Draft) {
        if (admitted[who]) revert AlreadyAdmitted();
        admitted[who] = true;
        emit Admitted(who);
    }

    function open() external onlyChair during(Stage.Draft) {
        stage = Stage.Open;
        emit PollOpened();
    }

    function vote(bool support) external during(Stage.Open) {
        if (!admitted[msg.sender]) revert NotAdmitted();
        if (voted[msg.sender]) revert AlreadyVoted();
        voted[msg.sender] = true;
        if (support) ayes++;
        else noes++;
        emit Voted(msg.sender, !support);
    }

    function close() external onlyChair during(Stage.Open) {
        stage = Stage.Closed;
        emit PollClosed(ayes, noes);
    }
}
