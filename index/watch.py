"""Folders that change → an index that follows; a burst of changes becomes one build."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from index.build import build_index
from index.errors import IndexBusyError, UserError
from index.folders import is_index_file, list_files
from index.settings import IndexSettings
from index.types import BuildReport, Progress, no_progress

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
    and the watch goes on.

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
    from watchfiles import watch

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

    changes = watch(
        *folders,
        watch_filter=lambda _, path: not _is_passed_over(path, folders, index),
        debounce=int(LONGEST_BURST * 1000),
        step=int(QUIET * 1000),
        stop_event=stop,
        rust_timeout=_START,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    built = False
    # What comes first, even if it is empty, means that the watch has begun: built earlier, the
    # index would miss what changes in between.
    for changed in changes:
        if changed or not built:
            build()
            built = True


def _is_passed_over(changed: str, folders: Iterable[Path], index: Path) -> bool:
    """Whether a change is none of an article: the index's own doing, or hidden in every folder."""
    # Links followed, for the same place may be reached by other names.
    path, own = Path(os.path.realpath(changed)), Path(os.path.realpath(index))
    if path.is_relative_to(own) and path.relative_to(own).parts[:1]:
        return is_index_file(path.relative_to(own).parts[0])
    tops = [Path(os.path.realpath(folder)) for folder in folders]
    inside = [path.relative_to(top).parts for top in tops if path.is_relative_to(top)]
    return all(any(part.startswith(".") for part in parts) for parts in inside)
