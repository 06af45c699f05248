"""A real Chroma server on loopback, which tests may kill and start again."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from assistant.settings import AssistantSettings
from helpers.ports import free_port

_PATIENCE = 60  # seconds in which it must be there
_prefixes = (f"shelf{number}" for number in itertools.count())


class ChromaServer:
    """A process of ``chroma run`` over a folder, at the same address after each start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = Path(sys.executable).with_name("chroma")
        where = ["--host", "127.0.0.1", "--port", str(self._port), "--path", str(self._folder)]
        self._process = subprocess.Popen(
            [program, "run", *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("chroma run does not answer")

    def kill(self) -> None:
        """Kill it as the power cord does."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def client(self) -> Any:
        """Open it as any program does that knows nothing of ours."""
        import chromadb

        return chromadb.HttpClient("127.0.0.1", self._port)

    def home(self, **values: Any) -> AssistantSettings:
        """Return settings for an index of its own on this server."""
        return AssistantSettings(
            **{"chroma_url": self.address, "chroma_prefix": next(_prefixes), **values}
        )


class _Gate(BaseHTTPRequestHandler):
    """Passes on what comes under ``/chroma`` with the right key, as a proxy does."""

    server: Proxy

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def do_DELETE(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        import httpx

        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("X-Key") != "s3cret":
            self._answer(401, b"<html>Who are you?</html>")
            return
        path = self.path.removeprefix("/chroma")
        kind = {"Content-Type": "application/json"}
        done = httpx.request(
            self.command, self.server.behind + path, content=body, headers=kind, timeout=60
        )
        self._answer(done.status_code, done.content)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


class Proxy(ThreadingHTTPServer):
    """A proxy that wants a key, in front of a server."""

    daemon_threads = True

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Gate)
        self.behind = behind
        self.address = f"http://127.0.0.1:{self.server_address[1]}/chroma"


@contextmanager
def proxy(behind: str) -> Iterator[str]:
    """Run a proxy in front of a server; give its address."""
    running = Proxy(behind)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running.address
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


@contextmanager
def chroma_server(folder: Path) -> Iterator[ChromaServer]:
    """Run a server over a folder."""
    server = ChromaServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
