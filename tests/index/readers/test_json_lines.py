"""Files of JSON lines: every field is used, and a bad line stops nothing."""

from __future__ import annotations

import codecs
import gzip
import json
import os
from pathlib import Path

import pytest

from helpers.read_one import BODY, article, lines, refusal, write
from index.readers import jsonl
from index.sources.read import read_articles
from index.types import Article, Unreadable


def test_json_lines(tmp_path: Path) -> None:
    """All fields of a JSON line are used, and its text stays as it is."""
    text = "By Jane Doe\n\n  An indented line. \n"
    full = {"id": "a", "title": " A\ntitle ", "text": text, "author": "By Jane Doe",
            "published": "2025-08-20T10:00:00Z", "source": "https://example.org/a"}  # fmt: skip
    path = write(tmp_path, "a.jsonl", lines(full, {"id": 7, "text": BODY, "published": "soon"}))
    first, second = read_articles([path])
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert first.text == text
    info = first.info
    assert (info.id, info.title, info.author) == ("a", "A title", "Jane Doe")
    assert (info.published, info.source, info.origin) == ("2025-08-20", full["source"], str(path))
    assert (second.info.id, second.info.source) == ("7", f"{path}#7")
    assert second.info.title == "The council voted on Tuesday to close the library"
    assert (second.info.author, second.info.published) == (None, None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "x", "text": "cut', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'["x"]', "is not a JSON object, {…}"),
        (b'{"text": "no id"}', 'has no "id"'),
        (b'{"id": true, "text": "no id"}', 'has no "id"'),
        (b'{"id": "x"}', 'has no "text"'),
        (b'{"id": "x", "text": "  "}', 'has no "text"'),
        (b'{"id": "x", "text": ["a"]}', 'has no "text"'),
        (b'{"id": "x", "text": "..."}', "holds no text"),
        (b'{"id": "x", "text": "caf\xe9"}', "is not UTF-8 text"),
    ],
)
def test_bad_json_line(line: bytes, reason: str, tmp_path: Path) -> None:
    """A bad line is reported with its number and the lines after it are read."""
    good = json.dumps({"id": "good", "text": BODY}).encode()
    path = write(tmp_path, "a.jsonl", codecs.BOM_UTF8 + b"\n" + line + b"\r\n" + good)
    bad, found = read_articles([path])
    assert bad == Unreadable(f"{path}:2", reason)
    assert isinstance(found, Article)


def test_json_text_is_cleaned(tmp_path: Path) -> None:
    """NUL, byte order marks and lone surrogates are removed from every field of a JSON line."""
    line = (
        rb'{"id":"a\u0000", "title":"T\ud800", "author":"\udfffJane",'
        rb' "text":"\ufeffa\r\nb \ud83d\ude00"}'
    )
    found = article(tmp_path, "a.jsonl", line)
    assert (found.info.id, found.info.title, found.info.author) == ("a", "T", "Jane")
    assert found.text == "a\nb 😀"


def test_damaged_gzip_keeps_the_good_lines(tmp_path: Path) -> None:
    """Of a packed file that breaks off the lines before are kept and the file is reported."""
    packed = gzip.compress(
        lines(*({"id": i, "text": os.urandom(99).hex()} for i in range(500))).encode()
    )
    path = write(tmp_path, "a.JSONL.gz", packed[: len(packed) // 2])
    *good, last = read_articles([path])
    assert len(good) > 100
    assert all(isinstance(found, Article) for found in good)
    assert isinstance(last, Unreadable)
    assert last.source == str(path)
    assert "damaged" in last.reason
    assert "damaged" in refusal(tmp_path, "b.jsonl.gz", "this was never packed")


def test_endless_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line beyond all measure ends the file instead of filling the memory."""
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 1000)
    good, bad = read_articles(
        [write(tmp_path, "a.jsonl", lines({"id": 1, "text": BODY}) + "x" * 2000)]
    )
    assert isinstance(good, Article)
    assert isinstance(bad, Unreadable)
    assert "line 2" in bad.reason
