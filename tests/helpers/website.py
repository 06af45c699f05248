"""What the tests of addresses share: a web server on this computer, and a reader for its pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from index.readers import html, text
from index.readers.common.draft import Draft
from index.readers.registry import Format
from index.sources.addresses import read_address
from index.types import Article, Unreadable

BODY = "The council voted on Tuesday to close the library. It was over in a minute."
PAGE = f"<html><head><title>Library</title></head><body><h1>Library</h1><p>{BODY}</p></body></html>"
Answer = tuple[int, dict[str, str], bytes] | Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        answer = self.server.answers.get(self.path, (404, {}, b"nothing here"))
        if callable(answer):
            answer(self)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


class Site(ThreadingHTTPServer):
    """A web server with ready answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [path for path, _ in self.asked]

    def put(
        self, path: str, body: str | bytes, kind: str = "text/html", status: int = 200, **more: str
    ) -> str:
        """Have something ready at a path; return its address."""
        data = body.encode() if isinstance(body, str) else body
        headers = {"Content-Type": kind} if kind else {}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        self.answers[path] = (status, headers, data)
        return self.at(path)

    def at(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: clients that leave early are what is tested."""


class DirectReader:
    """Reads in this process, and keeps what it was asked to read."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes]] = []

    def read(self, file_format: Format, data: bytes) -> Draft:
        self.asked.append((file_format.suffix, data))
        if file_format.suffix == ".html":
            return html.read(data)
        if file_format.plain:
            return text.read(data)
        return Draft("A file", data.decode("utf-8", "replace"))


@contextmanager
def running() -> Iterator[Site]:
    """A server while it runs."""
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def found_at(address: str) -> list[Article | Unreadable]:
    """Return all that an address gives."""
    return [found for _, found in read_address(address, DirectReader())]


def article_at(address: str) -> Article:
    """Return the one article at an address."""
    (found,) = found_at(address)
    assert isinstance(found, Article), found
    return found


def refusal(address: str) -> tuple[str, bool]:
    """Why an address gives nothing, and whether nothing is known of it."""
    (found,) = found_at(address)
    assert isinstance(found, Unreadable), found
    assert found.source == address
    return found.reason, found.out_of_reach
