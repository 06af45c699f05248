"""A written sentence and quotes → its numbers, dates, names and negations that they do not tell.

Each check looks at one kind of thing; nothing here judges the sentence as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from assistant.checking.alignment import differences, swapped_names
from assistant.language.amounts import Amount, read_values, same_amount
from assistant.language.dates import Day, days_seen_from, same_day
from assistant.language.names import Name, find_names, missing_words
from assistant.language.negation import is_negated, negations, opposites_of
from assistant.language.words import stem_set, word_list
from index.words import STOP_WORDS, stem, words

_ISO = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_YEARS = 2100  # up to here a number may be a year
_SMALL = 10  # what people count themselves: "two" of what a quote only lists
_CONTEXT = 40  # characters on either side of a number that say what is counted
_SURELY = 2  # words behind a negation that must be denied, where the nearest one is not
_CLEARLY = 2  # words near another number that tell that it is the one


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a sentence that its quotes do not tell.

    Attributes:
        reason: In one clause, for a person.
        grave: Whether the sentence is wrong if this is; else it is only in doubt.
    """

    reason: str
    grave: bool = True


@dataclass(frozen=True, slots=True)
class QuotedFacts:
    """What quotes and what stands round them hold, taken together.

    Attributes:
        texts: The quotes.
        abouts: What is known round each of them.
        words: The words of the quotes.
        stems: Their stems.
        around: The words of ``abouts``.
        amounts: The numbers of the quotes.
        days: Their dates, and those of ``abouts``.
        years: Of all those dates, and numbers that may be years.
    """

    texts: tuple[str, ...]
    abouts: tuple[str, ...]
    words: frozenset[str]
    stems: frozenset[str]
    around: frozenset[str]
    amounts: tuple[Amount, ...]
    days: tuple[Day, ...]
    years: frozenset[int]


def quoted_facts(texts: Sequence[str], abouts: Sequence[str]) -> QuotedFacts:
    """Put together what quotes and their surroundings tell."""
    days = [day for text, about in zip(texts, abouts, strict=True) for day in _days(text, about)]
    amounts = tuple(each for text in texts for each in read_values(text).amounts)
    numbers = {int(value) for each in amounts for value in each.values if 0 < value < _YEARS}
    return QuotedFacts(
        tuple(texts),
        tuple(abouts),
        frozenset(word for text in texts for word in word_list(text)),
        frozenset(each for text in texts for each in stem_set(text)),
        frozenset(word for about in abouts for word in word_list(about)),
        amounts,
        tuple(days),
        frozenset(numbers | {each.year for each in days if each.year}),
    )


@lru_cache(maxsize=20_000)
def _days(text: str, about: str) -> tuple[Day, ...]:
    own = read_values(text).days
    published = _ISO.search(about)
    seen = days_seen_from(text, own, published[0]) if published else ()
    return (*own, *seen, *read_values(about).days)


def check_values(sentence: str, facts: QuotedFacts, question: str) -> Iterator[Flaw]:
    """Yield a flaw for each number and date that no quote tells."""
    said = read_values(sentence)
    for day in said.days:
        if not (same_day(day, facts.days, facts.years) or _is_number_there(day, facts)):
            asked = same_day(day, read_values(question).days, ())
            yield _untold("date" if day.month or day.weekday else "year", day.text, asked=asked)
    for amount in said.amounts:
        if amount.telling and not _is_count(sentence, amount):
            yield from _check_amount(sentence, amount, facts, question)


def _is_count(sentence: str, said: Amount) -> bool:
    """Whether a number counts what the sentence lists behind a colon: "two ways: a and b"."""
    head, colon, listed = sentence.partition(":")
    items = re.split(r",(?:\s(?:and|or)\s)?|;|\s(?:and|or)\s", listed)
    return bool(colon) and said.start < len(head) and float(len(items)) in said.values


def _is_number_there(day: Day, facts: QuotedFacts) -> bool:
    """Whether a year is told as a number ("1500 men"), or a day behind another ("2-5 May")."""
    if day.month is None:
        return day.year in facts.years
    apart = day.day in facts.years and any(each.month == day.month for each in facts.days)
    return apart and day.year in (None, *facts.years)


def _untold(kind: str, text: str, *, asked: bool) -> Flaw:
    shown = f"“{text}”" if kind == "date" else text
    where = "is only in the question" if asked else "is in no quote"
    return Flaw(f"the {kind} {shown} {where}", grave=not asked)


def _check_amount(sentence: str, said: Amount, facts: QuotedFacts, question: str) -> Iterator[Flaw]:
    fitting = [each for each in facts.amounts if same_amount(said, each)]
    if fitting:
        yield from _check_counted(sentence, said, facts)
    elif not said.values & {float(day.year) for day in facts.days if day.year}:
        around = [each for about in facts.abouts for each in read_values(about).amounts]
        asked = any(same_amount(said, each) for each in read_values(question).amounts)
        counted = not facts.amounts and max(said.values) <= _SMALL and said.text.isalpha()
        if any(same_amount(said, each) for each in around):
            yield Flaw(f"the number {said.text} stands beside the quotes only", grave=False)
        elif counted:
            yield Flaw(f"the number {said.text} is in no quote", grave=False)
        else:
            yield _untold("number", said.text, asked=asked)


def _check_counted(sentence: str, said: Amount, facts: QuotedFacts) -> Iterator[Flaw]:
    """Yield a flaw if another number of the quotes stands clearly nearer to what is counted."""
    wanted = _context(sentence, said)
    amounts = [(each, _context(t, each)) for t in facts.texts for each in read_values(t).amounts]
    own = [near for each, near in amounts if same_amount(said, each)]
    rivals = [
        len(wanted & near)
        for each, near in amounts
        if each.unit == said.unit and not same_amount(said, each)
    ]
    elsewhere = all(near and not near & wanted for near in own)
    if elsewhere and max(rivals, default=0) >= _CLEARLY:
        yield Flaw(f"the number {said.text} counts something else in the quote", grave=False)


