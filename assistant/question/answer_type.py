"""A question → the kind of thing it asks for, and whether a text shows such a thing.

Decided once, by the wording alone. Everything that depends on the kind (features of sentences,
how many are quoted, whether articles can differ) takes it from here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from assistant.language.dates import ANY_MONTH, ANY_WEEKDAY
from assistant.language.number_words import SMALL_NUMBERS
from index.words import words

Kind = Literal["number", "date", "person", "place"]


@dataclass(frozen=True, slots=True)
class AnswerType:
    """What a question asks for.

    Attributes:
        kinds: The kinds of things; empty where the wording does not tell.
        is_list: Whether several things are wanted, which may stand in several articles.
        is_several: Whether more than one sentence may be needed: lists, and weaker signs of them.
    """

    kinds: tuple[Kind, ...] = ()
    is_list: bool = False
    is_several: bool = False

    @property
    def kind(self) -> Kind | Literal["other"]:
        """The first kind of thing that is asked for, or ``other``."""
        return self.kinds[0] if self.kinds else "other"

    @property
    def can_differ(self) -> bool:
        """Whether two articles can answer otherwise: one number or date where one is asked for."""
        return not self.is_list and bool({"number", "date"}.intersection(self.kinds))


# In this order: "how many people died when …" asks for a number before it asks for a date.
_ASKED: dict[Kind, re.Pattern[str]] = {
    "number": re.compile(
        r"\bhow (?:many|much|old|long|far|high|large|big|tall)\b|\bcosts?\b"
        r"|\b(?:what|which) (?:percentage|number|percent|share|proportion)\b",
        re.IGNORECASE,
    ),
    "date": re.compile(
        r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade)\b", re.IGNORECASE
    ),
    "person": re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE),
    "place": re.compile(
        r"\bwhere\b|\b(?:what|which) (?:city|country|place|town|state|region)\b", re.IGNORECASE
    ),
}

_NUMBER_WORD = (
    rf"\b(?:{'|'.join(SMALL_NUMBERS[1:13])}|dozens?|hundreds?"
    r"|thousands?|millions?|billions?|half|quarter|twice|several)\b"
)
_MONTH = rf"\b(?:{ANY_MONTH})\b"
_DAY = rf"\b(?:{ANY_WEEKDAY})\b|\b(?:century|today|yesterday|tomorrow)\b"
_PLACE = r"\b(?:in|at|near|from|to|of|on|outside|across|around)\s+(?:the\s+)?[A-Z][\w’'-]+"
# A capital letter where no sentence begins, or two words with one where it does.
_NAME = r"(?<!^)(?<![.!?]\s)\b[A-Z][\w’'-]+|^[A-Z][\w’'-]+ [A-Z][\w’'-]+"

_SHOWN: dict[Kind, re.Pattern[str]] = {
    "number": re.compile(rf"\d[\d.,]*|{_NUMBER_WORD}", re.IGNORECASE),
    "date": re.compile(rf"\d+|{_MONTH}|{_DAY}"),
    "person": re.compile(_NAME),
    "place": re.compile(_PLACE),
}
"""What shows a thing of a kind. The reader's trees were fitted on these very patterns, which see
less than ``language`` does ("thirteen", "Sept.") and more (any capital letter for a name): whoever
changes them fits anew."""

# "List …", "which are …"; or a plural behind "which" that did or was something ("which towns were
# …"), where the word that looks like a plural is none of those that only end in s.
_ASKS_FOR_LIST = re.compile(
    r"^(?:please )?(?:list|enumerate|name (?:all|the|some|every|each)|which are)\b"
    r"|\b(?:which|what) (?:\w+ ){0,2}(?!does\b|this\b|his\b|its\b|news\b|was\b|is\b|has\b)"
    r"\w+[^\Ws]s (?:were|are|have|had|do|did|can|could)\b",
    re.IGNORECASE,
)
_LIST_COMMAND = re.compile(
    r"^(?:please )?(?:list|enumerate|name)\b(?: me)?(?: (?:all|every|some|each))?(?: of)?\b",
    re.IGNORECASE,
)
_ASKS_FOR_SEVERAL = re.compile(
    r"\b(?:which|list|name|what (?:\w+ )?\w+s\b|and|who (?:are|were)|all)\b", re.IGNORECASE
)


def answer_type_of(question: str) -> AnswerType:
    """Return what a question asks for, by its wording."""
    return AnswerType(
        tuple(kind for kind, pattern in _ASKED.items() if pattern.search(question)),
        is_list=bool(_ASKS_FOR_LIST.search(question)),
        is_several=bool(_ASKS_FOR_SEVERAL.search(question)),
    )


def without_list_command(question: str) -> str:
    """Return a question that asks for a list as articles are searched for it: none says "list"."""
    return _LIST_COMMAND.sub("which are", question)


def shows(kind: Kind | Literal["other"], text: str, besides: Collection[str]) -> float:
    """Say whether a text shows a thing of a kind: 1 yes, -1 no, 0 where the kind is ``other``.

    Args:
        kind: What is asked for.
        text: A sentence that may answer.
        besides: Words of the question: what it says itself is no answer to it.
    """
    if kind == "other":
        return 0.0
    pattern = _SHOWN[kind]
    shown = (set(words(match[0])) - set(besides) for match in pattern.finditer(text))
    return 1.0 if any(shown) else -1.0
