"""A sentence that an LLM wrote and the quotes it cites → a verdict, by rules, with its reason.

Words and vectors say whether the quotes are about the same thing; but a wrong number, name or
"not" changes neither by much. So each of those is looked for on its own (``flaws``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cache

from assistant.checking.coverage import (
    coverage,
    is_lead_in,
    own_share,
    says_nothing,
    tells_of_silence,
)
from assistant.checking.facts import (
    Flaw,
    check_names,
    check_negation,
    check_opposites,
    check_places,
    check_roles,
    check_values,
    told_by,
    word_list,
)
from assistant.types import Support

MOST_SOURCES = 3
"""How many quotes one sentence may cite: more than a reader would look up."""

_BIAS, _COVERAGE, _SIMILARITY = -5.0, 6.0, 6.0
"""How the share of a sentence's words that its quotes hold, and the similarity of the vectors,
make a chance that they support it. ``benchmarks/support.py --fit`` finds -6.9, 4.3 and 11.6 for
all-MiniLM-L6-v2 on its fitting half; the similarity weighs less here, because other models call
unrelated texts far more similar than that one does."""

_DOUBTFUL, _UNLIKELY = 0.6, 0.25
"""Chances below which a sentence is weak, and unsupported. On the same half the first lets pass
one in a hundred sentences with other articles as evidence, nineteen in twenty with their own."""

# Chosen by hand, looking at the errors on that half:
_HARDLY, _UNLIKE = 0.4, 0.6
"""Share of words and similarity below which, both together, a sentence tells of something else."""

_NEAR = 0.4  # share of the nearest quote's words from which on another may give numbers and names
_ALIKE = 0.85  # … and from which on it is as near
_COPIED = 0.5  # share of a sentence's words from which on it is made from a quote
_CANDIDATES = 6
_CLEARLY = 0.15  # share of words by which one quote is nearer than another
_NEARLY = 0.02  # a score that differs by less is the same

_QUESTION = re.compile(r"\?[\"'”’»)\s]*$")
_ORDER = ("unsupported", "weak", "supported")
_YES = re.compile(r"^\W*(?:yes|no)\s*[,.;:!–—-]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """One sentence of evidence.

    Attributes:
        number: Its number as evidence.
        text: An exact quote of an article.
        about: What is known round it: title, section, author, date (ISO) and the sentences before
            and after it, which say whom "he" means.
        similarity: Cosine similarity of its vector with the written sentence's, -1..1.
    """

    number: int
    text: str
    about: str = ""
    _: KW_ONLY
    similarity: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a written sentence is borne out by its quotes.

    Attributes:
        support: ``supported``, ``weak`` or ``unsupported``.
        score: How well, 0..1: at least 2/3 where supported, below 1/3 where unsupported.
        reason: Empty if supported; else one short clause for a person.
    """

    support: Support
    score: float
    reason: str = ""


_NOTHING_SAID = Verdict("weak", 0.5, "it says nothing that can be checked")


def judge(sentence: str, sources: Sequence[Source], *, question: str = "") -> Verdict:
    """Say whether quotes, taken together, support a sentence.

    Args:
        sentence: As an LLM wrote it, without markers.
        sources: What it cites; their order means nothing.
        question: What it answers: the names in it may be repeated.
    """
    if is_lead_in(sentence, question):
        return Verdict("supported", 1.0)
    sentence = _YES.sub("", sentence)
    if not sources:
        return Verdict("unsupported", 0.0, "it cites nothing")
    plain = word_list(sentence)
    if any(plain == word_list(source.text) for source in sources):
        return Verdict("supported", 1.0)
    if says_nothing(sentence):
        return _NOTHING_SAID
    ordered = sorted(
        sources, key=lambda each: (-own_share(sentence, each.text), each.text, each.about)
    )
    told = told_by([each.text for each in ordered], [each.about for each in ordered])
    share = coverage(sentence, told, question)
    similarity = max(each.similarity for each in ordered)
    is_other = share < _HARDLY and similarity < _UNLIKE
    flaws = list(_flaws(sentence, ordered, question))
    return _verdict(chance_of(share, similarity), flaws, is_other=is_other)


