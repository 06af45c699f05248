"""Chat models: replies in pieces, whole and in time, and one sentence for each thing that fails.

The clients and the HTTP are real; only what the servers say is made up.
"""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import (
    FakeListChatModel,
    GenericFakeChatModel,
)
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from assistant.errors import ModelError, ModelSetupError
from assistant.models import ChatModel, Piece, Usage, open_model
from assistant.settings import AssistantSettings
from assistant.utterance import LONGEST_REPLY, Utterance
from tests.llm_server import LLMServer, OllamaServer, OpenAIServer, Reply

SYSTEM = "Answer from the quotes."
QUESTION = "What does the owl of Marrowby eat?"
KEY = "sk-never-to-be-seen"
SERVERS = (OpenAIServer, OllamaServer)
HTML = Reply(raw=(b"<html><body>Welcome</body></html>",), headers={"Content-Type": "text/html"})
both = pytest.mark.parametrize("kind", SERVERS, ids=lambda kind: kind.__name__)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """One key, and nothing else that a provider's package would read."""
    for name in ("ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("OPENAI_API_BASE", "OLLAMA_HOST", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


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


# What comes in


@both
def test_a_reply_comes_in_pieces(kind: type[LLMServer]) -> None:
    """Words arrive as they are sent; the last piece says that the reply was not cut."""
    with kind(lambda _: "The owl eats voles [1].") as server:
        pieces = reply_of(model_at(server))
    assert [piece.text for piece in pieces] == ["The ", "owl ", "eats ", "voles ", "[1].", ""]
    assert not any(piece.cut or piece.usage for piece in pieces[:-1])
    assert not pieces[-1].cut
    assert pieces[-1].usage is not None


@both
def test_the_model_is_given_both_parts_of_the_prompt(kind: type[LLMServer]) -> None:
    """The system's words and the user's arrive as such, under the model's own name."""
    with kind(lambda messages: messages[-1]["content"][::-1]) as server:
        assert text_of(model_at(server)) == QUESTION[::-1]
    (request,) = server.requests
    assert [(each["role"], each["content"]) for each in request.messages] == [
        ("system", SYSTEM),
        ("user", QUESTION),
    ]
    assert request.body["model"] == "tiny"


def test_the_first_piece_does_not_wait_for_the_last() -> None:
    """A piece is handed on while the model still writes."""
    with OpenAIServer(lambda _: Reply("one two", stall_after=2)) as server:
        pieces = model_at(server).stream(SYSTEM, QUESTION, deadline=time.monotonic() + 5)
        assert next(pieces).text == "one "
        pieces.close()  # type: ignore[attr-defined]


@both
def test_a_reply_at_the_token_limit_says_so(kind: type[LLMServer]) -> None:
    """What was cut at the limit is given, and marked."""
    with kind(lambda _: Reply("The owl eats", finish="length")) as server:
        pieces = reply_of(model_at(server))
    assert "".join(piece.text for piece in pieces) == "The owl eats"
    assert [piece.cut for piece in pieces] == [False, False, False, True]


def test_ollama_gets_the_context_and_tells_the_tokens() -> None:
    """``ASSISTANT_LLM_CONTEXT`` reaches Ollama, which would else cut the prompt in silence."""
    with OllamaServer(lambda _: "Voles.") as server:
        model = model_at(server, llm_context=2048)
        assert reply_of(model)[-1].usage == Usage(11, 7)
    options = server.requests[0].body["options"]
    assert (options["num_ctx"], options["temperature"], model.context) == (2048, 0, 2048)


def test_a_strict_server_is_asked_for_nothing_unusual() -> None:
    """Neither counting tokens nor anything else is asked of servers that may not know it."""
    with OpenAIServer(lambda _: "Voles.") as server:
        text_of(model_at(server))
    assert set(server.requests[0].body) == {"messages", "model", "stream", "temperature"}


@both
def test_a_model_that_refuses_a_temperature_is_asked_without(kind: type[LLMServer]) -> None:
    """Some models take no temperature; that is learnt once."""
    refused = Reply("Unsupported value: 'temperature' does not support 0", status=400)

    def strict(_: object) -> Reply:
        asked = server.requests[-1].body
        has_one = "temperature" in asked or "temperature" in asked.get("options", {})
        return refused if has_one else Reply("Voles.")

    with kind(strict) as server:
        model = model_at(server)
        assert [text_of(model), text_of(model)] == ["Voles.", "Voles."]
        assert len(server.requests) == 3


def test_an_answer_in_one_piece_is_taken() -> None:
    """A server that does not stream though it was asked to is asked once more, for one piece."""
    whole = Reply(raw=(b'{"id": "1", "object": "chat.completion"}',))

    def unable(_: object) -> Reply:
        return whole if server.requests[-1].body.get("stream") else Reply("Voles.")

    with OpenAIServer(unable) as server:
        assert text_of(model_at(server)) == "Voles."


@pytest.mark.parametrize("status", [429, 503])
def test_a_passing_failure_is_tried_once_more(status: int) -> None:
    """A server that is busy for a moment costs a moment; one that stays busy is reported."""
    busy = Reply("busy", status=status, headers={"Retry-After": "0"})
    with OpenAIServer(lambda _: busy if len(server.requests) == 1 else Reply("Voles.")) as server:
        assert text_of(model_at(server)) == "Voles."
    with OpenAIServer(lambda _: busy) as server:
        failure_of(model_at(server))
        assert len(server.requests) == 2


def test_one_model_serves_many_threads() -> None:
    """Replies to questions asked at once do not mix, and the end of one cuts no other."""
    with OpenAIServer(lambda messages: Reply(messages[-1]["content"] * 9, pause=0.01)) as server:
        model, replies = model_at(server), dict[str, str]()

        def ask(word: str) -> None:
            pieces = model.stream("", word, deadline=time.monotonic() + 10)
            replies[word] = "".join(piece.text for piece in pieces)

        threads = [threading.Thread(target=ask, args=(f"w{place} ",)) for place in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert replies == {word: word * 9 for word in replies}
    assert len(replies) == 8


# What is not the answer


@both
def test_thoughts_are_left_out(kind: type[LLMServer]) -> None:
    """What a model thinks aloud is no answer, however its tags are cut."""
    said = ("<th", "ink>The owl", "? </t", "hink", ">\n\nVoles", " <", "3.")
    with kind(lambda _: Reply(said)) as server:
        assert text_of(model_at(server)) == "Voles <3."


@given(
    parts=st.lists(st.sampled_from(["owl ", "<", "1 < 2 ", "</b>", "<i>"])),
    cuts=st.lists(st.integers(0, 200)),
)
def test_thoughts_are_left_out_wherever_the_text_is_cut(parts: list[str], cuts: list[int]) -> None:
    """The same text is read from a reply, whatever its chunks."""
    answer = "A" + "".join(parts)
    whole = f"<think>{answer}</think> {answer}<THINKING>{answer}</thinking>{answer}"
    bounds = sorted({0, len(whole), *(cut % len(whole) for cut in cuts)})
    utterance = Utterance()
    read = [utterance.add(whole[a:b]) for a, b in pairwise(bounds)]
    assert "".join(read) + utterance.rest() == answer + answer


def test_thoughts_that_were_not_announced_are_a_failure() -> None:
    """A thought that was read as text, because nothing marked its beginning, is no answer."""
    with OpenAIServer(lambda _: "The owl? Let me see. </think> Voles.") as server:
        assert "reasoning parser" in failure_of(model_at(server))


def test_only_text_counts() -> None:
    """Thoughts and calls of tools that come apart from the text are no text."""
    deltas = ({"reasoning_content": "The owl?"}, {"content": "Voles."})
    with OpenAIServer(lambda _: Reply(deltas=deltas)) as server:
        assert text_of(model_at(server)) == "Voles."


def test_half_a_character_harms_nobody() -> None:
    """A lone surrogate, which could not be printed, becomes a replacement mark."""
    with OpenAIServer(lambda _: Reply(("Voles \ud83d", " [1]."))) as server:
        assert text_of(model_at(server)) == "Voles \ufffd [1]."


# What fails


@both
@pytest.mark.parametrize(
    ("reply", "remedy"),
    [
        (Reply("no", status=401), "refuses access"),
        (Reply("no", status=403), "refuses access"),
        (Reply("no", status=400), "choose another model"),
        (Reply("exceeds the context length", status=400), "ASSISTANT_LLM_CONTEXT"),
        (Reply("slow down", status=429, headers={"Retry-After": "60"}), "wait a little"),
        (Reply("You exceeded your current quota", status=429), "has no credit left"),
        (Reply("oops", status=500, headers={"Retry-After": "9"}), "ask again later"),
        (Reply("model requires more system memory", status=500), "choose a smaller model"),
        (Reply("oops", status=503, headers={"Retry-After": "9"}), "status 503"),
        (Reply("The owl eats", finish=None), "broke off"),
        (Reply("The owl eats voles", break_after=2), "broke off"),
        (Reply("The owl", finish="error"), "broke off"),
        (Reply("The owl", finish="content_filter"), "withholds"),
        (Reply(""), "answered without a word"),
        (Reply(" \n"), "answered without a word"),
        (Reply("<think>hm</think>"), "answered without a word"),
        (Reply("<think>hm", finish="length"), "reached its token limit before"),
        (Reply(deltas=({"tool_calls": []},), finish="tool_calls"), "answered without a word"),
        (Reply(("a" * LONGEST_REPLY, "b")), "talks without end"),
        (HTML, "check that ASSISTANT_LLM_BASE_URL"),
        (Reply(raw=(b"data: \xff\xfe\n\n",)), "cannot be read"),
        (Reply(raw=(b"data: {]\n\n",)), "cannot be read"),
    ],
    ids=repr,
)
def test_each_failure_has_its_sentence(kind: type[LLMServer], reply: Reply, remedy: str) -> None:
    """Whatever a server does wrong is told with a remedy, at once, and as no answer."""
    begun = time.monotonic()
    assert remedy in failure_from(kind, reply)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    ("raw", "remedy"),
    [
        (b'data: {"choices": []}\n\ndata: [DONE]\n\n', "cannot be read"),
        (b'data: {"choices": null}\n\ndata: [DONE]\n\n', "cannot be read"),
        (b'data: {"choices": [{}]}\n\ndata: [DONE]\n\n', "cannot be read"),
        (b'data: {"error": {"message": "oops"}}\n\n', "log of its server"),
        (b'data: {"error": {"message": "slow down", "code": 429}}\n\n', "wait a little"),
    ],
    ids=repr,
)
def test_streams_of_openai_can_go_wrong_in_ways_of_their_own(raw: bytes, remedy: str) -> None:
    """Replies without a choice and errors inside a stream are told apart."""
    assert remedy in failure_from(OpenAIServer, Reply(raw=(raw,)))


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (b"model requires more system memory (9 GiB) than is available", "smaller model"),
        (b"llama runner process has terminated", "log of its server"),
    ],
    ids=repr,
)
def test_ollama_reports_failures_inside_a_stream(error: bytes, remedy: str) -> None:
    """An error that comes instead of a piece, with status 200, is told."""
    raw = (b'{"error": "' + error + b'"}\n',)
    assert remedy in failure_from(OllamaServer, Reply(raw=raw))


