"""Callbacks and tracers see each stage of a question as a named run below the assistant's."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import HumanMessage

from assistant import Answer, Assistant, QuestionError, Update, open_assistant
from helpers.llm_server import OpenAIServer, Reply
from helpers.paths import ROOT
from helpers.tracing_server import TracingServer

QUESTION = "what venues were considered?"
SAYS = "Budapest, Istanbul and neutral Switzerland are being considered as venues [1]."
ABSENT = "how do I change the gearbox oil of a tractor?"
BELOW = {
    "ArticleAssistant": ("chain", None),
    "retriever": ("retriever", "ArticleAssistant"),
    "reader": ("chain", "ArticleAssistant"),
    "writer": ("chain", "ArticleAssistant"),
}


class Listener(BaseCallbackHandler):
    """Keeps every run in the order of beginning."""

    def __init__(self) -> None:
        self.runs: dict[UUID, dict[str, Any]] = {}

    def begin(self, kind: str, told: Any, *, run_id: UUID, name: str = "", **rest: Any) -> None:
        about = {each: rest.get(each) for each in ("parent_run_id", "tags", "metadata")}
        self.runs[run_id] = {"name": name or kind, "kind": kind, "in": told, "out": None, **about}

    def on_chain_start(self, serialized: Any, inputs: Any, **rest: Any) -> None:  # noqa: ARG002
        self.begin("chain", inputs, **rest)

    def on_retriever_start(self, serialized: Any, query: str, **rest: Any) -> None:  # noqa: ARG002
        self.begin("retriever", query, **rest)

    def on_chat_model_start(self, serialized: Any, messages: Any, **rest: Any) -> None:  # noqa: ARG002
        self.begin("llm", messages, **{**rest, "name": "llm"})

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **_: Any) -> None:
        self.runs[run_id]["out"] = outputs

    def on_retriever_end(self, documents: Any, *, run_id: UUID, **_: Any) -> None:
        self.runs[run_id]["out"] = documents

    def on_llm_end(self, response: Any, *, run_id: UUID, **_: Any) -> None:
        self.runs[run_id]["out"] = response

    on_chain_error = on_retriever_error = on_llm_error = on_chain_end  # type: ignore[assignment]

    def tree(self) -> list[tuple[str, str | None]]:
        """Each run's name and the one above it."""
        above = [self.runs.get(run["parent_run_id"], {}) for run in self.runs.values()]
        names = [run["name"] for run in self.runs.values()]
        return list(zip(names, [run.get("name") for run in above], strict=True))

    def one(self, name: str) -> dict[str, Any]:
        (found,) = (run for run in self.runs.values() if run["name"] == name)
        return found


def heard(assistant: Assistant, asked: Any = QUESTION) -> tuple[Answer, Listener]:
    """Ask with somebody listening."""
    listener = Listener()
    config = {"callbacks": [listener], "tags": ["nightly"], "metadata": {"user": "ann"}}
    return assistant.as_runnable().invoke(asked, config), listener  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def assistant(sample_index: Path) -> Assistant:
    return open_assistant(sample_index)


@pytest.fixture(scope="module")
def phrasing(sample_index: Path) -> Assistant:
    return open_assistant(sample_index, llm=FakeListChatModel(responses=[SAYS]))


def test_each_stage_is_a_run_with_what_goes_in_and_out(assistant: Assistant) -> None:
    """Retriever, reader and writer lie below the assistant, with documents, picks and text."""
    answer, listener = heard(assistant)
    root = "ArticleAssistant"
    assert listener.tree() == [
        (root, None),
        ("retriever", root),
        ("reader", root),
        ("writer", root),
    ]
    retriever, reader, writer = (listener.one(name) for name in ("retriever", "reader", "writer"))
    assert (retriever["in"], retriever["kind"]) == (QUESTION, "retriever")
    assert retriever["out"][0].metadata["article_id"] == answer.citations[0].article.id
    assert reader["in"]["passages"] == [each.id for each in retriever["out"]]
    assert reader["out"]["answers"] is True
    assert reader["out"]["picked"] == [each.quote for each in answer.citations]
    assert writer["in"]["quotes"] == [each.quote for each in answer.citations]
    assert (writer["out"]["text"], writer["out"]["mode"]) == (answer.text, "quotes")
    assert listener.one(root)["out"] == answer


