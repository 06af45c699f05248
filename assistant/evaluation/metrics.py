"""Outcomes of questions → figures with 95% bootstrap intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FOUND_AT = (1, 3, 5)
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question; None where a figure does not apply to it.

    Attributes:
        answerable: As the set says.
        found: Place of the first passage that holds the evidence, from 1; 0 if none of five does.
        found_bare: The same for the last turn alone, where there is a history.
        found_rewrite: The same for a person's wording, where there is one.
        answered: Whether the answer holds a gold answer.
        quotes: How many quotes are cited.
        quotes_right: How many of them lie in the evidence.
        sentences: How many sentences the answer has.
        refused: Whether the articles were said not to answer.
        confidence: That they do, 0..1.
        confidence_removed: The same with the gold articles taken out of what was found.
        seconds: How long the answer took.
    """

    answerable: bool
    found: int | None
    found_bare: int | None
    found_rewrite: int | None
    answered: bool | None
    quotes: int
    quotes_right: int | None
    sentences: int
    refused: bool
    confidence: float
    confidence_removed: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95% bootstrap interval and the number of questions behind it."""

    value: float
    low: float
    high: float
    count: int


def work_out(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return the figures that the outcomes allow, by name."""
    figures: dict[str, Figure] = {}

    def share(name: str, values: Iterable[float | bool | None]) -> None:
        known = np.array([float(value) for value in values if value is not None])
        if len(known):
            figures[name] = _mean_figure(known)

    asked = [each for each in outcomes if each.answerable]
    for k in FOUND_AT:
        share(f"found@{k}", (each.found and each.found <= k for each in asked
                             if each.found is not None))  # fmt: skip
    share("found@5 bare", (each.found_bare and True for each in asked))
    share("found@5 rewrite", (each.found_rewrite and True for each in asked))
    share("answered", (each.answered for each in asked))
    share("sentences", (each.sentences for each in asked if not each.refused))
    cited = [each for each in asked if each.quotes_right is not None]
    if sum(each.quotes for each in cited):
        pairs = np.array([(each.quotes_right or 0, each.quotes) for each in cited], dtype=float)
        figures["cited right"] = _ratio_figure(pairs)
    share("refused wrong", (each.refused for each in asked))
    others = [each for each in outcomes if not each.answerable]
    share("refused right", (each.refused for each in others))
    confident = np.array([each.confidence for each in asked])
    if len(others) and len(asked):
        figures["AUROC"] = _area_figure(confident, np.array([each.confidence for each in others]))
    removed = [each.confidence_removed for each in asked if each.confidence_removed is not None]
    if removed:
        figures["AUROC, article removed"] = _area_figure(confident, np.array(removed))
    figures["median seconds"] = _median_figure(np.array([each.seconds for each in outcomes]))
    return figures


Values = npt.NDArray[np.float64]


def _resampled(count: int) -> Iterator[npt.NDArray[np.int64]]:
    dice = np.random.default_rng(0)
    return (dice.integers(0, count, count) for _ in range(RESAMPLES))


def _interval(samples: Iterable[float]) -> tuple[float, float]:
    low, high = np.nanpercentile(list(samples), [2.5, 97.5])
    return float(low), float(high)


def _mean_figure(values: Values) -> Figure:
    low, high = _interval(values[places].mean() for places in _resampled(len(values)))
    return Figure(float(values.mean()), low, high, len(values))


def _median_figure(values: Values) -> Figure:
    low, high = _interval(float(np.median(values[p])) for p in _resampled(len(values)))
    return Figure(float(np.median(values)), low, high, len(values))


def _ratio_figure(pairs: Values) -> Figure:
    sums = (pairs[places].sum(axis=0) for places in _resampled(len(pairs)))
    low, high = _interval(part / whole if whole else np.nan for part, whole in sums)
    part, whole = pairs.sum(axis=0)
    return Figure(float(part / whole), low, high, len(pairs))


def _area_figure(positive: Values, negative: Values) -> Figure:
    both = zip(_resampled(len(positive)), _resampled(len(negative)), strict=True)
    low, high = _interval(area_under_curve(positive[p], negative[n]) for p, n in both)
    return Figure(area_under_curve(positive, negative), low, high, len(positive) + len(negative))


def area_under_curve(positive: Values, negative: Values) -> float:
    """Return the chance that a positive value exceeds a negative one, ties half (AUROC)."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    upto = np.searchsorted(ordered, positive, side="right")
    return float((below + upto).sum() / (2 * len(positive) * len(negative)))
