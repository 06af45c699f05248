"""How an answer came about: what ``ask --explain`` shows, collected on the way of a question."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.finding import Found
from assistant.question.followup import Understood
from assistant.question.period import AskedTime
from assistant.reader.read import NOTHING, Reading
from assistant.writing.trace import LlmTrace


@dataclass(frozen=True, slots=True)
class Journey:
    """How an answer came about.

    Attributes:
        spelt: The question with its misspelt words corrected.
        understood: What was searched for.
        when: The time it asks about.
        threshold: The confidence that an answer needs.
        found: The passages of each attempt, the one that was answered from last.
        reading: What the reader made of the last attempt.
        llm: What the LLM did; None without one.
    """

    spelt: str
    understood: Understood
    when: AskedTime
    threshold: float
    found: tuple[Found, ...] = ()
    reading: Reading = NOTHING
    llm: LlmTrace | None = None
