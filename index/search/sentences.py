"""A question and a passage that was found → how near each sentence is, by what the index holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from index.types import Hit, Span
from index.words import terms


@dataclass(frozen=True, slots=True)
class SentenceSignals:
    """How near one sentence is to a question, by what the index holds of it.

    Attributes:
        hit: The hit whose passage holds the sentence.
        span: Its offsets in the article.
        text: Its text.
        similarity: Cosine similarity of sentence and question vectors, -1..1.
        overlap: Share of the question's words, weighted by inverse document frequency, that
            stand in the sentence, 0..1.
        context_overlap: The same share for sentence, title and passage together, 0..1.
    """

    hit: Hit
    span: Span
    text: str
    similarity: float
    overlap: float
    context_overlap: float


def sentence_signals(hit: Hit, weights: Mapping[str, float]) -> Iterator[SentenceSignals]:
    """Yield how near each sentence of a passage is to a question, in order.

    Args:
        hit: The passage.
        weights: Stemmed question word → inverse document frequency.
    """
    present = set(terms(hit.article.title)) | set(terms(hit.text))
    context_overlap = _share(present, weights)
    for span, similarity in zip(hit.passage.sentences, hit.sentence_similarity, strict=True):
        text = hit.text[span.start - hit.passage.start : span.end - hit.passage.start]
        yield SentenceSignals(
            hit=hit,
            span=Span(*span),
            text=text,
            similarity=similarity,
            overlap=_share(set(terms(text)), weights),
            context_overlap=context_overlap,
        )


def _share(present: set[str], weights: Mapping[str, float]) -> float:
    total = sum(weights.values())
    return (
        sum(weight for term, weight in weights.items() if term in present) / total if total else 0.0
    )
