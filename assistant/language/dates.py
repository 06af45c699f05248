"""A text → the dates it holds, as far as they are told, however they are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

LETTER = r"[A-Za-z\u00c0-\u052f]"
"""A letter of the scripts that put a space between a number and a word."""

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_WEEKDAYS = "mon tue wed thu fri sat sun".split()  # noqa: SIM905
_COMMA = r"(?:\s?,)?\s"
_DATE = re.compile(
    rf"(?P<y1>\d{{4}})-(?P<m1>\d\d)-(?P<d1>\d\d)(?!\d)"
    rf"|(?<![\d.,])(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?\s(?:of\s)?(?P<m2>{_MONTH})"
    rf"(?:{_COMMA}(?P<y2>\d{{4}})(?!\d))?"
    rf"|\b(?P<m3>{_MONTH})\s(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?(?![\d%])"
    rf"(?:{_COMMA}(?P<y3>\d{{4}})(?!\d))?"
    rf"|\b(?P<m4>{_MONTH}){_COMMA}(?:of\s)?(?P<y4>\d{{4}})(?!\d)"
    r"|(?<![\d.])(?P<d5>\d{1,2})(?P<mark>[./])(?P<m5>\d{1,2})(?P=mark)(?P<y5>\d{4})(?!\d)"
    # "May" and "March" are words as well: alone they count only where a month may stand.
    rf"|(?<=\b[Ii]n )(?P<m6>{_MONTH})|\b(?!(?:May|Mar)\b)(?!March\b)(?P<m7>{_MONTH})"
    r"|(?P<w8>\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
    r"|(?<![\w.,:$€£])(?P<decade>\d{3}0)['’]?s\b"
    rf"|(?<!{LETTER})(?<![\d.,:$€£])(?P<y9>1\d{{3}}|20\d\d)(?:[-–/](?P<short>\d\d)(?!\d))?"
    rf"(?![\d%]|[.,:]\d|{LETTER}|\s?(?:percent|per\scent|thousand|million|billion|trillion)\b)"
)
_RELATIVE = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}


@dataclass(frozen=True, slots=True)
class Day:
    """A date, as far as it is told.

    Attributes:
        text: As it is written.
        weekday: 0 is Monday.
        decade: Its first year ("the 1990s").
    """

    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    decade: int | None = None


def find_days(text: str) -> tuple[list[Day], str]:
    """Return the dates of a text, in its order, and the text with blanks where they stand."""
    days: list[Day] = []
    rest = text
    for match in _DATE.finditer(text):
        days += _days(match)
        gap = " " * (match.end() - match.start())
        rest = rest[: match.start()] + gap + rest[match.end() :]
    return days, rest


def _days(match: re.Match[str]) -> Iterator[Day]:
    found = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value}
    text = match[0].strip()
    if "decade" in found:
        yield Day(text, decade=int(found["decade"]))
        return
    if "w" in found:
        yield Day(text, weekday=_WEEKDAYS.index(text[:3].casefold()))
        return
    year = int(found["y"]) if "y" in found else None
    day = int(found["d"]) if "d" in found else None
    month = found.get("m", "")
    number = int(month) if month.isdigit() else None
    if month and number is None:
        number = _MONTHS.index(month[:3].casefold()) + 1
    yield Day(text, year, number, day)
    if found.get("mark") == "/":  # written month first
        yield Day(text, year, day, number)
    if "short" in found and year:
        yield Day(text, year - year % 100 + int(found["short"]))


def same_day(said: Day, told: Collection[Day], years: Collection[int]) -> bool:
    """Whether a date is among those that are told; a year may be told elsewhere (``years``)."""
    if said.decade is not None:
        return any(said.decade in (each.decade, (each.year or 0) // 10 * 10) for each in told)
    return any(_fits(said, each, years) for each in told)


def _fits(said: Day, told: Day, years: Collection[int]) -> bool:
    if said.weekday is not None:
        return said.weekday in (told.weekday, _weekday(told))
    if said.month is None:
        return said.year == told.year
    year_fits = said.year in (None, told.year) or (told.year is None and said.year in years)
    return year_fits and told.month == said.month and said.day in (None, told.day)


def _weekday(day: Day) -> int | None:
    try:
        return date(day.year or 0, day.month or 0, day.day or 0).weekday()
    except ValueError:
        return None


def days_seen_from(text: str, days: Collection[Day], published: str) -> tuple[Day, ...]:
    """Return the dates that a text means, seen from the day of its article.

    Args:
        text: What it says.
        days: The dates it holds.
        published: The article's date, YYYY-MM-DD.

    Returns:
        Its dates with the article's year where they have none, and the dates of "yesterday" and
        of the weekdays it names: the last one before and the first one after that day.
    """
    try:
        today = date.fromisoformat(published)
    except ValueError:
        return ()
    seen = [replace(each, year=today.year) for each in days if each.month and not each.year]
    offsets = [shift for word, shift in _RELATIVE.items() if word in text.casefold()]
    for each in days:
        if each.weekday is not None:
            back = (today.weekday() - each.weekday) % 7
            offsets += [-back, 7 - back]
    reached = [today + timedelta(days=shift) for shift in offsets]
    return (*seen, *(Day(each.isoformat(), each.year, each.month, each.day) for each in reached))
