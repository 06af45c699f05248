"""Watching: the index follows its folder, a burst of changes is one build, trouble ends nothing."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpers.library import Library
from index import BuildReport, UserError, watch_index
from index.build import watch as watching
from index.catalogue.lock import build_lock
from index.errors import ArticlesNotFoundError

pytestmark = pytest.mark.slow

Outcomes = queue.Queue[BuildReport | UserError]
_PATIENCE = 60  # seconds


@pytest.fixture
def outcomes(library: Library) -> Iterator[Outcomes]:
    """What a watch over the library has built, its first build already taken out."""
    stop, found = threading.Event(), Outcomes()
    thread = threading.Thread(
        target=watch_index,
        args=([library.articles], library.index),
        kwargs={"on_build": found.put, "stop": stop},
    )
    thread.start()
    assert built(found).unchanged == 5
    yield found
    stop.set()
    thread.join(_PATIENCE)
    assert not thread.is_alive()


def built(outcomes: Outcomes) -> BuildReport:
    """Wait for the next build; return its report."""
    outcome = outcomes.get(timeout=_PATIENCE)
    assert isinstance(outcome, BuildReport), outcome
    return outcome


def restore(library: Library) -> None:
    shutil.copytree(library.articles.with_name("as it was"), library.articles, dirs_exist_ok=True)


def test_a_burst_of_changes_is_one_build(library: Library, outcomes: Outcomes) -> None:
    """Twenty files that come together are indexed together."""
    for number in range(20):
        library.write(f"{number}.txt", f"Lamp number {number}\n\nIt burns oil.\n")
    assert built(outcomes).added == 20
    (library.articles / "owl.txt").unlink()
    assert built(outcomes).removed == 1
    assert outcomes.empty()
    assert library.found("Who needs flour and water?") == "A loaf without salt"


def test_hidden_files_wake_nobody(library: Library, outcomes: Outcomes) -> None:
    """An editor's swap file is no change of an article."""
    library.write(".owl.txt.swp", "half a sentence")
    with pytest.raises(queue.Empty):
        outcomes.get(timeout=3 * watching.QUIET)


def test_trouble_does_not_end_the_watch(library: Library, outcomes: Outcomes) -> None:
    """A build that fails is reported; the next change is built."""
    for path in library.articles.iterdir():
        path.unlink()
    assert isinstance(outcomes.get(timeout=_PATIENCE), ArticlesNotFoundError)
    restore(library)
    assert built(outcomes).unchanged == 5


@pytest.mark.parametrize("remove", [shutil.rmtree, lambda path: path.rename(path.parent / "old")])
def test_a_folder_that_comes_back_is_watched_again(
    library: Library, outcomes: Outcomes, remove: Callable[[Path], object]
) -> None:
    """Deleted or moved away, it is said to be missing once; then it is followed as before."""
    remove(library.articles)
    assert isinstance(outcomes.get(timeout=_PATIENCE), ArticlesNotFoundError)
    with pytest.raises(queue.Empty):
        outcomes.get(timeout=2 * watching.QUIET)
    restore(library)
    assert built(outcomes).unchanged == 5
    library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea.\n")
    assert built(outcomes).added == 1
    shutil.rmtree(library.articles.parent / "old", ignore_errors=True)


def test_a_folder_that_is_replaced_is_watched(library: Library, outcomes: Outcomes) -> None:
    """Also when it is never seen missing."""
    shutil.rmtree(library.articles)
    restore(library)
    assert built(outcomes).unchanged == 5
    library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea.\n")
    assert built(outcomes).added == 1


def test_another_builder_is_waited_for(
    library: Library, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changes while somebody else builds is built afterwards."""
    monkeypatch.setattr(watching, "_BUSY_WAIT", 0.2)
    with build_lock(library.index):
        library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea.\n")
        with pytest.raises(queue.Empty):
            outcomes.get(timeout=3 * watching.QUIET)
    assert built(outcomes).added == 1


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """It is said at once."""
    with pytest.raises(ArticlesNotFoundError, match="no file or folder"):
        watch_index([tmp_path / "none"], tmp_path / "index", on_build=print)


@pytest.mark.parametrize("within", ["articles/index", "articles"])
def test_the_indexs_own_files_wake_nobody(library: Library, tmp_path: Path, within: str) -> None:
    """Wherever the index lies and by whatever name it is reached, a build wakes no other."""
    articles = Path(shutil.copytree(library.articles, tmp_path / "articles"))
    (tmp_path / "link").symlink_to(tmp_path)
    stop, found = threading.Event(), Outcomes()
    thread = threading.Thread(
        target=watch_index,
        args=([articles], tmp_path / "link" / within),
        kwargs={"on_build": found.put, "stop": stop},
    )
    thread.start()
    try:
        assert built(found).added == 5
        (articles / "moon.txt").write_text("Tides\n\nThe moon lifts the sea.\n", "utf-8")
        assert built(found).added == 1
        with pytest.raises(queue.Empty):
            found.get(timeout=4 * watching.QUIET)
    finally:
        stop.set()
        thread.join(_PATIENCE)
