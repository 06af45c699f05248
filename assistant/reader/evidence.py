"""Sentences that an answer can quote, those that were searched for, what it is phrased from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from index import ArticleInfo, Passage, SentenceSignals, Span


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
