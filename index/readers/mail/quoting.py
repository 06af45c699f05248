"""The plain text of an email goes in; the words of its sender, on whole lines, come out."""

from __future__ import annotations

import re

_LONGEST_SIGNATURE = 20  # lines; "-- " further up is a line that somebody drew
_LONGEST_ATTRIBUTION = 300  # characters; longer ones are paragraphs that end with a colon
# Above a quotation: who wrote it and when, or from which address.
_ATTRIBUTION = re.compile(r".*(?:\d[:.]\d\d|\b(?:19|20)\d\d\b).*[:：]", re.DOTALL)
_SHORT_ATTRIBUTION = re.compile(r".*@.*[:：]")  # "jane@example.org wrote:"
_GAPS = re.compile(r"\n(?:[ \t]*\n){2,}")  # where quoted lines were taken out


def unflowed(text: str, *, spaced: bool) -> str:
    """Join the lines that a mail program broke and marked as broken (RFC 3676).

    Args:
        text: The text.
        spaced: Whether the space that marks a broken line is one of the text's own.
    """
    lines: list[list[str]] = []
    flowing: int | None = None
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        ends = content == "-- " or not content.endswith(" ")
        if flowing != depth or content == "-- ":
            lines.append([">" * depth + " "] if depth else [])
        lines[-1].append(content if ends or spaced else content[:-1])
        flowing = None if ends else depth
    return "\n".join(map("".join, lines))


def own_words(text: str) -> str:
    """Return a message without quoted lines, the lines that announce them, and its signature."""
    kept: list[str] = []
    for line in _unsigned(text.split("\n")):
        if not line.startswith(">"):
            kept.append(line)
        elif kept and kept[-1] != ">":
            _drop_attribution(kept)
            kept.append(">")
    return _GAPS.sub("\n\n", "\n".join(line.rstrip() for line in kept if line != ">")).strip("\n")


def _unsigned(lines: list[str]) -> list[str]:
    start, below = len(lines), 0
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].rstrip() == "--":
            start = number
        below += bool(lines[number].strip()) and not lines[number].startswith(">")
        if below > _LONGEST_SIGNATURE:
            break
    return lines[:start] + [line for line in lines[start:] if line.startswith(">")]


def _drop_attribution(lines: list[str]) -> None:
    while lines and not lines[-1].strip():
        lines.pop()
    for count in range(1, min(3, len(lines)) + 1):
        first = lines[-count].rstrip()
        if first in ("", ">") or (count > 1 and first.endswith((".", "!", "?"))):
            break
        if _announces(_ATTRIBUTION, "\n".join(lines[-count:])):
            del lines[-count:]
            return
    if lines and _announces(_SHORT_ATTRIBUTION, lines[-1]):
        lines.pop()


def _announces(pattern: re.Pattern[str], text: str) -> bool:
    return len(text) <= _LONGEST_ATTRIBUTION and bool(pattern.fullmatch(text.rstrip()))
