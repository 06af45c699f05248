"""The page's HTML: whatever an article, a question or a title holds, it stays text."""

from __future__ import annotations

import re
from dataclasses import replace

import lxml.html
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.types import Answer, Begins, Citation, CitedArticle, Kind, Sentence, Support
from assistant.web.chat import markup
from assistant.web.chat.conversation import Exchange
from index.types import IndexStatus

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


def everything(text: str) -> list[str]:
    """Return every piece of HTML of the page that can hold ``text``; messages come first."""
    citations = (cited(1, text, text, text, text), cited(2, text, title=text))
    kinds: tuple[Kind, ...] = ("answered", "not_in_articles", "greeting")
    done = [exchange(text, citations, kind=kind, turn=n) for n, kind in enumerate(kinds, 1)]
    written = (Sentence(text, (1,), "quoted"), Sentence(text, (1,), "supported"))
    writing = Exchange(4, text, "writing", written, citations, draft=text)
    failed = Exchange(5, text, error=text)
    exchanges = [*done, writing, replace(writing, turn=6, stopped=True), failed]
    messages = [markup.message_html(each) for each in exchanges]
    return [markup.question_html(text), *messages, markup.panel_html(exchanges)]


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


@given(nasty)
@example("\n\n".join(NASTY))
def test_only_allowed_elements_and_attributes(text: str) -> None:
    """Nothing but our own elements and links into the page, whatever the text holds."""
    for html in everything(text):
        for element in elements(html):
            assert element.tag in ALLOWED
            assert set(element.attrib) <= {"class", "id", "title", "href", "dir", "type", "value"}
            assert re.fullmatch(r"[a-z]+( [a-z0-9]+)*", element.get("value", "none"))
            assert element.get("href", "#").startswith("#")


@given(nasty)
@example("\n\n".join(NASTY))
def test_a_message_is_one_block_in_one_line(text: str) -> None:
    """Markdown leaves a message alone: one line, one ``<div>`` around everything."""
    for html in everything(text)[:-1]:
        assert len(html.splitlines()) == 1
        body = lxml.html.fragment_fromstring(html, create_parent="body")
        assert [child.tag for child in body] == ["div"]
        assert not (body.text or "") + (body[0].tail or "")


@given(before=nasty, quote=nasty, after=nasty)
@example("He said: ", "“It rose.”", " It fell.")
def test_the_mark_is_exactly_the_quote(before: str, quote: str, after: str) -> None:
    """The highlight holds the quote, and the words around it are not changed."""
    html = markup.context_html(cited(1, quote, before, after))
    paragraph = lxml.html.fragment_fromstring(html, create_parent="p")
    (mark,) = paragraph.iter("mark")
    assert mark.text_content() == words(quote)
    if len(before) < markup.CONTEXT_SHOWN and len(after) < markup.CONTEXT_SHOWN:
        shown = "".join(paragraph.text_content().split())
        assert shown == "".join(words(before + quote + after).split())


@given(nasty, nasty)
def test_text_is_shown_literally(question: str, title: str) -> None:
    """Questions and titles read on the page as they were written."""
    (shown,) = elements(markup.question_html(question))
    assert shown.text_content() == words(question)
    panel = elements(markup.panel_html([exchange("x", (cited(1, "quote", title=title),))]))
    (heading,) = [each for each in panel if each.tag == "h3"]
    assert heading.text_content() == words(title)


def test_spaces_round_the_quote_are_kept() -> None:
    """The highlight does not glue words together."""
    html = markup.context_html(cited(1, "It rose. ", "First.\n\n", "Then it fell."))
    assert html == "First. <mark>It rose.</mark> Then it fell."


def test_a_long_paragraph_is_shortened_round_the_quote() -> None:
    """The quote stays in sight in a paragraph of any length."""
    html = markup.context_html(cited(1, "QUOTE", "before " * 5000, " after" * 5000))
    assert "before <mark>QUOTE</mark> after" in html
    assert html.startswith("… before")
    assert html.endswith("after …")
    assert len(html) < 3 * markup.CONTEXT_SHOWN


