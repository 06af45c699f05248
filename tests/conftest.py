"""What every test stands on: a bare environment, no network, articles, and one ready index."""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from assistant.settings import AssistantSettings
from helpers.app import Served, running_app
from helpers.browser import CHROMIUM, WIDE, running_browser
from helpers.chroma_server import ChromaServer, chroma_server
from helpers.library import (
    LIBRARY,
    Files,
    Library,
    MakeArticles,
    copy_library,
    write_articles,
)
from helpers.llm_replies import KEY
from helpers.paths import ROOT
from helpers.turns import made_once, shared_folder, turn
from index import build_index

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Read when huggingface_hub is imported, which gradio_client does before any fixture runs.
os.environ["HF_HUB_OFFLINE"] = "1"

_LOOPBACK = re.compile(r"127\.[\d.]+|::1|localhost|0\.0\.0\.0|::|")
_attempts: list[str] = []
_SERVERS = {"server", "served"}
_LONG = ("slow", "browser", "server")

# The same examples on every run: a red run can be repeated, and nothing is written down.
hypothesis.settings.register_profile(
    "suite", deadline=None, derandomize=True, database=None, max_examples=150
)
hypothesis.settings.load_profile("suite")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A worker more than there are cores, four at most; none where single files are named.

    Half of its time a test waits for a process, the disk or the clock. A worker takes two gigabytes
    of memory, and each has to load the model and start the chat.
    """
    if any(Path(each.partition("::")[0]).is_file() for each in config.args):
        return 0
    waits = "not slow" not in config.option.markexpr  # what is quick seldom waits
    return min(4, len(os.sched_getaffinity(0)) + waits)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server by its fixtures, skip what needs a Chromium that is not here.

    Files that take long come first: the short ones then fill what is left of the time.
    """
    skip = pytest.mark.skip(reason="there is no Chromium on this machine")
    for item in items:
        if _SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.server)
        if item.get_closest_marker("browser") and not CHROMIUM and not os.environ.get("CI"):
            item.add_marker(skip)
    long = {item.path for item in items if any(map(item.get_closest_marker, _LONG))}
    items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Give each test its turn: those that watch the clock have the computer for themselves."""
    folder = shared_folder(item.config)
    if not folder:
        return (yield)
    with turn(folder, alone=item.get_closest_marker("alone") is not None):
        return (yield)


def _require_loopback(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if not _LOOPBACK.fullmatch(name):
        _attempts.append(name)
        raise AssertionError(f"a test reached for the network: {name}")


def _barred(original: Callable[..., Any]) -> Callable[..., Any]:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _require_loopback(address[0])
        return original(self, address)

    return connect


def _barred_lookup(original: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: object, *arguments: Any, **named: Any) -> Any:
        _require_loopback(host)
        return original(host, *arguments, **named)

    return getaddrinfo


@pytest.fixture(scope="session", autouse=True)
def bare_environment() -> Iterator[None]:
    """No settings of the person who runs the tests, and no network but loopback."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith("ASSISTANT_")]:
            if name != "ASSISTANT_CACHE":  # an exported model need not be exported again
                patch.delenv(name)
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
            patch.setenv(name, "1")
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")  # gradio_client needs it, too
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _barred(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _barred_lookup(socket.getaddrinfo))
        yield


@pytest.fixture(autouse=True)
def no_network_was_tried() -> Iterator[None]:
    """Fail the test during which something reached out, even if the refusal was swallowed."""
    _attempts.clear()
    yield
    assert not _attempts, f"reached for the network: {_attempts}"


@pytest.fixture
def openai_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key for OpenAI, and nothing else that a provider's package would read."""
    for name in ("ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("OPENAI_API_BASE", "OLLAMA_HOST", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture
def articles_folder(tmp_path: Path) -> Path:
    """A copy of the sample articles that a test may change."""
    return Path(shutil.copytree(ROOT / "articles", tmp_path / "articles"))


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """The sample articles' index, only to be read: built once, and copied for each worker."""
    own = tmp_path_factory.mktemp("sample") / "index"
    shared = shared_folder(pytestconfig)
    if not shared:
        build_index([ROOT / "articles"], own)
        return own
    built = shared / "sample" / "index"
    made_once(built, lambda: build_index([ROOT / "articles"], built))
    return Path(shutil.copytree(built, own))


@pytest.fixture
def make_articles(tmp_path: Path) -> MakeArticles:
    """A function that writes ``{name: text or JSON records}`` into a folder and returns it."""

    def make(files: Files, folder: str = "articles") -> Path:
        return write_articles(tmp_path / folder, files)

    return make


@pytest.fixture(scope="session")
def built_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """``LIBRARY``, indexed once; tests work on the copies that ``copy_library`` makes."""
    folder = tmp_path_factory.mktemp("library")
    built = Library(write_articles(folder / "articles", LIBRARY), folder / "index")
    built.build()
    shutil.copytree(built.articles, folder / "as it was")
    return built


@pytest.fixture
def library(built_library: Library, tmp_path: Path) -> Library:
    """A small library with its index, for one test to change."""
    return copy_library(built_library, tmp_path)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A Chroma server that no test kills."""
    with chroma_server(tmp_path_factory.mktemp("chroma")) as running:
        yield running


@pytest.fixture
def home(server: ChromaServer) -> AssistantSettings:
    """Settings that name the server, and an index of this test's own on it."""
    return server.home()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app over a copy of the sample articles."""
    with running_app(tmp_path_factory.mktemp("app")) as app:
        yield app


@pytest.fixture(scope="module")  # its event loop must not outlive the tests that need it
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A reader's page on a wide screen; nothing is kept in their browser yet."""
    opened = browser.new_page(viewport=WIDE)
    opened.goto(served.address)
    yield opened
    opened.close()
