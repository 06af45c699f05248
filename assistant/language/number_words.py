"""Numbers in words → their values: "twelve hundred", "twenty-first"."""

from __future__ import annotations

import re

_SMALL = {
    word: float(value)
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen""".split()  # noqa: SIM905
    )
}
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

_ANY_SMALL, _ANY_TIMES = "|".join([*_RANKS, *reversed(_SMALL)]), "|".join(_TIMES)
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{_ANY_SMALL})\b)?|(?:{_ANY_SMALL}))\b"

SPELT_NUMBER = (
    rf"(?:{_BELOW_100}[\s-])?(?:{_ANY_TIMES})\b"
    rf"(?:[\s-](?:and\s)?(?:{_BELOW_100}|(?:{_ANY_TIMES})\b))*|{_BELOW_100}"
)
"""A number in words, as a regular expression."""


def spelt_value(text: str) -> float | None:
    """Return the value of a number in words; None if the words make none.

    "A hundred" is found as "hundred".
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
