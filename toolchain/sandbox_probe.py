"""Try to break out of the sandbox, and say for each attempt how it went: `sandbox_probe.py OUTSIDE PARENT PORT`."""

from __future__ import annotations

import os
import sys


def _works() -> str:
    with open("own", "w") as file:
        file.write("1")
    with open("own") as file:
        return "works" if file.read() == "1" else "does not work"


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            file.read()
    except OSError:
        return "cannot read"
    return f"READS {path}"


def _write(path: str) -> str:
    try:
        with open(path, "w") as file:
            file.write("1")
    except OSError:
        return "cannot write"
    return f"WRITES {path}"


def _network(port: int) -> str:
    import _socket  # the module around it costs as much as this whole probe

    try:
        _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM).connect(("127.0.0.1", port))
    except OSError:
        return "no network"
    return "CONNECTS"


def _environment(parent: str) -> str:
    if "SANDBOX_CANARY" in os.environ:
        return "SEES CANARY"
    try:
        with open(f"/proc/{parent}/environ", "rb") as file:
            return "SEES THE PARENT'S ENVIRONMENT" if file.read() else "no canary"
    except OSError:
        return "no canary"


if __name__ == "__main__":
    outside, parent, port = sys.argv[1:]
    print(", ".join((_works(), _read(f"{outside}/canary"), _write(f"{outside}/written"), _network(int(port)), _environment(parent))))
