"""A question's and a passage's token vectors → how near each sentence is, token by token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from index.embedding.embedder import EncodedText, products
from index.types import Hit, Span, Vectors
from index.words import terms

_UNTELLING = 0.05  # weight of a stop word beside the rarest word's 1
_TELLING = 0.25  # weight from which on a word tells what a question is about


@dataclass(frozen=True, slots=True)
class TokenSignals:
    """How near one sentence is to a question, token by token.

    Attributes:
        maxsim: Mean over the question's tokens, weighted by inverse document frequency, of the
            best cosine similarity to any token of the sentence (ColBERT's MaxSim), -1..1.
        weakest: Of the question's telling tokens, how near the one comes that the sentence holds
            least, -1..1: a near miss has all words but one.
        context_weakest: The same for the whole passage with its title.
        drop: Of the question's telling tokens, how much nearer the passage comes to the one that
            the sentence lacks most, 0..2.
    """

    maxsim: float
    weakest: float
    context_weakest: float
    drop: float


def token_weights(question: str, asked: EncodedText, weights: Mapping[str, float]) -> Vectors:
    """Weigh the question's tokens by the rarity of the words they belong to, ``(tokens,)``."""
    rarest = max(weights.values(), default=1.0) or 1.0
    rarities = np.full(len(asked.spans), _UNTELLING, dtype=np.float32)
    for place, span in enumerate(asked.spans):
        start, end = span
        while start > 0 and question[start - 1].isalnum():
            start -= 1
        while end < len(question) and question[end].isalnum():
            end += 1
        for term in terms(question[start:end]):
            rarities[place] = max(rarities[place], weights.get(term, 0.0) / rarest)
    return rarities


def token_signals(
    hit: Hit, encoded: EncodedText, shift: int, asked: EncodedText, rarities: Vectors
) -> dict[Span, TokenSignals]:
    """Return how near each sentence of a passage is to a question, by its span.

    Args:
        hit: The passage.
        encoded: Its token vectors.
        shift: At which offset of the encoded text the passage begins.
        asked: The question's token vectors.
        rarities: Of the question's tokens, ``(tokens,)``.
    """
    near = products(asked.tokens, encoded.tokens)
    telling = rarities >= _TELLING
    starts = np.array([span.start for span in encoded.spans])
    anywhere = near.max(axis=1, initial=-1.0)
    context_weakest = float(anywhere[telling].min(initial=1.0)) if len(starts) else 0.0
    signals = {}
    for span in hit.passage.sentences:
        first = span.start - hit.passage.start + shift
        inside = (starts >= first) & (starts < first + span.end - span.start)
        best = near[:, inside].max(axis=1, initial=-1.0) if inside.any() else near[:, :0].sum(1)
        signals[span] = TokenSignals(
            maxsim=float(best @ rarities / max(float(rarities.sum()), 1e-9)),
            weakest=float(best[telling].min(initial=1.0)),
            context_weakest=context_weakest,
            drop=float((anywhere - best)[telling].max(initial=0.0)),
        )
    return signals
