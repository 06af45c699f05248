"""An LLM whose words a test wrote down; everything round it is real."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from assistant.chain import Assistant
from assistant.llm.chat_model import Piece, Usage
from assistant.settings import AssistantSettings
from index import open_index

Reply = Callable[[str, str], Iterable[str | Exception]]
"""System and user prompt → the pieces of a reply; an exception is raised in its place."""


class ScriptedModel:
    """Says what ``reply`` returns, and remembers what it was sent."""

    name = "test:scripted"
    context = 4096

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.sent: list[tuple[str, str]] = []
        self.cut = False

    def stream(self, system: str, user: str, *, deadline: float) -> Iterator[Piece]:  # noqa: ARG002
        self.sent.append((system, user))
        for piece in self.reply(system, user):
            if isinstance(piece, Exception):
                raise piece
            yield Piece(piece)
        yield Piece(cut=self.cut, usage=Usage(100, 10))


def says(text: str) -> ScriptedModel:
    """Return a model that says this, in small pieces, whatever it is asked."""
    return ScriptedModel(lambda _system, _user: re.findall(r".{1,5}", text, re.DOTALL))


def number_of(user: str, words: str) -> int:
    """Return the number before the sentence of a prompt that holds these words."""
    line = next(line for line in user.splitlines() if words in line and line.startswith("["))
    return int(line[1 : line.index("]")])


def assistant_with(model: ScriptedModel, folder: Path, **settings: object) -> Assistant:
    """Return an assistant over an index, its answers phrased by a model."""
    read = AssistantSettings.model_validate(settings)
    return Assistant(open_index(folder, settings=read), read, model)  # type: ignore[arg-type]
