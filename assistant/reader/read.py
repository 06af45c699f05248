"""Passages → the exact sentences that answer a question, or the finding that none does.

Needs no LLM: ``judgement`` says how likely each sentence answers, and how surely the articles do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from assistant.question.understand import Query
from assistant.reader.boilerplate import is_boilerplate
from assistant.reader.conflicts import find_conflict
from assistant.reader.evidence import Candidate, Material
from assistant.reader.excerpts import LONGEST_SENTENCE, excerpt
from assistant.reader.features import Features
from assistant.reader.judgement import judge
from assistant.reader.selection import length, select_sentences, with_antecedents
from index import Hit, SentenceSignals, Span, View
from index.text import one_line

CLOSEST = 3
"""How many passages a refusal shows."""

_LONGEST_HEADING = 8  # in words


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found.

    Attributes:
        picked: The sentences that answer, in reading order; empty when the articles do not.
        closest: The best sentence of each of the nearest passages.
        confidence: Estimated probability that the articles answer, 0..1.
        chances: Candidate number → chance that the sentence answers, 0..1.
        differ: Whether those picked are two articles' different answers.
        evidence: All sentences that were read.
        shorts: Candidate number → where in its article the short answer stands, if there is one.
        figures: Candidate number → the reader's own figures of it, by name.
    """

    picked: tuple[Candidate, ...]
    closest: tuple[Candidate, ...]
    confidence: float
    chances: Mapping[int, float]
    differ: bool = False
    evidence: tuple[Candidate, ...] = ()
    shorts: Mapping[int, Span] = field(default_factory=dict)
    figures: Mapping[int, Mapping[str, float]] = field(default_factory=dict)

    @property
    def answers(self) -> bool:
        """Whether the articles answer."""
        return bool(self.picked)

    @property
    def material(self) -> Material:
        """What an answer can be phrased from: the sentences that are picked come first."""
        picked = frozenset(each.number for each in self.picked)
        return Material(self.evidence, picked, self.chances)


NOTHING = Reading(picked=(), closest=(), confidence=0.0, chances={})
"""The reading where there is no evidence at all."""


def read_passages(view: View, query: Query, hits: Sequence[Hit], *, threshold: float) -> Reading:
    """Return what the reader makes of the passages that were found.

    Args:
        view: The index.
        query: The question.
        hits: The passages, best first.
        threshold: Confidence below which nothing is picked, 0..1.
    """
    evidence = gather_evidence(view, query, hits)
    if not evidence:
        return NOTHING
    judgement = judge(view, query, evidence)
    chances = judgement.chances
    reading = Reading(
        picked=(),
        closest=_closest(evidence, chances),
        confidence=judgement.confidence,
        chances={
            each.number: float(chance) for each, chance in zip(evidence, chances, strict=True)
        },
        evidence=evidence,
        shorts=judgement.shorts,
        figures=judgement.figures,
    )
    answers = judgement.confidence >= threshold
    return _answering(query, reading, chances) if answers else reading


def _answering(query: Query, reading: Reading, chances: Features) -> Reading:
    """Return a reading that answers, with the sentences that do."""
    best = reading.evidence[int(chances.argmax())]
    differ = query.answer_type.can_differ
    rival = find_conflict(query, best, reading.evidence, reading.chances) if differ else None
    if rival:
        return replace(reading, picked=_newest_first(best, rival), differ=True)
    picked = select_sentences(query, reading.evidence, chances)
    shortened = (
        excerpt(query, each) if length(each) > LONGEST_SENTENCE else each for each in picked
    )
    return replace(reading, picked=tuple(shortened))


def _newest_first(*picked: Candidate) -> tuple[Candidate, ...]:
    newest = sorted(picked, key=lambda each: each.article.published or "", reverse=True)
    return with_antecedents(newest)


def _closest(evidence: Sequence[Candidate], chances: Features) -> tuple[Candidate, ...]:
    best: dict[str, Candidate] = {}
    for place in np.argsort(-chances, kind="stable"):
        each = evidence[int(place)]
        best.setdefault(each.passage.id, each)
    return tuple(best.values())[:CLOSEST]


def gather_evidence(view: View, query: Query, hits: Sequence[Hit]) -> tuple[Candidate, ...]:
    """Number the hits' sentences that can be quoted; what several articles say counts once."""
    rank = {hit.passage.id: place for place, hit in enumerate(hits)}
    seen: set[str] = set()
    gathered: list[Candidate] = []
    for signals in view.sentences(query.judged, hits) if hits else ():
        plain = one_line(signals.text).casefold()
        if plain not in seen and _is_quotable(signals):
            seen.add(plain)
            lead = signals.hit.score - hits[0].score
            place = rank[signals.hit.passage.id]
            gathered.append(_candidate(len(gathered) + 1, signals, place, lead))
    return tuple(gathered)


def _candidate(number: int, signals: SentenceSignals, rank: int, lead: float) -> Candidate:
    hit = signals.hit
    where = (hit.article, hit.passage, hit.text, signals.span, signals.text)
    return Candidate(number, *where, signals, rank, lead)


def _is_quotable(signals: SentenceSignals) -> bool:
    hit = signals.hit
    furniture = is_boilerplate(hit.text, signals.span, hit.passage.start)
    return not (furniture or _is_heading(signals))


def _is_heading(signals: SentenceSignals) -> bool:
    """Whether a sentence is a line of its own that says nothing: a heading, not an entry."""
    start, end = (place - signals.hit.passage.start for place in signals.span)
    before, after = signals.hit.text[:start], signals.hit.text[end:]
    alone = (not before or before.rstrip(" ").endswith("\n")) and after.lstrip(" ")[:1] == "\n"
    unfinished = not signals.text.rstrip("\"'”’») ").endswith((".", "!", "…", ":", ";"))
    return alone and unfinished and len(signals.text.split()) <= _LONGEST_HEADING
