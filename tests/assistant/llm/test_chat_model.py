"""Chat models: replies come in pieces, are whole, and hold nothing but what is meant to be read.

The clients and the HTTP are real; only what the servers say is made up.
"""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.chat_model import Usage
from assistant.llm.response import VisibleText
from helpers.llm_replies import QUESTION, SYSTEM, both, failure_of, model_at, reply_of, text_of
from helpers.llm_server import LLMServer, OllamaServer, OpenAIServer, Reply

pytestmark = pytest.mark.usefixtures("openai_key")


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
    visible = VisibleText()
    read = [visible.add(whole[a:b]) for a, b in pairwise(bounds)]
    assert "".join(read) + visible.rest() == answer + answer


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


def test_the_servers_answer_in_one_piece_too() -> None:
    """Both servers of these tests also answer without streaming, and list their models."""
    with OpenAIServer(lambda _: "Voles.") as one, OllamaServer(lambda _: "Voles.") as other:
        asked = {"model": "tiny", "messages": [], "stream": False}
        said = httpx.post(one.url + "/chat/completions", json=asked).json()
        assert said["choices"][0]["message"]["content"] == "Voles."
        assert httpx.get(one.url + "/models").json()["data"][0]["id"] == "tiny"
        said = httpx.post(other.url + "/api/chat", json=asked).json()
        assert (said["message"]["content"], said["done"]) == ("Voles.", True)
        assert httpx.get(other.url + "/api/tags").json()["models"]
