"""Sources that come later: what is added to an index costs nothing that it held."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.library import Library, MakeArticles
from index import add_to_index, build_index, list_index, open_index
from index.catalogue.lock import build_lock
from index.errors import IndexBusyError

MOON = {"moon.txt": "Tides of the moon\n\nThe moon lifts the sea.\n"}


def titles(folder: Path) -> list[str]:
    return sorted(each.info.title for each in list_index(folder))


def test_what_is_added_stands_beside_what_was_there(
    library: Library, make_articles: MakeArticles
) -> None:
    """Nothing is lost, not even what has gone from its folder; the sources are both."""
    before = titles(library.index)
    (library.articles / "owl.txt").unlink()
    more = make_articles(MOON, "more")
    report = add_to_index([more], library.index)
    assert (report.added, report.changed, report.removed, report.unchanged) == (1, 0, 0, 5)
    assert titles(library.index) == sorted([*before, "Tides of the moon"])
    sources = open_index(library.index).status().sources
    assert sources == (str(library.articles), str(more))
    assert library.found("What lifts the sea?") == "Tides of the moon"


def test_a_later_build_keeps_what_was_added(library: Library, make_articles: MakeArticles) -> None:
    """A build that names no sources looks at all of them, and has nothing to read again."""
    add_to_index([make_articles(MOON, "more")], library.index)
    report = build_index([], library.index)
    assert (report.added, report.changed, report.removed, report.unchanged) == (0, 0, 0, 6)


def test_what_was_added_is_looked_at_again(library: Library, make_articles: MakeArticles) -> None:
    """Adding the same source twice adds nothing; what changed there is replaced or removed."""
    more = make_articles({**MOON, "sun.txt": "The sun\n\nThe sun dries the hay.\n"}, "more")
    add_to_index([more], library.index)
    assert add_to_index([more], library.index).unchanged == 7
    (more / "moon.txt").unlink()
    make_articles({"sun.txt": "The sun\n\nThe sun melts the wax.\n"}, "more")
    report = add_to_index([more], library.index)
    assert (report.added, report.changed, report.removed, report.unchanged) == (0, 1, 1, 5)
    assert len(open_index(library.index).status().sources) == 2


def test_an_id_that_is_taken_replaces_nothing(
    library: Library, make_articles: MakeArticles
) -> None:
    """Records of other files keep their ids; the newcomer is told, each time, until it is free."""
    record = {"id": "lamp-1", "title": "False lamp", "text": "This lamp is false."}
    more = make_articles({"false.jsonl": [record]}, "more")
    for _ in range(2):
        report = add_to_index([more], library.index)
        assert (report.added, report.changed, report.unchanged) == (0, 0, 5)
        assert "has the id 'lamp-1'" in report.unreadable[0].reason
    assert "False lamp" not in titles(library.index)


def test_nothing_readable_is_no_failure(library: Library, make_articles: MakeArticles) -> None:
    """What cannot be read is told, and the index stays."""
    more = make_articles({"broken.txt": "\0\1\2\0" * 50}, "more")
    report = add_to_index([more], library.index)
    assert (report.added, report.unchanged, len(report.unreadable)) == (0, 5, 1)


def test_one_builder_at_a_time(library: Library, make_articles: MakeArticles) -> None:
    """Adding waits for no other builder: it says who builds."""
    with build_lock(library.index), pytest.raises(IndexBusyError):
        add_to_index([make_articles(MOON, "more")], library.index)
