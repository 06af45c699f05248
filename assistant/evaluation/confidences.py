"""Questions → the confidence of each, whatever the threshold: what a threshold is fitted on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.chain import Assistant
from assistant.evaluation.calibration import Confidences
from assistant.evaluation.questions import Question
from assistant.evaluation.run import confidence_without
from assistant.question.understand import Query
from assistant.reader.read import Reading
from assistant.trace import Observer
from index import Hit
from index.types import Progress, no_progress

STRICTEST = 1.0
"""The threshold at which every attempt to answer is made, however sure an earlier one is."""


class _Listener(Observer):
    """Keeps the confidence of each attempt to answer."""

    def __init__(self) -> None:
        self.confidences: list[float] = []

    def read(
        self,
        query: Query,
        hits: Sequence[Hit],
        stage: Callable[[Query, Sequence[Hit]], Reading],
    ) -> Reading:
        reading = stage(query, hits)
        self.confidences.append(reading.confidence)
        return reading


def ask_confidences(
    questions: Sequence[Question], assistant: Assistant, *, progress: Progress = no_progress
) -> Confidences:
    """Ask every question for its confidence.

    Args:
        questions: Of a set; where it has none that the articles do not answer, those that they do
            are asked once more with their articles taken away.
        assistant: Its threshold is ``STRICTEST``.
        progress: Called as ``progress("asking", done, total)``.

    Raises:
        UserError: The index cannot be used.
    """
    removing = all(question.answerable for question in questions)
    answerable: list[float] = []
    unanswerable: list[float] = []
    for done, question in enumerate(questions, start=1):
        told = answerable if question.answerable else unanswerable
        told.append(_confidence(question, assistant))
        if removing and question.article_ids:
            with assistant.articles.view() as view:
                unanswerable.append(confidence_without(view, question))
        progress("asking", done, len(questions))
    return Confidences(tuple(answerable), tuple(unanswerable), removing)


def _confidence(question: Question, assistant: Assistant) -> float:
    """Return the confidence up to which a threshold lets the question be answered."""
    listener = _Listener()
    answer = assistant.observed_by(listener).ask(question.question, question.history)
    # Nothing is read for a summary, which is given at any threshold, nor for a greeting.
    return max(listener.confidences, default=answer.confidence)
