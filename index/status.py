"""A catalogue → what its index holds, made when and from what, and where it lives."""

from __future__ import annotations

import json
from pathlib import Path

from index.catalogue.snapshot import Snapshot
from index.remote.published import published_as
from index.remote.server import Server
from index.types import IndexStatus

_LAST_BUILDS = 5  # as many as fit on a screen beside the rest


def read_status(folder: Path, snapshot: Snapshot, server: Server | None = None) -> IndexStatus:
    """Return what a catalogue says of its index.

    Args:
        folder: The index.
        snapshot: Its catalogue's.
        server: On which it lives; None: in its folder alone.
    """
    return IndexStatus(
        directory=str(folder),
        articles=snapshot.count("article"),
        passages=snapshot.count("passage"),
        model=snapshot.meta("model") or "",
        generation=snapshot.meta("generation") or "",
        built=snapshot.meta("built") or "",
        sources=snapshot.sources(),
        builds=tuple(_build_line(*each) for each in snapshot.builds(_LAST_BUILDS)),
        server=server.address if server else "",
        served=published_as(snapshot) or "" if server else "",
    )


def _build_line(finished: str, report: str) -> str:
    counts = (f"{count} {name}" for name, count in json.loads(report).items() if count)
    return f"{finished}: {', '.join(counts)}"
