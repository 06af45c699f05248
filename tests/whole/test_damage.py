"""Damage: whichever file of an index it hits, no answer is wrong, and the way back is named."""

from __future__ import annotations

import contextlib
import fcntl
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from helpers.jobs import State, Step, build, die_at, finds_damage, read_state, rebuild
from helpers.library import Library
from helpers.two_versions import NEW, Shelf, write_lamps
from helpers.workers import Worker, run
from index import build_index, open_index, verify_index
from index.errors import IndexDamagedError, IndexMissingError, StorageError

pytestmark = pytest.mark.slow

OWL = ("What does the owl eat?", "The owl of Marrowby")
CATALOGUE = "catalogue.sqlite3"
WAY_BACK = r"`assistant index (re)?build"
SCRIBBLES = 48

Harm = Callable[[Path, random.Random], object]


def at_once(work: Callable[[Any], object], items: Iterable[Any]) -> list[Any]:
    """Do the same with all items, two at a time: one for each core; return what it returns."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, items))


def scribble(path: Path, at: int, garbage: bytes) -> None:
    data = path.read_bytes()
    at = max(0, min(at, len(data) - len(garbage)))
    path.write_bytes(data[:at] + garbage + data[at + len(garbage) :])


def cut_in_half(path: Path, _: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path, _: random.Random) -> None:
    path.write_bytes(b"")


def delete(path: Path, _: random.Random) -> None:
    path.unlink()


def put_a_folder_there(path: Path, _: random.Random) -> None:
    path.unlink()
    path.mkdir()


def scribble_at_the_start(path: Path, chance: random.Random) -> None:
    scribble(path, 0, chance.randbytes(40))


def scribble_in_the_middle(path: Path, chance: random.Random) -> None:
    scribble(path, path.stat().st_size // 2, chance.randbytes(400))


def scribble_at_the_end(path: Path, chance: random.Random) -> None:
    scribble(path, path.stat().st_size, chance.randbytes(40))


def scribble_anywhere(path: Path, chance: random.Random) -> None:
    scribble(path, chance.randrange(path.stat().st_size + 1), chance.randbytes(200))


HARMS = [
    cut_in_half,
    empty,
    delete,
    put_a_folder_there,
    scribble_at_the_start,
    scribble_in_the_middle,
    scribble_at_the_end,
    scribble_anywhere,
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """An index that is only copied."""
    return Shelf(tmp_path_factory.mktemp("shelf"))


def harmed(index: Path, file: Path, harm: Harm, folder: Path) -> Path:
    """Copy an index and harm one of its files; return the copy."""
    copy = Path(shutil.copytree(index, folder / str(file).replace("/", " ")))
    harm(copy / file, random.Random(str(file)))
    return copy


def files_of(index: Path) -> list[Path]:
    return sorted(path.relative_to(index) for path in index.rglob("*") if path.is_file())


# Each file


def asked(index: Path) -> State | None:
    """Return what an index holds, or None where it says that it is damaged and what helps."""
    try:
        return cast("State", run(read_state, index))
    except (IndexDamagedError, IndexMissingError) as error:
        message = str(error)
    assert re.search(WAY_BACK, message)
    return None


@pytest.mark.parametrize("harm", HARMS)
def test_each_file_is_harmed(shelf: Shelf, tmp_path: Path, harm: Harm) -> None:
    """Questions are answered as before, or the catalogue is said to be damaged and made again.

    Vectors are written again at once; nothing of the damaged ones is left by the next build.
    """

    def ask_and_mend(file: Path) -> None:
        index = harmed(shelf.index, file, harm, tmp_path)
        held = asked(index)
        if (index / file).is_dir():
            (index / file).rmdir()
        if file.name == CATALOGUE:
            assert held in (None, shelf.states[0])
            run(rebuild, shelf.articles, index)
            assert run(read_state, index) == shelf.states[0]
        else:
            assert held == shelf.states[0]
            assert run(build, shelf.articles, index).unchanged == 16
        assert len(list((index / "vectors").iterdir())) == 1

    files = files_of(shelf.index)
    assert len(files) >= 9  # the catalogue, the lock; the seal, Chroma's file and five of the graph
    at_once(ask_and_mend, files)


@pytest.mark.parametrize("harm", HARMS)
def test_the_files_beside_the_catalogue_are_harmed(
    shelf: Shelf, tmp_path: Path, harm: Harm
) -> None:
    """What a killed build has committed lies in them: it is there in full, or not at all."""
    index = Path(shutil.copytree(shelf.index, tmp_path / "index"))
    write_lamps(shelf.articles, 1)
    step = Step("after", "index.catalogue.writer.CatalogueWriter.commit", count=NEW + 2)
    assert Worker(die_at, step, build, shelf.articles, index).was_killed()
    write_lamps(shelf.articles, 0)

    def ask(name: str) -> None:
        copy = harmed(index, Path(name), harm, tmp_path)
        with contextlib.suppress(*([StorageError] if harm is put_a_folder_there else [])):
            assert asked(copy) in (*shelf.states, None)

    at_once(ask, [f"{CATALOGUE}-wal", f"{CATALOGUE}-shm"])


def content(index: Path) -> list[object] | None:
    """Return all that the catalogue's tables hold, or None where they cannot be read."""
    try:
        with closing(sqlite3.connect(index / CATALOGUE)) as connection:
            connection.text_factory = bytes
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
            ).fetchall()
            return [connection.execute(f"SELECT * FROM {name.decode()}").fetchall()  # noqa: S608
                    for (name,) in tables]  # fmt: skip
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def test_scribbles_all_over_the_catalogue(shelf: Shelf, tmp_path: Path) -> None:
    """No answer is wrong, and whatever has changed in it is found by ``verify_index``."""
    chance = random.Random(7)
    size = (shelf.index / CATALOGUE).stat().st_size
    places = [
        (number * size // SCRIBBLES + chance.randrange(4096), chance.randbytes(1 << number % 10))
        for number in range(SCRIBBLES)
    ]
    sound = content(shelf.index)

    def ask_and_verify(number: int) -> bool:
        index = Path(shutil.copytree(shelf.index, tmp_path / str(number)))
        scribble(index / CATALOGUE, *places[number])
        changed = content(index) != sound
        assert asked(index) in (None, shelf.states[0])
        assert changed <= run(finds_damage, index)
        return changed

    assert sum(at_once(ask_and_verify, range(SCRIBBLES))) > SCRIBBLES / 3


# Single cases


def test_one_is_told_of_a_repair(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    """Vectors are written anew under another name, from the catalogue."""
    before = library.generation
    next(before.glob("*/data_level0.bin")).write_bytes(b"garbage")
    opened = open_index(library.index)
    assert opened.search(OWL[0])[0].article.title == OWL[1]
    assert [each.message for each in caplog.records if "written again" in each.message]
    assert library.generation != before
    assert opened.status().passages == 5


@pytest.mark.parametrize("harm", [shutil.rmtree, lambda path: (path / "seal.json").unlink()])
def test_a_build_repairs_vectors_too(library: Library, harm: Callable[[Path], object]) -> None:
    """From the catalogue, without embedding anything."""
    harm(library.generation)
    report = run(build, library.articles, library.index)
    assert (report.unchanged, report.embedded, report.passages) == (5, 0, 5)
    assert library.found(OWL[0]) == OWL[1]


def test_vectors_that_cannot_be_written_again(library: Library) -> None:
    """Where the repair fails too, the message says what is damaged and what stood in the way."""
    opened = open_index(library.index)
    shutil.rmtree(library.index / "vectors")
    (library.index / "vectors").write_text("in the way", "utf-8")
    with pytest.raises(IndexDamagedError, match=r"damaged or missing.*failed"):
        opened.search(OWL[0])


def test_a_generation_being_removed_is_no_crash(library: Library) -> None:
    """A reader that comes while a builder removes its generation writes its own."""
    with (library.generation / "seal.json").open("rb") as seal:
        fcntl.flock(seal, fcntl.LOCK_EX)
        assert library.found(OWL[0]) == OWL[1]


def test_a_damaged_catalogue_is_noticed_by_builders(library: Library) -> None:
    """They name the rebuild, which the damage does not stop."""
    scribble(library.index / CATALOGUE, 0, b"garbage " * 100)
    with pytest.raises(IndexDamagedError, match=WAY_BACK):
        build_index([library.articles], library.index)
    report = run(rebuild, library.articles, library.index)
    assert (report.added, report.passages) == (5, 5)


@pytest.mark.parametrize("table", ["article", "passage", "vector", "words_data", "meta", "file"])
def test_every_table_can_be_made_again(library: Library, table: str) -> None:
    """A rebuild repairs also what it does not look at first."""
    path = library.index / CATALOGUE
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    scribble(path, (root - 1) * size, b"\xaa" * size)
    run(rebuild, library.articles, library.index)
    assert verify_index(library.index).differences == ()
    assert library.found(OWL[0]) == OWL[1]


def test_saved_vectors_that_are_damaged(shelf: Shelf, tmp_path: Path) -> None:
    """What a killed build has saved is used only if it is sound."""
    index = Path(shutil.copytree(shelf.index, tmp_path / "index"))
    write_lamps(shelf.articles, 1)
    step = Step("before", "index.build.apply.new_generation")
    assert Worker(die_at, step, build, shelf.articles, index).was_killed()
    with closing(sqlite3.connect(index / CATALOGUE)) as connection, connection:
        connection.execute(
            "UPDATE vector SET passage = zeroblob(1536) WHERE digest = (SELECT digest FROM vector "
            "WHERE digest NOT IN (SELECT vector FROM passage) LIMIT 1)"
        )
    report = run(build, shelf.articles, index)
    write_lamps(shelf.articles, 0)
    assert report.embedded == 1
    assert run(read_state, index) == shelf.states[1]


def test_vectors_without_a_sound_copy(library: Library) -> None:
    """Damage on both sides is no full disk: the catalogue is said to be damaged."""
    (library.generation / "seal.json").unlink()
    with closing(sqlite3.connect(library.index / CATALOGUE)) as connection, connection:
        connection.execute("UPDATE vector SET sentences = zeroblob(768)")
    for work in (library.build, lambda: library.found(OWL[0])):
        with pytest.raises(IndexDamagedError, match=r"catalogue.*`assistant index rebuild"):
            work()


def test_a_catalogue_can_be_made_again_while_it_is_read(library: Library) -> None:
    """A chat that is open does not stand in the way of the rebuild, and moves on to it."""
    opened = open_index(library.index)
    assert opened.search(OWL[0])[0].article.title == OWL[1]
    library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea twice a day.\n")
    scribble(library.index / CATALOGUE, 0, b"garbage " * 100)
    run(rebuild, library.articles, library.index)
    assert opened.search("What lifts the sea?")[0].article.title == "Tides of the moon"
