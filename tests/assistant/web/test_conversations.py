"""Conversations: kept in the reader's own browser, opened with their sources, and deleted."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from assistant.web.chat import markup
from assistant.web.chat.conversation import Exchange
from assistant.web.chat.saved import LONGEST, from_record, to_record
from helpers.app import Served
from helpers.browser import PHONE, QUESTION, answered, button
from helpers.page_markup import cited, exchange, nasty

ANSWERED = exchange("It rose.", (cited(1, "It rose."),))


@given(nasty)
def test_a_conversation_comes_back_as_it_was(text: str) -> None:
    """Questions, answers, citations and opinions survive; a stopped question is not kept."""
    text = text.replace("\ud800", "")
    one = replace(exchange(text, (cited(1, text, text, text, text),)), liked=False, alone=True)
    refused = replace(exchange(text, (cited(1, text),), kind="not_in_articles"), turn=2)
    stopped = Exchange(3, text, stopped=True)
    back = from_record(to_record((one, refused, stopped)))
    assert back == (one, refused)
    assert markup.panel_html(back) == markup.panel_html((one, refused))


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda record: record[:-2],
        lambda record: record.replace('"version": 1', '"version": 0'),
        lambda record: record.replace('"answered"', '"hacked"'),
        lambda record: record.replace('"start": 100', '"start": "<b>"'),
        lambda record: record.replace('"exchanges": [', '"exchanges": [7, '),
        lambda _: "[" * 100_000,
        lambda record: " " * LONGEST + record,
    ],
)
def test_a_damaged_record_is_dropped(damage, caplog: pytest.LogCaptureFixture) -> None:  # type: ignore[no-untyped-def]
    """What is no conversation of this version is refused with a line in the log."""
    assert from_record(damage(to_record((ANSWERED,)))) is None
    assert "a kept conversation was dropped" in caplog.text


@given(st.recursive(st.none() | st.integers() | st.text(), lambda each: st.lists(each)))
def test_nothing_that_a_browser_sends_upsets_it(sent: object) -> None:
    """Any JSON at all is a conversation or none; it is never an error."""
    assert from_record(json.dumps(sent)) is None
    assert not from_record(json.dumps({"version": 1, "exchanges": sent}))


def test_a_record_is_bounded() -> None:
    """Of a conversation that is too long the latest exchanges are kept."""
    long = replace(ANSWERED, question="why? " * 40_000)
    record = to_record((long,) * 20)
    assert len(record) <= LONGEST
    back = from_record(record)
    assert back
    assert 1 < len(back) < 20
    assert to_record((replace(ANSWERED, question="x" * LONGEST),)) == ""
    assert to_record(()) == ""


@pytest.mark.browser
@pytest.mark.server
def test_a_conversation_survives_a_reload_with_its_sources(page: Page) -> None:
    """Messages, cards and markers are back, what leads on too, and one can ask on."""
    answered(page, QUESTION)
    expect(page.locator("#talks summary")).to_be_visible()
    page.reload()
    expect(page.locator(".answer .quote")).to_contain_text("Budapest", timeout=15_000)
    expect(page.locator("#src-1-1 mark")).to_contain_text("Budapest")
    offered = page.locator("#examples button:visible").first
    expect(offered).to_have_text("What did Ignazio Cassis say?", timeout=15_000)
    button(page, "Read the article").click()
    expect(page.locator("#article mark.focus")).to_be_focused()
    answered(page, "Who won the marathon?")
    expect(page.locator("#src-2-1")).to_be_visible()


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_earlier_conversations_are_opened_and_deleted(
    browser: Browser, served: Served, phone: bool
) -> None:
    """A new one begins empty; an earlier one is opened; a deleted one is gone, also in view."""
    page = browser.new_page(viewport=PHONE if phone else None)
    page.goto(served.address)
    answered(page, QUESTION)
    button(page, "New").click()
    expect(page.locator(".question")).to_have_count(0)
    answered(page, "Who won the marathon?")
    page.locator("#talks summary").click()
    titles = page.locator("#talks .open span")
    expect(titles).to_have_text(["Who won the marathon?", QUESTION])
    titles.nth(1).click()
    expect(page.locator(".question")).to_have_text([QUESTION])
    expect(page.locator(".card mark").last).to_contain_text("Budapest")
    page.locator("#talks summary").click()
    page.get_by_role("button", name=f"Delete “{QUESTION}”").click()
    expect(page.locator(".question")).to_have_count(0)
    expect(titles).to_have_text(["Who won the marathon?"])
    page.reload()
    expect(page.locator("#talks summary")).to_be_visible()
    assert page.locator(".question").count() == 0
    page.close()


@pytest.mark.browser
@pytest.mark.server
def test_nobody_sees_another_ones_conversation(
    browser: Browser, served: Served, page: Page
) -> None:
    """Another browser is offered nothing of what was said in this one."""
    answered(page, QUESTION)
    expect(page.locator("#talks summary")).to_be_visible()
    other = browser.new_context().new_page()
    other.goto(served.address)
    expect(other.locator("#examples button:visible").first).to_be_visible(timeout=30_000)
    assert other.locator(".question, .card").count() == 0
    assert not other.locator("#talks summary").is_visible()
    other.context.close()


@pytest.mark.browser
@pytest.mark.server
def test_what_was_tampered_with_is_harmless(page: Page) -> None:
    """A forged record is shown as text, refused when it is opened, and the chat goes on."""
    page.evaluate(
        """() => {
            const forged = {kept: 5, title: "<img src=x onerror=alert(1)>", record: "{}"};
            localStorage.setItem("article-assistant:a", JSON.stringify(forged));
            localStorage.setItem("article-assistant:b", "{");
        }"""
    )
    page.reload()
    page.locator("#talks summary").click()
    title = page.locator("#talks .open span")
    expect(title).to_have_text(["<img src=x onerror=alert(1)>"])
    title.click()
    expect(page.locator(".toast-body")).to_contain_text("cannot be opened")
    answered(page, QUESTION)


@pytest.mark.browser
@pytest.mark.server
def test_opening_one_ends_the_answer_in_the_making(page: Page) -> None:
    """What is still being answered does not appear in the conversation that was opened."""
    answered(page, QUESTION)
    button(page, "New").click()
    expect(page.locator(".question")).to_have_count(0)
    box = page.get_by_label("Ask about your articles")
    page.locator("#talks summary").click()
    box.evaluate("each => each.focus()")
    page.keyboard.type("Who won the marathon?")
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_have_text(["Who won the marathon?"])
    # By its title: an answer that is quick is kept, and listed, before this one is opened.
    page.evaluate(
        """title => [...document.querySelectorAll('#talks .open')]
            .find(each => each.textContent.includes(title)).click()""",
        QUESTION,
    )
    expect(page.locator(".question")).to_have_text([QUESTION], timeout=15_000)
    page.wait_for_timeout(2_000)
    expect(page.locator(".question")).to_have_text([QUESTION])
    expect(page.locator("#talks .open span").filter(has_text=QUESTION)).to_have_count(1)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


@pytest.mark.browser
@pytest.mark.server
def test_an_answer_made_anew_stays_in_its_conversation(page: Page) -> None:
    """Asking the only question again does not make a second conversation."""
    answered(page, QUESTION)
    page.locator(".answer").evaluate("each => each.classList.add('old')")
    button(page, "Ask again").click()
    expect(page.locator(".answer.old")).to_have_count(0, timeout=30_000)
    expect(button(page, "Ask again")).to_be_visible(timeout=30_000)
    page.locator("#talks summary").click()
    expect(page.locator("#talks .open span")).to_have_text([QUESTION])
