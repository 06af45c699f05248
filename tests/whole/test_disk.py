"""A disk that is full, read-only or locked: one clear sentence, and the old index is unharmed."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.jobs import build, read_state
from helpers.library import Library
from helpers.two_versions import Shelf, write_lamps
from helpers.workers import run
from index import open_index
from index.errors import IndexDamagedError, IndexMissingError, StorageError

pytestmark = pytest.mark.slow

_KB = 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes, in memory."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"only an administrator can mount a small disk: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture
def shelf(small_disk: Path, tmp_path: Path) -> Shelf:
    """An index on the small disk, whose articles lie elsewhere and have changed since."""
    shelf = Shelf(tmp_path, small_disk / "index")
    write_lamps(shelf.articles, 1)
    return shelf


def fill(disk: Path, left: int) -> Path:
    """Fill a disk until so many bytes are left; return the file that does it."""
    ballast, status = disk / "ballast", os.statvfs(disk)
    ballast.write_bytes(bytes(status.f_bavail * status.f_frsize - left))
    return ballast


# What a worker does under a limit


def with_small_files(largest: int, work: Callable[..., Any], *arguments: object) -> Any:
    """Work where no file may become larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    return work(*arguments)


def without_power(work: Callable[..., Any], *arguments: object) -> Any:
    """Work without the administrator's right to pass over permissions."""
    version_3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert ctypes.CDLL(None).capset(version_3, (ctypes.c_uint32 * 6)()) == 0
    return work(*arguments)


# A full disk


@pytest.mark.parametrize("left", [64 * _KB, 100 * _KB, 200 * _KB, 320 * _KB])
def test_a_disk_fills_up(shelf: Shelf, small_disk: Path, left: int) -> None:
    """The build fails and leaves nothing behind but embedded text; with room, it completes."""
    ballast = fill(small_disk, left)
    with pytest.raises(StorageError, match="free space"):
        shelf.build()
    assert not shelf.left_over()
    status = os.statvfs(small_disk)
    assert status.f_bavail * status.f_frsize > left - 40 * _KB
    assert shelf.state() == shelf.states[0]
    ballast.unlink()
    assert shelf.build().embedded <= 3
    assert shelf.state() == shelf.states[1]


def test_a_disk_that_is_full_to_the_last_byte(shelf: Shelf, small_disk: Path) -> None:
    """Who has the index open goes on; Chroma itself cannot open one, and that is said."""
    opened = open_index(shelf.index)
    question = "Who trims the lamp of Quillon?"
    before = [hit.passage for hit in opened.search(question)]
    ballast = fill(small_disk, 0)
    with pytest.raises(StorageError, match="No space left on device"):
        shelf.build()
    assert [hit.passage for hit in opened.search(question)] == before
    with pytest.raises(IndexDamagedError, match="No space left on device"):
        shelf.state()
    ballast.unlink()
    assert shelf.state() == shelf.states[0]
    assert shelf.build().changed == 2
    assert opened.status().generation == open_index(shelf.index).status().generation


@pytest.mark.parametrize("largest", [0, 1 * _KB, 20 * _KB, 60 * _KB, 150 * _KB])
def test_files_cannot_grow(library: Library, largest: int) -> None:
    """The same without an administrator: a write that fails leaves the old index."""
    before = run(read_state, library.index)
    write_lamps(library.articles, 0)
    with pytest.raises(StorageError, match=r"cannot be|could not be"):
        run(with_small_files, largest, build, library.articles, library.index)
    assert len(list((library.index / "vectors").iterdir())) == 1
    assert run(read_state, library.index) == before
    assert run(build, library.articles, library.index).added == 16


# A disk that may not be written


def test_a_disk_becomes_read_only(shelf: Shelf, small_disk: Path) -> None:
    """Builds and questions say so; once it can be written again, all is as before."""
    opened = open_index(shelf.index)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match="Read-only file system"):
        shelf.build()
    with pytest.raises(StorageError, match="check the folder's permissions"):
        shelf.state()
    with pytest.raises(StorageError, match="check the folder's permissions"):
        opened.status()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert shelf.state() == shelf.states[0]
    assert shelf.build().changed == 2
    assert opened.status().articles == 16


@pytest.mark.parametrize(
    ("place", "may", "build_says", "question_says"),
    [
        (".", 0o500, "Permission denied", "permissions"),
        ("vectors", 0o500, "Permission denied", None),
        ("catalogue.sqlite3", 0o000, "permissions", "permissions"),
        ("build.lock", 0o000, "Permission denied", None),
    ],
)
def test_permission_is_lost(
    library: Library, place: str, may: int, build_says: str, question_says: str | None
) -> None:
    """What needs it says so; what does not goes on."""
    before = run(read_state, library.index)
    write_lamps(library.articles, 0)
    locked = library.index / place
    had = locked.stat().st_mode
    locked.chmod(may)
    with pytest.raises(StorageError, match=build_says):
        run(without_power, build, library.articles, library.index)
    if question_says:
        with pytest.raises(StorageError, match=question_says):
            run(without_power, read_state, library.index)
    else:
        assert run(without_power, read_state, library.index) == before
    locked.chmod(had)
    assert run(without_power, read_state, library.index) == before
    assert run(without_power, build, library.articles, library.index).added == 16


def test_the_index_is_deleted_while_it_is_open(library: Library) -> None:
    """A chat says that there is none any more, and goes on when it has been made again."""
    opened = open_index(library.index)
    assert opened.search("What does the owl eat?")
    shutil.rmtree(library.index)
    with pytest.raises(IndexMissingError, match="assistant index build"):
        opened.search("What does the owl eat?")
    write_lamps(library.articles, 0)
    assert library.build().added == 21
    with opened.view() as view:
        (passage,) = view.passages(view.search("What is the moth called?")[0].article.id)
        (row,) = view.rows([passage])
        assert view.nearest(row.vector, 1).keys() == {passage.id}


def test_the_vectors_are_deleted_while_they_are_open(library: Library) -> None:
    """A chat that holds them goes on; whoever comes later writes them again."""
    opened = open_index(library.index)
    for _ in range(2):
        assert opened.search("What does the owl eat?")[0].article.title == "The owl of Marrowby"
        shutil.rmtree(library.index / "vectors", ignore_errors=True)
    assert library.found("What does the owl eat?") == "The owl of Marrowby"
    assert opened.search("What does the owl eat?")[0].article.title == "The owl of Marrowby"