def test_tags_and_metadata_reach_every_run(phrasing: Assistant) -> None:
    """What the caller's config says is said of each run, the LLM's own too."""
    _, listener = heard(phrasing)
    assert len(listener.runs) == 5
    assert all("nightly" in run["tags"] for run in listener.runs.values())
    assert all(run["metadata"]["user"] == "ann" for run in listener.runs.values())


def test_the_llm_s_runs_lie_below_the_stages_that_ask_it(phrasing: Assistant) -> None:
    """The rewriting of a follow-up is a stage of its own."""
    history = [HumanMessage("Where might Putin and Zelenskyy meet?")]
    answer, listener = heard(phrasing, {"question": QUESTION, "history": history})
    assert answer.mode == "llm"
    followup, root = listener.one("followup"), "ArticleAssistant"
    assert [each for each in listener.tree() if each[0] != "retriever"] == [
        (root, None),
        ("followup", root),
        ("llm", "followup"),
        ("reader", root),
        ("writer", root),
        ("llm", "writer"),
    ]
    assert followup["in"]["history"] == [{"role": "user", "content": history[0].text}]
    assert followup["out"]["question"] == answer.standalone_question


def test_listening_changes_nothing(assistant: Assistant, phrasing: Assistant) -> None:
    """Heard or not, the answer is the same; a refusal has no writer."""
    for asked, each in ((QUESTION, assistant), (ABSENT, assistant), (QUESTION, phrasing)):
        plain, (answer, listener) = each.ask(asked), heard(each, asked)
        same = {**answer.to_dict(), "timings": None}
        assert same == {**plain.to_dict(), "timings": None}
        assert ("writer" in dict(listener.tree())) == (answer.kind == "answered")
    assert "closest" in heard(assistant, ABSENT)[1].one("reader")["out"]


def test_failures_end_their_runs(sample_index: Path, openai_key: None) -> None:  # noqa: ARG001
    """A failing LLM's run ends with its error, the writer's says it, and the question goes on."""
    from langchain_openai import ChatOpenAI

    with OpenAIServer(lambda _: Reply("overloaded", status=500)) as server:
        llm = ChatOpenAI(model="tiny", base_url=server.url, max_retries=0)
        answer, listener = heard(open_assistant(sample_index, llm=llm))
    assert answer.mode == "quotes"
    assert isinstance(listener.one("llm")["out"], Exception)
    assert listener.one("writer")["out"]["trouble"] in str(answer.notice)


def test_an_error_ends_the_assistant_s_run(assistant: Assistant) -> None:
    """A question that cannot be asked is an error of the outer run."""
    listener = Listener()
    with pytest.raises(QuestionError):
        assistant.as_runnable().invoke(" ", {"callbacks": [listener]})
    assert isinstance(listener.one("ArticleAssistant")["out"], QuestionError)


def test_the_updates_are_custom_events(phrasing: Assistant) -> None:
    """``astream_events`` brings what ``stream`` yields, and the answer at the end."""

    async def follow() -> list[tuple[str, str, Any]]:
        events = phrasing.as_runnable().astream_events(QUESTION, version="v2")
        return [(each["event"], each["name"], each["data"]) async for each in events]

    told = asyncio.run(follow())
    updates = [data for event, name, data in told if (event, name) == ("on_custom_event", "update")]
    plain = list(phrasing.stream(QUESTION))
    assert all(isinstance(each, Update) for each in updates)
    assert [each.stage for each in updates] == [each.stage for each in plain]
    kinds = [event for event, _, _ in told]
    assert {"on_retriever_end", "on_chat_model_stream", "on_chain_stream"} <= set(kinds)
    assert told[-1][:2] == ("on_chain_end", "ArticleAssistant")
    assert told[-1][2]["output"].mode == "llm"


