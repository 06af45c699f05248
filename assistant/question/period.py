"""A question → the time it asks about: "last week", "in May 2021", "the latest".

Times are compared with the articles' own dates. What counts from today ("last week") means
articles of that time only; a year or month by name may as well be what an article is about, and so
articles of that time are only preferred; "the latest" asks for the newest articles first.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.language.dates import ANY_MONTH, month_number
from assistant.language.number_words import SMALL_NUMBERS, spelt_value
from index import Period

_COUNTED = "|".join(SMALL_NUMBERS[2:])
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

# Words within quotation marks or followed by "'s" ("yesterday's men") or "of" ("the last week of
# the war") mean no time before today.
_AGO = re.compile(r"(?<![“\"'«])\byesterday\b(?!['’]s)")
_UNIT = re.compile(r"\b(this|last|past) (week|month|year)\b(?!['’]s\b| of\b)", re.IGNORECASE)
_COUNT = re.compile(
    rf"\b(?:in|over|during|within)? ?(?:the )?(?:last|past) (\d{{1,3}}|{_COUNTED})"
    r" (day|week|month|year)s\b(?! of\b)",
    re.IGNORECASE,
)
# A year that an article may be about as well as from.
_NAMED = re.compile(rf"\b(?:in|from|during) (?:({ANY_MONTH}),? )?((?:19|20)\d\d)\b", re.IGNORECASE)
# "At the latest", "at the moment of", "recently opened" ask for no newest article.
_LATEST = re.compile(
    r"(?<!at )\bthe latest(?: news)?(?=\s*(?:(?:on|about|from|in)\b|[?.!]|$))|\b(?:currently|lately"
    r"|right now|at present|these days|as of (?:now|today)|at the moment(?! (?:of|when|that)\b))\b"
    r"|\brecently\b(?! \w+ed\b)|(?<![“\"'«])\btoday\b(?!['’]s)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AskedTime:
    """The time a question asks about.

    Attributes:
        question: The question without the words that count from today: no article holds them.
        period: When the articles are from that are meant; None: they may be from any time.
        latest: Whether the newest articles come first.
    """

    question: str
    period: Period | None = None
    latest: bool = False


def asked_time(question: str, today: date) -> AskedTime:
    """Find the time in a question.

    Args:
        question: In plain words.
        today: What "last week" is counted from.
    """
    for pattern, period_of in _READERS:
        match = pattern.search(question)
        if match:
            period = period_of(match, today)
            return AskedTime(_without(question, match) if period.only else question, period)
    match = _LATEST.search(question)
    if match:
        return AskedTime(_without(question, match), latest=True)
    return AskedTime(question)


def _without(question: str, match: re.Match[str]) -> str:
    """Return a question without a stretch of it, or as it is if nothing would remain."""
    rest = f"{question[: match.start()]} {question[match.end() :]}"
    tidy = re.sub(r"\s+([?.!,;])", r"\1", " ".join(rest.split()))
    return tidy if re.search(r"\w", tidy) else question


def _day(_: re.Match[str], today: date) -> Period:
    day = today - timedelta(days=1)
    return _period(day, day)


def _unit(match: re.Match[str], today: date) -> Period:
    """Return the present or the last calendar week, month or year."""
    unit = match[2].casefold()
    first = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }[unit]
    if match[1].casefold() == "this":
        return _period(first, today)
    if match[1].casefold() == "past":
        return _period(today - timedelta(days=_DAYS[unit]), today)
    end = first - timedelta(days=1)
    begin = {
        "week": first - timedelta(days=7),
        "month": end.replace(day=1),
        "year": end.replace(month=1, day=1),
    }[unit]
    return _period(begin, end)


def _count(match: re.Match[str], today: date) -> Period:
    number = int(match[1]) if match[1].isdigit() else spelt_value(match[1])
    return _period(today - timedelta(days=number * _DAYS[match[2].casefold()]), today)


def _named(match: re.Match[str], _: date) -> Period:
    year = int(match[2])
    if not match[1]:
        return _period(date(year, 1, 1), date(year, 12, 31), only=False)
    month = month_number(match[1])
    last = calendar.monthrange(year, month)[1]
    return _period(date(year, month, 1), date(year, month, last), only=False)


def _period(first: date, last: date, *, only: bool = True) -> Period:
    return Period(first.isoformat(), last.isoformat(), only=only)


_READERS = (
    (_COUNT, _count),
    (_UNIT, _unit),
    (_AGO, _day),
    (_NAMED, _named),
)
