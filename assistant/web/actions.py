"""What the buttons in answers and cards do: ``page.js`` tells a hidden relay, the relay Python.

A message is HTML that Gradio has sanitised; nothing in it can be a component of its own. So each
button names an event of the relay and what it is about, and the conversation it is about is the
reader's own: it comes from their ``gr.State``, never from the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import gradio as gr

from assistant.types import Citation
from assistant.web.article import article_html, gone_html, quote_span
from assistant.web.talk import Answering, Exchange, Exchanges
from index.errors import UserError

if TYPE_CHECKING:
    from assistant.web.page import Parts

Changes = dict[Any, Any]
"""New values by component: what a Gradio handler returns."""

QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}
SCRIPT: Final = Path(__file__).with_name("page.js")

_LISTEN: Final = """
document.addEventListener("act", ({detail}) => trigger(detail.name, {values: detail.values}));
document.documentElement.classList.add("listening");
"""


def connect_actions(page: gr.Blocks, parts: Parts, assistant: Answering) -> None:
    """Connect the buttons in answers and cards, and load the page's script."""
    relay = gr.HTML(elem_id="relay", visible="hidden", js_on_load=_LISTEN)
    opened = _opener(parts, assistant)
    relay.expand(opened, parts.exchanges, parts.article, queue=False, **QUIET)
    relay.collapse(lambda: "", None, parts.article, queue=False, **QUIET)
    page.load(None, js=SCRIPT.read_text("utf-8"))


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
            gr.Warning(str(error))
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
