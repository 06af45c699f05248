"""The index that an evaluation keeps of a set: made once, and again after an update."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from assistant.evaluation.command import _indexed
from index import open_index
from index.errors import IndexOutdatedError


def make_older(folder: Path) -> None:
    """Let an index say that another version of the program has made it."""
    (catalogue,) = folder.glob("*.sqlite*")
    with sqlite3.connect(catalogue) as connection:
        connection.execute("PRAGMA user_version = 1")
    connection.close()


def test_an_older_one_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies in the cache and nobody else uses it; a reader's own index is left to the reader."""
    monkeypatch.setenv("ASSISTANT_CACHE", str(tmp_path / "cache"))
    questions = tmp_path / "set"
    questions.mkdir()
    (questions / "mill.txt").write_text("The old mill\n\nThe mill burnt down in 1931.\n", "utf-8")
    _, kept = _indexed(questions, None)
    assert kept is not None
    make_older(kept)
    assert _indexed(questions, None)[1] == kept
    assert open_index(kept).status().articles == 1
    make_older(kept)
    with pytest.raises(IndexOutdatedError):
        _indexed(questions, kept)
