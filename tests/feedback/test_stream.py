"""Work beside us: what it reports comes at once, what it raises is raised here, and nobody's work goes on for long."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from feedback.stream import streamed


def test_reports_come_in_order_and_the_result_last() -> None:
    def work(report: Callable[[int], None]) -> str:
        for n in range(5):
            report(n)
        return "done"

    stream = streamed(work)
    seen = []
    while True:
        try:
            seen.append(next(stream))
        except StopIteration as end:
            assert end.value == "done"
            break
    assert seen == list(range(5))


def test_an_error_is_raised_where_the_work_is_waited_for() -> None:
    def work(report: Callable[[int], None]) -> None:
        report(1)
        raise LookupError("inside")

    stream = streamed(work)
    assert next(stream) == 1
    with pytest.raises(LookupError, match="inside"):
        next(stream)


def test_abandoned_work_ends_at_its_next_report() -> None:
    ended = threading.Event()

    def work(report: Callable[[int], None]) -> None:
        try:
            while True:
                report(0)
        finally:
            ended.set()

    stream = streamed(work)
    next(stream)
    stream.close()
    assert ended.wait(30)
