"""Texts → vectors of the texts and of their tokens, by whatever engine runs the model."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.types import Span, Vectors

BATCH = 4
"""Texts in one forward pass; what comes of more does not fit into a core's caches."""

_COUNTED = 1000  # texts whose tokens are counted in one call

_AHEAD = 2  # batches for each core that are begun before their turn; more would only fill memory

Engine = Callable[[Mapping[str, Any]], Sequence[Vectors]]
"""``ids`` and ``mask``, both ``(texts, tokens)`` → token vectors ``(texts, tokens, dimension)`` and
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


def products(left: Vectors, right: Vectors) -> Vectors:
    """Return ``left @ right.T`` of ``(m, dimension)`` and ``(n, dimension)``, small ones, quickly.

    NumPy's library parts even small products among all cores, whose threads then wait for each
    other by spinning: on a busy machine that takes a hundred times as long as the product.
    """
    found: Vectors = np.einsum("ik,jk->ij", left, right)
    return found


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

    def encode(self, texts: Sequence[str], batch: int = BATCH) -> Iterator[EncodedText]:
        """Encode texts in batches, in the order given; what exceeds the window is not read."""
        batches = [texts[first : first + batch] for first in range(0, len(texts), batch)]
        # The exported model runs on one core: a batch on each keeps all of them busier than all at
        # one batch would, and what Python does between batches holds up nobody.
        workers = min(_cores(), len(batches)) if self.card.exported else 1
        if workers < 2:
            for each in batches:
                yield from self._encode_batch(each)
            return
        with ThreadPoolExecutor(workers) as pool:
            for encoded in _in_order(pool, self._encode_batch, batches, _AHEAD * workers):
                yield from encoded

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return each text's vector."""
        return [encoded.vector.tolist() for encoded in self.encode(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Return the question's vector."""
        return self.embed_documents([text])[0]

    def _encode_batch(self, texts: Sequence[str]) -> list[EncodedText]:
        # A terminal of another encoding hands over lone surrogates, which no tokenizer takes.
        sound = [text.encode("utf-8", "replace").decode() for text in texts]
        encodings = self._tokenizer.encode_batch(sound)
        rows = [_cut(encoding.ids, self.card.window) for encoding in encodings]
        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, kept in enumerate(rows):
            ids[row, : len(kept)] = kept
            mask[row, : len(kept)] = 1
        tokens, vectors = self._engine({"ids": ids, "mask": mask})
        return [
            _encoded(encoding, tokens[row], vectors[row]) for row, encoding in enumerate(encodings)
        ]


def _cut(ids: list[int], window: int) -> list[int]:
    """Return what the model can read of a text; the end mark stays."""
    # Cut here, not in the tokenizer, so that counting is never cut.
    return ids if len(ids) <= window else [*ids[: window - 1], ids[-1]]


def _encoded(encoding: Any, tokens: Vectors, vector: Vectors) -> EncodedText:
    """Return one text of a batch: ``tokens`` is ``(longest of the batch, dimension)``."""
    # The tokenizer makes a new list whenever it is asked for one.
    marks, spans, words = encoding.special_tokens_mask, encoding.offsets, encoding.tokens
    inner = [place for place, mark in enumerate(marks[: len(tokens)]) if not mark]
    return EncodedText(
        vector=unit(vector),
        tokens=unit(tokens[inner]),
        spans=tuple(Span(*spans[place]) for place in inner),
        words=tuple(words[place] for place in inner),
    )


def _in_order(
    pool: ThreadPoolExecutor,
    work: Callable[[Sequence[str]], list[EncodedText]],
    batches: Iterable[Sequence[str]],
    ahead: int,
) -> Iterator[list[EncodedText]]:
    """Yield what becomes of each batch, in order, no more than ``ahead`` of them begun before."""
    begun: deque[Future[list[EncodedText]]] = deque()
    try:
        for batch in batches:
            begun.append(pool.submit(work, batch))
            if len(begun) > ahead:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        for each in begun:  # nobody waits for them any more
            each.cancel()


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # macOS and Windows keep nobody from a core
