"""Question sets → what the search saw of each question, for ``fit_fusion.py``.

The search itself is listened to, so that nothing of it is written a second time here. Indexes and
what was seen are kept in a folder, for building takes minutes.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from measuring import load_jsonl, say

from assistant.evaluation.questions import Question, load_questions
from assistant.evaluation.run import gold_of, holds_evidence
from assistant.question.understand import understand
from assistant.retrieval import find_passages
from index import Hit, View, build_index, open_index
from index.search import fusion
from index.search.fusion import Nearness, Scores
from index.types import PassageRow

_SEED = 17


@dataclass(frozen=True)
class Seen:
    """What the search saw of one question.

    Attributes:
        asked: ``(passages, measures)``, for the question.
        said: The same for what was said before; None where nothing was.
        leaning: How much that counts, 0..1.
        articles: The passages' articles, ``(passages,)``.
        holds: Whether a passage holds the evidence, ``(passages,)``.
    """

    asked: Scores
    said: Scores | None
    leaning: float
    articles: Sequence[str]
    holds: npt.NDArray[np.bool_]

    def scores(self, weights: Mapping[str, float]) -> Scores:
        """Return the passages' scores with these weights."""
        asked = fusion.fuse(self.asked, weights)
        if self.said is None:
            return asked
        said = fusion.fuse(self.said, weights)
        return fusion.prefer_in_play(asked, said, self.articles, self.leaning)

    def place(self, weights: Mapping[str, float]) -> int:
        """Return the place of the first passage that holds the evidence, from 1; 0: none does."""
        held = self.holds[np.argsort(-self.scores(weights), kind="stable")]
        return int(held.argmax()) + 1 if held.any() else 0


def seen_of(folder: Path, kept: Path, most: int, words: int) -> dict[str, list[Seen]]:
    """Return a set's name → its questions; of conversations also with a person's rewrite.

    Args:
        folder: ``articles.jsonl.gz`` and ``questions.jsonl`` or ``questions.jsonl.gz``.
        kept: Where indexes and what was seen are kept.
        most: How many questions at most.
        words: Of how many words the articles are at most.
    """
    name = f"{folder.parent.name}-{folder.name}"
    file = kept / f"{name}-{most}-{words}.npz"
    if not file.is_file():
        questions = _sample(folder, kept / f"{name}.articles.jsonl.gz", most, words)
        build_index([kept / f"{name}.articles.jsonl.gz"], kept / name, allow_removals=True)
        rewritten = [replace(each, question=each.rewrite, history=())
                     for each in questions if each.history and each.rewrite]  # fmt: skip
        with open_index(kept / name).view() as view:
            found = {name: list(_listen(view, questions, name))}
            if rewritten:
                found[f"{name}, rewritten"] = list(_listen(view, rewritten, name))
        _save(file, found)
    return _load(file)


def _sample(folder: Path, file: Path, most: int, words: int) -> list[Question]:
    """Return some answerable questions; write their articles and, up to a size, others."""
    articles = {each["id"]: each for each in load_jsonl(folder / "articles.jsonl.gz")}
    questions = list(_with_evidence(folder, articles))
    dice = random.Random(_SEED)  # noqa: S311 - a fixed sample, not a secret
    dice.shuffle(questions)
    taken: dict[str, Any] = {}
    chosen: list[Question] = []
    left = words
    for question in questions[: 4 * most]:
        new = {each: articles[each] for each in question.article_ids if each not in taken}
        size = sum(len(each["text"].split()) for each in new.values())
        if len(chosen) < most and size <= left:
            chosen.append(question)
            taken |= new
            left -= size
    for each in dice.sample(sorted(articles.keys() - taken.keys()), len(articles) - len(taken)):
        size = len(articles[each]["text"].split())
        if size <= left:
            taken[each] = articles[each]
            left -= size
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(each) + "\n" for each in taken.values())
    return chosen


