"""Building: only what is new is done, all of it or none, by one builder at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import LIBRARY, ROOT, Library, MakeArticles, copy_library

from index import BuildReport, Index, UserError, View, build_index, open_index, rebuild_index
from index.errors import (
    ArticlesNotFoundError,
    IndexBusyError,
    IndexDamagedError,
    IndexMissingError,
    ModelMismatchError,
    ModelUnavailableError,
    StorageError,
)
from index.models import load_embedder
from index.settings import IndexSettings

MOON = "Tides of the moon\n\nThe moon lifts the sea twice a day. Harbours note the hour.\n"
WALRUS = "The walrus of Marrowby\n\nA walrus lies on the slipway. It will not move for anyone.\n"


def first(opened: Index | View, question: str) -> str:
    return opened.search(question)[0].article.title


def titles(opened: Index) -> set[str]:
    with opened.view() as view:
        return {info.title for info in view.articles()}


def catalogue(library: Library) -> Path:
    return library.index / "catalogue.sqlite3"


def set_meta(library: Library, key: str, value: str) -> None:
    with closing(sqlite3.connect(catalogue(library))) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))


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
    library.write("lamps.jsonl", [{**LIBRARY["lamps.jsonl"][1], "author": "Cy Orme"}])
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
        load_embedder(IndexSettings()),
        persist_directory=str(folder),
        client_settings=Settings(anonymized_telemetry=False),
    )
    (found,) = store.similarity_search("What lifts the sea?", 1)
    assert found.metadata["title"] == "Tides of the moon"
    stored = store.get()
    with open_index(edited[0].index).view() as view:
        rows = [
            (passage.id, view.article(info.id).text[passage.start : passage.end], info)
            for info in view.articles()
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


# What a build refuses


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


# One builder at a time, and what a crash leaves

BUILDER = """
import sys
from pathlib import Path
from index import build_index

def tell(stage, done, total):
    print(stage, flush=True)
    if stage == sys.argv[3]:
        sys.stdin.readline()

build_index([Path(sys.argv[1])], Path(sys.argv[2]), progress=tell)
"""


class Builder:
    """A build in a process of its own, which waits at a stage until it is told to go on."""

    def __init__(self, library: Library, stage: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", BUILDER, str(library.articles), str(library.index), stage],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert stage in iter(lambda: self.process.stdout.readline().strip(), "")

    def go_on(self) -> None:
        self.process.stdin.write("\n" * 100)
        self.process.stdin.flush()

    def kill(self) -> None:
        """As the power cord does: SIGKILL, no clean-up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def test_a_second_builder_is_sent_away(library: Library) -> None:
    """The message names the process; questions are still answered; a dead one blocks nobody."""
    opened = open_index(library.index)
    builder = Builder(library, "reading")
    try:
        with pytest.raises(IndexBusyError, match=f"process {builder.process.pid}"):
            library.build()
        with pytest.raises(IndexBusyError):
            rebuild_index([library.articles], library.index)
        assert first(opened, "What does the owl eat?") == "The owl of Marrowby"
    finally:
        builder.kill()
    assert library.build().unchanged == 5


def test_a_killed_build_leaves_the_old_index(library: Library) -> None:
    """At whatever moment the builder dies, the index answers as before; the next build completes.

    What the dead builder had embedded is not embedded again, and its half-written vectors go.
    """
    opened, old = open_index(library.index), library.generation.name
    library.write("moon.txt", MOON)
    # Behind "writing" the new vectors are checked: the last two die in the middle of that.
    for stage, delay in [("embedding", 0.0), ("writing", 0.1), ("writing", 0.5)]:
        builder = Builder(library, stage)
        if delay:
            builder.go_on()
            time.sleep(delay)
        builder.kill()
        assert first(opened, "What does the owl eat?") == "The owl of Marrowby"
        assert library.found("Who needs flour and water?") == "A loaf without salt"
    assert library.build().embedded == 0
    assert first(opened, "What lifts the sea?") == "Tides of the moon"
    left = {each.name for each in (library.index / "vectors").iterdir()}
    assert left <= {old, library.generation.name}


def test_a_first_build_that_was_killed(library: Library) -> None:
    """An index that was never finished is said to be so."""
    shutil.rmtree(library.index)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.build(progress=stop)
    with pytest.raises(IndexMissingError, match="assistant index build"):
        open_index(library.index)


def test_a_build_can_be_tried_again(library: Library) -> None:
    """After a build was stopped, the same process can build."""

    def stop(stage: str, *_: object) -> None:
        if stage == "writing":
            raise KeyboardInterrupt

    library.write("moon.txt", MOON)
    with pytest.raises(KeyboardInterrupt):
        library.build(progress=stop)
    assert library.found("What does the owl eat?") == "The owl of Marrowby"
    assert library.build().added == 1


