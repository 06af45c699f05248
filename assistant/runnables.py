"""The assistant as LangChain objects: a ``Runnable`` and a retriever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.messages import BaseMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from assistant.errors import QuestionError
from assistant.finding import find_passages
from assistant.followup import Understood
from assistant.types import Answer, Turn
from index import Article, Hit, Index

if TYPE_CHECKING:
    from assistant.chain import Assistant

AskInput = str | Mapping[str, Any]
"""A question, or ``{"question": …, "history": […]}``; the history holds ``Turn``s, LangChain
messages, or mappings with ``role`` and ``content``."""


def answer_runnable(assistant: Assistant) -> Runnable[AskInput, Answer]:
    """Return ``assistant.ask`` as a ``Runnable``; batches and the async forms use threads."""

    def article_assistant(asked: AskInput) -> Answer:
        question, history = _question_and_history(asked)
        return assistant.ask(question, history)

    return RunnableLambda(article_assistant)


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
            hits = find_passages(view, Understood(view.corrected(query)), self.limit)
            return [_document(hit, view.article(hit.article.id)) for hit in hits]


def _document(hit: Hit, article: Article | None) -> Document:
    start = hit.passage.start
    return Document(
        id=hit.passage.id,
        page_content=hit.text,
        metadata={
            "title": hit.article.title,
            "author": hit.article.author,
            "published": hit.article.published,
            "source": hit.article.source,
            "article_id": hit.article.id,
            "passage_id": hit.passage.id,
            "section": article.section_at(start) if article else None,
            "page": article.page_at(start) if article else None,
            "start": start,
            "end": hit.passage.end,
            "score": hit.score,
        },
    )


def _question_and_history(asked: AskInput) -> tuple[str, Sequence[Turn]]:
    if isinstance(asked, str):
        return asked, ()
    question = asked.get("question")
    if not isinstance(question, str):
        raise QuestionError('The input holds no question; pass a string or {"question": "…"}.')
    return question, tuple(_turn(each) for each in asked.get("history", ()))


def _turn(message: Any) -> Turn:
    if isinstance(message, Turn):
        return message
    if isinstance(message, BaseMessage):
        return Turn("user" if message.type == "human" else "assistant", str(message.text))
    return Turn(message["role"], str(message["content"]))
