"""Evidence → named signals: numbers that tell whether a sentence answers a question.

The reader weighs them (``weights.json``); ``benchmarks/fit_reader.py`` finds the weights.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.evidence import Evidence
from index.words import question_terms, stem, terms, words

Signals = npt.NDArray[np.float64]
"""``(sentences, signals)`` or ``(signals,)``."""

SENTENCE_SIGNALS = (
    "similarity", "maxsim", "overlap", "dense", "lead", "rank", "expected", "length", "question",
)  # fmt: skip
CONFIDENCE_SIGNALS = (
    "chance", "similarity", "maxsim", "overlap", "context_overlap", "dense", "expected", "missing",
    "names_missing", "margin",
)  # fmt: skip

_NUMBER_WORD = (
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?"
    r"|thousands?|millions?|billions?|half|quarter|twice|several)\b"
)
_MONTH = r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
_DAY = r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:century|today|yesterday|tomorrow)\b"
_PLACE = r"\b(?:in|at|near|from|to|of|on|outside|across|around)\s+(?:the\s+)?[A-Z]"

# What a question asks for, by its opening, and what a sentence that answers it shows.
_EXPECTED = (
    (re.compile(r"\b(?:how (?:many|much|old|long|far|high|large|big|tall)|what (?:percentage|number|percent|share|proportion)|cost)\b", re.I),
     re.compile(rf"\d|{_NUMBER_WORD}", re.I)),
    (re.compile(r"\b(?:when|what (?:year|date|day|month|century|decade)|which (?:year|day|month)|in what year)\b", re.I),
     re.compile(rf"\b\d{{4}}\b|\b\d{{1,2}}(?:st|nd|rd|th)?\b|{_MONTH}|{_DAY}")),
    (re.compile(r"\b(?:who|whom|whose)\b", re.I), re.compile(r"(?<!^)(?<![.!?]\s)\b[A-Z][\w’'-]+|^[A-Z][\w’'-]+ [A-Z]")),
    (re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|place|town|state|region)\b", re.I),
     re.compile(_PLACE)),
)  # fmt: skip


def expected_kind(question: str, text: str) -> float:
    """Say whether a sentence shows what kind of thing is asked for: 1 yes, -1 no, 0 unknown."""
    for asked, shown in _EXPECTED:
        if asked.search(question):
            # What the question itself says is no answer to it.
            told = {word.casefold() for word in re.findall(r"\w+", question)}
            found = (match[0] for match in shown.finditer(text))
            return 1.0 if any(set(re.findall(r"\w+", each.casefold())) - told for each in found) else -1.0
    return 0.0


def sentence_signals(question: str, evidence: Sequence[Evidence]) -> Signals:
    """Return the signals of each sentence, in the order of ``SENTENCE_SIGNALS``."""
    return np.array(
        [
            (
                each.signals.similarity,
                each.signals.maxsim,
                each.signals.overlap,
                each.signals.hit.dense,
                max(each.lead, -6.0),
                1.0 / (1 + each.rank),
                expected_kind(question, each.signals.text),
                math.log1p(len(each.signals.text.split())),
                float(each.signals.text.rstrip().endswith("?")),
            )
            for each in evidence
        ],
        dtype=np.float64,
    ).reshape(len(evidence), len(SENTENCE_SIGNALS))


def confidence_signals(
    question: str, evidence: Sequence[Evidence], chances: Signals, weights: dict[str, float]
) -> Signals:
    """Return the signals of whether the articles answer at all, as ``CONFIDENCE_SIGNALS`` says.

    Args:
        question: As it was understood.
        evidence: At least one sentence.
        chances: Of each sentence, ``(sentences,)``.
        weights: Stemmed question word → inverse document frequency.
    """
    best = int(chances.argmax())
    first = evidence[best].signals
    total = sum(weights.values()) or 1.0
    near = set(terms(" ".join([first.hit.article.title, *(e.signals.text for e in evidence)])))
    missing = sum(weight for term, weight in weights.items() if term not in near) / total
    names = _names(question)
    context = set(terms(f"{first.hit.article.title} {first.hit.text}"))
    lost = sum(1 for name in names if name not in context) / len(names) if names else 0.0
    rest = np.delete(chances, best)
    return np.array(
        [
            float(chances[best]),
            max(each.signals.similarity for each in evidence),
            max(each.signals.maxsim for each in evidence),
            first.overlap,
            first.context_overlap,
            max(each.signals.hit.dense for each in evidence),
            expected_kind(question, first.text),
            missing,
            lost,
            float(chances[best] - rest.max()) if len(rest) else 0.0,
        ]
    )


def _names(question: str) -> list[str]:
    """Return the stemmed names and numbers of a question: capital letters behind its first word."""
    found = re.findall(r"(?<!^)\b(?:[A-Z][\w’'-]*|\d[\d.,]*)", question.strip())
    asked = set(question_terms(question))
    return [term for term in {stem(word) for each in found for word in words(each)} if term in asked]
