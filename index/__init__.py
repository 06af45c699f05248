"""From article files to a searchable index; the only public names are those listed here.

Nothing heavy is imported until it is used: torch, chromadb and trafilatura load where they work.
"""

from __future__ import annotations

from index.build import build_index, rebuild_index
from index.errors import UserError
from index.search import Index, open_index
from index.types import (
    Article,
    ArticleInfo,
    BuildReport,
    Hit,
    IndexStatus,
    Passage,
    SentenceSignals,
    Span,
    Unreadable,
)
from index.view import View

__all__ = [
    "Article",
    "ArticleInfo",
    "BuildReport",
    "Hit",
    "Index",
    "IndexStatus",
    "Passage",
    "SentenceSignals",
    "Span",
    "Unreadable",
    "UserError",
    "View",
    "build_index",
    "open_index",
    "rebuild_index",
]
