"""Several programs at one server, some of which are killed; and the server itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import open_assistant
from helpers.chroma_server import ChromaServer, chroma_server
from helpers.jobs import CODE_WORDS, Step, die_at
from helpers.library import Library
from helpers.remote_jobs import ask_until, publish, push
from helpers.two_versions import write_lamps
from helpers.workers import CrashedError, Worker, run
from index import open_index, push_index, verify_index
from index.errors import ServerAwayError, ServerError
from index.remote.server import Server

pytestmark = pytest.mark.server

ASKERS = 3
QUESTIONS = 500
ALL = 15  # so many articles change with each version
OWL = ("What does the owl eat?", "The owl of Marrowby")


def test_answers_while_another_program_publishes(server: ChromaServer, tmp_path: Path) -> None:
    """Of 500 answers none fails and each is of one generation; all end at the newest."""
    home, articles, builder = server.home(), tmp_path / "articles", tmp_path / "builder"
    write_lamps(articles, 0, changing=ALL)
    run(publish, articles, builder, home)
    least, newest = -(-QUESTIONS // ASKERS), CODE_WORDS[2]
    askers = [
        Worker(ask_until, tmp_path / f"copy {number}", home, least, newest)
        for number in range(ASKERS)
    ]
    for version in (1, 2):
        for asker in askers:
            assert asker.hear() == "ten more"
        write_lamps(articles, version, changing=ALL)
        assert run(publish, articles, builder, home).changed == ALL
    answers = [heard(asker) for asker in askers]
    assert sum(map(len, answers)) >= QUESTIONS
    for words in answers:
        assert all(len(each) == 1 for each in words)
        versions = [CODE_WORDS.index(word) for each in words for word in each]
        assert versions == sorted(versions)
        assert (versions[0], versions[-1]) == (0, 2)


def heard(asker: Worker) -> list[tuple[str, ...]]:
    """Return what an asker returns, once it has told all that it tells."""
    while (message := asker.hear()) == "ten more":
        pass
    returned: bool
    words: list[tuple[str, ...]]
    returned, words = message
    assert returned, words
    return words


MOMENTS = (
    Step("before", "index.remote.lease._Lease.renew"),
    Step("after", "index.remote.server.Server.create"),
    Step("after", "index.remote.server.Server.add"),
    Step("before", "index.remote.server.Server.add", count=2),
    Step("before", "index.remote.push._check"),
    Step("before", "index.remote.server.Server.point_to"),
)


def test_pushes_that_are_killed(server: ChromaServer, tmp_path: Path) -> None:
    """Wherever one dies, the old generation serves on; the next push leaves nothing of it."""
    home, articles, builder = server.home(), tmp_path / "articles", tmp_path / "builder"
    write_lamps(articles, 0, changing=ALL)
    run(publish, articles, builder, home)
    there = Server(home)
    old = there.require_live()
    write_lamps(articles, 1, changing=ALL)
    run(publish, articles, builder, home.model_copy(update={"chroma_url": None}))
    for number, moment in enumerate(MOMENTS):
        with pytest.raises(CrashedError):
            run(die_at, moment, push, builder, home)
        assert there.require_live() == old
        words = run(ask_until, tmp_path / f"copy {number}", home, 6, CODE_WORDS[0])
        assert set(words) == {(CODE_WORDS[0],)}
    assert len(there.generations()) == 4
    assert not run(push, builder, home).unchanged
    new = there.require_live()
    assert {each[: len(old.collection)] for each in there.generations()} == {
        old.collection,
        new.collection,
    }
    assert run(ask_until, tmp_path / "copy 0", home, 1, CODE_WORDS[1])[-1] == (CODE_WORDS[1],)


def test_a_push_that_is_killed_after_its_commit(server: ChromaServer, tmp_path: Path) -> None:
    """The new generation is live; the same push again finds that out, and writes nothing."""
    home, articles, builder = server.home(), tmp_path / "articles", tmp_path / "builder"
    write_lamps(articles, 0)
    run(publish, articles, builder, home.model_copy(update={"chroma_url": None}))
    with pytest.raises(CrashedError):
        run(die_at, Step("after", "index.remote.server.Server.point_to"), push, builder, home)
    live = Server(home).require_live()
    assert run(push, builder, home).unchanged
    assert Server(home).require_live() == live


def test_a_copy_that_was_killed_while_it_was_filled(server: ChromaServer, tmp_path: Path) -> None:
    """Empty or of the old generation, it is filled at the next start, whatever came so far."""
    home, articles, builder = server.home(), tmp_path / "articles", tmp_path / "builder"
    copy = tmp_path / "copy"
    for version in (0, 1):
        write_lamps(articles, version, changing=ALL)
        run(publish, articles, builder, home)
        for moment in (
            "index.catalogue.writer.CatalogueWriter.put_article",
            "index.catalogue.writer.CatalogueWriter.seal_words",
        ):
            with pytest.raises(CrashedError):
                run(die_at, Step("after", moment), ask_until, copy, home, 1, CODE_WORDS[version])
        words = run(ask_until, copy, home, 1, CODE_WORDS[version])
        assert words == [(CODE_WORDS[version],)]
    assert not verify_index(copy, settings=home).differences


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ChromaServer]:
    """A server of one test, which may kill it."""
    with chroma_server(tmp_path / "own store") as running:
        yield running


def test_the_server_is_killed_and_started_again(
    library: Library, tmp_path: Path, own_server: ChromaServer
) -> None:
    """Clear errors meanwhile, service after, nothing lost; what is local works all the time."""
    home = own_server.home()
    push_index(library.index, settings=home)
    assistant = open_assistant(tmp_path / "copy", settings=home)
    before = assistant.ask(OWL[0])
    own_server.kill()
    for _ in range(2):
        with pytest.raises(ServerAwayError, match=f"{own_server.address} does not answer.*start"):
            assistant.ask(OWL[0])
    with assistant.articles.view() as view:
        assert view.article(view.articles()[0].id)
    opened_meanwhile = open_index(tmp_path / "copy", settings=home)
    with pytest.raises(ServerAwayError):
        push_index(library.index, settings=home)
    own_server.start()
    assert assistant.ask(OWL[0]).text == before.text
    assert opened_meanwhile.search(OWL[0])[0].article.title == OWL[1]
    assert push_index(library.index, settings=home).unchanged
    assert not verify_index(tmp_path / "copy", settings=home).differences


def test_the_server_is_killed_while_it_is_pushed_to(
    library: Library, tmp_path: Path, own_server: ChromaServer
) -> None:
    """The push fails with a sentence; the old generation is there again with the server."""
    home = own_server.home()
    push_index(library.index, settings=home)
    old = Server(home).require_live()
    library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea twice a day.\n")
    library.build()
    with pytest.raises(ServerAwayError, match="does not answer"):
        push_index(library.index, settings=home, progress=lambda *_: own_server.kill())
    own_server.start()
    assert Server(home).require_live() == old
    opened = open_index(tmp_path / "copy", settings=home)
    assert opened.search(OWL[0])[0].article.title == OWL[1]
    assert push_index(library.index, settings=home).articles == 6


def test_a_server_that_has_lost_everything(
    library: Library, tmp_path: Path, own_server: ChromaServer
) -> None:
    """It is said that the index is to be pushed again; then the same program answers again."""
    home = own_server.home()
    push_index(library.index, settings=home)
    opened = open_index(tmp_path / "copy", settings=home)
    assert opened.search(OWL[0])
    own_server.kill()
    shutil.rmtree(tmp_path / "own store")
    own_server.start()
    with pytest.raises(ServerError, match=r"holds no index named.*assistant index push"):
        opened.search(OWL[0])
    push_index(tmp_path / "copy", settings=home)  # any copy will do
    assert opened.search(OWL[0])[0].article.title == OWL[1]
