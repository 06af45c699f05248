"""Fusing: measures of any scale count by their weights, and passages talked about are preferred."""

from __future__ import annotations

import numpy as np
import pytest

from index.search.fusion import WEIGHTS, fuse, prefer_in_play


def measures() -> np.ndarray:
    """Four passages; all measures agree that the second is the best."""
    return np.outer([1.0, 4.0, 2.0, 3.0], range(1, len(WEIGHTS) + 1))


def test_a_measure_counts_whatever_its_scale() -> None:
    """Similarities below 1 and BM25 scores of 20 are compared by how they spread."""
    scaled = measures() * np.geomspace(0.01, 100, len(WEIGHTS)) + 7
    assert fuse(scaled) == pytest.approx(fuse(measures()))
    assert np.argsort(-fuse(scaled)).tolist() == [1, 3, 2, 0]


def test_a_measure_without_differences_is_silent() -> None:
    """No question word stands in any passage: nothing is divided by nothing."""
    same = measures()
    same[:, 2] = 0.0
    others = {name: weight for name, weight in WEIGHTS.items() if name != "bm25"}
    assert fuse(same) == pytest.approx(fuse(np.delete(same, 2, axis=1), others))


def test_an_article_under_discussion_is_preferred() -> None:
    """All its passages gain, as much as the conversation counts."""
    asked, said = np.zeros(3), np.array([2.0, 0.0, 0.0])
    articles = ["a", "a", "b"]
    first, second, other = prefer_in_play(asked, said, articles, 1.0)
    assert first > second > other
    half = prefer_in_play(asked, said, articles, 0.5)
    assert half == pytest.approx(np.array([first, second, other]) / 2)
    assert prefer_in_play(asked, said, articles, 0.0).tolist() == asked.tolist()
