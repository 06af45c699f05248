"""What a build refuses, and that it then leaves the index as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from helpers.library import Library, MakeArticles
from index import (
    build_index,
    open_index,
    rebuild_index,
)
from index.catalogue.database import Catalogue
from index.catalogue.writer import open_writer
from index.errors import (
    ArticlesNotFoundError,
    IndexOutdatedError,
    ModelMismatchError,
    ModelUnavailableError,
    StorageError,
)
from index.settings import IndexSettings

MOON = "Tides of the moon\n\nThe moon lifts the sea twice a day. Harbours note the hour.\n"


def set_meta(library: Library, key: str, value: str) -> None:
    with open_writer(Catalogue(library.index)) as writer:
        writer.set_meta(key, value)


@pytest.mark.parametrize("content", [None, {}, {"broken.txt": "\0\1\2\0" * 50}])
def test_without_articles_nothing_changes(
    library: Library, make_articles: MakeArticles, tmp_path: Path, content: dict[str, str] | None
) -> None:
    """A missing path, an empty folder and one without readable files leave the index as it was."""
    folder = tmp_path / "missing" if content is None else make_articles(content, "none")
    with pytest.raises(ArticlesNotFoundError, match=folder.name):
        build_index([folder], library.index)
    assert library.found("What does the owl eat?") == "The owl of Marrowby"


def test_without_sources_the_command_is_named(tmp_path: Path) -> None:
    """A first build must be told what to read."""
    with pytest.raises(ArticlesNotFoundError, match="assistant index build"):
        build_index([], tmp_path / "index")


def test_another_model_needs_a_rebuild(library: Library) -> None:
    """Vectors of two models are never mixed; the remedy is named."""
    other = IndexSettings(model="another-model")
    with pytest.raises(ModelMismatchError, match="assistant index rebuild"):
        library.build(settings=other)
    with pytest.raises(ModelMismatchError, match="assistant index rebuild"):
        open_index(library.index, settings=other)


def test_other_rules_need_a_rebuild(library: Library) -> None:
    """An index cut by another version of the rules is refused."""
    set_meta(library, "rules", "0")
    with pytest.raises(ModelMismatchError, match="assistant index rebuild"):
        library.build()
    with pytest.raises(ModelMismatchError, match="assistant index rebuild"):
        open_index(library.index)


def test_older_tables_need_a_rebuild(library: Library) -> None:
    """A catalogue of an earlier version is refused; a rebuild from the articles helps."""
    with closing(sqlite3.connect(Catalogue(library.index).path)) as connection:
        connection.execute("PRAGMA user_version = 3")
    with pytest.raises(IndexOutdatedError, match="assistant index rebuild ARTICLES"):
        library.build()
    with pytest.raises(IndexOutdatedError, match="assistant index rebuild ARTICLES"):
        open_index(library.index)
    rebuild_index([library.articles], library.index)
    assert open_index(library.index).status().passages


def test_other_weights_cannot_answer(library: Library) -> None:
    """A model of the same name with other weights is another model."""
    set_meta(library, "fingerprint", "0" * 32)
    with pytest.raises(ModelUnavailableError, match="assistant index rebuild"):
        open_index(library.index)


def test_other_weights_need_a_rebuild(library: Library) -> None:
    """A build does not mix vectors of a model whose weights have changed under its name."""
    set_meta(library, "fingerprint", "0" * 32)
    (library.articles / "new.txt").write_text(MOON, "utf-8")
    with pytest.raises(ModelMismatchError, match="index rebuild"):
        library.build()


def test_a_file_where_the_index_should_be(tmp_path: Path, make_articles: MakeArticles) -> None:
    """A folder that cannot be made is said to be so, with the setting that helps."""
    (tmp_path / "index").write_text("in the way", "utf-8")
    with pytest.raises(StorageError, match="ASSISTANT_INDEX"):
        build_index([make_articles({"moon.txt": MOON})], tmp_path / "index")


def test_a_mistyped_name_costs_no_catalogue(library: Library) -> None:
    """A rebuild reads the articles before it takes a damaged catalogue away."""
    path = library.index / "catalogue.sqlite3"
    path.write_bytes(b"garbage" * 2000)
    with pytest.raises(ArticlesNotFoundError):
        rebuild_index([library.articles / "typo"], library.index)
    assert path.read_bytes() == b"garbage" * 2000
    assert rebuild_index([library.articles], library.index).added == 5


def test_a_source_without_a_name(library: Library) -> None:
    """An unset variable in a script is not the current folder."""
    with pytest.raises(ArticlesNotFoundError, match="empty name"):
        build_index([""], library.index)
