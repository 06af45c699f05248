"""An article's text → sentences and passages, as offsets; the text itself is never changed.

A passage is made of whole neighbouring sentences of one article, without overlap. Its length is
counted in the embedding model's own tokens and never exceeds the budget, so that nothing is cut
off silently when it is embedded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from index.types import Passage, Span

RULES = "4"
"""Version of the rules in this file and in ``words``; an index made by others must be rebuilt."""

PASSAGE_TOKENS = 200
"""Upper bound of a passage, in tokens of the model, the title not counted."""

TITLE_TOKENS = 40
"""How much of a title is embedded in front of each passage, in tokens."""

_WELL_FILLED = 0.6  # share of the budget

CountTokens = Callable[[Sequence[str]], list[int]]

TITLE_SHARE = 0.2
"""… and at most this share of the model's window."""

_WRAPPED_WIDTH = range(50, 121)  # columns at which people and programs wrap plain text
_LEAST_FILLED = 0.6  # share of its block's width that a line has which is broken by hand
_LIST_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,3}[.)])\s")
_MARKER_ONLY = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[ivx]+)[.)]\W*")
_LONGEST_MARKER = 24  # in characters
_ABBREVIATION = re.compile(
    r"\b(?:approx|art|ca|cf|ch|dr|eq|fig|mr|mrs|ms|no|nos|pp?|prof|rev|sec|st|vol|vs)\.\s*$",
    re.IGNORECASE,
)
# A title such as "Dr." is followed by a name; the others only by a number or a small letter.
_BEFORE_NAME = re.compile(r"\b(?:dr|mr|mrs|ms|prof|rev|st)\.\s*$", re.IGNORECASE)


def _block_widths(lines: Sequence[str]) -> list[int]:
    """For each line, the length of the longest line in its block (blank lines part blocks)."""
    widths: list[int] = []
    for blank, block in groupby(lines, key=lambda line: not line.strip()):
        lengths = [len(line) for line in block]
        widths += [0 if blank else max(lengths)] * len(lengths)
    return widths


def _soft_breaks(text: str) -> str:
    """Replace the line ends of hard-wrapped paragraphs by spaces; offsets stay the same."""
    lines = text.split("\n")
    joined = [lines[0]]
    for before, after, width in zip(lines, lines[1:], _block_widths(lines), strict=False):
        wrapped = False
        if width in _WRAPPED_WIDTH and after.strip() and not _LIST_ITEM.match(after):
            # The sign of wrapping by a program: the next word would not have fitted on this line.
            full = len(before) + 1 + len(after.split(None, 1)[0]) > width
            wrapped = full or (len(before) > width * _LEAST_FILLED and _runs_on(before, after))
        joined += [" " if wrapped else "\n", after]
    return "".join(joined)


def _runs_on(before: str, after: str) -> bool:
    """Whether a line that a person has broken goes on in the next: in mid-sentence, by its look."""
    last = before.rstrip()[-1:]
    return (last.isalnum() or last == ",") and after.lstrip()[:1].islower()


def paragraph_spans(text: str) -> list[Span]:
    """Return the paragraphs of ``text``: runs of non-blank lines, wrapped lines joined."""
    spans = []
    for match in re.finditer(r"[^\n]+", _soft_breaks(text)):
        stripped = match[0].strip()
        if stripped:
            start = match.start() + match[0].index(stripped[0])
            spans.append(Span(start, start + len(stripped)))
    return spans


def _joins(before: str, after: str) -> bool:
    """Whether a sentence boundary that was proposed between two pieces is none."""
    following = after.lstrip()
    # Longer, it is no marker, and the pattern would go through a run of signs once for each sign.
    marker = len(before) <= _LONGEST_MARKER and _MARKER_ONLY.fullmatch(before)
    if not before.strip() or marker:
        return True
    if not any(char.isalnum() for char in following):
        return True
    if not _ABBREVIATION.search(before):
        return False
    return not following[:1].isupper() or bool(_BEFORE_NAME.search(before))


def sentence_spans(text: str, paragraph: Span, language: str = "en") -> list[Span]:
    """Return the sentences of one paragraph, stripped, in order."""
    from sentencex import get_sentence_boundaries

    # sentencex breaks at some line ends, which are only wrapping inside a paragraph, and panics at
    # some wide spaces (U+2028 behind an initial): every kind of space becomes a plain one.
    flat = re.sub(r"\s", " ", text[paragraph.start : paragraph.end])
    pieces: list[Span] = []
    for boundary in get_sentence_boundaries(language, flat):
        start, end = boundary["start_index"], boundary["end_index"]
        if pieces and _joins(flat[pieces[-1].start : pieces[-1].end], flat[start:end]):
            pieces[-1] = Span(pieces[-1].start, end)
        else:
            pieces.append(Span(start, end))
    return [
        _stripped(text, paragraph.start + piece.start, paragraph.start + piece.end)
        for piece in pieces
        if flat[piece.start : piece.end].strip()
    ]


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


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
        piece = _stripped(text, start, end)
        if piece.start < piece.end:
            yield piece
        start = end


def _sized_sentences(
    text: str, count_tokens: CountTokens, budget: int, language: str
) -> Iterator[tuple[Span, int, bool]]:
    """Yield each sentence with its length in tokens and whether it opens a paragraph."""
    paragraphs = [sentence_spans(text, paragraph, language) for paragraph in paragraph_spans(text)]
    flat = [(span, place == 0) for spans in paragraphs for place, span in enumerate(spans)]
    lengths = count_tokens([text[span.start : span.end] for span, _ in flat])
    for (span, opens), length in zip(flat, lengths, strict=True):
        if length <= budget:
            yield span, length, opens
        else:
            for piece in _split_long(text, span, count_tokens, budget):
                yield piece, budget, opens


def cut_passages(
    article_id: str,
    text: str,
    count_tokens: CountTokens,
    *,
    budget: int = PASSAGE_TOKENS,
    language: str = "en",
) -> list[Passage]:
    """Cut a text into passages.

    Args:
        article_id: Used for the passages' ids.
        text: The article's text.
        count_tokens: Texts → their lengths in tokens of the model, special tokens not counted.
        budget: Upper bound of a passage in tokens; a longer sentence is cut into pieces.
        language: ISO 639-1 code of the text's language: its rules part the sentences.

    Returns:
        The passages in reading order. Together they hold every sentence exactly once.
    """
    groups: list[list[Span]] = []
    used = 0
    for span, length, opens in _sized_sentences(text, count_tokens, budget, language):
        # A new paragraph starts a new passage once the present one is well filled.
        full = used + length > budget or (opens and used > budget * _WELL_FILLED)
        if full or not groups:
            groups.append([])
            used = 0
        groups[-1].append(span)
        used += length
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
