"""Who judges: the joint reader what is English, the comparison of vectors everything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.question.understand import understand
from assistant.reader import judgement
from assistant.reader.evidence import Candidate
from assistant.reader.judgement import judge, judge_by_vectors, judge_jointly, reads_jointly
from assistant.reader.read import gather_evidence, read_passages
from index import View, open_index

QUESTION = "How many drones were launched?"


@pytest.fixture(scope="module")
def view(sample_index: Path) -> Iterator[View]:
    with open_index(sample_index).view() as shown:
        yield shown


def evidence_of(view: View, question: str = QUESTION) -> tuple[Candidate, ...]:
    return gather_evidence(view, understand(view, question), view.search(question, 6))


def test_both_readers_find_what_words_tell(view: View) -> None:
    """Chances of each sentence, a confidence, and figures that the other does not have."""
    query, evidence = understand(view, QUESTION), evidence_of(view)
    for judged, name in (
        (judge_jointly(query, evidence), "answers"),
        (judge_by_vectors(view, query, evidence), "maxsim"),
    ):
        assert len(judged.chances) == len(evidence)
        assert 0 <= judged.confidence <= 1
        assert "270 drones" in evidence[int(judged.chances.argmax())].text
        assert all(name in judged.figures[each.number] for each in evidence)


def test_other_languages_are_left_to_vectors(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in no known language counts as English."""
    from dataclasses import replace

    query, evidence = understand(view, QUESTION), evidence_of(view)
    assert reads_jointly(evidence)
    foreign = [replace(each, article=replace(each.article, language="ru")) for each in evidence]
    assert not reads_jointly(foreign)
    monkeypatch.setattr(judgement, "judge_jointly", None)
    assert judge(view, query, foreign).figures[1].keys() == {"maxsim", "weakest"}


def test_a_reading_tells_short_answers_in_the_article(view: View) -> None:
    """By offsets, each inside its sentence and shorter than it."""
    query = understand(view, QUESTION)
    reading = read_passages(view, query, view.search(QUESTION, 6), threshold=0.0)
    assert reading.shorts
    by_number = {each.number: each for each in reading.evidence}
    for number, short in reading.shorts.items():
        span = by_number[number].span
        assert span.start <= short.start < short.end <= span.end
        assert short != span
