"""The small buttons in answers and cards: pure functions; ``page.js`` tells Python of a click."""

from __future__ import annotations

from assistant.web.chat.conversation import Exchange
from assistant.web.html import act


def read_button(turn: int, n: int) -> str:
    """Return the button that opens the whole article at a quote."""
    return f'<p class="controls">{act("expand", "Read the article", turn, n)}</p>'


def understood_buttons(exchange: Exchange) -> str:
    """Return what a reader can do about a question that was taken to mean something else."""
    correct = act(
        "edit", "Correct it", exchange.turn, "understood", title="Puts it into the question box"
    )
    if exchange.alone:
        return correct
    title = "Asks again, without what was said before"
    alone = act("retry", "Ask it as I wrote it", exchange.turn, "alone", title=title)
    return f"{correct} {alone}"


def message_buttons(exchange: Exchange) -> str:
    """Return what can be done with an answer, or about one that failed or was stopped."""
    answer, turn = exchange.answer, exchange.turn
    if exchange.pending or (answer and answer.kind == "greeting"):
        return ""
    buttons = [
        act("retry", "Ask again", turn, "again"),
        act("edit", "Edit", turn, "asked", title="Puts the question into the box again"),
    ]
    if answer:
        title = "As Markdown, each quote as a footnote"
        buttons.insert(0, act("copy", "Copy", turn, title=title))
        buttons += [_opinion(exchange, liked=True), _opinion(exchange, liked=False)]
    return f'<div class="controls">{"".join(buttons)}</div>'


def _opinion(exchange: Exchange, *, liked: bool) -> str:
    label = "Helpful" if liked else "Not helpful"
    if exchange.liked is liked:
        return f'<span class="said">{label} ✓</span>'
    title = "Noted with the answer in a file on the machine that answers"
    return act("like", label, exchange.turn, "up" if liked else "down", title=title)


def talks_html() -> str:
    """Return the list of the conversations that the browser keeps; ``page.js`` fills it."""
    new = act("clear", 'New <span class="more">conversation</span>')
    earlier = 'Earlier <span class="more">conversations</span>'
    return (
        f'<div class="talks">{new}<details><summary>{earlier}</summary>'
        '<div class="menu"><p class="note">Kept in this browser only.</p><ul></ul></div>'
        "</details></div>"
    )
