"""Near misses by rule, and the ways in which people type a question."""

from __future__ import annotations

import random

import pytest

from training.rewording import OPPOSITES, caption, near_miss, reworded

SENTENCES = (
    "The Larkmoor ferry was first built by Edda Voss in 1912.",
    "Its sister ship, the Teasel, was launched by Tom Marrow in 1931.",
)


def near_misses(question: str) -> set[str]:
    """All that the dice can make of a question which the first sentence answers."""
    made = (near_miss(question, SENTENCES, SENTENCES[:1], random.Random(n)) for n in range(60))
    return {each for each in made if each}


def test_another_name_of_the_passage_takes_a_name_s_place() -> None:
    """One that the sentence which answers does not hold."""
    assert "What did Tom Marrow build?" in near_misses("What did Edda Voss build?")


def test_another_number_takes_a_number_s_place() -> None:
    """From the passage, or near to it."""
    made = near_misses("Which ship was owned in 1912?")
    assert "Which ship was owned in 1931?" in made
    assert len(made) > 2


def test_the_opposite_and_the_negation() -> None:
    """“first” becomes “last”; few people ask for what was not."""
    made = near_misses("Who first built the Larkmoor ferry?")
    assert "Who last built the Larkmoor ferry?" in made
    assert any("not" in each or "n't" in each for each in near_misses("What was built by Edda?"))


def test_what_cannot_be_altered_gives_nothing() -> None:
    """No name, no number, no opposite, no verb to negate."""
    assert near_misses("Why?") == set()


def test_opposites_go_both_ways() -> None:
    """Whoever looks up one finds the other."""
    for word, others in OPPOSITES.items():
        assert all(word in OPPOSITES[other] for other in others)


def test_rewording_keeps_the_telling_words() -> None:
    """Small letters, no mark, keywords: the subject stays."""
    made = {reworded("Who built the Larkmoor ferry?", random.Random(n)) for n in range(200)}
    assert {"who built the larkmoor ferry", "Who built the Larkmoor ferry"} <= made
    assert all("ferry" in each.lower() for each in made)
    assert len(made) > 3


@pytest.mark.parametrize("seed", range(5))
def test_a_caption_says_nothing(seed: int) -> None:
    """It holds words of the question, and no more."""
    made = caption("Who built the Larkmoor ferry?", random.Random(seed))
    assert "ferry" in made.lower()
    assert len(made.split()) <= 9
