"""A text → the dates it holds, as far as it gives them, however they are written.

The names of months and weekdays stand here, once, for all that looks for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

LETTER = r"[A-Za-z\u00c0-\u052f]"
"""A letter of the scripts that put a space between a number and a word."""

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_MONTHS = (*(name[:3] for name in MONTHS), "Sept")
ANY_MONTH, ANY_WEEKDAY = "|".join(MONTHS), "|".join(WEEKDAYS)
"""The names in full, as the inside of a regular expression."""

_MONTH = rf"(?:{ANY_MONTH}|{'|'.join(SHORT_MONTHS)})\b\.?"
_COMMA = r"(?:\s?,)?\s"
# In the order in which they are tried: 2024-05-03; 3 May 2024; May 3, 2024; May 2024; 3.5.2024;
# a month alone; a weekday; the 1990s; a year alone, or two: 1998-99.
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
    rf"|(?P<w8>\b(?:{ANY_WEEKDAY}))"
    r"|(?<![\w.,:$€£])(?P<decade>\d{3}0)['’]?s\b"
    # What looks like a year is none within a larger number, a price, or before a unit of numbers.
    rf"|(?<!{LETTER})(?<![\d.,:$€£])(?P<y9>1\d{{3}}|20\d\d)(?:[-–/](?P<short>\d\d)(?!\d))?"
    rf"(?![\d%]|[.,:]\d|{LETTER}|\s?(?:percent|per\scent|thousand|million|billion|trillion)\b)"
)
_RELATIVE = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}


@dataclass(frozen=True, slots=True)
class Day:
    """A date, as far as a text gives it.

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
    parts = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value}
    text = match[0].strip()
    if "decade" in parts:
        yield Day(text, decade=int(parts["decade"]))
        return
    if "w" in parts:
        yield Day(text, weekday=WEEKDAYS.index(text))
        return
    year = int(parts["y"]) if "y" in parts else None
    day = int(parts["d"]) if "d" in parts else None
    month = parts.get("m", "")
    number = int(month) if month.isdigit() else None
    if month and number is None:
        number = month_number(month)
    yield Day(text, year, number, day)
    if parts.get("mark") == "/":  # written month first
        yield Day(text, year, day, number)
    if "short" in parts and year:
        yield Day(text, year - year % 100 + int(parts["short"]))


def month_number(name: str) -> int:
    """Return the number of a month, from 1, by its name in full or shortened.

    Raises:
        ValueError: No month is called so.
    """
    return SHORT_MONTHS.index(name[:3].title()) + 1


def same_day(stated: Day, quoted: Collection[Day], years: Collection[int]) -> bool:
    """Whether a stated date is among quoted ones; a year may stand elsewhere (``years``)."""
    if stated.decade is not None:
        return any(stated.decade in (each.decade, (each.year or 0) // 10 * 10) for each in quoted)
    return any(_fits(stated, each, years) for each in quoted)


def _fits(stated: Day, quoted: Day, years: Collection[int]) -> bool:
    if stated.weekday is not None:
        return stated.weekday in (quoted.weekday, _weekday(quoted))
    if stated.month is None:
        return stated.year == quoted.year
    year_fits = stated.year in (None, quoted.year) or (quoted.year is None and stated.year in years)
    return year_fits and quoted.month == stated.month and stated.day in (None, quoted.day)


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
