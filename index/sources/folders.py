"""Paths → the files under them, and the folders that refuse to be looked into."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from itertools import filterfalse
from pathlib import Path

from index.errors import ArticlesNotFoundError
from index.layout import BUILD_HOLDER, CATALOGUE, is_index_file
from index.text import path_text
from index.types import Unreadable


def list_files(paths: Iterable[Path]) -> Iterator[Path | Unreadable]:
    """Yield the files under all paths, each once, sorted by folder and name.

    Hidden files and folders and folders that hold an index are passed over; of a folder in
    ``paths`` that holds one itself, only the index's own files are. Links to folders are not
    followed.

    Raises:
        ArticlesNotFoundError: A path does not exist.
    """
    seen: set[str | Unreadable] = set()
    for path in paths:
        for entry in _entries(path):
            key = entry if isinstance(entry, Unreadable) else os.path.realpath(entry)
            if key not in seen:
                seen.add(key)
                yield entry


def refused(source: str, error: OSError) -> Unreadable:
    """Say why a file or folder cannot be opened; one that has vanished holds nothing any more."""
    reason = f"cannot be opened: {(error.strerror or str(error)).lower()}"
    return Unreadable(source, reason, out_of_reach=not isinstance(error, FileNotFoundError))


def _entries(path: Path) -> Iterator[Path | Unreadable]:
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
    waiting = [top]
    while waiting:  # os.walk calls itself for each level, and folders may lie a thousand deep
        folder = waiting.pop()
        files: list[Path] = []
        subfolders: list[Path] = []
        holds_index = _holds_index(folder)
        try:
            with os.scandir(folder) as found:
                for entry in found:
                    if _is_passed_over(entry, holds_index):
                        continue
                    is_folder = entry.is_dir(follow_symlinks=False)
                    (subfolders if is_folder else files).append(folder / entry.name)
        except OSError as error:
            yield refused(path_text(folder), error)
            continue
        yield from sorted(files)
        waiting += sorted(filterfalse(_holds_index, subfolders), reverse=True)


def _is_passed_over(entry: os.DirEntry[str], holds_index: bool) -> bool:
    if entry.name.startswith(".") or (holds_index and is_index_file(entry.name)):
        return True
    return _is_link_to_folder(entry)


def _is_link_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # it leads to itself; reading it reports the reason
        return False


def _holds_index(folder: Path) -> bool:
    # Where one is being made for the first time, there is only its builder's name.
    return any(os.path.lexists(folder / name) for name in (CATALOGUE, BUILD_HOLDER))
