"""The small buttons in answers and cards: pure functions; ``page.js`` tells Python of a click."""

from __future__ import annotations

from html import escape


def act(event: str, label: str, *about: object, css: str = "", title: str = "") -> str:
    """Return a button whose click reaches Python as an event of the page's relay.

    Args:
        event: Name of the event.
        label: What it says; our own words.
        about: What it is about: numbers or single words.
        css: Further classes.
        title: What a pointer that rests on it is told; our own words.
    """
    value = escape(" ".join([event, *map(str, about)]), quote=True)
    classes = f"act {css}".strip()
    hint = f' title="{escape(title, quote=True)}"' if title else ""
    return f'<button type="button" class="{classes}" value="{value}"{hint}>{label}</button>'


def read_button(turn: int, n: int) -> str:
    """Return the button that opens the whole article at a quote."""
    return f'<p class="controls">{act("expand", "Read the article", turn, n)}</p>'