def _with_evidence(folder: Path, articles: Mapping[str, Any]) -> Iterator[Question]:
    """Yield the answerable questions; sentences that answer are evidence where no other is."""
    packed = folder / "questions.jsonl.gz"
    rows = load_jsonl(packed if packed.is_file() else folder / "questions.jsonl")
    for row, question in zip(rows, load_questions(folder), strict=True):
        if not question.answerable or not question.article_ids:
            continue
        places = () if question.evidence else row.get("answer_sentences") or ()
        sentences = [articles[question.article_ids[0]]["sentences"][place] for place in places]
        yield replace(question, evidence=(*question.evidence, *sentences))


@dataclass
class _Listener:
    """Stands in for two functions of the search, does what they do and keeps what they get."""

    measures: list[Scores] = field(default_factory=list)
    rows: Sequence[PassageRow] = ()
    scores: Scores = field(default_factory=lambda: np.zeros(0))

    def fuse(self, measures: Scores) -> Scores:
        self.measures.append(measures)
        return _FUSE(measures)

    def best_hits(
        self, rows: Sequence[PassageRow], near: Nearness, scores: Scores, limit: int
    ) -> list[Hit]:
        self.rows, self.scores = rows, scores
        return fusion.best_hits(rows, near, scores, max(limit, len(rows)))


_FUSE = fusion.fuse


def _listen(view: View, questions: Sequence[Question], name: str) -> Iterator[Seen]:
    for done, question in enumerate(questions):
        yield _seen(view, question)
        if done % 100 == 0:
            say(f"{name}: {done} of {len(questions)}")


def _seen(view: View, question: Question) -> Seen:
    gold = gold_of(view, question)
    query = understand(view, question.question, question.history)
    listener = _Listener()
    with (
        patch.object(fusion, "fuse", listener.fuse),
        patch("index.search.view.best_hits", listener.best_hits),
    ):
        hits = find_passages(view, query)
    if not hits:
        return Seen(np.zeros((0, len(fusion.WEIGHTS))), None, 0.0, (), np.zeros(0, bool))
    held = {hit.passage.id for hit in hits if holds_evidence(hit, question, gold)}
    asked, *said = listener.measures
    seen = Seen(
        asked,
        said[0] if said else None,
        query.leaning if said else 0.0,
        tuple(row.passage.article_id for row in listener.rows),
        np.array([row.passage.id in held for row in listener.rows]),
    )
    if not np.allclose(seen.scores(fusion.WEIGHTS), listener.scores):
        raise AssertionError(f"the search scored otherwise: {question.question!r}")
    return seen


def _save(file: Path, found: Mapping[str, Sequence[Seen]]) -> None:
    """Write arrays only, so that reading them runs nobody's code."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, questions in found.items():
        arrays[f"{name}/sizes"] = np.array([len(each.holds) for each in questions])
        arrays[f"{name}/asked"] = np.concatenate([each.asked for each in questions])
        said = [each.asked * np.nan if each.said is None else each.said for each in questions]
        arrays[f"{name}/said"] = np.concatenate(said)
        arrays[f"{name}/leaning"] = np.array([each.leaning for each in questions])
        arrays[f"{name}/articles"] = np.concatenate(
            [np.array(each.articles, str) for each in questions]
        )
        arrays[f"{name}/holds"] = np.concatenate([each.holds for each in questions])
    np.savez_compressed(file, **arrays)


def _load(file: Path) -> dict[str, list[Seen]]:
    with np.load(file) as arrays:
        names = [key.removesuffix("/sizes") for key in arrays if key.endswith("/sizes")]
        return {name: _unpacked(arrays, name) for name in names}


def _unpacked(arrays: Mapping[str, Any], name: str) -> list[Seen]:
    ends = np.cumsum(arrays[f"{name}/sizes"])[:-1]
    asked, said, articles, holds = (
        np.split(arrays[f"{name}/{part}"], ends) for part in ("asked", "said", "articles", "holds")
    )
    return [
        Seen(a, None if np.isnan(s).any() else s, float(leaning), tuple(map(str, ids)), h)
        for a, s, leaning, ids, h in zip(
            asked, said, arrays[f"{name}/leaning"], articles, holds, strict=True
        )
    ]
