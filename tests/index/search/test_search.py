"""Searching: by words and by meaning, best first, with signals that can be trusted."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.library import Library
from index import Hit, Index, SentenceSignals, Span, View, open_index
from index.embedding.encoder import PassageEncoder, embedding_input, sentence_vectors
from index.embedding.load import load_embedder
from index.settings import IndexSettings

QUESTION = "When was the first working heat pump built?"
PARAPHRASE = "jogging contest champion"  # no word of it stands in any article


@pytest.fixture(scope="module")
def opened(sample_index: Path) -> Index:
    return open_index(sample_index)


@pytest.fixture
def view(opened: Index) -> Iterator[View]:
    with opened.view() as shown:
        yield shown


def assert_sound(view: View, hits: list[Hit], limit: int) -> None:
    """Best first, none twice, and each text exactly what stands in its article."""
    assert len(hits) <= limit
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits)
    for hit in hits:
        article = view.article(hit.passage.article_id)
        assert article is not None
        assert article.info == hit.article
        assert hit.text == article.text[hit.passage.start : hit.passage.end]
        assert len(hit.sentence_similarity) == len(hit.passage.sentences)
        for value in (hit.dense, *hit.sentence_similarity):
            assert -1.001 <= value <= 1.001
        assert hit.lexical >= 0


def assert_sound_signals(view: View, question: str, hits: list[Hit]) -> list[SentenceSignals]:
    """One for each sentence, in the hits' order; spans exact, shares and similarities in range."""
    signals = view.sentences(question, hits)
    tokens = view.token_signals(question, signals)
    wanted = [(hit.passage.id, span) for hit in hits for span in hit.passage.sentences]
    assert [(each.hit.passage.id, each.span) for each in signals] == wanted
    for each, token in zip(signals, tokens, strict=True):
        shift = each.hit.passage.start
        assert each.text == each.hit.text[each.span.start - shift : each.span.end - shift]
        assert -1.001 <= each.similarity <= 1.001
        assert all(-1.001 <= near <= 1.001 for near in (token.maxsim, token.weakest))
        assert 0 <= each.overlap <= each.context_overlap <= 1.001
    return signals


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Rittinger", "Peter von Rittinger"),
        ("412 million", "412 million euros"),
        ("R-410A", "R-410A"),
        ("saskia lindqvarn", "Saskia Lindqvarn"),
    ],
)
def test_rare_names_and_numbers_are_found(opened: Index, question: str, text: str) -> None:
    """A word that stands in one passage only brings that passage to the top."""
    (hit, *_) = opened.search(question)
    assert text in hit.text
    assert hit.lexical > 0


