"""What an LLM was sent and what became of its answer, as ``ask --explain`` shows it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.llm.chat_model import Usage
from assistant.writing.checker import CheckedSentence
from assistant.writing.prompt import Prompt


@dataclass(frozen=True, slots=True)
class LlmTrace:
    """What an LLM was sent, and what became of what it wrote.

    Attributes:
        prompt: What was sent; None if it was not asked.
        sentences: What it wrote, in order.
        usage: What the server said of the tokens; None if it said nothing.
        declined: Whether it said that the evidence does not answer.
        trouble: Why its answer was not used; else empty.
    """

    prompt: Prompt | None = None
    sentences: tuple[CheckedSentence, ...] = ()
    usage: Usage | None = None
    declined: bool = False
    trouble: str = ""
