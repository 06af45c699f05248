"""A query → the passages to read, best attempt first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.question.understand import Query
from index import Hit, View

PASSAGES = 6
"""How many passages are read as a rule; each costs a run of the embedding model."""

LIST_PASSAGES = 12
"""How many passages are read where a question asks for a list: the best of further articles too."""

_WIDE = 60  # passages among which other articles are looked for
_ABOUT_AS_NEAR = 0.7  # share of the best sentence's similarity from which on one is on the subject


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages of one attempt to answer.

    Attributes:
        read: Those that are read, best first.
        others: Those that were found besides, best first.
    """

    read: tuple[Hit, ...]
    others: tuple[Hit, ...]


def find_passages(view: View, query: Query, limit: int = PASSAGES) -> list[Hit]:
    """Return the passages that are nearest to a question, best first."""
    return view.search(
        query.sought, limit, said=query.said, leaning=query.leaning, period=query.period
    )


def attempts(view: View, query: Query) -> Iterator[Retrieved]:
    """Yield the passages to read: if the first ones do not answer, the next ones may."""
    hits = find_passages(view, query, _WIDE)
    if query.latest:
        yield _parted(_newest(hits)[:PASSAGES], hits)
    yield _parted(_spread(hits) if query.answer_type.is_list else hits[:PASSAGES], hits)


def _parted(read: Sequence[Hit], hits: Sequence[Hit]) -> Retrieved:
    chosen = {hit.passage.id for hit in read}
    return Retrieved(tuple(read), tuple(hit for hit in hits if hit.passage.id not in chosen))


def _newest(hits: Sequence[Hit]) -> list[Hit]:
    """Return the passages of the newest article among those on the subject."""
    near = max((max(hit.sentence_similarity) for hit in hits), default=0.0)
    about = [hit for hit in hits if max(hit.sentence_similarity) >= _ABOUT_AS_NEAR * near]
    newest = max((hit.article.published or "" for hit in about), default="")
    return [hit for hit in about if (hit.article.published or "") == newest]


def _spread(hits: Sequence[Hit]) -> list[Hit]:
    """Return the best passages, and the best one of each further article."""
    spread = list(hits[:PASSAGES])
    seen = {hit.passage.article_id for hit in spread}
    for hit in hits[PASSAGES:]:
        if hit.passage.article_id not in seen and len(spread) < LIST_PASSAGES:
            seen.add(hit.passage.article_id)
            spread.append(hit)
    return spread