def test_no_code_is_taken_from_the_working_folder(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A downloaded folder of articles may hold a chromadb.py; it is never run."""
    (tmp_path / "chromadb.py").write_text("open('was run', 'w')", "utf-8")
    monkeypatch.chdir(tmp_path)
    library.write("moon.txt", MOON)
    library.build()
    assert not (tmp_path / "was run").exists()


# Damage


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribble(path: Path) -> None:
    path.write_bytes(b"garbage " * 100 + path.read_bytes()[800:])


def zero_the_last_quarter(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: -len(data) // 4] + bytes(len(data) // 4))


DAMAGE = [
    ("*/data_level0.bin", truncate),
    ("*/header.bin", scribble),
    ("*/length.bin", Path.unlink),
    ("chroma.sqlite3", scribble),
    ("chroma.sqlite3", truncate),
    ("chroma.sqlite3", Path.unlink),
    ("seal.json", truncate),
    ("seal.json", Path.unlink),
    pytest.param(
        "chroma.sqlite3",
        zero_the_last_quarter,
    ),
    ("", shutil.rmtree),
]


def damage_vectors(library: Library, pattern: str, harm: Callable[[Path], object]) -> None:
    folder = library.generation
    harm(next(folder.glob(pattern)) if pattern else folder)


@pytest.mark.parametrize(("pattern", "harm"), DAMAGE)
def test_damaged_vectors_are_noticed(
    library: Library, pattern: str, harm: Callable[[Path], object]
) -> None:
    """Whatever has happened to the vectors, a question ends in a sentence with the remedy."""
    damage_vectors(library, pattern, harm)
    with pytest.raises(IndexDamagedError, match="assistant index build"):
        library.found("What does the owl eat?")


@pytest.mark.parametrize(("pattern", "harm"), [DAMAGE[0], DAMAGE[-1]])
def test_damaged_vectors_are_written_again(
    library: Library, pattern: str, harm: Callable[[Path], object]
) -> None:
    """A build repairs them from the catalogue and embeds nothing."""
    damage_vectors(library, pattern, harm)
    report = library.build()
    assert (report.unchanged, report.embedded, report.passages) == (5, 0, 5)
    assert library.found("What does the owl eat?") == "The owl of Marrowby"


def test_a_generation_being_removed_is_no_crash(library: Library) -> None:
    """A reader that comes while a builder removes its generation gets a sentence."""
    with (library.generation / "seal.json").open("rb") as seal:
        fcntl.flock(seal, fcntl.LOCK_EX)
        with pytest.raises(UserError):
            library.found("What does the owl eat?")


@pytest.mark.parametrize("harm", [scribble, truncate])
def test_a_damaged_catalogue_is_made_again(
    library: Library, harm: Callable[[Path], object]
) -> None:
    """It is noticed by readers and builders; a rebuild from the articles repairs it."""
    harm(catalogue(library))
    for work in (open_index, lambda folder: build_index([library.articles], folder)):
        with pytest.raises(IndexDamagedError, match="assistant index rebuild"):
            work(library.index)
    report = rebuild_index([library.articles], library.index)
    assert (report.added, report.passages) == (5, 5)
    assert library.found("What does the owl eat?") == "The owl of Marrowby"


def test_a_catalogue_damaged_inside_is_made_again(library: Library) -> None:
    """A rebuild repairs also what it does not look at first."""
    path = catalogue(library)
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'vector'"
        ).fetchone()
    data = path.read_bytes()
    path.write_bytes(data[: (root - 1) * size] + b"\xaa" * size + data[root * size :])
    rebuild_index([library.articles], library.index)
    assert library.found("What does the owl eat?") == "The owl of Marrowby"


def test_a_catalogue_can_be_made_again_while_it_is_read(library: Library) -> None:
    """A chat that is open does not stand in the way of the rebuild, and moves on to it."""
    opened = open_index(library.index)
    assert first(opened, "What does the owl eat?") == "The owl of Marrowby"
    library.write("moon.txt", MOON)
    scribble(catalogue(library))
    rebuild_index([library.articles], library.index)
    assert first(opened, "What lifts the sea?") == "Tides of the moon"


# Readers while a build goes on


@pytest.fixture
def asking(library: Library) -> Iterator[tuple[Index, list[BaseException]]]:
    """An open index of which two threads ask questions all the time; their failures."""
    opened, failures, enough = open_index(library.index), [], threading.Event()

    def ask() -> None:
        try:
            while not enough.wait(0.02):
                assert first(opened, "How long does the loaf bake?") == "A loaf without salt"
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test must hear of it
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    yield opened, failures
    enough.set()
    for thread in threads:
        thread.join()


def test_an_open_index_moves_to_the_new_articles(
    library: Library, asking: tuple[Index, list[BaseException]]
) -> None:
    """Whoever asks during a build is answered, and the next question sees the new articles."""
    opened, failures = asking
    library.write("moon.txt", MOON)
    library.build()
    assert first(opened, "What lifts the sea?") == "Tides of the moon"
    time.sleep(0.1)
    assert not failures


def test_a_held_view_keeps_its_own_state(library: Library) -> None:
    """A question sees one commit from beginning to end; what it used is removed afterwards."""
    opened, old = open_index(library.index), library.generation
    with opened.view() as view:
        library.write("moon.txt", MOON)
        (library.articles / "owl.txt").unlink()
        library.build()
        assert first(view, "What does the owl eat?") == "The owl of Marrowby"
        assert view.unknown_words("moon owl") == ["moon"]
        assert view.article(view.articles()[0].id)
        assert first(opened, "What lifts the sea?") == "Tides of the moon"
        assert old.is_dir()
    library.write("owl.txt", WALRUS)
    library.build()
    assert not old.exists()
    assert first(opened, "What lies on the slipway?") == "The walrus of Marrowby"
