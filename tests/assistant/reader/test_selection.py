"""What is quoted: no more than was asked for, and nothing that cannot stand alone."""

from __future__ import annotations

import pytest

from assistant import Assistant, open_assistant
from assistant.language.negation import is_negated, opposites_held
from assistant.reader.excerpts import EXCERPT_WORDS
from index import build_index

LONG = (
    "The inventory of the manor names eleven chairs of oak, four tables, two of them broken, "
    "nineteen candlesticks of brass and three of silver, which the steward had locked away; the "
    "library, where the late owner used to sleep, held four hundred and twelve books in Latin and "
    "some in Greek, most of them on husbandry and the diseases of sheep; and the cellar, which had "
    "been flooded twice, held nothing but a barrel of vinegar (already leaking) and a plough."
)
ARTICLES = {
    "talv.txt": "The engineer of the bridge\n\nMira Talv built the bridge of Lornwick. She had "
    "studied ship design in Oslo. The bridge carries trams. Gulls nest on it in spring.\n",
    "manor.txt": f"An inventory\n\n{LONG}\n",
    "tower-a.txt": "Tarn Vale\n\nThe tower of Tarn Vale is 41 metres high.\n",
    "tower-b.txt": "Tarn Hill\n\nThe tower of Tarn Hill is 58 metres high.\n",
    "agency-a.txt": "Strike ends\n\nThe dockers of Quill ended their strike on Sunday night.\n",
    "agency-b.txt": "Dockers back\n\nDockers of Quill ended their strike on Sunday night.\n",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Six short articles."""
    folder = tmp_path_factory.mktemp("picking")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")
    build_index([folder / name for name in ARTICLES], folder / "index")
    return open_assistant(folder / "index")


def test_a_pronoun_brings_what_it_stands_for(shelf: Assistant) -> None:
    """The sentence before one that begins with a pronoun is quoted along with it."""
    answer = shelf.ask("What was studied in Oslo?")
    assert [each.quote for each in answer.citations] == [
        "Mira Talv built the bridge of Lornwick. She had studied ship design in Oslo."
    ]


def test_a_sentence_without_end_is_cut(shelf: Assistant) -> None:
    """Only the clauses that answer are quoted, verbatim, with an ellipsis where they were cut."""
    answer = shelf.ask("How many books in Latin did the library hold?")
    (citation,) = answer.citations
    assert citation.quote in LONG
    assert "four hundred and twelve books" in citation.quote
    assert len(citation.quote.split()) <= EXCERPT_WORDS
    assert "…" in answer.text
    assert citation.quote == " ".join(answer.sentences[0].text.strip("… ").split())


@pytest.mark.parametrize(("name", "height"), [("Tarn Vale", "41"), ("Tarn Hill", "58")])
def test_the_same_of_another_name_is_not_quoted(shelf: Assistant, name: str, height: str) -> None:
    """However alike the sentences are."""
    answer = shelf.ask(f"How high is the tower of {name}?")
    assert [each.quote for each in answer.citations] == [
        f"The tower of {name} is {height} metres high."
    ]


def test_the_same_said_twice_is_quoted_once(shelf: Assistant) -> None:
    """Two articles of one agency add nothing to each other."""
    assert len(shelf.ask("When did the dockers of Quill end their strike?").citations) == 1


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("Who did not vote?", True),
        ("Which town isn't on the coast?", True),
        ("Who refused the offer?", True),
        ("Who voted?", False),
        ("What is a knot?", False),
    ],
)
def test_negation(text: str, negated: bool) -> None:
    """Words that turn a sentence round."""
    assert is_negated(text) is negated


def test_opposites() -> None:
    """A sentence that holds the opposite of a word instead of the word."""
    assert opposites_held("What is the largest lake?", "The smallest lake is Tarn.") == 1
    assert opposites_held("What is the largest lake?", "The largest lake, not the smallest.") == 0
    assert opposites_held("What is the largest lake?", "A lake.") == 0
