"""Evidence → the exact sentences that answer a question, or the finding that none does.

Needs no LLM: each sentence's chance of answering is worked out from named signals by boosted
trees, and so is the confidence that the articles answer at all (``weighing``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.evidence import Evidence
from assistant.signals import Signals, confidence_signals, sentence_signals
from assistant.weighing import load_weights

MOST_SENTENCES = 3
MOST_WORDS = 60
"""Upper bound of an answer of several sentences, in words."""

CLOSEST = 3
"""How many passages a refusal shows."""

_ASKS_FOR_SEVERAL = re.compile(
    r"\b(?:which|list|name|what (?:\w+ )?\w+s\b|and|who (?:are|were)|all)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found.

    Attributes:
        answers: Whether the articles answer.
        picked: The sentences that answer, in reading order; empty when they do not.
        closest: The best sentence of each of the nearest passages.
        confidence: Estimated probability that the articles answer, 0..1.
        chances: Evidence number → chance that the sentence answers, 0..1.
    """

    answers: bool
    picked: tuple[Evidence, ...]
    closest: tuple[Evidence, ...]
    confidence: float
    chances: dict[int, float]


NOTHING = Reading(answers=False, picked=(), closest=(), confidence=0.0, chances={})
"""The reading where there is no evidence at all."""


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
    answers = confidence >= threshold
    return Reading(
        answers=answers,
        picked=_pick(question, evidence, chances) if answers else (),
        closest=_closest(evidence, chances),
        confidence=confidence,
        chances={
            each.number: float(chance) for each, chance in zip(evidence, chances, strict=True)
        },
    )


def sentence_chances(question: str, evidence: Sequence[Evidence]) -> Signals:
    """Return each sentence's chance of answering, ``(sentences,)``, 0..1."""
    chances: Signals = load_weights()["sentence"].chances(sentence_signals(question, evidence))
    return chances


def _pick(question: str, evidence: Sequence[Evidence], chances: Signals) -> tuple[Evidence, ...]:
    rules = load_weights()["pick"]
    share = rules["share_when_several" if _ASKS_FOR_SEVERAL.search(question) else "share"]
    order = [int(place) for place in np.argsort(-chances, kind="stable")]
    picked = [evidence[order[0]]]
    used = len(picked[0].signals.text.split())
    for place in order[1:]:
        length = len(evidence[place].signals.text.split())
        if len(picked) == MOST_SENTENCES or chances[place] < share * chances[order[0]]:
            break
        if used + length <= MOST_WORDS:
            picked.append(evidence[place])
            used += length
    return tuple(sorted(picked, key=lambda each: _place(each, picked[0])))


def _place(each: Evidence, best: Evidence) -> tuple[bool, int, int]:
    """Reading order: the best sentence's article first, and each article from its top."""
    passage = each.signals.hit.passage
    own = passage.article_id == best.signals.hit.passage.article_id
    return (not own, each.rank if not own else 0, each.signals.span.start)


def _closest(evidence: Sequence[Evidence], chances: Signals) -> tuple[Evidence, ...]:
    best: dict[str, Evidence] = {}
    for place in np.argsort(-chances, kind="stable"):
        each = evidence[int(place)]
        best.setdefault(each.signals.hit.passage.id, each)
    return tuple(best.values())[:CLOSEST]
