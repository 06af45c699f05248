"""Several programs at one index: each answer is of one commit, and one builder at a time works."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.jobs import CODE_WORDS, ask_on, build, build_and_wait, finds_damage, read_state
from helpers.library import Library
from helpers.two_versions import write_lamps
from helpers.workers import Worker, run
from index import BuildReport, Index, open_index, rebuild_index
from index.catalogue.lock import build_lock
from index.errors import IndexBusyError

OWL = ("What does the owl eat?", "The owl of Marrowby")
MOON = "Tides of the moon\n\nThe moon lifts the sea twice a day. Harbours note the hour.\n"

ASKERS = 4
QUESTIONS = 200
ALL = 15  # so many articles change with each version


def title(opened: Index, question: str) -> str:
    return opened.search(question)[0].article.title


# Those who ask


@pytest.mark.slow
def test_answers_while_three_builds_commit(tmp_path: Path) -> None:
    """Of two hundred answers none fails and each is of one commit; all end at the newest."""
    articles, folder, enough = tmp_path / "articles", tmp_path / "index", tmp_path / "enough"
    write_lamps(articles, 0, changing=ALL)
    run(build, articles, folder)
    askers = [Worker(ask_on, folder, QUESTIONS // ASKERS, enough) for _ in range(ASKERS)]
    for version in (1, 2, 3):
        for asker in askers:
            assert asker.hear() == "ten more"
        write_lamps(articles, version, changing=ALL)
        assert run(build, articles, folder).changed == ALL
    enough.touch()
    answers = [heard(asker) for asker in askers]
    assert sum(map(len, answers)) >= QUESTIONS
    for words in answers:
        assert all(len(each) == 1 for each in words)
        versions = [CODE_WORDS.index(word) for each in words for word in each]
        assert versions == sorted(versions)
        assert versions[-1] == 3
    assert len({word for words in answers for each in words for word in each}) >= 3


def heard(asker: Worker) -> list[set[str]]:
    """Return what an asker returns, once it has told all that it tells."""
    while (message := asker.hear()) == "ten more":
        pass
    returned: bool
    words: list[set[str]]
    returned, words = message
    assert returned, words
    return words


def test_readers_that_find_the_vectors_damaged_together(library: Library) -> None:
    """All are answered, and one of them repairs."""
    before = run(read_state, library.index)
    old = library.generation
    next(old.glob("*/data_level0.bin")).unlink()
    readers = [Worker(read_state, library.index) for _ in range(ASKERS)]
    assert all(reader.result() == before for reader in readers)
    assert number(library.generation) == number(old) + 1


def number(generation: Path) -> int:
    return int(generation.name[1:7])


@pytest.fixture
def asking(library: Library) -> Iterator[tuple[Index, list[BaseException]]]:
    """An open index of which two threads ask questions all the time; their failures."""
    opened, failures, enough = open_index(library.index), [], threading.Event()

    def ask() -> None:
        try:
            while not enough.wait(0.02):
                assert title(opened, "How long does the loaf bake?") == "A loaf without salt"
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test must hear of it
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    yield opened, failures
    enough.set()
    for thread in threads:
        thread.join()


def test_an_open_index_moves_to_the_new_articles(
    library: Library, asking: tuple[Index, list[BaseException]]
) -> None:
    """Threads that ask during a build are answered; the next question sees the new articles."""
    opened, failures = asking
    library.write("moon.txt", MOON)
    library.build()
    assert title(opened, "What lifts the sea?") == "Tides of the moon"
    time.sleep(0.1)
    assert not failures


def test_a_held_view_keeps_its_own_state(library: Library) -> None:
    """A question sees one commit from beginning to end; what it used is removed afterwards."""
    opened, old = open_index(library.index), library.generation
    with opened.view() as view:
        library.write("moon.txt", MOON)
        (library.articles / "owl.txt").unlink()
        run(build, library.articles, library.index)
        assert view.search(OWL[0])[0].article.title == OWL[1]
        assert view.unknown_words("moon owl") == ["moon"]
        assert view.article(view.articles()[0].id)
        assert title(opened, "What lifts the sea?") == "Tides of the moon"
        assert old.is_dir()
    library.write("owl.txt", "The walrus\n\nA walrus lies on the slipway.\n")
    run(build, library.articles, library.index)
    assert not old.exists()
    assert title(opened, "What lies on the slipway?") == "The walrus"


# Those who build


def test_a_second_builder_is_sent_away(library: Library) -> None:
    """The message names the process; questions are still answered; a dead one blocks nobody."""
    builder = Worker(build_and_wait, library.articles, library.index)
    assert builder.hear() == "waiting"
    with pytest.raises(IndexBusyError, match=f"built by process {builder.pid};"):
        library.build()
    with pytest.raises(IndexBusyError, match=f"built by process {builder.pid};"):
        rebuild_index([library.articles], library.index)
    assert library.found(OWL[0]) == OWL[1]
    assert builder.kill()
    assert run(build, library.articles, library.index).unchanged == 5


def test_builders_that_start_together(library: Library) -> None:
    """Each either does its work or is sent away; what comes out is sound."""
    library.write("moon.txt", MOON)
    builders = [Worker(build, library.articles, library.index) for _ in range(ASKERS)]
    reports: list[BuildReport] = []
    for builder in builders:
        with contextlib.suppress(IndexBusyError):
            reports.append(builder.result())
    assert sum(report.added for report in reports) == 1
    assert run(read_state, library.index).hits
    assert not finds_damage(library.index)


def test_a_holder_without_a_name(library: Library) -> None:
    """Whoever has just taken the lock may not have said yet who it is."""
    with build_lock(library.index):
        (library.index / "build.holder").write_text("", "utf-8")
        with pytest.raises(IndexBusyError, match="built by another process;"):
            library.build()
