"""A conversation and a question → a question that stands alone, and what was said before it.

Rules only: a question that leans on what was said before ("and who led it?") gets the subject of
the last question added; any other stays as it was asked. What was said is handed to the search in
both cases: an article that was talked about is likelier to be asked about than any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.types import Turn
from index.words import STOP_WORDS, words

# What only goes on from what was said before.
_OPENS = re.compile(
    r"^(?:and|but|so|also|then|what about|how about|why|why not|how so|really)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers|they|them|their|theirs)\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its|this|that|these|those|there|one|ones)\b", re.IGNORECASE)
# Where a clause may begin whose pronouns point back to the one before it.
_CLAUSE = re.compile(
    r"\b(?:and|but|or|when|if|because|before|after|while|since|so)\b", re.IGNORECASE
)
_NAMING = 2  # telling words that name something, such as "tram line"
# Not ``language.names``: that one is made for written prose. A question in chat is short, may have
# capital letters throughout ("How to Hire a Lawyer") and opens with what it is about ("MKSYSB"),
# and of a name with a number ("Phase 2") the number is wanted as well.
_NAME = re.compile(
    r"\b[A-Z][\w’'-]*(?:[ \t]+(?:(?:of|de|van|von|al)[ \t]+)?(?:[A-Z][\w’'-]*|\d+))*"
)
_MARKER = re.compile(r"\[\d+\]")
_STRUCK = re.compile(r"~~.*?~~(?: \([^)]*\))?")
_MOST_SUBJECTS = 4
_SAID_TURNS = 6  # three exchanges
_SAID_CHARACTERS = 600  # of each turn
_CHATTER = frozenset(
    """currently else good great hmm im know like mean need nice ok okay really right said say sure
    think want wanted well wow yeah yep yes""".split()  # noqa: SIM905 - one readable block
)
"""Words that fill a question without being what it is about, besides the stop words."""

LEANING, STANDING = 1.0, 0.5
"""How much what was said before counts for a question that leans on it, and for another."""


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question as it stands alone, and what the conversation adds to its search.

    Attributes:
        question: It stands alone; the question itself if it did so already.
        said: What was said before, newest first; empty at the start of a conversation.
        leaning: How much that counts in the search, 0..1.
        rewritten: Whether an LLM wrote it: then it is in plain words, fit to be read by.
    """

    question: str
    said: str = ""
    leaning: float = 0.0
    rewritten: bool = False


def stand_alone(question: str, history: Sequence[Turn]) -> Standalone:
    """Return the question with the subject in play added where it needs one."""
    if not history:
        return Standalone(question)
    said = "\n".join(
        plain_turn(turn)[:_SAID_CHARACTERS] for turn in history[: -_SAID_TURNS - 1 : -1]
    )
    if not _needs_context(question):
        return Standalone(question, said, STANDING)
    subjects = ", ".join(_in_play(question, history)[:_MOST_SUBJECTS])
    completed = f"{question.rstrip()} ({subjects})" if subjects else question
    return Standalone(completed, said, LEANING)


def _in_play(question: str, history: Sequence[Turn]) -> list[str]:
    """Return what the conversation is about and the question does not name."""
    asked = [turn.content for turn in history if turn.role == "user"]
    answers = [plain_turn(turn) for turn in history if turn.role == "assistant"]
    persons = names_in(answers[-1]) if answers and _PERSON.search(question) else []
    subjects = [name for name in persons if " " in name]
    for earlier in asked[:-3:-1]:
        of_earlier = _subjects(earlier)
        subjects += of_earlier
        if of_earlier:
            break
    asked_now = set(words(question))
    return list(dict.fromkeys(each for each in subjects if not set(words(each)) <= asked_now))


def plain_turn(turn: Turn) -> str:
    """Return what was said, without markers and without what was struck through."""
    return _MARKER.sub("", _STRUCK.sub("", turn.content))


def _needs_context(question: str) -> bool:
    plain = question.strip()
    telling = _telling(plain)
    names = names_in(plain)
    if len(telling) <= 1:
        return not names
    if names and len(telling) > 2:
        # It names what it is about, so an "and" in front or a pronoun within points inside it.
        return False
    return bool(_OPENS.search(plain)) or any(
        each.search(_first_clause(plain)) for each in (_PERSON, _THING)
    )


def _first_clause(question: str) -> str:
    """Return the question as far as its pronouns point out of it: a later "it" points back here."""
    for boundary in _CLAUSE.finditer(question):
        if len(_telling(question[: boundary.start()])) >= _NAMING:
            return question[: boundary.start()]
    return question


def names_in(text: str) -> list[str]:
    """Return the names in a text, without question words and the like in front of them."""
    names = []
    for match in _NAME.finditer(text):
        parts = match[0].split()
        while parts and parts[0].casefold() in STOP_WORDS:
            parts = parts[1:]
        if parts and (len(parts) > 1 or match.start() > 0):
            names.append(" ".join(parts))
    return names


def _subjects(question: str) -> list[str]:
    """Return the names of a question, then its other telling words."""
    names = names_in(question)
    covered = {word for name in names for word in words(name)}
    return list(dict.fromkeys(names + [each for each in _telling(question) if each not in covered]))


def _telling(question: str) -> list[str]:
    return [word for word in words(question) if word not in STOP_WORDS | _CHATTER]
