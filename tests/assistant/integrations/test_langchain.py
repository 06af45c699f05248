"""The LangChain objects behave as LangChain's own do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from assistant import Answer, Assistant, QuestionError, open_assistant
from index import open_index

QUESTION = "what venues were considered?"


@pytest.fixture(scope="module")
def assistant(sample_index: Path) -> Assistant:
    return open_assistant(sample_index)


def test_the_runnable_is_one_and_answers(assistant: Assistant) -> None:
    """Invoke takes a question or a mapping and returns the Answer."""
    runnable = assistant.as_runnable()
    assert isinstance(runnable, Runnable)
    assert "Budapest" in runnable.invoke(QUESTION).text
    assert "Budapest" in runnable.invoke({"question": QUESTION}).text


def test_batch_stream_and_the_async_forms_agree(assistant: Assistant) -> None:
    """Every way of calling gives the same text."""
    runnable = assistant.as_runnable()
    text = runnable.invoke(QUESTION).text
    assert [each.text for each in runnable.batch([QUESTION, QUESTION])] == [text, text]
    assert [each.text for each in runnable.stream(QUESTION)] == [text]
    assert asyncio.run(runnable.ainvoke(QUESTION)).text == text

    async def collect() -> list[Answer]:
        return [each async for each in runnable.astream(QUESTION)]

    assert [each.text for each in asyncio.run(collect())] == [text]


def test_the_runnable_composes(assistant: Assistant) -> None:
    """It stands in a chain like any other."""
    chain = assistant.as_runnable() | RunnableLambda(lambda answer: len(answer.citations))
    assert chain.invoke(QUESTION) >= 1


def test_the_history_may_be_langchain_messages(assistant: Assistant) -> None:
    """Messages, turns and mappings are all understood as history."""
    asked = {
        "question": "and who finished third in it?",
        "history": [
            HumanMessage("Who won the women's race at the Port Arlen Marathon?"),
            AIMessage("Saskia Lindqvarn."),
        ],
    }
    assert "Port Arlen Marathon" in assistant.as_runnable().invoke(asked).standalone_question
    asked["history"] = [{"role": "user", "content": "Who won the Port Arlen Marathon?"}]
    assert "Port Arlen Marathon" in assistant.as_runnable().invoke(asked).standalone_question


def test_a_mapping_without_question_is_refused(assistant: Assistant) -> None:
    """The message says what to pass."""
    with pytest.raises(QuestionError, match="pass a string"):
        assistant.as_runnable().invoke({"input": QUESTION})


def test_the_retriever_gives_documents_with_their_place(
    assistant: Assistant, sample_index: Path
) -> None:
    """Title, source and offsets in the metadata lead back to the article's text."""
    retriever = assistant.as_retriever(limit=3)
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke(QUESTION)
    assert len(documents) == 3
    assert all(isinstance(each, Document) for each in documents)
    with open_index(sample_index).view() as view:
        for each in documents:
            article = view.article(each.metadata["article_id"])
            assert article is not None
            assert article.text[each.metadata["start"] : each.metadata["end"]] == each.page_content
            assert each.metadata["title"] == article.info.title
            assert each.metadata["source"] == article.info.source
    assert asyncio.run(retriever.ainvoke(QUESTION)) == documents
    assert retriever.batch([QUESTION]) == [documents]
