"""Builders that are killed: whoever asks finds the old index or the new one, never anything else.

They are killed as the power cord does it, by SIGKILL: at random moments, and at each step of the
commit.
"""

from __future__ import annotations

import random
import shutil
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helpers.jobs import Step, build, die_at, read_state, rebuild
from helpers.library import Library
from helpers.two_versions import NEW, Shelf, write_lamps
from helpers.workers import Worker, run
from index import list_index, open_index, plan_build, verify_index
from index.cli import status
from index.errors import IndexMissingError

pytestmark = pytest.mark.slow

KILLS = 100
_CHAINS = 4  # they wait for the disk half of the time
WRITER = "index.catalogue.writer.CatalogueWriter"
_COMMITS = NEW + 2  # each passage is saved by itself, then nothing more is, then all is committed


@pytest.fixture(scope="module")
def one_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def shelf(one_shelf: Shelf) -> Shelf:
    """A shelf that holds the first version, whatever a test before has left there."""
    write_lamps(one_shelf.articles, 0)
    one_shelf.build()
    return one_shelf


# At random moments


def kill_again_and_again(folder: Path, seed: int) -> int:
    """Build one version after the other, and kill each build once; return how often that was."""
    shelf, moments, kills, version = Shelf(folder), random.Random(seed), 0, 0
    durations = []
    for _ in range(4):
        version = 1 - version
        write_lamps(shelf.articles, version)
        started = time.perf_counter()
        shelf.build()
        durations.append(time.perf_counter() - started)
    while kills < KILLS / _CHAINS:
        version = 1 - version
        write_lamps(shelf.articles, version)
        killed = Worker(build, shelf.articles, shelf.index).kill(
            after=moments.uniform(0, statistics.median(durations))
        )
        kills += killed
        found = shelf.state()
        assert found in shelf.states
        is_new = found == shelf.states[version]
        expected = 0 if is_new else shelf.still_to_embed()
        report = shelf.build()
        assert (report.embedded, report.unchanged == report.passages) == (expected, is_new)
        assert not shelf.left_over()
    assert shelf.state() == shelf.states[version]
    assert verify_index(shelf.index).differences == ()
    return kills


def test_builds_killed_at_a_hundred_random_moments(tmp_path: Path) -> None:
    """After each, the index answers in full; the next build completes and embeds only the rest."""
    folders = [tmp_path / str(seed) for seed in range(_CHAINS)]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(_CHAINS) as chains:
        assert sum(chains.map(kill_again_and_again, folders, range(_CHAINS))) == KILLS


# At every step


STEPS = [
    # Where the process dies, whether the new index is there then, what is still to be embedded.
    ("articles read", Step("before", "index.build.apply.load_embedder"), False, 3),
    ("nothing saved", Step("before", f"{WRITER}.put_vectors"), False, 3),
    ("being saved", Step("after", f"{WRITER}.put_vectors"), False, 3),
    ("some saved", Step("before", f"{WRITER}.put_vectors", count=3), False, 1),
    ("all saved", Step("before", "index.build.apply.new_generation"), False, 0),
    ("old generations removed", Step("after", "index.vectors.generations.remove_unused"), False, 0),
    ("transaction begun", Step("before", f"{WRITER}.remove_article"), False, 0),
    ("an article removed", Step("after", f"{WRITER}.remove_article"), False, 0),
    ("articles put", Step("before", "index.vectors.generations.write_generation"), False, 0),
    ("folder made", Step("before", "chromadb.PersistentClient"), False, 0),
    ("store made", Step("after", "chromadb.PersistentClient"), False, 0),
    ("rows written", Step("after", "chromadb.Collection.add"), False, 0),
    ("store closed", Step("before", "index.vectors.write.Inspector.inspect"), False, 0),
    ("checked", Step("after", "index.vectors.write.Inspector.inspect"), False, 0),
    ("sealed", Step("after", "index.vectors.generations.write_generation"), False, 0),
    ("everything put", Step("after", f"{WRITER}.put_build"), False, 0),
    ("named", Step("after", f"{WRITER}.set_meta", "generation"), False, 0),
    ("before COMMIT", Step("before", f"{WRITER}.commit", count=_COMMITS), False, 0),
    ("after COMMIT", Step("after", f"{WRITER}.commit", count=_COMMITS), True, 0),
    ("old one to be removed", Step("before", "shutil.rmtree"), True, 0),
    ("old one half removed", Step("after", "os.unlink", count=3), True, 0),
    ("old one removed", Step("after", "shutil.rmtree"), True, 0),
    ("holder unnamed", Step("before", "filelock.FileLock.release"), True, 0),
    ("lock free", Step("after", "filelock.FileLock.release"), True, 0),
]


@pytest.mark.parametrize(
    ("step", "is_new", "rest"), [each[1:] for each in STEPS], ids=[each[0] for each in STEPS]
)
def test_a_build_killed_at_a_step(shelf: Shelf, step: Step, is_new: bool, rest: int) -> None:
    """Until COMMIT the old index answers, from then on the new one; what was saved is used.

    Twice: once the new generation is the live one's copy with a difference, once written anew.
    """
    for version in (1, 0):
        write_lamps(shelf.articles, version)
        assert Worker(die_at, step, build, shelf.articles, shelf.index).was_killed()
        assert shelf.state() == shelf.states[version if is_new else 1 - version]
        assert shelf.build().embedded == rest
        assert not shelf.left_over()
    assert shelf.state() == shelf.states[0]


