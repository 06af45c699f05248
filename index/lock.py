"""The build lock: exactly one builder of an index at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexBusyError, StorageError

LOCK_NAME = "build.lock"
HOLDER_NAME = "build.holder"


@contextmanager
def build_lock(folder: Path) -> Iterator[None]:
    """Let exactly one builder in; the lock of a process that died is free again by itself.

    Raises:
        IndexBusyError: Another process is building.
        StorageError: The folder cannot be written.
    """
    from filelock import FileLock, Timeout

    holder = folder / HOLDER_NAME
    lock = FileLock(folder / LOCK_NAME, blocking=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        holder.write_text(str(os.getpid()), "utf-8")
    except Timeout as error:
        by = f"process {holder.read_text('utf-8')}" if holder.is_file() else "another process"
        raise IndexBusyError(
            f"The index in {folder} is being built by {by}; wait until it has finished, or choose "
            f"another folder with --index."
        ) from error
    except OSError as error:
        lock.release()
        raise StorageError(
            f"The index folder {folder} cannot be written ({error.strerror or error}); choose "
            f"another with --index or ASSISTANT_INDEX."
        ) from error
    try:
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
