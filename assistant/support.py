"""A sentence that an LLM wrote, and quotes of articles → a verdict on how far they support it.

No LLM is asked. A sentence is supported when the quotes hold its words, or mean nearly the same,
and account for every number, date, name and negation in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.contrasts import is_negated, opposites_held
from assistant.details import Details, details_of
from assistant.types import Support
from index.words import STOP_WORDS, stem, terms, words

MOST_CITED = 3
"""How many quotes a sentence cites at most."""

_SUPPORTED, _WEAK = 0.62, 0.45
"""Strength from which on a sentence whose details are right is supported, or weak."""

_COVER = 0.65  # share of the words covered in the strength; the rest is the similarity
_ASKED = 0.5  # what a question says is not said
_CANDIDATES = 6
_GAIN = 0.03  # strength that another citation must add
_RANK: dict[Support, int] = {"unsupported": 0, "weak": 1, "supported": 2, "quoted": 2}
_CLAUSES = re.compile(r"[,;:()–—]| but | although | though | while | whereas | however ", re.I)
_REPORTING = frozenset(
    """accord article articles author follow following say says said mention state report describe
    note list include source sources passage text quote add explain point key several""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of the evidence.

    Attributes:
        number: Its number there.
        text: The quote.
        about: What explains its names and pronouns: title, author, date, its neighbours.
        similarity: Cosine similarity of its vector and the written sentence's, -1..1.
    """

    number: int
    text: str
    about: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a sentence is supported.

    Attributes:
        support: ``supported``, ``weak`` or ``unsupported``.
        score: The same as a number, 0..1; larger is better supported.
        reason: What is missing, in words for a person; empty when it is supported.
    """

    support: Support
    score: float
    reason: str


NOTHING_CITED = Verdict("unsupported", 0.0, "it cites nothing")


def judge(sentence: str, sources: Sequence[Source], *, question: str = "") -> Verdict:
    """Return how far quotes, taken together, support a sentence.

    Args:
        sentence: As it was written.
        sources: The quotes, in any order.
        question: What was asked: its names need no quote.
    """
    if _only_introduces(sentence, question):
        return Verdict("supported", 1.0, "")
    if not sources:
        return NOTHING_CITED
    strength = _strength(sentence, sources)
    wrong = _wrong_detail(sentence, sources, question)
    if wrong:
        return Verdict("unsupported", round(0.3 * strength, 4), wrong)
    doubt = _doubtful_detail(sentence, sources, question)
    if strength >= _SUPPORTED and not doubt:
        return Verdict("supported", round(strength, 4), "")
    if strength >= _WEAK:
        reason = doubt or "the quotes say only part of it"
        return Verdict("weak", round(0.6 * strength if doubt else strength, 4), reason)
    return Verdict("unsupported", round(0.5 * strength, 4), "few of its words are in the quotes")


def choose_sources(
    sentence: str, cited: Collection[int], evidence: Sequence[Source], *, question: str = ""
) -> tuple[tuple[int, ...], Verdict]:
    """Return what a sentence should cite, and the verdict with that.

    What was cited is kept as far as it carries something; where it does not carry the sentence,
    other evidence takes its place or is added.

    Args:
        sentence: As it was written.
        cited: The numbers it cites.
        evidence: All that it could cite.
        question: What was asked.
    """
    if _only_introduces(sentence, question):
        return (), Verdict("supported", 1.0, "")
    own = [each for each in evidence if each.number in cited]
    kept, verdict = _pruned(sentence, own, question)
    if verdict.support != "supported":
        found, better = _grown(sentence, evidence, question)
        if _better(better, verdict):
            kept, verdict = found, better
    if verdict.support == "unsupported":
        return (), verdict
    order = [*cited]
    kept.sort(key=lambda each: order.index(each.number) if each.number in order else len(order))
    return tuple(each.number for each in kept), verdict


def _pruned(sentence: str, own: list[Source], question: str) -> tuple[list[Source], Verdict]:
    """Return cited sources without those that add nothing."""
    verdict = judge(sentence, own, question=question)
    for each in sorted(own, key=lambda each: _strength(sentence, [each])):
        rest = [other for other in own if other is not each]
        without = judge(sentence, rest, question=question) if rest else NOTHING_CITED
        same = _RANK[without.support] >= _RANK[verdict.support]
        if same and without.score >= verdict.score - _GAIN:
            own, verdict = rest, without
    return own, verdict


def _grown(
    sentence: str, evidence: Sequence[Source], question: str
) -> tuple[list[Source], Verdict]:
    """Return the fewest of all sources that support a sentence best."""
    near = sorted(evidence, key=lambda each: -_strength(sentence, [each]))[:_CANDIDATES]
    near += [each for each in evidence if each not in near and _holds_rare(sentence, each)][:4]
    chosen: list[Source] = []
    verdict = NOTHING_CITED
    while len(chosen) < MOST_CITED and verdict.support != "supported":
        rest = [each for each in near if each not in chosen]
        if not rest:
            break
        tried = [(judge(sentence, [*chosen, each], question=question), each) for each in rest]
        best, source = max(tried, key=lambda pair: (_RANK[pair[0].support], pair[0].score))
        if chosen and not _better(best, verdict):
            break
        chosen, verdict = [*chosen, source], best
    return chosen, verdict


def _better(one: Verdict, other: Verdict) -> bool:
    higher = _RANK[one.support] - _RANK[other.support]
    return higher > 0 or (higher == 0 and one.score > other.score + _GAIN)


def _holds_rare(sentence: str, source: Source) -> bool:
    """Whether a quote holds a number or a name of the sentence."""
    wanted, held = details_of(sentence), details_of(source.text)
    return bool(wanted.numbers.keys() & held.numbers or wanted.names.keys() & held.names)


