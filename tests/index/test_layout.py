"""What lies in an index folder: the index's own is told from articles by its name."""

from __future__ import annotations

import pytest

from index.layout import is_index_file


@pytest.mark.parametrize(
    "name",
    [
        "catalogue.sqlite3", "catalogue.sqlite3-wal", "catalogue.sqlite3-shm", "vectors",
        "build.lock", "build.holder", "words.seen.json", "words.seen.json.4711",
    ],
)  # fmt: skip
def test_the_index_knows_its_own(name: str) -> None:
    """The files, what SQLite puts beside them, and a note that is being written."""
    assert is_index_file(name)


@pytest.mark.parametrize(
    "name", ["build.txt", "vectors.md", "words.html", "Catalogue.sqlite3", "my-vectors"]
)
def test_articles_are_none_of_it(name: str) -> None:
    """An article may have nearly such a name."""
    assert not is_index_file(name)
