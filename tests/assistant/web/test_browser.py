"""The browser chat, end to end: the real app in a process of its own, in real Chromium."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from helpers.app import Served
from helpers.browser import PHONE, QUESTION, WIDE, ask

pytestmark = [pytest.mark.browser, pytest.mark.server]


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


def test_the_chat_and_the_articles_are_tabs_of_one_page(page: Page) -> None:
    """One of them is seen at a time, in the same place."""
    box = page.get_by_label("Ask about your articles")
    expect(box).to_be_visible()
    expect(page.get_by_text("Add articles")).to_be_hidden()
    page.get_by_role("tab", name="Articles").click()
    expect(page.get_by_text("Add articles")).to_be_visible()
    expect(box).to_be_hidden()


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
    browser: Browser, served: Served, scheme: Literal["light", "dark"]
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
