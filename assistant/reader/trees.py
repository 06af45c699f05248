"""Named features → a chance, by boosted trees that are kept as text (``weights.json``).

A model holds ``features`` (their names, in order), ``baseline`` and ``trees``. A tree is a list of
nodes: ``[feature, threshold, left, right]`` goes left where the feature is at most the threshold;
``[value]`` is a leaf. The chance is ``1 / (1 + exp(-(baseline + sum of the leaves reached)))``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

WEIGHTS = Path(__file__).parent / "weights.json"


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees as arrays ``(trees, nodes)``; a leaf leads to itself.

    Attributes:
        features: Names of the features, in the order of the columns that are weighed.
        baseline: Added to every sum.
        feature: Which feature a node looks at.
        threshold: Up to which value it leads to the left.
        left: The node to the left.
        right: The node to the right.
        value: What a leaf adds; 0 in inner nodes.
        depth: Steps to the deepest leaf.
    """

    features: tuple[str, ...]
    baseline: float
    feature: Integers
    threshold: Floats
    left: Integers
    right: Integers
    value: Floats
    depth: int

    def chances(self, features: Floats) -> Floats:
        """Return the chance of each row of features ``(rows, features)``, ``(rows,)``, 0..1."""
        rows = np.arange(len(features))[:, None]
        trees = np.arange(len(self.feature))[None, :]
        node = np.zeros((len(features), len(self.feature)), dtype=np.int64)
        for _ in range(self.depth):
            low = features[rows, self.feature[trees, node]] <= self.threshold[trees, node]
            node = np.where(low, self.left[trees, node], self.right[trees, node])
        chances: Floats = 1.0 / (1.0 + np.exp(-self.baseline - self.value[trees, node].sum(axis=1)))
        return chances


def trees_from(model: Mapping[str, Any]) -> Trees:
    """Read trees as the module's text describes them."""
    trees: Sequence[Sequence[Sequence[float]]] = model["trees"]
    shape = (len(trees), max(len(tree) for tree in trees))
    feature, threshold = np.zeros(shape, np.int64), np.zeros(shape)
    left, right, value = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape)
    for place, tree in enumerate(trees):
        for number, node in enumerate(tree):
            at = (place, number)
            if len(node) == 1:
                left[at] = right[at] = number
                value[at] = node[0]
            else:
                feature[at], threshold[at], left[at], right[at] = node
    depth = max(_depth(tree, 0) for tree in trees)
    names = tuple(model["features"])
    return Trees(names, model["baseline"], feature, threshold, left, right, value, depth)


def _depth(tree: Sequence[Sequence[float]], number: int) -> int:
    node = tree[number]
    if len(node) == 1:
        return 0
    return 1 + max(_depth(tree, int(node[2])), _depth(tree, int(node[3])))


@lru_cache(maxsize=1)
def load_weights() -> dict[str, Any]:
    """Load what ``training/fit.py`` wrote: two models for each reader, and the rule for picking."""
    weights: dict[str, Any] = json.loads(WEIGHTS.read_text("utf-8"))
    for name in [key for key, model in weights.items() if "trees" in model]:
        weights[name] = trees_from(weights[name])
    return weights
