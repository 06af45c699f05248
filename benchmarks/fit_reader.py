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
from index import Span, build_index, open_index, search

WEIGHTS = Path(reader.__file__).parent / "weights.json"


def load_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def gold_spans(question: dict[str, Any], articles: dict[str, dict[str, Any]]) -> dict[str, list[Span]]:
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
    span = each.signals.span
    article = each.signals.hit.passage.article_id
    near = any(span.start < g.end and span.end > g.start for g in gold.get(article, ()))
    if not near or question.get("answer_sentences"):
        return near
    text = each.signals.text.casefold()
    return any(answer.casefold() in text for answer in question["answers"])


def examples(folder: Path, count: int) -> Iterator[dict[str, Any]]:
    """Yield what the reader sees of each question, with its labels."""
    articles = {each["id"]: each for each in load_jsonl(folder / "articles.jsonl.gz")}
    questions = list(load_jsonl(folder / "questions.jsonl.gz"))
    random.Random(7).shuffle(questions)  # noqa: S311 - a fixed sample, not a secret
    store = Path(tempfile.gettempdir()) / f"fit-reader-{folder.name}"
    build_index([folder / "articles.jsonl.gz"], store)
    with open_index(store).view() as view:
        for place, question in enumerate(questions[:count]):
            asked = question["question"]
            hits = view.search(asked, 60)
            weights = view.term_weights(asked)
            gold = gold_spans(question, articles) if question["answerable"] else {}
            evidence = gather_evidence(view, asked, hits)
            if question["answerable"] and gold:
                labels = [holds_answer(each, question, gold) for each in evidence]
                yield {"asked": asked, "evidence": evidence, "labels": labels, "weights": weights,
                       "kind": "answerable"}  # fmt: skip
                if place % 3 == 0:
                    rest = [h for h in hits if h.passage.article_id not in gold][:PASSAGES]
                    yield {"asked": asked, "evidence": gather_evidence(view, asked, rest),
                           "labels": [], "weights": weights, "kind": "removed"}  # fmt: skip
            elif not question["answerable"]:
                yield {"asked": asked, "evidence": evidence, "labels": [], "weights": weights,
                       "kind": "near miss"}  # fmt: skip
            if place % 100 == 0:
                print(f"{folder.name}: {place} of {min(count, len(questions))}", flush=True)


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


def main() -> None:
    search.CACHED_PASSAGES = 5000  # thousands of questions read the same passages again and again
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=3000)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS.name}")
    options = parser.parse_args()
    seen = [each for folder in options.folders for each in examples(folder, options.questions)]
    seen = [each for each in seen if each["evidence"]]
    for each in seen:
        each["signals"] = sentence_signals(each["asked"], each["evidence"])
    answerable = [each for each in seen if any(each["labels"])]
    half = len(answerable) // 2

    signals = np.vstack([each["signals"] for each in answerable])
    labels = np.concatenate([each["labels"] for each in answerable])
    sentence = fitted(SENTENCE_SIGNALS, signals, labels)
    first = fitted(
        SENTENCE_SIGNALS,
        np.vstack([each["signals"] for each in answerable[:half]]),
        np.concatenate([each["labels"] for each in answerable[:half]]),
    )
    tops = [each["labels"][int(reader.logistic(each["signals"], first).argmax())] for each in answerable[half:]]
    print(f"best sentence right, fitted on half, told on the other: {np.mean(tops):.3f}")

    rows = np.array(
        [
            confidence_signals(
                each["asked"], each["evidence"], reader.logistic(each["signals"], sentence), each["weights"]
            )
            for each in seen
        ]
    )
    kinds = np.array([each["kind"] for each in seen])
    confidence = fitted(CONFIDENCE_SIGNALS, rows, kinds == "answerable", class_weight="balanced")
    chances = reader.logistic(rows, confidence)
    for kind in ("near miss", "removed"):
        kept = (kinds == "answerable") | (kinds == kind)
        if (kinds == kind).any():
            area = roc_auc_score(kinds[kept] == "answerable", chances[kept])
            print(f"answerable against {kind}: AUROC {area:.3f}")
    weights = json.loads(WEIGHTS.read_text("utf-8"))
    weights.update(sentence=sentence, confidence=confidence)
    print(json.dumps(weights, indent=2))
    if options.write:
        WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