def test_the_commonest_words_are_left_out(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a question's words stand in too many passages to score them all, the rarest count."""
    looked_up: list[object] = []
    lexical = view._snapshot.lexical

    def look_up(*arguments: Any) -> Any:
        looked_up.append(arguments[0])
        return lexical(*arguments)

    monkeypatch.setattr("index.search.view.MOST_SCORED", 5)
    monkeypatch.setattr(view._snapshot, "lexical", look_up)
    (hit, *_) = view.search("Which city has the heat pumps of Rittinger?")
    assert "Peter von Rittinger" in hit.text
    (words,) = looked_up
    assert words == ["ritting"]


def test_other_words_for_the_same_are_found(opened: Index) -> None:
    """Meaning finds what words do not."""
    (hit, *_) = opened.search(PARAPHRASE)
    assert "marathon" in hit.article.title
    assert hit.lexical == 0


def test_hits_are_sound(view: View) -> None:
    """Scores fall, texts are exact, and the limit is kept."""
    for limit in (1, 3, 1000):
        hits = view.search(QUESTION, limit)
        assert hits
        assert_sound(view, hits, limit)


def test_the_similarity_is_the_vectors(view: View) -> None:
    """``Hit.dense`` is the cosine of the question's vector and that of headline and passage."""
    model = load_embedder(IndexSettings())
    asked = model.embed_query(QUESTION)
    for hit in view.search(QUESTION, 3):
        article = view.article(hit.article.id)
        assert article
        again = model.embed_query(f"{article.headline_at(hit.passage.start)}\n{hit.text}")
        assert hit.dense == pytest.approx(float(np.dot(asked, again)), abs=1e-4)


def test_building_and_asking_embed_the_same(view: View) -> None:
    """The vectors that are stored and those of a passage that is read are of one text."""
    embedder = load_embedder(IndexSettings())
    hits = [hit for hit in view.search(QUESTION, 1000) if hit.headline != hit.article.title]
    assert hits
    encoded = PassageEncoder(embedder).encode_passages(hits)
    rows = view.rows([hit.passage for hit in hits])
    for hit, (text, begin), row in zip(hits, encoded, rows, strict=True):
        article = view.article(hit.article.id)
        assert article
        assert hit.headline == article.headline_at(hit.passage.start)
        assert embedding_input(article, hit.passage, embedder).digest == row.digest
        assert float(text.vector @ row.vector) == pytest.approx(1, abs=1e-5)
        shift = begin - hit.passage.start
        spans = [Span(each.start + shift, each.end + shift) for each in hit.passage.sentences]
        near = (sentence_vectors(text, spans) * row.sentences).sum(axis=1)
        assert near == pytest.approx(1, abs=1e-2)  # those of sentences are stored in half precision


def test_the_same_question_has_the_same_hits(opened: Index) -> None:
    """Nothing depends on what was asked before."""
    assert opened.search(QUESTION) == opened.search(QUESTION)


def test_the_answering_sentence_stands_out(view: View) -> None:
    """Of all sentences of the hits, the one that answers has the strongest signals."""
    hits = view.search(QUESTION)
    signals = assert_sound_signals(view, QUESTION, hits)
    tokens = [each.maxsim for each in view.token_signals(QUESTION, signals)]
    near = ([each.similarity for each in signals], [each.overlap for each in signals], tokens)
    for figures in near:
        assert "1856" in signals[figures.index(max(figures))].text


def test_no_hits_have_no_sentences(view: View) -> None:
    """Nothing comes of nothing."""
    assert view.sentences(QUESTION, []) == []
    assert view.token_signals(QUESTION, []) == []


ODD = ["", " ", "?!", "the", "😀", '" OR *', "NEAR(a b)", "x" * 5000, "\0", "title:owl AND NOT 1"]


@pytest.mark.parametrize("question", ODD)
def test_odd_questions_are_questions(view: View, question: str) -> None:
    """Nothing, marks, and what looks like a query language are searched as plain text."""
    hits = view.search(question, 3)
    assert_sound(view, hits, 3)
    assert_sound_signals(view, question, hits)


def test_text_that_is_no_unicode_can_be_asked(opened: Index) -> None:
    """A terminal of another encoding hands over lone surrogates."""
    assert opened.search(os.fsdecode(b"caf\xe9 heat pump"))


@settings(max_examples=30)
@given(question=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_can_be_asked(opened: Index, question: str) -> None:
    """Whatever is asked, hits and signals are sound."""
    with opened.view() as view:
        hits = view.search(question, 4)
        assert_sound(view, hits, 4)
        assert_sound_signals(view, question, hits)
        view.unknown_words(question)


@pytest.fixture(scope="module")
def tiny(built_library: Library) -> Iterator[View]:
    """A view of the five tiny articles."""
    with open_index(built_library.index).view() as shown:
        yield shown


def test_rare_words_weigh_more(tiny: View) -> None:
    """Weights are BM25's inverse document frequency over the five passages."""
    weights = tiny.term_weights("Which glass owls hovercraft?")
    assert weights == {
        "glass": pytest.approx(math.log(1 + 3.5 / 2.5)),  # in two passages
        "owl": pytest.approx(math.log(1 + 4.5 / 1.5)),  # in one
        "hovercraft": pytest.approx(math.log(1 + 5.5 / 0.5)),  # in none
    }
    assert tiny.term_weights("") == {}


def test_a_title_is_counted_with_its_passages(tiny: View) -> None:
    """A word of the headline is known, though no sentence holds it."""
    assert tiny.unknown_words("Is Marrowby in Quillon without salt?") == []
    assert tiny.unknown_words("Who is whose?") == []  # what asks is not what is asked about


def test_unknown_words_are_named(tiny: View) -> None:
    """The telling words that stand nowhere, once each, in the order and form of the question."""
    asked = "Do zeppelins carry the owl's hovercraft, or other Zeppelins?"
    assert tiny.unknown_words(asked) == ["zeppelins", "hovercraft"]
    assert tiny.unknown_words("Is Élodie's owl in Peru?") == ["Élodie", "Peru"]
    assert tiny.unknown_words("Does the ferry carry owls?") == []
    assert tiny.unknown_words("") == []


def test_twins_are_both_found(tiny: View) -> None:
    """Two articles of the same text are two articles."""
    hits = tiny.search("What are lamps blown from?", 2)
    assert {hit.article.id for hit in hits} == {"lamp-1", "lamp-2"}
    assert {hit.article.author for hit in hits} == {"Ada Venn", "Bo Tarn"}


def test_articles_are_listed_newest_first(view: View) -> None:
    """Dated ones by date, undated ones last."""
    dates = [info.published for info in view.articles()]
    dated = [date for date in dates if date]
    assert dated == sorted(dated, reverse=True)
    assert dates == dated + [None] * (len(dates) - len(dated))


def test_passages_are_in_reading_order(view: View) -> None:
    """An article's passages follow each other, and their rows hold their texts and vectors."""
    for info in view.articles():
        passages = view.passages(info.id)
        assert [each.id for each in passages] == [f"{info.id}#{n}" for n in range(len(passages))]
        assert all(a.end <= b.start for a, b in pairwise(passages))
        rows = view.rows(reversed(passages))
        assert [row.passage for row in rows] == passages[::-1]
        for row in rows:
            assert row.sentences.shape == (len(row.passage.sentences), *row.vector.shape)
            assert np.linalg.norm(row.vector) == pytest.approx(1, abs=1e-4)
    assert view.article("nobody") is None
    assert view.passages("nobody") == []
