"""Sentences and passages: nothing is lost, nothing is changed, nothing exceeds the budget."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Passage, Section, Span
from index.embedding.embedder import Embedder
from index.embedding.load import load_embedder
from index.passages import cut_passages, passage_budget, title_budget
from index.settings import IndexSettings
from index.text import paragraph_spans, sentence_spans

WORDS = ["The", "owl", "sleeps", "naïve", "e\u0301te\u0301", "שלום", "مرحبا؟", "東京。", "3.5"]
ABBREVIATIONS = ["U.S.", "Gen.", "Dr.", "No.", "p.", "e.g.", "A.", "I.", "www.a.com", "Inc."]
MARKS = [".", "!", "?", "…", "...", "?!", ",", ";", ":", "—", "“", "”", '"', "'", "’", "(", ")"]
LISTS = ["\n- ", "\n* ", "\n• ", "\n1. ", "\n2) ", "\na) ", "iv.", "[1]"]
SPACES = [" ", "  ", "\n", "\n\n", "\t", "\r", "\r\n", "\u2028", "\u2029", "\x85", "\xa0", "\u3000"]
ODDITIES = [
    "😀",
    "👩\u200d👧",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u202e",
    "\u0301",
    "\x0b",
    "\x1c",
    "\x00",
]
LONG = ["x" * 150, "aé" * 200, "word " * 60, "no end, " * 50, "東" * 90, "👍" * 80]

pieces = st.one_of(
    *(st.sampled_from(each) for each in (WORDS, ABBREVIATIONS, MARKS, LISTS, SPACES, ODDITIES)),
    st.sampled_from([*LONG, *SPACES]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
texts = st.builds(
    lambda separator, parts: separator.join(parts),
    st.sampled_from(["", " "]),
    st.lists(pieces, max_size=30),
)


def count_words(several: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in several]


def sentences_of(text: str) -> list[str]:
    return [
        text[span.start : span.end]
        for paragraph in paragraph_spans(text)
        for span in sentence_spans(text, paragraph)
    ]


def assert_nothing_is_lost(text: str, spans: Sequence[Span]) -> None:
    """The spans are stripped, ordered and disjoint, and only white space lies between them."""
    reached = 0
    for span in spans:
        assert reached <= span.start < span.end
        assert not text[reached : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        reached = span.end
    assert not text[reached:].strip()


def assert_whole(text: str, passages: Sequence[Passage]) -> None:
    """The passages hold every sentence once, and end where their sentences end."""
    assert_nothing_is_lost(text, [span for passage in passages for span in passage.sentences])
    for place, passage in enumerate(passages):
        assert passage.id == f"a#{place}"
        assert (passage.start, passage.end) == (
            passage.sentences[0].start,
            passage.sentences[-1].end,
        )


@settings(max_examples=400)
@given(texts)
def test_sentences_lose_nothing(text: str) -> None:
    """Whatever the text, its sentences are all of it but white space."""
    spans = [span for each in paragraph_spans(text) for span in sentence_spans(text, each)]
    assert_nothing_is_lost(text, spans)


@settings(max_examples=400)
@given(texts, st.sampled_from([3, 12, 60]))
def test_passages_keep_to_a_word_budget(text: str, budget: int) -> None:
    """Passages hold everything, whole, and no more words than they may."""
    passages = cut_passages("a", text, count_words, budget=budget)
    assert_whole(text, passages)
    assert all(count <= budget for count in count_words([text[p.start : p.end] for p in passages]))


@given(texts, st.lists(st.integers(0, 40), max_size=6))
def test_no_passage_runs_over_a_heading(text: str, places: list[int]) -> None:
    """Only headings stand before a heading in its passage, and still nothing is lost."""
    starts = [each.start for each in paragraph_spans(text)]
    headings = sorted({starts[place] for place in places if place < len(starts)})
    sections = [Section(start, "") for start in headings]
    passages = cut_passages("a", text, count_words, budget=60, sections=sections)
    assert_whole(text, passages)
    for passage in passages:
        inside = [span.start in headings for span in passage.sentences]
        assert inside == sorted(inside, reverse=True)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(IndexSettings())


@given(text=texts)
def test_passages_fit_into_the_models_window(embedder: Embedder, text: str) -> None:
    """With the model's own tokens, nothing is cut off when a passage is embedded."""
    window = embedder.card.window
    budget = passage_budget(window)
    passages = cut_passages("a", text, embedder.count_tokens, budget=budget)
    assert_whole(text, passages)
    counts = embedder.count_tokens([text[p.start : p.end] for p in passages]) if passages else []
    assert all(count <= budget for count in counts)
    assert budget + title_budget(window) + 2 <= window


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. left. It did.", ["The U.S. left.", "It did."]),
        ("Gen. Dan Caine spoke. He left.", ["Gen. Dan Caine spoke.", "He left."]),
        ("He met Dr. No at sea. He fled.", ["He met Dr. No at sea.", "He fled."]),
        ("See p. 5 and No. 7. It helps.", ["See p. 5 and No. 7.", "It helps."]),
        ("He said no. We left.", ["He said no.", "We left."]),
        ("At 5 p.m. the 3.5 ton bus left.", ["At 5 p.m. the 3.5 ton bus left."]),
        ("J. R. R. Tolkien wrote it. I know.", ["J. R. R. Tolkien wrote it.", "I know."]),
        ("Prices rose 3.5%! Really?! Yes.", ["Prices rose 3.5%!", "Really?!", "Yes."]),
        (
            "“We waited … and waited,” she said. “Nobody came.” He left.",
            ["“We waited … and waited,” she said.", "“Nobody came.”", "He left."],
        ),
        ("“It is over… We lost.” She sat.", ["“It is over… We lost.”", "She sat."]),
        ('"It works!" he cried. "Try it."', ['"It works!" he cried.', '"Try it."']),
        ("No punctuation at all", ["No punctuation at all"]),
        ("", []),
        (" \n\t\u2028 ", []),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    """Abbreviations and quotations end no sentence; a closing quote stays with its own."""
    assert sentences_of(text) == expected


