"""A text in its parts, as offsets, and as people see it: paragraphs, sentences, one line, paths."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from index.types import Span

_WRAPPED_WIDTH = range(50, 121)  # columns at which people and programs wrap plain text
_LEAST_FILLED = 0.6  # share of its block's width that a line has which is broken by hand
_LIST_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,3}[.)])\s")
_MARKER_ONLY = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[ivx]+)[.)]\W*")
_LONGEST_MARKER = 24  # in characters
_ABBREVIATION = re.compile(
    r"\b(?:approx|art|ca|cf|ch|dr|eq|fig|mr|mrs|ms|no|nos|pp?|prof|rev|sec|st|vol|vs)\.\s*$",
    re.IGNORECASE,
)
# A title such as "Dr." is followed by a name; the others only by a number or a small letter.
_BEFORE_NAME = re.compile(r"\b(?:dr|mr|mrs|ms|prof|rev|st)\.\s*$", re.IGNORECASE)


def _block_widths(lines: Sequence[str]) -> list[int]:
    """For each line, the length of the longest line in its block (blank lines part blocks)."""
    widths: list[int] = []
    for blank, block in groupby(lines, key=lambda line: not line.strip()):
        lengths = [len(line) for line in block]
        widths += [0 if blank else max(lengths)] * len(lengths)
    return widths


def _soft_breaks(text: str) -> str:
    """Replace the line ends of hard-wrapped paragraphs by spaces; offsets stay the same."""
    lines = text.split("\n")
    joined = [lines[0]]
    for before, after, width in zip(lines, lines[1:], _block_widths(lines), strict=False):
        wrapped = False
        if width in _WRAPPED_WIDTH and after.strip() and not _LIST_ITEM.match(after):
            # The sign of wrapping by a program: the next word would not have fitted on this line.
            full = len(before) + 1 + len(after.split(None, 1)[0]) > width
            wrapped = full or (len(before) > width * _LEAST_FILLED and _runs_on(before, after))
        joined += [" " if wrapped else "\n", after]
    return "".join(joined)


def _runs_on(before: str, after: str) -> bool:
    """Whether a line that a person has broken goes on in the next: in mid-sentence, by its look."""
    last = before.rstrip()[-1:]
    return (last.isalnum() or last == ",") and after.lstrip()[:1].islower()


def paragraph_spans(text: str) -> list[Span]:
    """Return the paragraphs of ``text``: runs of non-blank lines, wrapped lines joined."""
    spans = []
    for match in re.finditer(r"[^\n]+", _soft_breaks(text)):
        stripped = match[0].strip()
        if stripped:
            start = match.start() + match[0].index(stripped[0])
            spans.append(Span(start, start + len(stripped)))
    return spans


def _joins(before: str, after: str) -> bool:
    """Whether a sentence boundary that was proposed between two pieces is none."""
    following = after.lstrip()
    # Longer, it is no marker, and the pattern would go through a run of signs once for each sign.
    marker = len(before) <= _LONGEST_MARKER and _MARKER_ONLY.fullmatch(before)
    if not before.strip() or marker:
        return True
    if not any(char.isalnum() for char in following):
        return True
    if not _ABBREVIATION.search(before):
        return False
    return not following[:1].isupper() or bool(_BEFORE_NAME.search(before))


def sentence_spans(text: str, paragraph: Span, language: str = "en") -> list[Span]:
    """Return the sentences of one paragraph, stripped, in order."""
    from sentencex import get_sentence_boundaries

    # sentencex breaks at some line ends, which are only wrapping inside a paragraph, and panics at
    # some wide spaces (U+2028 behind an initial): every kind of space becomes a plain one.
    flat = re.sub(r"\s", " ", text[paragraph.start : paragraph.end])
    pieces: list[Span] = []
    for boundary in get_sentence_boundaries(language, flat):
        start, end = boundary["start_index"], boundary["end_index"]
        if pieces and _joins(flat[pieces[-1].start : pieces[-1].end], flat[start:end]):
            pieces[-1] = Span(pieces[-1].start, end)
        else:
            pieces.append(Span(start, end))
    return [
        stripped_span(text, paragraph.start + piece.start, paragraph.start + piece.end)
        for piece in pieces
        if flat[piece.start : piece.end].strip()
    ]


def stripped_span(text: str, start: int, end: int) -> Span:
    """Return a range of a text without the white space at both its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Characters that no page and no document can show."""


def one_line(text: str) -> str:
    """Return a text with its line breaks and runs of spaces made one space, for display."""
    return " ".join(text.split())


def shown_source(source: str) -> str:
    """Shorten a path inside the current folder; leave anything else as it is."""
    try:
        return str(Path(source).relative_to(Path.cwd()))
    except ValueError:
        return source


def path_text(path: Path) -> str:
    """Return a path as text that can be stored; file names need not be UTF-8 on Linux."""
    return os.fsencode(path).decode("utf-8", errors="replace")
