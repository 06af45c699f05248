"""Evidence → features: named numbers that tell whether a sentence answers a question.

The reader's trees weigh them (``weights.json``); ``benchmarks/fit_reader.py`` fits the trees.
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
from index.words import terms

Features = npt.NDArray[np.float64]
"""``(sentences, features)`` or ``(features,)``."""

SENTENCE_FEATURES = (
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

_FARTHEST_LEAD = -6.0  # beyond six standard deviations behind the best passage all are alike


def sentence_features(query: Query, evidence: Sequence[Candidate]) -> Features:
    """Return the features of each sentence, in the order of ``SENTENCE_FEATURES``."""
    near = np.array(
        [
            (e.signals.similarity, e.signals.maxsim, e.signals.overlap, e.signals.weakest)
            for e in evidence
        ]
    ).reshape(-1, 4)
    lead = near - near.max(axis=0, initial=-1.0)
    titles = {each.article.title for each in evidence}
    beyond = {title: set(query.weights) - set(terms(title)) for title in titles}
    rest = np.array([_own_features(query, each, beyond[each.article.title]) for each in evidence])
    return np.hstack([near, lead, rest.reshape(len(evidence), -1)])


def _own_features(query: Query, each: Candidate, beyond_title: set[str]) -> tuple[float, ...]:
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
