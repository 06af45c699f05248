"""The bytes of a Markdown file go in; its article comes out as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index.readers.dates import iso_date
from index.readers.decoding import decode
from index.readers.draft import Draft
from index.readers.heading import read_head
from index.readers.names import clean_author
from index.readers.titles import one_line

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(data: bytes) -> Draft:
    """Read a Markdown file: front matter, then blocks, separated by empty lines.

    Raises:
        UnreadableContentError: The file is empty or no text.
    """
    known, body = _split_front_matter(decode(data))
    blocks = list(_blocks(body))
    heading = next((text for is_heading, text in blocks if is_heading), "")
    title = known.title or heading
    if heading and one_line(heading).casefold() == title.casefold():
        blocks.remove((True, heading))
    text = "\n\n".join(text for _, text in blocks)
    known = Draft(title, "", known.author, known.published)
    return read_head(text or heading, known)


def _split_front_matter(text: str) -> tuple[Draft, str]:
    match = _FRONT_MATTER.match(text)
    fields = _load_fields(match[1]) if match else None
    if not match or fields is None:
        return Draft(), text
    title = fields.get("title")
    known = Draft(
        title=one_line(str(title)) if isinstance(title, str | int | float) else "",
        author=clean_author(fields.get("author") or fields.get("authors")),
        published=iso_date(fields.get("date") or fields.get("published")),
    )
    return known, text[match.end() :]


def _load_fields(source: str) -> dict[str, object] | None:
    import yaml

    try:
        fields = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: a date like 2025-13-45
        return None
    if not isinstance(fields, dict):
        return None
    return {str(name).lower(): value for name, value in fields.items()}


def _blocks(body: str) -> Iterator[tuple[bool, str]]:
    """Each block of text, and whether it is a heading of the first level."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    cells: list[str] = []
    for place, token in enumerate(tokens):
        if token.type == "inline":
            opening = tokens[place - 1]
            text = _inline_text(token.children or [])
            if opening.type in ("th_open", "td_open"):
                cells.append(text)
            elif text:
                yield opening.type == "heading_open" and opening.tag == "h1", text
        elif token.type == "tr_close":
            yield False, " | ".join(map(one_line, cells))
            cells = []
        elif token.type in ("fence", "code_block"):
            yield False, token.content.strip("\n")
        elif token.type == "html_block":
            yield from _html_blocks(token.content)


def _html_blocks(source: str) -> Iterator[tuple[bool, str]]:
    from index.readers.html import visible_text

    text = visible_text(source)
    if text:
        yield False, text


def _inline_text(tokens: Sequence[Token]) -> str:
    return "".join(map(_token_text, tokens)).strip()


def _token_text(token: Token) -> str:
    if token.type == "softbreak":
        return " "
    if token.type == "html_inline":
        return "\n" if _BREAK_TAG.fullmatch(token.content) else ""
    if token.type == "image":
        return _inline_text(token.children or [])
    return "\n" if token.type == "hardbreak" else token.content
