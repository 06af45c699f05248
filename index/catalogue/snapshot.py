"""The reading side of the catalogue: everything as of one commit.

Each question reads through one ``Snapshot``, a read transaction, and so never sees half of a
commit.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.catalogue.full_text import FullText
from index.catalogue.rows import (
    ARTICLE,
    BUILD,
    FILE,
    INFO,
    META,
    PASSAGE,
    PASSAGE_ROW,
    VECTOR,
    is_sound,
    is_sound_article,
    read_article,
    read_file,
    read_info,
    read_passage,
    read_passage_row,
    require,
)
from index.types import (
    Article,
    ArticleInfo,
    FileState,
    Passage,
    PassageRow,
    Period,
    Progress,
    Vectors,
)

_PASSAGE_ROWS = (
    f"SELECT {PASSAGE_ROW} FROM passage JOIN article ON article.id = article "
    "JOIN vector ON vector.digest = passage.vector"
)

_CHECKED = {"passage": PASSAGE, "file": FILE, "meta": META, "build": BUILD}


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article as the catalogue knows it: its digest tells whether it has changed since."""

    info: ArticleInfo
    digest: str
    passages: int


class Snapshot(FullText):
    """Reading: everything as of one commit, the full-text index too."""

    def check(self) -> None:
        """Look through the whole file for damage.

        Raises:
            IndexDamagedError: There is some (raised on leaving the catalogue).
        """
        verdict = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)

    def meta(self, key: str) -> str | None:
        """Return a value of the catalogue's own settings, or None."""
        row = self._db.execute(f"SELECT {META} FROM meta WHERE key = ?", (key,)).fetchone()
        require(row is None or is_sound(row))
        return str(row[1]) if row else None

    def required_meta(self, key: str) -> str:
        """Return a value of the catalogue's own settings that every finished build sets.

        Raises:
            IndexDamagedError: It is not there (raised on leaving the catalogue).
        """
        value = self.meta(key)
        if value is None:
            raise sqlite3.DatabaseError(f"{key} is missing")
        return value

    def sources(self) -> tuple[str, ...]:
        """Return the files, folders and addresses of the last build."""
        return tuple(json.loads(self.meta("sources") or "[]"))

    def count(self, table: str) -> int:
        """Return the number of rows of ``article``, ``passage``, ``vector`` or ``build``."""
        row = self._db.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(row[0])

    def indexed(self) -> dict[str, IndexedArticle]:
        """Return article id → what is indexed under it."""
        rows = self._db.execute(f"SELECT {INFO} FROM article ORDER BY article.rowid")
        indexed = {str(row[0]): IndexedArticle(read_info(row), row[7], row[8]) for row in rows}
        require(len(indexed) == self.count("article"))
        return indexed

    def articles(self) -> list[ArticleInfo]:
        """Return all articles without their texts, newest first, undated last."""
        rows = self._db.execute(
            f"SELECT {INFO} FROM article ORDER BY published IS NULL, published DESC, title"
        )
        articles = [read_info(row) for row in rows]
        require(len(articles) == self.count("article"))
        return articles

    def newest(self) -> str | None:
        """Return the date of the newest article, or None where most have no date."""
        newest, dated, total = self._db.execute(
            "SELECT max(published), count(published), count(*) FROM article"
        ).fetchone()
        return str(newest) if 2 * dated > total else None

    def article(self, article_id: str) -> Article | None:
        """Return an article, or None."""
        row = self._db.execute(
            f"SELECT {ARTICLE} FROM article WHERE id = ?", (article_id,)
        ).fetchone()
        return read_article(row) if row else None

    def texts(self) -> Iterator[Article]:
        """Yield every article with its text."""
        for row in self._db.execute(f"SELECT {ARTICLE} FROM article ORDER BY rowid"):
            yield read_article(row)

    def passages(self, article_id: str) -> list[Passage]:
        """Return an article's passages in reading order."""
        rows = self._db.execute(
            f"SELECT {PASSAGE} FROM passage WHERE article = ? ORDER BY start", (article_id,)
        )
        passages = [read_passage(row) for row in rows]
        stored = self._db.execute("SELECT passages FROM article WHERE id = ?", (article_id,))
        require(len(passages) == (stored.fetchone() or (0,))[0])
        return passages

    def passage_ids(self) -> list[str]:
        """Return the ids of all passages, in the order in which they were stored."""
        return [str(row[0]) for row in self._db.execute("SELECT id FROM passage ORDER BY number")]

    def passage_rows(self, ids: Sequence[str]) -> list[PassageRow]:
        """Return the passages with these ids, in the order given; unknown ids are left out."""
        rows = self._db.execute(
            f"{_PASSAGE_ROWS} WHERE passage.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        row_of = {row[0]: read_passage_row(row) for row in rows}
        if len(row_of) < len(ids):
            # Looked for without SQLite's own indexes, which carry no checksums.
            stored = self._db.execute(
                "SELECT count(*) FROM passage NOT INDEXED WHERE id IN "
                "(SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            )
            require(stored.fetchone()[0] == len(row_of))
        return [row_of[each] for each in ids if each in row_of]

    def all_vectors(self) -> Iterator[tuple[Passage, ArticleInfo, str, Vectors]]:
        """Yield every passage with its article, text and vector, for writing a generation."""
        for row in self._db.execute(f"{_PASSAGE_ROWS} ORDER BY passage.number"):
            stored = read_passage_row(row)
            yield stored.passage, stored.article, stored.text, stored.vector

    def passages_of(self, period: Period, limit: int) -> list[str]:
        """Return the ids of passages of a period's articles, those of the newest first."""
        rows = self._db.execute(
            "SELECT passage.id FROM article JOIN passage ON article = article.id "
            "WHERE published BETWEEN ? AND ? ORDER BY published DESC, number LIMIT ?",
            (period.first, period.last, limit),
        )
        return [str(row[0]) for row in rows]

    def check_words(self) -> None:
        """Look through the full-text index for damage.

        Raises:
            IndexDamagedError: There is some (raised on leaving the catalogue).
        """
        require(self.meta("words") == self.words_checksum())

    def file(self, path: str) -> FileState | None:
        """Return a file's state when it was read, or None."""
        row = self._db.execute(f"SELECT {FILE} FROM file WHERE path = ?", (path,)).fetchone()
        return read_file(row) if row else None

    def files(self) -> list[FileState]:
        """Return the states of all files when they were read."""
        return [read_file(row) for row in self._db.execute(f"SELECT {FILE} FROM file")]

    def builds(self, limit: int) -> list[tuple[str, str]]:
        """Return when the last builds finished, newest first, and what they did, as JSON."""
        rows = self._db.execute(
            f"SELECT {BUILD} FROM build ORDER BY number DESC LIMIT ?", (limit,)
        ).fetchall()
        require(all(map(is_sound, rows)))
        return [(str(finished), str(report)) for finished, _, report, _ in rows]

    def embedded_digests(self, digests: Iterable[str]) -> set[str]:
        """Return which of these digests are embedded already."""
        rows = self._db.execute(
            f"SELECT {VECTOR} FROM vector WHERE digest IN (SELECT value FROM json_each(?))",
            (json.dumps(list(digests)),),
        )
        return {str(row[0]) for row in rows if is_sound(row)}

    def damaged_rows(self, progress: Progress) -> Iterator[tuple[str, str]]:
        """Yield what is not as it was stored: what it is about, and which part of it."""
        self._db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        total = self.count("article")
        for done, row in enumerate(self._db.execute(f"SELECT {ARTICLE} FROM article"), start=1):
            if not is_sound_article(row):
                yield str(row[1]), "its text is not as it was stored"
            progress("verifying", done, total)
        yield from self._damaged_vectors()
        for table, columns in _CHECKED.items():
            for row in self._db.execute(f"SELECT {columns} FROM {table}"):
                if not is_sound(row):
                    yield f"{table} {row[0]}", "it is not as it was stored"
        self._db.text_factory = str

    def _damaged_vectors(self) -> Iterator[tuple[str, str]]:
        rows = self._db.execute(
            f"SELECT passage.id, {VECTOR} FROM passage "
            "LEFT JOIN vector ON vector.digest = passage.vector"
        )
        for passage, *row in rows:
            if row[0] is None:
                yield str(passage), "it is without vectors"
            elif not is_sound(row):
                yield str(passage), "its vectors are not as they were stored"