def test_a_model_that_is_not_there_is_named() -> None:
    """Ollama's remedy is a command; another server's is its name or address."""
    missing = Reply("model not found", status=404)
    assert "`ollama pull tiny`" in failure_from(OllamaServer, missing)
    with OpenAIServer(lambda _: missing) as server:
        told = failure_of(model_at(server, llm_base_url=server.address))
        assert f"is not at {server.address}" in told
        assert "usually ends in /v1" in told
    with OllamaServer(lambda _: Reply("404 page not found", status=404)) as other:
        told = failure_of(model_at(other, llm_base_url=other.address + "/v1"))
    assert "without a path" in told


@pytest.mark.parametrize("llm", ["tiny", "ollama:tiny"])
def test_a_server_that_does_not_run_is_named(llm: str) -> None:
    """Where nobody listens, the address is told, without the password that it may hold."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        address = f"127.0.0.1:{taken.getsockname()[1]}/v1"
        settings = AssistantSettings(llm=llm, llm_base_url=f"http://ada:secret@{address}")
        told = failure_of(opened(settings))
    assert f"cannot be reached at {address}; start" in told
    assert "secret" not in told


@both
@pytest.mark.parametrize(
    "reply",
    [
        Reply("The owl", silence=60),
        Reply("The owl eats voles", stall_after=2),
        Reply("The owl eats voles " * 20, pause=0.3),
        Reply("busy", status=429, headers={"Retry-After": "3"}),
    ],
    ids=["silent", "stalled", "slow", "busy"],
)
def test_the_deadline_holds(kind: type[LLMServer], reply: Reply) -> None:
    """Silence, a stall, a trickle and a retry all end in time, and end the request."""
    begun = time.monotonic()
    with kind(lambda _: reply) as server:
        told = failure_of(model_at(server, llm_timeout=0.6), budget=0.6)
        assert 0.5 < time.monotonic() - begun < 2.6
        if reply.status == 200:
            assert has_left(server)
    assert "within 0.6 seconds; raise ASSISTANT_LLM_TIMEOUT" in told


def has_left(server: LLMServer) -> bool:
    """Whether the client hangs up, soon."""
    for _ in range(100):
        if server.left:
            return True
        time.sleep(0.01)
    return False


def test_nothing_is_asked_after_the_deadline() -> None:
    """A question whose time is already up costs no request."""
    with OpenAIServer(lambda _: "Voles.") as server:
        assert "did not answer" in failure_of(model_at(server), budget=-1)
    assert not server.requests


@both
@pytest.mark.parametrize("reply", [Reply("one two three", pause=0.1), Reply("a b", stall_after=2)])
def test_closing_ends_the_request(kind: type[LLMServer], reply: Reply) -> None:
    """Whoever stops reading stops the model, even while it is silent."""
    with kind(lambda _: reply) as server:
        pieces = model_at(server).stream(SYSTEM, QUESTION, deadline=time.monotonic() + 30)
        assert next(pieces).text
        pieces.close()  # type: ignore[attr-defined]
        assert has_left(server)


def test_neither_key_nor_question_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A server that repeats both in its error brings neither into our logs."""
    with caplog.at_level(logging.DEBUG, logger="assistant"):
        told = failure_from(OpenAIServer, Reply(f"{KEY} asked {QUESTION}", status=400))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("assistant")]
    assert ours
    assert "status 400" in ours[0]
    assert not any(KEY in line or QUESTION in line for line in (*ours, told))


