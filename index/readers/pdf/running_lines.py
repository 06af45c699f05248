"""The lines of pages go in; those above and below the text that each page repeats go out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from index.readers.pdf.lines import Line
from index.readers.pdf.paragraphs import body_size

_FEWEST_PAGES = 3  # on fewer, what is repeated may be the text
_DEPTH = 3  # lines from the top and from the bottom
_LEAST_KEPT = 0.5  # share of the letters
_LARGEST = 1.15  # times the size of the text; what is larger is a title
_LONGEST = 100  # characters; a longer line with a number in it is a sentence
_NUMBER = re.compile(r"\d{1,4}")  # any number that may count pages
# "12", "- 12 -", "Page 12 of 30".
_LONE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|p\.)\s*)?(\d{1,4})(?:\s*(?:/|of|von)\s*\d{1,4})?\W*", re.IGNORECASE
)
_ROMAN = re.compile(r"\W*[ivxl]{1,7}\W*", re.IGNORECASE)  # the pages in front of the first one


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drop headers, footers and page numbers.

    A line is one of them when it stands at the top or the bottom of about half of the pages, its
    numbers not counted if one of them counts the pages; also when it begins or ends with the
    number that these pages show to be its page's. Where there are too few pages to tell what is
    repeated, or pages repeat their text, only numbers that stand alone are dropped.
    """
    edges = [_edges(page) for page in pages]
    filled = sum(map(bool, pages))
    if filled < _FEWEST_PAGES:
        return _without_lone_numbers(pages)
    same = Counter(each for edge in edges for each in {line.text.casefold() for line in edge})
    shapes = Counter(each for edge in edges for each in {_shape(line) for line in edge})
    first = _first_number(edges, filled)
    largest = body_size(pages) * _LARGEST

    def is_running(line: Line, number: int) -> bool:
        if line.size > largest:
            return False
        if _is_often(same[line.text.casefold()], filled):
            return True
        if first is None:
            return False
        if number + first not in _numbers(line):
            return bool(_ROMAN.fullmatch(line.text))
        return _is_often(shapes[_shape(line)], filled) or _is_numbered(line, number + first)

    kept = [
        [line for line in page if line not in edge or not is_running(line, number)]
        for number, (page, edge) in enumerate(zip(pages, edges, strict=True))
    ]
    repeats_itself = _amount(kept) < _LEAST_KEPT * _amount(pages)
    return _without_lone_numbers(pages) if repeats_itself else kept


def _without_lone_numbers(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drop the numbers alone at the top or the bottom that count the pages, if all have one."""
    filled = {number: page for number, page in enumerate(pages) if page}
    for place in (0, -1):
        numbers = {number: _LONE_NUMBER.fullmatch(page[place].text)
                   for number, page in filled.items()}  # fmt: skip
        firsts = {int(found[1]) - number if found else None for number, found in numbers.items()}
        if len(filled) > 1 and len(firsts) == 1 and None not in firsts:
            kept = {number: [*page[1:]] if place == 0 else [*page[:-1]]
                    for number, page in filled.items()}  # fmt: skip
            if all(kept.values()):
                return [kept.get(number, []) for number in range(len(pages))]
    return [list(page) for page in pages]


def _amount(pages: Sequence[Sequence[Line]]) -> int:
    return sum(len(line.text) for page in pages for line in page)


def _edges(page: Sequence[Line]) -> set[Line]:
    ordered = sorted(page, key=lambda line: line.y)
    # Also by the order in which they were set: the places of such lines can be wrong.
    return {*(each for lines in (ordered, page) for each in (*lines[:_DEPTH], *lines[-_DEPTH:]))}


def _first_number(edges: Sequence[set[Line]], filled: int) -> int | None:
    """The number of the first page, where about half of the pages show theirs."""
    firsts: Counter[int] = Counter()
    for number, edge in enumerate(edges):
        firsts.update({shown - number for line in edge for shown in _numbers(line)})
    first, count = max(firsts.items(), key=lambda item: item[1], default=(0, 0))
    return first if _is_often(count, filled) else None


def _is_numbered(line: Line, number: int) -> bool:
    words = line.text.split()
    return len(line.text) <= _LONGEST and str(number) in (words[0], words[-1])


def _is_often(count: int, pages: int) -> bool:
    # One page less, because headers of left and right pages differ and the first page has none.
    return 2 * count >= pages if count < _FEWEST_PAGES else 2 * count + 2 >= pages


def _numbers(line: Line) -> Iterator[int]:
    return (int(each) for each in _NUMBER.findall(line.text))


def _shape(line: Line) -> str:
    return _NUMBER.sub("#", line.text.casefold())
