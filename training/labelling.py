"""Question sets → what the reader sees of each question, labelled with what it should make of it.

Sentences are labelled by whether they hold the gold answer inside the gold evidence. There are
three kinds of questions: answerable; not answerable, as the set says (near misses); and answerable
ones whose article is taken out of what was found.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.question.understand import Query, understand
from assistant.reader.confidence import (
    JOINT_CONFIDENCE,
    VECTOR_CONFIDENCE,
    joint_confidence,
    vector_confidence,
)
from assistant.reader.evidence import Candidate
from assistant.reader.features import (
    JOINT_FEATURES,
    VECTOR_FEATURES,
    joint_features,
    vector_features,
)
from assistant.reader.judgement import joint_scores
from assistant.reader.read import gather_evidence
from assistant.retrieval import PASSAGES
from index import Span, View, build_index, open_index
from index.words import STOP_WORDS, words
from training.examples import is_held_out
from training.sets import load_lines

OWN_SHARE = 0.3
"""What a question of ``training/own`` weighs in the confidence. Picking is not fitted on them: one
author's habits are no sample, and on other sets less was answered with them."""


@dataclass(frozen=True)
class Reader:
    """One of the two readers: what it looks at in a sentence, and in all that was read."""

    signals: Callable[[View, Query, Sequence[Candidate]], Sequence[Any]]
    names: tuple[str, ...]
    features: Callable[..., Any]
    confidence_names: tuple[str, ...]
    confidence: Callable[..., Any]


READERS = {
    "joint": Reader(
        lambda _, query, evidence: joint_scores(query, evidence),
        JOINT_FEATURES, joint_features, JOINT_CONFIDENCE, joint_confidence,
    ),
    "vector": Reader(
        lambda view, query, evidence: view.token_signals(
            query.judged, [each.signals for each in evidence]
        ),
        VECTOR_FEATURES, vector_features, VECTOR_CONFIDENCE, vector_confidence,
    ),
}  # fmt: skip


def gold_spans(
    question: dict[str, Any], articles: dict[str, dict[str, Any]]
) -> dict[str, list[Span]]:
    """Return article id → where the gold evidence stands in its text."""
    found: dict[str, list[Span]] = {}
    for article_id in question["article_ids"]:
        article = articles[article_id]
        wanted = list(question.get("evidence", ()))
        wanted += [article["sentences"][place] for place in question.get("answer_sentences", ())]
        for text in wanted:
            start = article["text"].find(text)
            if start >= 0:
                found.setdefault(article_id, []).append(Span(start, start + len(text)))
    return found


def holds_answer(each: Candidate, question: dict[str, Any], gold: dict[str, list[Span]]) -> bool:
    """Whether a sentence stands in the gold evidence and holds a gold answer."""
    span = each.span
    article = each.passage.article_id
    near = any(span.start < g.end and span.end > g.start for g in gold.get(article, ()))
    if not near or question.get("answer_sentences"):
        return near
    text = each.text.casefold()
    return any(answer.casefold() in text for answer in question["answers"])


def shortened(asked: str, dice: random.Random) -> str:
    """Return a question as hurried people ask it: half of its telling words left out."""
    kept = asked.rstrip("?").split()
    telling = [place for place, word in enumerate(kept) if not set(words(word)) <= STOP_WORDS]
    dropped = set(dice.sample(telling, max(0, min(len(telling) - 2, (len(telling) + 1) // 2))))
    return " ".join(word for place, word in enumerate(kept) if place not in dropped) + "?"


@dataclass(frozen=True)
class Example:
    """What the reader sees of a question, and what it should make of it.

    Attributes:
        query: The question.
        evidence: The sentences it may be answered from.
        signals: What the reader knows of each.
        labels: For each, whether it answers; empty where none does.
        kind: ``answerable``, ``near miss`` or ``removed``.
        share: What it weighs.
    """

    query: Query
    evidence: tuple[Candidate, ...]
    signals: Sequence[Any]
    labels: tuple[bool, ...]
    kind: str
    share: float = 1.0


def examples(folder: Path, count: int, reader: Reader, *, held_out: bool) -> Iterator[Example]:
    """Yield the questions of a set, some of them shortened and some with their article removed."""
    articles = {each["id"]: each for each in load_lines(folder / "articles.jsonl.gz")}
    questions = load_lines(folder / "questions.jsonl.gz")
    if held_out:
        questions = [each for each in questions if is_held_out(_article(each))]
    dice = random.Random(7)
    dice.shuffle(questions)
    store = Path(tempfile.gettempdir()) / f"fit-reader-{folder.name}"
    build_index([folder / "articles.jsonl.gz"], store, allow_removals=True)
    with open_index(store).view() as view:
        for place, question in enumerate(questions[:count]):
            wordings = [question["question"]]
            if place % 5 == 0:
                wordings.append(shortened(question["question"], dice))
            for asked in wordings:
                for example in _examples_of(view, reader, question, asked, articles):
                    yield replace(example, share=OWN_SHARE if folder.name == "own" else 1.0)
            if place % 100 == 0:
                print(f"{folder.name}: {place} of {min(count, len(questions))}", flush=True)


def _article(question: dict[str, Any]) -> str:
    return str((question["article_ids"] or question["near_article_ids"])[0])


def _examples_of(
    view: View,
    reader: Reader,
    question: dict[str, Any],
    asked: str,
    articles: dict[str, dict[str, Any]],
) -> Iterator[Example]:
    query = understand(view, asked)
    hits = view.search(query.sought, 60)
    evidence = gather_evidence(view, query, hits[:PASSAGES])
    signals = reader.signals(view, query, evidence) if evidence else ()
    if not question["answerable"]:
        if asked == question["question"]:
            yield Example(query, evidence, signals, (), "near miss")
        return
    gold = gold_spans(question, articles)
    labels = tuple(holds_answer(each, question, gold) for each in evidence)
    if any(labels):
        yield Example(query, evidence, signals, labels, "answerable")
    rest = [hit for hit in hits if hit.passage.article_id not in gold][:PASSAGES]
    others = gather_evidence(view, query, rest)
    if gold and others:
        yield Example(query, others, reader.signals(view, query, others), (), "removed")
