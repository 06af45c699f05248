"""Care for every reader: contrast, names, focus, and no request to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from assistant import open_assistant
from assistant.server.access import Access
from helpers.app import Served
from helpers.browser import PHONE, WIDE, answered, button
from helpers.library import write_articles
from helpers.ports import free_port
from index import build_index

pytestmark = [pytest.mark.browser, pytest.mark.server]

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
        const painted = {opacityProperty: true, visibilityProperty: true};
        if (!text || element.closest("script, style, .sr-only")) continue;
        if (!element.checkVisibility(painted)) continue;
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

ZOOMED: ViewportSize = {"width": WIDE["width"] // 2, "height": WIDE["height"] // 2}  # by 200%
SCREENS = {
    f"{name} {scheme}": (size, scheme)
    for name, size in (("wide", WIDE), ("phone", PHONE), ("zoomed", ZOOMED))
    for scheme in ("light", "dark")
    if (name, scheme) != ("zoomed", "dark")
}


@pytest.fixture(params=SCREENS.values(), ids=list(SCREENS))
def screen(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A reader's page in each size and scheme."""
    size, scheme = request.param
    scale = 2 if size == ZOOMED else 1
    opened = browser.new_page(
        viewport=size,
        color_scheme=scheme,
        device_scale_factor=scale,
        reduced_motion="reduce",  # a colour on its way to another is neither
    )
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
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator(".shelf tbody tr").first).to_be_visible()
    yield "articles"


# A colour that is still changing is not the one that a person reads.
SETTLED = """() => Promise.all(document.getAnimations()
    .filter(each => each.playState === 'running'
        && each.effect.getComputedTiming().iterations !== Infinity)
    .map(each => each.finished.catch(() => null))).then(() => null)"""


def violations(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:150]}" for each in found for node in each["nodes"]]


def test_everything_can_be_read_and_has_a_name(screen: Page) -> None:
    """Contrast AA, a name for every control, nothing scrolls sideways, no violation by axe."""
    faults: dict[str, Any] = {}
    for state in states(screen):
        screen.evaluate(SETTLED)
        faults[f"{state}, contrast"] = screen.evaluate(FAINT)
        faults[f"{state}, names"] = screen.evaluate(UNNAMED)
        wide = screen.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        faults[f"{state}, width"] = max(0, wide)
        faults[f"{state}, axe"] = violations(screen)
    assert {name: fault for name, fault in faults.items() if fault} == {}


def test_reading_asks_nobody_else(page: Page, served: Served) -> None:
    """Whatever is opened, kept, copied or judged, every request goes to the app itself."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for state in states(page):
        if state == "answers":
            button(page, "Copy").click()
    assert asked
    foreign = [url for url in asked if not url.startswith((served.address, "data:", "blob:"))]
    assert foreign == []


GARDEN = (
    "الحديقة القديمة في المدينة\n\n"
    "افتتحت البلدية الحديقة القديمة يوم الاثنين بعد ثلاث سنوات من العمل. "
    "زرع العمال أربعين شجرة زيتون حول البحيرة الصغيرة.\n\n"
    "قالت المهندسة ليلى حداد إن الماء يأتي من بئر حفرت عام 1931.\n"
)
WAY = "(element) => getComputedStyle(element).direction"


@pytest.fixture
def arabic(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page over one article in Arabic."""
    from gradio import close_all

    from assistant.web.chat.page import build_page, start_page

    articles, port = write_articles(tmp_path / "articles", {"garden.txt": GARDEN}), free_port()
    build_index([articles], tmp_path / "index")
    assistant = open_assistant(tmp_path / "index")
    app = build_page(assistant, tmp_path / "judged.jsonl", tmp_path / "index")
    start_page(app, Access(port=port))
    opened = browser.new_page(viewport=WIDE)
    opened.goto(f"http://127.0.0.1:{port}")
    yield opened
    opened.close()
    app.close(verbose=False)
    close_all(verbose=False)


def test_what_is_written_from_the_right_is_shown_so(arabic: Page) -> None:
    """The question, the cards, the article and the list run from the right; the page does not."""
    answered(arabic, "كم شجرة زيتون زرع العمال حول البحيرة؟")
    expect(arabic.locator(".card").first).to_contain_text("أربعين شجرة")
    button(arabic, "Read the article").click()
    expect(arabic.locator("#article mark").first).to_be_visible()
    for shown in (".question", ".card h3", ".card .context", "#article h2", "#article p[dir]"):
        assert arabic.locator(shown).first.evaluate(WAY) == "rtl", shown
    arabic.get_by_role("tab", name="Articles").click()
    assert arabic.locator(".shelf tbody th").evaluate(WAY) == "rtl"
    assert arabic.locator("body").evaluate(WAY) == "ltr"


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
