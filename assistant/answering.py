"""What the faces need of an assistant: so that none of them depends on how it answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from assistant.trace import Update
from assistant.types import Answer, Turn
from index import Index
from index.types import IndexStatus


class Answering(Protocol):
    """What a page or a server asks an ``Assistant`` for."""

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
