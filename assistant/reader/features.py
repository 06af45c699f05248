"""Evidence → named signals: numbers that tell whether a sentence answers a question.

The reader weighs them (``weights.json``); ``benchmarks/fit_reader.py`` finds the weights.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from assistant.language.negation import is_negated, opposites_held
from assistant.reader.evidence import Evidence
from index.words import question_terms, stem, terms, words

Signals = npt.NDArray[np.float64]
"""``(sentences, signals)`` or ``(signals,)``."""

SENTENCE_SIGNALS = (
    "similarity",  # of the sentence's vector
    "maxsim",
    "overlap",
    "weakest",
    "similarity_lead",  # less that of the best sentence
    "maxsim_lead",
    "overlap_lead",
    "weakest_lead",
    "rest_overlap",  # of the question's words that the title does not hold
    "pairs",  # share of the question's neighbouring words that are neighbours here too
    "dense",  # of the passage
    "passage_lead",
    "rank",
    "expected",
    "length",
    "question",
    "opening",
)
CONFIDENCE_SIGNALS = (
    "chance",  # of the best sentence
    "second_chance",
    "similarity",
    "maxsim",
    "overlap",
    "context_overlap",
    "best_overlap",
    "weakest",
    "context_weakest",
    "best_weakest",
    "best_context_weakest",
    "dense",
    "expected",
    "pairs",
    "missing",  # share of the question's words, by rarity, that the evidence does not hold
    "names_missing",  # share of its names and numbers that the passage does not hold
    "negated",  # whether the question is
    "negated_otherwise",  # 1: the question is and the sentence is not; -1: the reverse
    "opposites",  # words of the question whose opposite the sentence holds instead
    "drop",
    "length",
)

_NUMBER_WORD = (
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?"
    r"|thousands?|millions?|billions?|half|quarter|twice|several)\b"
)
_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b",
    re.IGNORECASE,
)
_DAY = r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:century|today|yesterday|tomorrow)\b"
_HOW_MANY = (
    r"\bhow (?:many|much|old|long|far|high|large|big|tall)\b|\bcosts?\b"
    r"|\b(?:what|which) (?:percentage|number|percent|share|proportion)\b"
)
_WHEN = r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade)\b"
_WHERE = r"\bwhere\b|\b(?:what|which) (?:city|country|place|town|state|region)\b"
_PLACE = r"\b(?:in|at|near|from|to|of|on|outside|across|around)\s+(?:the\s+)?[A-Z][\w’'-]+"
_NAME = r"(?<!^)(?<![.!?]\s)\b[A-Z][\w’'-]+|^[A-Z][\w’'-]+ [A-Z][\w’'-]+"

_EXPECTED = (
    (re.compile(_HOW_MANY, re.IGNORECASE), re.compile(rf"\d[\d.,]*|{_NUMBER_WORD}", re.IGNORECASE)),
    (re.compile(_WHEN, re.IGNORECASE), re.compile(rf"\d+|{_MONTH.pattern}|{_DAY}")),
    (re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE), re.compile(_NAME)),
    (re.compile(_WHERE, re.IGNORECASE), re.compile(_PLACE)),
)
"""What a question asks for, by its wording, and what a sentence that answers it shows."""


def asks_how_many(question: str) -> bool:
    """Whether a question asks for a number."""
    return bool(_EXPECTED[0][0].search(question))


def asks_when(question: str) -> bool:
    """Whether a question asks for a date."""
    return bool(_EXPECTED[1][0].search(question))


def expected_kind(question: str, text: str) -> float:
    """Say whether a sentence shows what kind of thing is asked for: 1 yes, -1 no, 0 unknown."""
    for asked, shown in _EXPECTED:
        if asked.search(question):
            # What the question itself says is no answer to it.
            told = set(words(question))
            found = (set(words(match[0])) - told for match in shown.finditer(text))
            return 1.0 if any(found) else -1.0
    return 0.0


def sentence_signals(question: str, evidence: Sequence[Evidence]) -> Signals:
    """Return the signals of each sentence, in the order of ``SENTENCE_SIGNALS``."""
    near = np.array(
        [
            (e.signals.similarity, e.signals.maxsim, e.signals.overlap, e.signals.weakest)
            for e in evidence
        ]
    ).reshape(-1, 4)
    lead = near - near.max(axis=0, initial=-1.0)
    rest = np.array([_own_signals(question, each) for each in evidence])
    return np.hstack([near, lead, rest.reshape(len(evidence), -1)])


def _own_signals(question: str, each: Evidence) -> tuple[float, ...]:
    text = each.signals.text
    asked = question_terms(question)
    present = terms(text)
    beyond_title = set(asked) - set(terms(each.signals.hit.article.title))
    held = len(beyond_title & set(present))
    return (
        held / len(beyond_title) if beyond_title else each.signals.overlap,
        _pairs(asked, present),
        each.signals.hit.dense,
        max(each.lead, -6.0),
        1.0 / (1 + each.rank),
        expected_kind(question, text),
        math.log1p(len(text.split())),
        float(text.rstrip().endswith("?")),
        float(each.signals.span.start == 0),
    )


def _pairs(asked: Sequence[str], present: Sequence[str]) -> float:
    wanted = set(pairwise(asked))
    return len(wanted & set(pairwise(present))) / len(wanted) if wanted else 0.0


def confidence_signals(
    question: str, evidence: Sequence[Evidence], chances: Signals, weights: Mapping[str, float]
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
    held = set(terms(" ".join([first.hit.article.title, *(e.signals.text for e in evidence)])))
    names = _names(question)
    context = set(terms(f"{first.hit.article.title} {first.hit.text}"))
    return np.array(
        [
            float(chances[best]),
            float(np.delete(chances, best).max(initial=0.0)),
            max(each.signals.similarity for each in evidence),
            max(each.signals.maxsim for each in evidence),
            first.overlap,
            first.context_overlap,
            max(each.signals.overlap for each in evidence),
            first.weakest,
            first.context_weakest,
            max(each.signals.weakest for each in evidence),
            max(each.signals.context_weakest for each in evidence),
            max(each.signals.hit.dense for each in evidence),
            expected_kind(question, first.text),
            _pairs(question_terms(question), terms(first.text)),
            sum(weight for term, weight in weights.items() if term not in held) / total,
            sum(name not in context for name in names) / len(names) if names else 0.0,
            float(is_negated(question)),
            float(is_negated(question)) - float(is_negated(first.text)),
            float(opposites_held(question, first.text)),
            first.drop,
            math.log1p(len(weights)),
        ]
    )


def _names(question: str) -> list[str]:
    """Return the stemmed names and numbers of a question: capital letters behind its first word."""
    found = re.findall(r"(?<!^)\b(?:[A-Z][\w’'-]*|\d[\d.,]*)", question.strip())
    asked = set(question_terms(question))
    stems = dict.fromkeys(stem(word) for each in found for word in words(each))
    return [each for each in stems if each in asked]
