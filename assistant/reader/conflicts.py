"""Articles that differ: two sentences answer the same question with other numbers or dates."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence

from assistant.question.answer_type import Kind
from assistant.question.understand import Query
from assistant.reader.evidence import Candidate

_AS_LIKELY = 0.25  # share of the best sentence's chance from which on another one counts as well
_NAMED = 0.6  # share of the question's words, by rarity, that both passages must hold
_AS_NEAR = 0.8  # and of those that the best one's passage holds

# Not within a word ("COVID-19"), nor a time of day.
_NUMBER = re.compile(
    r"(?<![\w:.,-])(\d+(?:[.,]\d+)*)(?![\w:-]|[.,]\d)(?:\s+(thousand|million|billion)\b)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w,.-])(?:1\d|20)\d\d(?![\w-]|[.,]\d)")
_SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_SPELT = {
    name: float(number)
    for number, name in enumerate(
        "two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905
        start=2,
    )
}
_SPELT_NUMBER = re.compile(rf"(?<![\w-])({'|'.join(_SPELT)})(?![\w-])", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,;] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)[A-Z][\w’'-]+")
_MONTHS = frozenset(calendar.month_name)


def find_conflict(
    query: Query, best: Candidate, evidence: Sequence[Candidate], chances: Mapping[int, float]
) -> Candidate | None:
    """Return a sentence of another article that answers otherwise than the best one, or None.

    Only where a number or a date is asked for: there it can be told without understanding.
    """
    if not query.answer_type.can_differ:
        return None
    values_of = next(_VALUES[kind] for kind in _VALUES if kind in query.answer_type.kinds)
    asked = values_of(query.judged)
    own = values_of(best.text) - asked
    if not own or best.signals.context_overlap < _NAMED:
        return None
    for each in sorted(evidence, key=lambda each: -chances[each.number]):
        values = values_of(each.text) - asked
        if values and not values & own and _rivals(each, best, chances):
            return each
    return None


def _rivals(each: Candidate, best: Candidate, chances: Mapping[int, float]) -> bool:
    """Whether a sentence of another article answers about as well as the best one."""
    return (
        each.passage.article_id != best.passage.article_id
        and chances[each.number] >= _AS_LIKELY * chances[best.number]
        and each.signals.context_overlap >= max(_NAMED, _AS_NEAR * best.signals.context_overlap)
        and _share_a_name(each, best)
    )


def _share_a_name(one: Candidate, other: Candidate) -> bool:
    """Whether both passages name the same person or place: else they tell of different things."""
    names = [
        set(_NAME.findall(f"{each.around} {each.article.title}")) - _MONTHS for each in (one, other)
    ]
    return bool(names[0] & names[1])


def _years(text: str) -> set[float]:
    return {float(year) for year in _YEAR.findall(text)}


def _numbers(text: str) -> set[float]:
    """Return the numbers of a text; years are none: "in 1998" says when, not how many."""
    spelt = {_SPELT[word.casefold()] for word in _SPELT_NUMBER.findall(text)}
    digits = {
        float(number.replace(",", "").rstrip(".")) * _SCALE.get(scale.casefold(), 1.0)
        for number, scale in _NUMBER.findall(text)
        if number.count(".") < 2 and (scale or not _YEAR.fullmatch(number))
    }
    return spelt | digits


_VALUES: dict[Kind, Callable[[str], set[float]]] = {"date": _years, "number": _numbers}
"""Kind of answer → what two sentences must both tell to differ in it; dates are surer."""
