"""Trust, shown: the list of articles with their states, and every disagreement found."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from helpers.library import Library
from index import build_index, list_index, rebuild_index, verify_index
from index.errors import IndexDamagedError, IndexMissingError


def change(library: Library, *statements: str) -> None:
    path = library.index / "catalogue.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def problems(library: Library) -> list[str]:
    return [f"{each.subject}: {each.problem}" for each in verify_index(library.index).differences]


def assert_rebuild_helps(library: Library) -> None:
    """What verifying names as the remedy leaves no difference."""
    remedy = verify_index(library.index).remedy
    assert "assistant index rebuild" in remedy
    rebuild_index([library.articles] if "ARTICLES" in remedy else [], library.index)
    assert verify_index(library.index).differences == ()


def test_a_sound_index_agrees_with_everything(library: Library) -> None:
    """No difference; what cannot be read is told, and is none."""
    found = verify_index(library.index)
    assert (found.articles, found.passages, found.differences) == (5, 5, ())
    assert found.remedy == ""
    assert [each.source.endswith("broken.txt") for each in found.unreadable] == [True]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE article SET text = replace(text, 'forty', 'fifty')", "text is not as it was"),
        ("UPDATE article SET author = 'Somebody' WHERE id = 'lamp-1'", "text is not as it was"),
        (
            "DELETE FROM vector WHERE digest = (SELECT vector FROM passage LIMIT 1)",
            "without vectors",
        ),
        ('UPDATE passage SET "end" = 9999 WHERE number = 1', "not as it was"),
        ("DELETE FROM passage WHERE number = 2", "the catalogue does not"),
    ],
)
def test_a_catalogue_that_was_meddled_with(library: Library, statement: str, problem: str) -> None:
    """Texts, data, vectors, offsets and passages are all looked at; the remedy named helps."""
    change(library, statement)
    assert [each for each in problems(library) if problem in each]
    assert_rebuild_helps(library)


def test_words_that_were_lost(library: Library) -> None:
    """The full-text index is compared with the passages."""
    change(library, "INSERT INTO words (words) VALUES ('delete-all')")
    found = problems(library)
    assert [each for each in found if each.startswith("full-text index")]
    assert [each for each in found if "does not find it by its words" in each]
    assert_rebuild_helps(library)


def test_vectors_of_another_state(library: Library) -> None:
    """Passages that only one side holds are named one by one."""
    old = shutil.copytree(library.generation, library.index / "old", copy_function=shutil.copy2)
    library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea.\n")
    (library.articles / "bread.txt").unlink()
    library.build()
    live = library.generation
    shutil.rmtree(live)
    shutil.move(old, live)
    found = problems(library)
    assert [each for each in found if "Chroma does not hold it" in each]
    assert [each for each in found if "the catalogue does not" in each]


def test_all_that_chroma_holds_is_compared(library: Library) -> None:
    """Each part that differs is named; with files that have changed, two commands are needed."""
    with closing(sqlite3.connect(library.generation / "chroma.sqlite3")) as database, database:
        for key in ("source", "author", "published", "article_id"):
            database.execute(
                "UPDATE embedding_metadata SET string_value = 'forged' WHERE key = ?", (key,)
            )
        database.execute("DELETE FROM embedding_metadata WHERE key = 'start'")
    found = problems(library)
    for part in ("source", "author", "published", "article_id", "start"):
        assert sum(f"Chroma holds another {part} for it" in each for each in found) == 5
    (library.articles / "bread.txt").unlink()
    remedy = verify_index(library.index).remedy
    assert remedy == "Run `assistant index rebuild`, then `assistant index build`."
    assert rebuild_index([], library.index).embedded == 0
    assert library.build().removed == 1
    assert verify_index(library.index).differences == ()


def test_vectors_that_are_damaged(library: Library) -> None:
    """Damage is a difference, and verifying repairs nothing."""
    before = library.generation
    next(before.glob("*/data_level0.bin")).write_bytes(b"garbage")
    assert problems(library) == ["vectors: they are damaged or missing"]
    assert library.generation == before
    assert_rebuild_helps(library)


def test_files_that_have_changed_since(library: Library) -> None:
    """New, changed and vanished files are differences."""
    library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea.\n")
    library.write("owl.txt", "The owl of Marrowby\n\nThe owl has moved out.\n")
    (library.articles / "bread.txt").unlink()
    found = problems(library)
    assert [each.rpartition("/")[2] for each in found] == [
        "moon.txt: it is not indexed yet",
        "owl.txt: it has changed since",
        "bread.txt: it is indexed and has gone",
    ]
    assert "`assistant index build`" in verify_index(library.index).remedy
    build_index([], library.index)
    assert verify_index(library.index).remedy == ""
    shutil.rmtree(library.articles)
    (gone,) = problems(library)
    assert "no file or folder" in gone
    library.articles.mkdir()


def test_no_index_and_a_damaged_catalogue(library: Library) -> None:
    """These are errors, not differences."""
    with pytest.raises(IndexMissingError):
        verify_index(library.index / "none")
    (library.index / "catalogue.sqlite3").write_bytes(b"garbage" * 2000)
    with pytest.raises(IndexDamagedError, match="assistant index rebuild"):
        verify_index(library.index)


def test_the_list_tells_what_has_become_of_the_files(library: Library) -> None:
    """Every article with its passages, newest first, then by title."""
    library.write("owl.txt", "The owl of Marrowby\n\nThe owl has moved out.\n")
    (library.articles / "bread.txt").unlink()
    listed = list_index(library.index)
    assert [(each.info.title, each.passages, each.state) for each in listed] == [
        ("A loaf without salt", 1, "gone"),
        ("Glass lamps", 1, "current"),
        ("Glass lamps", 1, "current"),
        ("The ferry to Quillon", 1, "current"),
        ("The owl of Marrowby", 1, "changed"),
    ]
