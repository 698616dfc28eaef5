"""A real HTTP server on loopback that behaves as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from codegen.providers.endpoint import Endpoint, Patience, Protocol
from codegen.providers.openai import OpenAIModel

KEY = "sk-canary-0123456789abcdef"
QUICK = Patience(tries=3, connect_s=2.0, idle_s=1.0, call_s=10.0, first_wait_s=0.01, longest_wait_s=0.05)


@dataclass
class Server:
    """The requests that came in (path, headers, body), and how to answer them."""

    url: str = ""
    answer: Callable[[Handler], None] = lambda h: h.say(500, "")
    requests: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def model(self, protocol: Protocol = "chat", patience: Patience = QUICK, key: str = KEY) -> OpenAIModel:
        return OpenAIModel(Endpoint(self.url, key, protocol, patience), "test-model")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Server
    body: dict[str, Any]
    number: int  # of this request, from 1

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        self.script.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, self.body))
        self.number = len(self.script.requests)
        self.close_connection = True
        try:
            self.script.answer(self)
        except (BrokenPipeError, ConnectionResetError):
            return

    def say(self, status: int, text: str | bytes, kind: str = "application/json", **headers: str) -> None:
        data = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def start_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()

    def event(self, value: object) -> None:
        self.wfile.write(f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n".encode())
        self.wfile.flush()

    def chunk(self, text: str, finish: str | None = None) -> None:
        delta = {"content": text} if text else {}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "served", "choices": [choice]})

    def reply(self, text: str, finish: str = "stop", usage: tuple[int, int] | None = (11, 7)) -> None:
        """Answer well: stream the text in pieces."""
        self.start_stream()
        for i in range(0, len(text), 50):
            self.chunk(text[i : i + 50])
        self.chunk("", finish)
        if usage is not None:
            counts = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
            self.event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "served", "choices": [], "usage": counts})
        self.event("[DONE]")


@contextmanager
def serving() -> Iterator[Server]:
    script = Server()
    handler = type("Scripted", (Handler,), {"script": script})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        http.daemon_threads = True
        script.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield script
        http.shutdown()
        thread.join()
