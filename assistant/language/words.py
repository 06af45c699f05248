"""A text → its plain words and their stems, remembered."""

from __future__ import annotations

from functools import lru_cache

from index.words import stem, words


@lru_cache(maxsize=20_000)
def word_list(text: str) -> tuple[str, ...]:
    """Return the plain words of a text in order; remembered, as evidence is judged again."""
    return tuple(words(text))


@lru_cache(maxsize=20_000)
def stem_set(text: str) -> frozenset[str]:
    """Return the stems of a text."""
    return frozenset(map(stem, word_list(text)))
