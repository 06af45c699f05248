"""A Chroma server's live generation → a folder's catalogue: only what differs travels.

The folder's catalogue is brought to the server's state in one transaction; until then the folder
answers as before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.catalogue.database import Catalogue
from index.catalogue.writer import CatalogueWriter, PlacedPassage, open_writer
from index.errors import CollectionGoneError, ModelMismatchError, UnpublishedError
from index.passages import RULES
from index.remote.published import note_published, published_as, published_meta
from index.remote.push import holds_the_same
from index.remote.records import (
    ArticleRecord,
    PassageRecord,
    not_as_pushed,
    read_article_record,
    read_passage_record,
    whole_article,
)
from index.remote.server import ARTICLES, BATCH, LiveGeneration, Server
from index.settings import IndexSettings
from index.types import Article, ArticleInfo, Progress
from index.vectors.generations import new_generation

_TRIES = 3  # a generation may be retired while it is being pulled


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did, as article counts, and the state that the folder has now."""

    address: str
    generation: str
    added: int
    changed: int
    removed: int
    unchanged: int
    passages: int


@dataclass(frozen=True, slots=True)
class _Changes:
    """What a server holds otherwise than a folder: what is to come, and what is to go."""

    coming: tuple[ArticleRecord, ...]
    going: tuple[ArticleInfo, ...]
    changed: int


def sync_folder(
    folder: Path,
    server: Server,
    settings: IndexSettings,
    progress: Progress,
    *,
    vectors: bool = False,
    replace: bool = False,
) -> Pulled:
    """Bring a folder whose lock is held to the server's live generation.

    Args:
        folder: The index.
        server: Where it lives.
        settings: Name the model, if any.
        progress: Called with ``comparing``, ``pulling`` and ``writing``.
        vectors: Whether the folder gets a graph of its own, besides the catalogue.
        replace: Whether an index that the server does not know may be lost.

    Raises:
        IndexDamagedError: The folder's catalogue is damaged.
        ModelMismatchError: The server's index was made with another model or by other rules.
        ServerError: The server cannot be used, or holds no index.
        UnpublishedError: The folder holds what the server does not.
    """
    for tries_left in reversed(range(_TRIES)):
        live = server.require_live()
        _check_maker(live, server, settings)
        try:
            with open_writer(Catalogue(folder)) as writer:
                run = _SyncRun(folder, writer, server, live, progress)
                return run.carry_out(vectors=vectors, replace=replace)
        except CollectionGoneError:
            if not tries_left or server.live() == live:
                raise
    raise AssertionError("unreachable")


def _check_maker(live: LiveGeneration, server: Server, settings: IndexSettings) -> None:
    """Refuse what this program could not ask questions of, before anything travels."""
    if settings.model not in (None, live.model):
        raise ModelMismatchError(
            f"The index on the Chroma server at {server.address} was made with the model "
            f"{live.model!r}, but {settings.model!r} is set; set ASSISTANT_MODEL={live.model}, or "
            f"push an index that was made with the other."
        )
    if live.rules != RULES:
        raise ModelMismatchError(
            f"The index on the Chroma server at {server.address} was made by another version of "
            f"the program; install the same version here and where it is built."
        )


