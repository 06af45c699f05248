"""The text of an article and the headings in it go in; the places where they stand come out."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from index.types import Section


def locate_sections(text: str, headings: Sequence[str]) -> tuple[Section, ...]:
    """Find the headings of a text, one behind the other, each as a line of its own.

    White space and the case of letters make no difference. A heading that stands nowhere behind
    the one before it, as when it was taken for the article's title, is left out.

    Args:
        text: The text as it will be shown.
        headings: Its headings in reading order.
    """
    starts: dict[str, list[int]] = defaultdict(list)
    offset = 0
    for line in text.split("\n"):
        starts[_key(line)].append(offset + len(line) - len(line.lstrip()))
        offset += len(line) + 1
    sections: list[Section] = []
    place = 0
    for heading in headings:
        candidates = starts.get(_key(heading), [])
        number = bisect_left(candidates, place)
        if _key(heading) and number < len(candidates):
            sections.append(Section(candidates[number], " ".join(heading.split())))
            place = candidates[number] + 1
    return tuple(sections)


def _key(line: str) -> str:
    return " ".join(line.split()).casefold()
