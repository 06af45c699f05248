"""Messages of another program, in whatever shape → the turns of a conversation.

The one place that knows the shapes: JSON of the web (``role``, ``content``), LangChain's messages,
and our own ``Turn``s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, Protocol, runtime_checkable

from assistant.errors import QuestionError
from assistant.types import Turn

SKIPPED: Final = ("system", "developer")
"""Roles whose messages are ignored: how answers come about is not for a caller to say."""

_SPEAKERS: Final[tuple[tuple[str, Literal["user", "assistant"]], ...]] = (
    ("human", "user"),
    ("Human", "user"),  # a chunk of a stream: HumanMessageChunk
    ("ai", "assistant"),
    ("AI", "assistant"),
)
"""How the types of LangChain's messages begin, and whose they are; others are no one's turn."""


@runtime_checkable
class SpokenMessage(Protocol):
    """What a LangChain message has; known by its shape, for LangChain takes 0.3 s to load."""

    @property
    def type(self) -> str:
        """Who speaks: ``human``, ``ai``, or a tool or the system."""

    @property
    def text(self) -> str:
        """What is said."""


def read_turns(messages: object) -> tuple[Turn, ...]:
    """Return the turns of a list of messages, oldest first; instructions are left out.

    Args:
        messages: A list of ``Turn``s, of LangChain messages, or of mappings with ``role`` (``user``
            or ``assistant``) and ``content``, a text or a list of text parts; None: no messages.

    Raises:
        QuestionError: They are something else; the message says what is wanted.
    """
    return tuple(_turns(messages))


def _turns(messages: object) -> Iterator[Turn]:
    if messages is None:
        return
    if isinstance(messages, str | Mapping) or not isinstance(messages, Iterable):
        raise QuestionError("The messages must be a list of objects with a role and a content.")
    for message in messages:
        if isinstance(message, Turn):
            yield message
        elif isinstance(message, Mapping):
            if message.get("role") not in SKIPPED:
                yield Turn(_role(message), _text(message.get("content")))
        elif isinstance(message, SpokenMessage):
            role = next((role for name, role in _SPEAKERS if message.type.startswith(name)), None)
            if role is not None:
                yield Turn(role, str(message.text))
        else:
            raise QuestionError("Each message must be an object with a role and a content.")


def _role(message: Mapping[Any, Any]) -> Literal["user", "assistant"]:
    match message.get("role"):
        case "user":
            return "user"
        case "assistant":
            return "assistant"
        case other:
            raise QuestionError(
                f"A message's role must be “user” or “assistant”, not {other!r:.60}."
            )


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    if not texts or len(texts) < len(parts) or not all(isinstance(each, str) for each in texts):
        raise QuestionError("A message's content must be a text, or a list of text parts.")
    return "\n".join(map(str, texts))