def test_a_proxy_is_not_asked_for_this_computer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A proxy for the web does not stand between the program and a server on the same computer."""
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for kind in SERVERS:
        with kind(lambda _: "Voles.") as server:
            assert text_of(model_at(server)) == "Voles."
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


# Setting up


def test_without_a_name_there_is_no_model() -> None:
    """Answers quote where no LLM is named."""
    assert open_model(AssistantSettings()) is None


@pytest.mark.parametrize("llm", ["gpt-5", "", " ", ":", "openai:", ":gpt-5", "llama3.2"])
def test_a_name_that_is_none_is_told(llm: str) -> None:
    """A name needs a provider and a model, or an address."""
    with pytest.raises(ModelSetupError, match=r"such as openai:.*ASSISTANT_LLM_BASE_URL"):
        open_model(AssistantSettings(llm=llm))


def test_an_empty_name_is_none_even_with_an_address() -> None:
    """An address alone does not say which model."""
    with pytest.raises(ModelSetupError, match="does not name"):
        open_model(AssistantSettings(llm=" ", llm_base_url="http://localhost:1/v1"))


@pytest.mark.parametrize("llm", ["acme:gpt-5", "llama3.2:3b"])
def test_an_unknown_provider_is_told(llm: str) -> None:
    """A provider that LangChain does not know is named, with forms that work."""
    with pytest.raises(ModelSetupError, match=f"'{llm}' names no provider that is known"):
        open_model(AssistantSettings(llm=llm))


@pytest.mark.parametrize(
    "url",
    ["localhost:8080", "ftp://localhost", "http://", "http://local host/v1", "http://h:99999", ""],
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    """A mistyped address is found before anything is asked."""
    with pytest.raises(ModelSetupError, match=r"ASSISTANT_LLM_BASE_URL=.*localhost:8080/v1"):
        open_model(AssistantSettings(llm="tiny", llm_base_url=url))


@pytest.mark.parametrize(
    ("llm", "names"),
    [
        ("openai:gpt-5", "OPENAI_API_KEY"),
        ("anthropic:claude-x", "ANTHROPIC_API_KEY"),
        ("google_genai:gemini-x", "GOOGLE_API_KEY or GEMINI_API_KEY"),
    ],
)
def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, llm: str, names: str) -> None:
    """Without a key the variable that should hold it is named; an empty one is none."""
    monkeypatch.setenv("OPENAI_API_KEY", " ")
    with pytest.raises(ModelSetupError, match=f"set {names}, or unset ASSISTANT_LLM"):
        open_model(AssistantSettings(llm=llm))


def test_a_key_that_cannot_be_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with quotation marks from a text editor never leaves the program, nor is it shown."""
    monkeypatch.setenv("OPENAI_API_KEY", f"“{KEY}”")
    with pytest.raises(ModelSetupError, match="OPENAI_API_KEY holds characters") as caught:
        open_model(AssistantSettings(llm="openai:gpt-5"))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("llm", ["tiny", "openai:tiny", "llama3.2:3b"])
