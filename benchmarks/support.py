"""Question sets → how well verdicts on written sentences hold (``assistant/checking/verdict.py``).

    python benchmarks/support.py FOLDER... [--questions 130] [--keep FILE] [--fit] [--show 10]

Each FOLDER holds ``articles.jsonl.gz`` and ``questions.jsonl`` with the fields ``question``,
``answerable``, ``article_ids``, ``answers`` and, where the set has it, ``evidence``.

Supported sentences: where the reference answers are sentences of their own, those sentences;
where they are spans of the article, the article's sentence that holds the span, without what
stands in brackets and without its last clause if the span is not in that. What an answer says of
itself ("I", "the documents") is left out. The sentences of the
gold articles are the evidence (of long articles the 60 nearest), with title and neighbours round
each; what a sentence cites is left to ``choose_sources``, so that a wrong sentence gets the best
quotes there are.

Unsupported ones are made of each of these, one of each kind that applies: a number, a date (a
month, a day or a year) or a name is changed, the name to one of as many words from an article of
another question; "not" is put in or taken out; or the sentence is paired with the articles of
another question. Half of the articles serve to fit, the figures are told on the other half.
Reference answers are people's (or edited) prose and not all of them are borne out by the gold
articles: no figure can be perfect.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from writing import KINDS, Example, examples

from assistant.checking.coverage import coverage
from assistant.checking.facts import quoted_facts
from assistant.checking.sources import choose_sources
from assistant.checking.verdict import Quote, Verdict, chance_of
from assistant.evaluation.metrics import area_under_curve, interval
from index.embedding.load import load_embedder
from index.settings import IndexSettings


def figures(seen: Sequence[Example], verdicts: Sequence[Verdict]) -> None:
    """Print the figures."""
    unchanged = {(e.set, e.origin): v for e, v in zip(seen, verdicts, strict=True)
                 if e.kind == "unchanged"}  # fmt: skip
    every = np.array([verdict.score for verdict in unchanged.values()])
    print(f"{'':<16}{'count':>6}{'AUROC':>8}{'95%':>14}{'v. origin':>11}   verdicts")
    for kind in ("unchanged", *KINDS):
        rows = [(e, v) for e, v in zip(seen, verdicts, strict=True) if e.kind == kind]
        scores = np.array([v.score for _, v in rows])
        shares = "  ".join(
            f"{name} {np.mean([v.support == name for _, v in rows]):.3f}"
            for name in ("supported", "weak", "unsupported")
        )
        area = f"{'':>33}"
        if kind != "unchanged":
            origins = np.array([unchanged[e.set, e.origin].score for e, _ in rows])
            low, high = interval(area_under_curve, every, scores)
            area = (f"{area_under_curve(every, scores):>8.3f}{low:>8.3f}-{high:.3f}"
                    f"{area_under_curve(origins, scores):>11.3f} ")  # fmt: skip
        print(f"{kind:<16}{len(rows):>6}{area}  {shares}")
    called = np.array([verdict.support == "unsupported" for verdict in verdicts])
    changed = np.array([each.kind != "unchanged" for each in seen])
    print(f"unsupported: precision {share(changed[called])}, recall {share(called[changed])}")


def share(values: Any) -> str:
    """Return a share with its 95% bootstrap interval."""
    low, high = interval(np.mean, values.astype(float))
    return f"{values.mean():.3f} ({low:.3f}-{high:.3f})"


def fit(seen: Sequence[Example]) -> None:
    """Print the weights of coverage and similarity, and the chances that thresholds may cut."""
    rows, labels = [], []
    for each in seen:
        if each.kind in ("unchanged", KINDS[-1]):
            best = max(
                each.evidence,
                key=lambda s, e=each: (
                    s.similarity
                    + coverage(e.sentence, quoted_facts([s.text], [s.about]), e.question)
                ),
            )
            facts = quoted_facts([best.text], [best.about])
            rows.append((coverage(each.sentence, facts, each.question), best.similarity))
            labels.append(each.kind == "unchanged")
    model = LogisticRegression(C=10.0).fit(np.array(rows), labels)
    chances = np.array([chance_of(*row) for row in rows])
    print(f"bias {model.intercept_[0]:.2f}, coverage {model.coef_[0][0]:.2f}, "
          f"similarity {model.coef_[0][1]:.2f}")  # fmt: skip
    for name, wanted in (("unchanged", True), (KINDS[-1], False)):
        cuts = np.percentile(chances[np.array(labels) == wanted], [1, 2, 5, 10, 50, 90, 95, 98, 99])
        print(f"chance at 1 2 5 10 50 90 95 98 99% of {name}: {np.round(cuts, 3)}")


def load_examples(folders: Sequence[Path], count: int, keep: Path | None) -> list[Example]:
    """Make the examples, or read them from a file that an earlier run kept."""
    if keep and keep.is_file():
        rows = json.loads(keep.read_text("utf-8"))
        return [
            Example(**{**row, "evidence": tuple(Quote(**each) for each in row["evidence"])})
            for row in rows
        ]
    embedder = load_embedder(IndexSettings())

    def embed(texts: list[str]) -> Any:
        return np.array(embedder.embed_documents(texts))

    found = [each for folder in folders for each in examples(folder, count, embed)]
    if keep:
        keep.write_text(json.dumps([asdict(each) for each in found]), "utf-8")
    return found


def main() -> None:
    """Read the sets, judge their sentences and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=130, help="of each set")
    parser.add_argument("--keep", type=Path, help="file for the sentences, to be read again")
    parser.add_argument("--fit", action="store_true", help="on the fitting half")
    parser.add_argument("--show", type=int, default=0, help="how many errors of each kind")
    options = parser.parse_args()
    every = load_examples(options.folders, options.questions, options.keep)
    seen = [each for each in every if each.fits == options.fit]
    chosen = [choose_sources(e.sentence, (), e.evidence, question=e.question) for e in seen]
    print(f"{len(every)} sentences, {len(seen)} of them in the half that is "
          f"{'fitted' if options.fit else 'reported'}")  # fmt: skip
    verdicts = [verdict for _, verdict in chosen]
    figures(seen, verdicts)
    if options.fit:
        fit(seen)
    show(seen, chosen, options.show)


def show(
    seen: Sequence[Example], chosen: Sequence[tuple[tuple[int, ...], Verdict]], count: int
) -> None:
    """Print the first errors of each kind."""
    for kind in ("unchanged", *KINDS):
        wrong = [
            (e, n, v)
            for e, (n, v) in zip(seen, chosen, strict=True)
            if e.kind == kind and (v.support == "supported") != (kind == "unchanged")
        ]
        for each, numbers, verdict in wrong[:count]:
            print(f"\n{kind}, {each.set}: {each.sentence}\n  {verdict.support}: {verdict.reason}")
            for source in each.evidence:
                if source.number in (numbers or (1,)):
                    print(f"  [{source.number}] {source.similarity} {source.text}")


if __name__ == "__main__":
    main()
