"""Question sets → a stream of examples: what the network reads, and what it should make of it."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.reader.joint.inputs import JointInput, Pieces, assemble, pieces_of
from index.words import terms
from training.rewording import caption, near_miss, reworded
from training.sets import QuestionSet

HELD_OUT = frozenset(
    """squad-Normans squad-Fresno,_California squad-Construction squad-Pharmacy
    squad-Sky_(United_Kingdom)""".split()  # noqa: SIM905
)
"""Articles of SQuAD that are never trained on: near misses of five articles, to measure with."""

HELD_OUT_SHARE = 0.07
"""Share of the other sets' articles that are held out, too."""

WINDOWS = (48, 70, 70, 100, 100, 140, 200)
"""Tokens of the windows cut from passages; most are short, since those cost less."""

ANSWERING, OTHER_PASSAGE, ALTERED = 0.57, 0.18, 0.17
"""Shares of an answerable question's examples: as it is; beside a passage that does not answer;
altered. In the rest the sentence that answers is taken out."""

NEGATIVES = 6
"""How many other passages are kept for a question."""


@dataclass(frozen=True, slots=True)
class Example:
    """What is read, and what is right.

    Attributes:
        read: The input.
        right: Sentences that answer; empty: none does.
        unsure: Sentences that may, too.
        starts: Tokens at which an answer starts.
        ends: Tokens at which it ends; both empty where only the sentence is known.
    """

    read: JointInput
    right: tuple[int, ...]
    unsure: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


class Tokenised:
    """A question set in tokens, with passages near each question that do not answer it."""

    def __init__(self, source: QuestionSet, tokenizer: Any) -> None:
        self.source = source
        self.tokenizer = tokenizer
        flat = [text for passage in source.passages for text in passage.sentences]
        pieces = iter(pieces_of(tokenizer, flat))
        self.sentences = [[next(pieces) for _ in each.sentences] for each in source.passages]
        titles = sorted({each.title for each in source.passages} | {""})
        self.titles = dict(zip(titles, pieces_of(tokenizer, titles), strict=True))
        self.negatives = near_passages(source)

    def pieces(self, text: str) -> Pieces:
        """Return one text in tokens."""
        return pieces_of(self.tokenizer, [text])[0]


def is_held_out(article: str) -> bool:
    """Whether the questions about an article are measured with and not trained on.

    So are all of the project's own set: it is too small to train on, and the trees need questions
    such as people ask of news and manuals.
    """
    if article.startswith("own-"):
        return True
    if article.startswith("squad-"):
        return article in HELD_OUT
    return zlib.crc32(article.encode()) % 1000 < HELD_OUT_SHARE * 1000


def near_passages(source: QuestionSet) -> list[list[int]]:
    """Return, for each question, the passages nearest by tf-idf that do not hold its answer."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [f"{each.title} {' '.join(each.sentences)}" for each in source.passages]
    vectorizer = TfidfVectorizer(analyzer=terms, sublinear_tf=True, max_df=0.2, dtype=np.float32)
    passages = vectorizer.fit_transform(texts).T.tocsr()
    asked = vectorizer.transform([each.text for each in source.questions])
    low = [text.lower() for text in texts]
    found = []
    for start in range(0, len(source.questions), 1000):
        near = (asked[start : start + 1000] @ passages).tocsr()
        for row, question in enumerate(source.questions[start : start + 1000]):
            nearest = near[row].indices[np.argsort(-near[row].data)][: 3 * NEGATIVES]
            answers = [each.lower().strip() for each in question.answers if each.strip()]
            own = {*question.gold, *question.near}
            found.append(
                [
                    int(place)
                    for place in nearest
                    if place not in own and not any(answer in low[place] for answer in answers)
                ][:NEGATIVES]
            )
    return found


def stream(
    sets: Sequence[Tokenised], shares: Mapping[str, float], seed: int
) -> Iterator[tuple[str, Example]]:
    """Yield examples without end, each with its set's name.

    Args:
        sets: All sets.
        shares: Set → its share of the examples; ``near``: the share of real near misses.
        seed: Of the dice.
    """
    dice = random.Random(seed)
    sources: dict[str, Iterator[tuple[Tokenised, int]]] = {}
    near = []
    for each in sets:
        open_ = [
            n for n, asked in enumerate(each.source.questions) if not is_held_out(asked.article)
        ]
        near += [(each, n) for n in open_ if each.source.questions[n].near]
        answerable = [(each, n) for n in open_ if each.source.questions[n].gold]
        if answerable:
            sources[each.source.name] = _endless(answerable, random.Random(seed))
    if near:
        sources["near"] = _endless(near, random.Random(seed))
    names = [name for name in shares if name in sources]  # of others nothing is left to train on
    weights = [shares[name] for name in names]
    while True:
        name = dice.choices(names, weights)[0]
        tokenised, number = next(sources[name])
        example = example_of(tokenised, number, dice)
        if example:
            yield name, example


def _endless(items: list[Any], dice: random.Random) -> Iterator[Any]:
    while items:
        dice.shuffle(items)
        yield from items


def example_of(tokenised: Tokenised, number: int, dice: random.Random) -> Example | None:
    """Return one of a question's examples, as the dice fall."""
    asked = tokenised.source.questions[number]
    others = tokenised.negatives[number]
    if asked.near:
        passage = dice.choice(others) if others and dice.random() < 0.1 else dice.choice(asked.near)
        return _put(tokenised, passage, asked.text, {}, frozenset(), dice)
    passage = dice.choice(sorted(asked.gold))
    gold, unsure = asked.gold[passage], asked.unsure.get(passage, frozenset())
    chance = dice.random()
    if chance < ANSWERING:
        return _put(tokenised, passage, asked.text, gold, unsure, dice)
    if chance < ANSWERING + OTHER_PASSAGE:
        if not others:
            return None
        return _put(tokenised, dice.choice(others), asked.text, {}, frozenset(), dice)
    texts = tokenised.source.passages[passage].sentences
    if chance < ANSWERING + OTHER_PASSAGE + ALTERED:
        altered = near_miss(asked.text, texts, [texts[each] for each in gold], dice)
        if not altered:
            return _put(tokenised, passage, asked.text, gold, unsure, dice)
        return _put(tokenised, passage, altered, {}, frozenset(), dice, core=min(gold))
    left = frozenset(gold) | unsure
    if len(left) == len(texts):
        return None
    return _put(tokenised, passage, asked.text, {}, frozenset(), dice, without=left)


