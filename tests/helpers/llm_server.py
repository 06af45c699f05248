"""LLM servers on this computer for tests: only the words and the failures are made up.

``OpenAIServer`` speaks OpenAI's protocol, ``OllamaServer`` Ollama's, both over real HTTP with
chunked transfer coding::

    with OpenAIServer(lambda messages: "The owl eats voles [1].") as server:
        settings = AssistantSettings(llm="tiny", llm_base_url=server.url)

The function is given the messages of each request and returns a ``Reply``, or only its words. What
was asked is kept in ``requests``, and ``left`` counts the clients that hung up before the end.
"""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from helpers.llm_wire import FOREVER, MODEL, Message, Replies, Reply, Request

__all__ = ["MODEL", "LLMServer", "Message", "OllamaServer", "OpenAIServer", "Reply"]


class _HungUpError(Exception):
    """Nobody listens any more, or the server closes."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LLMServer

    def do_GET(self) -> None:
        self.send_json(200, self.server.catalogue())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Request(self.path, headers, body)
        self.server.requests.append(asked)
        reply = self.server.replies(asked.messages)
        try:
            self.server.answer(self, asked, Reply(reply) if isinstance(reply, str) else reply)
        except (_HungUpError, ConnectionError):
            self.close_connection = True
            self.server.left += 1

    def send_json(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, reply: Reply, kind: str, lines: Iterator[bytes]) -> None:
        """Send lines in chunks, with the pauses, stalls and breaks of the reply."""
        self.send_response(reply.status)
        for name, text in {"Content-Type": kind, **reply.headers}.items():
            self.send_header(name, text)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for place, line in enumerate(lines):
            if place == reply.break_after:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.wait(FOREVER if place == reply.stall_after else reply.pause)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.write(b"0\r\n\r\n")

    def wait(self, seconds: float) -> None:
        """Wait for as long as somebody listens."""
        while seconds > 0:
            step = min(seconds, 0.05)
            readable, _, _ = select.select([self.connection], [], [], step)
            if self.server.closing.is_set() or (readable and not self._is_alive()):
                raise _HungUpError
            seconds -= step

    def _is_alive(self) -> bool:
        return bool(self.connection.recv(1, socket.MSG_PEEK))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


class LLMServer(ThreadingHTTPServer):
    """What both servers share: they are used as context managers."""

    daemon_threads = True

    def __init__(self, replies: Replies) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = replies
        self.requests: list[Request] = []
        self.left = 0
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: clients that leave early are what is tested."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """What ``ASSISTANT_LLM_BASE_URL`` should say."""
        return self.address

    def catalogue(self) -> object:
        """Return the models that it serves."""
        raise NotImplementedError

    def answer(self, handler: _Handler, asked: Request, reply: Reply) -> None:
        """Answer one request."""
        handler.wait(reply.silence)
        if reply.raw:
            handler.stream(reply, reply.headers.get("Content-Type", self.kind), iter(reply.raw))
        elif reply.status != 200:
            handler.send_json(reply.status, self.error(reply), reply.headers)
        elif asked.body.get("stream", self.streams):
            handler.stream(reply, self.kind, self.lines(asked, reply))
        else:
            handler.send_json(200, self.whole(asked, reply))

    kind: str
    streams: bool  # whether a request that does not say is for a stream

    def error(self, reply: Reply) -> object:
        """Return the body of a failure."""
        raise NotImplementedError

    def whole(self, asked: Request, reply: Reply) -> Message:
        """Return an answer in one piece."""
        raise NotImplementedError

    def lines(self, asked: Request, reply: Reply) -> Iterator[bytes]:
        """Yield the lines of a stream."""
        raise NotImplementedError


class OpenAIServer(LLMServer):
    """OpenAI's protocol, as llama.cpp, vLLM and LM Studio speak it too."""

    kind = "text/event-stream"
    streams = False

    @property
    def url(self) -> str:
        """What ``ASSISTANT_LLM_BASE_URL`` should say."""
        return self.address + "/v1"

    def catalogue(self) -> object:
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "us"}]}

    def error(self, reply: Reply) -> object:
        return {"error": {"message": reply.words, "type": "error", "param": None, "code": None}}

    def whole(self, asked: Request, reply: Reply) -> Message:
        message: Message = {"role": "assistant", "content": reply.words}
        for delta in reply.deltas:
            message |= delta
        choice = {"index": 0, "message": message, "finish_reason": reply.finish}
        return {**_head(asked, "chat.completion"), "choices": [choice], **_tokens(reply)}

    def lines(self, asked: Request, reply: Reply) -> Iterator[bytes]:
        head = _head(asked, "chat.completion.chunk")
        for delta in ({"role": "assistant", "content": ""}, *reply.pieces):
            yield _event({**head, "choices": [_choice(delta, None)]})
        if reply.finish is None:
            return
        yield _event({**head, "choices": [_choice({}, reply.finish)]})
        if asked.body.get("stream_options", {}).get("include_usage"):
            yield _event({**head, "choices": [], **_tokens(reply)})
        yield b"data: [DONE]\n\n"


def _head(asked: Request, kind: str) -> Message:
    return {"id": "chat-1", "object": kind, "created": 0, "model": asked.body.get("model", MODEL)}


def _choice(delta: Message, finish: str | None) -> Message:
    return {"index": 0, "delta": delta, "finish_reason": finish}


def _event(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _tokens(reply: Reply) -> Message:
    if reply.usage is None:
        return {}
    prompt, answer = reply.usage
    total = prompt + answer
    return {"usage": {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": total}}


class OllamaServer(LLMServer):
    """Ollama's protocol: a line of JSON for each piece."""

    kind = "application/x-ndjson"
    streams = True

    def catalogue(self) -> object:
        return {"models": [{"name": f"{MODEL}:latest", "model": f"{MODEL}:latest"}]}

    def error(self, reply: Reply) -> object:
        return {"error": reply.words}

    def whole(self, asked: Request, reply: Reply) -> Message:
        return _line(asked, {"content": reply.words}) | _end(reply)

    def lines(self, asked: Request, reply: Reply) -> Iterator[bytes]:
        for message in reply.pieces:
            yield json.dumps(_line(asked, message)).encode() + b"\n"
        if reply.finish is not None:
            yield json.dumps(_line(asked, {"content": ""}) | _end(reply)).encode() + b"\n"


def _line(asked: Request, message: Message) -> Message:
    said = {"role": "assistant", "content": "", **message}
    made = {"model": asked.body.get("model", MODEL), "created_at": "2026-01-01T00:00:00Z"}
    return {**made, "message": said, "done": False}


def _end(reply: Reply) -> Message:
    end: Message = {"done": True, "done_reason": reply.finish}
    if reply.usage is None:
        return end
    return {**end, "prompt_eval_count": reply.usage[0], "eval_count": reply.usage[1]}
