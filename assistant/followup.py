"""A conversation and a question → a question that stands alone.

Rules only: a question that leans on what was said before ("and who led it?") gets the subject of
the last question added; any other stays as it was asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.types import Turn
from index.words import STOP_WORDS, words

_LEANS = re.compile(
    r"^(?:and|but|so|also|what about|how about|why|why not|how so|really)\b"
    r"|\b(?:it|its|he|him|his|she|her|hers|they|them|their|theirs|this|that|these|those|there)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\s+(?:of\s+|de\s+|van\s+)?[A-Z][\w’'-]*)*")
_MOST_SUBJECTS = 4


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """Return the question with the subject in play added where it needs one."""
    asked = [turn.content for turn in history if turn.role == "user"]
    if not asked or not _needs_context(question):
        return question
    subjects = _subjects(asked[-1])
    if not subjects and len(asked) > 1:
        subjects = _subjects(asked[-2])
    known = set(words(question))
    added = [each for each in subjects if not set(words(each)) <= known][:_MOST_SUBJECTS]
    return f"{question.rstrip()} ({', '.join(added)})" if added else question


def _needs_context(question: str) -> bool:
    telling = [word for word in words(question) if word not in STOP_WORDS]
    return len(telling) <= 1 or bool(_LEANS.search(question.strip()))


def _subjects(question: str) -> list[str]:
    """Return the names of a question, else its telling words."""
    found = [match[0] for match in _NAME.finditer(question)]
    names = [each for each in found if each.casefold() not in STOP_WORDS]
    telling = [word for word in words(question) if word not in STOP_WORDS]
    covered = {word for name in names for word in words(name)}
    return list(dict.fromkeys(names + [word for word in telling if word not in covered]))
