"""A question set → figures: what is found, answered, cited and refused, with 95% intervals.

A set is a folder with articles (any readable files) and ``questions.jsonl`` or
``questions.jsonl.gz``: ``question``, and if given ``answerable``, ``article_ids``, ``evidence``,
``answers``, ``history`` and ``rewrite``. A CSV file of two columns, question and answer, is a set
too; its questions go to an index that exists already.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import string
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assistant.chain import Assistant
from assistant.errors import EvaluationError
from assistant.evaluation.metrics import FOUND_AT, Figure, Outcome, work_out
from assistant.question.understand import understand
from assistant.reader.read import read_passages
from assistant.retrieval import PASSAGES, find_passages
from assistant.types import Answer, Turn
from index import Hit, Span, View
from index.text import one_line
from index.types import Progress, no_progress

LONGEST_ANSWER = 60
"""Words of an answer beyond which holding the gold answer is no merit."""

_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation + "‘’“”–—…", " "))


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set; see the module's text for the fields."""

    question: str
    answerable: bool = True
    article_ids: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    rewrite: str | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of a question set, by name, and every question's outcome."""

    name: str
    figures: Mapping[str, Figure]
    outcomes: tuple[Outcome, ...] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


def load_questions(path: Path) -> list[Question]:
    """Load the questions of a set's folder, or of a CSV file.

    Raises:
        EvaluationError: There are none, or a line cannot be read.
    """
    try:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as rows:
                questions = [_from_row(row) for row in csv.reader(rows) if any(row)]
        else:
            questions = [_from_object(each) for each in _read_objects(_questions_file(path))]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"The questions in {path} cannot be read ({error!r}); give a folder with "
            f"questions.jsonl, or a CSV file with a question and an answer in each row."
        ) from error
    if not questions:
        raise EvaluationError(f"There are no questions in {path}; add some, one a line.")
    return questions


def _questions_file(folder: Path) -> Path:
    packed = folder / "questions.jsonl.gz"
    return packed if packed.is_file() else folder / "questions.jsonl"


def _read_objects(path: Path) -> Iterator[dict[str, Any]]:
    open_text = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _from_row(row: Sequence[str]) -> Question:
    question, answer = (*row, "")[:2]
    return Question(
        question, answerable=bool(answer.strip()), answers=tuple(filter(None, [answer]))
    )


def _from_object(each: Mapping[str, Any]) -> Question:
    return Question(
        question=each["question"],
        answerable=bool(each.get("answerable", True)),
        article_ids=tuple(each.get("article_ids") or ()),
        evidence=tuple(each.get("evidence") or ()),
        answers=tuple(each.get("answers") or ()),
        history=tuple(
            Turn("user" if turn["role"] == "user" else "assistant", turn["content"])
            for turn in each.get("history") or ()
        ),
        rewrite=each.get("rewrite"),
    )


def evaluate(
    name: str,
    questions: Sequence[Question],
    assistant: Assistant,
    *,
    progress: Progress = no_progress,
) -> Evaluation:
    """Ask every question and work out the figures.

    Raises:
        UserError: The index cannot be used.
    """
    outcomes = []
    for done, question in enumerate(questions, start=1):
        outcomes.append(_outcome(question, assistant))
        progress("asking", done, len(questions))
    return Evaluation(name, work_out(outcomes), tuple(outcomes))


def _outcome(question: Question, assistant: Assistant) -> Outcome:
    started = time.perf_counter()
    answer = assistant.ask(question.question, question.history)
    seconds = time.perf_counter() - started
    with assistant.articles.view() as view:
        _assert_verbatim(view, answer)
        gold = _gold(view, question)
        known = question.answerable and bool(question.article_ids)

        def place(wording: str | None, history: Sequence[Turn] = ()) -> int | None:
            if not known or not wording:
                return None
            hits = find_passages(view, understand(view, wording, history), max(FOUND_AT))
            return _place(hits, question, gold)

        bare = question.question if question.history else None
        return Outcome(
            answerable=question.answerable,
            found=place(question.question, question.history),
            found_bare=place(bare),
            found_rewrite=place(question.rewrite if question.history else None),
            answered=_holds_answer(answer, question, gold),
            quotes=len(answer.citations),
            quotes_right=_right_quotes(answer, gold) if gold.spans and known else None,
            sentences=len(answer.sentences),
            refused=answer.kind == "not_in_articles",
            confidence=answer.confidence,
            confidence_removed=_without(view, question) if known else None,
            seconds=seconds,
        )


