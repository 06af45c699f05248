"""A file of JSON lines goes in; an article, or the reason why there is none, comes out of each."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

from index.readers.common.authors import clean_author
from index.readers.common.dates import iso_date
from index.readers.common.decoding import EMPTY, clean, require_words
from index.readers.common.draft import UnreadableContentError
from index.readers.common.head import read_head
from index.readers.common.titles import clean_line
from index.text import path_text
from index.types import Article, ArticleInfo, ReadItem, Unreadable

# Bytes; a line is held in memory whole, and an article is far shorter.
LONGEST_LINE = 100 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


def read_lines(path: Path) -> Iterator[ReadItem]:
    """Read a ``.jsonl`` or ``.jsonl.gz`` file line by line.

    Each line is an object with ``id``, ``text`` and, if known, ``title``, ``author``,
    ``published`` and ``source``. A bad line is reported and the next one is read.

    Yields:
        The place (``path:line``) and what was found there.

    Raises:
        UnreadableContentError: The file is empty, or nothing can be read beyond some line.
        OSError: The file cannot be opened or read.
    """
    place = path_text(path)
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    number = 0
    with opened(path, "rb") as file:
        for number, line in _lines(file):
            where = f"{place}:{number}"
            try:
                yield where, _read_line(line, place)
            except UnreadableContentError as error:
                yield where, Unreadable(where, str(error))
    if not number:
        raise UnreadableContentError(EMPTY)


def _lines(file: io.BufferedIOBase) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers."""
    number = 0
    while line := _next_line(file):
        number += 1
        if len(line) > LONGEST_LINE:
            raise UnreadableContentError(f"cannot be read from line {number} on: it is too long")
        line = line.removeprefix(_BOM).strip()
        if line:
            yield number, line


def _next_line(file: io.BufferedIOBase) -> bytes:
    try:
        return file.readline(LONGEST_LINE + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableContentError(
            "is damaged: it cannot be unpacked to its end; what came before is kept"
        ) from error


def _read_line(line: bytes, place: str) -> Article:
    fields = _load(line)
    name = _text_field(fields, "id").strip()
    text = _text_field(fields, "text")
    if not name:
        raise UnreadableContentError('has no "id"')
    if not text.strip():
        raise UnreadableContentError('has no "text"')
    require_words(text)
    info = ArticleInfo(
        id=name,
        title=clean_line(_text_field(fields, "title")) or read_head(text).title,
        source=_text_field(fields, "source").strip() or f"{place}#{name}",
        origin=place,
        author=clean_author(fields.get("author")),
        published=iso_date(fields.get("published")),
    )
    return Article(info, text)


def _load(line: bytes) -> dict[str, object]:
    try:
        fields = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UnreadableContentError("is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableContentError("is not JSON") from error
    if not isinstance(fields, dict):
        raise UnreadableContentError("is not a JSON object, {…}")
    return fields


def _text_field(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if name == "id" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return clean(value) if isinstance(value, str) else ""
