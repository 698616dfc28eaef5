"""Record an example anew with the answers that its tape holds, in the same order, after a prompt or an engine changed.

    python examples/again.py vault [token escrow]

Only the questions are new: each is asked over HTTP by `solwright new`, on real engines, and answered with the next recorded reply. Where an
old answer no longer fits its question, the run ends otherwise than before: then answer by hand (README.md).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DEMO = HERE.parent / "solwright" / "demo"
AGAIN = " After the tools had changed, the questions were asked again and the same answers given in the same order (examples/again.py)."


def serve(replies: Iterator[str]) -> HTTPServer:
    """Return an endpoint that gives these replies, one after the other, as a model would."""

    class Endpoint(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing of each request."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            text = next(replies, None)
            self.send_response(400 if text is None else 200)
            self.send_header("content-type", "application/json" if text is None else "text/event-stream")
            self.end_headers()
            if text is None:
                self.wfile.write(b'{"error": {"message": "the tape has no further answer: answer by hand"}}')
                return
            spent = {"prompt_tokens": len(json.dumps(body)) // 4, "completion_tokens": len(text) // 4}
            spent["total_tokens"] = sum(spent.values())
            delta = {"role": "assistant", "content": text}
            parts: list[dict[str, Any]] = [
                {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
                {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
                {"choices": [], "usage": spent},
            ]
            base = {"id": "again", "created": 0, "model": body["model"], "object": "chat.completion.chunk"}
            for part in parts:
                self.wfile.write(f"data: {json.dumps({**base, **part})}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

    return HTTPServer(("127.0.0.1", 0), Endpoint)


def record_again(name: str) -> int:
    """Record one example anew and put its tape in place if the run verified a contract."""
    example = HERE / name
    header, *turns = [json.loads(line) for line in (example / "tape.jsonl").read_text(encoding="utf-8").splitlines()]
    server = serve(turn["reply"] for turn in turns)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        tape = Path(folder) / "tape.jsonl"
        command = [sys.executable, "-m", "solwright", "new", str(example / "request.md"), "--yes"]
        command += ["--model", header["model"], "--record", str(tape), "--out", str(Path(folder) / "out")]
        address = {"OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1", "OPENAI_API_KEY": "again"}
        path = os.pathsep.join([str(HERE.parent.resolve()), os.environ.get("PYTHONPATH", "")])
        code = subprocess.run(command, cwd=folder, env=os.environ | address | {"PYTHONPATH": path}, check=False).returncode
        server.shutdown()
        if code:
            return code
        header["made"] = header["made"].removesuffix(AGAIN) + AGAIN
        _, rest = tape.read_text(encoding="utf-8").split("\n", 1)
        (example / "tape.jsonl").write_text(json.dumps(header) + "\n" + rest, encoding="utf-8")
        for made in (*Path(folder).glob("out/*.sol"), *Path(folder).glob("out/*.bundle/*.spec.sol")):
            shutil.copy(made, example / made.name)
        if name == "vault":
            shutil.copy(example / "tape.jsonl", DEMO / "tape.jsonl")
            shutil.copy(example / "request.md", DEMO / "request.md")
    return 0


if __name__ == "__main__":
    sys.exit(max([record_again(name) for name in sys.argv[1:] or ("vault", "token", "escrow")]))
