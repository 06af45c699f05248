"""Passages' vectors → a new generation: all of them, or the live one's copy with a change."""

from __future__ import annotations

import contextlib
import math
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import StorageError
from index.types import ArticleInfo, Passage, Progress, Vectors, no_progress
from index.vectors.chroma import (
    COLLECTION,
    DATABASE,
    LARGEST_BATCH,
    SAMPLE,
    EngineError,
    collection_of,
    engine_errors,
    graph_settings,
    open_store,
)
from index.vectors.inspector import Inspector
from index.vectors.seal import SEAL, SealError, check_seal, checksum, hold, write_seal

MOST_HOLES = 0.2
"""Share of passages that may be taken out of a generation before it is written anew."""

METADATA = ("article_id", "title", "author", "published", "source", "start", "end")
"""What Chroma holds of a passage besides its text and vector."""

Row = tuple[Passage, ArticleInfo, str, Vectors]


@dataclass(frozen=True, slots=True)
class GenerationChange:
    """What sets a generation apart from the live one.

    Attributes:
        base: Folder of the live one.
        removed: Ids of passages that are not in it any more, or have been replaced.
        added: Passages that are new or replaced.
    """

    base: Path
    removed: Sequence[str]
    added: Sequence[Row]


def write_generation(
    folder: Path,
    rows: Iterable[Row],
    count: int,
    progress: Progress = no_progress,
    change: GenerationChange | None = None,
    inspector: Inspector | None = None,
) -> None:
    """Write, check and seal a generation in a folder that does not exist yet.

    Args:
        folder: Where it is to be.
        rows: All passages.
        count: How many they are.
        progress: Called as ``progress("writing", done, total)``.
        change: If it is small, the live generation is copied and changed instead.
        inspector: One that has been made ready; default: one that must start first.

    Raises:
        StorageError: It cannot be written, or was not written as it should be.
    """
    inspector = inspector or Inspector()
    try:
        with engine_errors():
            holes = _derive(folder, change, count, inspector) if change else None
            if holes is not None:
                progress("writing", count, count)
            else:
                _write_all(folder, rows, count, progress)
                inspector.inspect(folder, count, *_changed_ids(change))
            write_seal(folder, count, holes or 0)
    except EngineError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StorageError(
            f"The vectors could not be written into {folder} ({error}); check the free space on "
            f"its disk. The index is as it was before."
        ) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write_all(folder: Path, rows: Iterable[Row], count: int, progress: Progress) -> None:
    folder.mkdir(parents=True)
    batches = max(1, math.ceil(count / LARGEST_BATCH))
    with open_store(folder) as client:
        collection = client.create_collection(
            COLLECTION,
            configuration=graph_settings(count, batches),
            embedding_function=None,  # the default one would download a model
        )
        done = 0
        for batch in _batches(rows, math.ceil(count / batches)):
            _add(collection, batch)
            done += len(batch)
            progress("writing", done, count)


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def _add(collection: Any, rows: Sequence[Row]) -> None:
    collection.add(
        ids=[passage.id for passage, _, _, _ in rows],
        embeddings=np.stack([vector for _, _, _, vector in rows]),
        documents=[text for _, _, text, _ in rows],
        metadatas=[metadata_of(passage, article) for passage, article, _, _ in rows],
    )


def _derive(folder: Path, change: GenerationChange, count: int, inspector: Inspector) -> int | None:
    """Copy the live generation and change it; return how many holes that leaves.

    None: it is to be written anew, because it is damaged or too much has changed.
    """
    try:
        seal = check_seal(change.base)
    except SealError:
        return None
    holes = seal.holes + len(change.removed)
    if max(holes, len(change.added)) > MOST_HOLES * count:
        return None
    try:
        with engine_errors():
            _copy(change.base, folder, seal.checksums)
            _apply(folder, change)
            inspector.inspect(folder, count, *_changed_ids(change))
    except (EngineError, StorageError):
        # The seal says nothing of Chroma's database: what was copied may have been damaged.
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return holes


def _copy(base: Path, folder: Path, checksums: Mapping[str, int]) -> None:
    folder.mkdir(parents=True)
    # Reading writes to Chroma's database, so others may be doing so now.
    with (
        contextlib.closing(sqlite3.connect(base / DATABASE)) as source,
        contextlib.closing(sqlite3.connect(folder / DATABASE)) as copy,
    ):
        source.backup(copy)
    for name, right in checksums.items():
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(base / name, folder / name)
        if checksum(folder / name) != right:
            raise SealError(f"{name} is not as it was written")


def _apply(folder: Path, change: GenerationChange) -> None:
    operations = len(change.removed) + len(change.added)
    if not operations:
        return
    with open_store(folder) as client:
        # So that the last change, and none before, writes the graph to disk and empties the log.
        changed = {"sync_threshold": operations, "batch_size": min(100, operations)}
        collection_of(client).modify(configuration={"hnsw": changed})
    with open_store(folder) as client:  # what was modified counts from the next opening on
        collection = collection_of(client)
        for first in range(0, len(change.removed), LARGEST_BATCH):
            collection.delete(ids=list(change.removed[first : first + LARGEST_BATCH]))
        for batch in _batches(change.added, LARGEST_BATCH):
            _add(collection, batch)


def metadata_of(passage: Passage, article: ArticleInfo) -> dict[str, str | int]:
    """Return what Chroma holds of a passage besides its text and vector."""
    return {
        "article_id": article.id,
        "title": article.title,
        "author": article.author or "",
        "published": article.published or "",
        "source": article.source,
        "start": passage.start,
        "end": passage.end,
    }


def _changed_ids(change: GenerationChange | None) -> tuple[list[str], list[str]]:
    """Some ids that must be there after writing, and some that must not."""
    if not change:
        return [], []
    there = {passage.id for passage, _, _, _ in change.added}
    gone = [each for each in change.removed if each not in there]
    return sorted(there)[:SAMPLE], gone[:SAMPLE]


def remove_unused(folder: Path, keep: str) -> None:
    """Remove the generations in ``folder`` that nobody reads, but not the one named ``keep``."""
    for generation in folder.iterdir() if folder.is_dir() else ():
        if generation.name == keep:
            continue
        # One that is being read now goes after a later build; one without a seal was never live.
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            if (generation / SEAL).exists():
                stack.enter_context(hold(generation, alone=True))
            shutil.rmtree(generation)
