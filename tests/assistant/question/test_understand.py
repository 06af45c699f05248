"""``Query``: all that is known of a question, worked out once and before anything is searched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from assistant import Turn
from assistant.question.answer_type import answer_type_of
from assistant.question.followup import LEANING, Standalone
from assistant.question.understand import understand
from index import View, open_index

TALK = (
    Turn("user", "When does the tram line in Port Arlen open?"),
    Turn("assistant", "Line 4 opens in spring. [1]"),
)


@pytest.fixture(scope="module")
def view(sample_index: Path) -> Iterator[View]:
    with open_index(sample_index).view() as opened:
        yield opened


def test_a_question_that_stands_alone_is_one_text(view: View) -> None:
    """As asked, corrected, standing alone, searched for and judged by: nothing was to be done."""
    asked = "What venues were considered?"
    query = understand(view, asked)
    texts = {query.corrected, query.standalone, query.sought, query.judged}
    assert texts == {asked}
    assert (query.said, query.leaning, query.period, query.latest) == ("", 0.0, None, False)
    assert query.terms == ("venu", "consid")
    assert "venues" in query.words


def test_it_cannot_be_changed(view: View) -> None:
    """Whoever gets it later sees what was understood at first."""
    query = understand(view, "Who won?")
    with pytest.raises(FrozenInstanceError):
        query.judged = "Who lost?"  # type: ignore[misc]


def test_a_misspelt_word_is_corrected_everywhere(view: View) -> None:
    """But what was asked is kept as it was typed."""
    query = understand(view, "What did the muesum return?")
    assert query.asked == "What did the muesum return?"
    assert query.corrected == query.sought == query.judged == "What did the museum return?"


def test_a_followup_is_searched_with_its_subject_and_judged_without(view: View) -> None:
    """The subject's own sentence would else win each time."""
    query = understand(view, "And how much did it cost?", TALK)
    assert "tram" in query.standalone
    assert query.sought == query.standalone
    assert query.judged == "And how much did it cost?"
    assert query.leaning == LEANING
    assert "Line 4 opens in spring." in query.said


def test_what_an_llm_rewrote_is_judged_as_rewritten(view: View) -> None:
    """It is in plain words, fit to be read by."""
    written = "How much did the tram line in Port Arlen cost?"
    query = understand(view, "And how much?", TALK, lambda *_: Standalone(written, rewritten=True))
    assert query.rewritten
    assert query.standalone == query.sought == query.judged == written


def test_words_of_time_and_commands_are_taken_out(view: View) -> None:
    """No article says "last week" of itself, nor "list"."""
    query = understand(view, "List the venues that were considered last week")
    assert query.period is not None
    assert query.sought == query.judged == "which are the venues that were considered"
    assert query.answer_type.is_list
    assert understand(view, "What is the latest on the tram line?").latest


def test_of_a_summary_only_its_subject_is_looked_for(view: View) -> None:
    """The words of the request are never missing from the articles."""
    query = understand(view, "Please give me a summary of quantum chromodynamics")
    assert query.intent.kind == "summary"
    assert query.judged == query.standalone == "quantum chromodynamics"


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How many people live there?", ("number",)),
        ("When did it open?", ("date",)),
        ("How much did it cost when it opened?", ("number", "date")),
        ("Who sold it?", ("person",)),
        ("In which city was it?", ("place",)),
        ("Why did it fail?", ()),
    ],
)
def test_the_kinds_of_answer(question: str, kinds: tuple[str, ...]) -> None:
    """In their order; the first one is what sentences are looked through for."""
    wanted = answer_type_of(question)
    assert wanted.kinds == kinds
    assert wanted.kind == (kinds[0] if kinds else "other")
    assert wanted.can_differ is bool({"number", "date"} & set(kinds))
