"""What the network tells of tokens → scores of sentences and the short answer."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.reader.joint.inputs import JointInput, Pieces
from assistant.reader.joint.scores import END, MEAN, PEAK, START, UNREAD, passage_scores


def made_up() -> tuple[JointInput, list[Pieces]]:
    """Two sentences of three and two tokens behind a front of two; a third that was cut off."""
    sentence = np.array([-1, -1, 0, 0, 0, 1, 1])
    read = JointInput(np.zeros(7, int), np.zeros(7, int), sentence, np.array([2, 5]))
    offsets = [np.array([[0, 3], [4, 8], [9, 12]]), np.array([[0, 2], [3, 9]]), np.array([[0, 1]])]
    return read, [Pieces(np.zeros(len(o), int), np.zeros(len(o), int), o) for o in offsets]


def test_scores_are_log_odds_against_none() -> None:
    """The mean of one number, the smooth maximum of the other, less that none answers."""
    read, sentences = made_up()
    told = np.zeros((7, 4), np.float32)
    told[2:5, MEAN] = [1.0, 2.0, 3.0]
    told[2:5, PEAK] = [0.0, 5.0, 0.0]
    scores = passage_scores(read, sentences, told, none=0.5)
    expected = 2.0 + np.log(np.exp(5.0) + 2) - 0.5
    assert scores[0].answers == pytest.approx(expected, abs=1e-4)
    assert scores[1].answers == pytest.approx(np.log(2) - 0.5, abs=1e-4)


def test_the_short_answer_starts_before_it_ends() -> None:
    """The best pair in order, told as offsets in its sentence; less what the front says."""
    read, sentences = made_up()
    told = np.zeros((7, 4), np.float32)
    told[4, START], told[2, END] = 9.0, 9.0  # the wrong way round
    told[3, START], told[4, END] = 3.0, 2.0
    told[0, START] = told[0, END] = 1.0
    first, second, cut = passage_scores(read, sentences, told, none=0.0)
    assert first.short == (9, 12)
    assert first.span == pytest.approx(9.0 + 2.0 - 2.0)
    assert second.short == (0, 2)
    assert (cut.answers, cut.span, cut.short) == (UNREAD, UNREAD, None)
