"""Evidence → the exact sentences that answer a question, or the finding that none does.

Needs no LLM: each sentence's chance of answering is worked out from named signals by boosted
trees, and so is the confidence that the articles answer at all (``weighing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.finding import time_asked
from assistant.reader.conflicts import find_disagreement
from assistant.reader.evidence import Evidence, gather_evidence
from assistant.reader.excerpts import excerpt
from assistant.reader.features import Signals, confidence_signals, sentence_signals
from assistant.reader.selection import pick_sentences, with_antecedents
from assistant.reader.trees import load_weights
from index import Hit, View

CLOSEST = 3
"""How many passages a refusal shows."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found.

    Attributes:
        picked: The sentences that answer, in reading order; empty when the articles do not.
        closest: The best sentence of each of the nearest passages.
        confidence: Estimated probability that the articles answer, 0..1.
        chances: Evidence number → chance that the sentence answers, 0..1.
        differ: Whether those picked are two articles' different answers.
        evidence: All sentences that were read.
    """

    picked: tuple[Evidence, ...]
    closest: tuple[Evidence, ...]
    confidence: float
    chances: dict[int, float]
    differ: bool = False
    evidence: tuple[Evidence, ...] = ()

    @property
    def answers(self) -> bool:
        """Whether the articles answer."""
        return bool(self.picked)


NOTHING = Reading(picked=(), closest=(), confidence=0.0, chances={})
"""The reading where there is no evidence at all."""


def read_passages(view: View, asked: str, hits: Sequence[Hit], *, threshold: float) -> Reading:
    """Return what the reader makes of the passages that were found.

    A follow-up's added subject finds the passages; which sentence of them answers is judged by
    what was asked, or the subject's own sentence would win each time.
    """
    question = time_asked(view, asked).question
    evidence = gather_evidence(view, question, hits)
    weights = view.term_weights(question)
    return read_evidence(question, evidence, weights, threshold=threshold)


def read_evidence(
    question: str, evidence: Sequence[Evidence], weights: dict[str, float], *, threshold: float
) -> Reading:
    """Pick the one to three sentences that answer a question.

    Args:
        question: As it was understood.
        evidence: The sentences that may answer.
        weights: Stemmed question word → inverse document frequency.
        threshold: Confidence below which nothing is picked.
    """
    if not evidence:
        return NOTHING
    chances = sentence_chances(question, evidence)
    signals = confidence_signals(question, evidence, chances, weights)
    confidence = float(load_weights()["confidence"].chances(signals[None, :])[0])
    chance_of = {each.number: float(chance) for each, chance in zip(evidence, chances, strict=True)}
    if confidence < threshold:
        closest = _closest(evidence, chances)
        return Reading((), closest, confidence, chance_of, evidence=tuple(evidence))
    best = evidence[int(chances.argmax())]
    differs = find_disagreement(question, best, evidence, chance_of)
    picked = (
        _newest_first(best, differs)
        if differs
        else tuple(
            excerpt(question, each, weights) for each in pick_sentences(question, evidence, chances)
        )
    )
    return Reading(
        picked=picked,
        closest=_closest(evidence, chances),
        confidence=confidence,
        chances=chance_of,
        differ=differs is not None,
        evidence=tuple(evidence),
    )


def _newest_first(*picked: Evidence) -> tuple[Evidence, ...]:
    newest = sorted(picked, key=lambda each: each.signals.hit.article.published or "", reverse=True)
    return with_antecedents(newest)


def sentence_chances(question: str, evidence: Sequence[Evidence]) -> Signals:
    """Return each sentence's chance of answering, ``(sentences,)``, 0..1."""
    chances: Signals = load_weights()["sentence"].chances(sentence_signals(question, evidence))
    return chances


def _closest(evidence: Sequence[Evidence], chances: Signals) -> tuple[Evidence, ...]:
    best: dict[str, Evidence] = {}
    for place in np.argsort(-chances, kind="stable"):
        each = evidence[int(place)]
        best.setdefault(each.signals.hit.passage.id, each)
    return tuple(best.values())[:CLOSEST]
