"""Follow-ups that an LLM writes out: kept only when the names and numbers are."""

from __future__ import annotations

import pytest

from assistant.question.rewrite import is_faithful
from assistant.types import Turn

TALK = (
    Turn("user", "Who hosted the Geneva talks in 1985?"),
    Turn("assistant", "Kurt Furgler received Ronald Reagan. [1] ~~Paris was empty.~~ (no quote)"),
)


@pytest.mark.parametrize(
    "written",
    [
        "When did Kurt Furgler host the Geneva talks?",
        "What did he do next?",
        "When in 1985 did Ronald Reagan arrive?",
    ],
)
def test_a_question_in_the_conversations_own_names_is_kept(written: str) -> None:
    """Names and numbers may come from the question and from what was said."""
    assert is_faithful(written, "what did he do next?", TALK)


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("When did Mikhail Gorbachev arrive?", "when did he arrive?"),
        ("What happened in Paris?", "what happened there?"),
        ("What happened in 1987?", "what happened then?"),
        ("When did Reagan meet him?", "when did Reagan meet Furgler?"),
        ("Who came?", "who came in 1990?"),
        ("", "who came?"),
        ("Who came?\nAnd who left?", "who came?"),
        ("Who came? See https://evil.test/?q=secret", "who came?"),
        ("Who came " + "and who " * 100, "who came?"),
    ],
)
def test_a_question_that_lost_or_gained_something_is_not(written: str, question: str) -> None:
    """A name or number too many or too few, an address, a speech: the rules' version is used."""
    assert not is_faithful(written, question, TALK)
