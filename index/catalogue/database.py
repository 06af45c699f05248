"""The catalogue: one SQLite file that holds everything that cannot be made again cheaply.

Articles, passages, vectors and the full-text index go in and come out here, and one transaction
commits them together with the name of the vector generation that belongs to them. Reading goes
through a ``Snapshot``, writing through a ``CatalogueWriter``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from index.catalogue.snapshot import Snapshot
from index.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
    StorageError,
)
from index.file_stamps import Stamp, stamp_of
from index.layout import CATALOGUE

_VERSION = 4  # of the tables below, kept in SQLite's user_version
_SCHEMA = f"""
PRAGMA user_version = {_VERSION};
CREATE TABLE meta (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE article (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT NOT NULL, origin TEXT NOT NULL,
    author TEXT, published TEXT, language TEXT, digest TEXT NOT NULL,
    passages INTEGER NOT NULL, text_checksum INTEGER NOT NULL, checksum INTEGER NOT NULL,
    text TEXT NOT NULL, sections TEXT NOT NULL, pages TEXT NOT NULL);
CREATE TABLE passage (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    article TEXT NOT NULL REFERENCES article (id), start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    sentences TEXT NOT NULL, vector TEXT NOT NULL, headline TEXT NOT NULL,
    text_checksum INTEGER NOT NULL, checksum INTEGER NOT NULL);
CREATE INDEX passage_article ON passage (article);
CREATE TABLE vector (
    digest TEXT PRIMARY KEY, passage BLOB NOT NULL, sentences BLOB NOT NULL,
    checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL,
    digest TEXT NOT NULL, sound INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE build (
    number INTEGER PRIMARY KEY, finished TEXT NOT NULL, generation TEXT NOT NULL,
    report TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (title, body, content='', tokenize='ascii');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
"""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences for a person."""
    try:
        yield
    except sqlite3.OperationalError as error:
        # What fails for no cause outside the file (SQLITE_ERROR), or is no UTF-8 (no code at all).
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR:
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


def _holds_tables(connection: sqlite3.Connection) -> bool:
    try:
        return bool(connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone())
    except UnicodeDecodeError as error:  # SQLite's own message quotes the damaged schema
        raise sqlite3.DatabaseError("its schema cannot be read") from error


def never_finished(folder: Path) -> IndexMissingError:
    """Return the error for an index whose first build was stopped."""
    return IndexMissingError(
        f"The index in {folder} was never finished; run `assistant index build ARTICLES` to "
        f"finish it."
    )


class Catalogue:
    """The catalogue of one index folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / CATALOGUE

    @classmethod
    def open(cls, folder: Path) -> Catalogue:
        """Open the catalogue of an index; it is never created here.

        Raises:
            IndexMissingError: There is none.
        """
        catalogue = cls(folder)
        catalogue._require()
        return catalogue

    def stamps(self) -> list[Stamp]:
        """Return the stamps of the files that hold what was committed.

        Raises:
            OSError: There is no catalogue.
        """
        log = self.path.with_name(f"{self.path.name}-wal")
        # Whoever opens a catalogue makes an empty log, and removes it again.
        files = [self.path, log] if log.exists() and log.stat().st_size else [self.path]
        return [stamp_of(path) for path in files]

    def remove(self) -> None:
        """Delete the catalogue's files, for a rebuild after damage."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Open a read transaction: all that is read through it is of one commit.

        Raises:
            IndexMissingError: The catalogue is not there (any more), or no build was ever finished.
            IndexDamagedError: It is damaged.
            IndexOutdatedError: It was made by another version of the program.
        """
        self._require()
        with translated(self.path), closing(self._connect_to_read()) as connection:
            connection.execute("BEGIN")
            # A transaction starts with its first read.
            if not _holds_tables(connection):
                raise never_finished(self.path.parent)
            self._check_version(connection)
            snapshot = Snapshot(connection)
            if not snapshot.count("build"):
                raise never_finished(self.path.parent)
            yield snapshot

    @contextmanager
    def connect_to_write(self) -> Iterator[sqlite3.Connection]:
        """Open a connection for a writer; the tables are made where they are missing."""
        with translated(self.path), closing(self._connect("rwc")) as connection:
            is_new = not _holds_tables(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            if is_new:
                connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            self._check_version(connection)
            yield connection

    def _connect_to_read(self) -> sqlite3.Connection:
        connection = self._connect("rw")
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.Error as error:
            connection.close()
            if not getattr(error, "sqlite_errorname", "").startswith("SQLITE_IOERR_SHM"):
                raise
            # No room on the disk for the file by which readers share a WAL: one at a time, then.
            connection = self._connect("rw")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        return connection

    def _require(self) -> None:
        if not self.path.is_file():
            raise IndexMissingError(
                f"There is no index in {self.path.parent} yet; make one with "
                f"`assistant index build ARTICLES --index {self.path.parent}`."
            )

    def _check_version(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            raise IndexOutdatedError(
                f"The index in {self.path.parent} was made by another version of the program; run "
                f"`assistant index rebuild ARTICLES` with your articles to make it again."
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
