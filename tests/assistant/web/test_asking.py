"""Asking in the browser: what leads on, what corrects, what repeats, what is kept of an answer."""

from __future__ import annotations

import json
import stat

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.web import feedback_file
from helpers.app import Served
from helpers.browser import QUESTION, answered, button

pytestmark = [pytest.mark.browser, pytest.mark.server]

BOX = "Ask about your articles"


def follow_up(page: Page) -> None:
    """Ask a question and another that leans on it."""
    answered(page, "Where is the marathon held?")
    answered(page, "and who won it?")
    expect(page.locator(".understood")).to_contain_text("Understood as: and who won it? (")


def test_what_leads_on_is_offered_and_answered(page: Page) -> None:
    """After an answer come up to three questions, and a click on one is no dead end."""
    answered(page, QUESTION)
    offered = page.locator("#examples button:visible")
    expect(offered.first).to_have_text("What did Ignazio Cassis say?", timeout=15_000)
    assert 1 <= offered.count() <= 3
    offered.first.click()
    expect(page.locator(".answer .quote").nth(1)).to_contain_text("Ignazio Cassis", timeout=30_000)
    # What was asked once is not offered again.
    expect(offered.filter(has_text="Ignazio Cassis")).to_have_count(0, timeout=15_000)


def test_what_was_understood_can_be_corrected(page: Page) -> None:
    """One click puts it into the question box, where it can be typed on."""
    follow_up(page)
    button(page, "Correct it").click()
    box = page.get_by_label(BOX)
    expect(box).to_be_focused()
    expect(box).to_have_value("and who won it? (marathon, held)")


def test_a_question_can_be_asked_as_it_was_written(page: Page) -> None:
    """One click asks again without the conversation; the answer takes the other one's place."""
    follow_up(page)
    button(page, "Ask it as I wrote it").click()
    expect(page.locator(".understood")).to_have_count(0, timeout=30_000)
    expect(button(page.locator("[data-testid=bot]").last, "Ask again")).to_be_visible()
    assert page.locator(".question").count() == 2


def test_asking_again_replaces_the_last_answer_only(page: Page) -> None:
    """The last answer is made anew; one further up is asked anew below."""
    answered(page, QUESTION)
    page.locator(".answer").evaluate("each => each.classList.add('old')")
    button(page, "Ask again").click()
    expect(page.locator(".answer.old")).to_have_count(0, timeout=30_000)
    expect(button(page, "Ask again")).to_be_visible(timeout=30_000)
    expect(page.locator(".question")).to_have_count(1)
    answered(page, "Who won the marathon?")
    button(page.locator("[data-testid=bot]").first, "Ask again").click()
    expect(page.locator(".question")).to_have_count(3, timeout=30_000)
    expect(page.locator(".question").last).to_have_text(QUESTION)
    expect(page.locator(".answer .quote").nth(2)).to_contain_text("Budapest", timeout=30_000)


def test_a_question_can_be_edited(page: Page) -> None:
    """It comes back into the box as it was typed."""
    answered(page, "What did <b>Lavrov</b> ask for?")
    button(page, "Edit").click()
    expect(page.get_by_label(BOX)).to_have_value("What did <b>Lavrov</b> ask for?")
    expect(page.get_by_label(BOX)).to_be_focused()


def test_an_answer_is_copied_with_its_footnotes(browser: Browser, served: Served) -> None:
    """The clipboard holds Markdown, the button says so and keeps the focus."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(served.address)
    answered(page, QUESTION)
    button(page, "Copy").click()
    copied = button(page, "Copied ✓")
    expect(copied).to_be_focused()
    text = page.evaluate("() => navigator.clipboard.readText()")
    assert text.startswith(f"**{QUESTION}**")
    assert "meeting.[^1]" in text
    assert "[^1]: “Budapest" in text
    context.close()


def test_an_answer_is_copied_where_the_clipboard_is_barred(page: Page) -> None:
    """On a page that may not use it (another machine's, without https), selecting does it."""
    answered(page, QUESTION)
    page.evaluate(
        """() => {
            Object.defineProperty(navigator, "clipboard", {value: undefined});
            document.execCommand = (what) => {
                window.done = [what, document.activeElement.value];
            };
        }"""
    )
    button(page, "Copy").click()
    expect(button(page, "Copied ✓")).to_be_visible()
    what, text = page.evaluate("() => window.done")
    assert what == "copy"
    assert "[^1]: “Budapest" in text
    assert page.locator("body > textarea").count() == 0


def test_an_opinion_is_written_down(page: Page, served: Served) -> None:
    """A click writes a line with the whole answer, and the page shows that it was heard."""
    path = feedback_file(served.index)
    before = len(path.read_text("utf-8").splitlines()) if path.exists() else 0
    answered(page, QUESTION)
    button(page, "Not helpful").click()
    expect(page.locator(".said")).to_have_text("Not helpful ✓")
    button(page, "Helpful").click()
    expect(page.locator(".said")).to_have_text("Helpful ✓")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()[before:]]
    assert [each["liked"] for each in lines] == [False, True]
    assert lines[0]["answer"]["question"] == QUESTION
    assert lines[0]["answer"]["citations"][0]["quote"].startswith("Budapest")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_opinion_that_cannot_be_written_is_no_loss(page: Page, served: Served) -> None:
    """The reader is told why; the answer stays, unmarked, and can be judged again."""
    path = feedback_file(served.index)
    path.unlink(missing_ok=True)
    path.mkdir()
    try:
        answered(page, QUESTION)
        button(page, "Helpful").click()
        expect(page.locator(".toast-body")).to_contain_text("could not be written")
        expect(button(page, "Helpful")).to_be_visible()
        assert page.locator(".said").count() == 0
    finally:
        path.rmdir()
    button(page, "Helpful").click()
    expect(page.locator(".said")).to_have_text("Helpful ✓")
