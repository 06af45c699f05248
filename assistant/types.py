"""The values that travel from a question to a cited answer. Everything here is frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from textwrap import fill
from typing import Any, Literal

import prompts
from index.text import one_line, shown_source

Kind = Literal["answered", "not_in_articles", "greeting"]
Support = Literal["quoted", "supported", "weak", "unsupported"]
Begins = Literal["", "paragraph", "item"]

Line = tuple[str, str]
"""A style of rich (or an empty one) and a line of text."""

WIDTH = 88


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """The article a citation points to: what a reader needs to recognise and find it."""

    id: str
    title: str
    author: str | None
    published: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact quotation: ``article.text[start:end] == quote``, always.

    Attributes:
        n: The number that marks it in the answer, from 1, in order of first use.
        quote: The quoted text, taken from the index by its offsets.
        start: Offset of its first character in the article.
        end: Offset behind its last character.
        passage_id: The passage that was found.
        score: How well the quote answers, 0..1.
        article: The article that is quoted.
        stale: Whether the article's file has changed or gone since it was indexed.
        context: The paragraph round the quote, for display.
        context_start: Offset of ``context`` in the article.
        section: The heading that the quote stands under, or None.
        page: Number of the page it stands on, from 1; None where the format has no pages.
    """

    n: int
    quote: str
    start: int
    end: int
    passage_id: str
    score: float
    article: CitedArticle
    stale: bool = False
    context: str = ""
    context_start: int = 0
    section: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, the citations that carry it, and how well they do.

    Attributes:
        text: Without markers.
        citations: The numbers of what it cites.
        support: ``quoted`` from an article, or how far its citations support what an LLM wrote.
        reason: Why it is ``weak`` or ``unsupported``, in words for a person; else empty.
        begins: Whether a new ``paragraph`` or a list's ``item`` begins with it.
        short: Where in ``text`` the short answer stands, if the reader found one.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    reason: str = ""
    begins: Begins = ""
    short: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the same shape on every face.

    Attributes:
        question: As it was asked.
        standalone_question: As it was understood.
        kind: ``answered``, ``not_in_articles`` or ``greeting``.
        text: The whole answer with ``[n]`` markers.
        sentences: The answer sentence by sentence.
        citations: What is cited, in the order of its numbers.
        closest: What came nearest, when the articles do not answer.
        confidence: Estimated probability that the articles answer, 0..1.
        doubtful: Whether it may be no answer: the articles' closest, given below the confidence
            ``AssistantSettings.sure``.
        suggestions: Questions that the articles can answer.
        mode: ``quotes`` or ``llm``.
        model: The name of the LLM that wrote the answer, or None.
        notice: What went wrong on the way and what helps, in one sentence; else None.
        timings: Seconds of each stage.
        short: The few words of the likeliest quote that answer, where the reader found some.
    """

    question: str
    standalone_question: str
    kind: Kind
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    closest: tuple[Citation, ...] = ()
    confidence: float = 0.0
    doubtful: bool = False
    suggestions: tuple[str, ...] = ()
    mode: Literal["quotes", "llm"] = "quotes"
    model: str | None = None
    notice: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    short: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values, ready for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return "\n".join(text for _, text in answer_lines(self))


@dataclass(frozen=True, slots=True)
class PartialAnswer:
    """An answer as far as it has come.

    Attributes:
        sentences: Those that are ready.
        citations: What they cite.
        draft: The beginning of the next one.
        answer: The finished answer, at the end.
        declined: Whether an LLM said that the evidence does not answer.
        trouble: Why what an LLM wrote was not used; else empty.
    """

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    draft: str = ""
    answer: Answer | None = None
    declined: bool = False
    trouble: str = ""


def answer_lines(answer: Answer) -> Iterator[Line]:
    """Yield an answer line by line: its text, then the numbered quotes with their places."""
    if answer.standalone_question not in ("", answer.question) and answer.kind != "greeting":
        yield "dim", f"Understood as: {one_line(answer.standalone_question)}"
    if answer.notice:
        yield "yellow", fill(answer.notice, WIDTH)
    style = {"answered": "bold", "not_in_articles": "yellow", "greeting": ""}[answer.kind]
    if answer.doubtful:
        yield "yellow", fill(prompts.fill("doubtful"), WIDTH)
        style = ""
    for line in answer.text.split("\n"):
        yield style, fill(line, WIDTH)
    if answer.mode == "llm":
        yield "dim", f"Phrased by {answer.model}; every sentence checked against the quotes below."
    for suggestion in answer.suggestions:
        yield "cyan", f"  {suggestion}"
    yield from _quotes("", answer.citations)
    yield from _quotes("Closest: ", answer.closest)


def _quotes(label: str, citations: Iterable[Citation]) -> Iterator[Line]:
    for citation in citations:
        article = citation.article
        byline = ", ".join(filter(None, [article.author, article.published]))
        yield "", ""
        quote = f"{label}[{citation.n}] “{one_line(citation.quote)}”"
        yield "green", fill(quote, WIDTH, subsequent_indent="    ")
        yield "", f"    {one_line(article.title)}" + (f" — {byline}" if byline else "")
        place = [shown_source(article.source), *quote_place(citation)]
        yield "dim", f"    {', '.join(place)}, characters {citation.start}–{citation.end}"
        if citation.stale:
            yield "yellow", "    This article has changed or gone since it was indexed."


def quote_place(citation: Citation) -> list[str]:
    """Return where in its article a quote stands, as far as the article's format tells."""
    page = [f"p. {citation.page}"] if citation.page else []
    return page + ([f"“{one_line(citation.section)}”"] if citation.section else [])
