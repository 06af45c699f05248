"""The index as of one commit: passages near a question, and how near their sentences are."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Protocol

from index.catalogue.snapshot import Snapshot
from index.embedding.embedder import EncodedText
from index.file_state import file_changed
from index.search.fusion import Nearness, best_hits, measure, prefer_in_play, prefer_period
from index.search.maxsim import TokenSignals, token_signals, token_weights
from index.search.sentences import SentenceSignals, sentence_signals
from index.search.spelling import beginnings, is_correctable, nearest_word, replaced
from index.types import (
    Article,
    ArticleInfo,
    Hit,
    Passage,
    PassageRow,
    Period,
    Vectors,
)
from index.words import STOP_WORDS, question_terms, stem, terms, words

CANDIDATES = 50
"""How many passages each of the two searches proposes."""

MOST_WORDS = 24
"""How many words of a text are looked up; of a longer text, the rarest."""

MOST_SCORED = 20_000
"""How many passages BM25 may have to look at for a text: its words count from the rarest on, until
they stand in more than that. In large indexes this bounds the time; what is left out are words of
so many passages that they hardly tell one from another."""

MOST_OF_A_PERIOD = 1000
"""How many passages of a period are looked at besides those proposed for the question."""

MOST_HOLDING = 2000
"""How many passages that hold a subject's words are counted."""

MOST_MISSPELT = 4
"""Unknown words from which on a question is rather in another language than misspelt."""

_WRITTEN = re.compile(r"\w+")  # a word as it stands in a text


Nearest = Callable[[Vectors, int], dict[str, float]]
"""A vector ``(dimension,)`` and a limit → passage id → cosine similarity of the nearest."""


class Encoder(Protocol):
    """Texts and passages → token vectors; what a view needs of the embedding model."""

    def encode(self, text: str) -> EncodedText:
        """Return a text's vector and those of its tokens."""

    def is_word(self, text: str) -> bool:
        """Whether a text is a common word."""

    def encode_passages(self, hits: Sequence[Hit]) -> list[tuple[EncodedText, int]]:
        """Return each hit's token vectors, and at which offset of them its own text begins."""


