"""The short answer: a stretch of a quote, in bold on the page, never more than the article says."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant, open_assistant
from assistant.answer.citations import quoted_sentences
from assistant.reader.evidence import Evidence
from assistant.types import Citation, CitedArticle
from index import ArticleInfo, Passage, Span

TEXT = "The mill was sold\nfor  4.2 million euros to Ida Brook. It burnt in 1931."
END = TEXT.index(" It burnt")


@pytest.fixture(scope="module")
def assistant(sample_index: Path) -> Assistant:
    return open_assistant(sample_index)


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("How many drones were launched?", "270"),
        ("Who won the women's race at the marathon?", "Saskia Lindqvarn"),
    ],
)
def test_a_fact_has_a_short_answer(assistant: Assistant, question: str, short: str) -> None:
    """It stands in the answer's text, in the sentence that says where."""
    answer = assistant.ask(question)
    assert answer.short is not None
    assert short in answer.short
    places = [each.text[slice(*each.short)] for each in answer.sentences if each.short]
    assert answer.short in places
    assert answer.to_dict()["short"] == answer.short


def test_a_refusal_has_none(assistant: Assistant) -> None:
    """Nor has a greeting or a summary."""
    for asked in ("Who founded the city of Rome?", "hello", "summarise the tram article"):
        assert assistant.ask(asked).short is None


def quoted(span: Span, short: Span) -> tuple[str, str | None]:
    """What is shown of a stretch of the text, and the short answer in it."""
    info = ArticleInfo("a", "Mill", "", "")
    sentences = (Span(0, END), Span(END + 1, len(TEXT)))
    passage = Passage("a#0", "a", 0, len(TEXT), sentences)
    article = CitedArticle("a", "Mill", None, None, "")
    citation = Citation(1, TEXT[slice(*span)], *span, "a#0", 1.0, article)
    evidence = Evidence(7, info, passage, TEXT, span, citation.quote)
    (sentence,) = quoted_sentences([citation], [evidence], {7: short})
    found = sentence.text[slice(*sentence.short)] if sentence.short else None
    return sentence.text, found


def test_its_place_is_told_in_what_is_shown() -> None:
    """Line breaks become spaces and an ellipsis stands in front of what is cut."""
    million = Span(TEXT.index("4.2"), TEXT.index(" to Ida"))
    assert quoted(Span(0, END), million)[1] == "4.2 million euros"
    cut = Span(TEXT.index("for"), END)
    assert quoted(cut, million) == ("… for 4.2 million euros to Ida Brook.", "4.2 million euros")


def test_what_was_cut_off_is_not_shown() -> None:
    """A short answer outside the quote is none."""
    assert quoted(Span(END + 1, len(TEXT)), Span(4, 8))[1] is None
