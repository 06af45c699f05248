"""Articles, passages and vectors → the catalogue: the writing side, one builder at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass

import numpy as np

from index.catalogue.database import Catalogue
from index.catalogue.rows import checksum
from index.catalogue.snapshot import Snapshot
from index.types import Article, FileState, Passage, Vectors
from index.words import terms


@dataclass(frozen=True, slots=True)
class PlacedPassage:
    """A passage with the digest of what was embedded for it."""

    passage: Passage
    vector: str


@contextmanager
def open_writer(catalogue: Catalogue) -> Iterator[CatalogueWriter]:
    """Open a catalogue for writing.

    Raises:
        IndexDamagedError: It is damaged.
        StorageError: It cannot be written.
    """
    with catalogue.connect_to_write() as connection:
        yield CatalogueWriter(connection)


class CatalogueWriter(Snapshot):
    """Writing: what is put between ``begin`` and ``commit`` appears at once or not at all.

    Attributes:
        added: Ids of the passages put since ``begin``.
        removed: Ids of the passages removed since ``begin``.
    """

    def begin(self) -> None:
        """Start the transaction."""
        self._db.execute("BEGIN IMMEDIATE")
        self.added: list[str] = []
        self.removed: list[str] = []

    def commit(self) -> None:
        """The commit point: before it nothing has changed, after it everything has."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Undo what was put since ``begin``."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def set_meta(self, key: str, value: str) -> None:
        """Set a value of the catalogue's own settings."""
        self._put_rows("INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", [(key, value)])

    def set_sources(self, sources: Sequence[str]) -> None:
        """Remember the files, folders and addresses that the articles come from."""
        self.set_meta("sources", json.dumps(sources))

    def put_vectors(self, vectors: Iterable[tuple[str, Vectors, Vectors]]) -> None:
        """Store ``(digest, passage vector, sentence vectors)``; harmless to any reader."""
        # Sentence vectors only rank sentences: half precision keeps their order.
        rows = (
            (digest, passage.astype(np.float32).tobytes(), sentences.astype(np.float16).tobytes())
            for digest, passage, sentences in vectors
        )
        self._put_rows("INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)", rows)

    def put_article(self, article: Article, passages: Sequence[PlacedPassage]) -> None:
        """Add an article with its passages; one of the same id must have been removed."""
        info = article.info
        body = (
            article.text,
            json.dumps(article.sections, ensure_ascii=False),
            json.dumps(article.pages),
        )
        facts = (*astuple(info), article.digest, len(passages), checksum(*body))
        self._db.execute(
            "INSERT INTO article (id, title, source, origin, author, published, language, digest, "
            "passages, text_checksum, checksum, text, sections, pages) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*facts, checksum(*facts), *body),
        )
        for placed in passages:
            passage = placed.passage
            text = article.text[passage.start : passage.end]
            row = (
                passage.id, info.id, passage.start, passage.end,
                json.dumps(passage.sentences), placed.vector,
                article.headline_at(passage.start), checksum(text),
            )  # fmt: skip
            cursor = self._db.execute(
                'INSERT INTO passage (id, article, start, "end", sentences, vector, '
                "headline, text_checksum, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, checksum(*row)),
            )
            self._db.execute(
                "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
                (cursor.lastrowid, *indexed_words(article, passage)),
            )
            self.added.append(passage.id)

    def remove_article(self, article_id: str) -> None:
        """Remove an article with its passages."""
        article = self.article(article_id)
        if article is None:
            return
        numbers = self._db.execute(
            "SELECT id, number FROM passage WHERE article = ?", (article_id,)
        )
        number_of = dict(numbers.fetchall())
        self.removed += number_of
        for passage in self.passages(article_id):
            # A contentless full-text table forgets a row only when told what the row held.
            self._db.execute(
                "INSERT INTO words (words, rowid, title, body) VALUES ('delete', ?, ?, ?)",
                (number_of[passage.id], *indexed_words(article, passage)),
            )
        self._db.execute("DELETE FROM passage WHERE article = ?", (article_id,))
        self._db.execute("DELETE FROM article WHERE id = ?", (article_id,))

    def remove_all_articles(self) -> None:
        """Remove everything that is indexed, without looking at it: it may be damaged."""
        self._db.execute("INSERT INTO words (words) VALUES ('delete-all')")
        self._db.execute("DELETE FROM passage")
        self._db.execute("DELETE FROM article")

    def seal_words(self) -> None:
        """Store the checksum of the full-text index, which has none of its own."""
        self._db.execute("SAVEPOINT words")  # makes FTS5 write what it still holds in memory
        self._db.execute("RELEASE words")
        self.set_meta("words", self.words_checksum())

    def put_files(self, states: Iterable[FileState]) -> None:
        """Store the state of all files that were read, and forget all others."""
        self._db.execute("DELETE FROM file")
        rows = ((*astuple(state)[:4], int(state.sound)) for state in states)
        self._put_rows("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)", rows)

    def put_build(self, finished: str, generation: str, report: str) -> None:
        """Add a line to the build history."""
        self._put_rows(
            "INSERT INTO build (finished, generation, report, checksum) VALUES (?, ?, ?, ?)",
            [(finished, generation, report)],
        )

    def forget_unused_vectors(self) -> None:
        """Delete the vectors that no passage uses any more."""
        self._db.execute("DELETE FROM vector WHERE digest NOT IN (SELECT vector FROM passage)")

    def _put_rows(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self._db.executemany(statement, ((*row, checksum(*row)) for row in rows))


def indexed_words(article: Article, passage: Passage) -> tuple[str, str]:
    """Return what the full-text index holds of a passage: its headline's words and its own."""
    body = article.text[passage.start : passage.end]
    return " ".join(terms(article.headline_at(passage.start))), " ".join(terms(body))
