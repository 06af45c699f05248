"""The bytes of a Word document (.docx) go in; its article comes out, with its headings.

The text is what a reader of the page sees: with insertions, without deletions, each row of a
table as one line, a footnote behind the paragraph that it belongs to.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from index.readers.common.archive import check_archive
from index.readers.common.decoding import clean
from index.readers.common.draft import Draft, UnreadableContentError
from index.readers.common.head import read_head
from index.readers.common.properties import meant_author, meant_date, meant_title
from index.readers.common.titles import LONGEST_HEADLINE, clean_line
from index.readers.docx.flatten import VALUE, W, flatten
from index.readers.html import with_sections

if TYPE_CHECKING:
    from docx.document import Document

NO_WORD = "is damaged, or no Word document"
OLD_WORD = "is an old Word document (.doc) under another name; save it as .docx"
LOCKED = "is locked with a password"
NO_TEXT = "holds no text"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# What python-docx stumbles over in damaged files; SyntaxError: XML that is none.
_ODDITIES = (
    AssertionError, AttributeError, BadZipFile, EOFError, LookupError, NotImplementedError,
    OSError, RuntimeError, SyntaxError, TypeError, ValueError, zlib.error,
)  # fmt: skip
# Of the template from which python-docx makes its documents.
_PLACEHOLDER_DAY = dt.datetime(2013, 12, 23, 23, 15, tzinfo=dt.UTC)
_TITLE_WITHIN = 6  # blocks
_HEADING_NAME = re.compile(r"heading(?: [1-9])?")  # Word's own names, in every language of it
# With page numbers; not for reading.
_CONTENTS_NAME = re.compile(r"toc [1-9]|table of (?:figures|authorities)")
# A picture that was lost; python-docx looks for it and fails.
_DEAD_LINK = re.compile(rb"<Relationship\b[^>]*\bTarget=\"[^\"]*NULL\"[^>]*/>")
_BODY_LEVEL = 9  # of an outline: ordinary text
_MOST_STYLES_DEEP = 20  # styles may be based on each other in a circle

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_LETTERS = (f"{W}t", f"{_M}t")
_SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}


class _Block(NamedTuple):
    """A paragraph or a row of a table; ``kind``: heading, title, or nothing of note."""

    text: str
    kind: str = ""


def read(data: bytes) -> Draft:
    """Read a Word document: its text, its headings and its properties.

    Raises:
        UnreadableContentError: The file is damaged, locked, no Word document, or without words.
    """
    if data.startswith(_OLE):
        raise UnreadableContentError(LOCKED if _ENCRYPTED in data else OLD_WORD)
    check_archive(data)
    try:
        document = _opened(data)
        blocks = list(_blocks(document))
    except _ODDITIES as error:
        raise UnreadableContentError(NO_WORD) from error
    if not any(char.isalnum() for block in blocks for char in block.text):
        raise UnreadableContentError(NO_TEXT)
    return _draft(blocks, *_properties(document))


def _draft(blocks: Sequence[_Block], properties: Draft, day: str | None) -> Draft:
    title = next((block for block in blocks[:_TITLE_WITHIN] if block.kind == "title"), None)
    if title is None and not properties.title and blocks[0].kind == "heading":
        title = blocks[0]
    body = [block for block in blocks if block is not title]
    if title and any(map(str.isalnum, "".join(block.text for block in body))):
        properties = replace(properties, title=clean_line(title.text))
    else:
        body = list(blocks)
    draft = read_head("\n\n".join(block.text for block in body), properties)
    draft = replace(draft, published=draft.published or day)
    return with_sections(draft, [block.text for block in body if block.kind == "heading"])


def _opened(data: bytes) -> Document:
    import docx

    try:
        document = docx.Document(BytesIO(data))
    except KeyError:
        document = docx.Document(_without_dead_links(data))
    flatten(document)
    return document


def _without_dead_links(data: bytes) -> BytesIO:
    """The file without references to lost pictures, which some programs name NULL."""
    target = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            archive.writestr(name, _DEAD_LINK.sub(b"", part) if name.endswith(".rels") else part)
    return target


def _properties(document: Document) -> tuple[Draft, str | None]:
    """What the properties say of title and author, and the day on which the file was made."""
    try:
        core = document.core_properties
        properties = Draft(meant_title(core.title), "", meant_author(core.author))
        made = core.created
    except _ODDITIES:
        return Draft(), None
    return properties, None if made == _PLACEHOLDER_DAY else meant_date(made)


def _blocks(document: Document) -> Iterator[_Block]:
    kinds = _kinds_of_styles(document.styles.element)
    for block in _inner_blocks(document.element.body, kinds):
        text = "\n".join(filter(None, map(str.strip, clean(block.text).split("\n"))))
        if any(map(str.isalnum, text)):
            yield _Block(clean_line(text) if block.kind else text, block.kind)


def _inner_blocks(parent: Any, kinds: dict[str, str]) -> Iterator[_Block]:
    """The paragraphs and tables of a body or a cell, in order."""
    for element in parent.iterchildren(f"{W}p", f"{W}tbl"):
        if element.tag == f"{W}tbl":
            yield from _rows(element, kinds)
            continue
        kind = _kind(element, kinds)
        if kind != "contents":
            text = _words(element)
            yield _Block(text, kind if len(text) <= LONGEST_HEADLINE else "")


def _rows(table: Any, kinds: dict[str, str]) -> Iterator[_Block]:
    rows = [list(_cells(row)) for row in table.iterchildren(f"{W}tr")]
    if all(len(cells) <= 1 for cells in rows):  # a frame around text
        for cell in chain.from_iterable(rows):
            yield from _inner_blocks(cell, kinds)
        return
    for cells in rows:
        yield _Block(clean_line(" | ".join(_cell_text(cell, kinds) for cell in cells)))


def _cells(row: Any) -> Iterator[Any]:
    """The cells of a row, without those that only continue one of the row above."""
    for cell in row.iterchildren(f"{W}tc"):
        merges = [cell.find(f"{W}tcPr/{W}{name}") for name in ("vMerge", "hMerge")]
        values = [merge.get(VALUE, "continue") for merge in merges if merge is not None]
        if "continue" not in values:
            yield cell


def _cell_text(cell: Any, kinds: dict[str, str]) -> str:
    """What a cell holds on one line, the rows of a table inside it too."""
    parts: list[str] = []
    for element in cell.iterchildren(f"{W}p", f"{W}tbl"):
        if element.tag == f"{W}tbl":
            rows = (clean_line(row.text) for row in _rows(element, kinds))
            parts.append("; ".join(row for row in rows if any(map(str.isalnum, row))))
        else:
            parts.append(clean_line(_words(element)))
    return " ".join(filter(None, parts))


def _words(paragraph: Any) -> str:
    # The tabs among its properties are none of its text.
    children = (child for child in paragraph.iterchildren() if child.tag != f"{W}pPr")
    found = (each for child in children for each in child.iter(*_LETTERS, *_SIGNS))
    return "".join(_SIGNS.get(each.tag) or each.text or "" for each in found)


def _kind(paragraph: Any, kinds: dict[str, str]) -> str:
    level = _value(paragraph, "pPr", "outlineLvl")
    if level.isdecimal():
        return "heading" if int(level) < _BODY_LEVEL else ""
    return kinds.get(_value(paragraph, "pPr", "pStyle"), "")


def _kinds_of_styles(root: Any) -> dict[str, str]:
    """Which styles of paragraphs are those of headings, titles and tables of contents."""
    styles = {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
    return {name: _kind_of_style(name, styles) for name in styles}


def _kind_of_style(name: str, styles: dict[str, Any]) -> str:
    """The kind that a style has from itself or from the styles that it is based on."""
    for _ in range(_MOST_STYLES_DEEP):
        style = styles.get(name)
        if style is None:
            break
        shown = _value(style, "name").casefold()
        if _CONTENTS_NAME.fullmatch(shown):
            return "contents"
        if shown == "title":
            return "title"
        level = _value(style, "pPr", "outlineLvl")
        if level.isdecimal():
            return "heading" if int(level) < _BODY_LEVEL else ""
        if _HEADING_NAME.fullmatch(shown):
            return "heading"
        name = _value(style, "basedOn")
    return ""


def _value(element: Any, *path: str) -> str:
    found = element.find("/".join(f"{W}{name}" for name in path))
    return "" if found is None else found.get(VALUE, "")
