"""An LLM's stream as it comes → the same without markup, each citation marker one character.

Tags, pictures, links and addresses are taken out. What may still become one of these when more
arrives is held back, however the stream is cut into pieces.
"""

from __future__ import annotations

import re

from assistant.llm.injection import ADDRESS, NO_ADDRESS

HIGHEST = 999
"""The highest number that a marker can have."""

_FIRST = 0xE000  # Unicode's private use area: no text that means anything holds these
MARK = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + HIGHEST)}]")
"""A marker as it stands in sanitized text."""

_PRIVATE = re.compile("[\ue000-\uf8ff]")
_NUMBERS = r"\d{1,3}(?:(?:\s*(?:[,;–-]|and|to)\s*|\s+)\d{1,3})*"
# Citations as models write them: [1], [1, 3], [2-4], [^1], [source 5], 【6†source】.
_MARKER = re.compile(
    rf"[ \t]*(?:\[|【)\s*(?:[\^#]|(?:sentences?|sources?|quotes?|ids?|nos?\.?|s)\s*)?"
    rf"({_NUMBERS})\s*(?:†[^\]】]*)?(?:\]|】)(?:\([^)\s]*\))?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,3})\s*(?:[–-]|to)\s*(\d{1,3})")
_WIDEST_RANGE = 10  # no sentence has more sources: "[3-40]" is not taken for 38 of them

# What is markup once it is closed, and what may still become it. The lengths bound how much is
# held back: longer, it is text.
_CLOSED = (
    r"\[[^\[\]\n]{0,200}\](?:\([^()\n]{0,500}\))?|【[^】\n]{0,40}】"
    r"|<!--(?:(?!-->)[^\n]){0,400}-->|<[a-zA-Z/?][^<>]{0,400}>"
)
_OPEN = (
    r"\[[^\[\]\n]{0,200}(?:\]\([^()\n]{0,500})?|【[^】\n]{0,40}"
    r"|<!--(?:(?!-->)[^\n]){0,400}|<[a-zA-Z/?][^<>]{0,400}"
)
_PIECE = re.compile(rf"(?P<space>[ \t]+)|(?P<break>\n)|(?:{_OPEN})$|{_CLOSED}|.", re.DOTALL)
_LONGEST_HELD = 600  # in characters: longer, it is no marker, link or tag

# In this order: comments and tags, the "<" of a broken tag, pictures, links (their text stays),
# addresses, signs of emphasis and code, brackets that could pass for a citation.
_MARKUP = (
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"</?[a-zA-Z!?][^<>]*>"), ""),
    (re.compile(r"<(?=[a-zA-Z/!?])"), ""),
    (re.compile(r"!\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])?"), ""),
    (re.compile(r"\[([^\[\]\n]+)\](?:\([^)\n]*\)|\[[^\[\]\n]*\])"), r"\1"),
    (ADDRESS, NO_ADDRESS),
    (re.compile(r"```\w*|\*\*|__|~~|`"), ""),
    (re.compile(r"(?<![\w*])\*(?=\S)|(?<=[^\s*])\*(?!\w)|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)"), ""),
    (re.compile(r"[\[【]([^\[\]【】\n]*)[\]】]"), r"(\1)"),
    (re.compile(r"[\[\]【】]"), ""),
)


class Sanitizer:
    """Sanitizes a stream piece by piece."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Take the next piece; return what is safe now."""
        self._held += _PRIVATE.sub("", text)
        safe = _last_word(self._held)
        sanitized, self._held = _sanitized(self._held[:safe]), self._held[safe:]
        return sanitized

    def finish(self) -> str:
        """Return what was held back, when nothing more comes."""
        rest, self._held = self._held, ""
        return _sanitized(rest)


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return sanitized text without its markers, and each marker's offset in it and number."""
    bare = MARK.sub("", text)
    markers = [
        (match.start() - before, ord(match[0]) - _FIRST)
        for before, match in enumerate(MARK.finditer(text))
    ]
    return bare, markers


def _last_word(text: str) -> int:
    """Return where the last word begins, with the space before it and all that is open in it."""
    begins, in_word = 0, False
    for piece in _PIECE.finditer(text):
        if piece["break"]:
            begins, in_word = piece.end(), False
        elif piece["space"]:
            begins, in_word = piece.start(), False
        elif not in_word:
            in_word = True
            begins = begins if text[begins : piece.start()].isspace() else piece.start()
    return begins if len(text) - begins <= _LONGEST_HELD else len(text)


def _sanitized(text: str) -> str:
    text = _MARKER.sub(_as_marks, text)
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return text


def _as_marks(match: re.Match[str]) -> str:
    return "".join(chr(_FIRST + number) for number in _numbers(match[1]))


def _numbers(listed: str) -> list[int]:
    numbers: list[int] = []
    for low, high in _RANGE.findall(listed):
        if int(low) < int(high) <= int(low) + _WIDEST_RANGE:
            numbers += range(int(low), int(high))
    return list(dict.fromkeys(numbers + [int(each) for each in re.findall(r"\d+", listed)]))
