"""The page's one public Gradio endpoint, ``/ask``: for programs that use ``gradio_client``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.answering import Answering
from assistant.question.messages import read_turns
from assistant.server.reply import Reply
from index.errors import UserError


def ask_endpoint(assistant: Answering) -> Callable[..., Any]:
    """Return what answers a question as a plain object: the one that ``--json`` prints."""

    def ask(question: str, history: list[dict[str, str]] | None = None) -> dict[str, Any]:
        """Answer a question from the articles with exact quotes.

        The history holds the earlier messages, oldest first, each with role and content.
        """
        try:
            *_, last = Reply(assistant, question, read_turns(history)).updates()
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from error
        if last.answer is None:
            raise RuntimeError("the assistant ended without an answer")
        return last.answer.to_dict()

    return ask
