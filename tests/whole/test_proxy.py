"""Two chat processes behind the real proxy, as deploy/compose.yaml puts them together."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from helpers.browser import WIDE, ask
from helpers.llm_server import Message, OpenAIServer, Reply
from helpers.paths import ROOT
from helpers.ports import free_port
from helpers.scripted_llm import number_of

CADDY = shutil.which("caddy")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.skipif(CADDY is None, reason="there is no Caddy on this machine"),
]
PASSWORD = "voles and owls"  # noqa: S105 - of this test alone
VENUES = "what venues were considered?"
TRUE = "Budapest, Istanbul and neutral Switzerland are being considered as venues"
CONFIG = ROOT / "deploy" / "Caddyfile"


def slowly(messages: list[Message]) -> Reply:
    """An LLM that takes two seconds for a sentence."""
    known = number_of(str(messages[-1]["content"]), "are being considered as venues")
    return Reply(f"{TRUE} [{known}].", pause=0.2)


@dataclass(frozen=True)
class Deployed:
    """What runs: the proxy's port, and the chat process at each port of its own."""

    port: int
    chats: dict[int, subprocess.Popen[bytes]]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(*command: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def status_of(port: int, path: str, cookies: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Cookie": cookies} if cookies else {})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def wait_for(port: int, path: str = "/") -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if status_of(port, path) == 200:
            return
        time.sleep(0.05)
    raise TimeoutError(f"{port}{path}")


@pytest.fixture(scope="module")
def deployed(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Two processes that ask for a password, an LLM they share, and Caddy in front."""
    with ExitStack() as stack:
        llm = stack.enter_context(OpenAIServer(slowly))
        settings = {
            "ASSISTANT_PASSWORD": PASSWORD,
            "ASSISTANT_LLM": "tiny",
            "ASSISTANT_LLM_BASE_URL": llm.url,
        }
        serve = (sys.executable, "-m", "assistant", "serve", "--auth", "reader")
        chats = {}
        for port in (free_port(), free_port()):
            command = (*serve, "--index", str(sample_index), "--port", str(port))
            chats[port] = stack.enter_context(running(*command, **settings))
        for port in chats:
            wait_for(port)
        if any(status_of(port, "/healthz") == 404 for port in chats):
            pytest.skip("this version says nothing at /healthz, which the proxy asks for")
        found = Deployed(free_port(), chats)
        caddy = (str(CADDY), "run", "--adapter", "caddyfile", "--config", str(CONFIG))
        home = str(tmp_path_factory.mktemp("caddy"))
        upstreams = " ".join(f"127.0.0.1:{port}" for port in chats)
        proxy = {"SITE": found.address, "UPSTREAMS": upstreams, "HOME": home, "XDG_DATA_HOME": home}
        stack.enter_context(running(*caddy, **proxy, XDG_CONFIG_HOME=home))
        wait_for(found.port)
        yield found


@pytest.fixture
def inside(browser: Browser, deployed: Deployed) -> Iterator[Page]:
    """A reader's page behind the proxy, logged in."""
    opened = browser.new_page(viewport=WIDE)
    opened.goto(deployed.address)
    log_in(opened)
    yield opened
    opened.close()


def log_in(page: Page) -> None:
    page.get_by_label("username").fill("reader")
    page.get_by_label("password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_label("Ask about your articles")).to_be_visible(timeout=30_000)


def test_both_processes_serve_and_each_reader_stays_at_one(deployed: Deployed) -> None:
    """New readers come to either; the cookie that they get brings them back."""
    seen = {}
    for _ in range(40):
        status, cookie = visit(deployed.port)
        assert (status, bool(cookie)) == (200, True)
        seen[cookie] = status
        if len(seen) == 2:
            break
    assert len(seen) == 2
    for cookie in seen:
        assert visit(deployed.port, cookie) == (200, "")


def visit(port: int, cookie: str = "") -> tuple[int, str]:
    """Return the status of the first page, and the place that the proxy gave."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/", headers={"Cookie": f"chat={cookie}"} if cookie else {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    given = SimpleCookie(answer.getheader("set-cookie") or "").get("chat")
    return answer.status, given.value if given else ""


def test_an_answer_streams_through_the_proxy(inside: Page) -> None:
    """Its words are seen while the LLM is still writing, then the answer with its source."""
    ask(inside, VENUES)
    draft = inside.locator(".answer .unchecked")
    expect(draft).to_contain_text("Budapest", timeout=30_000)
    early = len(draft.inner_text())
    expect(draft).to_contain_text("Switzerland", timeout=10_000)
    assert early < len(draft.inner_text())
    expect(inside.locator(".answer .supported")).to_contain_text(TRUE, timeout=30_000)
    expect(inside.locator("#src-1-1 mark")).to_contain_text("Budapest, Istanbul and neutral")


def test_a_reader_goes_on_when_a_process_ends(inside: Page, deployed: Deployed) -> None:
    """The proxy leads them to the other process, which asks for the password and answers."""
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in inside.context.cookies())
    known = [status_of(port, "/config", cookies) for port in deployed.chats]
    assert sorted(known) == [200, 401]
    process = list(deployed.chats.values())[known.index(200)]
    process.terminate()
    process.wait(20)
    inside.reload()
    log_in(inside)
    ask(inside, VENUES)
    expect(inside.locator(".answer .supported").last).to_contain_text(TRUE, timeout=30_000)
