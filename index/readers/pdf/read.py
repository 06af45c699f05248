"""The bytes of a PDF file go in; its article comes out, with the places where its pages begin."""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from index.readers.common.draft import Draft, UnreadableContentError
from index.readers.common.head import read_head
from index.readers.common.properties import meant_author, meant_date, meant_title
from index.readers.common.titles import LONGEST_HEADLINE, clean_line
from index.readers.pdf.lines import Line, read_lines
from index.readers.pdf.paragraphs import PAGE_MARK, Block, body_size, find_blocks, join_blocks
from index.readers.pdf.running_lines import without_running_lines
from index.types import Section

if TYPE_CHECKING:
    from pypdf import PdfReader

NO_PDF = "is no PDF file"
DAMAGED = "is damaged"
LOCKED = "is locked with a password"
SCANNED = "holds no text: it looks scanned; run it through text recognition (OCR) first"
GARBLED = "does not tell which letters it shows; run it through text recognition (OCR) first"

_SIGNATURE_WITHIN = 1024  # bytes; mail and web servers have put lines in front of it
_LONGEST_REASON = 100  # characters of what pypdf says
_END = b"\nstartxref\n0\n%%EOF\n"  # with it, pypdf looks for what a file that was cut off holds
_MOST_GARBLED = 0.25  # share of the letters; a few signs in formulas do no harm
_MOST_HEADINGS = 5000  # of an outline; each is looked for on its pages
_LARGE_PRINT = 1.15  # times the size of the text
_TITLE_WITHIN = 10  # blocks of the first page
# Letters of which the font says only their number.
_GARBAGE = re.compile(r"[\ufffd\ue000-\uf8ff]|/g\d+|\(cid:\d+\)")
# What pypdf stumbles over in damaged files, apart from its own exceptions.
_ODDITIES = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError,
)  # fmt: skip
# "D:20250503…", and what careless programs make of it.
_DAY = re.compile(r"D?:?(\d{4})-?(\d\d)-?(\d\d)")
# Programs that print what others wrote, on whatever day.
_PRINTERS = re.compile(r"Mozilla|Chrom|Firefox|Safari|wkhtmltopdf|print to pdf", re.IGNORECASE)
# "Chapter 3: ", "2.1 ", "IV. ": titles have it in the outline, on the page, or in neither.
_NUMBERING = re.compile(
    r"^(?:(?:appendix|chapter|part|section)\s+)?(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)*|[IVXLC]+)[.:)]?\s+",
    re.IGNORECASE,
)

Heading = tuple[str, int]
"""An entry of the outline: its words, and its page, counted from 0."""


