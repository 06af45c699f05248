"""What turns a sentence's meaning round: words of negation, and words with their opposites."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from index.words import STOP_WORDS, stem, terms, words

# Whether a sentence denies anything at all: also verbs that do. The reader's trees were fitted with
# it. "No." may be short for "number".
_NEGATION = re.compile(
    r"\b(?:not|never|no(?!\.)|none|without|neither|nor|cannot|fail\w*|refus\w*|unable|lack\w*|except"
    r"|avoid\w*|prevent\w*|den(?:y|ied|ies)|oppos(?:e|ed|es|ing))\b|n['’]t\b",
    re.IGNORECASE,
)

_OPPOSITES = """
able unable, above below, accepted rejected, acquire sell, add remove, agree disagree, allow
prohibit, allowed banned, ally enemy, always never, ancient modern, appear disappear, arrive depart,
attack defend, before after, begin end, began ended, best worst, big small, biggest smallest, birth
death, born died, buy sell, common rare, complete incomplete, create destroy, built destroyed, day
night, dependent independent, different similar, different same, direct indirect, domestic foreign,
early late, earliest latest, eastern western, east west, expand shrink, expensive cheap, export
import, external internal, fast slow, female male, first last, formal informal, friend enemy, gain
lose, good bad, heavy light, high low, higher lower, highest lowest, hot cold, include exclude,
increase decrease, inside outside, join leave, known unknown, large small, largest
smallest, legal illegal, like dislike, long short, longer shorter, longest shortest,
loss gain, major minor, majority minority, man woman, marry divorce, men women, minimum maximum,
more fewer, more less, most least, northern southern, north south, offense defense, old new, old
young, older younger, oldest newest, oldest youngest, open close, opened closed, positive negative,
possible impossible, primary secondary, public private, regular irregular, rich poor, rise fall,
rose fell, rural urban, start stop, started ended, strong weak, success failure, summer winter,
supported opposed, true false, upper lower, war peace, warm cold, win lose, won lost
"""
"""The pairs that the reader's trees were fitted with: whoever changes them fits anew."""

_MORE_OPPOSITES = """
increase decrease, increase reduce, increase decline, grow shrink, rise drop, rose dropped, rise
decline, raise lower, raise cut, approve reject, accept reject, accept refuse, support reject,
support oppose, allow forbid, allow ban, permit forbid, improve worsen, strengthen weaken, succeed
fail, pass fail, confirm deny, hire fire, faster slower, better worse, safe dangerous, profit loss,
enter leave, guilty innocent, victory defeat, married divorced, present absent
"""
"""Pairs that are looked for where a written sentence is checked, besides those above."""


@lru_cache(maxsize=2)
def _opposites(*, fitted: bool) -> dict[str, set[str]]:
    """Return stem → the stems of its opposites; those the reader was fitted with, or all."""
    pairs = _OPPOSITES if fitted else f"{_OPPOSITES},{_MORE_OPPOSITES}"
    opposites: dict[str, set[str]] = defaultdict(set)
    for pair in pairs.split(","):
        one, other = map(stem, pair.split())
        opposites[one].add(other)
        opposites[other].add(one)
    return dict(opposites)


def is_negated(text: str) -> bool:
    """Whether a text holds a word of negation."""
    return bool(_NEGATION.search(text))


def opposites_held(question: str, text: str) -> int:
    """Return how many words of a question a text lacks while it holds their opposite."""
    present = set(terms(text))
    opposites = _opposites(fitted=True)
    return sum(
        bool(opposites.get(term, set()) & present)
        for term in dict.fromkeys(terms(question))
        if term not in present
    )


_CUES = frozenset(
    """not never no none without neither nor cannot cant dont nobody nothing nowhere hardly barely
    scarcely nicht kein keine keinen keiner nie ne jamais не ни нет""".split()  # noqa: SIM905
)
# Where "not" and "no" turn nothing round.
_NO_CUES = re.compile(
    r"\bnot (?:only|just|merely|least|to mention)\b|\bno (?:fewer|less|more|later|sooner|doubt)\b"
    r"|\bno\.|\bwhether or not\b|\bnothing but\b|\bnever before\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.,;:!?()—–]")
_ENDS_SCOPE = frozenset(
    ". , ; : ! ? ( ) — – but because although while which who until unless and".split()  # noqa: SIM905
)
_SCOPE = 3
"""How many words of meaning a word of negation turns round, at most."""

_FILLING = STOP_WORDS - {"say", "tell", "give", "like", "thank", "same"} | {"make", "made", "take"}
_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis")

# The forms of verbs that deny what follows them ("refused to leave" is "did not leave"), and of
# those that only say that it was not to be.
_REFUSAL = re.compile(r"(?:refus|fail|declin)(?:e|es|ed|s|ing)?$|unable$", re.IGNORECASE)
_HINDRANCE = re.compile(
    r"(?:avoid|prevent|lack|oppos|reject|exclud|prohibit)(?:e|es|ed|s|ing)?$|den(?:y|ied|ies)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def negations(
    text: str, *, refusals: bool = False, hindrances: bool = False
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each word of negation in a text and the stems of what it turns round, nearest first.

    It reaches over three words of meaning, and no further than its clause; behind "not only" and
    the like nothing is turned round.

    Args:
        text: What is looked through.
        refusals: Whether "refused to" and "failed to" count as well.
        hindrances: Whether "prevented" and "rejected" do.
    """
    text = _NO_CUES.sub(lambda match: "x" * len(match[0]), text)
    tokens = _TOKEN.findall(text)
    return tuple(
        (token, tuple(_scope(tokens[place + 1 :])))
        for place, token in enumerate(tokens)
        if token.casefold() in _CUES
        or token.casefold().endswith(("n't", "n’t"))
        or (refusals and _REFUSAL.match(token))
        or (hindrances and _HINDRANCE.match(token))
    )


def _scope(tokens: list[str]) -> list[str]:
    reached: list[str] = []
    for token in tokens:
        if token.casefold() in _ENDS_SCOPE or len(reached) >= _SCOPE:
            break
        if token.casefold() not in _CUES:
            reached += [stem(word) for word in words(token) if word not in _FILLING]
    return reached


@lru_cache(maxsize=20_000)
def opposites_of(term: str) -> frozenset[str]:
    """Return the stems of the words that mean the opposite of a stem, "un…" and the like too."""
    prefixed = {prefix + term for prefix in _PREFIXES}
    bare = {term.removeprefix(each) for each in _PREFIXES if len(term) > len(each) + 3}
    return frozenset(_opposites(fitted=False).get(term, set()) | prefixed | bare - {term})
