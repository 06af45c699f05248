"""Texts → vectors of the texts and of their tokens, by whatever engine runs the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.types import Span, Vectors

BATCH = 8
"""Texts in one forward pass; a third faster than 32 on two cores."""

_COUNTED = 1000  # texts whose tokens are counted in one call

Engine = Callable[[Any, Any], tuple[Vectors, Vectors]]
"""Token ids and mask, both ``(texts, tokens)`` → token vectors ``(texts, tokens, dimension)`` and
unit text vectors ``(texts, dimension)``."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the index must know about an embedding model.

    Attributes:
        name: As it was named: a model's name or a folder.
        fingerprint: Hash of its weights and tokenizer.
        dimension: Length of its vectors.
        window: Longest text in tokens, special tokens counted.
        exported: Whether an ONNX copy serves it; else sentence-transformers itself does.
    """

    name: str
    fingerprint: str
    dimension: int
    window: int
    exported: bool


@dataclass(frozen=True, slots=True)
class EncodedText:
    """A text's vector ``(dimension,)`` and those of its tokens.

    Attributes:
        vector: Unit length.
        tokens: ``(tokens, dimension)``, each of unit length, special tokens left out.
        spans: Each token's offsets in the text.
        words: Each token as the tokenizer spells it.
    """

    vector: Vectors
    tokens: Vectors
    spans: tuple[Span, ...]
    words: tuple[str, ...]

    def span_vector(self, span: Span) -> Vectors:
        """Return the unit vector ``(dimension,)`` of a stretch of the text: its tokens' mean.

        Pooling after the whole passage has been read ("late chunking") gives each sentence the
        sense it has in its context.
        """
        inside = [
            place
            for place, token in enumerate(self.spans)
            if token.start < span.end and token.end > span.start
        ]
        return unit(self.tokens[inside].mean(axis=0)) if inside else self.vector


def unit(vectors: Vectors) -> Vectors:
    """Scale vectors ``(…, dimension)`` to length one; zero vectors stay zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return scaled


class Embedder:
    """An embedding model with the methods of LangChain's ``Embeddings``, and token vectors besides.

    It fits wherever LangChain takes an embedding model, but does not inherit: that import alone
    would take a third of a second from every answer in a fresh process.
    """

    def __init__(self, card: ModelCard, tokenizer: Any, engine: Engine) -> None:
        self.card = card
        self._tokenizer = tokenizer
        self._engine = engine

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in tokens, special tokens not counted."""
        # In portions: what the tokenizer returns weighs many times as much as the text.
        portions = (texts[first : first + _COUNTED] for first in range(0, len(texts), _COUNTED))
        return [
            len(encoding.ids)
            for portion in portions
            for encoding in self._tokenizer.encode_batch_fast(
                list(portion), add_special_tokens=False
            )
        ]

    def shorten(self, text: str, tokens: int) -> str:
        """Return the opening of a text that fits into so many tokens."""
        spans = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return text if len(spans) <= tokens else text[: spans[tokens - 1][1]]

    def encode(self, texts: Sequence[str]) -> Iterator[EncodedText]:
        """Encode texts in batches, in the order given; what exceeds the window is not read."""
        for first in range(0, len(texts), BATCH):
            yield from self._encode_batch(texts[first : first + BATCH])

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return each text's vector."""
        return [encoded.vector.tolist() for encoded in self.encode(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Return the question's vector."""
        return self.embed_documents([text])[0]

    def _encode_batch(self, texts: Sequence[str]) -> Iterator[EncodedText]:
        # A terminal of another encoding hands over lone surrogates, which no tokenizer takes.
        sound = [text.encode("utf-8", "replace").decode() for text in texts]
        encodings = self._tokenizer.encode_batch(sound)
        longest = max(min(len(encoding.ids), self.card.window) for encoding in encodings)
        ids = np.zeros((len(texts), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            # Cut here, not in the tokenizer, so that counting is never cut; the end mark stays.
            kept = encoding.ids[: longest - 1] + encoding.ids[-1:]
            kept = encoding.ids if len(encoding.ids) <= longest else kept
            ids[row, : len(kept)] = kept
            mask[row, : len(kept)] = 1
        tokens, vectors = self._engine(ids, mask)
        for row, encoding in enumerate(encodings):
            inner = [
                place
                for place in range(min(len(encoding.ids), longest))
                if not encoding.special_tokens_mask[place]
            ]
            yield EncodedText(
                vector=unit(vectors[row]),
                tokens=unit(tokens[row, inner]),
                spans=tuple(Span(*encoding.offsets[place]) for place in inner),
                words=tuple(encoding.tokens[place] for place in inner),
            )
