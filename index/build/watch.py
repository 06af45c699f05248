"""Folders that change → an index that follows; a burst of changes becomes one build."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from index.build.build import build_index
from index.errors import IndexBusyError, UserError
from index.layout import is_index_file
from index.settings import IndexSettings
from index.sources.folders import list_files
from index.types import BuildReport, Progress, no_progress

if TYPE_CHECKING:
    from watchfiles import Change

logger = logging.getLogger(__name__)

QUIET = 1.0
"""Seconds without a change after which a burst counts as over."""

LONGEST_BURST = 30.0
"""Seconds after which a build starts even if the changes go on."""

_START = 200  # milliseconds without a change after which the watch goes on
_BUSY_WAIT = 5.0  # seconds until a build is tried again that another one stood in the way of


def watch_index(
    folders: Sequence[Path],
    index: Path,
    *,
    on_build: Callable[[BuildReport | UserError], None],
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
    stop: threading.Event | None = None,
) -> None:
    """Keep an index current with its folders until it is stopped.

    Builds once at the start, then after every burst of changes. A build that fails is reported
    and the watch goes on; a folder that was deleted and has come back is watched again.

    Args:
        folders: What to index and watch.
        index: The index's folder; what happens in it is not watched.
        on_build: Told of each finished build, or of why it failed.
        settings: Default: read from the environment.
        progress: As for ``build_index``.
        stop: Ends the watch when set; Ctrl+C ends it too.

    Raises:
        ArticlesNotFoundError: A folder does not exist, at the start.
    """
    list(list_files(folders))  # a folder that is missing is said to be so
    stop = stop or threading.Event()

    def build() -> None:
        while not stop.is_set():
            try:
                on_build(build_index(folders, index, settings=settings, progress=progress))
            except IndexBusyError:
                stop.wait(_BUSY_WAIT)
                continue
            except UserError as error:
                on_build(error)
            return

    for _ in _bursts(folders, index, stop):
        build()


def _bursts(folders: Sequence[Path], index: Path, stop: threading.Event) -> Iterator[None]:
    """Yield when the watch has begun, after every burst of changes, and when it has begun anew.

    It sees nothing of a folder that comes in the place of the one it began with, so it begins anew
    as soon as one goes or comes.
    """
    while not stop.is_set():
        places = _places(folders)
        there = [folder for folder, place in zip(folders, places, strict=True) if place]
        # What comes first, even if it is empty, means that the watch has begun: built earlier, the
        # index would miss what changes in between.
        begun = False
        with suppress(FileNotFoundError):  # it has gone since
            for changed in _changes(there, index, stop):
                if _places(folders) != places or any(_has_gone(each, changed) for each in folders):
                    stop.wait(QUIET)  # what comes in its place may be on its way
                    break
                if changed or not begun:
                    yield
                    begun = True
            else:
                return  # it was stopped


def _changes(
    folders: Sequence[Path], index: Path, stop: threading.Event
) -> Iterator[set[tuple[Change, str]]]:
    """Yield bursts of changes, and nothing every now and then."""
    from watchfiles import watch

    return watch(
        *folders,
        watch_filter=lambda _, path: not _is_passed_over(path, folders, index),
        debounce=int(LONGEST_BURST * 1000),
        step=int(QUIET * 1000),
        stop_event=stop,
        rust_timeout=_START,
        yield_on_timeout=True,
        raise_interrupt=False,
    )


def _places(folders: Iterable[Path]) -> list[tuple[int, int] | None]:
    """Return what tells folders from others of the same name; None: there is none."""
    places: list[tuple[int, int] | None] = []
    for folder in folders:
        try:
            status = folder.stat()
            places.append((status.st_dev, status.st_ino))
        except OSError:
            places.append(None)
    return places


def _has_gone(folder: Path, changed: Iterable[tuple[Change, str]]) -> bool:
    """Whether a folder was deleted; one made since may have been given its place on the disk."""
    return any(
        change.name == "deleted" and os.path.realpath(path) == os.path.realpath(folder)
        for change, path in changed
    )


def _is_passed_over(changed: str, folders: Iterable[Path], index: Path) -> bool:
    """Whether a change is none of an article: the index's own doing, or hidden in every folder."""
    # Links followed, for the same place may be reached by other names.
    path, own = Path(os.path.realpath(changed)), Path(os.path.realpath(index))
    if path.is_relative_to(own) and path.relative_to(own).parts[:1]:
        return is_index_file(path.relative_to(own).parts[0])
    tops = [Path(os.path.realpath(folder)) for folder in folders]
    inside = [path.relative_to(top).parts for top in tops if path.is_relative_to(top)]
    return all(any(part.startswith(".") for part in parts) for parts in inside)
