"""What happens on the way of a question: each step as it comes, and how the answer came about."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.question.followup import Standalone
from assistant.question.understand import Query
from assistant.reader.read import NOTHING, Reading
from assistant.retrieval import Retrieved
from assistant.types import Answer, Citation, PartialAnswer, Sentence, Turn
from assistant.writing.trace import LlmTrace
from index import Hit, View

Stage = Literal["searching", "reading", "writing", "done"]


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about: what ``ask --explain`` shows.

    Attributes:
        query: The question as it was understood.
        threshold: The confidence that an answer needs, 0..1.
        retrieved: The passages of each attempt, the one that was answered from last; empty for a
            summary, which nothing is searched for.
        reading: What the reader made of the last attempt.
        llm: What the LLM did; None without one.
    """

    query: Query
    threshold: float
    retrieved: tuple[Retrieved, ...] = ()
    reading: Reading = NOTHING
    llm: LlmTrace | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """One step of an answer that is being made.

    Attributes:
        stage: What is going on; ``done`` comes last and only then ``answer`` is set.
        sentences: The sentences that are ready so far.
        citations: The citations they use.
        answer: The finished answer.
        draft: The beginning of the next sentence, not yet checked; only an LLM's answer has one.
        doubtful: While it is written, whether it may be no answer (``Answer.doubtful``).
        trace: How the finished answer came about; None for a greeting.
    """

    stage: Stage
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    draft: str = ""
    doubtful: bool = False
    trace: Trace | None = None


class Stopwatch:
    """Seconds of each stage, as ``Answer.timings`` shows them."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Count the time since the last lap to the stage ``name``."""
        now = time.perf_counter()
        self._laps[name] = round(self._laps.get(name, 0.0) + now - self._last, 4)
        self._last = now

    def timed(self, answer: Answer) -> Answer:
        """Return an answer with the seconds of each stage, and of all since the start."""
        total = round(time.perf_counter() - self._started, 4)
        return replace(answer, timings={**self._laps, "total": total})


class Observer:
    """Stands round each stage and lets it work; a subclass looks at what goes in and comes out.

    Every method calls its stage with what it was given, returns what the stage returns and raises
    what it raises.
    """

    def understand(
        self,
        question: str,
        history: Sequence[Turn],
        stage: Callable[[str, Sequence[Turn]], Standalone],
    ) -> Standalone:
        """The question is made to stand alone."""
        return stage(question, history)

    def retrieve(
        self, view: View, query: Query, stage: Callable[[View, Query], Iterator[Retrieved]]
    ) -> Iterator[Retrieved]:
        """Passages are looked for: at the first item; the further ones choose among them."""
        return stage(view, query)

    def read(
        self,
        query: Query,
        hits: Sequence[Hit],
        stage: Callable[[Query, Sequence[Hit]], Reading],
    ) -> Reading:
        """The passages are read."""
        return stage(query, hits)

    def write(
        self, quoted: Answer, stage: Callable[[Answer], Iterator[PartialAnswer]]
    ) -> Iterator[PartialAnswer]:
        """The answer is put into words; ``quoted`` is the one in quotes."""
        return stage(quoted)


UNOBSERVED = Observer()
"""Looks at nothing, keeps nothing, costs nothing."""
