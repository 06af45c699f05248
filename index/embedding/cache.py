"""Questions and passages → the vectors of their tokens; those of recent passages are kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from index.embedding.embedder import Embedder, EncodedText
from index.embedding.inputs import embedded_text
from index.passages import title_budget
from index.types import Hit

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
        budget = title_budget(self._embedder.card.window)
        titles = [self._embedder.shorten(hit.article.title, budget) for hit in hits]
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
