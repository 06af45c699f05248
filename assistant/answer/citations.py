"""Picked sentences → citations, exact quotations by their offsets, and the answer they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assistant.question.understand import Query
from assistant.reader.evidence import Evidence
from assistant.reader.read import Reading
from assistant.types import Answer, Citation, CitedArticle, PartialAnswer, Sentence
from index import ArticleInfo, Span, View
from index.errors import IndexDamagedError
from index.text import one_line, paragraph_spans
from prompts import fill


def cite_evidence(
    view: View, evidence: Iterable[Evidence], chances: Mapping[int, float]
) -> tuple[Citation, ...]:
    """Number and quote sentences in the order given."""
    return tuple(
        cite_span(
            view,
            each.article,
            each.span,
            n=n,
            passage=(each.passage.id, Span(each.passage.start, each.passage.end)),
            score=chances.get(each.number, 0.0),
        )
        for n, each in enumerate(evidence, start=1)
    )


def cite_span(
    view: View,
    info: ArticleInfo,
    span: Span,
    *,
    n: int,
    passage: tuple[str, Span],
    score: float,
) -> Citation:
    """Quote a stretch of an article.

    Args:
        view: The index as of one commit.
        info: The article.
        span: What is quoted.
        n: The citation's number.
        passage: Id and offsets of the passage that was found.
        score: How well it answers, 0..1.

    Raises:
        IndexDamagedError: The article is not in the catalogue.
    """
    article = view.article(info.id)
    if article is None:
        raise IndexDamagedError(
            f"The catalogue has lost the article {info.title!r}; run `assistant index rebuild`."
        )
    identifier, around = passage
    context = _paragraph(article.text, around, span)
    return Citation(
        n=n,
        quote=article.text[span.start : span.end],
        start=span.start,
        end=span.end,
        passage_id=identifier,
        score=round(score, 4),
        article=CitedArticle(info.id, info.title, info.author, info.published, info.source),
        stale=view.is_stale(info),
        context=article.text[context.start : context.end],
        context_start=context.start,
        section=article.section_at(span.start),
        page=article.page_at(span.start),
    )


def _paragraph(text: str, passage: Span, quote: Span) -> Span:
    """Return the paragraph round a quote, as far as its passage reaches.

    A quote that is a paragraph of its own is shown in the whole passage: alone it explains little.
    """
    for paragraph in paragraph_spans(text[passage.start : passage.end]):
        start, end = passage.start + paragraph.start, passage.start + paragraph.end
        if start <= quote.start and quote.end <= end and (start, end) != quote:
            return Span(start, end)
    return passage


def quoted_sentences(
    citations: Iterable[Citation], picked: Iterable[Evidence], shorts: Mapping[int, Span]
) -> tuple[Sentence, ...]:
    """Return the answer's sentences where each is one quotation.

    An ellipsis shows where a quote begins or ends within a sentence.

    Args:
        citations: Of what was picked.
        picked: In the same order.
        shorts: Evidence number → where in its article the short answer stands.
    """
    return tuple(
        _quoted(citation, each, shorts.get(each.number))
        for citation, each in zip(citations, picked, strict=True)
    )


def _quoted(citation: Citation, each: Evidence, short: Span | None) -> Sentence:
    sentences = each.passage.sentences
    opens = any(citation.start == sentence.start for sentence in sentences)
    closes = any(citation.end == sentence.end for sentence in sentences)
    before = "" if opens else "… "
    text = before + one_line(citation.quote) + ("" if closes else " …")
    place = _short_place(citation, short, text, len(before)) if short else None
    return Sentence(text, (citation.n,), "quoted", short=place)


def _short_place(citation: Citation, short: Span, text: str, before: int) -> tuple[int, int] | None:
    """Return where a quote as it is shown, spaces made one, holds the short answer."""
    start, end = short.start - citation.start, short.end - citation.start
    if start < 0 or short.end > citation.end:
        return None  # it was cut off
    wanted = one_line(citation.quote[start:end])
    place = text.find(wanted, before + len(one_line(citation.quote[:start])))
    return (place, place + len(wanted)) if place >= 0 else None


def difference_note(citations: Iterable[Citation]) -> Sentence:
    """Return the sentence that says that articles differ, and which, with their dates."""
    cited = tuple(citations)
    named = (
        f"“{one_line(each.article.title)}”"
        + (f" ({each.article.published})" if each.article.published else "")
        for each in cited
    )
    text = fill("difference", articles=" and ".join(named))
    return Sentence(text, tuple(each.n for each in cited), "supported")


def marked_text(sentences: Iterable[Sentence], separator: str = " ") -> str:
    """Join sentences, each followed by the markers of its citations.

    What no citation supports is struck through, as Markdown writes it, and says why.
    """
    text = ""
    for each in sentences:
        between = {"": separator, "paragraph": "\n\n", "item": "\n- "}[each.begins]
        text += (between if text else between.lstrip()) + _marked(each)
    return text


def _marked(sentence: Sentence) -> str:
    markers = "".join(f"[{n}]" for n in sentence.citations)
    if sentence.support != "unsupported":
        return f"{sentence.text} {markers}".strip()
    return f"~~{sentence.text}~~ ({fill('unsupported', reason=sentence.reason)})"


def quote(view: View, query: Query, reading: Reading, *, sure: float) -> Answer:
    """Return the answer whose sentences are the quotes that were picked.

    Args:
        view: The index.
        query: The question.
        reading: What was picked.
        sure: Confidence below which the answer is doubtful, 0..1.
    """
    citations = cite_evidence(view, reading.picked, reading.chances)
    sentences = quoted_sentences(citations, reading.picked, reading.shorts)
    if reading.differ:
        sentences += (difference_note(citations),)
    return Answer(
        question=query.asked,
        standalone_question=query.standalone,
        kind="answered",
        text=marked_text(sentences),
        short=None if reading.differ else _short(sentences, citations),
        sentences=sentences,
        citations=citations,
        confidence=round(reading.confidence, 4),
        doubtful=reading.confidence < sure,
    )


def _short(sentences: Iterable[Sentence], citations: Iterable[Citation]) -> str | None:
    """Return the short answer of the likeliest quote."""
    quotes = zip(sentences, citations, strict=False)
    best, _ = max(quotes, key=lambda pair: pair[1].score)
    return best.text[slice(*best.short)] if best.short else None


def stream_quotes(quoted: Answer) -> Iterator[PartialAnswer]:
    """Yield an answer in quotes sentence by sentence, and whole at the end."""
    for count in range(1, len(quoted.sentences) + 1):
        yield PartialAnswer(quoted.sentences[:count], quoted.citations[:count])
    yield PartialAnswer(quoted.sentences, quoted.citations, answer=quoted)
