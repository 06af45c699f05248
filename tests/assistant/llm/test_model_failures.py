"""Whatever fails between a question and the end of its reply: one sentence, in time."""

from __future__ import annotations

import logging
import socket
import time

import pytest

from assistant.llm.response import LONGEST_REPLY
from assistant.settings import AssistantSettings
from helpers.llm_replies import (
    KEY,
    QUESTION,
    SERVERS,
    SYSTEM,
    both,
    failure_from,
    failure_of,
    has_left,
    model_at,
    opened,
    text_of,
)
from helpers.llm_server import LLMServer, OllamaServer, OpenAIServer, Reply

HTML = Reply(raw=(b"<html><body>Welcome</body></html>",), headers={"Content-Type": "text/html"})
pytestmark = pytest.mark.usefixtures("openai_key")


@pytest.mark.alone
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


@pytest.mark.slow
@pytest.mark.alone
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
