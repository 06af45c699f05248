"""The catalogue: one SQLite file that holds everything that cannot be made again cheaply.

Articles, passages, vectors and the full-text index go in and come out here, and one transaction
commits them together with the name of the vector generation that belongs to them. Each question
reads through one ``Snapshot``, a read transaction, and so never sees half of a commit.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from index.errors import IndexDamagedError, IndexMissingError, StorageError
from index.types import Article, ArticleInfo, Passage, Span, Vectors

FILE_NAME = "catalogue.sqlite3"

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE article (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT NOT NULL, origin TEXT NOT NULL,
    author TEXT, published TEXT, digest TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE passage (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    article TEXT NOT NULL REFERENCES article (id), start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    sentences TEXT NOT NULL, vector TEXT NOT NULL);
CREATE INDEX passage_article ON passage (article);
CREATE TABLE vector (
    digest TEXT PRIMARY KEY, passage BLOB NOT NULL, sentences BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL,
    digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE build (
    number INTEGER PRIMARY KEY, finished TEXT NOT NULL, generation TEXT NOT NULL,
    report TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (title, body, content='', tokenize='ascii');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
"""

_INFO = "article.id, title, source, origin, author, published"
_PASSAGE = 'passage.id, article, start, "end", passage.sentences'
TITLE_WEIGHT = 0.5
"""Weight of a title's words against the body's in BM25."""


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as it is stored, with its vectors.

    Attributes:
        passage: The passage.
        article: The article it belongs to.
        text: Its text.
        vector: ``(dimension,)``, unit length.
        sentences: ``(sentences, dimension)``, unit length.
    """

    passage: Passage
    article: ArticleInfo
    text: str
    vector: Vectors
    sentences: Vectors


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was when it was read: to see later whether it has changed."""

    path: str
    size: int
    modified: int
    digest: str


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences for a person."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            raise _damaged(path) from error
        raise StorageError(
            f"The index in {path.parent} cannot be read or written ({error}); check the folder's "
            f"permissions and the free space on its disk."
        ) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> IndexDamagedError:
    return IndexDamagedError(
        f"The catalogue {path} is damaged; run `assistant index rebuild ARTICLES` with your "
        f"articles to make the index again."
    )


