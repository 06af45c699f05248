"""Sentences with their chances → those that are quoted, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from assistant.question.understand import Query
from assistant.reader.confidence import context_terms, names_asked
from assistant.reader.evidence import Candidate
from assistant.reader.features import Features
from assistant.reader.trees import load_weights
from index import Span
from index.words import terms

MOST_SENTENCES = 3
MOST_WORDS = 60
"""Upper bound of an answer of several sentences, in words."""

LIST_SENTENCES = 8
LIST_WORDS = 160
"""The same where a list is asked for: more sentences, each from another article."""

_LIST_SHARE = 0.1  # of the best sentence's chance, which those must have: rank lowers it, too
_ALIKE = 0.8  # share of words in common from which on a sentence adds nothing

_LEANS_BACK = re.compile(
    r"(?:he|she|it|they|his|her|its|their|this|these|those|such|both|the (?:former|latter))\b", re.I
)
"""How a sentence begins that cannot stand alone."""


def select_sentences(
    query: Query, evidence: Sequence[Candidate], chances: Features
) -> tuple[Candidate, ...]:
    """Return the sentences to quote, at least one, in reading order.

    The likeliest one; others if they are not much less likely; further articles' where a list is
    asked for. One that begins with a pronoun is quoted along with the sentence before it.

    Args:
        query: The question.
        evidence: At least one sentence.
        chances: Of each, ``(sentences,)``, 0..1.
    """
    order = [int(place) for place in np.argsort(-chances, kind="stable")]
    best = evidence[order[0]]

    alike = _speaking_of_the_same(query, best, evidence)

    def likely(share: float) -> list[Candidate]:
        least = share * chances[order[0]]
        return [evidence[place] for place in order if chances[place] >= least and alike[place]]

    picked = _fill([], likely(share_for(query)), MOST_SENTENCES, MOST_WORDS)
    if query.answer_type.is_list:
        others = _of_further_articles(picked, likely(_LIST_SHARE))
        picked = _fill(picked, others, LIST_SENTENCES, LIST_WORDS)
    return with_antecedents(sorted(picked, key=lambda each: _place(each, best)))


def _speaking_of_the_same(
    query: Query, best: Candidate, evidence: Sequence[Candidate]
) -> list[bool]:
    """Say of each sentence whether its passage holds the question's names that the best one's does.

    What says the same of another name is no part of the answer: the height of another tower.
    """
    named = context_terms(best).intersection(names_asked(query))
    passages = {each.passage.id: each for each in evidence}
    alike = {key: named <= context_terms(each) for key, each in passages.items()} if named else {}
    return [alike.get(each.passage.id, True) for each in evidence]


def with_antecedents(picked: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return sentences, those that begin with a pronoun with the one before them if it fits."""
    spare = MOST_WORDS - sum(map(length, picked))
    quoted = []
    for each in picked:
        quoted.append(_with_antecedent(each, picked, spare))
        spare -= length(quoted[-1]) - length(each)
    return tuple(quoted)


def share_for(query: Query) -> float:
    """Return the share of the best sentence's chance that another one must have to be quoted."""
    rules = load_weights()["pick"]
    share: float = rules["share_when_several" if query.answer_type.is_several else "share"]
    return share


def _fill(
    picked: list[Candidate], more: Iterable[Candidate], most: int, most_words: int
) -> list[Candidate]:
    """Return what was picked and, within the bounds, what says something else; at least one."""
    filled = list(picked)
    for each in more:
        used = sum(length(one) for one in filled)
        fits = len(filled) < most and used + length(each) <= most_words
        if not filled or (fits and not any(_alike(each, one) for one in filled)):
            filled.append(each)
    return filled


def length(each: Candidate) -> int:
    """Return the length of a sentence in words."""
    return len(each.text.split())


def _alike(one: Candidate, other: Candidate) -> bool:
    left, right = set(terms(one.text)), set(terms(other.text))
    return len(left & right) >= _ALIKE * min(len(left), len(right))


def _of_further_articles(
    picked: Sequence[Candidate], others: Iterable[Candidate]
) -> Iterator[Candidate]:
    seen = {each.passage.article_id for each in picked}
    for each in others:
        article = each.passage.article_id
        if article not in seen:
            seen.add(article)
            yield each


def _with_antecedent(each: Candidate, picked: Sequence[Candidate], spare: int) -> Candidate:
    """Return a sentence that begins with a pronoun with the one before it, which explains it."""
    passage = each.passage
    place = passage.sentences.index(each.span)
    if not place or not _LEANS_BACK.match(each.text):
        return each
    before = passage.sentences[place - 1]
    if any(other.span == before and other.rank == each.rank for other in picked):
        return each
    span = Span(before.start, each.span.end)
    text = each.around[span.start - passage.start : span.end - passage.start]
    if "\n" in text or len(text.split()) - length(each) > spare:
        return each
    return replace(each, span=span, text=text)


def _place(each: Candidate, best: Candidate) -> tuple[bool, int, int]:
    """Reading order: the best sentence's article first, and each article from its top."""
    passage = each.passage
    own = passage.article_id == best.passage.article_id
    return (not own, each.rank if not own else 0, each.span.start)
