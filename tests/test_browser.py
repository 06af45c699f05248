"""The browser chat, end to end: the real app in a process of its own, in real Chromium."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "what venues were considered?"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium on this machine"
)


@dataclass(frozen=True)
class Served:
    """A running app: its address and the folder of its index."""

    address: str
    index: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """``python app.py`` without an index: it indexes the sample articles, then serves."""
    folder = tmp_path_factory.mktemp("app") / "index"
    port = free_port()
    command = [sys.executable, "app.py", "--index", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            assert process.poll() is None, process.stdout and process.stdout.read().decode()
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield Served(address, folder)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run",
            ],
        )  # fmt: skip
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    opened = browser.new_page(viewport=WIDE)
    opened.goto(served.address)
    yield opened
    opened.close()


def ask(page: Page, question: str) -> None:
    box = page.get_by_label("Ask about your articles")
    box.fill(question)
    box.press("Enter")


def test_a_question_is_answered_and_its_marker_leads_to_the_quote(page: Page) -> None:
    """Asked, streamed, marker clicked, card lit up, quote highlighted in its paragraph."""
    ask(page, QUESTION)
    quote = page.locator(".answer .quote").first
    expect(quote).to_contain_text("Budapest, Istanbul and neutral Switzerland", timeout=30_000)
    page.locator(".answer .cite:visible").first.click()
    assert re.search(r"#src-1-1$", page.url)
    card = page.locator("#src-1-1")
    expect(card).to_be_in_viewport()
    expect(card.locator("mark")).to_contain_text("Budapest, Istanbul and neutral Switzerland")
    expect(card).to_contain_text("Clara Hensley")
    assert card.evaluate("each => each.matches(':target')")


def test_a_new_question_puts_out_the_light(page: Page) -> None:
    """A card that a marker lit up is not lit any more once something else is asked."""
    ask(page, QUESTION)
    page.locator(".answer .cite:visible").first.click(timeout=30_000)
    expect(page.locator(".card:target")).to_have_count(1)
    ask(page, "What did Lavrov ask for?")
    expect(page.locator("#src-2-1")).to_be_visible(timeout=30_000)
    expect(page.locator(".card:target")).to_have_count(0)


def test_the_state_is_shown_while_it_works(page: Page) -> None:
    """Between the question and the answer the page says what it is doing."""
    page.evaluate(
        """() => {
            window.states = new Set();
            new MutationObserver(() => {
                const state = document.querySelector('.state');
                if (state) window.states.add(state.textContent);
            }).observe(document.body, {childList: true, subtree: true, characterData: true});
        }"""
    )
    ask(page, QUESTION)
    expect(page.locator(".answer .quote").first).to_be_visible(timeout=30_000)
    assert page.evaluate("() => [...window.states].some(each => each.endsWith('…'))")


def test_a_refusal_looks_like_one(page: Page) -> None:
    """What came closest is shown, but not as citation."""
    ask(page, "Who wrote the opera Carmen?")
    expect(page.locator(".refusal")).to_contain_text("do not answer", timeout=30_000)
    expect(page.locator("#panel .card.near").first).to_be_visible()
    assert page.locator("#panel .number").count() == 0


def test_an_example_question_can_be_clicked(page: Page) -> None:
    """The examples under the input are asked by a click, and answered."""
    example = page.locator("#examples button:visible").first
    expect(example).to_be_visible(timeout=30_000)
    example.click()
    expect(page.locator(".answer .quote").first).to_be_visible(timeout=30_000)


def test_what_the_reader_types_is_shown_literally(page: Page) -> None:
    """Markup in a question is text, not markup."""
    ask(page, "<img src=x onerror=alert(1)> **bold** what venues were considered?")
    expect(page.locator(".question")).to_contain_text("<img src=x onerror=alert(1)> **bold**")
    assert page.locator(".question img, .question strong").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_sources_fold_under_the_answer(
    browser: Browser, served: Served, scheme: str
) -> None:
    """No sideways scroll, the input in reach, the marker opens the source in the message."""
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(served.address)
    ask(page, QUESTION)
    expect(page.locator(".answer .quote").first).to_be_visible(timeout=30_000)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_label("Ask about your articles")).to_be_in_viewport()
    page.locator(".answer .cite:visible").first.click()
    expect(page.locator("#inl-1-1 mark")).to_be_visible()
    page.close()


def test_the_page_asks_nobody_else(browser: Browser, served: Served) -> None:
    """Every request goes to the app itself."""
    page = browser.new_page(viewport=WIDE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.address)
    ask(page, QUESTION)
    expect(page.locator(".answer .quote").first).to_be_visible(timeout=30_000)
    foreign = [url for url in asked if not url.startswith((served.address, "data:", "blob:"))]
    assert foreign == []
    page.close()


def test_a_failure_looks_like_one_and_the_chat_goes_on(page: Page, served: Served) -> None:
    """A lost catalogue is an error with its remedy, never "not in the articles"."""
    catalogue = served.index / "catalogue.sqlite3"
    hidden = catalogue.with_name("hidden")
    catalogue.rename(hidden)
    try:
        ask(page, QUESTION)
        expect(page.locator(".error p")).to_contain_text("assistant index build", timeout=30_000)
        assert page.locator(".refusal").count() == 0
    finally:
        catalogue.unlink(missing_ok=True)
        hidden.rename(catalogue)
    ask(page, QUESTION)
    expect(page.locator(".answer .quote").first).to_be_visible(timeout=30_000)
