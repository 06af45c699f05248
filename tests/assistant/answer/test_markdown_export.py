"""An answer as Markdown: rendered again, it says what the answer says, quotes as footnotes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt

from assistant import open_assistant
from assistant.answer.markdown import answer_markdown
from assistant.types import Answer, Sentence
from helpers.page_markup import NASTY, cited, elements, nasty, squeezed

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def answer(*sentences: Sentence, quote: str = "It rose.") -> Answer:
    return Answer("Why?", "Why?", "answered", "", sentences, (cited(1, quote),))


def test_quotes_are_footnotes_with_their_places(sample_index: Path) -> None:
    """Each footnote holds the quote, title, author, date, source and offsets."""
    told = answer_markdown(open_assistant(sample_index).ask("what venues were considered?"))
    question, quoted, note = told.strip().split("\n\n")
    assert question == "**what venues were considered?**"
    assert quoted.startswith("> Budapest, Istanbul")
    assert quoted.endswith("meeting.[^1]")
    assert note.startswith("[^1]: “Budapest, Istanbul and neutral Switzerland")
    place = "Clara Hensley, 2025-08-20, "
    assert place in note
    assert note.endswith("trump-air-support-no-ground-troops-ukraine.txt, characters 964–1070")


def test_paragraphs_lists_and_doubts_keep_their_shape() -> None:
    """Written sentences make paragraphs and lists; what nothing supports is struck through."""
    told = answer_markdown(
        answer(
            Sentence("One.", (1,), "supported"),
            Sentence("Two.", (9,), "supported"),
            Sentence("Three.", (), "supported", begins="paragraph"),
            Sentence("Four.", (1,), "supported", begins="item"),
            Sentence("Five.", (), "unsupported", "nothing says so", begins="item"),
        )
    )
    assert "\n\nOne.[^1] Two.\n\nThree.\n\n- Four.[^1]\n- ~~Five.~~ (" in told
    assert "nothing says so" in told


def test_a_refusal_keeps_what_came_closest() -> None:
    """There is nothing to cite; the closest passages are a list."""
    refused = Answer("q", "q", "not_in_articles", "No.", closest=(cited(1, "It rose."),))
    told = answer_markdown(refused)
    assert "\n\nNo.\n\n- “It rose.” — Title" in told
    assert "[^" not in told


@given(nasty, nasty)
@example("\n\n".join(NASTY), "# x\n- y\n1. z")
@example("1. item", "- item")
@example("___", "=")
def test_article_text_is_no_markup(text: str, quote: str) -> None:
    """Rendered, sentence and quote read as they stand in the article, whatever they hold."""
    written = answer(Sentence(text, (), "supported"), quote=quote)
    html = MARKDOWN.render(answer_markdown(replace(written, citations=())))
    tags = [each.tag for each in elements(html)]
    assert tags in (["p", "strong", "p"], ["p", "strong"])
    if len(tags) == 3:
        assert squeezed(elements(html)[2].text_content()) == squeezed(text)
    note = MARKDOWN.render(answer_markdown(written).rpartition("[^1]:")[2])
    assert [each.tag for each in elements(note)] == ["p"]
    assert squeezed(quote) in squeezed(note and elements(note)[0].text_content())


@pytest.mark.parametrize("start", ["# a", "- a", "+ a", "1. a", "2) a", "> a", "= a", "~~~"])
def test_no_sentence_becomes_a_heading_or_a_list(start: str) -> None:
    """What begins a line is text, too."""
    html = MARKDOWN.render(answer_markdown(answer(Sentence(start, (), "supported"))))
    assert f"<p>{start}</p>".replace("> a", "&gt; a") in html
