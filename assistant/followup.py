"""A conversation and a question → a question that stands alone.

Rules only: a question that leans on what was said before ("and who led it?") gets the subject of
the last question added; any other stays as it was asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.types import Turn
from index.words import STOP_WORDS, words

_OPENS = re.compile(
    r"^(?:and|but|so|also|then|what about|how about|why|why not|how so|really)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers|they|them|their|theirs)\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its|this|that|these|those|there|one|ones)\b", re.IGNORECASE)
_NAME = re.compile(
    r"\b[A-Z][\w’'-]*(?:[ \t]+(?:(?:of|de|van|von|al)[ \t]+)?(?:[A-Z][\w’'-]*|\d+))*"
)
_MARKER = re.compile(r"\[\d+\]")
_MOST_SUBJECTS = 4


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """Return the question with the subject in play added where it needs one."""
    asked = [turn.content for turn in history if turn.role == "user"]
    if not asked or not _needs_context(question):
        return question
    told = [turn.content for turn in history if turn.role == "assistant"]
    persons = _names(_MARKER.sub("", told[-1])) if told and _PERSON.search(question) else []
    subjects = [*(name for name in persons if " " in name), *_subjects(asked[-1])]
    if not subjects and len(asked) > 1:
        subjects = _subjects(asked[-2])
    known = set(words(question))
    added = [each for each in subjects if not set(words(each)) <= known]
    shown = ", ".join(dict.fromkeys(added[:_MOST_SUBJECTS]))
    return f"{question.rstrip()} ({shown})" if shown else question


def _needs_context(question: str) -> bool:
    plain = question.strip()
    telling = [word for word in words(plain) if word not in STOP_WORDS]
    if len(telling) <= 1:
        return True
    if _names(plain) and len(telling) > 2:
        # It names what it is about, so an "and" in front or a pronoun within points inside it.
        return False
    return any(each.search(plain) for each in (_OPENS, _PERSON, _THING))


def _names(text: str) -> list[str]:
    """Return the names in a text, without question words and the like in front of them."""
    found = []
    for match in _NAME.finditer(text):
        parts = match[0].split()
        while parts and parts[0].casefold() in STOP_WORDS:
            parts = parts[1:]
        if parts and (len(parts) > 1 or match.start() > 0):
            found.append(" ".join(parts))
    return found


def _subjects(question: str) -> list[str]:
    """Return the names of a question, then its other telling words."""
    names = _names(question)
    telling = [word for word in words(question) if word not in STOP_WORDS]
    covered = {word for name in names for word in words(name)}
    return list(dict.fromkeys(names + [word for word in telling if word not in covered]))