# Other work that writes


@pytest.mark.parametrize(
    ("step", "is_new"),
    [
        (Step("after", f"{WRITER}.remove_all_articles"), False),
        (Step("after", "index.vectors.generations.write_generation"), False),
        (Step("before", "index.vectors.generations.remove_unused", count=2), True),
    ],
    ids=["all removed", "vectors written", "committed"],
)
def test_a_rebuild_killed_at_a_step(shelf: Shelf, step: Step, is_new: bool) -> None:
    """The old index answers until the new one is complete."""
    write_lamps(shelf.articles, 1)
    assert Worker(die_at, step, rebuild, shelf.articles, shelf.index).was_killed()
    assert shelf.state() == shelf.states[is_new]
    assert shelf.build().unchanged == (16 if is_new else 13)
    assert shelf.state() == shelf.states[1]
    write_lamps(shelf.articles, 0)
    assert run(rebuild, shelf.articles, shelf.index).added == 16
    assert shelf.state() == shelf.states[0]
    assert not shelf.left_over()


@pytest.mark.parametrize(
    "step",
    [
        Step("before", f"{WRITER}.begin"),
        Step("before", "chromadb.PersistentClient"),
        Step("after", "chromadb.Collection.add"),
        Step("after", "index.vectors.generations.write_generation"),
        Step("before", f"{WRITER}.commit"),
        Step("after", f"{WRITER}.commit"),
    ],
    ids=["begun", "folder made", "rows written", "sealed", "before COMMIT", "after COMMIT"],
)
def test_a_repair_killed_at_a_step(shelf: Shelf, step: Step) -> None:
    """Whoever asks next repairs the vectors after all, and is answered."""
    for seal in shelf.index.glob("vectors/*/seal.json"):
        seal.unlink()
    assert Worker(die_at, step, read_state, shelf.index).was_killed()
    assert shelf.state() == shelf.states[0]
    assert shelf.build().unchanged == 16
    assert not shelf.left_over()


@pytest.mark.parametrize(
    ("step", "says", "rest"),
    [
        (Step("before", "sqlite3.connect"), "no index", 16),
        (Step("after", "sqlite3.connect"), "never finished", 16),
        (
            Step("after", f"{WRITER}.put_vectors", count=5),
            "never finished",
            12,
        ),
        (Step("before", "index.build.apply.new_generation"), "never finished", 0),
        (Step("after", "index.vectors.generations.write_generation"), "never finished", 0),
        (Step("before", "index.vectors.generations.remove_unused", count=2), None, 0),
    ],
    ids=["no file", "empty file", "some saved", "all saved", "vectors written", "committed"],
)
def test_a_first_build_killed_at_a_step(
    shelf: Shelf, step: Step, says: str | None, rest: int
) -> None:
    """An index that was never finished is said to be so, and then is finished."""
    shutil.rmtree(shelf.index)
    assert Worker(die_at, step, build, shelf.articles, shelf.index).was_killed()
    if says:
        with pytest.raises(IndexMissingError, match=f"{says}.*`assistant index build ARTICLES"):
            shelf.state()
    assert shelf.build().embedded == rest
    assert shelf.state() == shelf.states[0]
    assert not shelf.left_over()


def test_a_repair_of_the_catalogue_that_was_killed(shelf: Shelf) -> None:
    """Until it is complete there is no index; a build completes it and embeds only the rest."""
    (shelf.index / "catalogue.sqlite3").write_bytes(b"garbage " * 500)
    step = Step("before", "index.build.apply.new_generation")
    assert Worker(die_at, step, rebuild, shelf.articles, shelf.index).was_killed()
    with pytest.raises(IndexMissingError, match="`assistant index build"):
        shelf.state()
    assert shelf.build().embedded == 0
    assert shelf.state() == shelf.states[0]


# Builds that are stopped


@pytest.mark.parametrize("last", ["reading", "writing"])
def test_a_first_build_that_was_stopped(library: Library, last: str) -> None:
    """An index that was never finished is said to be so, whatever is asked of it."""
    shutil.rmtree(library.index)

    def stop(stage: str, *_: object) -> None:
        if stage == last:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.build(progress=stop)
    for ask in (open_index, list_index, verify_index, status):
        with pytest.raises(IndexMissingError, match=r"never finished.*`assistant index build"):
            ask(library.index)
    assert len(plan_build([library.articles], library.index).new) == 5


def test_a_build_can_be_tried_again(library: Library) -> None:
    """After a build was stopped, the same process can build."""

    def stop(stage: str, *_: object) -> None:
        if stage == "writing":
            raise KeyboardInterrupt

    library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea twice a day.\n")
    with pytest.raises(KeyboardInterrupt):
        library.build(progress=stop)
    assert library.found("What does the owl eat?") == "The owl of Marrowby"
    assert library.build().added == 1
