"""Question sets → passages in sentences, and questions with the sentences that answer them.

Every set comes in the same two files, ``articles.jsonl.gz`` and ``questions.jsonl.gz``; their
fields are told in ``README.md``. A paragraph becomes a passage; where a set gives its articles in
sentences, a dozen of those do.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.text import paragraph_spans, sentence_spans
from index.words import terms

SENTENCES_A_PASSAGE = 12

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SourcePassage:
    """A passage: its article's id and title, its sentences."""

    article: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what answers it.

    Attributes:
        text: As it was asked.
        answers: Gold strings.
        article: The article that it is about; questions about one article stay together when some
            are held out.
        gold: Passage → sentence → places ``(start, end)`` of the answer in it; no places where the
            set names the sentence only.
        unsure: Passage → sentences that may answer, too; training ignores them.
        near: Passages that look as if they answered, and do not; then there is no gold.
    """

    text: str
    answers: tuple[str, ...]
    article: str
    gold: Mapping[int, Mapping[int, tuple[tuple[int, int], ...]]]
    unsure: Mapping[int, frozenset[int]]
    near: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A set by its name, with all its passages and questions."""

    name: str
    passages: tuple[SourcePassage, ...]
    questions: tuple[Asked, ...]


def load_lines(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines, packed or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def load_set(folder: Path) -> QuestionSet:
    """Read a set.

    Raises:
        FileNotFoundError: One of its two files is missing.
    """
    articles = load_lines(folder / "articles.jsonl.gz")
    passages: list[SourcePassage] = []
    place: dict[str, dict[str, int]] = {}  # article → paragraph → passage
    numbered: dict[str, list[tuple[int, int]]] = {}  # article → (passage, sentence) in order
    for article in articles:
        chunks = _chunks(article)
        for paragraph, sentences in chunks:
            number = len(passages)
            passages.append(SourcePassage(article["id"], article.get("title", ""), sentences))
            place.setdefault(article["id"], {})[_plain(paragraph)] = number
            numbered.setdefault(article["id"], []).extend(
                (number, sentence) for sentence in range(len(sentences))
            )
    questions = []
    for row in load_lines(folder / "questions.jsonl.gz"):
        asked = _asked(row, passages, place, numbered)
        if asked:
            questions.append(asked)
    return QuestionSet(folder.name, tuple(passages), tuple(questions))


def _chunks(article: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """Return an article's paragraphs with their sentences."""
    if "sentences" in article:
        given = [untokenised(each) for each in article["sentences"]]
        parts = [
            tuple(given[start : start + SENTENCES_A_PASSAGE])
            for start in range(0, len(given), SENTENCES_A_PASSAGE)
        ]
        return [(" ".join(part), part) for part in parts]
    text = article["text"]
    found = []
    for paragraph in text.split("\n\n"):
        sentences = tuple(
            paragraph[span.start : span.end]
            for piece in paragraph_spans(paragraph)
            for span in sentence_spans(paragraph, piece)
        )
        if sentences:
            found.append((paragraph, sentences))
    return found


def _asked(
    row: Mapping[str, Any],
    passages: Sequence[SourcePassage],
    place: Mapping[str, Mapping[str, int]],
    numbered: Mapping[str, Sequence[tuple[int, int]]],
) -> Asked | None:
    """Return a question as training needs it, or None where what answers it was not found."""
    asked = untokenised(row["question"].strip())
    if not row["answerable"]:
        article = row["near_article_ids"][0]
        near = _found(row["near_evidence"], place.get(article, {}))
        return Asked(asked, (), article, {}, {}, tuple(near)) if near else None
    article = row["article_ids"][0]
    answers = tuple(untokenised(each) for each in row["answers"])
    if row.get("answer_sentences"):
        gold: dict[int, dict[int, tuple[tuple[int, int], ...]]] = {}
        for number in row["answer_sentences"]:
            passage, sentence = numbered[article][number]
            text = passages[passage].sentences[sentence]
            gold.setdefault(passage, {})[sentence] = occurrences(text, answers)
        return Asked(asked, answers, article, gold, {})
    return _by_evidence(asked, answers, article, row["evidence"], passages, place[article])


def _by_evidence(
    asked: str,
    answers: tuple[str, ...],
    article: str,
    evidence: Sequence[str],
    passages: Sequence[SourcePassage],
    place: Mapping[str, int],
) -> Asked | None:
    """Find the sentence of the evidence that answers.

    Where the answer stands in several, the one most like the question is meant, and of the others
    nobody knows.
    """
    gold, unsure = {}, {}
    for passage in _found(evidence, place):
        sentences = passages[passage].sentences
        for share in (answers[:1], answers):  # the answer given most often comes first
            holding = {
                number: places
                for number, text in enumerate(sentences)
                if (places := occurrences(text, share))
            }
            if holding:
                break
        if not holding:
            continue
        wanted = set(terms(asked))
        best = max(holding, key=lambda each: (len(wanted & set(terms(sentences[each]))), -each))
        gold[passage] = {best: holding[best]}
        unsure[passage] = frozenset(
            number for number, text in enumerate(sentences)
            if number != best and occurrences(text, answers)
        )  # fmt: skip
    return Asked(asked, answers, article, gold, unsure) if gold else None


def _found(evidence: Iterable[str], place: Mapping[str, int]) -> list[int]:
    """Return the passages that are, or hold, the pieces of evidence."""
    found = []
    for text in map(_plain, evidence):
        if text in place:
            found.append(place[text])
        else:
            found += [number for paragraph, number in place.items() if text in paragraph][:1]
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


_JOINS = (
    (re.compile(r"``\s?|''"), '"'),
    (re.compile(r"-LRB-\s?"), "("),
    (re.compile(r"\s?-RRB-"), ")"),
    (re.compile(r"\s+([.,;:!?%)\]}])"), r"\1"),
    (re.compile(r"([(\[{$£€])\s+"), r"\1"),
    (re.compile(r"\s+(n't|'(?:s|re|ve|ll|d|m)\b|')", re.IGNORECASE), r"\1"),
    (re.compile(r"\s--\s"), " – "),
)


def untokenised(text: str) -> str:
    """Return a text of the Penn Treebank's spacing ("did n't , he") as people write it."""
    for pattern, instead in _JOINS:
        text = pattern.sub(instead, text)
    return text.strip()


def occurrences(sentence: str, answers: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Return where any of the answers stands in a sentence, as whole words, in any case."""
    low = sentence.lower()
    if len(low) != len(sentence):
        low = sentence
    found = set()
    for answer in answers:
        wanted = answer.strip().rstrip(".").lower()
        start = low.find(wanted) if wanted else -1
        while start >= 0:
            end = start + len(wanted)
            opens = start == 0 or not (low[start - 1].isalnum() and wanted[0].isalnum())
            closes = end == len(low) or not (low[end].isalnum() and wanted[-1].isalnum())
            if opens and closes:
                found.add((start, end))
            start = low.find(wanted, start + 1)
    return tuple(sorted(found))
