"""Files and folders go in; articles, and what could not be read and why, come out."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from index.catalogue import FILE_NAME
from index.errors import ArticlesNotFoundError
from index.readers import html, jsonl, markdown, text
from index.readers.decoding import require_words, shown
from index.readers.draft import Draft, UnreadableContentError
from index.types import Article, ArticleInfo, Progress, Unreadable, no_progress

logger = logging.getLogger(__name__)

LARGEST_FILE = 100 * 1024 * 1024
"""Bytes above which a file is taken for no article; files of JSON lines have no limit."""

_READERS: dict[str, Callable[[bytes], Draft]] = {
    ".txt": text.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": html.read,
    ".htm": html.read,
}
_LINE_FILES = (".jsonl", ".jsonl.gz")

Found = tuple[str, Article | Unreadable]
"""Where something was found (a path, or ``path:line``), and what."""


def read_articles(
    paths: Iterable[Path], progress: Progress = no_progress
) -> Iterator[Article | Unreadable]:
    """Read articles from files, and from folders with all that is in them.

    Hidden files and folders are passed over, links to folders are not followed, and a file
    that is reached twice is read once. What cannot be read is reported and never stops the rest.

    Args:
        paths: Files (``.txt .md .markdown .html .htm .jsonl .jsonl.gz``) and folders.
        progress: Called as ``progress("reading", done, total)`` for each file.

    Returns:
        An iterator over the articles and failures, in the order of the paths.

    Raises:
        ArticlesNotFoundError: A path does not exist; raised at once, before anything is read.
    """
    entries = list(_distinct(entry for path in paths for entry in _entries(path)))
    return _read_all(entries, progress)


def _read_all(
    entries: list[Path | Unreadable], progress: Progress
) -> Iterator[Article | Unreadable]:
    first_place: dict[str, str] = {}
    for done, entry in enumerate(entries, start=1):
        if isinstance(entry, Unreadable):
            yield entry
        else:
            for where, found in _read_file(entry):
                yield _unless_known(found, where, first_place)
        progress("reading", done, len(entries))


def _unless_known(
    found: Article | Unreadable, where: str, first_place: dict[str, str]
) -> Article | Unreadable:
    if isinstance(found, Unreadable):
        return found
    first = first_place.setdefault(found.info.id, where)
    if first == where:
        return found
    return Unreadable(where, f"has the id {found.info.id!r}, which {first} has already")


def _entries(path: Path) -> Iterator[Path | Unreadable]:
    """All files under a path, sorted by folder and name; folders that refuse to be listed."""
    top = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links: ids must not
    try:
        is_folder = stat.S_ISDIR(top.stat().st_mode)
    except PermissionError:
        is_folder = False  # reading it reports the reason
    except (OSError, ValueError) as error:
        raise ArticlesNotFoundError(
            f"There is no file or folder {path}; check the path, "
            f"or name the folder that holds your articles."
        ) from error
    if not is_folder:
        yield top
        return
    refused: list[Unreadable] = []
    for folder, subfolders, names in os.walk(
        top, onerror=lambda error: refused.append(_refused(shown(error.filename), error))
    ):
        subfolders[:] = sorted(name for name in subfolders if _holds_articles(folder, name))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))
    yield from refused


def _holds_articles(folder: str, name: str) -> bool:
    """Whether a subfolder is neither hidden nor an index."""
    return not name.startswith(".") and not Path(folder, name, FILE_NAME).exists()


def _distinct(entries: Iterable[Path | Unreadable]) -> Iterator[Path | Unreadable]:
    seen: set[str | Unreadable] = set()
    for entry in entries:
        key = entry if isinstance(entry, Unreadable) else os.path.realpath(entry)
        if key not in seen:
            seen.add(key)
            yield entry


def _read_file(path: Path) -> Iterator[Found]:
    source = shown(path)
    try:
        yield from _read_by_kind(path)
    except UnreadableContentError as error:
        yield source, Unreadable(source, str(error))
    except OSError as error:
        yield source, _refused(source, error)
    except Exception as error:
        # One odd file must not stop the other thousand, and what the parsers of foreign formats
        # raise on one cannot be listed.
        logger.debug("Reading %s failed", source, exc_info=True)
        yield source, Unreadable(source, f"cannot be read ({type(error).__name__}: {error})")


def _read_by_kind(path: Path) -> Iterator[Found]:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        raise UnreadableContentError("not a regular file")
    if path.name.lower().endswith(_LINE_FILES):
        yield from jsonl.read_lines(path)
        return
    kind = path.suffix.lower()
    if kind not in _READERS:
        raise UnreadableContentError(
            f"files of this kind ({kind or 'no suffix'}) cannot be read; "
            f"use .txt, .md, .html or .jsonl"
        )
    if status.st_size > LARGEST_FILE:
        raise UnreadableContentError(f"is larger than {LARGEST_FILE >> 20} MB")
    yield shown(path), _article(path, _READERS[kind](path.read_bytes()))


def _article(path: Path, draft: Draft) -> Article:
    name = os.fsencode(path.as_posix())
    info = ArticleInfo(
        id=hashlib.blake2b(name, digest_size=6).hexdigest(),
        title=draft.title,
        source=shown(path),
        origin=shown(path),
        author=draft.author,
        published=draft.published,
    )
    return Article(info, require_words(draft.text))


def _refused(source: str, error: OSError) -> Unreadable:
    return Unreadable(source, f"cannot be opened: {(error.strerror or str(error)).lower()}")
