"""A text → the dates and other numbers it holds, the same however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.language.dates import LETTER, Day, find_days
from assistant.language.number_words import SPELT_NUMBER, is_ordinal, spelt_value

_UNITS = {
    name: unit
    for unit, names in {
        "%": "% percent pct percentage",
        "$": "$ dollar dollars usd",
        "€": "€ euro euros eur",
        "£": "£ gbp",
        "km": "km kilometer kilometers kilometre kilometres",
        "mile": "mile miles",
        "metre": "metre metres meter meters",
        "foot": "foot feet ft",
        "inch": "inch inches",
        "kg": "kg kilogram kilograms kilo kilos",
        "ton": "ton tons tonne tonnes",
        "litre": "litre litres liter liters",
        "gallon": "gallon gallons",
        "hour": "hour hours hr hrs",
        "minute": "minute minutes min mins",
        "second": "seconds sec secs",
        "day": "day days",
        "week": "week weeks",
        "month": "month months",
        "year": "year years yr yrs",
        "degree": "degree degrees °c °f",
    }.items()
    for name in names.split()
}
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9,
}  # fmt: skip
_TIME = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half>[aApP])\.?[mM]\b\.?"
_CLOCK = r"(?P<hour24>\d{1,2}):(?P<minute24>\d\d)(?![\d:])"
# In the order in which they are tried: "3 pm"; "15:30"; digits, with a currency before them and a
# rank or a scale behind ("$5bn", "3rd"); a number in words. Spaces and signs within digits are
# those by which people group them: "1,200", "1.200", "1 200", "1’200".
_AMOUNT = re.compile(
    rf"(?<![\w.,]){_TIME}|(?<![\w.,:]){_CLOCK}"
    rf"|(?:(?P<money>[$€£])\s?)?(?<!{LETTER})(?<![\d.])(?<!\d,)(?P<minus>(?<=\s)[-−])?"
    r"(?<![A-Z]-)"  # "COVID-19" and "F-16" are names
    r"(?P<digits>\d{1,3}(?:[,  ’']\d{3})+(?!\d)(?:\.\d+)?|\d+(?:[.,]\d+)*)"
    r"(?:(?P<rank>st|nd|rd|th)\b|[\s-]?(?P<scale>hundred|thousand|million|billion|trillion|bn|mn"
    rf"|[kKmM])\b)?(?!{LETTER})"
    rf"|\b(?P<spelt>{SPELT_NUMBER})",
    re.IGNORECASE,
)
# What stands right behind a number, and may be its unit.
_UNIT = re.compile(r"[\s-]?(per\scent|(?:US\s)?[^\W\d_]+|%|°[CF])", re.IGNORECASE)
# What stands right before a number that is rounded: to either side, down, up.
_NEAR = re.compile(
    r"\b(?:about|around|roughly|approximately|approx\.|some|circa|an estimated|close to)\s[$€£]?$"
    r"|[~≈][$€£]?$",
    re.IGNORECASE,
)
_ABOVE = re.compile(r"\b(?:more than|over|at least|above|exceeding)\s[$€£]?$", re.IGNORECASE)
_BELOW = re.compile(
    r"\b(?:less than|fewer than|under|nearly|almost|up to|below|at most|just under)\s[$€£]?$",
    re.IGNORECASE,
)
# Between two numbers that share a unit: "5 to 10 million euros".
_TO = re.compile(r"\s?(?:to|and|or|[-–—])\s?[$€£]?", re.IGNORECASE)
_EVENING = 12 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that is no date.

    Attributes:
        text: As it is written.
        start: Where it stands in the text.
        values: What it may mean ("1.200" is read in two ways).
        unit: Of ``%``, a currency, a measure or ``time`` (minutes of the day); else empty.
        about: Whether it is said to be rounded: ``~``, or ``<`` and ``>`` for a bound; else empty.
        telling: Whether a text that says it must have it from somewhere: "one" may be a pronoun.
        ordinal: Whether it says which one, not how many: "3rd", "third".
    """

    text: str
    start: int
    values: frozenset[float]
    unit: str = ""
    about: str = ""
    telling: bool = True
    ordinal: bool = False


@dataclass(frozen=True, slots=True)
class Values:
    """The dates and the other numbers of a text."""

    days: tuple[Day, ...]
    amounts: tuple[Amount, ...]


@lru_cache(maxsize=20_000)
def read_values(text: str) -> Values:
    """Return the dates and numbers of a text, in its order; no part of a date is a number too."""
    days, rest = find_days(text)
    return Values(tuple(days), tuple(_amounts(rest)))


