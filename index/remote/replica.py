"""The server that an index lives on, for a program that asks: its copy, kept up with the server.

A program that has only the address fills a folder of its own from the live generation and follows
the pointer: text, offsets and words are searched here, vectors on the server.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from index.catalogue.database import Catalogue
from index.catalogue.lock import build_lock
from index.catalogue.snapshot import Snapshot
from index.errors import (
    CollectionGoneError,
    IndexBusyError,
    IndexMissingError,
    ServerAwayError,
    UserError,
)
from index.remote.published import published_as
from index.remote.records import Metadata
from index.remote.server import Server
from index.remote.sync import sync_folder
from index.settings import IndexSettings
from index.types import Progress, Vectors, no_progress
from index.vectors.write import METADATA

logger = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks at the pointer, at least."""

_WAIT = 600.0  # seconds for which another program may be filling the same folder


class NearestVectors(Protocol):
    """Vectors that can be searched: in the folder or on a server."""

    def nearest(self, vector: Vectors, limit: int) -> dict[str, float]:
        """Return passage id → cosine similarity of the passages nearest to a vector."""

    def close(self) -> None:
        """Let go of them."""


class ServedGeneration:
    """A generation on a server, open for questions."""

    def __init__(self, server: Server, collection: str) -> None:
        self._server = server
        self._collection = collection

    def nearest(self, vector: Vectors, limit: int) -> dict[str, float]:
        """Return passage id → cosine similarity of the passages nearest to a vector.

        Args:
            vector: ``(dimension,)``.
            limit: How many at most, at least 1.

        Raises:
            CollectionGoneError: The generation was retired.
            ServerError: The server cannot be used.
        """
        return self._server.nearest(self._collection, vector, limit)

    def rows(self) -> Iterator[tuple[str, str, Metadata, Vectors]]:
        """Yield every passage's id, text, vector, and what a folder's Chroma holds of it besides.

        Raises:
            ServerError: The server cannot be used.
        """
        for key, text, metadata, vector in self._server.everything(self._collection):
            yield key, text, {name: metadata[name] for name in METADATA if name in metadata}, vector

    def close(self) -> None:
        """Nothing is held on the server."""


class Replica:
    """A server, and the folder that holds this program's copy; may be shared by threads."""

    def __init__(self, folder: Path, settings: IndexSettings) -> None:
        self.folder = folder
        self.server = Server(settings)
        self._settings = settings
        self._lock = threading.Lock()
        self._look_at = 0.0
        self._syncing: threading.Thread | None = None

    def open(self, progress: Progress) -> None:
        """Fill the folder, or bring it up to date; where the server is away a copy will do.

        Raises:
            ServerError: The server cannot be used, and there is no copy.
            UnpublishedError: The folder holds an index that the server does not know.
        """
        has_copy = self._has_copy()
        try:
            self.server.require_live()  # said at once, before anything is waited for
            self._sync(progress, wait=0.0 if has_copy else _WAIT)
        except (ServerAwayError, IndexBusyError) as error:
            if not has_copy:
                raise
            logger.warning("%s", error)
        self._look_at = time.monotonic() + LOOK_EVERY

    def look(self) -> None:
        """Look at the pointer, at most every few seconds; what has moved is fetched meanwhile."""
        with self._lock:
            busy = self._syncing is not None and self._syncing.is_alive()
            if busy or time.monotonic() < self._look_at:
                return
            self._look_at = time.monotonic() + LOOK_EVERY
        try:
            live = self.server.live()
            with Catalogue(self.folder).snapshot() as snapshot:
                collection = published_as(snapshot)
        except UserError as error:
            logger.warning("%s", error)
            return
        # What was built here and is not published yet is about to be, or was not to be.
        if live and collection and collection != live.collection:
            self._sync_meanwhile()

    def nearest_without_graph(
        self, gone: CollectionGoneError, snapshot: Snapshot, vector: Vectors, limit: int
    ) -> dict[str, float]:
        """Answer from the copy's own vectors, one by one, for a generation that was retired.

        That happens to a question that is still being answered when the index is pushed twice.

        Raises:
            CollectionGoneError: It is the live one that is not there.
            ServerError: The server holds no index any more, or cannot be used.
        """
        if self.server.require_live().collection == published_as(snapshot):
            raise gone
        near = {each.id: float(own @ vector) for each, _, _, own in snapshot.all_vectors()}
        best = sorted(near, key=near.__getitem__, reverse=True)[:limit]
        return {each: near[each] for each in best}

    def _has_copy(self) -> bool:
        try:
            with Catalogue(self.folder).snapshot():
                return True
        except IndexMissingError:
            return False

    def _sync(self, progress: Progress, wait: float) -> None:
        with build_lock(self.folder, wait=wait):
            sync_folder(self.folder, self.server, self._settings, progress)

    def _sync_meanwhile(self) -> None:
        with self._lock:
            self._syncing = threading.Thread(target=self._try_to_sync, daemon=True)
            self._syncing.start()

    def _try_to_sync(self) -> None:
        try:
            self._sync(no_progress, wait=0.0)
        except IndexBusyError:
            pass  # whoever holds the folder brings it up to date
        except UserError as error:
            logger.warning("The newer state of the index could not be fetched: %s", error)
        except Exception:
            logger.exception("The newer state of the index could not be fetched.")
