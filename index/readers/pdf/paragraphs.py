"""The printed lines of pages go in, with the places where they stand; paragraphs come out.

A printed page knows no paragraphs. They are told by what a reader of the page goes by: gaps,
indentation, the size of the print, and lines that end early.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

from index.readers.pdf.hyphens import Joiner, is_divided
from index.readers.pdf.lines import Line

PAGE_MARK = "\f"
"""Stands in a text where a page begins."""

_SAME_SIZE = 0.13  # share by which sizes of one text differ; footnotes are smaller by more
_WIDE_GAP = 1.35  # times the usual distance of two lines
_USUAL_PITCH = 1.2  # distance of two lines, in sizes of their print
_INDENTED = 0.5  # sizes of the print by which a new paragraph begins further in
_SAME_HEIGHT = 0.3  # sizes of the print by which what stands side by side may differ
_EARLY_END = 0.85  # share of the width up to which the next word would have fitted
_NEIGHBOURS = 5  # lines up and down, among which one is full
_WIDE, _WIDER = re.compile(r"[A-ZÀ-ÞmwMW—…@%&]|[\u0400-\u042f]"), 0.35
_NARROW, _NARROWER = re.compile(r"[ijlft.,:;'’()\[\]|!/ ]"), 0.45
_ENTRY = re.compile(r"… ?[\divxlcA-Z-]+$")  # of a table of contents
# With the quotation marks and brackets that close behind it.
_SENTENCE_END = re.compile(r"[.!?:;…。！？：；][\"”’'»)\]]*$")
# Bullets, dashes, "a)", "12.", "3:": each begins a paragraph of its own.
_LIST_ITEM = re.compile(r"(?:[•◦▪‣●○■□➢✓·∙]|[-–*]\s|\(?(?:\d{1,2}|[a-z])[.)]\s|\d{1,3}:\s)")


@dataclass(slots=True)
class Block:
    """Lines that belong together: a paragraph, a heading, an item of a list, a row of a table.

    Attributes:
        lines: The lines.
        large: Whether they are printed larger than the text.
        room: How much space is left behind the last one, as ``Line`` measures.
    """

    lines: list[Line]
    large: bool
    room: float

    @property
    def size(self) -> float:
        """The size of its print."""
        return self.lines[0].size


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """Return the size in which most of the text is printed."""
    weights: dict[float, int] = {}
    for page in pages:
        for line in page:
            size = round(line.size, 1)
            weights[size] = weights.get(size, 0) + len(line.text)
    return max(weights, key=lambda size: weights[size], default=1.0)


def find_blocks(pages: Sequence[Sequence[Line]]) -> list[list[Block]]:
    """Divide the lines of each page; what goes on overleaf becomes the last block of its page."""
    body = body_size(pages)
    pitch = _pitch(pages)
    width = _usual_width(pages)
    divided = [list(_divide(page, pitch, body, width)) for page in pages]
    filled = [blocks for blocks in divided if blocks]
    for blocks, following in pairwise(filled):
        last = len(blocks) - 1
        while last > 0 and blocks[last].size < body * (1 - _SAME_SIZE):
            last -= 1  # footnotes stand between a sentence and its end overleaf
        if goes_on(blocks[last], following[0]):
            blocks.append(blocks.pop(last))
    return divided


def goes_on(block: Block, following: Block) -> bool:
    """Whether a block goes on in the first one of the next page."""
    line, begins = block.lines[-1], following.lines[0]
    if block.large or not _same_size(line, begins) or _LIST_ITEM.match(begins.text):
        return False
    return _continues(line, begins, _fits(begins.text, line.size, block.room), apart=True)


def join_blocks(pages: Sequence[Sequence[Block]]) -> str:
    """Return the text, a line for each block, with a mark at the beginning of each further page.

    The mark stands on a line of its own, or inside a paragraph that goes on overleaf.
    """
    join = Joiner(line.text for blocks in pages for block in blocks for line in block.lines)
    texts: list[str] = []
    marks = ""
    before: Block | None = None
    for number, blocks in enumerate(pages):
        marks += PAGE_MARK if number else ""
        for block in blocks:
            words = join([line.text for line in block.lines])
            if marks and before and goes_on(before, block):
                texts[-1] = join([texts[-1], words], marks)
            else:
                texts += [*marks, words]
            before, marks = block, ""
    return "\n\n".join([*texts, *marks])


def _pitch(pages: Sequence[Sequence[Line]]) -> float:
    """The usual distance of the lines of a paragraph, in sizes of their print."""
    distances = []
    for page in pages:
        width = max((len(line.text) for line in page), default=0)
        for line, below in pairwise(page):
            distance = (line.y - below.y) / line.size
            if _same_size(line, below) and _SAME_HEIGHT < distance < 3 * _USUAL_PITCH:
                distances += [distance] * (1 + 9 * (len(line.text) > 0.6 * width))
    # The lower third: between paragraphs the distances are larger.
    return quantiles(distances, n=3)[0] if len(distances) > 1 else _USUAL_PITCH


def _usual_width(pages: Sequence[Sequence[Line]]) -> float:
    """A width that half of the text is printed at least as wide as."""
    widths = sorted(_extent(line.text) * line.size for page in pages for line in page)
    half, passed = sum(widths) / 2, 0.0
    for width in widths:
        passed += width
        if passed >= half:
            return width
    return 0.0


def _divide(page: Sequence[Line], pitch: float, body: float, usual_width: float) -> Iterator[Block]:
    block: list[Line] = []
    for number, line in enumerate(page):
        large = line.size > body * (1 + _SAME_SIZE)
        block.append(line)
        if number + 1 == len(page) or _is_break(page, number, len(block) == 1, large, pitch):
            # Lines below each other show how wide their column is; a single one may be a caption.
            yield Block(block, large, _room(page, number, 0 if len(block) > 1 else usual_width))
            block = []


def _is_break(page: Sequence[Line], number: int, first: bool, large: bool, pitch: float) -> bool:
    line, below = page[number], page[number + 1]
    drop = (line.y - below.y) / line.size
    if not _same_size(line, below) or _ENTRY.search(line.text):
        return True
    if abs(drop) < _SAME_HEIGHT:
        return False
    if _LIST_ITEM.match(below.text):
        return True
    early = _fits(below.text, line.size, _room(page, number)) and not is_divided(line.text)
    if not 0 < drop < _WIDE_GAP * pitch:
        return large or not _continues(line, below, early, apart=drop < 0)
    if large and abs(below.x - line.x) >= _INDENTED * line.size:  # lines of a title, centred
        return False
    if early and (_SENTENCE_END.search(line.text) or not below.text[0].islower()):
        return True
    return not large and _is_indented(page, number, first)


def _is_indented(page: Sequence[Line], number: int, first: bool) -> bool:
    """Whether the line below is set in as the first one of a paragraph, or out as an item."""
    line, below = page[number], page[number + 1]
    shift = (below.x - line.x) / line.size
    if shift < -_INDENTED:
        return not first
    if shift < _INDENTED or _LIST_ITEM.match(line.text):
        return False
    following = page[number + 2] if number + 2 < len(page) else None
    if following is None or not _same_size(below, following) or following.y > below.y:
        return bool(_SENTENCE_END.search(line.text))
    return (below.x - following.x) / line.size > _INDENTED


def _continues(line: Line, below: Line, early: bool, *, apart: bool) -> bool:
    """Whether a sentence goes on behind a gap; ``apart``: in another column or on another page."""
    if is_divided(line.text):
        return True
    ends = bool(_SENTENCE_END.search(line.text))
    if below.text[0].islower():
        return not early or not (ends or apart)
    return apart and not ends and not early


def _fits(text: str, size: float, room: float) -> bool:
    """Whether the first word of a text would have fitted behind a line that leaves some room."""
    return _extent(f" {text.split(maxsplit=1)[0]}") * size <= room


def _room(page: Sequence[Line], number: int, least_width: float = 0.0) -> float:
    """The space behind a line, up to where the lines around it end."""
    around = page[max(0, number - _NEIGHBOURS) : number + _NEIGHBOURS + 1]
    width = max(_extent(line.text) * line.size for line in around)
    return _EARLY_END * max(width, least_width) - _extent(page[number].text) * page[number].size


def _extent(text: str) -> float:
    """About how much room a text takes, in ordinary small letters."""
    return len(text) + _WIDER * len(_WIDE.findall(text)) - _NARROWER * len(_NARROW.findall(text))


def _same_size(one: Line, two: Line) -> bool:
    return abs(one.size - two.size) <= _SAME_SIZE * max(one.size, two.size)
