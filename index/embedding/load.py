"""The settings' model → an ``Embedder``: by its exported copy, which is made where it is missing.

The copy is found in the cache by the model's fingerprint; running it needs no torch.
"""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

from index.embedding.embedder import Embedder, Engine, ModelCard
from index.errors import ModelUnavailableError
from index.settings import DEFAULT_MODEL, IndexSettings


def load_embedder(settings: IndexSettings, fingerprint: str | None = None) -> Embedder:
    """Load the model that ``settings`` name.

    Args:
        settings: Name the model and the cache folder.
        fingerprint: The model that an index was made with, where one is known: its exported copy
            is then opened without looking at the original.

    Raises:
        ModelUnavailableError: The model is not on this machine or cannot be used.
    """
    name = settings.model or DEFAULT_MODEL
    folder = settings.cache / "models" / (fingerprint or "")
    if not fingerprint or not _is_there(folder / "card.json"):
        from index.embedding.export import export_model

        folder = export_model(name, settings.cache / "models", expected=fingerprint)
    return _open_exported(folder, name)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError as error:
        raise ModelUnavailableError(
            f"The embedding model's copy in {path.parent} may not be read; grant the right to read "
            f"it, or set ASSISTANT_CACHE to a folder of your own."
        ) from error


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
    # Version 1.32 keeps a list of events and sends it to its makers, unless it is told not to; it
    # reads this when it is loaded.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # the embedder runs a batch on each core instead
    session = onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )
    return partial(session.run, ["token_vectors", "text_vector"])


def _torch_engine(name: str) -> Engine:
    from index.embedding.export import load_original, run_original

    model = load_original(name)
    return lambda inputs: run_original(model, inputs["ids"], inputs["mask"])
