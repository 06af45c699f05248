"""A question and a passage that was found → how near each sentence is, by what the index holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from index.types import Hit, SentenceSignals, Span
from index.words import terms


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
