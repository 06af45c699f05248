"""An index → every way in which catalogue, vectors and source files disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from index.build.plan import plan_update
from index.catalogue.database import Catalogue
from index.catalogue.snapshot import Snapshot
from index.errors import IndexDamagedError, UserError
from index.layout import GENERATIONS
from index.remote.published import published_as
from index.remote.replica import ServedGeneration
from index.remote.server import Server
from index.settings import IndexSettings
from index.types import PassageRow, Progress, Unreadable, Vectors, no_progress
from index.vectors.chroma import Generation, most_lost
from index.vectors.write import metadata_of
from index.words import terms

_SAMPLE = 50  # passages that are looked up by their own vector and their own words
_WORDS = 12  # of such a passage
_ITSELF = 0.999  # cosine similarity from which on a vector has found itself
_ROUNDING = 1e-4  # by which a number of a vector may differ, for Chroma may norm them again

_MAKE_AGAIN = "Run `assistant index rebuild ARTICLES` with your articles to make the index again."
# Whether the index differs from itself, and whether it differs from its sources.
_REMEDIES = {
    (False, False): "",
    (True, False): "Run `assistant index rebuild` to write the index again from its stored texts.",
    (False, True): "Run `assistant index build`, with ARTICLES if they lie elsewhere now.",
    (True, True): "Run `assistant index rebuild`, then `assistant index build`.",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be: what it is about, and what is wrong."""

    subject: str
    problem: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what disagrees.

    Attributes:
        articles: Articles in the catalogue.
        passages: Passages in the catalogue.
        differences: Empty if all is well.
        unreadable: Files that could not be read; they are not in the index either.
        remedy: The sentence that says what repairs the differences; empty if there are none.
    """

    articles: int
    passages: int
    differences: tuple[Difference, ...]
    unreadable: tuple[Unreadable, ...]
    remedy: str


def verify_index(
    folder: Path | str,
    progress: Progress = no_progress,
    *,
    settings: IndexSettings | None = None,
) -> Verification:
    """Check the catalogue against itself, the vectors against it, and both against the files.

    Nothing is changed.

    Args:
        folder: The index.
        progress: Called with ``verifying`` and ``comparing``.
        settings: If they name a server, its collection is looked at where it holds the same.

    Raises:
        IndexMissingError: There is no index.
        IndexDamagedError: The catalogue cannot be read at all.
        ServerError: The server cannot be used.
    """
    folder = Path(folder)
    server = Server(settings) if settings and settings.chroma_url else None
    with Catalogue.open(folder).snapshot() as snapshot:
        snapshot.check()
        differences = [Difference(*each) for each in snapshot.damaged_rows(progress)]
        unreadable: tuple[Unreadable, ...] = ()
        remedy = _MAKE_AGAIN if differences else ""
        # Nothing can be compared with what is not true itself.
        if not differences:
            inside = [*_in_words(snapshot), *_in_vectors(folder, snapshot, progress, server)]
            outside, unreadable = _outside(snapshot, progress)
            differences = inside + outside
            remedy = _REMEDIES[bool(inside), bool(outside)]
        return Verification(
            articles=snapshot.count("article"),
            passages=snapshot.count("passage"),
            differences=tuple(differences),
            unreadable=unreadable,
            remedy=remedy,
        )


def _in_words(snapshot: Snapshot) -> Iterator[Difference]:
    if snapshot.indexed_words() != snapshot.count("passage"):
        yield Difference("full-text index", "it does not hold every passage once")
    for row in _sample(snapshot):
        if not snapshot.holds_words(row.passage.id, terms(row.text)[:_WORDS] or ["-"]):
            yield Difference(row.passage.id, "the full-text index does not find it by its words")
    if snapshot.meta("words") != snapshot.words_checksum():
        yield Difference("full-text index", "it is not as it was stored")


def _in_vectors(
    folder: Path, snapshot: Snapshot, progress: Progress, server: Server | None
) -> list[Difference]:
    collection = published_as(snapshot) if server else None
    if server and collection:
        served = ServedGeneration(server, collection)
        return [*_in_rows(served, snapshot, progress), *_in_graph(served, snapshot)]
    try:
        return _in_generation(folder, snapshot, progress)
    except IndexDamagedError:
        return [Difference("vectors", "they are damaged or missing")]


def _in_generation(folder: Path, snapshot: Snapshot, progress: Progress) -> list[Difference]:
    name = snapshot.required_meta("generation")
    with closing(Generation(folder / GENERATIONS / name, thorough=True)) as generation:
        return [*_in_rows(generation, snapshot, progress), *_in_graph(generation, snapshot)]


def _in_rows(
    generation: Generation | ServedGeneration, snapshot: Snapshot, progress: Progress
) -> Iterator[Difference]:
    there: set[str] = set()
    rows = generation.rows()
    while portion := list(islice(rows, 1000)):
        ids = [each[0] for each in portion]
        expected = {row.passage.id: row for row in snapshot.passage_rows(ids)}
        for passage_id, text, metadata, vector in portion:
            if passage_id not in expected:
                yield Difference(passage_id, "Chroma holds it, the catalogue does not")
                continue
            for part in _unlike(expected[passage_id], text, metadata, vector):
                yield Difference(passage_id, f"Chroma holds another {part} for it")
        there.update(ids)
        progress("comparing", len(there), snapshot.count("passage"))
    for passage_id in sorted(set(snapshot.passage_ids()) - there):
        yield Difference(passage_id, "Chroma does not hold it")


def _unlike(
    row: PassageRow, text: str, metadata: Mapping[str, object] | None, vector: Vectors
) -> Iterator[str]:
    """Name the parts of a passage that Chroma holds otherwise than the catalogue."""
    if text != row.text:
        yield "text"
    right, there = metadata_of(row.passage, row.article), metadata or {}
    yield from sorted(key for key in right.keys() | there if right.get(key) != there.get(key))
    if vector.shape != row.vector.shape or not np.allclose(vector, row.vector, atol=_ROUNDING):
        yield "vector"


def _in_graph(
    generation: Generation | ServedGeneration, snapshot: Snapshot
) -> Iterator[Difference]:
    sample = _sample(snapshot)
    lost = [
        row.passage.id
        for row in sample
        if max(generation.nearest(row.vector, 1).values(), default=0.0) < _ITSELF
    ]
    if len(lost) > most_lost(len(sample), snapshot.count("passage")):
        yield from (Difference(each, "its own vector does not find it") for each in lost)


def _outside(
    snapshot: Snapshot, progress: Progress
) -> tuple[list[Difference], tuple[Unreadable, ...]]:
    sources = snapshot.sources()
    if not sources:  # it was filled from a server, and never built here
        return [], ()
    try:
        plan = plan_update(sources, snapshot, progress)
    except UserError as error:
        return [Difference(", ".join(sources), str(error))], ()
    differences = [Difference(each.info.source, "it is not indexed yet") for each in plan.new]
    differences += [Difference(each.info.source, "it has changed since") for each in plan.changed]
    differences += [Difference(each.source, "it is indexed and has gone") for each in plan.removed]
    return differences, plan.unreadable


def _sample(snapshot: Snapshot) -> list[PassageRow]:
    ids = snapshot.passage_ids()
    return snapshot.passage_rows(ids[:: max(1, len(ids) // _SAMPLE)])
