"""Question sets → sentences as an LLM might write them, true and false, with their evidence.

``support.py`` tells how they are made.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from altering import changed_date, changed_name, changed_negation, changed_number, names_in
from measuring import load_jsonl

from assistant.checking.verdict import Quote
from index.text import paragraph_spans, sentence_spans

MOST_EVIDENCE = 60
KINDS = ("number", "date", "name", "negation", "other articles")

_OF_ITSELF = re.compile(r"\b(?:I|my)\b|\bdocuments?\b|\binformation provided\b")


@dataclass(frozen=True)
class Example:
    """A sentence, what it may cite, and how it came about.

    Attributes:
        kind: ``unchanged``, or what was done to it.
        origin: Number of the unchanged sentence it was made from.
        fits: Whether it belongs to the half that is fitted on.
    """

    set: str
    sentence: str
    question: str
    evidence: tuple[Quote, ...]
    kind: str
    origin: int
    fits: bool


@dataclass(frozen=True)
class Piece:
    """A question's sentence with the evidence of its articles, before anything is changed."""

    sentence: str
    question: str
    articles: tuple[str, ...]
    half: bool


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text."""
    spans = [
        span for paragraph in paragraph_spans(text) for span in sentence_spans(text, paragraph)
    ]
    return [text[span.start : span.end] for span in spans]


def written_sentences(question: dict[str, Any], articles: dict[str, str]) -> list[str]:
    """Return the supported sentences that a question gives; see the module's text."""
    answer = question["answers"][0]
    text = "\n".join(articles[each] for each in question["article_ids"])
    if answer not in text:
        found = [re.sub(r"^[-*\d. ]+", "", each) for each in sentences_of(answer)]
    else:
        places = question.get("evidence") or [text]
        found = [s for place in places for s in sentences_of(place) if answer in s][:1]
        found = [shortened(each, answer) for each in found]
    sized = [each for each in found if 5 <= len(each.split()) <= 60 and each[-1] in '.!"”']
    return [each for each in sized if not _OF_ITSELF.search(each)]


def shortened(sentence: str, answer: str) -> str:
    """Return a sentence without brackets and last clause, as far as its answer allows."""
    bare = re.sub(r" ?\([^()]*\)", "", sentence)
    bare = bare if answer in bare else sentence
    head = bare.rpartition(", ")[0]
    return f"{head}." if answer in head and len(head.split()) > 6 else bare


class Shelf:
    """The articles of one set, their sentences and vectors."""

    def __init__(self, folder: Path, embed: Callable[[list[str]], Any]) -> None:
        records = load_jsonl(folder / "articles.jsonl.gz")
        self.name = folder.name
        self.texts = {each["id"]: each["text"] for each in records}
        self._titles = {each["id"]: each.get("title", "") for each in records}
        self._embed = embed
        self._seen: dict[str, tuple[list[str], Any]] = {}

    def evidence(self, ids: Sequence[str], sentence: str) -> tuple[Quote, ...]:
        """Return the sentences of articles as quotes for a sentence, nearest ones only."""
        vector = self._embed([sentence])[0]
        found: list[tuple[float, str, str]] = []
        for each in ids:
            texts, vectors = self._sentences(each)
            for place, text in enumerate(texts):
                near = texts[max(0, place - 1) : place] + texts[place + 1 : place + 2]
                about = " ".join([self._titles[each], *near])
                found.append((float(vectors[place] @ vector), text, about))
        found.sort(key=lambda item: -item[0])
        return tuple(
            Quote(number, text, about, similarity=round(similarity, 4))
            for number, (similarity, text, about) in enumerate(found[:MOST_EVIDENCE], start=1)
        )

    def _sentences(self, each: str) -> tuple[list[str], Any]:
        if each not in self._seen:
            texts = sentences_of(self.texts[each])
            self._seen[each] = (texts, self._embed(texts))
        return self._seen[each]


def pieces(shelf: Shelf, folder: Path, count: int, dice: random.Random) -> list[Piece]:
    """Return the supported sentences of a set, its articles parted into two halves."""
    questions = [each for each in load_jsonl(folder / "questions.jsonl") if each["answerable"]]
    questions = [each for each in questions if each["answers"]]
    dice.shuffle(questions)
    halves: dict[str, bool] = {}
    found = []
    for question in questions[:count]:
        ids = tuple(question["article_ids"])
        half = halves.setdefault(ids[0], len(halves) % 2 == 0)
        found += [
            Piece(sentence, question["question"], ids, half)
            for sentence in written_sentences(question, shelf.texts)[:3]
        ]
    return found


def examples(folder: Path, count: int, embed: Callable[[list[str]], Any]) -> Iterator[Example]:
    """Yield the sentences of a set: unchanged, changed, and with another question's articles."""
    dice = random.Random(11)  # noqa: S311 - a fixed sample, not a secret
    shelf = Shelf(folder, embed)
    found = pieces(shelf, folder, count, dice)
    for origin, piece in enumerate(found):
        far = [p for p in found if not set(p.articles) & set(piece.articles)]
        other = dice.choice(far)
        foreign = [match[0] for match in names_in(shelf.texts[other.articles[0]])]
        versions = {
            "unchanged": piece.sentence,
            "number": changed_number(piece.sentence, dice),
            "date": changed_date(piece.sentence, dice),
            "name": changed_name(piece.sentence, dice, foreign),
            "negation": changed_negation(piece.sentence),
            "other articles": piece.sentence,
        }
        for kind, sentence in versions.items():
            if sentence:
                ids = other.articles if kind == KINDS[-1] else piece.articles
                found_there = shelf.evidence(ids, sentence)
                asked = piece.question
                yield Example(shelf.name, sentence, asked, found_there, kind, origin, piece.half)
