"""A text → the details that must be right in it: its numbers, its dates and its names.

Numbers written in other ways are the same: ``1,200``, ``1200`` and ``twelve hundred``; ``5%`` and
``five percent``; ``3 million`` and ``3,000,000``. English words; figures of any language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.words import STOP_WORDS, words

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_SMALL = {word: float(value) for value, word in enumerate(_UNITS)}
_SMALL |= {word: 20.0 + 10 * place for place, word in enumerate(_TENS)}
_SMALL |= {"half": 0.5, "dozen": 12.0, "twice": 2.0, "pair": 2.0, "couple": 2.0}
_RANKS = {word: float(value) for value, word in enumerate(_ORDINALS)}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SCALES |= {"hundreds": 1e2, "thousands": 1e3, "millions": 1e6, "billions": 1e9}
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9, "mn": 1e6, "tn": 1e12}
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_FIGURE = re.compile(
    r"(?<![\w.,])[-−]?\d+(?:[,  '’]\d{3})*(?:[.,]\d+)?(?:(?=\s)|(?=[^\w])|(?=$)|(?=[a-zA-Z]))"
)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d[\d.,]*")
_SUFFIX = re.compile(r"\s?(?:(k|m|bn|b|mn|tn)\b|(st|nd|rd|th)\b|(hundred|thousand|million|billion"
                     r"|trillion)s?\b)", re.IGNORECASE)  # fmt: skip
_NAME = re.compile(r"[^\W\d_][\w’'.-]*")
_MAY = re.compile(r"\bMay\b")
_ABBREVIATED = re.compile(
    r"\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?(?=\s*\d)|(?<=\d )"
    r"(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
_COMMON_ENDINGS = ("s", "ing", "ed", "ly", "tion", "ment", "ness", "ity", "ism", "ers", "ists")


@dataclass(frozen=True, slots=True)
class Details:
    """What must be right in a text.

    Attributes:
        numbers: Value → how the text writes it.
        dates: Months and weekdays, in small letters.
        names: Word of a name, folded → how the text writes it.
        opening: The first word, if it may be a name: its capital letter does not tell.
    """

    numbers: dict[float, str]
    dates: frozenset[str]
    names: dict[str, str]
    opening: str = ""


@lru_cache(maxsize=4096)
def details_of(text: str) -> Details:
    """Return the details of a text."""
    names, opening = _names(text)
    return Details(_numbers(text), frozenset(_dates(text)), names, opening)


def _numbers(text: str) -> dict[float, str]:
    found: dict[float, str] = {}
    for match in _ISO.finditer(text):
        for part in match.groups():
            found[float(part)] = match[0]
    for match in _FIGURE.finditer(_ISO.sub(" ", text)):
        _add_figure(found, match[0], _ISO.sub(" ", text)[match.end() :])
    _add_words(found, text)
    return found


def _add_figure(found: dict[float, str], figure: str, behind: str) -> None:
    value = _value(figure)
    if value is None:
        return
    suffix = _SUFFIX.match(behind)
    scale, shown = 1.0, figure
    if suffix and (suffix[1] or suffix[3]):
        scale = _SHORT_SCALES.get((suffix[1] or "").lower()) or _SCALES[suffix[3].lower()]
        shown = figure + suffix[0]
    found[round(value * scale, 6)] = shown


def _value(figure: str) -> float | None:
    plain = re.sub(r"[,  '’](?=\d{3}(?:\D|$))", "", figure.replace("−", "-")).lstrip("-")
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


def _add_words(found: dict[float, str], text: str) -> None:
    """Add the numbers that are written in words, "two hundred and five" as one."""
    run: list[str] = []
    for token in [*_TOKEN.findall(text.casefold().replace("-", " ")), ""]:
        if token in _SMALL or token in _SCALES or (run and token == "and"):
            run.append(token)
            continue
        _add_run(found, run)
        run = []
        if token in _RANKS:
            found[_RANKS[token]] = token


def _add_run(found: dict[float, str], run: list[str]) -> None:
    while run and run[-1] == "and":
        run = run[:-1]
    if not run or run == ["one"] or not any(word in _SMALL for word in run):
        return  # "one" is a pronoun as often as a number, "thousands" no number at all
    total = part = 0.0
    for word in run:
        if word == "and":
            continue
        if word in _SMALL:
            part += _SMALL[word]
        elif _SCALES[word] == 100:
            part = max(part, 1.0) * 100
        else:
            total, part = total + max(part, 1.0) * _SCALES[word], 0.0
    found[total + part] = " ".join(run)


def _dates(text: str) -> set[str]:
    plain = set(re.findall(r"[a-z]+", text.casefold()))
    found = {each for each in (*_MONTHS, *_WEEKDAYS) if each in plain and each != "may"}
    if _MAY.search(text):
        found.add("may")
    short = {"".join(match.groups(""))[:3].lower() for match in _ABBREVIATED.finditer(text)}
    found |= {month for month in _MONTHS if month[:3] in short}
    for match in _ISO.finditer(text):
        month = int(match[2])
        found |= {_MONTHS[month - 1]} if 1 <= month <= 12 else set()
    return found


def _names(text: str) -> tuple[dict[str, str], str]:
    found: dict[str, str] = {}
    opening = ""
    tokens = [*_NAME.finditer(text)]
    for place, match in enumerate(tokens):
        word = match[0].rstrip(".'’-")
        if any(map(str.isdigit, word)):
            found["".join(words(word))] = word
        if not word[:1].isupper() or word in {"I", "A"}:
            continue
        plain = "".join(words(word))
        if not plain or plain in STOP_WORDS or plain in {*_MONTHS, *_WEEKDAYS} or plain in _SMALL:
            continue
        follows = tokens[place + 1][0][:1].isupper() if place + 1 < len(tokens) else False
        if _opens(text, match.start()) and not follows and not word[1:].isupper():
            opening = opening or (word if not plain.endswith(_COMMON_ENDINGS) else "")
        else:
            found[plain] = word
    return found, opening


def _opens(text: str, offset: int) -> bool:
    """Whether a sentence, or what is quoted in one, begins here."""
    before = text[:offset].rstrip(" \"“„«'‘([*–—-")
    return not before or before[-1] in ".!?:;\n"
