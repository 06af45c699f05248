"""Which collection on a server holds what a catalogue holds: noted in the catalogue itself.

The note names the generation, too, so that it says nothing any more once something else is built.
"""

from __future__ import annotations

from pathlib import Path

from index.catalogue.database import Catalogue
from index.catalogue.snapshot import Snapshot
from index.catalogue.writer import open_writer

_PUBLISHED = "published"  # key among the catalogue's settings


def published_as(snapshot: Snapshot) -> str | None:
    """Return the collection on the server that holds what a catalogue holds, or None."""
    generation, _, collection = (snapshot.meta(_PUBLISHED) or "").partition(" ")
    return collection if generation == snapshot.meta("generation") else None


def note_published(folder: Path, snapshot: Snapshot, collection: str) -> None:
    """Note in a catalogue which collection on the server holds the same."""
    if published_as(snapshot) != collection:
        with open_writer(Catalogue(folder)) as writer:
            writer.begin()
            writer.set_meta(*published_meta(snapshot.required_meta("generation"), collection))
            writer.commit()


def published_meta(generation: str, collection: str) -> tuple[str, str]:
    """Return key and value by which a catalogue remembers what ``published_as`` tells."""
    return _PUBLISHED, f"{generation} {collection}"
