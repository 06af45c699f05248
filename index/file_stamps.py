"""Files ↔ their stamps, which tell without reading them whether anything was written to them.

Size, times and inode are not what an attacker could not forge, but what no accident leaves alone:
whatever writes to a file changes the time of its inode, and no program can set that back.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

Stamp = list[int]
"""Size, time of change, time of the inode's change (both in nanoseconds) and inode of a file."""


def stamp_of(path: Path) -> Stamp:
    """Return a file's stamp.

    Raises:
        OSError: It is not there.
    """
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def read_note(note: Path) -> object:
    """Return the stamps that were noted, or None."""
    try:
        return json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def write_note(note: Path, stamps: object) -> None:
    """Note stamps, if that can be done; it only spares the next start some time."""
    with contextlib.suppress(OSError):
        unfinished = note.with_name(f"{note.name}.{os.getpid()}")
        unfinished.write_text(json.dumps(stamps), "utf-8")
        unfinished.replace(note)
