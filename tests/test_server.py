"""An index on a Chroma server: what travels, what is refused, and what a person is told."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chroma_server import ChromaServer, chroma_server, proxy
from conftest import Library
from website import Site
from website import running as running_site

import index.home
import index.lease
from assistant import open_assistant
from assistant.settings import AssistantSettings
from index import build_index, open_index, pull_index, push_index, verify_index
from index.connection import read_headers
from index.errors import (
    IndexBusyError,
    IndexOutdatedError,
    ModelMismatchError,
    RemovalsError,
    ServerAwayError,
    ServerError,
    SettingsError,
    UnpublishedError,
)
from index.lease import lease
from index.server import ARTICLES, Server
from index.settings import IndexSettings, read_settings

OWL = ("What does the owl eat?", "The owl of Marrowby")
MOON = "Tides of the moon\n\nThe moon lifts the sea twice a day. Harbours note the hour.\n"
QUESTIONS = (
    "what venues were considered?",
    "who is due to join virtually?",
    "what happened last week?",
    "which articles mention Ukraine?",
    "list the countries",
    "what is the capital of Peru?",
    "summarise the articles",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    with chroma_server(tmp_path_factory.mktemp("chroma")) as running:
        yield running


@pytest.fixture
def home(server: ChromaServer) -> AssistantSettings:
    """Settings that name the server, and an index of this test's own on it."""
    return server.home()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the pointer with every question."""
    monkeypatch.setattr(index.home, "LOOK_EVERY", 0.0)


def told(answer: Any) -> dict[str, Any]:
    values = answer.to_dict()
    values.pop("timings")
    return values


def first(folder: Path, home: AssistantSettings, question: str) -> str:
    return open_index(folder, settings=home).search(question)[0].article.title


# What travels


def test_answers_are_those_of_the_folder(
    sample_index: Path, tmp_path: Path, home: AssistantSettings
) -> None:
    """A program that has only the address answers word for word like the folder it came from."""
    builder = Path(shutil.copytree(sample_index, tmp_path / "builder"))
    push_index(builder, settings=home)
    here = open_assistant(sample_index)
    there = open_assistant(tmp_path / "copy", settings=home)
    for question in QUESTIONS:
        assert told(there.ask(question)) == told(here.ask(question))
    assert not (tmp_path / "copy" / "vectors").exists()  # they are searched on the server


def test_a_build_is_published_and_an_unchanged_one_is_not(
    library: Library, tmp_path: Path, home: AssistantSettings
) -> None:
    """Generations become collections that any client can read; the retired ones are removed."""
    server, folder = Server(home), tmp_path / "own"
    seen = []
    for text in (MOON, MOON, MOON.replace("twice", "two times"), MOON):
        library.write("moon.txt", text)
        build_index([library.articles], folder, settings=home)
        seen.append(server.require_live().collection)
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3
    assert set(server.generations()) == {name + end for name in seen[2:] for end in ("", ARTICLES)}
    assert server.count(seen[3]) == open_index(folder, settings=home).status().passages


def test_any_client_can_read_the_collection(
    library: Library, server: ChromaServer, home: AssistantSettings
) -> None:
    """Text, title and place stand beside each vector."""
    pushed = push_index(library.index, settings=home)
    assert not pushed.unchanged
    name = Server(home).require_live().collection
    rows = (
        server.client()
        .get_collection(name, embedding_function=None)
        .get(where={"title": OWL[1]}, include=["documents", "metadatas"])
    )
    assert "forty voles" in rows["documents"][0]
    assert rows["metadatas"][0]["start"] >= 0
    assert push_index(library.index, settings=home).unchanged


@pytest.mark.usefixtures("at_once")
def test_a_copy_fetches_only_what_differs(
    library: Library,
    tmp_path: Path,
    home: AssistantSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An open index moves to the new generation and asks the server for one article's passages."""
    push_index(library.index, settings=home)
    opened = open_index(tmp_path / "copy", settings=home)
    assert opened.search(OWL[0])[0].article.title == OWL[1]
    library.write("moon.txt", MOON)
    (library.articles / "ferry.txt").unlink()
    library.build(settings=home)
    fetched: list[str] = []
    real = Server.rows
    monkeypatch.setattr(
        Server, "rows", lambda self, name, ids: fetched.extend(ids) or real(self, name, ids)
    )
    with opened.view() as view:  # the question that notices is answered from the old one
        assert {each.title for each in view.articles()} >= {"The ferry to Quillon"}
    opened._home._filling.join()
    assert opened.search("What lifts the sea?")[0].article.title == "Tides of the moon"
    assert len(opened.search("ferry", 50)) == 5
    assert {each.split("#")[0] for each in fetched} == {
        info.id for info in articles(opened) if info.title == "Tides of the moon"
    }
    assert opened.status().served == Server(home).require_live().collection


def articles(opened: Any) -> list[Any]:
    with opened.view() as view:
        return view.articles()


def test_a_pulled_folder_stands_alone(
    library: Library, tmp_path: Path, home: AssistantSettings
) -> None:
    """It has vectors of its own, passes every check, and needs the server no more."""
    push_index(library.index, settings=home)
    pulled = pull_index(tmp_path / "pulled", settings=home)
    assert (pulled.added, pulled.passages) == (5, 5)
    assert not verify_index(tmp_path / "pulled").differences
    assert Library(library.articles, tmp_path / "pulled").found(OWL[0]) == OWL[1]
    assert pull_index(tmp_path / "pulled", settings=home).unchanged == 5


