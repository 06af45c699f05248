"""The running app and a real Chromium: what the tests of the page stand on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from helpers.paths import ROOT

QUESTION = "what venues were considered?"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SCREENS = {"wide, light": (WIDE, "light"), "phone, dark": (PHONE, "dark")}

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium on this machine"
)


@dataclass(frozen=True)
class Served:
    """A running app: its address, the folder of its index, and that of its articles."""

    address: str
    index: Path
    articles: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_app(folder: Path) -> Iterator[Served]:
    """``python app.py`` without an index: it indexes the sample articles, then serves."""
    articles = Path(shutil.copytree(ROOT / "articles", folder / "articles"))
    served = Served(f"http://127.0.0.1:{free_port()}", folder / "index", articles)
    command = [sys.executable, "app.py", "--index", str(served.index)]
    command += ["--articles", str(articles), "--port", served.address.rpartition(":")[2]]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for _ in range(240):
            assert process.poll() is None, process.stdout and process.stdout.read().decode()
            try:
                urllib.request.urlopen(served.address, timeout=5).close()  # noqa: S310 - our own
                break
            except OSError:
                time.sleep(0.5)
        yield served
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def running_browser() -> Iterator[Browser]:
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
    asked = page.locator(".question").count()
    ask(page, question)
    expect(page.locator(".question")).to_have_count(asked + 1, timeout=30_000)
    message = page.locator("[data-testid=bot]").nth(asked)
    expect(button(message, "Ask again")).to_be_visible(timeout=30_000)
    return message


def button(where: Page | Locator, name: str) -> Locator:
    """Return the first of the buttons that one sees with this label."""
    return where.locator("button:visible").filter(has_text=name).first
