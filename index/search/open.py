"""An index folder → an ``Index`` that answers questions, each through one ``View`` of it.

A running program moves to a new generation at its next question, without being told; one that is
damaged is written again from the catalogue.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.catalogue.database import Catalogue, never_finished
from index.catalogue.snapshot import Snapshot
from index.embedding.encoder import PassageEncoder
from index.embedding.load import load_embedder
from index.errors import (
    CollectionGoneError,
    IndexDamagedError,
    ModelMismatchError,
    UserError,
)
from index.file_stamps import read_note, write_note
from index.layout import GENERATIONS, WORDS_SEEN
from index.passages import RULES
from index.remote.published import published_as
from index.remote.replica import NearestVectors, Replica, ServedGeneration
from index.search.view import View
from index.settings import IndexSettings, read_settings, with_model
from index.status import read_status
from index.types import Hit, IndexStatus, Progress, Vectors, no_progress
from index.vectors.chroma import Generation
from index.vectors.generations import repair_generation

logger = logging.getLogger(__name__)

_TRIES = 3  # a generation may be found damaged, and then be replaced by a build meanwhile


def open_index(
    folder: Path | str | None = None,
    *,
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
) -> Index:
    """Open an index for questions; it is never created here.

    Where the settings name a Chroma server, the folder is a copy of the index there: it is filled
    or brought up to date first, and follows the server from then on.

    Args:
        folder: Where it lives; default: as the settings say.
        settings: Default: read from the environment.
        progress: Called with ``writing`` if damaged vectors must be written again, with
            ``comparing`` and ``pulling`` while a copy is filled.

    Raises:
        ServerError: The server cannot be used or holds no index.
        UnpublishedError: The folder holds what the server does not.
        IndexMissingError: There is none.
        ModelMismatchError: It was made with another model or by other rules.
        IndexDamagedError: Its files are damaged and cannot be made again from the catalogue.
    """
    settings = settings or read_settings(IndexSettings)
    folder = settings.folder(folder)
    replica = Replica(folder, settings) if settings.chroma_url else None
    if replica:
        replica.open(progress)
    return Index(folder, settings, progress, replica)


class Index:
    """An index that is open for questions; may be shared by threads."""

    def __init__(
        self,
        folder: Path,
        settings: IndexSettings,
        progress: Progress = no_progress,
        replica: Replica | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self._settings = settings
        self._progress = progress
        self._catalogue = Catalogue.open(self.folder)
        self._lock = threading.Lock()
        self._repairing = threading.Lock()
        self._live: _OpenGeneration | None = None
        self._replica = replica
        with self._catalogue.snapshot() as snapshot:
            self._encoder = self._load_encoder(snapshot)

    @contextmanager
    def view(self) -> Iterator[View]:
        """Open the index as of its newest commit; hold it for one question only.

        Raises:
            IndexDamagedError: Its vectors are damaged and could not be written again.
            ModelMismatchError: It was made with another model meanwhile; asking again helps.
        """
        if self._replica:
            self._replica.look()
        with self._newest() as (snapshot, live):
            yield View(snapshot, live.encoder, self._nearest_in(live, snapshot))

    def status(self) -> IndexStatus:
        """Say what the index holds."""
        with self._catalogue.snapshot() as snapshot:
            return read_status(
                self.folder, snapshot, self._replica.server if self._replica else None
            )

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        """Return the passages nearest to a question; see ``View.search``."""
        with self.view() as view:
            return view.search(question, limit)

    @contextmanager
    def _newest(self) -> Iterator[tuple[Snapshot, _OpenGeneration]]:
        """Hold the newest commit and its vectors, which are written again if need be."""
        for tries_left in reversed(range(_TRIES)):
            with self._catalogue.snapshot() as snapshot:
                name = snapshot.required_meta("generation")
                try:
                    live = self._acquire(name, snapshot)
                except IndexDamagedError as error:
                    damage = error
                else:
                    try:
                        yield snapshot, live
                    finally:
                        self._release(live)
                    return
            # A build may have committed in between and removed what this commit used.
            if not tries_left:
                raise damage
            if not self._moved_on(name):
                self._repair(name, damage)

    def _load_encoder(self, snapshot: Snapshot) -> PassageEncoder:
        made_with = snapshot.meta("model")
        _check_model(self.folder, snapshot, self._settings)
        settings = with_model(self._settings, made_with)
        return PassageEncoder(load_embedder(settings, snapshot.meta("fingerprint")))

    def _moved_on(self, name: str) -> bool:
        with self._catalogue.snapshot() as newer:
            return newer.meta("generation") != name

    def _acquire(self, name: str, snapshot: Snapshot) -> _OpenGeneration:
        collection = published_as(snapshot) if self._replica else None
        place = collection or name
        with self._lock:
            if self._live is None or self._live.place != place:
                if self._encoder.fingerprint != snapshot.meta("fingerprint"):
                    self._encoder = self._load_encoder(snapshot)
                self._check_words(snapshot)
                vectors = self._open_vectors(name, collection)
                retired, self._live = (
                    self._live,
                    _OpenGeneration(name, place, vectors, self._encoder),
                )
                if retired and not retired.users:
                    retired.vectors.close()
            self._live.users += 1
            return self._live

    def _open_vectors(self, name: str, collection: str | None) -> NearestVectors:
        if self._replica and collection:
            return ServedGeneration(self._replica.server, collection)
        return Generation(self.folder / GENERATIONS / name)

    def _check_words(self, snapshot: Snapshot) -> None:
        """Look for damage in the full-text index, unless nothing was written since the last look.

        It takes longer as an index grows, and so should not be done at every start.
        """
        note = self.folder / WORDS_SEEN
        try:
            stamps = self._catalogue.stamps()
        except OSError:  # it is being replaced
            stamps = []
        if not stamps or stamps != read_note(note):
            snapshot.check_words()
            write_note(note, stamps)

    def _release(self, live: _OpenGeneration) -> None:
        with self._lock:
            live.users -= 1
            if live is not self._live and not live.users:
                live.vectors.close()

    def _nearest_in(
        self, live: _OpenGeneration, snapshot: Snapshot
    ) -> Callable[[Vectors, int], dict[str, float]]:
        """The search in one generation, which repairs it when the engine cannot read it."""

        def nearest(vector: Vectors, limit: int) -> dict[str, float]:
            try:
                return live.vectors.nearest(vector, limit)
            except CollectionGoneError as gone:
                if self._replica is None:
                    raise
                return self._replica.nearest_without_graph(gone, snapshot, vector, limit)
            except IndexDamagedError as error:
                self._repair(live.name, error)
            with self._newest() as (_, renewed):
                if renewed.encoder.fingerprint != live.encoder.fingerprint:
                    raise ModelMismatchError(
                        "The index was made again with another model while the question was being "
                        "answered; ask it again."
                    )
                return renewed.vectors.nearest(vector, limit)

        return nearest

    def _repair(self, name: str, damage: IndexDamagedError) -> None:
        with self._repairing:
            if self._moved_on(name):
                return
            logger.warning(
                "The vectors in %s are damaged or missing; they are being written again from the "
                "catalogue, without embedding anything.",
                self.folder,
            )
            try:
                repair_generation(self.folder, name, self._progress)
            except UserError as error:
                raise IndexDamagedError(f"{damage} (Doing so now failed: {error})") from error


class _OpenGeneration:
    """A generation with its vectors and model, and how many questions are using it."""

    def __init__(
        self, name: str, place: str, vectors: NearestVectors, encoder: PassageEncoder
    ) -> None:
        self.name = name
        self.place = place
        self.vectors = vectors
        self.encoder = encoder
        self.users = 0


def _check_model(folder: Path, snapshot: Snapshot, settings: IndexSettings) -> None:
    made_with = snapshot.meta("model")
    if made_with is None:
        raise never_finished(folder)
    if settings.model not in (None, made_with):
        raise ModelMismatchError(
            f"This index was made with the model {made_with!r}, but {settings.model!r} is set; run "
            f"`assistant index rebuild` to make it again, or set ASSISTANT_MODEL={made_with}."
        )
    if snapshot.meta("rules") != RULES:
        raise ModelMismatchError(
            "This index was made by another version of the program; run `assistant index rebuild` "
            "to make it again."
        )
