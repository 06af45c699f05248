"""A Chroma server's live generation → a folder's index that stands alone."""

from __future__ import annotations

from pathlib import Path

from index.catalogue.database import Catalogue
from index.catalogue.lock import build_lock
from index.catalogue.writer import open_writer
from index.errors import IndexDamagedError, IndexOutdatedError
from index.remote.published import note_published, published_as
from index.remote.server import Server
from index.remote.sync import Pulled, sync_folder
from index.settings import IndexSettings, read_settings
from index.types import Progress, no_progress
from index.vectors.generations import is_intact, renew_generation


def pull_index(
    folder: Path | str | None = None,
    *,
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
    replace: bool = False,
) -> Pulled:
    """Make a folder hold what the settings' server holds, vectors too, so that it stands alone.

    Args:
        folder: The index; default: as the settings say. It is created where it is missing.
        settings: Default: read from the environment.
        progress: Called with ``pulling`` and ``writing``.
        replace: Whether an index that the server does not know may be lost, damaged or not.

    Raises:
        IndexBusyError: The folder's index is being built.
        ServerError: The server cannot be used, or holds no index.
        UnpublishedError: The folder holds what the server does not.
    """
    settings = settings or read_settings(IndexSettings)
    folder = settings.folder(folder)
    server = Server(settings)
    server.require_live()
    with build_lock(folder):
        if replace:
            _remove_unusable(folder)
        pulled = sync_folder(folder, server, settings, progress, vectors=True, replace=replace)
        with open_writer(Catalogue(folder)) as writer:
            if not is_intact(folder, writer.required_meta("generation")):
                collection = published_as(writer)
                renew_generation(folder, writer, progress)
                if collection:  # the generation has another name now, and still holds the same
                    note_published(folder, writer, collection)
    return pulled


def _remove_unusable(folder: Path) -> None:
    catalogue = Catalogue(folder)
    try:
        with open_writer(catalogue) as writer:
            writer.check()
            writer.indexed()
    except (IndexDamagedError, IndexOutdatedError):
        catalogue.remove()
