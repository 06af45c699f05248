"""A folder's index → a new generation on a Chroma server, live when all of it is there.

The generation is written beside the live one; one record then names it. Until then nothing has
changed for any reader, and what a push that was killed leaves behind, the next one removes.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from index.catalogue.database import Catalogue
from index.catalogue.lock import build_lock
from index.catalogue.snapshot import Snapshot
from index.errors import ServerError, UserError
from index.remote.lease import RenewLease, lease
from index.remote.published import note_published, published_as
from index.remote.records import (
    Record,
    article_records,
    passage_record,
    read_article_record,
    read_passage_record,
)
from index.remote.server import ARTICLES, BATCH, LiveGeneration, Server
from index.removals import require_few_removals
from index.settings import IndexSettings, read_settings
from index.types import Progress, no_progress
from index.vectors.chroma import SAMPLE, most_lost

_ITSELF = 0.999  # cosine similarity from which on a vector has found itself


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: the generation, and whether the server held it already."""

    address: str
    generation: str
    articles: int
    passages: int
    unchanged: bool


def push_index(
    folder: Path | str | None = None,
    *,
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
    allow_removals: bool = False,
) -> Pushed:
    """Make a folder's index the live one on the settings' server.

    Args:
        folder: The index; default: as the settings say.
        settings: Default: read from the environment.
        progress: Called with ``pushing`` and ``checking``.
        allow_removals: Whether most of what the server holds may go.

    Raises:
        IndexBusyError: The index is being built, or another push is under way.
        IndexMissingError: There is no index in the folder.
        RemovalsError: Most of the server's articles would go, and that is not allowed.
        ServerError: The server cannot be used; what it held serves on.
    """
    settings = settings or read_settings(IndexSettings)
    folder = settings.folder(folder)
    server = Server(settings)
    Catalogue.open(folder)
    with build_lock(folder):
        return publish(folder, server, progress, allow_removals=allow_removals)


def publish(
    folder: Path, server: Server, progress: Progress, *, allow_removals: bool = False
) -> Pushed:
    """Push an index whose lock is held; see ``push_index``."""
    with Catalogue.open(folder).snapshot() as snapshot:
        live = server.live()
        unchanged = live is not None and published_as(snapshot) == live.collection
        if live and not unchanged:
            there = articles_of(server, live)
            unchanged = holds_the_same(snapshot, live, there)
            if not unchanged and not allow_removals:
                _require_few_removals(snapshot, server, there)
        if live is None or not unchanged:
            with lease(server, folder) as renew:
                live = _write(snapshot, server, live, renew, progress)
        note_published(folder, snapshot, live.collection)
    return Pushed(server.address, live.generation, live.articles, live.passages, unchanged)


def articles_of(server: Server, live: LiveGeneration) -> dict[str, str]:
    """Return article id → digest of what a generation on a server holds, in its order."""
    records = map(read_article_record, server.metadatas(live.collection + ARTICLES))
    return {each.info.id: each.digest for each in sorted(records, key=lambda each: each.place)}


def holds_the_same(snapshot: Snapshot, live: LiveGeneration, there: Mapping[str, str]) -> bool:
    """Whether a catalogue and a server's generation hold the same articles and vectors."""
    made = (snapshot.meta("fingerprint"), snapshot.meta("rules"))
    here = {key: each.digest for key, each in snapshot.indexed().items()}
    return made == (live.fingerprint, live.rules) and here == there


def _require_few_removals(snapshot: Snapshot, server: Server, there: Collection[str]) -> None:
    require_few_removals(
        len(set(there) - set(snapshot.indexed())),
        len(there),
        absence=f"articles on the Chroma server at {server.address} are not in this index",
        outcome="pushed",
        remedy=(
            "check the folder, the address and ASSISTANT_CHROMA_PREFIX, or run "
            "`assistant index push --allow-removals`"
        ),
    )


