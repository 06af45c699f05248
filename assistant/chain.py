"""The journey of a question: each stop once, in this order, to a cited answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.citations import cite_evidence, difference_note, marked_text, quoted_sentences
from assistant.errors import QuestionError
from assistant.evidence import gather_evidence
from assistant.finding import attempts, find_passages, time_asked
from assistant.followup import Understood, stand_alone
from assistant.intents import Intent, understand
from assistant.overview import (
    EXAMPLES,
    Overview,
    candidate_questions,
    find_subject,
    list_articles,
    list_mentions,
    summarise,
)
from assistant.periods import AskedTime
from assistant.reader import NOTHING, Reading, read_evidence
from assistant.settings import AssistantSettings
from assistant.types import Answer, Turn, Update
from index import Hit, Index, IndexStatus, View, open_index
from index.settings import read_settings
from index.types import Progress, no_progress
from prompts import fill

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

    from assistant.runnables import AskInput

LONGEST_QUESTION = 4000
"""In characters; what is longer is a text, not a question."""


def open_assistant(
    index_dir: Path | str | None = None,
    *,
    settings: AssistantSettings | None = None,
    progress: Progress = no_progress,
) -> Assistant:
    """Open an index for questions.

    Args:
        index_dir: The index's folder; default: ``ASSISTANT_INDEX`` or ``.article-index``.
        settings: Default: read from the environment.
        progress: Called as ``progress(stage, done, total)`` if damaged vectors must be written
            again before a question can be answered.

    Raises:
        UserError: There is no usable index; the message names the remedy.
    """
    settings = settings or read_settings(AssistantSettings)
    folder = Path(index_dir) if index_dir is not None else None
    return Assistant(open_index(folder, settings=settings, progress=progress), settings)


class Assistant:
    """Answers questions from an index; may be shared by threads.

    Attributes:
        articles: The index it answers from.
    """

    def __init__(self, articles: Index, settings: AssistantSettings) -> None:
        self.articles = articles
        self._settings = settings

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question.

        Args:
            question: In plain words.
            history: The conversation so far, oldest first.

        Raises:
            QuestionError: The question is empty or too long.
            UserError: The index cannot be used; the message names the remedy.
        """
        *_, last = self.stream(question, history)
        if last.answer is None:
            raise RuntimeError("the journey of a question ended without an answer")
        return last.answer

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Update]:
        """Answer a question step by step; the last update holds the answer ``ask`` returns.

        Raises:
            The same as ``ask``.
        """
        watch = _Stopwatch()
        asked = _checked(question)
        with self.articles.view() as view:
            yield Update("searching")
            spelt = view.corrected(asked)
            intent = understand(spelt)
            overview = _overview_of(view, intent)
            if overview or intent.kind in {"greeting", "summary", "listing"}:
                yield from self._overview(view, asked, intent, overview, watch)
                return
            understood = stand_alone(spelt, history)
            when = time_asked(view, understood.question)
            reading = NOTHING
            for hits in attempts(view, understood, when):
                watch.lap("search")
                yield Update("reading")
                reading = read_passages(view, spelt, hits, threshold=self._settings.threshold)
                watch.lap("read")
                if reading.answers:
                    break
            if not reading.answers:
                refusal = _refusal(view, asked, understood.question, reading, when, watch)
                yield Update("done", answer=refusal)
                return
            citations = cite_evidence(view, reading.picked, reading.chances)
            sentences = quoted_sentences(citations, reading.picked)
            if reading.differ:
                sentences += (difference_note(citations),)
            for count in range(1, len(sentences) + 1):
                yield Update("writing", sentences[:count], citations[:count])
        answer = Answer(
            question=asked,
            standalone_question=understood.question,
            kind="answered",
            text=marked_text(sentences),
            sentences=sentences,
            citations=citations,
            confidence=round(reading.confidence, 4),
            timings=watch.timings(),
        )
        yield Update("done", sentences, citations, answer)

    def suggestions(self) -> tuple[str, ...]:
        """Return three questions that the articles can answer, made from them."""
        with self.articles.view() as view:
            return self._suggestions(view)

    def status(self) -> IndexStatus:
        """Say which index this is and what it holds."""
        return self.articles.status()

    def as_runnable(self) -> Runnable[AskInput, Answer]:
        """Return the assistant as a LangChain ``Runnable``: a question in, an ``Answer`` out."""
        from assistant.runnables import answer_runnable

        return answer_runnable(self)

    def as_retriever(self, *, limit: int = 6) -> BaseRetriever:
        """Return the search as a LangChain retriever: a question in, ``Document``s out."""
        from assistant.runnables import PassageRetriever

        return PassageRetriever(articles=self.articles, limit=limit)

    def _overview(
        self,
        view: View,
        asked: str,
        intent: Intent,
        overview: Overview | None,
        watch: _Stopwatch,
    ) -> Iterator[Update]:
        if intent.kind == "greeting":
            text = fill("greeting", count=len(view.articles()))
            suggestions = self._suggestions(view)
            answer = Answer(
                asked, asked, "greeting", text, suggestions=suggestions, timings=watch.timings()
            )
            yield Update("done", answer=answer)
            return
        if overview is None:
            refusal = _refusal(view, asked, intent.subject, NOTHING, AskedTime(asked), watch)
            yield Update("done", answer=refusal)
            return
        answer = Answer(
            question=asked,
            standalone_question=asked,
            kind="answered",
            text=overview.text,
            sentences=overview.sentences,
            citations=overview.citations,
            confidence=1.0,
            timings=watch.timings(),
        )
        yield Update("writing", overview.sentences, overview.citations)
        yield Update("done", overview.sentences, overview.citations, answer)

    def _suggestions(self, view: View) -> tuple[str, ...]:
        answerable = (each for each in candidate_questions(view) if self._answers(view, each))
        return tuple(islice(answerable, EXAMPLES))

    def _answers(self, view: View, question: str) -> bool:
        intent = understand(question)
        if intent.kind != "question":
            return True
        hits = find_passages(view, Understood(question))
        return read_passages(view, question, hits, threshold=self._settings.threshold).answers


