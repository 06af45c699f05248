"""From an article to the HTML of its reading page: pure, its text only in escaped form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby, pairwise
from typing import Final

from assistant.types import Citation
from assistant.web.html import act, long_date, safe
from index import Article, Span
from index.text import UNPRINTABLE, paragraph_spans
from index.types import Section

SHOWN: Final = 200_000
"""Characters of an article that are shown at most: half of them on each side of the quote."""

STALE: Final = "This article has changed or gone since it was indexed; shown is what was indexed."
LOST: Final = "The quoted sentence does not stand in this article any more."
GONE: Final = "This article is not in the index any more."
_EDGE = 200  # characters within which a cut waits for a space
_FOCUS, _OTHER = '<mark class="focus"', '<mark class="other"'
_BACK = act("collapse", "← Back to the sources", css="back")


def article_html(
    article: Article, quotes: Sequence[Span], focus: Span | None, *, stale: bool = False
) -> str:
    """Return an article to be read, its quotes marked.

    Args:
        article: The article; of a very long one, the part round ``focus`` is shown.
        quotes: What an answer quotes of it.
        focus: The quote that is read, marked more strongly; None if it is not there any more.
        stale: Whether its file has changed since it was indexed.
    """
    window = _window(article.text, focus or Span(0, 0))
    notes = [STALE] if stale else []
    if focus is None:
        notes.append(LOST)
    if window != (0, len(article.text)):
        notes.append(
            f"Of this article’s {len(article.text):,} characters, those from {window.start:,} to "
            f"{window.end:,} are shown."
        )
    text = "".join(_blocks(article, window, quotes, focus))
    return _framed(f'{_head(article)}{_notes(notes)}<div class="text">{text}</div>')


def gone_html(title: str) -> str:
    """Return what is shown in place of an article that has left the index."""
    return _framed(f'<h2 dir="auto">{safe(title)}</h2>{_notes([GONE])}')


def quote_span(article: Article, citation: Citation) -> Span | None:
    """Return where a quote stands in an article as it is indexed now, or None."""
    quote = citation.quote
    if quote and article.text.startswith(quote, citation.start):
        return Span(citation.start, citation.end)
    start = article.text.find(quote) if quote else -1
    return Span(start, start + len(quote)) if start >= 0 else None


def _framed(inner: str) -> str:
    return f'<section class="reading">{_BACK}{inner}</section>'


def _head(article: Article) -> str:
    info = article.info
    shown = [f'<span dir="auto">{safe(info.author)}</span>'] if info.author else []
    if info.published:
        shown.append(f"<time>{safe(long_date(info.published))}</time>")
    shown.append(f'<span dir="auto">{safe(info.source)}</span>')
    return f'<h2 dir="auto">{safe(info.title)}</h2><p class="about">{" · ".join(shown)}</p>'


def _notes(notes: Sequence[str]) -> str:
    return "".join(f'<p class="notice">{safe(note)}</p>' for note in notes)


def _window(text: str, focus: Span) -> Span:
    """Return the part of a text that is shown, cut at spaces where there are any."""
    if len(text) <= SHOWN:
        return Span(0, len(text))
    start = max(0, min(focus.start - SHOWN // 2, len(text) - SHOWN))
    end = min(len(text), start + SHOWN)
    if start:
        start = max(start, text.find(" ", start, start + _EDGE) + 1)
    if end < len(text):
        space = text.rfind(" ", end - _EDGE, end)
        end = space if space > 0 else end
    return Span(start, end)


def _blocks(
    article: Article, window: Span, quotes: Sequence[Span], focus: Span | None
) -> Iterator[str]:
    """Yield the headings and paragraphs of what is shown, in order."""
    headings = [each for each in article.sections if window.start <= each.start < window.end]
    anchored = False
    for near in paragraph_spans(article.text[window.start : window.end]):
        span = Span(near.start + window.start, near.end + window.start)
        own = False
        while headings and headings[0].start < span.end:
            own = _is_heading(article.text, span, headings[0])
            if not own:
                yield f'<h3 dir="auto">{safe(headings[0].title)}</h3>'
            del headings[0]
        inner = "".join(_pieces(article.text, span, quotes, focus))
        if not anchored and _FOCUS in inner:
            inner = inner.replace(_FOCUS, f'{_FOCUS} id="quoted" tabindex="-1"', 1)
            anchored = True
        element = "h3" if own else "p"
        yield f'<{element} dir="auto">{inner}</{element}>'


def _is_heading(text: str, span: Span, section: Section) -> bool:
    return span.start == section.start and safe(text[slice(*span)]) == safe(section.title)


def _pieces(text: str, span: Span, quotes: Sequence[Span], focus: Span | None) -> Iterator[str]:
    """Yield a paragraph's text in pieces: what is quoted of it in ``<mark>``."""
    marked = [*quotes, *([focus] if focus else [])]
    edges = {edge for each in marked for edge in each if span.start < edge < span.end}

    def kind(stretch: tuple[int, int]) -> str:
        start, end = stretch
        if focus and focus.start <= start and end <= focus.end:
            return _FOCUS
        return _OTHER if any(q.start <= start and end <= q.end for q in quotes) else ""

    cuts = pairwise(sorted({*span, *edges}))
    for look, stretches in groupby(cuts, key=kind):
        parts = list(stretches)
        shown = _piece(text[parts[0][0] : parts[-1][1]])
        yield f"{look}>{shown}</mark>" if look and shown.strip() else shown


def _piece(text: str) -> str:
    """Return a stretch of text escaped, the spaces at its edges kept."""
    return escape(re.sub(r"\s+", " ", UNPRINTABLE.sub("", text)), quote=True)
