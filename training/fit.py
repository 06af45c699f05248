"""Question sets → the models that weigh the reader's features (``assistant/reader/weights.json``).

    python -m training.fit FOLDER... [--reader joint|vector] [--questions 1500] [--write]

Each FOLDER holds ``articles.jsonl.gz`` and ``questions.jsonl.gz`` as ``README.md`` tells. Use
training sets only, never one that is reported on. For the joint reader only questions are taken
whose articles its network was not trained on: of the others its scores would be too good.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from assistant.evaluation.metrics import area_under_curve
from assistant.reader.trees import WEIGHTS, trees_from
from index.embedding import encoder
from training.labelling import READERS, Example, Reader, examples

SENTENCE_TREES = {"max_iter": 100, "learning_rate": 0.08, "max_leaf_nodes": 8}
CONFIDENCE_TREES = {"max_iter": 60, "learning_rate": 0.06, "max_leaf_nodes": 16}
"""Sizes chosen by what is answered and told apart on articles left out of the fit."""

KINDS = {"near miss": 0.5, "removed": 0.5}
"""What questions without an answer weigh in the confidence, together as much as the answerable."""

RISING = frozenset(
    """similarity maxsim overlap weakest answers span rest_overlap pairs passage_lead rank expected
    similarity_lead maxsim_lead overlap_lead weakest_lead answers_lead span_lead chance
    context_overlap best_overlap context_weakest best_weakest best_context_weakest dense
    best_answers best_span""".split()  # noqa: SIM905
)
"""Features of which more can only be better: the trees are held to it, so that they do not learn
the accidents of one set."""


def fitted(
    names: tuple[str, ...], features: Any, labels: Any, size: Any, shares: Any = None
) -> dict[str, Any]:
    """Fit boosted trees of a size and return them as ``assistant.reader.trees`` reads them."""
    model = HistGradientBoostingClassifier(
        l2_regularization=10, min_samples_leaf=60, early_stopping=False,
        monotonic_cst=[int(name in RISING) for name in names], **size,
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
    answerable = [
        place
        for place, each in enumerate(seen)
        if each.kind == "answerable" and each.share == 1  # see OWN_SHARE
    ]
    labels = np.concatenate([seen[place].labels for place in answerable])
    rows = np.vstack([features[place] for place in answerable])
    sentence = fitted(reader.names, rows, labels, SENTENCE_TREES)
    trees = trees_from(sentence)
    rows = _confidence_rows(seen, [trees.chances(each) for each in features], reader)
    true = np.array([each.kind == "answerable" for each in seen])
    confidence = fitted(reader.confidence_names, rows, true, CONFIDENCE_TREES, _shares(seen))
    return {"sentence": sentence, "confidence": confidence}


def _shares(seen: list[Example]) -> Any:
    """Return what each question weighs: those with an answer as much as all others together."""
    kinds = np.array([each.kind for each in seen])
    weights = np.array([each.share for each in seen])
    for kind, share in {"answerable": 1.0, **KINDS}.items():
        of_kind = kinds == kind
        weights[of_kind] *= share / max(weights[of_kind].sum(), 1e-9)
    return weights * len(kinds) / weights.sum()


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
