"""Reading in the browser: the article in place, its quotes marked, and the way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from helpers.app import Served
from helpers.browser import PHONE, QUESTION, SCREENS, answered, button

pytestmark = [pytest.mark.browser, pytest.mark.server]

Screen = tuple[ViewportSize, str]


@pytest.fixture(params=SCREENS.values(), ids=list(SCREENS))
def screen(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A reader's page, wide and light or narrow and dark."""
    size, scheme = request.param
    opened = browser.new_page(viewport=size, color_scheme=scheme)
    opened.goto(served.address)
    yield opened
    opened.close()


def show_sources(page: Page) -> None:
    """Unfold the sources where they stand under the answer."""
    summary = page.locator(".sources-inline summary").last
    if summary.is_visible():
        summary.click()


def test_the_article_opens_at_the_quote_and_closes_again(screen: Page) -> None:
    """By keyboard: Enter opens it with the focus on the quote, Escape goes back to the card."""
    answered(screen, QUESTION)
    show_sources(screen)
    button(screen, "Read the article").press("Enter")
    quote = screen.locator("#article mark.focus")
    expect(quote).to_be_focused()
    expect(quote).to_be_in_viewport()
    expect(quote).to_have_text(
        "Budapest, Istanbul and neutral Switzerland are being considered as venues for the "
        "Putin–Zelenskyy meeting."
    )
    head = screen.locator("#article")
    for known in ("Trump says air support", "Clara Hensley", "20 August 2025", "ukraine.txt"):
        expect(head).to_contain_text(known)
    screen.keyboard.press("Escape")
    expect(quote).to_have_count(0)
    expect(button(screen, "Read the article")).to_be_focused()


def test_all_that_the_answer_quotes_is_marked(screen: Page) -> None:
    """The quote that was clicked is marked more strongly than the answer's other ones."""
    answered(screen, "What is “How a heat pump turns cold air into a warm house” about?")
    show_sources(screen)
    cards = screen.locator(".card:visible")
    quotes = [each.strip() for each in cards.locator("mark").all_text_contents()]
    assert len(quotes) == 3
    button(cards.nth(1), "Read the article").click()
    expect(screen.locator("#article mark.focus")).to_have_text(quotes[1])
    assert screen.locator("#article mark.other").all_text_contents() == [quotes[0], quotes[2]]
    expect(screen.locator("#article h3").first).to_have_text("The circuit in four steps")
    assert "A heat pump" in screen.locator("#article .text").inner_text()


def test_back_to_the_sources_is_always_in_reach(screen: Page) -> None:
    """Wherever one has read to, the way back stays in sight; nothing scrolls sideways."""
    answered(screen, QUESTION)
    show_sources(screen)
    button(screen, "Read the article").click()
    expect(screen.locator("#article mark.focus")).to_be_focused()
    screen.locator("#article").evaluate("each => each.scrollTop = each.scrollHeight")
    back = button(screen, "Back to the sources")
    expect(back).to_be_in_viewport()
    assert screen.evaluate(
        "() => document.documentElement.scrollWidth <= innerWidth && "
        "document.querySelector('#article').scrollWidth <= innerWidth"
    )
    back.click()
    expect(screen.locator("#article .reading")).to_have_count(0)
    expect(screen.locator(".card:visible").first).to_be_visible()


def test_on_a_phone_the_article_covers_the_chat(browser: Browser, served: Served) -> None:
    """Full width, and the keyboard does not stray into what is covered."""
    page = browser.new_page(viewport=PHONE)
    page.goto(served.address)
    answered(page, QUESTION)
    show_sources(page)
    button(page, "Read the article").click()
    expect(page.locator("#article mark.focus")).to_be_focused()
    box = page.locator("#article").bounding_box()
    assert box
    assert box["width"] > PHONE["width"] - 24
    assert box["height"] > PHONE["height"] - 24
    assert page.locator("#talk").evaluate("each => each.inert")
    button(page, "Back to the sources").click()
    expect(page.locator("#article .reading")).to_have_count(0)
    assert not page.locator("#talk").evaluate("each => each.inert")
    page.close()


def test_a_marker_leads_out_of_the_article_to_its_card(page: Page) -> None:
    """A marker clicked while an article is open shows its card, lit up."""
    answered(page, QUESTION)
    button(page, "Read the article").click()
    expect(page.locator("#article mark.focus")).to_be_focused()
    page.locator(".answer .cite:visible").first.click()
    expect(page.locator("#article .reading")).to_have_count(0)
    expect(page.locator("#src-1-1")).to_be_in_viewport()
    assert page.locator("#src-1-1").evaluate("each => each.matches(':target')")


def test_what_came_closest_can_be_read_too(page: Page) -> None:
    """A refusal's passages open their articles."""
    answered(page, "Who wrote the opera Carmen?")
    button(page, "Read the article").click()
    expect(page.locator("#article mark.focus")).to_be_focused()


def test_a_new_question_closes_the_article(page: Page) -> None:
    """The sources of the new answer are not hidden behind the old article."""
    answered(page, QUESTION)
    button(page, "Read the article").click()
    expect(page.locator("#article mark.focus")).to_be_focused()
    answered(page, "Who won the marathon?")
    expect(page.locator("#src-2-1")).to_be_visible()


def test_a_changed_article_says_so(page: Page, served: Served) -> None:
    """What is shown is what was indexed, and a reader is told that the file is another now."""
    path = served.articles / "port-arlen-marathon-course-record.txt"
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\nA line more.\n")
        answered(page, "Who won the marathon?")
        button(page, "Read the article").click()
        expect(page.locator("#article .notice")).to_contain_text("changed or gone")
    finally:
        path.write_bytes(before)
