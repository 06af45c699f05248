"""Python, the command line, HTTP and MCP give the same answer object, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import CliRunner

from helpers.command_line import run
from helpers.openai_client import asked, client, serving, timeless
from helpers.paths import QUESTIONS

pytest.importorskip("mcp")
from mcp.client import Client

from assistant import Assistant, Turn, open_assistant
from assistant.cli.commands import app
from assistant.server.mcp_tools import build_server
from assistant.server.openai_api import MODEL

pytestmark = pytest.mark.server

MANY = 50
IN_A_PROCESS = 2
FOLLOW_UPS = ("and who said that?", "why?", "when was it?")


@dataclass(frozen=True)
class Surfaces:
    """One index, as programs reach it."""

    assistant: Assistant
    index: Path
    port: int


@pytest.fixture(scope="module")
def surfaces(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surfaces]:
    assistant = open_assistant(sample_index)
    for port in serving(assistant, tmp_path_factory.mktemp("surfaces")):
        yield Surfaces(assistant, sample_index, port)


@pytest.fixture(scope="module")
def questions() -> list[str]:
    lines = QUESTIONS.read_text("utf-8").splitlines()
    told = [json.loads(line)["question"] for line in lines]
    return [told[place * len(told) // MANY] for place in range(MANY)]


@pytest.fixture(scope="module")
def expected(surfaces: Surfaces, questions: list[str]) -> list[dict[str, Any]]:
    """What Python gives."""
    return [timeless(surfaces.assistant.ask(each).to_dict()) for each in questions]


def messages_of(history: tuple[Turn, ...]) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.content} for turn in history]


def over_http(port: int, question: str, history: tuple[Turn, ...] = ()) -> dict[str, Any]:
    messages: Any = asked(*(turn.content for turn in history), question)
    done = client(port).chat.completions.create(model=MODEL, messages=messages)
    assert done.choices[0].message.model_extra
    return timeless(done.choices[0].message.model_extra["article_assistant"])


def over_mcp(assistant: Assistant, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    async def main() -> list[dict[str, Any]]:
        async with Client(build_server(assistant)) as caller:
            called = [await caller.call_tool("ask_articles", each) for each in calls]
        return [timeless(each.structured_content or {}) for each in called]

    return anyio.run(main)


def test_the_command_line_agrees(
    surfaces: Surfaces, questions: list[str], expected: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The command itself; opening the index 50 times would only take longer."""
    for question, answer in zip(questions[:IN_A_PROCESS], expected, strict=False):
        done = run("ask", "--json", question, "--index", surfaces.index)
        assert timeless(json.loads(done.stdout)) == answer
    monkeypatch.setattr("assistant.chain.open_assistant", lambda *_, **__: surfaces.assistant)
    runner = CliRunner()
    for question, answer in zip(questions, expected, strict=True):
        printed = runner.invoke(app, ["ask", "--json", question])
        assert printed.exit_code == (3 if answer["kind"] == "not_in_articles" else 0)
        assert timeless(json.loads(printed.stdout)) == answer


def test_http_agrees(
    surfaces: Surfaces, questions: list[str], expected: list[dict[str, Any]]
) -> None:
    """In the field beside the message."""
    for question, answer in zip(questions, expected, strict=True):
        assert over_http(surfaces.port, question) == answer


def test_mcp_agrees(
    surfaces: Surfaces, questions: list[str], expected: list[dict[str, Any]]
) -> None:
    """As structured content."""
    calls = [{"question": each} for each in questions]
    assert over_mcp(surfaces.assistant, calls) == expected


@pytest.mark.parametrize("follow_up", FOLLOW_UPS)
def test_follow_ups_agree(surfaces: Surfaces, questions: list[str], follow_up: str) -> None:
    """Where a surface takes a history, it means the same on each of them."""
    from gradio_client import Client as GradioClient

    said = surfaces.assistant.ask(questions[1]).text
    history = (Turn("user", questions[1]), Turn("assistant", said))
    answer = timeless(surfaces.assistant.ask(follow_up, history).to_dict())
    assert over_http(surfaces.port, follow_up, history) == answer
    call = {"question": follow_up, "history": messages_of(history)}
    assert over_mcp(surfaces.assistant, [call]) == [answer]
    gradio = GradioClient(
        f"http://127.0.0.1:{surfaces.port}", verbose=False, analytics_enabled=False
    )
    given = gradio.predict(follow_up, messages_of(history), api_name="/ask")
    assert timeless(given) == answer
