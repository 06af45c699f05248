"""Answers that hold whatever an article can hold, and what of a page is markup."""

from __future__ import annotations

import lxml.html  # type: ignore[import-untyped]
from hypothesis import strategies as st

from assistant.types import Answer, Begins, Citation, CitedArticle, Kind, Sentence, Support
from assistant.web.chat.conversation import Exchange

ALLOWED = {
    *(
        "a",
        "article",
        "blockquote",
        "button",
        "details",
        "div",
        "em",
        "h2",
        "h3",
        "header",
        "li",
        "mark",
    ),
    *("p", "s", "section", "small", "span", "strong", "summary", "sup", "time", "ul"),
}


NASTY = (
    "<script>alert(1)</script>",
    '<img src=http://evil.test/x onerror="alert(1)">',
    "<svg onload=alert(1)></svg><style>p{background:url(http://evil.test)}</style>",
    "</p></div></article></section><h1>out</h1>",
    "'\" onmouseover='alert(1)' x=\"",
    "# Heading\n\n* item\n\n    code\n\n```\n[x](http://evil.test) ![i](http://evil.test/i) $$x$$",
    "`code` _em_ **bold** &lt;b&gt; &amp;amp; ${x} {{x}} <!-- <![CDATA[",
    "\u202eمرحبا بالعالم\u202c שלום 😀👨‍👩‍👧 \u2028\u2029\x85\x0b\x1c\ufeff",
    "\x00\x07\x1b[31m\x7f\ud800",
)


nasty = st.lists(st.sampled_from(NASTY) | st.text(max_size=30), max_size=4).map(" ".join)


def cited(n: int, quote: str, before: str = "", after: str = "", title: str = "Title") -> Citation:
    """Return a citation of ``quote`` that stands in a paragraph at offset 100."""
    start = 100 + len(before)
    article = CitedArticle("a", title, title, "2020-02-01", f"/home/me/{title}")
    return Citation(
        n, quote, start, start + len(quote), "a#0", 0.9, article, True, before + quote + after, 100
    )


def exchange(
    text: str, citations: tuple[Citation, ...], *, kind: Kind = "answered", turn: int = 1
) -> Exchange:
    """Return a finished exchange in which everything that can hold ``text`` does."""
    supports: tuple[Support, ...] = ("quoted", "supported", "weak", "unsupported")
    numbers = tuple(citation.n for citation in citations)
    begins: tuple[Begins, ...] = ("", "paragraph", "item")
    sentences = tuple(
        Sentence(text, numbers, support, text, begin) for support in supports for begin in begins
    )
    refused = kind == "not_in_articles"
    answer = Answer(
        text,
        text + "?",
        kind,
        text,
        () if refused else sentences,
        () if refused else citations,
        citations if refused else (),
        suggestions=(text,),
        mode="llm",
        model=text,
        notice=text,
    )
    return Exchange(turn, text, answer=answer)


def elements(html: str) -> list[lxml.html.HtmlElement]:
    return list(lxml.html.fragment_fromstring(html, create_parent="body").iter())[1:]


def words(text: str) -> str:
    """Collapse white space; what cannot be printed is not shown (an independent reckoning)."""
    kept = [each for each in text if each.isspace() or not unprintable(ord(each))]
    return " ".join("".join(kept).split())


def squeezed(text: str) -> str:
    """Return what of a text is no white space."""
    return "".join(words(text).split())


def unprintable(code: int) -> bool:
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000
