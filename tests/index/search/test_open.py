"""Opening an index: what its status says, which files have changed, what opening leaves undone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpers.library import LIBRARY, Library
from index import open_index
from index.errors import IndexMissingError


def test_a_changed_file_is_stale(library: Library) -> None:
    """Changed or gone is stale; touched, or changed back, is not."""
    with open_index(library.index).view() as view:
        info = next(each for each in view.articles() if each.origin.endswith("owl.txt"))
        path = Path(info.origin)
        assert not view.is_stale(info)
        os.utime(path, (1, 1))
        assert not view.is_stale(info)
        text = path.read_text("utf-8")
        path.write_text(text.replace("forty", "fifty"), "utf-8")
        assert view.is_stale(info)
        path.unlink()
        assert view.is_stale(info)
        path.write_text(str(LIBRARY["owl.txt"]), "utf-8")
        assert not view.is_stale(info)


def test_a_build_ends_staleness(library: Library) -> None:
    """Also when the file was only touched and nothing had to be done."""
    path = library.articles / "owl.txt"
    os.utime(path, (1, 1))
    assert library.build().unchanged == 5
    with open_index(library.index).view() as view:
        assert not any(view.is_stale(info) for info in view.articles())


def test_an_index_is_not_made_by_asking(tmp_path: Path) -> None:
    """A missing index is said to be missing, with the command that makes it; nothing is created."""
    with pytest.raises(IndexMissingError, match="assistant index build"):
        open_index(tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_the_status_says_what_there_is(sample_index: Path) -> None:
    """Folder, counts, model, generation, time and sources."""
    opened = open_index(sample_index)
    status = opened.status()
    assert status.directory == str(sample_index)
    with opened.view() as view:
        infos = view.articles()
        assert status.articles == len(infos) == 10
        assert status.passages == sum(len(view.passages(info.id)) for info in infos)
    assert (status.model, status.generation[:7]) == ("all-MiniLM-L6-v2", "g000001")
    assert status.built.startswith("20")
    assert len(status.sources) == 1
