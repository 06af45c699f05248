"""Hits → numbered evidence: every sentence that may answer, with how near it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.question.understand import Query
from index import ArticleInfo, Hit, Passage, SentenceSignals, Span, View
from index.text import one_line

_LONGEST_HEADING = 8  # in words


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that an answer can quote.

    Attributes:
        number: From 1, in the order of reading.
        article: The article it stands in.
        passage: Its passage.
        around: The passage's text.
        span: Its offsets in the article.
        text: Its text.
    """

    number: int
    article: ArticleInfo
    passage: Passage
    around: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Candidate(Evidence):
    """Evidence that was searched for.

    Attributes:
        signals: How near it is to the question.
        rank: Place of its passage among the hits, from 0.
        lead: Fused score of its passage less that of the best one, at most 0.
    """

    signals: SentenceSignals
    rank: int
    lead: float


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer can be phrased from.

    Attributes:
        evidence: The sentences, in the order of reading.
        preferred: The numbers of those that come first where there is no room for all.
        chances: Evidence number → how well the sentence answers, 0..1.
    """

    evidence: tuple[Evidence, ...] = ()
    preferred: frozenset[int] = frozenset()
    chances: Mapping[int, float] = field(default_factory=dict)


def gather_evidence(view: View, query: Query, hits: Sequence[Hit]) -> tuple[Candidate, ...]:
    """Number the sentences of the hits; what stands in several articles counts once."""
    rank = {hit.passage.id: place for place, hit in enumerate(hits)}
    seen: set[str] = set()
    gathered: list[Candidate] = []
    for signals in view.sentences(query.judged, hits) if hits else ():
        plain = one_line(signals.text).casefold()
        if plain not in seen and not _is_heading(signals):
            seen.add(plain)
            lead = signals.hit.score - hits[0].score
            place = rank[signals.hit.passage.id]
            gathered.append(_candidate(len(gathered) + 1, signals, place, lead))
    return tuple(gathered)


def _candidate(number: int, signals: SentenceSignals, rank: int, lead: float) -> Candidate:
    hit = signals.hit
    where = (hit.article, hit.passage, hit.text, signals.span, signals.text)
    return Candidate(number, *where, signals, rank, lead)


def _is_heading(signals: SentenceSignals) -> bool:
    """Whether a sentence is a line of its own that says nothing: a heading, not an entry."""
    start, end = (place - signals.hit.passage.start for place in signals.span)
    before, after = signals.hit.text[:start], signals.hit.text[end:]
    alone = (not before or before.rstrip(" ").endswith("\n")) and after.lstrip(" ")[:1] == "\n"
    unfinished = not signals.text.rstrip("\"'”’») ").endswith((".", "!", "…", ":", ";"))
    return alone and unfinished and len(signals.text.split()) <= _LONGEST_HEADING
