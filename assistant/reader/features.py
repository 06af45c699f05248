"""Evidence → features: named numbers that tell whether a sentence answers a question.

The reader's trees weigh them (``weights.json``); ``training/fit.py`` fits the trees. Some are the
same whoever reads; the others are what the joint reader, or the comparison of token vectors, makes
of a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from assistant.question.answer_type import shows
from assistant.question.understand import Query
from assistant.reader.evidence import Candidate
from assistant.reader.joint.scores import SentenceScores
from index import TokenSignals
from index.words import terms

Features = npt.NDArray[np.float64]
"""``(sentences, features)`` or ``(features,)``."""

_PLAIN_FEATURES = (
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


def _with_leads(*names: str) -> tuple[str, ...]:
    """Return names of features, and of how far each is behind the best sentence's."""
    return (*names, *(f"{name}_lead" for name in names))


VECTOR_FEATURES = (*_with_leads("similarity", "maxsim", "overlap", "weakest"), *_PLAIN_FEATURES)
"""Of a sentence whose tokens' vectors were compared with the question's."""

JOINT_FEATURES = (*_with_leads("answers", "span", "similarity", "overlap"), *_PLAIN_FEATURES)
"""Of a sentence that was read together with the question."""

_FARTHEST_LEAD = -6.0  # beyond six standard deviations behind the best passage all are alike


def vector_features(
    query: Query, evidence: Sequence[Candidate], tokens: Sequence[TokenSignals]
) -> Features:
    """Return the features of each sentence, in the order of ``VECTOR_FEATURES``."""
    near = [
        (each.signals.similarity, token.maxsim, each.signals.overlap, token.weakest)
        for each, token in zip(evidence, tokens, strict=True)
    ]
    return _features(query, evidence, near)


def joint_features(
    query: Query, evidence: Sequence[Candidate], scores: Sequence[SentenceScores]
) -> Features:
    """Return the features of each sentence, in the order of ``JOINT_FEATURES``."""
    near = [
        (score.answers, score.span, each.signals.similarity, each.signals.overlap)
        for each, score in zip(evidence, scores, strict=True)
    ]
    return _features(query, evidence, near)


def _features(
    query: Query, evidence: Sequence[Candidate], near: Sequence[tuple[float, ...]]
) -> Features:
    rows = np.array(near).reshape(len(evidence), -1)
    lead = rows - rows.max(axis=0, initial=-np.inf)
    titles = {each.article.title for each in evidence}
    beyond = {title: set(query.weights) - set(terms(title)) for title in titles}
    rest = np.array([_plain(query, each, beyond[each.article.title]) for each in evidence])
    return np.hstack([rows, lead, rest.reshape(len(evidence), -1)])


def _plain(query: Query, each: Candidate, beyond_title: set[str]) -> tuple[float, ...]:
    text = each.text
    present = terms(text)
    held = len(beyond_title & set(present))
    return (
        held / len(beyond_title) if beyond_title else each.signals.overlap,
        pairs_held(query.weights, present),
        each.signals.hit.dense,
        max(each.lead, _FARTHEST_LEAD),
        1.0 / (1 + each.rank),
        shows(query.answer_type.kind, text, query.words),
        math.log1p(len(text.split())),
        float(text.rstrip().endswith("?")),
        float(each.span.start == 0),
    )


def pairs_held(asked: Iterable[str], present: Iterable[str]) -> float:
    """Return the share of neighbouring stems of a question that are neighbours in a text, too."""
    wanted = set(pairwise(asked))
    return len(wanted & set(pairwise(present))) / len(wanted) if wanted else 0.0
