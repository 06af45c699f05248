"""The catalogue's passages → the next generation of vectors, committed with everything else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.catalogue.database import Catalogue, translated
from index.catalogue.lock import build_lock
from index.catalogue.writer import CatalogueWriter, open_writer
from index.errors import IndexDamagedError
from index.layout import GENERATIONS
from index.types import Progress, no_progress
from index.vectors.chroma import Generation
from index.vectors.inspector import Inspector
from index.vectors.write import (
    MOST_HOLES,
    GenerationChange,
    Row,
    remove_unused,
    write_generation,
)

_REPAIR_WAIT = 600.0  # seconds for which another process may be building


class NewGeneration:
    """A generation that is being made inside a transaction of the catalogue."""

    def __init__(self, index: Path, name: str, writer: CatalogueWriter) -> None:
        self.name = name
        self._index = index
        self._folder = index / GENERATIONS
        self._writer = writer

    def write(
        self,
        progress: Progress = no_progress,
        *,
        anew: bool = False,
        inspector: Inspector | None = None,
    ) -> int:
        """Write the vectors of all passages as they are now; return how many there are.

        Args:
            progress: Told of the rows written.
            anew: Whether nothing of the live generation may be used.
            inspector: One that has been made ready.
        """
        writer, live = self._writer, self._writer.meta("generation")
        count = writer.count("passage")
        change = None
        operations = max(len(writer.added), len(writer.removed))
        if live and not anew and operations <= MOST_HOLES * count:
            rows = writer.passage_rows(writer.added)
            added = [(row.passage, row.article, row.text, row.vector) for row in rows]
            change = GenerationChange(self._folder / live, writer.removed, added)
        folder = self._folder / self.name
        write_generation(folder, self._rows(), count, progress, change, inspector)
        return count

    def _rows(self) -> Iterator[Row]:
        # Translated here: to the engine that reads them, any error would look like its own.
        with translated(Catalogue(self._index).path):
            yield from self._writer.all_vectors()


@contextmanager
def new_generation(
    folder: Path, writer: CatalogueWriter, name: str | None = None
) -> Iterator[NewGeneration]:
    """Open a transaction that ends with a new live generation, or as if it had never begun.

    Args:
        folder: The index.
        writer: Its catalogue's.
        name: Of the generation, where it has one elsewhere; its vectors need not be written.
    """
    generations = folder / GENERATIONS
    current = writer.meta("generation")
    name = name or _next_name(current or "g000000")
    remove_unused(generations, keep=current or "")
    writer.begin()
    try:
        yield NewGeneration(folder, name, writer)
        writer.seal_words()
        writer.set_meta("generation", name)
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    remove_unused(generations, keep=name)


def _next_name(current: str) -> str:
    # Not by its number alone: an index may be deleted and made again while somebody has it open,
    # who would take the new generation of that number for the old one.
    return f"g{int(current[1:7]) + 1:06d}-{secrets.token_hex(4)}"


def renew_generation(
    folder: Path, writer: CatalogueWriter, progress: Progress = no_progress
) -> str:
    """Write the live generation again, without embedding anything; return its new name.

    Raises:
        StorageError: It cannot be written.
    """
    with Inspector() as inspector, new_generation(folder, writer) as generation:
        generation.write(progress, anew=True, inspector=inspector)
    return generation.name


def repair_generation(folder: Path, damaged: str, progress: Progress = no_progress) -> None:
    """Write a damaged generation again, unless another process has done so meanwhile.

    Raises:
        IndexBusyError: Another process has been building for too long.
        StorageError: It cannot be written.
    """
    with build_lock(folder, wait=_REPAIR_WAIT), open_writer(Catalogue(folder)) as writer:
        if writer.meta("generation") == damaged:
            renew_generation(folder, writer, progress)


def remove_old_generations(folder: Path, live: str) -> None:
    """Remove the generations that nobody reads; a builder that was killed may have left some."""
    remove_unused(folder / GENERATIONS, keep=live)


def is_intact(folder: Path, name: str) -> bool:
    """Whether a generation can be opened."""
    try:
        Generation(folder / GENERATIONS / name).close()
    except IndexDamagedError:
        return False
    return True
