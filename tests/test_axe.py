"""The page for everybody: no violation that axe finds, at both sizes, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import PHONE, QUESTION, WIDE, Served, ask, needs_chromium
from playwright.sync_api import Browser, Page, expect

pytestmark = needs_chromium


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:150]}" for each in found for node in each["nodes"]]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def page(
    browser: Browser,
    served: Served,
    request: pytest.FixtureRequest,
    scheme: str,
) -> Iterator[Page]:
    opened = browser.new_page(viewport=request.param, color_scheme=scheme)  # type: ignore[arg-type]
    opened.goto(served.address)
    expect(opened.locator("#examples button").first).to_be_visible(timeout=30_000)
    yield opened
    opened.close()


def test_a_fresh_page(page: Page) -> None:
    """Before anything is asked."""
    assert violations(page) == []


def test_an_answer_and_a_refusal(page: Page) -> None:
    """With their sources, markers and closest passages."""
    ask(page, QUESTION)
    expect(page.locator(".answer .cite").first).to_be_attached(timeout=30_000)
    assert violations(page) == []
    ask(page, "What is the capital of Mars?")
    expect(page.locator(".refusal")).to_be_visible(timeout=30_000)
    assert violations(page) == []
