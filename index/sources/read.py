"""Files, folders and addresses go in; articles, and what could not be read and why, come out."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.file_state import content_digest, state_of
from index.readers.common.decoding import require_words
from index.readers.common.draft import UnreadableContentError
from index.readers.common.language import detect_language
from index.readers.registry import Format, format_of_name, read_lines_by, suffixes
from index.readers.sandbox import IsolatedReader
from index.sources.folders import list_files, refused
from index.text import path_text
from index.types import Article, ArticleInfo, FileState, Progress, ReadItem, Unreadable, no_progress

logger = logging.getLogger(__name__)

READING_RULES = "1"
"""Version of what readers make of a file; files are read again when it has changed."""

LARGEST_FILE = 100 * 1024 * 1024
"""Bytes above which a file is taken for no article; files of JSON lines have no limit."""

Source = Path | str
"""A file, a folder or an address (``https://…``)."""


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file that was read before: the SHA-256 of its content and the ids of its articles."""

    digest: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileRead:
    """Comes behind all articles of a file: its state, and whether it holds what is known.

    The articles of an unchanged file are not read again and so do not come.
    """

    state: FileState
    unchanged: bool


def is_address(source: Source) -> bool:
    """Whether a source is an address on the web, and not a path."""
    return str(source).lower().startswith(("http://", "https://"))


def read_articles(
    sources: Iterable[Source], progress: Progress = no_progress
) -> Iterator[Article | Unreadable]:
    """Read articles from files, from folders with all that is in them, and from addresses.

    Hidden files and folders are passed over, links to folders are not followed, and a file
    that is reached twice is read once. What cannot be read is reported and never stops the rest.

    Args:
        sources: Files, folders and addresses of web pages and feeds.
        progress: Called as ``progress("reading", done, total)`` for each file.

    Returns:
        An iterator over the articles and failures, in the order of the sources.

    Raises:
        ArticlesNotFoundError: A path does not exist; raised at once, before anything is read.
    """
    everything = read_sources(sources, {}, progress)
    return (item for item in everything if not isinstance(item, FileRead))


def read_sources(
    sources: Iterable[Source],
    read_before: Mapping[str, IndexedFile],
    progress: Progress = no_progress,
) -> Iterator[Article | Unreadable | FileRead]:
    """Read like ``read_articles``, but pass over files whose content is known.

    Args:
        sources: As for ``read_articles``.
        read_before: Path → what is known of the file.
        progress: As for ``read_articles``.
    """
    sources = list(sources)
    addresses = dict.fromkeys(str(each) for each in sources if is_address(each))
    paths = [Path(each) for each in sources if not is_address(each)]
    return _read_all([*list_files(paths), *addresses], read_before, progress)


def _read_all(
    entries: Sequence[Path | str | Unreadable],
    read_before: Mapping[str, IndexedFile],
    progress: Progress,
) -> Iterator[Article | Unreadable | FileRead]:
    first_place: dict[str, str] = {}
    with IsolatedReader() as reader:
        for done, entry in enumerate(entries, start=1):
            if isinstance(entry, Unreadable):
                yield entry
            elif isinstance(entry, str):
                from index.sources.addresses import read_address  # few ever fetch anything

                for where, item in read_address(entry, reader):
                    yield _finished(item, where, first_place)
            else:
                yield from _read_file(entry, read_before.get(path_text(entry)), first_place, reader)
            progress("reading", done, len(entries))


def _read_file(
    path: Path, before: IndexedFile | None, first_place: dict[str, str], reader: IsolatedReader
) -> Iterator[Article | Unreadable | FileRead]:
    source = path_text(path)
    try:
        status = path.stat()
        file_format = _readable_format(path, status)
        digest = content_digest(path)
    except (OSError, UnreadableContentError) as error:
        yield _reported(source, error)
        return
    if before and before.digest == digest:
        places = [(each, first_place.setdefault(each, source)) for each in before.articles]
        clashes = [clash(source, each, first) for each, first in places if first != source]
        yield from clashes
        yield FileRead(state_of(path, status, digest, sound=not clashes), unchanged=True)
        return
    sound = True
    for where, item in _read_content(path, file_format, reader):
        finished = _finished(item, where, first_place)
        sound = sound and not isinstance(finished, Unreadable)
        yield finished
    sound = sound and _still_holds(path, digest)
    # A name that is no text could not be found again.
    if os.fsencode(path) == source.encode():
        yield FileRead(state_of(path, status, digest, sound=sound), unchanged=False)


def _still_holds(path: Path, digest: str) -> bool:
    """Whether a file was not changed while it was read; else it is to be read again."""
    try:
        return content_digest(path) == digest
    except OSError:
        return False


def _finished(
    item: Article | Unreadable, where: str, first_place: dict[str, str]
) -> Article | Unreadable:
    """The article with its language, or why it is none: its id may be taken already."""
    if isinstance(item, Unreadable):
        return item
    first = first_place.setdefault(item.info.id, where)
    if first != where:
        return clash(where, item.info.id, first)
    return replace(item, info=replace(item.info, language=detect_language(item.text)))


def clash(where: str, article_id: str, first: str) -> Unreadable:
    """Say that an article has the id of another one."""
    return Unreadable(where, f"has the id {article_id!r}, which {first} has already")


def _readable_format(path: Path, status: os.stat_result) -> Format:
    """Return the format of a file that can be read, as far as its name and size tell.

    Raises:
        UnreadableContentError: It cannot.
    """
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        raise UnreadableContentError("not a regular file")
    file_format = format_of_name(path.name)
    if file_format is None:
        raise UnreadableContentError(
            f"files of this kind ({path.suffix.lower() or 'no suffix'}) cannot be read; use "
            f"{', '.join(suffixes())}"
        )
    if status.st_size > LARGEST_FILE and not file_format.lines:
        raise UnreadableContentError(f"is larger than {LARGEST_FILE >> 20} MB")
    return file_format


def _read_content(path: Path, file_format: Format, reader: IsolatedReader) -> Iterator[ReadItem]:
    source = path_text(path)
    try:
        if file_format.lines:
            yield from read_lines_by(file_format.module, path)
        else:
            yield source, _read_article(path, file_format, reader)
    except Exception as error:
        # One odd file must not stop the other thousand, and what the parsers of foreign formats
        # raise on one cannot be listed.
        logger.debug("Reading %s failed", source, exc_info=True)
        yield source, _reported(source, error)


def _read_article(path: Path, file_format: Format, reader: IsolatedReader) -> Article:
    draft = reader.read(file_format, path.read_bytes())
    name = os.fsencode(path.as_posix())
    info = ArticleInfo(
        id=hashlib.blake2b(name, digest_size=6).hexdigest(),
        title=draft.title,
        source=path_text(path),
        origin=path_text(path),
        author=draft.author,
        published=draft.published,
    )
    return Article(info, require_words(draft.text), draft.sections, draft.pages)


def _reported(source: str, error: Exception) -> Unreadable:
    if isinstance(error, UnreadableContentError):
        return Unreadable(source, str(error))
    if isinstance(error, OSError):
        return refused(source, error)
    return Unreadable(source, f"cannot be read ({type(error).__name__}: {error})")
