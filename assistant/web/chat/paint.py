"""From a conversation to what the page's components show of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import gradio as gr

from assistant.web.chat import markup
from assistant.web.chat.conversation import Exchange, Exchanges
from assistant.web.chat.parts import Parts
from assistant.web.handlers import Changes

EXAMPLES: Final = 3
"""How many questions are offered."""


def paint(parts: Parts, exchanges: Exchanges) -> Changes:
    """Return what every component shows of the conversation."""
    last = exchanges[-1] if exchanges else None
    pending = last is not None and last.pending
    changes: Changes = {
        **messages(parts, exchanges),
        parts.panel: markup.panel_html(exchanges),
        parts.send: gr.update(visible=not pending),
        parts.stop: gr.update(visible=pending),
    }
    if last is None:
        return changes
    return changes | offer(parts, last.answer.suggestions if last.answer else ())


def messages(parts: Parts, exchanges: Exchanges) -> Changes:
    """Return what the chat shows of the conversation."""
    shown = [message for exchange in exchanges for message in _messages(exchange)]
    return {parts.exchanges: exchanges, parts.chat: shown}


def _messages(exchange: Exchange) -> list[dict[str, str]]:
    return [
        {"role": "user", "content": markup.question_html(exchange.question)},
        {"role": "assistant", "content": markup.message_html(exchange)},
    ]


def offer(parts: Parts, questions: Sequence[str]) -> Changes:
    """Return the example buttons with ``questions`` on them; those left over are hidden."""
    offered = [*questions, *([""] * EXAMPLES)]
    return {
        button: gr.update(value=question, visible=bool(question))
        for button, question in zip(parts.examples, offered, strict=False)
    }
