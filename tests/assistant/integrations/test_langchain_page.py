"""Every recipe of docs/langchain.md runs as it stands, its LLM a real server on this computer."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.llm_server import Message, OpenAIServer, Reply
from helpers.paths import ROOT

PAGE = (ROOT / "docs" / "langchain.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
VENUES = "Budapest, Istanbul and neutral Switzerland are being considered as venues"
CALL = {
    "index": 0,
    "id": "call-1",
    "type": "function",
    "function": {
        "name": "ask_articles",
        "arguments": json.dumps({"question": "what venues were considered?"}),
    },
}

# A line that only one recipe holds → what it prints.
EXPECTED = {
    "quotes.batch": [VENUES, "Port Arlen Marathon", "[['"],
    "| StrOutputParser()": [f"The passages say: {VENUES}"],
    "phrased = ": ["ChatOpenAI:gpt-4.1-mini llm ['supported']"],
    "InMemoryVectorStore.from_documents": [" "],
    "for update in assistant.stream": ["searching 0", "writing 1", "done 1"],
    "astream_events": ["12 passages", f"['{VENUES}"],
    "abatch": [VENUES],
    "class Listener": ["read: {", "'confidence': 0.", "'mode': 'quotes'"],
    "InMemorySpanExporter()": ["['ArticleAssistant', 'reader', 'retriever', 'writer']"],
    "create_agent(": ["As the articles say: Budapest", f"['{VENUES}"],
}


def says(messages: list[Message]) -> Reply | str:
    """A model that calls the tool where it is offered, and repeats what it is given."""
    told = str(messages[-1]["content"])
    if messages[-1]["role"] == "tool":
        return f"As the articles say: {told}"
    if "Look into my articles" in told:
        return Reply(deltas=({"content": None, "tool_calls": [CALL]},), finish="tool_calls")
    if "From these passages" in told:
        return f"The passages say: {VENUES}" if VENUES in told else "They say nothing."
    number = re.search(rf"^\[(\d+)\] {VENUES}", told, re.MULTILINE)
    return f"{VENUES} [{number[1]}]." if number else "Nothing."


@pytest.fixture
def reader_s_folder(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenAIServer]:
    """A folder with an index in it, and a key and an address for the LLM in the environment."""
    shutil.copytree(sample_index, tmp_path / ".article-index")
    monkeypatch.chdir(tmp_path)
    with OpenAIServer(says) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


@pytest.mark.parametrize("line", EXPECTED)
@pytest.mark.usefixtures("openai_key", "reader_s_folder")
def test_the_recipe_runs(line: str) -> None:
    """It runs after the first block alone, and prints what it is there to show."""
    (recipe,) = (block for block in BLOCKS[1:] if line in block)
    shown, names = io.StringIO(), {"__name__": "recipe"}
    with contextlib.redirect_stdout(shown):
        for block in (BLOCKS[0], recipe):
            exec(compile(block, "docs/langchain.md", "exec"), names)  # noqa: S102 - our own page
    for expected in EXPECTED[line]:
        assert expected in shown.getvalue()


def test_no_recipe_is_left_out() -> None:
    """Every block of Python on the page is one of those that are run."""
    recipes = BLOCKS[1:]
    assert len(recipes) == len(EXPECTED)
    assert all(sum(line in block for block in recipes) == 1 for line in EXPECTED)