def read_passages(view: View, asked: str, hits: Sequence[Hit], *, threshold: float) -> Reading:
    """Return what the reader makes of the passages that were found.

    A follow-up's added subject finds the passages; which sentence of them answers is judged by
    what was asked, or the subject's own sentence would win each time.
    """
    question = time_asked(view, asked).question
    evidence = gather_evidence(view, question, hits)
    weights = view.term_weights(question)
    return read_evidence(question, evidence, weights, threshold=threshold)


def _overview_of(view: View, intent: Intent) -> Overview | None:
    if intent.kind in {"question", "greeting"}:
        return None
    if intent.kind == "listing" or (intent.kind == "mentions" and not intent.subject):
        return list_articles(view)
    if intent.kind == "mentions":
        return list_mentions(view, intent.subject)
    if intent.subject:
        info = find_subject(view, intent.subject)
        return summarise(view, info) if info else None
    articles = view.articles()
    return summarise(view, articles[0]) if len(articles) == 1 else list_articles(view)


class _Stopwatch:
    """Seconds of each stage, as ``Answer.timings`` shows them."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps[name] = round(self._laps.get(name, 0.0) + now - self._last, 4)
        self._last = now

    def timings(self) -> dict[str, float]:
        return {**self._laps, "total": round(time.perf_counter() - self._started, 4)}


def _checked(question: str) -> str:
    # A terminal of another encoding hands over lone surrogates, which no output can show.
    asked = question.encode("utf-8", "replace").decode().strip()
    if not asked:
        raise QuestionError("The question is empty; ask one, such as “what is this about?”.")
    if len(asked) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(asked):,} characters; shorten it to {LONGEST_QUESTION:,} at "
            f"most, or add a long text as an article and ask about it."
        )
    return asked


def _refusal(
    view: View,
    asked: str,
    standalone: str,
    reading: Reading,
    when: AskedTime,
    watch: _Stopwatch,
) -> Answer:
    closest = cite_evidence(view, reading.closest, reading.chances)
    missing = view.unknown_words(time_asked(view, asked).question)
    if not closest and when.period and when.period.only:
        text = fill("refusal_period", newest=view.newest() or "")
    elif not closest:
        text = fill("refusal_nothing")
    elif missing:
        text = fill("refusal_missing", missing=", ".join(f"“{word}”" for word in missing))
    else:
        text = fill("refusal")
    return Answer(
        question=asked,
        standalone_question=standalone,
        kind="not_in_articles",
        text=text,
        closest=closest,
        confidence=round(reading.confidence, 4),
        timings=watch.timings(),
    )
