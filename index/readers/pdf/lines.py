"""A page of a PDF file goes in; its printed lines come out, with their places."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from index.readers.common.decoding import clean

if TYPE_CHECKING:
    from pypdf import PageObject

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
# They show nothing.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
# The dots between an entry of a table of contents and its page.
_LEADERS = re.compile(r"(?:\s?\.){5,}")
_SMALLEST = 0.1  # points; distances are divided by the size, which files may set to 0
_MOST_SLANTED = 0.2  # share of a page; more belongs to its text

Matrix = Sequence[float]


class Line(NamedTuple):
    """A printed line: its words, where it begins (upwards is larger), and the size of its print."""

    text: str
    x: float
    y: float
    size: float


@dataclass(slots=True)
class _Growing:
    """A line while its pieces come in; ``angle``: in which direction it runs, in degrees."""

    pieces: list[str] = field(default_factory=list)
    sizes: Counter[float] = field(default_factory=Counter)
    angle: int = 0
    x: float = 0.0
    y: float = 0.0

    def add(self, text: str, text_matrix: Matrix, page_matrix: Matrix, size: float) -> None:
        """Add a piece; the first one with letters says where the line begins."""
        self.pieces.append(text)
        if not text.strip():
            return
        a, b, c, d, x, y = _product(text_matrix, page_matrix)
        if not self.sizes:
            self.angle = round(math.degrees(math.atan2(b, a)))
            turn = math.atan2(b, a)
            self.x = x * math.cos(turn) + y * math.sin(turn)
            self.y = y * math.cos(turn) - x * math.sin(turn)
        self.sizes[max(abs(size) * math.hypot(c, d), _SMALLEST)] += len(text)

    @property
    def line(self) -> Line:
        """The line as it has become."""
        text = " ".join(_CONTROLS.sub("", clean("".join(self.pieces))).split())
        size = self.sizes.most_common(1)[0][0] if self.sizes else _SMALLEST
        return Line(_LEADERS.sub(" …", text.translate(_LIGATURES)), self.x, self.y, size)


class _SoftHyphens:
    """Takes out the spaces that browsers print in the places where a word may be divided."""

    def __init__(self) -> None:
        self._inside = False

    def __call__(self, operator: bytes, operands: list[object], *_: object) -> None:
        """Look at an instruction to print before it is followed."""
        if operator == b"BDC":
            meant = operands[-1].get("/ActualText") if isinstance(operands[-1], dict) else None
            self._inside = meant in ("\u00ad", b"\xfe\xff\x00\xad")
        elif operator == b"EMC":
            self._inside = False
        elif operator == b"Tj" and self._inside:
            operands[0] = type(operands[0])()


def read_lines(page: PageObject) -> list[Line]:
    """Return the lines of a page in the order in which they were set.

    Of a few lines that run in another direction than the others, as a stamp along the margin
    does, none is returned.
    """
    growing = [_Growing()]

    def visit(text: str, page_matrix: Matrix, matrix: Matrix, _: object, size: float) -> None:
        for number, piece in enumerate(text.split("\n")):
            if number:
                growing.append(_Growing())
            if piece:
                growing[-1].add(piece, matrix, page_matrix, size)

    page.extract_text(visitor_text=visit, visitor_operand_before=_SoftHyphens())
    angles: Counter[int] = Counter()
    for row in growing:
        angles[row.angle] += sum(row.sizes.values())
    usual = {angle for angle, count in angles.items() if count > _MOST_SLANTED * angles.total()}
    lines = (row.line for row in growing if row.angle in usual)
    return [line for line in lines if line.text]


def _product(text: Matrix, page: Matrix) -> Matrix:
    return (
        text[0] * page[0] + text[1] * page[2],
        text[0] * page[1] + text[1] * page[3],
        text[2] * page[0] + text[3] * page[2],
        text[2] * page[1] + text[3] * page[3],
        text[4] * page[0] + text[5] * page[2] + page[4],
        text[4] * page[1] + text[5] * page[3] + page[5],
    )
