"""How an answer came about: what ``ask --explain`` shows, collected on the way of a question."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.finding import Found
from assistant.llm.providers import Usage
from assistant.question.followup import Understood
from assistant.question.period import AskedTime
from assistant.reader.read import NOTHING, Reading
from assistant.writing.checker import Check
from assistant.writing.prompt import Brief


@dataclass(frozen=True, slots=True)
class Telling:
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
        telling: What the LLM did; None without one.
    """

    spelt: str
    understood: Understood
    when: AskedTime
    threshold: float
    found: tuple[Found, ...] = ()
    reading: Reading = NOTHING
    telling: Telling | None = None
