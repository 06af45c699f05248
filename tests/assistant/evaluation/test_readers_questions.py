"""The hundred readers' questions are what their README says; what is answered is a benchmark's.

``benchmarks/real_questions.py`` asks them. Here only the data is looked at.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from assistant.evaluation.questions import load_questions
from helpers.paths import READERS_QUESTIONS as SET
from index.sources.read import read_articles
from index.text import one_line, paragraph_spans, sentence_spans
from index.types import Article

KINDS = {
    "fact": 30, "why": 12, "how": 10, "yes/no": 10, "paraphrase": 12, "advice": 8, "near miss": 18,
}  # fmt: skip


@dataclass(frozen=True)
class Questions:
    """The lines of the set and the texts of its articles."""

    lines: list[dict[str, Any]]
    texts: dict[str, str]

    @property
    def answerable(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["answerable"]]

    @property
    def near_misses(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if not line["answerable"]]

    @property
    def sentences(self) -> list[str]:
        return [
            text[span.start : span.end]
            for text in self.texts.values()
            for paragraph in paragraph_spans(text)
            for span in sentence_spans(text, paragraph)
        ]


@pytest.fixture(scope="module")
def questions() -> Questions:
    lines = (SET / "questions.jsonl").read_text("utf-8").splitlines()
    articles = list(read_articles([SET / "articles.jsonl"]))
    texts = {each.info.id: each.text for each in articles if isinstance(each, Article)}
    assert len(texts) == len(articles), "an article cannot be read"
    return Questions([json.loads(line) for line in lines], texts)


def test_there_are_a_hundred_of_every_kind(questions: Questions) -> None:
    """So many of each kind, as the README tells, and half of the facts asked another way."""
    assert Counter(line["kind"] for line in questions.lines) == KINDS
    turned = [line["kind"] for line in questions.lines if line.get("turned")]
    assert turned == ["fact"] * 15
    rows = re.findall(r"^\| ([a-z/ ]+) \| (\d+) \|", (SET / "README.md").read_text("utf-8"), re.M)
    assert {kind: int(count) for kind, count in rows} == KINDS


def test_the_articles_are_of_reading_length(questions: Questions) -> None:
    """Twenty, of 250 to 500 words each."""
    assert len(questions.texts) == 20
    assert all(250 <= len(text.split()) <= 500 for text in questions.texts.values())


def test_every_article_has_its_questions(questions: Questions) -> None:
    """Three at least, so that no article is there only to be passed over."""
    named = [line["article_ids"] or line["near_article_ids"] for line in questions.lines]
    counted = Counter(article_id for ids in named for article_id in ids)
    assert counted.keys() == questions.texts.keys()
    assert min(counted.values()) >= 3


def test_nothing_is_asked_twice(questions: Questions) -> None:
    """Ids and questions are each there once."""
    for field in ("id", "question"):
        assert len({line[field].casefold() for line in questions.lines}) == len(questions.lines)


def test_evidence_is_verbatim(questions: Questions) -> None:
    """Evidence stands in the article named, of answerable questions and of near misses."""
    for line in questions.lines:
        prefix = "" if line["answerable"] else "near_"
        (article_id,) = line[f"{prefix}article_ids"]
        evidence = line[f"{prefix}evidence"]
        assert evidence, line
        assert all(each in questions.texts[article_id] for each in evidence), line


def test_an_answer_stands_in_the_evidence_alone(questions: Questions) -> None:
    """One to three answers each, in the evidence and in no other sentence of any article."""
    sentences = [one_line(each).casefold() for each in questions.sentences]
    for line in questions.answerable:
        evidence = {one_line(each).casefold() for each in line["evidence"]}
        assert 1 <= len(line["answers"]) <= 3, line
        for answer in line["answers"]:
            assert any(answer in each for each in line["evidence"]), line
            holding = {each for each in sentences if one_line(answer).casefold() in each}
            assert holding <= evidence, (answer, holding - evidence)


def test_a_near_miss_has_no_answer(questions: Questions) -> None:
    """Its article is near, not right."""
    for line in questions.near_misses:
        assert not line["article_ids"] + line["answers"] + line["evidence"], line


def test_what_is_wrong_stands_in_an_article(questions: Questions) -> None:
    """Stretches named as wrong can be quoted, and hold no answer."""
    text = "\n".join(questions.texts.values())
    for line in questions.lines:
        for wrong in line.get("not", ()):
            assert wrong in text, line
            assert not any(answer in wrong for answer in line["answers"]), line


def test_the_set_can_be_evaluated(questions: Questions) -> None:
    """``assistant eval`` reads the same questions from the folder."""
    loaded = load_questions(SET)
    told = [(each.question, each.answerable, list(each.evidence)) for each in loaded]
    fields = ("question", "answerable", "evidence")
    assert told == [tuple(line[field] for field in fields) for line in questions.lines]