def test_hard_wrapped_lines_are_joined() -> None:
    """A line end inside a wrapped paragraph ends no sentence; a blank line does."""
    text = (
        "The Austrian engineer Peter von Rittinger built the first working heat\n"
        "pump in 1856 to dry salt. The city hall in Zurich has been heated with\n"
        "water from the river Limmat since 1938\n"
        "\n"
        "A new paragraph."
    )
    assert [each.replace("\n", " ") for each in sentences_of(text)] == [
        "The Austrian engineer Peter von Rittinger built the first working heat pump in 1856 to "
        "dry salt.",
        "The city hall in Zurich has been heated with water from the river Limmat since 1938",
        "A new paragraph.",
    ]


def test_lines_broken_by_hand_are_joined() -> None:
    """Where a line ends in mid-sentence, even if the next word would have fitted on it."""
    text = (
        "You may bring a lamp and a rope to the ferry under the terms\n"
        "of the harbour's own rules, provided that you also tell the\n"
        "harbourmaster of Quillon beforehand, in writing and in good time, why\n"
        "you need them there.\n"
        "The ferry leaves at noon"
    )
    first, second = sentences_of(text)
    assert first.startswith("You may bring")
    assert first.endswith("why\nyou need them there.")
    assert second == "The ferry leaves at noon"


def test_headings_and_short_lines_are_not_joined() -> None:
    """A line that ends early, or before a capital letter, was ended on purpose."""
    text = (
        "What to bring aboard the ferry to Quillon in winter\n"
        "A warm coat\n"
        "and bread\n"
        "A lamp and a rope, says the harbourmaster of the island, who ought to know"
    )
    assert sentences_of(text) == text.split("\n")


def test_list_items_stand_alone() -> None:
    """Every item of a list is a sentence of its own, with its marker."""
    text = "To bring:\n- a lamp\n- two ropes\n* bread\n1. Go. Then wait.\n2. Come back"
    assert sentences_of(text) == [
        "To bring:", "- a lamp", "- two ropes", "* bread", "1. Go.", "Then wait.", "2. Come back",
    ]  # fmt: skip


def test_verse_and_addresses_are_not_joined() -> None:
    """Short lines were ended on purpose."""
    assert sentences_of("12 Quay Lane\nPort Arlen") == ["12 Quay Lane", "Port Arlen"]


def test_a_passage_prefers_to_end_with_its_paragraph() -> None:
    """Once a passage is well filled, the next paragraph begins a new one."""
    text = "one two three four five six seven.\n\neight nine. ten eleven."
    passages = cut_passages("a", text, count_words, budget=11)
    assert [text[each.start : each.end] for each in passages] == text.split("\n\n")


NEWS = "The bell of Halden came home on Friday after eighty-three years in a museum."
CROWD = "Four thousand people stood along the river and sang."


@pytest.mark.parametrize("heading", ["# The return", "#### what it cost, in crowns:"])
def test_a_passage_ends_at_a_heading_of_markdown(heading: str) -> None:
    """It opens the next passage, with or without empty lines around it."""
    for gap in ("\n", "\n\n"):
        text = gap.join([NEWS, heading, f"{CROWD} {NEWS}"])
        passages = cut_passages("a", text, count_words, budget=200)
        assert [text[each.start : each.end] for each in passages] == [NEWS, text[len(NEWS + gap) :]]


@pytest.mark.parametrize("line", ["#return", "No. #4 rang", "The return", "# 🔔", "####### Seven"])
def test_a_passage_goes_on_over_other_lines(line: str) -> None:
    """What only looks like a heading may be a list's item, a cell, a caption."""
    text = f"{NEWS}\n\n{line}\n\n{CROWD}"
    assert len(cut_passages("a", text, count_words, budget=200)) == 1


def test_a_passage_ends_at_a_heading_that_is_known() -> None:
    """Whatever it looks like; headings that follow each other stay together."""
    text = f"{NEWS}\nPART ONE:\n1641.\n{CROWD}\nafterwards\n{NEWS}"
    sections = [Section(text.index(each), each) for each in ("PART ONE:", "1641.", "afterwards")]
    passages = cut_passages("a", text, count_words, budget=200, sections=sections)
    assert [text[each.start : each.end] for each in passages] == [
        NEWS,
        f"PART ONE:\n1641.\n{CROWD}",
        f"afterwards\n{NEWS}",
    ]


def test_neighbouring_short_paragraphs_share_a_passage() -> None:
    """A passage is filled before the next one is begun."""
    text = "One two.\n\nThree four.\n\nFive six."
    (passage,) = cut_passages("a", text, count_words, budget=20)
    assert [text[span.start : span.end] for span in passage.sentences] == text.split("\n\n")


def test_an_endless_sentence_is_cut_at_spaces() -> None:
    """A sentence that no passage can hold is cut between words where there are any."""
    text = "word " * 500
    passages = cut_passages("a", text, count_words, budget=40)
    assert_whole(text, passages)
    assert all(set(text[each.start : each.end].split()) == {"word"} for each in passages)


def test_a_small_window_still_fits() -> None:
    """Title, passage and both marks never exceed the window of any model."""
    for window in range(16, 600):
        assert title_budget(window) + passage_budget(window) + 2 <= window
        assert passage_budget(window) > 0
