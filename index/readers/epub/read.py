"""The bytes of an EPUB book go in; its chapters come out as one article, in reading order."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from zipfile import BadZipFile, ZipFile

from index.readers.common.archive import check_archive
from index.readers.common.draft import Draft, UnreadableContentError
from index.readers.common.titles import opening_words
from index.readers.epub.package import (
    DAMAGED,
    FURNITURE,
    TYPE,
    Files,
    Package,
    parse_xml,
    read_package,
)
from index.readers.html import NO_TEXT, decode_page, visible_parts, with_sections
from index.types import Section

# ValueError: places before the beginning of the file, names that are no text.
_BROKEN = (BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error)
# What a page or a part of it says it is: cover, toc and so on.
_PART_TYPE = re.compile(r"<(?:body|section)\b[^<>]*?\bepub:type\s*=\s*[\"']([^\"']*)", re.I)
# With the marks that close behind it, in all scripts of books.
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔][\"”’'»)\]」』]*$")
_SHORTEST_PROSE = 40  # bytes; headings and names of publishers are shorter
_LONGEST_TITLE_PAGE = 300  # characters; in front of the first chapter, so little is no text
_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class _Chapter:
    text: str
    headings: Sequence[str]


def read(data: bytes) -> Draft:
    """Read a book: its chapters, their headings, and what it says of title, author and date.

    Raises:
        UnreadableContentError: The file is damaged, protected, no book, or without words.
    """
    try:
        check_archive(data)
        with ZipFile(BytesIO(data)) as archive:
            files = Files(archive)
            package = read_package(files)
            return _joined(package, list(_chapters(files, package)))
    except _BROKEN as error:
        raise UnreadableContentError(DAMAGED) from error


def _joined(package: Package, chapters: Sequence[_Chapter]) -> Draft:
    text = _GAP.join(chapter.text for chapter in chapters)
    if not any(map(str.isalnum, text)):
        raise UnreadableContentError(NO_TEXT)
    headings = chain.from_iterable(chapter.headings for chapter in chapters)
    title = package.title or next(headings, "") or opening_words(text)
    sections = tuple(_sections(chapters, title))
    return Draft(title, text, package.author, package.published, sections)


def _sections(chapters: Iterable[_Chapter], title: str) -> Iterator[Section]:
    """The headings of each chapter, looked for in that chapter alone."""
    offset = 0
    for chapter in chapters:
        for section in with_sections(Draft(title, chapter.text), chapter.headings).sections:
            yield Section(offset + section.start, section.title)
        offset += len(chapter.text) + len(_GAP)


def _chapters(files: Files, package: Package) -> Iterator[_Chapter]:
    """The pages with words, without covers, title pages and tables of contents."""
    begun = False
    for page in package.pages:
        source = _source(files.read(page))
        text, headings = visible_parts(source, surroundings=True)
        if not any(map(str.isalnum, text)):
            continue
        if not any(map(_is_prose, text.split("\n"))):
            if page in package.furniture or FURNITURE.search(" ".join(_PART_TYPE.findall(source))):
                continue
            if not begun and len(text) <= _LONGEST_TITLE_PAGE:
                continue
        begun = True
        yield _labelled(_Chapter(text, headings), package.labels.get(page, ""))


def _labelled(chapter: _Chapter, label: str) -> _Chapter:
    """The chapter; where it has no heading, the label from the table of contents becomes one."""
    if chapter.headings or not label:
        return chapter
    first = chapter.text.split("\n")[:3]
    shown = next((line for line in first if line.casefold() == label.casefold()), None)
    if shown:
        return _Chapter(chapter.text, [shown])
    return _Chapter(f"{label}\n{chapter.text}", [label])


def _is_prose(line: str) -> bool:
    # In bytes, because a Chinese character says as much as three Latin letters.
    return len(line.encode()) >= _SHORTEST_PROSE and bool(_SENTENCE_END.search(line))


def _source(data: bytes) -> str:
    """A page in the markup of the web, which knows neither prefixes nor CDATA."""
    from lxml.etree import QName, tostring  # type: ignore[import-untyped]

    tree = parse_xml(data)
    if tree is None:
        try:
            return decode_page(data)
        except UnreadableContentError:  # one empty page leaves the others to be read
            return ""
    for element in list(tree.iter("*")):
        if "pagebreak" in element.get(TYPE, ""):
            element.clear(keep_tail=True)  # the number of a printed page, amid a sentence
        element.tag = QName(element).localname
    return str(tostring(tree, method="html", encoding="unicode"))