def _write(
    snapshot: Snapshot,
    server: Server,
    before: LiveGeneration | None,
    renew: RenewLease,
    progress: Progress,
) -> LiveGeneration:
    _remove_all_but(server, before)
    new = _described(snapshot, server, before)
    try:
        _send(snapshot, server, new, renew, progress)
        _check(server, new, progress)
        renew()
        if _name_of(server.live()) != _name_of(before):
            raise ServerError(
                f"Another push to {server.address} has finished meanwhile, so this one was "
                f"broken off; look at its outcome and push again if need be."
            )
        server.point_to(new)
    except BaseException:
        with contextlib.suppress(UserError):
            # What failed may have been the answer alone: what is live now must stay.
            if _name_of(server.live()) != new.collection:
                _remove(server, new.collection)
        raise
    with contextlib.suppress(UserError):  # else the next push does it
        _remove_all_but(server, new)
    return new


def _described(snapshot: Snapshot, server: Server, before: LiveGeneration | None) -> LiveGeneration:
    generation = snapshot.required_meta("generation")
    return LiveGeneration(
        collection=f"{server.prefix}-{generation}-{secrets.token_hex(4)}",
        previous=_name_of(before),
        generation=generation,
        articles=snapshot.count("article"),
        passages=snapshot.count("passage"),
        model=snapshot.required_meta("model"),
        fingerprint=snapshot.required_meta("fingerprint"),
        rules=snapshot.required_meta("rules"),
        built=snapshot.required_meta("built"),
    )


def _send(
    snapshot: Snapshot, server: Server, new: LiveGeneration, renew: RenewLease, progress: Progress
) -> None:
    done, total = 0, new.passages + new.articles
    contents = {
        new.collection: (new.passages, _passage_records(snapshot)),
        new.collection + ARTICLES: (new.articles, article_records(snapshot)),
    }
    for name, (rows, records) in contents.items():
        server.create(name, rows)
        while batch := list(islice(records, BATCH)):
            renew()
            server.add(name, batch)
            done += len(batch)
            progress("pushing", done, total)


def _passage_records(snapshot: Snapshot) -> Iterator[Record]:
    ids = snapshot.passage_ids()
    for first in range(0, len(ids), BATCH):
        yield from map(passage_record, snapshot.passage_rows(ids[first : first + BATCH]))


def _check(server: Server, new: LiveGeneration, progress: Progress) -> None:
    """Count what has arrived, and look some of it up.

    Raises:
        ServerError: It is not what was sent.
    """
    for name, right in ((new.collection, new.passages), (new.collection + ARTICLES, new.articles)):
        if (arrived := server.count(name)) != right:
            raise _not_arrived(server, f"{arrived} rows instead of {right}")
    ids = list(server.ids(new.collection))
    sample = ids[:: max(1, len(ids) // SAMPLE)]
    lost = 0
    for done, (key, (text, metadata)) in enumerate(
        server.rows(new.collection, sample).items(), start=1
    ):
        vector = read_passage_record(key, text, metadata).vector
        lost += max(server.nearest(new.collection, vector, 1).values(), default=0.0) < _ITSELF
        progress("checking", done, len(sample))
    if lost > most_lost(len(sample), new.passages):
        raise _not_arrived(server, f"{lost} of {len(sample)} rows do not find themselves")


def _not_arrived(server: Server, reason: str) -> ServerError:
    return ServerError(
        f"What was pushed to {server.address} did not pass its check ({reason}); look into the "
        f"server's log and push again. What it held before serves on."
    )


def _remove_all_but(server: Server, live: LiveGeneration | None) -> None:
    """Remove the generations that nobody reads; that before the live one may still be read."""
    keep = {live.collection, live.previous} if live else set()
    for name in server.generations():
        if name.removesuffix(ARTICLES) not in keep:
            server.remove(name)


def _remove(server: Server, collection: str) -> None:
    for name in (collection, collection + ARTICLES):
        server.remove(name)


def _name_of(live: LiveGeneration | None) -> str:
    return live.collection if live else ""
