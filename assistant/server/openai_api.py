"""The assistant for other programs: an OpenAI-compatible chat, and how the server is doing.

These routes know only the assistant; who serves them puts the ``Guard`` in front.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from anyio import to_thread
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from assistant.answer.markdown import cited_markdown, sentences_markdown
from assistant.answering import Answering
from assistant.errors import QuestionError
from assistant.question.messages import read_turns
from assistant.server.login import PasswordCheck
from assistant.server.reply import UNEXPECTED, Reply
from assistant.trace import Update
from assistant.types import Answer, Turn
from index.errors import UserError

MODEL: Final = "article-assistant"
"""The name under which other programs choose the assistant."""
BESIDE: Final = "article_assistant"
"""The field that holds the whole answer object beside its text."""
LARGEST: Final = 1024 * 1024
"""Bytes that a request may have."""

log = logging.getLogger(__name__)


class _RefusedError(Exception):
    """A request that is not answered: a status, a kind of error and a sentence."""

    def __init__(self, status: int, kind: str, reason: str, code: str | None = None) -> None:
        super().__init__(reason)
        error = {"message": reason, "type": kind, "param": None, "code": code}
        self.response = JSONResponse({"error": error}, status)


class _ChatRequest(BaseModel):
    """What of an OpenAI request means something here; a caller may send more."""

    messages: list[Any]  # their shapes are read_turns' to know
    model: str = ""
    stream: bool | None = None  # some clients send null for what they leave out


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    history: tuple[Turn, ...]
    stream: bool


def api_routes(
    assistant: Answering, password_check: PasswordCheck | None, at_once: int
) -> list[Route]:
    """Return the routes ``/v1/chat/completions``, ``/v1/models`` and ``/healthz``.

    Args:
        assistant: Answers.
        password_check: Lets in who may ask; None: everyone.
        at_once: Questions that are answered at the same time; more of them wait.
    """
    api = _Api(assistant, password_check, at_once)
    return [
        Route("/v1/chat/completions", api.complete, methods=["POST"]),
        Route("/v1/models", api.models, methods=["GET"]),
        Route("/healthz", api.health, methods=["GET"]),
    ]


class _Api:
    def __init__(
        self, assistant: Answering, password_check: PasswordCheck | None, at_once: int
    ) -> None:
        self._assistant = assistant
        self._password_check = password_check
        self._turn = asyncio.Semaphore(at_once)

    async def complete(self, request: Request) -> Response:
        """Answer a conversation's last message."""
        try:
            await self._require_password(request)
            asked = _asked(await _read(request))
            started = self._answer(asked)
            # The first step is awaited here: what fails at once has a status of its own.
            first = await anext(started)
        except _RefusedError as error:
            return error.response
        if asked.stream:
            return StreamingResponse(_events(first, started), media_type="text/event-stream")
        try:
            last = [first, *[each async for each in started]][-1]
        except _RefusedError as error:
            return error.response
        return JSONResponse(_completion(_whole(last)))

    async def models(self, request: Request) -> Response:
        """List the one model there is."""
        try:
            await self._require_password(request)
        except _RefusedError as error:
            return error.response
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
        return JSONResponse({"object": "list", "data": [model]})

    async def health(self, request: Request) -> Response:
        """Say whether questions can be answered; with a password, details only to who has it."""
        admitted = await self._knows_password(request)
        try:
            status = await to_thread.run_sync(self._assistant.status)
        except UserError as error:
            state = {"status": "unavailable"} | ({"message": str(error)} if admitted else {})
            return JSONResponse(state, 503)
        details = {
            "generation": status.generation,
            "articles": status.articles,
            "embedding_model": status.model,
            "llm": self._assistant.model or "quotes",
        }
        return JSONResponse({"status": "ok"} | (details if admitted else {}))

    async def _require_password(self, request: Request) -> None:
        if not await self._knows_password(request):
            reason = "Send the password as Authorization: Bearer PASSWORD."
            raise _RefusedError(401, "authentication_error", reason, "invalid_api_key")

    async def _knows_password(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return self._password_check is None or await self._password_check.admits_header(given)

    async def _answer(self, asked: _Asked) -> AsyncIterator[Update]:
        """Yield each step to the answer, which the last one holds; stop if cancelled."""
        async with self._turn:
            reply = Reply(self._assistant, asked.question, asked.history)
            try:
                steps = reply.updates()
                while (step := await _in_thread(lambda: next(steps, None))) is not None:
                    yield step
            except QuestionError as error:
                raise _RefusedError(400, "invalid_request_error", str(error)) from error
            except UserError as error:
                raise _RefusedError(503, "service_unavailable", str(error)) from error
            except Exception as error:
                log.exception("answering failed")
                raise _RefusedError(500, "server_error", UNEXPECTED) from error
            finally:
                reply.stop()


async def _in_thread(work: Callable[[], Any]) -> Any:
    # Given up when the client leaves: the thread ends as soon as the reply is stopped.
    return await to_thread.run_sync(work, abandon_on_cancel=True)


async def _read(request: Request) -> _ChatRequest:
    if int(request.headers.get("content-length") or 0) > LARGEST:
        raise _RefusedError(400, "invalid_request_error", "The request is larger than 1 MB.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise _RefusedError(400, "invalid_request_error", "The request is larger than 1 MB.")
    try:
        return _ChatRequest.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:
        reason = "The request must be a JSON object with model and messages."
        raise _RefusedError(400, "invalid_request_error", reason) from error


def _asked(chat: _ChatRequest) -> _Asked:
    if chat.model != MODEL:
        reason = f"There is no model {chat.model[:80]!r}; the only one is “{MODEL}”."
        raise _RefusedError(404, "invalid_request_error", reason, "model_not_found")
    try:
        turns = read_turns(chat.messages)
    except QuestionError as error:
        raise _RefusedError(400, "invalid_request_error", str(error)) from error
    if not turns or turns[-1].role != "user":
        reason = "The last message must be the user's question."
        raise _RefusedError(400, "invalid_request_error", reason)
    return _Asked(turns[-1].content, turns[:-1], bool(chat.stream))


def _whole(step: Update) -> Answer:
    if step.answer is None:
        raise RuntimeError("the assistant ended without an answer")
    return step.answer


def _completion(answer: Answer) -> dict[str, Any]:
    text = {"role": "assistant", "content": cited_markdown(answer), BESIDE: answer.to_dict()}
    choice = {"index": 0, "message": text, "finish_reason": "stop", "logprobs": None}
    # Tokens are an LLM's measure; where answers only quote, there are none.
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    return _envelope("chat.completion") | {"choices": [choice], "usage": usage}


async def _events(first: Update, rest: AsyncIterator[Update]) -> AsyncIterator[str]:
    """Yield the chunks of a streamed answer: each sentence once it is checked, then the object."""
    envelope = _envelope("chat.completion.chunk")
    yield _chunk(envelope, {"role": "assistant", "content": ""})
    sent, last = "", first
    try:
        async for step in _with_first(first, rest):
            text = (
                cited_markdown(step.answer)
                if step.answer
                else sentences_markdown(step.sentences, step.citations, doubtful=step.doubtful)
            )
            if text != sent and text.startswith(sent):
                yield _chunk(envelope, {"content": text[len(sent) :]})
                sent = text
            last = step
        answer = _whole(last)
    except _RefusedError as error:
        yield f"data: {bytes(error.response.body).decode()}\n\n"
        yield "data: [DONE]\n\n"
        return
    if sent != cited_markdown(answer):  # the LLM failed on the way, and the quotes stand for it
        yield _chunk(envelope, {"content": f"\n\n{cited_markdown(answer)}"})
    yield _chunk(envelope | {BESIDE: answer.to_dict()}, {}, "stop")
    yield "data: [DONE]\n\n"


async def _with_first(first: Update, rest: AsyncIterator[Update]) -> AsyncIterator[Update]:
    yield first
    async for each in rest:
        yield each


def _envelope(kind: str) -> dict[str, Any]:
    name = f"chatcmpl-{uuid4().hex}"
    return {"id": name, "object": kind, "created": int(time.time()), "model": MODEL}


def _chunk(envelope: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return f"data: {json.dumps(envelope | {'choices': [choice]})}\n\n"
