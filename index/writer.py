"""Articles, passages and vectors → the catalogue: the writing side, one builder at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from index.catalogue import Catalogue, FileState, Snapshot
from index.types import Article, Passage, Vectors
from index.words import terms


@dataclass(frozen=True, slots=True)
class PlacedPassage:
    """A passage with the digest of what was embedded for it."""

    passage: Passage
    vector: str


@contextmanager
def open_writer(catalogue: Catalogue) -> Iterator[Writer]:
    """Open a catalogue for writing.

    Raises:
        IndexDamagedError: It is damaged.
        StorageError: It cannot be written.
    """
    with catalogue.connect_to_write() as connection:
        yield Writer(connection)


class Writer(Snapshot):
    """Writing: what is put between ``begin`` and ``commit`` appears at once or not at all."""

    def check(self) -> None:
        """Look through the whole file for damage.

        Raises:
            IndexDamagedError: There is some.
        """
        found = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)

    def begin(self) -> None:
        """Start the transaction."""
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """The commit point: before it nothing has changed, after it everything has."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Undo what was put since ``begin``."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def set_meta(self, key: str, value: str) -> None:
        """Set a value of the catalogue's own settings."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def put_vectors(self, vectors: Iterable[tuple[str, Vectors, Vectors]]) -> None:
        """Store ``(digest, passage vector, sentence vectors)``; harmless to any reader."""
        # Sentence vectors only rank sentences: half precision keeps their order.
        rows = [
            (digest, passage.astype(np.float32).tobytes(), sentences.astype(np.float16).tobytes())
            for digest, passage, sentences in vectors
        ]
        self._db.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)

    def put_article(self, article: Article, passages: Sequence[PlacedPassage]) -> None:
        """Add an article with its passages; one of the same id must have been removed."""
        info = article.info
        self._db.execute(
            "INSERT INTO article (id, title, source, origin, author, published, digest, text) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (info.id, info.title, info.source, info.origin, info.author, info.published,
             article.digest, article.text),
        )  # fmt: skip
        for placed in passages:
            passage = placed.passage
            cursor = self._db.execute(
                'INSERT INTO passage (id, article, start, "end", sentences, vector) '
                "VALUES (?, ?, ?, ?, ?, ?)",
                (passage.id, info.id, passage.start, passage.end,
                 json.dumps(passage.sentences), placed.vector),
            )  # fmt: skip
            self._db.execute(
                "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
                (cursor.lastrowid, *_indexed_words(article, passage)),
            )

    def remove_article(self, article_id: str) -> None:
        """Remove an article with its passages."""
        article = self.article(article_id)
        if article is None:
            return
        numbers = self._db.execute(
            "SELECT id, number FROM passage WHERE article = ?", (article_id,)
        )
        number_of = dict(numbers.fetchall())
        for passage in self.passages(article_id):
            # A contentless full-text table forgets a row only when told what the row held.
            self._db.execute(
                "INSERT INTO words (words, rowid, title, body) VALUES ('delete', ?, ?, ?)",
                (number_of[passage.id], *_indexed_words(article, passage)),
            )
        self._db.execute("DELETE FROM passage WHERE article = ?", (article_id,))
        self._db.execute("DELETE FROM article WHERE id = ?", (article_id,))

    def put_files(self, states: Iterable[FileState]) -> None:
        """Store the state of all files that were read, and forget all others."""
        self._db.execute("DELETE FROM file")
        self._db.executemany(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)",
            [(state.path, state.size, state.modified, state.digest) for state in states],
        )

    def put_build(self, finished: str, generation: str, report: str) -> None:
        """Add a line to the build history."""
        self._db.execute(
            "INSERT INTO build (finished, generation, report) VALUES (?, ?, ?)",
            (finished, generation, report),
        )

    def forget_unused_vectors(self) -> None:
        """Delete the vectors that no passage uses any more."""
        self._db.execute("DELETE FROM vector WHERE digest NOT IN (SELECT vector FROM passage)")


def _indexed_words(article: Article, passage: Passage) -> tuple[str, str]:
    body = article.text[passage.start : passage.end]
    return " ".join(terms(article.info.title)), " ".join(terms(body))
