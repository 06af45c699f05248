"""From an assistant to a browser page: a chat on the left, the sources of its answers beside it.

What is said lives in one ``gr.State`` per reader, as a tuple of exchanges; the chat, the panel and
the buttons are painted from it and never read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import gradio as gr
from gradio.events import Dependency, api
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from assistant.answering import Answering
from assistant.server.access import Access, Guard
from assistant.server.login import PasswordCheck
from assistant.web.articles import tab
from assistant.web.articles.uploads import LARGEST
from assistant.web.chat import markup
from assistant.web.chat.actions import LISTEN, Actions, connect_actions
from assistant.web.chat.asking import Asking, discard
from assistant.web.chat.buttons import talks_html
from assistant.web.chat.paint import EXAMPLES
from assistant.web.chat.parts import Parts
from assistant.web.endpoint import ask_endpoint
from assistant.web.handlers import QUIET

TITLE: Final = "Article Assistant"
STYLES: Final = tuple(
    Path(__file__).with_name(f"{part}.css")
    for part in (
        "layout",
        "conversations",
        "messages",
        "sources",
        "buttons",
        "reading",
        "narrow",  # last: it overrides the others on a narrow screen
    )
)
"""The style sheets, in the order in which a browser reads them."""
SCRIPT: Final = Path(__file__).with_name("page.js")
AT_ONCE: Final = 4
"""Questions that are answered at the same time; more of them wait."""


def build_page(assistant: Answering, feedback: Path, folder: Path | None = None) -> gr.Blocks:
    """Return the page over ``assistant``.

    Args:
        assistant: Answers.
        feedback: The file that takes what readers think of answers.
        folder: Of the index, for a tab with its articles; None: without one.
    """
    page = gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),
    )
    with page:
        parts = _lay_out()
        asking = Asking(parts, assistant)
        # First: a private handler of that name would take it.
        api(ask_endpoint(assistant), api_name="ask", concurrency_limit=AT_ONCE)
        _connect(page, parts, asking, Actions(parts, assistant, asking, feedback))
        if folder is not None:
            with parts.tabs:
                tab.add_tab(page, folder, parts.header, asking.header)
    page.queue(default_concurrency_limit=AT_ONCE)
    return page


def start_page(
    page: gr.Blocks,
    access: Access,
    password_check: PasswordCheck | None = None,
    routes: Sequence[BaseRoute] = (),
) -> None:
    """Start serving ``page`` and return; with a ``password_check`` only to those it lets in.

    Args:
        page: The page.
        access: Where to listen, and who may come in.
        password_check: Knows the name and the password that the page asks for; None: for none.
        routes: Of the same server, for other programs; the guard stands before them, too, but the
            password is theirs to ask for.

    Raises:
        OSError: The port cannot be used.
    """
    page.launch(
        server_name=f"[{access.host}]" if ":" in access.host else access.host,
        server_port=access.port,
        # Gradio awaits a coroutine function, whatever its annotation says, though not an object
        # that is called like one.
        auth=password_check.admits if password_check else None,  # type: ignore[arg-type]
        auth_message=f"{TITLE} asks for the name and the password that it was started with.",
        app_kwargs={
            "middleware": [Middleware(Guard, any_name=access.any_name)],
            "routes": list(routes),
        },
        share=False,
        quiet=True,
        show_error=False,
        prevent_thread_lock=True,
        footer_links=[],
        theme=_theme(),
        max_file_size=LARGEST,
        css_paths=[*STYLES, *tab.STYLES],
    )


def _theme() -> gr.Theme:
    # Fonts of the system only: anything else would be fetched.
    theme = gr.themes.Soft(
        primary_hue="teal",
        neutral_hue="slate",
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "monospace"],
    )
    # The default shades have too little contrast; the page to log in has no other style than this.
    return theme.set(
        block_title_text_color="*primary_800",
        block_title_text_color_dark="*primary_100",
        block_title_background_fill_dark="*primary_900",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
    )


def _lay_out() -> Parts:
    exchanges, reply = gr.State(()), gr.State(None)
    header = gr.HTML(elem_id="head")
    gr.HTML(talks_html(), elem_id="talks")
    relay = gr.HTML(elem_id="relay", visible="hidden", js_on_load=LISTEN)
    with gr.Tabs() as tabs, gr.Tab("Chat", id="chatting"), gr.Row(elem_id="columns"):
        with gr.Column(scale=58, elem_id="talk"):
            chat = _chat()
            with gr.Row(elem_id="ask"):
                question = _question()
                send = gr.Button("Ask", variant="primary", elem_id="send", scale=0)
                stop = gr.Button("Stop", variant="stop", elem_id="stop", scale=0, visible=False)
            with gr.Row(elem_id="examples"):
                examples = tuple(
                    gr.Button("", size="sm", visible=False, elem_classes="example")
                    for _ in range(EXAMPLES)
                )
        with gr.Column(scale=42, elem_id="side"):
            panel = gr.HTML(markup.panel_html(()), elem_id="panel")
            article = gr.HTML(elem_id="article")
    shown = (header, chat, question, send, stop, examples, panel, article)
    return Parts(exchanges, reply, *shown, relay, tabs)


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        label="Conversation",
        show_label=False,
        height="100%",
        latex_delimiters=[],
        allow_tags=False,
        buttons=[],
        feedback_options=None,
        placeholder="Ask a question: the answer comes with the sentences it rests on.",
    )


def _question() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label="Ask about your articles",
        placeholder="Ask about your articles",
        container=False,
        max_lines=5,
        autofocus=True,
        scale=1,
    )


def _connect(page: gr.Blocks, parts: Parts, asking: Asking, actions: Actions) -> None:
    begun = _connect_asking(page, parts, asking)
    connect_actions(parts, actions, begun)
    page.load(None, js=SCRIPT.read_text("utf-8"))


def _connect_asking(page: gr.Blocks, parts: Parts, asking: Asking) -> list[Dependency]:
    """Connect what asks; return the events after which there is something to lead on from."""
    asked = [parts.question.submit, parts.send.click]
    begun = [gr.on(asked, asking.ask, [parts.question, parts.exchanges], parts.all, **QUIET)]
    begun += [
        example.click(asking.ask, [example, parts.exchanges], parts.all, **QUIET)
        for example in parts.examples
    ]
    running = [parts.exchanges, parts.reply]
    parts.stop.click(asking.stop, running, parts.all, queue=False, **QUIET)
    cleared = parts.relay.clear(discard, parts.reply, None, queue=False, **QUIET)
    # In a step of its own: what the discarded answer painted last must be painted over.
    emptied = cleared.then(asking.empty, None, parts.all, **QUIET)
    shown = (page.load, emptied.then)
    return begun + [event(asking.greet, None, parts.header, **QUIET) for event in shown]
