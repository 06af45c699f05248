"""Question sets → the reader's trees (``assistant/reader/weights.json``).

    python -m training.fit FOLDER... [--reader joint|vector] [--questions 1500] [--write]

Each FOLDER holds ``articles.jsonl.gz`` and ``questions.jsonl.gz`` as ``README.md`` tells. Use
training sets only, never one that is reported on. For the joint reader only questions are taken
whose articles its network was not trained on: of the others its scores would be too good.

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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from assistant.evaluation.metrics import area_under_curve
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
from assistant.reader.trees import WEIGHTS, trees_from
from assistant.retrieval import PASSAGES
from index import Span, View, build_index, open_index
from index.embedding import encoder
from index.words import STOP_WORDS, words
from training.examples import is_held_out
from training.sets import load_lines


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
    """

    query: Query
    evidence: tuple[Candidate, ...]
    signals: Sequence[Any]
    labels: tuple[bool, ...]
    kind: str


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
            yield from _examples_of(view, reader, question, question["question"], articles)
            if place % 5 == 0:
                asked = shortened(question["question"], dice)
                yield from _examples_of(view, reader, question, asked, articles)
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


RISING = frozenset(
    """similarity maxsim overlap weakest answers span rest_overlap pairs passage_lead rank expected
    similarity_lead maxsim_lead overlap_lead weakest_lead answers_lead span_lead chance
    context_overlap best_overlap context_weakest best_weakest best_context_weakest dense
    best_answers best_span""".split()  # noqa: SIM905
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


def fit(seen: list[Example], reader: Reader) -> dict[str, Any]:
    """Fit both models and print how good they are, told on questions they did not see."""
    features = [reader.features(each.query, each.evidence, each.signals) for each in seen]
    half = len(seen) // 2
    trial = _fit_on(seen[:half], features[:half], reader)
    others = seen[half:]
    sentence, confidence = trees_from(trial["sentence"]), trees_from(trial["confidence"])
    chances = [sentence.chances(each) for each in features[half:]]
    told = confidence.chances(_confidence_rows(others, chances, reader))
    kinds = np.array([each.kind for each in others])
    for kind in ("near miss", "removed"):
        area = area_under_curve(told[kinds == "answerable"], told[kinds == kind])
        print(f"answerable against {kind}: AUROC {area:.3f}")
    for threshold in np.arange(0.1, 0.65, 0.05):
        shares = {kind: float((told[kinds == kind] < threshold).mean()) for kind in set(kinds)}
        shown = ", ".join(f"{kind} {share:.3f}" for kind, share in sorted(shares.items()))
        print(f"refused below {threshold:.2f}: {shown}")
    for share in (0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0):
        _print_picked(share, others, chances)
    return _fit_on(seen, features, reader)


def _print_picked(share: float, seen: Sequence[Example], chances: Sequence[Any]) -> None:
    """Print how many sentences a rule of picking takes, and how often one of them answers."""
    counts, held = [], []
    for each, chance in zip(seen, chances, strict=True):
        if each.kind == "answerable":
            best = np.sort(chance)[::-1][:3]
            taken = np.argsort(-chance)[: int((best >= share * best[0]).sum())]
            counts.append(len(taken))
            held.append(any(each.labels[place] for place in taken))
    print(f"share {share:.2f}: {np.mean(counts):.2f} sentences, {np.mean(held):.3f} answered")


def _fit_on(seen: list[Example], features: list[Any], reader: Reader) -> dict[str, Any]:
    answerable = [place for place, each in enumerate(seen) if each.kind == "answerable"]
    labels = np.concatenate([seen[place].labels for place in answerable])
    sentence = fitted(reader.names, np.vstack([features[p] for p in answerable]), labels)
    trees = trees_from(sentence)
    rows = _confidence_rows(seen, [trees.chances(each) for each in features], reader)
    true = np.array([each.kind == "answerable" for each in seen])
    even = np.where(true, 1 / true.sum(), 1 / (~true).sum()) * len(true) / 2
    confidence = fitted(reader.confidence_names, rows, true, even)
    return {"sentence": sentence, "confidence": confidence}


def _confidence_rows(seen: list[Example], chances: list[Any], reader: Reader) -> Any:
    return np.array(
        [
            reader.confidence(each.query, each.evidence, chance, each.signals)
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
    parser.add_argument("--reader", choices=READERS, default="joint")
    parser.add_argument("--questions", type=int, default=1500)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS.name}")
    options = parser.parse_args()
    reader, joint = READERS[options.reader], options.reader == "joint"
    found = [
        each
        for folder in options.folders
        for each in examples(folder, options.questions, reader, held_out=joint)
        if each.evidence
    ]
    weights = json.loads(WEIGHTS.read_text("utf-8"))
    weights |= {f"{options.reader}_{name}": each for name, each in fit(found, reader).items()}
    if options.write:
        write_weights(weights)


if __name__ == "__main__":
    main()
