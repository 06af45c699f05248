"""Articles that differ: two sentences answer the same question with other numbers or dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product

from assistant.language.amounts import Amount, read_values, same_amount
from assistant.language.dates import Day
from assistant.language.names import find_names
from assistant.question.answer_type import Kind
from assistant.question.understand import Query
from assistant.reader.evidence import Candidate
from index.words import STOP_WORDS, stem, words

_AS_LIKELY = 0.25  # share of the best sentence's chance from which on another one counts as well
_NAMED = 0.6  # share of the question's words, by rarity, that both passages must hold
_AS_NEAR = 0.8  # and of those that the best one's passage holds
_COUNTED = 3  # words behind a number, or before it, among which what it counts is looked for

# Where articles that give other days of one year do not differ.
_ASKS_FOR_YEAR = re.compile(r"\b(?:what|which) year\b", re.IGNORECASE)
_ASKS_FOR_SHARE = re.compile(r"\b(?:percent|per cent|percentage|proportion)\b", re.IGNORECASE)
# What stands before a number that only says which one: "line 4", "[4]", "No. 4".
_LABEL = re.compile(
    r"(?:\[|#|\b(?:no\.|numbers?|lines?|models?|types?|versions?|classes|chapters?|sections?"
    r"|articles?|pages?|figures?|tables?|rooms?|steps?|parts?|routes?|highways?|platforms?|gates?"
    r"|acts?|phases?|stages?|levels?|grades?|categor(?:y|ies)|forms?|seasons?|episodes?) )$",
    re.IGNORECASE,
)
# The clause round a number: what it counts stands within.
_BREAK = re.compile(r"[,;:.!?()]|\band\b")


def find_conflict(
    query: Query, best: Candidate, evidence: Sequence[Candidate], chances: Mapping[int, float]
) -> Candidate | None:
    """Return a sentence of another article that answers otherwise than the best one, or None.

    Only where a number or a date is asked for: there it can be seen without understanding.
    """
    if not query.answer_type.can_differ or best.signals.context_overlap < _NAMED:
        return None
    differ = next(_DIFFER[kind] for kind in _DIFFER if kind in query.answer_type.kinds)
    for each in sorted(evidence, key=lambda each: -chances[each.number]):
        if _rivals(each, best, chances) and differ(query, best, each):
            return each
    return None


def _rivals(each: Candidate, best: Candidate, chances: Mapping[int, float]) -> bool:
    """Whether a sentence of another article answers about as well as the best one."""
    return (
        each.passage.article_id != best.passage.article_id
        and chances[each.number] >= _AS_LIKELY * chances[best.number]
        and each.signals.context_overlap >= max(_NAMED, _AS_NEAR * best.signals.context_overlap)
        and bool(_name_words(each) & _name_words(best))
    )


def _name_words(each: Candidate) -> set[str]:
    """Return the words of the names of a passage: without one in common, two tell of other things.

    Its title is read as the heading it is.
    """
    names = (*find_names(each.around), *find_names(each.article.title))
    return {word for name in names for word in name.words}


def _days_differ(query: Query, best: Candidate, other: Candidate) -> bool:
    """Whether two sentences date something, and no date of the one can be one of the other."""
    own, others = _days(query, best), _days(query, other)
    return bool(own and others) and not any(
        _may_be_same(one, another) for one, another in product(own, others)
    )


def _days(query: Query, each: Candidate) -> list[Day]:
    """Return the dates of a sentence that have a year, or get one from its article.

    Weekdays say when an article was written rather than when something was. A year that the
    question names is no answer to it.
    """
    asked = {day.year for day in read_values(query.judged).days}
    published = each.article.published
    year = int(published[:4]) if published else None
    days = [day for day in read_values(each.text).days if day.weekday is None]
    dated = [day if day.year or day.decade else replace(day, year=year) for day in days]
    kept = [day for day in dated if day.decade or (day.year and day.year not in asked)]
    if _ASKS_FOR_YEAR.search(query.judged):
        return [replace(day, month=None, day=None) for day in kept]
    return kept


def _may_be_same(one: Day, other: Day) -> bool:
    """Whether two dates agree in all that both of them give."""
    if one.decade or other.decade:
        return _decade(one) == _decade(other)
    return one.year == other.year and all(
        None in pair or pair[0] == pair[1]
        for pair in ((one.month, other.month), (one.day, other.day))
    )


def _decade(day: Day) -> int:
    return day.decade or (day.year or 0) // 10 * 10


def _amounts_differ(query: Query, best: Candidate, other: Candidate) -> bool:
    """Whether two sentences give the same thing, measured or counted, another number.

    Where one of them gives two numbers of a kind ("$3,000 or $10,000"), they are of two things, and
    it cannot be seen which is the other sentence's.
    """
    own, others = _amounts(query, best.text), _amounts(query, other.text)
    pairs = list(product(own, others))
    if any(same_amount(a, b) or same_amount(b, a) for a, b in pairs):
        return False
    alike = [(a, b) for a, b in pairs if _measured(best.text, a) & _measured(other.text, b)]
    return any(sum(a is c or b is d for c, d in alike) == 1 for a, b in alike)


def _amounts(query: Query, text: str) -> list[Amount]:
    """Return the numbers of a text that may answer: if any counts what is asked for, only those."""
    asked = read_values(query.judged).amounts
    amounts = [
        each
        for each in read_values(text).amounts
        if _is_quantity(text, each) and not any(same_amount(each, other) for other in asked)
    ]
    if _ASKS_FOR_SHARE.search(query.judged):
        return [each for each in amounts if each.unit == "%"]
    return [each for each in amounts if _counted(text, each) & query.weights.keys()] or amounts


def _is_quantity(text: str, amount: Amount) -> bool:
    """Whether a number says how many: no time, no "3rd" and no part of a name ("Model 3").

    Without a unit any number behind a name is taken for its part.
    """
    if not amount.telling or amount.ordinal or amount.unit == "time":
        return False
    before = text[: amount.start]
    named = any(before.endswith((f"{n.text} ", f"{n.text}-")) for n in find_names(text))
    return not (_LABEL.search(before) or (named and not amount.unit))


def _measured(text: str, amount: Amount) -> set[str]:
    """Return what tells that two numbers measure the same: what is counted, if it stands behind.

    Else the stems of the words before: "The population was 3,400".
    """
    before = _BREAK.split(text[: amount.start])[-1]
    return _counted(text, amount) or _meaning(words(before)[-_COUNTED:])


def _counted(text: str, amount: Amount) -> set[str]:
    """Return the unit of a number, else the stems of the words of meaning behind it."""
    if amount.unit:
        return {amount.unit}
    behind = _BREAK.split(text[amount.start + len(amount.text) :])[0]
    return _meaning(words(behind)[:_COUNTED])


def _meaning(plain: Sequence[str]) -> set[str]:
    return {stem(word) for word in plain if word not in STOP_WORDS and not word[0].isdigit()}


_DIFFER: dict[Kind, Callable[[Query, Candidate, Candidate], bool]] = {
    "date": _days_differ,
    "number": _amounts_differ,
}
"""Kind of answer → whether two sentences differ in it; dates are surer."""
