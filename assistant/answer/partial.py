"""An answer on its way: what every way of making one yields, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.types import Answer, Citation, Sentence


@dataclass(frozen=True, slots=True)
class PartialAnswer:
    """An answer as far as it has come.

    Attributes:
        sentences: Those that are ready.
        citations: What they cite.
        draft: The beginning of the next one.
        answer: The finished answer; None before the end.
    """

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    draft: str = ""
    answer: Answer | None = None
