"""From article files to a searchable index; the only public names are those listed here.

Nothing heavy is imported until it is used: torch, chromadb and trafilatura load where they work.
"""

from __future__ import annotations

from index.build.build import add_to_index, build_index, plan_build, rebuild_index
from index.build.plan import Plan
from index.build.watch import watch_index
from index.errors import UserError
from index.file_state import content_digest
from index.listing import ListedArticle, indexed_files, list_index
from index.remote.pull import pull_index
from index.remote.push import Pushed, push_index
from index.remote.sync import Pulled
from index.search.maxsim import TokenSignals
from index.search.open import Index, open_index
from index.search.sentences import SentenceSignals
from index.search.view import View
from index.types import (
    Article,
    ArticleInfo,
    BuildReport,
    Hit,
    IndexStatus,
    Passage,
    Period,
    Section,
    Span,
    Unreadable,
)
from index.verify import Difference, Verification, verify_index

__all__ = [
    "Article",
    "ArticleInfo",
    "BuildReport",
    "Difference",
    "Hit",
    "Index",
    "IndexStatus",
    "ListedArticle",
    "Passage",
    "Period",
    "Plan",
    "Pulled",
    "Pushed",
    "Section",
    "SentenceSignals",
    "Span",
    "TokenSignals",
    "Unreadable",
    "UserError",
    "Verification",
    "View",
    "add_to_index",
    "build_index",
    "content_digest",
    "indexed_files",
    "list_index",
    "open_index",
    "plan_build",
    "pull_index",
    "push_index",
    "readable_suffixes",
    "rebuild_index",
    "verify_index",
    "watch_index",
]


def readable_suffixes() -> tuple[str, ...]:
    """Return the endings, in lower case, of the names of files that articles are read from."""
    from index.readers.registry import suffixes

    return suffixes()
