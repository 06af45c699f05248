"""A citation cannot be wrong about its text: from generated articles to the answers' quotes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Assistant, open_assistant
from index import build_index

PIECES = st.sampled_from(
    [
        "The harbour of Vessin opens at 6 a.m. on weekdays.", "“We waited… and left,” she said.",
        "Gen. Maro Teln met the U.S. envoy in Orrel.", "שלום עולם, זהו משפט.", "مرحبا بالعالم.",
        "e\u0301 combining a\u0308 marks", "👩\u200d👩\u200d👧 came 😀.", "x" * 700, "word " * 400,
        "no punctuation at all", "A\tB\tC", "1. First", "- item", "\n", "\n\n", "\n\n\n\n", "\t",
        "   ", "\u2028", "\r\n", "Ünïcödé Straße.", "東京は日本の首都です。",
        "Dr. No paid $3.50.", "?!",
    ]
)  # fmt: skip
TEXTS = st.lists(st.lists(PIECES, min_size=1, max_size=14).map(" ".join), min_size=4, max_size=8)
QUESTIONS = (
    "When does the harbour of Vessin open?", "Who met the U.S. envoy?", "What did she say?",
    "no punctuation at all", "שלום", "東京", "word", "which articles do you have?", "x" * 700,
    "what is this about?", "Where is the capital of Mars?",
)  # fmt: skip


def built(texts: list[str], folder: Path) -> Assistant:
    lines = [
        json.dumps(
            {"id": str(place), "title": f"Article {place}", "text": f"Opening {place}. {text}"}
        )
        for place, text in enumerate(texts)
    ]
    (folder / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    build_index([folder / "articles.jsonl"], folder / "index")
    return open_assistant(folder / "index")


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(texts=TEXTS)
def test_every_quote_stands_in_its_article_as_quoted(texts: list[str]) -> None:
    """Whatever the articles hold, article.text[start:end] == quote, and the context holds it."""
    with tempfile.TemporaryDirectory() as scratch:
        assistant = built(texts, Path(scratch))
        summaries = [f"summarise the article “Article {place}”" for place in range(len(texts))]
        answers = [assistant.ask(question) for question in (*QUESTIONS, *summaries)]
        quoted = [each for answer in answers for each in (*answer.citations, *answer.closest)]
        assert quoted
        with assistant.articles.view() as view:
            for citation in quoted:
                article = view.article(citation.article.id)
                assert article is not None
                assert citation.quote
                assert article.text[citation.start : citation.end] == citation.quote
                assert citation.quote in citation.context
