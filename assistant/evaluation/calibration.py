"""Confidences of questions → the threshold that keeps a promise about refusing.

The promise: at most a chosen share of the questions that the articles do not answer are given an
answer. It holds with a chosen level of confidence over the draw of the questions that the threshold
is worked out from, if those asked later are drawn as these were, each by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assistant.errors import EvaluationError
from assistant.evaluation.metrics import Figure

THRESHOLDS = np.arange(1, 101) / 100
"""The thresholds that can be chosen. They are named before any question is asked, as the promise
demands, and in hundredths, which is finer than what a few hundred questions can tell apart."""

_TWO_SIDED = 0.95


@dataclass(frozen=True, slots=True)
class Confidences:
    """The confidence of each question of a set, 0..1: it is answered from that threshold down.

    Attributes:
        answerable: Of those that the articles answer.
        unanswerable: Of those that they do not.
        removed: Whether ``unanswerable`` are the answerable ones with their articles taken away,
            because the set has no others.
    """

    answerable: tuple[float, ...]
    unanswerable: tuple[float, ...]
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Calibration:
    """A threshold and what it promises.

    Attributes:
        threshold: The smallest one that keeps the promise, 0..1.
        share: The share of unanswerable questions that may be given an answer, 0..1.
        level: The confidence with which the promise holds, 0..1.
        unanswerable: How many of them the threshold was worked out from.
        answered: How many of these it answers.
        bound: The upper bound on the share it answers, at most ``share``.
        refused: The share of answerable questions that it refuses, with its exact 95% interval;
            None without such questions.
        removed: As ``Confidences.removed``.
    """

    threshold: float
    share: float
    level: float
    unanswerable: int
    answered: int
    bound: float
    refused: Figure | None
    removed: bool

    @property
    def promise(self) -> str:
        """What the threshold promises, in one sentence."""
        which = "whose article is missing" if self.removed else "that the articles do not answer"
        return (
            f"With {_percent(self.level)} confidence, at most {_percent(self.share)} of the "
            f"questions {which} are given an answer."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self) | {"promise": self.promise}


def calibrate(confidences: Confidences, *, share: float = 0.2, level: float = 0.95) -> Calibration:
    """Return the smallest threshold that keeps the promise.

    It is split conformal prediction with a guarantee for the set at hand rather than on average
    over all sets (Vovk 2012, "Conditional validity of inductive conformal predictors",
    arXiv:1209.2673), put as "Learn then test" does (Angelopoulos et al. 2021, arXiv:2110.01052).
    From the strictest threshold to laxer ones, each is tested against the hypothesis that it
    answers more than ``share``; under it, so few answers as there are have at most the binomial
    chance, which must lie below ``1 - level``. The first that fails ends the search, so that many
    tests need no correction (fixed-sequence testing). A threshold passes where the exact upper
    bound of Clopper and Pearson (1934) lies below ``share``.

    Args:
        confidences: Of the questions, each drawn by itself.
        share: Of unanswerable questions that may be answered, between 0 and 1.
        level: Confidence of the promise, between 0 and 1.

    Raises:
        EvaluationError: There are too few unanswerable questions, or too many of them are answered
            whatever the threshold.
        ValueError: ``share`` or ``level`` is not between 0 and 1.
    """
    if not (0.0 < share < 1.0 and 0.0 < level < 1.0):
        raise ValueError(f"share and level lie between 0 and 1, not {share} and {level}")
    count = len(confidences.unanswerable)
    allowed = _allowed(count, share, level)
    if allowed < 0:
        raise EvaluationError(_too_few(confidences, share, level))
    # A laxer threshold never answers less: those that pass begin at the strictest one.
    answered = _reached(confidences.unanswerable)
    passed = np.flatnonzero(answered <= allowed)
    if not passed.size:
        raise EvaluationError(
            f"Whatever the threshold, {answered[-1]} of {count} questions that the articles do not "
            f"answer are answered; at most {allowed} may be to promise {_percent(share)}. Allow a "
            f"larger share, or see with `assistant ask --explain` what they are taken for."
        )
    place = int(passed[0])
    threshold, reached = float(THRESHOLDS[place]), int(answered[place])
    bound = _exact(reached, count, level, "less")[1]
    refused = _refused(confidences.answerable, threshold)
    removed = confidences.removed
    return Calibration(threshold, share, level, count, reached, bound, refused, removed)


def needed(share: float, level: float) -> int:
    """Return how many unanswerable questions a promise needs at least.

    If all of them are refused, the chance of that must lie below ``1 - level`` were ``share`` of
    such questions answered: ``(1 - share) ** n < 1 - level``.
    """
    return math.floor(math.log(1.0 - level) / math.log(1.0 - share)) + 1


def _allowed(count: int, share: float, level: float) -> int:
    """Return how many of so many may be answered; -1 if even none is too many."""
    from scipy.stats import binom

    return int(binom.ppf(1.0 - level, count, share)) - 1 if count else -1


def _reached(confidences: Sequence[float]) -> np.typing.NDArray[np.int64]:
    """Return how many confidences each of ``THRESHOLDS`` answers."""
    below = np.searchsorted(np.sort(confidences), THRESHOLDS, side="left")
    reached: np.typing.NDArray[np.int64] = len(confidences) - below
    return reached


def _refused(confidences: Sequence[float], threshold: float) -> Figure | None:
    count = len(confidences)
    if not count:
        return None
    refused = sum(each < threshold for each in confidences)
    low, high = _exact(refused, count, _TWO_SIDED, "two-sided")
    return Figure(refused / count, low, high, count)


def _exact(hits: int, count: int, level: float, side: str) -> tuple[float, float]:
    """Return the ends of the exact binomial interval; side ``less`` leaves the lower one at 0."""
    from scipy.stats import binomtest

    ends = binomtest(hits, count, alternative=side).proportion_ci(level, method="exact")
    return float(ends.low), float(ends.high)


def _too_few(confidences: Confidences, share: float, level: float) -> str:
    least, count = needed(share, level), len(confidences.unanswerable)
    wanted = f"promising {_percent(share)} with {_percent(level)} confidence needs {least} of them"
    if not count:
        return (
            f"The set has no questions that the articles do not answer, nor names articles to take "
            f'away; {wanted}: add them with "answerable": false, or to a CSV file without answer.'
        )
    kind = "whose article can be taken away" if confidences.removed else "that they do not answer"
    return (
        f"The set has {count} questions {kind}, which is too few: {wanted} at least; add some, or "
        f"allow a larger share."
    )


def _percent(value: float) -> str:
    return f"{100 * value:.4g}%"