def _assert_verbatim(view: View, answer: Answer) -> None:
    for citation in (*answer.citations, *answer.closest):
        article = view.article(citation.article.id)
        if article is None or article.text[citation.start : citation.end] != citation.quote:
            raise AssertionError(f"not verbatim: {citation}")


@dataclass(frozen=True, slots=True)
class _Gold:
    """Where the evidence stands, and whether the gold answers are stretches of the articles."""

    spans: Mapping[str, tuple[Span, ...]]
    literal: bool


def _gold(view: View, question: Question) -> _Gold:
    spans: dict[str, tuple[Span, ...]] = {}
    literal = False
    for article_id in question.article_ids:
        article = view.article(article_id)
        if article is None:
            raise EvaluationError(
                f"The questions name the article {article_id!r}, which the index does not hold; "
                f"check that questions and articles belong together."
            )
        places = [(article.text.find(text), len(text)) for text in question.evidence]
        spans[article_id] = tuple(Span(at, at + size) for at, size in places if at >= 0)
        literal |= any(one_line(answer) in one_line(article.text) for answer in question.answers)
    return _Gold({key: value for key, value in spans.items() if value}, literal)


def _place(found: Sequence[Hit], question: Question, gold: _Gold) -> int:
    for place, hit in enumerate(found, start=1):
        if _holds_evidence(hit, question, gold):
            return place
    return 0


def _holds_evidence(hit: Hit, question: Question, gold: _Gold) -> bool:
    passage = hit.passage
    if passage.article_id not in question.article_ids:
        return False
    if gold.spans:
        spans = gold.spans.get(passage.article_id, ())
        return any(passage.start < span.end and passage.end > span.start for span in spans)
    if gold.literal:
        return any(one_line(answer) in one_line(hit.text) for answer in question.answers)
    return True


def _holds_answer(answer: Answer, question: Question, gold: _Gold) -> bool | None:
    if not question.answerable or not (gold.literal or not question.article_ids):
        return None
    told = _plain(re.sub(r"\[\d+\]", " ", answer.text))
    wanted = [_plain(each) for each in question.answers]
    short = len(told.split()) <= LONGEST_ANSWER
    return (
        answer.kind == "answered" and short and any(f" {each} " in f" {told} " for each in wanted)
    )


def _plain(text: str) -> str:
    """Lower-case, without punctuation and articles, as SQuAD's scores compare."""
    bare = text.casefold().translate(_PUNCTUATION)
    return " ".join(word for word in bare.split() if word not in {"a", "an", "the"})


def _right_quotes(answer: Answer, gold: _Gold) -> int:
    return sum(
        any(each.start < span.end and each.end > span.start for span in spans)
        for each in answer.citations
        for spans in [gold.spans.get(each.article.id, ())]
    )


def _without(view: View, question: Question) -> float:
    """Return the confidence with the gold articles out of what was found."""
    query = understand(view, question.question, question.history)
    hits = [
        hit
        for hit in find_passages(view, query, 100)
        if hit.passage.article_id not in question.article_ids
    ]
    return read_passages(view, query, hits[:PASSAGES], threshold=0.0).confidence


def fallen(old: Mapping[str, Any], new: Evaluation) -> list[str]:
    """Return the names of figures that are worse than the lower (or upper) end of an old interval.

    Args:
        old: What ``Evaluation.to_dict`` gave then.
        new: The evaluation to compare.
    """
    worse = []
    for name, figure in new.figures.items():
        before = old["figures"].get(name)
        if before is None or name in {"sentences", "median seconds"}:
            continue  # of no better or worse direction, or the machine's matter
        lower_is_better = name == "refused wrong"
        if figure.value > before["high"] if lower_is_better else figure.value < before["low"]:
            worse.append(name)
    return worse