@lru_cache(maxsize=20_000)
def _context(text: str, amount: Amount) -> frozenset[str]:
    """Return the stems of the words of meaning near a number, in its clause."""
    end = amount.start + len(amount.text)
    before = re.split(r"[,;:]|\band\b", text[max(0, amount.start - _CONTEXT) : amount.start])[-1]
    behind = re.split(r"[,;:.]|\band\b", text[end : end + _CONTEXT])[0]
    return frozenset(stem(word) for word in words(f"{before} {behind}") if word not in STOP_WORDS)


def check_names(sentence: str, facts: QuotedFacts, question: str) -> Iterator[Flaw]:
    """Yield a flaw for each name that is neither in the quotes, nor round them, nor asked about."""
    asked = frozenset(word_list(question))
    present = facts.words | facts.around | asked
    texts = (*facts.texts, *facts.abouts, question)
    for name in find_names(sentence):
        missing = [
            word for word in missing_words(name, present, texts) if stem(word) not in facts.stems
        ]
        if missing and not _is_fuller_name(name, missing, texts):
            shown = name.text if len(missing) == len(name.words) else _written(name, missing)
            yield Flaw(f"the name “{shown}” is not in the cited quotes")


def _written(name: Name, missing: Sequence[str]) -> str:
    """Return those words of a name that are missing, as the sentence writes them."""
    kept = [each for each in name.text.split() if set(words(each)) & set(missing)]
    return " ".join(kept) or name.text


def _is_fuller_name(name: Name, missing: Sequence[str], texts: Iterable[str]) -> bool:
    """Whether a name only adds to one that is told by its last word: "Donald Trump" to "Trump".

    It does not where that word is told behind another name: "Melania Trump".
    """
    last = name.words[-1]
    if last in missing or len(name.text.split()) != len(name.words):
        return False
    seen = [each.words for text in texts for each in find_names(text) if last in each.words]
    return all(each[0] == last for each in seen)


def check_negation(sentence: str, facts: QuotedFacts) -> Iterator[Flaw]:
    """Yield a flaw where a sentence denies what the quotes say, or says what they deny."""
    said = negations(sentence)
    heard = [each for text in facts.texts for each in negations(text, refusals=True)]
    # "Refused to leave" is "did not leave" in other words.
    wider = [n for text in facts.texts for n in negations(text, refusals=True, hindrances=True)]
    denied = {term for _, scope in wider for term in scope}
    for cue, scope in said:
        if scope and not _is_denied(scope, denied, facts):
            opposite = scope[0] in facts.stems
            reason = f"the quote says the opposite: without “{cue}”"
            yield Flaw(reason if opposite else f"“{cue}” is in no quote", grave=opposite)
    stems = stem_set(sentence)
    turned = {term for _, scope in said for term in scope}
    for cue, scope in heard:
        if not scope or is_negated(sentence) or scope[0] not in stems - turned:
            continue
        if not _says_plainly(scope[0], facts) and not stems & opposites_of(scope[0]):
            yield Flaw(f"the quote says the opposite: “{cue}”")


def _is_denied(scope: Sequence[str], denied: set[str], facts: QuotedFacts) -> bool:
    if scope[0] in denied or len(denied & set(scope)) >= min(_SURELY, len(scope)):
        return True
    return bool(opposites_of(scope[0]) & facts.stems)


def _says_plainly(term: str, facts: QuotedFacts) -> bool:
    """Whether a quote holds a word where it is not denied."""
    for text in facts.texts:
        scopes = [scope for _, scope in negations(text, refusals=True) if term in scope]
        if sum(stem(word) == term for word in word_list(text)) > len(scopes):
            return True
    return False


def check_opposites(sentence: str, facts: QuotedFacts) -> Iterator[Flaw]:
    """Yield a flaw for each word whose opposite the quotes hold instead."""
    own = stem_set(sentence)
    denials = chain.from_iterable(map(negations, (sentence, *facts.texts)))
    turned = {term for _, scope in denials for term in scope}
    for word in word_list(sentence):
        term = stem(word)
        held = opposites_of(term) & facts.stems
        if held - turned - own and term not in facts.stems | turned:
            yield Flaw(f"the quote says the opposite of “{word}”")


def check_places(sentence: str, quotes: Sequence[str]) -> Iterator[Flaw]:
    """Yield a flaw for each place where the quote a sentence is made from has something else.

    Args:
        sentence: As it was written.
        quotes: Those that hold most of its words. What one of them bears out in its place may be
            otherwise in another: then they tell of different things.
    """
    by_quote = [differences(sentence, quote) for quote in quotes]
    denies = bool(negations(sentence))
    borne_out = [
        bool(negations(quote)) == denies
        for quote, each in zip(quotes, by_quote, strict=True)
        if not each
    ]
    for each in by_quote[0]:
        if each.kind == "negation" and not any(borne_out):
            yield Flaw(f"the quote says the opposite: “{each.said}{each.quoted}”")
        elif each.kind != "negation" and not borne_out:
            yield Flaw(f"the quote has “{each.quoted}” instead of “{each.said}”",
                       grave=each.kind == "value")  # fmt: skip


def check_roles(sentence: str, facts: QuotedFacts) -> Iterator[Flaw]:
    """Yield a flaw if two names stand the other way round: who did it to whom."""
    for text in facts.texts:
        for one, other in swapped_names(sentence, text):
            yield Flaw(f"the quote has “{one}” and “{other}” the other way round", grave=False)
            return
