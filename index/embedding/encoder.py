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
        texts = [embedded_text(self._embedder, hit.headline, hit.text) for hit in hits]
        encoded = self._encode_kept([text for text, _ in texts])
        return [(encoded[text], shift) for text, shift in texts]

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


def embedded_text(embedder: Embedder, headline: str, text: str) -> tuple[str, int]:
    """Return what is embedded for a passage, and at which offset of it the passage begins.

    Args:
        embedder: The model.
        headline: The article's title and the passage's section; it stands in front, shortened.
        text: The passage's text.
    """
    front = embedder.shorten(headline, title_budget(embedder.card.window))
    return f"{front}\n{text}", len(front) + 1


def embedding_input(article: Article, passage: Passage, embedder: Embedder) -> EmbeddingInput:
    """Return what is embedded for a passage; its digest changes when the vectors would."""
    headline = article.headline_at(passage.start)
    text, begin = embedded_text(embedder, headline, article.text[passage.start : passage.end])
    shift = begin - passage.start
    sentences = tuple(Span(span.start + shift, span.end + shift) for span in passage.sentences)
    key = f"{embedder.card.fingerprint}\x1f{text}\x1f{sentences}"
    return EmbeddingInput(
        hashlib.blake2b(key.encode(), digest_size=16).hexdigest(), text, sentences
    )


def sentence_vectors(text: EncodedText, sentences: Sequence[Span]) -> Vectors:
    """Return the vectors of the sentences of an embedded text, ``(sentences, dimension)``."""
    return np.stack([text.span_vector(span) for span in sentences])
