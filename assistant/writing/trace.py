"""What an LLM was sent, and what became of what it wrote."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.llm.chat_model import Usage
from assistant.writing.checker import Check
from assistant.writing.prompt import Brief


@dataclass(frozen=True, slots=True)
class LlmTrace:
    """What an LLM was sent, and what became of what it wrote.

    Attributes:
        brief: What was sent; None if it was not asked.
        checks: Its sentences, in order.
        usage: What the server said of the tokens.
        declined: Whether it said that the evidence does not answer.
        trouble: Why its answer was not used; else empty.
    """

    brief: Brief | None = None
    checks: tuple[Check, ...] = ()
    usage: Usage | None = None
    declined: bool = False
    trouble: str = ""
