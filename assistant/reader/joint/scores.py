"""What the network tells of each token → each sentence's score, and the short answer in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.reader.joint.inputs import JointInput, Pieces
from index import Span

START, END, PEAK, MEAN = range(4)
"""Of each token: whether an answer starts or ends there, and two shares in its sentence's score."""

LONGEST_SPAN = 30
"""Tokens of the longest short answer that is looked for; SQuAD's rarely have more."""

UNREAD = -20.0
"""The score of a sentence that did not fit into the input."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SentenceScores:
    """What the joint reader makes of a sentence; log odds against that the passage does not answer.

    Attributes:
        answers: That the sentence answers.
        span: That its best stretch does.
        short: That stretch, as offsets in the sentence; None where nothing was read.
    """

    answers: float = UNREAD
    span: float = UNREAD
    short: Span | None = None


def passage_scores(
    read: JointInput, sentences: Sequence[Pieces], told: Floats, none: float
) -> tuple[SentenceScores, ...]:
    """Return the scores of a passage's sentences, in order.

    Args:
        read: What the network read.
        sentences: The passage's.
        told: ``(tokens, 4)``.
        none: That none of the sentences answers.
    """
    empty = float(told[0, START] + told[0, END])
    scores = []
    for number, pieces in enumerate(sentences):
        inside = np.flatnonzero(read.sentence == number)
        if not len(inside):
            scores.append(SentenceScores())
            continue
        own = told[inside]
        peak = own[:, PEAK].max()
        answers = own[:, MEAN].mean() + peak + np.log(np.exp(own[:, PEAK] - peak).sum())
        span, first, last = _best_span(own)
        short = Span(int(pieces.offsets[first, 0]), int(pieces.offsets[last, 1]))
        scores.append(SentenceScores(float(answers) - none, span - empty, short))
    return tuple(scores)


def _best_span(own: Floats) -> tuple[float, int, int]:
    """Return the score of the best stretch of a sentence's tokens, its first and last token."""
    places = np.arange(len(own))
    ahead = places[None, :] - places[:, None]
    sums = own[:, START][:, None] + own[:, END][None, :]
    sums = np.where((ahead >= 0) & (ahead < LONGEST_SPAN), sums, -np.inf)
    first, last = divmod(int(sums.argmax()), len(own))
    return float(sums[first, last]), first, last
