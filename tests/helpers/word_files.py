"""Word documents for tests: what is put into one, and what is read out of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx as word
import pytest
from docx.oxml.parser import parse_xml

from index.readers import docx
from index.readers.common.draft import Draft, UnreadableContentError

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MORE = "Nobody in the council would say what is to become of the building, nor of its books."


def saved(document: Any) -> bytes:
    """Return the bytes of a document."""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def read(fill: Callable[[Any], object]) -> Draft:
    """Fill an empty document and read it."""
    document = word.Document()
    fill(document)
    return docx.read(saved(document))


def of_xml(*blocks: str) -> Draft:
    """Read a document whose body is made of these blocks, in the markup of Word."""

    def fill(document: Any) -> None:
        body = document.element.body
        for place, block in enumerate(blocks):
            body.insert(place, parse_xml(block.replace(">", f" {W}>", 1)))

    return read(fill)


def paragraph(*runs: str, properties: str = "") -> str:
    """Return a paragraph; what is no markup becomes a run."""
    inner = "".join(
        each if each.startswith("<") else f"<w:r><w:t>{each}</w:t></w:r>" for each in runs
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def blocks(draft: Draft) -> list[str]:
    """Return the paragraphs and rows of a text."""
    return draft.text.split("\n\n")


def headings(draft: Draft) -> list[str]:
    """Return the headings; each stands at the beginning of its section."""
    for section in draft.sections:
        assert draft.text[section.start :].split("\n")[0] == section.title
    return [section.title for section in draft.sections]


def refusal(reader: Callable[[bytes], object], data: bytes) -> str:
    """Return why a reader refuses a file."""
    with pytest.raises(UnreadableContentError) as caught:
        reader(data)
    return str(caught.value)


def packed(parts: dict[str, bytes]) -> bytes:
    """Return an archive of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def with_part(data: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return packed(parts | {name.replace("__", "/"): part for name, part in more.items()})
