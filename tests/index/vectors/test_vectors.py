"""Generations: written whole or as a copy with a change, sealed, looked at before reading."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest

from index.errors import IndexDamagedError, StorageError
from index.types import ArticleInfo, Passage, Span, Vectors
from index.vectors.chroma import Generation
from index.vectors.inspector import Inspector
from index.vectors.seal import SealError, check_seal
from index.vectors.write import GenerationChange, Row, write_generation

COUNT, DIMENSION = 300, 16
INFO = ArticleInfo("a", "Lamps", "/lamps.txt", "/lamps.txt", "Ada Venn")


def vector(seed: object) -> Vectors:
    number = int.from_bytes(hashlib.blake2b(repr(seed).encode(), digest_size=4).digest(), "big")
    values = np.random.default_rng(number).normal(size=DIMENSION).astype(np.float32)
    return values / np.linalg.norm(values)


def rows(names: Sequence[str], version: str = "") -> list[Row]:
    return [
        (
            Passage(name, "a", 0, 9, (Span(0, 9),)),
            INFO,
            f"Lamp {name} burns {version or 'oil'}.",
            vector(name + version),
        )
        for name in names
    ]


NAMES = [f"a#{place}" for place in range(COUNT)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "g000001"
    write_generation(folder, rows(NAMES), COUNT)
    return folder


@pytest.fixture
def base(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "g000001"))


def derived(base: Path, removed: Sequence[str], added: list[Row]) -> Path:
    """A generation made from ``base``; writing it anew would fail."""
    folder = base.with_name("g000002")
    replaced = {passage.id for passage, *_ in added}
    count = len((set(NAMES) - set(removed)) | replaced)
    write_generation(folder, iter(()), count, change=GenerationChange(base, removed, added))
    return folder


def nearest(folder: Path, wanted: Vectors) -> tuple[str, float]:
    generation = Generation(folder)
    try:
        return max(generation.nearest(wanted, 5).items(), key=lambda each: each[1])
    finally:
        generation.close()


def contents(folder: Path) -> dict[str, str]:
    generation = Generation(folder, thorough=True)
    try:
        return {name: text for name, text, *_ in generation.rows()}
    finally:
        generation.close()


def graph(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.glob("*/*")}


def test_a_difference_is_put_into_a_copy(base: Path) -> None:
    """Replaced, new and removed passages are so for every reader; the live one stays as it is."""
    before = graph(base)
    folder = derived(base, NAMES[10:20], rows([*NAMES[10:17], "b#0"], "gas"))
    texts = contents(folder)
    assert set(texts) == set(NAMES) - set(NAMES[17:20]) | {"b#0"}
    assert texts["a#10"] == "Lamp a#10 burns gas."
    assert nearest(folder, vector("a#12gas"))[0] == "a#12"
    assert nearest(folder, vector("a#12"))[1] < 0.99
    assert nearest(folder, vector("a#18"))[1] < 0.99
    name, likeness = nearest(folder, vector("a#200"))
    assert (name, likeness == pytest.approx(1, abs=1e-4)) == ("a#200", True)
    assert graph(base) == before
    assert contents(base)["a#10"] == "Lamp a#10 burns oil."


def test_any_client_sees_the_difference(base: Path) -> None:
    """Texts and metadata are those of the new passages only."""
    folder = derived(base, NAMES[10:20], rows(NAMES[10:17], "gas"))
    store: Any = chromadb.PersistentClient(str(folder))
    collection = store.get_collection("passages", embedding_function=None)
    assert collection.get(where_document={"$contains": "burns gas"})["ids"] == NAMES[10:17]
    assert "a#18" not in collection.get(where_document={"$contains": "Lamp a#1"})["ids"]
    (data,) = collection.get(ids=["a#11"])["metadatas"] or [{}]
    assert data["title"] == "Lamps"
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize(("removed", "added"), [(1, 0), (0, 1), (3, 0), (1, 1), (0, 0)])
def test_reading_changes_nothing(base: Path, removed: int, added: int) -> None:
    """Nothing is left in Chroma's log that would be written at the next opening."""
    folder = derived(base, NAMES[:removed], rows([f"b#{each}" for each in range(added)]))
    before = graph(folder)
    nearest(folder, vector("a#200"))
    assert graph(folder) == before
    again = folder.with_name("g000003")
    total = COUNT - removed + added - 1
    write_generation(again, iter(()), total, change=GenerationChange(folder, ["a#100"], []))
    assert "a#100" not in contents(again)
    assert len(contents(again)) == total


