"""Plan before act: what a build would do, what it must ask for, what it need not read again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpers.library import Library, MakeArticles
from index import BuildReport, build_index, open_index, plan_build, rebuild_index
from index.catalogue.lock import build_lock
from index.errors import ArticlesNotFoundError, IndexMissingError, RemovalsError
from index.layout import is_index_file
from index.readers import text
from index.readers.common.draft import Draft
from index.settings import IndexSettings

MANY = {f"{number}.txt": f"Lamp number {number}\n\nIt burns oil.\n" for number in range(12)}


def titles(library: Library) -> set[str]:
    with open_index(library.index).view() as view:
        return {info.title for info in view.articles()}


def test_a_plan_tells_what_would_be_done(library: Library) -> None:
    """Added, changed and removed articles are named, and nothing is changed."""
    library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea.\n")
    library.write("owl.txt", "The owl of Marrowby\n\nThe owl has moved out.\n")
    (library.articles / "bread.txt").unlink()
    before = library.generation
    plan = plan_build([library.articles], library.index)
    assert [each.info.title for each in plan.new] == ["Tides of the moon"]
    assert [each.info.title for each in plan.changed] == ["The owl of Marrowby"]
    assert [each.title for each in plan.removed] == ["A loaf without salt"]
    assert (plan.unchanged, len(plan.unreadable)) == (3, 1)
    assert library.generation == before
    assert "A loaf without salt" in titles(library)


def test_a_plan_for_an_index_that_is_not_there(library: Library, tmp_path: Path) -> None:
    """Everything would be new; no folder is made for looking."""
    plan = plan_build([library.articles], tmp_path / "new")
    assert (len(plan.new), len(plan.changed), len(plan.removed)) == (5, 0, 0)
    assert not (tmp_path / "new").exists()
    with pytest.raises(IndexMissingError):
        open_index(tmp_path / "new")


def test_a_plan_without_sources_takes_the_remembered_ones(library: Library) -> None:
    """As a build does."""
    assert plan_build([], library.index).unchanged == 5
    with pytest.raises(ArticlesNotFoundError, match="assistant index build"):
        plan_build([], library.index / "nothing here")


def test_a_plan_asks_only_what_would_be_read(library: Library) -> None:
    """What would stop the build itself, another builder or another model, stops no plan."""
    with build_lock(library.index):
        settings = IndexSettings(model="another-model")
        assert plan_build([], library.index, settings=settings).unchanged == 5


# What is the index's own


@pytest.mark.slow
@pytest.mark.parametrize("within", [".", "index"])
@pytest.mark.parametrize("make", [build_index, rebuild_index])
def test_the_indexs_own_files_are_no_articles(
    make_articles: MakeArticles, within: str, make: Callable[..., BuildReport]
) -> None:
    """Nor are they told as unreadable, from the first build on; others of like names are read."""
    folder = make_articles({"build.txt": "Lamps burn oil.", "vectors.txt": "Arrows fly."})
    index = folder / within
    for report in (make([folder], index), make([folder], index)):
        assert report.passages == 2
        assert report.unreadable == ()
        assert open_index(index).search("What burns?")
        own = {path.name for path in index.iterdir()} - {"build.txt", "vectors.txt", "index"}
        assert {"catalogue.sqlite3", "words.seen.json"} <= set(filter(is_index_file, own)) == own
    assert plan_build([folder], index).unreadable == ()


# Removals that must be asked for


def test_most_of_an_index_is_not_removed_unasked(
    tmp_path: Path, make_articles: MakeArticles
) -> None:
    """More than half, and at least ten: the build stops and names the option."""
    folder, index = make_articles(MANY), tmp_path / "index"
    build_index([folder], index)
    for number in range(10):
        (folder / f"{number}.txt").unlink()
    with pytest.raises(RemovalsError, match=r"10 of 12.*--allow-removals"):
        build_index([folder], index)
    assert open_index(index).status().articles == 12
    assert len(plan_build([folder], index).removed) == 10
    assert build_index([folder], index, allow_removals=True).removed == 10
    assert open_index(index).status().articles == 2


def test_half_of_a_small_index_goes_unasked(library: Library) -> None:
    """Below ten, a build does as the folder says."""
    for name in ("owl.txt", "ferry.txt", "bread.txt"):
        (library.articles / name).unlink()
    assert library.build().removed == 3


def test_a_folder_that_came_up_empty_changes_nothing(library: Library) -> None:
    """An unmounted disk must not empty the index."""
    for path in library.articles.iterdir():
        path.unlink()
    with pytest.raises(ArticlesNotFoundError, match="no articles"):
        library.build()
    assert open_index(library.index).status().articles == 5


# What is known need not be read again


def test_files_that_are_as_they_were_are_not_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their content's hash is enough; a file that was only touched is as it was."""
    (library.articles / "owl.txt").touch()
    monkeypatch.setattr(text, "read", lambda data: pytest.fail(f"read again: {data[:20]!r}"))
    (library.articles / "broken.txt").unlink()
    assert library.build().unchanged == 5


def test_a_change_that_hides_is_seen(library: Library) -> None:
    """Same size, same time of change, other words."""
    path = library.articles / "owl.txt"
    before = path.stat()
    path.write_text(path.read_text("utf-8").replace("forty", "sixty"), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert library.build().changed == 1


def test_trouble_in_a_file_is_told_every_time(library: Library) -> None:
    """A file of lines with a bad one among them is read again, to say so again."""
    path = library.articles / "lamps.jsonl"
    path.write_text(path.read_text("utf-8") + "no json\n", "utf-8")
    for _ in range(2):
        report = library.build()
        assert [each.source.rpartition("/")[2] for each in report.unreadable] == [
            "broken.txt",
            "lamps.jsonl:3",
        ]


def test_an_id_that_is_taken_is_told_every_time(library: Library) -> None:
    """Also when the file that has the id first is not read again."""
    library.write("more.jsonl", [{"id": "lamp-1", "title": "Other", "text": "Another lamp."}])
    for _ in range(2):
        (clash,) = [each for each in library.build().unreadable if "lamp-1" in each.reason]
        assert clash.source.endswith("more.jsonl:1")


def test_new_rules_of_reading_read_everything_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an update of the program, files are not taken for known."""
    calls: list[bytes] = []
    real = text.read

    def read(data: bytes) -> Draft:
        calls.append(data)
        return real(data)

    monkeypatch.setattr("index.build.plan.READING_RULES", "next")
    monkeypatch.setattr(text, "read", read)
    assert library.build().unchanged == 5
    assert len(calls) == 4


# What is out of reach stays


def test_what_cannot_be_opened_now_stays(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost permission says nothing about what a file holds."""
    real = Path.open

    def refuse(self: Path, *arguments: Any, **named: Any) -> Any:
        if self.name == "owl.txt":
            raise PermissionError(13, "Permission denied")
        return real(self, *arguments, **named)

    monkeypatch.setattr(Path, "open", refuse)
    report = library.build()
    assert (report.removed, report.unchanged) == (0, 5)
    (owl,) = [each for each in report.unreadable if each.source.endswith("owl.txt")]
    assert owl.out_of_reach
    assert "permission denied" in owl.reason


def test_what_is_no_article_any_more_goes(library: Library) -> None:
    """A file that can be opened and holds no text is not what was indexed."""
    library.write("owl.txt", "")
    report = library.build()
    assert (report.removed, report.unchanged) == (1, 4)
