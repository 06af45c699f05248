"""A written sentence and quotes → how much of its wording they hold, names and numbers aside."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from assistant.checking.facts import QuotedFacts
from assistant.language.amounts import read_values
from assistant.language.names import find_names
from assistant.language.words import stem_set, word_list
from index.words import STOP_WORDS, stem

_BESIDE = 0.5  # what a word is worth that stands only round a quote or in the question
_DERIVED = 0.8  # and one that only begins like a word of the quotes
_SAME_START = 0.7  # share of the longer word that must be the same, for that
_SHORTEST_START = 4
_GRAMMAR = frozenset(map(stem, STOP_WORDS))
_REPORTING = frozenset(
    map(
        stem,
        """article articles text source sources passage quote quotes report reports reported
        according say says said state states stated mention mentions describe describes explain
        explains write writes wrote note notes noted author authors following list lists answer
        question information provide provides provided given based summary overall however
        therefore additionally furthermore moreover specifically example include includes
        including key main point points several various important apparently possibly likely
        perhaps titled entitled published dated here is also""".split(),  # noqa: SIM905
    )
)
"""Stems with which a sentence tells where it has something from, and not what."""

_SILENCE = re.compile(
    r"\b(?:articles?|quotes?|sources?|texts?|passages?|excerpts?|evidence|information)\b[^.;]*?"
    r"(?:n['’]t|not?|never)\b[^.;]*?"
    r"\b(?:say|mention|state|specif|provid|include|contain|give|tell|discuss|address)"
    r"|\bno (?:information|mention|details?)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def own_share(sentence: str, quote: str) -> float:
    """Return the share of a sentence's words, names and numbers too, that one quote holds."""
    wanted = stem_set(sentence) - _GRAMMAR - _REPORTING
    return len(wanted & stem_set(quote)) / len(wanted) if wanted else 0.0


def coverage(sentence: str, facts: QuotedFacts, question: str) -> float:
    """Return the share of a sentence's words of meaning that quotes hold, 0..1.

    Names and numbers are left out: they are looked for one by one.
    """
    wanted = _meaning(sentence)
    if not wanted:
        return 1.0
    beside = {stem(word) for word in facts.around} | stem_set(question)
    return sum(_worth(term, facts.stems, beside) for term in wanted) / len(wanted)


def _meaning(sentence: str) -> list[str]:
    named = {word for name in find_names(sentence) for word in name.words}
    plain = [
        word
        for word in word_list(sentence)
        if word not in STOP_WORDS and word not in named and not word[0].isdigit()
    ]
    return [term for term in dict.fromkeys(map(stem, plain)) if term not in _REPORTING]


def _worth(term: str, stems: Collection[str], beside: Collection[str]) -> float:
    if term in stems:
        return 1.0
    if any(_begins_alike(term, other) for other in stems):
        return _DERIVED
    return _BESIDE if term in beside else 0.0


def _begins_alike(one: str, other: str) -> bool:
    if one[:_SHORTEST_START] != other[:_SHORTEST_START] or one.startswith("0x"):
        return False
    same = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
                min(len(one), len(other)))  # fmt: skip
    return same >= max(_SHORTEST_START, _SAME_START * max(len(one), len(other)))


def is_lead_in(sentence: str, question: str = "") -> bool:
    """Whether a sentence only announces what follows, such as "The articles mention:"."""
    if not sentence.rstrip().rstrip("*_").endswith(":"):
        return False
    values = read_values(sentence)
    asked = stem_set(question)
    names = [word for name in find_names(sentence) for word in name.words]
    if values.days or any(each.telling for each in values.amounts):
        return False
    if any(stem(word) not in asked | _REPORTING for word in names):
        return False
    return sum(term not in asked for term in _meaning(sentence)) <= 1


def says_nothing(sentence: str) -> bool:
    """Whether a sentence holds no word of meaning, no name and no number, such as "See below"."""
    values = read_values(sentence)
    has_values = values.days or any(each.telling for each in values.amounts)
    return not has_values and not _meaning(sentence) and not find_names(sentence)


def tells_of_silence(sentence: str) -> bool:
    """Whether a sentence says what the articles do not say."""
    return bool(_SILENCE.search(sentence))
