"""What an LLM writes, cleaned, piece by piece → sentences and the evidence numbers they cite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.types import Begins
from assistant.writing.sanitize import MARK, Sanitizer, marked
from index import Span
from index.text import sentence_spans

DECLINED = "NOT_IN_ARTICLES"
"""What an LLM is to write when the evidence does not answer."""

_SPACE = re.compile(r"(?<=\s)")
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_QUOTED = re.compile(r"\s*(?:>\s*)+")
# A heading behind which models list their sources: nothing more of the answer comes.
_SOURCES = re.compile(
    r"\W*(?:sources?|references|citations?|footnotes|bibliography)\W*$", re.IGNORECASE
)
_FOOTNOTE = re.compile(rf"\s*(?:{MARK.pattern}|\([^()]{{1,30}}\)):")
_HEADING = re.compile(r"\s*#{1,6}\s")
_SETTLED = 12  # characters of the next sentence from which on the end of one stays where it is

# "The sentences do not mention …", "no information": what models write instead of that word.
_NO_ANSWER = re.compile(
    r"\b(?:articles?|sentences?|quotations?|quotes?|text|evidence|passages?|sources?|context"
    r"|information)\b.{0,60}?\b(?:do(?:es)?n['’]t|do(?:es)? not|cannot|no)\b.{0,40}?"
    r"\b(?:mention|contain|provide|say|state|information|answer|specify|include|tell|give)"
    r"|\bno (?:information|mention|answer|evidence)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence that an LLM wrote.

    Attributes:
        text: Without markup and markers.
        cited: The evidence numbers behind it, whether or not there is such evidence.
        begins: Whether it begins a paragraph or an item of a list.
    """

    text: str
    cited: tuple[int, ...]
    begins: Begins = ""


class SentenceStream:
    """What an LLM writes goes in as it comes; each sentence comes out when it has ended."""

    def __init__(self) -> None:
        self._sanitizer = Sanitizer()
        self._word = ""
        self._line = ""  # what has come of the present line and is not yet a sentence
        self._begins: Begins = ""
        self._first = True
        self._over = False

    def feed(self, text: str) -> list[WrittenSentence]:
        """Take the next piece; return the sentences that it ends."""
        # Word by word: so it cannot matter where the stream is cut.
        *words, self._word = _SPACE.split(self._word + text)
        return [sentence for word in words for sentence in self._take(word)]

    def finish(self) -> list[WrittenSentence]:
        """Return the sentences that are left when nothing more comes."""
        rest = self._take(self._word)
        self._line += self._sanitizer.finish() + "\n"
        return [*rest, *self._ended_lines()]

    @property
    def draft(self) -> str:
        """The sentence that is being written, as far as it is safe to show."""
        if self._over or self._may_decline() or _says_nothing(self._line):
            return ""
        return _one_line(MARK.sub("", _without_sign(self._line)))

    def _take(self, word: str) -> list[WrittenSentence]:
        self._line += self._sanitizer.feed(word)
        return [] if self._may_decline() else [*self._ended_lines(), *self._ended_sentences()]

    def _may_decline(self) -> bool:
        plain = self._line.strip(" \"'\n")
        return self._first and (DECLINED.startswith(plain) or plain.startswith(DECLINED))

    def _ended_lines(self) -> Iterator[WrittenSentence]:
        *lines, rest = self._line.split("\n")
        for line in lines:
            self._line = line
            self._over = self._over or bool(_SOURCES.match(line))
            if _says_nothing(line):
                self._begins = "" if self._first else "paragraph"
            elif not self._over:
                self._open_line()
                for text, cited, _ in _parted(self._line):
                    yield self._written(text, cited)
                self._begins = "paragraph"
        self._line = rest

    def _ended_sentences(self) -> Iterator[WrittenSentence]:
        """Yield the ended sentences of the line that is being written."""
        parts = list(_parted(_without_sign(self._line)))
        settled = len(parts) > 1 and len(parts[-1][0]) >= _SETTLED
        if self._over or not settled or _says_nothing(self._line):
            return
        self._open_line()
        self._line = self._line[parts[-1][2] :]
        for text, cited, _ in parts[:-1]:
            yield self._written(text, cited)

    def _open_line(self) -> None:
        """Take the sign of an item off the line; its first sentence then begins the item."""
        if _ITEM.match(self._line):
            self._begins = "item"
        self._line = _without_sign(self._line)

    def _written(self, text: str, cited: tuple[int, ...]) -> WrittenSentence:
        begins, self._begins, self._first = self._begins, "", False
        return WrittenSentence(text, cited, begins)


def declines(sentences: Sequence[WrittenSentence]) -> bool:
    """Whether a whole answer says that the evidence does not answer."""
    whole = " ".join(each.text for each in sentences)
    if whole.startswith(DECLINED):
        return True
    cites = any(each.cited for each in sentences)
    return not cites and len(sentences) <= 2 and bool(_NO_ANSWER.search(whole))


def _says_nothing(line: str) -> bool:
    plain = any(char.isalnum() for char in line)
    return not plain or bool(_HEADING.match(line) or _FOOTNOTE.match(line))


def _without_sign(line: str) -> str:
    quoted = _QUOTED.match(line)
    rest = line[quoted.end() :] if quoted else line
    item = _ITEM.match(rest)
    return rest[item.end() :] if item else rest


def _parted(line: str) -> Iterator[tuple[str, tuple[int, ...], int]]:
    """Yield a line's sentences: text, cited numbers, and the offset at which each begins."""
    bare, marks = marked(line)
    spans = sentence_spans(bare, Span(0, len(bare)))
    for place, span in enumerate(spans):
        until = spans[place + 1].start if place + 1 < len(spans) else len(bare)
        first = 0 if place == 0 else span.start + 1  # a marker right before it is the last one's
        cited = [number for at, number in marks if first <= at <= until]
        text = _one_line(bare[span.start : span.end])
        if any(char.isalnum() for char in text):
            yield text, tuple(dict.fromkeys(cited)), _offset(marks, span.start)


def _offset(marks: Sequence[tuple[int, int]], bare: int) -> int:
    """Return where in a line a character stands, from where it stands without the markers."""
    return bare + sum(at <= bare for at, _ in marks)


def _one_line(text: str) -> str:
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))
