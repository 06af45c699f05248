"""Articles that differ: two sentences answer the same question with other numbers or dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.evidence import Evidence
from assistant.signals import MONTH, asks_how_many, asks_when
from index.words import words

_AS_LIKELY = 0.25  # share of the best sentence's chance from which on another one counts as well
_NAMED = 0.6  # share of the question's words, by rarity, that both passages must hold
_AS_NEAR = 0.8  # and of those that the best one's passage holds

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_SPELT = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905
        map(str, range(2, 13)),
        strict=True,
    )
)


def find_disagreement(
    question: str, best: Evidence, evidence: Sequence[Evidence], chances: Mapping[int, float]
) -> Evidence | None:
    """Return a sentence of another article that answers otherwise than the best one, or None.

    Only where numbers or dates are asked for: there it can be told without understanding.
    """
    values_of = _values_asked(question)
    if values_of is None:
        return None
    told = values_of(question)
    own = values_of(best.signals.text) - told
    if not own or best.signals.context_overlap < _NAMED:
        return None
    likely = sorted(evidence, key=lambda each: -chances[each.number])
    for each in likely:
        values = values_of(each.signals.text) - told
        if values and not values & own and _rivals(each, best, chances):
            return each
    return None


def _rivals(each: Evidence, best: Evidence, chances: Mapping[int, float]) -> bool:
    """Whether a sentence of another article answers about as well as the best one."""
    return (
        each.signals.hit.passage.article_id != best.signals.hit.passage.article_id
        and chances[each.number] >= _AS_LIKELY * chances[best.number]
        and each.signals.context_overlap >= max(_NAMED, _AS_NEAR * best.signals.context_overlap)
    )


def _values_asked(question: str) -> Callable[[str], set[str]] | None:
    if asks_when(question):
        return _dates
    return _numbers if asks_how_many(question) else None


def _dates(text: str) -> set[str]:
    return {word for word in words(text) if _YEAR.fullmatch(word) or MONTH.fullmatch(word)}


def _numbers(text: str) -> set[str]:
    """Return the numbers of a text as digits, years left out: "in 1998" says when, not how many."""
    found = {_SPELT.get(word, word) for word in words(text)}
    return {word for word in found if _NUMBER.fullmatch(word) and not _YEAR.fullmatch(word)}
