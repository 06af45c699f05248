"""Question sets → how well the verdicts on written sentences hold (``assistant/support.py``).

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
import gzip
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from altering import (
    changed_date,
    changed_name,
    changed_negation,
    changed_number,
    names_in,
)
from sklearn.linear_model import LogisticRegression

from assistant.checking import told_by
from assistant.figures import area_under_curve
from assistant.support import Source, Verdict, choose_sources, coverage
from index.models import load_embedder
from index.passages import paragraph_spans, sentence_spans
from index.settings import IndexSettings

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
    evidence: tuple[Source, ...]
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


def load_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines, gzipped or not."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


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

    def evidence(self, ids: Sequence[str], sentence: str) -> tuple[Source, ...]:
        """Return the sentences of articles as sources of a sentence, nearest ones only."""
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
            Source(number, text, about, similarity=round(similarity, 4))
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
            low, high = interval(every, scores)
            area = (f"{area_under_curve(every, scores):>8.3f}{low:>8.3f}-{high:.3f}"
                    f"{area_under_curve(origins, scores):>11.3f} ")  # fmt: skip
        print(f"{kind:<16}{len(rows):>6}{area}  {shares}")
    told = np.array([verdict.support == "unsupported" for verdict in verdicts])
    true = np.array([each.kind != "unchanged" for each in seen])
    print(f"unsupported: precision {share(true[told])}, recall {share(told[true])}")


def interval(positive: Any, negative: Any) -> tuple[float, float]:
    """Return the 95% bootstrap interval of an AUROC."""
    dice = np.random.default_rng(0)
    areas = [
        area_under_curve(*(dice.choice(each, len(each)) for each in (positive, negative)))
        for _ in range(300)
    ]
    return float(np.percentile(areas, 2.5)), float(np.percentile(areas, 97.5))


def share(values: Any) -> str:
    """Return a share with its 95% bootstrap interval."""
    dice = np.random.default_rng(0)
    means = [dice.choice(values, len(values)).mean() for _ in range(300)]
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():.3f} ({low:.3f}-{high:.3f})"


def fit(seen: Sequence[Example]) -> None:
    """Print the weights of coverage and similarity, and the chances that thresholds may cut."""
    rows, labels = [], []
    for each in seen:
        if each.kind in ("unchanged", KINDS[-1]):
            best = max(
                each.evidence,
                key=lambda s, e=each: (
                    s.similarity + coverage(e.sentence, told_by([s.text], [s.about]), e.question)
                ),
            )
            told = told_by([best.text], [best.about])
            rows.append((coverage(each.sentence, told, each.question), best.similarity))
            labels.append(each.kind == "unchanged")
    model = LogisticRegression(C=10.0).fit(np.array(rows), labels)
    chances = model.predict_proba(np.array(rows))[:, 1]
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
            Example(**{**row, "evidence": tuple(Source(**each) for each in row["evidence"])})
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