@pytest.mark.slow
def test_many_holes_ask_for_a_new_writing(base: Path) -> None:
    """Holes are counted from one change to the next; beyond a fifth all is written anew."""
    folder = base
    left = list(NAMES)
    for step in range(4):
        gone, left = left[:20], left[20:]
        holes = check_seal(folder).holes
        following = base.with_name(f"g00000{step + 2}")
        write_generation(
            following, iter(rows(left)), len(left), change=GenerationChange(folder, gone, [])
        )
        now = check_seal(following).holes
        assert now in (holes + 20, 0)
        folder = following
        assert set(contents(folder)) == set(left)
    assert check_seal(folder).holes < 80


def test_a_damaged_base_is_not_copied(base: Path) -> None:
    """All is written anew from the catalogue instead."""
    path = next(base.glob("*/data_level0.bin"))
    path.write_bytes(path.read_bytes()[:-100] + bytes(100))
    folder = base.with_name("g000002")
    write_generation(
        folder, iter(rows(NAMES[1:])), COUNT - 1, change=GenerationChange(base, NAMES[:1], [])
    )
    assert set(contents(folder)) == set(NAMES[1:])


def test_a_wrong_count_is_noticed_and_removed(tmp_path: Path) -> None:
    """A generation that is not what it should be is never sealed."""
    with pytest.raises(StorageError, match="did not pass their check"):
        write_generation(tmp_path / "g000001", iter(rows(NAMES[:5])), 6)
    assert not (tmp_path / "g000001").exists()


@pytest.mark.slow
def test_an_inspector_looks_more_than_once(tmp_path: Path) -> None:
    """The first time it is ready; after that it must start again."""
    with Inspector() as inspector:
        for name, right in (("g000001", 5), ("g000002", 6), ("g000003", 5)):
            wrong = pytest.raises(StorageError, match="5 rows instead of 6")
            with nullcontext() if right == 5 else wrong:
                write_generation(tmp_path / name, rows(NAMES[:5]), right, inspector=inspector)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["g000001", "g000003"]


def test_an_inspector_does_not_outlive_its_builder(tmp_path: Path) -> None:
    """Killed before there was anything to look at, the builder takes its inspector along."""
    ended = tmp_path / "ended"
    then = f"; open({str(ended)!r}, 'w').close()"
    script = (
        f"import os, signal; from index.vectors import inspector; inspector._CODE += {then!r}; "
        "inspector.Inspector().__enter__(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 60
    while not ended.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_inspector_that_cannot_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the system has no room for another process: one sentence, and nothing is left."""

    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr("index.vectors.inspector.subprocess.Popen", refuse)
    with Inspector() as inspector, pytest.raises(StorageError, match="temporarily unavailable"):
        write_generation(tmp_path / "g000001", rows(NAMES[:5]), 5, inspector=inspector)
    assert not (tmp_path / "g000001").exists()


# The seal


def scribble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4] = b"\xff\x00\xff\x00"
    path.write_bytes(data)


def scribble_and_hide_it(path: Path) -> None:
    status = path.stat()
    scribble(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def exchange(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(bytes(path.stat().st_size))
    other.replace(path)


@pytest.mark.parametrize("harm", [scribble, scribble_and_hide_it, exchange, Path.unlink])
@pytest.mark.parametrize("name", ["data_level0.bin", "index_metadata.pickle", "header.bin"])
def test_damage_is_noticed_before_the_engine_sees_it(base: Path, name: str, harm: object) -> None:
    """Also where size and time of change are those of the sealed file."""
    nearest(base, vector("a#1"))  # from now on its stamps are trusted
    harm(next(base.glob(f"*/{name}")))  # type: ignore[operator]
    with pytest.raises(IndexDamagedError, match="assistant index build"):
        Generation(base)


def test_stamps_spare_reading_the_files(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copied index is read once in full; from then on only its files' stamps are looked at."""
    check_seal(base)
    monkeypatch.setattr("index.vectors.seal.checksum", lambda path: pytest.fail(f"{path} was read"))
    check_seal(base)
    nearest(base, vector("a#1"))
    with pytest.raises(pytest.fail.Exception):
        check_seal(base, thorough=True)


def test_a_folder_without_seal_is_no_generation(base: Path) -> None:
    """Neither is one whose seal was scribbled over."""
    (base / "seal.json").write_text("{}", "utf-8")
    with pytest.raises(SealError):
        check_seal(base)
    (base / "seal.json").unlink()
    with pytest.raises(IndexDamagedError):
        Generation(base)
