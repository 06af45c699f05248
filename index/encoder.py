"""Questions and passages → the vectors of their tokens; those of recent passages are kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from index.embedder import Embedder, EncodedText
from index.passages import title_budget
from index.pending import embedded_text
from index.types import Hit

CACHED_PASSAGES = 200  # about 60 MB of token vectors


class PassageEncoder:
    """One embedding model, as a ``View`` needs it; may be shared by threads."""

    def __init__(self, embedder: Embedder) -> None:
        self.fingerprint = embedder.card.fingerprint
        self._embedder = embedder
        self._kept = lru_cache(CACHED_PASSAGES)(self.encode)

    def encode(self, text: str) -> EncodedText:
        """Return a text's vector and those of its tokens."""
        return next(self._embedder.encode([text]))

    def is_word(self, text: str) -> bool:
        """Whether the model's vocabulary holds a text in one piece, as it does common words."""
        return self._embedder.count_tokens([text]) == [1]

    def encode_passages(self, hits: Sequence[Hit]) -> list[tuple[EncodedText, int]]:
        """Return each hit's token vectors, and at which offset of them its own text begins."""
        budget = title_budget(self._embedder.card.window)
        encoded = []
        for hit in hits:
            title = self._embedder.shorten(hit.article.title, budget)
            encoded.append((self._kept(embedded_text(title, hit.text)), len(title) + 1))
        return encoded
