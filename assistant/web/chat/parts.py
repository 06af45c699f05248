"""The components of the chat that change: laid out in ``page``, painted by ``paint``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the page that change; what each shows comes from the conversation."""

    exchanges: gr.State
    reply: gr.State
    header: gr.HTML
    chat: gr.Chatbot
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    examples: tuple[gr.Button, ...]
    panel: gr.HTML
    article: gr.HTML
    relay: gr.HTML
    tabs: gr.Tabs

    @property
    def all(self) -> list[Any]:
        """Every one of them, as outputs of a handler."""
        shown = [self.header, self.chat, self.question, self.send, self.stop, self.panel]
        return [self.exchanges, self.reply, *shown, self.article, *self.examples]
