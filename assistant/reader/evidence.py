"""Hits → numbered evidence: every sentence that may answer, with how near it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index import Hit, SentenceSignals, View
from index.text import one_line

_LONGEST_HEADING = 8  # in words

PASSAGES = 6
"""How many passages are read as a rule; each costs a run of the embedding model."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that may answer.

    Attributes:
        number: From 1, in the order of the hits and of reading.
        signals: How near it is to the question.
        rank: Place of its passage among the hits, from 0.
        lead: Fused score of its passage less that of the best one, at most 0.
    """

    number: int
    signals: SentenceSignals
    rank: int
    lead: float


def _is_heading(signals: SentenceSignals) -> bool:
    """Whether a sentence is a line of its own that says nothing: a heading, not an entry."""
    start, end = (place - signals.hit.passage.start for place in signals.span)
    before, after = signals.hit.text[:start], signals.hit.text[end:]
    alone = (not before or before.rstrip(" ").endswith("\n")) and after.lstrip(" ")[:1] == "\n"
    unfinished = not signals.text.rstrip("\"'”’») ").endswith((".", "!", "…", ":", ";"))
    return alone and unfinished and len(signals.text.split()) <= _LONGEST_HEADING


def gather_evidence(view: View, question: str, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
    """Number the sentences of the hits; what stands in several articles counts once."""
    if not hits:
        return ()
    rank = {hit.passage.id: place for place, hit in enumerate(hits)}
    seen: set[str] = set()
    gathered: list[Evidence] = []
    for signals in view.sentences(question, hits):
        plain = one_line(signals.text).casefold()
        if plain in seen or _is_heading(signals):
            continue
        seen.add(plain)
        gathered.append(
            Evidence(
                number=len(gathered) + 1,
                signals=signals,
                rank=rank[signals.hit.passage.id],
                lead=signals.hit.score - hits[0].score,
            )
        )
    return tuple(gathered)
