"""The MCP server, with the protocol's own client: over a pipe, and over HTTP."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from helpers.app import running
from helpers.command_line import assert_one_sentence, run
from helpers.http_request import request
from helpers.paths import ROOT
from helpers.ports import free_port

pytest.importorskip("mcp")
import httpx2
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

QUESTION = "what venues were considered?"
SECRET = "corréct horse, battery"  # noqa: S105 - of this test alone
Talk = Callable[[Client], Awaitable[None]]


def over_pipe(index: Path, talk: Talk) -> None:
    """Start ``assistant mcp`` as a client does, and talk to it."""
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "assistant", "mcp", "--index", str(index)],
        env={**os.environ},
        cwd=ROOT,
    )

    async def main() -> None:
        async with Client(stdio_client(started)) as client:
            await talk(client)

    anyio.run(main)


def over_http(port: int, talk: Talk, password: str | None = None) -> None:
    async def main() -> None:
        headers = {b"Authorization": f"Bearer {password}".encode()} if password else {}
        async with httpx2.AsyncClient(headers=headers) as web:
            address = f"http://127.0.0.1:{port}/mcp"
            async with Client(streamable_http_client(address, http_client=web)) as client:
                await talk(client)

    anyio.run(main)


@pytest.fixture(scope="module")
def port(sample_index: Path) -> Iterator[int]:
    """``assistant mcp --http --auth ann``."""
    chosen = free_port()
    command: list[str | Path] = ["-m", "assistant", "mcp", "--http", "--index", sample_index]
    command += ["--port", str(chosen), "--auth", "ann"]
    with running(command, f"http://127.0.0.1:{chosen}", more={"ASSISTANT_PASSWORD": SECRET}):
        yield chosen


async def result(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    called = await client.call_tool(tool, arguments)
    assert not called.is_error, called.content
    content: dict[str, Any] | None = called.structured_content
    assert content is not None
    return content


async def trouble(client: Client, tool: str, **arguments: Any) -> str:
    called = await client.call_tool(tool, arguments)
    assert called.is_error
    (said,) = called.content
    assert said.type == "text"
    return said.text


async def use_all(client: Client) -> None:
    """What every transport must do."""
    tools = (await client.list_tools()).tools
    names = ["ask_articles", "list_articles", "read_article", "search_articles"]
    assert sorted(each.name for each in tools) == names
    assert all(each.description and each.output_schema for each in tools)
    answer = await result(client, "ask_articles", question=QUESTION)
    assert answer["kind"] == "answered"
    cited = answer["citations"][0]
    places = {"start": cited["start"], "end": cited["end"]}
    for name in (cited["article"]["id"], cited["article"]["source"]):
        read = await result(client, "read_article", article=name, **places)
        assert read["text"] == cited["quote"]
    refused = await result(client, "ask_articles", question="how do bees make wax?")
    assert refused["kind"] == "not_in_articles"
    found = await result(client, "search_articles", query="venues", limit=3)
    assert len(found["passages"]) == 3
    listed = await result(client, "list_articles", query="hensley")
    assert [each["author"] for each in listed["articles"]]
    assert listed["indexed"] == 10
    assert "empty" in await trouble(client, "ask_articles", question=" ")
    assert "list_articles" in await trouble(client, "read_article", article="none")
    assert "limit" in await trouble(client, "search_articles", query="venues", limit=0)


@pytest.mark.server
def test_the_tools_over_a_pipe(sample_index: Path) -> None:
    """A client that starts the program gets answers, refusals, articles and plain errors."""
    over_pipe(sample_index, use_all)


@pytest.mark.server
def test_the_tools_over_http(port: int) -> None:
    """The same over HTTP, with the password."""
    over_http(port, use_all, SECRET)


@pytest.mark.server
def test_http_lets_in_only_who_may(port: int) -> None:
    """Without the password, with a wrong one, or from another page, nothing is told."""
    assert request(port, "/mcp", "{}")[0] == 401
    assert request(port, "/mcp", "{}", Authorization="Bearer wrong")[0] == 401
    assert request(port, "/mcp", "{}", Origin="http://evil.example")[0] == 403


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--index", "nowhere"], "assistant index build"),
        (["--http", "--host", "0.0.0.0"], "--auth"),  # noqa: S104
    ],
)
def test_what_is_missing_is_said_in_one_sentence(options: list[str], told: str) -> None:
    """No index, or an address that is open to all: one sentence, and nothing on the output."""
    done = run("mcp", *options)
    assert_one_sentence(done, told)
    assert not done.stdout
