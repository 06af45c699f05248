"""Question sets → passages in sentences, and which of them answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpers.question_sets import asked, write_set
from training.sets import load_set, occurrences, untokenised

FERRY = "The ferry was built in 1912. It sank in 1931. Nobody was hurt in 1931."
MILL = "The mill burnt down."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An article of two paragraphs, a question by evidence, one by sentence, a near miss."""
    articles: list[dict[str, Any]] = [
        {"id": "a", "title": "Ferry", "text": f"{FERRY}\n\n{MILL}"},
        {
            "id": "b",
            "title": "List",
            "text": "",
            "sentences": ["One .", "It did n't ( yet ) end ."],
        },
    ]
    questions = [
        asked("When did it sink?", answers=["1931"], evidence=[FERRY]),
        asked("Did it end?", answers=["did n't"], answer_sentences=[1], article_ids=["b"]),
        asked("Who sank it?", answers=[], answerable=False, article_ids=[],
              near_article_ids=["a"], near_evidence=[FERRY]),
        asked("What is lost?", answers=["nowhere"], evidence=[FERRY]),
    ]  # fmt: skip
    return write_set(tmp_path / "set", articles, questions)


def test_a_set_is_read(folder: Path) -> None:
    """Paragraphs become passages; a question whose answer is not there is left out."""
    read = load_set(folder)
    assert read.name == "set"
    assert [each.sentences for each in read.passages][1:] == [
        (MILL,),
        ("One.", "It didn't (yet) end."),
    ]
    assert [each.text for each in read.questions] == [
        "When did it sink?", "Did it end?", "Who sank it?",
    ]  # fmt: skip


def test_the_sentence_most_like_the_question_is_meant(folder: Path) -> None:
    """Of the others that hold the answer nobody knows whether they answer."""
    sink = load_set(folder).questions[0]
    assert sink.gold == {0: {1: ((11, 15),)}}
    assert sink.unsure == {0: frozenset({2})}
    assert sink.near == ()


def test_sentences_that_the_set_names_and_near_misses(folder: Path) -> None:
    """Places in them are found where the answer is a stretch."""
    _, end, who = load_set(folder).questions
    assert end.gold == {2: {1: ((3, 9),)}}
    assert (who.gold, who.near) == ({}, (0,))


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("He did n't , he said .", "He didn't, he said."),
        ("`` No ! '' ( never ) -- at 5 %", '"No! " (never) – at 5%'),
        ("Ann 's  dog", "Ann's  dog"),
    ],
)
def test_the_treebank_s_spacing_goes(given: str, right: str) -> None:
    """As people write; what is written so already stays."""
    assert untokenised(given) == right
    assert untokenised("He didn't, he said.") == "He didn't, he said."


def test_answers_are_found_as_whole_words() -> None:
    """In any case, wherever they stand; never inside another word."""
    assert occurrences("An art, ART and party", ["art"]) == ((3, 6), (8, 11))
    assert occurrences("Anything", ["", "thing"]) == ()
