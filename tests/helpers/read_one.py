"""What the tests of the readers share: one file is written, read, and its article comes back."""

from __future__ import annotations

import json
from pathlib import Path

from index.sources.read import read_articles
from index.types import Article, Unreadable

BODY = "The council voted on Tuesday to close the library. It was over in a minute."


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file into a folder, which is made where it is missing; return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def article(folder: Path, name: str, content: str | bytes) -> Article:
    """Return the article in a file of this name and content."""
    (found,) = read_articles([write(folder, name, content)])
    assert isinstance(found, Article), found
    return found


def refusal(folder: Path, name: str, content: str | bytes) -> str:
    """Return why a file of this name and content cannot be read."""
    path = write(folder, name, content)
    (found,) = read_articles([path])
    assert isinstance(found, Unreadable), found
    assert found.source == str(path)
    return found.reason


def lines(*objects: object) -> str:
    """Return JSON lines."""
    return "".join(json.dumps(item) + "\n" for item in objects)
