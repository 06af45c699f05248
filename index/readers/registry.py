"""All that is known of the formats of articles: one entry each, which everything else asks.

A new format is a module in this folder with a function ``read(data: bytes) -> Draft``, and an entry
in ``FORMATS``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from index.readers.common.draft import Draft
from index.types import ReadItem

UNSPECIFIC = (
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/force-download",
    "application/x-download",
    "application/zip",
)
"""What servers call files that they know nothing of; a zip archive may be a book or a document."""

_ANY_XML = ("", "application/xml", "text/xml")  # what old servers call web pages in XML
_HEAD = 1024
"""Bytes in which a file shows its format; pages have comments and XML declarations in front."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of articles.

    Attributes:
        module: Reads it, by ``read(data) -> Draft``; where ``lines``, by ``read_lines(path)``.
        suffixes: What its files end with, in small letters; the first one stands for all.
        media_types: What servers call it.
        web_suffixes: What its addresses may end with besides.
        magic: Is found in the first bytes of its files, where servers do not name it.
        magic_types: The media types that leave it to the magic.
        plain: Whether it needs no parser that could be led astray; then it is read at once.
        text: Whether it is text, whose encoding a server may name.
        lines: Whether each line of a file holds an article, so that files may have any size.
    """

    module: str
    suffixes: tuple[str, ...]
    media_types: tuple[str, ...] = ()
    web_suffixes: tuple[str, ...] = ()
    magic: re.Pattern[bytes] | None = None
    magic_types: tuple[str, ...] = UNSPECIFIC
    plain: bool = False
    text: bool = False
    lines: bool = False

    @property
    def suffix(self) -> str:
        """The suffix that stands for the format."""
        return self.suffixes[0]


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS: tuple[Format, ...] = (
    Format("index.readers.text", (".txt",), ("text/plain",), plain=True, text=True),
    Format(
        "index.readers.markdown",
        (".md", ".markdown"),
        ("text/markdown", "text/x-markdown"),
        plain=True,
        text=True,
    ),
    Format(
        "index.readers.html",
        (".html", ".htm"),
        ("text/html", "application/xhtml+xml"),
        web_suffixes=(".xhtml",),
        magic=re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE),
        magic_types=_ANY_XML,
        text=True,
    ),
    Format(
        "index.readers.pdf",
        (".pdf",),
        ("application/pdf", "application/x-pdf"),
        magic=re.compile(rb"\A%PDF-"),
    ),
    Format("index.readers.docx", (".docx",), (_WORD,)),
    Format(
        "index.readers.rtf",
        (".rtf",),
        ("application/rtf", "text/rtf"),
        magic=re.compile(rb"\A\{\\rtf"),
    ),
    Format("index.readers.epub", (".epub",), ("application/epub+zip",)),
    Format("index.readers.mail", (".eml",), ("message/rfc822",)),
    Format("index.readers.jsonl", (".jsonl", ".jsonl.gz"), lines=True),
)
"""The formats that can be read, in the order in which they are named to a person."""


def suffixes() -> tuple[str, ...]:
    """Return what the files end with that can be read, in small letters."""
    return tuple(suffix for each in FORMATS for suffix in each.suffixes)


def formats_in_words() -> str:
    """Return the formats that can be read, for a sentence: ``.txt, .md or .html``."""
    *others, last = (each.suffix for each in FORMATS)
    return f"{', '.join(others)} or {last}"


def suffix_of(name: str) -> str:
    """Return the suffix by which a file of that name can be read, or "" where it cannot."""
    ends = (each for each in suffixes() if name.lower().endswith(each) and len(name) > len(each))
    return max(ends, key=len, default="")


def format_of_name(name: str) -> Format | None:
    """Return the format of a file of that name, or None where it cannot be read."""
    suffix = suffix_of(name)
    return next((each for each in FORMATS if suffix in each.suffixes), None)


def format_of_response(media_type: str, name: str, data: bytes) -> Format | None:
    """Return the format of what a server sent, or None where it cannot be read.

    Args:
        media_type: What the server calls it, in small letters, or "".
        name: The last part of its address.
        data: Its bytes.
    """
    named = _named_on_the_web(name)
    declared = next((each for each in FORMATS if media_type in each.media_types), None)
    if declared:
        # Servers call by this name anything that is written in plain text: Markdown, too.
        says_little = media_type == "text/plain"
        return named if says_little and named and named.plain else declared
    if media_type in UNSPECIFIC and named:
        return named
    return _by_magic(media_type, data[:_HEAD])


def read_by(module: str, data: bytes) -> Draft:
    """Read the bytes of a file by a format's module.

    Raises:
        UnreadableContentError: The file holds no article.
    """
    # Imported here, because some of these formats need libraries that take long to load.
    draft: Draft = import_module(module).read(data)
    return draft


def read_lines_by(module: str, path: Path) -> Iterator[ReadItem]:
    """Read a file that holds many articles by a format's module; see ``jsonl.read_lines``."""
    items: Iterator[ReadItem] = import_module(module).read_lines(path)
    return items


def _named_on_the_web(name: str) -> Format | None:
    """The format that an address ends with; files of many articles are not looked for there."""
    return next(
        (
            each
            for each in FORMATS
            if not each.lines and name.lower().endswith((*each.suffixes, *each.web_suffixes))
        ),
        None,
    )


def _by_magic(media_type: str, head: bytes) -> Format | None:
    """The format whose magic comes first: a page may speak of a PDF file, and the other way."""
    begun = [
        (match.start(), each)
        for each in FORMATS
        if each.magic and media_type in each.magic_types and (match := each.magic.search(head))
    ]
    return min(begun, key=lambda pair: pair[0])[1] if begun else None
