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
from index.readers.common.titles import LONGEST_HEADLINE, one_line
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
_PLACEHOLDER_DAY = dt.datetime(2013, 12, 23, 23, 15, tzinfo=dt.UTC)
_TITLE_WITHIN = 6  # blocks
_HEADING_NAME = re.compile(r"heading(?: [1-9])?")
_CONTENTS_NAME = re.compile(r"toc [1-9]|table of (?:figures|authorities)")
_DEAD_LINK = re.compile(rb"<Relationship\b[^>]*\bTarget=\"[^\"]*NULL\"[^>]*/>")
_BODY_LEVEL = 9
_HIDING = ("1", "true", "on", "Table of Contents")
_MOST_STYLES_DEEP = 20

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_VALUE, _ID = f"{_W}val", f"{_W}id"
_LETTERS = (f"{_W}t", f"{_M}t")
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# What is not to be seen on the page; of an alternative only the first choice is.
_UNSEEN = [f"{_W}{name}" for name in ("del", "moveFrom", "rt")] + [f"{_MC}Fallback"]
_WRAPPERS = [f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo")]


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
        properties = replace(properties, title=one_line(title.text))
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
    _flatten(document)
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


def _flatten(document: Document) -> None:
    """Take out what is not seen, and put what is wrapped or apart where it is read."""
    body = document.element.body
    _clean_up(body)
    _insert_notes(document, body)
    for box in reversed(list(body.iter(f"{_W}txbxContent"))):
        paragraph = next(box.iterancestors(f"{_W}p"), None)
        if paragraph is not None:
            _put_behind(paragraph, list(box))


def _clean_up(root: Any) -> None:
    _delete(root)
    for mark in list(root.iter(f"{_W}vanish", f"{_W}showingPlcHdr", f"{_W}docPartGallery")):
        owner = next(mark.iterancestors(f"{_W}r", f"{_W}p", f"{_W}sdt"), None)
        if mark.get(_VALUE, "1") in _HIDING and owner is not None and owner.tag != f"{_W}p":
            _remove(owner)
    for wrapper in list(root.iter(*_WRAPPERS)):
        if wrapper.getparent() is not None and wrapper.getparent().tag != f"{_W}rPr":
            _put_behind(wrapper, list(wrapper))
            _remove(wrapper)


def _delete(root: Any) -> None:
    for mark in list(root.iter(f"{_W}del")):
        parent = mark.getparent()
        if parent.tag == f"{_W}trPr":
            _remove(parent.getparent())
        elif parent.tag == f"{_W}rPr" and parent.getparent().tag == f"{_W}pPr":
            _join_with_next(parent.getparent().getparent())
    for element in list(root.iter(*_UNSEEN)):
        _remove(element)


def _join_with_next(paragraph: Any) -> None:
    """Move what a paragraph holds into the next one, where the end between them is deleted."""
    following = paragraph.getnext()
    if following is None or following.tag != f"{_W}p":
        return
    place = 1 if following.find(f"{_W}pPr") is not None else 0
    following[place:place] = [child for child in paragraph if child.tag != f"{_W}pPr"]


def _insert_notes(document: Document, body: Any) -> None:
    """Put each footnote and endnote behind the paragraph or table that refers to it."""
    from docx.oxml.parser import parse_xml

    parts = [each.target_part for each in document.part.rels.values() if not each.is_external]
    for kind in ("footnote", "endnote"):
        part = next((p for p in parts if str(p.partname).endswith(f"/{kind}s.xml")), None)
        if part is None:
            continue
        root = parse_xml(part.blob)
        _clean_up(root)
        notes = {note.get(_ID): note for note in root.iter(f"{_W}{kind}")}
        for reference in reversed(list(body.iter(f"{_W}{kind}Reference"))):
            note = notes.pop(reference.get(_ID), None)
            place = next((e for e in reference.iterancestors() if e.getparent() is body), None)
            if note is not None and place is not None:
                _put_behind(place, list(note))


def _put_behind(place: Any, elements: Sequence[Any]) -> None:
    for element in reversed(elements):
        place.addnext(element)


def _remove(element: Any) -> None:
    parent = element.getparent() if element is not None else None
    if parent is not None:
        parent.remove(element)


def _blocks(document: Document) -> Iterator[_Block]:
    kinds = _kinds_of_styles(document.styles.element)
    for block in _inner_blocks(document.element.body, kinds):
        text = "\n".join(filter(None, map(str.strip, clean(block.text).split("\n"))))
        if any(map(str.isalnum, text)):
            yield _Block(one_line(text) if block.kind else text, block.kind)


def _inner_blocks(parent: Any, kinds: dict[str, str]) -> Iterator[_Block]:
    """The paragraphs and tables of a body or a cell, in order."""
    for element in parent.iterchildren(f"{_W}p", f"{_W}tbl"):
        if element.tag == f"{_W}tbl":
            yield from _rows(element, kinds)
            continue
        kind = _kind(element, kinds)
        if kind != "contents":
            text = _words(element)
            yield _Block(text, kind if len(text) <= LONGEST_HEADLINE else "")


def _rows(table: Any, kinds: dict[str, str]) -> Iterator[_Block]:
    rows = [list(_cells(row)) for row in table.iterchildren(f"{_W}tr")]
    if all(len(cells) <= 1 for cells in rows):  # a frame around text
        for cell in chain.from_iterable(rows):
            yield from _inner_blocks(cell, kinds)
        return
    for cells in rows:
        yield _Block(one_line(" | ".join(_cell_text(cell, kinds) for cell in cells)))


def _cells(row: Any) -> Iterator[Any]:
    """The cells of a row, without those that only continue one of the row above."""
    for cell in row.iterchildren(f"{_W}tc"):
        merges = [cell.find(f"{_W}tcPr/{_W}{name}") for name in ("vMerge", "hMerge")]
        values = [merge.get(_VALUE, "continue") for merge in merges if merge is not None]
        if "continue" not in values:
            yield cell


def _cell_text(cell: Any, kinds: dict[str, str]) -> str:
    """What a cell holds on one line, the rows of a table inside it too."""
    parts: list[str] = []
    for element in cell.iterchildren(f"{_W}p", f"{_W}tbl"):
        if element.tag == f"{_W}tbl":
            rows = (one_line(row.text) for row in _rows(element, kinds))
            parts.append("; ".join(row for row in rows if any(map(str.isalnum, row))))
        else:
            parts.append(one_line(_words(element)))
    return " ".join(filter(None, parts))


def _words(paragraph: Any) -> str:
    # The tabs among its properties are none of its text.
    children = (child for child in paragraph.iterchildren() if child.tag != f"{_W}pPr")
    found = (each for child in children for each in child.iter(*_LETTERS, *_SIGNS))
    return "".join(_SIGNS.get(each.tag) or each.text or "" for each in found)


def _kind(paragraph: Any, kinds: dict[str, str]) -> str:
    level = _value(paragraph, "pPr", "outlineLvl")
    if level.isdecimal():
        return "heading" if int(level) < _BODY_LEVEL else ""
    return kinds.get(_value(paragraph, "pPr", "pStyle"), "")


def _kinds_of_styles(root: Any) -> dict[str, str]:
    """Which styles of paragraphs are those of headings, titles and tables of contents."""
    styles = {style.get(f"{_W}styleId", ""): style for style in root.iter(f"{_W}style")}
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
    found = element.find("/".join(f"{_W}{name}" for name in path))
    return "" if found is None else found.get(_VALUE, "")
