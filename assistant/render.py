"""An answer → lines for a terminal: plain for ``print``, styled for the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import fill
from typing import TYPE_CHECKING

from index.display import shown_source

if TYPE_CHECKING:
    from assistant.types import Answer, Citation

Line = tuple[str, str]
"""A style of rich (or an empty one) and a line of text."""

WIDTH = 88

UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Characters that no page and no document can show."""


def answer_lines(answer: Answer) -> Iterator[Line]:
    """Yield an answer line by line: its text, then the numbered quotes with their places."""
    if answer.standalone_question not in ("", answer.question) and answer.kind != "greeting":
        yield "dim", f"Understood as: {one_line(answer.standalone_question)}"
    if answer.notice:
        yield "yellow", fill(answer.notice, WIDTH)
    style = {"answered": "bold", "not_in_articles": "yellow", "greeting": ""}[answer.kind]
    for line in answer.text.split("\n"):
        yield style, fill(line, WIDTH)
    if answer.mode == "llm":
        yield "dim", f"Phrased by {answer.model}; every sentence checked against the quotes below."
    for suggestion in answer.suggestions:
        yield "cyan", f"  {suggestion}"
    yield from _quotes("", answer.citations)
    yield from _quotes("Closest: ", answer.closest)


def plain_answer(answer: Answer) -> str:
    """Return an answer as plain text."""
    return "\n".join(text for _, text in answer_lines(answer))


def one_line(text: str) -> str:
    """Return a text with its line breaks and runs of spaces made one space, for display."""
    return " ".join(text.split())


def _quotes(label: str, citations: Iterable[Citation]) -> Iterator[Line]:
    for citation in citations:
        article = citation.article
        known = ", ".join(filter(None, [article.author, article.published]))
        yield "", ""
        quote = f"{label}[{citation.n}] “{one_line(citation.quote)}”"
        yield "green", fill(quote, WIDTH, subsequent_indent="    ")
        yield "", f"    {one_line(article.title)}" + (f" — {known}" if known else "")
        place = [shown_source(article.source), *quote_place(citation)]
        yield "dim", f"    {', '.join(place)}, characters {citation.start}–{citation.end}"
        if citation.stale:
            yield "yellow", "    This article has changed or gone since it was indexed."


def quote_place(citation: Citation) -> list[str]:
    """Return where in its article a quote stands, as far as the article's format tells."""
    page = [f"p. {citation.page}"] if citation.page else []
    return page + ([f"“{one_line(citation.section)}”"] if citation.section else [])
