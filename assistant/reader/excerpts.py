"""A sentence too long to quote whole → its clauses that bear on the question.

What is quoted is still a stretch of the article by its offsets; where it is cut, the answer says so
with an ellipsis.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.question.answer_type import shows
from assistant.question.understand import Query
from assistant.reader.evidence import Candidate
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


def excerpt(query: Query, each: Candidate) -> Candidate:
    """Return only the best neighbouring clauses of a sentence that is too long to quote whole.

    Args:
        query: The question.
        each: The sentence.
    """
    text = each.text
    start, end = max(_stretches(text), key=lambda part: _worth(query, text[slice(*part)]))
    first = each.span.start
    return replace(each, span=Span(first + start, first + end), text=text[start:end])


def _stretches(text: str) -> list[tuple[int, int]]:
    """Return the stretches of whole clauses that are short enough, each as long as possible."""
    cuts = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text)]
    stretches = []
    for place, start in enumerate(cuts[:-1]):
        fitting = [
            end for end in cuts[place + 1 :] if len(text[start:end].split()) <= EXCERPT_WORDS
        ]
        end = fitting[-1] if fitting else cuts[place + 1]
        stretches.append((start, start + len(text[start:end].rstrip())))
    return stretches


def _worth(query: Query, text: str) -> float:
    held = sum(query.weights.get(term, 0.0) for term in set(terms(text)))
    shown = shows(query.answer_type.kind, text, query.words)
    return held + shown * max(query.weights.values(), default=0.0)
