"""The table of formats: one entry and one module are all that a format needs."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import docx as word
import pytest

from helpers.read_one import BODY, write
from helpers.website import Site, running
from index.build.build import plan_build
from index.errors import ArticlesNotFoundError
from index.readers import registry
from index.readers.registry import (
    FORMATS,
    Format,
    format_of_name,
    format_of_response,
    read_by,
    suffix_of,
    suffixes,
)
from index.readers.sandbox import IsolatedReader
from index.sources.addresses import read_address
from index.sources.read import read_articles
from index.types import Article, Unreadable

# A reader that no package holds: it says in which process it was.
READER = """
import os
from index.readers.common.draft import Draft, UnreadableContentError

def read(data):
    if b"secret" in data:
        raise UnreadableContentError("is not for us")
    return Draft("A tale", data.decode() + f" Told in process {os.getpid()}.")
"""
TALE = b"TALE: The owl eats voles."


@pytest.fixture
def tales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A format of tales, made known by one entry; returns a folder for some."""
    modules = tmp_path / "modules"
    write(modules, "reader_of_tales.py", READER)
    monkeypatch.syspath_prepend(str(modules))
    monkeypatch.setenv("PYTHONPATH", str(modules))
    entry = Format(
        "reader_of_tales",
        (".tale",),
        ("application/x-tale",),
        magic=re.compile(rb"\ATALE:"),
    )
    monkeypatch.setattr(registry, "FORMATS", (*FORMATS, entry))
    return tmp_path / "tales"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A running server, reached directly."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with running() as server:
        yield server


def test_a_new_format_is_read_from_a_folder(tales: Path) -> None:
    """Its files are found by their suffix and read in a process of their own."""
    write(tales, "a.TALE", TALE)
    write(tales, "b.tale", b"TALE: a secret")
    article, refusal = read_articles([tales])
    assert isinstance(article, Article)
    assert article.info.title == "A tale"
    assert article.text.startswith("TALE: The owl eats voles. Told in process ")
    assert not article.text.endswith(f" {os.getpid()}.")
    assert refusal == Unreadable(str(tales / "b.tale"), "is not for us")


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/a", "application/x-tale"),
        ("/a.tale", "application/octet-stream"),
        ("/a", "application/octet-stream"),
    ],
    ids=["named by the server", "named by its address", "by its first bytes"],
)
@pytest.mark.usefixtures("tales")
def test_a_new_format_is_fetched(site: Site, path: str, media_type: str) -> None:
    """It is known by media type, by suffix and by its magic."""
    with IsolatedReader() as reader:
        ((_, found),) = read_address(site.put(path, TALE, media_type), reader)
    assert isinstance(found, Article)
    assert found.info.title == "A tale"


def test_a_new_format_is_named_to_people(tales: Path) -> None:
    """What cannot be read is answered with all that can."""
    unknown = write(tales, "a.xyz", "An owl.")
    (refusal,) = read_articles([unknown])
    assert isinstance(refusal, Unreadable)
    assert refusal.reason.endswith(".jsonl.gz, .tale")
    with pytest.raises(ArticlesNotFoundError, match=r"\.jsonl or \.tale"):
        plan_build([tales], tales / "index")
    assert suffix_of("An owl.Tale") == ".tale"


@pytest.mark.parametrize("file_format", FORMATS, ids=lambda each: each.suffix)
def test_every_format_has_a_reader(file_format: Format) -> None:
    """Each entry names a module that reads it, and its names are in small letters."""
    name = "read_lines" if file_format.lines else "read"
    assert callable(getattr(import_module(file_format.module), name))
    names = (*file_format.suffixes, *file_format.media_types, *file_format.web_suffixes)
    assert [each.lower() for each in names] == list(names)


def test_no_two_formats_share_a_name() -> None:
    """What a file or a server says names one format."""
    assert suffixes() == (
        ".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx", ".rtf", ".epub", ".eml",
        ".jsonl", ".jsonl.gz",
    )  # fmt: skip
    names = [name for each in FORMATS for name in (*each.suffixes, *each.web_suffixes)]
    media_types = [name for each in FORMATS for name in each.media_types]
    assert len(set(names)) == len(names)
    assert len(set(media_types)) == len(media_types)


def test_a_format_is_known_by_its_name() -> None:
    """The longest suffix counts, in any case; a name without one names no format."""
    assert suffix_of("a.JSONL.gz") == ".jsonl.gz"
    named = format_of_name("a.b.Htm")
    assert named
    assert named.suffix == ".html"
    assert format_of_name("README") is None
    assert format_of_name("a.xyz") is None


@pytest.mark.parametrize(
    ("media_type", "name", "data", "suffix"),
    [
        ("text/plain", "a.md", b"", ".md"),
        ("text/plain", "a.html", b"", ".txt"),
        ("text/markdown", "a.txt", b"", ".md"),
        ("text/html", "a.pdf", b"%PDF-1.7", ".html"),
        ("", "page.xhtml", b"", ".html"),
        ("application/octet-stream", "a", b"%PDF-1.7 <html>", ".pdf"),
        ("", "a", b"<html> about %PDF-1.7", ".html"),
        ("", "a", b"%PDF-1.7 about <html>", ".pdf"),
        ("application/octet-stream", "a", b"<html>", ""),
        ("", "lines.jsonl", b"{}", ""),
        ("image/png", "a.pdf", b"%PDF-1.7", ""),
    ],
)
def test_a_format_is_known_by_what_a_server_says(
    media_type: str, name: str, data: bytes, suffix: str
) -> None:
    """The media type counts first, then the name, then the first bytes."""
    file_format = format_of_response(media_type, name, data)
    assert (file_format.suffix if file_format else "") == suffix


def test_a_format_is_read() -> None:
    """The bytes reach the reader of their format."""
    document = word.Document()
    document.add_paragraph(BODY)
    buffer = io.BytesIO()
    document.save(buffer)
    contents = {
        ".docx": buffer.getvalue(),
        ".rtf": rb"{\rtf1\ansi " + BODY.encode() + b"}",
        ".txt": BODY.encode(),
    }
    for each in FORMATS:
        if each.suffix in contents:
            assert read_by(each.module, contents[each.suffix]).text == BODY
