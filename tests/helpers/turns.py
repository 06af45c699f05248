"""Side-by-side workers that share a computer: who waits for whom, and what is made only once."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def shared_folder(config: pytest.Config) -> Path | None:
    """Return the folder that all workers of this run share; None: there are no workers."""
    own = getattr(config.option, "basetemp", None)
    return Path(own).parent if own and hasattr(config, "workerinput") else None


@contextmanager
def held(path: Path, kind: int) -> Iterator[None]:
    """Hold a lock, for oneself (``LOCK_EX``) or with others (``LOCK_SH``)."""
    with path.open("ab") as lock:
        fcntl.flock(lock, kind)
        try:
            yield
        finally:
            # Said expressly: a process forked meanwhile has the same open file.
            fcntl.flock(lock, fcntl.LOCK_UN)


@contextmanager
def turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """Take a turn, in which other workers may take theirs, or none may.

    Whoever wants to be alone keeps the door closed meanwhile; else those who share would come in
    one after the other, and it would wait for ever.
    """
    door, room = folder / "door.lock", folder / "room.lock"
    if alone:
        with held(door, fcntl.LOCK_EX), held(room, fcntl.LOCK_EX):
            yield
        return
    with held(door, fcntl.LOCK_EX):
        lock = room.open("ab")
        fcntl.flock(lock, fcntl.LOCK_SH)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
        lock.close()


def made_once(folder: Path, make: Callable[[], object]) -> Path:
    """Let the first worker that comes make a folder, while others wait; return the folder."""
    done = folder.with_name(f"{folder.name}.done")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with held(folder.with_name(f"{folder.name}.lock"), fcntl.LOCK_EX):
        if not done.exists():
            make()
            done.touch()
    return folder
