"""A reading that answers → the answer in the articles' own words."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.answer.citations import cite_evidence, difference_note, marked_text, quoted_sentences
from assistant.question.understand import Query
from assistant.reader.read import Reading
from assistant.types import Answer, PartialAnswer
from index import View


def quote(view: View, query: Query, reading: Reading) -> Answer:
    """Return the answer whose sentences are the quotes that were picked."""
    citations = cite_evidence(view, reading.picked, reading.chances)
    sentences = quoted_sentences(citations, reading.picked)
    if reading.differ:
        sentences += (difference_note(citations),)
    return Answer(
        question=query.asked,
        standalone_question=query.standalone,
        kind="answered",
        text=marked_text(sentences),
        sentences=sentences,
        citations=citations,
        confidence=round(reading.confidence, 4),
    )


def stream_quotes(quoted: Answer) -> Iterator[PartialAnswer]:
    """Yield an answer in quotes sentence by sentence, and whole at the end."""
    for count in range(1, len(quoted.sentences) + 1):
        yield PartialAnswer(quoted.sentences[:count], quoted.citations[:count])
    yield PartialAnswer(quoted.sentences, quoted.citations, answer=quoted)
