"""Question sets → a trained joint reader, in checkpoints that survive a stop.

    python -m training.train SETS OUT --minutes 180 [--seed 1]

SETS is a folder of question sets, OUT a folder for checkpoints and the learning curve. Started
again with the same OUT it goes on where it stopped. The learning rate follows the time spent, so
that a busy machine lowers the number of examples and nothing else.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from assistant.reader.joint.inputs import load_tokenizer
from training.examples import Example, Tokenised, is_held_out, stream, whole
from training.network import END, START, JointNetwork, new_network, sentence_scores, word_vectors
from training.sets import load_set

SHARES = {
    "squad": 0.2, "near": 0.14, "qed-train": 0.2, "squadshifts-wiki": 0.16, "qamr": 0.14,
    "fairytaleqa-train": 0.06, "selqa-dev": 0.035, "selqa-test": 0.065,
}  # fmt: skip
"""Set → its share of the examples; ``near``: that of real near misses. Others: ``OTHER``."""

OTHER = 0.1
"""The share of each set that ``SHARES`` does not name."""

BATCH_TOKENS = 3072
"""Tokens of a batch, padding counted; a batch holds examples of about one length."""

WARM_UP = 0.03
"""Share of the time in which the learning rate rises; then it falls, straight, to nothing."""

SPANS = 0.4
"""Weight of the span's loss beside the sentence's."""

_NEVER = -1e4


@dataclass(frozen=True)
class Batch:
    """Examples as tensors, padded to the longest."""

    ids: Tensor
    kinds: Tensor
    keep: Tensor
    sentence: Tensor
    examples: Sequence[Example]


def collate(examples: Sequence[Example]) -> Batch:
    """Pad examples to one length."""
    shape = (len(examples), max(len(each.read.ids) for each in examples))
    ids, kinds = np.zeros(shape, np.int64), np.ones(shape, np.int64)
    keep, sentence = np.zeros(shape, np.int64), np.full(shape, -1, np.int64)
    for row, example in enumerate(examples):
        length = len(example.read.ids)
        ids[row, :length], kinds[row, :length] = example.read.ids, example.read.kinds
        keep[row, :length], sentence[row, :length] = 1, example.read.sentence
    return Batch(
        ids=torch.from_numpy(ids),
        kinds=torch.from_numpy(kinds),
        keep=torch.from_numpy(keep),
        sentence=torch.from_numpy(sentence),
        examples=examples,
    )


def batches(examples: Iterator[tuple[str, Example]]) -> Iterator[Batch]:
    """Yield batches of examples of about one length each, in no order."""
    dice = random.Random(0)
    while True:
        some = sorted((next(examples)[1] for _ in range(1200)), key=lambda each: len(each.read.ids))
        groups: list[list[Example]] = [[]]
        for each in some:
            if (len(groups[-1]) + 1) * len(each.read.ids) > BATCH_TOKENS:
                groups.append([])
            groups[-1].append(each)
        dice.shuffle(groups)
        yield from map(collate, groups)


class Training:
    """A network in training, with what is needed to go on after a stop."""

    def __init__(self, network: JointNetwork, rate: float) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.network = network.to(self.device)
        self.words = word_vectors().to(self.device)
        self.rate = rate
        trained = [each for each in network.parameters() if each.requires_grad]
        self.optimizer = torch.optim.AdamW(trained, rate, weight_decay=0.01, foreach=True)
        self.seen = 0
        self.seconds = 0.0

    def told(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return what the network tells of a batch, and its sentence scores behind that of none."""
        ids, kinds, keep, sentence = (
            each.to(self.device) for each in (batch.ids, batch.kinds, batch.keep, batch.sentence)
        )
        with torch.autocast(self.device, torch.bfloat16):
            told, none = self.network(self.words[ids], kinds, keep)
        scores = sentence_scores(told, sentence, int(sentence.max()) + 1)
        return told, torch.cat([none[:, None], scores], 1)

    def step(self, batch: Batch, done: float) -> float:
        """Learn from a batch, of which the loss is returned; ``done`` is the share of the time."""
        self.network.train()
        falling = (1 - done) / (1 - WARM_UP)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * min(done / WARM_UP + 0.01, max(falling, 0.0))
        told, scores = self.told(batch)
        loss = listwise(scores, batch) + SPANS * span_loss(told, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.seen += len(batch.examples)
        return float(loss.detach())

    def save(self, path: Path) -> None:
        """Write a checkpoint, whole or not at all."""
        state = {
            "network": self.network.state_dict(), "optimizer": self.optimizer.state_dict(),
            "seen": self.seen, "seconds": self.seconds,
        }  # fmt: skip
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.seen, self.seconds = state["seen"], state["seconds"]


def listwise(scores: Tensor, batch: Batch) -> Tensor:
    """Return how far the right sentences, or that none is right, are from being certain."""
    right = torch.zeros(scores.shape, dtype=torch.bool)
    for row, example in enumerate(batch.examples):
        right[row, [place + 1 for place in example.right] or [0]] = True
        if example.right and example.unsure:
            scores[row, [place + 1 for place in example.unsure]] = _NEVER
    right = right.to(scores.device)
    return _loss(scores, right).mean()


def span_loss(told: Tensor, batch: Batch) -> Tensor:
    """Return the same for where an answer starts and ends; at the front, where none does."""
    starts, ends = torch.zeros(2, *batch.ids.shape, dtype=torch.bool)
    known = torch.ones(len(batch.examples))
    for row, example in enumerate(batch.examples):
        if example.right and not example.starts:
            known[row] = 0
        starts[row, list(example.starts) or [0]] = True
        ends[row, list(example.ends) or [0]] = True
    possible = batch.sentence >= 0
    possible[:, 0] = True
    loss = told.new_zeros(len(batch.examples))
    for column, right in ((START, starts), (END, ends)):
        scores = told[..., column].masked_fill(~possible.to(told.device), _NEVER)
        loss = loss + _loss(scores, right.to(told.device))
    return (loss * known.to(told.device)).mean()


def _loss(scores: Tensor, right: Tensor) -> Tensor:
    return scores.logsumexp(1) - scores.masked_fill(~right, _NEVER).logsumexp(1)


def measure(training: Training, held: dict[str, list[Example]]) -> dict[str, float]:
    """Return how often the best sentence is right and how well near misses are told, by set."""
    from sklearn.metrics import roc_auc_score

    training.network.eval()
    figures = {}
    for name, examples in held.items():
        hit, confidence = [], []
        with torch.no_grad():
            for start in range(0, len(examples), 24):
                batch = collate(examples[start : start + 24])
                scores = training.told(batch)[1]
                confidence += (scores[:, 1:].max(1).values - scores[:, 0]).tolist()
                best = scores[:, 1:].argmax(1).tolist()
                pairs = zip(best, batch.examples, strict=True)
                hit += [place in each.right for place, each in pairs if each.right]
        figures[f"{name} right"] = round(float(np.mean(hit)), 4)
        answerable = [bool(each.right) for each in examples]
        if not all(answerable):
            figures[f"{name} auroc"] = round(float(roc_auc_score(answerable, confidence)), 4)
    return figures


def held_out(sets: Sequence[Tokenised], most: int = 500) -> dict[str, list[Example]]:
    """Return set → examples of articles that are not trained on, the longest of them together."""
    found = {}
    for each in sets:
        numbers = [n for n, asked in enumerate(each.source.questions) if is_held_out(asked.article)]
        random.Random(5).shuffle(numbers)
        most_here = 2 * most if any(asked.near for asked in each.source.questions) else most // 2
        examples = [whole(each, number) for number in numbers[:most_here]]
        if examples:
            found[each.source.name] = sorted(examples, key=lambda one: len(one.read.ids))
    return found


def run(options: argparse.Namespace) -> None:
    """Train until the time is spent."""
    torch.manual_seed(options.seed)
    tokenizer = load_tokenizer()
    folders = [path.parent for path in sorted(options.sets.glob("*/questions.jsonl.gz"))]
    sets = [Tokenised(load_set(folder), tokenizer) for folder in folders]
    shares = {each.source.name: OTHER for each in sets} | SHARES
    held = held_out(sets)
    training = Training(new_network(), options.rate)
    options.out.mkdir(parents=True, exist_ok=True)
    latest = options.out / "latest.pt"
    if latest.exists():
        training.load(latest)
    feed = batches(stream(sets, shares, options.seed + training.seen))
    planned = options.minutes * 60
    losses: list[float] = []
    measured = training.seen
    while training.seconds < planned:
        started = time.monotonic()
        losses.append(training.step(next(feed), training.seconds / planned))
        training.seconds += time.monotonic() - started
        if training.seen - measured >= options.every or training.seconds >= planned:
            measured = training.seen
            figures: dict[str, Any] = {"examples": training.seen, "minutes": training.seconds / 60}
            figures |= {"loss": float(np.mean(losses))} | measure(training, held)
            losses.clear()
            with (options.out / "curve.jsonl").open("a", encoding="utf-8") as curve:
                curve.write(json.dumps(figures) + "\n")
            left = (planned - training.seconds) / 60
            print(f"{json.dumps(figures)}; {left:.0f} minutes left", flush=True)
            training.save(latest)


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=180)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--every", type=int, default=12_800, help="examples between measurements")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
