"""What the joint reader's network reads: tokens, their kinds and their sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assistant.reader.joint.inputs import (
    PASSAGE,
    PASSAGE_SHARED,
    QUESTION,
    QUESTION_SHARED,
    Pieces,
    assemble,
    load_tokenizer,
    pieces_of,
)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_tokenizer()


def pieces(tokenizer: Any, *texts: str) -> list[Pieces]:
    return pieces_of(tokenizer, texts)


def test_tokens_know_where_they_stand(tokenizer: Any) -> None:
    """Each token's offsets give back its piece of the text, accents and capital letters too."""
    text = "Zoë’s lighthouse-keeping ended."
    (read,) = pieces(tokenizer, text)
    assert [text[start:end] for start, end in read.offsets][:2] == ["Zoë", "’"]
    assert len(read.ids) == len(read.stems) == len(read.offsets)


def test_words_of_one_stem_have_one_number(tokenizer: Any) -> None:
    """Inflected forms agree, words of grammar and signs count for nothing."""
    one, other = pieces(tokenizer, "building", "The builders built buildings.")
    assert one.stems[0] in other.stems
    assert other.stems[0] == other.stems[-1] == 0


def test_the_input_is_question_title_and_sentences(tokenizer: Any) -> None:
    """Marks at both ends and between, a colon behind the title, sentences numbered in order."""
    question, title, *sentences = pieces(
        tokenizer, "Who sold the stamp?", "Stamps", "A dentist sold it.", "Nobody knew."
    )
    read = assemble(question, title, sentences)
    decoded = tokenizer.decode(read.ids.tolist(), skip_special_tokens=False)
    assert decoded == (
        "[CLS] who sold the stamp? [SEP] stamps : a dentist sold it. nobody knew. [SEP]"
    )
    assert sorted(set(read.sentence.tolist())) == [-1, 0, 1]
    assert [int(read.ids[first]) for first in read.first] == [int(s.ids[0]) for s in sentences]


def test_kinds_tell_what_both_sides_share(tokenizer: Any) -> None:
    """“sold” and “stamp” stand on both sides, “who” and “dentist” on one."""
    question, title, sentence = pieces(
        tokenizer, "Who sold the stamp?", "Stamps", "A dentist sold it."
    )
    read = assemble(question, title, [sentence])
    words = list(map(tokenizer.id_to_token, read.ids))
    kinds = dict(zip(words, read.kinds, strict=True))  # of “sold”, the passage's
    assert kinds["who"] == QUESTION
    assert kinds["stamp"] == QUESTION_SHARED
    assert kinds["stamps"] == kinds["sold"] == PASSAGE_SHARED
    assert kinds["dentist"] == PASSAGE


def test_what_is_too_long_is_cut(tokenizer: Any) -> None:
    """Never longer than asked for; sentences that do not fit have no place."""
    question, title, long, rest = pieces(tokenizer, "Why? " * 60, "", "word " * 400, "More.")
    read = assemble(question, title, [long, rest])
    assert len(read.ids) == 320
    assert len(read.first) == 1
    assert assemble(question, title, []).sentence.max() == -1
    assert read.ids.dtype == np.int64
