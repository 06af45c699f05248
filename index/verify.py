"""An index → every way in which catalogue, vectors and source files disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from index.catalogue import Catalogue
from index.errors import IndexDamagedError, UserError
from index.generations import GENERATIONS
from index.plan import plan_update
from index.rows import PassageRow
from index.snapshot import Snapshot
from index.types import Progress, Unreadable, no_progress
from index.vectors import Generation, most_lost
from index.words import terms

_SAMPLE = 50  # passages that are looked up by their own vector and their own words
_WORDS = 12  # of such a passage
_ITSELF = 0.999  # cosine similarity from which on a vector has found itself


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
    """

    articles: int
    passages: int
    differences: tuple[Difference, ...]
    unreadable: tuple[Unreadable, ...]


def verify_index(folder: Path, progress: Progress = no_progress) -> Verification:
    """Check the catalogue against itself, the vectors against it, and both against the files.

    Nothing is changed.

    Raises:
        IndexMissingError: There is no index.
        IndexDamagedError: The catalogue cannot be read at all.
    """
    with Catalogue.open(folder).snapshot() as snapshot:
        snapshot.check()
        # Nothing can be compared with what is not true itself.
        found = [Difference(*each) for each in snapshot.damaged_rows(progress)]
        unreadable: tuple[Unreadable, ...] = ()
        if not found:
            found = [*_in_words(snapshot), *_in_vectors(folder, snapshot, progress)]
            outside, unreadable = _outside(snapshot, progress)
            found += outside
        return Verification(
            articles=snapshot.count("article"),
            passages=snapshot.count("passage"),
            differences=tuple(found),
            unreadable=unreadable,
        )


def _in_words(snapshot: Snapshot) -> Iterator[Difference]:
    if snapshot.indexed_words() != snapshot.count("passage"):
        yield Difference("full-text index", "it does not hold every passage once")
    for row in _sample(snapshot):
        if not snapshot.holds_words(row.passage.id, terms(row.text)[:_WORDS] or ["-"]):
            yield Difference(row.passage.id, "the full-text index does not find it by its words")
    if snapshot.meta("words") != snapshot.words_checksum():
        yield Difference("full-text index", "it is not as it was stored")


def _in_vectors(folder: Path, snapshot: Snapshot, progress: Progress) -> list[Difference]:
    try:
        return _in_generation(folder, snapshot, progress)
    except IndexDamagedError as error:
        return [Difference("vectors", str(error))]


def _in_generation(folder: Path, snapshot: Snapshot, progress: Progress) -> list[Difference]:
    found: list[Difference] = []
    generation = Generation(folder / GENERATIONS / str(snapshot.meta("generation")), thorough=True)
    try:
        there = set()
        total = snapshot.count("passage")
        rows = generation.rows()
        while portion := list(islice(rows, 1000)):
            expected = {
                row.passage.id: row for row in snapshot.passage_rows([each[0] for each in portion])
            }
            for passage_id, document, metadata in portion:
                there.add(passage_id)
                row = expected.get(passage_id)
                if row is None:
                    found.append(Difference(passage_id, "Chroma holds it, the catalogue does not"))
                elif (document, metadata.get("start"), metadata.get("end")) != (
                    row.text, row.passage.start, row.passage.end,
                ):  # fmt: skip
                    found.append(Difference(passage_id, "Chroma holds another text for it"))
            progress("comparing", len(there), total)
        missing = set(snapshot.passage_ids()) - there
        found += [Difference(each, "Chroma does not hold it") for each in sorted(missing)]
        sample = _sample(snapshot)
        lost = [
            row.passage.id
            for row in sample
            if max(generation.nearest(row.vector, 1).values(), default=0.0) < _ITSELF
        ]
        if len(lost) > most_lost(len(sample), total):
            found += [Difference(each, "its own vector does not find it") for each in lost]
    finally:
        generation.close()
    return found


def _outside(
    snapshot: Snapshot, progress: Progress
) -> tuple[list[Difference], tuple[Unreadable, ...]]:
    sources = snapshot.sources()
    try:
        plan = plan_update(sources, snapshot, progress)
    except UserError as error:
        return [Difference(", ".join(sources), str(error))], ()
    found = [Difference(each.info.source, "it is not indexed yet") for each in plan.new]
    found += [Difference(each.info.source, "it has changed since") for each in plan.changed]
    found += [Difference(each.source, "it is indexed and has gone") for each in plan.removed]
    return found, plan.unreadable


def _sample(snapshot: Snapshot) -> list[PassageRow]:
    ids = snapshot.passage_ids()
    return snapshot.passage_rows(ids[:: max(1, len(ids) // _SAMPLE)])
