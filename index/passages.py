"""An article's text → sentences and passages, as offsets; the text itself is never changed.

A passage is made of whole neighbouring sentences of one article, without overlap. Its length is
counted in the embedding model's own tokens and never exceeds the budget, so that nothing is cut
off silently when it is embedded.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from index.text import paragraph_spans, sentence_spans, stripped_span
from index.types import Passage, Section, Span

RULES = "5"
"""Version of the rules of this file, ``text`` and ``words``; an index of others must be rebuilt."""

PASSAGE_TOKENS = 200
"""Upper bound of a passage, in tokens of the model, the title not counted."""

TITLE_TOKENS = 40
"""How much of a title is embedded in front of each passage, in tokens."""

_WELL_FILLED = 0.6  # share of the budget

_MARKDOWN_HEADING = re.compile(r"(?m)^[ \t]*(#{1,6}[ \t]+\w)")

CountTokens = Callable[[Sequence[str]], list[int]]

TITLE_SHARE = 0.2
"""… and at most this share of the model's window."""


def _split_long(text: str, span: Span, count_tokens: CountTokens, budget: int) -> Iterator[Span]:
    """Cut a sentence that no passage can hold into pieces that fit, at spaces where there are."""
    start = span.start
    while start < span.end:
        low, high = 1, min(span.end - start, budget * 32)
        while low < high:  # the longest prefix within the budget
            middle = (low + high + 1) // 2
            if count_tokens([text[start : start + middle]])[0] <= budget:
                low = middle
            else:
                high = middle - 1
        end = start + low
        if end < span.end:
            space = max(text.rfind(char, start + 1, end) for char in " \t\n")
            end = space if space > start + low // 2 else end
        piece = stripped_span(text, start, end)
        if piece.start < piece.end:
            yield piece
        start = end


def _markdown_headings(text: str) -> Iterator[int]:
    # Short lines that merely look like headings part nothing: with them, conversations about web
    # pages found the article among five passages in .938 of 227 questions instead of .943.
    return (match.start(1) for match in _MARKDOWN_HEADING.finditer(text))


class _Sentence(NamedTuple):
    """A sentence, its length in tokens, whether it opens a paragraph, whether it is a heading."""

    span: Span
    length: int
    opens: bool
    heading: bool


def _sized_sentences(
    text: str,
    sections: Sequence[Section],
    count_tokens: CountTokens,
    budget: int,
    language: str,
) -> Iterator[_Sentence]:
    paragraphs = paragraph_spans(text)
    headings = sorted([*(each.start for each in sections), *_markdown_headings(text)])
    parted = [sentence_spans(text, paragraph, language) for paragraph in paragraphs]
    flat = [(span, place == 0) for spans in parted for place, span in enumerate(spans)]
    lengths = count_tokens([text[span.start : span.end] for span, _ in flat])
    before = 0
    for (span, opens), length in zip(flat, lengths, strict=True):
        section = bisect_right(headings, span.start)
        heading, before = section > before, section
        if length <= budget:
            yield _Sentence(span, length, opens, heading)
        else:
            for piece in _split_long(text, span, count_tokens, budget):
                yield _Sentence(piece, budget, opens, heading)


def cut_passages(
    article_id: str,
    text: str,
    count_tokens: CountTokens,
    *,
    budget: int = PASSAGE_TOKENS,
    language: str = "en",
    sections: Sequence[Section] = (),
) -> list[Passage]:
    """Cut a text into passages.

    Args:
        article_id: Used for the passages' ids.
        text: The article's text.
        count_tokens: Texts → their lengths in tokens of the model, special tokens not counted.
        budget: Upper bound of a passage in tokens; a longer sentence is cut into pieces.
        language: ISO 639-1 code of the text's language: its rules part the sentences.
        sections: The headings that are known. No passage runs over one of them, nor over one of
            Markdown; a heading stands before what follows it, if both fit into a passage.

    Returns:
        The passages in reading order. Together they hold every sentence exactly once.
    """
    groups: list[list[Span]] = []
    used = 0
    begun = False  # whether the present passage holds more than headings
    for span, length, opens, heading in _sized_sentences(
        text, sections, count_tokens, budget, language
    ):
        # A new paragraph starts a new passage once the present one is well filled.
        full = used + length > budget or (opens and used > budget * _WELL_FILLED)
        if full or (heading and begun) or not groups:
            groups.append([])
            used, begun = 0, False
        groups[-1].append(span)
        used += length
        begun = begun or not heading
    return [
        Passage(f"{article_id}#{place}", article_id, group[0].start, group[-1].end, tuple(group))
        for place, group in enumerate(groups)
    ]


def passage_budget(window: int) -> int:
    """Return how many tokens of text a passage may hold in a model's window of so many tokens."""
    return min(PASSAGE_TOKENS, window - title_budget(window) - 2)  # 2: the marks at both ends


def title_budget(window: int) -> int:
    """Return how many tokens of a title go in front of a passage."""
    return min(TITLE_TOKENS, int(window * TITLE_SHARE))
