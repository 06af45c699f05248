"""The way of a question: each stage once, in this order, to a cited answer."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answer.citations import quote, stream_quotes
from assistant.answer.overview import greet, overview_of
from assistant.answer.refusal import refuse
from assistant.answer.suggestions import EXAMPLES, candidate_questions, leading_on
from assistant.errors import QuestionError
from assistant.llm.chat_model import ChatModel
from assistant.llm.providers import open_model
from assistant.question.followup import stand_alone
from assistant.question.understand import Query, understand
from assistant.reader.evidence import Material
from assistant.reader.read import read_passages
from assistant.retrieval import attempts, find_passages
from assistant.settings import AssistantSettings
from assistant.trace import UNOBSERVED, Observer, Stopwatch, Trace, Update
from assistant.types import Answer, PartialAnswer, Turn
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
            writer = self._writer()
            by_whom = writer.make_standalone if writer else stand_alone
            make_standalone = partial(self._observer.understand, stage=by_whom)
            query = understand(view, asked, history, make_standalone)
            watch.lap("understand")
            if query.intent.kind == "question":
                yield from self._answer(view, query, writer, watch)
            else:
                yield from self._overview(view, query, writer, watch)

    def explain(self, question: str, history: Sequence[Turn] = ()) -> tuple[Answer, Trace | None]:
        """Answer a question and tell how the answer came about; None for a greeting.

        Raises:
            The same as ``ask``.
        """
        *_, last = self.stream(question, history)
        if last.answer is None:
            raise RuntimeError("the way of a question ended without an answer")
        return last.answer, last.trace

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
        self, view: View, query: Query, writer: Writer | None, watch: Stopwatch
    ) -> Iterator[Update]:
        """Answer a question from the passages that are found for it, or refuse to."""
        trace = yield from self._read(view, query, watch)
        reading = trace.reading
        if reading.answers:
            quoted = quote(view, query, reading, sure=self._settings.sure)
            yield from self._compose(view, trace, reading.material, quoted, writer, watch)
            return
        refusal = refuse(view, query, reading)
        if writer and writer.trouble:
            refusal = replace(refusal, notice=fill("notice_rules", trouble=str(writer.trouble)))
        yield Update("done", answer=watch.timed(refusal), trace=trace)

    def _read(self, view: View, query: Query, watch: Stopwatch) -> Generator[Update, None, Trace]:
        """Look for passages and read them, until some answer or there are no more."""
        threshold = self._settings.threshold
        trace = Trace(query, threshold)
        read = partial(read_passages, view, threshold=threshold)
        for retrieved in self._observer.retrieve(view, query, attempts):
            watch.lap("search")
            yield Update("reading")
            reading = self._observer.read(query, retrieved.read, read)
            trace = replace(trace, retrieved=(*trace.retrieved, retrieved), reading=reading)
            watch.lap("read")
            if reading.answers:
                break
        return trace

    def _compose(
        self,
        view: View,
        trace: Trace,
        material: Material,
        quoted: Answer,
        writer: Writer | None,
        watch: Stopwatch,
    ) -> Iterator[Update]:
        """Give the answer sentence by sentence: in quotes, or as the LLM phrases it."""
        query, so_far = trace.query, PartialAnswer()
        stage = partial(writer.write, view, query, material) if writer else stream_quotes
        for so_far in self._observer.write(quoted, stage):
            if so_far.answer is None:
                ready = so_far.sentences, so_far.citations
                yield Update("writing", *ready, draft=so_far.draft, doubtful=quoted.doubtful)
        watch.lap("write")
        trace = replace(trace, llm=writer.trace if writer else None)
        answer = so_far.answer or quoted
        # What is summarised is there, whatever an LLM says; there is nothing closest to show.
        if so_far.declined:
            answer = quoted
            if trace.retrieved:
                refusal = refuse(view, query, trace.reading)
                answer = replace(refusal, mode="llm", model=self.model)
        answer = watch.timed(answer)
        yield Update("done", answer.sentences, answer.citations, answer, trace=trace)

    def _overview(
        self, view: View, query: Query, writer: Writer | None, watch: Stopwatch
    ) -> Iterator[Update]:
        """Greet, or tell of the articles themselves: a summary or a list of them."""
        trace = Trace(query, self._settings.threshold)
        if query.intent.kind == "greeting":
            greeting = greet(query, len(view.articles()), self._suggestions(view))
            yield Update("done", answer=watch.timed(greeting))
        elif overview := overview_of(view, query.intent):
            # A list of articles is given as it is; a summary can be phrased, in the time for that.
            writer = self._writer() if overview.material.evidence else None
            quoted = overview.answer(query)
            yield from self._compose(view, trace, overview.material, quoted, writer, watch)
        elif query.intent.kind == "mentions":
            yield from self._answer(view, query, writer, watch)
        else:
            refusal = refuse(view, query, trace.reading)
            yield Update("done", answer=watch.timed(refusal), trace=trace)

    def _writer(self) -> Writer | None:
        if self._model is None:
            return None
        settings = self._settings
        return Writer(
            self._model, self._prompts, timeout=settings.llm_timeout, strict=settings.strict
        )

    def _suggestions(self, view: View, answer: Answer | None = None) -> tuple[str, ...]:
        candidates = leading_on(view, answer) if answer else candidate_questions(view)
        answerable = (each for each in candidates if self._answers(view, each))
        return tuple(islice(answerable, EXAMPLES))

    def _answers(self, view: View, question: str) -> bool:
        query = understand(view, question)
        if query.intent.kind != "question":
            return True
        hits = find_passages(view, query)
        return read_passages(view, query, hits, threshold=self._settings.threshold).answers


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
