"""A written sentence and all the evidence → the quotes it should cite, with the verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache

from assistant.checking.coverage import is_lead_in, own_share, says_nothing
from assistant.checking.verdict import NOTHING_SAID, Quote, Verdict, judge, without_yes

MOST_SOURCES = 3
"""How many quotes one sentence may cite: more than a reader would look up."""

_CANDIDATES = 6  # of the nearest evidence that are tried: each costs a verdict
_CLEARLY = 0.15  # share of words by which one quote is nearer than another
_NEARLY = 0.02  # a score that differs by less is the same

# A quote that asks something: it may hold every word of a sentence and yet says none of it.
_QUESTION = re.compile(r"\?[\"'”’»)\s]*$")
_ORDER = ("unsupported", "weak", "supported")

Judged = Callable[[Sequence[Quote]], Verdict]
"""Says how well quotes, taken together, support the sentence that is being looked at."""


def choose_sources(
    sentence: str, cited: Collection[int], evidence: Sequence[Quote], *, question: str = ""
) -> tuple[tuple[int, ...], Verdict]:
    """Return which evidence a sentence should cite, and the verdict with it.

    What is cited and carries something stays; what adds nothing goes. If what remains does not
    support the sentence, other evidence is added or takes its place, as little as will do.

    Args:
        sentence: As an LLM wrote it, without markers.
        cited: The numbers it cites.
        evidence: All there is.
        question: What it answers.

    Returns:
        At most three numbers, in order; none if nothing supports the sentence or it needs nothing.
    """
    if is_lead_in(sentence, question):
        return (), Verdict("supported", 1.0)
    if says_nothing(without_yes(sentence)):
        return (), NOTHING_SAID
    if "?" not in sentence:  # what is asked is not said
        evidence = [each for each in evidence if not _QUESTION.search(each.text)]

    @cache
    def verdict_with(chosen: frozenset[Quote]) -> Verdict:
        return judge(sentence, tuple(chosen), question=question)

    def judged(chosen: Sequence[Quote]) -> Verdict:
        return verdict_with(frozenset(chosen))

    ranked = _ranked(sentence, evidence)
    named = [each for each in ranked if each.number in cited]
    kept = _pruned(_rooted(sentence, named, ranked), judged)
    verdict = judged(kept)
    for start in (kept, ranked[:1]):
        if verdict.support == "supported":
            break
        others = _extended(start, ranked[:_CANDIDATES], judged)
        if _rank(judged(others)) > _rank(verdict):
            kept, verdict = others, judged(others)
    if verdict.support == "unsupported":
        return (), verdict
    return tuple(sorted(each.number for each in kept)), verdict


def _rank(verdict: Verdict) -> tuple[int, float]:
    return _ORDER.index(verdict.support), verdict.score


def _ranked(sentence: str, evidence: Sequence[Quote]) -> list[Quote]:
    """Return evidence in the order of its words in common with a sentence and its similarity."""
    return sorted(evidence, key=lambda each: -each.similarity - own_share(sentence, each.text))


def _rooted(sentence: str, cited: Sequence[Quote], ranked: Sequence[Quote]) -> list[Quote]:
    """Return what is cited, with the nearest evidence if none of it comes as near.

    What contradicts a sentence is mostly what comes nearest to it: it must not be overlooked.
    """
    kept = list(cited[:MOST_SOURCES])
    nearest = max((own_share(sentence, each.text) for each in kept), default=0.0)
    if ranked and nearest < own_share(sentence, ranked[0].text) - _CLEARLY:
        kept = [ranked[0], *kept[: MOST_SOURCES - 1]]
    return kept


def _pruned(cited: Sequence[Quote], judged: Judged) -> list[Quote]:
    """Leave out what adds nothing: it supports nothing alone and the rest does as well."""
    kept = list(cited)
    for each in reversed(cited):
        rest = [other for other in kept if other is not each]
        alone = judged([each]).support
        if alone == "unsupported" and rest and judged(rest).score >= judged(kept).score - _NEARLY:
            kept = rest
    return kept


def _extended(start: Sequence[Quote], others: Sequence[Quote], judged: Judged) -> list[Quote]:
    """Add the source that helps most until the sentence is supported or none helps."""
    chosen, verdict = list(start), judged(start)
    while len(chosen) < MOST_SOURCES and verdict.support != "supported":
        trials = [[*chosen, each] for each in others if each not in chosen]
        best = max(trials, key=lambda trial: judged(trial).score, default=chosen)
        if judged(best).score <= verdict.score + _NEARLY:
            break
        chosen, verdict = best, judged(best)
    return chosen
