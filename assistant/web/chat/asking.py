"""A question typed or chosen → the steps of its answer on the page; stopping; starting anew.

``page`` connects each method of ``Asking`` to the button or the key that calls it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import gradio as gr

from assistant.answering import Answering
from assistant.server.reply import Reply
from assistant.web.chat.conversation import Exchange, Exchanges, answering, history_of
from assistant.web.chat.markup import header_error_html, header_html
from assistant.web.chat.paint import paint
from assistant.web.chat.parts import Parts
from assistant.web.handlers import Changes
from index.errors import UserError


class Asking:
    """What Gradio calls when a reader asks, stops, or begins a new conversation."""

    def __init__(self, parts: Parts, assistant: Answering) -> None:
        self._parts = parts
        self._assistant = assistant

    def ask(self, question: str, exchanges: Exchanges) -> Iterator[Changes]:
        """Answer a question in its conversation, and paint each step."""
        yield from self.answer(question, exchanges, alone=False, talk="")

    def answer(
        self, question: str, exchanges: Exchanges, *, alone: bool, talk: str
    ) -> Iterator[Changes]:
        """Answer a question below ``exchanges``, and paint each step.

        Args:
            question: As it was typed.
            exchanges: The conversation so far.
            alone: Whether what was said before means nothing for it.
            talk: The conversation's own name; empty: that of ``exchanges``, or a new one.
        """
        parts = self._parts
        if not question.strip() or (exchanges and exchanges[-1].pending):
            yield {parts.exchanges: gr.skip()}
            return
        talk = talk or (exchanges[0].talk if exchanges else uuid4().hex)
        current = Exchange(len(exchanges) + 1, question, alone=alone, talk=talk)
        reply = Reply(self._assistant, question, () if alone else history_of(exchanges))
        begun = {parts.question: "", parts.article: "", parts.reply: reply}
        yield paint(parts, (*exchanges, current)) | begun
        for step in answering(current, reply):
            yield paint(parts, (*exchanges, step))

    def stop(self, exchanges: Exchanges, reply: Reply | None) -> Changes:
        """End the answer that is being made; what is ready of it stays."""
        if reply is not None:
            reply.stop()
        if exchanges and exchanges[-1].pending:
            exchanges = (*exchanges[:-1], replace(exchanges[-1], stopped=True))
        return paint(self._parts, exchanges)

    def empty(self) -> Changes:
        """Show a new conversation."""
        return paint(self._parts, ()) | {self._parts.article: ""}

    def greet(self) -> Changes:
        """Show what the answers come from."""
        return {self._parts.header: self.header()}

    def header(self) -> str:
        """Return the page's head, or why the index cannot be used."""
        try:
            return header_html(self._assistant.status(), self._assistant.model)
        except UserError as error:
            return header_error_html(str(error))


def discard(reply: Reply | None) -> None:
    """Stop an answer that nobody wants to see any more."""
    if reply is not None:
        reply.discard()
