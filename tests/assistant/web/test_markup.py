"""The page's HTML: whatever an article, a question or a title holds, it stays text."""

from __future__ import annotations

import re
from dataclasses import replace

import lxml.html  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given

from assistant.types import Answer, Kind, Sentence
from assistant.web.chat import markup
from assistant.web.chat.conversation import Exchange
from assistant.web.html import short_source
from helpers.page_markup import (
    ALLOWED,
    NASTY,
    cited,
    elements,
    exchange,
    nasty,
    words,
)
from index.types import IndexStatus


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


def test_the_short_answer_is_bold_and_its_spaces_stay() -> None:
    """Whatever it holds is text; nothing runs together with what stands round it."""
    text = "It cost <b>4 million</b> euros."
    short = Sentence(text, (1,), "quoted", short=(8, text.index(" euros")))
    answer = Answer("q", "q", "answered", text, (short,), (cited(1, text),))
    html = markup.message_html(Exchange(1, "q", answer=answer))
    assert "It cost <strong>&lt;b&gt;4 million&lt;/b&gt;</strong> euros." in html


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
    assert short_source(source) == shown


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
