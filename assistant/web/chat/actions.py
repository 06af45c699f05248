"""What the buttons in answers and cards do: ``page.js`` tells a hidden relay, the relay Python.

A message is HTML that Gradio has sanitised; nothing in it can be a component of its own. So each
button names an event of the relay and what it is about, and the conversation it is about is the
reader's own: it comes from their ``gr.State``, never from the browser.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import gradio as gr
from gradio.events import Dependency
from pydantic import BaseModel, ValidationError

from assistant.answer.markdown import answer_markdown
from assistant.answering import Answering
from assistant.server.reply import Reply
from assistant.types import Citation
from assistant.web.chat.article import article_html, gone_html, quote_span
from assistant.web.chat.asking import Asking, discard
from assistant.web.chat.conversation import Exchange, Exchanges
from assistant.web.chat.feedback import keep_feedback
from assistant.web.chat.paint import messages, offer, paint
from assistant.web.chat.parts import Parts
from assistant.web.chat.saved import from_record, to_record
from assistant.web.handlers import QUIET, Changes
from index.errors import UserError

log = logging.getLogger(__name__)

_TO_QUESTION: Final = """() => {
    const box = document.querySelector("#question textarea");
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
}"""
LISTEN: Final = """
document.addEventListener("act", ({detail}) => trigger(detail.name, {values: detail.values}));
document.documentElement.classList.add("listening");
"""


class Actions:
    """What the buttons do: each method has the name of the event that its button sends.

    ``act("retry", …)`` in ``buttons`` makes the button, ``connect_actions`` binds ``relay.retry``.
    """

    def __init__(self, parts: Parts, assistant: Answering, asking: Asking, feedback: Path) -> None:
        """Take what the buttons work on.

        Args:
            parts: The page's components.
            assistant: What answers.
            asking: What asks a question again.
            feedback: The file that takes what readers think of answers.
        """
        self._parts = parts
        self._assistant = assistant
        self._asking = asking
        self._feedback = feedback

    def expand(self, exchanges: Exchanges, event: gr.EventData) -> Changes:
        """Open the whole article at a quote: “Read the article”."""
        article = self._parts.article
        exchange = meant(exchanges, event)
        cited = exchange.sources or exchange.closest if exchange else ()
        focus = next((each for each in cited if str(each.n) == _values(event)[-1]), None)
        if focus is None:
            return {article: gr.skip()}
        try:
            return {article: read_article(self._assistant, focus, cited)}
        except UserError as error:
            gr.Warning(html.escape(str(error)))
            return {article: gr.skip()}

    def collapse(self) -> str:
        """Close the article: “Back to the sources”."""
        return ""

    def edit(self, exchanges: Exchanges, event: gr.EventData) -> Changes:
        """Put a question into the box again: “Edit”, “Correct it”."""
        exchange = meant(exchanges, event)
        if exchange is None:
            return {self._parts.question: gr.skip()}
        answer = exchange.answer
        understood = answer is not None and _values(event)[-1] == "understood"
        text = answer.standalone_question if answer and understood else exchange.question
        return {self._parts.question: text}

    def copy(self, exchanges: Exchanges, event: gr.EventData) -> str:
        """Return an answer as Markdown: “Copy”."""
        exchange = meant(exchanges, event)
        answer = exchange.answer if exchange else None
        return answer_markdown(answer) if answer else ""

    def retry(self, exchanges: Exchanges, event: gr.EventData) -> Iterator[Changes]:
        """Ask a question once more: “Ask again”, “Ask it as I wrote it”."""
        exchange = meant(exchanges, event)
        if exchange is None or exchanges[-1].pending:
            yield {self._parts.exchanges: gr.skip()}
            return
        # The last answer is replaced; one further up stays, since others build on it.
        before = exchanges[:-1] if exchange == exchanges[-1] else exchanges
        alone = exchange.alone or _values(event)[-1] == "alone"
        yield from self._asking.answer(exchange.question, before, alone=alone, talk=exchange.talk)

    def like(self, exchanges: Exchanges, event: gr.EventData) -> Changes:
        """Write down what a reader thinks of an answer: “Helpful”, “Not helpful”."""
        exchange = meant(exchanges, event)
        unchanged: Changes = {self._parts.exchanges: gr.skip()}
        if exchange is None or exchange.answer is None:
            return unchanged
        liked = _values(event)[-1] == "up"
        try:
            keep_feedback(self._feedback, exchange.answer, liked=liked)
        except UserError as error:
            gr.Warning(html.escape(str(error)))
            return unchanged
        if exchanges[-1].pending:  # what is being answered must not be painted over
            return unchanged
        noted = replace(exchange, liked=liked)
        judged = tuple(noted if each == exchange else each for each in exchanges)
        return messages(self._parts, judged)

    def select(self, reply: Reply | None, event: gr.EventData) -> Exchanges:
        """Read the conversation that a browser has kept; none if it cannot be read."""
        exchanges = from_record("".join(_values(event)[:1]))
        if not exchanges:
            gr.Warning("This conversation cannot be opened: it was kept by another version.")
            return ()
        discard(reply)
        return exchanges

    def show(self, exchanges: Exchanges) -> Changes:
        """Show the conversation that was selected; where none could be read, nothing changes."""
        parts = self._parts
        if not exchanges:
            return {parts.exchanges: gr.skip()}
        return paint(parts, exchanges) | {parts.article: "", parts.question: ""}

    def lead_on(self, exchanges: Exchanges) -> Changes:
        """Offer questions that the articles can answer, after an answer or on an empty page."""
        answer = exchanges[-1].answer if exchanges else None
        if exchanges and (answer is None or answer.suggestions):
            return {self._parts.examples[0]: gr.skip()}
        asked = {each.question for each in exchanges}
        try:
            suggestions = self._assistant.suggestions(answer)
        except UserError as error:  # the answer stands; only the offers are missing
            log.warning("no questions to offer: %s", error)
            suggestions = ()
        return offer(self._parts, [each for each in suggestions if each not in asked])


def connect_actions(parts: Parts, actions: Actions, begun: Sequence[Dependency]) -> None:
    """Connect the buttons in answers and cards.

    Args:
        parts: The page's components.
        actions: What the buttons do.
        begun: The events after which there is something to lead on from: an answer, or an empty
            page.
    """
    relay, exchanges = parts.relay, parts.exchanges
    relay.expand(actions.expand, exchanges, parts.article, **QUIET)
    relay.collapse(actions.collapse, None, parts.article, queue=False, **QUIET)
    edited = relay.edit(actions.edit, exchanges, parts.question, queue=False, **QUIET)
    edited.then(None, js=_TO_QUESTION)
    clip = gr.Textbox(visible="hidden", label="Copied")
    copied = relay.copy(actions.copy, exchanges, clip, queue=False, **QUIET)
    copied.then(None, clip, None, js="text => window.articleAssistant.copy(text)")
    judged = relay.like(actions.like, exchanges, [exchanges, parts.chat], **QUIET)
    retried = relay.retry(actions.retry, exchanges, parts.all, **QUIET)
    restored = _connect_select(parts, actions)
    _connect_leads(parts, actions, [*begun, retried, restored])
    _connect_keeping(parts, [*begun, retried, judged])


def _connect_select(parts: Parts, actions: Actions) -> Dependency:
    """Connect what opens a kept conversation; return the event after which it is shown."""
    selected = gr.State(())
    read = parts.relay.select(actions.select, parts.reply, selected, **QUIET)
    # In a step of its own: what the discarded answer painted last must be painted over.
    shown: Dependency = read.then(actions.show, selected, parts.all, **QUIET)
    return shown


def _connect_leads(parts: Parts, actions: Actions, events: Sequence[Dependency]) -> None:
    """Offer further questions after these events."""
    # Answers come first: of all that lead on, one is looked for at a time, and none is left out.
    offered = {"concurrency_limit": 1, "concurrency_id": "leads", "trigger_mode": "multiple"}
    for event in events:
        event.then(actions.lead_on, parts.exchanges, list(parts.examples), **offered, **QUIET)


def _connect_keeping(parts: Parts, events: Sequence[Dependency]) -> None:
    """Let the browser keep the conversation after these events."""
    record = gr.Textbox(visible="hidden", label="Record")
    for event in events:
        kept = event.then(to_record, parts.exchanges, record, queue=False, **QUIET)
        kept.then(None, record, None, js="text => window.articleAssistant.keep(text)")


def read_article(assistant: Answering, focus: Citation, cited: tuple[Citation, ...]) -> str:
    """Return the HTML of the article that ``focus`` quotes, with all that is quoted of it.

    Raises:
        UserError: The index cannot be used.
    """
    with assistant.articles.view() as view:
        article = view.article(focus.article.id)
        if article is None:
            return gone_html(focus.article.title)
        own = [each for each in cited if each.article.id == focus.article.id]
        quotes = [span for each in own if (span := quote_span(article, each))]
        stale = view.is_stale(article.info)
        return article_html(article, quotes, quote_span(article, focus), stale=stale)


def meant(exchanges: Exchanges, event: gr.EventData) -> Exchange | None:
    """Return the exchange that a button is about."""
    turn = next(iter(_values(event)), "")
    return next((each for each in exchanges if str(each.turn) == turn), None)


class _Sent(BaseModel):
    """What ``page.js`` sends with a click: the turn of the exchange first, then what is meant."""

    values: list[str] = []


def _values(event: gr.EventData) -> list[str]:
    """Return what came with an event; a browser can send anything, and then nothing is meant."""
    try:
        return _Sent.model_validate(event._data, strict=True).values
    except ValidationError:
        return []
