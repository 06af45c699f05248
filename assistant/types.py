"""The values that travel from a question to a cited answer. Everything here is frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from assistant.journey import Journey

Kind = Literal["answered", "not_in_articles", "greeting"]
Support = Literal["quoted", "supported", "weak", "unsupported"]
Begins = Literal["", "paragraph", "item"]
Stage = Literal["searching", "reading", "writing", "done"]


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
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    reason: str = ""
    begins: Begins = ""


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
        suggestions: Questions that the articles can answer.
        mode: ``quotes`` or ``llm``.
        model: The name of the LLM that wrote the answer, or None.
        notice: What went wrong on the way and what helps, in one sentence; else None.
        timings: Seconds of each stage.
    """

    question: str
    standalone_question: str
    kind: Kind
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    closest: tuple[Citation, ...] = ()
    confidence: float = 0.0
    suggestions: tuple[str, ...] = ()
    mode: Literal["quotes", "llm"] = "quotes"
    model: str | None = None
    notice: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values, ready for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        from assistant.render import plain_answer

        return plain_answer(self)


@dataclass(frozen=True, slots=True)
class Update:
    """One step of an answer that is being made.

    Attributes:
        stage: What is going on; ``done`` comes last and only then ``answer`` is set.
        sentences: The sentences that are ready so far.
        citations: The citations they use.
        answer: The finished answer.
        draft: The beginning of the next sentence, not yet checked; only an LLM's answer has one.
        journey: How the finished answer came about; None where no passage was looked for.
    """

    stage: Stage
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    draft: str = ""
    journey: Journey | None = None
