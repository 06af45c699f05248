"""Files → their state, to see later whether they have changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from index.types import FileState


def content_digest(path: Path) -> str:
    """Return the SHA-256 of a file's content.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def state_of(path: Path, status: os.stat_result, digest: str, *, sound: bool) -> FileState:
    """Return a file's state from what was found of it before it was read."""
    return FileState(str(path), status.st_size, status.st_mtime_ns, digest, sound)


def file_changed(state: FileState) -> bool:
    """Whether a file is gone or holds something else than when its state was taken."""
    path = Path(state.path)
    try:
        status = path.stat()
        if (status.st_size, status.st_mtime_ns) == (state.size, state.modified):
            return False
        return status.st_size != state.size or content_digest(path) != state.digest
    except OSError:
        return True
