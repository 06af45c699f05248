"""A sentence too long to quote whole → its clauses that bear on the question.

What is quoted is still a stretch of the article by its offsets; where it is cut, the answer says so
with an ellipsis.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from assistant.reader.evidence import Evidence
from assistant.reader.features import expected_kind
from index import Span
from index.words import terms

LONGEST_SENTENCE = 60
"""In words; what is longer is cut."""

EXCERPT_WORDS = 45

_CLAUSE = re.compile(
    r"(?<=[;:])\s+|(?<=[)\]])\s+(?=\w)|\s+(?=[–—(\[])"
    r"|(?<=,)\s+(?=(?:and|but|or|nor|so|yet|which|who|whose|where|when|while|with|including|as"
    r"|because|although|though|until|after|before|since)\b)",
    re.IGNORECASE,
)


def excerpt(question: str, each: Evidence, weights: Mapping[str, float]) -> Evidence:
    """Return a sentence as it is, or if it is too long, only its best neighbouring clauses.

    Args:
        question: As it was asked.
        each: The sentence.
        weights: Stemmed question word → inverse document frequency.
    """
    text = each.signals.text
    if len(text.split()) <= LONGEST_SENTENCE:
        return each
    start, end = max(
        _stretches(text), key=lambda part: _worth(question, text[slice(*part)], weights)
    )
    first = each.signals.span.start
    signals = replace(each.signals, span=Span(first + start, first + end), text=text[start:end])
    return replace(each, signals=signals)


def _stretches(text: str) -> list[tuple[int, int]]:
    """Return the stretches of whole clauses that are short enough, each as long as possible."""
    cuts = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text)]
    found = []
    for place, start in enumerate(cuts[:-1]):
        fitting = [
            end for end in cuts[place + 1 :] if len(text[start:end].split()) <= EXCERPT_WORDS
        ]
        end = fitting[-1] if fitting else cuts[place + 1]
        found.append((start, start + len(text[start:end].rstrip())))
    return found


def _worth(question: str, text: str, weights: Mapping[str, float]) -> float:
    held = sum(weights.get(term, 0.0) for term in set(terms(text)))
    return held + expected_kind(question, text) * max(weights.values(), default=0.0)
