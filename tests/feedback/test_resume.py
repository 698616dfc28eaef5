"""A run that was killed goes on where it was: nothing finished is asked, judged or approved again."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from codegen.model import Reply, Usage
from feedback.events import Ended
from feedback.history import RECORD, History, JudgedLine, RunLine
from tests.codegen.endpoint import Handler, Server
from tests.feedback.bench import CONTRACT, INCOMPLETE, SPECIFICATION, Bench, fenced, work
from toolchain.errors import SettingsError, SolwrightError

REPLIES = [fenced(SPECIFICATION), fenced(INCOMPLETE), fenced(CONTRACT)]
RUN = RunLine(inputs="i", request="r", model="m")


def start(folder: Path, server: Server) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.feedback.killable", str(folder), server.url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."})


@pytest.mark.parametrize(("killed_at", "judged"), [(1, 2), (2, 2), (3, 1)])
def test_kill_9_while_the_model_thinks(server: Server, tmp_path: Path, killed_at: int, judged: int) -> None:
    reached, release = threading.Event(), threading.Event()

    def hang(h: Handler) -> None:
        if h.number == killed_at:
            h.start_stream()
            h.chunk("a beginn")
            reached.set()
            release.wait(60)
        else:
            h.reply(REPLIES[h.number - 1])

    server.answer = hang
    with start(tmp_path / "run", server) as child:
        assert reached.wait(60)
        os.kill(child.pid, signal.SIGKILL)
    release.set()
    asked = len(server.requests)
    server.answer = lambda h: h.reply(REPLIES[h.number - 2])
    with start(tmp_path / "run", server) as child:
        out, _ = child.communicate(timeout=120)
    assert json.loads(out) == {"ending": "verified", "judged": judged, "examined": 1 if killed_at == 1 else 0}
    assert asked == killed_at
    assert len(server.requests) == 4  # three replies, and the one that was cut


def test_an_interrupt_ends_a_run_that_waits_for_the_model(server: Server, tmp_path: Path) -> None:
    reached, release = threading.Event(), threading.Event()

    def hang(h: Handler) -> None:
        reached.set()
        release.wait(60)

    server.answer = hang
    with start(tmp_path / "run", server) as child:
        assert reached.wait(60)
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=60)
    release.set()
    assert child.returncode == -signal.SIGINT
    server.requests.clear()
    server.answer = lambda h: h.reply(REPLIES[h.number - 1])
    assert isinstance(work(tmp_path / "run", server.model(), Bench(), resume=True)[-1], Ended)


def test_a_run_that_ended_costs_nothing_the_second_time(server: Server, tmp_path: Path) -> None:
    server.answer = lambda h: h.reply(REPLIES[h.number - 1])
    work(tmp_path / "run", server.model(), Bench())
    bench = Bench()
    events = work(tmp_path / "run", server.model(), bench, resume=True)
    assert len(server.requests) == 3
    assert bench.judged == [CONTRACT]  # a recorded success is judged again
    assert bench.examined == 0
    assert [type(e).__name__ for e in events if type(e).__name__ in {"Asked", "Wrote"}] == []


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_torn_last_line_is_cut_off(server: Server, tmp_path: Path, cut: int) -> None:
    server.answer = lambda h: h.reply(REPLIES[h.number - 1])
    work(tmp_path / "run", server.model(), Bench())
    record = tmp_path / "run" / RECORD
    record.write_bytes(record.read_bytes()[:-cut])
    before = record.read_bytes().count(b"\n")
    work(tmp_path / "run", server.model(), Bench(), resume=True)
    assert len(server.requests) == 3
    lines = record.read_bytes().split(b"\n")
    assert all(json.loads(line) for line in lines[:-1])
    assert len(lines) - 1 > before


@pytest.mark.parametrize("line", [b"garbage", b"{}", b'{"kind": "reply"}', b'{"kind": "end"}', b"\xff\xfe", b""])
def test_damage_before_the_last_line_is_told(server: Server, tmp_path: Path, line: bytes) -> None:
    server.answer = lambda h: h.reply(REPLIES[h.number - 1])
    work(tmp_path / "run", server.model(), Bench())
    record = tmp_path / "run" / RECORD
    lines = record.read_bytes().split(b"\n")
    record.write_bytes(b"\n".join([lines[0], line, *lines[2:]]))
    with pytest.raises(SettingsError, match=r"record\.jsonl:2 is no line"):
        work(tmp_path / "run", server.model(), Bench(), resume=True)


def test_two_processes_cannot_hold_one_run(tmp_path: Path) -> None:
    history = History(tmp_path, RUN, resume=False)
    with pytest.raises(SettingsError, match="another solwright works on"):
        History(tmp_path, RUN, resume=True)
    history.close()
    History(tmp_path, RUN, resume=True).close()


def test_a_record_keeps_replies_exactly(tmp_path: Path) -> None:
    reply = Reply('a "quoted"\n\u2028 \x00 text\ufffd', Usage(1, 2, 1, True), "stop", "m")
    history = History(tmp_path, RUN, resume=False)
    history.keep_reply("d", reply)
    history.close()
    again = History(tmp_path, RUN, resume=True)
    assert again.reply("d") == reply
    assert again.reply("e") is None
    again.close()


def test_a_refused_source_is_not_judged_again(tmp_path: Path) -> None:
    history = History(tmp_path, RUN, resume=False)
    history.keep_judged(JudgedLine(key="k", source="s", report=None, refusal=("x",)))
    history.close()
    again = History(tmp_path, RUN, resume=True)
    line = again.judged("k")
    assert line is not None
    assert line.refusal == ("x",)
    again.close()


@pytest.mark.attack
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SolwrightError, match="cannot write into") as caught:
        History(tmp_path / "file" / "run", RUN, resume=False)
    assert "--resume" in str(caught.value)


@pytest.mark.attack
def test_a_full_disk_is_told_and_leaves_no_half_line(tmp_path: Path) -> None:
    """A limit on file size stands for the disk: the kernel writes a part of the line, then refuses."""
    history = History(tmp_path, RUN, resume=False)
    before = (tmp_path / RECORD).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, hard))
    try:
        with pytest.raises(SolwrightError, match="cannot write into .*File too large"):
            history.keep_approval("d")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    history.close()
    assert (tmp_path / RECORD).read_bytes() == before
