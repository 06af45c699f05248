"""Misspelt words → the words of the articles that were meant.

Only a word that stands in no passage is looked at, and only near neighbours count: one edit, two
in a long word, and in a short one only two letters in the wrong order. Names that differ by a
letter are different names, so what was corrected has to be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.words import stem

_SHORTEST = 4
_ONE_EDIT = 5  # letters from which on one letter may be wrong, and not only two be swapped
_OTHER_START = 6  # letters from which on the first one may be wrong
_TWO_EDITS = 8


def beginnings(word: str) -> tuple[str, ...]:
    """Return how words may begin that a word is a misspelling of."""
    return (word[0], word[1]) if len(word) >= _OTHER_START and word[1] != word[0] else (word[0],)


def is_correctable(word: str) -> bool:
    """Whether a word may be misspelt: no number, not too short, of letters that stems keep."""
    return len(word) >= _SHORTEST and word.isascii() and word.isalpha()


def nearest_word(word: str, known: Mapping[str, int], *, is_name: bool = False) -> str | None:
    """Return the known stem that a misspelt word most likely stands for, or None.

    Args:
        word: In small letters; see ``is_correctable``.
        known: Stem → in how many passages it stands.
        is_name: Whether it may be a name: then no letter may be another one.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    farthest = 2 if len(word) >= _TWO_EDITS else 1
    found: dict[str, int] = {}
    for spelling in dict.fromkeys((word, stem(word))):
        near = process.extract(
            spelling, list(known), scorer=OSA.distance, score_cutoff=farthest, limit=None
        )
        for each, distance, _ in near:
            found[each] = min(int(distance), found.get(each, farthest))
    fitting = [each for each in found if _may_be_meant(word, each, found[each], is_name)]
    order = sorted(fitting, key=lambda each: (found[each], each[0] != word[0], -known[each]))
    return order[0] if order else None


def _may_be_meant(word: str, candidate: str, distance: int, is_name: bool) -> bool:
    if not candidate.isalpha() or len(candidate) < _SHORTEST - 1:
        return False
    swapped = sorted(candidate) in (sorted(word), sorted(stem(word)))
    if len(word) < _ONE_EDIT:
        return swapped
    if is_name:
        # Hansen is not Hanson; but a letter left out, doubled or in the wrong place is.
        return swapped or (distance < 2 and len(candidate) not in (len(word), len(stem(word))))
    return distance < 2 or candidate[0] == word[0]


def replaced(text: str, replacements: Sequence[tuple[int, int, str]]) -> str:
    """Return a text with stretches replaced, given as start, end and new text, in order."""
    for start, end, new in reversed(replacements):
        text = text[:start] + new + text[end:]
    return text
