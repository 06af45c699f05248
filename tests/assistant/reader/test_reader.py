"""The reader: the trees that weigh features, and what kind of answer a question expects."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from assistant.question.answer_type import answer_type_of, shows
from assistant.reader.confidence import JOINT_CONFIDENCE, VECTOR_CONFIDENCE
from assistant.reader.features import JOINT_FEATURES, VECTOR_FEATURES
from assistant.reader.trees import WEIGHTS, load_weights, trees_from
from index.words import words


def test_trees_are_walked_as_they_are_written() -> None:
    """Left where the feature is at most the threshold; leaves of all trees and the baseline add."""
    model = {
        "features": ["a", "b"],
        "baseline": 0.5,
        "trees": [[[0, 1.0, 1, 2], [-1.0], [1, 0.0, 3, 4], [2.0], [3.0]], [[0.25]]],
    }
    rows = np.array([[1.0, 9.0], [2.0, 0.0], [2.0, 0.1]])
    sums = [0.5 - 1.0 + 0.25, 0.5 + 2.0 + 0.25, 0.5 + 3.0 + 0.25]
    expected = [1 / (1 + math.exp(-each)) for each in sums]
    assert trees_from(model).chances(rows) == pytest.approx(expected)


def test_the_weights_belong_to_the_features() -> None:
    """The file names the features in the order in which the program computes them."""
    weights = load_weights()
    assert weights["joint_sentence"].features == JOINT_FEATURES
    assert weights["joint_confidence"].features == JOINT_CONFIDENCE
    assert weights["vector_sentence"].features == VECTOR_FEATURES
    assert weights["vector_confidence"].features == VECTOR_CONFIDENCE
    assert len(WEIGHTS.read_text("utf-8")) < 400_000
    assert json.loads(WEIGHTS.read_text("utf-8"))["pick"]["share"] <= 1


MODELS = ("joint_sentence", "joint_confidence", "vector_sentence", "vector_confidence")


@pytest.mark.parametrize("model", MODELS)
def test_chances_are_probabilities(model: str) -> None:
    """Whatever the features, also absurd ones, a chance lies between 0 and 1."""
    trees = load_weights()[model]
    rows = np.random.default_rng(0).normal(0, 100, (200, len(trees.features)))
    chances = trees.chances(rows)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert trees.chances(rows[:0]).shape == (0,)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("How many drones were launched?", "Russia launched 270 drones.", 1),
        ("How many drones were launched?", "Russia launched drones.", -1),
        ("How many of the 270 drones fell?", "Some of the 270 drones fell.", -1),
        ("When does it open?", "It opens in March.", 1),
        ("Who won?", "The race was won by Saskia Lindqvarn.", 1),
        ("Where is it?", "It is in Brennick.", 1),
        ("Why did it fail?", "It was old.", 0),
    ],
)
def test_the_kind_of_thing_asked_for(question: str, text: str, expected: int) -> None:
    """Numbers, dates, names and places are looked for, but not those of the question."""
    assert shows(answer_type_of(question).kind, text, words(question)) == expected
