"""A real Chromium: what the tests of the page stand on. Playwright is loaded when it is used."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, ViewportSize

QUESTION = "what venues were considered?"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
SCREENS = {"wide, light": (WIDE, "light"), "phone, dark": (PHONE, "dark")}


@contextmanager
def running_browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

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


def ask(page: Page, question: str) -> None:
    box = page.get_by_label("Ask about your articles")
    box.fill(question)
    box.press("Enter")


def answered(page: Page, question: str) -> Locator:
    """Ask; return the answer's message once it is whole."""
    from playwright.sync_api import expect

    asked = page.locator(".question").count()
    ask(page, question)
    expect(page.locator(".question")).to_have_count(asked + 1, timeout=30_000)
    message = page.locator("[data-testid=bot]").nth(asked)
    expect(button(message, "Ask again")).to_be_visible(timeout=30_000)
    return message


def button(where: Page | Locator, name: str) -> Locator:
    """Return the first of the buttons that one sees with this label."""
    return where.locator("button:visible").filter(has_text=name).first
