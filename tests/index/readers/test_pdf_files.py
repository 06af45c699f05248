"""PDF files: their outlines, their properties, and what happens to those that cannot be read."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from pathlib import Path
from textwrap import fill

import pytest

from helpers.pdf_files import BREAD, COUNCIL, FERRY, Sheet, flat, printed, sheet
from helpers.read_one import article
from index.readers.common.draft import UnreadableContentError
from index.readers.pdf.read import read


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableContentError) as caught:
        read(data)
    return str(caught.value)


CHAPTERS = [
    sheet(COUNCIL).text("\n1 Before the vote", 16).text(FERRY),
    sheet().text("2 After the vote and all that came of it for the people", 16).text(BREAD),
    sheet(fill(FERRY, 50)),
]


def test_the_outline_gives_the_sections() -> None:
    """Entries that stand on their pages as lines are sections, whether numbered or not."""
    entries = [("Before the vote", 0), ("Nowhere", 1), ("2. After the vote and all that came of "
               "it for the people", 1), ("Before the vote", 2)]  # fmt: skip
    draft = read(printed(*CHAPTERS, outline=entries))
    assert [section.title for section in draft.sections] == [
        "1 Before the vote", "2 After the vote and all that came of it for the people",
    ]  # fmt: skip
    for section in draft.sections:
        assert draft.text[section.start :].split("\n")[0] == section.title
    assert read(printed(*CHAPTERS)).sections == ()


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"Title": "The last library", "Author": "Jane Doe", "CreationDate": "D:20250820103000Z"},
         ("The last library", "Jane Doe", "2025-08-20")),
        ({"Title": "Microsoft Word - last.doc", "Author": "jdoe"}, (None, None, None)),
        ({"Title": "untitled", "Author": "Microsoft Office User"}, (None, None, None)),
        ({"Title": "final_v2.indd", "CreationDate": "D:19700101"}, (None, None, None)),
        ({"Creator": "Mozilla/5.0", "CreationDate": "D:20250820103000"}, (None, None, None)),
        ({"CreationDate": "D:20251399"}, (None, None, None)),
        ({}, (None, None, None)),
    ],
    ids=str,
)  # fmt: skip
def test_properties(info: Mapping[str, str], expected: tuple[str | None, ...]) -> None:
    """Title, author and date are taken from the properties where a person has set them."""
    draft = read(printed(sheet(COUNCIL), info=info))
    title = expected[0] or "The council of Marrowby voted on Tuesday evening to close…"
    assert (draft.title, draft.author, draft.published) == (title, *expected[1:])


def test_the_page_is_believed_before_the_properties() -> None:
    """A byline and a date in the text count more than what a program has noted."""
    info = {"Author": "Ada Venn", "CreationDate": "D:20250820"}
    draft = read(printed(sheet(f"By Jane Doe\n\n5 May 2019\n\n{COUNCIL}"), info=info))
    assert (draft.author, draft.published) == ("Jane Doe", "2019-05-05")


def encrypted(password: str, algorithm: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(printed(sheet(COUNCIL)))))
    writer.encrypt(password, "owner", algorithm=algorithm)
    memory = io.BytesIO()
    writer.write(memory)
    return memory.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_locked_files(algorithm: str) -> None:
    """A file that only its changing is forbidden of is read; one that takes a password is not."""
    assert read(encrypted("", algorithm)).text == flat(COUNCIL)
    assert refusal(encrypted("secret", algorithm)) == "is locked with a password"


def test_damaged_files(caplog: pytest.LogCaptureFixture) -> None:
    """A file is read as long as its pages can be found, and says why it is not otherwise."""
    data = printed(sheet(COUNCIL), sheet(FERRY))
    with caplog.at_level(logging.DEBUG):
        for damaged in (
            data[: data.index(b"startxref")],
            data.replace(b"0000", b"9999"),
            b"\n\n" + data,
        ):
            assert read(damaged).text == f"{flat(COUNCIL)}\n\n{flat(FERRY)}"
        assert refusal(data[:60]).startswith("is damaged (")
        assert refusal(b"<html>Not found</html>") == refusal(b"") == "is no PDF file"
    assert not caplog.records


def test_one_damaged_page() -> None:
    """A page that cannot be read leaves the others, each with its own number."""
    data = printed(sheet(FERRY), sheet(COUNCIL))
    draft = read(data.replace(b"/Length", b"/Filter /NoSuch /Length", 1))
    assert draft.text == flat(COUNCIL)
    assert draft.pages == (0, 0)
    assert refusal(data.replace(b"/Length", b"/Filter /NoSuch /Length")).startswith("is damaged (")


def test_scanned_files() -> None:
    """Pages without a letter are taken for scanned ones; the reason names the way out."""
    drawn = Sheet()
    drawn.draw("72 72 200 200 re f")
    assert refusal(printed(drawn, drawn)).endswith("run it through text recognition (OCR) first")


def test_an_article_of_pages_and_sections(tmp_path: Path) -> None:
    """Read like any other file, a PDF tells of each place its page and its section."""
    found = article(tmp_path, "a.pdf", printed(*CHAPTERS, outline=[("After the vote and all that "
                    "came of it for the people", 1)]))  # fmt: skip
    place = found.text.index("No salt")
    assert found.page_at(place) == 2
    assert found.section_at(place) == "2 After the vote and all that came of it for the people"
    assert found.section_at(0) is None
