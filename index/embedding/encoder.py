"""Passages → what is embedded for them, and the vectors of its tokens; recent ones are kept."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.embedding.embedder import Embedder, EncodedText
from index.passages import title_budget
from index.types import Article, Hit, Passage, Span, Vectors

CACHED_PASSAGES = 200  # about 60 MB of token vectors


class PassageEncoder:
    """One embedding model, as a ``View`` needs it; may be shared by threads."""

    def __init__(self, embedder: Embedder) -> None:
        self.fingerprint = embedder.card.fingerprint
        self._embedder = embedder
        self._title_budget = title_budget(embedder.card.window)
        self._kept: OrderedDict[str, EncodedText] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, text: str) -> EncodedText:
        """Return a text's vector and those of its tokens."""
        return next(self._embedder.encode([text]))

    def is_word(self, text: str) -> bool:
        """Whether the model's vocabulary holds a text in one piece, as it does common words."""
        return self._embedder.count_tokens([text]) == [1]

    def encode_passages(self, hits: Sequence[Hit]) -> list[tuple[EncodedText, int]]:
        """Return each hit's token vectors, and at which offset of them its own text begins."""
        titles = [self._embedder.shorten(hit.article.title, self._title_budget) for hit in hits]
        texts = [embedded_text(title, hit.text) for title, hit in zip(titles, hits, strict=True)]
        encoded = self._encode_kept(texts)
        return [(encoded[text], len(title) + 1) for title, text in zip(titles, texts, strict=True)]

    def _encode_kept(self, texts: Sequence[str]) -> dict[str, EncodedText]:
        """Return text → its vectors; those that are not kept are encoded, one on each core."""
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        # Not in one batch: padded to its longest, a text's vectors would differ in the last digit.
        found |= zip(missing, self._embedder.encode(missing, batch=1), strict=True)
        with self._lock:
            for text, encoded in found.items():
                self._kept[text] = encoded
                self._kept.move_to_end(text)
            while len(self._kept) > CACHED_PASSAGES:
                self._kept.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class EmbeddingInput:
    """A passage that is still to be embedded: what of, under which digest, where sentences lie."""

    digest: str
    text: str
    sentences: tuple[Span, ...]


def embedded_text(headline: str, text: str) -> str:
    """Return what is embedded for a passage: title and section in front of its text."""
    return f"{headline}\n{text}"


def embedding_input(
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
