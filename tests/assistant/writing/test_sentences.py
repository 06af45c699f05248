"""What an LLM writes → plain sentences: however it is cut up, nothing of its markup survives."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.writing.sentences import SentenceStream, WrittenSentence, declines

PIECES = st.sampled_from(
    [
        "Two towns were considered [4][7]. ", "It began on 3 May [2, 3]. ", "[5] ", "\n", "\n\n",
        "- One item [1]\n", "1. **First** [2]\n", "See [the page](http://evil.test/x y). ",
        "![i](https://evil.test/?q=secret) ", "<b>bold</b> ", "<!-- hidden. still --> ",
        "<img src=x onerror=alert(1)> ", "https://evil.test/a?b=c. ", "www.evil.test/x ",
        "# Heading\n", "[", "]", "](", "<", "【5】", "[12†source] ", "[see note] ", "[2021] ",
        "Gen. Dan Caine paid $3.50. ", "1 < 2 and 3 > 2 [9]. ", "Sources:\n[1] A title\n",
        "NOT_IN_ARTICLES", "***", "`code` ", "_em_ snake_case ", "ferry 😀 שלום 東京。", "\ue004",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def taken_down(text: str, *cuts: int) -> list[WrittenSentence]:
    """Feed ``text`` in pieces that end at ``cuts``."""
    stream, sentences, last = SentenceStream(), [], 0
    for cut in [*sorted(cuts), len(text)]:
        sentences += stream.feed(text[last:cut])
        last = max(last, cut)
    return sentences + stream.finish()


def texts(text: str) -> list[str]:
    return [each.text for each in taken_down(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two came [4][7]. More [1].", [("Two came.", (4, 7)), ("More.", (1,))]),
        ("It rose. [2, 3] It fell.[4]", [("It rose.", (2, 3)), ("It fell.", (4,))]),
        ("It rose [1-3].", [("It rose.", (1, 2, 3))]),
        ("It rose 【5】.", [("It rose.", (5,))]),
        ("It rose [source 6] [^7].", [("It rose.", (6, 7))]),
        ("It rose [12†source].", [("It rose.", (12,))]),
        ("Gen. Dan Caine left [3].", [("Gen. Dan Caine left.", (3,))]),
        ("It rose in 2021 [2021].", [("It rose in 2021 (2021).", ())]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_markers_become_numbers(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    """Each way in which models cite is understood, before a full stop and behind it."""
    assert [(each.text, each.cited) for each in taken_down(text)] == expected


@given(TEXTS, st.lists(st.integers(0, 300), max_size=8))
@example("It rose [1", [3])
@example("See [the page](http://evil.test/x y) [2].", [6, 11, 30])
def test_it_does_not_matter_where_the_stream_is_cut(text: str, cuts: list[int]) -> None:
    """The same text gives the same sentences, whatever pieces it comes in."""
    each_alone = taken_down(text, *range(len(text)))
    assert taken_down(text, *[cut for cut in cuts if cut <= len(text)]) == each_alone


@given(TEXTS)
def test_no_markup_and_no_address_is_left(text: str) -> None:
    """Neither the sentences nor what is shown of an unfinished one hold any."""
    stream, shown = SentenceStream(), []
    for char in text:
        shown += [each.text for each in stream.feed(char)]
        shown.append(stream.draft)
    shown += [each.text for each in stream.finish()]
    for each in shown:
        assert not re.search(r"evil|https?:|<\s?[a-z!/]|\[|\]|【|\*\*|[\ue000-\uf8ff]", each)


def test_lists_and_paragraphs_are_kept() -> None:
    """Each sentence knows whether it begins a paragraph or an item of a list."""
    found = taken_down("They are:\n\n- One [1]. It is old.\n- Two [2]\n\nThe end [3].")
    assert [each.begins for each in found] == ["", "item", "", "item", "paragraph"]


def test_a_list_of_sources_is_no_answer() -> None:
    """What a model appends as its sources, made up or not, is left out with all behind it."""
    assert texts("It rose [1].\n\n**Sources:**\n[1] A title, http://evil.test\nMore.") == [
        "It rose."
    ]


def test_an_unfinished_sentence_is_shown_without_what_may_become_a_marker() -> None:
    """The draft grows word by word and holds nothing that is still open."""
    stream = SentenceStream()
    drafts = []
    for piece in ["It rose by ", "five metres [", "1", "2] and ", "[then", "](http"]:
        stream.feed(piece)
        drafts.append(stream.draft)
    assert drafts[:3] == ["It rose by", "It rose by five metres", "It rose by five metres"]
    assert set(drafts[3:]) == {"It rose by five metres and"}


@pytest.mark.parametrize(
    ("text", "declined"),
    [
        ("NOT_IN_ARTICLES", True),
        ("**NOT_IN_ARTICLES**.", True),
        ("The sentences do not mention the vote.", True),
        ("The provided text doesn't contain information about it.", True),
        ("The articles do not mention a date [3].", False),
        ("Not a bad idea [1].", False),
        ("It rose.", False),
    ],
)
def test_it_is_noticed_when_a_model_declines(text: str, declined: bool) -> None:
    """In the words it was given or in its own; what it cites is an answer."""
    assert declines(taken_down(text)) is declined


def test_the_word_for_declining_is_never_shown() -> None:
    """Not even in part, while it arrives."""
    stream = SentenceStream()
    for char in "NOT_IN_ARTICLES":
        stream.feed(char)
        assert stream.draft == ""


@pytest.mark.slow
def test_endless_and_hostile_texts_take_no_time() -> None:
    """Nothing in the cleaning grows faster than its text by much."""
    for piece in ("[", "<!-- ", "![a](", "[1] ", "【", "(("):
        assert len(taken_down(piece * 2000, *range(0, 2000, 50))) <= 1
