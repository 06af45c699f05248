"""Passages and a question → one score each: what vectors and words say, fused.

Measures of different kinds are made comparable by their z-scores among the candidates and added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index.embedding.embedder import products
from index.types import Hit, PassageRow, Period, Vectors
from index.words import terms

# Fitted by benchmarks/fit_fusion.py: the mean of four fits, each with one of four sets left out
# (SQuAD's training articles, SQuADShifts' Wikipedia part, SelQA, QED), pulled towards the plain sum
# of best sentence, passage and BM25. docs/benchmarks.md tells what is found by it and by that sum.
WEIGHTS = {
    "best sentence": 1.3,
    "passage": 0.55,
    "bm25": 0.5,
    "cover": 0.3,
    "sentence cover": 0.65,
    "pairs": 0.1,
}
"""Measure → its weight in the sum."""

# What was said before; what conversations find hardly changes between half and twice these.
_SAID_WEIGHT = 0.3
_IN_PLAY_WEIGHT = 1.0

_PERIOD_WEIGHT = 2.0  # as much as a passage gains that is two standard deviations nearer

Scores = npt.NDArray[np.float64]
"""``(passages,)``."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near passages are to a question: ``(passages,)`` each.

    Attributes:
        dense: Cosine similarity of the vectors.
        bm25: BM25 score.
        sentences: For each passage, the cosine similarity of each of its sentences.
        fused: The sum of z-scores.
    """

    dense: Scores
    bm25: Scores
    sentences: Sequence[Vectors]
    fused: Scores


def measure(
    vector: Vectors,
    lexical: Mapping[str, float],
    weights: Mapping[str, float],
    rows: Sequence[PassageRow],
) -> Nearness:
    """Measure how near passages are to a question.

    Args:
        vector: The question's, ``(dimension,)``, unit length.
        lexical: Passage id → BM25 score, where there is one.
        weights: Stemmed question word → inverse document frequency, in the question's order.
        rows: At least one passage.
    """
    near = products(np.stack([row.vector for row in rows]), vector[None, :])
    dense = near[:, 0].astype(np.float64)
    bm25 = np.array([lexical.get(row.passage.id, 0.0) for row in rows])
    sentences = [row.sentences @ vector for row in rows]
    wanted = set(pairwise(weights))
    words = np.array([_words_held(row, weights, wanted) for row in rows])
    best = np.array([each.max() for each in sentences])
    return Nearness(dense, bm25, sentences, fuse(np.column_stack([best, dense, bm25, words])))


def fuse(measures: Scores, weights: Mapping[str, float] = WEIGHTS) -> Scores:
    """Return the weighted sum of the measures' z-scores.

    Args:
        measures: ``(passages, measures)``, in the order of ``WEIGHTS``.
        weights: One for each measure, in that order.
    """
    fused: Scores = np.apply_along_axis(z_scores, 0, measures) @ np.array(list(weights.values()))
    return fused


def _words_held(
    row: PassageRow, weights: Mapping[str, float], wanted: set[tuple[str, str]]
) -> tuple[float, float, int]:
    """Return how much of the question the passage and its best sentence cover, and its pairs.

    The title counts for every sentence: it says what a pronoun in it stands for.
    """
    title = set(terms(row.article.title))
    start = row.passage.start
    covers, present = [0.0], set(title)
    pairs: set[tuple[str, str]] = set()
    for span in row.passage.sentences:
        held = terms(row.text[span.start - start : span.end - start])
        covers.append(_cover(title.union(held), weights))
        present.update(held)
        pairs |= wanted.intersection(pairwise(held))
    return _cover(present, weights), max(covers), len(pairs)


def _cover(present: set[str], weights: Mapping[str, float]) -> float:
    return sum(weight for term, weight in weights.items() if term in present)


def prefer_in_play(asked: Scores, said: Scores, articles: Sequence[str], leaning: float) -> Scores:
    """Return the fused scores with those passages preferred that were talked about.

    They are those near to what was said and, with more weight, all of an article that holds one.

    Args:
        asked: The fused scores for the question.
        said: Those for what was said before.
        articles: The ids of the passages' articles.
        leaning: How much what was said counts, 0..1.
    """
    in_play = z_scores(_best_of_article(articles, said))
    scores: Scores = asked + leaning * (_SAID_WEIGHT * said + _IN_PLAY_WEIGHT * in_play)
    return scores


def prefer_period(scores: Scores, rows: Sequence[PassageRow], period: Period) -> Scores:
    """Return the scores with the passages of a period's articles preferred."""
    inside = np.array([period.holds(row.article.published) for row in rows])
    return scores + _PERIOD_WEIGHT * inside


def _best_of_article(articles: Sequence[str], scores: Scores) -> Scores:
    """Return for each passage the best score of any passage of its article."""
    best: dict[str, float] = {}
    for article, score in zip(articles, scores, strict=True):
        best[article] = max(best.get(article, score), score)
    return np.array([best[article] for article in articles])


def z_scores(values: Scores) -> Scores:
    """Return values less their mean, in standard deviations; all 0 where they do not differ."""
    spread = float(values.std())
    scores: Scores = (values - values.mean()) / spread if spread > 1e-9 else values * 0
    return scores


def best_hits(rows: Sequence[PassageRow], near: Nearness, scores: Scores, limit: int) -> list[Hit]:
    """Return the passages of the highest scores, best first."""
    return [
        Hit(
            passage=rows[place].passage,
            article=rows[place].article,
            headline=rows[place].headline,
            text=rows[place].text,
            score=float(scores[place]),
            dense=float(near.dense[place]),
            lexical=float(near.bm25[place]),
            sentence_similarity=tuple(float(each) for each in near.sentences[place]),
        )
        for place in np.argsort(-scores, kind="stable")[:limit]
    ]
