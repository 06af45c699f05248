"""The page that shows a whole article: its text stays text, and marked is what is quoted."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import accumulate

from hypothesis import example, given
from hypothesis import strategies as st

from assistant.web.chat.article import GONE, LOST, SHOWN, STALE, article_html, gone_html, quote_span
from helpers.page_markup import ALLOWED, NASTY, cited, elements, nasty, squeezed
from index import Article, ArticleInfo, Span
from index.types import Section

ATTRIBUTES = {"class", "dir", "id", "tabindex", "type", "value"}


def article(text: str, sections: tuple[Section, ...] = (), name: str = "Title") -> Article:
    """Return an article in which everything that can hold ``name`` does."""
    return Article(ArticleInfo("a", name, name, name, name, "2020-02-01"), text, sections)


def marks(html: str, look: str) -> str:
    """Return all that is marked with a look, white space collapsed."""
    found = [each for each in elements(html) if each.tag == "mark" and each.get("class") == look]
    return " ".join(" ".join(each.text_content() for each in found).split())


@given(nasty, nasty, nasty)
@example("\n\n".join(NASTY), "\n".join(NASTY), NASTY[0])
def test_only_our_own_elements(before: str, quote: str, name: str) -> None:
    """No script, handler, form or address, whatever an article and its headings hold."""
    text = f"{before}\n\n{quote}"
    focus = Span(len(before) + 2, len(text))
    shown = article(text, (Section(0, name), Section(len(before), name)), name)
    for html in (article_html(shown, [focus], focus, stale=True), gone_html(name)):
        for each in elements(html):
            assert each.tag in ALLOWED | {"button"}
            assert set(each.attrib) <= ATTRIBUTES
            assert each.get("value", "collapse") == "collapse"


@given(st.lists(nasty, min_size=5, max_size=5), st.sampled_from(["", "\n", "\n\n"]))
@example(["One. ", "“It rose.” ", "Two.\n\n", "It fell.\nFar. ", "Three."], "")
def test_the_text_is_shown_literally_and_marked_is_what_is_quoted(
    parts: list[str], between: str
) -> None:
    """Every character is shown, in order; the quote that is read and the other one are marked."""
    text = between.join(parts)
    ends = list(accumulate(len(part) + len(between) for part in parts))
    focus, other = (Span(ends[n - 1], ends[n - 1] + len(parts[n])) for n in (1, 3))
    html = article_html(article(text), [other, focus], focus)
    (shown,) = [each for each in elements(html) if each.get("class") == "text"]
    assert squeezed(shown.text_content()) == squeezed(text)
    assert squeezed(marks(html, "focus")) == squeezed(parts[1])
    assert squeezed(marks(html, "other")) == squeezed(parts[3])


def test_quotes_that_overlap_are_marked_once() -> None:
    """What is read keeps its stronger mark inside a longer quote, and no word is shown twice."""
    html = article_html(article("It rose and then it fell."), [Span(0, 25)], Span(8, 16))
    assert marks(html, "focus") == "and then"
    assert marks(html, "other") == "It rose it fell."
    assert html.count("rose") == 1


def test_only_the_quote_that_is_read_takes_the_focus() -> None:
    """There is one place to go to, even where a quote spans paragraphs."""
    html = article_html(article("It rose.\n\nIt fell."), [], Span(0, 18))
    assert [each.text for each in elements(html) if each.get("id") == "quoted"] == ["It rose."]
    assert marks(html, "focus") == "It rose. It fell."


def test_headings_are_headings() -> None:
    """A heading that stands in the text becomes one; one that does not is put where it belongs."""
    sections = (Section(11, "Rise"), Section(20, "Not in the text"))
    html = article_html(article("It began.\n\nRise\n\nIt rose.", sections), [], None)
    shown = [(each.tag, each.text) for each in elements(html) if each.tag in ("h3", "p")][2:]
    assert shown == [
        ("p", "It began."),
        ("h3", "Rise"),
        ("h3", "Not in the text"),
        ("p", "It rose."),
    ]


def test_what_is_known_of_it_stands_at_its_top() -> None:
    """Title, author, date in words, and the whole source."""
    known = ArticleInfo("a", "Tram <4>", "/home/me/a.txt", "o", "Ann & Co", "2020-02-01")
    html = article_html(Article(known, "It rose."), [], None)
    shown = elements(html)[0].text_content()
    assert all(each in shown for each in ("Tram <4>", "Ann & Co", "1 February 2020", known.source))


def test_what_has_changed_is_said() -> None:
    """A stale article, a lost sentence and a lost article each say so; else nothing is said."""
    whole = article("It rose.")
    assert "notice" not in article_html(whole, [], Span(0, 8))
    assert STALE in article_html(whole, [], Span(0, 8), stale=True)
    assert LOST in article_html(whole, [], None)
    assert GONE in gone_html("Title")


def test_of_a_very_long_article_the_part_round_the_quote_is_shown() -> None:
    """Five million characters do not choke the page, and it says what is left out."""
    text = "before " * 400_000 + "QUOTE" + " after" * 400_000
    focus = Span(2_800_000, 2_800_005)
    for given_text in (text, text.replace(" ", "_")):
        html = article_html(article(given_text), [focus], focus)
        assert marks(html, "focus") == "QUOTE"
        assert SHOWN * 0.99 < len(html) < SHOWN * 1.02
        assert re.search(r"Of this article’s 5,200,005 characters, those from 2,7", html)


def test_a_quote_is_found_again_where_it_has_moved() -> None:
    """An article that was indexed again since is searched for the quote's words."""
    citation = replace(cited(1, "It rose."), start=0, end=8)
    assert quote_span(article("It rose."), citation) == (0, 8)
    assert quote_span(article("New. It rose."), citation) == (5, 13)
    assert quote_span(article("It fell."), citation) is None
