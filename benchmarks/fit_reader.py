"""Question sets → the reader's weights (``assistant/reader/weights.json``).

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
import json
import random
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from measuring import load_jsonl
from sklearn.ensemble import HistGradientBoostingClassifier

from assistant.evaluation.metrics import area_under_curve
from assistant.question.understand import Query, understand
from assistant.reader.confidence import CONFIDENCE_FEATURES, confidence_features
from assistant.reader.evidence import Candidate
from assistant.reader.features import SENTENCE_FEATURES, sentence_features
from assistant.reader.read import gather_evidence
from assistant.reader.trees import WEIGHTS, trees_from
from assistant.retrieval import PASSAGES
from index import Span, View, build_index, open_index
from index.embedding import encoder
from index.words import STOP_WORDS, words


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
        labels: For each, whether it answers; empty where none does.
        kind: ``answerable``, ``near miss`` or ``removed``.
    """

    query: Query
    evidence: tuple[Candidate, ...]
    labels: tuple[bool, ...]
    kind: str


def examples(folder: Path, count: int) -> Iterator[Example]:
    """Yield the questions of a set, some of them shortened and some with their article removed."""
    articles = {each["id"]: each for each in load_jsonl(folder / "articles.jsonl.gz")}
    questions = load_jsonl(folder / "questions.jsonl.gz")
    dice = random.Random(7)  # noqa: S311 - a fixed sample, not a secret
    dice.shuffle(questions)
    store = Path(tempfile.gettempdir()) / f"fit-reader-{folder.name}"
    build_index([folder / "articles.jsonl.gz"], store, allow_removals=True)
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
    query = understand(view, asked)
    hits = view.search(query.sought, 60)
    evidence = gather_evidence(view, query, hits[:PASSAGES])
    if not question["answerable"]:
        if asked == question["question"]:
            yield Example(query, evidence, (), "near miss")
        return
    gold = gold_spans(question, articles)
    labels = tuple(holds_answer(each, question, gold) for each in evidence)
    if any(labels):
        yield Example(query, evidence, labels, "answerable")
    rest = [hit for hit in hits if hit.passage.article_id not in gold][:PASSAGES]
    if gold and rest:
        yield Example(query, gather_evidence(view, query, rest), (), "removed")


RISING = frozenset(
    """similarity maxsim overlap weakest rest_overlap pairs passage_lead rank expected
    similarity_lead maxsim_lead overlap_lead weakest_lead chance context_overlap best_overlap
    context_weakest best_weakest best_context_weakest dense""".split()  # noqa: SIM905
)
"""Features of which more can only be better: the trees are held to it, so that they do not learn
the accidents of one set."""


def fitted(
    names: tuple[str, ...], features: Any, labels: Any, shares: Any = None
) -> dict[str, Any]:
    """Fit boosted trees and return them as ``assistant.reader.trees`` reads them."""
    model = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.08, max_leaf_nodes=8, l2_regularization=10,
        min_samples_leaf=60, monotonic_cst=[int(name in RISING) for name in names],
        early_stopping=False,
    )  # fmt: skip
    model.fit(features, labels, sample_weight=shares)
    # scikit-learn shows its trees in no public way; a test compares what is written with it.
    trees = [_tree(predictor.nodes) for (predictor,) in model._predictors]
    baseline = round(float(np.ravel(model._baseline_prediction)[0]), 5)
    written = {"features": list(names), "baseline": baseline, "trees": trees}
    difference = trees_from(written).chances(features) - model.predict_proba(features)[:, 1]
    if np.abs(difference).max() > 1e-3:
        raise AssertionError(f"the trees were not written as fitted: {np.abs(difference).max()}")
    return written


def _tree(nodes: Any) -> list[list[float]]:
    return [
        [round(float(node["value"]), 5)]
        if node["is_leaf"]
        else [int(node["feature_idx"]), float(node["num_threshold"]), int(node["left"]),
              int(node["right"])]
        for node in nodes
    ]  # fmt: skip


def fit(seen: list[Example]) -> dict[str, Any]:
    """Fit both models and print how good they are, told on questions they did not see."""
    features = [sentence_features(each.query, each.evidence) for each in seen]
    half = len(seen) // 2
    trial = _fit_on(seen[:half], features[:half])
    others = seen[half:]
    sentence, confidence = trees_from(trial["sentence"]), trees_from(trial["confidence"])
    chances = [sentence.chances(each) for each in features[half:]]
    rows = _confidence_rows(others, chances)
    told = confidence.chances(rows)
    kinds = np.array([each.kind for each in others])
    for kind in ("near miss", "removed"):
        area = area_under_curve(told[kinds == "answerable"], told[kinds == kind])
        print(f"answerable against {kind}: AUROC {area:.3f}")
    for threshold in np.arange(0.1, 0.65, 0.05):
        shares = {kind: float((told[kinds == kind] < threshold).mean()) for kind in set(kinds)}
        shown = ", ".join(f"{kind} {share:.3f}" for kind, share in sorted(shares.items()))
        print(f"refused below {threshold:.2f}: {shown}")
    for share in (0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0):
        counts, held = [], []
        for each, chance in zip(others, chances, strict=True):
            if each.kind == "answerable":
                best = np.sort(chance)[::-1][:3]
                taken = np.argsort(-chance)[: int((best >= share * best[0]).sum())]
                counts.append(len(taken))
                held.append(any(each.labels[place] for place in taken))
        print(f"share {share:.2f}: {np.mean(counts):.2f} sentences, {np.mean(held):.3f} answered")
    return _fit_on(seen, features)


def _fit_on(seen: list[Example], features: list[Any]) -> dict[str, Any]:
    answerable = [place for place, each in enumerate(seen) if each.kind == "answerable"]
    labels = np.concatenate([seen[place].labels for place in answerable])
    sentence = fitted(SENTENCE_FEATURES, np.vstack([features[p] for p in answerable]), labels)
    trees = trees_from(sentence)
    rows = _confidence_rows(seen, [trees.chances(each) for each in features])
    true = np.array([each.kind == "answerable" for each in seen])
    even = np.where(true, 1 / true.sum(), 1 / (~true).sum()) * len(true) / 2
    return {"sentence": sentence, "confidence": fitted(CONFIDENCE_FEATURES, rows, true, even)}


def _confidence_rows(seen: list[Example], chances: list[Any]) -> Any:
    return np.array(
        [
            confidence_features(each.query, each.evidence, chance)
            for each, chance in zip(seen, chances, strict=True)
        ]
    )


def write_weights(weights: dict[str, Any]) -> None:
    """Write ``weights.json``, one tree a line."""
    text = json.dumps(weights, indent=1)
    flat = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
    trees = re.sub(r"\[\s+(\[[^{}]*?\])\s+\](,?)(?=\s+[\[\]])",
                   lambda m: f"[{' '.join(m[1].split())}]{m[2]}", flat)  # fmt: skip
    WEIGHTS.write_text(trees + "\n", "utf-8")


def main() -> None:
    """Read the question sets, fit, print and, if asked to, write the weights."""
    encoder.CACHED_PASSAGES = 5000  # thousands of questions read the same passages again and again
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=3000)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS.name}")
    options = parser.parse_args()
    found = [each for folder in options.folders for each in examples(folder, options.questions)]
    weights = json.loads(WEIGHTS.read_text("utf-8"))
    weights.update(fit([each for each in found if each.evidence]))
    if options.write:
        write_weights(weights)


if __name__ == "__main__":
    main()
