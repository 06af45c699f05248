"""Question sets → the reader's weights (``assistant/weights.json``).

    python benchmarks/fit_reader.py FOLDER... [--questions 3000] [--write]

Each FOLDER holds ``articles.jsonl.gz`` and ``questions.jsonl.gz`` with the fields ``question``,
``answerable``, ``article_ids``, ``answers`` and ``evidence`` (or ``answer_sentences``, positions in
the article's ``sentences``). Use training sets only, never one that is reported on.

Sentences are labelled by whether they hold the gold answer inside the gold evidence. The
confidence learns from three kinds of questions: answerable; not answerable, as the set says; and
answerable ones whose article is taken out of what was found.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant import reader
from assistant.evidence import PASSAGES, Evidence, gather_evidence
from assistant.signals import (
    CONFIDENCE_SIGNALS,
    SENTENCE_SIGNALS,
    confidence_signals,
    sentence_signals,
)
from index import Span, View, build_index, open_index, search
from index.words import STOP_WORDS, words

WEIGHTS = Path(reader.__file__).parent / "weights.json"


def load_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a gzipped file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


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


def holds_answer(each: Evidence, question: dict[str, Any], gold: dict[str, list[Span]]) -> bool:
    """Whether a sentence stands in the gold evidence and holds a gold answer."""
    span = each.signals.span
    article = each.signals.hit.passage.article_id
    near = any(span.start < g.end and span.end > g.start for g in gold.get(article, ()))
    if not near or question.get("answer_sentences"):
        return near
    text = each.signals.text.casefold()
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
        asked: The question.
        evidence: The sentences it may be answered from.
        labels: For each, whether it answers; empty where none does.
        weights: Stemmed question word → inverse document frequency.
        kind: ``answerable``, ``near miss`` or ``removed``.
    """

    asked: str
    evidence: tuple[Evidence, ...]
    labels: tuple[bool, ...]
    weights: dict[str, float]
    kind: str


def examples(folder: Path, count: int) -> Iterator[Example]:
    """Yield the questions of a set, some of them shortened and some with their article removed."""
    articles = {each["id"]: each for each in load_jsonl(folder / "articles.jsonl.gz")}
    questions = list(load_jsonl(folder / "questions.jsonl.gz"))
    dice = random.Random(7)  # noqa: S311 - a fixed sample, not a secret
    dice.shuffle(questions)
    store = Path(tempfile.gettempdir()) / f"fit-reader-{folder.name}"
    build_index([folder / "articles.jsonl.gz"], store)
    with open_index(store).view() as view:
        for place, question in enumerate(questions[:count]):
            yield from _examples_of(view, question, question["question"], articles)
            if place % 2 == 0:
                yield from _examples_of(
                    view, question, shortened(question["question"], dice), articles
                )
            if place % 100 == 0:
                print(f"{folder.name}: {place} of {min(count, len(questions))}", flush=True)


def _examples_of(
    view: View, question: dict[str, Any], asked: str, articles: dict[str, dict[str, Any]]
) -> Iterator[Example]:
    hits = view.search(asked, 60)
    weights = view.term_weights(asked)
    evidence = gather_evidence(view, asked, hits)
    if not question["answerable"]:
        if asked == question["question"]:
            yield Example(asked, evidence, (), weights, "near miss")
        return
    gold = gold_spans(question, articles)
    labels = tuple(holds_answer(each, question, gold) for each in evidence)
    if any(labels):
        yield Example(asked, evidence, labels, weights, "answerable")
    rest = [hit for hit in hits if hit.passage.article_id not in gold][:PASSAGES]
    if gold and rest:
        yield Example(asked, gather_evidence(view, asked, rest), (), weights, "removed")


def fitted(names: tuple[str, ...], signals: Any, labels: Any, **options: Any) -> dict[str, Any]:
    """Fit a logistic regression and return it in the signals' own units."""
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=2000, **options)
    model.fit((signals - mean) / spread, labels)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (weights * mean).sum())
    return {
        "bias": round(bias, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)},
    }


def fit(seen: list[Example]) -> dict[str, Any]:
    """Fit both models and the picking rule, and print how good they are."""
    signals = [sentence_signals(each.asked, each.evidence) for each in seen]
    answerable = [place for place, each in enumerate(seen) if each.kind == "answerable"]
    half = answerable[: len(answerable) // 2]
    models = []
    for places in (half, answerable):
        labels = np.concatenate([seen[place].labels for place in places])
        models.append(fitted(SENTENCE_SIGNALS, np.vstack([signals[p] for p in places]), labels))
    others = answerable[len(half) :]
    right = [seen[p].labels[int(reader.logistic(signals[p], models[0]).argmax())] for p in others]
    print(f"best sentence right, fitted on half, told on the other: {np.mean(right):.3f}")

    chances = [reader.logistic(each, models[1]) for each in signals]
    rows = np.array(
        [
            confidence_signals(each.asked, each.evidence, chance, each.weights)
            for each, chance in zip(seen, chances, strict=True)
        ]
    )
    kinds = np.array([each.kind for each in seen])
    confidence = fitted(CONFIDENCE_SIGNALS, rows, kinds == "answerable", class_weight="balanced")
    told = reader.logistic(rows, confidence)
    for kind in ("near miss", "removed"):
        kept = (kinds == "answerable") | (kinds == kind)
        area = roc_auc_score(kinds[kept] == "answerable", told[kept])
        print(f"answerable against {kind}: AUROC {area:.3f}")
    for threshold in np.arange(0.1, 0.65, 0.05):
        shares = {kind: float((told[kinds == kind] < threshold).mean()) for kind in set(kinds)}
        shown = ", ".join(f"{kind} {share:.3f}" for kind, share in sorted(shares.items()))
        print(f"refused below {threshold:.2f}: {shown}")
    for share in np.arange(0.3, 1.0, 0.1):
        counts, held = [], []
        for place in answerable:
            best = np.sort(chances[place])[::-1][:3]
            taken = np.argsort(-chances[place])[: int((best >= share * best[0]).sum())]
            counts.append(len(taken))
            held.append(any(seen[place].labels[each] for each in taken))
        print(f"share {share:.1f}: {np.mean(counts):.2f} sentences, answer in {np.mean(held):.3f}")
    return {"sentence": models[1], "confidence": confidence}


def main() -> None:
    """Read the question sets, fit, print and, if asked to, write the weights."""
    search.CACHED_PASSAGES = 5000  # thousands of questions read the same passages again and again
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=3000)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS.name}")
    options = parser.parse_args()
    found = [each for folder in options.folders for each in examples(folder, options.questions)]
    weights = json.loads(WEIGHTS.read_text("utf-8"))
    weights.update(fit([each for each in found if each.evidence]))
    print(json.dumps(weights, indent=2))
    if options.write:
        WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
