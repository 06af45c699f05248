"""Bytes of any encoding become clean text, or a reason why they are none."""

from __future__ import annotations

import codecs
import gzip
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.read_one import BODY, article, lines, refusal
from index.readers.common.decoding import clean, decode
from index.readers.text import read as read_text

QUOTED = "“It’s over,” said Zoë – the café’s owner. She paid £5 for it."


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (QUOTED.encode("cp1252"), QUOTED),
        (codecs.BOM_UTF8 + QUOTED.encode(), QUOTED),
        (QUOTED.encode("utf-16"), QUOTED),
        (codecs.BOM_UTF16_BE + QUOTED.encode("utf-16-be"), QUOTED),
        (QUOTED.encode("utf-32"), QUOTED),
        ("Le garçon a mangé à l'école.".encode("latin-1"), "Le garçon a mangé à l'école."),
        ("café".encode("latin-1"), "café"),
        (
            "Совет закрыл библиотеку во вторник.".encode("cp1251"),
            "Совет закрыл библиотеку во вторник.",
        ),
        ("市議会は図書館を閉鎖した。".encode("shift_jis"), "市議会は図書館を閉鎖した。"),
        (QUOTED.encode() + b"\xe2\x80", QUOTED + "\ufffd"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("ﬁ Å Å ½".encode(), "ﬁ Å Å ½"),
    ],
)
def test_decode(data: bytes, text: str) -> None:
    """Text of the usual encodings comes out as it was written, not normalised."""
    assert decode(data) == text


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01",
        b"text with a \x00 in it",
        gzip.compress(BODY.encode() * 20, mtime=0),
        bytes(range(1, 32)) * 9,
        codecs.BOM_UTF16_LE + b"a\x00b",
    ],
)
def test_binary_content_is_refused(data: bytes, tmp_path: Path) -> None:
    """A binary file is reported as such, whatever its name."""
    assert refusal(tmp_path, "photo.txt", data) == "looks like a binary file, not text"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl", "a.jsonl.gz"])
@pytest.mark.parametrize("content", [b"", b" \n\n \t\n"])
def test_empty_file(name: str, content: bytes, tmp_path: Path) -> None:
    """An empty file, or one of white space, is reported as empty in every format."""
    packed = gzip.compress(content) if name.endswith(".gz") else content
    assert refusal(tmp_path, name, packed) == "is empty"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_no_letters(name: str, tmp_path: Path) -> None:
    """An article without a letter or digit is no article."""
    assert refusal(tmp_path, name, "* . . . *\n\n—!") == "holds no text"


def test_line_ends_of_text_files(tmp_path: Path) -> None:
    """Windows line ends and white space at line ends go; indentation and wrapped lines stay."""
    found = article(
        tmp_path, "a.txt", "A headline\r\n\r\nThe first  \r\n  second line.\r\n\r\nEnd.\r\n"
    )
    assert found.text == "The first\n  second line.\n\nEnd."


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters() | st.sampled_from("\0\r\n\ufeff\ud800\udfff")))
def test_article_text_is_clean(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """No article keeps NUL, lone surrogates or carriage returns, whatever its file holds."""
    found = article(
        tmp_path_factory.getbasetemp(), "any.jsonl", lines({"id": 1, "text": f"a{text}"})
    )
    every = found.text + found.info.title
    assert not any(char in "\0\r\ufeff" or unicodedata.category(char) == "Cs" for char in every)
    assert clean(found.text) == found.text
    assert found.digest


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"])), min_size=1))
def test_text_file_keeps_its_letters(parts: list[str]) -> None:
    """Every letter of a text file's body is in the article, in order."""
    body = "\n".join(f"said {part} then." for part in parts)
    draft = read_text(f"A headline\n\n{body}\n".encode())
    assert "".join(draft.text.split()) == "".join(clean(body).split())
