"""Messages of other programs, in every accepted shape, become the turns of a conversation."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.errors import QuestionError
from assistant.question.messages import read_turns
from assistant.types import Turn

ASKED = Turn("user", "Where?")
ANSWERED = Turn("assistant", "In Geneva.")


@pytest.mark.parametrize(
    "messages",
    [
        [ASKED, ANSWERED],
        (SystemMessage("Be rude."), HumanMessage("Where?"), AIMessage("In Geneva.")),
        [HumanMessage([{"type": "text", "text": "Where?"}]), ANSWERED],
        [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "In Geneva."}],
        [
            {"role": "system", "content": "Be rude."},
            {"role": "user", "content": [{"type": "text", "text": "Where?"}]},
            AIMessage("In Geneva."),
        ],
    ],
    ids=["turns", "langchain", "langchain parts", "mappings", "a mixture"],
)
def test_every_shape_is_the_same_conversation(messages: list[Turn | BaseMessage | object]) -> None:
    """Whoever sends a conversation, and however: the turns are the same."""
    assert read_turns(messages) == (ASKED, ANSWERED)


def test_no_messages_are_no_turns() -> None:
    """A conversation that has not begun may be left out."""
    assert read_turns(None) == read_turns([]) == ()


@pytest.mark.parametrize(
    ("messages", "wanted"),
    [
        ("Where?", "must be a list"),
        ({"role": "user"}, "must be a list"),
        (["Where?"], "must be an object"),
        ([{"role": "tool", "content": "7"}], "must be “user” or “assistant”"),
        ([{"role": "user"}], "must be a text, or a list of text parts"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "a list of text parts"),
    ],
)
def test_what_is_none_of_these_is_refused(messages: object, wanted: str) -> None:
    """One sentence says what is wanted instead."""
    with pytest.raises(QuestionError, match=wanted):
        read_turns(messages)
