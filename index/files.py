"""Files → their state, to see later whether they have changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from index.catalogue import FileState


def file_state(path: Path) -> FileState:
    """Return a file's size, time of change and hash.

    Raises:
        OSError: It cannot be read.
    """
    stat = path.stat()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileState(str(path), stat.st_size, stat.st_mtime_ns, digest)


def file_changed(state: FileState) -> bool:
    """Whether a file is gone or holds something else than when its state was taken."""
    path = Path(state.path)
    try:
        stat = path.stat()
        if (stat.st_size, stat.st_mtime_ns) == (state.size, state.modified):
            return False
        return stat.st_size != state.size or file_state(path).digest != state.digest
    except OSError:
        return True
