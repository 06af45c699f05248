"""An LLM over the wire: a real server, real clients; only the words and failures are made up."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import Answer, UserError, open_assistant
from assistant.cli.commands import app
from assistant.settings import AssistantSettings
from helpers.llm_failures import FAILURES, TRUE, VENUES, cites_it
from helpers.llm_server import LLMServer, OllamaServer, OpenAIServer

BUDGET = 3.0


def opened(server: LLMServer, index: Path, llm: str = "tiny", **settings: object) -> Answer:
    read = AssistantSettings.model_validate({"llm_base_url": server.url, "llm": llm, **settings})
    return open_assistant(index, settings=read).ask(VENUES)


@pytest.mark.parametrize(("kind", "llm"), [(OpenAIServer, "tiny"), (OllamaServer, "ollama:tiny")])
def test_an_answer_comes_over_the_wire(kind: type[LLMServer], llm: str, sample_index: Path) -> None:
    """In chunks, by OpenAI's protocol and by Ollama's, with the article's own quote."""
    with kind(cites_it) as server:
        answer = opened(server, sample_index, llm)
    assert answer.text == f"{TRUE} [1]"
    assert answer.mode == "llm"
    assert answer.citations[0].quote.startswith("Budapest, Istanbul and neutral Switzerland")


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("failure", FAILURES)
def test_every_failure_gives_the_quotes_and_a_notice(failure: str, sample_index: Path) -> None:
    """In time, with one line that names the remedy, and without half a sentence."""
    how, told = FAILURES[failure]
    with OpenAIServer(how) as server:
        settings = AssistantSettings(llm="tiny", llm_base_url=server.url, llm_timeout=BUDGET)
        assistant = open_assistant(sample_index, settings=settings)
        assistant.suggestions()  # its model is loaded: what is measured is the answer
        started = time.monotonic()
        answer = assistant.ask(VENUES)
        took = time.monotonic() - started
    assert took < BUDGET + 1
    assert answer.notice
    assert told in answer.notice
    assert answer.mode == "quotes"
    assert {each.support for each in answer.sentences} == {"quoted"}


def test_a_server_that_is_not_there_gives_the_quotes(sample_index: Path) -> None:
    """Nobody listens at its address."""
    with OpenAIServer(cites_it) as server:
        address = server.url
    settings = AssistantSettings(llm="tiny", llm_base_url=address)
    answer = open_assistant(sample_index, settings=settings).ask(VENUES)
    assert answer.notice
    assert "start its server, or correct ASSISTANT_LLM_BASE_URL" in answer.notice


@pytest.mark.parametrize("failure", ["wrong key", "a stream cut before its end"])
def test_the_command_line_tells_and_ends_well(
    failure: str, sample_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice is printed, the quotes stand below it, and the exit code is 0."""
    with OpenAIServer(FAILURES[failure][0]) as server:
        monkeypatch.setenv("ASSISTANT_LLM_BASE_URL", server.url)
        command = ["ask", "--index", str(sample_index), "--llm", "tiny", VENUES]
        done = CliRunner().invoke(app, command)
    assert done.exit_code == 0
    assert FAILURES[failure][1] in " ".join(done.output.split())
    assert "[1] “Budapest, Istanbul" in done.output


def test_explain_shows_the_prompt_and_the_verdicts(
    sample_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As lines for a person and as data for a program."""
    with OpenAIServer(cites_it) as server:
        monkeypatch.setenv("ASSISTANT_LLM_BASE_URL", server.url)
        command = ["ask", "--index", str(sample_index), "--llm", "tiny", "--explain", VENUES]
        told = CliRunner().invoke(app, command)
        data = CliRunner().invoke(app, [*command, "--json"])
        sent = server.requests[-1].messages
    assert "supported" in told.output
    explained = json.loads(data.output)["explanation"]
    assert explained["llm"]["system"] == sent[0]["content"]
    assert explained["llm"]["user"] == sent[1]["content"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"llm": "nobody"}, "does not name a provider and a model"),
        ({"llm": "openai:gpt-5"}, "set OPENAI_API_KEY"),
        ({"llm": "tiny", "llm_base_url": "not an address"}, "is no address"),
    ],
)
def test_what_cannot_work_is_told_when_it_opens(
    sample_index: Path, settings: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong name, a missing key, a wrong address: one sentence, before anything is asked."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UserError, match=told):
        open_assistant(sample_index, settings=AssistantSettings.model_validate(settings))
