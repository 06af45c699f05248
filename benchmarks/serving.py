"""A page in a process of its own, and how much memory it holds."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from measuring import ROOT

PATIENCE = 180.0  # seconds

GRADIO_ALONE = """
import sys
import gradio

def chat(message, history):
    return message

port = int(sys.argv[sys.argv.index("--port") + 1])
gradio.ChatInterface(chat).launch(server_port=port, quiet=True)
"""
"""A chat of gradio's own that only says back what it is told."""


@dataclass(frozen=True)
class Page:
    """A page that is served: its address, its process, and the seconds until it answered."""

    address: str
    process: int
    seconds: float


def page_command(index: Path) -> list[str]:
    """Return the command that serves an index."""
    return [str(ROOT / "app.py"), "--index", str(index)]


@contextmanager
def served(command: Sequence[str]) -> Iterator[Page]:
    """Run Python with a command and a free port until its page answers.

    Raises:
        SystemExit: It does not.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command, "--port", port], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        _wait(address, process)
        yield Page(address, process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(address, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the page did not start")


def memory(process: int | str = "self") -> tuple[float, float]:
    """Return the megabytes that a process holds now, and held at most (Linux only)."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    now, most = (re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE) for name in _FIELDS)
    if now is None or most is None:
        raise SystemExit(f"process {process} says nothing of its memory")
    return int(now[1]) / 1024, int(most[1]) / 1024


_FIELDS = ("VmRSS", "VmHWM")
