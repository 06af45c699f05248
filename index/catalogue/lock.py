"""The build lock: exactly one builder of an index at a time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from index.errors import IndexBusyError, StorageError
from index.layout import BUILD_HOLDER, BUILD_LOCK


@contextlib.contextmanager
def build_lock(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Let exactly one builder in; the lock of a process that died is free again by itself.

    Args:
        folder: The index.
        wait: Seconds to wait for a lock that another process holds.

    Raises:
        IndexBusyError: Another process is building.
        StorageError: The folder cannot be written.
    """
    from filelock import FileLock, Timeout

    holder = folder / BUILD_HOLDER
    lock = FileLock(folder / BUILD_LOCK, timeout=wait)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        holder.write_text(str(os.getpid()), "utf-8")
    except Timeout as error:
        raise IndexBusyError(
            f"The index in {folder} is being built by {_name(holder)}; wait until it has "
            f"finished, or choose another folder with --index."
        ) from error
    except OSError as error:
        if lock.is_locked:
            _forget(holder)
            lock.release()
        raise StorageError(
            f"The index folder {folder} cannot be written ({error.strerror or error}); choose "
            f"another with --index or ASSISTANT_INDEX."
        ) from error
    try:
        yield
    finally:
        _forget(holder)
        lock.release()


def _forget(holder: Path) -> None:
    with contextlib.suppress(OSError):  # a disk that fails must not hide why the build did
        holder.unlink(missing_ok=True)


def _name(holder: Path) -> str:
    """Return what to call the holder of the lock, who may be taking or releasing it just now."""
    with contextlib.suppress(OSError, ValueError):
        return f"process {int(holder.read_text('utf-8'))}"
    return "another process"
