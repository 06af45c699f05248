"""An index on a Chroma server: what travels, and whose state counts."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import index.remote.lease
import index.remote.replica
from assistant import open_assistant
from assistant.settings import AssistantSettings
from helpers.chroma_server import ChromaServer
from helpers.library import Library
from index import Index, build_index, open_index, pull_index, push_index, verify_index
from index.errors import (
    IndexBusyError,
    RemovalsError,
    ServerError,
    UnpublishedError,
)
from index.remote.lease import lease
from index.remote.server import ARTICLES, Server
from index.types import ArticleInfo

pytestmark = pytest.mark.server

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


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the pointer with every question."""
    monkeypatch.setattr(index.remote.replica, "LOOK_EVERY", 0.0)


def told(answer: Any) -> dict[str, Any]:
    values: dict[str, Any] = answer.to_dict()
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

    def rows(self: Server, name: str, ids: list[str]) -> Any:
        fetched.extend(ids)
        return real(self, name, ids)

    monkeypatch.setattr(Server, "rows", rows)
    with opened.view() as view:  # the question that notices is answered from the old one
        assert {each.title for each in view.articles()} >= {"The ferry to Quillon"}
    replica: Any = opened._replica
    replica._syncing.join()
    assert opened.search("What lifts the sea?")[0].article.title == "Tides of the moon"
    assert len(opened.search("ferry", 50)) == 5
    assert {each.split("#")[0] for each in fetched} == {
        info.id for info in articles(opened) if info.title == "Tides of the moon"
    }
    assert opened.status().served == Server(home).require_live().collection


def articles(opened: Index) -> list[ArticleInfo]:
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
    monkeypatch.setattr(index.remote.lease, "LASTS", -1.0)
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
