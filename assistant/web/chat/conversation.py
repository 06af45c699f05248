"""From a question to the steps of its answer: a conversation as the page keeps it; no Gradio."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from queue import SimpleQueue
from threading import Event, Thread
from typing import Final, Protocol

from assistant.trace import Stage, Update
from assistant.types import Answer, Citation, Sentence, Turn
from index import Index
from index.errors import UserError
from index.types import IndexStatus

UNEXPECTED: Final = "Something went wrong while answering; the details are in the terminal."

log = logging.getLogger(__name__)


class Answering(Protocol):
    """What the page needs of an ``Assistant``."""

    @property
    def articles(self) -> Index:
        """The index it answers from."""

    @property
    def model(self) -> str | None:
        """Name the LLM that phrases the answers, if there is one."""

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Update]:
        """Answer step by step."""

    def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:
        """Return questions that the articles can answer; those that lead on from an answer."""

    def status(self) -> IndexStatus:
        """Describe the index."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has become of it so far: all that the page knows of one turn.

    Attributes:
        turn: Its number in the conversation, from 1; it makes the ids of its sources unique.
        question: As it was typed.
        stage: What is going on while neither ``answer`` nor ``error`` is set.
        sentences: The sentences that are ready so far.
        citations: The citations they use.
        draft: The beginning of the next sentence, not yet checked.
        answer: The finished answer.
        error: Why there is no answer, in words for a person.
        stopped: Whether the reader stopped it.
        alone: Whether it was asked without the conversation before it.
        liked: Whether the reader found the answer helpful; None if they did not say.
        talk: The conversation's own name, by which a browser keeps it.
    """

    turn: int
    question: str
    stage: Stage = "searching"
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    draft: str = ""
    answer: Answer | None = None
    error: str | None = None
    stopped: bool = False
    alone: bool = False
    liked: bool | None = None
    talk: str = ""

    @property
    def pending(self) -> bool:
        """Whether it is still being answered."""
        return self.answer is None and self.error is None and not self.stopped

    @property
    def sources(self) -> tuple[Citation, ...]:
        """What the answer cites, as far as it is known."""
        return self.citations if self.answer is None else self.answer.citations

    @property
    def closest(self) -> tuple[Citation, ...]:
        """What came nearest, when the articles do not answer."""
        return () if self.answer is None or self.sources else self.answer.closest


Exchanges = tuple[Exchange, ...]


class Reply:
    """An answer in the making, in a thread of its own, so that a reader can stop it at any moment.

    Gradio's own ``cancels`` waits for the running step to end, and drops what is asked meanwhile.

    Attributes:
        discarded: Whether nobody wants to see it any more.
    """

    def __init__(self, assistant: Answering, question: str, history: Sequence[Turn]) -> None:
        self._steps: SimpleQueue[Update | Exception | None] = SimpleQueue()
        self._stopped = Event()
        self.discarded = False
        work = (assistant, question, history)
        Thread(target=self._run, args=work, name="reply", daemon=True).start()

    @property
    def stopped(self) -> bool:
        """Whether the reader stopped it."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End the updates at once; the thread ends after its present step."""
        self._stopped.set()
        self._steps.put(None)

    def discard(self) -> None:
        """Stop it, and keep it off the page."""
        self.discarded = True
        self.stop()

    def updates(self) -> Iterator[Update]:
        """Yield each step until the answer is done or stopped; raise what the assistant raised."""
        while (step := self._steps.get()) is not None and not self.stopped:
            if isinstance(step, Exception):
                raise step
            yield step

    def _run(self, assistant: Answering, question: str, history: Sequence[Turn]) -> None:
        try:
            for update in assistant.stream(question, history):
                self._steps.put(update)
                if self.stopped:
                    return
        except Exception as error:  # noqa: BLE001 - raised again where the updates are read
            self._steps.put(error)
        self._steps.put(None)


def answering(exchange: Exchange, reply: Reply) -> Iterator[Exchange]:
    """Yield ``exchange`` after each step of ``reply``; a failure becomes its message."""
    try:
        for update in reply.updates():
            exchange = _advance(exchange, update)
            yield exchange
    except UserError as error:
        yield replace(exchange, error=str(error))
        return
    except Exception:  # the page must outlive any fault of the core
        log.exception("answering failed")
        yield replace(exchange, error=UNEXPECTED)
        return
    if not exchange.pending or reply.discarded:
        return
    if reply.stopped:
        yield replace(exchange, stopped=True)
    else:
        log.error("the assistant ended without an answer")
        yield replace(exchange, error=UNEXPECTED)


def history_of(exchanges: Exchanges) -> tuple[Turn, ...]:
    """Return what has been asked and answered, as the core wants it: plain text."""
    turns: list[Turn] = []
    for exchange in exchanges:
        if exchange.answer is not None:
            turns.append(Turn("user", exchange.question))
            turns.append(Turn("assistant", exchange.answer.text))
    return tuple(turns)


def _advance(exchange: Exchange, update: Update) -> Exchange:
    return replace(
        exchange,
        stage=update.stage,
        sentences=update.sentences,
        citations=update.citations,
        draft=update.draft,
        answer=update.answer,
    )
