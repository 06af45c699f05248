"""An evaluation → a picture: what is found, what a threshold refuses, what confidence is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import MissingExtraError
from assistant.evaluation.metrics import FOUND_AT
from assistant.evaluation.run import Evaluation

_BINS = 10
"""Of confidence; more of them would hold too few questions each."""


def draw_evaluation(evaluation: Evaluation, path: Path) -> None:
    """Write a picture of three panels; the file's suffix chooses its format.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise MissingExtraError(
            "A picture needs matplotlib; install it with `pip install matplotlib`."
        ) from error
    mpl.use("Agg")  # no screen is needed
    from matplotlib import pyplot as plt

    figure, (found, refused, reliable) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    figure.suptitle(evaluation.name)
    _draw_found(found, evaluation)
    _draw_refusals(refused, evaluation)
    _draw_reliability(reliable, evaluation)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _draw_found(axes: Any, evaluation: Evaluation) -> None:
    every = {str(k): evaluation.figures.get(f"found@{k}") for k in FOUND_AT}
    figures = {k: figure for k, figure in every.items() if figure}
    values = [figure.value for figure in figures.values()]
    errors = [
        [figure.value - figure.low for figure in figures.values()],
        [figure.high - figure.value for figure in figures.values()],
    ]
    axes.bar(list(figures), values, yerr=errors, capsize=4, color="#0f766e")
    for place, value in enumerate(values):
        axes.text(place, 0.03, f"{value:.3f}", ha="center", color="white")
    axes.set(title="Evidence among the first k passages", xlabel="k", ylim=(0, 1))


def _draw_refusals(axes: Any, evaluation: Evaluation) -> None:
    thresholds = np.linspace(0, 1, 101)
    groups = {
        "answerable": [o.confidence for o in evaluation.outcomes if o.answerable],
        "not answerable": [o.confidence for o in evaluation.outcomes if not o.answerable],
        "article removed": [
            o.confidence_removed for o in evaluation.outcomes if o.confidence_removed is not None
        ],
    }
    for name, confidences in groups.items():
        if confidences:
            values = np.array(confidences)
            axes.plot(thresholds, [(values < each).mean() for each in thresholds], label=name)
    axes.set(title="Share refused", xlabel="threshold", ylim=(0, 1), xlim=(0, 1))
    axes.legend(loc="upper left")


def _draw_reliability(axes: Any, evaluation: Evaluation) -> None:
    confidences = np.array([each.confidence for each in evaluation.outcomes])
    answerable = np.array([each.answerable for each in evaluation.outcomes], dtype=float)
    bins = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    filled = [each for each in range(_BINS) if (bins == each).any()]
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle="--")
    axes.plot(
        [confidences[bins == each].mean() for each in filled],
        [answerable[bins == each].mean() for each in filled],
        marker="o",
        color="#0f766e",
    )
    axes.set(title="Answerable, by confidence", xlabel="confidence", ylim=(0, 1), xlim=(0, 1))
