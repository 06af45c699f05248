"""Outcomes of questions → figures with 95% bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

FOUND_AT = (1, 3, 5)
"""The numbers of passages among which the evidence is looked for."""

_RESAMPLES = 1000
"""Enough for intervals of two digits, which is what a few hundred questions can tell."""

Values = npt.NDArray[np.float64]
Statistic = Callable[..., Any]
"""Samples and ``axis`` → a figure of them for each row: a thousand resamples are one call."""


@dataclass(frozen=True, slots=True)
class ShortScores:
    """How near a short answer comes to the nearest gold one, as SQuAD's script compares.

    Attributes:
        exact: Whether they are the same, but for case, punctuation and articles.
        f1: Harmonic mean of precision and recall of their words.
    """

    exact: bool
    f1: float


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
        short: How near the short answer comes to a gold one; nothing where none is given.
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
    short: ShortScores | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95% interval and the number of questions behind it."""

    value: float
    low: float
    high: float
    count: int


def work_out(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return the figures that the outcomes allow, by name."""
    asked = [each for each in outcomes if each.answerable]
    others = [each for each in outcomes if not each.answerable]
    confident = [each.confidence for each in asked]
    figures = {
        **{f"found@{k}": _mean(_within(each.found, k) for each in asked) for k in FOUND_AT},
        "found@5 bare": _mean(_within(each.found_bare, 5) for each in asked),
        "found@5 rewrite": _mean(_within(each.found_rewrite, 5) for each in asked),
        "answered": _mean(each.answered for each in asked),
        "sentences": _mean(each.sentences for each in asked if not each.refused),
        "cited right": _cited_right([each for each in asked if each.quotes_right is not None]),
        "short answer EM": _mean(each.short.exact for each in asked if each.short),
        "short answer F1": _mean(each.short.f1 for each in asked if each.short),
        "refused wrong": _mean(each.refused for each in asked),
        "refused right": _mean(each.refused for each in others),
        "AUROC": _area(confident, [each.confidence for each in others]),
        "AUROC, article removed": _area(confident, [each.confidence_removed for each in asked]),
        "median seconds": _figure(np.median, _applying(each.seconds for each in outcomes)),
    }
    return {name: figure for name, figure in figures.items() if figure}


def _within(place: int | None, k: int) -> bool | None:
    return None if place is None else 0 < place <= k


def _applying(values: Iterable[float | bool | None]) -> Values:
    return np.array([value for value in values if value is not None], dtype=float)


def _mean(values: Iterable[float | bool | None]) -> Figure | None:
    return _figure(np.mean, _applying(values))


def _cited_right(cited: Sequence[Outcome]) -> Figure | None:
    """Return the share of right ones among all quotes of all answers."""
    # An answer without quotes changes neither sum; a resample of such answers alone has no share.
    quoting = [each for each in cited if each.quotes]
    right = _applying(each.quotes_right for each in quoting)
    figure = _figure(_ratio, right, _applying(each.quotes for each in quoting), paired=True)
    return replace(figure, count=len(cited)) if figure else None


def _ratio(parts: Values, wholes: Values, *, axis: int) -> Values:
    ratio: Values = parts.sum(axis=axis) / wholes.sum(axis=axis)
    return ratio


def _area(positive: Sequence[float], negative: Sequence[float | None]) -> Figure | None:
    samples = _applying(positive), _applying(negative)
    figure = _figure(area_under_curve, *samples)
    return replace(figure, count=sum(map(len, samples))) if figure else None


def area_under_curve(positive: Values, negative: Values, *, axis: int = -1) -> Values:
    """Return the chance that a positive value exceeds a negative one, ties half (AUROC).

    It is the statistic of Mann and Whitney's test by the number of pairs. scikit-learn's
    ``roc_auc_score`` gives the same (a test compares them), but for one sample a call: a thousand
    resamples of 900 questions take it eight seconds instead of half a second.
    """
    from scipy.stats import mannwhitneyu

    # The quickest of its methods: they differ in the test's p-value alone, which is not used.
    test = mannwhitneyu(positive, negative, axis=axis, method="asymptotic")
    area: Values = test.statistic / (positive.shape[axis] * negative.shape[axis])
    return area


def _figure(statistic: Statistic, *samples: Values, paired: bool = False) -> Figure | None:
    if not all(map(len, samples)):
        return None
    value = float(statistic(*samples, axis=-1))
    return Figure(value, *interval(statistic, *samples, paired=paired), count=len(samples[0]))


def interval(statistic: Statistic, *samples: Values, paired: bool = False) -> tuple[float, float]:
    """Return the ends of a statistic's 95% bootstrap interval, the same at every call.

    Args:
        statistic: What is told of the samples.
        samples: What was measured, at least one value each.
        paired: Whether the samples' values belong together, place by place.
    """
    from scipy.stats import bootstrap

    # scipy asks for two values; drawn from one value twice or once, all resamples are the same.
    enough = [np.repeat(each, 2) if len(each) == 1 else each for each in samples]
    low, high = bootstrap(
        enough,
        statistic,
        paired=paired,
        vectorized=True,
        n_resamples=_RESAMPLES,
        method="percentile",  # BCa asks the statistic once more for each value left out
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(low), float(high)
