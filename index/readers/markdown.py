"""The bytes of a Markdown file go in; its article comes out as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.readers.common.authors import clean_author
from index.readers.common.dates import iso_date
from index.readers.common.decoding import decode
from index.readers.common.draft import Draft
from index.readers.common.head import read_head
from index.readers.common.titles import clean_line
from index.readers.html import visible_parts, with_sections

if TYPE_CHECKING:
    from markdown_it.token import Token

# YAML between two lines of dashes, at the very beginning.
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)  # HTML that people write in tables of Markdown


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of text between empty lines; ``top``: it is a heading of the first level."""

    text: str
    headings: Sequence[str] = ()
    top: bool = False


def read(data: bytes) -> Draft:
    """Read a Markdown file: front matter, then blocks, separated by empty lines.

    Raises:
        UnreadableContentError: The file is empty or no text.
    """
    given, body = _split_front_matter(decode(data))
    blocks = list(_blocks(body))
    heading = next((block for block in blocks if block.top), _Block(""))
    title = given.title or heading.text
    if heading.text and clean_line(heading.text).casefold() == title.casefold():
        blocks.remove(heading)
    text = "\n\n".join(block.text for block in blocks)
    draft = read_head(text or heading.text, Draft(title, "", given.author, given.published))
    return with_sections(draft, [each for block in blocks for each in block.headings])


def _split_front_matter(text: str) -> tuple[Draft, str]:
    match = _FRONT_MATTER.match(text)
    fields = _load_fields(match[1]) if match else None
    if not match or fields is None:
        return Draft(), text
    title = fields.get("title")
    draft = Draft(
        title=clean_line(str(title)) if isinstance(title, str | int | float) else "",
        author=clean_author(fields.get("author") or fields.get("authors")),
        published=iso_date(fields.get("date") or fields.get("published")),
    )
    return draft, text[match.end() :]


def _load_fields(source: str) -> dict[str, object] | None:
    import yaml

    try:
        fields = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: a date like 2025-13-45
        return None
    if not isinstance(fields, dict):
        return None
    return {str(name).lower(): value for name, value in fields.items()}


def _blocks(body: str) -> Iterator[_Block]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    cells: list[str] = []
    for place, token in enumerate(tokens):
        if token.type == "inline":
            opening = tokens[place - 1]
            text = _inline_text(token.children or [])
            if opening.type in ("th_open", "td_open"):
                cells.append(text)
            elif opening.type == "heading_open" and clean_line(text):
                yield _Block(clean_line(text), (clean_line(text),), top=opening.tag == "h1")
            elif text:
                yield _Block(text)
        elif token.type == "tr_close":
            yield _Block(" | ".join(map(clean_line, cells)))
            cells = []
        elif token.type in ("fence", "code_block"):
            yield _Block(token.content.strip("\n"))
        elif token.type == "html_block":
            text, headings = visible_parts(token.content)
            if text:
                yield _Block(text, headings)


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