def test_a_server_of_ones_own_needs_no_key(monkeypatch: pytest.MonkeyPatch, llm: str) -> None:
    """With an address, OpenAI's key is not needed, and names may hold a colon."""
    monkeypatch.delenv("OPENAI_API_KEY")
    with OpenAIServer(lambda _: "Voles.") as server:
        model = opened(AssistantSettings(llm=llm, llm_base_url=server.url))
        assert text_of(model) == "Voles."
    assert model.name == llm
    assert server.requests[0].body["model"] == llm.removeprefix("openai:")


@pytest.mark.parametrize(
    ("llm", "module", "package"),
    [
        ("anthropic:claude-x", "langchain_anthropic", r"article-assistant\[anthropic\]"),
        ("google_genai:gemini-x", "langchain_google_genai", r"article-assistant\[google\]"),
        ("groq:llama", "langchain_groq", "langchain-groq"),
    ],
)
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, llm: str, module: str, package: str
) -> None:
    """What to install is told: our extra, or else the provider's package."""
    monkeypatch.setitem(sys.modules, module, None)
    for name in ("ANTHROPIC_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(name, KEY)
    with pytest.raises(ModelSetupError, match=f"pip install '{package}'"):
        open_model(AssistantSettings(llm=llm))


@pytest.mark.parametrize("missing", ["openai", "langchain_openai"])
def test_the_package_for_openai_is_named(missing: str) -> None:
    """Where OpenAI's package is missing, the extra that brings it is told."""
    script = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from assistant.models import open_model; from assistant.settings import *\n"
        "try: open_model(AssistantSettings(llm='tiny', llm_base_url='http://localhost:1/v1'))\n"
        "except Exception as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert "pip install 'article-assistant[openai]'" in done.stdout


def test_openai_itself_counts_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an address of one's own, OpenAI is asked to tell the tokens."""
    settings = AssistantSettings(llm="openai:gpt-4.1-mini")
    with OpenAIServer(lambda _: "Voles.") as server:
        model = opened(settings)
        monkeypatch.setattr(model._llm.root_client, "base_url", server.url)  # type: ignore[attr-defined]
        assert reply_of(model)[-1].usage == Usage(11, 7)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


# Models that are handed in


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
    monkeypatch.setattr("assistant.replies.text_in", lambda _: 1 / 0)
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


def test_the_servers_answer_in_one_piece_too() -> None:
    """Both servers of these tests also answer without streaming, and list their models."""
    import httpx

    with OpenAIServer(lambda _: "Voles.") as one, OllamaServer(lambda _: "Voles.") as other:
        asked = {"model": "tiny", "messages": [], "stream": False}
        said = httpx.post(one.url + "/chat/completions", json=asked).json()
        assert said["choices"][0]["message"]["content"] == "Voles."
        assert httpx.get(one.url + "/models").json()["data"][0]["id"] == "tiny"
        said = httpx.post(other.url + "/api/chat", json=asked).json()
        assert (said["message"]["content"], said["done"]) == ("Voles.", True)
        assert httpx.get(other.url + "/api/tags").json()["models"]
