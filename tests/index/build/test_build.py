"""Building: only what is new is done, and all that is new."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from helpers.library import LIBRARY, Library, MakeArticles, copy_library
from index import (
    BuildReport,
    Index,
    View,
    build_index,
    list_index,
    open_index,
    plan_build,
    rebuild_index,
    verify_index,
)
from index.catalogue.database import Catalogue
from index.catalogue.writer import open_writer
from index.embedding.load import load_embedder
from index.settings import IndexSettings

MOON = "Tides of the moon\n\nThe moon lifts the sea twice a day. Harbours note the hour.\n"
WALRUS = "The walrus of Marrowby\n\nA walrus lies on the slipway. It will not move for anyone.\n"


def first(opened: Index | View, question: str) -> str:
    return opened.search(question)[0].article.title


def titles(opened: Index) -> set[str]:
    with opened.view() as view:
        return {info.title for info in view.articles()}


def set_meta(library: Library, key: str, value: str) -> None:
    with open_writer(Catalogue(library.index)) as writer:
        writer.set_meta(key, value)


# What a build does


def test_the_first_build_holds_every_article(built_library: Library) -> None:
    """All that can be read is in; what cannot be read stops nothing."""
    status = open_index(built_library.index).status()
    assert (status.articles, status.passages, status.model) == (5, 5, "all-MiniLM-L6-v2")
    assert status.sources == (str(built_library.articles),)


def test_building_again_does_nothing(library: Library) -> None:
    """Nothing is embedded or written when nothing has changed; the unreadable is named again."""
    before = library.generation
    report = library.build()
    assert (report.added, report.changed, report.removed, report.unchanged) == (0, 0, 0, 5)
    assert (report.embedded, report.passages) == (0, 5)
    assert library.generation == before
    (unreadable,) = report.unreadable
    assert unreadable.source.endswith("broken.txt")
    assert unreadable.reason


Edited = tuple[Library, BuildReport, list[tuple[str, int, int]]]


@pytest.fixture(scope="module")
def edited(built_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Edited:
    """A library after one build, with that build's report and progress.

    Before it, a file was added, one changed, one removed and one renamed; of two JSON lines one
    was removed and the other has a new author.
    """
    library = copy_library(built_library, tmp_path_factory.mktemp("edited"))
    library.write("moon.txt", MOON)
    library.write("owl.txt", WALRUS)
    (library.articles / "ferry.txt").unlink()
    (library.articles / "bread.txt").rename(library.articles / "loaf.txt")
    lamps = LIBRARY["lamps.jsonl"]
    assert not isinstance(lamps, str)
    library.write("lamps.jsonl", [{**lamps[1], "author": "Cy Orme"}])
    seen: list[tuple[str, int, int]] = []
    report = library.build(progress=lambda *step: seen.append(step))
    return library, report, seen


def test_only_what_is_new_is_embedded(edited: Edited) -> None:
    """The added and the changed text cost an embedding; a new name or author costs none."""
    _, report, _ = edited
    assert (report.added, report.changed, report.removed, report.unchanged) == (2, 2, 3, 0)
    assert (report.embedded, report.passages) == (2, 4)


def test_new_metadata_is_seen(edited: Edited) -> None:
    """A renamed file is cited under its new name, an article under its new author."""
    opened = open_index(edited[0].index)
    assert opened.search("How long does the loaf bake?")[0].article.origin.endswith("loaf.txt")
    assert opened.search("green glass")[0].article.author == "Cy Orme"


def test_what_is_new_is_found_and_what_is_gone_is_not(edited: Edited) -> None:
    """Search, list and full text hold the new articles and no trace of the old."""
    opened = open_index(edited[0].index)
    assert first(opened, "What lifts the sea?") == "Tides of the moon"
    assert first(opened, "What lies on the slipway?") == "The walrus of Marrowby"
    assert titles(opened) == {
        "Tides of the moon", "The walrus of Marrowby", "A loaf without salt", "Glass lamps",
    }  # fmt: skip
    text = " ".join(hit.text for hit in opened.search("the ferry and the owl's voles", 50))
    assert "ferry" not in text
    assert "voles" not in text
    with opened.view() as view:
        assert view.unknown_words("owl voles ferry walrus moon") == ["owl", "voles", "ferry"]
        assert view.article("lamp-1") is None
        assert view.passages("lamp-1") == []
    hits = opened.search("green glass")
    assert [hit.article.id for hit in hits if hit.lexical > 0] == ["lamp-2"]


def test_any_chroma_client_sees_the_same_passages(edited: Edited, tmp_path: Path) -> None:
    """Opened with LangChain's own Chroma, the vectors hold exactly the catalogue's passages."""
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    folder = shutil.copytree(edited[0].generation, tmp_path / "copy")
    store = Chroma(
        "passages",
        load_embedder(IndexSettings()),  # type: ignore[arg-type]  # one by its methods
        persist_directory=str(folder),
        client_settings=Settings(anonymized_telemetry=False),
    )
    (found,) = store.similarity_search("What lifts the sea?", 1)
    assert found.metadata["title"] == "Tides of the moon"
    stored = store.get()
    with open_index(edited[0].index).view() as view:
        rows = [
            (passage.id, article.text[passage.start : passage.end], info)
            for info in view.articles()
            if (article := view.article(info.id))
            for passage in view.passages(info.id)
        ]
    assert dict(zip(stored["ids"], stored["documents"], strict=True)) == {
        passage: text for passage, text, _ in rows
    }
    metadata = dict(zip(stored["ids"], stored["metadatas"], strict=True))
    for passage, text, info in rows:
        assert metadata[passage]["title"] == info.title
        assert metadata[passage]["author"] == (info.author or "")
        assert metadata[passage]["end"] - metadata[passage]["start"] == len(text)


def test_progress_is_told_by_stages(edited: Edited) -> None:
    """Reading, cutting, embedding, writing, in this order, each up to its total."""
    stages = list(dict.fromkeys(stage for stage, _, _ in edited[2]))
    assert stages == ["reading", "cutting", "embedding", "writing"]
    for stage in stages:
        steps = [(done, total) for each, done, total in edited[2] if each == stage]
        assert steps[-1][0] == steps[-1][1] > 0
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_without_arguments_the_last_sources_are_built(library: Library) -> None:
    """The index remembers what it was made from."""
    assert build_index([], library.index).unchanged == 5


def test_the_last_sources_are_those_of_the_last_build(library: Library) -> None:
    """Also when that build had nothing to do."""
    files = [library.articles / name for name in LIBRARY if name != "broken.txt"]
    assert build_index(files, library.index).unchanged == 5
    assert open_index(library.index).status().sources == tuple(map(str, files))


def test_folders_may_be_named_by_strings(make_articles: MakeArticles, tmp_path: Path) -> None:
    """As people write them in Python; one source need not be put into a list."""
    articles, index = str(make_articles({"walrus.txt": WALRUS})), str(tmp_path / "index")
    assert build_index(articles, index).added == 1
    assert build_index([articles], index).unchanged == 1
    assert rebuild_index(Path(articles), index).added == 1
    assert plan_build(articles, index).unchanged == 1
    assert [each.info.title for each in list_index(index)] == ["The walrus of Marrowby"]
    assert verify_index(index).differences == ()
    assert open_index(index).status().articles == 1


def test_a_link_to_a_folder_is_followed_anew(library: Library, make_articles: MakeArticles) -> None:
    """Articles named by a link are read where it points now, not where it once did."""
    link = library.index / "current"
    link.symlink_to(library.articles)
    build_index([link], library.index)
    link.unlink()
    link.symlink_to(make_articles({"moon.txt": MOON}, "other"))
    build_index([], library.index)
    assert library.found("What lifts the sea?") == "Tides of the moon"


def test_a_file_name_need_not_be_utf_8(library: Library) -> None:
    """On Linux a file name is bytes; an odd one does not stop the build."""
    (library.articles / os.fsdecode(b"caf\xe9.txt")).write_text(MOON, "utf-8")
    assert library.build().added == 1
    assert library.found("What lifts the sea?") == "Tides of the moon"


def test_a_file_may_vanish_while_it_is_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that changes during the build is no reason to fail, or to blame the index."""
    read_bytes = Path.read_bytes

    def read_and_remove(path: Path) -> bytes:
        data = read_bytes(path)
        if path.name == "ferry.txt":
            path.unlink()
        return data

    monkeypatch.setattr(Path, "read_bytes", read_and_remove)
    assert library.build().unchanged >= 4