class View:
    """The index as of one commit, for one question."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder, nearest: Nearest) -> None:
        self._snapshot = snapshot
        self._encoder = encoder
        self.nearest = nearest
        # A question is looked at from many sides: what is known of a text is worked out once.
        self._encoded: dict[str, EncodedText] = {}
        self._terms: dict[str, list[str]] = {}
        self._weights: dict[str, dict[str, float]] = {}
        self._frequencies: dict[str, int] = {}

    def search(
        self,
        question: str,
        limit: int = 10,
        *,
        said: str = "",
        leaning: float = 1.0,
        period: Period | None = None,
    ) -> list[Hit]:
        """Return the passages nearest to a question, best first.

        Passages are proposed by their vectors and by BM25, and ranked by ``fusion``.

        Args:
            question: In plain words.
            limit: How many passages at most.
            said: What was said before: passages near to it, and all those of an article that
                holds one, are preferred.
            leaning: How much so, 0..1.
            period: When the articles are from that are meant.
        """
        texts = [question, said] if said else [question]
        candidates = {text: self._candidates(text) for text in texts}
        rows = self._rows(list(dict.fromkeys(chain(*candidates.values()))), period)
        if not rows:
            return []
        asked, *before = (
            self._measure(text, lexical, rows) for text, lexical in candidates.items()
        )
        scores = asked.fused
        for talk in before:
            articles = [row.passage.article_id for row in rows]
            scores = prefer_in_play(scores, talk.fused, articles, leaning)
        if period:
            scores = prefer_period(scores, rows, period)
        return best_hits(rows, asked, scores, limit)

    def _rows(self, proposed: list[str], period: Period | None) -> list[PassageRow]:
        """Return the candidates; of a period that is asked for, all that can be looked through."""
        if period is None or not period.only:
            return self._snapshot.passage_rows(proposed)
        inside = self._snapshot.passages_of(period, MOST_OF_A_PERIOD)
        rows = self._snapshot.passage_rows(list(dict.fromkeys([*proposed, *inside])))
        return [row for row in rows if period.holds(row.article.published)]

    def _candidates(self, text: str) -> dict[str, float]:
        """Return passage id → BM25 score of what both searches propose for a text."""
        near = self.nearest(self._encode(text).vector, CANDIDATES)
        lexical = self._snapshot.lexical(self._rarest(self._terms_of(text)), CANDIDATES)
        return {**dict.fromkeys(near, 0.0), **lexical}

    def _measure(
        self, text: str, lexical: Mapping[str, float], rows: Sequence[PassageRow]
    ) -> Nearness:
        return measure(self._encode(text).vector, lexical, self.term_weights(text), rows)

    def _rarest(self, wanted: list[str]) -> list[str]:
        """Return the words that are looked up, in their order."""
        frequency = self._frequency(wanted)
        chosen: set[str] = set()
        scored = 0
        for word in sorted(frequency, key=frequency.__getitem__)[:MOST_WORDS]:
            scored += frequency[word]
            if chosen and scored > MOST_SCORED:
                break
            chosen.add(word)
        return [word for word in wanted if word in chosen]

    def _frequency(self, wanted: list[str]) -> dict[str, int]:
        """Return word → number of passages that hold it, of those that any does."""
        unknown = [word for word in wanted if word not in self._frequencies]
        if unknown:
            self._frequencies |= dict.fromkeys(unknown, 0)
            self._frequencies |= self._snapshot.document_frequency(unknown)
        counts = ((word, self._frequencies[word]) for word in wanted)
        return {word: count for word, count in counts if count}

    def sentences(self, question: str, hits: Sequence[Hit]) -> list[SentenceSignals]:
        """Return how near every sentence of the hits is to a question, in the hits' order."""
        weights = self.term_weights(question)
        return [signals for hit in hits for signals in sentence_signals(hit, weights)]

    def token_signals(
        self, question: str, sentences: Sequence[SentenceSignals]
    ) -> list[TokenSignals]:
        """Return how near sentences are to a question token by token; a model reads their passages.

        Args:
            question: The one whose ``sentences`` these are.
            sentences: All or some of them.
        """
        asked = self._encode(question)
        rarities = token_weights(question, asked, self.term_weights(question))
        hits = list({each.hit.passage.id: each.hit for each in sentences}.values())
        passages = zip(hits, self._encoder.encode_passages(hits), strict=True)
        near = {
            hit.passage.id: token_signals(hit, encoded, shift, asked, rarities)
            for hit, (encoded, shift) in passages
        }
        return [near[each.hit.passage.id][each.span] for each in sentences]

    def similarities(self, text: str, passages: Sequence[Passage]) -> dict[str, tuple[float, ...]]:
        """Return passage id → cosine similarity of a text and each of its sentences, in order."""
        vector = self._encode(text).vector
        rows = self._snapshot.passage_rows([passage.id for passage in passages])
        return {row.passage.id: tuple((row.sentences @ vector).tolist()) for row in rows}

    def holding(self, subject: str, limit: int = MOST_HOLDING) -> list[Passage]:
        """Return the passages that hold all the words of a subject, the best first."""
        return self._snapshot.passages_holding(self._terms_of(subject), limit)

    def term_weights(self, question: str) -> Mapping[str, float]:
        """Return stemmed question word → inverse document frequency, as BM25 defines it.

        The words are in the question's order. One that no passage holds has the largest weight.
        """
        if question not in self._weights:
            wanted = self._terms_of(question)
            frequency = self._frequency(wanted)
            self._weights[question] = {
                term: math.log(1 + (self._total - count + 0.5) / (count + 0.5))
                for term in wanted
                for count in [frequency.get(term, 0)]
            }
        return self._weights[question]

    def unknown_words(self, question: str) -> list[str]:
        """Return the telling words of a question that stand in no article, as they were written."""
        written = {"".join(words(each)): each for each in reversed(_WRITTEN.findall(question))}
        return [written.get(word, word) for word in self._unknown(question)]

    def _unknown(self, question: str) -> list[str]:
        wanted = self._terms_of(question)
        missing = set(wanted) - set(self._frequency(wanted))
        telling = [word for word in words(question) if word not in STOP_WORDS]
        return list(dict.fromkeys(word for word in telling if stem(word) in missing))

    def corrected(self, question: str) -> str:
        """Return a question with its misspelt words as the articles spell them.

        A word that stands in an article, that is a common one, or that no word of the articles is
        near to, is kept.
        """
        unknown = {
            word
            for word in self._unknown(question)
            if is_correctable(word) and not self._encoder.is_word(word)
        }
        if len(unknown) > MOST_MISSPELT:
            return question
        changes = []
        for match in _WRITTEN.finditer(question):
            word = "".join(words(match[0]))
            meant = self._meant(match[0], word) if word in unknown else None
            if meant:
                changes.append((match.start(), match.end(), meant))
        return replaced(question, changes) if changes else question

    def _meant(self, asked: str, word: str) -> str | None:
        """Return the word that a misspelt one stands for, as an article writes it."""
        known: dict[str, int] = {}
        for letter in beginnings(word):
            known |= self._snapshot.words_beginning(letter, len(word) - 3, len(word) + 2)
        near = nearest_word(word, known, is_name=asked[0].isupper())
        for row in self.rows(self._snapshot.passages_holding([near], 1)) if near else ():
            written = _WRITTEN.finditer(f"{row.text} {row.article.title}")
            spelling = next((each[0] for each in written if terms(each[0]) == [near]), None)
            return spelling.lower() if spelling and asked.islower() else spelling
        return None

    def article(self, article_id: str) -> Article | None:
        """Return an article with its text, or None."""
        return self._snapshot.article(article_id)

    def newest(self) -> str | None:
        """Return the date of the newest article, or None where none has a date."""
        return self._snapshot.newest()

    def articles(self) -> list[ArticleInfo]:
        """Return all articles without their texts, newest first."""
        return self._snapshot.articles()

    def count(self) -> int:
        """Return the number of articles."""
        return self._snapshot.count("article")

    def passages(self, article_id: str) -> list[Passage]:
        """Return an article's passages in reading order."""
        return self._snapshot.passages(article_id)

    def rows(self, passages: Iterable[Passage]) -> list[PassageRow]:
        """Return passages with their texts and vectors."""
        return self._snapshot.passage_rows([passage.id for passage in passages])

    def is_stale(self, article: ArticleInfo) -> bool:
        """Whether the article's file has changed or gone since it was indexed."""
        state = self._snapshot.file(article.origin)
        return state is not None and file_changed(state)

    @cached_property
    def _total(self) -> int:
        """The number of passages."""
        return self._snapshot.indexed_words()

    def _terms_of(self, text: str) -> list[str]:
        if text not in self._terms:
            self._terms[text] = question_terms(text)
        return self._terms[text]

    def _encode(self, text: str) -> EncodedText:
        if text not in self._encoded:
            self._encoded[text] = self._encoder.encode(text)
        return self._encoded[text]
