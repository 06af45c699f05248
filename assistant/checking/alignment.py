"""A written sentence beside the quote it is made from → the places where the two differ in fact.

Most of what an LLM writes from a quote keeps its words in their order. So where one number, name
or "not" stands between words that are the same on both sides, the two can be told apart without
understanding them, even if the other number or name stands elsewhere in the quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from assistant.language.amounts import Values, read_values, same_amount
from assistant.language.dates import same_day
from assistant.language.names import Name, find_names, is_mentioned
from assistant.language.negation import is_negated, negations, opposites_of
from index.words import STOP_WORDS, stem, words

_TOKEN = re.compile(r"[$€£]?\d+(?:[.,:]\d+)*%?|[^\W_]+(?:['’.][^\W_]+)*")
_ARTICLES = frozenset(("a", "an", "the"))
_LONGEST = 5  # words that may stand in one place; beyond, the two are worded differently
_LONGEST_DENIAL = 3  # of them, where one is a "not"
_BESIDE = 3  # words that must be the same round the place


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a sentence and a quote differ.

    Attributes:
        kind: ``value``, ``name`` or ``negation``.
        said: What the sentence has there; of a negation only its word.
        quoted: What the quote has.
    """

    kind: str
    said: str
    quoted: str


@lru_cache(maxsize=20_000)
def _tokens(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return the stem and the place of each word of a text, articles left out."""
    return tuple(
        (stem("".join(words(match[0])) or match[0]), match.start(), match.end())
        for match in _TOKEN.finditer(text)
        if match[0].casefold() not in _ARTICLES
    )


@lru_cache(maxsize=2_000)
def differences(sentence: str, quote: str) -> tuple[Difference, ...]:
    """Return where a sentence and a quote differ in a number, a date, a name or a negation."""
    return tuple(_differences(sentence, quote))


def _differences(sentence: str, quote: str) -> Iterator[Difference]:
    said, quoted = _tokens(sentence), _tokens(quote)
    matcher = SequenceMatcher(None, [each[0] for each in said], [each[0] for each in quoted], False)
    codes = matcher.get_opcodes()
    for place, (code, i, i_end, j, j_end) in enumerate(codes):
        if code == "equal" or max(i_end - i, j_end - j) > _LONGEST:
            continue
        if _is_embedded(codes, place, len(said)):
            ours = _slice(sentence, said[i:i_end])
            theirs = _slice(quote, quoted[j:j_end])
            after = _slice(sentence, said[i_end : i_end + 1])
            yield from _compared(sentence, quote, ours, theirs, after)


def _slice(text: str, tokens: Sequence[tuple[str, int, int]]) -> str:
    return text[tokens[0][1] : tokens[-1][2]] if tokens else ""


def _is_embedded(codes: Sequence[tuple[str, int, int, int, int]], place: int, length: int) -> bool:
    """Whether enough words round a place are the same; the sentence's ends count as the same."""
    before = codes[place - 1] if place else None
    behind = codes[place + 1] if place + 1 < len(codes) else None
    left = before[2] - before[1] if before else int(codes[place][3] == 0)
    right = behind[2] - behind[1] if behind else 1
    if before and behind and min(left, right) < 1:
        return False
    return left + right >= min(_BESIDE, length - 1)


def _compared(
    sentence: str, quote: str, ours: str, theirs: str, after: str
) -> Iterator[Difference]:
    if _denies(ours, after) != _denies(theirs, after) and not _explained(ours, theirs):
        said, quoted = (next((cue for cue, _ in negations(each)), "") for each in (ours, theirs))
        yield Difference("negation", said, "" if said else quoted)
    if not (ours and theirs):
        return
    if _other_value(read_values(ours), read_values(theirs)):
        yield Difference("value", ours, theirs)
    elif _other_name(sentence, quote, ours, theirs):
        yield Difference("name", ours, theirs)


def _denies(piece: str, after: str) -> bool:
    tokens = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", piece.casefold())
    if not tokens or after.casefold() in ("only", "just", "longer", "fewer", "less", "least"):
        return False
    return bool(negations(piece)) and len(tokens) <= _LONGEST_DENIAL


def _explained(ours: str, theirs: str) -> bool:
    """Whether one side says the same without "not": "illegal", "refused to"."""
    one, other = ({stem(word) for word in words(each)} for each in (ours, theirs))
    if any(opposites_of(term) & other for term in one):
        return True
    return is_negated(ours) and is_negated(theirs)


def _other_value(said: Values, quoted: Values) -> bool:
    amounts = said.amounts and quoted.amounts
    if amounts and not any(same_amount(a, b) for a in said.amounts for b in quoted.amounts):
        return True
    return bool(said.days and quoted.days) and not any(
        same_day(day, quoted.days, [each.year for each in quoted.days if each.year])
        for day in said.days
    )


def _other_name(sentence: str, quote: str, ours: str, theirs: str) -> bool:
    one, other = _capitals(sentence, ours), _capitals(quote, theirs)
    if not one or not other:
        return False
    initials = {"".join(word[0] for word in each) for each in (one, other)}
    return not (initials & {*one, *other} or any(is_mentioned(word, other) for word in one))


def _capitals(text: str, piece: str) -> list[str]:
    """Return the words of a piece that belong to names of the text."""
    named = {word for name in find_names(text) for word in name.words}
    return [word for word in words(piece) if word in named and word not in STOP_WORDS]


def swapped_names(sentence: str, quote: str) -> Iterator[tuple[str, str]]:
    """Yield two names of a sentence that stand in a quote the other way round.

    Only where the same words stand between them, and "by" on neither side or on both.
    """
    for first, second in pairwise(find_names(sentence)):
        between = sentence[first.start + len(first.text) : second.start]
        alike = any(is_mentioned(word, second.words) for word in first.words)
        if not alike and _is_swapped(first, second, between, quote):
            yield first.text, second.text


def _is_swapped(first: Name, second: Name, between: str, text: str) -> bool:
    quoted = find_names(text)
    for one, other in pairwise(quoted):
        gap = text[one.start + len(one.text) : other.start]
        crossed = is_mentioned(first.words[-1], other.words) and is_mentioned(
            second.words[-1], one.words
        )
        doing = _doing(between)
        if crossed and doing and doing == _doing(gap) and _passive(between) == _passive(gap):
            return True
    return False


def _doing(between: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(between) if word not in STOP_WORDS)


def _passive(between: str) -> bool:
    return bool(re.search(r"\bby\b", between))