def test_a_copy_used_without_its_server_gets_vectors_of_its_own(
    library: Library, tmp_path: Path, home: AssistantSettings
) -> None:
    """The address taken away, the copy is an index like any other; given again, it follows."""
    push_index(library.index, settings=home)
    copy = Library(library.articles, tmp_path / "copy")
    open_index(copy.index, settings=home)
    assert copy.found(OWL[0]) == OWL[1]
    assert first(copy.index, home, OWL[0]) == OWL[1]
    assert copy.build().unchanged == 5


def test_a_copy_is_checked_against_the_server(
    library: Library, server: ChromaServer, tmp_path: Path, home: AssistantSettings
) -> None:
    """Catalogue and collection agree; a text that was changed there is found."""
    push_index(library.index, settings=home)
    copy = tmp_path / "copy"
    open_index(copy, settings=home)
    assert not verify_index(copy, settings=home).differences
    name = Server(home).require_live().collection
    rows = server.client().get_collection(name, embedding_function=None)
    row = rows.get(limit=1, include=["embeddings"])
    rows.update(ids=row["ids"], embeddings=row["embeddings"], documents=["Something else."])
    (found,) = verify_index(copy, settings=home).differences
    assert found.problem == "Chroma holds another text for it"


def test_a_question_that_outlives_two_pushes(
    library: Library, tmp_path: Path, home: AssistantSettings
) -> None:
    """Its generation has gone from the server; its answer is still of that one alone."""
    push_index(library.index, settings=home)
    opened = open_index(tmp_path / "copy", settings=home)
    with opened.view() as view:
        before = view.search(OWL[0])
        retired = Server(home).require_live().collection
        library.write("moon.txt", MOON)
        library.build(settings=home)
        Server(home).remove(retired)  # as the push after this one would
        assert view.search(OWL[0]) == before


# Whose state counts


def test_an_index_of_its_own_is_not_overwritten(
    library: Library, tmp_path: Path, home: AssistantSettings
) -> None:
    """A folder that holds what the server does not is left alone until somebody says so."""
    push_index(library.index, settings=home)
    own = tmp_path / "own"
    (tmp_path / "moon.txt").write_text(MOON, "utf-8")
    build_index([tmp_path / "moon.txt"], own)
    for attempt in (open_index, pull_index):
        with pytest.raises(UnpublishedError, match="pull --replace"):
            attempt(own, settings=home)
    assert pull_index(own, settings=home, replace=True).added == 5
    assert first(own, home, OWL[0]) == OWL[1]


def test_a_push_does_not_empty_the_server(
    library: Library, tmp_path: Path, home: AssistantSettings
) -> None:
    """Most of what is there goes only when that is asked for."""
    records = [{"id": f"n{n}", "title": f"Note {n}", "text": f"It is {n}."} for n in range(12)]
    library.write("notes.jsonl", records)
    library.build(settings=home)
    (tmp_path / "moon.txt").write_text(MOON, "utf-8")
    build_index([tmp_path / "moon.txt"], tmp_path / "own")
    with pytest.raises(RemovalsError, match="17 of 17 articles"):
        push_index(tmp_path / "own", settings=home)
    assert first(tmp_path / "copy", home, OWL[0]) == OWL[1]
    assert push_index(tmp_path / "own", settings=home, allow_removals=True).articles == 1


def test_a_second_push_is_sent_away(
    library: Library, home: AssistantSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names who is pushing; a lease that was not renewed has run out."""
    with (
        lease(Server(home), Path("/elsewhere")),
        pytest.raises(IndexBusyError, match=r"under way \(from .*:/elsewhere\)"),
    ):
        push_index(library.index, settings=home)
    monkeypatch.setattr(index.lease, "LASTS", -1.0)
    with lease(Server(home), Path("/elsewhere")) as keep:
        monkeypatch.undo()
        assert not push_index(library.index, settings=home).unchanged
        monkeypatch.setattr(time, "monotonic", lambda: float("inf"))
        with pytest.raises(ServerError, match="taken this one's place"):
            keep()


def test_the_pointer_moves_while_a_push_is_under_way(
    library: Library, home: AssistantSettings
) -> None:
    """What has become live meanwhile stays; of the late push nothing is left."""
    push_index(library.index, settings=home)
    library.write("moon.txt", MOON)
    library.build()
    server = Server(home)
    theirs = replace(server.require_live(), previous="")

    def interfere(*_: object) -> None:
        server.point_to(replace(theirs, collection=theirs.collection + "0"))

    with pytest.raises(ServerError, match="Another push"):
        push_index(library.index, settings=home, progress=interfere)
    assert server.require_live().collection == theirs.collection + "0"
    assert {each.removesuffix(ARTICLES) for each in server.generations()} == {theirs.collection}


# What a person is told


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
    home = AssistantSettings(chroma_url=address, chroma_headers="X-Key: s3cret")
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
        behind = server.home(chroma_url=address, chroma_headers="X-Key: s3cret")
        assert push_index(library.index, settings=behind).articles == 5
        assert first(tmp_path / "copy", behind, OWL[0]) == OWL[1]
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