class _SyncRun:
    """One pull, from the comparison to the commit."""

    def __init__(
        self,
        folder: Path,
        writer: CatalogueWriter,
        server: Server,
        live: LiveGeneration,
        progress: Progress,
    ) -> None:
        self.folder = folder
        self.writer = writer
        self.server = server
        self.live = live
        self.progress = progress

    def carry_out(self, *, vectors: bool, replace: bool) -> Pulled:
        """Compare, fetch, commit."""
        writer, live = self.writer, self.live
        if published_as(writer) == live.collection:
            return self._pulled(_Changes((), (), 0))
        there = self._articles()
        is_empty = not writer.count("build")
        same = holds_the_same(writer, live, {key: each.digest for key, each in there.items()})
        if not (is_empty or same or replace or self._is_copy()):
            raise UnpublishedError(
                f"The index in {self.folder} holds what the Chroma server at "
                f"{self.server.address} does not: bring it there with `assistant index push`, "
                f"take the server's with `assistant index pull --replace`, or name another folder "
                f"with --index or ASSISTANT_INDEX."
            )
        if same:
            note_published(self.folder, writer, live.collection)
            return self._pulled(_Changes((), (), 0))
        afresh = writer.meta("fingerprint") != live.fingerprint or writer.meta("rules") != RULES
        changes = self._compare(there, afresh=afresh)
        fetched = list(self._fetch(changes.coming))
        self._commit(changes, fetched, afresh=afresh, vectors=vectors)
        return self._pulled(changes)

    def _is_copy(self) -> bool:
        """Whether all that the folder holds is, or was, on the server."""
        return published_as(self.writer) is not None

    def _articles(self) -> dict[str, ArticleRecord]:
        records = []
        for metadata in self.server.metadatas(self.live.collection + ARTICLES):
            records.append(read_article_record(metadata))
            self.progress("comparing", len(records), self.live.articles)
        if len(records) != self.live.articles:
            raise not_as_pushed("the articles")
        return {each.info.id: each for each in sorted(records, key=lambda each: each.place)}

    def _compare(self, there: Mapping[str, ArticleRecord], *, afresh: bool) -> _Changes:
        here = self.writer.indexed()
        same = {
            key
            for key, each in there.items()
            if not afresh and key in here and here[key].digest == each.digest
        }
        return _Changes(
            coming=tuple(each for key, each in there.items() if key not in same),
            going=tuple(each.info for key, each in here.items() if key not in same),
            changed=len((set(here) & set(there)) - same),
        )

    def _fetch(
        self, coming: Sequence[ArticleRecord]
    ) -> Iterator[tuple[Article, list[PlacedPassage]]]:
        """Yield the articles that are to come; their vectors are stored on the way."""
        done, total = 0, sum(len(each.passage_ids) for each in coming)
        for together in _portions(coming):
            ids = [key for each in together for key in each.passage_ids]
            rows: dict[str, PassageRecord] = {}
            for first in range(0, len(ids), BATCH):
                portion = ids[first : first + BATCH]
                for key, row in self.server.rows(self.live.collection, portion).items():
                    rows[key] = read_passage_record(key, *row)
                done += len(portion)
                self.progress("pulling", done, total)
            if len(rows) != len(ids):
                raise not_as_pushed("some passages")
            self.writer.begin()
            self.writer.put_vectors(
                (each.placed.vector, each.vector, each.sentences) for each in rows.values()
            )
            self.writer.commit()
            for record in together:
                passages = [rows[key] for key in record.passage_ids]
                yield whole_article(record, passages), [each.placed for each in passages]

    def _commit(
        self,
        changes: _Changes,
        fetched: Sequence[tuple[Article, list[PlacedPassage]]],
        *,
        afresh: bool,
        vectors: bool,
    ) -> None:
        writer, live = self.writer, self.live
        name = live.generation if live.generation != writer.meta("generation") else None
        with new_generation(self.folder, writer, name) as generation:
            if afresh:
                writer.remove_all_articles()
            else:
                for info in changes.going:
                    writer.remove_article(info.id)
            for article, placed in fetched:
                writer.put_article(article, placed)
            if vectors:
                generation.write(self.progress, anew=afresh)
            # What is known of files here says nothing of what came from elsewhere.
            touched = {each.info.origin for each in changes.coming}
            touched |= {info.origin for info in changes.going}
            writer.put_files([each for each in writer.files() if each.path not in touched])
            for key in ("model", "fingerprint", "rules", "built"):
                writer.set_meta(key, getattr(live, key))
            writer.set_meta(*published_meta(generation.name, live.collection))
            writer.forget_unused_vectors()
            pulled = self._pulled(changes)
            counts = {key: getattr(pulled, key) for key in _COUNTS}
            now = datetime.now(UTC).isoformat(timespec="seconds")
            writer.put_build(now, generation.name, json.dumps(counts))

    def _pulled(self, changes: _Changes) -> Pulled:
        added = len(changes.coming) - changes.changed
        return Pulled(
            address=self.server.address,
            generation=self.live.generation,
            added=added,
            changed=changes.changed,
            removed=len(changes.going) - changes.changed,
            unchanged=self.live.articles - len(changes.coming),
            passages=self.live.passages,
        )


_COUNTS = ("added", "changed", "removed", "unchanged", "passages")


def _portions(coming: Sequence[ArticleRecord]) -> Iterator[list[ArticleRecord]]:
    """Yield the articles in portions whose passages travel in about one request."""
    portion: list[ArticleRecord] = []
    passages = 0
    for record in coming:
        portion.append(record)
        passages += len(record.passage_ids)
        if passages >= BATCH:
            yield portion
            portion, passages = [], 0
    if portion:
        yield portion
