"""What the buttons in answers and cards do: ``page.js`` tells a hidden relay, the relay Python.

A message is HTML that Gradio has sanitised; nothing in it can be a component of its own. So each
button names an event of the relay and what it is about, and the conversation it is about is the
reader's own: it comes from their ``gr.State``, never from the browser.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import gradio as gr
from gradio.events import Dependency

from assistant.answer.markdown import answer_markdown
from assistant.types import Citation
from assistant.web.chat.article import article_html, gone_html, quote_span
from assistant.web.chat.conversation import Answering, Exchange, Exchanges, Reply
from assistant.web.chat.feedback import keep_feedback
from assistant.web.chat.paint import Changes, messages, offer, paint
from assistant.web.chat.saved import from_record, to_record
from index.errors import UserError

if TYPE_CHECKING:
    from assistant.web.chat.page import Parts

Asking = Callable[..., Iterator[Changes]]
"""``ask(question, exchanges, alone=False, talk="")``: paints each step of an answer."""

# What can fail goes through the queue: without it, Gradio drops its warnings.
QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}
SCRIPT: Final = Path(__file__).with_name("page.js")

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


def connect_actions(
    page: gr.Blocks,
    parts: Parts,
    assistant: Answering,
    asking: tuple[Asking, Sequence[Dependency]],
    feedback: Path,
) -> None:
    """Connect the buttons in answers and cards, and load the page's script.

    Args:
        page: The page.
        parts: Its components.
        assistant: What answers.
        asking: What asks a question, and the events after which there is something to lead on
            from: an answer, or an empty page.
        feedback: The file that takes what readers think of answers.
    """
    relay = parts.relay
    ask, begun = asking
    opened, again = _opener(parts, assistant), _asker_again(parts, ask)
    relay.expand(opened, parts.exchanges, parts.article, **QUIET)
    relay.collapse(lambda: "", None, parts.article, queue=False, **QUIET)
    edited = relay.edit(_editor(parts), parts.exchanges, parts.question, queue=False, **QUIET)
    edited.then(None, js=_TO_QUESTION)
    clip = gr.Textbox(visible="hidden", label="Copied")
    copied = relay.copy(_copier(clip), parts.exchanges, clip, queue=False, **QUIET)
    copied.then(None, clip, None, js="text => window.articleAssistant.copy(text)")
    judge = _judge(parts, feedback)
    judged = relay.like(judge, parts.exchanges, [parts.exchanges, parts.chat], **QUIET)
    restored = _connect_kept(parts)
    answered = (*begun, relay.retry(again, parts.exchanges, parts.all, **QUIET))
    leads, record = _leader(parts, assistant), gr.Textbox(visible="hidden", label="Record")
    # Answers come first: of all that lead on, one is looked for at a time, and none is left out.
    offered = {"concurrency_limit": 1, "concurrency_id": "leads", "trigger_mode": "multiple"}
    for each in (*answered, restored):
        each.then(leads, parts.exchanges, list(parts.examples), **offered, **QUIET)
    for each in (*answered, judged):
        kept = each.then(to_record, parts.exchanges, record, queue=False, **QUIET)
        kept.then(None, record, None, js="text => window.articleAssistant.keep(text)")
    page.load(None, js=SCRIPT.read_text("utf-8"))


def _connect_kept(parts: Parts) -> Dependency:
    """Connect what opens a kept conversation; return the event after which it is shown."""
    waiting = gr.State(None)

    def take(reply: Reply | None, event: gr.EventData) -> Exchanges | None:
        taken = from_record("".join(_values(event)[:1]))
        if not taken:
            gr.Warning("This conversation cannot be opened: it was kept by another version.")
            return None
        discard(reply)
        return taken

    def show(taken: Exchanges | None) -> Changes:
        if not taken:
            return {parts.exchanges: gr.skip()}
        return paint(parts, taken) | {parts.article: "", parts.question: ""}

    taken = parts.relay.select(take, parts.reply, waiting, **QUIET)
    # In a step of its own: what the discarded answer painted last must be painted over.
    shown: Dependency = taken.then(show, waiting, parts.all, **QUIET)
    return shown


def discard(reply: Reply | None) -> None:
    """Stop an answer that nobody wants to see any more."""
    if reply is not None:
        reply.discard()


def _asker_again(parts: Parts, ask: Asking) -> Callable[..., Iterator[Changes]]:
    def again(exchanges: Exchanges, event: gr.EventData) -> Iterator[Changes]:
        exchange = meant(exchanges, event)
        if exchange is None or exchanges[-1].pending:
            yield {parts.exchanges: gr.skip()}
            return
        # The last answer is replaced; one further up stays, since others build on it.
        kept = exchanges[:-1] if exchange == exchanges[-1] else exchanges
        alone = exchange.alone or _values(event)[-1] == "alone"
        yield from ask(exchange.question, kept, alone, exchange.talk)

    return again


def _copier(clip: gr.Textbox) -> Callable[[Exchanges, gr.EventData], Changes]:
    def copy(exchanges: Exchanges, event: gr.EventData) -> Changes:
        exchange = meant(exchanges, event)
        answer = exchange.answer if exchange else None
        return {clip: answer_markdown(answer) if answer else ""}

    return copy


def _judge(parts: Parts, feedback: Path) -> Callable[[Exchanges, gr.EventData], Changes]:
    def judge(exchanges: Exchanges, event: gr.EventData) -> Changes:
        exchange = meant(exchanges, event)
        unchanged: Changes = {parts.exchanges: gr.skip()}
        if exchange is None or exchange.answer is None:
            return unchanged
        liked = _values(event)[-1] == "up"
        try:
            keep_feedback(feedback, exchange.answer, liked=liked)
        except UserError as error:
            gr.Warning(html.escape(str(error)))
            return unchanged
        if exchanges[-1].pending:  # what is being answered must not be painted over
            return unchanged
        noted = replace(exchange, liked=liked)
        return messages(parts, tuple(noted if each == exchange else each for each in exchanges))

    return judge


def _editor(parts: Parts) -> Callable[[Exchanges, gr.EventData], Changes]:
    def edit(exchanges: Exchanges, event: gr.EventData) -> Changes:
        exchange = meant(exchanges, event)
        if exchange is None:
            return {parts.question: gr.skip()}
        answer = exchange.answer
        understood = answer is not None and _values(event)[-1] == "understood"
        text = answer.standalone_question if answer and understood else exchange.question
        return {parts.question: text}

    return edit


def _leader(parts: Parts, assistant: Answering) -> Callable[[Exchanges], Changes]:
    def lead_on(exchanges: Exchanges) -> Changes:
        answer = exchanges[-1].answer if exchanges else None
        if exchanges and (answer is None or answer.suggestions):
            return {parts.examples[0]: gr.skip()}
        asked = {each.question for each in exchanges}
        try:
            leads = assistant.suggestions(answer)
        except UserError as error:  # the answer stands; only the offers are missing
            log.warning("no questions to offer: %s", error)
            leads = ()
        return offer(parts, [each for each in leads if each not in asked])

    return lead_on


def _opener(parts: Parts, assistant: Answering) -> Callable[[Exchanges, gr.EventData], Changes]:
    def open_article(exchanges: Exchanges, event: gr.EventData) -> Changes:
        exchange = meant(exchanges, event)
        cited = exchange.sources or exchange.closest if exchange else ()
        focus = next((each for each in cited if str(each.n) == _values(event)[-1]), None)
        if focus is None:
            return {parts.article: gr.skip()}
        try:
            return {parts.article: read_article(assistant, focus, cited)}
        except UserError as error:
            gr.Warning(html.escape(str(error)))
            return {parts.article: gr.skip()}

    return open_article


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


def _values(event: gr.EventData) -> list[str]:
    """Return what came with an event; a browser can send anything."""
    sent = event._data.get("values") if isinstance(event._data, dict) else None
    return [each for each in sent if isinstance(each, str)] if isinstance(sent, list) else []
