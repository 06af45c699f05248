"""A true sentence → a false one, by one change: a number, a date, a name or a negation."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from index.words import STOP_WORDS, words

_MONTHS = """January February March April May June July August September October November
December""".split()  # noqa: SIM905
_SPELT = "two three four five six seven eight nine ten twelve twenty".split()  # noqa: SIM905
_NUMBER = re.compile(rf"(?<![\w.,/-])\d[\d,]*(?:\.\d+)?(?![\w/-])|\b(?:{'|'.join(_SPELT)})\b")
_YEAR = re.compile(r"(?<![\w.,/-])(?:1[5-9]|20)\d\d(?![\w/-]|,\d)")
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b")
_DAY = re.compile(
    rf"\b\d{{1,2}}(?= (?:{'|'.join(_MONTHS)})\b)|(?<=[a-z] )\d{{1,2}}(?= ?, ?\d{{4}}\b)"
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*\b")
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|can|could|will|would|should|must|has|had|may)\b"
    r"(?! (?:not|no|never|only|just)\b)"
)
_NOT = re.compile(r"\b(?:not|never) (?!only|just|least)|n't\b")


def changed_number(sentence: str, dice: random.Random) -> str | None:
    """Return a sentence with one number changed, or None if it has none (years are dates)."""
    found = [m for m in _NUMBER.finditer(sentence) if not _YEAR.fullmatch(m[0])]
    found = [m for m in found if not _DAY.match(sentence, m.start())]
    if not found:
        return None
    match = dice.choice(found)
    if match[0] in _SPELT:
        new = dice.choice([each for each in _SPELT if each != match[0]])
    else:
        new = moved(match[0], dice)
    return sentence[: match.start()] + new + sentence[match.end() :]


def moved(number: str, dice: random.Random) -> str:
    """Return another number of the same form, a tenth to six tenths away, at least 1."""
    digits = number.replace(",", "")
    places = len(digits.partition(".")[2])
    comma = "," if "," in number else ""
    value = new = float(digits)
    while new == value:
        step = dice.choice((-1, 1)) * max(1.0, value * dice.uniform(0.1, 0.6))
        new = round(max(1.0, value + step), places)
    return f"{new:{comma}.{places}f}"


def changed_date(sentence: str, dice: random.Random) -> str | None:
    """Return a sentence with one year, month or day changed, or None if it has none."""
    found = [m for each in (_YEAR, _MONTH, _DAY) for m in each.finditer(sentence)]
    found = [m for m in found if m[0] not in ("May", "March") or m.start()]
    if not found:
        return None
    match = dice.choice(found)
    if match[0] in _MONTHS:
        new = dice.choice([each for each in _MONTHS if each != match[0]])
    elif len(match[0]) == 4:
        new = str(int(match[0]) + dice.choice([-20, -10, -3, -2, -1, 1, 2, 3, 10]))
    else:
        new = str(dice.choice([each for each in range(1, 29) if each != int(match[0])]))
    return sentence[: match.start()] + new + sentence[match.end() :]


def names_in(text: str) -> list[re.Match[str]]:
    """Return the names of a text that do not open a sentence."""
    return [
        m
        for m in _NAME.finditer(text)
        if not _MONTH.search(m[0])
        and not m[0].endswith("day")
        and not set(words(m[0])) & STOP_WORDS
    ]


def changed_name(sentence: str, dice: random.Random, names: Sequence[str]) -> str | None:
    """Return a sentence with one name changed to another of as many words, or None."""
    found = names_in(sentence)
    if not found:
        return None
    match = dice.choice(found)
    count = len(match[0].split())
    like = [each for each in names if len(each.split()) == count and each != match[0]]
    return sentence[: match.start()] + dice.choice(like) + sentence[match.end() :] if like else None


def changed_negation(sentence: str) -> str | None:
    """Return a sentence with "not" taken out or put in, or None where neither can be done."""
    if _NOT.search(sentence):
        return re.sub(r"\bca$|\bwo$", "", _NOT.sub("", sentence, count=1))
    match = _AUXILIARY.search(sentence)
    return f"{sentence[: match.end()]} not{sentence[match.end() :]}" if match else None
