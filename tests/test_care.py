"""Care for every reader: contrast, names, focus, and no request to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from chromium import PHONE, WIDE, Served, answered, button, needs_chromium
from playwright.sync_api import Browser, Page, expect

pytestmark = needs_chromium

# WCAG 2.1, 1.4.3: the contrast of each text with what is painted behind it. The browser itself
# turns every notation of a colour into red, green, blue and opacity.
FAINT = """() => {
    const paint = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const over = (colors, opacity) => {
        paint.clearRect(0, 0, 1, 1);
        for (const [place, color] of colors.entries()) {
            paint.globalAlpha = place === colors.length - 1 ? opacity : 1;
            paint.fillStyle = color;
            paint.fillRect(0, 0, 1, 1);
        }
        return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => {
        const [r, g, b] = rgb.map((each) => each / 255).map(
            (each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) =>
        element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor]
                : ["white"];
    const opacity = (element) =>
        element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1;
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const text = texts.currentNode.textContent.trim();
        if (!text || !element.checkVisibility() || element.closest("script, style, .sr-only"))
            continue;
        const grounds = behind(element);
        const ground = light(over(grounds, 1));
        const own = light(over([...grounds, getComputedStyle(element).color],
                               opacity(element)));
        const contrast = (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
        if (contrast < 4.5) found.push([text.slice(0, 40), element.className, contrast]);
    }
    return found;
}"""
UNNAMED = """() => [...document.querySelectorAll("button, summary, a, textarea, input")]
    .filter((each) => each.checkVisibility())
    .filter((each) => !(each.textContent.trim() || each.title || each.ariaLabel
                        || each.labels?.length))
    .map((each) => each.outerHTML.slice(0, 200))"""

SCREENS = [(size, scheme) for size in (WIDE, PHONE) for scheme in ("light", "dark")]


@pytest.fixture(params=SCREENS, ids=["wide light", "wide dark", "phone light", "phone dark"])
def screen(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A reader's page in each size and scheme."""
    size, scheme = request.param
    opened = browser.new_page(viewport=size, color_scheme=scheme)
    opened.goto(served.address)
    yield opened
    opened.close()


def states(page: Page) -> Iterator[str]:
    """Lead a page through what it can show; yield the name of each state."""
    expect(page.locator("#examples button:visible").first).to_be_visible(timeout=30_000)
    yield "empty"
    answered(page, "Where is the marathon held?")
    answered(page, "and who won it?")
    button(page, "Helpful").click()
    expect(page.locator(".said")).to_be_visible()
    answered(page, "Who wrote the opera Carmen?")
    for summary in page.locator(".sources-inline summary:visible").all():
        summary.click()
    yield "answers"
    page.locator("#talks summary").click()
    yield "conversations"
    page.keyboard.press("Escape")
    button(page, "Read the article").click()
    expect(page.locator("#article mark.focus")).to_be_focused()
    yield "article"


def test_everything_can_be_read_and_has_a_name(screen: Page) -> None:
    """Contrast AA for every text, a name for every control, nothing scrolls sideways."""
    faults: dict[str, Any] = {}
    for state in states(screen):
        faults[f"{state}, contrast"] = screen.evaluate(FAINT)
        faults[f"{state}, names"] = screen.evaluate(UNNAMED)
        wide = screen.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        faults[f"{state}, width"] = max(0, wide)
    assert {name: fault for name, fault in faults.items() if fault} == {}


def test_reading_asks_nobody_else(page: Page, served: Served) -> None:
    """Whatever is opened, kept, copied or judged, every request goes to the app itself."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in states(page):
        pass
    button(page, "Copy").click()
    assert asked
    foreign = [url for url in asked if not url.startswith((served.address, "data:", "blob:"))]
    assert foreign == []


def test_what_has_the_focus_is_seen(page: Page) -> None:
    """Going through an answer by Tab, every stop has an outline."""
    answered(page, "Where is the marathon held?")
    page.locator(".answer .cite:visible").focus()
    seen = []
    for _ in range(6):
        seen.append(page.evaluate("() => document.activeElement.textContent"))
        assert page.evaluate(
            "() => getComputedStyle(document.activeElement).outlineStyle"
        ) == "solid", seen  # fmt: skip
        page.keyboard.press("Tab")
    assert seen[1:] == ["Copy", "Ask again", "Edit", "Helpful", "Not helpful"]
