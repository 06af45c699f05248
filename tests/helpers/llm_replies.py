"""What the tests of chat models share: a model of a server's, its reply, and how it fails."""

from __future__ import annotations

import time
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel

from assistant.errors import ModelError
from assistant.llm.chat_model import ChatModel, Piece
from assistant.llm.providers import open_model
from assistant.settings import AssistantSettings
from helpers.llm_server import LLMServer, OllamaServer, OpenAIServer, Reply

KEY = "sk-never-to-be-seen"
SYSTEM = "Answer from the quotes."
QUESTION = "What does the owl of Marrowby eat?"
SERVERS = (OpenAIServer, OllamaServer)
both = pytest.mark.parametrize("kind", SERVERS, ids=lambda kind: kind.__name__)


def model_at(server: LLMServer, **settings: Any) -> ChatModel:
    """The model of a server, opened as a person's settings would."""
    llm = "ollama:tiny" if isinstance(server, OllamaServer) else "tiny"
    settings = {"llm": llm, "llm_base_url": server.url, **settings}
    return opened(AssistantSettings(**settings))


def opened(settings: AssistantSettings, llm: BaseChatModel | None = None) -> ChatModel:
    model = open_model(settings, llm)
    assert model is not None
    return model


def reply_of(model: ChatModel, budget: float = 10.0) -> list[Piece]:
    return list(model.stream(SYSTEM, QUESTION, deadline=time.monotonic() + budget))


def text_of(model: ChatModel) -> str:
    return "".join(piece.text for piece in reply_of(model))


def failure_of(model: ChatModel, budget: float = 10.0) -> str:
    """The sentence that a person reads, which repeats neither key nor question."""
    with pytest.raises(ModelError) as caught:
        reply_of(model, budget)
    told = str(caught.value)
    assert told.startswith(model.name)
    assert told.endswith(".")
    assert KEY not in told
    assert QUESTION not in told
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return told


def failure_from(kind: type[LLMServer], reply: Reply, budget: float = 10.0) -> str:
    with kind(lambda _: reply) as server:
        return failure_of(model_at(server), budget)


def has_left(server: LLMServer) -> bool:
    """Whether the client hangs up, soon."""
    for _ in range(100):
        if server.left:
            return True
        time.sleep(0.01)
    return False
