"""A sentence that an LLM wrote and the quotes it cites → a verdict, by rules, with its reason.

Words and vectors say whether the quotes are about the same thing; but a wrong number, name or
"not" changes neither by much. So each of those is looked for on its own (``facts``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass

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
    quoted_facts,
)
from assistant.language.words import word_list
from assistant.types import Support

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

_YES = re.compile(r"^\W*(?:yes|no)\s*[,.;:!–—-]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quote:
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


NOTHING_SAID = Verdict("weak", 0.5, "it says nothing that can be checked")
"""The verdict on a sentence without a word of meaning."""


def judge(sentence: str, quotes: Sequence[Quote], *, question: str = "") -> Verdict:
    """Say whether quotes, taken together, support a sentence.

    Args:
        sentence: As an LLM wrote it, without markers.
        quotes: What it cites; their order means nothing.
        question: What it answers: the names in it may be repeated.
    """
    if is_lead_in(sentence, question):
        return Verdict("supported", 1.0)
    sentence = without_yes(sentence)
    if not quotes:
        return Verdict("unsupported", 0.0, "it cites nothing")
    plain = word_list(sentence)
    if any(plain == word_list(quote.text) for quote in quotes):
        return Verdict("supported", 1.0)
    if says_nothing(sentence):
        return NOTHING_SAID
    ordered = sorted(
        quotes, key=lambda each: (-own_share(sentence, each.text), each.text, each.about)
    )
    facts = quoted_facts([each.text for each in ordered], [each.about for each in ordered])
    share = coverage(sentence, facts, question)
    similarity = max(each.similarity for each in ordered)
    is_other = share < _HARDLY and similarity < _UNLIKE
    flaws = list(_flaws(sentence, ordered, question))
    return _verdict(chance_of(share, similarity), flaws, is_other=is_other)


def without_yes(sentence: str) -> str:
    """Return a sentence without the "yes" or "no" that opens it: what follows says it in full."""
    return _YES.sub("", sentence)


def _flaws(sentence: str, quotes: Sequence[Quote], question: str) -> Iterator[Flaw]:
    """Yield what is wrong with a sentence; the quote that holds most of its words comes first."""
    shares = [own_share(sentence, each.text) for each in quotes]
    near = [s for s, share in zip(quotes, shares, strict=True) if share >= _NEAR * shares[0]]
    facts = quoted_facts([each.text for each in near], [each.about for each in near])
    yield from check_values(sentence, facts, question)
    yield from check_names(sentence, facts, question)
    yield from check_negation(sentence, facts)
    yield from check_opposites(sentence, facts)
    yield from check_roles(sentence, facts)
    alike = [s for s, share in zip(quotes, shares, strict=True) if share >= _ALIKE * shares[0]]
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
