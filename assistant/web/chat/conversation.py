"""From a question to the steps of its answer: a conversation as the page keeps it; no Gradio."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.server.reply import UNEXPECTED, Reply
from assistant.trace import Stage, Update
from assistant.types import Answer, Citation, Sentence, Turn
from index.errors import UserError

log = logging.getLogger(__name__)


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
        doubtful: Whether what is being written may be no answer.
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
    doubtful: bool = False
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
        doubtful=update.doubtful,
        answer=update.answer,
    )
