"""What an LLM server of the tests is asked and says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MODEL = "tiny"
Message = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What a server says, and how it fails.

    Attributes:
        text: The words, sent a word at a time; a sequence is sent as it is cut.
        finish: Why the model stopped (``stop``, ``length``); None: the stream just ends.
        usage: Tokens of prompt and answer, where the server tells them.
        silence: Seconds before anything is answered.
        pause: Seconds before each piece.
        stall_after: Pieces after which nothing more comes, though the connection stays.
        break_after: Pieces after which the connection breaks.
        deltas: Messages to send instead of ``text``: tool calls, thoughts.
        raw: Bytes to send instead of a stream, each in a chunk of its own.
        status: Of the response; other than 200, ``text`` is the message of the error.
        headers: To send besides.
    """

    text: str | tuple[str, ...] = ""
    finish: str | None = "stop"
    usage: tuple[int, int] | None = (11, 7)
    silence: float = 0.0
    pause: float = 0.0
    stall_after: int | None = None
    break_after: int | None = None
    deltas: tuple[Message, ...] = ()
    raw: tuple[bytes, ...] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def pieces(self) -> tuple[Message, ...]:
        """The messages that a stream is made of."""
        if self.deltas:
            return self.deltas
        words = re.findall(r"\S+\s*|\s+", self.text) if isinstance(self.text, str) else self.text
        return tuple({"content": word} for word in words)

    @property
    def words(self) -> str:
        """The text in one piece."""
        return "".join(self.text)


Replies = Callable[[list[Message]], Reply | str]
FOREVER = 3600.0


@dataclass(frozen=True)
class Request:
    """A request as it arrived; the names of its headers in small letters."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def messages(self) -> list[Message]:
        """What was said to the model."""
        return list(self.body.get("messages", []))