def _put(
    tokenised: Tokenised,
    passage: int,
    question: str,
    gold: Mapping[int, tuple[tuple[int, int], ...]],
    unsure: frozenset[int],
    dice: random.Random,
    *,
    core: int | None = None,
    without: frozenset[int] = frozenset(),
) -> Example:
    """Return an example of a window of a passage, its question as people may type it."""
    asked = tokenised.pieces(reworded(question, dice))
    source = tokenised.source.passages[passage]
    kept = [n for n in range(len(source.sentences)) if n not in without]
    sentences = [tokenised.sentences[passage][n] for n in kept]
    middle = core if core is not None else (dice.choice(sorted(gold)) if gold else None)
    start, end = _window(asked, sentences, middle, dice)
    kept, sentences = kept[start:end], sentences[start:end]
    if dice.random() < 0.05:
        place = dice.randint(0, len(kept))
        kept.insert(place, -1)
        sentences.insert(place, tokenised.pieces(caption(question, dice)))
    title = "" if dice.random() < 0.12 else source.title
    return labelled(asked, tokenised.titles[title], sentences, kept, gold, unsure)


def _window(
    asked: Pieces, sentences: Sequence[Pieces], core: int | None, dice: random.Random
) -> tuple[int, int]:
    """Choose neighbouring sentences round one: the given, or the one most like the question."""
    if core is None:
        wanted = set(asked.stems.tolist()) - {0}
        shared = [len(wanted & set(each.stems.tolist())) for each in sentences]
        core = max(range(len(sentences)), key=lambda n: (shared[n], dice.random()))
    start, end, used = core, core + 1, len(sentences[core].ids)
    budget = dice.choice(WINDOWS)
    while True:
        ways = [start - 1] if start and used + len(sentences[start - 1].ids) <= budget else []
        if end < len(sentences) and used + len(sentences[end].ids) <= budget:
            ways.append(end)
        if not ways:
            return start, end
        added = dice.choice(ways)
        used += len(sentences[added].ids)
        start, end = min(start, added), max(end, added + 1)


def labelled(
    asked: Pieces,
    title: Pieces,
    sentences: Sequence[Pieces],
    numbers: Sequence[int],
    gold: Mapping[int, tuple[tuple[int, int], ...]],
    unsure: frozenset[int],
) -> Example:
    """Put an example together; ``numbers`` are the sentences' places in their passage."""
    read = assemble(asked, title, sentences)
    right, starts, ends = [], [], []
    for place, first in enumerate(read.first):
        if numbers[place] not in gold:
            continue
        right.append(place)
        for start, end in gold[numbers[place]]:
            offsets = sentences[place].offsets
            inside = np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start))
            if len(inside) and first + inside[-1] < len(read.ids) - 1:
                starts.append(int(first + inside[0]))
                ends.append(int(first + inside[-1]))
    doubtful = [place for place in range(len(read.first)) if numbers[place] in unsure]
    return Example(read, tuple(right), tuple(doubtful), tuple(starts), tuple(ends))


def whole(tokenised: Tokenised, number: int) -> Example:
    """Return a question with its whole passage, unaltered: what is measured with."""
    asked = tokenised.source.questions[number]
    passage = asked.near[0] if asked.near else min(asked.gold)
    source = tokenised.source.passages[passage]
    return labelled(
        tokenised.pieces(asked.text),
        tokenised.titles[source.title],
        tokenised.sentences[passage],
        range(len(source.sentences)),
        asked.gold.get(passage, {}),
        asked.unsure.get(passage, frozenset()),
    )
