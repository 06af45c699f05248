"""The trained network as it ships: who did what to whom, and what is not said."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from assistant.reader.joint import network
from assistant.reader.joint.network import WEIGHTS, JointReader, joint_reader
from index.errors import ModelUnavailableError

STAMP = (
    "The Blue Heron stamp",
    (
        "A Blue Heron stamp of 1861 changed hands for $2.4 million on Saturday.",
        "The dentist Walter Pym, who had owned it since 1989, said he would miss it.",
        "It was bought from him by a museum in Oslo.",
        "Photo: the Blue Heron stamp.",
    ),
)


@pytest.fixture(scope="module")
def reader() -> JointReader:
    return joint_reader()


def best(reader: JointReader, question: str) -> tuple[int, float, str]:
    """The place of the best sentence, its score, and its short answer."""
    (scores,) = reader.read(question, [STAMP])
    place = int(np.argmax([each.answers for each in scores]))
    score = scores[place]
    assert score.short is not None
    return place, score.answers, STAMP[1][place][slice(*score.short)]


@pytest.mark.parametrize(
    ("question", "place", "short"),
    [
        ("Who bought the stamp?", 2, "museum in Oslo"),
        ("How much did the stamp cost?", 0, "$2.4 million"),
        ("Since when had Pym owned the stamp?", 1, "1989"),
    ],
)
def test_it_sees_who_did_what(reader: JointReader, question: str, place: int, short: str) -> None:
    """Not the sentence with the most words in common, but the one that answers."""
    where, score, found = best(reader, question)
    assert (where, score > 0) == (place, True)
    assert short in found


@pytest.mark.parametrize("question", ["How old is Walter Pym?", "Who stole the stamp?"])
def test_it_sees_what_is_not_said(reader: JointReader, question: str) -> None:
    """All words but the answer's are there."""
    assert best(reader, question)[1] < 0


def test_a_passage_is_read_the_same_beside_any_other(reader: JointReader) -> None:
    """To the last digit: batches are not padded."""
    other = ("Long", ("word " * 300, "And more."))
    (alone,) = reader.read("Who bought it?", [STAMP])
    beside = reader.read("Who bought it?", [other, STAMP, other])[1]
    assert alone == beside
    assert reader.read("Who bought it?", []) == []


def test_the_network_is_small() -> None:
    """It ships with the package, and the model card names it by its hash."""
    card = (WEIGHTS.parent / "MODEL_CARD.md").read_text("utf-8")
    assert WEIGHTS.stat().st_size < 25_000_000
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() in card


def test_a_damaged_network_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence with its remedy; never taken for “not in the articles”."""
    damaged = tmp_path / "network.onnx"
    damaged.write_bytes(WEIGHTS.read_bytes()[:1000])
    for path in (damaged, tmp_path / "none.onnx"):
        monkeypatch.setattr(network, "WEIGHTS", path)
        with pytest.raises(ModelUnavailableError, match="install the program again"):
            network._load.__wrapped__()
