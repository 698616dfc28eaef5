"""Serve npm packages on loopback, so that the real npm client can fetch them without any network."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def pack(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    """Return an npm archive (`package/…`) of files and symbolic links."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name if name.startswith(("/", "..")) else f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(f"package/{name}")
            member.type, member.linkname = tarfile.SYMTYPE, target
            tar.addfile(member)
    return made.getvalue()


def integrity_of(archive: bytes) -> str:
    """Return an archive's integrity as npm writes it."""
    return f"sha512-{base64.b64encode(hashlib.sha512(archive).digest()).decode()}"


@dataclass
class Registry:
    """Hold what is served; while `gate` is closed, archives hang in the middle."""

    archives: dict[str, bytes]
    url: str = ""
    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(archives: dict[str, bytes]) -> Iterator[Registry]:
    """Serve these packages (name → archive), each in version 1.0.0."""
    registry = Registry(archives)
    registry.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            registry.asked.append(self.path)
            name = urllib.parse.unquote(self.path.lstrip("/"))
            if name.startswith("archive/"):
                content = registry.archives[name.removeprefix("archive/")]
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[:10])
                self.wfile.flush()
                registry.gate.wait(60)
                self.wfile.write(content[10:])
                return
            archive = registry.archives.get(name)
            self.send_response(200 if archive else 404)
            self.end_headers()
            if archive:
                where = {"tarball": f"{registry.url}/archive/{urllib.parse.quote(name, safe='')}", "integrity": integrity_of(archive)}
                version = {"name": name, "version": "1.0.0", "dist": where}
                self.wfile.write(json.dumps({"name": name, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    registry.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield registry
    finally:
        registry.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()
