"""Passages → what is embedded for them: the text, and where the sentences lie in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.embedding.embedder import EncodedText
from index.types import Article, Passage, Span, Vectors


@dataclass(frozen=True, slots=True)
class EmbeddingInput:
    """A passage that is still to be embedded: what of, under which digest, where sentences lie."""

    digest: str
    text: str
    sentences: tuple[Span, ...]


def embedded_text(headline: str, text: str) -> str:
    """Return what is embedded for a passage: title and section in front of its text."""
    return f"{headline}\n{text}"


def pending_passage(
    article: Article, headline: str, passage: Passage, fingerprint: str
) -> EmbeddingInput:
    """Return what is embedded for a passage; its digest changes when the vectors would."""
    text = embedded_text(headline, article.text[passage.start : passage.end])
    shift = len(headline) + 1 - passage.start
    sentences = tuple(Span(span.start + shift, span.end + shift) for span in passage.sentences)
    key = f"{fingerprint}\x1f{text}\x1f{sentences}"
    return EmbeddingInput(
        hashlib.blake2b(key.encode(), digest_size=16).hexdigest(), text, sentences
    )


def sentence_vectors(text: EncodedText, sentences: Sequence[Span]) -> Vectors:
    """Return the vectors of the sentences of an embedded text, ``(sentences, dimension)``."""
    return np.stack([text.span_vector(span) for span in sentences])
