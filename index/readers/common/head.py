"""The text of an article goes in; title, author, date and the text without their lines come out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.readers.common.authors import author_of, is_role, people
from index.readers.common.dates import iso_date
from index.readers.common.draft import Draft
from index.readers.common.titles import clean_line, is_headline, opening_words

HEAD_LINES = 6
"""Title, byline and date stand within this many lines, not counting empty ones."""

_LONGEST_META_LINE = 160  # characters; what is longer is prose
# "Title: …", "Author: …"
_LABEL = re.compile(r"(title|headline|authors?)\s*:\s*(\S.*)", re.IGNORECASE)
# "Published on", "Last updated:", "Date": what stands in front of a date.
_DATE_LABEL = re.compile(
    r"(?:date|(?:(?:first|last)\s+)?(published|posted|created|issued|updated|modified))"
    r"(?:\s+(?:on|at))?\s*:?\s+",
    re.IGNORECASE,
)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# What parts a line that holds several things: "By Jane Doe | 3 May 2025"; bars, bullets,
# wide gaps, and the word "published".
_PIECES = re.compile(
    r"\s+[|•·/–—-]\s+|\s*//\s*|\t+|\s{3,}"
    r"|(?<!first)(?<!last),?\s+(?=(?:(?:first|last)\s+)?(?:published|posted|updated)\b)",
    re.IGNORECASE,
)
# Where a date begins that follows something else: "By Jane Doe, Monday 3 May".
_CLOSING_DATE = re.compile(
    r",?\s+(?=(?:on\s+)?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}|{_MONTH}\s+\d))",
    re.IGNORECASE,
)
# A piece that says neither: the time of day, or how long the reading takes.
_TRIFLE = re.compile(
    r"(?:at\s+)?\d{1,2}[:.]\d\d\b.{0,15}|\d+\s+min(?:ute)?s?\s+read", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _HeadLine:
    """What one line above or below an article says about it; ``labelled``: in so many words."""

    title: str | None = None
    author: str | None = None
    published: str | None = None
    updated: str | None = None
    labelled: bool = False


def read_head(text: str, given: Draft | None = None) -> Draft:
    """Find title, author and date in an article and take their lines out of its text.

    Args:
        text: The article, as it stands in its file.
        given: What the format has told already; that is kept, and no headline is looked for
            when it has a title.

    Returns:
        The article; where nothing else would remain, its text keeps the lines.
    """
    given = given or Draft()
    lines = text.split("\n")
    filled = [number for number, line in enumerate(lines) if line.strip()]
    marked = dict(_head_lines(lines, filled[:HEAD_LINES], given.title))
    if not given.author and not any(line.author for line in marked.values()):
        marked |= _closing_byline(lines, filled[HEAD_LINES:])
    body = "\n".join(line for number, line in enumerate(lines) if number not in marked)
    if not any(map(str.isalnum, body)):
        body = text
    dates = (*(line.published for line in marked.values()), *(f.updated for f in marked.values()))
    return Draft(
        title=given.title or _first(line.title for line in marked.values()) or opening_words(body),
        text=body.strip("\n"),
        author=given.author or _first(line.author for line in marked.values()),
        published=given.published or _first(dates),
    )


def _head_lines(
    lines: Sequence[str], numbers: Iterable[int], title: str
) -> Iterator[tuple[int, _HeadLine]]:
    """The lines that are not text; after the first line of text only the unmistakable ones."""
    prose = after_byline = False
    for number in numbers:
        line = lines[number].strip()
        head = _read_line(line)
        if head and prose and not (head.author or head.labelled or after_byline):
            head = None
        if not head and not prose and _is_title(lines, number, title):
            head = _HeadLine(title=clean_line(line.lstrip("# ")))
        if head:
            title = title or head.title or ""
            yield number, head
        prose = prose or not head
        after_byline = bool(head and head.author)


def _is_title(lines: Sequence[str], number: int, title: str) -> bool:
    if title:
        return clean_line(lines[number]).casefold() == title.casefold()
    following = lines[number + 1].strip() if number + 1 < len(lines) else ""
    # A byline below makes a headline of the line above as an empty line does.
    upto = number + 1 if _read_line(following) else len(lines)
    return is_headline(lines[:upto], number)


def _read_line(line: str) -> _HeadLine | None:
    if len(line) > _LONGEST_META_LINE:
        return None
    label = _LABEL.fullmatch(line)
    if not label:
        return _read_pieces(_PIECES.split(line))
    if label[1].lower().startswith("author"):
        return _HeadLine(author=people(label[2]) or label[2], labelled=True)
    return _HeadLine(title=clean_line(label[2]), labelled=True)


def _read_pieces(pieces: Iterable[str]) -> _HeadLine | None:
    """``By Jane Doe | BBC News | 20 August 2025``; None as soon as a piece is anything else."""
    whole = _HeadLine()
    for piece in filter(None, map(str.strip, pieces)):
        found = _read_piece(piece)
        if found:
            whole = _merged(whole, found)
        elif not _TRIFLE.fullmatch(piece) and not (whole.author and is_role(piece)):
            return None
    return whole if whole.author or whole.published or whole.updated else None


def _read_piece(piece: str) -> _HeadLine | None:
    byline, *rest = _CLOSING_DATE.split(piece, maxsplit=1)
    author = author_of(byline)
    if author:
        return _HeadLine(author=author, published=iso_date(rest[0]) if rest else None)
    label = _DATE_LABEL.match(piece)
    day = iso_date(piece[label.end() :] if label else piece)
    if not day:
        return None
    if label and label[1] and label[1].lower() in ("updated", "modified"):
        return _HeadLine(updated=day, labelled=True)
    return _HeadLine(published=day, labelled=bool(label))


def _merged(one: _HeadLine, two: _HeadLine) -> _HeadLine:
    return _HeadLine(
        author=one.author or two.author,
        published=one.published or two.published,
        updated=one.updated or two.updated,
        labelled=one.labelled or two.labelled,
    )


def _closing_byline(lines: Sequence[str], numbers: Sequence[int]) -> dict[int, _HeadLine]:
    author = author_of(lines[numbers[-1]].strip()) if numbers else None
    return {numbers[-1]: _HeadLine(author=author)} if author else {}


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