class Catalogue:
    """The catalogue of one index folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME

    @classmethod
    def open(cls, folder: Path) -> Catalogue:
        """Open the catalogue of an index; it is never created here.

        Raises:
            IndexMissingError: There is none.
        """
        catalogue = cls(folder)
        catalogue._require()
        return catalogue

    def remove(self) -> None:
        """Delete the catalogue's files, for a rebuild after damage."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Open a read transaction: all that is read through it is of one commit.

        Raises:
            IndexMissingError: The catalogue is not there (any more).
        """
        self._require()
        with _translated(self.path), closing(self._connect("rw")) as connection:
            connection.execute("BEGIN")
            # A transaction starts with its first read.
            connection.execute("SELECT count(*) FROM meta").fetchone()
            yield Snapshot(connection)

    @contextmanager
    def connect_to_write(self) -> Iterator[sqlite3.Connection]:
        """Open a connection for a ``Writer``; the tables are made where they are missing."""
        with _translated(self.path), closing(self._connect("rwc")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            yield connection

    def _require(self) -> None:
        if not self.path.is_file():
            raise IndexMissingError(
                f"There is no index in {self.path.parent} yet; make one with "
                f"`assistant index build ARTICLES --index {self.path.parent}`."
            )

    def _connect(self, mode: Literal["rw", "rwc"]) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",  # sqlite3 would create what is missing
            uri=True,
            timeout=30,
            isolation_level=None,
            # A page's generator may be resumed in another thread, though never in two at once.
            check_same_thread=False,
        )


class Snapshot:
    """Reading: everything as of one commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def meta(self, key: str) -> str | None:
        """Return a value of the catalogue's own settings, or None."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def count(self, table: str) -> int:
        """Return the number of rows of ``article``, ``passage`` or ``vector``."""
        row = self._db.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(row[0])

    def digests(self) -> dict[str, str]:
        """Return article id → digest."""
        return dict(self._db.execute("SELECT id, digest FROM article"))

    def articles(self) -> list[ArticleInfo]:
        """Return all articles without their texts, newest first, undated last."""
        rows = self._db.execute(
            f"SELECT {_INFO} FROM article ORDER BY published IS NULL, published DESC, title"
        )
        return [ArticleInfo(*row) for row in rows]

    def article(self, article_id: str) -> Article | None:
        """Return an article, or None."""
        row = self._db.execute(
            f"SELECT {_INFO}, text FROM article WHERE id = ?", (article_id,)
        ).fetchone()
        return Article(ArticleInfo(*row[:6]), row[6]) if row else None

    def passages(self, article_id: str) -> list[Passage]:
        """Return an article's passages in reading order."""
        rows = self._db.execute(
            f"SELECT {_PASSAGE} FROM passage WHERE article = ? ORDER BY start", (article_id,)
        )
        return [_passage(row) for row in rows]

    def passage_rows(self, ids: Sequence[str]) -> list[PassageRow]:
        """Return the passages with these ids, in the order given; unknown ids are left out."""
        rows = self._db.execute(
            f'SELECT {_PASSAGE}, {_INFO}, substr(text, start + 1, "end" - start), '
            "vector.passage, vector.sentences "
            "FROM passage JOIN article ON article.id = article "
            "JOIN vector ON vector.digest = passage.vector "
            "WHERE passage.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        found = {row[0]: _passage_row(row) for row in rows}
        return [found[each] for each in ids if each in found]

    def all_vectors(self) -> Iterator[tuple[Passage, ArticleInfo, str, Vectors]]:
        """Yield every passage with its article, text and vector, for writing a generation."""
        rows = self._db.execute(
            f'SELECT {_PASSAGE}, {_INFO}, substr(text, start + 1, "end" - start), vector.passage '
            "FROM passage JOIN article ON article.id = article "
            "JOIN vector ON vector.digest = passage.vector ORDER BY passage.number"
        )
        for row in rows:
            vector = np.frombuffer(row[12], dtype=np.float32)
            yield _passage(row[:5]), ArticleInfo(*row[5:11]), row[11], vector

    def lexical(self, query_terms: Sequence[str], limit: int) -> dict[str, float]:
        """Return passage id → BM25 score of the passages that hold any of the words."""
        if not query_terms:
            return {}
        query = " OR ".join(f'"{term}"' for term in query_terms)
        rows = self._db.execute(
            "SELECT passage.id, -best.score FROM (SELECT rowid AS row, bm25(words, ?, 1.0) AS score"
            " FROM words WHERE words MATCH ? ORDER BY score LIMIT ?) AS best "
            "JOIN passage ON passage.number = best.row",
            (TITLE_WEIGHT, query, limit),
        )
        return {str(passage): float(score) for passage, score in rows}

    def document_frequency(self, query_terms: Sequence[str]) -> dict[str, int]:
        """Return word → number of passages that hold it."""
        rows = self._db.execute(
            "SELECT term, doc FROM vocabulary WHERE term IN (SELECT value FROM json_each(?))",
            (json.dumps(list(query_terms)),),
        )
        return {str(term): int(count) for term, count in rows}

    def file(self, path: str) -> FileState | None:
        """Return a file's state when it was read, or None."""
        row = self._db.execute(
            "SELECT path, size, modified, digest FROM file WHERE path = ?", (path,)
        ).fetchone()
        return FileState(*row) if row else None

    def known_vectors(self, digests: Iterable[str]) -> set[str]:
        """Return which of these digests are embedded already."""
        rows = self._db.execute(
            "SELECT digest FROM vector WHERE digest IN (SELECT value FROM json_each(?))",
            (json.dumps(list(digests)),),
        )
        return {str(row[0]) for row in rows}


def _passage(row: Sequence[str]) -> Passage:
    identifier, article, start, end, sentences = row
    spans = tuple(Span(*span) for span in json.loads(sentences))
    return Passage(identifier, article, int(start), int(end), spans)


def _passage_row(row: Sequence[object]) -> PassageRow:
    passage = _passage(row[:5])  # type: ignore[arg-type]
    vector = np.frombuffer(row[12], dtype=np.float32)  # type: ignore[call-overload]
    sentences = np.frombuffer(row[13], dtype=np.float16)  # type: ignore[call-overload]
    return PassageRow(
        passage=passage,
        article=ArticleInfo(*row[5:11]),  # type: ignore[arg-type]
        text=str(row[11]),
        vector=vector,
        sentences=sentences.astype(np.float32).reshape(len(passage.sentences), -1),
    )
