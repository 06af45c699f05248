"""The browser chat with an LLM: its words arrive checked, and its failures arrive as notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from helpers.app import running
from helpers.browser import WIDE, ask
from helpers.llm_failures import FAILURES, TRUE, VENUES
from helpers.llm_server import Message, OpenAIServer, Reply
from helpers.ports import free_port
from helpers.scripted_llm import number_of

pytestmark = [pytest.mark.browser, pytest.mark.server]
HOSTILE = (
    "![x](https://evil.test/?q=1) <img src=https://evil.test/x> London pays for all of it [977]."
)


def phrased(messages: list[Message]) -> Reply:
    user = str(messages[-1]["content"])
    known = number_of(user, "are being considered as venues")
    return Reply(f"{TRUE} [{known}] {HOSTILE}", pause=0.1)


class Scripted:
    """What the server says next."""

    def __init__(self) -> None:
        self.now: Callable[[list[Message]], Reply] = phrased

    def __call__(self, messages: list[Message]) -> Reply:
        return self.now(messages)


@pytest.fixture(scope="module")
def script() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def address(script: Scripted, sample_index: Path) -> Iterator[str]:
    """``python app.py`` with an LLM at an address of its own."""
    served = f"http://127.0.0.1:{(port := free_port())}"
    with OpenAIServer(script) as server:
        settings = {"ASSISTANT_LLM_BASE_URL": server.url, "ASSISTANT_LLM_TIMEOUT": "4"}
        command: list[str | Path] = [
            "app.py",
            "--index",
            sample_index,
            "--llm",
            "tiny",
            "--port",
            str(port),
        ]
        with running(command, served, more=settings):
            yield served


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = browser.new_page(viewport=WIDE)
    opened.goto(address)
    yield opened
    opened.close()


def test_words_arrive_and_each_sentence_is_checked(page: Page, script: Scripted) -> None:
    """Streamed, cited from the article; what nothing supports is struck through with a reason."""
    script.now = phrased
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url))
    ask(page, VENUES)
    expect(page.locator(".answer .state")).to_have_text("Writing…", timeout=15_000)
    expect(page.locator(".answer .unchecked")).to_contain_text("Budapest", timeout=15_000)
    expect(page.locator(".answer .supported")).to_contain_text(TRUE, timeout=15_000)
    struck = page.locator(".answer .unsupported")
    expect(struck.locator("s")).to_contain_text("London pays for all of it")
    expect(struck).to_contain_text("not backed by the articles: ")
    expect(page.locator(".answer")).to_contain_text("Phrased by tiny")
    expect(page.locator("#src-1-1 mark")).to_contain_text("Budapest, Istanbul and neutral")
    assert "977" not in page.locator("#chat").inner_text()
    assert not [url for url in foreign if "evil" in url]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_a_notice_above_the_quotes(page: Page, script: Scripted, failure: str) -> None:
    """What failed, what to do, and the articles' own words; no half sentence is left."""
    script.now = FAILURES[failure][0]
    ask(page, VENUES)
    notice = page.locator(".answer .notice")
    expect(notice).to_contain_text(FAILURES[failure][1], timeout=15_000)
    expect(page.locator(".answer .quote").first).to_contain_text("Budapest, Istanbul and neutral")
    expect(page.locator(".answer .unchecked")).to_have_count(0)