def test_offsets_that_do_not_fit_show_the_quote_alone() -> None:
    """A paragraph that does not hold the quote is not passed off as its place."""
    citation = replace(cited(1, "quote", "before ", " after"), context="another paragraph")
    assert markup.context_html(citation) == "<mark>quote</mark>"


@pytest.mark.parametrize(("place", "width"), [("src", "wide"), ("inl", "narrow")])
def test_markers_lead_in_order_to_their_cards(place: str, width: str) -> None:
    """Each sentence's markers come in its order; each target exists once, per width of screen."""
    citations = tuple(cited(n, f"quote {n}") for n in (1, 2, 3))
    sentences = (Sentence("One.", (1,), "quoted"), Sentence("Two.", (3, 2), "supported"))
    answer = Answer("q", "q", "answered", "t", sentences, citations)
    turns = [Exchange(turn, "q", answer=answer) for turn in (1, 2)]
    page = "".join(map(markup.message_html, turns)) + markup.panel_html(turns)
    links = [e for e in elements(page) if e.tag == "a" and width in e.classes]
    wanted = [f"#{place}-{turn}-{n}" for turn in (1, 2) for n in (1, 3, 2)]
    assert [link.get("href") for link in links] == wanted
    assert [link.text for link in links] == ["1", "3", "2"] * 2
    ids = [e.get("id") for e in elements(page) if e.get("id")]
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in wanted} <= set(ids)


def test_a_marker_without_citation_is_not_shown() -> None:
    """A marker always leads somewhere."""
    answer = Answer("q", "q", "answered", "t", (Sentence("One.", (7,), "weak"),))
    assert "<a" not in markup.message_html(Exchange(1, "q", answer=answer))


def test_refusal_and_error_look_different() -> None:
    """A refusal shows what came closest, not as citation; an error is never dressed up as one."""
    refused = exchange("No.", (cited(1, "quote"),), kind="not_in_articles")
    message, panel = markup.message_html(refused), markup.panel_html([refused])
    assert message.startswith('<div class="refusal">')
    assert 'class="cite' not in message
    assert "Closest passages" in message
    assert 'class="card near"' in panel
    assert 'class="number"' not in panel
    broken = markup.message_html(Exchange(1, "q", error="Broken."))
    assert broken.startswith('<div class="error"><p>Broken.</p>')


def test_a_changed_article_is_marked() -> None:
    """A stale citation says so; a fresh one does not."""
    stale = cited(1, "quote")
    for citation, count in ((stale, 1), (replace(stale, stale=False), 0)):
        panel = markup.panel_html([exchange("x", (citation,))])
        assert panel.count("This article has changed or gone since it was indexed.") == count


def test_a_question_understood_otherwise_is_named() -> None:
    """The reader sees what a follow-up was taken to mean, and only then."""
    answer = Answer("When?", "When was the tram built?", "answered", "t")
    message = markup.message_html(Exchange(1, "When?", answer=answer))
    assert "Understood as: When was the tram built?" in message
    same = Exchange(1, "When?", answer=replace(answer, standalone_question="When?"))
    assert "Understood" not in markup.message_html(same)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("notes.md", "notes.md"),
        ("/home/me/articles/a.md", "…/articles/a.md"),
        (r"C:\me\articles\a.md", "…/articles/a.md"),
        ("https://www.example.org/news/2025/tram.html", "example.org/…/tram.html"),
        ("https://example.org/tram", "example.org/tram"),
    ],
)
def test_a_source_is_shortened_to_its_telling_part(source: str, shown: str) -> None:
    """A card shows the end of a path, and the host of an address."""
    assert markup.short_source(source) == shown


@given(nasty)
def test_the_header_is_safe_too(text: str) -> None:
    """The folder's name and an error are text as well."""
    status = IndexStatus(text, 1, 1, "model", "g", "2026-01-01")
    for html in (markup.header_html(status, text), markup.header_error_html(text)):
        assert {each.tag for each in elements(html)} <= ALLOWED | {"h1"}


def test_the_header_counts_articles() -> None:
    """One article is not "1 articles"."""
    one = IndexStatus("/x/y/z", 1, 1, "model", "g", "2026-01-01")
    assert "1 article<" in markup.header_html(one, None)
    assert "1,240 articles<" in markup.header_html(replace(one, articles=1240), None)
