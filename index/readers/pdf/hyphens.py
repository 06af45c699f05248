"""The lines of a paragraph go in; one line comes out, with the words whole that were divided."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_LONGEST_WORD = 100  # characters; looking for a hyphen in a longer line's end only takes time
_SOFT = "\u00ad"
_HYPHENS = f"-\u2010{_SOFT}"
_DASHES = "–—"
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")  # with the hyphens inside it
# A line that ends within a word.
_DIVIDED = re.compile(rf"([^\W_]+(?:[-\u2010][^\W_]+)*)[{_HYPHENS}]$")
_REST = re.compile(r"[^\W_]+")  # what the next line begins with
# "pre- and post-war"
_BETWEEN_HYPHENS = {"and", "or", "nor", "to", "und", "oder", "bis", "et", "ou", "y", "o", "e"}
_ALWAYS_WITH_HYPHEN = {"self", "half", "well"}
# Scripts that set no spaces between words: Chinese, Japanese, Thai.
_UNSPACED = re.compile(
    "[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff65]"
)


def is_divided(line: str) -> bool:
    """Whether a line ends within a word."""
    return bool(_DIVIDED.search(line[-_LONGEST_WORD:]))


class Joiner:
    """Joins lines; whether a word has a hyphen is looked up elsewhere in the same document."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words = {
            word.replace("\u2010", "-").casefold() for line in lines for word in _WORD.findall(line)
        }

    def __call__(self, lines: Sequence[str], mark: str = "") -> str:
        """Return the lines as one; the mark comes before each but the first."""
        text = lines[0]
        for line in lines[1:]:
            kept, gap = self._seam(text, line)
            text = f"{kept}{gap}{mark}{line}"
        return text.replace(_SOFT, "")

    def _seam(self, text: str, line: str) -> tuple[str, str]:
        """What remains of a text, and what comes between it and the line that follows."""
        divided, rest = _DIVIDED.search(text[-_LONGEST_WORD:]), _REST.match(line)
        if divided and rest:
            return self._mended(text, divided[1], rest[0])
        if len(text) > 1 and text[-1] in _DASHES and not text[-2].isspace():
            return text, ""
        if _UNSPACED.match(text[-1:]) and _UNSPACED.match(line[:1]):
            return text, ""
        return text, " "

    def _mended(self, text: str, left: str, right: str) -> tuple[str, str]:
        if text[-1] == _SOFT:
            return text[:-1], ""
        if right.casefold() in _BETWEEN_HYPHENS:
            return text, " "
        left = left.replace("\u2010", "-").casefold()
        return (text if self._has_hyphen(left, right) else text[:-1]), ""

    def _has_hyphen(self, left: str, right: str) -> bool:
        if not right[0].islower() or left[-1].isdigit() or f"{left}-{right}" in self._words:
            return True
        if left.rpartition("-")[2] + right in self._words:
            return False
        return "-" in left or left in _ALWAYS_WITH_HYPHEN
