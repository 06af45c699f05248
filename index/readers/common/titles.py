"""The lines of an article go in; its headline, or a title made of its first words, comes out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.readers.common.decoding import clean

LONGEST_HEADLINE = 150  # characters; longer lines are paragraphs
_MOST_WORDS = 10  # of a title that is made from the beginning of a text
_LONGEST_OPENING = 80  # characters of such a title; scripts without spaces have few "words"
# With the quotation marks and brackets that close behind it.
_SENTENCE_END = re.compile(r"[.!?…。！？][\"”’'»)\]]*$")
# Headlines may ask and shout, but end with no full stop and no comma.
_NO_HEADLINE_END = re.compile(r"[.,;:。，；：、،؛][\"”’'»)\]]*$")

# What a title that was cut off must not end with; closing quotes stay.
_CLOSING_MARKS = re.compile(r"[\s.,;:…–—。，；：、،؛-]+([\"”’'»)\]]*)$")
# "- ", "3. ": a line that goes with those beside it.
_LIST_ITEM = re.compile(r"(?:[-*•–]|\d+[.)])\s")


def clean_line(text: str) -> str:
    """Return the text, cleaned, with each run of white space turned into one space."""
    return " ".join(clean(text).split())


def is_headline(lines: Sequence[str], number: int) -> bool:
    """Whether a line of an article reads like its headline.

    Args:
        lines: All lines of the article.
        number: Which of them is asked about; the next one tells a headline from the first
            line of a paragraph.
    """
    line = lines[number].strip()
    if len(line) > LONGEST_HEADLINE or _NO_HEADLINE_END.search(line):
        return False
    if not any(map(str.isalpha, line)) or line.startswith(("http://", "https://", "www.")):
        return False
    following = lines[number + 1].strip() if number + 1 < len(lines) else ""
    return not following or _begins_body(line, following, max(map(len, lines)))


def _begins_body(line: str, following: str, width: int) -> bool:
    if following[0].islower():
        return False
    if _LIST_ITEM.match(following):
        return True
    ends = bool(_SENTENCE_END.search(following))
    # Where the next word would have fitted, the line was ended on purpose, not by wrapping.
    if len(line) + 1 + len(following.split()[0]) <= width:
        return ends or len(following) >= 1.5 * len(line)
    return ends and len(following) <= len(line)


def opening_words(text: str) -> str:
    """Return the first words of the first sentence, as a title for an article without one."""
    paragraphs = (part for part in re.split(r"\n\s*\n", text) if any(map(str.isalnum, part)))
    sentence = _first_sentence(next(paragraphs, text))
    title = " ".join(sentence.split()[:_MOST_WORDS])
    if len(title) > _LONGEST_OPENING:
        title = title[:_LONGEST_OPENING].rsplit(" ", 1)[0]
    cut = len(title) < len(clean_line(sentence))
    title = _CLOSING_MARKS.sub(r"\1", title) or clean_line(sentence)
    return f"{title}…" if cut else title


def _first_sentence(paragraph: str) -> str:
    words = re.split(r"(?<=[。！？])", paragraph, maxsplit=1)[0].split()
    for place in range(3, len(words) - 1):  # an end before that is more likely a "Dr." or "U.S."
        if _SENTENCE_END.search(words[place]) and not words[place + 1][0].islower():
            return " ".join(words[: place + 1])
    return " ".join(words)
