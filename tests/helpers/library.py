"""Tiny articles with their index, and articles that a test writes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import BuildReport, build_index, open_index

MakeArticles = Callable[..., Path]


Files = dict[str, str | list[dict[str, str]]]
"""Name → text, or the records of a file of JSON lines."""


def write_articles(folder: Path, files: Files) -> Path:
    """Write the files into a folder, which is made where it is missing; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if not isinstance(content, str):
            content = "".join(json.dumps(record) + "\n" for record in content)
        (folder / name).write_text(content, "utf-8")
    return folder


_LAMPS = "Lamps are blown from green glass. Each one takes a morning."


LIBRARY: Files = {
    "owl.txt": "The owl of Marrowby\n\nThe owl eats forty voles a week. It sleeps in the barn.\n",
    "ferry.txt": "The ferry to Quillon\n\nThe ferry sails at noon. It carries twelve lorries.\n",
    "bread.txt": "A loaf without salt\n\nFlour and water are mixed. The loaf bakes for an hour.\n",
    "lamps.jsonl": [
        {"id": "lamp-1", "title": "Glass lamps", "text": _LAMPS, "author": "Ada Venn"},
        {"id": "lamp-2", "title": "Glass lamps", "text": _LAMPS, "author": "Bo Tarn"},
    ],
    "broken.txt": "\0\1\2\0" * 50,
}
"""Five tiny articles, two of them twins, and one file that is no text."""


@dataclass(frozen=True)
class Library:
    """Articles that a test may change, and their index."""

    articles: Path
    index: Path

    def build(self, **options: Any) -> BuildReport:
        """Bring the index up to date with the articles."""
        return build_index([self.articles], self.index, **options)

    def write(self, name: str, content: str | list[dict[str, str]]) -> Path:
        """Write an article file."""
        return write_articles(self.articles, {name: content}) / name

    def found(self, question: str) -> str:
        """Return the title of what a newly opened index finds first."""
        return open_index(self.index).search(question)[0].article.title

    @property
    def generation(self) -> Path:
        """The folder of the live vectors."""
        return self.index / "vectors" / open_index(self.index).status().generation


def copy_library(built: Library, folder: Path) -> Library:
    """Put the articles back as they were and copy their index: a build less for each test.

    The articles stay where they are, because an index knows their paths.
    """
    shutil.rmtree(built.articles, ignore_errors=True)
    shutil.copytree(built.articles.with_name("as it was"), built.articles)
    # A name with everything that addresses and shells would trip over.
    return Library(built.articles, shutil.copytree(built.index, folder / "índex #1 %20?"))
