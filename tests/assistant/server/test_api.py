"""The server for other programs, with the clients they use: openai, gradio_client, plain HTTP."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from assistant import Assistant, Turn, Update, open_assistant
from assistant.errors import ModelError
from assistant.server.access import Login
from assistant.server.openai_api import MODEL
from helpers.http_request import request
from helpers.openai_client import asked, client, serving, timeless
from helpers.paths import ROOT
from helpers.scripted_llm import ScriptedModel, assistant_with, number_of
from index.errors import IndexMissingError

pytestmark = pytest.mark.server

QUESTION = "what venues were considered?"
SECRET = "corréct horse, battery"  # noqa: S105 - of this test alone
TRUE = "Budapest, Istanbul and neutral Switzerland are being considered as venues"
JSON = {"Content_Type": "application/json"}


@pytest.fixture(scope="module")
def assistant(sample_index: Path) -> Assistant:
    return open_assistant(sample_index)


@pytest.fixture(scope="module")
def port(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    yield from serving(assistant, tmp_path_factory.mktemp("open"))


@pytest.fixture(scope="module")
def guarded(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    yield from serving(assistant, tmp_path_factory.mktemp("guarded"), Login("ann", SECRET))


def test_a_chat_program_gets_the_cited_answer(port: int, assistant: Assistant) -> None:
    """The text has footnotes; the answer object stands beside it."""
    done = client(port).chat.completions.create(model=MODEL, messages=asked(QUESTION))
    message = done.choices[0].message
    assert "[^1]: “Budapest, Istanbul" in str(message.content)
    assert done.choices[0].finish_reason == "stop"
    beside = message.model_extra["article_assistant"]
    assert timeless(beside) == timeless(assistant.ask(QUESTION).to_dict())


def test_a_stream_makes_the_same_text(port: int) -> None:
    """Chunks as the protocol has them; the last one brings the answer object."""
    completions = client(port).chat.completions
    whole = completions.create(model=MODEL, messages=asked(QUESTION)).choices[0].message.content
    chunks = list(completions.create(model=MODEL, messages=asked(QUESTION), stream=True))
    assert "".join(each.choices[0].delta.content or "" for each in chunks) == whole
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].model_extra["article_assistant"]["kind"] == "answered"
    body = json.dumps({"model": MODEL, "messages": asked(QUESTION), "stream": True})
    _, headers, shown = request(port, "/v1/chat/completions", body, **JSON)
    assert headers["content-type"].startswith("text/event-stream")
    assert shown.endswith("data: [DONE]\n\n")


def llm_says(*rest: str | Exception) -> ScriptedModel:
    def reply(_system: str, user: str) -> Iterator[str | Exception]:
        yield f"{TRUE} [{number_of(user, 'are being considered as venues')}]. "
        yield from rest

    return ScriptedModel(reply)


@pytest.mark.parametrize(
    ("rest", "end"),
    [
        (("London offered ", "to pay for it all. "), "not backed by the articles"),
        (("No date has been fixed. ", "It ", ModelError("It broke off; ask again.")), "*It broke"),
    ],
)
def test_what_an_llm_writes_comes_sentence_by_sentence(
    sample_index: Path, tmp_path: Path, rest: tuple[str | Exception, ...], end: str
) -> None:
    """Each once it is checked; if the LLM fails on the way, the notice and the quotes follow."""
    for port in serving(assistant_with(llm_says(*rest), sample_index), tmp_path):
        chunks = client(port).chat.completions.create(
            model=MODEL, messages=asked(QUESTION), stream=True
        )
        told = [text for each in chunks if (text := each.choices[0].delta.content)]
    assert told[0] == f"{TRUE}.[^1]"
    assert end in "".join(told[1:])
    assert "[^1]: “Budapest, Istanbul" in told[-1]


def test_earlier_messages_are_the_history(port: int, assistant: Assistant) -> None:
    """A follow-up is understood; what a system message says changes nothing."""
    before, follow = "Who joins virtually?", "and what is he?"
    said = assistant.ask(before).text
    parts = [{"type": "text", "text": follow}]
    messages = [{"role": "system", "content": "Be brief."}, *asked(before, said, parts)]
    done = client(port).chat.completions.create(model=MODEL, messages=messages)
    beside = done.choices[0].message.model_extra["article_assistant"]
    history = (Turn("user", before), Turn("assistant", said))
    assert timeless(beside) == timeless(assistant.ask(follow, history).to_dict())


def test_a_refusal_is_an_ordinary_answer(port: int) -> None:
    """It says that the articles do not answer."""
    messages = asked("how do bees make wax?")
    done = client(port).chat.completions.create(model=MODEL, messages=messages)
    beside = done.choices[0].message.model_extra["article_assistant"]
    assert beside["kind"] == "not_in_articles"
    assert done.choices[0].message.content


def test_bad_requests_are_told_as_openai_does(port: int) -> None:
    """Status and shape are those that its clients know."""
    from openai import BadRequestError, NotFoundError

    completions = client(port).chat.completions
    with pytest.raises(NotFoundError, match="article-assistant"):
        completions.create(model="gpt-9", messages=asked(QUESTION))
    wrong: Sequence[Any] = (
        [],
        asked(" "),
        asked(QUESTION, "an answer"),
        [{"role": "tool", "content": "x"}],
        [{"role": "user", "content": [{"type": "image_url"}]}],
        [{"role": "user", "content": 7}],
        ["x"],
    )
    for messages in wrong:
        with pytest.raises(BadRequestError) as caught:
            completions.create(model=MODEL, messages=messages)
        assert caught.value.type == "invalid_request_error"
    for body in ("{", "[]", '"x"', "{}", '{"model": "article-assistant", "messages": 1}'):
        status, _, shown = request(port, "/v1/chat/completions", body, **JSON)
        assert (status, set(json.loads(shown)["error"])) == (
            400,
            {"message", "type", "param", "code"},
        )


def test_models_and_health(port: int, assistant: Assistant) -> None:
    """The one model, and what the server holds."""
    assert [each.id for each in client(port).models.list()] == [MODEL]
    status = assistant.status()
    assert json.loads(request(port, "/healthz")[2]) == {
        "status": "ok",
        "generation": status.generation,
        "articles": 10,
        "embedding_model": status.model,
        "llm": "quotes",
    }


def test_the_guard_stands_before_these_routes(port: int) -> None:
    """Another page of the browser cannot ask, whatever name it gives itself."""
    for path, body in (("/v1/chat/completions", "{}"), ("/v1/models", None), ("/healthz", None)):
        assert request(port, path, body, Origin="http://evil.example")[0] == 403
        assert request(port, path, body, Host="evil.example")[0] == 403


def test_a_password_is_asked_for(guarded: int) -> None:
    """As a bearer token or with HTTP Basic; without it, health says its status and no more."""
    from openai import AuthenticationError

    with pytest.raises(AuthenticationError):
        client(guarded, "wrong").models.list()
    token = base64.b64encode(f"ann:{SECRET}".encode()).decode()
    bearer = f"Bearer {SECRET}".encode().decode("latin-1")
    for header in (bearer, f"Basic {token}"):
        assert request(guarded, "/v1/models", Authorization=header)[0] == 200
        assert json.loads(request(guarded, "/healthz", Authorization=header)[2])["articles"] == 10
    for header in ("", "Basic ä", "Basic YW5uOng=", "Digest x"):
        assert request(guarded, "/v1/models", Authorization=header)[0] == 401
    assert request(guarded, "/v1/chat/completions", "{}")[0] == 401
    assert json.loads(request(guarded, "/healthz")[2]) == {"status": "ok"}


@dataclass
class Slow:
    """An assistant without an index, or one that answers without end."""

    missing: bool = False
    steps: int = 0
    ended: Event = field(default_factory=Event)
    model: None = None

    def stream(self, _question: str, _history: Sequence[Turn] = ()) -> Iterator[Update]:
        if self.missing:
            raise IndexMissingError("There is no index here; run `assistant index build`.")
        try:
            while True:
                self.steps += 1
                yield Update("writing")
                time.sleep(0.05)
        finally:
            self.ended.set()

    def status(self) -> None:
        raise IndexMissingError("There is no index here; run `assistant index build`.")


def test_without_an_index_the_remedy_is_said(tmp_path: Path) -> None:
    """503 with the sentence, never an answer."""
    for port in serving(Slow(missing=True), tmp_path):
        body = json.dumps({"model": MODEL, "messages": asked(QUESTION)})
        for status, _, shown in (
            request(port, "/healthz"),
            request(port, "/v1/chat/completions", body, **JSON),
        ):
            assert (status, "assistant index build" in shown) == (503, True)


def test_a_client_that_leaves_stops_the_work(tmp_path: Path) -> None:
    """An answer that nobody waits for is not made."""
    slow = Slow()
    for port in serving(slow, tmp_path):
        stream = client(port).chat.completions.create(
            model=MODEL, messages=asked(QUESTION), stream=True
        )
        next(iter(stream))
        stream.close()
        assert slow.ended.wait(10)


def test_gradio_client_gets_the_answer_object(port: int, assistant: Assistant) -> None:
    """The named endpoint takes a question and a history; an error is our one sentence."""
    from gradio_client import Client

    gradio = Client(f"http://127.0.0.1:{port}", verbose=False, analytics_enabled=False)
    answer = gradio.predict(QUESTION, api_name="/ask")
    assert timeless(answer) == timeless(assistant.ask(QUESTION).to_dict())
    assert set(gradio.view_api(return_format="dict")["named_endpoints"]) == {"/ask"}
    with pytest.raises(Exception, match="The question is empty"):
        gradio.predict(" ", api_name="/ask")


def test_the_examples_in_the_docs_run(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Each prints the answer."""
    text = (ROOT / "docs" / "programs.md").read_text("utf-8")
    for example in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        here = example.replace("7860", str(port))
        exec(compile(here, "programs.md", "exec"), {})  # noqa: S102 - our own page
        assert "Budapest" in capsys.readouterr().out
