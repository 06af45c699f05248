"""Chat models of LangChain's that are handed in serve as they are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import (
    FakeListChatModel,
    GenericFakeChatModel,
)
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from assistant.settings import AssistantSettings
from helpers.llm_replies import KEY, QUESTION, SYSTEM, failure_of, opened, reply_of, text_of
from helpers.llm_server import OpenAIServer, Reply

pytestmark = pytest.mark.usefixtures("openai_key")


class _Trouble(FakeListChatModel):
    """Fails as a provider's package might."""

    error: Exception = RuntimeError(f"{KEY} {QUESTION}")

    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        raise self.error


class _Blocks(FakeListChatModel):
    """Sends blocks, and says of itself what it is told to say."""

    about: dict[str, Any] = {}  # noqa: RUF012  # a field of pydantic's

    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        blocks = [
            {"type": "reasoning", "reasoning": "hm"},
            {"type": "text", "text": "Voles"},
            {"type": "tool_use", "name": "search", "input": {}},
            ".",
        ]
        message = AIMessageChunk(content=blocks, response_metadata=self.about)  # type: ignore[arg-type]
        yield ChatGenerationChunk(message=message)


def test_a_model_can_be_handed_in() -> None:
    """A chat model of LangChain's serves as it is, before the one that the settings name."""
    fake = FakeListChatModel(responses=["Voles [1]."])
    model = opened(AssistantSettings(llm="openai:gpt-5"), fake)
    assert model.name == "FakeListChatModel"
    assert text_of(model) == "Voles [1]."
    assert text_of(
        opened(AssistantSettings(), GenericFakeChatModel(messages=iter([AIMessage("Hm.")])))
    )


def test_a_model_that_is_handed_in_is_named_with_its_class() -> None:
    """People see which class and which model answers."""
    from langchain_openai import ChatOpenAI

    with OpenAIServer(lambda _: "Voles.") as server:
        model = opened(AssistantSettings(), ChatOpenAI(model="tiny", base_url=server.url))
        assert text_of(model) == "Voles."
    assert model.name == "ChatOpenAI:tiny"


def test_a_model_that_is_handed_in_must_end_if_it_says_how_others_do() -> None:
    """A stream that says something of itself but not its end was interrupted."""
    from langchain_openai import ChatOpenAI

    with OpenAIServer(lambda _: Reply("The owl", finish=None)) as server:
        llm = ChatOpenAI(model="tiny", base_url=server.url, max_retries=0)
        assert "broke off" in failure_of(opened(AssistantSettings(), llm))


@pytest.mark.parametrize(
    ("about", "is_cut"),
    [
        ({}, False),
        ({"finish_reason": "STOP"}, False),
        ({"finish_reason": "MAX_TOKENS"}, True),
        ({"stop_reason": "end_turn"}, False),
        ({"stop_reason": "max_tokens"}, True),
        ({"status": "completed"}, False),
        ({"status": "incomplete"}, True),
        ({"done": True}, False),
    ],
    ids=repr,
)
def test_blocks_are_read_and_each_provider_s_ending(about: dict[str, Any], is_cut: bool) -> None:
    """Only blocks of text count, and every provider's word for its limit is known."""
    pieces = reply_of(opened(AssistantSettings(), _Blocks(responses=[], about=about)))
    assert [piece.text for piece in pieces] == ["Voles.", ""]
    assert pieces[-1].cut is is_cut


def test_what_nobody_foresaw_is_a_sentence_too() -> None:
    """An unknown exception of a provider's package is named by its kind, not by its text."""
    told = failure_of(opened(AssistantSettings(), _Trouble(responses=[])))
    assert "failed (RuntimeError)" in told


def test_a_mistake_of_our_own_is_not_dressed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in reading a reply is raised as it is."""
    monkeypatch.setattr("assistant.llm.chat_model.text_in", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        reply_of(opened(AssistantSettings(), FakeListChatModel(responses=["Voles."])))


def test_what_fails_in_the_caller_stays_the_caller_s() -> None:
    """An exception raised between two pieces is not taken for the model's."""

    def interrupted() -> None:
        for _ in opened(AssistantSettings(), FakeListChatModel(responses=["ab"])).stream(
            SYSTEM, QUESTION, deadline=time.monotonic() + 5
        ):
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