def _strength(sentence: str, sources: Sequence[Source]) -> float:
    """Return how much of a sentence quotes hold: share of its words, and similarity."""
    wanted = _content(sentence)
    held = frozenset().union(*(_content(each.text) for each in sources))
    told = frozenset().union(*(_content(each.about) for each in sources))
    if not wanted:
        return max(each.similarity for each in sources)
    # What only stands round a quote explains it, and does not say it.
    cover = sum(
        1.0 if term in held else 0.5 if term in told else _nearly(term, held) for term in wanted
    )
    similarity = max(0.0, max(each.similarity for each in sources))
    if all(each.text.rstrip("\"'”’ ").endswith("?") for each in sources):
        cover *= _ASKED
    return _COVER * cover / len(wanted) + (1 - _COVER) * similarity


def _nearly(term: str, held: frozenset[str]) -> float:
    """Return what a word counts of which another form is held, "Ukrainian" for "Ukraine"."""
    return 0.8 if len(term) > 4 and any(_shares_beginning(term, other) for other in held) else 0.0


def _shares_beginning(one: str, other: str) -> bool:
    shared = max(4, round(0.7 * max(len(one), len(other))))
    return len(other) > 4 and one[:shared] == other[:shared]


@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    plain = [word for word in words(text) if word not in STOP_WORDS]
    return frozenset(stem(word) for word in plain)


def _wrong_detail(sentence: str, sources: Sequence[Source], question: str) -> str:
    """Return the detail of a sentence that the quotes contradict or do not hold, or nothing."""
    wanted = details_of(sentence)
    quoted = [details_of(each.text) for each in sources]
    around = [details_of(each.about) for each in sources]
    for value, shown in wanted.numbers.items():
        if not any(value in held.numbers for held in (*quoted, *around)):
            return f"the number {shown} is in no quote"
    for date in sorted(wanted.dates):
        if not any(date in held.dates for held in (*quoted, *around)):
            return f"“{date.capitalize()}” is in no quote"
    known = "\n".join([question, *(f"{each.text}\n{each.about}" for each in sources)])
    for name, shown in wanted.names.items():
        if not _is_named(name, shown, known):
            return f"the name “{shown}” is in no quote"
    if wanted.opening and _is_wrong_opening(wanted, sources, known):
        return f"“{wanted.opening}” is in no quote"
    return _turned_round(sentence, sources)


def _doubtful_detail(sentence: str, sources: Sequence[Source], question: str) -> str:
    """Return the detail that only stands round the quotes, or nothing."""
    wanted = details_of(sentence)
    quoted = [details_of(each.text) for each in sources]
    asked = details_of(question).numbers
    for value, shown in wanted.numbers.items():
        if value not in asked and not any(value in held.numbers for held in quoted):
            return f"the number {shown} stands near the quote, not in it"
    return ""


def _is_named(name: str, shown: str, known: str) -> bool:
    held = _content(known)
    if stem(name) in held or any(_shares_beginning(name, other) for other in _folded(known)):
        return True
    return shown.isupper() and len(shown) <= 6 and shown.lower() in _initials(known)


@lru_cache(maxsize=1024)
def _folded(text: str) -> frozenset[str]:
    return frozenset(words(text))


@lru_cache(maxsize=1024)
def _initials(text: str) -> str:
    """Return the first letters of a text's capitalised words in order, for acronyms."""
    return "".join(
        word[0] for word in re.findall(r"\b[^\W\d_]\w+", text) if word[0].isupper()
    ).lower()


def _is_wrong_opening(wanted: Details, sources: Sequence[Source], known: str) -> bool:
    """Whether a first word is a name that the quotes do not hold.

    Its capital letter does not tell: it is taken for a name if it is no word of the quotes and
    nothing that is alike.
    """
    word = "".join(words(wanted.opening))
    return not _is_named(word, wanted.opening, known)


def _turned_round(sentence: str, sources: Sequence[Source]) -> str:
    """Return what says that the quotes mean the opposite, or nothing."""
    clauses = [clause for each in sources for clause in [each.text, *_CLAUSES.split(each.text)]]
    wanted = _content(sentence)
    nearest = max(clauses, key=lambda clause: _overlap(wanted, _content(clause)))
    negated = is_negated(sentence)
    if negated and not any(is_negated(each.text) for each in sources):
        return "it denies what no quote denies"
    if (
        not negated
        and is_negated(nearest)
        and not any(
            not is_negated(each.text) and _overlap(wanted, _content(each.text)) >= _COVER
            for each in sources
        )
    ):
        return "the quote denies it"
    text = " ".join(each.text for each in sources)
    return "the quote says the opposite" if opposites_held(sentence, text) else ""


def _overlap(wanted: frozenset[str], held: frozenset[str]) -> float:
    """Return the F-measure of two sets of words: a clause must hold them and little else."""
    shared = len(wanted & held)
    return 2 * shared / (len(wanted) + len(held)) if shared else 0.0


def _only_introduces(sentence: str, question: str) -> bool:
    """Whether a sentence says nothing of its own: "The articles name the following:"."""
    if not sentence.rstrip().endswith(":"):
        return False
    found = details_of(sentence)
    asked = _content(question)
    own = [each for each in _content(sentence) if each not in asked | _reporting()]
    return not found.numbers and not (set(found.names) - set(words(question))) and len(own) <= 1


@lru_cache(maxsize=1)
def _reporting() -> frozenset[str]:
    return frozenset(stem(word) for word in _REPORTING) | frozenset(terms(" ".join(_REPORTING)))