def read(data: bytes) -> Draft:
    """Read a PDF file: the text of its pages in order, its headings, and its properties.

    Raises:
        UnreadableContentError: The file is damaged, locked, or holds no text.
    """
    if b"%PDF-" not in data[:_SIGNATURE_WITHIN]:
        raise UnreadableContentError(NO_PDF)
    with _quiet():
        reader = _opened(data)
        pages = _printed(reader)
        title, author, day = _properties(reader)
        outline = _outline(reader)
    blocks = find_blocks(without_running_lines(pages))
    draft = read_head(join_blocks(blocks), Draft(title or _largest_print(blocks)))
    text, starts = _without_marks(draft.text)
    headings = [each for each in outline if each[0].casefold() != draft.title.casefold()]
    return replace(
        draft,
        text=text,
        author=draft.author or author,
        published=draft.published or day,
        sections=tuple(_sections(text, starts, headings)),
        pages=starts,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what pypdf logs about every oddity of a file that it reads all the same."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(data + _END * (b"startxref" not in data)), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableContentError(LOCKED)
        len(reader.pages)
    except (PyPdfError, *_ODDITIES) as error:
        raise UnreadableContentError(_damaged(error)) from error
    return reader


def _damaged(error: Exception) -> str:
    words = clean_line(str(error)) or type(error).__name__
    return f"{DAMAGED} ({words[:_LONGEST_REASON]})"


def _printed(reader: PdfReader) -> list[list[Line]]:
    """The lines of all pages; a page that is damaged has none, unless none has any."""
    from pypdf.errors import PyPdfError

    pages: list[list[Line]] = []
    failure: Exception | None = None
    for number in range(len(reader.pages)):
        try:
            pages.append(read_lines(reader.pages[number]))
        except (PyPdfError, *_ODDITIES) as error:
            failure = error
            pages.append([])
    text = "".join(line.text for page in pages for line in page)
    if sum(len(each) for each in _GARBAGE.findall(text)) > _MOST_GARBLED * len(text):
        raise UnreadableContentError(GARBLED)
    if not any(map(str.isalnum, text)):
        raise UnreadableContentError(_damaged(failure) if failure else SCANNED)
    return pages


def _properties(reader: PdfReader) -> tuple[str, str | None, str | None]:
    """What the properties say of title and author, and the day on which the file was made."""
    from pypdf.errors import PyPdfError

    try:
        info: Mapping[str, object] = reader.metadata or {}
        title, author = meant_title(info.get("/Title")), meant_author(info.get("/Author"))
        made = "" if _PRINTERS.search(f"{info.get('/Creator')}") else f"{info.get('/CreationDate')}"
    except (PyPdfError, *_ODDITIES):
        return "", None, None
    return title, author, _day(made)


def _day(value: str) -> str | None:
    match = _DAY.match(value)
    try:
        return meant_date(date(*map(int, match.groups()))) if match else None
    except ValueError:
        return None


def _largest_print(pages: Sequence[Sequence[Block]]) -> str:
    """What stands in the largest letters on the first page, if that can be a title."""
    first = next((blocks for blocks in pages if blocks), [])[:_TITLE_WITHIN]
    body = body_size([[line for block in blocks for line in block.lines] for blocks in pages])
    largest = max(first, key=lambda block: block.size)
    title = " ".join(line.text for line in largest.lines)
    if largest.size < _LARGE_PRINT * body or len(title) > LONGEST_HEADLINE:
        return ""
    return "" if _NUMBERING.match(title) or " " not in title else meant_title(title)


def _without_marks(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without the marks of its pages, and where these begin in it."""
    starts: list[int] = []
    pieces: list[str] = []
    length = 0
    for piece in text.split(PAGE_MARK):
        # A mark between two paragraphs stands on a line of its own, which goes with it.
        if not pieces or pieces[-1].endswith("\n"):
            piece = piece.lstrip("\n")
        starts.append(length)
        if piece:
            pieces.append(piece)
        length += len(piece)
    whole = "".join(pieces).rstrip()
    return whole, tuple(min(start, len(whole)) for start in starts)


def _outline(reader: PdfReader) -> list[Heading]:
    from pypdf.errors import PyPdfError

    try:
        return list(_entries(reader, reader.outline))[:_MOST_HEADINGS]
    except (PyPdfError, *_ODDITIES):
        return []


def _entries(reader: PdfReader, entries: Sequence[object]) -> Iterator[Heading]:
    from pypdf.generic import Destination

    for entry in entries:
        if isinstance(entry, list):
            yield from _entries(reader, entry)
        elif isinstance(entry, Destination):
            page = reader.get_destination_page_number(entry)
            if page is not None and entry.title:
                yield str(entry.title), page


def _sections(text: str, starts: Sequence[int], outline: Sequence[Heading]) -> Iterator[Section]:
    """The entries of an outline that stand as lines on their pages or the following ones."""
    lines = [(match.start(), match[0]) for match in re.finditer(r"[^\n]+", text)]
    place = 0
    for heading, page in outline:
        if page >= len(starts):
            continue
        end = starts[page + 2] if page + 2 < len(starts) else len(text)
        first = max(place, bisect_left(lines, (starts[page], "")))
        for number in range(first, len(lines)):
            offset, line = lines[number]
            if offset >= end:
                break
            if _words(line) == _words(heading):
                yield Section(offset, line)
                place = number + 1
                break


def _words(heading: str) -> str:
    """A heading as it is compared: without its number, its spaces and its signs."""
    words = _NUMBERING.sub("", heading.strip(), count=1)
    return "".join(filter(str.isalnum, words)).casefold()
