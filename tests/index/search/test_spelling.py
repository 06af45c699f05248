"""Misspelt words of a question find what was meant; names that are merely alike do not."""

from __future__ import annotations

import pytest

from assistant import Assistant, open_assistant
from index import build_index

ARTICLES = {
    "owl.txt": "The owl of Marrowby\n\nThe owl of Marrowby hunts voles at night.\n",
    "summit.txt": "A summit in Budapest\n\nThe ministers met in Budapest to talk of fisheries.\n",
    "fever.txt": "Cholera in Dellin\n\nCholera reached the port of Dellin in 1892.\n",
    "mark.txt": "The mark\n\nThe mark was a coin of the prime minister. 東京の橋は古い。\n",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Four short articles."""
    folder = tmp_path_factory.mktemp("shelf")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")
    build_index([folder / name for name in ARTICLES], folder / "index")
    return open_assistant(folder / "index")


def corrected(shelf: Assistant, question: str) -> str:
    """Return the question as the index spells it."""
    with shelf.articles.view() as view:
        return view.corrected(question)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("What does the owl of Marowby hunt?", "What does the owl of Marrowby hunt?"),
        ("Who met in Budapset?", "Who met in Budapest?"),
        ("Who met in Budappest?", "Who met in Budapest?"),
        ("What is said about fishereis?", "What is said about fisheries?"),
        ("When did choelra reach Dellni?", "When did cholera reach Dellin?"),
    ],
)
def test_words_that_are_meant(shelf: Assistant, asked: str, meant: str) -> None:
    """Letters swapped, missing, doubled, wrong; several words at once; as the article writes it."""
    assert corrected(shelf, asked) == meant


@pytest.mark.parametrize(
    "asked",
    [
        "What does the owl of Marrowby hunt?",
        "Is there life on Mars?",  # not the mark
        "Who met in Bucharest?",  # three letters off
        "Who met in Budapast?",  # in a name, another letter may be another name
        "Who won the prize?",  # a common word is spelt as it is meant, whatever it is near to
        "What happened in 1982?",  # a number is no misspelling
        "東京の僑は？",
        "  Who — met\tin Budapest??  ",
        "Was ist mit dem Mond?",
    ],
)
def test_words_that_are_kept(shelf: Assistant, asked: str) -> None:
    """What stands in the articles, or near nothing in them, is not touched by a character."""
    assert corrected(shelf, asked) == asked


def test_a_misspelt_question_is_answered(shelf: Assistant) -> None:
    """And it is shown how it was understood."""
    answer = shelf.ask("When did cholrea reach Delin?")
    assert "1892" in answer.text
    assert answer.question == "When did cholrea reach Delin?"
    assert answer.standalone_question == "When did cholera reach Dellin?"
