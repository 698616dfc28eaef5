"""Run the loop in a process that a test kills: `python -m tests.feedback.killable FOLDER URL`; print its ending and what it judged."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from codegen.providers.endpoint import Endpoint
from codegen.providers.openai import OpenAIModel
from feedback.events import Ended
from tests.feedback.bench import Bench, work


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background, it is ignored
    folder, url = Path(sys.argv[1]), sys.argv[2]
    bench = Bench()
    last = work(folder, OpenAIModel(Endpoint(url, "sk-canary-0123456789"), "test-model"), bench, resume=True)[-1]
    assert isinstance(last, Ended)
    sys.stdout.write(json.dumps({"ending": last.ending, "judged": len(bench.judged), "examined": bench.examined}))


if __name__ == "__main__":
    main()
