"""How soon the page can be used, and how soon an answer begins, in a real Chromium.

    python benchmarks/page_start.py [ARTICLES] [--runs 3] [--json FILE] [--picture FILE]

Ours and a chat of gradio's own that only says back what it is told take turns, each started afresh
on its own port; the articles are indexed before. Told are medians of:

    start          seconds from starting the program until it answers a browser
    first paint    milliseconds from opening the page until something of it is seen
    usable         … until one can type a question
    first word     … from Enter until the first words of the answer are seen
    whole answer   … until it is complete (the first question of a fresh program)

Needs Chromium and the package playwright.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from measuring import (
    draw_bars,
    keep,
    load_articles,
    options_parser,
    print_table,
    say,
    write_articles,
)
from serving import GRADIO_ALONE, page_command, served

from index import build_index

OURS = "Article Assistant"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
WHOLE = "button:visible:has-text('Ask again')"
BOT = "[data-testid=bot]"
PATIENCE = 60_000  # milliseconds
Commands = dict[str, tuple[Sequence[str], str]]
"""Name → the command that serves a page, and the selector of what is seen after a whole answer."""


def browse(address: str, browser: Any, question: str, done: str) -> dict[str, float]:
    """Open a page and ask; return the milliseconds of each step.

    Args:
        address: The page's.
        browser: A running Chromium.
        question: What is asked.
        done: Selector of what is seen once the answer is whole.
    """
    page = browser.new_page()
    try:
        started = time.perf_counter()
        page.goto(address, wait_until="commit")
        box = page.locator("textarea:visible").first
        box.fill(question, timeout=PATIENCE)
        usable = time.perf_counter()
        paint = float(page.evaluate(PAINT))
        box.press("Enter")
        asked = time.perf_counter()
        page.wait_for_function(_HAS_WORDS, arg=BOT, timeout=PATIENCE)
        first = time.perf_counter()
        page.locator(done).first.wait_for(timeout=PATIENCE)
        whole = time.perf_counter()
    finally:
        page.close()
    steps = {"usable": usable - started, "first word": first - asked, "whole answer": whole - asked}
    return {"first paint": paint, **{name: 1000 * seconds for name, seconds in steps.items()}}


_HAS_WORDS = """selector => [...document.querySelectorAll(selector)].some(each => {
    const ours = [...each.querySelectorAll(':is(.answer, .refusal) :is(p, li):not(.state, .note)')];
    const isOurs = each.querySelector('.answer, .refusal, .draft');
    return (isOurs ? ours : [each]).some(part => part.innerText.trim());
})"""


def measure(commands: Commands, question: str, runs: int) -> dict[str, list[Any]]:
    """Start each page afresh in turn; return name → the figures of each run."""
    from playwright.sync_api import sync_playwright

    taken: dict[str, list[Any]] = {name: [] for name in commands}
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for run in range(runs):
            for name, (command, done) in commands.items():
                with served(command) as page:
                    row = browse(page.address, browser, question, done)
                taken[name].append({"start": 1000 * page.seconds, **row})
            say(f"run {run + 1} of {runs}")
        browser.close()
    return taken


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="ours only")
    parser.add_argument("--question", default="what venues were considered?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_articles(load_articles(options.articles), work / "articles")
        build_index([work / "articles"], work / "index")
        pages: Commands = {OURS: (page_command(work / "index"), WHOLE)}
        if not options.alone:
            pages["gradio alone"] = (["-c", GRADIO_ALONE], BOT)
        taken = measure(pages, options.question, options.runs)
    steps = list(taken[OURS][0])
    told = {
        name: {step: median(row[step] for row in rows) for step in steps}
        for name, rows in taken.items()
    }
    print()
    rows = [(f"{step}, ms", *(f"{row[step]:,.0f}" for row in told.values())) for step in steps]
    print_table(("", *told), rows)
    keep(options, {"told": told, "runs": taken}, draw)


def draw(axes: Any, figures: dict[str, Any]) -> None:
    """Draw the milliseconds of each step."""
    values = {f"{name}: {step}": ms for name, row in figures["told"].items()
              for step, ms in row.items()}  # fmt: skip
    draw_bars(axes, values, "The page, from start to answer", "ms")


if __name__ == "__main__":
    main()