def _amounts(text: str) -> list[Amount]:
    """Return the numbers of a text; in "5 to 10 million euros" the first means millions too."""
    amounts = list(_own_amounts(text))
    for place in range(len(amounts) - 2, -1, -1):
        one, other = amounts[place : place + 2]
        between = text[one.start + len(one.text) : other.start]
        if one.unit != "time" and _TO.fullmatch(between):
            scale = _SCALES.get(other.text.casefold().split()[-1], 1.0)
            scaled = scale > 1 and max(one.values) < scale
            values = frozenset(value * scale for value in one.values) if scaled else one.values
            amounts[place] = replace(one, values=values, unit=one.unit or other.unit)
    return amounts


def _own_amounts(text: str) -> Iterator[Amount]:
    for match in _AMOUNT.finditer(text):
        if match["half"] or match["hour24"]:
            yield Amount(match[0].strip(), match.start(), _minutes(match), "time")
            continue
        values, telling = _values(match)
        unit = _unit(text, match)
        about = _rounding(text[: match.start()])
        ordinal = bool(match["rank"]) or is_ordinal(match["spelt"] or "")
        yield Amount(match[0].strip(), match.start(), values, unit, about, telling, ordinal)


def _minutes(match: re.Match[str]) -> frozenset[float]:
    if match["hour24"]:
        minutes = int(match["hour24"]) * 60 + int(match["minute24"])
        return frozenset({float(minutes), float(minutes + _EVENING)})
    minutes = int(match["hour"]) % 12 * 60 + int(match["minute"] or 0)
    return frozenset({float(minutes + _EVENING * (match["half"] in "pP"))})


def _values(match: re.Match[str]) -> tuple[frozenset[float], bool]:
    """Return what a number may mean, and whether it is more than a pronoun."""
    if match["spelt"]:
        telling = match["spelt"].casefold() not in ("one", "first")
        return frozenset({spelt_value(match["spelt"])}), telling
    plain = {float(each) for each in _readings(match["digits"])}
    scale = (match["scale"] or "").casefold()
    factor = _SCALES.get(scale, 1.0)
    sign = -1 if match["minus"] else 1
    values = {round(sign * each * factor, 6) for each in plain}
    if len(scale) == 1 and not match["money"]:  # "5m" may be metres
        values |= plain
    return frozenset(values), True


def _readings(digits: str) -> set[str]:
    """Return how a number's separators may be meant: "1.200" is 1200 or 1.2, "3,5" is 3.5."""
    if re.fullmatch(r"\d+", digits):
        return {digits}
    grouped = re.fullmatch(r"\d{1,3}(?:([.,  ’'])\d{3})(?:\1\d{3})*", digits)
    readings = {re.sub(r"\D", "", digits)} if grouped else set()
    if re.fullmatch(r"\d+[.,]\d+", digits) and not (grouped and "," in digits):
        readings.add(digits.replace(",", "."))
    if re.fullmatch(r"[\d,  ’']+\.\d+", digits):
        readings.add(re.sub(r"[^\d.]", "", digits))
    return readings or {digits.replace(",", "").replace(".", "")}


def _unit(text: str, match: re.Match[str]) -> str:
    if match["money"]:
        return match["money"]
    behind = _UNIT.match(text, match.end())
    if not behind:
        return ""
    name = behind[1].casefold().removeprefix("us ")
    return "%" if name.startswith("per") and name != "per" else _UNITS.get(name, "")


def _rounding(before: str) -> str:
    for pattern, sign in ((_NEAR, "~"), (_ABOVE, ">"), (_BELOW, "<")):
        if pattern.search(before[-24:]):
            return sign
    return ""


def same_amount(stated: Amount, quoted: Amount) -> bool:
    """Whether a stated number is a quoted one, or a fair rounding of it."""
    if stated.unit and quoted.unit and stated.unit != quoted.unit:
        return False
    if stated.values & quoted.values:
        return True
    return bool(stated.about) and any(
        _rounds_to(value, exact, stated.about) for value in stated.values for exact in quoted.values
    )


def _rounds_to(value: float, exact: float, about: str) -> bool:
    """Whether a rounded value stands for an exact one: within its last digit that is not 0."""
    step = 1.0
    while value and value % (step * 10) == 0:
        step *= 10
    while value % step and step > 1e-3:
        step /= 10
    apart = exact - value
    if about == "~":
        return abs(apart) <= step / 2
    return 0 < (apart if about == ">" else -apart) < step
