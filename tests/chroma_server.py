"""A real Chroma server on loopback, which tests may kill and start again."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromadb

from assistant.settings import AssistantSettings

_PATIENCE = 60  # seconds in which it must be there
_prefixes = (f"shelf{number}" for number in itertools.count())


class ChromaServer:
    """A process of ``chroma run`` over a folder, at the same address after each start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
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
        return chromadb.HttpClient("127.0.0.1", self._port)

    def home(self, **values: Any) -> AssistantSettings:
        """Return settings for an index of its own on this server."""
        return AssistantSettings(
            **{"chroma_url": self.address, "chroma_prefix": next(_prefixes), **values}
        )


@contextmanager
def chroma_server(folder: Path) -> Iterator[ChromaServer]:
    """Run a server over a folder."""
    server = ChromaServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
