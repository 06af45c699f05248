"""A few steps of training: it learns, survives a stop, and what is exported reads the same."""

from __future__ import annotations

import json
import random
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.reader.joint import network as shipped
from assistant.reader.joint.inputs import assemble, load_tokenizer, pieces_of
from helpers.question_sets import asked, write_set

pytestmark = pytest.mark.slow

SHIPS = [f"{name} was built in {year}." for name, year in (("Ada", 1901), ("Bo", 1912))]


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty questions on ten articles of two sentences; one in five is not answered."""
    folder = tmp_path_factory.mktemp("sets")
    articles, questions = [], []
    for number in range(10):
        text = " ".join(each.replace("built", f"built at yard {number}") for each in SHIPS)
        articles.append({"id": f"a{number}", "title": "Ships", "text": text})
        about: dict[str, Any] = {"article_ids": [f"a{number}"], "evidence": [text]}
        questions.append(asked(f"When was Ada built at yard {number}?", answers=["1901"], **about))
        near = {"near_article_ids": [f"a{number}"], "near_evidence": [text], "answerable": False}
        questions.append(asked("Who built Bo?", answers=[], **(about | near)))
    write_set(folder / "ships", articles, questions)
    return folder


def test_training_goes_on_after_a_stop(sets: Path, tmp_path: Path) -> None:
    """A checkpoint and the curve are written; what is loaded again has seen what was seen."""
    import torch

    from training.train import Training, run

    torch.set_num_threads(1)
    options = Namespace(sets=sets, out=tmp_path, minutes=0.1, seed=1, rate=2e-4, every=10_000)
    run(options)
    curve = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert curve[-1]["examples"] > 0
    from training.network import JointNetwork

    again = Training(JointNetwork(), 1e-4)
    again.load(tmp_path / "latest.pt")
    assert again.seen == curve[-1]["examples"]
    assert again.seconds >= 6


def test_one_batch_is_learnt_by_heart(sets: Path) -> None:
    """After a dozen steps over the same examples the loss is a fraction of what it was."""
    from training.examples import Tokenised, example_of
    from training.network import new_network
    from training.sets import load_set
    from training.train import Training, collate

    tokenised = Tokenised(load_set(sets / "ships"), load_tokenizer())
    made = [example_of(tokenised, number, random.Random(number)) for number in range(20)]
    batch = collate([each for each in made if each])
    training = Training(new_network(), 3e-4)
    training.network.drop.p = 0.0
    losses = [training.step(batch, 0.1) for _ in range(14)]
    assert losses[-1] < 0.6 * losses[0]


@pytest.mark.parametrize("int8", [False, True])
def test_what_is_exported_reads_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, int8: bool
) -> None:
    """The network in training and the file that ships give the same numbers."""
    import torch

    from training.export import export
    from training.network import new_network, word_vectors

    network = new_network().eval()
    path = tmp_path / "network.onnx"
    export(network, path, int8=int8)
    assert path.stat().st_size < 25_000_000
    monkeypatch.setattr(shipped, "WEIGHTS", path)
    reader = shipped._load.__wrapped__()
    question, title, *sentences = pieces_of(
        reader._tokenizer, ["When was Ada built?", "Ships", *SHIPS]
    )
    read = assemble(question, title, sentences)
    told, none = reader._run(read)
    kinds = torch.from_numpy(read.kinds)[None]
    vectors = word_vectors()[torch.from_numpy(read.ids)][None]
    with torch.inference_mode():
        right, right_none = network(vectors, kinds, torch.ones_like(kinds))
    near = 0.2 if int8 else 5e-3
    assert np.abs(told - right[0].numpy()).max() < near
    assert abs(none - float(right_none[0])) < near
