"""Numbers in words → their values: "twelve hundred", "twenty-first"."""

from __future__ import annotations

import re

SMALL_NUMBERS = tuple(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen""".split()  # noqa: SIM905
)
"""The word at place *n* means *n*."""

_SMALL = {word: float(value) for value, word in enumerate(SMALL_NUMBERS)}
_TENS = {
    word: 10.0 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),  # noqa: SIM905
        start=2,
    )
}
_RANKS = {
    word: float(value)
    for value, word in enumerate(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
        thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
        twentieth""".split(),  # noqa: SIM905
        start=1,
    )
}
_ADDED = {**_SMALL, **_TENS, **_RANKS}
_TIMES = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}

# Longer words first where one begins another: "sixteen" before "six".
_ANY_SMALL, _ANY_TIMES = "|".join([*_RANKS, *reversed(_SMALL)]), "|".join(_TIMES)
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{_ANY_SMALL})\b)?|(?:{_ANY_SMALL}))\b"

SPELT_NUMBER = (
    rf"(?:{_BELOW_100}[\s-])?(?:{_ANY_TIMES})\b"
    rf"(?:[\s-](?:and\s)?(?:{_BELOW_100}|(?:{_ANY_TIMES})\b))*|{_BELOW_100}"
)
"""A number in words, as a regular expression."""


def is_ordinal(text: str) -> bool:
    """Whether a number in words says which one, not how many: "third", "twenty-first"."""
    return re.split(r"[\s-]", text.casefold())[-1] in _RANKS


def spelt_value(text: str) -> float:
    """Return the value of what ``SPELT_NUMBER`` matches; "a hundred" is matched as "hundred".

    Raises:
        KeyError: A word of it is no number.
    """
    total = part = 0.0
    for word in re.findall(r"[a-z]+", text.casefold()):
        if word == "and":
            continue
        if word not in _TIMES:
            part += _ADDED[word]
        elif _TIMES[word] < 1e3:
            part = (part or 1.0) * _TIMES[word]
        else:
            total, part = total + (part or 1.0) * _TIMES[word], 0.0
    return total + part
