"""A server on this computer that takes what LangSmith's client sends, and keeps it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

# Otherwise the client sends many parts in one compressed request.
_BATCHES = {
    "use_multipart_endpoint": False,
    "size_limit": 100,
    "size_limit_bytes": 20_000_000,
    "scale_up_nthreads_limit": 1,
    "scale_up_qsize_trigger": 1000,
    "scale_down_nempty_trigger": 4,
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: TracingServer

    def do_GET(self) -> None:
        self.send_json({"batch_ingest_config": _BATCHES})

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.take(self.headers.get("x-api-key"), sent)
        self.send_json({})

    def send_json(self, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


class TracingServer(ThreadingHTTPServer):
    """Keeps the runs that are posted and patched; used as a context manager."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.runs: dict[str, dict[str, Any]] = {}
        self.keys: set[str | None] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """What ``LANGSMITH_ENDPOINT`` should say."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def take(self, key: str | None, sent: dict[str, list[dict[str, Any]]]) -> None:
        """Put together what belongs to one run: its beginning and its end."""
        self.keys.add(key)
        for run in (*sent.get("post", ()), *sent.get("patch", ())):
            kept = self.runs.setdefault(run["id"], {})
            kept |= {name: value for name, value in run.items() if value or name not in kept}

    def tree(self) -> dict[str, tuple[str, str | None]]:
        """Return each run's name, with its type and the name of the run above it."""
        return {run["name"]: (run["run_type"], self._above(run)) for run in self.runs.values()}

    def named(self, name: str) -> dict[str, Any]:
        """Return the one run of this name."""
        (found,) = (run for run in self.runs.values() if run["name"] == name)
        return found

    def _above(self, run: dict[str, Any]) -> str | None:
        above = run.get("parent_run_id")
        return str(self.runs[above]["name"]) if above else None