# What a build leaves alone


def test_no_code_is_taken_from_the_working_folder(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A downloaded folder of articles may hold a chromadb.py; it is never run."""
    (tmp_path / "chromadb.py").write_text("open('was run', 'w')", "utf-8")
    monkeypatch.chdir(tmp_path)
    library.write("moon.txt", MOON)
    library.build()
    assert not (tmp_path / "was run").exists()


def test_an_index_of_one_passage_stays_as_it_is(
    tmp_path: Path, make_articles: MakeArticles, caplog: pytest.LogCaptureFixture
) -> None:
    """Asked again and again, the smallest index of all is not found damaged."""
    index = tmp_path / "index"
    build_index([make_articles({"moon.txt": "The moon lifts the sea."})], index)
    for _ in range(3):
        assert open_index(index).search("What lifts the sea?")[0].text == "The moon lifts the sea."
    assert verify_index(index).differences == ()
    assert not caplog.records


def test_a_build_that_changes_nothing_writes_nothing(library: Library) -> None:
    """Not even into the catalogue: whoever watches the folder must not be woken by it."""
    path = library.index / "catalogue.sqlite3"
    library.build()
    before = path.stat()
    library.build()
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_damage_in_chromas_own_database_stops_no_build(library: Library) -> None:
    """What is copied from the live vectors is checked; if it is damaged, all are written anew."""
    with closing(sqlite3.connect(library.generation / "chroma.sqlite3")) as database, database:
        database.execute("DELETE FROM embeddings WHERE id IN (SELECT id FROM embeddings LIMIT 2)")
    library.write("moon.txt", MOON)
    assert library.build().added == 1
    assert verify_index(library.index).differences == ()


def test_the_folder_may_be_left(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that was opened by a relative path is still open elsewhere."""
    monkeypatch.chdir(library.index)
    opened = open_index(Path())
    monkeypatch.chdir("/")
    assert first(opened, "What does the owl eat?") == "The owl of Marrowby"