@pytest.mark.alone
def test_asking_leaves_the_event_loop_free(sample_index: Path) -> None:
    """While an LLM takes its time, everything else on the loop goes on."""
    slow = FakeListChatModel(responses=[SAYS], sleep=0.01)
    runnable = open_assistant(sample_index, llm=slow).as_runnable()
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - before)

    async def ask() -> Answer:
        ticking = asyncio.create_task(tick())
        started = time.perf_counter()
        answer = await runnable.ainvoke(QUESTION)
        ticking.cancel()
        assert longest < (time.perf_counter() - started) / 2
        return answer

    assert asyncio.run(ask()).mode == "llm"


def langsmith_variables() -> dict[str, str]:
    """The variables that the page tells to set."""
    page = (ROOT / "docs" / "langchain.md").read_text("utf-8")
    return dict(re.findall(r"^export (LANGSMITH_\w+)=(\S+)$", page, re.MULTILINE))


ASK = """
import sys
from assistant import open_assistant
from langchain_core.tracers.langchain import wait_for_all_tracers
config = {"tags": ["nightly"], "metadata": {"user": "ann"}}
print(open_assistant(sys.argv[1]).as_runnable().invoke(sys.argv[2], config).text)
wait_for_all_tracers()
"""


@pytest.mark.slow
@pytest.mark.parametrize("tracing", [True, False], ids=["told to", "not told to"])
def test_langsmith_gets_the_runs_when_it_is_told_to(sample_index: Path, *, tracing: bool) -> None:
    """With the page's variables a server gets the tree of runs; without, it hears nothing."""
    with TracingServer() as server:
        told = {"LANGSMITH_ENDPOINT": server.address, "LANGSMITH_API_KEY": "lsv2_none"}
        variables = {**langsmith_variables(), **told}
        if not tracing:
            del variables["LANGSMITH_TRACING"]
        done = subprocess.run(
            [sys.executable, "-c", ASK, sample_index, QUESTION],
            env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert "Budapest" in done.stdout, done.stderr
    if not tracing:
        assert (server.runs, server.keys) == ({}, set())
        return
    assert (server.tree(), server.keys) == (BELOW, {"lsv2_none"})
    for run in server.runs.values():
        assert (run["tags"], run["session_name"]) == (["nightly"], "articles")
        assert run["extra"]["metadata"]["user"] == "ann"
    document = server.named("retriever")["outputs"]["documents"][0]
    assert document["metadata"]["start"] < document["metadata"]["end"]
    answer = server.named("ArticleAssistant")["outputs"]["output"]
    assert (answer["kind"], answer["question"]) == ("answered", QUESTION)
    assert answer["citations"][0]["quote"] in document["page_content"]


def test_opentelemetry_gets_spans(phrasing: Assistant) -> None:
    """The same runs are spans below one another, with what went in and came out."""
    from langchain_core.tracers import LangChainTracer
    from langsmith import Client
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    client = Client(api_key="unused", tracing_mode="otel", otel_tracer_provider=provider)
    config = {"callbacks": [LangChainTracer(client=client)], "metadata": {"user": "ann"}}
    phrasing.as_runnable().invoke(QUESTION, config)  # type: ignore[arg-type]
    client.flush()
    spans: dict[str, Any] = {span.name: span for span in exporter.get_finished_spans()}
    names = {span.context.span_id: span.name for span in spans.values()}
    above = {span.name: names.get(span.parent.span_id) for span in spans.values() if span.parent}
    expected = {name: over for name, (_, over) in BELOW.items() if over}
    assert above == {**expected, "FakeListChatModel": "writer"}
    assert all(span.attributes["langsmith.metadata.user"] == "ann" for span in spans.values())
    assert "Budapest" in spans["writer"].attributes["gen_ai.completion"]
