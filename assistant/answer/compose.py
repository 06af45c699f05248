"""What was found → ``Answer``: quotes, or the finding that the articles do not answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from assistant.answer.citations import cite_evidence, difference_note, marked_text, quoted_sentences
from assistant.answer.partial import PartialAnswer
from assistant.finding import time_asked
from assistant.journey import Journey
from assistant.types import Answer
from index import View
from prompts import fill


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
        """Return an answer with its timings."""
        return replace(answer, timings=self.timings())

    def timings(self) -> dict[str, float]:
        """Return the seconds of each stage, and of all since the start."""
        return {**self._laps, "total": round(time.perf_counter() - self._started, 4)}


def quote(view: View, asked: str, journey: Journey) -> Answer:
    """Return the answer in the articles' own words."""
    reading = journey.reading
    citations = cite_evidence(view, reading.picked, reading.chances)
    sentences = quoted_sentences(citations, reading.picked)
    if reading.differ:
        sentences += (difference_note(citations),)
    return Answer(
        question=asked,
        standalone_question=journey.understood.question,
        kind="answered",
        text=marked_text(sentences),
        sentences=sentences,
        citations=citations,
        confidence=round(reading.confidence, 4),
    )


def refuse(view: View, asked: str, journey: Journey) -> Answer:
    """Return the finding that the articles do not answer, with what came closest."""
    reading, when = journey.reading, journey.when
    closest = cite_evidence(view, reading.closest, reading.chances)
    missing = view.unknown_words(time_asked(view, asked).question)
    if not closest and when.period and when.period.only:
        text = fill("refusal_period", newest=view.newest() or "")
    elif not closest:
        text = fill("refusal_nothing")
    elif missing:
        named = ", ".join(f"“{word}”" for word in missing)
        text = fill("refusal_missing", missing=named, count=view.count())
    else:
        text = fill("refusal", count=view.count())
    return Answer(
        question=asked,
        standalone_question=journey.understood.question,
        kind="not_in_articles",
        text=text,
        closest=closest,
        confidence=round(reading.confidence, 4),
    )


def stream_quotes(quoted: Answer) -> Iterator[PartialAnswer]:
    """Yield an answer in quotes sentence by sentence, and last as a whole."""
    for count in range(1, len(quoted.sentences) + 1):
        yield PartialAnswer(quoted.sentences[:count], quoted.citations[:count])
    yield PartialAnswer(quoted.sentences, quoted.citations, answer=quoted)
