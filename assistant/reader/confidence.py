"""What was read → the features of whether the articles answer; a refusal is decided by them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from assistant.language.negation import is_negated, opposites_held
from assistant.question.answer_type import shows
from assistant.question.understand import Query
from assistant.reader.evidence import Candidate
from assistant.reader.features import Features, pairs_held
from assistant.reader.joint.scores import SentenceScores
from index import TokenSignals
from index.words import stem, terms, words

_PLAIN_FEATURES = (
    "chance",  # of the best sentence
    "second_chance",
    "similarity",
    "overlap",
    "context_overlap",
    "best_overlap",
    "dense",
    "expected",
    "pairs",
    "missing",  # share of the question's words, by rarity, that the evidence does not hold
    "names_missing",  # share of its names and numbers that the passage does not hold
    "negated",  # whether the question is
    "negated_otherwise",  # 1: the question is and the sentence is not; -1: the reverse
    "opposites",  # words of the question whose opposite the sentence holds instead
    "length",
)

VECTOR_CONFIDENCE = (
    *_PLAIN_FEATURES,
    "maxsim",
    "weakest",
    "context_weakest",
    "best_weakest",
    "best_context_weakest",
    "drop",
)
"""Where the sentences' tokens were compared with the question's."""

JOINT_CONFIDENCE = (
    *_PLAIN_FEATURES,
    "answers",  # of the best sentence
    "span",
    "best_answers",  # of any
    "best_span",
    "other_answers",  # of the best sentence of the other passages
)
"""Where the sentences were read together with the question."""

# A capital letter behind the question's first word, or a number. The trees were fitted on what this
# pattern finds; ``language.names`` finds fewer (none in a question that has only capital letters).
_NAME = re.compile(r"(?<!^)\b(?:[A-Z][\w’'-]*|\d[\d.,]*)")


def vector_confidence(
    query: Query,
    evidence: Sequence[Candidate],
    chances: Features,
    tokens: Sequence[TokenSignals],
) -> Features:
    """Return the features of whether the articles answer, as ``VECTOR_CONFIDENCE`` says.

    Args:
        query: The question.
        evidence: At least one sentence.
        chances: Of each sentence, ``(sentences,)``.
        tokens: Of each sentence.
    """
    first = tokens[int(chances.argmax())]
    return np.array(
        [
            *_plain(query, evidence, chances),
            max(each.maxsim for each in tokens),
            first.weakest,
            first.context_weakest,
            max(each.weakest for each in tokens),
            max(each.context_weakest for each in tokens),
            first.drop,
        ]
    )


def joint_confidence(
    query: Query,
    evidence: Sequence[Candidate],
    chances: Features,
    scores: Sequence[SentenceScores],
) -> Features:
    """Return the same as ``JOINT_CONFIDENCE`` says; ``scores`` are those of each sentence."""
    best = int(chances.argmax())
    passage = evidence[best].passage.id
    others = [
        score.answers
        for each, score in zip(evidence, scores, strict=True)
        if each.passage.id != passage
    ]
    highest = max(score.answers for score in scores)
    return np.array(
        [
            *_plain(query, evidence, chances),
            scores[best].answers,
            scores[best].span,
            highest,
            max(score.span for score in scores),
            max(others, default=min(highest, 0.0)),
        ]
    )


def _plain(query: Query, evidence: Sequence[Candidate], chances: Features) -> list[float]:
    best = evidence[int(chances.argmax())]
    first = best.signals
    names = names_asked(query)
    context = context_terms(best)
    question = query.judged
    return [
        float(chances.max()),
        float(np.delete(chances, chances.argmax()).max(initial=0.0)),
        max(each.signals.similarity for each in evidence),
        first.overlap,
        first.context_overlap,
        max(each.signals.overlap for each in evidence),
        max(each.signals.hit.dense for each in evidence),
        shows(query.answer_type.kind, best.text, query.words),
        pairs_held(query.weights, terms(best.text)),
        _missing(query, best.article.title, evidence),
        sum(name not in context for name in names) / len(names) if names else 0.0,
        float(is_negated(question)),
        float(is_negated(question)) - float(is_negated(best.text)),
        float(opposites_held(question, best.text)),
        math.log1p(len(query.weights)),
    ]


def _missing(query: Query, title: str, evidence: Sequence[Candidate]) -> float:
    """Return the share of the question's words, by rarity, that all the evidence lacks."""
    held = set(terms(" ".join([title, *(each.text for each in evidence)])))
    total = sum(query.weights.values()) or 1.0
    return sum(weight for term, weight in query.weights.items() if term not in held) / total


def context_terms(each: Candidate) -> set[str]:
    """Return the stemmed words of a sentence's passage and of its article's title."""
    return set(terms(f"{each.article.title} {each.around}"))


def names_asked(query: Query) -> list[str]:
    """Return the stemmed names and numbers of a question: capital letters behind its first word."""
    written = _NAME.findall(query.judged.strip())
    stems = dict.fromkeys(stem(word) for name in written for word in words(name))
    return [term for term in stems if term in query.weights]
