"""Question sets → the weights by which finding fuses its measures (``index/search/fusion.py``).

    python benchmarks/fit_fusion.py FOLDER... [--report FOLDER...] [--keep FOLDER]

Each FOLDER holds ``articles.jsonl.gz`` and ``questions.jsonl`` or ``questions.jsonl.gz`` with the
fields ``question``, ``answerable``, ``article_ids`` and ``evidence`` (or ``answer_sentences``,
positions in the article's ``sentences``). Fitted is on the first ones, never on those to report.

Told is found@1, 3 and 5 of each set, as ``assistant eval`` defines them, with:

    plain sum   z-scores of dense, BM25 and best sentence, added
    shipped     the weights of ``fusion.py``
    left out    weights fitted on all other sets to fit on; for a set to report, on all of them
    final       the mean of the weights so fitted, rounded: those to ship

The weights are at least 0 and the same for all sets. Of each question they maximise the chance of
the passages that hold the evidence, where chances are the softmax of the fused scores over all
candidates (ListNet's top one, Cao et al. 2007), every set counting alike; they are pulled towards
the plain sum, for that has held on every kind of text.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from fusion_signals import Seen, seen_of
from measuring import draw_bars, keep, options_parser, print_table
from scipy.optimize import minimize

from index.search.fusion import WEIGHTS, z_scores

Weights = dict[str, float]

PLAIN: Weights = {name: float(name in ("best sentence", "passage", "bm25")) for name in WEIGHTS}
"""The sum that nothing was fitted for."""

SUM = sum(WEIGHTS.values())
"""What weights add up to: what is preferred besides (conversations, periods) is on that scale."""

_ALL = 10**9  # questions and words: none is left out
ROUNDED = 20  # weights are multiples of a twentieth
PLACES = (1, 3, 5)


@dataclass(frozen=True)
class Stack:
    """A set's questions in one array, those left out whose evidence is not among the candidates.

    Attributes:
        z: The measures' z-scores, ``(questions, passages, measures)``; 0 beyond a question's last.
        real: Where there is a passage, ``(questions, passages)``.
        holds: Where one holds the evidence, ``(questions, passages)``.
    """

    z: npt.NDArray[np.float64]
    real: npt.NDArray[np.bool_]
    holds: npt.NDArray[np.bool_]

    def loss(self, weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        """Return the mean negative log chance of the evidence, and its gradient."""
        logits = np.where(self.real, self.z @ weights, -np.inf)
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        right = np.where(self.holds, chances, 0.0)
        share = right.sum(axis=1, keepdims=True)
        slope = np.einsum("qp,qpm->m", chances - right / share, self.z) / len(self.z)
        return float(-np.log(share).mean()), slope


def stacked(questions: Sequence[Seen]) -> Stack:
    """Return the questions of a set that something can be learnt from."""
    telling = [each for each in questions if each.holds.any() and not each.holds.all()]
    widest = max(len(each.holds) for each in telling)
    z = np.zeros((len(telling), widest, len(WEIGHTS)))
    real, holds = np.zeros((2, len(telling), widest), bool)
    for place, each in enumerate(telling):
        count = len(each.holds)
        z[place, :count] = np.apply_along_axis(z_scores, 0, each.asked)
        real[place, :count] = True
        holds[place, :count] = each.holds
    return Stack(z, real, holds)


def fitted(stacks: Sequence[Stack], pull: float) -> Weights:
    """Return the weights that make evidence likeliest, as near to the plain sum as is asked.

    Args:
        stacks: The sets.
        pull: What the squared distance from the plain sum, at the scale at which that sum itself is
            likeliest, costs.
    """
    plain = np.array(list(PLAIN.values()))

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        losses, slopes = zip(*(stack.loss(weights) for stack in stacks), strict=True)
        return float(np.mean(losses)), np.mean(slopes, axis=0)

    scale = minimize(lambda by: loss(by[0] * plain)[0], [1.0], bounds=[(0.01, 10)]).x[0]

    def pulled(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        value, slope = loss(weights)
        away = weights - scale * plain
        return value + pull * float(away @ away), slope + 2 * pull * away

    start = scale * plain
    found = minimize(pulled, start, jac=True, bounds=[(0, None)] * len(plain), method="L-BFGS-B").x
    return scaled(dict(zip(WEIGHTS, map(float, found), strict=True)))


def scaled(weights: Mapping[str, float]) -> Weights:
    """Return the weights so that they add up to ``SUM``."""
    return {name: weight * SUM / sum(weights.values()) for name, weight in weights.items()}


def left_out(stacks: Mapping[str, Stack], pull: float) -> dict[str, Weights]:
    """Return set → the weights fitted on all others."""
    return {
        name: fitted([stack for other, stack in stacks.items() if other != name], pull)
        for name in stacks
    }


def mean_of(folds: Mapping[str, Weights]) -> Weights:
    """Return the mean of weights, rounded."""
    return {
        name: round(float(np.mean([fold[name] for fold in folds.values()])) * ROUNDED) / ROUNDED
        for name in WEIGHTS
    }


def found_at(questions: Sequence[Seen], weights: Mapping[str, float]) -> list[float]:
    """Return the shares of questions whose evidence is among the first 1, 3 and 5 passages."""
    places = np.array([each.place(weights) for each in questions])
    return [float(((places > 0) & (places <= most)).mean()) for most in PLACES]


def compared(
    sets: Mapping[str, Sequence[Seen]], folds: Mapping[str, Weights], whole: Weights, final: Weights
) -> dict[str, dict[str, list[float]]]:
    """Return set → weights → found@1, 3 and 5."""
    return {
        name: {
            "plain sum": found_at(questions, scaled(PLAIN)),
            "shipped": found_at(questions, WEIGHTS),
            "left out": found_at(questions, folds.get(name, whole)),
            "final": found_at(questions, final),
        }
        for name, questions in sets.items()
    }


def show(figures: Mapping[str, Mapping[str, Sequence[float]]], counts: Mapping[str, int]) -> None:
    """Print found@1, 3 and 5 of every set."""
    rows = [
        (name, str(counts[name]), *(" ".join(f"{share:.3f}" for share in each) for each in found))
        for name, found in ((name, ways.values()) for name, ways in figures.items())
    ]
    print_table(("found@1, 3, 5", "questions", *next(iter(figures.values()))), rows)


def show_weights(fits: Mapping[str, Weights]) -> None:
    """Print weights."""
    rows = [(name, *(f"{each:.2f}" for each in fit.values())) for name, fit in fits.items()]
    print_table(("weights", *WEIGHTS), rows)


def draw(axes: Any, figures: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    """Draw the mean of found@5 over the sets."""
    ways = list(next(iter(figures.values())))
    means = {way: float(np.mean([found[way][-1] for found in figures.values()])) for way in ways}
    draw_bars(axes, means, "The evidence is among the first five passages", "mean of the sets")


def main() -> None:
    """Fit, and print how well the weights find."""
    options = _options()
    fit_on, report = _gathered(options)
    stacks = {name: stacked(questions) for name, questions in fit_on.items()}
    folds, whole = left_out(stacks, options.pull), fitted([*stacks.values()], options.pull)
    final = mean_of(folds)
    sets = {**fit_on, **report}
    figures = compared(sets, folds, whole, final)
    show(figures, {name: len(questions) for name, questions in sets.items()})
    print()
    show_weights({f"without {name}": fold for name, fold in folds.items()} | {"final": final})
    kept = {"found": figures, "left out": folds, "final": final}
    keep(options, kept, lambda axes, kept: draw(axes, kept["found"]))


def _gathered(options: argparse.Namespace) -> tuple[dict[str, list[Seen]], dict[str, list[Seen]]]:
    """Return the sets to fit on and those to report: set → what was seen."""
    fit_on: dict[str, list[Seen]] = {}
    report: dict[str, list[Seen]] = {}
    with tempfile.TemporaryDirectory() as folder:
        kept = options.keep or Path(folder)
        for each in options.folders:
            fit_on |= seen_of(each, kept, options.questions, options.words)
        for each in options.report:
            report |= seen_of(each, kept, _ALL, _ALL)
    return fit_on, report


def _options() -> argparse.Namespace:
    parser = options_parser(__doc__, articles=False)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--report", type=Path, nargs="*", default=[])
    parser.add_argument("--keep", type=Path, help="where indexes are kept for the next run")
    parser.add_argument("--questions", type=int, default=400, help="of each set to fit on")
    parser.add_argument("--words", type=int, default=250_000, help="of a set's articles, at most")
    parser.add_argument("--pull", type=float, default=0.01, help="towards the plain sum")
    return parser.parse_args()


if __name__ == "__main__":
    main()