def _flaws(sentence: str, sources: Sequence[Source], question: str) -> Iterator[Flaw]:
    """Yield what is wrong with a sentence; the source that holds most of its words comes first."""
    shares = [own_share(sentence, each.text) for each in sources]
    near = [s for s, share in zip(sources, shares, strict=True) if share >= _NEAR * shares[0]]
    told = told_by([each.text for each in near], [each.about for each in near])
    yield from check_values(sentence, told, question)
    yield from check_names(sentence, told, question)
    yield from check_negation(sentence, told)
    yield from check_opposites(sentence, told)
    yield from check_roles(sentence, told)
    alike = [s for s, share in zip(sources, shares, strict=True) if share >= _ALIKE * shares[0]]
    if shares[0] >= _COPIED:
        yield from check_places(sentence, [each.text for each in alike])
    if tells_of_silence(sentence):
        yield Flaw("what the articles do not say cannot be checked", grave=False)


def _verdict(chance: float, flaws: Sequence[Flaw], *, is_other: bool) -> Verdict:
    """Put a chance and flaws together: the gravest flaw decides, each one lowers the score."""
    worst = min(flaws, key=lambda flaw: not flaw.grave, default=None)
    rest = chance / (1 + len(flaws))
    if worst and worst.grave:
        return Verdict("unsupported", rest / 3, worst.reason)
    if chance < _UNLIKELY or is_other:
        return Verdict("unsupported", rest / 3, "few of its words are in the quotes")
    if worst:
        return Verdict("weak", (1 + rest) / 3, worst.reason)
    if chance < _DOUBTFUL:
        return Verdict("weak", (1 + rest) / 3, "some of its words are not in the quotes")
    return Verdict("supported", (2 + chance) / 3)


def chance_of(share: float, similarity: float) -> float:
    """Return the chance that quotes support a sentence whose words they hold to a share."""
    drawn = _BIAS + _COVERAGE * share + _SIMILARITY * similarity
    return 1.0 / (1.0 + math.exp(-drawn))


def choose_sources(
    sentence: str, cited: Collection[int], evidence: Sequence[Source], *, question: str = ""
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
    if says_nothing(_YES.sub("", sentence)):
        return (), _NOTHING_SAID
    if "?" not in sentence:  # what is asked is not said
        evidence = [each for each in evidence if not _QUESTION.search(each.text)]

    @cache
    def verdict_with(chosen: frozenset[Source]) -> Verdict:
        return judge(sentence, tuple(chosen), question=question)

    def judged(chosen: Sequence[Source]) -> Verdict:
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


Judged = Callable[[Sequence[Source]], Verdict]


def _rank(verdict: Verdict) -> tuple[int, float]:
    return _ORDER.index(verdict.support), verdict.score


def _ranked(sentence: str, evidence: Sequence[Source]) -> list[Source]:
    """Return evidence in the order of its words in common with a sentence and its similarity."""
    return sorted(evidence, key=lambda each: -each.similarity - own_share(sentence, each.text))


def _rooted(sentence: str, cited: Sequence[Source], ranked: Sequence[Source]) -> list[Source]:
    """Return what is cited, with the nearest evidence if none of it comes as near.

    What contradicts a sentence is mostly what comes nearest to it: it must not be overlooked.
    """
    kept = list(cited[:MOST_SOURCES])
    nearest = max((own_share(sentence, each.text) for each in kept), default=0.0)
    if ranked and nearest < own_share(sentence, ranked[0].text) - _CLEARLY:
        kept = [ranked[0], *kept[: MOST_SOURCES - 1]]
    return kept


def _pruned(cited: Sequence[Source], judged: Judged) -> list[Source]:
    """Leave out what adds nothing: it supports nothing alone and the rest does as well."""
    kept = list(cited)
    for each in reversed(cited):
        rest = [other for other in kept if other is not each]
        alone = judged([each]).support
        if alone == "unsupported" and rest and judged(rest).score >= judged(kept).score - _NEARLY:
            kept = rest
    return kept


def _extended(start: Sequence[Source], others: Sequence[Source], judged: Judged) -> list[Source]:
    """Add the source that helps most until the sentence is supported or none helps."""
    chosen, verdict = list(start), judged(start)
    while len(chosen) < MOST_SOURCES and verdict.support != "supported":
        trials = [[*chosen, each] for each in others if each not in chosen]
        best = max(trials, key=lambda trial: judged(trial).score, default=chosen)
        if judged(best).score <= verdict.score + _NEARLY:
            break
        chosen, verdict = best, judged(best)
    return chosen
