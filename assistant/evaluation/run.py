"""Questions → figures: what is found, answered, cited and refused, with 95% intervals."""

from __future__ import annotations

import re
import string
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.chain import Assistant
from assistant.errors import EvaluationError
from assistant.evaluation.metrics import FOUND_AT, Figure, Outcome, ShortScores, work_out
from assistant.evaluation.questions import Question
from assistant.question.understand import understand
from assistant.reader.read import read_passages
from assistant.retrieval import PASSAGES, find_passages
from assistant.types import Answer, Turn
from index import Hit, Span, View
from index.text import one_line
from index.types import Progress, no_progress

LONGEST_ANSWER = 60
"""Words of an answer beyond which holding the gold answer is no merit: about three sentences,
the most that are quoted to answer one question."""

_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation + "‘’“”–—…", " "))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of a question set, by name, and every question's outcome."""

    name: str
    figures: Mapping[str, Figure]
    outcomes: tuple[Outcome, ...] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


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
        gold = gold_of(view, question)
        has_gold = question.answerable and bool(question.article_ids)

        def place(wording: str | None, history: Sequence[Turn] = ()) -> int | None:
            if not has_gold or not wording:
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
            quotes_right=_right_quotes(answer, gold) if gold.spans and has_gold else None,
            sentences=len(answer.sentences),
            refused=answer.kind == "not_in_articles",
            confidence=answer.confidence,
            confidence_removed=confidence_without(view, question) if has_gold else None,
            seconds=seconds,
            short=_short_scores(answer, question, gold),
        )


def _assert_verbatim(view: View, answer: Answer) -> None:
    for citation in (*answer.citations, *answer.closest):
        article = view.article(citation.article.id)
        if article is None or article.text[citation.start : citation.end] != citation.quote:
            raise AssertionError(f"not verbatim: {citation}")


@dataclass(frozen=True, slots=True)
class Gold:
    """Where the evidence stands, and whether the gold answers are stretches of the articles."""

    spans: Mapping[str, tuple[Span, ...]]
    literal: bool

    def meets(self, article_id: str, start: int, end: int) -> bool:
        """Whether a stretch of an article holds some of the evidence."""
        spans = self.spans.get(article_id, ())
        return any(start < span.end and end > span.start for span in spans)


def gold_of(view: View, question: Question) -> Gold:
    """Return where a question's evidence stands in the articles of the index.

    Raises:
        EvaluationError: The index does not hold an article that the question names.
    """
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
    return Gold({key: value for key, value in spans.items() if value}, literal)


def _place(hits: Sequence[Hit], question: Question, gold: Gold) -> int:
    for place, hit in enumerate(hits, start=1):
        if holds_evidence(hit, question, gold):
            return place
    return 0


def holds_evidence(hit: Hit, question: Question, gold: Gold) -> bool:
    """Whether a passage counts as found: it overlaps the evidence, as far as the set names it."""
    passage = hit.passage
    if passage.article_id not in question.article_ids:
        return False
    if gold.spans:
        return gold.meets(passage.article_id, passage.start, passage.end)
    if gold.literal:
        return any(one_line(answer) in one_line(hit.text) for answer in question.answers)
    return True


def _holds_answer(answer: Answer, question: Question, gold: Gold) -> bool | None:
    if not question.answerable or not (gold.literal or not question.article_ids):
        return None
    text = _plain(re.sub(r"\[\d+\]", " ", answer.text))  # its markers are no part of an answer
    if answer.kind != "answered" or len(text.split()) > LONGEST_ANSWER:
        return False
    return any(f" {_plain(wanted)} " in f" {text} " for wanted in question.answers)


def _short_scores(answer: Answer, question: Question, gold: Gold) -> ShortScores | None:
    """Return how near the short answer comes to a gold one; None where there is none to compare."""
    if not question.answerable or not gold.literal:
        return None
    given = _plain(answer.short or "")
    wanted = [_plain(each) for each in question.answers]
    near = (_f1(given.split(), each.split()) for each in wanted)
    return ShortScores(exact=given in wanted, f1=max(near, default=0.0))


def _f1(given: Sequence[str], wanted: Sequence[str]) -> float:
    """Return the harmonic mean of precision and recall of words."""
    shared = (Counter(given) & Counter(wanted)).total()
    return 2 * shared / (len(given) + len(wanted)) if shared else 0.0


def _plain(text: str) -> str:
    """Lower-case, without punctuation and articles, as SQuAD's scores compare."""
    bare = text.casefold().translate(_PUNCTUATION)
    return " ".join(word for word in bare.split() if word not in {"a", "an", "the"})


def _right_quotes(answer: Answer, gold: Gold) -> int:
    return sum(gold.meets(each.article.id, each.start, each.end) for each in answer.citations)


def confidence_without(view: View, question: Question) -> float:
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
