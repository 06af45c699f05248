"""Take the pictures of the browser chat that the documentation shows.

``PYTHONPATH=tests python docs/pictures/take.py`` starts the chat on the sample articles, leads a
real Chromium through it and writes ``docs/pictures/*.png``. The LLM's words are made up, all else
is as it runs.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect
from rich.progress import track

from helpers.app import running_app
from helpers.browser import PHONE, QUESTION, WIDE, answered, ask, button
from helpers.browser import running_browser as browser
from helpers.llm_server import Message, OpenAIServer, Reply
from helpers.paths import ROOT
from helpers.scripted_llm import number_of

FOLDER = ROOT / "docs" / "pictures"
COLOURS = 255
"""Enough for a page of text; a quarter of the size in full colour."""

_VENUES = (
    "Budapest, Istanbul and neutral Switzerland are being considered as venues [{venues}]. Macron "
    "favours Geneva [{geneva}]. London offered to pay for it all [{venues}].\n\n"
    "- Istanbul has already received three rounds of lower-level talks this year [{rounds}].\n"
    "- No date has been fixed [{date}]."
)
_HOLDS = {
    "venues": "are being considered as venues",
    "geneva": "favours Geneva",
    "rounds": "three rounds",
    "date": "No date has been fixed",
}


@dataclass(frozen=True)
class Shot:
    """A picture: what is done on the page first, on which screen, and with an LLM or without."""

    name: str
    act: Callable[[Page], object]
    size: dict[str, int]
    scheme: str = "light"
    reply: Callable[[list[Message]], Reply] | None = None


def _cited(page: Page) -> None:
    answered(page, QUESTION)
    answered(page, "How much did the tram line cost and when does it open?")
    expect(page.locator("#examples button:visible").first).to_be_visible()
    page.locator(".cite:visible").filter(has_text="2").click()


def _article(page: Page) -> None:
    answered(page, QUESTION)
    button(page, "Read the article").click()
    expect(page.locator("#article mark.focus")).to_be_focused()
    page.wait_for_timeout(1_000)  # it scrolls there


def _folded(page: Page) -> None:
    answered(page, QUESTION)
    page.locator(".sources-inline summary").click()


def _streaming(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator(".answer .supported")).to_be_visible(timeout=15_000)
    expect(page.locator(".answer .unchecked")).to_contain_text("favours", timeout=15_000)


def _articles(page: Page) -> None:
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator("#picture figure, #picture table").first).to_be_visible()


def _phrased(messages: list[Message]) -> Reply:
    user = str(messages[-1]["content"])
    numbers = {name: number_of(user, words) for name, words in _HOLDS.items()}
    return Reply(_VENUES.format(**numbers), pause=0.15)


def _asks(question: str) -> Callable[[Page], object]:
    return lambda page: answered(page, question)


SHOTS = (
    Shot("answer", _cited, WIDE),
    Shot("article", _article, WIDE, "dark"),
    Shot("phone", _folded, PHONE),
    Shot("phone-dark", _cited, PHONE, "dark"),
    Shot("refusal", _asks("Who wrote the opera Carmen?"), WIDE),
    Shot("articles", _articles, WIDE, "dark"),
    Shot("llm", _asks(QUESTION), WIDE, reply=_phrased),
    Shot("streaming", _streaming, WIDE, "dark", reply=_phrased),
    Shot("notice", _asks(QUESTION), WIDE, reply=lambda _: Reply("no", status=401)),
)


@contextmanager
def _serving(reply: Callable[[list[Message]], Reply] | None, folder: Path) -> Iterator[str]:
    with OpenAIServer(reply or _phrased) as server:
        named = {"ASSISTANT_LLM": "llama3.2", "ASSISTANT_LLM_BASE_URL": server.url}
        os.environ.update(named if reply else {})
        try:
            with running_app(folder) as app:
                yield app.address
        finally:
            for name in named:
                os.environ.pop(name, None)


def take(chromium: Browser, shot: Shot, address: str) -> bytes:
    """Return the picture as PNG."""
    scheme: Any = shot.scheme
    size: Any = shot.size
    page = chromium.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page.goto(address)
    expect(page.locator("#examples button:visible").first).to_be_visible(timeout=30_000)
    shot.act(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    taken = page.screenshot()
    page.close()
    small = io.BytesIO()
    Image.open(io.BytesIO(taken)).quantize(COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()


def main(names: list[str]) -> None:
    """Take the pictures with these names; all of them if none is given."""
    FOLDER.mkdir(exist_ok=True)
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with browser() as chromium, TemporaryDirectory() as folder:
        for place, shot in enumerate(track(wanted, "Taking pictures")):
            own = Path(folder, str(place))
            own.mkdir()
            with _serving(shot.reply, own) as address:
                (FOLDER / f"{shot.name}.png").write_bytes(take(chromium, shot, address))


if __name__ == "__main__":
    main(sys.argv[1:])
