"""A gate: a hundred questions over the sample articles are answered no worse than before.

``questions/questions.jsonl`` is written as people ask, not as the program likes it; many fail.
``articles`` are names of files in ``articles/``, ``far`` marks a question far from all of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import open_assistant
from assistant.evaluation.questions import Question
from assistant.evaluation.run import Evaluation, evaluate
from assistant.types import Turn
from helpers.paths import QUESTIONS as SET
from index import open_index

pytestmark = pytest.mark.slow

FLOORS = {
    "found@1": 0.75,
    "found@3": 0.95,
    "found@5": 0.95,
    "found@5 rewrite": 0.95,
    "answered": 0.65,
    "cited right": 0.65,
    "refused right": 0.55,
    "AUROC": 0.70,
    "AUROC, article removed": 0.90,
}
"""Figure → the step of 0.05 below its value when the set was made; raise them with the program."""

MOST_REFUSED_WRONG = 0.20


@dataclass(frozen=True)
class Sample:
    """The lines of the set, the same as questions, and the texts of the articles they name."""

    lines: list[dict[str, Any]]
    questions: list[Question]
    texts: dict[str, str]

    def count(self, *, answerable: bool, history: bool) -> int:
        kinds = [(each.answerable, bool(each.history)) for each in self.questions]
        return kinds.count((answerable, history))


@pytest.fixture(scope="module")
def sample(sample_index: Path) -> Sample:
    lines = [json.loads(line) for line in SET.read_text("utf-8").splitlines()]
    with open_index(sample_index).view() as view:
        ids = {Path(info.origin).name: info.id for info in view.articles()}
        articles = {name: view.article(article_id) for name, article_id in ids.items()}
    texts = {name: article.text for name, article in articles.items() if article}
    return Sample(lines, [to_question(line, ids) for line in lines], texts)


def to_question(line: dict[str, Any], ids: dict[str, str]) -> Question:
    return Question(
        question=line["question"],
        answerable=line["answerable"],
        article_ids=tuple(ids[name] for name in line.get("articles", ())),
        evidence=tuple(line.get("evidence", ())),
        answers=tuple(line.get("answers", ())),
        history=tuple(Turn(**turn) for turn in line.get("history", ())),
        rewrite=line.get("rewrite"),
    )


@pytest.fixture(scope="module")
def evaluation(sample: Sample, sample_index: Path) -> Evaluation:
    return evaluate("sample articles", sample.questions, open_assistant(sample_index))


def test_the_set_is_large_and_of_every_kind(sample: Sample) -> None:
    """There are 75 questions, among them 15 follow-ups, 20 without answer and 10 far off."""
    assert len(sample.questions) >= 75
    assert sample.count(answerable=True, history=False) >= 45
    assert sample.count(answerable=True, history=True) >= 15
    assert sum(not each.answerable for each in sample.questions) >= 20
    assert sum(line.get("far", False) for line in sample.lines) >= 10


def test_every_article_is_asked_about(sample: Sample) -> None:
    """No sample article goes without a question."""
    assert {name for line in sample.lines for name in line.get("articles", ())} == set(sample.texts)


def test_no_question_is_asked_twice(sample: Sample) -> None:
    """The same words count once, unless the conversation before them differs."""
    asked = [(each.question.casefold(), each.history) for each in sample.questions]
    assert len(set(asked)) == len(asked)


def test_the_evidence_stands_in_the_articles(sample: Sample) -> None:
    """Each evidence sentence is verbatim in an article named, and each of those holds one."""
    for line in sample.lines:
        texts = [sample.texts[name] for name in line.get("articles", ())]
        held = [[sentence in text for text in texts] for sentence in line.get("evidence", ())]
        assert bool(held) == bool(texts) == line["answerable"], line
        assert all(map(any, held)), line
        assert all(map(any, zip(*held, strict=True))), line


def test_the_gold_answers_stand_in_the_evidence(sample: Sample) -> None:
    """A gold answer is a stretch of an evidence sentence; only answerable questions have one."""
    for line in sample.lines:
        answers = line.get("answers", ())
        assert bool(answers) == line["answerable"], line
        for answer in answers:
            assert any(answer in sentence for sentence in line["evidence"]), line


def test_every_follow_up_has_a_wording_that_stands_alone(sample: Sample) -> None:
    """History and rewrite come together, and a history ends with an answer."""
    for each in sample.questions:
        assert bool(each.history) == bool(each.rewrite), each
        assert not each.history or each.history[-1].role == "assistant", each


@pytest.mark.parametrize("name", FLOORS)
def test_no_figure_falls_below_its_floor(evaluation: Evaluation, name: str) -> None:
    """Finding, answering, citing and refusing stay as good as they were."""
    assert evaluation.figures[name].value >= FLOORS[name]


def test_few_answerable_questions_are_refused(evaluation: Evaluation) -> None:
    """Saying that the articles do not answer stays rare where they do."""
    assert evaluation.figures["refused wrong"].value <= MOST_REFUSED_WRONG


def test_whatever_is_far_from_the_articles_is_refused(
    sample: Sample, evaluation: Evaluation
) -> None:
    """General knowledge is not answered from articles that say nothing about it."""
    pairs = zip(sample.lines, evaluation.outcomes, strict=True)
    answered = [
        line["question"] for line, outcome in pairs if line.get("far") and not outcome.refused
    ]
    assert answered == []
