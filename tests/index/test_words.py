"""Words: the same on both sides, for articles and for questions, and for the full-text index."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Article, ArticleInfo, Passage, Span
from index.catalogue.database import Catalogue
from index.catalogue.writer import CatalogueWriter, PlacedPassage, open_writer
from index.words import STOP_WORDS, question_terms, stem, terms, words

LIKELY = [
    "owl",
    "U.S.",
    "3.5",
    "1,250",
    "it's",
    "don’t",
    "naïve",
    "東京に",
    "foo_bar",
    " ",
    ". ",
    "-",
]
characters = st.characters(exclude_categories=["Cs"])
any_text = st.lists(st.sampled_from(LIKELY) | st.text(characters, max_size=8), max_size=12).map(
    "".join
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The owls' owl", ["the", "owls", "owl"]),
        ("The U.S. and the U.K.", ["the", "us", "and", "the", "uk"]),
        ("Zelenskyy’s plan, Putin's reply", ["zelenskyy", "plan", "putin", "reply"]),
        ("don’t don't", ["dont", "dont"]),
        ("1,250 of 3.5 million", ["1250", "of", "3.5", "million"]),
        ("naïve Zürich ÉCOLE", ["naive", "zurich", "ecole"]),
        ("Straße, ﬁne, ①", ["strasse", "fine", "1"]),
        ("state-of-the-art (2025)", ["state", "of", "the", "art", "2025"]),
        ("東京に行く", ["東京", "京に", "に行", "行く"]),
        ("😀 … — !", []),
        ("", []),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    """Case, accents, possessives, dots of acronyms and commas in numbers do not matter."""
    assert words(text) == expected


def test_terms_are_stems() -> None:
    """Forms of one word meet in one term."""
    assert len(set(terms("venue venues Venues’"))) == 1
    assert len(set(terms("launch launched launching launches"))) == 1
    assert terms("drones were launched") == [stem("drones"), stem("were"), stem("launched")]


def test_a_question_asks_about_its_telling_words() -> None:
    """Grammar is left out and each word counts once."""
    asked = question_terms("What did the owl say to the other owls?")
    assert asked == terms("owl")
    assert question_terms("Who is who?") == terms("who is")  # nothing else remains
    assert question_terms("?!") == []


def test_stop_words_are_as_they_are_looked_up() -> None:
    """A stop word that ``words`` spells otherwise would never be recognised."""
    assert all(words(each) == [each] for each in STOP_WORDS)


@given(any_text)
def test_question_terms_are_terms(text: str) -> None:
    """A question's words are among those that an article of the same text is indexed with."""
    asked = question_terms(text)
    assert len(asked) == len(set(asked))
    assert set(asked) <= set(terms(text))
    assert bool(asked) == bool(terms(text))


@given(any_text)
def test_words_are_never_empty_and_folded(text: str) -> None:
    """Every word is there, in lower case and without accents."""
    for word in words(text):
        assert word
        assert not any(unicodedata.combining(char) or char.isspace() for char in word)
        assert word == word.casefold()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param(
            "It grew by 3.5.", "it grew by 3.5" ),
        pytest.param(
            unicodedata.normalize("NFD", "résumé"), "résumé" ),
        ("It cost 412.", "it cost 412"),
        ("O’Neill’s", "O'Neill"),
        ("10,000", "10000"),
        ("the U.S.", "the US"),
    ],
)  # fmt: skip
def test_spelling_does_not_matter(text: str, same: str) -> None:
    """What a reader takes for the same words are the same words."""
    assert words(text) == words(same)


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogueWriter]:
    """An empty catalogue, open for writing."""
    with open_writer(Catalogue(tmp_path_factory.mktemp("words"))) as opened:
        yield opened


def frequencies(writer: CatalogueWriter, text: str) -> dict[str, int]:
    """Index a text as a passage; look its own words up; leave nothing behind."""
    span = Span(0, len(text))
    article = Article(ArticleInfo("a", "title", "a.txt", "/a.txt"), text)
    passage = Passage("a#0", "a", *span, (span,))
    writer.begin()
    try:
        writer.put_article(article, [PlacedPassage(passage, "digest")])
        return writer.document_frequency(question_terms(text))
    finally:
        writer.rollback()


def test_the_full_text_index_knows_the_words(writer: CatalogueWriter) -> None:
    """Words, acronyms, whole numbers and accents are counted as they are asked for."""
    text = "The U.S. naïve owl-keeper's 1,250 mice in Zürich 東京に"
    assert set(frequencies(writer, text).values()) == {1}
    assert set(frequencies(writer, text)) == set(question_terms(text))


@pytest.mark.parametrize("text", ["It grew by 3.5 percent", "the file foo_bar", "½ a cup"])
def test_the_full_text_index_counts_odd_words(writer: CatalogueWriter, text: str) -> None:
    """Decimal numbers, underscores and fractions that stand in an article are found in it."""
    assert set(frequencies(writer, text)) == set(question_terms(text))


@settings(max_examples=500)
@given(text=any_text)
def test_every_word_of_an_article_is_found_in_it(writer: CatalogueWriter, text: str) -> None:
    """Whatever the text, the index counts each of its words: none is said to be unknown."""
    assert set(frequencies(writer, text)) == set(question_terms(text))


@given(text=any_text)
def test_any_question_can_be_looked_up(writer: CatalogueWriter, text: str) -> None:
    """No text upsets the full-text query language."""
    assert writer.lexical(question_terms(text), 10) == {}


def test_threads_do_not_spoil_each_others_stems() -> None:
    """What many threads stem at once is what one stems alone, and what is remembered is right."""
    begins = ("relat", "nation", "hope", "general", "organ", "vivid", "abil", "consign")
    ends = ("ional", "ization", "fulness", "ousness", "iveness", "ibility", "ally", "ements")
    wanted = [begin + end for begin in begins for end in ends]
    alone = [stem(word) for word in wanted]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            stem.cache_clear()
            with ThreadPoolExecutor(8) as pool:
                assert list(pool.map(stem, wanted * 5)) == alone * 5
    finally:
        sys.setswitchinterval(usual)
