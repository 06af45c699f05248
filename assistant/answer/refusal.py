"""A reading that does not answer → the refusal: what is missing, and what came closest."""

from __future__ import annotations

from assistant.answer.citations import cite_evidence
from assistant.question.understand import Query
from assistant.reader.read import Reading
from assistant.types import Answer
from index import View
from prompts import fill


def refuse(view: View, query: Query, reading: Reading) -> Answer:
    """Return the finding that the articles do not answer, with what came closest."""
    closest = cite_evidence(view, reading.closest, reading.chances)
    return Answer(
        question=query.asked,
        standalone_question=query.standalone,
        kind="not_in_articles",
        text=_text(view, query, found_something=bool(closest)),
        closest=closest,
        confidence=round(reading.confidence, 4),
    )


def _text(view: View, query: Query, *, found_something: bool) -> str:
    if not found_something:
        if query.period and query.period.only:
            return fill("refusal_period", newest=view.newest() or "")
        return fill("refusal_nothing")
    # An LLM's wording may hold words that nobody typed.
    missing = view.unknown_words(query.corrected if query.rewritten else query.judged)
    if missing:
        named = ", ".join(f"“{word}”" for word in missing)
        return fill("refusal_missing", missing=named, count=view.count())
    return fill("refusal", count=view.count())
