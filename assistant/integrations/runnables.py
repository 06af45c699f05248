"""The assistant as LangChain objects: a ``Runnable`` and a retriever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from langchain_core.callbacks import CallbackManager, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda
from pydantic import ConfigDict

from assistant.answering import Answering
from assistant.errors import QuestionError
from assistant.integrations.documents import document_of
from assistant.integrations.tracing import Runs
from assistant.question.messages import read_turns
from assistant.question.understand import understand
from assistant.retrieval import find_passages
from assistant.trace import Observer
from assistant.types import Answer, Turn
from index import Index

AskInput = str | Mapping[str, Any]
"""A question, or ``{"question": …, "history": […]}``; the history holds ``Turn``s, LangChain
messages, or mappings with ``role`` and ``content``."""

RUN_NAME = "ArticleAssistant"
"""The name under which tracers show a question."""


class Observable(Answering, Protocol):
    """An assistant whose stages somebody may stand round."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question."""

    def observed_by(self, observer: Observer) -> Answering:
        """Return the same assistant with an observer."""


def answer_runnable(assistant: Observable) -> Runnable[AskInput, Answer]:
    """Return ``assistant.ask`` as a ``Runnable``; batches and the async forms use threads.

    Where the caller listens (callbacks, a tracer, ``astream_events``), each stage is a run of its
    own below this one, and each ``Update`` a custom event named ``update``.
    """

    def article_assistant(asked: AskInput, config: RunnableConfig) -> Answer:
        question, history = _question_and_history(asked)
        callbacks = config.get("callbacks")
        # LangChain hands on a manager, with the handlers and tracers that the caller has set.
        if not isinstance(callbacks, CallbackManager) or not callbacks.handlers:
            return assistant.ask(question, history)
        return _observed(assistant, question, history, callbacks)

    return RunnableLambda(article_assistant, name=RUN_NAME)


def _observed(
    assistant: Observable, question: str, history: Sequence[Turn], callbacks: CallbackManager
) -> Answer:
    watched, root = assistant.observed_by(Runs(callbacks)), callbacks.parent_run_id
    for update in watched.stream(question, history):
        callbacks.on_custom_event("update", update, run_id=root)
        if update.answer:
            return update.answer
    raise RuntimeError("the way of a question ended without an answer")


class PassageRetriever(BaseRetriever):
    """Finds passages; each ``Document`` holds a passage's text and where it stands.

    Its metadata: ``title``, ``author``, ``published``, ``source``, ``article_id``,
    ``passage_id``, ``section``, ``page`` (of its beginning), ``start``, ``end`` (offsets in the
    article's text) and ``score``.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    articles: Index
    limit: int = 6

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        with self.articles.view() as view:
            hits = find_passages(view, understand(view, query), self.limit)
            return [document_of(view, hit) for hit in hits]


def _question_and_history(asked: AskInput) -> tuple[str, Sequence[Turn]]:
    if isinstance(asked, str):
        return asked, ()
    question = asked.get("question")
    if not isinstance(question, str):
        raise QuestionError('The input holds no question; pass a string or {"question": "…"}.')
    return question, read_turns(asked.get("history"))
