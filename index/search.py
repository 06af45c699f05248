"""An index folder → an ``Index`` that answers questions, each through one ``View`` of it.

A running program moves to a new generation at its next question, without being told.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from index.catalogue import Catalogue, Snapshot
from index.embedder import EncodedText
from index.errors import IndexDamagedError, IndexMissingError, ModelMismatchError
from index.models import load_embedder
from index.passages import RULES, title_budget
from index.pending import embedded_text
from index.settings import IndexSettings, read_settings
from index.types import (
    Hit,
    IndexStatus,
)
from index.vectors import Generation
from index.view import View

GENERATIONS = "vectors"
CACHED_PASSAGES = 200  # about 60 MB of token vectors


def open_index(folder: Path | None = None, *, settings: IndexSettings | None = None) -> Index:
    """Open an index for questions; it is never created here.

    Args:
        folder: Where it lives; default: as the settings say.
        settings: Default: read from the environment.

    Raises:
        IndexMissingError: There is none.
        ModelMismatchError: It was made with another model or by other rules.
        IndexDamagedError: Its files are damaged.
    """
    settings = settings or read_settings(IndexSettings)
    return Index(folder or settings.index, settings)


class Index:
    """An index that is open for questions; may be shared by threads."""

    def __init__(self, folder: Path, settings: IndexSettings) -> None:
        self.folder = folder
        self._settings = settings
        self._catalogue = Catalogue.open(folder)
        self._lock = threading.Lock()
        self._live: _Shared | None = None
        with self._catalogue.snapshot() as snapshot:
            _check_model(snapshot, settings)
            self._embedder = load_embedder(settings, snapshot.meta("fingerprint"))
        self._token_vectors = lru_cache(CACHED_PASSAGES)(self._encode_one)

    @contextmanager
    def view(self) -> Iterator[View]:
        """Open the index as of its newest commit; hold it for one question only."""
        for last_try in (False, True):
            with self._catalogue.snapshot() as snapshot:
                try:
                    shared = self._acquire(str(snapshot.meta("generation")))
                except IndexDamagedError:
                    # A build may have committed in between and removed what this commit used.
                    if last_try or not self._moved_on(snapshot):
                        raise
                    continue
                try:
                    yield View(snapshot, shared.generation, self)
                finally:
                    self._release(shared)
                return

    def status(self) -> IndexStatus:
        """Say what the index holds."""
        with self._catalogue.snapshot() as snapshot:
            return read_status(self.folder, snapshot)

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        """Return the passages nearest to a question; see ``View.search``."""
        with self.view() as view:
            return view.search(question, limit)

    def encode(self, text: str) -> EncodedText:
        """Return a text's vector and those of its tokens."""
        return next(self._embedder.encode([text]))

    def encode_passages(self, hits: Sequence[Hit]) -> list[tuple[EncodedText, int]]:
        """Return each hit's token vectors, and at which offset of them its own text begins."""
        budget = title_budget(self._embedder.card.window)
        encoded = []
        for hit in hits:
            title = self._embedder.shorten(hit.article.title, budget)
            encoded.append((self._token_vectors(embedded_text(title, hit.text)), len(title) + 1))
        return encoded

    def _encode_one(self, text: str) -> EncodedText:
        return next(self._embedder.encode([text]))

    def _moved_on(self, snapshot: Snapshot) -> bool:
        with self._catalogue.snapshot() as newer:
            return newer.meta("generation") != snapshot.meta("generation")

    def _acquire(self, name: str) -> _Shared:
        with self._lock:
            if self._live is None or self._live.name != name:
                opened = _Shared(name, Generation(self.folder / GENERATIONS / name))
                retired, self._live = self._live, opened
                if retired and not retired.users:
                    retired.generation.close()
            self._live.users += 1
            return self._live

    def _release(self, shared: _Shared) -> None:
        with self._lock:
            shared.users -= 1
            if shared is not self._live and not shared.users:
                shared.generation.close()


class _Shared:
    """A generation and how many questions are using it."""

    def __init__(self, name: str, generation: Generation) -> None:
        self.name = name
        self.generation = generation
        self.users = 0


def read_status(folder: Path, snapshot: Snapshot) -> IndexStatus:
    """Return what a catalogue says of its index."""
    sources = snapshot.meta("sources")
    return IndexStatus(
        directory=str(folder),
        articles=snapshot.count("article"),
        passages=snapshot.count("passage"),
        model=snapshot.meta("model") or "",
        generation=snapshot.meta("generation") or "",
        built=snapshot.meta("built") or "",
        sources=tuple(sources.split("\n")) if sources else (),
    )


def _check_model(snapshot: Snapshot, settings: IndexSettings) -> None:
    made_with = snapshot.meta("model")
    if made_with is None:
        raise IndexMissingError(
            "The index was never finished; run `assistant index build ARTICLES` to finish it."
        )
    if made_with != settings.model:
        raise ModelMismatchError(
            f"This index was made with the model {made_with!r}, but {settings.model!r} is set; run "
            f"`assistant index rebuild` to make it again, or set ASSISTANT_MODEL={made_with}."
        )
    if snapshot.meta("rules") != RULES:
        raise ModelMismatchError(
            "This index was made by another version of the program; run `assistant index rebuild` "
            "to make it again."
        )
