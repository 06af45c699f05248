"""Files that are no Word documents, damaged ones and large ones."""

from __future__ import annotations

import time

import docx as word
import pytest

from helpers.read_one import BODY
from helpers.word_files import (
    of_xml,
    packed,
    paragraph,
    refusal,
    saved,
)
from index.readers import docx
from index.readers.common.draft import UnreadableContentError


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed({"a.txt": b"words"}), "is damaged, or no Word document"),
        (packed({"[Content_Types].xml": b"no markup"}), "is damaged, or no Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old Word document (.doc)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "is locked with a password",
        ),
        (b"words", "is damaged"),
        (saved(word.Document()), "holds no text"),
    ],
    ids=["archive", "markup", "doc", "locked", "text", "empty"],
)
def test_no_document(data: bytes, reason: str) -> None:
    """What is no Word document, and a document without words, is refused with the reason."""
    assert refusal(docx.read, data).startswith(reason)


def test_damaged_documents() -> None:
    """A document that is cut off or changed anywhere is read or refused, and nothing else."""
    document = word.Document()
    document.add_paragraph(BODY)
    data = saved(document)
    for place in range(0, len(data), 1009):
        for damaged in (data[:place], data[:place] + b"\xff\x00<" + data[place + 3 :]):
            try:
                assert docx.read(damaged).text
            except UnreadableContentError:
                continue


@pytest.mark.alone
def test_a_large_document() -> None:
    """Thousands of paragraphs and rows take seconds."""
    cell = "<w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc>"
    rows = f"<w:tr>{cell * 4}</w:tr>" * 5_000
    began = time.perf_counter()
    draft = of_xml(*[paragraph(BODY)] * 5_000, f"<w:tbl>{rows}</w:tbl>")
    assert draft.text.count("cell | cell") == 10_000
    assert time.perf_counter() - began < 20
