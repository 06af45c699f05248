"""The journey of a question: each stop once, in this order, to a cited answer."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answer.compose import Stopwatch, quote, refuse, stream_quotes
from assistant.answer.overview import EXAMPLES, Overview, candidate_questions, overview_of
from assistant.answer.partial import PartialAnswer
from assistant.answer.suggestions import leading_on
from assistant.errors import QuestionError
from assistant.finding import attempts, find_passages, time_asked
from assistant.journey import Journey
from assistant.llm.providers import ChatModel, open_model
from assistant.observer import UNOBSERVED, Observer
from assistant.question.followup import Understood, stand_alone
from assistant.question.intent import Intent, understand
from assistant.question.period import AskedTime
from assistant.reader.read import Reading, read_passages
from assistant.settings import AssistantSettings
from assistant.types import Answer, Turn, Update
from assistant.writing.trace import WrittenAnswer
from assistant.writing.writer import Writer
from index import Index, IndexStatus, View, open_index
from index.errors import SettingsError
from index.settings import read_settings
from index.types import Progress, no_progress
from prompts import PromptError, Prompts, fill

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

    from assistant.integrations.runnables import AskInput

LONGEST_QUESTION = 4000
"""In characters; what is longer is a text, not a question."""


def open_assistant(
    index_dir: Path | str | None = None,
    *,
    llm: str | BaseChatModel | None = None,
    settings: AssistantSettings | None = None,
    progress: Progress = no_progress,
) -> Assistant:
    """Open an index for questions.

    Args:
        index_dir: The index's folder; default: ``ASSISTANT_INDEX`` or ``.article-index``.
        llm: What phrases the answers: ``provider:model`` or a LangChain chat model; default:
            ``ASSISTANT_LLM``, and quotes alone where that names none.
        settings: Default: read from the environment.
        progress: Called as ``progress(stage, done, total)`` if damaged vectors must be written
            again before a question can be answered.

    Raises:
        UserError: There is no usable index, or the LLM or the prompts cannot be used; the message
            names the remedy.
    """
    settings = settings or read_settings(AssistantSettings)
    if isinstance(llm, str):
        settings = settings.model_copy(update={"llm": llm})
    articles = open_index(index_dir, settings=settings, progress=progress)
    model = open_model(settings, None if isinstance(llm, str) else llm)
    return Assistant(articles, settings, model, _own_prompts(settings.prompts))


class Assistant:
    """Answers questions from an index; may be shared by threads.

    Attributes:
        articles: The index it answers from.
    """

    def __init__(
        self,
        articles: Index,
        settings: AssistantSettings,
        model: ChatModel | None = None,
        prompts: Prompts | None = None,
    ) -> None:
        self.articles = articles
        self._settings = settings
        self._model = model
        self._prompts = prompts or Prompts()
        self._observer = UNOBSERVED

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question.

        Args:
            question: In plain words.
            history: The conversation so far, oldest first.

        Raises:
            QuestionError: The question is empty or too long.
            UserError: The index cannot be used; the message names the remedy.
        """
        answer, _ = self.explain(question, history)
        return answer

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Update]:
        """Answer a question step by step; the last update holds the answer ``ask`` returns.

        Raises:
            The same as ``ask``.
        """
        watch = Stopwatch()
        asked = _checked(question)
        with self.articles.view() as view:
            yield Update("searching")
            spelt = view.corrected(asked)
            intent = understand(spelt)
            overview = overview_of(view, intent)
            if overview or intent.kind in {"greeting", "summary", "listing"}:
                yield from self._overview(view, asked, intent, overview, watch)
                return
            yield from self._answer(view, asked, spelt, history, watch)

    def explain(self, question: str, history: Sequence[Turn] = ()) -> tuple[Answer, Journey | None]:
        """Answer a question and tell how the answer came about; None where nothing was looked for.

        Raises:
            The same as ``ask``.
        """
        *_, last = self.stream(question, history)
        if last.answer is None:
            raise RuntimeError("the journey of a question ended without an answer")
        return last.answer, last.journey

    @property
    def model(self) -> str | None:
        """The name of the LLM that phrases the answers; None where they only quote."""
        return self._model.name if self._model else None

    def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:
        """Return three questions that the articles can answer; after an answer, that lead on."""
        with self.articles.view() as view:
            return self._suggestions(view, answer)

    def status(self) -> IndexStatus:
        """Say which index this is and what it holds."""
        return self.articles.status()

    def observed_by(self, observer: Observer) -> Assistant:
        """Return the same assistant, whose stages an observer stands round."""
        observed = copy(self)
        observed._observer = observer
        return observed

    def as_runnable(self) -> Runnable[AskInput, Answer]:
        """Return the assistant as a LangChain ``Runnable``: a question in, an ``Answer`` out."""
        from assistant.integrations.runnables import answer_runnable

        return answer_runnable(self)

    def as_retriever(self, *, limit: int = 6) -> BaseRetriever:
        """Return the search as a LangChain retriever: a question in, ``Document``s out."""
        from assistant.integrations.runnables import PassageRetriever

        return PassageRetriever(articles=self.articles, limit=limit)

    def as_documents(self) -> list[Document]:
        """Return all passages as LangChain ``Document``s, for a store of the caller's own."""
        from assistant.integrations.documents import all_documents

        with self.articles.view() as view:
            return list(all_documents(view))

    def _answer(
        self, view: View, asked: str, spelt: str, history: Sequence[Turn], watch: Stopwatch
    ) -> Iterator[Update]:
        writer = self._writer()
        understand_it = writer.understand if writer else stand_alone
        understood = self._observer.understand(spelt, history, understand_it)
        watch.lap("understand")
        journey = yield from self._read(view, spelt, understood, watch)
        reading = journey.reading
        if not reading.answers:
            refusal = refuse(view, asked, journey)
            if writer and writer.trouble:
                refusal = replace(refusal, notice=fill("notice_rules", trouble=str(writer.trouble)))
            yield Update("done", answer=watch.timed(refusal), journey=journey)
            return
        quoted = quote(view, asked, journey)
        yield from self._compose(view, writer, journey, quoted, watch)

    def _compose(
        self, view: View, writer: Writer | None, journey: Journey, quoted: Answer, watch: Stopwatch
    ) -> Iterator[Update]:
        part = PartialAnswer()
        question = journey.understood.question
        reading = journey.reading
        parts = writer.write(view, question, reading, quoted) if writer else stream_quotes(quoted)
        for part in self._observer.write(question, quoted, parts):
            if part.answer is None:
                yield Update("writing", part.sentences, part.citations, draft=part.draft)
        watch.lap("write")
        trace = part.trace if isinstance(part, WrittenAnswer) else None
        journey = replace(journey, llm=trace)
        answer = part.answer or quoted
        # What is summarised is there, whatever an LLM says; there is nothing closest to show.
        if trace and trace.declined:
            answer = quoted
            if journey.found:
                refusal = refuse(view, quoted.question, journey)
                answer = replace(refusal, mode="llm", model=self.model)
        answer = watch.timed(answer)
        yield Update("done", answer.sentences, answer.citations, answer, journey=journey)

    def _read(
        self, view: View, spelt: str, understood: Understood, watch: Stopwatch
    ) -> Generator[Update, None, Journey]:
        """Look for passages and read them, until some answer or there are no more."""
        asked = understood.question if understood.rewritten else spelt
        threshold = self._settings.threshold
        when = time_asked(view, understood.question)
        journey = Journey(spelt, understood, when, threshold)
        found_in_turn = attempts(view, understood, when)
        for found in self._observer.retrieve(view, understood.question, found_in_turn):
            watch.lap("search")
            yield Update("reading")
            read = partial(read_passages, view, asked, found.read, threshold=threshold)
            reading = self._observer.read(asked, found.read, read)
            journey = replace(journey, found=(*journey.found, found), reading=reading)
            watch.lap("read")
            if reading.answers:
                break
        return journey

    def _writer(self) -> Writer | None:
        """Return what has an LLM write one answer; None without an LLM."""
        if self._model is None:
            return None
        settings = self._settings
        return Writer(
            self._model, self._prompts, timeout=settings.llm_timeout, strict=settings.strict
        )

    def _overview(
        self,
        view: View,
        asked: str,
        intent: Intent,
        overview: Overview | None,
        watch: Stopwatch,
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
            nothing = Journey(asked, Understood(intent.subject), AskedTime(asked), 0.0)
            yield Update("done", answer=watch.timed(refuse(view, asked, nothing)))
            return
        quoted = Answer(
            question=asked,
            standalone_question=asked,
            kind="answered",
            text=overview.text,
            sentences=overview.sentences,
            citations=overview.citations,
            confidence=1.0,
        )
        # A list of articles is told as it is; a summary can be phrased.
        reading = Reading((), (), 1.0, {}, evidence=overview.evidence)
        journey = Journey(asked, Understood(asked), AskedTime(asked), 0.0, reading=reading)
        writer = self._writer() if overview.evidence else None
        yield from self._compose(view, writer, journey, quoted, watch)

    def _suggestions(self, view: View, answer: Answer | None = None) -> tuple[str, ...]:
        candidates = leading_on(view, answer) if answer else candidate_questions(view)
        answerable = (each for each in candidates if self._answers(view, each))
        return tuple(islice(answerable, EXAMPLES))

    def _answers(self, view: View, question: str) -> bool:
        intent = understand(question)
        if intent.kind != "question":
            return True
        hits = find_passages(view, Understood(question))
        return read_passages(view, question, hits, threshold=self._settings.threshold).answers


def _own_prompts(folder: Path | None) -> Prompts:
    try:
        return Prompts(folder)
    except PromptError as error:
        raise SettingsError(f"ASSISTANT_PROMPTS: {error}.") from error


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
