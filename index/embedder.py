"""Texts → vectors, with the exported copy of the embedding model; loads no torch.

``load_embedder`` finds the exported copy in the cache by the model's fingerprint and makes it
first where it is missing (``index.export``, the only part that needs sentence-transformers).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import ModelUnavailableError
from index.types import Span, Vectors

if TYPE_CHECKING:
    from index.settings import IndexSettings

BATCH = 8
"""Texts in one forward pass; a third faster than 32 on two cores."""

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
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

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
        encodings = self._tokenizer.encode_batch(list(texts))
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


def load_embedder(settings: IndexSettings, fingerprint: str | None = None) -> Embedder:
    """Load the model that ``settings`` name.

    Args:
        settings: Name the model and the cache folder.
        fingerprint: The model that an index was made with, where one is known: its exported copy
            is then opened without looking at the original.

    Raises:
        ModelUnavailableError: The model is not on this machine or cannot be used.
    """
    folder = settings.cache / "models" / (fingerprint or "")
    if not fingerprint or not (folder / "card.json").is_file():
        from index.export import export_model

        folder = export_model(settings.model, settings.cache / "models", expected=fingerprint)
    return _open_exported(folder, settings.model)


def _open_exported(folder: Path, name: str) -> Embedder:
    from tokenizers import Tokenizer

    try:
        card = ModelCard(**json.loads((folder / "card.json").read_text("utf-8")))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        engine = _onnx_engine(folder / "model.onnx") if card.exported else _torch_engine(name)
    except ModelUnavailableError:
        raise
    except Exception as error:  # onnxruntime and tokenizers raise bare Exceptions
        raise ModelUnavailableError(
            f"The exported copy of the embedding model in {folder} cannot be read; delete that "
            f"folder and run the command again."
        ) from error
    return Embedder(card, tokenizer, engine)


def _onnx_engine(path: Path) -> Engine:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Threads that wait by spinning take the cores from whatever else runs, and gain nothing here.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )

    def run(ids: Any, mask: Any) -> tuple[Vectors, Vectors]:
        tokens, vectors = session.run(["token_vectors", "text_vector"], {"ids": ids, "mask": mask})
        return tokens, vectors

    return run


def _torch_engine(name: str) -> Engine:
    from index.export import load_original, run_original

    model = load_original(name)
    return lambda ids, mask: run_original(model, ids, mask)


def stay_offline() -> None:
    """Tell the Hugging Face libraries that nothing may be downloaded, before they are imported."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
