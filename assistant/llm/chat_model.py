"""A chat model goes in; its replies come out in pieces: whole, in time, or not at all.

Whatever goes wrong between a question and the end of its reply is raised as one sentence for a
person.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import ModelError
from assistant.llm.deadline import OutOfTimeError, read_ahead
from assistant.llm.failures import ModelInfo, pause_before_asking_again, refuses_temperature
from assistant.llm.response import (
    FinishReason,
    ThoughtsMixedInError,
    TooLongError,
    VisibleText,
    text_in,
)
from index.network import CuttableConnection

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

LONGEST_PAUSE = 5.0
"""Seconds to wait, at most, before a request that failed for a passing reason is sent again."""

_connection: ContextVar[CuttableConnection | None] = ContextVar("connection", default=None)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a prompt and its answer; None where the server does not tell."""

    prompt: int | None = None
    answer: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One step of a model's reply.

    Attributes:
        text: What has come; may be empty.
        cut: On the last piece: whether the model stopped at its token limit.
        usage: On the last piece: the tokens.
    """

    text: str = ""
    cut: bool = False
    usage: Usage | None = None


class ChatModel:
    """A chat model that streams its replies; may be shared by threads.

    Attributes:
        name: As it is shown to people.
        context: Tokens that its context holds, the answer's too.
    """

    def __init__(self, llm: BaseChatModel, info: ModelInfo, context: int, *, is_ours: bool) -> None:
        self.name: Final = info.name
        self.context: Final = context
        self._llm = llm
        self._info = info
        self._is_ours = is_ours

    def stream(self, system: str, user: str, *, deadline: float) -> Iterator[Piece]:
        """Ask, and yield the reply as it comes; closing the iterator ends the request.

        Args:
            system: What the model is to do.
            user: What it is to do it with.
            deadline: When to give up, as ``time.monotonic()`` counts.

        Raises:
            ModelError: There is no whole reply; the message says why and what to do.
        """
        has_begun = False
        connection = CuttableConnection(_anywhere)
        source = partial(self._pieces, [("system", system), ("human", user)], connection)
        if time.monotonic() >= deadline:
            raise self._info.late(has_begun=False)
        try:
            with closing(read_ahead(source, deadline, connection.cut)) as pieces:
                for piece in pieces:
                    has_begun = has_begun or bool(piece.text)
                    yield piece
        except OutOfTimeError:
            raise self._info.late(has_begun=has_begun) from None

    def _pieces(
        self,
        messages: list[tuple[str, str]],
        connection: CuttableConnection,
        ended: threading.Event,
    ) -> Generator[Piece]:
        _connection.set(connection)
        visible, finish = VisibleText(), FinishReason()
        try:
            for chunk in self._chunks(messages, ended):
                finish.note(chunk.response_metadata, chunk.usage_metadata)  # type: ignore[arg-type]
                if text := visible.add(text_in(chunk.content)):
                    yield Piece(text)
            last = visible.rest()
        except TooLongError:
            raise ModelError(
                f"{self.name} talks without end; ask again, or choose another model."
            ) from None
        except ThoughtsMixedInError:
            raise ModelError(
                f"{self.name} mixes its thoughts into its answer; have its server keep them "
                f"apart (a reasoning parser), or choose a model that does not think aloud."
            ) from None
        self._require_whole(visible, finish)
        usage = Usage(finish.prompt, finish.answer)
        yield Piece(last, finish.is_at_limit, usage)

    def _require_whole(self, visible: VisibleText, finish: FinishReason) -> None:
        if finish.is_withheld:
            raise ModelError(
                f"{self.name} withholds its answer, because a filter of its provider stopped it; "
                f"ask otherwise, or choose another model."
            )
        # Models made for tests say nothing about themselves; servers do, unless they break off.
        silent = not self._is_ours and not finish.says_something
        if not finish.has_come and not silent:
            raise self._info.broke_off() if visible.length else self._info.unreadable()
        if not visible.length and finish.is_at_limit:
            raise ModelError(
                f"{self.name} reached its token limit before it began to answer; "
                f"raise ASSISTANT_LLM_CONTEXT, or choose a model that thinks less."
            )
        if not visible.length:
            raise ModelError(f"{self.name} answered without a word; choose another model.")

    def _chunks(
        self, messages: list[tuple[str, str]], ended: threading.Event
    ) -> Iterator[AIMessage]:
        has_paused = False
        while True:
            has_begun, llm = False, self._llm
            try:
                for chunk in _received(llm, messages):
                    has_begun = True
                    yield chunk
            except Exception as error:  # noqa: BLE001  # whatever a provider raises
                if has_begun or not self._is_ours:
                    raise self._info.failed(error) from None
                if refuses_temperature(error) and getattr(llm, "temperature", None) is not None:
                    self._llm = llm.model_copy(update={"temperature": None})
                elif has_paused or not _paused(error, ended):
                    raise self._info.failed(error) from None
                else:
                    has_paused = True
            else:
                return


def _paused(error: Exception, ended: threading.Event) -> bool:
    """Wait where the same request may soon succeed; return whether to send it again."""
    pause = pause_before_asking_again(error, LONGEST_PAUSE)
    return pause is not None and not ended.wait(pause)


def let_be_cut(request: Any) -> None:
    """Have the connection of an HTTP client's request end with the reply that it is for."""
    if connection := _connection.get():
        request.extensions["trace"] = connection.watch
    # Each request has its own connection, so that cutting it harms no other.
    request.headers["Connection"] = "close"


def _anywhere(_: str) -> None:
    """Let a connection go wherever the person's settings lead it."""


def _received(llm: BaseChatModel, messages: list[tuple[str, str]]) -> Iterator[AIMessage]:
    is_empty = True
    try:
        for chunk in llm.stream(messages):
            is_empty = False
            yield chunk
    except ValueError as error:
        # LangChain's word for a stream without events: a server that answers in one piece.
        if not is_empty or type(error) is not ValueError:
            raise
        yield llm.invoke(messages)
