"""From text to what the HTML of both tabs is made of: escaped text, places, dates, buttons."""

from __future__ import annotations

import re
from datetime import date
from html import escape

from index.text import UNPRINTABLE


def clean(text: str) -> str:
    """Return ``text`` in one line: white space collapsed, unprintable characters dropped."""
    return " ".join(UNPRINTABLE.sub("", text).split())


def safe(text: str) -> str:
    """Return ``text`` cleaned and escaped, fit for an element or a quoted attribute."""
    return escape(clean(text), quote=True)


def short_source(source: str) -> str:
    """Return the telling part of a path or an address: its end, and the host of an address."""
    # The scheme and "www." say nothing that a reader would miss.
    bare = re.sub(r"^https?://(www\.)?", "", clean(source))
    # Windows paths have back slashes.
    parts = [part for part in re.split(r"[/\\]", bare) if part]
    if len(parts) <= 2:
        return bare
    if bare != clean(source):
        return f"{parts[0]}/…/{parts[-1]}"
    return f"…/{parts[-2]}/{parts[-1]}"


def long_date(published: str) -> str:
    """Return an ISO date in words; what is no date as it is."""
    try:
        day = date.fromisoformat(published)
    except ValueError:
        return published
    return f"{day.day} {day:%B} {day.year}"


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
