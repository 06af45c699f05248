"""An index on a Chroma server: what a person is told when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from assistant.settings import AssistantSettings
from helpers.chroma_server import ChromaServer, proxy
from helpers.library import Library
from helpers.website import Site
from helpers.website import running as running_site
from index import open_index, push_index
from index.errors import (
    IndexOutdatedError,
    ModelMismatchError,
    ServerAwayError,
    ServerError,
    SettingsError,
)
from index.remote.connection import read_headers
from index.remote.server import Server
from index.settings import IndexSettings, read_settings

OWL = ("What does the owl eat?", "The owl of Marrowby")


def found(folder: Path, home: AssistantSettings) -> str:
    return open_index(folder, settings=home).search(OWL[0])[0].article.title


def test_a_server_without_an_index(tmp_path: Path, home: AssistantSettings) -> None:
    """Nothing was ever pushed: which command does it, and which settings may be wrong."""
    with pytest.raises(ServerError, match=f"no index named '{home.chroma_prefix}'.*index push"):
        open_index(tmp_path / "copy", settings=home)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, "<html>Welcome</html>", r"is no Chroma server of version 1 \(status 200\)"),
        (404, "<html>Not here</html>", "is no Chroma server"),
        (401, "who are you?", r"right key \(status 401\); put it into ASSISTANT_CHROMA_HEADERS"),
        (503, "<html>Busy</html>", "does not answer .* start it"),
    ],
)
def test_what_answers_is_no_chroma(
    site: Site, tmp_path: Path, status: int, body: str, told: str
) -> None:
    """One sentence with the remedy, whatever stands at the address; keys are sent and not shown."""
    address = site.put("/api/v2/heartbeat", body, status=status).removesuffix("/api/v2/heartbeat")
    home = AssistantSettings(chroma_url=address, chroma_headers=SecretStr("X-Key: s3cret"))
    with pytest.raises(ServerError, match=told) as caught:
        open_index(tmp_path / "copy", settings=home)
    assert dict(site.asked)["/api/v2/heartbeat"]["X-Key"] == "s3cret"
    assert "s3cret" not in str(caught.value) + repr(home)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def test_a_proxy_that_wants_a_key(library: Library, server: ChromaServer, tmp_path: Path) -> None:
    """With the key, everything goes by way of it; with another, a sentence says what is wrong."""
    with proxy(server.address) as address:
        behind = server.home(chroma_url=address, chroma_headers=SecretStr("X-Key: s3cret"))
        assert push_index(library.index, settings=behind).articles == 5
        assert found(tmp_path / "copy", behind) == OWL[1]
        stranger = server.home(chroma_url=address, chroma_headers="X-Key: guessed")
        with pytest.raises(ServerError, match="right key"):
            push_index(library.index, settings=stranger)


def test_nobody_answers(tmp_path: Path) -> None:
    """Without a copy there is nothing to answer from."""
    home = AssistantSettings(chroma_url="http://127.0.0.1:9")
    with pytest.raises(ServerAwayError, match=r"does not answer.*start it"):
        open_index(tmp_path / "copy", settings=home)


def test_another_model_and_another_version(
    library: Library, tmp_path: Path, home: AssistantSettings
) -> None:
    """Said before anything travels."""
    push_index(library.index, settings=home)
    other = home.model_copy(update={"model": "another-model"})
    with pytest.raises(ModelMismatchError, match="set ASSISTANT_MODEL=all-MiniLM-L6-v2"):
        open_index(tmp_path / "copy", settings=other)
    live = Server(home).require_live()
    Server(home).point_to(replace(live, rules="other"))
    with pytest.raises(ModelMismatchError, match="install the same version"):
        open_index(tmp_path / "copy", settings=home)
    Server(home).point_to(replace(live, format=99))
    with pytest.raises(IndexOutdatedError, match="newer version"):
        open_index(tmp_path / "copy", settings=home)


@pytest.mark.parametrize("change", [{"checksum": 1}, {"start": 7}, {"sentences0": "["}])
def test_a_record_that_was_changed_on_the_server(
    library: Library,
    server: ChromaServer,
    tmp_path: Path,
    home: AssistantSettings,
    change: dict[str, Any],
) -> None:
    """It is noticed, and nothing of it comes into the copy."""
    push_index(library.index, settings=home)
    name = Server(home).require_live().collection
    rows = server.client().get_collection(name, embedding_function=None)
    rows.update(ids=rows.get(limit=1)["ids"], metadatas=[change])
    with pytest.raises(ServerError, match="not as it was pushed; push the index again"):
        open_index(tmp_path / "copy", settings=home)


def test_headers_as_json_and_as_lines() -> None:
    """Both are understood; what is neither is refused without showing it."""
    assert read_headers('{"X-Chroma-Token": "a:b"}') == {"X-Chroma-Token": "a:b"}
    assert read_headers("X-One: 1\n\n X-Two : a:b \n") == {"X-One": "1", "X-Two": "a:b"}
    for wrong in ("no colon s3cret", '{"s3cret"', '["s3cret"]'):
        with pytest.raises(SettingsError, match="JSON object, or a line") as caught:
            read_headers(wrong)
        assert "s3cret" not in str(caught.value)


def test_where_the_copy_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the cache, named after the server, unless a folder is named."""
    monkeypatch.setenv("ASSISTANT_CACHE", str(tmp_path))
    monkeypatch.setenv("ASSISTANT_CHROMA_URL", "https://me:s3cret@chroma.example:8000/")
    found = read_settings(IndexSettings).index
    assert found.parent == tmp_path / "servers"
    assert found.name.startswith("chroma.example-8000-articles-")
    monkeypatch.setenv("ASSISTANT_INDEX", "here")
    assert read_settings(IndexSettings).index == Path("here")
    monkeypatch.setenv("ASSISTANT_CHROMA_URL", "localhost:8000")
    with pytest.raises(SettingsError, match="no address such as http://127"):
        read_settings(IndexSettings)


def test_no_server_is_named(library: Library) -> None:
    """To push nowhere names the setting."""
    with pytest.raises(SettingsError, match="set ASSISTANT_CHROMA_URL"):
        push_index(library.index, settings=AssistantSettings())
