"""Questions that lead on from an answer: near to it, new, and answered by the articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import open_assistant


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what venues were considered?", "What did Ignazio Cassis say?"),
        ("Why was the bell returned?", "Who is Mahina Toroa?"),
        ("Who won the marathon?", "What is said about Yuna Abelard?"),
        (
            "How does a heat pump work?",
            "What is “How a heat pump turns cold air into a warm house”",
        ),
    ],
)
def test_what_stands_near_a_quote_is_offered(
    sample_index: Path, question: str, expected: str
) -> None:
    """People who speak, then who they are, then other names, then whole articles."""
    assistant = open_assistant(sample_index)
    leads = assistant.suggestions(assistant.ask(question))
    assert any(lead.startswith(expected) for lead in leads)
    assert 1 <= len(leads) <= 3


@pytest.mark.parametrize(
    "question", ["what venues were considered?", "Who wrote the opera Carmen?", "list the articles"]
)
def test_the_articles_answer_what_is_offered(sample_index: Path, question: str) -> None:
    """No offer leads to a refusal, and none is the question that was just asked."""
    assistant = open_assistant(sample_index)
    leads = assistant.suggestions(assistant.ask(question))
    assert len(set(leads)) == len(leads)
    for lead in leads:
        assert lead != question
        assert assistant.ask(lead).kind == "answered"


def test_a_name_that_was_asked_about_is_not_offered_again(sample_index: Path) -> None:
    """An offer leads on; it does not go round in circles."""
    assistant = open_assistant(sample_index)
    leads = assistant.suggestions(assistant.ask("What did Karoline Leavitt say?"))
    assert leads
    assert not any("Leavitt" in lead for lead in leads)
