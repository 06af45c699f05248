"""Articles as they are now, beside what is indexed → what a build has to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.articles import read_articles
from index.catalogue import FileState
from index.errors import ArticlesNotFoundError
from index.files import file_state
from index.types import Article, Progress, Unreadable


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build has to do.

    Attributes:
        new: Articles to add.
        changed: Articles to put in place of those of the same id.
        removed: Ids of articles to take out.
        unchanged: How many stay as they are.
        unreadable: What could not be read.
        files: The state of every file that holds an article.
    """

    new: tuple[Article, ...]
    changed: tuple[Article, ...]
    removed: tuple[str, ...]
    unchanged: int
    unreadable: tuple[Unreadable, ...]
    files: tuple[FileState, ...]


def make_plan(paths: Sequence[Path], known: Mapping[str, str], progress: Progress) -> Plan:
    """Read all articles and compare them with what is indexed.

    Args:
        paths: Files and folders.
        known: Article id → digest of what is indexed.
        progress: Told of each file.

    Raises:
        ArticlesNotFoundError: A path is missing, or there is no article at all.
    """
    new: list[Article] = []
    changed: list[Article] = []
    unreadable: list[Unreadable] = []
    files: dict[str, FileState] = {}
    seen: set[str] = set()
    for item in read_articles(paths, progress):
        if isinstance(item, Unreadable):
            unreadable.append(item)
            continue
        seen.add(item.info.id)
        if item.info.origin not in files:
            # A file that has gone meanwhile, or whose name is no text, is not watched for changes.
            with suppress(OSError):
                files[item.info.origin] = file_state(Path(item.info.origin))
        if item.info.id not in known:
            new.append(item)
        elif known[item.info.id] != item.digest:
            changed.append(item)
    if not seen:
        raise ArticlesNotFoundError(_nothing_found(paths, unreadable))
    return Plan(
        new=tuple(new),
        changed=tuple(changed),
        removed=tuple(sorted(set(known) - seen)),
        unchanged=len(seen) - len(new) - len(changed),
        unreadable=tuple(unreadable),
        files=tuple(files.values()),
    )


def _nothing_found(paths: Sequence[Path], unreadable: Sequence[Unreadable]) -> str:
    where = ", ".join(str(path) for path in paths)
    if unreadable:
        first = unreadable[0]
        return (
            f"None of the files in {where} could be read (first: {first.source}: {first.reason}); "
            f"give .txt, .md, .html or .jsonl articles."
        )
    return f"There are no articles in {where}; put .txt, .md, .html or .jsonl files there."
