"""Question sets as training reads them, written into a folder."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any


def write_set(
    folder: Path, articles: list[dict[str, Any]], questions: list[dict[str, Any]]
) -> Path:
    """Write a set's two files and return its folder."""
    folder.mkdir(parents=True)
    for name, rows in (("articles", articles), ("questions", questions)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def asked(question: str, **fields: Any) -> dict[str, Any]:
    """Return an answerable question about the article ``a``, or what the fields say instead."""
    return {"question": question, "answerable": True, "article_ids": ["a"], **fields}
